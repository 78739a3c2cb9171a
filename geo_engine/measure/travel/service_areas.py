"""Service areas: the land that is reached from a place within limits; isochrones, where the limits are times."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import contourpy
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.kernels.network.links import nearest_cost
from geo_engine.measure.places import PointPlaces, TilePlaces
from geo_engine.model import Direction, Grid, Impedance, ServiceArea
from geo_engine.network import Legs, TravelNetwork

__all__ = ["reach_on_grid", "service_areas"]

Float = NDArray[np.float64]
_RING = 4  # corners of the smallest closed ring


def reach_on_grid(
    travel: TravelNetwork, easting: float, northing: float, grid: Grid, impedance: Impedance = "time", direction: Direction = "from"
) -> NDArray[np.float32]:
    """Give the cost between one place and the centre of every cell of a grid.

    Parameters
    ----------
    travel : TravelNetwork
        The network; facilities on it play no part.
    easting, northing : float
        The place, in metres.
    grid : Grid
        The cells.
    impedance : {'time', 'distance', 'money'}
        Seconds, metres, or the profile's currency.
    direction : {'from', 'to'}
        From the place to the cells, or from the cells to the place.

    Returns
    -------
    float32 ndarray, shape of the grid
        Infinite where unreachable.
    """
    start = PointPlaces(np.array([easting]), np.array([northing])).legs(travel)
    node_cost = travel.reach_from(start, impedance, direction)
    by_low, by_high = travel.sides(impedance, direction)
    cells = TilePlaces(grid, grid.whole).legs(travel)
    off = travel.off_cost(cells.metres, impedance)
    out = np.empty(cells.link.shape, np.float32)
    nearest_cost(cells.link, cells.along, off, travel.low, travel.high, by_low, by_high, node_cost, out)
    # A cell on the place's own link is reached along it, without a way round by a node.
    same = np.flatnonzero((cells.link == start.link[0]) & (cells.link >= 0))
    if same.size:
        link = int(start.link[0])
        stretch = cells.along[same] - start.along[0]
        rate = np.where(stretch > 0, by_low[link], by_high[link])
        along = np.multiply(np.abs(stretch), rate, out=np.zeros(len(same)), where=stretch != 0)
        direct = off[same] + along + float(travel.off_cost(start.metres, impedance)[0])
        out[same] = np.minimum(out[same], direct.astype(np.float32))
    return out.reshape(grid.shape)


def service_areas(  # noqa: PLR0913 - a place, limits, and how finely they are drawn
    travel: TravelNetwork,
    easting: float,
    northing: float,
    limits: Sequence[float],
    *,
    cell: float,
    crs: str,
    impedance: Impedance = "time",
    direction: Direction = "from",
    land: BaseGeometry | None = None,
) -> tuple[ServiceArea, ...]:
    """Draw the land that is reached from a place within each of some limits.

    Costs are exact at the centres of cells; between them the edge is drawn where a straight line from one to the next passes the
    limit.

    Parameters
    ----------
    travel, easting, northing, impedance, direction
        As for `reach_on_grid`.
    limits : sequence of float
        Seconds, metres, or money; above 0.
    cell : float
        Metres between the centres at which costs are computed.
    crs : str
        Of the study.
    land : shapely geometry, optional
        What lies off it is left out.

    Returns
    -------
    tuple of ServiceArea
        One a limit, in the order given; each lies in those with higher limits.
    """
    start = PointPlaces(np.array([easting]), np.array([northing])).legs(travel)
    farthest = max(limits)
    west, south, east, north = _around(travel, start, travel.reach_from(start, impedance, direction) <= farthest, (easting, northing))
    edge = travel.profile.snap_limit + 2 * cell
    west, south, east, north = west - edge, south - edge, east + edge, north + edge
    if land is not None:
        bounds = shapely.bounds(land)  # and two cells more, so that the outline crosses the shore
        west, south = max(west, bounds[0] - 2 * cell), max(south, bounds[1] - 2 * cell)
        east, north = min(east, bounds[2] + 2 * cell), min(north, bounds[3] + 2 * cell)
    if east - west < cell or north - south < cell:
        return tuple(ServiceArea(limit, shapely.MultiPolygon()) for limit in limits)
    grid = Grid.covering((west, south, east, north), cell=cell, crs=crs)
    cost = reach_on_grid(travel, easting, northing, grid, impedance, direction).astype(np.float64)
    # Beyond every limit all costs look alike, so that an edge next to what is unreachable does not depend on how far it is.
    cost = np.minimum(cost, 2.0 * farthest)
    return tuple(ServiceArea(limit, _outline(cost, limit, grid, land)) for limit in limits)


def _around(travel: TravelNetwork, start: Legs, reached: NDArray[np.bool_], place: tuple[float, float]) -> tuple[float, ...]:
    """Give the box round a place and every edge that is reached, if only in part: west, south, east, north."""
    network = travel.network
    touched = reached[network.start] | reached[network.end]
    if start.link[0] >= 0:
        touched[np.searchsorted(travel.edge_link, start.link[0], side="right") - 1] = True
    corners = network.segments[:, touched[network.segment_edge]]
    around = np.hstack([corners[:2], corners[2:], np.array(place)[:, None]])
    return *around.min(axis=1).tolist(), *around.max(axis=1).tolist()


def _outline(cost: Float, limit: float, grid: Grid, land: BaseGeometry | None) -> BaseGeometry:
    framed = np.pad(cost, 1, constant_values=cost.max(initial=limit) + limit)
    e, n = grid.eastings(grid.whole), grid.northings(grid.whole)
    x = np.concatenate([[e[0] - grid.cell], e, [e[-1] + grid.cell]])
    y = np.concatenate([[n[0] + grid.cell], n, [n[-1] - grid.cell]])
    drawn = contourpy.contour_generator(x, y, framed, fill_type=contourpy.FillType.OuterOffset).filled(-1.0, limit)
    polygons = []
    for corners, offsets in zip(*drawn, strict=True):
        rings = [corners[a:b] for a, b in pairwise(offsets) if b - a >= _RING]
        if rings:
            polygons.append(shapely.Polygon(rings[0], rings[1:]))
    area = shapely.union_all(shapely.make_valid(np.array([*polygons, None], dtype=object)[:-1])) if polygons else shapely.MultiPolygon()
    if land is not None:
        area = shapely.intersection(area, land)
    parts = [part for part in shapely.get_parts(area).tolist() if part.geom_type == "Polygon" and part.area > 0]
    return shapely.MultiPolygon(parts)
