from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from geo_engine.notebook import Run, Study
from geo_engine.notebook.progress import NotebookReporter, reporter_here
from tests.run.tiny import Tiny, study_text

HOSTILE = "<script>document.title='taken'</script><img src=x onerror=\\\"document.title='taken'\\\">"


class Handle:
    def __init__(self, shown: list[Any]) -> None:
        self.shown = shown

    def update(self, line: Any) -> None:  # noqa: ANN401 - as IPython's
        self.shown.append(line)


def test_everything_that_a_notebook_shows_is_a_card(run: Run) -> None:
    everything: list[Any] = [run.study, run, run.explain(1), run.compare(run), *run.study.layers.values()]
    for shown in everything:
        text = shown._repr_html_()
        assert text.startswith('<div class="geo-engine-card">')
        assert len(text) < 60_000, "a notebook stays small"
        assert len(repr(shown)) < 1_000


def test_the_card_of_a_run_names_its_areas_and_what_was_not_tested(run: Run) -> None:
    text = run._repr_html_()
    for name in run.sites["name"].head(5):
        assert name in text
    assert "Not tested: flood zones, energy price." in text
    assert "not a chance of success" in text


def test_a_notebook_is_told_how_far_a_run_is_in_one_line_that_changes() -> None:
    shown: list[Any] = []

    def display(line: Any, *, display_id: bool) -> Handle:  # noqa: ANN401 - as IPython's
        assert display_id
        shown.append(line)
        return Handle(shown)

    reporter = NotebookReporter(display)
    reporter.stage("Scoring <land>")
    reporter.advance(1, 2)
    reporter.note("a & b")
    reporter.close()
    texts = [line._repr_html_() for line in shown]
    assert "Scoring &lt;land&gt;" in texts[1]
    assert "a &amp; b" in texts[-1]
    assert repr(shown[-1]).startswith("Done in ")
    assert list(reporter.timings) == []


def test_a_script_is_told_nothing_unless_it_asks(capfd: pytest.CaptureFixture[str]) -> None:
    for progress, said in ((None, ""), (False, ""), (True, "Scoring ...\n")):
        with reporter_here(progress=progress) as reporter:
            reporter.stage("Scoring")
        assert capfd.readouterr().err == said


@pytest.fixture(scope="module")
def page(chromium: str) -> Iterator[Page]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser.new_page(viewport={"width": 1000, "height": 700})
        browser.close()


@pytest.mark.browser
def test_names_that_are_scripts_run_nowhere_in_a_notebook(page: Page, tiny: Tiny, tmp_path: Path) -> None:
    tiny.edit("layers/stations.toml", 'title = "Stations"', f'title = "{HOSTILE}"')
    tiny.write(
        "studies/plant.toml", study_text().replace('title = "A plant"', f'title = "{HOSTILE}"').replace("Distance to a station", HOSTILE)
    )
    run = Study.read(tiny.study_file).run("west", cell="200 m")
    shown = (run.study, run, run.explain(1), run.compare(run), run.study.layers["stations"], run.map())
    text = "".join(one._repr_html_() for one in shown)
    (tmp_path / "page.html").write_text(f"<!DOCTYPE html><meta charset='utf-8'><title>mine</title>{text}", encoding="utf-8")
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_timeout(500)
    assert page.title() == "mine"
    assert page.locator(".geo-engine-card img[src='x']").count() == 0


@pytest.mark.browser
def test_the_map_works_in_its_frame_and_cannot_reach_the_notebook(page: Page, run: Run, tmp_path: Path) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    text = run.map(height=500)._repr_html_()
    (tmp_path / "page.html").write_text(f"<!DOCTYPE html><meta charset='utf-8'>{text}", encoding="utf-8")
    page.goto((tmp_path / "page.html").as_uri())
    frame = page.frame_locator("iframe")
    frame.get_by_text("5 areas of search").first.wait_for()
    frame.get_by_role("tab", name="Weights").click()
    frame.get_by_role("slider").first.wait_for()
    inner = page.frames[1]
    reached = inner.evaluate("() => { try { return window.parent.document.title; } catch (error) { return error.name; } }")
    assert reached == "SecurityError"
    assert errors == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("mark", "paper"), [("", "#ffffff"), (' data-jp-theme-light="false"', "#111111"), (' class="vscode-dark"', "#1e1e1e")]
)
def test_a_card_can_be_read_on_the_paper_of_every_theme(page: Page, run: Run, tmp_path: Path, mark: str, paper: str) -> None:
    ink = "#1b2430" if paper == "#ffffff" else "#d4d4d4"
    text = run._repr_html_()
    body = f'<body{mark} style="background:{paper};color:{ink}">{text}</body>'
    (tmp_path / "page.html").write_text(f"<!DOCTYPE html><meta charset='utf-8'>{body}", encoding="utf-8")
    page.goto((tmp_path / "page.html").as_uri())
    for part in (".gc-lead", ".gc-note", "td", "th", "strong"):
        colour = page.locator(part).first.evaluate("node => getComputedStyle(node).color")
        assert contrast(colour, paper) >= 4.5, part  # WCAG 2.2, 1.4.3


def contrast(colour: str, paper: str) -> float:
    """Ratio of luminances as WCAG 2.2 defines it."""
    red, green, blue = (int(part) for part in colour[4:-1].split(","))
    back = tuple(int(paper[place : place + 2], 16) for place in (1, 3, 5))
    light, dark = sorted((luminance((red, green, blue)), luminance(back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: tuple[int, ...]) -> float:
    parts = [part / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
