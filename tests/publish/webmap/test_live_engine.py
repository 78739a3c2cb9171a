"""The page weighs as the engine does: weights are moved in Chromium and the engine is run at the same weights."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from geo_engine.decide import contributions, ranks
from geo_engine.model import Combination, Fuzzy, Result, Study, WeightedProduct
from geo_engine.publish import write_map
from geo_engine.publish.tables import site_columns, site_rows, write_csv
from geo_engine.run.places import display
from tests.publish.visits import Visit, open_map
from tests.publish.webmap.worlds import run, small_world, weighed

pytestmark = pytest.mark.browser
CLOSE = 0.1  # of 100


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return small_world(tmp_path_factory.mktemp("world") / "ws")


@pytest.fixture(scope="module")
def result(study: Study) -> Result:
    return run(study)


@pytest.fixture
def visit(browser: Browser, result: Result, tmp_path: Path) -> Iterator[Visit]:
    with open_map(browser, "desktop", write_map(result, tmp_path / "map.html")) as opened:
        yield opened


def shares(page: Page) -> list[float]:
    found: list[float] = page.evaluate("siteMap.page.then((app) => app.model.setting().shares)")
    return found


def surface(page: Page) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Scores of the page's cells on its grid, NaN where there is none."""
    found = page.evaluate(
        """siteMap.page.then(({ model }) => {
            const at = (place) => (place < 0 || Number.isNaN(model.score[place]) ? null : model.score[place]);
            return Array.from(model.land.place, at);
        })"""
    )
    return np.array([np.nan if score is None else score for score in found])


def standings(page: Page) -> list[dict[str, float]]:
    found: list[dict[str, float]] = page.evaluate("siteMap.page.then((app) => app.model.standings())")
    return found


def move(page: Page, criterion: int, share: float) -> None:
    """Move a slider as a hand does."""
    page.locator("[role=tab]", has_text="Weights").click()
    page.locator(f"#weight-{criterion}").fill(str(share))
    page.wait_for_timeout(50)


def same_as_the_engine(page: Page, study: Study, result: Result, combination: Combination | None = None) -> None:
    """Compare 1,000 cells with a run at the page's weights, and the ranking of the areas with the engine's scores of them."""
    other = weighed(study, shares(page), combination)
    expected = np.ravel(np.asarray(run(replace(other, cell=result.display.grid.cell)).surface.score))
    found = surface(page)
    known = np.flatnonzero(np.isfinite(expected))
    assert np.array_equal(np.isfinite(found), np.isfinite(expected))
    cells = np.random.Generator(np.random.PCG64(1)).choice(known, 1_000, replace=False)
    assert np.ptp(expected[cells]) > 20.0
    assert np.abs(found[cells] - expected[cells]).max() <= CLOSE
    parts = [contributions(other.criteria, other.weights, tuple(site.quantities), other.combination) for site in result.ranking.sites]
    scores = [sum(part.points for part in each) for each in parts]
    rank, tied = ranks(scores)
    now = standings(page)
    assert [each["rank"] for each in now] == rank
    assert [each["tied"] for each in now] == tied
    assert [each["score"] for each in now] == pytest.approx(scores, abs=1e-6)


def test_moved_weights_and_the_product_give_what_the_engine_gives(visit: Visit, study: Study, result: Result) -> None:
    page = visit.page
    before = standings(page)
    same_as_the_engine(page, study, result)
    move(page, 2, 55.0)
    move(page, 0, 5.5)
    assert shares(page)[0] == pytest.approx(5.5)
    assert sum(shares(page)) == pytest.approx(100.0)
    assert standings(page) != before
    same_as_the_engine(page, study, result)
    page.locator("#combining").select_option("weighted_product")
    same_as_the_engine(page, study, result, WeightedProduct())


def test_presets_locks_undo_redo_and_reset(visit: Visit, study: Study) -> None:
    page = visit.page
    move(page, 3, 60.0)
    page.locator("#preset").select_option(label="The grid alone")
    assert shares(page) == pytest.approx([100.0, 0.0, 0.0, 0.0])
    page.locator("#preset").select_option(label="Equal")
    assert shares(page) == pytest.approx([25.0] * 4)
    page.locator("button", has_text="Undo").click()
    page.locator("button", has_text="Undo").click()
    assert shares(page)[3] == pytest.approx(60.0)
    page.locator("button", has_text="Redo").click()
    assert shares(page) == pytest.approx([100.0, 0.0, 0.0, 0.0])
    page.locator("button", has_text="Reset all").click()
    assert shares(page) == pytest.approx([100.0 * weight for weight in study.weights])
    page.locator(".slider button", has_text="Lock").nth(1).click()
    kept = shares(page)[1]
    move(page, 0, 10.0)
    assert shares(page)[1] == pytest.approx(kept)
    assert page.locator("#weight-1").is_disabled()
    assert sum(shares(page)) == pytest.approx(100.0)


