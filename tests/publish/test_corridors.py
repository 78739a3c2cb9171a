"""Corridors in tables and geometry files: kilometres, three digits of money, blanks with a reason, nothing that runs as a formula."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo_engine.model import Connection, Corridor, CostRow, Multiplier, NoCorridor, Result
from geo_engine.publish import write_outputs
from tests.publish import builders

OVERHEAD = CostRow("Overhead line", 2.2, 4.2, "building", "A study", 2012)
CONSENTS = CostRow("Consents", 0.1, 0.2, "law", "judgement", 2020)
CONNECTION = Connection(
    "grid",
    currency="GBP million",
    multipliers=(Multiplier("Parks", "parks", 5.0), Multiplier("Rivers", "rivers", 3.0)),
    costs=(OVERHEAD, CONSENTS),
)
LINE = shapely.LineString([(430_250.0, 522_250.0), (431_250.0, 522_750.0), (431_260.0, 522_755.0)])
COSTS = ("connection_cost_low_indicative_gbp_million", "connection_cost_high_indicative_gbp_million")


@pytest.fixture(scope="module")
def joined() -> Result:
    """The small result: the best area and the third have corridors, the second has none, of the others nothing is known."""
    result = builders.result()
    one, two, three = (site.site_id for site in result.ranking.sites[:3])
    low, high = CONNECTION.cost_range(1_234.56)
    corridors = (
        Corridor(
            one,
            "=SUM(1)",
            5_000.0,
            LINE,
            1_129.0,
            1_234.56,
            1_000.4,
            low,
            high,
            "GBP million",
            CONNECTION.costs,
            (("Parks", 26.4),),
            "its cell",
        ),
        NoCorridor(two, "no way over open land within 40 km to A"),
        Corridor(three, "B", float("nan"), LINE, 1_129.0, 1_129.0, 0.0, low, high, "GBP million", CONNECTION.costs),
    )
    return replace(result, study=replace(result.study, connection=CONNECTION), ranking=replace(result.ranking, corridors=corridors))


@pytest.fixture(scope="module")
def folder(joined: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("joined")
    write_outputs(joined, made, record={})
    return made


def test_sites_say_target_kilometres_and_money_to_three_digits(folder: Path) -> None:
    with (folder / "sites.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    first, second, _, fourth, _ = rows
    assert first["connection_target"] == "'=SUM(1)"
    assert (first["connection_km"], first["connection_weighted_km"]) == ("1.129", "1.235")
    assert [first[name] for name in COSTS] == ["2.84", "5.43"]  # 1.23456 km at 2.3 and at 4.4
    assert first["connection_remark"] == "its cell"
    assert [second[name] for name in ("connection_target", "connection_km", "connection_weighted_km", *COSTS)] == [""] * 5
    assert second["connection_remark"] == "no way over open land within 40 km to A"
    assert {cell for name, cell in fourth.items() if name.startswith("connection")} == {""}


def test_lines_are_in_degrees_for_the_web_and_in_study_coordinates_for_a_gis(folder: Path, joined: Result) -> None:
    frame = gpd.read_file(folder / "sites.gpkg", layer="corridors")
    assert frame.crs.to_epsg() == 27700
    assert [line.equals(LINE) for line in frame.geometry] == [True, True]
    assert list(frame["rank"]) == [1, 3]
    assert frame["crosses"].tolist()[0] == "Parks: 0.026 km"
    assert frame["cost_basis"].tolist()[0] == "indicative: Overhead line (2012); Consents (2020)"
    assert frame["target_accuracy_km"].tolist()[0] == 5.0
    assert frame["target_accuracy_km"].isna().tolist() == [False, True]
    features = json.loads((folder / "corridors.geojson").read_text(encoding="utf-8"))["features"]
    assert [feature["id"] for feature in features] == [joined.ranking.sites[0].site_id, joined.ranking.sites[2].site_id]
    assert features[0]["properties"]["straight_km"] == 1.0
    assert features[1]["properties"]["crosses"] is None
    assert features[0]["geometry"]["coordinates"][0] == pytest.approx(builders.degrees(430_250.0, 522_250.0), abs=1e-6)
    assert len(gpd.read_file(folder / "sites.gpkg", layer="sites")) == 5


def test_the_same_corridors_give_the_same_bytes(folder: Path, joined: Result, tmp_path: Path) -> None:
    files = write_outputs(joined, tmp_path, record={})
    assert len(files) == 21
    for path in files:
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name
