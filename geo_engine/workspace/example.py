"""A first workspace to try and to change: two invented counties, five invented substations, a one-page study."""

from __future__ import annotations

import json
from pathlib import Path

from geo_engine.errors import Fault, StudyError

__all__ = ["new_workspace"]

_COUNTIES = {"Westshire": (-1.9, -1.5), "Eastshire": (-1.5, -1.1)}
_SOUTH, _NORTH = 52.8, 53.2

_SUBSTATIONS = """\
name,lon,lat,max_kv
Mill Lane,-1.80,52.90,400
Quarry Road,-1.62,53.08,275
Long Meadow,-1.44,52.95,400
Priory Bridge,-1.25,53.12,132
Old Works,-1.18,52.86,275
"""

_AREA_LAYER = """\
title = "Counties (invented)"
source = "data/counties.geojson"
geometry = "polygons"
id = "county"
publisher = "example"
licence = "CC0-1.0"
vintage = "invented"
faults = ["Two invented rectangles: replace them by your own area."]
"""

_GRID_LAYER = """\
title = "Substations (invented)"
source = "data/substations.csv"
geometry = "points"
id = "name"
publisher = "example"
licence = "CC0-1.0"
vintage = "invented"
accuracy = "0.5 km"
faults = ["Invented: replace them by your own data."]
"""

_GAPS = """\
# What matters and no layer covers. A layer that covers one says so: closes = ["flood"].

[[gaps]]
name = "flood"
title = "Flood zones"
why = "Land that floods cannot be insured easily."
closed_by = "a flood map of the country"
"""

_STUDY = """\
title = "Example: a data centre in two invented counties"
area = "counties"
area_title = "Both counties"
crs = "EPSG:27700"
cell = "500 m"

[facility]
capacity = 40
unit = "MW"

[[facility.needs]]
name = "land"
each = "0.5 ha"
source = "invented"

[[criteria]]
name = "Distance to a 275 kV substation (not capacity)"
key = "grid"
layer = "substations"
where = "max_kv >= 275"
measure = "distance"
value = { function = "linear", best = "1 km", worst = "15 km" }
weight = 70
why = "A connection is priced by its length."

[[criteria]]
name = "Substations within 20 km"
key = "choice"
layer = "substations"
measure = "count_within"
within = "20 km"
value = { function = "linear", worst = 0, best = 4 }
weight = 30
why = "With several substations near there is a second choice."

[[constraints]]
name = "Substations with 250 m"
layer = "substations"
keep = "outside"
buffer = "250 m"
why = "The substation itself is taken."

[sites]
count = 5
spacing = "5 km"

[[not_assessed]]
name = "Price of electricity"
why = "No layer here tells it."
"""


def _counties() -> str:
    """Write the two counties as GeoJSON, corners in longitude and latitude."""
    features = [
        {
            "type": "Feature",
            "properties": {"county": name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[west, _SOUTH], [east, _SOUTH], [east, _NORTH], [west, _NORTH], [west, _SOUTH]]],
            },
        }
        for name, (west, east) in _COUNTIES.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, indent=1) + "\n"


def new_workspace(directory: Path) -> Path:
    """Write a small workspace that runs: layers, their data, the gaps and a study.

    Parameters
    ----------
    directory : Path
        A folder that does not exist yet or is empty.

    Returns
    -------
    Path
        The study file, ``DIRECTORY/studies/example.toml``.

    Raises
    ------
    StudyError
        If the folder holds something, is a file, or cannot be written.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        what = "the folder is not empty" if directory.is_dir() else "this is a file"
        raise StudyError(Fault(str(directory), what, allowed="a new or empty folder", remedy="choose another name; nothing was written"))
    files = {
        "layers/counties.toml": _AREA_LAYER,
        "layers/substations.toml": _GRID_LAYER,
        "layers/gaps.toml": _GAPS,
        "layers/data/counties.geojson": _counties(),
        "layers/data/substations.csv": _SUBSTATIONS,
        "studies/example.toml": _STUDY,
    }
    try:
        (directory / "studies" / "profiles").mkdir(parents=True)
        for name, text in files.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise StudyError(Fault(str(directory), f"cannot be written: {error.strerror}")) from error
    return directory / "studies" / "example.toml"
