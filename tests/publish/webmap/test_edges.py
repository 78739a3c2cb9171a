"""Maps at the edges: one area, none, a region across the sea, another country's coordinates, a great country; and who reads by ear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import shapely
from playwright.sync_api import Browser, Page
from pyproj import Transformer
from scipy.spatial import cKDTree
from shapely.affinity import translate

from geo_engine.model import STATUS_OFF_AREA, Display, Features, Grid, Ranking, Result
from geo_engine.publish import write_map
from tests.publish import builders
from tests.publish.axe import serious
from tests.publish.visits import SIZES, Visit, open_map, open_panel

BEST = "E430250N522250"
FRANCE = "EPSG:2154"


def with_sites(result: Result, count: int) -> Result:
    """Keep so many areas."""
    ranking = Ranking(result.ranking.sites[:count], (), (), ("Fewer areas than asked for.",))
    return replace(result, ranking=ranking, display=replace(result.display, sites=result.display.sites[:count]))


def across_the_sea(result: Result) -> Result:
    """Take the middle out of the region: two islands with sea between them."""
    west, south, east, north = builders.GRID.bounds
    inside = result.display.inside.copy()
    inside[:, 80:110] = False
    kept = inside[result.display.inside]
    display = Display(
        result.display.grid,
        inside,
        result.display.quantities[:, kept],
        result.display.utilities[:, kept],
        result.display.status[kept],
        result.display.sites,
    )
    land = shapely.union(shapely.box(west + 2_500, south, west + 20_000, north), shapely.box(west + 27_500, south, east, north))
    status = np.array(result.surface.status)
    status[:, 80:110] = STATUS_OFF_AREA
    return replace(result, display=display, area=land, land=land, surface=replace(result.surface, status=status))


def in_france(result: Result) -> Result:
    """Move everything into the middle of France, in Lambert 93."""
    east, north = 250_000.0, 6_100_000.0
    to_degrees = Transformer.from_crs(FRANCE, "EPSG:4326", always_xy=True)

    def moved(features: Features) -> Features:
        return replace(features, geometry=np.array([translate(shape, east, north) for shape in features.geometry], dtype=object))

    grid = Grid(FRANCE, builders.WEST + east, builders.NORTH + north, builders.CELL, builders.ROWS, builders.COLS)
    sites = []
    for site in result.ranking.sites:
        easting, northing = site.easting + east, site.northing + north
        lon, lat = to_degrees.transform(easting, northing)
        shape = translate(site.geometry, east, north)
        sites.append(replace(site, easting=easting, northing=northing, lon=lon, lat=lat, grid_ref="", geometry=shape))
    return replace(
        result,
        study=replace(result.study, crs=FRANCE, demand=None),
        surface=replace(result.surface, grid=grid),
        ranking=replace(result.ranking, sites=tuple(sites), demand=()),
        features={name: moved(features) for name, features in result.features.items()},
        facilities={},
        area=translate(result.area, east, north),
        land=translate(result.land, east, north),
        display=replace(result.display, grid=grid),
    )


def search(page: Page, text: str) -> str:
    page.locator("#find").fill(text)
    page.keyboard.press("Enter")
    page.locator(".place-card").wait_for(state="visible")
    return page.locator("#card").inner_text()


@pytest.fixture(params=list(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.browser
def test_a_map_of_no_area_says_so_and_still_answers(browser: Browser, result: Result, size: str, tmp_path: Path) -> None:
    with open_map(browser, size, write_map(with_sites(result, 0), tmp_path / "map.html")) as visit:
        open_panel(visit.page)
        assert "No area passes every rule" in visit.page.locator("#view-0").inner_text()
        visit.page.locator("[role=tab]", has_text="Weights").click()
        visit.page.locator("#weight-0").fill("90")
        assert "100.0 of 100" in search(visit.page, "430250 522250")


@pytest.mark.browser
def test_a_map_of_one_area_works(browser: Browser, result: Result, tmp_path: Path) -> None:
    with open_map(browser, "desktop", write_map(with_sites(result, 1), tmp_path / "map.html")) as visit:
        assert visit.page.locator(".area-marker").count() == 1
        visit.page.locator(f".row-button[data-site='{BEST}']").click()
        buttons = visit.page.locator(".card-nav button")
        assert buttons.filter(has_text="Next").is_disabled()
        assert buttons.filter(has_text="Previous").is_disabled()


@pytest.mark.browser
def test_a_region_across_the_sea_has_no_land_in_the_water(browser: Browser, result: Result, tmp_path: Path) -> None:
    with open_map(browser, "desktop", write_map(across_the_sea(result), tmp_path / "map.html")) as visit:
        assert "0.0 of 100" in search(visit.page, "410000 520000")
        assert "nothing is measured here" in search(visit.page, "423000 520000")
        assert "100.0 of 100" in search(visit.page, "430250 522250")


@pytest.mark.browser
def test_another_countrys_coordinates(browser: Browser, result: Result, tmp_path: Path) -> None:
    with open_map(browser, "desktop", write_map(in_france(result), tmp_path / "map.html")) as visit:
        page = visit.page
        site = in_france(result).ranking.sites[0]
        text = search(page, f"{site.lat:.6f}, {site.lon:.6f}")
        assert "100.0 of 100" in text
        assert "Grid reference" not in text
        assert f"{round(site.easting):,}, {round(site.northing):,}" in text.replace("680,249", "680,250").replace("680,251", "680,250")
        page.locator("#find").fill("SP 123 456")
        assert page.locator("#found").inner_text() == "Nothing found"
        offset = page.evaluate(
            """siteMap.page.then(({ model, map }) => {
                const [lon, lat] = model.land.toDegrees(680250, 6622250), point = map.latLngToContainerPoint([lat, lon]);
                const frame = map.getContainer().getBoundingClientRect();
                const marker = document.querySelector(".area-marker").getBoundingClientRect();
                const [x, y] = [marker.left + marker.width / 2 - frame.left, marker.top + marker.height / 2 - frame.top];
                return Math.hypot(point.x - x, point.y - y);
            })"""
        )
        assert offset < 1.5


def test_a_great_map_stays_small(result: Result, tmp_path: Path) -> None:
    """Great Britain's million cells of 500 m with twelve criteria that vary as distances and times do."""
    grid = Grid("EPSG:27700", 5_500.0, 1_220_500.0, 500.0, 2427, 1301)
    rows, cols = np.mgrid[: grid.rows, : grid.cols]
    inside = (np.abs(cols - 650) < 210 + 60 * np.sin(rows / 90.0)) & (rows % 1200 > 90)
    random = np.random.Generator(np.random.PCG64(2))
    quantities = np.empty((12, int(inside.sum())), np.float32)
    cells = np.argwhere(inside)
    for number in range(12):
        nearest, _ = cKDTree(random.uniform((0, 0), grid.shape, (40, 2))).query(cells)
        quantities[number] = nearest * 500.0
    quantities[6:] += random.normal(0.0, 60.0, quantities[6:].shape)  # the last mile of a journey is rough
    utilities = np.clip(1.0 - (quantities - 1_000.0) / 60_000.0, 0.0, 1.0)
    criteria = tuple(replace(builders.CRITERIA[0], name=f"Criterion {number}", key=f"c{number}", weight=1.0) for number in range(12))
    display = Display(grid, inside, quantities, utilities, np.zeros(quantities.shape[1], np.uint32))
    great = replace(with_sites(result, 0), study=replace(result.study, criteria=criteria), display=display)
    assert 850_000 < quantities.shape[1] < 1_000_000
    assert write_map(great, tmp_path / "map.html").stat().st_size < 6_000_000


