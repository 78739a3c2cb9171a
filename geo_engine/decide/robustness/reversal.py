"""Rank reversal: whether two sites change places because a third one comes or goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide.combine import combined, scores_by_method, shared_ranks
from geo_engine.model import Combination

__all__ = ["OWN", "Reversal", "reversals_by_addition", "reversals_by_removal"]

Float = NDArray[np.float64]

OWN = "own"
"""What the study's own method is called among the methods."""


@dataclass(frozen=True, slots=True)
class Reversal:
    """Two sites that change places.

    Parameters
    ----------
    cause : int
        Number of the site that is taken away, or of the row that is added.
    better, worse : int
        Numbers of the sites; `better` has the better rank before, `worse` after.
    """

    cause: int
    better: int
    worse: int


def reversals_by_removal(
    utilities: Float, weights: Sequence[float], *, own: Combination | None = None
) -> Mapping[str, tuple[Reversal, ...]]:
    """Take away one site at a time and tell which of the others change places, by method.

    Parameters
    ----------
    utilities : float64 ndarray, shape (sites, criteria)
        0 to 1, known.
    weights : sequence of float
        Shares that add up to 1.
    own : Combination or None
        The study's own method, told as `OWN` beside the others.

    Returns
    -------
    mapping of str to tuple of Reversal
        For each method of `geo_engine.decide.combine.compare_methods`. Methods that judge each site by itself have none; TOPSIS, VIKOR
        and PROMETHEE II, which judge sites beside each other, may.

    Examples
    --------
    >>> found = reversals_by_removal(np.array([[0.9, 0.1], [0.5, 0.6], [0.1, 0.9]]), [0.5, 0.5])
    >>> found["weighted_sum"]
    ()
    """
    before = _ranked(utilities, weights, own)
    found: dict[str, list[Reversal]] = {name: [] for name in before}
    for gone in range(len(utilities)):
        stay = np.flatnonzero(np.arange(len(utilities)) != gone)
        for name, after in _ranked(utilities[stay], weights, own).items():
            found[name] += [Reversal(gone, int(stay[i]), int(stay[j])) for i, j in _turned(before[name][stay], after)]
    return {name: tuple(reversals) for name, reversals in found.items()}


def reversals_by_addition(
    utilities: Float, weights: Sequence[float], added: Float, *, own: Combination | None = None
) -> Mapping[str, tuple[Reversal, ...]]:
    """Add one site at a time and tell which of those that were there change places, by method.

    Parameters
    ----------
    utilities, weights, own
        As for `reversals_by_removal`.
    added : float64 ndarray, shape (rows, criteria)
        Sites that may come, such as rivals.
    """
    before = _ranked(utilities, weights, own)
    found: dict[str, list[Reversal]] = {name: [] for name in before}
    for row, site in enumerate(added):
        for name, after in _ranked(np.vstack([utilities, site]), weights, own).items():
            found[name] += [Reversal(row, i, j) for i, j in _turned(before[name], after[:-1])]
    return {name: tuple(reversals) for name, reversals in found.items()}


def _ranked(utilities: Float, weights: Sequence[float], own: Combination | None) -> dict[str, NDArray[np.int64]]:
    scores = {} if own is None else {OWN: combined(own, np.ascontiguousarray(utilities.T), list(weights))}
    return {name: shared_ranks(values) for name, values in (scores | scores_by_method(utilities, weights)).items()}


def _turned(before: NDArray[np.int64], after: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Give pairs of places of which the first is better before and worse after."""
    pairs = (before[:, None] < before) & (after[:, None] > after)
    return [(int(i), int(j)) for i, j in np.argwhere(pairs)]
