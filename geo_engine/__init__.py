"""Rank co-location sites with a weighted overlay and a network-distance model."""
