"""Large layers read sparingly: only what can change an answer in the region, found from how far each use of a layer reaches.

The answers are those of the whole layer. A nearest feature is looked for in a window that is known to be wide enough: no cell is farther
from a feature that was read than the window reaches beyond the cells. What travels a network is read whole, since roads lead anywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import shapely

from geo_engine.model import Accuracy, CountWithin, Distance, Features, Inside, Layer, Measure, PeopleDisc, RasterValue, Selection, Study
from geo_engine.run.planning.needs import selections_of
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

    Selections that are needed whole are not in it: what travels, stands on a network, names places, is a network, has sizes that are
    drawn, positions whose accuracy is not known before they are read, or is not large.
    """
    found: dict[Selection, float | None] = {}
    for selection, reach in _uses(study):
        before = found.get(selection, 0.0)
        found[selection] = None if reach is None or before is None else max(reach, before)
    counts: dict[str, bool] = {}
    for name, _ in found:
        counts.setdefault(name, _is_large(study.layers[name]))
    whole = selections_of(study).keys() - found.keys()
    return {selection: reach for selection, reach in found.items() if reach is not None and counts[selection[0]] and selection not in whole}


def _is_large(layer: Layer) -> bool:
    return layer.geometry != "network" and _shift(layer.accuracy) is not None and count_rows(layer) >= _LARGE


def _shift(accuracy: Accuracy) -> float | None:
    """Give how far a draw may move a feature, in metres; None where that is known only when it has been read."""
    if accuracy.column is not None and not accuracy.by_value:
        return None
    return _SHIFT * max([accuracy.metres or 0.0, *accuracy.by_value.values()])


def _uses(study: Study) -> Iterator[tuple[Selection, float | None]]:
    """Yield each use with its reach; None where all is needed. A use that is not named here is found by `selections_of`."""
    for criterion in study.criteria:
        yield from _of_measure(criterion.measure)
    for rule in study.constraints:
        if rule.measure is not None:
            yield from _of_measure(rule.measure)
        else:  # a share looks at the whole of a cell
            yield (rule.layer, rule.where), None if isinstance(rule.buffer, PeopleDisc) else float(rule.buffer) + study.cell
        if rule.only_in is not None:
            yield rule.only_in, 0.0
    for name in study.context.show:
        yield (name, None), 0.0
    whole: list[Selection] = [(study.area, None)]
    whole += [(each.layer, each.where) for each in study.robustness.volumes]
    whole += [(name, None) for name in (study.context.places, study.context.roads) if name]
    if study.demand:
        whole.append((study.demand.layer, study.demand.where))
    if study.connection:
        whole.append((study.connection.layer, study.connection.where))
        whole += [(each.layer, each.where) for each in study.connection.multipliers]
    if study.reach:
        whole += [(wish.layer, wish.where) for wish in study.reach.routes]
    yield from ((selection, None) for selection in whole)


def _of_measure(measure: Measure) -> Iterator[tuple[Selection, float | None]]:
    if isinstance(measure, RasterValue):
        return
    own = (measure.layer, measure.where)
    if measure.travels is None and isinstance(measure, Distance):
        yield own, _NEAREST
    elif measure.travels is None and isinstance(measure, CountWithin):
        yield own, measure.within
    elif isinstance(measure, Inside):
        yield own, 0.0
    else:
        yield from ((selection, None) for selection, _ in measure.reads)


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
