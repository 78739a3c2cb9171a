"""Both faces of a report hold the same content, whatever is in the texts, and need nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_engine.publish.report.faces import html_face, pdf_face, typst_source
from geo_engine.publish.report.faces.letters import legible, paper_letters, spelled
from geo_engine.publish.report.figures import acceptability_svg, contributions_svg, tornado_svg
from geo_engine.publish.report.phrases import count_said, listed, share_said
from geo_engine.publish.report.sections.evidence import grade_of
from geo_engine.publish.report.tree import Figure, Paragraph, Table, texts
from tests.publish.report.paper import alternatives, text_of
from tests.publish.report.samples import SQUARE, WHOLE, report


class Reader(HTMLParser):
    """Collects what a reader of the page gets: texts, and alternatives of images."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.said += [value for name, value in attrs if name == "alt" and value]

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def bare(text: str) -> str:
    """A text without white space: lines break where they will."""
    return re.sub(r"[\s\u200b\u00ad]+", "", text)


@pytest.mark.poppler
def test_every_text_of_the_tree_stands_in_both_faces(tmp_path: Path) -> None:
    reader = Reader()
    reader.feed(html_face(WHOLE))
    page = bare("".join(reader.said))
    file = tmp_path / "report.pdf"
    file.write_bytes(pdf_face(WHOLE))
    paper = bare(text_of(file))
    told = {bare(text) for text in alternatives(file)}
    for text in texts(WHOLE):
        assert bare(text) in page, text
        assert bare(text) in paper or bare(text) in told, text


def test_the_same_report_gives_the_same_bytes() -> None:
    assert pdf_face(WHOLE) == pdf_face(WHOLE)
    assert html_face(WHOLE) == html_face(WHOLE)


def test_the_page_runs_nothing_and_asks_nothing() -> None:
    reader = Reader()
    page = html_face(WHOLE)
    reader.feed(page)
    assert not [tag for tag, _ in reader.tags if tag in {"script", "iframe", "b"}]
    assert "default-src 'none'" in page
    assert not re.findall(r'(?:src|href)="https?:', page)
    assert all(attributes.get("alt") for tag, attributes in reader.tags if tag == "img")
    anchors = {attributes["id"] for _, attributes in reader.tags if "id" in attributes}
    links = [attributes["href"] for tag, attributes in reader.tags if tag == "a" and (attributes["href"] or "").startswith("#")]
    assert [link for link in links if (link or "")[1:] not in anchors] == []


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40))
def test_no_text_becomes_markup(text: str) -> None:
    made = report(Paragraph(text), Table(text, (text,), ((text,),)))
    reader = Reader()
    reader.feed(html_face(made))
    assert not {tag for tag, _ in reader.tags} & {"script", "b", "i", "img"}
    assert bare(legible(text)) in bare("".join(reader.said))
    source, _ = typst_source(made)
    strings = [bare(re.sub(r"\\(.)", r"\1", string)) for string in re.findall(r'"((?:[^"\\]|\\.)*)"', source)]
    assert bare(spelled(legible(text), paper_letters())) in strings


def test_a_figure_without_words_and_a_row_that_does_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="no alternative text"):
        Figure("A", "  ", SQUARE)
    with pytest.raises(ValueError, match="do not fit"):
        Table("A", ("one", "two"), (("1",),))


def test_charts_are_vector_drawings_without_fonts_and_the_same_each_time() -> None:
    from numpy import eye  # noqa: PLC0415 - for this test alone

    drawn: list[Callable[[], bytes]] = [
        lambda: contributions_svg([("a $5 criterion", 3.0, 10.0), ("unknown", float("nan"), 5.0)]),
        lambda: acceptability_svg(["One & two", "Two"], eye(2)),
        lambda: tornado_svg([("weight", -1.0, 2.0, True)]),
    ]
    for draw in drawn:
        svg = draw()
        assert svg == draw()
        assert b"<text" not in svg
        assert b"<image" not in svg
        assert b"<dc:date" not in svg


def test_a_grade_falls_with_coarse_old_and_missing_data() -> None:
    from geo_engine.model import Accuracy, Layer  # noqa: PLC0415 - for this test alone

    best = Layer("a", "A", "a.csv", "points", "p", "CC0", "2024", accuracy=Accuracy(metres=100.0))
    assert grade_of(best, "North", 2024) == ("A", 2, 2, 2)
    worst = Layer("a", "A", "a.csv", "points", "p", "CC0", "1990", missing=(("north", "half of it"),))
    assert grade_of(worst, "North", 2024) == ("C", 0, 0, 0)
    middling = Layer("a", "A", "a.csv", "points", "p", "CC0", "about 2015", accuracy=Accuracy(column="km"), faults=("rough",))
    assert grade_of(middling, "North", 2024) == ("B", 1, 1, 1)


def test_words_about_numbers_agree_with_them() -> None:
    assert count_said(1, "site") == "one site"
    assert count_said(0, "site") == "no sites"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert share_said(0.00001) == "less than 0.1 %"
