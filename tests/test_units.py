from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_engine.units import DIMENSIONS, display_unit, format_quantity, parse_quantity, to_display

UNITS = [(dimension, unit) for dimension, units in DIMENSIONS.items() for unit in units]
# Checked by hand against the definitions: international mile, foot and acre; 1 km/h = 1000 m in 3600 s.
BY_HAND = [
    ("15 km", "length", 15_000.0),
    ("1 mi", "length", 1_609.344),
    ("2 miles", "length", 3_218.688),
    ("100 ft", "length", 30.48),
    ("45 min", "time", 2_700.0),
    ("1.5 h", "time", 5_400.0),
    ("2 hours", "time", 7_200.0),
    ("1 d", "time", 86_400.0),
    ("60 ha", "area", 600_000.0),
    ("1 km2", "area", 1_000_000.0),
    ("1 acres", "area", 4_046.8564224),
    ("36 km/h", "speed", 10.0),
    ("60 mph", "speed", 26.8224),
    ("8 %", "share", 0.08),
    ("0.08", "share", 0.08),
    ("6000 per km2", "density", 0.006),
    ("1 per ha", "density", 0.0001),
    ("60 kWh", "energy", 60.0),
    ("20 GWh", "energy", 20_000_000.0),
    ("300,000", "number", 300_000.0),
    ("-2.5e3", "number", -2_500.0),
    (".5 km", "length", 500.0),
    ("  3   km  ", "length", 3_000.0),
    ("3km", "length", 3_000.0),
    (7, "number", 7.0),
    (0.25, "share", 0.25),
]
FINITE = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)


@pytest.mark.parametrize(("text", "dimension", "si"), BY_HAND)
def test_quantities_checked_by_hand(text: str | float, dimension: str, si: float) -> None:
    assert parse_quantity(text, dimension) == pytest.approx(si, rel=1e-15)


@pytest.mark.parametrize(("dimension", "unit"), UNITS)
@given(value=FINITE)
def test_every_unit_reads_back_what_was_written(dimension: str, unit: str, value: float) -> None:
    assert parse_quantity(f"{value!r} {unit}", dimension) == value * DIMENSIONS[dimension][unit]


@pytest.mark.parametrize(("dimension", "unit"), UNITS)
@given(value=FINITE)
def test_si_to_unit_and_back_is_the_same_to_rounding(dimension: str, unit: str, value: float) -> None:
    factor = DIMENSIONS[dimension][unit]
    assert parse_quantity(f"{value / factor!r} {unit}", dimension) == pytest.approx(value, rel=1e-15, abs=1e-300)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_the_first_unit_of_a_dimension_is_the_si_unit(dimension: str) -> None:
    assert next(iter(DIMENSIONS[dimension].values())) == 1.0


@pytest.mark.parametrize(("dimension", "unit"), UNITS)
@pytest.mark.parametrize("value", ["", "km", "many", "nan", "inf", "--3", "1 2"])
def test_what_is_no_quantity_is_refused(dimension: str, unit: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"number|unknown unit|no unit|finite"):
        parse_quantity(f"{value} {unit}", dimension)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), "1e999"])
def test_a_number_that_is_not_finite_is_refused(value: float | str) -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        parse_quantity(value, "number")


@pytest.mark.parametrize("value", [True, None, ["1 km"], {"km": 1}])
def test_another_type_is_refused_as_a_wrong_value(value: object) -> None:
    with pytest.raises(ValueError, match="not a quantity of length"):
        parse_quantity(value, "length")  # type: ignore[arg-type]


@pytest.mark.parametrize("dimension", ["length", "time", "area", "speed", "density", "energy"])
@pytest.mark.parametrize("value", [15, 15.0, "15"])
def test_a_bare_number_is_refused_where_there_is_a_unit_and_every_unit_is_offered(dimension: str, value: str | float) -> None:
    with pytest.raises(ValueError, match="has no unit") as raised:
        parse_quantity(value, dimension)
    for unit in DIMENSIONS[dimension]:
        assert f"'15 {unit}'" in str(raised.value)


def test_an_unknown_unit_is_named_with_those_that_are_allowed() -> None:
    with pytest.raises(ValueError, match="unknown unit 'furlongs' of length; allowed: m, km, mi, miles, ft"):
        parse_quantity("3 furlongs", "length")


def test_units_are_spelt_exactly() -> None:
    with pytest.raises(ValueError, match="unknown unit 'KM'"):
        parse_quantity("3 KM", "length")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (15_234.0, "m", "15.2 km"),
        (999.6, "m", "1 km"),
        (12.0, "m", "12 m"),
        (-1_500.0, "m", "-1.5 km"),
        (2_730.0, "s", "45.5 min"),
        (600_000.0, "m2", "60 ha"),
        (10.0, "m/s", "36 km/h"),
        (1_234_567.0, "people", "1,230,000 people"),
        (0.0, "s", "0 min"),
        (3.0, "", "3"),
        (math.nan, "m", "unknown"),
        (math.inf, "s", "unreachable"),
    ],
)
def test_readers_see_rounded_numbers_in_their_units(value: float, unit: str, text: str) -> None:
    assert format_quantity(value, unit) == text


def test_digits_are_significant_digits() -> None:
    assert format_quantity(15_234.0, "m", digits=2) == "15 km"
    assert format_quantity(15_234.0, "m", digits=5) == "15.234 km"


@given(value=st.floats(min_value=1e-3, max_value=1e9), unit=st.sampled_from(["m", "s", "m2", "m/s", "people", ""]))
def test_what_is_shown_is_within_half_of_its_third_digit(value: float, unit: str) -> None:
    number, *word = format_quantity(value, unit).split(" ")
    whole = value if word == ["m"] else to_display(value, unit)  # short lengths are shown in metres
    assert float(number.replace(",", "")) == pytest.approx(whole, rel=0.5001e-2)


@pytest.mark.parametrize(("unit", "dimension"), [("m", "length"), ("s", "time"), ("m2", "area"), ("m/s", "speed")])
@given(value=FINITE)
def test_the_unit_shown_is_one_that_can_be_typed(unit: str, dimension: str, value: float) -> None:
    typed = f"{to_display(value, unit)!r} {display_unit(unit)}"
    assert parse_quantity(typed, dimension) == pytest.approx(value, rel=1e-14, abs=1e-300)
