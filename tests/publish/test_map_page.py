"""The map as text: its policy, what it may load, and that data stay data."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from geo_engine.model import Grid, Result
from geo_engine.publish import write_map
from geo_engine.publish.webmap.content import page_data
from geo_engine.publish.webmap.encoding import Degrees, escaped_json
from geo_engine.publish.webmap.frame import DISPLAY_PIXELS, display_frame
from geo_engine.publish.webmap.page import TILE_HOST, render_page
from geo_engine.publish.webmap.scripts import bundle, leaflet_script, module_names
from tests.publish import builders
from tests.publish.pages import data_of, drawn_of


@pytest.fixture(scope="module")
def page(published: Path) -> str:
    return (published / "map.html").read_text(encoding="utf-8")


def test_the_policy_names_each_script_by_its_hash_and_one_host(page: str) -> None:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert found
    policy = dict(part.strip().split(" ", 1) for part in found[1].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["img-src"] == f"data: blob: {TILE_HOST}"
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts]
    assert policy["script-src"].split() == hashes
    assert page.index("Content-Security-Policy") < page.index("<script") < len(page)


def test_nothing_is_linked_to_another_host(page: str) -> None:
    markup = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert re.findall(r"""(?:src|href)\s*=\s*(?!["']?data:)[^\s>]+""", markup) == []
    assert re.findall(r"@import|url\((?!data:|#)", markup) == []
    ours = bundle().replace(f"{TILE_HOST}/{{z}}/{{x}}/{{y}}.png", "")
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", ours) == []
    assert "sourceMappingURL" not in leaflet_script()


def test_hostile_text_stays_data(page: str) -> None:
    assert builders.HOSTILE not in page
    assert f"<title>{html.escape(builders.study().title)}: Smallland</title>" in page
    data = data_of(page)
    assert builders.HOSTILE in drawn_of(page)["layers"][0]["title"]  # where it cannot be read as HTML
    assert data["title"] == builders.study().title
    assert data["summary"] == builders.study().summary  # {{ 7 * 7 }} is not worked out, </title> does not end the title


def test_escaped_json_keeps_every_text() -> None:
    nasty = ["</script>", "<!--", "&amp;", "\u2028\u2029", "{{ 1 }}", "{% x %}", "{# y #}", "{{{%", "\\u003c", "é"]
    text = escaped_json(nasty)
    assert json.loads(text) == nasty
    assert not any(sign in text for sign in ("<", ">", "&", "\u2028", "\u2029", "{{", "{%", "{#"))


def test_ids_are_the_same_every_time(result: Result, tmp_path: Path, page: str) -> None:
    again = write_map(result, tmp_path / "map.html").read_text(encoding="utf-8")
    assert again == page


def test_modules_come_after_what_they_import() -> None:
    names = module_names()
    assert names[-1] == "start"
    assert len(set(names)) == len(names)
    assert "import " not in bundle()
    assert "\nexport " not in bundle()


@pytest.mark.parametrize("side", [150, 4000])
def test_the_frame_holds_the_grid_within_its_limit(side: int) -> None:
    grid = Grid("EPSG:27700", 100_000.0, 1_100_000.0, 250.0, side, side // 2)
    frame = display_frame(grid)
    assert frame.rows * frame.cols < DISPLAY_PIXELS * 1.01
    (south, west), (north, east) = frame.corners
    to_degrees = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    for easting in (grid.bounds[0], grid.bounds[2]):
        for northing in (grid.bounds[1], grid.bounds[3]):
            lon, lat = to_degrees.transform(easting, northing)
            assert west <= lon <= east
            assert south <= lat <= north


def test_lines_come_back_from_their_steps(result: Result) -> None:
    degrees = Degrees.of("EPSG:27700")
    line = result.features["rivers"].geometry[0]
    (encoded,) = degrees.lines([line])
    points = np.cumsum(np.array(encoded).reshape(-1, 2), axis=0) / 100_000
    expected = [builders.degrees(*point)[::-1] for point in line.coords]
    np.testing.assert_allclose(points, expected, atol=0.6e-5)
    assert degrees.lines([None]) == []


@settings(max_examples=60)
@given(st.lists(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=7), max_size=6), st.sampled_from([2, 3]))
def test_lines_are_encoded_as_one_by_one(lines: list[list[tuple[int, int]]], least: int) -> None:
    """A step is 1.1 m, so metres times 0.4 fall on each other, and those that do are told once."""
    degrees = Degrees.of("EPSG:27700")
    drawn = [shapely.linestrings([(400_000 + 0.4 * e, 300_000 + 0.4 * n) for e, n in line]) for line in lines]
    expected = []
    for line in drawn:
        there = [tuple(step) for step in degrees.steps(shapely.get_coordinates(line)).tolist()]
        kept = [point for number, point in enumerate(there) if number == 0 or point != there[number - 1]]
        if len(kept) >= least:
            steps = [(lat - before[0], lon - before[1]) for before, (lat, lon) in pairwise(kept)]
            expected.append([number for step in (kept[0], *steps) for number in step])
    assert degrees.lines(drawn, least=least) == expected


def test_data_that_name_the_places_of_the_page_s_data_stay_data(result: Result) -> None:
    hostile = "PAGE-DATA>PAGE-CELLS</script><script>PAGE-DATA</script>"
    data = page_data(result) | {"title": hostile, "region": "PAGE-CELLS"}
    page = render_page(data, "!!packed!!")
    kept = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', page, re.DOTALL)
    cells = re.search(r'<script type="text/plain" id="page-cells">(.*?)</script>', page, re.DOTALL)
    assert kept is not None
    assert cells is not None
    assert json.loads(kept[1])["title"] == hostile
    assert cells[1] == "!!packed!!"
