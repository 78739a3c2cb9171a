"""p-dispersion: plants as far from each other as can be, by packings of sites that keep a distance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geo_engine.decide.portfolio.programs.program import Clock, Found, Program, Rows, minimise, site_program
from geo_engine.model.answer.portfolio import PlacementProblem

__all__ = ["cliques_over", "solve_dispersion"]

Float = NDArray[np.float64]

_HALF = 0.5  # whole numbers, as the solver rounds them


def solve_dispersion(problem: PlacementProblem, clock: Clock, target: float | None) -> Found:
    """Find the sites whose least distance to each other, and to plants that stand, is greatest (Kuby 1987).

    Parameters
    ----------
    target : float or None
        Be content with this distance.

    Returns
    -------
    Found
        Its bound is the greatest distance that is not ruled out.

    Notes
    -----
    Instead of a program with a big constant, the sorted distances are halved: can so many sites be taken of which no two are nearer than
    ``D``? That is a packing of nodes in the graph of pairs that are too near; a row for each of the cliques that cover its edges
    (at most one site of a clique) makes its relaxation tight.
    """
    if problem.apart is None:
        msg = "p-dispersion needs distances between the sites"
        raise ValueError(msg)
    free = ~problem.standing & ~problem.forbidden
    near_standing = problem.apart[:, problem.standing].min(axis=1) if problem.standing.any() else np.full(problem.sites, np.inf)
    pairs = problem.apart[np.ix_(free, free)][np.triu_indices(int(free.sum()), 1)]
    distances = np.unique(np.concatenate([pairs, near_standing[free]]))
    if target is not None:
        distances = distances[distances >= target][:1]
    if not len(distances):  # one site and no other: nothing to keep away from
        distances = np.array([np.inf])
    low, high = 0, len(distances) - 1
    best: Float | None = None
    while best is None or low < high:
        middle = low if best is None else (low + high + 1) // 2
        found = minimise(_packing(problem, problem.apart, near_standing, float(distances[middle])), clock)
        if found.columns is None and found.feasible:
            return found if best is None else Found(best, float(distances[high]), proven=False)
        if found.columns is None:
            if best is None:
                return found
            high = middle - 1
        else:
            best = found.columns
            kept = np.flatnonzero((best > _HALF) & free)
            reached = problem.apart[np.ix_(kept, kept)][np.triu_indices(len(kept), 1)]
            reached = np.append(reached, near_standing[kept]).min(initial=np.inf)  # what was found may be better than what was asked
            low = max(middle, int(np.searchsorted(distances, reached, side="right")) - 1)
    return Found(best, float(distances[high]), proven=True)


def _packing(problem: PlacementProblem, apart: Float, near_standing: Float, distance: float) -> Program:
    n = problem.sites
    low, high, rows = site_program(problem, n)
    free = ~problem.standing & ~problem.forbidden & (near_standing >= distance)
    far = (apart >= distance) & free[:, None] & free[None, :]
    np.fill_diagonal(far, val=False)
    far, left = _thinned(far, free, problem.count or 0)
    high[~left & ~problem.standing] = 0.0
    conflict = ~far & left[:, None] & left[None, :]
    np.fill_diagonal(conflict, val=False)
    cliques = cliques_over(conflict) if int(left.sum()) >= (problem.count or 0) else []
    if cliques:
        row = np.repeat(np.arange(len(cliques)), [len(clique) for clique in cliques])
        matrix = sparse.csr_array((np.ones(len(row)), (row, np.concatenate(cliques))), shape=(len(cliques), n))
        rows.append(Rows(matrix, np.zeros(len(cliques)), np.ones(len(cliques))))
    return Program(np.zeros(n), low, high, np.ones(n, np.bool_), rows)


def _thinned(far: NDArray[np.bool_], free: NDArray[np.bool_], count: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Drop pairs and sites that cannot be part of `count` sites far from each other.

    Two of them have ``count - 2`` others in common, and each has ``count - 1``; what has not is dropped until nothing changes.
    """
    far, left = far.copy(), free.copy()
    while True:
        together = far.astype(np.float32)
        kept = far & (together @ together >= count - 2)
        left_now = left & (kept.sum(axis=1) >= count - 1)
        kept &= left_now[:, None] & left_now[None, :]
        if (kept == far).all() and (left_now == left).all():
            return far, left
        far, left = kept, left_now


def cliques_over(conflict: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Cover the edges of a graph by cliques, greedily from the lowest edge that is left, each as large as it gets.

    Parameters
    ----------
    conflict : bool ndarray, shape (n, n)
        Symmetric, False on the diagonal.

    Returns
    -------
    list of int64 ndarray
        Rising numbers of the nodes of each clique.

    Examples
    --------
    >>> triangle_and_tail = np.zeros((4, 4), bool)
    >>> for a, b in [(0, 1), (0, 2), (1, 2), (2, 3)]:
    ...     triangle_and_tail[a, b] = triangle_and_tail[b, a] = True
    >>> [clique.tolist() for clique in cliques_over(triangle_and_tail)]
    [[0, 1, 2], [2, 3]]
    """
    left = np.triu(conflict)
    popular = np.argsort(-conflict.sum(axis=1), kind="stable")  # one with many neighbours lets a clique grow long
    cliques = []
    for first in range(len(conflict)):
        while left[first].any():
            second = int(np.flatnonzero(left[first])[0])
            members = [first, second]
            common = conflict[first] & conflict[second]
            for node in popular[common[popular]].tolist():
                if common[node]:
                    members.append(node)
                    common = common & conflict[node]
            clique = np.sort(np.array(members, np.int64))
            left[np.ix_(clique, clique)] = False
            cliques.append(clique)
    return cliques
