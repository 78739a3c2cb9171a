"""Shares of a difference: mental arithmetic, all orders one by one, and Shapley's own axioms."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo_engine.decide import shapley_shares

NUMBERS = st.floats(-100.0, 100.0)


@given(st.integers(1, 4), st.randoms(use_true_random=False))
def test_shares_are_the_mean_over_all_orders_and_add_up(inputs: int, random: object) -> None:
    rng = np.random.default_rng(hash(str(random)) % 2**32)
    table = {tuple(bool(k >> i & 1) for i in range(inputs)): rng.normal(size=3) for k in range(2**inputs)}
    expected = np.zeros((inputs, 3))
    orders = list(permutations(range(inputs)))
    for order in orders:
        state = [False] * inputs
        for number in order:
            before = table[tuple(state)]
            state[number] = True
            expected[number] += (table[tuple(state)] - before) / len(orders)
    found = shapley_shares(lambda changed: table[changed], inputs)
    assert np.allclose(found, expected, atol=1e-12)
    assert np.allclose(found.sum(axis=0), table[(True,) * inputs] - table[(False,) * inputs], atol=1e-12)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_a_product_of_two_gives_each_its_change_times_the_mean_of_the_other(a: float, b: float, c: float, d: float) -> None:
    found = shapley_shares(lambda new: np.array((c if new[0] else a) * (d if new[1] else b)), 2)
    assert np.allclose(found, [(c - a) * (b + d) / 2, (d - b) * (a + c) / 2], atol=1e-9)


def test_what_changes_nothing_has_no_share_and_equals_have_equal_ones() -> None:
    found = shapley_shares(lambda new: np.array(10.0 * (new[0] and new[2])), 3)
    assert found.tolist() == [5.0, 0.0, 5.0]
