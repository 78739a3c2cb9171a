"""The report and the index in Chromium: read by ear, by keyboard, on a phone, by night and printed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from geo_engine.publish.report import THRESHOLDS, RegionRow, html_face, index_page
from tests.publish.axe import serious
from tests.publish.report.samples import NAMES, WHOLE
from tests.publish.visits import open_page

pytestmark = pytest.mark.browser
DOT = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSI0IiBoZWlnaHQ9IjQiLz4="
A4 = 680  # pixels between the margins of a printed page


def row(name: str, score: float) -> RegionRow:
    return RegionRow(
        "north", name, 100.0, 5_000.0, 4_000.0, tuple(4_000.0 / least for least in THRESHOLDS), 3, name, "NZ 422 212", "A", "1", "3",
        "grey", score, "land met", 2_000.0, 1_000.0, 2_600.0, 50_000.0, ("report.html", "report.pdf", "map.html"),
    )  # fmt: skip


@pytest.fixture(scope="module", params=["report", "index"])
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("screen") / f"{request.param}.html"
    rows = [*(row(name, 81.2) for name in NAMES), row("Nothing", math.nan)]
    text = html_face(WHOLE) if request.param == "report" else index_page("A <study> & more", "area", rows, ["Flood zones"], DOT)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("size", "theme"), [("desktop", "light"), ("desktop", "dark"), ("phone", "light"), ("phone", "dark")])
def test_axe_finds_nothing_serious(browser: Browser, size: str, theme: Literal["light", "dark"], file: Path, axe: str) -> None:
    with open_page(browser, size, file) as visit:
        visit.page.emulate_media(color_scheme=theme)
        assert serious(visit.page, axe) == []


@pytest.mark.parametrize("width", [320, 390])
def test_a_small_phone_scrolls_tables_and_never_the_page(browser: Browser, width: int, file: Path) -> None:
    with open_page(browser, "phone", file) as visit:
        visit.page.set_viewport_size({"width": width, "height": 700})
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        cut = "nodes => nodes.filter(n => n.getBoundingClientRect().right > innerWidth + 1).map(n => n.outerHTML.slice(0, 80))"
        assert visit.page.locator("h1, h2, h3, h4, p, li, figure, .wide, caption").evaluate_all(cut) == []


def test_words_of_a_table_break_only_where_they_are_too_long_for_any_column(browser: Browser, file: Path) -> None:
    with open_page(browser, "phone", file) as visit:
        broken = """cells => cells.map(cell => cell.querySelector(".long, a, .mark") ? null : cell.firstChild).filter(text => {
            if (!text || /\\s/.test(text.data)) return false;
            const range = document.createRange();
            range.selectNodeContents(text);
            return new Set(Array.from(range.getClientRects(), box => box.top)).size > 1;
        }).map(text => text.data)"""
        assert visit.page.locator("td").evaluate_all(broken) == []


def test_a_keyboard_reaches_the_contents_a_section_and_what_a_table_hides(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(html_face(WHOLE), encoding="utf-8")
    with open_page(browser, "phone", path) as visit:
        page = visit.page
        page.keyboard.press("Tab")
        assert focused(page) == "Skip to the report"
        assert page.locator(".skip").evaluate("link => link.getBoundingClientRect().left") >= 0
        page.keyboard.press("Tab")
        assert focused(page) == "First"
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        while focused(page) != "Second":
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/*#part-2")
        assert page.locator("#part-2 h2").evaluate(
            "head => { const top = head.getBoundingClientRect().top; return 0 <= top && top < innerHeight; }"
        )
        table = page.locator(".wide").first
        table.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(200)
        assert table.evaluate("frame => frame.scrollLeft") > 0
        order = page.locator("a, .wide").evaluate_all("all => all.every(each => each.tabIndex === 0)")
        assert order


def focused(page: Page) -> str:
    text: str = page.evaluate("document.activeElement.textContent")
    return text


def test_by_night_the_page_is_dark_and_drawings_keep_their_paper(browser: Browser, file: Path) -> None:
    with open_page(browser, "desktop", file) as visit:
        shades = "node => getComputedStyle(node).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0)"
        visit.page.emulate_media(color_scheme="light")
        assert visit.page.locator("body").evaluate(shades) == 3 * 255
        visit.page.emulate_media(color_scheme="dark")
        assert visit.page.locator("body").evaluate(shades) < 3 * 64
        assert visit.page.locator("figure img").first.evaluate(shades) == 3 * 255
        visit.page.emulate_media(color_scheme="dark", media="print")
        assert visit.page.locator("body").evaluate(shades) == 3 * 255


def test_printed_nothing_is_cut_off_and_the_contents_that_need_a_screen_are_left_out(browser: Browser, file: Path) -> None:
    with open_page(browser, "desktop", file) as visit:
        page = visit.page
        page.set_viewport_size({"width": A4, "height": 960})
        page.emulate_media(media="print")
        wide = "frames => frames.filter(frame => frame.scrollWidth > frame.clientWidth + 1).map(frame => frame.textContent.slice(0, 60))"
        assert page.locator(".wide").evaluate_all(wide) == []
        assert not page.locator("nav").is_visible() if page.locator("nav").count() else True
        assert page.locator("thead").first.evaluate("head => getComputedStyle(head).display") == "table-header-group"
