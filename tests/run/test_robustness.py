"""How sure a run's ranking is: drawn data by hand and by brute force, tiers, tables, the surface, the study's keys."""

from __future__ import annotations

import csv
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely

from geo_engine.decide import criterion_utility
from geo_engine.decide.robustness import draw_weights
from geo_engine.errors import StudyError
from geo_engine.model import DirichletWeights, Features, Robustness, SizeSpread, UniformWeights, WeightSpread
from geo_engine.run import RunOutcome, check_plan
from geo_engine.run.planning.plan import Plan
from geo_engine.run.robustness.data import DataDraws
from geo_engine.run.robustness.sites import drawn_utilities, inseparable, judge_sites
from geo_engine.run.tiles import score_places
from tests.run import tiny as ws
from tests.run.tiny import Tiny

EXECUTOR = ThreadPoolExecutor(2)
CERTAIN = "concentration = 1e12"
NEAR = ws.criterion(
    "Distance to a strong station", 'layer = "stations"\nwhere = "kv >= 400"\nmeasure = "distance"\n'
    'value = { function = "linear", best = "0 m", worst = "6 km" }', key="near", weight=1,
)  # fmt: skip
SITES = 'count = 14\nspacing = "700 m"\n'


def with_keys(tiny: Tiny, keys: str, **parts: object) -> Tiny:
    text = ws.study_text(**parts)  # type: ignore[arg-type] # the parts of a study
    tiny.write("studies/plant.toml", text.replace("draws = 100\nseed = 7\n", f"draws = 100\nseed = 7\n{keys}\n"))
    return tiny


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def draws_of(plan: Plan) -> DataDraws:
    return DataDraws(plan.study, plan.features)


def places_in(data: Features) -> dict[str, tuple[float, float]]:
    return dict(zip(data.labels(), shapely.get_coordinates(data.geometry).tolist(), strict=True))


# ---------------------------------------------------------------------------------------------- data


def test_a_feature_moves_alike_for_every_criterion_of_its_layer(tiny: Tiny) -> None:
    with_keys(tiny, "data_draws = 5", criteria=[*ws.CRITERIA, NEAR])
    drawn = draws_of(tiny.plan())
    for draw in range(5):
        wide, narrow = (places_in(drawn.features(("stations", where), draw)) for where in ("kv >= 275", "kv >= 400"))
        assert set(narrow) < set(wide)
        for name, place in narrow.items():
            assert place == wide[name] != places_in(drawn.features(("stations", "kv >= 275"), (draw + 1) % 5))[name]


def test_displacements_keep_to_the_stated_accuracy_and_to_no_direction(tiny: Tiny) -> None:
    with_keys(tiny, "data_draws = 4000")
    plan = tiny.plan()
    selection = ("stations", "kv >= 275")
    read = plan.features[selection]
    drawn = draws_of(plan)
    assert drawn.sigma(read).tolist() == pytest.approx([100.0 / 2.4477468] * len(read))
    moves = np.array([shapely.get_coordinates(drawn.features(selection, d).geometry) for d in range(4000)]) - shapely.get_coordinates(
        read.geometry
    )
    assert (np.hypot(*moves.T) <= 100.0).mean() == pytest.approx(0.95, abs=0.01)
    assert np.abs(moves.mean(axis=(0, 1))).max() < 2.0
    assert abs(np.corrcoef(moves[:, 0].ravel(), moves[:, 1].ravel())[0, 1]) < 0.05  # one station tells nothing of another


def test_fewer_draws_are_the_first_of_more_and_another_seed_is_another_draw(tiny: Tiny) -> None:
    plan, selection = tiny.plan(), ("stations", "kv >= 275")

    def drawn(data_draws: int, seed: int = 7) -> dict[str, tuple[float, float]]:
        study = replace(plan.study, robustness=replace(plan.study.robustness, data_draws=data_draws, seed=seed))
        return places_in(DataDraws(study, plan.features).features(selection, 2))

    assert drawn(3) == drawn(50)
    assert drawn(3, seed=8) != drawn(3)


