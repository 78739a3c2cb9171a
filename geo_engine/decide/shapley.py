"""Which input made a number change: Shapley's fair shares of a difference between two states."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product

import numpy as np
from numpy.typing import NDArray

__all__ = ["shapley_shares"]

Float = NDArray[np.float64]


def shapley_shares(value: Callable[[tuple[bool, ...]], Float], inputs: int) -> Float:
    """Share out the difference that changing several inputs at once makes.

    The share of an input is the mean, over all orders in which the inputs could be changed one after another, of what its own
    change does: ``sum over S without i of |S|! (k - |S| - 1)! / k! * (v(S + i) - v(S))`` (Shapley, A value for n-person games,
    1953). Shares add up to the whole difference, an input that changes nothing has none, and the order plays no part.

    Parameters
    ----------
    value : callable
        Takes, for each input, whether it has been changed, and gives float64 of one shape.
    inputs : int
        k, how many; `value` is asked 2^k times.

    Returns
    -------
    float64 ndarray, shape (k, ...)
        One row an input; the sum of the rows is ``value(all) - value(none)``.

    Examples
    --------
    A product goes from 2 x 3 to 4 x 5, so by 14: changing the first number adds 6 before the second is changed and 10 after.

    >>> shares = shapley_shares(lambda new: np.array((4.0 if new[0] else 2.0) * (5.0 if new[1] else 3.0)), 2)
    >>> shares.tolist()
    [8.0, 6.0]
    """
    states = {changed: np.asarray(value(changed), np.float64) for changed in product((False, True), repeat=inputs)}
    shape = next(iter(states.values())).shape
    shares = np.zeros((inputs, *shape))
    for changed, before in states.items():
        size = sum(changed)
        for number in range(inputs):
            if not changed[number]:
                after = states[(*changed[:number], True, *changed[number + 1 :])]
                orders = math.factorial(size) * math.factorial(inputs - size - 1) / math.factorial(inputs)
                shares[number] += orders * (after - before)
    return shares
