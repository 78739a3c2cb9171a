"""Layer to physical quantity, on a tile or at points: metres, seconds, people; routes from an area to the grid."""

from geo_engine.kernels.shapes import point_coordinates, ring_segments
from geo_engine.measure.columns import sizes
from geo_engine.measure.corridors import PreparedConnection, find_corridor, prepare_connection
from geo_engine.measure.cover.plots import PlotCells, Plots, disc, plot_cells, plots_of
from geo_engine.measure.moved import DrawnData, drawn_quantities
from geo_engine.measure.needs import PreparedNeed, prepare_need
from geo_engine.measure.places import Places, PointPlaces, TilePlaces
from geo_engine.measure.prepare import PreparedMeasure, Stock, distance_to, facilities_name, prepare
from geo_engine.measure.rules import PreparedRule, RuleData, prepare_rule
from geo_engine.measure.travel.combined import Combined, Journey, compare_journeys
from geo_engine.measure.travel.service_areas import service_areas
from geo_engine.measure.travel.travelled import travel_costs

__all__ = [
    "Combined",
    "DrawnData",
    "Journey",
    "Places",
    "PlotCells",
    "Plots",
    "PointPlaces",
    "PreparedConnection",
    "PreparedMeasure",
    "PreparedNeed",
    "PreparedRule",
    "RuleData",
    "Stock",
    "TilePlaces",
    "compare_journeys",
    "disc",
    "distance_to",
    "drawn_quantities",
    "facilities_name",
    "find_corridor",
    "plot_cells",
    "plots_of",
    "point_coordinates",
    "prepare",
    "prepare_connection",
    "prepare_need",
    "prepare_rule",
    "ring_segments",
    "service_areas",
    "sizes",
    "travel_costs",
]
