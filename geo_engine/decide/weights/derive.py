"""From what a study says of its weights to the weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide.weights.data import critic_weights, entropy_weights
from geo_engine.decide.weights.judged import equal_weights, point_weights, rank_order_weights, swing_weights
from geo_engine.decide.weights.pairwise import ahp_weights
from geo_engine.model import (
    DataWeights,
    DerivedWeights,
    EqualWeights,
    PairwiseComparison,
    PointWeights,
    RankOrder,
    Study,
    SwingWeights,
    Weighting,
)

__all__ = ["derive_weights", "weighed"]


def derive_weights(weighting: Weighting, names: tuple[str, ...], utilities: NDArray[np.float64] | None = None) -> DerivedWeights:
    """Find the weights that a study asks for.

    Parameters
    ----------
    weighting : Weighting
        How.
    names : tuple of str
        Of the criteria, in order.
    utilities : float64 ndarray, shape (places, criteria), optional
        What weights from data are made from.

    Raises
    ------
    ValueError
        If the weighting does not fit the criteria, or needs utilities and there are none.
    TypeError
        If the weighting is of a kind that is not known here.
    """
    if isinstance(weighting, EqualWeights):
        return equal_weights(len(names))
    if isinstance(weighting, PointWeights):
        return (swing_weights if isinstance(weighting, SwingWeights) else point_weights)(weighting.points)
    if isinstance(weighting, RankOrder):
        return rank_order_weights(weighting.groups, weighting.formula)
    if isinstance(weighting, PairwiseComparison):
        return ahp_weights(weighting.matrices, names)
    if isinstance(weighting, DataWeights):
        if utilities is None:
            msg = f"{weighting.formula} weights need the utilities of the places compared"
            raise ValueError(msg)
        return (entropy_weights if weighting.formula == "entropy" else critic_weights)(utilities)
    msg = f"unknown weighting {type(weighting).__name__}"
    raise TypeError(msg)


def weighed(study: Study, utilities: NDArray[np.float64] | None = None) -> Study:
    """Give the study with the weights that its ``[weights]`` stands for; a study without is given back as it is.

    Raises
    ------
    ValueError, TypeError
        As for `derive_weights`.
    """
    if study.weighting is None:
        return study
    found = derive_weights(study.weighting, tuple(criterion.slug for criterion in study.criteria), utilities)
    criteria = tuple(replace(criterion, weight=share) for criterion, share in zip(study.criteria, found.shares, strict=True))
    return replace(study, criteria=criteria, weighed=found)
