"""Derive large_water.geojson from reservoirs.csv and rivers.geojson, so that nearness to either is one measure.

A reservoir is a point in its table; here it is a line of about two metres through that point, so that the whole
layer is lines. River lines are taken as they are. Run from anywhere: ``python layers/data/build_large_water.py``.
"""

import csv
import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
HALF = 0.000015  # degrees of longitude, about a metre at these latitudes; the positions are good to 2 km


def build(folder: Path = HERE) -> str:
    """Return the text of large_water.geojson, made from the two tables in `folder`."""
    features = []
    with (folder / "reservoirs.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            lon, lat = float(row["lon"]), float(row["lat"])
            features.append(
                _feature(
                    row["name"],
                    "reservoir",
                    float(row["capacity_million_m3_approx"]),
                    float(row["accuracy_km"]),
                    {"type": "LineString", "coordinates": [[round(lon - HALF, 6), lat], [round(lon + HALF, 6), lat]]},
                )
            )
    rivers = json.loads((folder / "rivers.geojson").read_text(encoding="utf-8"))["features"]
    features += [
        _feature(f"Principal river, line {number}", "river", None, None, river["geometry"]) for number, river in enumerate(rivers, start=1)
    ]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'


def _feature(name: str, kind: str, capacity: float | None, accuracy: float | None, geometry: dict[str, object]) -> dict[str, object]:
    properties = {"name": name, "kind": kind, "capacity_million_m3_approx": capacity, "accuracy_km": accuracy}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


if __name__ == "__main__":
    (HERE / "large_water.geojson").write_text(build(), encoding="utf-8")
