"""Weights from the data alone: how much each criterion tells the places apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo_engine.model import DerivedWeights

__all__ = ["critic_weights", "entropy_weights"]


def entropy_weights(utilities: NDArray[np.float64]) -> DerivedWeights:
    """Weigh criteria by Shannon's entropy of their columns: what is nearly the same everywhere counts little.

    With p the shares of a column, the entropy is ``e = -sum(p ln p) / ln m`` over m places, and the weight is in proportion to
    ``1 - e`` (Hwang and Yoon, Multiple Attribute Decision Making, 1981, section 4).

    Parameters
    ----------
    utilities : float64 ndarray, shape (places, criteria)
        Not negative; places with a NaN are left out.

    Returns
    -------
    DerivedWeights
        A criterion that is the same everywhere has no weight. Where nothing is told apart (one place, identical places), the
        weights are equal and a warning says so.

    Raises
    ------
    ValueError
        If a number is negative, or the array has not two dimensions.

    Examples
    --------
    >>> entropy_weights(np.array([[1.0, 0.5], [0.0, 0.5]])).shares
    (1.0, 0.0)
    """
    known = _known(utilities)
    if (known < 0).any():
        msg = "entropy weights need numbers that are not negative"
        raise ValueError(msg)
    total = known.sum(axis=0)
    share = np.divide(known, total, out=np.full(known.shape, 1.0 / max(len(known), 1)), where=total > 0)
    terms = share * np.log(share, out=np.zeros(share.shape), where=share > 0)
    told = 1.0 + terms.sum(axis=0) / np.log(len(known)) if len(known) > 1 else np.zeros(known.shape[1])
    told[np.ptp(known, axis=0) == 0 if len(known) else slice(None)] = 0.0  # not a rounding error's worth
    return _shared("entropy", np.maximum(told, 0.0))


def critic_weights(utilities: NDArray[np.float64]) -> DerivedWeights:
    """Weigh criteria by contrast and conflict (CRITIC): much spread, and little of it told by the others.

    Columns are laid from 0 to 1; the weight is in proportion to ``s_j sum(1 - r_jk over k)``, s the standard deviation and r the
    correlation (Diakoulaki, Mavrotas and Papayannakis, Computers & Operations Research 22, 1995).

    Parameters
    ----------
    utilities : float64 ndarray, shape (places, criteria)
        Places with a NaN are left out.

    Returns
    -------
    DerivedWeights
        As for `entropy_weights`. A criterion that is the same everywhere has no correlation with the others and no weight; where all
        criteria tell the same, the weights are equal.

    Raises
    ------
    ValueError
        If the array has not two dimensions.

    Examples
    --------
    >>> critic_weights(np.array([[0.0, 0.0, 1.0], [1.0, 1.0, 0.0], [0.5, 0.5, 0.5]])).shares
    (0.25, 0.25, 0.5)
    """
    known = _known(utilities)
    if len(known) == 0:
        return _shared("critic", np.zeros(known.shape[1]))
    span = np.ptp(known, axis=0)
    laid = np.divide(known - known.min(axis=0), span, out=np.zeros(known.shape), where=span > 0)
    centred = laid - laid.mean(axis=0)
    spread = np.sqrt((centred**2).mean(axis=0))
    spread[span == 0] = 0.0
    products = spread[:, None] * spread
    correlation = np.divide(centred.T @ centred / len(known), products, out=np.zeros(products.shape), where=products > 0)
    varies = span > 0
    conflict = (1.0 - correlation)[:, varies].sum(axis=1)
    told = spread * conflict
    told[told < _NOTHING * len(told)] = 0.0
    return _shared("critic", told)


_NOTHING = 1e-12


def _known(utilities: NDArray[np.float64]) -> NDArray[np.float64]:
    if utilities.ndim != 2 or utilities.shape[1] == 0:  # noqa: PLR2004 - places and criteria
        msg = f"weights from data need places by criteria, this array has the shape {utilities.shape}"
        raise ValueError(msg)
    return np.asarray(utilities, np.float64)[~np.isnan(utilities).any(axis=1)]


def _shared(method: str, told: NDArray[np.float64]) -> DerivedWeights:
    total = float(told.sum())
    if total > 0:
        return DerivedWeights(method, tuple((told / total).tolist()))
    warning = f"The {method} weights are equal: the places compared do not tell the criteria apart."
    return DerivedWeights(method, (1.0 / len(told),) * len(told), warnings=(warning,))
