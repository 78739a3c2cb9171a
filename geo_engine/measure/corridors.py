"""From an area to a substation: a cost surface out of the study's multipliers, and the least-cost route over it.

A route runs between cell centres in sixteen directions, see `kernels.corridors`. The raster about an area is only as large as it must
be: a route that leaves a window is at least as long as the way to the window's edge, so a route that costs less is the best
one everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.errors import Fault, StudyError
from geo_engine.kernels.corridors import LENGTHS, MOVES, QUARTERS, least_cost_search, way_back
from geo_engine.kernels.shapes import point_coordinates, ring_segments
from geo_engine.measure.places import Places, TilePlaces
from geo_engine.measure.rules import PreparedRule, prepare_rule
from geo_engine.model import Connection, Constraint, Corridor, Features, Grid, Multiplier, NoCorridor, Tile

__all__ = ["CostSurface", "PreparedConnection", "cost_surface", "find_corridor", "prepare_connection"]

Float = NDArray[np.float64]
_FIRST_WINDOW = 1.5  # times the way to the nearest target: most routes are shorter
_LEAST_WINDOW = 10  # cells


@dataclass(frozen=True, eq=False)
class PreparedConnection:
    """A study's connection, ready to be asked for corridors from many threads.

    Parameters
    ----------
    connection : Connection
        As declared.
    crs : str
        The study's.
    names : tuple of str
        Of the targets.
    eastings, northings : float64 ndarray, shape (targets,)
        Metres.
    accuracy : float64 ndarray, shape (targets,)
        Metres that a target's position may be off; NaN where not stated.
    land : float64 ndarray, shape (4, segments)
        Ring segments of the land: off it no line runs.
    rules : tuple of PreparedRule
        One a multiplier: True where it holds.
    least : float
        The least that a metre can count anywhere.
    """

    connection: Connection
    crs: str
    names: tuple[str, ...]
    eastings: Float
    northings: Float
    accuracy: Float
    land: Float
    rules: tuple[PreparedRule, ...]
    least: float


@dataclass(frozen=True, eq=False)
class CostSurface:
    """What a metre of line counts in each cell of a window.

    Parameters
    ----------
    open : float64 ndarray, shape (rows, columns)
        Product of the factors that hold, barriers apart.
    closed : bool ndarray, shape (rows, columns)
        Barriers and what is not land.
    holds : tuple of bool ndarray, shape (rows, columns)
        Where each multiplier holds.
    """

    open: Float
    closed: NDArray[np.bool_]
    holds: tuple[NDArray[np.bool_], ...]


def prepare_connection(
    connection: Connection, features: Mapping[tuple[str, str | None], Features], land: BaseGeometry, crs: str
) -> PreparedConnection:
    """Make a study's connection ready.

    Parameters
    ----------
    connection : Connection
        As declared.
    features : mapping of (layer, where) to Features
        Data of its targets and of its multipliers.
    land : polygon or multipolygon
        Where lines may run, in study coordinates.
    crs : str
        The study's.

    Raises
    ------
    StudyError
        If the targets are no points, or a radius by people is not given to points.
    LayerError
        If the column of a radius by people is missing, blank or not a number.
    """
    targets = features[connection.layer, connection.where]
    if (shapely.get_type_id(targets.geometry) != 0).any():
        raise StudyError(
            Fault(connection.layer, "a connection needs points to join to", found=targets.layer.geometry, allowed="geometry = 'points'")
        )
    e, n = point_coordinates(targets.geometry)
    rules = tuple(_prepare(each, features[each.layer, each.where], connection.cell) for each in connection.multipliers)
    least = float(np.prod([min(1.0, each.factor) for each in connection.multipliers]))
    return PreparedConnection(connection, crs, tuple(targets.labels()), e, n, targets.accuracy, ring_segments(land), rules, least)


def _prepare(multiplier: Multiplier, data: Features, cell: float) -> PreparedRule:
    """Mark the cells whose centre lies in a polygon, or that a line or a point touches: so no line is crossed unseen."""
    buffer = multiplier.buffer
    if isinstance(buffer, float | int) and data.layer.geometry != "polygons":
        touched = np.float32(buffer + cell * np.sqrt(0.5))
        buffer = float(np.nextafter(touched, np.float32(np.inf)))  # distances are float32: one that equals the diagonal counts
    return prepare_rule(Constraint(multiplier.name, multiplier.layer, "outside", buffer), data)


def cost_surface(prepared: PreparedConnection, places: Places) -> CostSurface:
    """Lay the multipliers over places; where several hold, their factors are multiplied."""
    factor = np.ones(places.shape)
    closed = ~places.inside(prepared.land)
    holds = tuple(rule(places) for rule in prepared.rules)
    for multiplier, held in zip(prepared.connection.multipliers, holds, strict=True):
        if multiplier.barrier:
            closed |= held
        else:
            factor[held] *= multiplier.factor
    return CostSurface(factor, closed, holds)


@dataclass(frozen=True, eq=False)
class _Target:
    """A point that may be joined to, and its straight distance from the area."""

    name: str
    easting: float
    northing: float
    accuracy: float
    straight: float


@dataclass(frozen=True, eq=False)
class _Route:
    """A route as the search left it: cells of the window, and what is beyond the last cell's centre."""

    target: _Target
    window: Tile
    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    leg: float
    weighted: float
    surface: CostSurface


