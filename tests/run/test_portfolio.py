"""Several plants chosen together from a finished run: candidates, conditions, and what is left in the folder."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo_engine.errors import GeoEngineError, LayerError, RunError, StudyError
from geo_engine.measure import PointPlaces, facilities_name, travel_costs
from geo_engine.model.search import ResourceLayer
from geo_engine.run import (
    ExistingPlants,
    Portfolio,
    PortfolioFiles,
    RunOutcome,
    SilentReporter,
    StoredRun,
    choose_portfolio,
    leave_portfolio,
)
from tests.run.tiny import Tiny

PLAIN = Portfolio(plants=2)


@pytest.fixture(scope="module")
def stored(finished: tuple[Tiny, RunOutcome]) -> StoredRun:
    return finished[0].stored()


def choose(run: StoredRun, wished: Portfolio = PLAIN, **files: Any) -> Any:  # noqa: ANN401
    return choose_portfolio(run, wished, PortfolioFiles(**files), SilentReporter())


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def minutes(run: StoredRun) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Travel from each of the run's sites to each plant, by the engine's own matrix."""
    demand = run.study.demand
    assert demand is not None
    places = PointPlaces(run.sites["easting"].to_numpy(np.float64), run.sites["northing"].to_numpy(np.float64))
    return travel_costs(run.plan.travels[demand.network, demand.profile], facilities_name(demand.layer, demand.where), places) / 60


@pytest.mark.slow
def test_the_value_is_the_least_mean_travel_of_all_pairs_of_sites(stored: StoredRun) -> None:
    cars = np.array([1000.0, 500.0, 250.0])  # Alpha, Beta, Gamma
    cost = minutes(stored)
    pairs = [(a, b) for a in range(len(stored.sites)) for b in range(a)]
    best = min(float((cars * np.minimum(cost[:, a], cost[:, b])).sum() / cars.sum()) for a, b in pairs)
    answer = choose(stored)
    assert answer.value / 60 == pytest.approx(best)
    assert answer.proven
    assert answer.served_size == answer.all_size == 1750
    assert answer.mean_seconds == pytest.approx(answer.value)


def test_deliveries_add_up_by_plant_and_by_customer(stored: StoredRun) -> None:
    answer = choose(stored, replace(PLAIN, capacities=True, plants=3))
    assert [plant.stage for plant in answer.plants] == [1, 2, 3]
    for number, plant in enumerate(answer.plants):
        assert sum(each.size for each in answer.deliveries if each.plant == number) == pytest.approx(plant.served)
        assert plant.place.capacity == pytest.approx(4 / 60e-6)  # 4 GWh a year at 60 kWh a car
    for number, customer in enumerate(answer.customers):
        assert sum(each.size for each in answer.deliveries if each.customer == number) == pytest.approx(customer.served)


def test_fixed_sites_are_taken_and_forbidden_ones_are_not(stored: StoredRun) -> None:
    name = str(stored.sites["name"].iloc[3])
    answer = choose(stored, fixed=("5",), forbidden=("1", name))
    taken = {plant.place.rank for plant in answer.plants}
    assert 5 in taken
    assert not taken & {1, 4}


def test_more_candidates_are_the_runs_areas_and_others(stored: StoredRun) -> None:
    answer = choose(stored, replace(PLAIN, candidates=8))
    assert [each.site_id for each in answer.candidates[:5]] == list(stored.sites["site_id"])
    assert len(answer.candidates) == 8


def test_plots_are_candidates_if_they_are_free(stored: StoredRun, tmp_path: Path) -> None:
    file = tmp_path / "plots.geojson"
    squares = {"Good": (400900, 302400), "In the park": (402000, 303500)}
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": "Polygon", "coordinates": [[[e, n], [e + 200, n], [e + 200, n + 200], [e, n + 200], [e, n]]]},
        }
        for name, (e, n) in squares.items()
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    file.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}), encoding="utf-8")
    answer = choose(stored, plots=file)
    assert [each.kind for each in answer.candidates].count("plot") == 1
    assert "Good" in {plant.place.name for plant in answer.plants}  # its middle is Alpha, the largest customer
    assert any("In the park" in note and "Parks" in note for note in answer.notes)
    assert [each.rank for each in answer.candidates] == list(range(1, 7))


