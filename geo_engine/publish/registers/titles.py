"""Titles of the columns of areas, corridors, routes and isochrones: what a GIS shows in place of their names, with units."""

from __future__ import annotations

from geo_engine.model import Result
from geo_engine.publish.tables import site_columns, value_column
from geo_engine.units import display_unit

__all__ = ["column_title", "site_titles"]

_TITLES = {
    "rank": "Rank",
    "site_id": "Id",
    "name": "Name",
    "region": "Region",
    "lon": "Longitude, degrees (WGS84)",
    "lat": "Latitude, degrees (WGS84)",
    "easting": "Easting, m",
    "northing": "Northing, m",
    "grid_ref": "Grid reference",
    "area_ha": "Area, ha",
    "usable_ha": "Area on free land, ha",
    "area_km2": "Area, km²",
    "score": "Score, 0 to 100 (match to these weights)",
    "tier": "Tier: A, B or C",
    "rank_p05": "Likely rank, from",
    "rank_p95": "Likely rank, to",
    "perimeter_km": "Perimeter, km",
    "compactness": "Compactness, 0 to 1",
    "longest_side_km": "Longest side, km",
    "readiness": "Readiness",
    "readiness_untested": "Subjects not tested",
    "connection_target": "Connection: substation",
    "connection_km": "Connection, km (indicative)",
    "connection_weighted_km": "Connection, weighted km",
    "connection_remark": "Connection: remark",
    "site": "Area",
    "target": "Substation",
    "target_accuracy_km": "Substation may be off by, km",
    "straight_km": "Straight from the area's edge, km",
    "length_km": "Length, km",
    "weighted_km": "Weighted length, km",
    "cost_basis": "Basis of costs",
    "crosses": "Crosses",
    "remark": "Remark",
    "route": "Route to",
    "facility": "Nearest",
    "km": "Length, km",
    "minutes": "Minutes",
    "roads": "Roads in the order of travel",
    "rule": "Rule",
    "fails_share": "Share of it that fails the rule, 0 to 1",
    "size": "Size",
    "capacity_needed": "Capacity needed",
    "best_area": "Best area for it",
    "site_rank": "Rank of that area",
    "covered": "Covered: 1, not: 0",
    "by_size": "Order by size",
}


def column_title(column: str) -> str:
    """Give the title of a column that has no criterion or route in its name; any other name is told with blanks.

    >>> column_title("area_ha"), column_title("cost_low_indicative_gbp_million")
    ('Area, ha', 'cost low indicative gbp million')
    """
    return _TITLES.get(column) or column.replace("_", " ")


def site_titles(result: Result) -> dict[str, str]:
    """Give the title of each column of the areas, in the columns' order: criteria and routes by the names that the study gives them."""
    titles = {column: column_title(column) for column in site_columns(result)}
    for criterion in result.study.criteria:
        unit = display_unit(criterion.measure.unit)
        titles[value_column(criterion.slug, criterion.measure.unit)] = f"{criterion.name}, {unit}" if unit else criterion.name
        titles[f"{criterion.slug}_utility"] = f"{criterion.name}: worth, 0 to 1"
        titles[f"{criterion.slug}_contribution"] = f"{criterion.name}: points of 100"
    for wish in result.study.reach.routes if result.study.reach else ():
        titles[f"route_{wish.slug}_facility"] = f"{wish.name}: nearest"
        titles[f"route_{wish.slug}_km"] = f"{wish.name}: km"
        titles[f"route_{wish.slug}_minutes"] = f"{wish.name}: minutes"
    return titles
