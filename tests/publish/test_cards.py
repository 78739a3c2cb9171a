from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

import numpy as np
import pytest
import rasterio.io

from geo_engine.publish.cards import Bar, Card, CardTable, framed_page, png_address, score_picture
from geo_engine.publish.style import ATTENTION, DARK, LIGHT, score_palette

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&</style></table>"
VOID = {"img", "br"}


class Reader(HTMLParser):
    """Reads HTML, and fails on what is not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


def card() -> Card:
    table = CardTable(HOSTILE, (HOSTILE, "b"), ((HOSTILE, Bar(0.5, HOSTILE)), ("x", Bar(float("nan"), "y"))))
    return Card(HOSTILE, HOSTILE, HOSTILE, (table, CardTable("empty", ("a",), ())), (HOSTILE, ""), "data:image/png;base64,AAAA", HOSTILE)


def test_whatever_a_name_holds_a_card_stays_text() -> None:
    reader = read(card().html())
    assert {tag for tag, _ in reader.tags} == {
        *("div", "style", "span", "strong", "img", "table", "caption", "thead", "tbody", "tr", "th", "td", "i")
    }  # fmt: skip
    assert not [name for _, attributes in reader.tags for name in attributes if name.startswith("on")]
    assert sum(text == HOSTILE for text in reader.texts) == 7
    [image] = [attributes for tag, attributes in reader.tags if tag == "img"]
    assert (image["alt"], image["src"]) == (HOSTILE, "data:image/png;base64,AAAA")


def test_a_card_asks_nothing_of_a_network() -> None:
    text = Card("Run", "a", "b").html()
    assert not re.search(r"https?:|@import|url\(|<link|<script", text)


@pytest.mark.parametrize(("share", "width"), [(0.25, "25.0%"), (-1.0, "0.0%"), (7.0, "100.0%")])
def test_a_bar_is_as_long_as_its_share(share: float, width: str) -> None:
    assert f"width:{width}" in Card("a", "b", tables=(CardTable("", ("c",), ((Bar(share, "d"),),)),)).html()


def test_a_card_has_the_colours_of_the_style_file_by_day_and_by_night() -> None:
    text = Card("a", "b").html()
    day, night = text.split('[data-jp-theme-light="false"]')[:2]
    assert LIGHT["earned"] in day
    assert DARK["earned"] in night
    for page in (".vscode-dark", '[data-theme="dark"]'):
        assert page in text


def test_figures_stand_to_the_right_and_words_to_the_left() -> None:
    table = CardTable("", ("n", "word"), (("1,200", "a"), ("7.5", "b")))
    heads = [attributes for tag, attributes in read(Card("a", "b", tables=(table,)).html()).tags if tag == "th"]
    assert [head.get("class") for head in heads] == ["gc-figure", None]


def test_a_framed_page_is_shut_off_and_is_the_page() -> None:
    page = f'<!DOCTYPE html><html><body onload="go()">{HOSTILE}</body></html>'
    [(tag, attributes)] = read(framed_page(page, HOSTILE, height=300)).tags
    assert (tag, attributes["srcdoc"], attributes["title"]) == ("iframe", page, HOSTILE)
    assert "allow-same-origin" not in str(attributes["sandbox"])


def test_a_thumbnail_has_the_colours_of_the_scores_and_marks_the_sites() -> None:
    score = np.full((520, 260), 100.0, np.float32)
    score[:260] = 0.0
    score[:, :20] = np.nan
    with rasterio.io.MemoryFile(score_picture(score, np.array([[100.5, 130.5]]))) as memory, pytest.warns(), memory.open() as source:
        pixels, palette = source.read(1), source.colormap(1)
    assert pixels.shape == (260, 130)  # every second cell
    colours = score_palette(201)
    assert palette[pixels[10, 100]][:3] == colours[0]
    assert palette[pixels[250, 100]][:3] == colours[-1]
    assert pixels[0, 0] == 0, "nothing is drawn where nothing is known"
    assert "#{:02x}{:02x}{:02x}".format(*palette[pixels[50, 65]][:3]) == ATTENTION


def test_a_small_surface_is_enlarged_by_whole_pixels() -> None:
    with (
        rasterio.io.MemoryFile(score_picture(np.full((10, 5), 50, np.float32), np.empty((0, 2)))) as memory,
        pytest.warns(),
        memory.open() as source,
    ):
        assert source.shape == (260, 130)


def test_an_address_carries_the_picture() -> None:
    head, body = png_address(b"\x89PNG").split(",")
    assert (head, base64.b64decode(body)) == ("data:image/png;base64", b"\x89PNG")