@pytest.fixture(scope="module")
def map_file(published: Path) -> Path:
    return published / "map.html"


def views(visit: Visit) -> Iterator[str]:
    """Go through every tab, a card, a place and the comparison."""
    page = visit.page
    open_panel(page)
    tabs = page.locator("[role=tab]")
    for number in range(tabs.count()):
        tabs.nth(number).click()
        yield tabs.nth(number).inner_text()
    tabs.first.click()
    page.locator(".areas .pin").first.click()
    page.locator(f".row-button[data-site='{BEST}']").click()
    yield "card"
    search(page, "NZ 3000 3700")
    yield "place"
    page.locator("#find").fill("wash")
    yield "search"
    page.keyboard.press("Escape")
    page.locator(".card-nav button").first.click()
    page.locator(".pin-bar button", has_text="Compare").click()
    yield "compare"


@pytest.mark.browser
@pytest.mark.parametrize(("size", "theme"), [("desktop", "light"), ("phone", "dark")])
def test_axe_finds_nothing_serious(browser: Browser, size: str, theme: Literal["light", "dark"], map_file: Path, axe: str) -> None:
    with open_map(browser, size, map_file) as visit:
        visit.page.emulate_media(color_scheme=theme)
        found = {name: faults for name in views(visit) if (faults := serious(visit.page, axe))}
        assert found == {}


@pytest.mark.browser
def test_nothing_is_wider_than_a_small_phone(browser: Browser, map_file: Path) -> None:
    with open_map(browser, "phone", map_file) as visit:
        visit.page.set_viewport_size({"width": 360, "height": 640})
        for name in views(visit):
            assert visit.page.evaluate("document.documentElement.scrollWidth <= 360"), name
            shown = visit.page.locator("#panel .view:not([hidden])")
            assert shown.evaluate_all("views => views.every((view) => view.scrollWidth <= view.clientWidth + 1)"), name
