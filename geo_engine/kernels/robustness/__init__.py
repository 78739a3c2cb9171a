"""Ranking the same sites thousands of times: scores by drawn weights, ranks with ties, who beats whom."""