def test_the_ranking_taken_away_is_the_engines_table(visit: Visit, study: Study, result: Result, tmp_path: Path) -> None:
    page = visit.page

    def taken() -> str:
        page.locator("[role=tab]", has_text="Save").click()
        with page.expect_download() as waiting:
            page.locator("button", has_text="Save ranking").click()
        return waiting.value.path().read_text(encoding="utf-8")

    def rows(text: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(text)))

    written = write_csv(tmp_path / "sites.csv", site_columns(result), site_rows(result)).read_text(encoding="utf-8")
    assert taken() == written
    move(page, 1, 70.0)
    other = weighed(study, shares(page))
    found = rows(taken())
    assert [row["rank"] for row in found] == sorted((row["rank"] for row in found), key=int)
    for row in found:
        (site,) = (each for each in result.ranking.sites if each.site_id == row["site_id"])
        parts = contributions(other.criteria, other.weights, tuple(site.quantities))
        assert float(row["score"]) == pytest.approx(sum(part.points for part in parts), abs=1e-4)
        assert float(row["choice_contribution"]) == pytest.approx(parts[1].points, abs=1e-4)


def test_a_link_brings_weights_view_and_choice_back(visit: Visit, result: Result) -> None:
    page = visit.page
    move(page, 0, 12.5)
    site = result.ranking.sites[2].site_id
    page.locator("[role=tab]", has_text="Areas").click()
    page.locator(f".row-button[data-site='{site}']").click()
    page.evaluate("siteMap.page.then((app) => app.show('criterion-choice'))")
    expected = (shares(page), standings(page), page.evaluate("[map_map.getZoom(), map_map.getCenter().lat, map_map.getCenter().lng]"))
    page.locator("[role=tab]", has_text="Save").click()
    page.locator("button", has_text="Copy link").click()
    link = page.locator("textarea.taken").input_value()
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector(".site-map[data-ready=yes]")
    page.wait_for_timeout(200)
    assert shares(page) == pytest.approx(expected[0], abs=1e-3)
    assert [each["rank"] for each in standings(page)] == [each["rank"] for each in expected[1]]
    assert page.evaluate("[map_map.getZoom(), map_map.getCenter().lat, map_map.getCenter().lng]") == pytest.approx(expected[2], abs=0.01)
    assert page.locator("#card").is_visible()
    assert "Substations within 20 km" in page.locator(".legend strong").inner_text()


def test_a_plot_that_has_parts_of_cells_is_weighed_by_them(browser: Browser, study: Study, result: Result, tmp_path: Path) -> None:
    sites = tuple(replace(site, shares=np.arange(1.0, len(site.rows) + 1.0)) for site in result.ranking.sites)
    plots = replace(result, ranking=replace(result.ranking, sites=sites))
    with open_map(browser, "desktop", write_map(plots, tmp_path / "map.html")) as visit:
        for combination in (study.combination, WeightedProduct()):
            visit.page.evaluate(
                "(kind) => siteMap.page.then(({ model }) => model.set({ ...model.setting(), method: kind }))", combination.kind
            )
            scores = []
            for site in sites:
                shares = np.arange(1.0, len(site.rows) + 1.0)
                parts = contributions(study.criteria, study.weights, tuple(site.quantities), combination, shares / shares.sum())
                scores.append(sum(part.points for part in parts))
            assert [each["score"] for each in standings(visit.page)] == pytest.approx(scores, abs=1e-6)


def test_a_coarser_display_is_a_run_at_its_cell(browser: Browser, study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_MOST_CELLS", 3_000)
    coarse = run(study)
    assert coarse.display.grid.cell == 1_000.0
    with open_map(browser, "desktop", write_map(coarse, tmp_path / "map.html")) as visit:
        move(visit.page, 2, 40.0)
        same_as_the_engine(visit.page, study, coarse)


def test_a_study_that_combines_otherwise_does_so_in_the_page(browser: Browser, study: Study, tmp_path: Path) -> None:
    other = replace(study, combination=Fuzzy("gamma", 0.7))
    found = run(other)
    with open_map(browser, "desktop", write_map(found, tmp_path / "map.html")) as visit:
        move(visit.page, 3, 35.0)
        same_as_the_engine(visit.page, other, found)
