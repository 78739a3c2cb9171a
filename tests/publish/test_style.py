"""The palette is safe for colour-blind readers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from geo_engine.publish.style import (
    ATTENTION,
    CORRIDOR_COLOUR,
    DARK,
    INK,
    LIGHT,
    LINE_COLOURS,
    MOTORWAY,
    MOVED_STOPS,
    MUTED,
    PAPER,
    ROUTE_COLOURS,
    SCORE_STOPS,
    SYMBOLS,
    band_colours,
    score_palette,
)

# Machado, Oliveira, Fernandes 2009, A physiologically-based model for simulation of color vision deficiency, severity 1.0.
VISIONS = {
    "normal": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}


def linear(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    shares = colours / 255.0
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def luminance(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    light: NDArray[np.float64] = linear(colours) @ np.array([0.2126, 0.7152, 0.0722])
    return light


def seen(colours: NDArray[np.float64], vision: str) -> NDArray[np.float64]:
    """CIE L*a*b* (D65) of colours as that vision sees them."""
    light = np.clip(linear(colours) @ VISIONS[vision].T, 0.0, 1.0)
    to_xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    relative = light @ to_xyz.T / np.array([0.95047, 1.0, 1.08883])
    cube = np.where(relative > 216 / 24389, np.cbrt(relative), (24389 / 27 * relative + 16) / 116)
    return np.column_stack([116 * cube[:, 1] - 16, 500 * (cube[:, 0] - cube[:, 1]), 200 * (cube[:, 1] - cube[:, 2])])


def rgb(colour: str) -> NDArray[np.float64]:
    return np.array([[int(colour[place : place + 2], 16) for place in (1, 3, 5)]], dtype=np.float64)


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(rgb(one))[0], luminance(rgb(other))[0]), reverse=True)
    return float((bright + 0.05) / (dark + 0.05))


def test_a_higher_score_is_always_darker() -> None:
    palette = np.array(score_palette(101), dtype=np.float64)
    assert np.all(np.diff(luminance(palette)) < 0)


@pytest.mark.parametrize("vision", list(VISIONS))
def test_ten_points_can_be_told_apart(vision: str) -> None:
    colours = seen(np.array(score_palette(11), dtype=np.float64), vision)
    steps = np.linalg.norm(np.diff(colours, axis=0), axis=1)
    assert np.all(steps > 4.0)  # about twice what the eye just notices (2.3)
    assert np.all(np.diff(colours[:, 0]) < 0)


def test_the_ramp_covers_the_scale() -> None:
    assert SCORE_STOPS[0][0] == 0.0
    assert SCORE_STOPS[-1][0] == 100.0
    assert score_palette(3)[2] == tuple(rgb(SCORE_STOPS[-1][1])[0].astype(int))


@pytest.mark.parametrize("colour", [INK, MUTED, ATTENTION])
def test_text_is_readable_on_paper(colour: str) -> None:
    assert contrast(colour, PAPER) >= 4.5  # WCAG 2.1, 1.4.3 (AA)


@pytest.mark.parametrize("vision", list(VISIONS))
def test_the_first_lines_are_blue_and_no_motorway(vision: str) -> None:
    first = rgb(LINE_COLOURS[0])
    assert int(np.argmax(first)) == 2
    assert np.linalg.norm(seen(first, vision) - seen(rgb(MOTORWAY), vision)) > 30.0
    assert all(contrast(colour, PAPER) >= 3.0 for colour in LINE_COLOURS)


def test_no_two_layers_share_a_symbol() -> None:
    assert all(one != other for one, other in itertools.combinations(SYMBOLS, 2))
    assert all(contrast(symbol.colour, PAPER) >= 3.0 for symbol in SYMBOLS)  # WCAG 2.1, 1.4.11


@pytest.mark.parametrize("vision", list(VISIONS))
def test_routes_can_be_told_apart_from_each_other_and_from_the_grid_line(vision: str) -> None:
    colours = np.concatenate([seen(rgb(colour), vision) for colour in (*ROUTE_COLOURS, CORRIDOR_COLOUR)])
    apart = [float(np.linalg.norm(one - other)) for one, other in itertools.combinations(colours, 2)]
    assert min(apart) > 10.0  # what the eye just notices is 2.3
    first = [float(np.linalg.norm(one - other)) for one, other in itertools.combinations(colours[:4], 2)]
    assert min(first) > 20.0


@pytest.mark.parametrize("count", [1, 2, 4, 6])
@pytest.mark.parametrize("vision", list(VISIONS))
def test_a_nearer_isochrone_is_always_darker(count: int, vision: str) -> None:
    colours = np.concatenate([seen(rgb(colour), vision) for colour in band_colours(count)])
    assert np.all(np.diff(colours[:, 0]) > 8.0)


@pytest.mark.parametrize("vision", list(VISIONS))
def test_a_loss_a_gain_and_nothing_can_be_told_apart(vision: str) -> None:
    colours = np.concatenate([seen(rgb(colour), vision) for _, colour in MOVED_STOPS])
    apart = [float(np.linalg.norm(one - other)) for one, other in itertools.combinations(colours, 2)]
    assert min(apart) > 15.0
    assert np.all(np.diff(colours[:3, 0]) > 0)  # lightest in the middle
    assert np.all(np.diff(colours[2:, 0]) < 0)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["day", "night"])
def test_words_are_readable_by_day_and_by_night(theme: dict[str, str]) -> None:
    """WCAG 2.2, AA: 4.5 for words, 3 for what is no word."""
    grounds = [theme[name] for name in ("paper", "raised", "sunken")]
    for name in ("ink", "muted", "accent", "attention", "good", "amber", "red"):
        assert min(contrast(theme[name], ground) for ground in grounds) >= 4.5, name
    assert contrast(theme["warn"], theme["warn-paper"]) >= 4.5
    assert contrast(theme["on-accent"], theme["accent"]) >= 4.5
    assert contrast(theme["paper"], theme["badge"]) >= 4.5
    assert contrast(theme["label"], theme["halo"]) >= 4.5
    for name in ("edge", "focus", "earned"):
        assert contrast(theme[name], theme["paper"]) >= 3.0, name
    assert set(LIGHT) == set(DARK)
