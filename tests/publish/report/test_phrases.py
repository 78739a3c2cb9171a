"""Words about numbers: read back they give the number, to the digits that are promised, and never say more than it does."""

from __future__ import annotations

import math
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_engine.publish.report.phrases import (
    area_said,
    count_said,
    lead_said,
    listed,
    number,
    quantity_said,
    ranks_said,
    share_said,
    sure_word,
)

WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
plain = st.floats(-1e7, 1e7)


def read(text: str) -> float:
    """A number as a reader takes it."""
    assert re.fullmatch(r"-?\d{1,3}(,\d{3})*(\.\d+)?", text), text
    return float(text.replace(",", ""))


@given(plain, st.integers(0, 3))
def test_a_number_is_written_to_its_digits_and_never_as_less_than_nothing_when_it_is_nothing(value: float, digits: int) -> None:
    said = number(value, digits)
    assert abs(Decimal(str(read(said))) - Decimal(value)) <= Decimal("0.5000001") / 10**digits
    assert not (said.startswith("-") and read(said) == 0)


def test_what_is_no_number_is_told_as_such() -> None:
    assert number(math.nan) == quantity_said(math.nan, "km") == "-"
    assert number(math.inf) == quantity_said(math.inf, "min") == "unreachable"


@given(st.integers(0, 10**7))
def test_one_is_singular_and_all_else_plural(count: int) -> None:
    said = count_said(count, "authority", "authorities")
    amount, _, noun = said.rpartition(" ")
    assert (noun == "authority") == (count == 1)
    assert (WORDS.index(amount) if amount in WORDS else read(amount)) == count
    assert count_said(count, "area").endswith("area" if count == 1 else "areas")


@given(st.lists(st.text("abc", min_size=1, max_size=4), max_size=9), st.integers(0, 9))
def test_a_list_names_what_it_names_and_counts_the_rest(words: list[str], most: int) -> None:
    said = listed(words, most)
    names = re.split(r", | and ", said)
    left_out = len(words) - most if most and len(words) > most else 0
    expected = words[: len(words) - left_out] + ([f"{left_out} more"] if left_out else [])
    assert names == (expected or ["none"])
    assert said.count(" and ") == (1 if len(expected) > 1 else 0)


@given(st.floats(0, 1))
def test_a_share_is_neither_nothing_nor_all_unless_it_is(share: float) -> None:
    said = share_said(share)
    assert said.endswith(" %")
    bound = re.fullmatch(r"(less|more) than (.*) %", said)
    if bound:
        assert share * 100 < read(bound[2]) if bound[1] == "less" else share * 100 > read(bound[2])
        assert 0 < share < 1
        return
    shown = read(said.removesuffix(" %"))
    assert shown == pytest.approx(100 * share, abs=0.5000001)
    assert (shown == 0) == (share == 0)
    assert (shown == 100) == (share == 1)


@given(st.floats(1e-6, 1e13), st.sampled_from(["km", "vehicles a year", ""]), st.integers(2, 6))
def test_a_quantity_keeps_its_digits_and_its_unit_and_has_no_exponent(value: float, unit: str, digits: int) -> None:
    said = quantity_said(value, unit, digits)
    assert said.endswith(unit)
    shown = said.removesuffix(unit).strip()
    assert read(shown) == pytest.approx(value, rel=0.5000001 * 10.0 ** (1 - digits))
    assert len(shown.replace(",", "").replace(".", "").strip("0")) <= digits


@given(st.floats(0, 1e8))
def test_square_kilometres_are_a_hundredth_of_the_hectares(hectares: float) -> None:
    said = area_said(hectares)
    found = re.fullmatch(r"(\S+) ha(?: \((\S+) km²\))?", said)
    assert found
    assert read(found[1]) == pytest.approx(hectares, abs=0.5000001)
    if found[2]:
        assert read(found[2]) == pytest.approx(hectares / 100, abs=0.5000001)


@given(st.integers(1, 99), st.integers(0, 99))
def test_an_interval_of_ranks_has_two_ends_unless_they_are_one(low: int, more: int) -> None:
    assert [int(end) for end in ranks_said(str(low), str(low + more)).split(" to ")] == ([low, low + more] if more else [low])


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_surer_share_has_no_weaker_word(one: float, two: float) -> None:
    order = ("in a minority of the draws", "in most draws", "almost always")
    low, high = sorted((one, two))
    assert order.index(sure_word(low)) <= order.index(sure_word(high))
    assert sure_word(high) != "in a minority of the draws" or high < 0.6
    assert sure_word(low) != "almost always" or low >= 0.9


@given(st.floats(0.5, 400), st.floats(1, 3))
def test_a_lead_time_in_words_is_the_lead_time(low: float, spread: float) -> None:
    said = lead_said(low, low * spread)
    unit = said.rsplit(" ", 1)[1]
    months = {"weeks": 12 / 52.18, "months": 1.0, "years": 12.0}[unit]
    ends = [float(end) * months for end in said.removesuffix(f" {unit}").split(" to ")]
    assert ends[0] == pytest.approx(low, rel=0.0501)
    assert ends[-1] == pytest.approx(low * spread, rel=0.0501)
