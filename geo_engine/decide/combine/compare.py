"""The ranks of sites by one method beside another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide.combine.cells import combined
from geo_engine.decide.combine.sites import net_flow, topsis_of_sites, vikor
from geo_engine.model import Combination, Fuzzy, QuantifierAverage, WeightedProduct, WeightedSum

__all__ = ["MethodRanks", "compare_methods", "scores_by_method", "shared_ranks"]

_CELL_BY_CELL: Mapping[str, Combination] = {
    "weighted_sum": WeightedSum(),
    "weighted_product": WeightedProduct(),
    "owa_alpha_0.5": QuantifierAverage(0.5),
    "owa_alpha_2": QuantifierAverage(2.0),
    "fuzzy_and": Fuzzy("and"),
    "fuzzy_or": Fuzzy("or"),
    "fuzzy_product": Fuzzy("product"),
    "fuzzy_sum": Fuzzy("sum"),
    "fuzzy_gamma_0.9": Fuzzy("gamma", 0.9),
}


@dataclass(frozen=True, eq=False)
class MethodRanks:
    """Ranks of sites by method.

    Parameters
    ----------
    methods : tuple of str
        Names.
    ranks : int64 ndarray, shape (sites, methods)
        From 1, equal sites sharing the better rank; 0 where a site has an unknown utility and so no rank.
    """

    methods: tuple[str, ...]
    ranks: NDArray[np.int64]


def compare_methods(utilities: NDArray[np.float64], weights: Sequence[float]) -> MethodRanks:
    """Rank sites by each method that ranks a table.

    Parameters
    ----------
    utilities : float64 ndarray, shape (sites, criteria)
        0 to 1, NaN where unknown.
    weights : sequence of float
        Shares that add up to 1.

    Returns
    -------
    MethodRanks
        Weighted sum and product, ordered averages that lean to the best and to the worst, fuzzy operators ('and' is the minimum), TOPSIS
        with both normalisations, VIKOR, PROMETHEE II with the usual criterion. Values equal to nine decimals are equal.

    Examples
    --------
    >>> found = compare_methods(np.array([[1.0, 0.1], [0.5, 0.5]]), [0.5, 0.5])
    >>> dict(zip(found.methods, found.ranks[0].tolist()))["weighted_sum"], dict(zip(found.methods, found.ranks[0].tolist()))["fuzzy_and"]
    (1, 2)
    """
    known = ~np.isnan(utilities).any(axis=1)
    worth = scores_by_method(utilities[known], weights)
    ranks = np.zeros((len(utilities), len(worth)), np.int64)
    for column, values in enumerate(worth.values()):
        ranks[known, column] = shared_ranks(values)
    return MethodRanks(tuple(worth), ranks)


def scores_by_method(table: NDArray[np.float64], weights: Sequence[float]) -> dict[str, NDArray[np.float64]]:
    """Score known sites, float64 of shape (sites, criteria), by each method of `compare_methods`; more is better."""
    worth = {name: combined(method, np.ascontiguousarray(table.T), weights) for name, method in _CELL_BY_CELL.items()}
    if len(table):
        worth["topsis_vector"] = topsis_of_sites(table, weights, "vector")
        worth["topsis_minmax"] = topsis_of_sites(table, weights, "minmax")
        worth["vikor"] = -vikor(table, weights).compromise
        worth["promethee_ii"] = net_flow(table, weights)
    else:
        worth |= dict.fromkeys(("topsis_vector", "topsis_minmax", "vikor", "promethee_ii"), np.empty(0))
    return worth


def shared_ranks(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rank values from the highest, those equal to nine decimals sharing the better rank; 0 for NaN.

    >>> shared_ranks(np.array([80.0, 90.0, np.nan, 80.0])).tolist()
    [2, 1, 0, 2]
    """
    rounded = np.round(values, 9)
    known = np.sort(rounded[~np.isnan(rounded)])
    ranks = len(known) - np.searchsorted(known, rounded, side="right") + 1
    ranks[np.isnan(rounded)] = 0
    return ranks
