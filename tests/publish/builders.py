"""A small study with everything that is published: three criteria, two rules, five areas, demand, gaps, hostile names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from geo_engine.decide import criterion_utility
from geo_engine.model import (
    STATUS_OFF_AREA,
    Accuracy,
    Constraint,
    Context,
    Contribution,
    Criterion,
    Demand,
    DemandAnswer,
    Display,
    Distance,
    Facility,
    Features,
    Gap,
    Grid,
    Layer,
    Linear,
    Need,
    NotAssessed,
    Ranking,
    ReadReport,
    Rejection,
    Result,
    Robustness,
    Site,
    SiteSearch,
    Stage,
    Study,
    SumWithin,
    Surface,
    TravelTime,
)

HOSTILE = "<script>alert(1)</script>"
TEMPLATE = "{{ 7 * 7 }} {% raw %} </title>\u2028&amp;"
WEST, NORTH, CELL = 400_000.0, 540_000.0, 250.0
ROWS, COLS = 150, 200
KNOWN_ROWS, KNOWN_COLS = (70, 71), (120, 121)
"""The best area's four cells; they alone have score 100, in a field of zeros."""

GRID = Grid("EPSG:27700", WEST, NORTH, CELL, ROWS, COLS)
_TO_DEGREES = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)


def layer(name: str, title: str, geometry: str = "points", **more: object) -> Layer:
    """Declare a layer."""
    made = Layer(name, title, f"{name}.csv", "points", "A publisher", "OGL-UK-3.0", "2024", f"Contains {title} data.", Accuracy(500.0))
    return replace(made, geometry=geometry, id="name", **more)  # type: ignore[arg-type]


LAYERS = {
    each.name: each
    for each in (
        layer("regions", "Regions", "polygons"),
        layer("grid", f"Grid {HOSTILE}"),
        layer("plants", "Vehicle plants"),
        layer("labour", "Labour"),
        layer("parks", "National parks", "polygons"),
        layer("roads", "Roads", "network"),
        layer("places", "Places"),
        layer("rivers", "Rivers", "lines"),
    )
}
CRITERIA = (
    Criterion(
        "Distance to the grid (not capacity)",
        Distance(layer="grid"),
        Linear(25_000.0, 1_000.0),
        50.0,
        "A plant draws much.",
        key="grid-275",
    ),
    Criterion(
        f"Time to a plant {HOSTILE}",
        TravelTime(layer="plants", network="roads", profile="lorry"),
        Linear(7_200.0, 0.0),
        30.0,
        "Near.",
        key="plants",
    ),
    Criterion(
        "People near",
        SumWithin(layer="labour", size="population", within=20_000.0, size_unit="people"),
        Linear(0.0, 1e6),
        20.0,
        "Work.",
        key="people",
    ),
)
CONSTRAINTS = (
    Constraint("National parks", "parks", "outside", why="Protected."),
    Constraint("Town core", "places", "outside", 250.0, estimate=True, why=f"Built {HOSTILE}."),
)


def study() -> Study:
    """Make the study."""
    return Study(
        name="small",
        title=f"Small study {HOSTILE}",
        area="regions",
        region_column="name",
        area_title="Smallland",
        crs="EPSG:27700",
        cell=CELL,
        criteria=CRITERIA,
        constraints=CONSTRAINTS,
        facility=Facility(
            20.0, "GWh a year", (Need("land", 25_000.0, "m2", 17_000.0, 32_000.0, source="Somewhere"), Need("connection", 3.0, "MVA"))
        ),
        sites=SiteSearch(5, 2_000.0, 250_000.0),
        demand=Demand("plants", "vehicles_per_year", 60.0, "kWh", 3_600.0, "roads", "lorry", source="A paper"),
        robustness=Robustness(),
        not_assessed=(NotAssessed("Energy price", "No table by region."), NotAssessed("Flood zones", "Twice named.")),
        layers=LAYERS,
        profiles={},
        gaps=(Gap("flood", "Flood zones", "Water.", "A flood map"), Gap("slope", "Slope", "Earthworks.")),
        context=Context("places", "roads", ("rivers",)),
        path=Path("studies/small.toml"),
        summary=f"A summary {TEMPLATE}",
    )