def test_sizes_spread_where_the_study_says_and_keep_their_mean(tiny: Tiny) -> None:
    volumes = '[[robustness.volumes]]\nlayer = "plants"\ncolumn = "cars"\nwhere = "cars < 1000"\nspread = "30 %"\n'
    with_keys(tiny, f"data_draws = 6000\n{volumes}")
    drawn = draws_of(tiny.plan())
    sizes = np.array([drawn.features(("plants", None), draw).table["cars"].to_numpy(float) for draw in range(6000)])
    assert (sizes[:, 0] == 1000).all()
    assert sizes[:, 1:].mean(axis=0) == pytest.approx([500, 250], rel=0.02)
    assert (sizes[:, 1:].std(axis=0) / [500, 250]).tolist() == pytest.approx([0.3, 0.3], abs=0.015)
    assert drawn.uncertain(tiny.study().criteria[3]) == ("sizes",)
    assert drawn.uncertain(tiny.study().criteria[2]) == ()


# ---------------------------------------------------------------------------------------------- sites


def test_utilities_in_a_draw_are_those_of_a_run_with_the_data_moved(tiny: Tiny) -> None:
    with_keys(tiny, "data_draws = 3", criteria=[*ws.CRITERIA, NEAR])
    plan = tiny.plan()
    sites = tiny.solve().ranking.sites
    found = drawn_utilities(plan, sites, EXECUTOR)
    assert found.shape == (3, len(sites), 6)
    drawn = draws_of(plan)
    for draw in range(3):
        moved = [(dict(feature), ws.point(*place)) for feature, place in _moved_stations(plan, drawn, draw)]
        tiny.features("stations", [*moved, ({"name": "Farm", "kv": 132}, ws.point(402000, 301000))])
        again = tiny.plan()
        for number, site in enumerate(sites):
            scored = score_places(again, *again.grid.centres(site.rows, site.cols))
            pairs = zip(plan.study.criteria, scored.quantities, strict=True)
            truth = [criterion_utility(criterion, quantity).mean() for criterion, quantity in pairs]
            assert found[draw, number].tolist() == pytest.approx(truth, abs=1e-6)


def _moved_stations(plan: Plan, drawn: DataDraws, draw: int) -> list[tuple[dict[str, object], tuple[float, float]]]:
    data = drawn.features(("stations", "kv >= 275"), draw)
    kv = plan.features["stations", "kv >= 275"].table["kv"]
    return [({"name": name, "kv": int(volts)}, place) for (name, place), volts in zip(places_in(data).items(), kv, strict=True)]


def test_certain_data_and_weights_give_the_plain_ranking_with_tier_a_for_the_ten_best(tiny: Tiny) -> None:
    tiny.edit("layers/stations.toml", 'accuracy = "0.1 km"\n', "")
    with_keys(tiny, f'weights = {{ distribution = "dirichlet", {CERTAIN} }}', sites=SITES)
    ranking = tiny.solve().ranking
    assert drawn_utilities(tiny.plan(), ranking.sites, EXECUTOR).shape[0] == 1
    assert ranking.robustness is not None
    assert len(ranking.sites) == 14
    apart = -np.diff([site.score for site in ranking.sites]) > 1e-3
    clear = np.concatenate([[True], apart]) & np.concatenate([apart, [True]])  # by more than such weights can turn
    assert clear.sum() > 8
    for site, is_clear in zip(ranking.sites, clear, strict=True):
        if is_clear:
            assert (site.rank_p05, site.rank_p95, site.tier) == (site.rank, site.rank, "A" if site.rank <= 10 else "C")


def test_sites_far_apart_separate_and_a_twin_is_never_told_apart(tiny: Tiny) -> None:
    plan, ranking = tiny.plan(), tiny.solve().ranking
    best = ranking.sites[0]
    worse = replace(best, contributions=tuple(replace(part, utility=0.2 * part.utility) for part in best.contributions))
    # The twin stands on the same cells: stations that move, move for both, so the two are equal in every draw.
    judged = judge_sites(plan, replace(ranking, sites=(best, best, worse), robustness=None, notes=()), EXECUTOR)
    found = judged.robustness
    assert found is not None
    assert found.winning is not None
    assert found.winning.tolist() == [[0.5, 0.5, 1.0], [0.5, 0.5, 1.0], [0.0, 0.0, 0.5]]
    assert found.separated(0, 2)
    assert not found.separated(0, 1)
    assert [(site.rank_p05, site.rank_p95) for site in judged.sites] == [(1, 2), (1, 2), (3, 3)]
    assert judged.notes[-1].endswith("overlap: 1 to 2.")


