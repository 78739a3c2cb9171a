"""Keep rules: where land fails a constraint."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_engine.errors import Fault, StudyError
from geo_engine.kernels.shapes import point_coordinates, ring_segments
from geo_engine.measure.places import Places
from geo_engine.measure.prepare import distance_to, sizes
from geo_engine.model import Constraint, Features, PeopleDisc

__all__ = ["PreparedRule", "prepare_rule"]

PreparedRule = Callable[[Places], NDArray[np.bool_]]
"""Takes places, gives bool of their shape: True where the rule is failed."""


def prepare_rule(rule: Constraint, data: Features) -> PreparedRule:
    """Make a keep rule ready to be called with places.

    Parameters
    ----------
    rule : Constraint
        The rule.
    data : Features
        Its layer's data, already filtered by the rule's `where`.

    Returns
    -------
    callable
        A `PreparedRule`. ``outside``: True at `buffer` from a feature or nearer, and inside a polygon.
        ``inside``: True outside the union of the polygons, and nearer than `buffer` to the union's edge.

    Raises
    ------
    StudyError
        If the geometry does not fit the rule.
    LayerError
        If the column of a radius by people is missing, blank or not a number.
    """
    kinds = shapely.get_type_id(data.geometry)
    if isinstance(rule.buffer, PeopleDisc):
        return _people_discs(rule, rule.buffer, data)
    buffer = float(rule.buffer)
    if rule.keep == "outside":
        # Distances are compared in float32: the search goes on to the next one above, so that rounding is the same on a tile.
        distance = distance_to(data, limit=float(np.nextafter(np.float32(buffer), np.float32(np.inf))))
        return lambda places: distance(places) <= buffer
    if not np.isin(kinds, (3, 6)).all():
        raise StudyError(Fault(rule.name, "keep = 'inside' needs polygons", found=data.layer.geometry, allowed="geometry = 'polygons'"))
    union = shapely.union_all(data.geometry)
    rings = ring_segments(union)

    def failed(places: Places) -> NDArray[np.bool_]:
        out = ~places.inside(rings)
        if buffer > 0 and rings.size:
            out |= places.segment_distance(rings, buffer) < buffer
        return out

    return failed


def _people_discs(rule: Constraint, disc: PeopleDisc, data: Features) -> PreparedRule:
    if rule.keep != "outside" or (shapely.get_type_id(data.geometry) != 0).any():
        raise StudyError(
            Fault(rule.name, "a buffer by people needs keep = 'outside' and points", found=f"{rule.keep}, {data.layer.geometry}")
        )
    e, n = point_coordinates(data.geometry)
    radius = np.sqrt(sizes(data, disc.people, None) / disc.density / np.pi)
    one = np.ones(e.shape)
    return lambda places: places.sum_in_discs(e, n, radius, one) > 0
