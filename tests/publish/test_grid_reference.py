"""National grid references against published ones."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_engine.publish import grid_reference

BRITISH = "EPSG:27700"


@pytest.mark.parametrize(
    ("easting", "northing", "digits", "reference"),
    [
        # Ordnance Survey, A guide to coordinate systems in Great Britain, section 7: the worked example near Caister.
        (651409.903, 313177.270, 10, "TG 51409 13177"),
        (651409.903, 313177.270, 6, "TG 514 131"),
        # Ordnance Survey, Using the National Grid: the summit of Ben Nevis is NN 166 712.
        (216650.0, 771250.0, 6, "NN 166 712"),
        # The false origin's own square is SV (Isles of Scilly), the northernmost land is in HP (Unst).
        (0.0, 0.0, 6, "SV 000 000"),
        (460000.0, 1215000.0, 4, "HP 60 15"),
        (529090.0, 179645.0, 8, "TQ 2909 7964"),
    ],
)
def test_published_references(easting: float, northing: float, digits: int, reference: str) -> None:
    assert grid_reference(easting, northing, BRITISH, digits) == reference


@pytest.mark.parametrize(
    ("easting", "northing", "crs"),
    [
        (651409.0, 313177.0, "EPSG:3035"),
        (-1.0, 5.0, BRITISH),
        (700000.0, 5.0, BRITISH),
        (5.0, 1300000.0, BRITISH),
        (float("nan"), 5.0, BRITISH),
    ],
)
def test_no_reference_elsewhere(easting: float, northing: float, crs: str) -> None:
    assert grid_reference(easting, northing, crs) == ""


@pytest.mark.parametrize("digits", [0, 3, 12])
def test_figures_come_in_pairs(digits: int) -> None:
    with pytest.raises(ValueError, match="digits must be"):
        grid_reference(1.0, 1.0, BRITISH, digits)


@given(st.integers(0, 699_999), st.integers(0, 1_299_999))
def test_a_reference_leads_back_to_its_metre(easting: int, northing: int) -> None:
    letters, east, north = grid_reference(easting, northing, BRITISH, 10).split()
    numbers = [(string.ascii_uppercase.replace("I", "")).index(letter) for letter in letters]
    columns, rows = [number % 5 for number in numbers], [4 - number // 5 for number in numbers]
    assert easting == (columns[0] * 5 + columns[1] - 10) * 100_000 + int(east)
    assert northing == (rows[0] * 5 + rows[1] - 5) * 100_000 + int(north)
