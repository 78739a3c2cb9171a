"""Which feature a distance or a travel time leads to, by name, with how well its position is known."""

from __future__ import annotations

import math

import numpy as np
import shapely

from geo_engine.measure import Combined, PointPlaces, compare_journeys, facilities_name, travel_costs
from geo_engine.model import CombinedTravel, Distance, Features, Measure, NearestValue, Travel
from geo_engine.run.planning.plan import Plan
from geo_engine.units import format_quantity

__all__ = ["nearest_feature"]


def nearest_feature(plan: Plan, measure: Measure, easting: float, northing: float) -> tuple[str, str]:
    """Name the feature that a place's distance or travel time is measured to.

    Parameters
    ----------
    plan : Plan
        The run's plan.
    measure : Measure
        Of a criterion.
    easting, northing : float
        The place, in metres in study coordinates.

    Returns
    -------
    name, accuracy : str
        By the layer's id column, and the stated accuracy of that feature's position. Both are empty for measures that are not to
        one nearest feature, where none can be reached, and where the layer names no id; the accuracy is empty where not stated.
    """
    data = plan.features.get((measure.layer, measure.where))
    if data is None or data.layer.id is None:
        return "", ""
    if isinstance(measure, CombinedTravel):
        return _both_ways(plan, measure, data, easting, northing), ""
    if isinstance(measure, Distance | NearestValue):
        away = np.asarray(shapely.distance(data.geometry, shapely.Point(easting, northing)), np.float64)
        if isinstance(measure, NearestValue):
            away[away > measure.within] = math.inf
    elif isinstance(measure, Travel):
        places = PointPlaces(np.array([easting]), np.array([northing]))
        travel = plan.travels[measure.network, measure.profile]
        name = facilities_name(measure.layer, measure.where)
        away = travel_costs(travel, name, places, measure.impedance, measure.direction)[:, 0]
    else:
        return "", ""
    nth = measure.nth if isinstance(measure, Travel) else 1
    if nth > len(away):
        return "", ""
    first = int(np.argsort(away, kind="stable")[nth - 1])
    return _named(data, first) if math.isfinite(away[first]) else ("", "")


def _both_ways(plan: Plan, measure: CombinedTravel, ports: Features, easting: float, northing: float) -> str:
    """Say what the cheaper way is cheaper than: road all the way, or a terminal and on from there."""
    road, onward = plan.travels[measure.network, measure.profile], plan.travels[measure.onward_network, measure.onward_profile]
    names = facilities_name(measure.layer, measure.where), facilities_name(measure.terminals, measure.terminals_where)
    transfer = measure.transfer_seconds if measure.impedance == "time" else measure.transfer_money
    places = PointPlaces(np.array([easting]), np.array([northing]))
    (journey,) = compare_journeys(Combined(road, *names, onward, measure.impedance, transfer), places)
    facility, terminal = ports.labels(), plan.features[measure.terminals, measure.terminals_where].labels()
    ways = []
    if journey.road_facility >= 0:
        ways.append((journey.road, f"by road all the way to {facility[journey.road_facility]}"))
    if journey.terminal >= 0:
        ways.append((journey.combined, f"by {terminal[journey.terminal]} and on to {facility[journey.facility]}"))
    ways.sort(key=lambda way: way[0])
    return ", against ".join(f"{words} ({format_quantity(cost, measure.unit)})" for cost, words in ways)


def _named(data: Features, number: int) -> tuple[str, str]:
    accuracy = float(data.accuracy[number])
    return data.labels()[number], "" if math.isnan(accuracy) else f"{accuracy / 1000:g} km"
