"""Known sites on the tiny surface: against brute force over its 3,000 cells, against other runs, and by hand."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from scipy.stats import mannwhitneyu

from geo_engine.decide import criterion_utility
from geo_engine.decide.robustness import draw_weights
from geo_engine.errors import LayerError, RunError, StudyError
from geo_engine.measure import PointPlaces
from geo_engine.model import DirichletWeights, UniformWeights, WeightDistribution
from geo_engine.run import BackTest, StoredRun, back_test, plot_back_test
from geo_engine.run.questions.backtest import redrawn
from geo_engine.run.questions.backtest.redrawn import take_sample
from geo_engine.run.tiles import measure_places
from tests.run import tiny as ws
from tests.run.rivals import at, drawn, table
from tests.run.tiny import Tiny

HEAD = "name,lon,lat,accuracy_km"
BACKTEST = """
[backtest.comparable]
outside_rules = ["Town core (estimated from population)"]
near = { layer = "towns", where = "people >= 5000", within = "2 km" }
[backtest.null]
layer = "towns"
measure = "distance"
"""
PLACES = [(400100 + 471 * i % 5800, 300100 + 1237 * i % 4800) for i in range(12)]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    tiny = Tiny.make(tmp_path_factory.mktemp("backtest") / "ws")
    tiny.write("studies/plant.toml", ws.study_text() + BACKTEST)
    tiny.run()
    return tiny.stored()


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [at(f"K{i}", east + 13.0, north + 7.0, 0.3) for i, (east, north) in enumerate(PLACES)]
    return table(tmp_path_factory.mktemp("known") / "known.csv", rows, HEAD)


@pytest.fixture(scope="module")
def tested(stored: StoredRun, known: Path) -> BackTest:
    return back_test(stored, known)


def centres(run: StoredRun) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    grid = run.plan.grid
    e, n = np.meshgrid(grid.eastings(grid.whole), grid.northings(grid.whole))
    return e, n


# ---------------------------------------------------------------------------------------------- against land


def test_the_auc_and_the_lift_by_brute_force(stored: StoredRun, tested: BackTest) -> None:
    land = stored.score[~np.isnan(stored.score)]
    scores = np.array([site.score for site in tested.sites], np.float32)
    assert tested.standing.auc == pytest.approx(mannwhitneyu(scores, land).statistic / (len(scores) * land.size), abs=1e-12)
    percentiles = [100.0 * int((land < score).sum()) / land.size for score in scores]
    assert [site.percentile for site in tested.sites] == percentiles
    assert tested.median_percentile == float(np.median(percentiles))
    for share in (1, 5, 10, 20):
        hits = sum(percentile >= 100 - share for percentile in percentiles)
        assert tested.standing.lift[str(share)] == pytest.approx(hits / len(percentiles) / (share / 100))
    assert tested.standing.auc_interval is not None
    assert tested.standing.auc_interval[0] <= tested.standing.auc <= tested.standing.auc_interval[1]


def test_comparable_land_by_brute_force(stored: StoredRun, tested: BackTest) -> None:
    """Within 2 km of Beeville (9,000 people) and outside the discs of 6,000 a km2: radii of 399 m and of 691 m at Beeville."""
    e, n = centres(stored)
    core = np.hypot(e - 400500, n - 300500) <= math.sqrt(3000 / 6000e-6 / math.pi)
    core |= np.hypot(e - 404500, n - 303500) <= math.sqrt(9000 / 6000e-6 / math.pi)
    kept = ~core & (np.hypot(e - 404500, n - 303500) <= 2000) & ~np.isnan(stored.score)
    assert tested.comparable is not None
    assert tested.comparable.hectares == kept.sum()
    land = stored.score[kept]
    for site, own, best in zip(tested.sites, tested.comparable.standing.percentiles, tested.comparable.best_percentiles, strict=True):
        assert own == 100.0 * int((land < np.float32(site.score)).sum()) / land.size
        assert best >= own


def test_the_null_model_by_brute_force(stored: StoredRun, tested: BackTest) -> None:
    e, n = centres(stored)
    away = np.minimum(np.hypot(e - 400500, n - 300500), np.hypot(e - 404500, n - 303500))[~np.isnan(stored.score)]
    assert tested.null is not None
    for (east, north), found in zip(PLACES, tested.null.percentiles, strict=True):
        own = min(math.hypot(east + 13 - x, north + 7 - y) for x, y in ((400500, 300500), (404500, 303500)))
        assert found == pytest.approx(100.0 * float((away > own).mean()), abs=0.1)  # degrees move a place by less than a millimetre


@pytest.mark.parametrize("shape", ["point", "area"])
def test_land_with_the_same_score_is_not_below_a_site(tiny: Tiny, tmp_path: Path, shape: str) -> None:
    """By hand: a zone of 100 of the 3,000 cells has all the score there is, and nothing else has any."""
    tiny.write("studies/plant.toml", ws.study_text([ws.ZONE]))
    tiny.run()
    if shape == "point":
        file = table(tmp_path / "k.csv", [at("In", 404550, 301550), at("Out", 401050, 301550)])
    else:
        boxes = {"In": ws.box(404100, 301100, 404400, 301400), "Out": ws.box(401000, 301000, 401700, 301700)}
        file = drawn(tmp_path / "k.geojson", boxes.items())
    test = back_test(tiny.stored(), file)
    assert [site.percentile for site in test.sites] == [100.0 * 2900 / 3000, 0.0]
    assert test.standing.auc == pytest.approx(((2900 + 50) / 3000 + 1450 / 3000) / 2, abs=1e-12)
    assert test.standing.lift == {"1": 0.0, "5": 10.0, "10": 5.0, "20": 2.5}


@pytest.mark.parametrize("weight", [0.1, 0.3, 7.0])
def test_a_plateau_of_several_criteria_is_level_with_its_own_sites(tiny: Tiny, tmp_path: Path, weight: float) -> None:
    """Weights that no binary number holds: a place's score must round as its cell's does."""
    far = ws.ZONE.replace("In a zone", "In a park").replace("zones", "parks").replace('"zone"', '"park"')
    tiny.write("studies/plant.toml", ws.study_text([ws.ZONE, far.replace("weight = 1", f"weight = {weight}")], rules=()))
    tiny.run()
    run = tiny.stored()
    places = {"Zone": (404250, 301350), "Park": (402050, 303450), "Neither": (401050, 301550)}
    test = back_test(run, table(tmp_path / "k.csv", [at(name, *place) for name, place in places.items()]))
    land = run.sorted_scores
    for site, (east, north) in zip(test.sites, places.values(), strict=True):
        row, col = (int(axis[0]) for axis in run.plan.grid.cells_at(np.array([east]), np.array([north])))
        assert site.percentile == 100.0 * int((land < run.score[row, col]).sum()) / land.size


# ---------------------------------------------------------------------------------------------- other weights, layers dropped


def medians(run: StoredRun, distribution: WeightDistribution) -> list[float]:
    """Median percentile of the known places in each of 1,000 draws, cell by cell."""
    e, n = centres(run)
    land = measure_places(run.plan, PointPlaces(e.ravel(), n.ravel()))
    places = np.add(PLACES, (13.0, 7.0))
    own = measure_places(run.plan, PointPlaces(places[:, 0].copy(), places[:, 1].copy()))
    criteria = run.study.criteria
    utilities = [criterion_utility(c, np.concatenate(pair)) for c, pair in zip(criteria, zip(land, own, strict=True), strict=True)]
    found = []
    for weights in draw_weights(distribution, len(criteria), draws=1000, seed=7):
        scores = sum(weight * worth for weight, worth in zip(weights, utilities, strict=True))
        below = [100.0 * float((scores[: e.size] < score - 1e-9).mean()) for score in scores[e.size :]]
        found.append(float(np.median(below)))
    return found


def test_draws_by_brute_force(stored: StoredRun, tested: BackTest) -> None:
    """The study says nothing of its weights: they are drawn about its own, by a Dirichlet distribution of concentration 100."""
    found = medians(stored, DirichletWeights(stored.study.weights, 100.0))
    assert tested.draws.weights == "Dirichlet about the weights, concentration 100"
    assert tested.draws.places == 3000
    assert tested.draws.step == 1
    assert tested.draws.median_of_medians == pytest.approx(float(np.median(found)), abs=0.05)
    assert (tested.draws.low, tested.draws.high) == pytest.approx(tuple(np.percentile(found, [5, 95])), abs=0.1)
    assert tested.draws.as_it_is == pytest.approx(tested.median_percentile, abs=1e-9)


def test_draws_follow_what_the_study_says_of_its_weights(tiny: Tiny, known: Path) -> None:
    said = {
        'distribution = "uniform"': UniformWeights(),
        'distribution = "dirichlet", concentration = 1e9': None,  # so near to the study's weights that nothing moves
    }
    tiny.run()
    for words, distribution in said.items():
        tiny.write("studies/plant.toml", ws.study_text().replace("seed = 7", f"seed = 7\nweights = {{ {words} }}"))
        run = tiny.stored()
        draws = back_test(run, known).draws
        if distribution is None:
            assert (draws.low, draws.high) == pytest.approx((draws.as_it_is, draws.as_it_is), abs=0.1)
            continue
        found = medians(run, distribution)
        assert draws.weights == "even among all weights"
        assert draws.median_of_medians == pytest.approx(float(np.median(found)), abs=0.05)
        assert (draws.low, draws.high) == pytest.approx(tuple(np.percentile(found, [5, 95])), abs=0.1)
        assert draws.high - draws.low > 1.0


def test_with_one_criterion_every_draw_is_the_study(tiny: Tiny, tmp_path: Path) -> None:
    tiny.write("studies/plant.toml", ws.study_text([ws.GRID]))
    tiny.run()
    test = back_test(tiny.stored(), table(tmp_path / "k.csv", [at("A", 404550, 301550), at("B", 401050, 304550)]))
    draws = test.draws
    assert {draws.median_of_medians, draws.low, draws.high, draws.as_it_is} == {test.median_percentile}
    [dropped] = test.dropped
    assert (dropped.layer, dropped.near) == ("stations", ("A", "B"))
    assert math.isnan(dropped.median_percentile)  # nothing else has a weight


def test_a_dropped_layer_is_the_study_without_its_criteria(tiny: Tiny, tmp_path: Path) -> None:
    """Beta stands 550 m from the first site: both criteria of the plants go, and so the run without them is the oracle."""
    tiny.run()
    file = table(tmp_path / "k.csv", [at("Near Beta", 405550, 302550), at("Mid", 403050, 301450)])
    whole = {dropped.layer: dropped for dropped in back_test(tiny.stored(), file).dropped}
    assert whole["plants"].near == ("Near Beta",)
    assert whole["plants"].criteria == ("Time to a plant", "Cars near")
    tiny.write("studies/plant.toml", ws.study_text([ws.GRID, ws.PEOPLE, ws.ZONE]))
    tiny.run()
    assert whole["plants"].median_percentile == pytest.approx(back_test(tiny.stored(), file).median_percentile, abs=0.05)


def test_a_layer_is_near_by_what_its_criteria_read(stored: StoredRun, tmp_path: Path) -> None:
    """Farm is a station of 132 kV, 50 m from the site, and no criterion reads it: of the others Hill is the nearest, 3.2 km away.

    Alpha is 1,831 m away, Ayton 1,629 m and the zone's edge 1,950 m.
    """
    test = back_test(stored, table(tmp_path / "k.csv", [at("Farm", 402050, 301000)]))
    assert [(dropped.layer, dropped.near) for dropped in test.dropped] == [
        ("plants", ("Farm",)),
        ("towns", ("Farm",)),
        ("zones", ("Farm",)),
    ]


@pytest.mark.parametrize("most", [50, 200, 1000])
def test_a_lattice_is_the_densest_that_holds_few_enough(stored: StoredRun, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(redrawn, "_MOST_PLACES", most)
    sample = take_sample(stored, [shapely.Point(404050, 301550)])
    assert sample.places <= most
    step = sample.step - 1
    assert len(range(step // 2, 50, step)) * len(range(step // 2, 60, step)) > most
    first = criterion_utility(stored.study.criteria[0], measure_places(stored.plan, PointPlaces(*corner(stored, sample.step)))[0])
    assert sample.utilities[0, 0] == first[0]
    assert (sample.starts.tolist(), sample.weights.tolist()) == ([0], [1.0])


def corner(run: StoredRun, step: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centre of the lattice's first cell, counted by hand from the grid's corner at 400000 E, 305000 N."""
    half = step // 2
    return np.array([400000 + (half + 0.5) * run.plan.grid.cell]), np.array([305000 - (half + 0.5) * run.plan.grid.cell])


