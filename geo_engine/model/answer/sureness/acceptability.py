"""What draws of weights and data say of ranked sites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Smaa"]

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Smaa:
    """What the draws say of sites, in the order given. A site with an unknown utility has NaN, rank 0 and no tier.

    Parameters
    ----------
    draws : int
        How many.
    acceptability : float64 ndarray, shape (sites, sites)
        Share of the draws in which the site of the row has the rank of the column, from 1. Rows add up to 1, and so do the columns of
        as many ranks as sites are known. k equal sites share their k ranks equally.
    central_weights : float64 ndarray, shape (sites, criteria)
        Mean of the weights by which the site is first: what somebody who prefers it would hold. NaN for one that never is.
    confidence : float64 ndarray, shape (sites,)
        Probability that the site is first for somebody who holds its central weights: whether the data are good enough to say
        so. NaN for one that never is first.
    rank_low, rank_high : int64 ndarray, shape (sites,)
        Between the two lie 90 % of the draws: the least ranks that 5 % and 95 % of the draws do not exceed.
    winning : float64 ndarray, shape (sites, sites), or None
        Share of the draws in which the row's site is better than the column's, equal ones counting half; 0.5 on the diagonal.
    tiers : tuple of str
        A: among the ten best in 80 % of the draws or more, B: in 20 % or more, C: the rest.
    """

    draws: int
    acceptability: Float
    central_weights: Float
    confidence: Float
    rank_low: NDArray[np.int64]
    rank_high: NDArray[np.int64]
    winning: Float | None
    tiers: tuple[str, ...]

    def among(self, best: int) -> Float:
        """Give the share of the draws in which each site is among so many best, float64 of shape (sites,); NaN for an unknown one."""
        return np.asarray(self.acceptability[:, :best].sum(axis=1), np.float64)

    def separated(self, one: int, other: int) -> bool:
        """Say whether the rank intervals of two sites lie apart; where they overlap, the two cannot be separated."""
        return bool(self.rank_high[one] < self.rank_low[other] or self.rank_high[other] < self.rank_low[one])
