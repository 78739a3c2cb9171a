"""What is looked for: areas of a size and form, and several sites together."""

from geo_engine.model.search.area_form import AreaForm, ExistingSites
from geo_engine.model.search.candidates import Candidates
from geo_engine.model.search.portfolio import ExistingPlants, Portfolio, ResourceLayer
from geo_engine.model.search.sift import SiftStage

__all__ = ["AreaForm", "Candidates", "ExistingPlants", "ExistingSites", "Portfolio", "ResourceLayer", "SiftStage"]