def test_acceptability_of_two_sites_by_hand(tiny: Tiny) -> None:
    # Two criteria, even weights, certain data. A site that leads by a in one and trails by b in the other wins where w a > (1 - w) b.
    keys = 'data_draws = 1\nweights = { distribution = "uniform" }'
    tiny.edit("layers/stations.toml", 'accuracy = "0.1 km"\n', "")
    with_keys(tiny, keys, criteria=[ws.GRID, ws.ZONE], sites='count = 2\nspacing = "2 km"\n')
    tiny.edit("studies/plant.toml", "draws = 100\n", "draws = 20000\n")
    ranking = tiny.solve().ranking
    assert ranking.robustness is not None
    first, second = ([part.utility for part in site.contributions] for site in ranking.sites)
    a, b = first[0] - second[0], first[1] - second[1]
    share = max(a, b) / abs(a - b) if a * b < 0 else float(max(a, b) > 0)
    assert ranking.robustness.acceptability[0, 0] == pytest.approx(share, abs=0.015)


def test_no_workers_and_no_order_of_work_change_what_is_drawn(tiny: Tiny) -> None:
    plan = tiny.plan()
    ranking = tiny.solve().ranking
    plain = replace(ranking, robustness=None)
    one, three = (judge_sites(plan, plain, ThreadPoolExecutor(workers)) for workers in (1, 3))
    assert one.robustness is not None
    assert three.robustness is not None
    assert one.robustness.acceptability.tobytes() == three.robustness.acceptability.tobytes()
    assert one.sites == three.sites == ranking.sites


def test_runs_of_ranks_that_cannot_be_separated() -> None:
    assert inseparable(np.array([1, 2, 3]), np.array([1, 2, 3])) == []
    assert inseparable(np.array([1, 1, 1]), np.array([3, 3, 3])) == [(0, 2)]
    assert inseparable(np.array([1, 1, 3, 3]), np.array([2, 2, 4, 4])) == [(0, 1), (2, 3)]
    assert inseparable(np.zeros(0, np.int64), np.zeros(0, np.int64)) == []


# ---------------------------------------------------------------------------------------------- files


def test_tables_hold_tiers_intervals_and_every_share(finished: tuple[Tiny, RunOutcome]) -> None:
    folder, ranking = finished[1].folder, finished[1].result.ranking
    found = ranking.robustness
    assert found is not None
    assert found.winning is not None
    sites, accepted, wins = rows(folder / "sites.csv"), rows(folder / "acceptability.csv"), rows(folder / "pairwise.csv")
    count = len(sites)
    for number, (site, row, pair) in enumerate(zip(sites, accepted, wins, strict=True)):
        assert site["tier"] == row["tier"] == found.tiers[number] == "A"  # of five all are among the ten best
        assert int(site["rank_p05"]) == int(row["rank_p05"]) == found.rank_low[number]
        assert int(site["rank_p95"]) == found.rank_high[number]
        shares = [float(row[f"rank_{rank}"]) for rank in range(1, count + 1)]
        assert sum(shares) == pytest.approx(1.0)
        assert float(row["first"]) == shares[0] == pytest.approx(found.acceptability[number, 0])
        assert float(row["among_ten_best"]) == pytest.approx(1.0)
        if shares[0] > 0:
            assert sum(float(row[key]) for key in row if key.startswith("central_weight_")) == pytest.approx(1.0, abs=1e-5)
        else:
            assert row["confidence"] == ""
        assert [float(pair[other["site_id"]]) for other in sites] == pytest.approx(found.winning[number], abs=1e-6)
    assert any("cannot be separated" in note or "no two areas" in note for note in ranking.notes)


def test_the_record_says_what_was_drawn(finished: tuple[Tiny, RunOutcome]) -> None:
    record = json.loads((finished[1].folder / "run.json").read_text())["robustness"]
    assert (record["draws"], record["data_draws"], record["seed"], record["surface_draws"]) == (100, 200, 7, 100)
    assert "concentration 100" in record["weights"]
    assert "95 % radius" in record["positions"]
    assert record["uncertain"] == {"grid": ["positions"], "plant": [], "people": [], "cars": [], "zone": []}


