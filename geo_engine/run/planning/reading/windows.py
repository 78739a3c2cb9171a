"""Large layers read sparingly: only what can change an answer in the region, found from how far each use of a layer reaches.

The answers are those of the whole layer. A nearest feature is looked for in a window that is known to be wide enough: no cell is farther
from a feature that was read than the window reaches beyond the cells. What travels a network is read whole, since roads lead anywhere.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import shapely

from geo_engine.model import (
    Accuracy,
    CountWithin,
    Coverage,
    Distance,
    Features,
    Inside,
    KernelDensity,
    Layer,
    Measure,
    NearestValue,
    PeopleDisc,
    Selection,
    Study,
)
from geo_engine.run.planning.reading.needs import uses_of
from geo_engine.workspace import EmptyWindowError, count_rows

__all__ = ["WHOLE", "reaches_of", "read_sparingly"]

WHOLE = math.nan
"""The reach of a use that needs all of a layer."""

_LARGE = 200_000  # rows; fewer are read whole, in about a second
_NEAREST = math.inf  # the reach of a use that asks for the nearest feature, however far
_START = 0.1  # of the region's diagonal: how far beyond the region the nearest is first looked for
_LATTICE = 64  # places along each side of the region from which the farthest nearest feature is judged
_MOST = 2e7  # metres: half-way round the Earth
_SHIFT = 4.0  # stated accuracies: farther than this (ten standard deviations) no draw moves a feature

Box = tuple[float, float, float, float]


def reaches_of(study: Study) -> dict[Selection, float]:
    """Give how far from a cell a feature of a large layer can matter, in metres, infinite for the nearest one.

    Selections that are needed whole are not in it: those with a use whose reach is not known (what travels, stands on a network, names
    places, has sizes that are drawn), networks, positions whose accuracy is known only when they are read, and layers that are not large.
    """
    found: dict[Selection, list[float]] = {}
    for selection, reach in _known(study):
        found.setdefault(selection, []).append(reach)
    used = Counter(selection for selection, _ in uses_of(study))
    known = {selection: reaches for selection, reaches in found.items() if len(reaches) == used[selection]}
    large = {name for name in {name for name, _ in known} if _is_large(study.layers[name])}
    return {selection: max(reaches) for selection, reaches in known.items() if selection[0] in large}


def _is_large(layer: Layer) -> bool:
    return layer.geometry != "network" and _shift(layer.accuracy) is not None and count_rows(layer) >= _LARGE


def _shift(accuracy: Accuracy) -> float | None:
    """Give how far a draw may move a feature, in metres; None where that is known only when it has been read."""
    if accuracy.column is not None and not accuracy.by_value:
        return None
    return _SHIFT * max([accuracy.metres or 0.0, *accuracy.by_value.values()])


def _known(study: Study) -> Iterator[tuple[Selection, float]]:
    """Yield the uses whose reach is known; a selection with any other use, also one that comes later, is read whole."""
    for criterion in study.criteria:
        yield from _of_measure(criterion.measure, study.cell)
    for rule in study.constraints:
        if rule.measure is not None:
            yield from _of_measure(rule.measure, study.cell)
        elif not isinstance(rule.buffer, PeopleDisc):  # a share looks at the whole of a cell
            yield (rule.layer, rule.where), float(rule.buffer) + study.cell
        if rule.only_in is not None:
            yield rule.only_in, 0.0
    for name in study.context.show:
        yield (name, None), 0.0


def _of_measure(measure: Measure, cell: float) -> Iterator[tuple[Selection, float]]:
    own = (measure.layer, measure.where)
    if isinstance(measure, Distance):
        yield own, _NEAREST
    elif isinstance(measure, CountWithin) and measure.travels is None:
        yield own, measure.within
    elif isinstance(measure, Inside):
        yield own, 0.0
    elif isinstance(measure, NearestValue | KernelDensity):
        yield own, measure.within
    elif isinstance(measure, Coverage):  # a share looks at the whole of a cell
        yield own, cell if measure.within is None else measure.within


def read_sparingly(read: Callable[..., Features], accuracy: Accuracy, *, cells: Box, reach: float) -> Features:
    """Read what can matter to cells within a box, or all of a layer.

    Parameters
    ----------
    read : callable
        `read_features` with all arguments but ``window`` and ``only_columns``.
    accuracy : Accuracy
        Of the layer's positions.
    cells : tuple of float
        West, south, east, north of the cells, metres.
    reach : float
        Metres from a cell, infinite for the nearest feature, or `WHOLE`.

    Returns
    -------
    Features
        At least those within `reach` of the box, and the nearest one of every place in it where `reach` is infinite, also after
        positions are drawn within their accuracy; never none.

    Raises
    ------
    LayerError
        As `read_features`.
    """
    if math.isnan(reach):
        return read()
    diagonal = math.hypot(cells[2] - cells[0], cells[3] - cells[1])
    slip = 2 * (_shift(accuracy) or 0.0)  # the nearest may move away, and another one here
    margin = slip + (_START * diagonal if math.isinf(reach) else reach)
    while True:
        try:
            data = read(only_columns=True, window=_grown(cells, margin))
            break
        except EmptyWindowError:
            margin = 4 * margin + diagonal
            if margin > _MOST:
                return read(only_columns=True)
    needed = _farthest(data, cells) + slip if math.isinf(reach) else 0.0
    return data if needed <= margin else read(only_columns=True, window=_grown(cells, needed))


def _grown(box: Box, margin: float) -> Box:
    return box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin


def _farthest(data: Features, cells: Box) -> float:
    """Give a distance that no place in a box is farther away from the nearest of some features.

    A place is at most half a mesh's diagonal from a place of the lattice, and so at most that much farther from a feature.
    """
    west, south, east, north = cells
    across, up = (east - west) / _LATTICE, (north - south) / _LATTICE
    steps = np.arange(_LATTICE) + 0.5
    x, y = np.meshgrid(west + across * steps, south + up * steps)
    _, distance = shapely.STRtree(data.geometry).query_nearest(
        shapely.points(x.ravel(), y.ravel()), return_distance=True, all_matches=False
    )
    return float(distance.max()) + math.hypot(across, up) / 2