def features(name: str, geometry: list[Any], table: Mapping[str, Sequence[object]]) -> Features:
    """Make a layer's data."""
    shapes = np.empty(len(geometry), dtype=object)
    shapes[:] = geometry
    return Features(LAYERS[name], shapes, pd.DataFrame(dict(table)), np.full(len(geometry), np.nan), ReadReport(len(geometry)))


def degrees(easting: float, northing: float) -> tuple[float, float]:
    """Give lon, lat."""
    lon, lat = _TO_DEGREES.transform(easting, northing)
    return float(lon), float(lat)


def contributions(utilities: tuple[float, float, float]) -> tuple[Contribution, ...]:
    """Make a site's contributions; a NaN utility is unknown."""
    weights = (0.5, 0.3, 0.2)
    values = ((25_000.0 - 24_000.0 * utilities[0]), np.inf if utilities[1] == 0 else 7_200.0 * (1 - utilities[1]), 1e6 * utilities[2])
    return tuple(
        Contribution(criterion.name, criterion.slug, value, criterion.measure.unit, utility, weight, 100 * weight * utility)
        for criterion, value, utility, weight in zip(CRITERIA, values, utilities, weights, strict=True)
    )


def site(rank: int, name: str, rows: tuple[int, int], cols: tuple[int, int], utilities: tuple[float, float, float]) -> Site:
    """Make an area of two by two cells."""
    west, east = WEST + cols[0] * CELL, WEST + (cols[1] + 1) * CELL
    north, south = NORTH - rows[0] * CELL, NORTH - (rows[1] + 1) * CELL
    outline = shapely.box(west, south, east, north)
    easting, northing = (west + east) / 2, (south + north) / 2
    lon, lat = degrees(easting, northing)
    parts = contributions(utilities)
    cells = np.array([(row, col) for row in rows for col in cols], dtype=np.int64)
    return Site(
        site_id=f"E{easting:.0f}N{northing:.0f}",
        name=name,
        place="Washington",
        region="North East",
        rank=rank,
        tied=False,
        score=float(np.nansum([part.points for part in parts])),
        easting=easting,
        northing=northing,
        lon=lon,
        lat=lat,
        grid_ref="NZ 301 223",
        area_m2=outline.area,
        geometry=outline,
        contributions=parts,
        rows=cells[:, 0],
        cols=cells[:, 1],
        quantities=np.array([[part.value] * len(cells) for part in parts], dtype=np.float32),
    )


def sites() -> tuple[Site, ...]:
    """Make five areas; the names of two are hostile."""
    return (
        site(1, "3 km NE of Washington", KNOWN_ROWS, KNOWN_COLS, (1.0, 1.0, 1.0)),
        site(2, HOSTILE, (30, 31), (40, 41), (0.9, 0.8, 0.7)),
        site(3, "=HYPERLINK(1)", (110, 111), (60, 61), (0.8, 0.7, 0.4)),
        site(4, TEMPLATE, (120, 121), (160, 161), (0.5, 0.0, 0.4)),
        site(5, "1 km S of Blyth", (20, 21), (150, 151), (0.4, 0.3, float("nan"))),
    )


def demand_answers(found: tuple[Site, ...]) -> tuple[DemandAnswer, ...]:
    """Make one covered demand point and one uncovered one."""
    near, far = (420_000.0, 520_000.0), (440_000.0, 505_000.0)
    return (
        DemandAnswer("Plant A", *near, *degrees(*near), 300_000.0, 18.0, found[0].site_id, 1, 1_800.0, found[0].site_id, 1_800.0),
        DemandAnswer(f"Plant {HOSTILE}", *far, *degrees(*far), 100_000.0, 6.0, "", None, float("nan"), found[2].site_id, 4_200.0),
    )


def surface() -> Surface:
    """Make a field of zeros with the best area's cells at 100, sea in the west, a park, a town and an unknown corner."""
    score = np.zeros((ROWS, COLS), dtype=np.float32)
    score[KNOWN_ROWS[0] : KNOWN_ROWS[1] + 1, KNOWN_COLS[0] : KNOWN_COLS[1] + 1] = 100.0
    status: NDArray[np.uint32] = np.zeros((ROWS, COLS), dtype=np.uint32)
    status[:40, 100:140] |= np.uint32(4)
    status[90:100, 100:110] |= np.uint32(8)
    status[140:, 190:] |= np.uint32(1)
    score[140:, 190:] = np.nan
    score[:, :10] = np.nan
    status[:, :10] = STATUS_OFF_AREA
    return Surface(GRID, score, status)


