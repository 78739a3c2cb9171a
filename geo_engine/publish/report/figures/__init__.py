"""Drawings of a report, as SVG that needs no font: maps and charts in the colours of the map page, readable in grey."""

from geo_engine.publish.report.figures.charts import CHART_SHARE, acceptability_svg, contributions_svg, tornado_svg
from geo_engine.publish.report.figures.maps import overview_share, overview_svg, place_svg
from geo_engine.publish.report.figures.small_maps import RegionMap, regions_svg, stages_svg
from geo_engine.publish.report.figures.spread import known_svg, trade_svg, unbeaten

__all__ = [
    "CHART_SHARE",
    "RegionMap",
    "acceptability_svg",
    "contributions_svg",
    "known_svg",
    "overview_share",
    "overview_svg",
    "place_svg",
    "regions_svg",
    "stages_svg",
    "tornado_svg",
    "trade_svg",
    "unbeaten",
]
