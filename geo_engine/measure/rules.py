"""Keep rules: where land fails a constraint, and where that cannot be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.errors import Fault, LayerError, StudyError, nearest_spelling
from geo_engine.kernels.shapes import point_coordinates, ring_segments
from geo_engine.measure.columns import sizes
from geo_engine.measure.cover.shares import share_inside
from geo_engine.measure.places import Places
from geo_engine.measure.prepare import PreparedMeasure, distance_to
from geo_engine.model import Constraint, Features, KeepClasses, KeepRange, KeepShare, PeopleDisc

__all__ = ["PreparedRule", "RuleData", "prepare_rule"]

Mask = NDArray[np.bool_]
Judge = Callable[[Places], tuple[Mask, Mask | None]]
_POLYGONAL = (3, 6)
_ROUNDING = 1e-9  # of a share: a cell that lies wholly inside is inside by 100 %


@dataclass(frozen=True, eq=False)
class RuleData:
    """What a rule is prepared from besides its own layer's features.

    Parameters
    ----------
    measure : PreparedMeasure or None
        What `Constraint.measure` stands for.
    extent : Features or None
        Polygons of `Constraint.only_in`.
    cell : float
        Metres: the side of the square about a place that a share is taken of.
    """

    measure: PreparedMeasure | None = None
    extent: Features | None = None
    cell: float = 0.0


@dataclass(frozen=True, eq=False)
class PreparedRule:
    """A rule that is ready to be asked; it holds arrays only and is called from many threads.

    Parameters
    ----------
    judge : callable
        Takes places, gives two bool arrays of their shape: where the rule is failed or its value is unknown, and where it is
        unknown (None: nowhere).
    """

    judge: Judge

    def __call__(self, places: Places) -> Mask:
        """Give bool of the places' shape: True where the rule is failed, or where its value is unknown: that is never a pass."""
        return self.judge(places)[0]


def prepare_rule(rule: Constraint, data: Features | None, more: RuleData | None = None) -> PreparedRule:
    """Make a keep rule ready to be called with places.

    Parameters
    ----------
    rule : Constraint
        The rule.
    data : Features or None
        Its layer's data, already filtered by the rule's `where`; None for a rule that measures.
    more : RuleData, optional
        What else it needs.

    Returns
    -------
    PreparedRule
        ``outside``: failed at `buffer` from a feature or nearer, and inside a polygon. ``inside``: failed outside the union of
        the polygons, and nearer than `buffer` to the union's edge. A range is failed below its minimum and above its maximum,
        compared in float32; an infinite quantity is above every maximum. Classes are failed in a class that is not kept, also
        where polygons overlap and another of them is kept. A share is failed by cells of which less lies on the wanted side.
        A forced inclusion is True in its features and up to `buffer` from them. Outside `only_in` nothing is failed.

    Raises
    ------
    StudyError
        If the geometry does not fit the rule.
    LayerError
        If a column that the rule takes values from is missing, or people are blank or not a number.
    """
    more = more or RuleData()
    judge = _judge(rule, data, more)
    if more.extent is None:
        return PreparedRule(judge)
    extent = ring_segments(_union(rule, more.extent, "only_in"))

    def where_it_holds(places: Places) -> tuple[Mask, Mask | None]:
        holds = places.inside(extent)
        if not holds.any():
            return holds, None
        failed, unknown = judge(places)
        return failed & holds, None if unknown is None else unknown & holds

    return PreparedRule(where_it_holds)


def _judge(rule: Constraint, data: Features | None, more: RuleData) -> Judge:
    if rule.measure is not None and more.measure is not None:
        return _measured(rule, more.measure)
    if data is None:
        raise StudyError(Fault(rule.name, "the rule needs the features of its layer, or a measure"))
    if isinstance(rule.keep, KeepClasses):
        return _polygon_classes(rule, rule.keep, data)
    if isinstance(rule.keep, KeepShare):
        return _share(rule, rule.keep, data, more.cell)
    failed = _features(rule, data)
    return lambda places: (failed(places), None)


