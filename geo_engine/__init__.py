"""Rank co-location sites with a weighted overlay and a network-distance model.

>>> import geo_engine
>>> geo_engine.__version__.count(".")
2
"""

import os
from importlib.metadata import version

__all__ = ["__version__"]
__version__ = version("geo-engine")
# No library that carries PROJ may ask a network for grids: the same inputs give the same positions everywhere.
os.environ["PROJ_NETWORK"] = "OFF"
