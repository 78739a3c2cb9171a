"""Value functions by published numbers and mental arithmetic, and what holds for all of them."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_engine.decide import utility
from geo_engine.model import Classes, Gaussian, Linear, LogisticDecay, LogisticGrowth, Piecewise, Step, ValueFunction

EVERY: list[ValueFunction] = [
    Linear(worst=25000.0, best=1000.0),
    Linear(worst=0.0, best=300000.0),
    Piecewise(((1000.0, 1.0), (25000.0, 0.0))),
    Piecewise(((0.0, 0.2), (10.0, 0.9), (20.0, 0.4))),
    Step(at=10.0),
    Step(at=10.0, below=0.0, above=1.0),
    Classes({1: 1.0, 2: 0.4}, other=0.1),
    Gaussian(10.0, 0.1),
    LogisticGrowth(0.0, 100.0, 0.01),
    LogisticDecay(0.0, 100.0, 0.01),
]
NAMES = [f"{function.kind}{number}" for number, function in enumerate(EVERY)]


def at(function: ValueFunction, *quantities: float) -> list[float]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return [round(worth, 6) for worth in utility(function, np.array(quantities, np.float32)).tolist()]


def test_linear_falls_from_best_to_worst_and_is_flat_beyond() -> None:
    assert at(Linear(worst=25000.0, best=1000.0), 0, 1000, 7000, 13000, 25000, 26000) == [1.0, 1.0, 0.75, 0.5, 0.0, 0.0]


def test_linear_rises_from_worst_to_best() -> None:
    assert at(Linear(worst=0.0, best=4.0), -1, 0, 1, 3, 4, 9) == [0.0, 0.0, 0.25, 0.75, 1.0, 1.0]


def test_piecewise_goes_through_its_points_and_is_flat_beyond() -> None:
    assert at(Piecewise(((10.0, 0.2), (20.0, 1.0), (40.0, 0.0))), 0, 10, 15, 20, 30, 40, 99) == [0.2, 0.2, 0.6, 1.0, 0.5, 0.0, 0.0]


def test_step_changes_at_the_threshold_itself() -> None:
    below = float(np.nextafter(np.float32(10), np.float32(0)))
    assert at(Step(at=10.0, below=0.9, above=0.3), 0, below, 10, 11) == [0.9, 0.9, 0.3, 0.3]


def test_classes_take_whole_numbers_only() -> None:
    assert at(Classes({1: 1.0, 2: 0.4}, other=0.1), 1, 2, 3, 1.5, -1) == [1.0, 0.4, 0.1, 0.1, 0.1]


def test_gaussian_as_arcgis_rescales() -> None:
    # exp(-0.1 * (12 - 10)^2) = exp(-0.4) = 0.670320; one at the midpoint; the same on both sides
    assert at(Gaussian(10.0, 0.1), 12, 8, 10) == [0.67032, 0.67032, 1.0]


@pytest.mark.parametrize("intercept", [0.01, 0.05, 0.25])
def test_logistic_growth_at_minimum_middle_and_maximum(intercept: float) -> None:
    assert at(LogisticGrowth(20.0, 60.0, intercept), 20, 40, 60) == [intercept, 0.5, round(1 - intercept, 6)]


@pytest.mark.parametrize("intercept", [0.01, 0.05, 0.25])
def test_logistic_decay_at_minimum_middle_and_maximum(intercept: float) -> None:
    assert at(LogisticDecay(20.0, 60.0, intercept), 20, 40, 60) == [round(1 - intercept, 6), 0.5, intercept]


def test_logistic_growth_a_quarter_of_the_way() -> None:
    # c = 1 %: odds 99, k = 2 ln 99 / 100; at 25: 1 / (1 + 99 * 99^-0.5) = 1 / (1 + sqrt(99)) = 0.091333
    assert at(LogisticGrowth(0.0, 100.0, 0.01), 25) == [round(1 / (1 + math.sqrt(99)), 6)]


@pytest.mark.parametrize("function", EVERY, ids=NAMES)
def test_unknown_stays_unknown_and_unreachable_is_worst(function: ValueFunction) -> None:
    worth = utility(function, np.array([np.nan, np.inf, 1.0], np.float32))
    assert np.isnan(worth[0])
    assert worth[1] == 0.0
    assert not np.isnan(worth[2])


@pytest.mark.parametrize("function", EVERY, ids=NAMES)
def test_minus_infinity_is_worst_too(function: ValueFunction) -> None:
    assert utility(function, np.array([-np.inf], np.float32)).tolist() == [0.0]


@pytest.mark.parametrize("function", EVERY, ids=NAMES)
def test_shape_and_input_are_kept(function: ValueFunction) -> None:
    quantity = np.arange(12, dtype=np.float32).reshape(3, 4)
    before = quantity.copy()
    worth = utility(function, quantity)
    assert worth.shape == (3, 4)
    assert worth.dtype == np.float64
    assert np.array_equal(quantity, before)
    assert utility(function, np.empty(0, np.float32)).shape == (0,)


def test_a_function_that_is_not_known_is_an_error() -> None:
    @dataclass(frozen=True)
    class Other(ValueFunction):
        pass

    with pytest.raises(TypeError, match="Other"):
        utility(Other(), np.zeros(1, np.float32))


finite = st.floats(-1e6, 1e6, width=32)
share = st.floats(0, 1)


@st.composite
def functions(draw: st.DrawFn) -> ValueFunction:
    low = draw(st.floats(-1e5, 1e5))
    high = low + draw(st.floats(1e-3, 1e5))
    kind = draw(st.sampled_from(["rise", "fall", "piecewise", "step", "classes", "gaussian", "growth", "decay"]))
    if kind in {"rise", "fall"}:
        return Linear(worst=low, best=high) if kind == "rise" else Linear(worst=high, best=low)
    if kind == "piecewise":
        known = sorted(draw(st.sets(st.integers(-1000, 1000), min_size=2, max_size=6)))
        return Piecewise(tuple((float(q), draw(share)) for q in known))
    if kind == "step":
        return Step(low, draw(share), draw(share))
    if kind == "classes":
        return Classes(draw(st.dictionaries(st.integers(-9, 9), share, max_size=5)), draw(share))
    if kind == "gaussian":
        return Gaussian(low, draw(st.floats(1e-12, 10)))
    intercept = draw(st.floats(1e-6, 0.49))
    return LogisticGrowth(low, high, intercept) if kind == "growth" else LogisticDecay(low, high, intercept)


@given(functions(), st.lists(finite, min_size=1, max_size=20))
def test_worth_is_a_share(function: ValueFunction, quantities: list[float]) -> None:
    worth = utility(function, np.array(quantities, np.float32))
    assert ((worth >= 0) & (worth <= 1)).all()


@given(functions(), st.lists(finite, min_size=2, max_size=20))
def test_one_way_functions_never_turn(function: ValueFunction, quantities: list[float]) -> None:
    worth = utility(function, np.array(sorted(quantities), np.float32))
    steps = np.diff(worth)
    if isinstance(function, Linear):
        assert ((steps >= 0) if function.best > function.worst else (steps <= 0)).all()
    elif isinstance(function, LogisticGrowth):
        assert (steps >= 0).all()
    elif isinstance(function, LogisticDecay):
        assert (steps <= 0).all()
    elif isinstance(function, Step):
        assert (steps * (function.above - function.below) >= 0).all()
    elif isinstance(function, Gaussian):
        away = np.abs(np.array(quantities, np.float32).astype(np.float64) - function.midpoint)
        nearer_first = utility(function, np.array(quantities, np.float32)[np.argsort(away)])
        assert (np.diff(nearer_first) <= 0).all()
    elif isinstance(function, Piecewise):
        utilities = [u for _, u in function.points]
        if utilities == sorted(utilities):
            assert (steps >= -1e-15).all()
