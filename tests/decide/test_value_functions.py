"""Value functions by published numbers and mental arithmetic, and what holds for all of them."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_engine.decide import utility
from geo_engine.model import (
    Bounded,
    Classes,
    Exponential,
    Gaussian,
    Large,
    Linear,
    Logarithm,
    LogisticDecay,
    LogisticGrowth,
    MSLarge,
    MSSmall,
    Near,
    Piecewise,
    Power,
    Ranges,
    Small,
    Step,
    SymmetricLinear,
    ValueFunction,
)

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
    SymmetricLinear(0.0, 100.0),
    SymmetricLinear(100.0, 0.0),
    Ranges(((0.0, 5.0, 1.0), (5.0, 20.0, 0.4)), other=0.1),
    Near(10.0, 0.1),
    Large(10.0, 5.0),
    Small(10.0, 5.0),
    MSLarge(5.0, math.sqrt(10.0)),
    MSSmall(5.0, math.sqrt(10.0)),
    Exponential(0.0, 500.0, 0.04605),
    Exponential(0.0, 500.0, -0.01, falling=True),
    Logarithm(1.0, 100.0, 0.0),
    Power(0.0, 10.0, 2.0, 0.0),
    Bounded(Linear(worst=25000.0, best=1000.0), lower=2000.0, below=0.0),
    Bounded(Gaussian(10.0, 0.1), lower=2.0, upper=30.0, below=0.5, above=0.2),
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


# Numbers of ArcGIS's formulas (Esri, "Formulas for the transformation functions"), worked out by hand.


def test_large_and_small_as_arcgis_rescales() -> None:
    # 1 / (1 + (5 / 10)^-5) = 1 / 33; at the midpoint one half; 1 / (1 + 2^-5) = 32 / 33
    assert at(Large(10.0, 5.0), 5, 10, 20, 0, -3) == [0.030303, 0.5, 0.969697, 0.0, 0.0]
    assert at(Small(10.0, 5.0), 5, 10, 20, 0, -3) == [0.969697, 0.5, 0.030303, 1.0, 1.0]


def test_near_as_arcgis_rescales() -> None:
    # 1 / (1 + 0.1 * 2^2) = 1 / 1.4
    assert at(Near(10.0, 0.1), 12, 8, 10) == [0.714286, 0.714286, 1.0]


def test_ms_small_falls_from_the_mean_and_is_one_below_it() -> None:
    # whole numbers 0 to 10: mean 5, population standard deviation sqrt(10) = 3.162278; at 6: s / (1 + s) = 0.7597
    function = MSSmall(5.0, float(np.std(np.arange(11))))
    assert [round(worth, 4) for worth in at(function, 6, 8, 10)] == [0.7597, 0.5132, 0.3874]
    assert at(function, 5, 4, 0, -7) == [1.0, 1.0, 1.0, 1.0]


def test_ms_large_is_one_minus_ms_small() -> None:
    assert [round(worth, 4) for worth in at(MSLarge(5.0, math.sqrt(10.0)), 0, 5, 6, 10)] == [0.0, 0.0, 0.2403, 0.6126]


def test_multipliers_move_and_stretch_the_mean_curve() -> None:
    # from 2 * 5 = 10 on, by half the standard deviation: at 12, 1 / (2 + 1) with b s = 0.5 * 2
    assert at(MSSmall(5.0, 2.0, 2.0, 0.5), 9, 10, 12) == [1.0, 1.0, round(1 / 3, 6)]


def test_exponential_between_its_thresholds() -> None:
    # base factor ln 10 / 2 on 0 to 2: 10^(q/2) runs from 1 to 10; at 1 it is sqrt(10), (3.162278 - 1) / 9
    function = Exponential(0.0, 2.0, math.log(10) / 2)
    assert at(function, -1, 0, 1, 2, 3) == [0.0, 0.0, round((math.sqrt(10) - 1) / 9, 6), 1.0, 1.0]
    assert at(Exponential(0.0, 2.0, math.log(10) / 2, falling=True), 0, 1, 2) == [1.0, round(1 - (math.sqrt(10) - 1) / 9, 6), 0.0]


def test_a_negative_base_factor_rises_fast_first() -> None:
    # 1 - 10^(-q/2) on 0 to 2, over 0.9
    assert at(Exponential(0.0, 2.0, -math.log(10) / 2), 0, 1, 2) == [0.0, round((1 - 10**-0.5) / 0.9, 6), 1.0]


def test_an_exponential_too_steep_for_the_machine_is_no_error() -> None:
    assert at(Exponential(0.0, 1e6, 1.0), 0, 999_999, 1e6) == [0.0, round(math.exp(-1), 6), 1.0]


def test_logarithm_between_its_thresholds() -> None:
    # log10 on 1 to 100: 1 -> 0, 10 -> 1/2, 100 -> 1
    assert at(Logarithm(1.0, 100.0, 0.0), 0.5, 1, 10, 100, 999) == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert at(Logarithm(1.0, 100.0, 0.0, falling=True), 1, 10, 100) == [1.0, 0.5, 0.0]


def test_power_between_its_thresholds() -> None:
    assert at(Power(0.0, 10.0, 2.0, 0.0), -1, 0, 5, 10, 20) == [0.0, 0.0, 0.25, 1.0, 1.0]
    # shifted: (q + 10)^2 from 100 at 0 to 400 at 10; at 5 (225 - 100) / 300
    assert at(Power(0.0, 10.0, 2.0, -10.0), 5) == [round(125 / 300, 6)]


def test_symmetric_linear_is_a_tent_or_its_mirror() -> None:
    assert at(SymmetricLinear(0.0, 100.0), -5, 0, 25, 50, 75, 100, 105) == [0.0, 0.0, 0.5, 1.0, 0.5, 0.0, 0.0]
    assert at(SymmetricLinear(100.0, 0.0), -5, 25, 50, 75, 105) == [1.0, 0.5, 0.0, 0.5, 1.0]


def test_ranges_hold_their_low_end_and_not_their_high_end() -> None:
    assert at(Ranges(((0.0, 5.0, 1.0), (5.0, 20.0, 0.4)), 0.1), -1, 0, 4.9, 5, 19, 20) == [0.1, 1.0, 1.0, 0.4, 0.4, 0.1]
    assert at(Ranges(((0.7, 1.0, 1.0),)), 0.7) == [1.0]  # 0.7 as float32 lies below 0.7 as float64, and is meant all the same


def test_thresholds_hold_the_curve_flat_or_give_a_value_beyond() -> None:
    line = Linear(worst=0.0, best=10.0)
    assert at(Bounded(line, lower=2.0, upper=8.0), 0, 2, 5, 8, 10) == [0.2, 0.2, 0.5, 0.8, 0.8]
    assert at(Bounded(line, lower=2.0, upper=8.0, below=0.0, above=1.0), 1.9, 2, 8, 8.1) == [0.0, 0.2, 0.8, 1.0]
    assert at(Bounded(line, upper=8.0, above=0.0), 0, 8, 9) == [0.0, 0.8, 0.0]


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


_MORE: dict[str, Callable[[float, float, float], ValueFunction]] = {
    "exponential": lambda low, high, shape: Exponential(low, high, shape / (high - low)),
    "falling": lambda low, high, shape: Exponential(low, high, -shape / (high - low), falling=True),
    "logarithm": lambda low, high, shape: Logarithm(low, high, low - shape * (high - low)),
    "power": lambda low, high, shape: Power(low, high, shape, low),
    "large": lambda _, high, shape: Large(abs(high) + 1.0, shape),
    "small": lambda _, high, shape: Small(abs(high) + 1.0, shape),
    "ms_large": lambda low, high, shape: MSLarge(low, high - low, shape),
    "ms_small": lambda low, high, shape: MSSmall(low, high - low, shape),
    "near": lambda low, _, shape: Near(low, shape),
    "rise": lambda low, high, _: Linear(worst=low, best=high),
    "fall": lambda low, high, _: Linear(worst=high, best=low),
    "tent": lambda low, high, _: SymmetricLinear(low, high),
    "bounded": lambda low, high, _: Bounded(Linear(low, high), low, high, 0.3, 0.6),
}
_RISING = (Exponential, Logarithm, Power, Large)


@st.composite
def functions(draw: st.DrawFn) -> ValueFunction:
    low = draw(st.floats(-1e5, 1e5))
    high = low + draw(st.floats(1e-3, 1e5))
    kind = draw(st.sampled_from([*_MORE, "piecewise", "step", "classes", "gaussian", "growth", "decay"]))
    if kind in _MORE:
        return _MORE[kind](low, high, draw(st.floats(0.1, 9)))
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
    elif isinstance(function, MSLarge):
        assert ((steps <= 0) if isinstance(function, MSSmall) else (steps >= 0)).all()
    elif isinstance(function, (*_RISING, LogisticGrowth)):
        assert ((steps <= 0) if getattr(function, "falling", False) else (steps >= 0)).all()
    elif isinstance(function, Small | LogisticDecay):
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
