"""Near misses, the surface of best land and the bars of a score that is no sum, on the real page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from playwright.sync_api import Browser, Page

from geo_engine.model import LiftedArea, NearMiss, Result, WeightedProduct
from geo_engine.publish import write_map
from tests.publish import builders
from tests.publish.visits import Visit, open_map, open_panel

PARK = shapely.box(427_000.0, 534_000.0, 427_500.0, 534_500.0)


def lifted() -> LiftedArea:
    """An area in the park that the third rank would go to."""
    return LiftedArea(builders.HOSTILE, "North East", 3, 81.25, 427_250.0, 534_250.0, -1.6, 54.7, "NZ 272 342", 250_000.0, 0.75, PARK)


def with_misses(result: Result) -> Result:
    """The park has near misses with an area, the town none."""
    best = np.where(np.isnan(np.asarray(result.surface.score)), np.nan, np.float32(0.25)).astype(np.float32)
    best[70, 120] = 1.0
    misses = (NearMiss("National parks", 10_000.0, (lifted(),)), NearMiss("Town core", 0.0))
    return replace(result, near_misses=misses, surface=replace(result.surface, best=best))


@pytest.fixture(scope="module")
def visit(browser: Browser, result: Result, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    path = write_map(with_misses(result), tmp_path_factory.mktemp("misses") / "map.html")
    with open_map(browser, "desktop", path) as opened:
        yield opened


def switch_on(page: Page, title: str) -> None:
    """Switch a layer on in the panel."""
    open_panel(page)
    page.locator("[role=tab]", has_text="Layers").click()
    page.locator(".switch", has_text=title).locator("input").check()
    page.wait_for_timeout(300)


@pytest.mark.browser
def test_near_misses_are_hatched_with_their_areas_and_hectares(visit: Visit) -> None:
    page = visit.page
    switch_on(page, "best area there")
    group = page.locator(".switches fieldset", has=page.locator("legend", has_text="Near misses"))
    assert group.locator(".switch").count() == 1
    assert "best area there would rank 3, score 81.2" in group.inner_text()
    assert "Fails only “National parks”" in page.locator(".legend-more").inner_text()
    outline = page.locator(".leaflet-outlines-pane path[stroke-dasharray='5 3']")
    assert outline.count() == 1
    outline.dispatch_event("mouseover")
    tip = page.locator(".leaflet-tooltip").inner_text()
    assert builders.HOSTILE in tip
    assert "Would rank 3" in tip
    assert "75 % of it fails" in tip


@pytest.mark.browser
def test_the_chance_to_be_among_the_best_can_be_shown(visit: Visit) -> None:
    page = visit.page
    open_panel(page)
    page.locator("[role=tab]", has_text="Layers").click()
    page.locator("#view-choice").select_option(label="Chance to be among the best 5 % of land")
    assert "Chance to be among the best 5 %" in page.locator(".legend").inner_text()
    shown = page.evaluate("async () => { const app = await siteMap.page; return Array.from(new Set(app.model.land.best)) }")
    assert sorted(value for value in shown if value == value) == [25.0, 100.0]  # noqa: PLR0124  (a NaN is not itself)


@pytest.mark.browser
def test_bars_of_a_score_that_is_no_sum_are_its_parts(browser: Browser, result: Result, tmp_path: Path) -> None:
    path = write_map(replace(result, study=replace(result.study, combination=WeightedProduct())), tmp_path / "map.html")
    with open_map(browser, "desktop", path) as visit:
        page = visit.page
        page.locator(".row-button[data-site='E410250N532250']").click()
        assert "no weighted sum" in page.locator(".parts caption").inner_text()
        bars = page.locator(".part-bar span").evaluate_all("bars => bars.map((bar) => [bar.style.left, bar.style.width].map(parseFloat))")
        score = 100.0 * 0.9**0.5 * 0.8**0.3 * 0.7**0.2
        assert len(bars) == 3  # and none for what a weight could add
        assert bars[0][0] == 0.0
        assert sum(width for _, width in bars) == pytest.approx(score, abs=1e-3)
        assert bars[1][0] == pytest.approx(bars[0][1], abs=1e-3)
        assert bars[2][0] == pytest.approx(bars[0][1] + bars[1][1], abs=1e-3)
