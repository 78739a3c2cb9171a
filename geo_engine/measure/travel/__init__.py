"""Measures that travel: to the nearest, sums by decay, by way of terminals, and the land that is reached."""
