"""`layers check`: for every fault data that have it and data that do not; the rule for what lies far off, by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import rasterio
import shapely
from hypothesis import given
from hypothesis import strategies as st
from rasterio import Affine
from shapely.geometry.base import BaseGeometry

from geo_engine.model import Accuracy, GeometryKind, Layer, NetworkColumns
from geo_engine.workspace import CODES, Finding, find_faults
from geo_engine.workspace.faults.robust import far_off

TODAY = dt.date(2026, 6, 1)
AREA = ((400_000.0, 300_000.0, 450_000.0, 350_000.0), "EPSG:27700")  # a square of 50 km in the Midlands
COUNT = 20
TO_DEGREES = pyproj.Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)


def metres() -> np.ndarray[Any, np.dtype[np.float64]]:
    """Twenty places in the area, none on another, easting and northing."""
    steps = np.arange(COUNT)
    return np.column_stack([402_000.0 + 2_000.0 * steps, 310_000.0 + 1_500.0 * ((7 * steps) % COUNT)])


def points(places: Any) -> list[BaseGeometry]:  # noqa: ANN401 - arrays of any kind
    return list(shapely.points(places))


def degrees() -> np.ndarray[Any, np.dtype[np.float64]]:
    east, north = metres().T
    return np.column_stack(TO_DEGREES.transform(east, north))


def columns(**more: Sequence[object]) -> dict[str, Sequence[object]]:
    """Columns without a fault: a name, a number, a date."""
    plain: dict[str, Sequence[object]] = {
        "name": [f"Place {number}" for number in range(COUNT)],
        "size": [10.0 + number % 7 for number in range(COUNT)],
        "opened": [f"2023-0{number % 9 + 1}-11" for number in range(COUNT)],
    }
    return plain | more


@dataclass
class Data:
    """Data of a layer, to be written and checked."""

    shapes: Iterable[BaseGeometry | None] = field(default_factory=lambda: points(degrees()))
    table: dict[str, Sequence[object]] = field(default_factory=columns)
    crs: str | None = "EPSG:4326"
    geometry: GeometryKind = "points"
    layer: dict[str, Any] = field(default_factory=dict)

    def check(self, folder: Path, area: Any = AREA) -> tuple[Finding, ...]:  # noqa: ANN401 - an area or None
        shapes = gpd.GeoSeries(list(self.shapes), crs=self.crs)
        frame = gpd.GeoDataFrame(pd.DataFrame(self.table), geometry=shapes)
        frame.to_parquet(folder / "data.parquet")
        told: dict[str, Any] = {"id": "name", "publisher": "me", "licence": "CC0-1.0", "vintage": "2023"} | self.layer
        layer = Layer(name="a", title="A", source=str(folder / "data.parquet"), geometry=self.geometry, **told)
        return find_faults(layer, area, today=TODAY)


def moved(places: Any, rows: Sequence[int], to: tuple[float, float]) -> Any:  # noqa: ANN401 - arrays of any kind
    changed = places.copy()
    changed[list(rows)] = to
    return points(changed)


def ways(factor: float = 1.0, rows: Sequence[int] = range(COUNT)) -> Data:
    """Lines of 100 m to 2 km with their length in a column, in some rows times a factor."""
    places = metres()
    lines = [shapely.LineString([place, place + np.array([100.0 * (number + 1), 0.0])]) for number, place in enumerate(places)]
    length = [100.0 * (number + 1) * (factor if number in rows else 1.0) for number in range(COUNT)]
    network = NetworkColumns(length="metres")
    return Data(lines, columns(metres=length), "EPSG:27700", "network", {"network": network})


def boxes(*odd: BaseGeometry | None) -> Data:
    """Squares of 500 m, the first ones replaced."""
    whole = [shapely.box(east, north, east + 500, north + 500) for east, north in metres()]
    return Data([*odd, *whole[len(odd) :]], crs="EPSG:27700", geometry="polygons")


BOW_TIE = shapely.from_wkt("POLYGON ((410000 310000, 411000 311000, 411000 310000, 410000 311000, 410000 310000))")
FLAT = shapely.from_wkt("POLYGON ((410000 310000, 411000 310000, 410500 310000, 410000 310000))")
BRITISH = points(metres())
FAR = (20.0, 52.5)  # Poland
NEAR_BUT_OUT = TO_DEGREES.transform(460_000.0, 320_000.0)  # 10 km outside a square of 50 km

CASES: dict[str, tuple[Data, Data]] = {
    # code: (has it, has it not)
    "unanswered": (Data(layer={"questions": ("licence",), "licence": "?"}), Data()),
    "no_licence": (Data(layer={"licence": "unknown"}), Data(layer={"licence": "OGL-UK-3.0"})),
    "future_vintage": (Data(layer={"vintage": "2027"}), Data(layer={"vintage": "2026"}, table=columns(opened=["2026-01-01"] * COUNT))),
    "older_than_vintage": (Data(layer={"vintage": "2025-04"}), Data(layer={"vintage": "2024"})),
    "newer_than_vintage": (Data(layer={"vintage": "2020"}), Data(layer={"vintage": "status to 2021, volumes 2023"})),
    "unreadable": (Data(layer={"accuracy": Accuracy(500.0), "where": "colour = 'red'"}), Data(layer={"where": "size > 1"})),
    "no_crs": (Data(crs=None), Data(crs=None, layer={"crs": "EPSG:4326"})),
    "degrees_in_metres": (Data(crs="EPSG:27700"), Data(BRITISH, crs="EPSG:27700")),
    "metres_in_degrees": (Data(BRITISH), Data()),
    "other_grid": (Data(BRITISH, crs="EPSG:3857"), Data(BRITISH, crs="EPSG:27700")),
    "swapped_axes": (Data(points(degrees()[:, ::-1])), Data()),
    "elsewhere": (Data(points(degrees() + np.array([20.0, 0.0]))), Data()),
    "at_zero": (Data(moved(degrees(), [3, 7], (0.0, 0.0))), Data(moved(degrees(), [3], NEAR_BUT_OUT))),
    "far_outside": (Data(moved(degrees(), [3], FAR)), Data(moved(degrees(), [3], NEAR_BUT_OUT))),
    "lonely": (Data(moved(degrees(), [3], FAR)), Data(moved(degrees(), [3], NEAR_BUT_OUT))),
    "no_geometry": (Data([None, *points(degrees())[1:]]), Data()),
    "broken_shape": (boxes(BOW_TIE), boxes()),
    "collapsed_shape": (
        Data([shapely.LineString([(410000, 310000), (410000, 310000)]), *ways().shapes][:COUNT], columns(), "EPSG:27700", "lines"),
        Data(ways().shapes, columns(), "EPSG:27700", "lines"),
    ),
    "other_kind": (boxes(shapely.Point(410000, 310000)), boxes()),
    "repeated_row": (
        Data(moved(degrees(), [4], tuple(degrees()[5])), {key: [*v[:4], v[5], *v[5:]] for key, v in columns().items()}),
        Data(),
    ),
    "same_place": (Data(moved(degrees(), [4], tuple(degrees()[5]))), Data()),
    "repeated_id": (Data(table=columns(name=["Ham", "Ham", *[f"Place {n}" for n in range(2, COUNT)]])), Data()),
    "blank_column": (Data(table=columns(note=[None] * COUNT)), Data(table=columns(note=["x", *[None] * (COUNT - 1)]))),
    "constant_column": (Data(table=columns(kind=["port"] * COUNT)), Data(table=columns(kind=["port", *["town"] * (COUNT - 1)]))),
    "number_as_text": (
        Data(table=columns(price=[f"1,{number}" for number in range(10, 10 + COUNT)])),
        Data(table=columns(price=[f"400/{number}" for number in range(COUNT)], code=[f"0{number}" for number in range(COUNT)])),
    ),
    "outlier": (
        Data(table=columns(size=[*[10.0 + number % 7 for number in range(COUNT - 1)], 9000.0])),
        Data(table=columns(size=[10.0 * 1.6**number for number in range(COUNT)])),  # a city is no fault of a list of towns
    ),
    "accuracy_unit": (
        Data(table=columns(off_km=[0.5 + number for number in range(COUNT)]), layer={"accuracy": Accuracy(column="off_km", unit=1.0)}),
        Data(table=columns(off_km=[0.5 + number for number in range(COUNT)]), layer={"accuracy": Accuracy(column="off_km", unit=1000.0)}),
    ),
    "length_unit": (ways(0.001), ways(1.05)),
}


def codes(found: Iterable[Finding]) -> list[str]:
    return [finding.code for finding in found if not finding.accepted]


@pytest.mark.parametrize("code", CASES)
def test_data_with_a_fault_are_told(tmp_path: Path, code: str) -> None:
    found = CASES[code][0].check(tmp_path)
    assert code in codes(found)
    told = next(finding for finding in found if finding.code == code)
    assert told.level == CODES[code][0]
    assert told.what


@pytest.mark.parametrize("code", CASES)
def test_data_without_the_fault_are_not(tmp_path: Path, code: str) -> None:
    assert code not in codes(CASES[code][1].check(tmp_path))


def test_whole_data_have_no_fault_at_all(tmp_path: Path) -> None:
    assert Data().check(tmp_path) == ()
    assert Data(BRITISH, crs="EPSG:27700").check(tmp_path) == ()
    assert ways().check(tmp_path) == ()
    assert boxes().check(tmp_path) == ()


def test_counts_and_rows_are_those_that_have_it(tmp_path: Path) -> None:
    found = Data(moved(degrees(), [3, 7], (0.0, 0.0)), layer={"accepted": {"same_place": "both have no position"}}).check(tmp_path)
    assert [(each.code, each.count, each.examples) for each in found if not each.accepted] == [
        ("at_zero", 2, ("feature 4 (Place 3)", "feature 8 (Place 7)"))
    ]


def test_an_area_without_extent_is_collapsed_and_one_that_crosses_itself_is_broken(tmp_path: Path) -> None:
    assert [(each.code, each.count) for each in boxes(FLAT, BOW_TIE).check(tmp_path)] == [("collapsed_shape", 1), ("broken_shape", 1)]


def test_some_rows_with_swapped_axes_are_named(tmp_path: Path) -> None:
    places = degrees()
    places[[2, 9]] = places[[2, 9], ::-1]
    found = Data(points(places)).check(tmp_path)
    swapped = next(each for each in found if each.code == "swapped_axes")
    assert (swapped.count, swapped.examples) == (2, ("feature 3 (Place 2)", "feature 10 (Place 9)"))
    assert "far_outside" not in codes(found)


@pytest.mark.parametrize(("crs", "grid"), [("EPSG:3035", "EPSG:27700"), ("EPSG:32630", "EPSG:27700")])
def test_the_grid_in_which_positions_fit_is_named(tmp_path: Path, crs: str, grid: str) -> None:
    found = Data(BRITISH, crs=crs).check(tmp_path)
    assert grid in next(each.what for each in found if each.code in {"other_grid", "elsewhere"})


def test_data_without_a_crs_are_told_which_would_fit(tmp_path: Path) -> None:
    assert "EPSG:27700" in Data(BRITISH, crs=None).check(tmp_path)[0].what
    assert "they look like degrees" in Data(crs=None).check(tmp_path, None)[0].what


def test_without_an_area_nothing_is_far_from_it(tmp_path: Path) -> None:
    assert codes(Data(points(degrees() + np.array([20.0, 0.0]))).check(tmp_path, None)) == []


@pytest.mark.parametrize("factor", [1000.0, 0.001])
def test_single_lengths_in_another_unit_are_named(tmp_path: Path, factor: float) -> None:
    found = [each for each in ways(factor, [5]).check(tmp_path) if each.code == "length_unit"]
    assert [(each.count, each.examples) for each in found] == [(1, ("feature 6 (Place 5)",))]


@pytest.mark.parametrize(
    ("accuracy", "wrong"),
    [
        (Accuracy(500.0), False),
        (Accuracy(500_000.0), True),  # 500 m taken for kilometres
        (Accuracy(0.5), True),  # half a kilometre taken for metres
        (Accuracy(column="how", by_value={"survey": 10.0, "map": 500.0}), False),
        (Accuracy(), False),
    ],
)
def test_an_accuracy_in_the_wrong_unit(tmp_path: Path, accuracy: Accuracy, wrong: bool) -> None:  # noqa: FBT001 - a column of the table
    data = Data(table=columns(how=["survey", "map"] * (COUNT // 2)), layer={"accuracy": accuracy})
    assert ("accuracy_unit" in codes(data.check(tmp_path))) == wrong


def test_an_accepted_fault_says_why_and_one_that_is_gone_is_told(tmp_path: Path) -> None:
    why = {"same_place": "twins", "outlier": "gone", "nonsense": "?"}
    found = Data(moved(degrees(), [4], tuple(degrees()[5])), layer={"accepted": why}).check(tmp_path)
    assert [(each.code, each.accepted) for each in found if each.accepted] == [("same_place", "twins")]
    stale = [each.what for each in found if each.code == "stale_acceptance"]
    assert ["outlier" in stale[0], "no such code" in stale[1]] == [True, True]


def test_data_that_a_recipe_gets_are_not_here_and_no_error(tmp_path: Path) -> None:
    layer = Layer("green_belt", "G", str(tmp_path / "gone.geojson"), "polygons", "me", "OGL-UK-3.0", "2025", accepted={"outlier": "x"})
    (found,) = find_faults(layer, AREA, today=TODAY)
    assert (found.code, found.level, found.what) == ("not_here", "warning", "how to get them: geo-engine layers recipes green_belt")


def test_errors_come_before_warnings_and_accepted_ones_last(tmp_path: Path) -> None:
    shapes = moved(degrees(), [4], (0.0, 0.0))
    table = columns(note=[None] * COUNT, kind=["a"] * COUNT)
    found = Data(shapes, table, layer={"accepted": {"blank_column": "comes later"}}).check(tmp_path)
    assert [(each.level, bool(each.accepted)) for each in found] == [("error", False), ("warning", False), ("warning", True)]


# ---------------------------------------------------------------------------------------------- rasters

CELLS = np.arange(100.0, dtype=np.float32).reshape(10, 10)


def raster(
    folder: Path,
    cells: Any = CELLS,  # noqa: ANN401 - arrays of any kind
    *,
    nodata: float | None = None,
    crs: str | None = "EPSG:27700",
    east: float = 400_000.0,
    unit: str = "m",
) -> tuple[Finding, ...]:
    path = folder / "cells.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=10, height=10, count=1, dtype=cells.dtype, crs=crs, nodata=nodata,
        transform=Affine(5_000, 0, east, 0, -5_000, 350_000),
    ) as out:  # fmt: skip
        out.write(cells, 1)
    layer = Layer("a", "A", str(path), "raster", "me", "CC0-1.0", "2023", unit=unit)
    return find_faults(layer, AREA, today=TODAY)


def holed() -> Any:  # noqa: ANN401 - an array
    cells = CELLS.copy()
    cells[0] = -9999.0
    return cells


def test_a_raster_without_a_fault_has_none(tmp_path: Path) -> None:
    assert raster(tmp_path) == ()
    assert raster(tmp_path, np.tile(np.array([1, 2], np.uint8), (10, 5)), unit="") == ()  # classes have no unit


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("no_crs", lambda folder: raster(folder, crs=None)),
        ("blank_raster", lambda folder: raster(folder, np.full((10, 10), np.nan, np.float32))),
        ("constant_raster", lambda folder: raster(folder, np.full((10, 10), 7, np.float32))),
        ("undeclared_nodata", lambda folder: raster(folder, holed())),
        ("no_unit", lambda folder: raster(folder, unit="")),
        ("not_covering", lambda folder: raster(folder, east=420_000.0)),
        ("elsewhere", lambda folder: raster(folder, east=900_000.0)),
    ],
)
def test_faults_of_a_raster(tmp_path: Path, code: str, found: Callable[[Path], tuple[Finding, ...]]) -> None:
    assert code in codes(found(tmp_path))


def test_declared_no_data_is_no_value(tmp_path: Path) -> None:
    assert raster(tmp_path, holed(), nodata=-9999.0) == ()


def test_every_fault_has_a_test() -> None:
    rasters = {"blank_raster", "constant_raster", "undeclared_nodata", "no_unit", "not_covering"}
    assert set(CODES) == set(CASES) | rasters | {"stale_acceptance", "not_here"}


# ---------------------------------------------------------------------------------------------- what is far off


def test_the_limit_is_ten_robust_standard_deviations() -> None:
    # 101 values about 100: the median is 100, the median deviation 25, so the limit is 10 * 1.4826 * 25 = 370.65 away.
    values = np.arange(50.0, 151.0)
    assert not far_off(np.append(values, 465.0)).any()
    assert np.flatnonzero(far_off(np.append(values, 480.0))).tolist() == [101]


@given(st.lists(st.floats(-1e6, 1e6), max_size=40), st.floats(0.01, 100.0))
def test_what_is_far_off_does_not_depend_on_the_unit(values: list[float], unit: float) -> None:
    one = np.array(values, dtype=np.float64)
    spread = np.abs(one - np.median(one)) if len(one) else one
    limit = 14.826 * np.median(spread) if len(one) else 0.0
    if len(one) and (np.abs(spread - limit) < 1e-6 * max(limit, 1.0)).any():
        return  # on the limit rounding decides
    above = one[one > 0]
    if len(above) and one.min() >= 0 and above.max() >= 50 * above.min():
        return  # logarithms may begin here
    assert far_off(one).tolist() == far_off(one * unit).tolist()