def test_a_thinned_sample_is_near_the_whole(stored: StoredRun, known: Path, tested: BackTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redrawn, "_MOST_PLACES", 800)
    thin = back_test(stored, known).draws
    assert thin.step == 2
    assert thin.as_it_is == pytest.approx(tested.draws.as_it_is, abs=5.0)


# ---------------------------------------------------------------------------------------------- what is refused, what is drawn


def test_no_known_site_on_the_area_has_no_answer_and_falls_over_nothing(stored: StoredRun, tmp_path: Path) -> None:
    test = back_test(stored, table(tmp_path / "k.csv", [at("Far", 390000, 302550)]))
    assert math.isnan(test.standing.auc)
    assert math.isnan(test.draws.median_of_medians)
    assert test.dropped == ()
    assert test.sites[0].status == "off the area"


def test_comparable_land_must_be_said_and_must_be_there(tiny: Tiny, tmp_path: Path) -> None:
    file = table(tmp_path / "k.csv", [at("A", 404550, 301550)])
    tiny.run()
    with pytest.raises(StudyError, match="does not say what land is comparable"):
        back_test(tiny.stored(), file, need_comparable=True)
    tiny.write("studies/plant.toml", ws.study_text() + BACKTEST.replace("2 km", "1 m"))
    with pytest.raises(StudyError, match="leaves no land"):
        back_test(tiny.stored(), file)
    tiny.write("studies/plant.toml", ws.study_text() + BACKTEST.replace("people >= 5000", "people >= 5000000"))
    with pytest.raises(LayerError, match="towns"):
        back_test(tiny.stored(), file)


def test_the_plot_holds_a_step_for_each_site(stored: StoredRun, tested: BackTest, tmp_path: Path) -> None:
    file = plot_back_test(stored, tested, tmp_path / "plot.svg")
    root = ET.fromstring(file.read_text(encoding="utf-8"))  # noqa: S314 - our own file
    lines = root.findall("{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 3
    assert len(lines[0].attrib["points"].split()) == 2 * len(PLACES) + 2
    with pytest.raises(RunError, match=r"\.svg"):
        plot_back_test(stored, tested, tmp_path / "plot.png")
    with pytest.raises(RunError, match="cannot be written"):
        plot_back_test(stored, tested, tmp_path / "no" / "plot.svg")
