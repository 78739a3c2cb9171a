"""Neighbouring plots taken together, where none of them is large enough by itself."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["assembled", "neighbours"]

_Enough = Callable[[tuple[int, ...]], bool]
_MORE = 0.1  # of the need: plots that overlap hold less than they add up to, and are looked at again with so much more


def neighbours(shapes: NDArray[np.object_], numbers: NDArray[np.int64], gap: float) -> dict[int, tuple[int, ...]]:
    """Tell which of some plots lie no farther apart than a gap.

    Parameters
    ----------
    shapes : ndarray of shapely geometries, shape (k,)
        All plots.
    numbers : int64 ndarray, shape (m,)
        Those that are looked at, rising.
    gap : float
        Metres; 0 for plots that touch.

    Returns
    -------
    dict of int to tuple of int
        For each, its neighbours, rising.
    """
    found: dict[int, list[int]] = {int(number): [] for number in numbers}
    if len(numbers):
        tree = shapely.STRtree(shapes[numbers])
        for one, other in zip(*tree.query(shapes[numbers], predicate="dwithin", distance=gap), strict=True):
            if one != other:
                found[int(numbers[one])].append(int(numbers[other]))
    return {number: tuple(sorted(others)) for number, others in found.items()}


def assembled(
    beside: Mapping[int, tuple[int, ...]], score: NDArray[np.float64], usable: NDArray[np.float64], need: float, enough: _Enough
) -> tuple[tuple[int, ...], ...]:
    """Take neighbouring plots together until there is enough land.

    From the best plot a group grows by the best of the plots beside it until there is enough; then those that are not needed are
    dropped, the worst first, as long as the others stay neighbours. Its plots are taken, and the next group begins with the
    best plot that is left. Equal scores go by the plots' order. This is quick and finds a group wherever plots in a row have enough land
    together; it does not promise the best of all groups.

    Parameters
    ----------
    beside : mapping of int to tuple of int
        Neighbours of each plot that may be taken.
    score, usable : float64 ndarray, shape (k,)
        Of all plots; square metres.
    need : float
        Square metres.
    enough : callable
        Whether a group has enough land, where plots that overlap count once; asked only of groups whose plots add up to the need.

    Returns
    -------
    tuple of tuple of int
        The groups, each rising, in the order in which they were made. A plot is in one group at most.
    """
    search = _Search(beside, score, usable, need, enough)
    left, groups = set(beside), []
    for seed in sorted(beside, key=lambda plot: (-score[plot], plot)):
        if seed in left:
            group, found = search.grow(seed, left)
            if found:
                group = search.prune(group)
                groups.append(tuple(sorted(group)))
            left -= group  # where all that hangs together is not enough, none of it will be
    return tuple(groups)


@dataclass(frozen=True, eq=False)
class _Search:
    """What groups are grown from; see `assembled`."""

    beside: Mapping[int, tuple[int, ...]]
    score: NDArray[np.float64]
    usable: NDArray[np.float64]
    need: float
    enough: _Enough

    def grow(self, seed: int, left: set[int]) -> tuple[set[int], bool]:
        """Grow a group of plots that are left from one of them, and say whether it has enough land."""
        group: set[int] = set()
        known, edge, there, ask_at = {seed}, [(-float(self.score[seed]), seed)], 0.0, self.need
        while edge:
            _, best = heapq.heappop(edge)
            group.add(best)
            there += float(self.usable[best])
            for other in self.beside[best]:
                if other in left and other not in known:
                    known.add(other)
                    heapq.heappush(edge, (-float(self.score[other]), other))
            if there >= ask_at or (not edge and there >= self.need):
                if self.enough(tuple(sorted(group))):
                    return group, True
                ask_at = there + _MORE * self.need
        return group, False

    def prune(self, group: set[int]) -> set[int]:
        """Drop the plots that are not needed, the worst first, as long as the others stay neighbours."""
        for plot in sorted(group, key=lambda plot: (self.score[plot], -plot)):
            rest = group - {plot}
            adds_up = float(self.usable[sorted(rest)].sum()) >= self.need
            if adds_up and _hangs_together(rest, self.beside) and self.enough(tuple(sorted(rest))):
                group = rest
        return group


def _hangs_together(group: set[int], beside: Mapping[int, tuple[int, ...]]) -> bool:
    todo = [min(group)]
    seen = set(todo)
    while todo:
        more = [other for other in beside[todo.pop()] if other in group and other not in seen]
        seen.update(more)
        todo += more
    return seen == group
