"""A network made ready for many sources at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels.network.elimination import costs_from, eliminate, weigh

__all__ = ["Elimination", "make_elimination"]

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Elimination:
    """The nodes of a network in an order of elimination, and what each was joined to; see `geo_engine.kernels.network.elimination`.

    Parameters
    ----------
    rank, first, above : int32 (nodes,), int64 (nodes + 1,), int32 (arcs,) ndarray
        As `eliminate` gives them.
    rise, fall : float64 ndarray, shape (arcs,)
        As `weigh` gives them.
    """

    rank: NDArray[np.int32]
    first: NDArray[np.int64]
    above: NDArray[np.int32]
    rise: Float
    fall: Float

    def costs(self, source: NDArray[np.int64], begin: Float, *, cutoff: float = np.inf) -> Float:
        """Give the cost from each of some sources to every node.

        Parameters
        ----------
        source : int64 ndarray, shape (k,)
            Their nodes.
        begin : float64 ndarray, shape (k,)
            What each costs to begin with.
        cutoff : float
            What costs more is infinite.

        Returns
        -------
        float64 ndarray, shape (nodes, k)
            Infinite where no way leads. Costs are added up in another order than a search adds them, so the last digits may differ.
        """
        found = costs_from(self.rank, self.first, self.above, self.rise, self.fall, source, begin)
        if np.isfinite(cutoff):
            found[found > cutoff] = np.inf
        return found


def make_elimination(low: NDArray[np.int32], high: NDArray[np.int32], up: Float, down: Float, count: int) -> Elimination:
    """Find an order of elimination for a network and weigh its arcs.

    Parameters
    ----------
    low, high : int32 ndarray, shape (links,)
        Nodes at either end.
    up, down : float64 ndarray, shape (links,)
        Cost of searching on from low to high, and back; infinite where closed.
    count : int
        Nodes.

    Examples
    --------
    Three nodes in a row, 2 and 3 apart, from the first and from the last:

    >>> far = np.array([2.0, 3.0])
    >>> row = make_elimination(np.array([0, 1], np.int32), np.array([1, 2], np.int32), far, far, 3)
    >>> row.costs(np.array([0, 2]), np.zeros(2)).tolist()
    [[0.0, 5.0], [2.0, 3.0], [5.0, 0.0]]
    """
    rank, first, above = eliminate(low, high, count)
    return Elimination(rank, first, above, *weigh(low, high, up, down, rank, first, above))
