"""Robustness of a ranking: 10,000 draws of weights for 1,000 sites by 12 criteria, against pymcdm's weighted sum in a loop."""

from __future__ import annotations

import resource
import sys
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from benchmarks import world
from benchmarks.figures import Figure, best_of, timed_process
from geo_engine.decide.robustness import best_probability, best_thresholds, draw_weights, smaa
from geo_engine.model import UniformWeights

__all__ = ["figures"]

DRAWS, SITES, CRITERIA = 10_000, 1_000, 12
LAYERS = 1_000  # of drawn data
PEER_DRAWS = 200  # timed of the peer's loop, which takes the same for each draw
LAND = 3_700_000  # cells of 250 m: Great Britain's land
TILE = 512 * 512
SAMPLE = 50_000
SURFACE_DRAWS = 1_000


def _utilities(layers: int) -> NDArray[np.float64]:
    return np.random.Generator(np.random.PCG64(1)).random((layers, SITES, CRITERIA))


def _weights(draws: int = DRAWS) -> NDArray[np.float64]:
    return draw_weights(UniformWeights(), CRITERIA, draws=draws, seed=1)


def _pymcdm(*, validation: bool) -> float:
    """Time the peer's scores and ranks of a few draws, with or without its check of the input, and give the seconds of all."""
    from pymcdm.helpers import rankdata  # noqa: PLC0415 - a peer that need not be installed
    from pymcdm.methods import WSM  # noqa: PLC0415

    table, weights, types = _utilities(1)[0], _weights(PEER_DRAWS), np.ones(CRITERIA)
    method = WSM(lambda column, cost=False: column)  # noqa: ARG005 - the peer's signature of a normalisation

    def loop() -> None:
        for drawn in weights:
            rankdata(method(table, drawn, types, validation=validation), reverse=True)

    return best_of(loop, 2) * DRAWS / PEER_DRAWS


def _surface() -> float:
    """Give the seconds that the best-5 % surface of Great Britain takes on one core, from those of a tile."""
    random = np.random.Generator(np.random.PCG64(1))
    utilities, weights = random.random((CRITERIA, TILE), np.float32), _weights(SURFACE_DRAWS)
    thresholds = best_thresholds(utilities[:, :SAMPLE], weights)
    once = best_of(lambda: best_thresholds(utilities[:, :SAMPLE], weights), 1)
    return once + best_of(lambda: best_probability(utilities, weights, thresholds), 2) * LAND / TILE


def figures() -> list[Figure]:
    """Measure ours with weights alone and with everything, the peer's, and the surface's."""
    table, layers = _utilities(1)[0], _utilities(LAYERS)
    smaa(table[:2], _weights(2))
    weights_only = best_of(lambda: smaa(table, _weights(), pairwise=False))
    what = f"SMAA, {DRAWS:,} draws of {SITES:,} sites by {CRITERIA} criteria"
    found = [Figure(f"{what}: weights only", weights_only, "s", "<= 0.5")]
    if find_spec("pymcdm"):
        peer = "pymcdm's weighted sum and ranks in a loop"
        found.append(Figure(f"{what}: weights only", weights_only, "s", ">= 100", peer, _pymcdm(validation=True)))
        found.append(Figure(f"{what}: weights only", weights_only, "s", "", f"{peer}, its checks off", _pymcdm(validation=False)))
    everything = best_of(lambda: smaa(layers, _weights()))
    found.append(Figure(f"{what}: with pairs and {LAYERS:,} drawings of the data", everything, "s", "<= 2.5"))
    _, memory = timed_process([sys.executable, "-m", "benchmarks.robustness"], cwd=world.ROOT)
    found.append(Figure("the same: largest memory", memory / 1e9, "GB", "<= 1"))
    found.append(Figure(f"best 5 %, {LAND / 1e6:.1f} M cells, {SURFACE_DRAWS:,} draws, one core", _surface(), "s", "<= 20"))
    return found


if __name__ == "__main__":
    smaa(_utilities(LAYERS), _weights())
    sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB\n")