def test_existing_plants_serve_without_being_counted(stored: StoredRun) -> None:
    alone = choose(stored, replace(PLAIN, plants=1))
    beside = choose(stored, replace(PLAIN, plants=1, existing=ExistingPlants("stations", "name = 'Dale'")))
    assert [plant.stage for plant in beside.plants] == [1, None]
    assert beside.plants[1].place.name == "Dale"
    assert beside.value <= alone.value
    assert any("Dale" in note for note in beside.notes)


def test_a_budget_keeps_to_what_a_file_says(stored: StoredRun, tmp_path: Path) -> None:
    file = tmp_path / "costs.csv"
    ids = list(stored.sites["site_id"])
    file.write_text("site,cost\n" + "".join(f"{site},{cost}\n" for site, cost in zip(ids, [9, 8, 1, 1, 7], strict=True)), encoding="utf-8")
    answer = choose(stored, cost=str(file), budget=2.0)
    assert sorted(plant.place.rank for plant in answer.plants) == [3, 4]
    with pytest.raises(StudyError, match=r"budget: 2 plants take 2 .*at least, and there is 1"):
        choose(stored, cost=str(file), budget=1.0)
    file.write_text(f"site,cost\n{ids[0]},3\n{ids[1]},x\n", encoding="utf-8")
    with pytest.raises(StudyError, match=r"line 3 of costs.csv has no number as cost"):
        choose(stored, cost=str(file))
    file.write_text(f"site,cost\n{ids[0]},3\n", encoding="utf-8")
    with pytest.raises(StudyError, match="candidates without a cost"):
        choose(stored, cost=str(file))


