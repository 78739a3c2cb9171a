"""A small workspace with a layer of every kind, and ways to spoil it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio import Affine

from geo_engine.errors import Fault, GeoEngineError

PROVENANCE = 'publisher = "nobody"\nlicence = "CC0-1.0"\nvintage = 2024\n'
LAYERS = {
    "regions": ('title = "Regions"\nsource = "data/regions.geojson"\ngeometry = "polygons"\nid = "region"\n', ""),
    "plants": ('title = "Plants"\nsource = "data/plants.csv"\ngeometry = "points"\nid = "name"\naccuracy = "1 km"\n', ""),
    "towns": ('title = "Towns"\nsource = "data/towns.csv"\ngeometry = "points"\n', 'closes = ["skills"]\n'),
    "parks": ('title = "Parks"\nsource = "data/parks.geojson"\ngeometry = "polygons"\n', ""),
    "roads": ('title = "Roads"\nsource = "data/roads.geojson"\ngeometry = "network"\n', '[network]\nclass = "kind"\n'),
    "height": ('title = "Height"\nsource = "data/height.tif"\ngeometry = "raster"\nunit = "m above the sea"\n', ""),
}
GAPS = """\
[[gaps]]
name = "flood"
title = "Flood zones"
why = "Floods."

[[gaps]]
name = "skills"
title = "Skills"
why = "People."
"""
PROFILE = """\
title = "Lorry"
sources = ["judgement"]
speeds = { motorway = "80 km/h", a_road = "36 km/h" }
entered_at_ends = ["motorway"]
[off_network]
speed = "18 km/h"
detour = 1.3
limit = "15 km"
source = "judgement too"
"""
STUDY = """\
title = "A plant"
area = "regions"
crs = "EPSG:27700"
cell = "1 km"

[facility]
capacity = 20
unit = "GWh a year"
[[facility.needs]]
name = "land"
each = "2.5 ha"
range = ["1.7 ha", "3.2 ha"]
source = "judgement"

[demand]
layer = "plants"
size = "cars"
capacity_each = "0.06 MWh"
within = "60 min"
network = "roads"
profile = "lorry"

[[criteria]]
name = "Distance to a plant"
key = "plant"
layer = "plants"
where = "cars > 10"
measure = "distance"
value = { function = "linear", best = "1 km", worst = "25 km" }
weight = 3
why = "near is good"

[[criteria]]
name = "Time to a town"
layer = "towns"
measure = "travel_time"
network = "roads"
profile = "lorry"
value = { function = "piecewise", points = [["10 min", 1.0], ["1 h", 0.0]] }
weight = 1
unknown = 0.25
why = "people"

[[constraints]]
name = "Parks"
layer = "parks"
keep = "outside"

[sites]
count = 5
spacing = "10 km"

[[not_assessed]]
name = "Energy price"
why = "no data"
"""


def collection(*features: tuple[dict[str, object], dict[str, object]]) -> str:
    made = [{"type": "Feature", "properties": properties, "geometry": geometry} for properties, geometry in features]
    return json.dumps({"type": "FeatureCollection", "features": made})


def box(west: float, south: float, east: float, north: float) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]]}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A workspace that is whole."""
    data = tmp_path / "layers" / "data"
    (tmp_path / "studies" / "profiles").mkdir(parents=True)
    data.mkdir(parents=True)
    for name, (head, tail) in LAYERS.items():
        (tmp_path / "layers" / f"{name}.toml").write_text(head + PROVENANCE + tail)
    (tmp_path / "layers" / "gaps.toml").write_text(GAPS)
    (tmp_path / "studies" / "a.toml").write_text(STUDY)
    (tmp_path / "studies" / "profiles" / "lorry.toml").write_text(PROFILE)
    west, east = box(-2, 52, -1.5, 53), box(-1.5, 52, -1, 53)
    (data / "regions.geojson").write_text(collection(({"region": "West End"}, west), ({"region": "East End"}, east)))
    (data / "plants.csv").write_text(
        "name,lon,lat,cars,makes,code\nUp,-1.8,52.5,100,yes,400/132\nDown,-1.2,52.2,,no,400\nFar,3.5,50,5,yes,275\n"
    )
    (data / "towns.csv").write_text("name,lon,lat,people\nAy,-1.7,52.4,5000\nBe,-1.3,52.6,7000\n")
    (data / "parks.geojson").write_text(collection(({"park": "P"}, box(-1.7, 52.1, -1.6, 52.2))))
    road: dict[str, object] = {"type": "LineString", "coordinates": [[-1.9, 52.5], [-1.1, 52.5]]}
    (data / "roads.geojson").write_text(collection(({"kind": "a_road"}, road)))
    values = np.arange(12, dtype=np.float32).reshape(3, 4)
    with rasterio.open(
        data / "height.tif", "w", driver="GTiff", width=4, height=3, count=1, dtype="float32", crs="EPSG:27700",
        transform=Affine(1000, 0, 400000, 0, -1000, 300000),
    ) as out:  # fmt: skip
        out.write(values, 1)
    return tmp_path


@pytest.fixture
def edit(base: Path) -> Callable[[str, str, str], None]:
    """Replace a text in a file of the workspace."""

    def change(name: str, old: str, new: str) -> None:
        text = (base / name).read_text()
        assert old in text
        (base / name).write_text(text.replace(old, new, 1))

    return change


@pytest.fixture
def faults() -> Callable[[Callable[[], object], type[GeoEngineError]], tuple[Fault, ...]]:
    """Run something that must fail and give its faults."""

    def found(action: Callable[[], object], kind: type[GeoEngineError]) -> tuple[Fault, ...]:
        with pytest.raises(kind) as caught:
            action()
        assert caught.value.faults
        return caught.value.faults

    return found
