"""Scores, ranks and pairwise wins of sites over many draws."""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["add_firsts", "add_ranks", "add_wins", "weighted_scores"]

_BITS = 10
_DIGITS = 1 << _BITS
_BLOCK = 128  # sites scored before the next look whether one of them is better
_TOP = float((1 << 2 * _BITS) - 1)


@nb.njit(nogil=True, cache=True)
def weighted_scores(utilities: NDArray[np.float64], start: int, weights: NDArray[np.float64], scores: NDArray[np.float64]) -> None:
    """Write the weighted sum of each site in each draw.

    Parameters
    ----------
    utilities : float64 ndarray, shape (layers, sites, criteria)
        Draw d takes layer ``(start + d) % layers``.
    start : int
        Number of the first draw.
    weights : float64 ndarray, shape (draws, criteria)
        Of each draw.
    scores : float64 ndarray, shape (draws, sites)
        Filled in place. Criteria are added in order, so that equal sites have equal scores to the last bit.
    """
    layers, sites, criteria = utilities.shape
    for d in range(weights.shape[0]):
        layer = utilities[(start + d) % layers]
        for i in range(sites):
            total = 0.0
            for c in range(criteria):
                total += weights[d, c] * layer[i, c]
            scores[d, i] = total


@nb.njit(nogil=True, cache=True)
def add_ranks(
    scores: NDArray[np.float64],
    weights: NDArray[np.float64],
    alone: NDArray[np.int64],
    shared: NDArray[np.float64],
    central: NDArray[np.float64],
    ranks: NDArray[np.int16],
) -> None:
    """Rank the sites of each draw and add up who had which rank, and by which weights the first one was first.

    Sites are sorted by 20 bits of the score's place between worst and best, ten at a time, then put right by insertion where those
    bits are the same: a draw costs a few operations a site instead of a sort's.

    Parameters
    ----------
    scores : float64 ndarray, shape (draws, sites)
        More is better; no NaN.
    weights : float64 ndarray, shape (draws, criteria)
        Of each draw.
    alone : int64 ndarray, shape (sites, sites)
        Added to: draws in which the row's site has the column's rank for itself.
    shared : float64 ndarray, shape (sites, sites)
        Added to: its parts of ranks that it shares. k equal sites share their k ranks equally. Whole draws and parts are apart so
        that neither sum depends on how draws are held together.
    central : float64 ndarray, shape (sites, criteria)
        Added to: the draw's weights to the site that is first, in equal shares where several are.
    ranks : int16 ndarray, shape (sites, draws)
        Filled in place, from 0; equal sites have the better rank.
    """
    draws, sites = scores.shape
    keys, order, other = np.empty(sites, np.int32), np.empty(sites, np.int32), np.empty(sites, np.int32)
    low_count, high_count = np.empty(_DIGITS, np.int32), np.empty(_DIGITS, np.int32)
    for d in range(draws):
        row = scores[d]
        best, worst = row[0], row[0]
        for i in range(sites):
            best, worst = max(best, row[i]), min(worst, row[i])
        scale = _TOP / (best - worst) if best > worst else 0.0
        low_count[:] = 0
        high_count[:] = 0
        for i in range(sites):
            key = np.int32((best - row[i]) * scale)
            keys[i] = key
            low_count[key & (_DIGITS - 1)] += 1
            high_count[key >> _BITS] += 1
        low_sum, high_sum = 0, 0
        for k in range(_DIGITS):
            low_here, high_here = low_count[k], high_count[k]
            low_count[k], high_count[k] = low_sum, high_sum
            low_sum += low_here
            high_sum += high_here
        for i in range(sites):
            digit = keys[i] & (_DIGITS - 1)
            other[low_count[digit]] = i
            low_count[digit] += 1
        for k in range(sites):
            i = other[k]
            digit = keys[i] >> _BITS
            order[high_count[digit]] = i
            high_count[digit] += 1
        for k in range(1, sites):
            i = order[k]
            j = k
            while j > 0 and row[order[j - 1]] < row[i]:
                order[j] = order[j - 1]
                j -= 1
            order[j] = i
        first = 0
        while first < sites:
            value = row[order[first]]
            last = first + 1
            while last < sites and row[order[last]] == value:
                last += 1
            share = 1.0 / (last - first)
            for k in range(first, last):
                i = order[k]
                ranks[i, d] = first
                if last - first > 1:
                    alone[i, first] -= 1  # counted below as if it had this rank for itself
                    for rank in range(first, last):
                        shared[i, rank] += share
                if first == 0:
                    for c in range(weights.shape[1]):
                        central[i, c] += share * weights[d, c]
            first = last
    for i in range(sites):  # one site after another, so that its row stays in the nearest cache
        mine, counts = ranks[i], alone[i]
        for d in range(draws):
            counts[mine[d]] += 1


@nb.njit(nogil=True, cache=True)
def add_wins(ranks: NDArray[np.int16], first: int, last: int, wins: NDArray[np.int64]) -> None:
    """Add up by how many draws each site beats each other one more than it is beaten.

    Parameters
    ----------
    ranks : int16 ndarray, shape (sites, draws)
        As `add_ranks` writes them; at most 32,767 draws, the room of a count.
    first, last : int
        Rows to do, so that several threads may share the work.
    wins : int64 ndarray, shape (sites, sites)
        Added to, above the diagonal: draws that the row's site wins less those that it loses.
    """
    sites, draws = ranks.shape
    for i in range(first, last):
        mine = ranks[i]
        for j in range(i + 1, sites):
            others = ranks[j]
            lead = np.int16(0)
            for d in range(draws):
                lead = np.int16(lead + np.int16(mine[d] < others[d]) - np.int16(mine[d] > others[d]))
            wins[i, j] += lead


@nb.njit(nogil=True, cache=True)
def add_firsts(
    utilities: NDArray[np.float64],
    weights: NDArray[np.float64],
    candidates: NDArray[np.int64],
    rounding: float,
    firsts: NDArray[np.float64],
) -> None:
    """Add up in which layers each candidate is first by its own weights.

    Parameters
    ----------
    utilities : float64 ndarray, shape (layers, sites, criteria)
        No NaN.
    weights : float64 ndarray, shape (candidates, criteria)
        Of each candidate.
    candidates : int64 ndarray, shape (candidates,)
        Their numbers among the sites.
    rounding : float
        Scores this near are equal; equal ones share the first place.
    firsts : float64 ndarray, shape (candidates,)
        Added to.
    """
    layers, sites, criteria = utilities.shape
    turned, scores = np.empty((criteria, sites)), np.empty(_BLOCK)
    for number in range(layers):
        for i in range(sites):
            for c in range(criteria):
                turned[c, i] = utilities[number, i, c]
        for k in range(candidates.size):
            own = 0.0
            for c in range(criteria):
                own += weights[k, c] * turned[c, candidates[k]]
            equals, begin = 0, 0
            while begin < sites:
                size = min(_BLOCK, sites - begin)
                scores[:size] = weights[k, 0] * turned[0, begin : begin + size]
                for c in range(1, criteria):
                    weight, row = weights[k, c], turned[c, begin : begin + size]
                    for j in range(size):
                        scores[j] += weight * row[j]
                better = 0
                for j in range(size):
                    better += scores[j] > own + rounding
                    equals += scores[j] >= own - rounding
                begin = begin + size if better == 0 else sites + 1
            if begin == sites:
                firsts[k] += 1.0 / equals