def _features(rule: Constraint, data: Features) -> Callable[[Places], Mask]:
    """Prepare inside, outside and forced inclusions."""
    if isinstance(rule.buffer, PeopleDisc):
        return _people_discs(rule, rule.buffer, data)
    buffer = float(rule.buffer)
    if rule.keep == "outside" or rule.force:
        # Distances are compared in float32: the search goes on to the next one above, so that rounding is the same on a tile.
        distance = distance_to(data, limit=float(np.nextafter(np.float32(buffer), np.float32(np.inf))))
        return lambda places: distance(places) <= buffer
    rings = ring_segments(_union(rule, data, "keep = 'inside'"))

    def failed(places: Places) -> Mask:
        out = ~places.inside(rings)
        if buffer > 0 and rings.size:
            out |= places.segment_distance(rings, buffer) < buffer
        return out

    return failed


def _union(rule: Constraint, data: Features, what: str) -> BaseGeometry:
    if not np.isin(shapely.get_type_id(data.geometry), _POLYGONAL).all():
        raise StudyError(Fault(rule.name, f"{what} needs polygons", found=data.layer.geometry, allowed="geometry = 'polygons'"))
    return shapely.union_all(data.geometry)


def _people_discs(rule: Constraint, disc: PeopleDisc, data: Features) -> Callable[[Places], Mask]:
    if not (rule.keep == "outside" or rule.force) or (shapely.get_type_id(data.geometry) != 0).any():
        raise StudyError(
            Fault(rule.name, "a buffer by people needs keep = 'outside' and points", found=f"{rule.keep}, {data.layer.geometry}")
        )
    e, n = point_coordinates(data.geometry)
    radius = np.sqrt(sizes(data, disc.people, None) / disc.density / np.pi)
    one = np.ones(e.shape)
    return lambda places: places.sum_in_discs(e, n, radius, one) > 0


def _measured(rule: Constraint, measure: PreparedMeasure) -> Judge:
    """Prepare a range of a measure, or classes of a raster."""
    keep = rule.keep
    if isinstance(keep, KeepRange):
        low = np.float32(-np.inf if keep.minimum is None else keep.minimum)
        high = np.float32(np.inf if keep.maximum is None else keep.maximum)

        def kept(quantity: NDArray[np.float32]) -> Mask:
            return (quantity >= low) & (quantity <= high)

    elif isinstance(keep, KeepClasses):
        classes, refused = np.array(keep.classes, np.float32), keep.refused

        def kept(quantity: NDArray[np.float32]) -> Mask:
            return np.isin(quantity, classes, invert=refused)

    else:
        raise StudyError(Fault(rule.name, "a rule with a measure keeps a range or classes", found=str(keep)))

    def judge(places: Places) -> tuple[Mask, Mask | None]:
        quantity = measure(places)
        unknown = np.isnan(quantity)
        return ~kept(quantity) | unknown, unknown

    return judge


def _polygon_classes(rule: Constraint, keep: KeepClasses, data: Features) -> Judge:
    column = keep.column or ""
    _union(rule, data, "a rule of classes")
    if column not in data.table:
        found = [str(name) for name in data.table.columns]
        raise LayerError(
            Fault(data.layer.name, f"column '{column}' missing", found=", ".join(found), remedy=nearest_spelling(column, found))
        )
    values = data.table[column]
    named = _matches(values, keep.classes)
    wanted = ~named if keep.refused else named
    blank = values.isna().to_numpy()
    good, bad = (ring_segments(data.geometry[chosen & ~blank]) for chosen in (wanted, ~wanted))

    def judge(places: Places) -> tuple[Mask, Mask | None]:
        failed = places.inside(bad)
        unknown = ~failed & ~places.inside(good)
        return failed | unknown, unknown

    return judge


def _matches(values: pd.Series, classes: tuple[int | float | str, ...]) -> Mask:
    """Tell which values are among the classes: texts as texts, numbers as numbers, though a column holds them as text."""
    texts = {str(value) for value in classes if isinstance(value, str)}
    numbers = [float(value) for value in classes if not isinstance(value, str)]
    said: Mask = values.astype(str).isin(texts).to_numpy()
    counted: Mask = np.isin(pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan), numbers)
    return said | counted


def _share(rule: Constraint, keep: KeepShare, data: Features, cell: float) -> Judge:
    share = share_inside(_union(rule, data, "a share of the cell"), cell)
    outside = keep.side == "outside"

    def judge(places: Places) -> tuple[Mask, Mask | None]:
        found = share(places)
        return (1.0 - found if outside else found) < keep.least - _ROUNDING, None

    return judge