def test_the_surface_is_the_share_of_draws_in_which_a_cell_is_among_the_best(finished: tuple[Tiny, RunOutcome]) -> None:
    plan, result = finished[1].plan, finished[1].result
    grid, study = plan.grid, plan.study
    row, col = np.divmod(np.arange(grid.rows * grid.cols), grid.cols)
    scored = score_places(plan, *grid.centres(row, col))
    worth = np.stack([criterion_utility(c, q) for c, q in zip(study.criteria, scored.quantities, strict=True)])
    weights = draw_weights(DirichletWeights(study.weights, 100.0), 5, draws=100, seed=7)
    scores = weights @ worth
    floor = np.sort(scores, axis=1)[:, -round(0.05 * len(row))]
    truth = (scores >= floor[:, None]).mean(axis=0).reshape(grid.shape)
    with rasterio.open(finished[1].folder / "best5.tif") as source:
        found = source.read(1)
        assert "not a probability of success" in source.tags()["meaning"]
    assert np.abs(found - truth).max() <= 0.03  # cells on the edge of the best, in float32
    assert np.abs(found - truth).mean() < 1e-3
    assert result.surface.best is not None
    assert found.tobytes() == np.asarray(result.surface.best).tobytes()


def test_the_surface_does_not_depend_on_tiles_and_is_left_out_on_request(tiny: Tiny) -> None:
    one, other = tiny.solve(tile_side=17).surface.best, tiny.solve(workers=1).surface.best
    assert one is not None
    assert other is not None
    assert np.asarray(one).tobytes() == np.asarray(other).tobytes()
    with_keys(tiny, "surface = false")
    outcome = tiny.run()
    assert outcome.result.surface.best is None
    assert not (outcome.folder / "best5.tif").exists()


def test_a_method_that_is_no_sum_has_tiers_and_no_surface(tiny: Tiny) -> None:
    tiny.write("studies/plant.toml", ws.study_text() + '[combine]\nmethod = "minimum"\n')
    result = tiny.solve()
    assert result.surface.best is None
    assert all(site.tier for site in result.ranking.sites)
    assert any("mean utilities" in note for note in result.ranking.notes)


# ---------------------------------------------------------------------------------------------- study


def test_the_keys_of_a_study_become_the_model(tiny: Tiny) -> None:
    volumes = '[[robustness.volumes]]\nlayer = "towns"\ncolumn = "people"\nspread = "5 %"\nsource = "census"\n'
    with_keys(tiny, f'data_draws = 9\nsurface = false\nweights = {{ distribution = "intervals", relative = "25 %" }}\n{volumes}')
    spread = WeightSpread("intervals", relative=0.25)
    assert tiny.study().robustness == Robustness(100, 7, 9, spread, (SizeSpread("towns", "people", 0.05, None, "census"),), surface=False)
    told = check_plan(tiny.plan(), workers=1).decision[-1]
    assert "9 times positions" in told
    assert "sizes (people of towns by 0.05)" in told
    with_keys(tiny, 'weights = { distribution = "order", order = ["people", ["grid", "zone"], "plant", "cars"] }')
    assert tiny.study().robustness.weights == WeightSpread("order", groups=((2,), (0, 4), (1,), (3,)))
    with_keys(tiny, 'weights = { distribution = "uniform" }')
    assert tiny.study().robustness.weights.about((0.5, 0.5)) == UniformWeights()
    with_keys(tiny, 'weights = { distribution = "intervals" }')
    assert "robustness: weights: relative = 20 % (default)" in tiny.study().defaults


@pytest.mark.parametrize(
    ("keys", "where", "what"),
    [
        ("data_draws = 0", "robustness.data_draws", "out of range"),
        ('weights = { distribution = "normal" }', "robustness.weights.distribution", "unknown distribution"),
        ('weights = { distribution = "dirichlet", concentration = 0 }', "robustness.weights.concentration", "out of range"),
        ('weights = { distribution = "uniform", concentration = 5 }', "robustness.weights", "goes with distribution = 'dirichlet'"),
        ('weights = { distribution = "intervals", relative = "20 km" }', "robustness.weights.relative", "unknown unit"),
        ('weights = { distribution = "order", order = ["grid"] }', "robustness.weights.order", "left out"),
        ('[[robustness.volumes]]\nlayer = "towns"\ncolumn = "cars"\nspread = "5 %"', "robustness.volumes[1]", "no criterion counts"),
        ('[[robustness.volumes]]\nlayer = "town"\ncolumn = "people"\nspread = "5 %"', "robustness.volumes[1].layer", "unknown layer"),
        ('[[robustness.volumes]]\nlayer = "towns"\ncolumn = "people"\nspread = "0 %"', "robustness.volumes[1].spread", "out of range"),
    ],
)
def test_faults_of_the_study_name_their_key(tiny: Tiny, keys: str, where: str, what: str) -> None:
    with_keys(tiny, keys)
    with pytest.raises(StudyError) as caught:
        tiny.study()
    fault = next(fault for fault in caught.value.faults if fault.where.endswith(where))
    assert what in fault.what
