"""How sure a run's ranking is: data drawn within their accuracy, sites measured again, weights drawn, ranks counted."""
