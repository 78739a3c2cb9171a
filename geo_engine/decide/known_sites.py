"""How well scores tell known sites from other land: percentiles, AUC with an interval, lift."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide.rank import percentile_below

__all__ = ["LIFT_SHARES", "Standing", "bootstrap_interval", "lift", "placements", "stand"]

Float = NDArray[np.float64]

LIFT_SHARES = (1, 5, 10, 20)
_FEWEST = 10  # known sites that an interval is made of
_RESAMPLES = 10_000
_MIDDLE = (2.5, 97.5)  # per cent


@dataclass(frozen=True, slots=True)
class Standing:
    """Where known sites stand among land.

    Parameters
    ----------
    percentiles : tuple of float
        Of each site: the share, in per cent, of the land that scores lower; NaN for a site without a score.
    median_percentile : float
        Of the sites that have one; NaN where none has.
    auc : float
        The chance that a known site, taken at random, scores higher than land taken at random, equal scores counting one half; 0.5 tells
        nothing, NaN where no site has a score.
    auc_interval : tuple of float or None
        Between which the middle 95 % of the resamples lie; None below ten sites with a score.
    lift : mapping of str to float
        By the share of the land in per cent: how many times as many known sites as by chance the best such share holds.
    """

    percentiles: tuple[float, ...]
    median_percentile: float
    auc: float
    auc_interval: tuple[float, float] | None
    lift: Mapping[str, float]


def stand(land: NDArray[np.float32], known: Sequence[float], *, seed: int) -> Standing:
    """Compare known sites with land.

    Parameters
    ----------
    land : float32 ndarray, shape (n,)
        Scores, rising, without NaN.
    known : sequence of float
        Scores of the sites, NaN where there is none; compared in float32, as land is held.
    seed : int
        Of the resamples.

    Examples
    --------
    By hand: of four cells two are below the first site and all below the second; half the AUC's pairs and then all.

    >>> found = stand(np.array([10, 20, 30, 40], np.float32), [25.0, 50.0, float("nan")], seed=1)
    >>> found.percentiles, found.median_percentile, found.auc, found.auc_interval
    ((50.0, 100.0, nan), 75.0, 0.75, None)
    """
    percentiles = tuple(percentile_below(land, score) for score in known)
    there = [percentile for percentile in percentiles if not math.isnan(percentile)]
    shares = placements(land, known)
    median = float(np.median(there)) if there else math.nan
    auc = float(shares.mean()) if len(shares) else math.nan
    return Standing(percentiles, median, auc, bootstrap_interval(shares, seed=seed), lift(there))


def placements(land: NDArray[np.float32], known: Sequence[float]) -> Float:
    """Give for each site with a score the share of land below it, land with the same score counting one half.

    Their mean is the AUC: the statistic of Mann and Whitney (1947) over the number of pairs (Hanley and McNeil 1982).

    Parameters
    ----------
    land, known
        As for `stand`.

    Returns
    -------
    float64 ndarray, shape (sites with a score,)
        0 to 1; empty where there is no land.

    Examples
    --------
    >>> placements(np.array([10, 20, 20, 40], np.float32), [20.0, 5.0]).tolist()
    [0.5, 0.0]
    """
    scores = np.array([score for score in known if not math.isnan(score)], np.float32)
    if not land.size:
        return np.empty(0)
    below, not_above = (np.searchsorted(land, scores, side=side) for side in ("left", "right"))
    return np.asarray((below + not_above) / 2.0 / land.size, np.float64)


def bootstrap_interval(shares: Float, *, seed: int) -> tuple[float, float] | None:
    """Resample the known sites with replacement and give the middle 95 % of their means; None below ten sites.

    The land is not resampled: it is all there is. Percentile bootstrap of 10,000 resamples by PCG64 (Efron 1979).

    >>> bootstrap_interval(np.full(10, 0.7), seed=1), bootstrap_interval(np.full(9, 0.7), seed=1)
    ((0.7, 0.7), None)
    """
    if len(shares) < _FEWEST:
        return None
    random = np.random.Generator(np.random.PCG64(seed))
    means = shares[random.integers(len(shares), size=(_RESAMPLES, len(shares)))].mean(axis=1)
    low, high = np.percentile(means, _MIDDLE)
    return round(float(low), 12), round(float(high), 12)


def lift(percentiles: Sequence[float], shares: Sequence[int] = LIFT_SHARES) -> dict[str, float]:
    """Give the share of sites in the best land over that share of the land.

    A site is in the best x per cent where at least 100 - x per cent of the land scores lower: land with the same score counts against it.

    Parameters
    ----------
    percentiles : sequence of float
        Without NaN.
    shares : sequence of int
        Per cent of the land.

    Returns
    -------
    dict of str to float
        By the share; 1 is what chance gives, NaN without sites.

    Examples
    --------
    By hand: of four sites one is in the best tenth, which is 2.5 times a tenth; two in the best fifth.

    >>> lift([99.5, 85.0, 50.0, 10.0], (1, 10, 20))
    {'1': 25.0, '10': 2.5, '20': 2.5}
    """
    there = np.asarray(percentiles, np.float64)
    return {
        f"{share}": float((there >= 100.0 - share).sum()) * 100.0 / (share * len(there)) if len(there) else math.nan for share in shares
    }
