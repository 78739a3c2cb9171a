"""Grids too large for memory: finished tiles in a folder, read window by window, and what a run can take up again."""
