"""Routes, isochrones and the line to the grid on the real page: as in the tables, switched, by keyboard, hostile names as text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from geo_engine.publish import write_outputs
from geo_engine.publish.style import CORRIDOR_COLOUR, ROUTE_COLOURS, band_colours
from tests.publish import builders, reached
from tests.publish.visits import SIZES, Visit, lies_free, open_map, open_panel

pytestmark = pytest.mark.browser
BEST, CUT_OFF, UNTOLD = "E430250N522250", "E410250N532250", "E415250N512250"
PORT_NAME, PLANT_NAME, FERRY_NAME = (wish.name for wish in reached.REACH.routes)
PORT_ROW = f'.ways-routes button.way[aria-label^="{PORT_NAME}"]'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("ways")
    write_outputs(reached.result(), made, record={})
    return made


@pytest.fixture(params=list(SIZES))
def visit(request: pytest.FixtureRequest, browser: Browser, folder: Path) -> Iterator[Visit]:
    with open_map(browser, request.param, folder / "map.html") as opened:
        yield opened


@pytest.fixture
def desk(browser: Browser, folder: Path) -> Iterator[Visit]:
    """For what does not depend on the size of the window."""
    with open_map(browser, "desktop", folder / "map.html") as opened:
        yield opened


def choose(page: Page, site: str = BEST) -> None:
    """Choose an area in the list."""
    if page.locator(".card").count():
        page.keyboard.press("Escape")
    open_panel(page)
    page.locator(f".row-button[data-site='{site}']").click()
    page.locator("#card").wait_for(state="visible")
    page.wait_for_timeout(300)


def drawn(page: Page, pane: str = "ways") -> list[str]:
    """Colours of what is drawn, the white casings left out."""
    strokes: list[str] = page.locator(f".leaflet-{pane}-pane path").evaluate_all(
        """paths => paths
            .filter((path) => (path.getAttribute("d") || "").length > 4)
            .map((path) => path.getAttribute(path.getAttribute("fill") === "none" ? "stroke" : "fill"))"""
    )
    return [stroke for stroke in strokes if stroke != "#ffffff"]


def row(page: Page, name: str) -> str:
    return page.locator(".ways-routes .way", has_text=name).inner_text()


def test_a_chosen_areas_routes_appear_with_the_numbers_of_the_table(visit: Visit, folder: Path) -> None:
    page = visit.page
    with (folder / "sites.csv").open(encoding="utf-8", newline="") as stream:
        site = next(csv.DictReader(stream))
    choose(page)
    assert set(drawn(page)) == {*ROUTE_COLOURS[:2], CORRIDOR_COLOUR}
    for name, slug, facility in ((PORT_NAME, "freight_port", "=Port"), (PLANT_NAME, "plant_script_alert_1_script", builders.HOSTILE)):
        text = row(page, name)
        assert facility in text
        (minutes,) = re.findall(r"([\d.]+) min", text)
        (km,) = re.findall(r"([\d.]+) km", text)
        assert float(minutes) == pytest.approx(float(site[f"route_{slug}_minutes"]), abs=1e-9)
        assert float(km) == pytest.approx(float(site[f"route_{slug}_km"]), abs=0.051)
    assert "by A19, M1" in row(page, PORT_NAME)
    assert "unreachable" in row(page, FERRY_NAME)
    assert sorted(page.locator(".way-end").all_inner_texts()) == ["10.9 min", "41.3 min"]


def test_nothing_is_drawn_before_an_area_is_chosen_and_after_its_card_is_closed(desk: Visit) -> None:
    page = desk.page
    assert drawn(page) == []
    choose(page)
    assert len(drawn(page)) == 3
    page.keyboard.press("Escape")
    assert drawn(page) == []
    assert page.locator(".way-end, .grid-end, .band-label").count() == 0
    assert page.locator(".legend-chosen li").count() == 0


def test_each_kind_is_shown_and_hidden_by_keyboard_and_stays_so_for_the_next_area(desk: Visit) -> None:
    page = desk.page
    choose(page)
    for what, colours in (("routes", set(ROUTE_COLOURS[:2])), ("grid connection", {CORRIDOR_COLOUR})):
        box = page.locator(f"[aria-label='Show {what} on the map']")
        assert box.is_checked()
        box.focus()
        page.keyboard.press("Space")
        assert not box.is_checked()
        assert not colours & set(drawn(page))
    assert page.locator(".way-end, .grid-end").count() == 0
    page.locator(".card-nav button", has_text="Next").click()
    page.locator(".card-nav button", has_text="Previous").click()
    assert drawn(page) == []
    page.locator("[aria-label='Show routes on the map']").focus()
    page.keyboard.press("Space")
    assert set(drawn(page)) == set(ROUTE_COLOURS[:2])
    assert page.locator(".leaflet-ways-pane svg").count() == 1  # choosing again and again leaves nothing behind


def test_isochrones_are_bands_in_one_hue_as_the_legend_says(desk: Visit) -> None:
    page = desk.page
    choose(page)
    assert drawn(page, "bands") == []
    section = page.locator(".ways-bands")
    assert section.locator(".way strong").all_inner_texts() == ["Within 15 min", "12.3 km²", "Within 30 min", "49.3 km²"]
    page.locator("[aria-label='Show isochrones on the map']").check()
    near, far = band_colours(2)
    assert drawn(page, "bands") == [far, near]  # the widest at the bottom
    assert sorted(page.locator(".band-label").all_inner_texts()) == ["15 min", "30 min"]
    shown = section.locator(".band-swatch").evaluate_all("signs => signs.map(sign => sign.style.background)")
    assert shown == [f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})" for colour in (near, far)]
    page.locator("[aria-label='Zoom to isochrones']").click()
    assert len(drawn(page, "bands")) == 2


def test_the_legend_names_what_is_drawn_and_nothing_else(desk: Visit) -> None:
    page = desk.page
    choose(page)
    names = page.locator(".legend-chosen li")
    assert names.all_text_contents() == [PORT_NAME, PLANT_NAME, "Grid connection (indicative)"]
    page.locator("[aria-label='Show isochrones on the map']").check()
    page.locator("[aria-label='Show routes on the map']").uncheck()
    assert names.all_text_contents() == ["Grid connection (indicative)", "Within 15 min", "Within 30 min"]


def test_a_route_is_zoomed_to_and_told_by_keyboard(visit: Visit) -> None:
    page = visit.page
    choose(page)
    page.locator("[aria-label='Show routes on the map']").uncheck()
    page.locator(PORT_ROW).focus()
    page.keyboard.press("Enter")
    assert page.locator("[aria-label='Show routes on the map']").is_checked()  # what is asked for is shown
    assert lies_free(page, f".area-marker[data-site='{BEST}']")
    end = ".way-end[aria-label^='Freight port']"
    assert lies_free(page, end)
    page.locator(end).focus()
    tip = page.locator(".leaflet-tooltip.tip", has_text="by A19, M1")
    assert tip.is_visible()
    assert tip.inner_text().splitlines()[:2] == ["Freight port: =Port", "41.3 min, 52.9 km"]
    assert page.locator(end).get_attribute("aria-label") == "Freight port: =Port, 41.3 min, 52.9 km"


def test_a_route_that_is_pointed_at_stands_out(desk: Visit) -> None:
    page = desk.page
    choose(page)
    faint = "paths => paths.filter(p => Number(p.getAttribute('stroke-opacity')) < 0.5 && p.getAttribute('stroke') !== '#ffffff').length"
    lines = page.locator(".leaflet-ways-pane path")
    assert lines.evaluate_all(faint) == 0
    page.locator(PORT_ROW).focus()
    assert lines.evaluate_all(faint) == 1
    page.locator("[aria-label='Zoom to routes']").focus()
    assert lines.evaluate_all(faint) == 0


def test_the_grid_connection_says_what_it_is(visit: Visit) -> None:
    page = visit.page
    choose(page)
    text = page.locator(".ways-connection").inner_text()
    for expected in (
        "Grid connection (indicative)",
        builders.HOSTILE,
        "1.12 km",
        "1.5 km",
        "3 to 6 GBP million",
        "Parks: 380 m",
        "its cell",
        "no offer",
    ):
        assert expected in text
    assert page.locator(".grid-end").get_attribute("aria-label") == f"Grid connection, indicative: {builders.HOSTILE}, 1.12 km"
    page.locator("[aria-label='Zoom to grid connection']").click()
    assert lies_free(page, ".grid-end")


def test_an_area_that_reaches_nothing_says_so_plainly(desk: Visit) -> None:
    page = desk.page
    choose(page, CUT_OFF)
    assert page.locator(".ways-routes .unreached").count() == 3
    assert "No line found: no way over open land within 40 km to A." in page.locator(".ways-connection").inner_text()
    assert page.locator(".ways-bands .unreached .number").all_inner_texts() == ["no land", "no land"]
    assert page.locator(".ways input").count() == 0  # nothing to switch
    assert drawn(page) == []
    choose(page, UNTOLD)
    assert page.locator(".ways-bands").count() == 0
    assert "none was looked for" in page.locator(".ways-connection").inner_text()


def test_hostile_names_stay_text(visit: Visit) -> None:
    page = visit.page
    choose(page)
    assert builders.HOSTILE in page.locator(".ways-routes").inner_text()
    page.locator(".way-end[aria-label^='Plant']").focus()
    assert builders.HOSTILE in page.locator(".leaflet-tooltip.tip").first.inner_text()
    assert page.locator("script").count() == 5
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_click_on_a_marker_zooms_as_a_row_of_the_list_does(visit: Visit) -> None:
    page = visit.page
    choose(page)
    by_row = page.evaluate("[map_map.getZoom(), map_map.getCenter().lat, map_map.getCenter().lng]")
    page.keyboard.press("Escape")
    page.locator(".sheet-handle").evaluate("handle => handle.offsetParent && handle.click()")
    page.evaluate("map_map.fitBounds(JSON.parse(document.getElementById('page-data').textContent).view, { animate: false })")
    page.wait_for_timeout(300)
    page.locator(f".area-marker[data-site='{BEST}']").click()
    page.wait_for_timeout(300)
    assert page.evaluate("[map_map.getZoom(), map_map.getCenter().lat, map_map.getCenter().lng]") == pytest.approx(by_row, abs=2e-3)
