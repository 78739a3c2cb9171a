"""A continent: the engine knows no country. One country of the European study, at a coarse cell, and what a reader sees of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import rasterio
import shapely

from geo_engine.publish import best_table, untested
from geo_engine.run import RunOutcome, read_study, run_study

ROOT = Path(__file__).parents[2]
BRITISH = re.compile(r"British|EPSG:27700|National Grid|green belt|SSSI|Great Britain|Ordnance Survey", re.IGNORECASE)


@pytest.fixture(scope="module")
def denmark(tmp_path_factory: pytest.TempPathFactory) -> RunOutcome:
    study = read_study(ROOT / "studies" / "europe.toml")
    fewer = replace(study, robustness=replace(study.robustness, draws=200, data_draws=20))
    return run_study(fewer, region="denmark", cell=5_000.0, out=tmp_path_factory.mktemp("europe") / "denmark")


def test_a_country_of_the_continent_is_ranked(denmark: RunOutcome) -> None:
    result = denmark.result
    assert len(result.ranking.sites) > 15  # 25 are asked for, and 50 km apart there is no room for them
    assert result.ranking.sites[0].region == "Denmark"
    middles = shapely.points([(site.easting, site.northing) for site in result.ranking.sites])
    assert shapely.intersects(denmark.plan.area, middles).all()
    assert result.hectares["land"] == pytest.approx(4_261_800, rel=0.05)  # 42,618 km2 of the generalised outline
    with rasterio.open(denmark.folder / "suitability.tif") as raster:
        assert raster.crs.to_epsg() == 3035


def test_the_best_area_of_denmark_lies_by_its_great_port_or_its_capital(denmark: RunOutcome) -> None:
    """Aarhus is Denmark's only port of the list, Copenhagen holds a fifth of its people and Fredericia and Fyn its 400 kV crossing."""
    sites = pd.read_csv(denmark.folder / "sites.csv")
    assert sites["lat"].between(54.5, 57.8).all()
    assert sites["lon"].between(8.0, 15.2).all()
    best = sites.iloc[0]
    near = {name: ((best.lon - lon) ** 2 * 0.31 + (best.lat - lat) ** 2) ** 0.5 * 111 for name, lon, lat in PLACES}
    assert min(near.values()) < 60, near


PLACES = (("Aarhus", 10.21, 56.16), ("Copenhagen", 12.57, 55.68), ("Fredericia", 9.75, 55.57))


def test_no_grid_reference_is_shown_where_the_crs_has_none(denmark: RunOutcome) -> None:
    assert all("grid reference" not in row for row in best_table(denmark.result))
    assert all(site.grid_ref == "" for site in denmark.result.ranking.sites)


def test_a_reader_of_the_continent_meets_nothing_british(denmark: RunOutcome) -> None:
    for name in ("map.html", "sites.csv", "readiness.csv", "missing.csv", "near_misses.csv", "needs.csv"):
        text = (denmark.folder / name).read_text(encoding="utf-8")
        if name == "map.html":  # without Leaflet and our own scripts
            text = json.dumps(json.loads(text.split('id="page-data">')[1].split("</script>")[0]))
        assert BRITISH.findall(text) == [], name


def test_the_study_declares_the_gaps_of_the_continent_and_not_of_britain(denmark: RunOutcome) -> None:
    told = untested(denmark.result.study)
    assert "Roads, railways and waterways" in told
    assert "Green belt" not in told
    record = json.loads((denmark.folder / "run.json").read_text(encoding="utf-8"))
    assert "layers/gaps/europe.toml" in record["inputs_sha256"]
    assert "layers/gaps.toml" not in record["inputs_sha256"]


def test_every_criterion_says_why_and_from_where() -> None:
    study = read_study(ROOT / "studies" / "europe.toml")
    assert all(criterion.why and criterion.source for criterion in study.criteria)
    assert all(rule.why and rule.source for rule in study.constraints)
