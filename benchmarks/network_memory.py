"""How much memory a large network takes: streets in squares, facilities put on them, nearest found. A process of its own."""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
from numpy.typing import NDArray

from geo_engine.model import Profile
from geo_engine.network import Network, straight_network, travel_network

__all__ = ["main"]


def _grid_streets(side: int) -> Network:
    """Lay streets in squares, the plainest network of a size; `side` squared nodes and almost twice as many edges."""
    number = np.arange(side * side, dtype=np.int32).reshape(side, side)
    start = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    end = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    places: NDArray[np.float64] = np.stack(np.divmod(np.arange(side * side), side), axis=1) * 100.0
    return straight_network("squares", places, start, end)


def main(million_arcs: float) -> tuple[float, float]:
    """Give the largest memory of this process in GB, and the seconds of the search."""
    van = Profile("van", "Van", {"edge": 15.0}, frozenset(), 8.0, 1.3, 50_000.0)
    network = _grid_streets(int((million_arcs * 1e6 / 4) ** 0.5))
    chosen = np.random.default_rng(2).choice(len(network.nodes), 350, replace=False)
    e, n = network.nodes[chosen].T
    travel = travel_network(network, van, {"facilities": (e.copy(), n.copy(), [str(i) for i in range(350)])})
    begun = time.perf_counter()
    travel.nearest("facilities")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, time.perf_counter() - begun


if __name__ == "__main__":
    print(*main(float(sys.argv[1])))
