"""The decision's inner loops: ordered averages, and the same sites ranked thousands of times."""