def test_sites_that_share_a_resource_are_not_all_taken(stored: StoredRun, tmp_path: Path) -> None:
    free = {plant.place.rank for plant in choose(stored).plants}
    first, second = sorted(free)
    file = tmp_path / "shared.csv"
    file.write_text(f"resource,total,site,use,unit\nHill,100,{first},60,MVA\nHill,100,{second},60,MVA\n", encoding="utf-8")
    answer = choose(stored, resources=file)
    assert len(free & {plant.place.rank for plant in answer.plants}) == 1
    assert answer.parameters["resources"]["Hill"] == {"total": 100.0, "unit": "MVA", "candidates": 2}
    file.write_text("resource,total,site,use\nHill,100,99,60\nHill,many,1,60\n", encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        choose(stored, resources=file)
    assert len(caught.value.faults) == 2


def test_plants_in_one_polygon_share_its_total(stored: StoredRun) -> None:
    wish = ResourceLayer("Workers", "regions", 100.0, 60.0, "jobs", "region = 'East'")
    in_east = stored.sites["easting"].to_numpy() > 403000
    free = choose(stored, replace(PLAIN, plants=4))
    answer = choose(stored, replace(PLAIN, plants=int((~in_east).sum()) + 1, resources=(wish,)))
    assert len(free.plants) == 4
    assert sum(plant.place.easting > 403000 for plant in answer.plants) == 1
    assert any("share none of it" in note for note in answer.notes)


def test_a_point_of_score_can_be_worth_travel(stored: StoredRun) -> None:
    answer = choose(stored, replace(PLAIN, score_worth=1e6))
    assert sorted(plant.place.rank for plant in answer.plants) == [1, 2]
    kept = choose(stored, replace(PLAIN, min_score=float(stored.sites["score"].iloc[2])))
    assert len(kept.candidates) == 3


@pytest.mark.parametrize(
    ("wished", "files", "error", "text"),
    [
        (replace(PLAIN, plants=9), {}, StudyError, "9 plants are asked for and there are 5 candidates"),
        (PLAIN, {"fixed": ("99",)}, StudyError, "--fix: '99' is no candidate"),
        (PLAIN, {"fixed": ("1",), "forbidden": ("1",)}, StudyError, "fixed and forbidden at once"),
        (PLAIN, {"budget": 3.0}, StudyError, "nothing says what a plant costs"),
        (PLAIN, {"cost": "nothing"}, StudyError, "'nothing' is no column of sites.csv"),
        (PLAIN, {"plots": Path("gone.csv")}, LayerError, "gone.csv"),
        (replace(PLAIN, min_score=100.0), {}, StudyError, "no candidate scores 100 or more"),
        (replace(PLAIN, model="max_cover", unserved=60.0), {}, StudyError, "unserved: has no meaning for model max_cover"),
        (replace(PLAIN, existing=ExistingPlants("parks")), {}, StudyError, "no layer of points 'parks'"),
        (replace(PLAIN, model="set_cover", within=1.0), {}, StudyError, "no candidate is within"),
    ],
)
def test_what_cannot_be_says_why(
    stored: StoredRun, wished: Portfolio, files: dict[str, Any], error: type[GeoEngineError], text: str
) -> None:
    with pytest.raises(error) as caught:
        choose(stored, wished, **files)
    assert text in str(caught.value)


@pytest.mark.parametrize("model", ["p_median", "max_cover", "set_cover", "p_center", "p_dispersion"])
def test_the_same_question_leaves_the_same_bytes(stored: StoredRun, tmp_path: Path, model: Any) -> None:  # noqa: ANN401
    for name in ("one", "two"):
        leave_portfolio(stored, choose(stored, replace(PLAIN, model=model, within=900.0)), tmp_path / name)
    names = {path.name for path in (tmp_path / "one").iterdir()}
    assert names == {
        "portfolio.csv",
        "allocations.csv",
        "allocations.geojson",
        "curve.csv",
        "portfolio.json",
        "portfolio.html",
        "timings.json",
    }
    for name in names - {"timings.json"}:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    page = (tmp_path / "one" / "portfolio.html").read_text(encoding="utf-8")
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_tables_say_what_was_chosen(stored: StoredRun, tmp_path: Path) -> None:
    answer = choose(stored, replace(PLAIN, every=3.0))
    folder = leave_portfolio(stored, answer, tmp_path / "p")
    plants = table(folder, "portfolio.csv")
    assert [row["opens_after_years"] for row in plants] == ["0", "3"]
    assert sum(float(row["share_of_all"]) for row in plants) == pytest.approx(1)
    lines = table(folder, "allocations.csv")
    assert sum(float(row["cars"]) for row in lines) == 1750
    document = json.loads((folder / "allocations.geojson").read_text(encoding="utf-8"))
    assert [each["properties"]["customer"] for each in document["features"]] == [row["customer"] for row in lines]
    record = json.loads((folder / "portfolio.json").read_text(encoding="utf-8"))
    assert (record["status"], record["gap"], record["model"]) == ("optimal", 0.0, "p_median")
    curve = table(folder, "curve.csv")
    assert [float(row["plants"]) for row in curve] == [1, 2, 3, 4, 5]
    assert float(curve[1]["value"]) == pytest.approx(answer.value / 60, abs=1e-4)


def test_a_folder_of_somebody_else_is_left_alone_and_an_old_portfolio_is_replaced(stored: StoredRun, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "notes.txt").write_text("mine", encoding="utf-8")
    answer = choose(stored)
    with pytest.raises(RunError, match=r"is not empty and holds no portfolio\.json"):
        leave_portfolio(stored, answer, theirs)
    assert [path.name for path in theirs.iterdir()] == ["notes.txt"]
    ours = leave_portfolio(stored, answer, tmp_path / "ours")
    (ours / "curve.csv").write_text("old", encoding="utf-8")
    leave_portfolio(stored, answer, ours)
    assert (ours / "curve.csv").read_text(encoding="utf-8") != "old"


def test_what_goes_wrong_in_writing_leaves_the_last_portfolio(stored: StoredRun, tmp_path: Path) -> None:
    answer = choose(stored)
    folder = leave_portfolio(stored, answer, tmp_path / "p")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    broken = replace(answer, parameters={**answer.parameters, "cost": object()})
    with pytest.raises(TypeError):
        leave_portfolio(stored, broken, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["p"]
    shutil.rmtree(folder)
