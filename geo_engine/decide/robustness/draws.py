"""Draw weights from what is known of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels.decision.weights import walk_between
from geo_engine.model import DirichletWeights, IntervalWeights, OrderedWeights, UniformWeights, WeightDistribution

__all__ = ["draw_weights"]

Float = NDArray[np.float64]

_AT_ONCE = 256  # draws whose chances are held together
_STEPS = 4  # of a walk from one draw to the next, times the criteria squared
_ROUNDING = 1e-9


def draw_weights(distribution: WeightDistribution, criteria: int, *, draws: int, seed: int) -> Float:
    """Draw sets of weights.

    Parameters
    ----------
    distribution : WeightDistribution
        What is known of the weights.
    criteria : int
        How many.
    draws : int
        Sets of weights.
    seed : int
        Of PCG64: the same seed gives the same weights, and fewer draws are the first of more.

    Returns
    -------
    float64 ndarray, shape (draws, criteria)
        Each row adds up to 1. Uniform: exponential numbers over their sum. Order: uniform weights, sorted into it. Dirichlet: gamma numbers
        over their sum. Intervals: a walk of ``4 criteria^2`` steps from draw to draw, see `geo_engine.kernels.decision.weights`.

    Raises
    ------
    ValueError
        If the distribution does not fit the criteria or allows no weights at all.
    TypeError
        If it is of a kind that is not known here.

    Examples
    --------
    >>> draw_weights(UniformWeights(), 3, draws=2, seed=1).sum(axis=1).round(12).tolist()
    [1.0, 1.0]
    """
    random = np.random.Generator(np.random.PCG64(seed))
    if isinstance(distribution, UniformWeights):
        return _shares(random.standard_exponential((draws, criteria)))
    if isinstance(distribution, OrderedWeights):
        return _ordered(_shares(random.standard_exponential((draws, criteria))), distribution.groups)
    if isinstance(distribution, DirichletWeights):
        return _about(random, distribution, criteria, draws)
    if isinstance(distribution, IntervalWeights):
        return _between(random, distribution, criteria, draws)
    msg = f"unknown distribution of weights {type(distribution).__name__}"
    raise TypeError(msg)


def _shares(numbers: Float) -> Float:
    shares: Float = numbers / numbers.sum(axis=1, keepdims=True)
    return shares


def _ordered(weights: Float, groups: tuple[tuple[int, ...], ...]) -> Float:
    """Hand the largest weights of each draw to the first group, and so on; within a group as they were drawn."""
    members = [number for group in groups for number in group]
    if sorted(members) != list(range(weights.shape[1])):
        msg = f"an order names each criterion once: {groups}"
        raise ValueError(msg)
    falling = -np.sort(-weights, axis=1)
    out = np.empty_like(weights)
    first = 0
    for group in groups:
        columns, last = list(group), first + len(group)
        place = np.argsort(np.argsort(-weights[:, columns], axis=1), axis=1)
        out[:, columns] = np.take_along_axis(falling[:, first:last], place, axis=1)
        first = last
    return out


def _about(random: np.random.Generator, distribution: DirichletWeights, criteria: int, draws: int) -> Float:
    shares = np.asarray(distribution.shares, np.float64)
    if len(shares) != criteria or (shares < 0).any() or abs(shares.sum() - 1.0) > _ROUNDING or not distribution.concentration > 0:
        msg = f"a Dirichlet distribution takes {criteria} shares that add up to 1 and a concentration above 0: {distribution}"
        raise ValueError(msg)
    return _shares(random.standard_gamma(distribution.concentration * shares, (draws, criteria)))


def _between(random: np.random.Generator, distribution: IntervalWeights, criteria: int, draws: int) -> Float:
    low, high = np.asarray(distribution.low, np.float64), np.asarray(distribution.high, np.float64)
    fits = len(low) == len(high) == criteria and (low >= 0).all() and (low <= high).all()
    if not fits or low.sum() > 1.0 + _ROUNDING or high.sum() < 1.0 - _ROUNDING:
        msg = f"no weights lie within these bounds: {distribution}"
        raise ValueError(msg)
    room = (high - low).sum()
    weights = low + (high - low) * ((1.0 - low.sum()) / room if room > 0 else 0.0)
    out = np.empty((draws, criteria))
    if criteria == 1 or room == 0:
        out[:] = weights
        return out
    steps = _STEPS * criteria * criteria
    walk_between(weights, low, high, random.random((1, steps, 3)), np.empty((1, criteria)))
    for first in range(0, draws, _AT_ONCE):
        kept = out[first : first + _AT_ONCE]
        walk_between(weights, low, high, random.random((len(kept), steps, 3)), kept)
    return out
