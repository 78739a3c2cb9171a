"""The real page in Chromium with the network cut: nothing is asked for, all is in its place, all works by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.publish import builders
from tests.publish.visits import SIZES, Visit, lies_free, open_map, open_panel

BEST, HOSTILE_SITE = "E430250N522250", "E410250N532250"

pytestmark = pytest.mark.browser


@pytest.fixture(params=list(SIZES))
def visit(request: pytest.FixtureRequest, browser: Browser, published: Path) -> Iterator[Visit]:
    with open_map(browser, request.param, published / "map.html") as opened:
        yield opened


def test_opens_without_a_request_and_with_everything_there(visit: Visit) -> None:
    page = visit.page
    assert page.locator(".area-marker").count() == 5
    assert page.locator(".areas tbody tr").count() == 5
    assert page.locator("canvas.surface-image").evaluate("canvas => canvas.width > 0 && canvas.getBoundingClientRect().width > 0")
    assert page.locator(".leaflet-control-scale").is_visible()
    assert page.locator(".legend").is_visible()
    assert "not a probability of success" in page.locator(".legend").inner_text()
    assert "Not tested: flood zones, slope, energy price." in page.locator(".head").inner_text()
    assert page.locator(".kicker").inner_text() == "Areas of search · Smallland · 250 m cells"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator(".site-map").evaluate("map => map.clientWidth") > 300


def test_a_known_areas_marker_is_within_a_pixel_of_its_place_on_the_surface(visit: Visit) -> None:
    """The best area's four cells alone have the darkest colour: their middle in the image is the marker's place."""
    offset = visit.page.evaluate(
        """async (site) => {
            const canvas = document.querySelector("canvas.surface-image");
            const pen = canvas.getContext("2d");
            const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data;
            let count = 0, x = 0, y = 0;
            for (let at = 0; at < pixels.length; at += 4) {
                if (pixels[at + 3] === 255 && pixels[at] === 0x1f && pixels[at + 1] === 0x1c && pixels[at + 2] === 0x52) {
                    count += 1;
                    x += (at / 4) % canvas.width + 0.5;
                    y += Math.floor(at / 4 / canvas.width) + 0.5;
                }
            }
            const frame = canvas.getBoundingClientRect();
            const marker = document.querySelector(`[data-site="${site}"].area-marker`).getBoundingClientRect();
            return {
                count,
                right: frame.left + (x / count / canvas.width) * frame.width - (marker.left + marker.width / 2),
                down: frame.top + (y / count / canvas.height) * frame.height - (marker.top + marker.height / 2),
            };
        }""",
        BEST,
    )
    assert offset["count"] > 8
    assert abs(offset["right"]) <= 1.0
    assert abs(offset["down"]) <= 1.0


def test_a_card_opens_by_click_and_gives_the_reasons(visit: Visit) -> None:
    page = visit.page
    page.locator(f".area-marker[data-site='{BEST}']").click()
    card = page.locator("#card")
    card.wait_for(state="visible")
    text = card.inner_text()
    for expected in (
        "Rank 1 · 3 km NE of Washington",
        "100.0 of 100",
        "North East",
        "NZ 301 223",
        "25 ha",
        "50 %",
        "1 km",
        "1,000,000 people",
    ):
        assert expected in text
    assert "Not tested here: flood zones" in text
    assert "Plant A" in text
    assert page.locator(".parts tbody").count() == 3
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")


def test_a_card_opens_by_keyboard_and_gives_the_focus_back(visit: Visit) -> None:
    page = visit.page
    open_panel(page)
    row = page.locator(f".row-button[data-site='{HOSTILE_SITE}']")
    row.focus()
    page.keyboard.press("Enter")
    page.locator("#card").wait_for(state="visible")
    assert page.evaluate("document.activeElement.closest('#card') !== null")
    page.keyboard.press("Escape")
    assert row.evaluate("row => row === document.activeElement")
    page.locator(f".area-marker[data-site='{BEST}']").focus()
    page.keyboard.press("Enter")
    assert "3 km NE of Washington" in page.locator("#card h2").inner_text()


def test_hostile_names_are_text_everywhere(visit: Visit) -> None:
    page = visit.page
    assert page.title() == f"Small study {builders.HOSTILE}: Smallland"
    assert builders.HOSTILE in page.locator("h1").inner_text()
    open_panel(page)
    page.locator(f".row-button[data-site='{HOSTILE_SITE}']").click()
    assert builders.HOSTILE in page.locator("#card h2").inner_text()
    assert builders.HOSTILE in page.locator("#card .parts").inner_text()
    tabs = page.locator("[role=tab]")
    for number in range(tabs.count()):
        tabs.nth(number).click()
        for summary in page.locator(f"#view-{number} summary").all():
            summary.click()
        if tabs.nth(number).inner_text() not in {"Areas", "Save"}:
            assert builders.HOSTILE in page.locator(f"#view-{number}").inner_text()
    marker = page.locator(f".area-marker[data-site='{HOSTILE_SITE}']")
    assert builders.HOSTILE in str(marker.get_attribute("aria-label"))
    assert page.locator("script").count() == 5  # Leaflet, the modules, the data, the packed numbers, the start: none came from a name


def test_every_layer_can_be_switched_and_has_its_sign(visit: Visit) -> None:
    page = visit.page
    open_panel(page)
    page.locator("[role=tab]", has_text="Layers").click()
    switches = page.locator(".switches .switch")
    groups = page.locator(".switches legend").all_inner_texts()
    assert groups == ["Result", "Rules", "Criteria layers", "Context"]
    for number in range(switches.count()):
        switch = switches.nth(number)
        assert switch.locator(".swatch").count() >= 1
        if "needs internet" in switch.inner_text():
            assert not switch.locator("input").is_checked()
            continue
        switch.locator("input").set_checked(checked=True)
    page.wait_for_timeout(300)
    names = page.locator(".switches").inner_text()
    assert "Town core (estimate)" in names
    assert "No score: a value is unknown" in names
    if page.locator(".legend-more").is_visible():
        assert "Vehicle plants" in page.locator(".legend-more").inner_text()


def test_uncovered_demand_is_told_apart(visit: Visit) -> None:
    page = visit.page
    open_panel(page)
    page.locator("[role=tab]", has_text="Demand").click()
    assert page.locator(".demand.covered").count() == 1
    uncovered = page.locator(".demand.uncovered").inner_text()
    assert "Uncovered: no area within 60 min" in uncovered
    assert "6 GWh a year" in uncovered


def test_a_demand_row_shows_the_point_and_its_line(visit: Visit) -> None:
    page = visit.page
    open_panel(page)
    page.locator("[role=tab]", has_text="Demand").click()
    switch = page.locator(".switch", has_text="best area within").locator("input")
    assert not switch.is_checked()
    page.locator(".demand.covered .row-button").click()
    assert switch.is_checked()
    tip = page.locator(".leaflet-tooltip")
    assert "Rank 1 · 3 km NE of Washington: 30 min" in tip.inner_text()
    assert lies_free(page, f".area-marker[data-site='{BEST}']")
    page.locator(".demand.uncovered .row-button").click()
    page.wait_for_timeout(300)  # the other fades
    assert tip.count() == 1
    assert "Uncovered" in tip.inner_text()


def test_each_untested_thing_is_listed_once(visit: Visit) -> None:
    page = visit.page
    open_panel(page)
    page.locator("[role=tab]", has_text="About").click()
    entries = page.locator(".about .reasons").first
    assert entries.locator("dt").all_inner_texts() == ["Flood zones", "Slope", "Energy price"]
    assert entries.locator("dd").first.inner_text().split("\n") == ["Water.", "Would be closed by: A flood map", "Twice named."]


def test_an_area_chosen_by_keyboard_is_brought_into_view(visit: Visit) -> None:
    page = visit.page
    marker = f".area-marker[data-site='{BEST}']"
    label = str(page.locator(marker).get_attribute("aria-label"))
    assert label.startswith("Rank 1 · 3 km NE of Washington, ")
    cover_with_legend(page, marker)
    assert not lies_free(page, marker)
    page.locator(marker).focus()
    page.keyboard.press("Enter")
    assert lies_free(page, marker)
    for button, site in (("Next", HOSTILE_SITE), ("Previous", BEST)):
        page.locator(".card-nav button", has_text=button).click()
        assert lies_free(page, f".area-marker[data-site='{site}']")


def cover_with_legend(page: Page, marker: str) -> None:
    """Drag the map until the legend covers a marker; close in, where the map's outer limit is far."""
    page.evaluate("map_map.setZoom(11, { animate: false })")
    legend, at = page.locator(".legend").bounding_box(), page.locator(marker).bounding_box()
    assert legend
    assert at
    right, down = legend["x"] + legend["width"] / 2 - at["x"] - 14, legend["y"] + legend["height"] / 2 - at["y"] - 14
    page.evaluate("([right, down]) => map_map.panBy([-right, -down], { animate: false })", [right, down])