def find_corridor(prepared: PreparedConnection, site_id: str, outline: BaseGeometry) -> Corridor | NoCorridor:
    """Find the cheapest route from an area to one of the targets near it.

    The route may begin at the centre of any cell whose centre lies in the area, free of charge and whatever rules hold there; it
    ends at the target's point. A target that stands in a barrier is reached all the same: the last cell is opened to end in.

    Parameters
    ----------
    prepared : PreparedConnection
        The connection.
    site_id : str
        Whose corridor it is.
    outline : polygon
        The area, in study coordinates.

    Returns
    -------
    Corridor or NoCorridor
        The route that is cheapest by weighted length among the `best_of` targets nearest by straight distance, or why there is none.
    """
    connection = prepared.connection
    straight: Float = np.atleast_1d(shapely.distance(outline, shapely.points(prepared.eastings, prepared.northings)))
    order = sorted(range(straight.size), key=lambda i: (float(straight[i]), prepared.names[i], i))
    reach = f"{connection.within / 1000:g} km"
    if not order:
        return NoCorridor(site_id, f"'{connection.layer}' has nothing to join to")
    if straight[order[0]] > connection.within:
        away = f"{prepared.names[order[0]]}, is {straight[order[0]] / 1000:.1f} km away"
        return NoCorridor(site_id, f"nothing to join to within {reach}: the nearest, {away}")
    targets = [
        _Target(prepared.names[i], *(float(of[i]) for of in (prepared.eastings, prepared.northings, prepared.accuracy, straight)))
        for i in order[: connection.best_of]
        if straight[i] <= connection.within
    ]
    frame = Grid.covering(_widened(outline, connection.within), cell=connection.cell, crs=prepared.crs)
    route = _cheapest(prepared, frame, outline, targets)
    if route is None:
        return NoCorridor(site_id, f"no way over open land within {reach} to {', '.join(target.name for target in targets)}")
    return _corridor(prepared, frame, site_id, route)


def _widened(outline: BaseGeometry, by: float) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.bounds(outline).tolist()
    return west - by, south - by, east + by, north + by


def _cheapest(prepared: PreparedConnection, frame: Grid, outline: BaseGeometry, targets: list[_Target]) -> _Route | None:
    """Search windows that grow until no route that leaves them could be cheaper than the one found."""
    connection = prepared.connection
    pad = max(_FIRST_WINDOW * targets[0].straight, _LEAST_WINDOW * connection.cell)
    while True:
        pad = min(pad, connection.within)
        route = _search(prepared, frame, _window(frame, _widened(outline, pad)), outline, targets)
        if pad >= connection.within or (route is not None and route.weighted < prepared.least * pad):
            return route
        pad = 2.0 * pad if route is None else route.weighted / prepared.least + connection.cell


def _window(frame: Grid, bounds: tuple[float, float, float, float]) -> Tile:
    """Give the cells of a frame that some bounds lie in."""
    west, south, east, north = bounds
    rows, cols = frame.cells_at(np.array([west, east]), np.array([north, south]))
    return Tile(max(int(rows[0]), 0), min(int(rows[1]) + 1, frame.rows), max(int(cols[0]), 0), min(int(cols[1]) + 1, frame.cols))


