"""Layers, networks, grids and places in a line each, for the tests of kernels, networks and measures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np
import pandas as pd
import shapely
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.measure import PointPlaces, TilePlaces
from geo_engine.model import Features, GeometryKind, Grid, Layer, NetworkColumns, Profile, RasterWindow, ReadReport
from geo_engine.network import Network, TravelNetwork, build_network, travel_network

Float = NDArray[np.float64]
Scalar = TypeVar("Scalar", bound=np.generic)

BNG = "EPSG:27700"
ODD_SIDES = (1, 3, 5, 7, 11, 31)
SPEEDS = {"fast": 25.0, "slow": 10.0, "motorway": 30.0}


class NoWindows:
    """What a raster that is asked for values only does not have."""

    def windows(self, eastings: Float, northings: Float, reach: float) -> Iterator[RasterWindow]:
        raise AssertionError(eastings, northings, reach)

    def spacing(self) -> float:
        raise AssertionError


def objects(geometry: Sequence[BaseGeometry]) -> NDArray[np.object_]:
    """Make an object array; numpy alone would look into some geometries."""
    out = np.empty(len(geometry), dtype=object)
    out[:] = list(geometry)
    return out


def dots(eastings: Float, northings: Float) -> list[BaseGeometry]:
    return [shapely.Point(e, n) for e, n in zip(eastings.tolist(), northings.tolist(), strict=True)]


def layer(name: str = "things", kind: GeometryKind = "points", *, label: str | None = None, network: NetworkColumns | None = None) -> Layer:
    return Layer(name, name.title(), f"/data/{name}", kind, "nobody", "CC0-1.0", "2024", id=label, network=network)


def features(
    geometry: Sequence[BaseGeometry],
    columns: Mapping[str, Sequence[object]] | None = None,
    *,
    name: str = "things",
    kind: GeometryKind = "points",
    label: str | None = None,
    network: NetworkColumns | None = None,
) -> Features:
    table = pd.DataFrame(dict(columns or {}), index=pd.RangeIndex(len(geometry)))
    accuracy = np.full(len(geometry), np.nan)
    return Features(layer(name, kind, label=label, network=network), objects(geometry), table, accuracy, ReadReport(len(geometry)))


def point_features(eastings: Float, northings: Float, columns: Mapping[str, Sequence[object]] | None = None) -> Features:
    return features(dots(eastings, northings), columns)


def roads(
    lines: Sequence[BaseGeometry],
    classes: Sequence[object] | None = None,
    *,
    length: Sequence[object] | None = None,
    factor: Mapping[str, float] | None = None,
    gap: float = 250.0,
) -> Features:
    columns: dict[str, Sequence[object]] = {
        "class": classes if classes is not None else ["slow"] * len(lines),
        "road": [f"road {number}" for number in range(len(lines))],
    }
    if length is not None:
        columns["length_m"] = length
    declared = NetworkColumns("class", "length_m" if length is not None else None, factor or {}, "judgement: a test", gap)
    return features(lines, columns, name="roads", kind="network", label="road", network=declared)


def lorry(
    speeds: Mapping[str, float] | None = None,
    *,
    closed: Sequence[str] = ("motorway",),
    off: float = 10.0,
    detour: float = 1.5,
    limit: float = 15_000.0,
) -> Profile:
    """Ten metres a second off the network and 1.5 times the straight way: 100 m off cost 15 s."""
    return Profile("lorry", "Lorry", SPEEDS if speeds is None else speeds, frozenset(closed), off, detour, limit)


def line(*corners: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString(corners)


def travel(
    network: Network | Features,
    facilities: Sequence[tuple[float, float]],
    *,
    profile: Profile | None = None,
    land: BaseGeometry | None = None,
    name: str = "plants",
) -> TravelNetwork:
    """Put facilities on a network."""
    built = build_network(network, land) if isinstance(network, Features) else network
    where = np.array(facilities, dtype=np.float64).reshape(-1, 2)
    names = [f"plant {number}" for number in range(len(where))]
    return travel_network(built, profile or lorry(), {name: (where[:, 0].copy(), where[:, 1].copy(), names)})


def at(*places: tuple[float, float]) -> PointPlaces:
    where = np.array(places, dtype=np.float64).reshape(-1, 2)
    return PointPlaces(where[:, 0].copy(), where[:, 1].copy())


def whole(grid: Grid) -> TilePlaces:
    return TilePlaces(grid, grid.whole)


def centres(grid: Grid) -> PointPlaces:
    """The same cells through the other door."""
    e, n = np.meshgrid(grid.eastings(grid.whole), grid.northings(grid.whole))
    return PointPlaces(e.ravel(), n.ravel())


def by_tiles(grid: Grid, side: int, measure: Callable[[TilePlaces], NDArray[Scalar]]) -> NDArray[Scalar]:
    """Measure tile by tile and put the tiles together."""
    done = [(tile, measure(TilePlaces(grid, tile))) for tile in grid.tiles(side)]
    out = np.empty(grid.shape, done[0][1].dtype)
    for tile, values in done:
        assert values.shape == tile.shape
        out[tile.window] = values
    return out


def same_bits(left: NDArray[Scalar], right: NDArray[Scalar]) -> bool:
    return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()


def within_a_micrometre(found: NDArray[np.float32], truth: Float) -> None:
    """Ask for a micrometre before the cast, and one unit in the last place after it."""
    assert found.dtype == np.float32
    assert found.shape == truth.shape
    allowed = 1e-6 + np.spacing(truth.astype(np.float32)).astype(np.float64)
    wrong = np.abs(found.astype(np.float64) - truth)
    worst = int(np.argmax(wrong - allowed))
    assert (wrong <= allowed).all(), f"{found.ravel()[worst]} for {truth.ravel()[worst]}"


@st.composite
def grids(draw: st.DrawFn, most: int = 24, cells: Sequence[float] = (1.0, 12.5, 30.0, 100.0, 250.0)) -> Grid:
    """Grids anywhere from the origin to Shetland, often a single row, column or cell."""
    cell = draw(st.sampled_from(list(cells)))
    west = draw(st.sampled_from([0.0, -7_000.0, 400_000.0, 600_000.0]))
    north = draw(st.sampled_from([0.0, 3_000.0, 540_000.0, 1_200_000.0]))
    sides = st.one_of(st.just(1), st.integers(1, most))
    return Grid(BNG, west, north, cell, draw(sides), draw(sides))


def in_cells(far: float = 40.0) -> st.SearchStrategy[float]:
    """Positions in cells from the grid's corner, on and off it; many on quarters of a cell, where ties live."""
    quarters = st.integers(-int(far) * 4, int(far) * 8).map(lambda quarter: quarter / 4)
    return st.one_of(quarters, st.floats(-far, 2 * far, allow_nan=False, allow_subnormal=False))


@st.composite
def positions(draw: st.DrawFn, grid: Grid, fewest: int = 1, most: int = 30) -> tuple[Float, Float]:
    """Points: some anywhere, some in clusters of a few metres, some twice."""
    pairs = draw(st.lists(st.tuples(in_cells(), in_cells()), min_size=fewest, max_size=most))
    e = grid.west + np.array([x for x, _ in pairs], dtype=np.float64) * grid.cell
    n = grid.north - np.array([y for _, y in pairs], dtype=np.float64) * grid.cell
    copies = draw(st.integers(0, 2)) if pairs else 0
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    for spread in (0.0, 3.0)[:copies]:
        e = np.concatenate([e, e + rng.normal(size=e.size) * spread])
        n = np.concatenate([n, n + rng.normal(size=n.size) * spread])
    return e, n
