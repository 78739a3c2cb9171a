"""The capture curve: its corners by hand, its area against the AUC, and an SVG that any reader parses."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest

from geo_engine.publish import Curve, write_capture_plot
from geo_engine.publish.plots import capture_svg

SVG = "{http://www.w3.org/2000/svg}"


def corners(svg: str, number: int = 0) -> list[tuple[float, float]]:
    """Shares in per cent at the corners of a curve, from pixels: the plot is 400 wide and high, from 70, 480."""
    line = ET.fromstring(svg).findall(f"{SVG}polyline")[number]  # noqa: S314 - our own document
    pixels = [place.split(",") for place in line.attrib["points"].split()]
    return [((float(x) - 70) / 4, (480 - float(y)) / 4) for x, y in pixels]


def test_a_curve_by_hand() -> None:
    """Sites better than 90 and 60 % of the land lie in the best 10 and 40 %: up to one half at 10, to the whole at 40."""
    found = corners(capture_svg("t", [Curve("c", (60.0, math.nan, 90.0))]))
    assert found == [(0, 0), (10, 0), (10, 50), (40, 50), (40, 100), (100, 100)]


def test_the_area_below_a_curve_is_the_mean_percentile() -> None:
    percentiles = (99.0, 71.5, 40.25, 88.0, 12.5)
    found = corners(capture_svg("t", [Curve("c", percentiles)]))
    area = sum((right - left) * height for (left, height), (right, _) in pairwise(found))
    assert area / 100 == pytest.approx(sum(percentiles) / len(percentiles), abs=0.01)


def test_names_are_text_and_no_markup() -> None:
    root = ET.fromstring(capture_svg("<b>&", [Curve("<script>", (50.0,))]))  # noqa: S314 - our own document
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert "<b>&" in texts
    assert "<script> (sites: 1)" in texts
    assert not list(root.iter(f"{SVG}script"))


def test_curves_differ_by_stroke_as_well_as_by_colour() -> None:
    root = ET.fromstring(capture_svg("t", [Curve(name, (50.0,)) for name in "abc"]))  # noqa: S314 - our own document
    lines = root.findall(f"{SVG}polyline")
    assert len({line.attrib["stroke"] for line in lines}) == len({line.attrib.get("stroke-dasharray") for line in lines}) == 3


def test_no_site_is_a_flat_line_and_the_same_numbers_are_the_same_bytes(tmp_path: Path) -> None:
    assert corners(capture_svg("t", [Curve("c", (math.nan,))])) == [(0, 0), (100, 0)]
    files = [write_capture_plot("t", [Curve("c", (1.0, 2.0))], tmp_path / name) for name in ("a.svg", "b.SVG")]
    assert files[0].read_bytes() == files[1].read_bytes()