def _search(prepared: PreparedConnection, frame: Grid, window: Tile, outline: BaseGeometry, targets: list[_Target]) -> _Route | None:
    cell, (height, width) = frame.cell, window.shape
    surface = cost_surface(prepared, TilePlaces(frame, window))
    rows, cols = _cells_of(frame, outline)
    rows, cols = rows - window.row0, cols - window.col0
    factor = np.where(surface.closed, np.inf, surface.open)
    factor[rows, cols] = surface.open[rows, cols]  # the area's own cells are open to it
    to_row, to_col = frame.cells_at(np.array([t.easting for t in targets]), np.array([t.northing for t in targets]))
    e, n = frame.centres(to_row, to_col)
    leg = np.hypot(np.array([t.easting for t in targets]) - e, np.array([t.northing for t in targets]) - n)
    to_row, to_col = to_row - window.row0, to_col - window.col0
    near = np.flatnonzero((to_row >= 0) & (to_row < height) & (to_col >= 0) & (to_col < width))
    if not near.size:
        return None
    ends = surface.open[to_row[near], to_col[near]]
    cost, previous = np.empty(height * width), np.empty(height * width, np.int64)
    goals = to_row[near] * width + to_col[near]
    best = least_cost_search(factor, cell, rows * width + cols, goals, ends, ends * leg[near], np.inf, cost, previous)
    if best < 0:
        return None
    way_rows, way_cols = np.divmod(way_back(previous, int(goals[best])), width)
    k = int(near[best])
    return _Route(targets[k], window, way_rows, way_cols, float(leg[k]), float(cost[goals[best]] + ends[best] * leg[k]), surface)


def _cells_of(frame: Grid, outline: BaseGeometry) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the cells of a frame whose centres lie in an area; for a smaller one the cell that holds a point of it."""
    window = _window(frame, tuple(shapely.bounds(outline).tolist()))
    rows, cols = np.nonzero(TilePlaces(frame, window).inside(ring_segments(outline)))
    if rows.size:
        return rows + window.row0, cols + window.col0
    inner = shapely.get_coordinates(shapely.point_on_surface(outline))
    return frame.cells_at(inner[:, 0], inner[:, 1])


def _corridor(prepared: PreparedConnection, frame: Grid, site_id: str, route: _Route) -> Corridor:
    connection, target, surface = prepared.connection, route.target, route.surface
    steps = np.column_stack([np.diff(route.rows), np.diff(route.cols)])
    moves = (steps[:, None, :] == MOVES).all(axis=2).argmax(axis=1)
    lengths = LENGTHS[moves] * frame.cell
    # The cell and the length of each quarter of each move, then of the leg from the last cell's centre to the point.
    rows = np.append((route.rows[:-1, None] + QUARTERS[moves][:, :, 0]).ravel(), route.rows[-1])
    cols = np.append((route.cols[:-1, None] + QUARTERS[moves][:, :, 1]).ravel(), route.cols[-1])
    metres = np.append(np.repeat(lengths / 4.0, 4), route.leg)
    crosses = []
    for multiplier, held in zip(connection.multipliers, surface.holds, strict=True):
        within = float(metres[held[rows, cols]].sum())
        if within > 0:
            crosses.append((multiplier.name, within))
    kept = np.ones(route.rows.size, np.bool_)
    kept[1:-1] = (steps[1:] != steps[:-1]).any(axis=1)
    e, n = frame.centres(route.rows[kept] + route.window.row0, route.cols[kept] + route.window.col0)
    corners = [*zip(e.tolist(), n.tolist(), strict=True)]
    if route.leg > 0 or len(corners) == 1:  # a line has two ends, be they in one place
        corners.append((target.easting, target.northing))
    low, high = connection.cost_range(route.weighted) if connection.costs else (None, None)
    closed = surface.closed[route.rows[-1], route.cols[-1]]
    return Corridor(
        site_id=site_id,
        target=target.name,
        accuracy_m=target.accuracy,
        geometry=shapely.LineString(corners),
        length_m=float(lengths.sum()) + route.leg,
        weighted_m=route.weighted,
        straight_m=target.straight,
        cost_low=low,
        cost_high=high,
        currency=connection.currency,
        costs=connection.costs,
        crosses=tuple(crosses),
        remark=f"{target.name} stands where no line may run; its cell was opened to end in" if closed else "",
    )
