"""Given plots as candidates: which pass, which can be taken together, and how those that pass rank."""

from geo_engine.run.places.candidates.ranked import count_passing, passing_sites, rank_plots
from geo_engine.run.places.candidates.sift import Sifted, sift

__all__ = ["Sifted", "count_passing", "passing_sites", "rank_plots", "sift"]
