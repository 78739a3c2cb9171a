"""The surface: what must not change it, and that both doors and all regions give the same cells."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio import Affine

from geo_engine.decide import contributions
from geo_engine.errors import GeoEngineError, RunError, StudyError
from geo_engine.measure import PointPlaces
from geo_engine.model import STATUS_OFF_AREA, Result, StatusBit, Tile
from geo_engine.run import Plan, RunOutcome, SilentReporter, solving
from geo_engine.run.executors import map_unordered, thread_executor
from geo_engine.run.places.measured import Outlined, measured
from geo_engine.run.places.naming import gazetteer
from geo_engine.run.solving import compute_surface
from geo_engine.run.tiles import TileScores, measure_places, score_places, score_tile
from tests.run import tiny as ws
from tests.run.tiny import Tiny


def surface(plan: Plan, *, side: int = 512, workers: int = 2) -> tuple[NDArray[np.float32], NDArray[np.uint32]]:
    with thread_executor(workers) as executor:
        made = compute_surface(plan, SilentReporter(), executor, tile_side=side)
    return np.asarray(made.score), np.asarray(made.status)


@pytest.fixture(scope="module")
def plan(finished: tuple[Tiny, RunOutcome]) -> Plan:
    return finished[1].plan


@pytest.mark.parametrize("side", [1, 7, 64])
@pytest.mark.parametrize("workers", [1, 3])
def test_neither_tiles_nor_threads_change_a_bit(plan: Plan, side: int, workers: int) -> None:
    score, status = surface(plan)
    if side == 1:  # single cells: a corner of the grid is enough
        for row, col in [(0, 0), (25, 30), (49, 59)]:
            tile = next(t for t in plan.grid.tiles(1) if (t.row0, t.col0) == (row, col))
            scored = score_tile(plan, tile)
            assert scored.score.tobytes() == score[tile.window].tobytes()
            assert scored.status.tobytes() == status[tile.window].tobytes()
        return
    again = surface(plan, side=side, workers=workers)
    assert again[0].tobytes() == score.tobytes()
    assert again[1].tobytes() == status.tobytes()


def test_every_worker_has_a_tile_to_do(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen tiles and twelve workers: the first twelve tiles wait for each other."""
    together, turns = threading.Barrier(12), itertools.count()

    def waiting(plan: Plan, tile: Tile) -> TileScores:
        if next(turns) < 12:
            together.wait(timeout=30)
        return score_tile(plan, tile)

    monkeypatch.setattr(solving, "score_tile", waiting)
    assert solving.solve(plan, SilentReporter(), workers=12, tile_side=15).ranking.sites


def test_points_and_tiles_are_judged_alike(plan: Plan) -> None:
    score, status = surface(plan, side=7)
    grid = plan.grid
    rows, cols = np.divmod(np.arange(grid.size), grid.cols)
    at_points = score_places(plan, *grid.centres(rows, cols))
    assert at_points.score.astype(np.float32).tobytes() == score.ravel().tobytes()
    assert at_points.status.tobytes() == status.ravel().tobytes()


def test_the_masks_of_a_result_are_those_of_its_surface(finished: tuple[Tiny, RunOutcome]) -> None:
    result = finished[1].result
    status = result.surface.status[result.surface.grid.whole.window]
    assert result.masks is not None
    assert result.masks.tolist() == sorted(set(status.ravel().tolist()) - {STATUS_OFF_AREA})
    assert len(result.masks) > 2


