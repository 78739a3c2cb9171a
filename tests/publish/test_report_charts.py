"""Figures of many places: what is not beaten by brute force, nothing random in a drawing, words that a font need not have."""

from __future__ import annotations

import re

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo_engine.publish.report import RegionMap
from geo_engine.publish.report.answers import SiftStep, StageLand
from geo_engine.publish.report.figures import known_svg, regions_svg, stages_svg, trade_svg, unbeaten
from geo_engine.publish.report.figures.spread import label_offsets
from geo_engine.publish.report.phrases import lead_said

ODD = "Site <&> #1 $5 *b* _u_ " + "long " * 20


@given(arrays(np.float64, st.tuples(st.integers(1, 12), st.just(2)), elements=st.one_of(st.integers(0, 4).map(float), st.just(np.nan))))
def test_what_is_not_beaten_is_what_a_comparison_of_all_pairs_leaves(gains: np.ndarray) -> None:
    expected = []
    for row in gains:
        known = not np.isnan(row).any()
        beaten = any((other >= row).all() and (other > row).any() for other in gains if not np.isnan(other).any())
        expected.append(known and not beaten)
    assert unbeaten(gains).tolist() == expected


def drawings() -> dict[str, bytes]:
    score = np.linspace(0, 100, 60, dtype=np.float32).reshape(10, 6)
    left = score > 20
    step = SiftStep("All land", "land", "the whole", 0.0, 60.0, 1)
    stages = [
        StageLand(ODD, (step,), left, ~left),
        StageLand("Grid", (step,), left, np.zeros_like(left), (score / 100).astype(np.float32)),
        StageLand("Site by site", (step,), score > 90, ~left),
    ]
    region = RegionMap(ODD, score, score < 10, np.array([[2.0, 3.0], [4.0, 5.0]]), "best: 81.2")
    across, scores = np.array([[1.0, 2.0], [0.5, 0.7], [np.nan, np.nan]]), np.array([80.0, 70.0, 60.0])
    return {
        "stages": stages_svg(stages),
        "regions": regions_svg([region, RegionMap("None", score, left, np.empty((0, 2)), "none found")]),
        "trade": trade_svg(["1", "2", "3"], across, scores, ODD, less=True),
        "known": known_svg(np.arange(100.0), [ODD, "B", "C"], np.array([20.0, 81.0, np.nan])),
    }


@pytest.mark.parametrize("name", ["stages", "regions", "trade", "known"])
def test_a_drawing_is_the_same_each_time_and_needs_no_font_and_nothing_from_elsewhere(name: str) -> None:
    first, again = drawings()[name], drawings()[name]
    assert first == again
    text = first.decode("utf-8")
    assert "<text" not in text
    assert not re.findall(r'(?:href|src)="(?!#|data:)', text)


def test_more_known_sites_than_names_have_room_for_are_all_marked() -> None:
    scores = np.linspace(5, 95, 40)
    svg = known_svg(np.ones(100), [f"Site {number}" for number in range(40)], scores)
    few = known_svg(np.ones(100), [f"Site {number}" for number in range(12)], scores[:12])
    lines = re.compile(rb"stroke: #[0-9a-f]{6}; stroke-width: 0\.9")
    assert len(lines.findall(svg)) - len(lines.findall(few)) == 28


def test_a_lead_time_that_was_given_in_weeks_comes_back_in_weeks() -> None:
    """13 weeks are 91 days: 2.99 months of 30.44 days."""
    assert lead_said(91 / 30.4375, 112 / 30.4375) == "13 to 16 weeks"


def test_labels_cover_neither_dots_nor_each_other_where_there_is_room() -> None:
    dots = np.array([[0.0, 0.0], [2.0, 1.0], [1.0, 4.0], [3.0, -2.0], [80.0, 10.0], [80.0, 10.0]])
    labels = ["1", "2", "13", "4", "5", "16"]
    offsets = label_offsets(dots, labels)
    boxes = [
        (x + dx - 1.9 * len(label), y + dy - 3.2, x + dx + 1.9 * len(label), y + dy + 3.2)
        for (x, y), (dx, dy), label in zip(dots.tolist(), offsets, labels, strict=True)
    ]
    shapes = [shapely.box(*box) for box in boxes]
    crossing = [(a, b) for a in range(6) for b in range(a) if shapes[a].intersects(shapes[b])]
    assert crossing == []
    assert not any(shape.intersects(shapely.Point(*dot)) for shape in shapes for dot in dots.tolist())
    assert max(np.hypot(*np.array(offsets).T)) < 25


def test_a_label_with_room_stands_at_the_right_above() -> None:
    assert all(dx > 0 and dy > 0 for dx, dy in label_offsets(np.array([[0.0, 0.0], [40.0, 0.0], [0.0, 40.0]]), ["1", "22", "333"]))
