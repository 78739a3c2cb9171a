"""Rank co-location sites with a weighted overlay and a network-distance model.

>>> import geo_engine
>>> geo_engine.__version__.count(".")
2
"""

from importlib.metadata import version

__all__ = ["__version__"]
__version__ = version("geo-engine")
