"""What is near a place: the facility that each criterion leads to, and those that a criterion counts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from geo_engine.measure import PointPlaces, facilities_name, travel_costs
from geo_engine.model import CountWithin, SumWithin
from geo_engine.publish.report import Near, Reached
from geo_engine.run.questions.explanation.nearest import nearest_feature
from geo_engine.run.questions.stored import StoredRun
from geo_engine.units import format_quantity

__all__ = ["nearest_facilities", "reached_facilities"]


def nearest_facilities(run: StoredRun, easting: float, northing: float) -> tuple[Near, ...]:
    """Name the facility that each criterion of a place leads to, with its distance or time as the criterion measures it."""
    point = PointPlaces(np.array([easting]), np.array([northing]))
    found = []
    for criterion, measure in zip(run.study.criteria, run.plan.measures, strict=True):
        name, accuracy = nearest_feature(run.plan, criterion.measure, easting, northing)
        if name:
            far = format_quantity(float(measure(point)[0]), criterion.measure.unit)
            found.append(Near(criterion.name, name, far, accuracy or run.study.layers[criterion.measure.layer].accuracy.text()))
    return tuple(found)


def reached_facilities(run: StoredRun, sites: int) -> tuple[Reached, ...]:
    """Name what each criterion that counts facilities finds about the best sites, from their middles, nearest first.

    Sums over a column, such as people, are sums and are not named. The count of a site is a mean over its cells, so it may differ from
    what its middle reaches.

    Parameters
    ----------
    run : StoredRun
        The run.
    sites : int
        How many of the best.
    """
    return tuple(_reached(run, sites))


def _reached(run: StoredRun, count: int) -> Iterator[Reached]:
    sites = run.sites.head(count)
    middles = shapely.centroid(sites.geometry.to_numpy())
    places = PointPlaces(shapely.get_x(middles), shapely.get_y(middles))
    for criterion in run.study.criteria:
        measure = criterion.measure
        if not isinstance(measure, CountWithin) or isinstance(measure, SumWithin) or not len(sites):
            continue
        data = run.plan.features[measure.layer, measure.where]
        away = shapely.distance(data.geometry[:, None], middles[None, :])
        if measure.network is not None and measure.profile is not None:
            travel = run.plan.travels[measure.network, measure.profile]
            name = facilities_name(measure.layer, measure.where)
            cost = travel_costs(travel, name, places, measure.impedance, measure.direction)
            unit = {"time": "s", "distance": "m"}.get(measure.impedance, "")
        else:
            cost, unit = away, "m"
        labels = data.labels()
        for place, site_id in enumerate(sites["site_id"]):
            for row in np.argsort(cost[:, place], kind="stable").tolist():
                if cost[row, place] <= measure.within:
                    said = format_quantity(float(cost[row, place]), unit)
                    yield Reached(criterion.slug, str(site_id), labels[row], said, float(away[row, place]) / 1000.0)
