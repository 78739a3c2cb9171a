"""Two runs side by side: which areas moved, by how much, and which input did it."""

from geo_engine.run.comparing.compare import Comparison, Moved, compare_runs
from geo_engine.run.comparing.unmatched import Unmatched

__all__ = ["Comparison", "Moved", "Unmatched", "compare_runs"]
