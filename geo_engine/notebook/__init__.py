"""The door for Python and notebooks: `Study`, `Layer` and `Run`, which show themselves, and no logic of their own.

>>> from geo_engine import Study
>>> Study.__module__
'geo_engine.notebook.study'
"""

from geo_engine.notebook.answers import Comparison, Explanation
from geo_engine.notebook.layer import Layer
from geo_engine.notebook.run import Run
from geo_engine.notebook.shown import MapView, Picture
from geo_engine.notebook.study import Study, new_workspace, open_run

__all__ = ["Comparison", "Explanation", "Layer", "MapView", "Picture", "Run", "Study", "new_workspace", "open_run"]
