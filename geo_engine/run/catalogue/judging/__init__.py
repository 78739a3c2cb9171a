"""Layers judged: what is wrong with them, and what newer data change."""