@pytest.mark.parametrize("together", [1, 30, 100_000])
def test_sites_that_are_measured_together_are_those_that_are_measured_one_by_one(
    finished: tuple[Tiny, RunOutcome], monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    plan, sites = finished[1].plan, finished[1].result.ranking.sites
    names = gazetteer(plan)
    outlines = [Outlined(site.geometry, site.rows, site.cols) for site in sites]
    halves = [replace(each, shares=np.linspace(1.0, 2.0, len(each.rows))) for each in outlines]
    monkeypatch.setattr("geo_engine.run.places.measured._TOGETHER", together)
    found = measured(plan, names, [*outlines, *halves])
    alone = [measured(plan, names, [each])[0] for each in (*outlines, *halves)]
    assert len(found) == 2 * len(sites) > 4
    for one, other in zip(found, alone, strict=True):
        assert one.quantities.tobytes() == other.quantities.tobytes()
        assert (one.score, one.contributions, one.name, one.site_id) == (other.score, other.contributions, other.name, other.site_id)
    assert [one.score for one in found[: len(sites)]] == [site.score for site in sites]
    assert measured(plan, names, []) == ()


def test_the_order_of_places_does_not_matter(plan: Plan) -> None:
    rng = np.random.default_rng(3)
    e, n = rng.uniform(399000, 407000, 200), rng.uniform(299000, 306000, 200)
    order = rng.permutation(200)
    assert score_places(plan, e, n).score[order].tobytes() == score_places(plan, e[order], n[order]).score.tobytes()


@pytest.mark.parametrize("name", ["stations", "plants", "towns", "parks", "roads", "regions"])
def test_the_order_of_a_layers_rows_changes_nothing(tiny: Tiny, plan: Plan, name: str) -> None:
    tiny.features(name, ws.DATA[name][::-1])
    again = surface(tiny.plan())
    before = surface(plan)
    assert again[0].tobytes() == before[0].tobytes()
    assert again[1].tobytes() == before[1].tobytes()


def test_the_order_of_the_criteria_changes_nothing(tiny: Tiny, plan: Plan) -> None:
    tiny.write("studies/plant.toml", ws.study_text(ws.CRITERIA[::-1]))
    assert surface(tiny.plan())[0].tobytes() == surface(plan)[0].tobytes()


def test_scaled_weights_change_nothing_worth_a_float(tiny: Tiny, plan: Plan) -> None:
    text = ws.study_text()
    for weight in ("3", "2", "1"):
        text = text.replace(f"weight = {weight}\n", f"weight = {weight}e3\n")
    tiny.write("studies/plant.toml", text)
    assert np.allclose(surface(tiny.plan())[0], surface(plan)[0], rtol=0, atol=1e-5)


def test_the_order_of_the_rules_moves_bits_only(tiny: Tiny, plan: Plan) -> None:
    tiny.write("studies/plant.toml", ws.study_text(rules=ws.RULES[::-1]))
    score, status = surface(plan)
    again = surface(tiny.plan())
    assert again[0].tobytes() == score.tobytes()
    assert np.array_equal((again[1] >> 2) & 1, (status >> 3) & 1)
    assert np.array_equal((again[1] >> 3) & 1, (status >> 2) & 1)


@pytest.mark.parametrize(("region", "cols"), [("west", slice(0, 30)), ("East", slice(30, 60))])
def test_a_region_shares_its_cells_with_the_whole(finished: tuple[Tiny, RunOutcome], plan: Plan, region: str, cols: slice) -> None:
    part = finished[0].plan(region)
    assert part.region == region.lower()
    assert part.grid.shape == (50, 30)
    whole = surface(plan)
    for mine, all_of_it in zip(surface(part), whole, strict=True):
        assert mine.tobytes() == np.ascontiguousarray(all_of_it[:, cols]).tobytes()


def test_scores_by_mental_arithmetic(plan: Plan) -> None:
    # The cell at 405050 E 300450 N: 50 by 50 m from Dale (a 275 kV station); Zone and Cars are 0.
    e, n = np.array([405050.0]), np.array([300450.0])
    quantities = measure_places(plan, PointPlaces(e, n))
    assert float(quantities[0][0]) == pytest.approx(50 * 2**0.5, abs=1e-3)
    # off the road by 2050 m at 5 m/s to (405050, 302500), then 50 m at 10 m/s to Beta: 415 s
    assert float(quantities[1][0]) == pytest.approx(415.0, abs=1e-3)
    # sum of people times 0.5 ** (t / 300). Ayton stands 2000 m off the road (400 s) at 400500 E: 410 + 455 + 400 = 1265 s;
    # Beeville is 500 m (100 s) off the road that goes north at 405000 E, 1000 m up it: 410 + 5 + 100 + 100 = 615 s
    assert float(quantities[2][0]) == pytest.approx(3000 * 0.5 ** (1265 / 300) + 9000 * 0.5 ** (615 / 300), rel=1e-6)
    assert (float(quantities[3][0]), float(quantities[4][0])) == (0.0, 0.0)  # the nearest cars are 2050.6 m away, a limit of 2 km


def test_rules_by_mental_arithmetic(plan: Plan) -> None:
    _, status = surface(plan)
    park = (status >> StatusBit.FIRST_RULE) & 1
    assert int(park.sum()) == 100  # 1 km2
    rows, cols = np.nonzero(park)
    assert (rows.min(), rows.max(), cols.min(), cols.max()) == (10, 19, 15, 24)  # 304000 to 303000 N, 401500 to 402500 E
    # discs of 0.5 km2 and 1.5 km2 around Ayton and Beeville: 200 cells, give or take those on the rim
    town = (status >> (StatusBit.FIRST_RULE + 1)) & 1
    assert abs(int(town.sum()) - 200) <= 8
    radius = (9000 / 6000e-6 / np.pi) ** 0.5
    e, n = np.meshgrid(plan.grid.eastings(plan.grid.whole), plan.grid.northings(plan.grid.whole))
    near = (np.hypot(e - 404500, n - 303500) <= radius) | (np.hypot(e - 400500, n - 300500) <= (3000 / 6000e-6 / np.pi) ** 0.5)
    assert np.array_equal(town.astype(bool), near)


def test_hectares_by_mental_arithmetic(finished: tuple[Tiny, RunOutcome]) -> None:
    hectares = finished[1].result.hectares
    assert hectares["land"] == hectares["scored"] == 3000.0  # 6 km by 5 km
    assert (hectares["unknown"], hectares["unreachable"], hectares["Parks"]) == (0.0, 0.0, 100.0)
    town = hectares["Town core (estimated from population)"]
    assert hectares["free"] == 3000.0 - 100.0 - town  # the two do not overlap


def test_the_score_is_the_sum_of_the_contributions_of_its_cells(finished: tuple[Tiny, RunOutcome]) -> None:
    result = finished[1].result
    for site in result.ranking.sites:
        cells = result.surface.score[site.rows, site.cols].astype(np.float64)
        assert site.score == pytest.approx(cells.mean(), abs=1e-4)
        assert site.score == pytest.approx(sum(part.points for part in site.contributions), abs=1e-9)
        assert (result.surface.status[site.rows, site.cols] == 0).all()


# ---------------------------------------------------------------------------------------------- what is not known


def _raster(tiny: Tiny, values: NDArray[np.float32], west: float = 400000, north: float = 305000, cell: float = 100) -> None:
    with rasterio.open(
        tiny.path / "layers" / "data" / "height.tif", "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1,
        dtype="float32", crs="EPSG:27700", transform=Affine(cell, 0, west, 0, -cell, north), nodata=float("nan"),
    ) as out:  # fmt: skip
        out.write(values, 1)
    head = ws.LAYERS["stations"].replace('"points"', '"raster"').replace('id = "name"\naccuracy = "0.1 km"\n', 'unit = "m"\n')
    tiny.write("layers/height.toml", head.replace("stations.geojson", "height.tif").replace("Stations", "Height"))


def _height(unknown: str, weight: float = 1) -> str:
    body = 'layer = "height"\nmeasure = "value"\nvalue = { function = "linear", worst = 100, best = 0 }'
    return ws.criterion("Height", body, key="height", unknown=unknown, weight=weight)


def _west_only(tiny: Tiny) -> None:
    """Give heights of 50 to West only."""
    _raster(tiny, np.full((50, 30), 50, np.float32))


def test_land_with_a_refused_unknown_has_no_score_and_no_site(tiny: Tiny) -> None:
    _west_only(tiny)
    tiny.write("studies/plant.toml", ws.study_text([_height('"refuse"')]))
    result = tiny.solve()
    east = slice(30, 60)
    assert np.isnan(result.surface.score[:, east]).all()
    assert (result.surface.status[:, east] & 1).all()
    assert (result.surface.score[:, :30] == 50).all()
    assert result.hectares["unknown"] == 1500.0
    assert result.hectares["scored"] == 1500.0
    assert {site.region for site in result.ranking.sites} == {"West"}


def test_land_whose_unknown_has_a_utility_can_be_a_site(tiny: Tiny) -> None:
    _west_only(tiny)
    tiny.write("studies/plant.toml", ws.study_text([_height("0.9")]))
    result = tiny.solve()
    assert np.asarray(result.surface.score)[25, 45] == pytest.approx(90)  # East: unknown, and worth more than West
    assert np.asarray(result.surface.score)[25, 5] == pytest.approx(50)
    assert result.hectares["free"] > 2500
    assert {site.region for site in result.ranking.sites} == {"East"}


def test_an_unknown_with_a_utility_does_not_break_the_register_of_rejections(tiny: Tiny) -> None:
    _west_only(tiny)
    tiny.write("studies/plant.toml", ws.study_text([_height("0.9")], rules=[ws.PARK_RULE]))
    assert tiny.solve().ranking.sites


def test_a_criterion_that_is_unknown_everywhere_is_one_clear_error(tiny: Tiny) -> None:
    _raster(tiny, np.full((5, 5), 1, np.float32), west=200000)
    tiny.write("studies/plant.toml", ws.study_text([_height('"refuse"')]))
    with pytest.raises(GeoEngineError, match=r"unknown everywhere|does not cover|no values"):
        tiny.solve()


def test_an_island_without_a_road_is_unreachable_and_worst(tiny: Tiny) -> None:
    tiny.edit("studies/profiles/lorry.toml", 'limit = "15 km"', 'limit = "1 km"')
    tiny.features("towns", [({"name": "On the road", "people": 1}, ws.point(402000, 302500))])
    tiny.write("studies/plant.toml", ws.study_text([ws.PLANT], rules=[]))
    result = tiny.solve()
    far = (np.asarray(result.surface.status) >> StatusBit.UNREACHABLE) & 1
    assert far[-1, 0] == 1  # 400050 E 300050 N is 2450 m from the road
    assert np.asarray(result.surface.score)[-1, 0] == 0.0
    assert far[25, 30] == 0
    assert result.hectares["unreachable"] == float(far.sum())
    assert result.hectares["free"] == 3000.0  # it costs points and excludes nothing


@pytest.mark.parametrize("count", [29, 30, 31, 40])
def test_more_rules_than_bits_are_told_and_never_lost(tiny: Tiny, count: int) -> None:
    """32 bits: two for the unknown and the unreachable, and all of them set means off the area."""
    rules = [ws.PARK_RULE.replace("Parks", f"Rule {number}") for number in range(count)]
    tiny.write("studies/plant.toml", ws.study_text([ws.GRID], rules=rules, demand=""))
    if count > 29:
        with pytest.raises(StudyError, match=r"constraints|rules"):
            tiny.solve()
        return
    status = np.asarray(tiny.solve().surface.status)
    assert set(np.unique(status).tolist()) == {0, sum(1 << (2 + number) for number in range(29))}


# ---------------------------------------------------------------------------------------------- land


def test_cells_count_by_their_centres(tiny: Tiny) -> None:
    tiny.features("regions", [({"region": "West"}, ws.box(400049, 300051, 400250, 300250))])
    result = tiny.plan()
    _, status = surface(result)
    on = status != STATUS_OFF_AREA
    # columns with centres 400050, 400150 and (250 is no centre); rows with centres 300150 only and 300250 is none
    assert (int(on.sum()), result.grid.shape) == (2, (3, 3))


@pytest.mark.parametrize(
    "shape",
    [
        ws.box(400060, 300060, 400090, 300090),
        {"type": "Polygon", "coordinates": [[[400000, 300000], [400400, 300001], [400000, 300002], [400000, 300000]]]},
    ],
)
def test_an_area_without_a_cell_centre_has_no_land(tiny: Tiny, shape: dict[str, object]) -> None:
    tiny.features("regions", [({"region": "West"}, shape)])
    with pytest.raises(RunError, match="no land"):
        tiny.solve()


def test_features_outside_the_area_still_count(tiny: Tiny) -> None:
    tiny.features("stations", [({"name": "Offshore", "kv": 400}, ws.point(410000, 302500))])
    quantities = measure_places(tiny.plan("east"), PointPlaces(np.array([405950.0]), np.array([304950.0])))
    assert float(quantities[0][0]) == pytest.approx((4050**2 + 2450**2) ** 0.5, abs=1e-3)


def test_two_overlapping_regions_are_counted_once(tiny: Tiny) -> None:
    tiny.features("regions", [*ws.regions(), ({"region": "Middle"}, ws.box(402000, 300000, 404000, 305000))])
    assert tiny.solve().hectares["land"] == 3000.0


# ---------------------------------------------------------------------------------------------- executors


def test_answers_come_for_every_item_and_errors_come_out() -> None:
    with thread_executor(2) as executor:
        assert dict(map_unordered(executor, lambda x: x * x, range(20), ahead=3)) == {x: x * x for x in range(20)}

    def bad(item: int) -> int:
        if item == 3:
            msg = "three"
            raise ValueError(msg)
        return item

    with thread_executor(2) as executor, pytest.raises(ValueError, match="three"):
        list(map_unordered(executor, bad, range(50)))


def test_few_items_are_under_way_at_once() -> None:
    asked: list[int] = []

    def items() -> Iterator[int]:
        for number in range(30):
            asked.append(number)
            yield number

    with thread_executor(1) as executor:
        answers = map_unordered(executor, lambda x: x, items(), ahead=4)
        next(answers)
        assert len(asked) <= 4
        assert len(list(answers)) == 29


Spoil = Callable[[Tiny], object]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: t.features("plants", [({"name": "A", "cars": None, "works": "yes"}, ws.point(401000, 302500))]),
        lambda t: t.features("plants", [({"name": "A", "cars": "many", "works": "yes"}, ws.point(401000, 302500))]),
        lambda t: t.features("plants", [({"name": "A", "cars": -5, "works": "yes"}, ws.point(401000, 302500))]),
    ],
    ids=["blank", "text", "negative"],
)
def test_a_size_that_is_no_number_names_layer_column_and_row(tiny: Tiny, spoil: Spoil) -> None:
    spoil(tiny)
    with pytest.raises(GeoEngineError, match=r"plants: column 'cars' is .*A"):
        tiny.solve()


def test_the_result_is_plain_data_for_the_record(finished: tuple[Tiny, RunOutcome]) -> None:
    result: Result = finished[1].result
    assert json.loads(json.dumps(dict(result.hectares))) == dict(result.hectares)
    assert all(len(value) == 64 for value in result.inputs.values())
    assert not any(Path(name).is_absolute() for name in result.inputs)


def test_contributions_of_a_site_are_those_of_its_places(finished: tuple[Tiny, RunOutcome]) -> None:
    plan, site = finished[1].plan, finished[1].result.ranking.sites[0]
    scored = score_places(plan, *plan.grid.centres(site.rows, site.cols))
    assert contributions(plan.study.criteria, plan.study.weights, scored.quantities) == site.contributions
