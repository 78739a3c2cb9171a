"""Stochastic multicriteria acceptability analysis (SMAA-2): in what share of the draws has a site which rank, and by which weights.

Lahdelma and Salminen, Operations Research 49, 2001; Tervonen and Lahdelma, European Journal of Operational Research 178, 2007.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide.combine import combined
from geo_engine.kernels.decision.ranking import add_firsts, add_ranks, add_wins, weighted_scores
from geo_engine.model import Combination, Smaa, WeightedSum

__all__ = ["smaa", "tiers"]

Float = NDArray[np.float64]
Utilities = Float | Callable[[int, int], Float]

_AT_ONCE = 1000  # draws held together
_CONFIDENCE_LAYERS = 1000  # of drawn data, that a confidence factor is made from
_MOST_SITES = 32_767  # that a rank has room for
_FROM, _TO = 0.05, 0.95
_ROUNDING = 1e-9
_BEST = 10
_SURE, _LIKELY = 0.8, 0.2
_WEIGHTED_SUM = WeightedSum()


def smaa(
    utilities: Utilities,
    weights: Float,
    *,
    combination: Combination = _WEIGHTED_SUM,
    pairwise: bool = True,
    best: int = _BEST,
) -> Smaa:
    """Rank the sites anew in every draw of weights, and of data where these are uncertain, and count.

    Parameters
    ----------
    utilities : float64 ndarray or callable
        Shape (sites, criteria), 0 to 1: the same in every draw. Or (layers, sites, criteria): draw d takes layer ``d % layers``. Or a
        function of the first draw and the one after the last that gives (draws, sites, criteria) for them: the same draws must
        give the same numbers. What differs between layers should be what is uncertain in the data (where a facility stands, for
        all sites alike), not each site's number by itself.
    weights : float64 ndarray, shape (draws, criteria)
        As `draw_weights` gives them.
    combination : Combination
        How utilities become a score; any but the weighted sum takes some hundred times longer.
    pairwise : bool
        Whether to find `Smaa.winning`.
    best : int
        How many sites count as the best for tiers.

    Returns
    -------
    Smaa
        It does not depend on how draws are held together, and is the same for the same input to the last bit.

    Raises
    ------
    ValueError
        If there is no draw, a utility becomes unknown in a later draw, or there are more than 32,767 sites.

    Notes
    -----
    The confidence factor is made from the first 1,000 layers of drawn data. Of data that are certain it is 1, or less among equals.

    Examples
    --------
    >>> found = smaa(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.5, 0.5]]))
    >>> found.acceptability.tolist()
    [[0.625, 0.375], [0.375, 0.625]]
    """
    draws, criteria = weights.shape
    source = _Source(utilities, criteria)
    sites = len(source.known)
    if draws == 0 or int(source.known.sum()) > _MOST_SITES:
        msg = f"{draws} draws of {sites} sites: at least one draw, at most {_MOST_SITES} sites"
        raise ValueError(msg)
    count = int(source.known.sum())
    alone, shared, central = np.zeros((count, count), np.int64), np.zeros((count, count)), np.zeros((count, criteria))
    wins = np.zeros((count, count), np.int64)
    weights = np.ascontiguousarray(weights, np.float64)
    for first in range(0, draws if count else 0, _AT_ONCE):
        drawn = weights[first : first + _AT_ONCE]
        scores = _scores(source, first, drawn, combination)
        ranks = np.empty((count, len(drawn)), np.int16)
        add_ranks(scores, drawn, alone, shared, central, ranks)
        if pairwise:
            add_wins(ranks, 0, count, wins)
    acceptability = alone + shared
    first_share = acceptability[:, 0] if count else np.zeros(0)
    central = np.divide(central, first_share[:, None], out=np.full(central.shape, np.nan), where=first_share[:, None] > 0)
    confidence = _confidence(source, central, combination, min(draws, _CONFIDENCE_LAYERS))
    acceptability = np.pad(acceptability / draws, ((0, 0), (0, sites - count)))
    reached = np.cumsum(acceptability, axis=1)
    low, high = (np.argmax(reached >= share - _ROUNDING, axis=1) + 1 if count else np.zeros(0, np.int64) for share in (_FROM, _TO))
    winning = 0.5 + (wins - wins.T) / (2.0 * draws)
    whole = source.whole
    return Smaa(
        draws,
        whole(acceptability),
        whole(central),
        whole(confidence),
        np.nan_to_num(whole(low.astype(np.float64))).astype(np.int64),
        np.nan_to_num(whole(high.astype(np.float64))).astype(np.int64),
        whole(whole(winning).T).T if pairwise else None,
        tiers(whole(acceptability), best=best),
    )


def tiers(acceptability: Float, *, best: int = _BEST) -> tuple[str, ...]:
    """Sort sites into tiers by how often they are among the best: A in 80 % of the draws or more, B in 20 % or more, C the rest.

    A site with NaN has an empty tier.

    >>> tiers(np.array([[0.9, 0.1, 0.0], [0.1, 0.3, 0.6], [0.0, 0.6, 0.4]]), best=1)
    ('A', 'C', 'C')
    """
    among = acceptability[:, :best].sum(axis=1) + _ROUNDING
    return tuple("" if np.isnan(share) else "A" if share >= _SURE else "B" if share >= _LIKELY else "C" for share in among)


class _Source:
    """Utilities of the known sites, however they were given."""

    def __init__(self, utilities: Utilities, criteria: int) -> None:
        self._given = utilities
        sample = utilities(0, 1) if callable(utilities) else utilities
        layers = sample[None] if sample.ndim == 2 else sample  # noqa: PLR2004 - sites and criteria
        if layers.shape[2] != criteria:
            msg = f"weights of {criteria} criteria and utilities of {layers.shape[2]}"
            raise ValueError(msg)
        self.known = np.asarray(~np.isnan(layers).any(axis=(0, 2)))
        self.fixed = None if callable(utilities) else self._kept(layers)

    def layers(self, first: int, last: int) -> tuple[Float, int]:
        """Give layers of the known sites, and which of them draw `first` takes."""
        if self.fixed is not None:
            return self.fixed, first
        assert callable(self._given)  # noqa: S101 - or it would be fixed
        return self._kept(self._given(first, last)), 0

    def _kept(self, layers: Float) -> Float:
        return np.ascontiguousarray(layers if self.known.all() else layers[:, self.known], np.float64)

    def whole(self, values: Float) -> Float:
        """Put the rows of the known sites into those of all, NaN for the others."""
        if self.known.all():
            return values
        out = np.full((len(self.known), *values.shape[1:]), np.nan)
        out[self.known] = values
        return out


def _scores(source: _Source, first: int, drawn: Float, combination: Combination) -> Float:
    layers, start = source.layers(first, first + len(drawn))
    scores = np.empty((len(drawn), layers.shape[1]))
    if isinstance(combination, WeightedSum):
        weighted_scores(layers, start, drawn, scores)
    else:
        for number, weights in enumerate(drawn):
            layer = layers[(start + number) % len(layers)]
            scores[number] = combined(combination, np.ascontiguousarray(layer.T), weights.tolist())
    if np.isnan(scores).any():
        msg = f"a utility becomes unknown in one of the draws from {first} to {first + len(drawn) - 1}"
        raise ValueError(msg)
    return scores


def _confidence(source: _Source, central: Float, combination: Combination, draws: int) -> Float:
    """Give the share of drawn data by which each site is first with its own central weights."""
    confidence = np.full(len(central), np.nan)
    ever = np.flatnonzero(~np.isnan(central).any(axis=1))
    if not len(ever):
        return confidence
    count = min(draws, len(source.fixed)) if source.fixed is not None else draws
    firsts = np.zeros(len(ever))
    for begin in range(0, count, _AT_ONCE):
        layers, start = source.layers(begin, min(begin + _AT_ONCE, count))
        here = layers[start : start + _AT_ONCE]
        if isinstance(combination, WeightedSum):
            add_firsts(here, central[ever], ever, _ROUNDING, firsts)
        else:
            for layer in here:
                scores = np.stack([combined(combination, layer.T, weights.tolist()) for weights in central[ever]])
                level = scores.max(axis=1) - _ROUNDING
                leads = np.flatnonzero(scores[np.arange(len(ever)), ever] >= level)
                firsts[leads] += 1.0 / (scores[leads] >= level[leads, None]).sum(axis=1)
    confidence[ever] = firsts / count
    return confidence
