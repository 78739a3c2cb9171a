"""What can show that a place has something: what lies there, and capacity that a layer declares."""

from __future__ import annotations

import pytest

from geo_engine.model import (
    Aspect,
    ClassDistance,
    ClassShare,
    Coverage,
    Distance,
    Inside,
    KernelDensity,
    Layer,
    Measure,
    PluggedMeasure,
    RasterValue,
    Slope,
    SumWithin,
    proves,
)

LAYERS = {"grid": Layer("grid", "Grid", "", "points", "", "", "", capacity=("mva",))}


@pytest.mark.parametrize(
    ("measure", "shown"),
    [
        (Inside(layer="a"), True),
        (RasterValue(layer="a"), True),
        (Slope(layer="a"), True),
        (Aspect(layer="a"), True),
        (Coverage(layer="a"), True),
        (Coverage(layer="a", within=500.0), False),
        (ClassShare(layer="a", classes=(1,), within=500.0), False),
        (ClassDistance(layer="a", classes=(1,), within=500.0), False),
        (KernelDensity(layer="a", within=500.0), False),
        (PluggedMeasure(layer="a", plugin="own"), False),
        (Distance(layer="a"), False),
        (SumWithin(layer="grid", size="mva", within=500.0), True),
        (SumWithin(layer="grid", size="kv", within=500.0), False),
    ],
)
def test_what_lies_at_the_place_is_proof_and_what_lies_about_it_is_not(measure: Measure, *, shown: bool) -> None:
    assert proves(measure, LAYERS) == shown
