"""A workspace that runs in a second: two regions of 30 x 50 cells, roads, points, polygons; and ways to spoil it.

Everything lies in EPSG:27700. West is 400000 to 403000 E, East 403000 to 406000 E, both 300000 to 305000 N; a cell is
100 m, so a hectare. Roads are driven at 10 m/s, land off them at 5 m/s without a detour.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo_engine.model import Result, Study
from geo_engine.run import Plan, RunOutcome, SilentReporter, StoredRun, make_plan, open_run, read_study, run_study, solve

__all__ = ["CRITERIA", "DEMAND", "RULES", "Tiny", "box", "criterion", "line", "point", "regions", "stations", "study_text"]

CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
Feature = tuple[Mapping[str, object], Mapping[str, object] | None]


def point(east: float, north: float) -> dict[str, object]:
    return {"type": "Point", "coordinates": [east, north]}


def line(*places: tuple[float, float]) -> dict[str, object]:
    return {"type": "LineString", "coordinates": [list(place) for place in places]}


def box(west: float, south: float, east: float, north: float) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]]}


def _layer(title: str, kind: str, extra: str = "", source: str = "") -> str:
    return (
        f'title = "{title}"\nsource = "{source}"\ngeometry = "{kind}"\npublisher = "nobody"\nlicence = "CC0-1.0"\nvintage = 2024\n{extra}'
    )


LAYERS = {
    "regions": _layer("Regions", "polygons", 'id = "region"\n', "data/regions.geojson"),
    "stations": _layer("Stations", "points", 'id = "name"\naccuracy = "0.1 km"\n', "data/stations.geojson"),
    "plants": _layer("Plants", "points", 'id = "name"\n', "data/plants.geojson"),
    "towns": _layer("Towns", "points", 'id = "name"\n', "data/towns.geojson"),
    "parks": _layer("Parks", "polygons", 'id = "name"\n', "data/parks.geojson"),
    "zones": _layer("Zones", "polygons", 'id = "name"\n', "data/zones.geojson"),
    "roads": _layer("Roads", "network", '[network]\nclass = "kind"\n', "data/roads.geojson"),
}


def regions() -> list[Feature]:
    return [({"region": "West"}, box(400000, 300000, 403000, 305000)), ({"region": "East"}, box(403000, 300000, 406000, 305000))]


def stations() -> list[Feature]:
    return [
        ({"name": "Hill", "kv": 400}, point(401050, 304050)),
        ({"name": "Dale", "kv": 275}, point(405000, 300500)),
        ({"name": "Farm", "kv": 132}, point(402000, 301000)),
        ({"name": "Offshore", "kv": 400}, point(410000, 302500)),
    ]


PLANTS: list[Feature] = [
    ({"name": "Alpha", "cars": 1000, "works": "yes"}, point(401000, 302500)),
    ({"name": "Beta", "cars": 500, "works": "yes"}, point(405000, 302500)),
    ({"name": "Gamma", "cars": 250, "works": "yes"}, point(405000, 304500)),
]
TOWNS: list[Feature] = [
    ({"name": "Ayton", "people": 3000}, point(400500, 300500)),
    ({"name": "Beeville", "people": 9000}, point(404500, 303500)),
]
PARKS: list[Feature] = [({"name": "Great Park"}, box(401500, 303000, 402500, 304000))]
ZONES: list[Feature] = [({"name": "Zone"}, box(404000, 301000, 405000, 302000))]
ROADS: list[Feature] = [
    ({"kind": "a_road"}, line((400000, 302500), (401000, 302500))),
    ({"kind": "a_road"}, line((401000, 302500), (403000, 302500))),
    ({"kind": "a_road"}, line((403000, 302500), (405000, 302500))),
    ({"kind": "a_road"}, line((405000, 302500), (406000, 302500))),
    ({"kind": "a_road"}, line((401000, 302500), (401000, 304500))),
    ({"kind": "a_road"}, line((403000, 302500), (403000, 300500))),
    ({"kind": "a_road"}, line((405000, 302500), (405000, 304500))),
]
DATA: dict[str, list[Feature]] = {
    "regions": regions(),
    "stations": stations(),
    "plants": PLANTS,
    "towns": TOWNS,
    "parks": PARKS,
    "zones": ZONES,
    "roads": ROADS,
}
GAPS = '[[gaps]]\nname = "flood"\ntitle = "Flood zones"\nwhy = "Floods."\n'
PROFILE = """\
title = "Lorry"
sources = ["judgement"]
speeds = { a_road = "36 km/h" }
[off_network]
speed = "18 km/h"
detour = 1.0
limit = "15 km"
source = "judgement"
"""


def criterion(name: str, body: str, *, key: str, weight: float = 1, unknown: str = '"refuse"') -> str:
    return f'[[criteria]]\nname = "{name}"\nkey = "{key}"\nweight = {weight}\nunknown = {unknown}\nwhy = "because"\n{body}\n'


GRID = criterion(
    "Distance to a station", 'layer = "stations"\nwhere = "kv >= 275"\nmeasure = "distance"\n'
    'value = { function = "linear", best = "0 m", worst = "6 km" }',
    key="grid", weight=3,
)  # fmt: skip
PLANT = criterion(
    "Time to a plant",
    'layer = "plants"\nmeasure = "travel_time"\nnetwork = "roads"\nprofile = "lorry"\n'
    'value = { function = "piecewise", points = [["1 min", 1.0], ["4 min", 0.5], ["15 min", 0.0]] }',
    key="plant", weight=2,
)  # fmt: skip
PEOPLE = criterion(
    "People in reach",
    'layer = "towns"\nmeasure = "access"\nsize = "people"\nunit = "people"\nnetwork = "roads"\nprofile = "lorry"\n'
    'decay = { function = "exponential", half = "5 min" }\nvalue = { function = "linear", worst = 0, best = 12000 }',
    key="people", weight=2,
)  # fmt: skip
CARS = criterion(
    "Cars near",
    'layer = "plants"\nmeasure = "sum_within"\nsize = "cars"\nunit = "cars"\nwithin = "2 km"\n'
    'value = { function = "linear", worst = 0, best = 1500 }',
    key="cars",
)
ZONE = criterion("In a zone", 'layer = "zones"\nmeasure = "inside"\nvalue = { function = "linear", worst = 0, best = 1 }', key="zone")
CRITERIA = (GRID, PLANT, PEOPLE, CARS, ZONE)
PARK_RULE = '[[constraints]]\nname = "Parks"\nlayer = "parks"\nkeep = "outside"\n'
TOWN_RULE = (
    '[[constraints]]\nname = "Town core (estimated from population)"\nlayer = "towns"\nkeep = "outside"\n'
    'buffer = { people = "people", density = "6000 per km2" }\nestimate = true\n'
)
RULES = (PARK_RULE, TOWN_RULE)
DEMAND = '[demand]\nlayer = "plants"\nsize = "cars"\ncapacity_each = "60 kWh"\nwithin = "5 min"\nnetwork = "roads"\nprofile = "lorry"\n'


def study_text(
    criteria: Iterable[str] = CRITERIA,
    rules: Iterable[str] = RULES,
    *,
    demand: str = DEMAND,
    sites: str = 'count = 5\nspacing = "1 km"\n',
    land: str = "1 ha",
    cell: str = "100 m",
) -> str:
    """Write a study of four hectares a plant."""
    return (
        f'title = "A plant"\narea = "regions"\narea_title = "Both"\ncrs = "EPSG:27700"\ncell = "{cell}"\n'
        '[context]\nplaces = "towns"\nroads = "roads"\n'
        f'[facility]\ncapacity = 4\nunit = "GWh a year"\n[[facility.needs]]\nname = "land"\neach = "{land}"\nsource = "judgement"\n'
        f"{demand}{''.join(criteria)}{''.join(rules)}[sites]\n{sites}"
        '[robustness]\ndraws = 100\nseed = 7\n[[not_assessed]]\nname = "Energy price"\nwhy = "no data"\n'
    )


@dataclass(frozen=True)
class Tiny:
    """A workspace on disk."""

    path: Path

    @classmethod
    def make(cls, path: Path) -> Tiny:
        """Write the whole of it."""
        made = cls(path)
        (path / "layers" / "data").mkdir(parents=True)
        (path / "studies" / "profiles").mkdir(parents=True)
        for name, text in LAYERS.items():
            made.write(f"layers/{name}.toml", text)
        for name, features in DATA.items():
            made.features(name, features)
        made.write("layers/gaps.toml", GAPS)
        made.write("studies/profiles/lorry.toml", PROFILE)
        made.write("studies/plant.toml", study_text())
        return made

    @property
    def study_file(self) -> Path:
        return self.path / "studies" / "plant.toml"

    @property
    def outputs(self) -> Path:
        return self.path / "outputs"

    def write(self, name: str, text: str) -> Path:
        file = self.path / name
        file.write_text(text, encoding="utf-8")
        return file

    def features(self, name: str, features: Iterable[Feature], crs: Mapping[str, object] | None = CRS) -> None:
        made = [{"type": "Feature", "properties": properties, "geometry": geometry} for properties, geometry in features]
        document: dict[str, Any] = {"type": "FeatureCollection", "features": made}
        if crs:
            document["crs"] = crs
        self.write(f"layers/data/{name}.geojson", json.dumps(document))

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that stands in a file."""
        text = (self.path / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new, 1))

    def study(self) -> Study:
        return read_study(self.study_file)

    def plan(self, region: str | None = None) -> Plan:
        return make_plan(self.study(), region, SilentReporter(), workers=2)

    def solve(self, region: str | None = None, *, tile_side: int = 512, workers: int = 2) -> Result:
        return solve(self.plan(region), SilentReporter(), workers=workers, tile_side=tile_side)

    def run(self, region: str | None = None, *, out: Path | None = None, workers: int = 2) -> RunOutcome:
        return run_study(self.study(), region=region, out=out, workers=workers)

    def stored(self, region: str = "both") -> StoredRun:
        return open_run(self.outputs / "plant" / region, SilentReporter(), workers=2)

    def copy(self, path: Path) -> Tiny:
        shutil.copytree(self.path, path)
        return Tiny(path)
