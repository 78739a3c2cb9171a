"""Both faces of whole reports read back: of a run with odd rivals, and of a region where nothing was found."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from geo_engine.publish.report import build_report, html_face, pdf_face
from geo_engine.publish.report.tree import Report, texts
from geo_engine.run import Asked, RunOutcome
from geo_engine.run.reporting.report import gather
from tests.publish.report.paper import alternatives, empty_boxes, fonts, page_faults, text_of, words_of
from tests.publish.report.samples import NAMES
from tests.run import tiny as ws
from tests.run.tiny import Tiny

pytestmark = pytest.mark.poppler
SEA, PARK, FREE = (410000, 302500), (402000, 303500), (400500, 304500)


class Reader(HTMLParser):
    """Collects what a page says and which tags it has."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.said += [value for name, value in attrs if name == "alt" and value]

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def bare(text: str) -> str:
    return re.sub(r"[\s\u200b]+", "", text)


def made_of(kind: str, finished: Tiny, folder: Path) -> Report:
    if kind == "rivals":
        file = folder / "rivals.csv"
        quoted = ['"' + name.replace('"', '""') + '"' for name in (*NAMES, NAMES[0])]
        places = [(SEA, PARK, FREE)[number % 3] for number in range(len(NAMES))] + [SEA]
        rows = [f"{name},{east},{north}" for name, (east, north) in zip(quoted, places, strict=True)]
        file.write_text("\n".join(["name,easting,northing", *rows]) + "\n", encoding="utf-8")
        return build_report(gather(finished.stored(), Asked(rivals=file)))
    made = Tiny.make(folder / "ws")
    made.write(
        "studies/plant.toml",
        ws.study_text(rules=('[[constraints]]\nname = "Parks & <b>woods</b>"\nlayer = "parks"\nkeep = "outside"\nbuffer = "20 km"\n',)),
    )
    made.run()
    return build_report(gather(made.stored()))


@pytest.fixture(scope="module", params=["rivals", "nothing found"])
def both(
    request: pytest.FixtureRequest, finished: tuple[Tiny, RunOutcome], tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Report, str, Path]:
    folder = tmp_path_factory.mktemp("faces")
    report = made_of(request.param, finished[0], folder)
    paper = folder / "report.pdf"
    paper.write_bytes(pdf_face(report))
    return request.param, report, html_face(report), paper


def test_both_faces_say_all_of_it(both: tuple[str, Report, str, Path]) -> None:
    _, report, page, paper = both
    reader = Reader()
    reader.feed(page)
    screen, sheet = bare("".join(reader.said)), bare(text_of(paper) + " ".join(alternatives(paper)))
    assert "script" not in reader.tags
    for text in texts(report):
        assert bare(text) in screen, text
        # a cell that goes on over the page is read in two parts
        assert bare(text) in sheet or all(bare(word) in sheet for word in text.split()), text


def test_the_pages_hold_what_is_on_them(both: tuple[str, Report, str, Path]) -> None:
    _, _, page, paper = both
    assert page_faults(words_of(paper)) == []
    assert empty_boxes(paper) == 0
    assert all(fonts(paper).values())
    assert all(alternatives(paper))
    assert len(alternatives(paper)) == page.count("<img ")
    assert paper.stat().st_size < 8e6
    assert len(page.encode()) < 10e6


def test_what_a_planner_must_be_told_stands_in_both(both: tuple[str, Report, str, Path]) -> None:
    kind, _, page, paper = both
    reader = Reader()
    reader.feed(page)
    expected = (
        ["No area of search was found", "which rules to relax", "without the rule 'Parks & <b>woods</b>'"]
        if kind == "nothing found"
        else ["off the area", "restricted: Parks", "<script>alert(1)</script> (2)", "#[]#()"]
    )
    for text in expected:
        assert bare(text) in bare("".join(reader.said))
        assert bare(text) in bare(text_of(paper))
