"""Asking for any place, searching, the table, pins, views and what is taken away, on the real page at both sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from geo_engine.model import Result
from geo_engine.publish import write_map
from geo_engine.publish.webmap.content import page_data
from tests.publish import builders
from tests.publish.visits import SIZES, Visit, open_map, open_panel

pytestmark = pytest.mark.browser
BEST, HOSTILE_SITE, FORMULA = "E430250N522250", "E410250N532250", "E415250N512250"
NEED = {"name": "land", "state": "short", "said": "land short", "wanted": "50 ha", "there": builders.HOSTILE, "evidence": builders.HOSTILE}
MARK = {"subject": "Flood", "mark": "amber", "why": builders.HOSTILE, "required": True}
READINESS = {
    "sites": [{"needs": [NEED], "overall": "amber", "said": "One of two.", "marks": [MARK]}, *({"needs": []} for _ in range(4))],
    "gaps": [{"subject": "Slope", "required": False}],
    "actions": {"Flood": [{"action": builders.HOSTILE, "cost": "2 GBP", "lead": "3 months", "source": "S"}]},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, result: Result) -> Path:
    made = tmp_path_factory.mktemp("places")
    write_map(result, made / "map.html")
    return made


@pytest.fixture(params=list(SIZES))
def visit(request: pytest.FixtureRequest, browser: Browser, folder: Path) -> Iterator[Visit]:
    with open_map(browser, request.param, folder / "map.html") as opened:
        yield opened


@pytest.fixture
def desk(browser: Browser, folder: Path) -> Iterator[Visit]:
    with open_map(browser, "desktop", folder / "map.html") as opened:
        yield opened


def search(page: Page, text: str) -> None:
    page.locator("#find").fill(text)
    page.keyboard.press("Enter")
    page.locator(".place-card").wait_for(state="visible")
    page.wait_for_timeout(150)


def card(page: Page) -> str:
    return page.locator("#card").inner_text()


def test_a_place_says_its_score_its_parts_and_what_is_not_tested(visit: Visit) -> None:
    page = visit.page
    search(page, "430250 522250")  # the middle of the best area
    text = card(page)
    assert "100.0 of 100" in text
    assert "Passes all 2 rules" in text
    assert "NZ 302 222" in text
    assert "Not tested here: flood zones" in text
    shares = page.locator(".place-card .parts tfoot td").inner_text()
    assert shares == "100.0"
    assert page.locator(".place-card .parts tbody").count() == 3
    assert "Scores higher than" in text
    # all but the four best cells score lower
    scored = np.count_nonzero(~np.isnan(np.asarray(builders.surface().score)))
    assert f"{np.floor(1000 * (scored - 4) / scored) / 10:.1f} % of land" in text
    # 375 m west and 125 m south of the cell's middle
    assert re.search(r"Nearest of each kind.*\bA\b.*395 m", text, re.DOTALL | re.IGNORECASE)


def test_a_place_that_fails_a_rule_says_which(visit: Visit) -> None:
    page = visit.page
    search(page, "NZ 3000 3700")  # in the park
    text = card(page)
    assert "Not here, because it fails one rule, and no other:" in text
    assert "National parks: Protected." in text
    search(page, "402000, 520000")  # west of the region
    assert "nothing is measured here" in card(page)
    search(page, "449800 502600")  # the corner without values
    assert "a value is unknown" in card(page)
    assert "none: a value is unknown" in card(page)


def test_pointing_at_land_asks_about_it(visit: Visit) -> None:
    page = visit.page
    point = page.evaluate(
        """siteMap.page.then(({ map, model }) => {
            const [lon, lat] = model.land.toDegrees(424000, 515000);
            const at = map.latLngToContainerPoint([lat, lon]), frame = map.getContainer().getBoundingClientRect();
            return [frame.left + at.x, frame.top + at.y];
        })"""
    )
    page.mouse.click(*point)
    page.locator(".place-card").wait_for(state="visible")
    assert "0.0 of 100" in card(page)
    assert page.locator(".asked-pin").is_visible()
    page.keyboard.press("Escape")
    assert page.locator(".asked-pin").count() == 0


def test_a_name_is_found_by_keyboard_and_hostile_ones_stay_text(visit: Visit) -> None:
    page = visit.page
    page.locator("#find").fill("blyt")
    options = page.locator("#found li")
    assert "Blyth" in options.first.inner_text()
    assert page.locator("#find").get_attribute("aria-expanded") == "true"
    page.locator("#find").fill("<script")
    assert builders.HOSTILE in options.first.inner_text()
    page.keyboard.press("ArrowDown")
    assert page.locator("#find").get_attribute("aria-activedescendant") == "found-1"
    page.keyboard.press("Enter")
    page.locator("#card").wait_for(state="visible")
    assert builders.HOSTILE in page.locator("#card h2").inner_text()
    page.locator("#find").fill("nowhere at all")
    assert page.locator("#found").inner_text() == "Nothing found"
    assert page.locator("script").count() == 5


def test_the_table_is_sorted_filtered_and_walked_by_keyboard(visit: Visit) -> None:
    page = visit.page
    open_panel(page)
    names = page.locator(".areas .row-button")
    assert names.count() == 5
    page.locator("#filter-text").fill("wash")
    assert names.all_inner_texts() == ["3 km NE of Washington"]
    assert "1 of 5 areas" in page.locator(".table-view").inner_text()
    page.locator("#filter-text").fill("")
    page.locator(".name-cell .sort-button").click()
    assert names.all_inner_texts() == sorted(names.all_inner_texts(), key=str.lower)
    assert page.locator("th.name-cell").get_attribute("aria-sort") == "ascending"
    page.locator(".rank-cell .sort-button").click()
    names.first.focus()
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.textContent") == "1 km S of Blyth"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert builders.TEMPLATE.split("\u2028")[0] in page.locator("#card h2").inner_text()


def test_pinned_areas_stand_side_by_side(visit: Visit) -> None:
    page = visit.page
    open_panel(page)
    for number in range(4):
        page.locator(".areas .pin").nth(number).click()
    assert "3 of 3 pinned" in page.locator(".pin-bar").inner_text()
    page.locator(".pin-bar button", has_text="Compare").click()
    compared = page.locator("dialog.compare")
    heads = compared.locator("thead th").all_inner_texts()
    assert len(heads) == 3  # the first has made room
    assert builders.HOSTILE in heads[0]
    assert compared.locator("tbody tr").count() >= 3 + 3
    page.keyboard.press("Escape")
    assert not compared.is_visible()


def test_hostile_names_are_text_in_all_that_is_taken_away(desk: Visit) -> None:
    page = desk.page
    page.locator("[role=tab]", has_text="Save").click()
    with page.expect_download() as waiting:
        page.locator("button", has_text="Save ranking").click()
    table = waiting.value.path().read_text(encoding="utf-8")
    assert ",'=HYPERLINK(1)," in table
    assert not re.search(r"(^|,)=", table)
    page.locator("button", has_text="Show weights").click()
    weights = page.locator("textarea.taken").input_value()
    assert f"plants   = 30  # Time to a plant {builders.HOSTILE}" in weights
    with page.expect_download() as waiting:
        page.locator("button", has_text="Save picture").click()
    picture = waiting.value.path().read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 10_000
    assert waiting.value.suggested_filename == "small-study-script-alert-1-script-smallland.png"


def test_views_are_painted_and_swiped(desk: Visit) -> None:
    page = desk.page
    page.locator("[role=tab]", has_text="Layers").click()
    colour = """() => {
        const canvas = document.querySelector("canvas.surface-image"), copy = document.createElement("canvas");
        const pen = copy.getContext("2d", { willReadFrequently: true });
        pen.drawImage(canvas, -(canvas.width >> 1), -((canvas.height * 0.75) | 0));
        return [...pen.getImageData(0, 0, 1, 1).data];
    }"""
    before = page.evaluate(colour)
    page.locator("#view-choice").select_option(label="Rules failed")
    assert "how many" in page.locator(".legend").inner_text()
    page.locator("#view-choice").select_option(label="Change against the study's weights")
    assert page.evaluate(colour) != before  # nothing has moved: the middle of another ramp
    page.locator("#view-other").select_option(label="People near")
    grip = page.locator(".swipe-grip")
    grip.focus()
    at = int(str(grip.get_attribute("aria-valuenow")))
    page.keyboard.press("ArrowLeft")
    assert int(str(grip.get_attribute("aria-valuenow"))) == at - 2
    assert "rect(" in page.locator(".leaflet-beside-pane").evaluate("pane => pane.style.clip")
    page.locator("#view-other").select_option(value="")
    assert not grip.is_visible()
    page.locator("#view-opacity").fill("40")
    assert page.locator(".leaflet-surface-pane").evaluate("pane => pane.style.opacity") == "0.4"


def test_light_and_dark(desk: Visit) -> None:
    page = desk.page
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.locator(".theme-button").click()
    assert page.evaluate(paper) != light
    page.locator(".theme-button").click()
    assert page.evaluate(paper) == light


def test_a_hundred_thousand_areas_are_a_few_rows(desk: Visit) -> None:
    """The table alone, with rows made here: it draws what is seen, at both ends and on the way."""
    drawn = desk.page.evaluate(
        """async () => {
            const count = 100000;
            const blank = { region: "R", gridRef: "", tier: "", interval: "", first: null };
            const rows = Array.from({ length: count }, (_, n) => ({ ...blank, id: `s${n}`, name: `Area ${n}` }));
            const standing = rows.map((_, n) => ({ score: 100 - n / count, rank: n + 1, tied: false }));
            const actions = { pick() {}, pin() {}, pinned: () => false };
            const table = siteMap.modules.table.siteTable(rows, "areas", () => standing, standing, actions);
            const box = document.createElement("div");
            box.style.cssText = "position:fixed;inset:0 auto auto 0;width:400px;height:600px;display:flex;flex-direction:column";
            box.append(table.element);
            document.body.append(box);
            const frame = box.querySelector(".table-frame"), seen = [];
            for (const to of [0, 0.5, 1]) {
                frame.scrollTop = to * frame.scrollHeight;
                await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
                const names = [...box.querySelectorAll(".row-button")].map((button) => button.textContent);
                seen.push([names.length, names[0], names[names.length - 1]]);
            }
            box.remove();
            return seen;
        }"""
    )
    assert all(count < 60 for count, _, _ in drawn)
    assert drawn[0][1] == "Area 0"
    assert drawn[2][2] == "Area 99999"
    assert 49_900 < int(drawn[1][1].split()[1]) < 50_100


def test_what_a_run_says_of_areas_has_its_place_on_the_card(
    browser: Browser, result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo_engine.publish.webmap.page_data", lambda found: page_data(found) | {"readiness": READINESS})
    with open_map(browser, "desktop", write_map(result, tmp_path / "map.html")) as visit:
        visit.page.locator(f".row-button[data-site='{BEST}']").click()
        sections = visit.page.locator(".card-section")
        assert sections.count() == 2
        needs = sections.first.inner_text()
        assert "short" in needs
        assert f"needs 50 ha; there {builders.HOSTILE}" in needs
        for summary in sections.last.locator("summary").all():
            summary.click()
        readiness = sections.last.inner_text()
        for expected in ("amber", "One of two.", "Flood", "required", "Not tested anywhere: 1", "Slope", f"{builders.HOSTILE}2 GBP"):
            assert expected in readiness.replace("\n", "")
        visit.page.locator(".card-nav button", has_text="Next").click()
        assert sections.count() == 0
