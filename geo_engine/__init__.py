"""Rank co-location sites with a weighted overlay and a network-distance model.

`Study`, `Layer`, `Run`, `open_run` and `new_workspace` are the door for Python and notebooks; see ``docs/python.md``. They are loaded when
they are first named, since their libraries take seconds.

>>> import geo_engine
>>> geo_engine.__version__.count(".")
2
>>> "Study" in dir(geo_engine)
True
"""

import os
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo_engine.notebook import Layer, Run, Study, new_workspace, open_run

__all__ = ["Layer", "Run", "Study", "__version__", "new_workspace", "open_run"]
__version__ = version("geo-engine")
# No library that carries PROJ may ask a network for grids: the same inputs give the same positions everywhere.
os.environ["PROJ_NETWORK"] = "OFF"


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(import_module("geo_engine.notebook"), name)
    msg = f"module 'geo_engine' has no attribute '{name}'"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