def display(found: tuple[Site, ...]) -> Display:
    """Make the quantities that the field's scores stand for: all best or all worst, unknown in the corner."""
    field = surface()
    status = np.asarray(field.status)
    inside = status != STATUS_OFF_AREA
    score = np.asarray(field.score)[inside]
    ends = ((25_000.0, 1_000.0), (7_200.0, 0.0), (0.0, 1e6))
    quantities = np.array([np.where(score > 0, best, worst) for worst, best in ends], dtype=np.float32)
    quantities[:, np.isnan(score)] = np.nan
    worth = np.asarray(utilities(quantities), np.float32)
    return Display(GRID, inside, quantities, worth, status[inside], tuple(utilities(each.quantities) for each in found))


def utilities(quantities: NDArray[np.float32]) -> NDArray[np.float64]:
    """Give what quantities are worth to the criteria."""
    return np.stack([criterion_utility(criterion, row) for criterion, row in zip(CRITERIA, quantities, strict=True)])


def result() -> Result:
    """Make the whole result."""
    west, south, east, north = GRID.bounds
    area = shapely.box(west + 10 * CELL, south, east, north)
    half = (west + east) / 2
    found = sites()
    places: dict[str, Sequence[object]] = {"name": ["Washington", HOSTILE, "Blyth"], "population": [67_000, 50_000, 37_000]}
    vectors = {
        "regions": features(
            "regions",
            [shapely.box(west + 10 * CELL, south, half, north), shapely.box(half, south, east, north)],
            {"name": ["West", HOSTILE]},
        ),
        "grid": features(
            "grid", [shapely.Point(430_000, 522_000), shapely.Point(420_000, 530_000)], {"name": ["A", HOSTILE], "max_kv": [400, 275]}
        ),
        "plants": features(
            "plants",
            [shapely.Point(420_000, 520_000), shapely.Point(440_000, 505_000)],
            {"name": ["Plant A", "B"], "vehicles_per_year": [300_000.0, np.nan]},
        ),
        "labour": features("labour", [shapely.Point(425_000, 525_000)], {"name": ["L"], "population": [100_000]}),
        "parks": features("parks", [shapely.box(425_000, 530_000, 435_000, 540_000)], {"name": ["Park"]}),
        "roads": features(
            "roads",
            [
                shapely.LineString([(403_000, 510_000), (430_000, 515_000), (450_000, 530_000)]),
                shapely.LineString([(430_000, 515_000), (432_000, 539_000)]),
            ],
            {"name": ["A1(M)", "A19"], "road_class": ["motorway", "a_road"]},
        ),
        "places": features(
            "places", [shapely.Point(430_000, 522_500), shapely.Point(415_000, 512_000), shapely.Point(441_000, 534_000)], places
        ),
        "rivers": features("rivers", [shapely.LineString([(403_000, 520_000), (449_000, 521_000)])], {"name": ["Wear"]}),
    }
    lon, lat = degrees(431_000.0, 531_000.0)
    park, blank = ("North East", 431_000.0, 531_000.0, lon, lat, ""), ("North East", 432_000.0, 532_000.0, lon, lat, "")
    rejected = (
        Rejection("+park corner", *park, 250_000.0, 77.5, Stage.RULE, "National parks", 100.0, "%", "-12 ha of it"),
        Rejection("No score", *blank, 125_000.0, float("nan"), Stage.SIZE, "area", 12.5, "ha", "12.5 ha of 25"),
    )
    ranking = Ranking(found, rejected, demand_answers(found), ("Five areas were asked for, five were found.",))
    hectares = {"land": 178_125.0, "scored": 177_500.0, "free": 166_875.0, "National parks": 10_000.0, "Town core": 625.0}
    facilities = {"grid_275": vectors["grid"], "plants": vectors["plants"]}
    return Result(
        study(),
        "smallland",
        "Smallland",
        surface(),
        ranking,
        vectors,
        area,
        area,
        hectares,
        {"grid.csv": "0" * 64},
        display(found),
        facilities,
    )
