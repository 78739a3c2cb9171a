"""Methods that judge sites beside each other: what one is worth depends on the others, so they have no surface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Vikor", "net_flow", "topsis_of_sites", "vikor"]

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Vikor:
    """What VIKOR says of sites; arrays of shape (sites,), less is better.

    Parameters
    ----------
    group, regret, compromise : float64 ndarray
        S, the weighted sum of shortfalls; R, the worst weighted shortfall; Q, between the two.
    chosen : tuple of int
        The compromise: the site with the least Q, with those that it has no clear lead over, best first.
    """

    group: Float
    regret: Float
    compromise: Float
    chosen: tuple[int, ...]


def topsis_of_sites(utilities: Float, weights: Sequence[float], normalisation: Literal["vector", "minmax"] = "vector") -> Float:
    """Give the nearness to the best of the sites against the worst of them (Hwang and Yoon 1981).

    Parameters
    ----------
    utilities : float64 ndarray, shape (sites, criteria)
        More is better; not negative for the vector normalisation.
    weights : sequence of float
        Shares.
    normalisation : {'vector', 'minmax'}
        Columns divided by their length, or laid from 0 to 1. The two can pick different winners: minmax makes a criterion
        that hardly differs count as much as one that differs widely.

    Returns
    -------
    float64 ndarray, shape (sites,)
        0 to 1, more is better; one half for all where the sites are identical.

    Examples
    --------
    >>> topsis_of_sites(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), [0.5, 0.5]).round(4)
    array([0.5, 0.5, 1. ])
    """
    if normalisation == "vector":
        length = np.sqrt((utilities**2).sum(axis=0))
        laid = np.divide(utilities, length, out=np.zeros(utilities.shape), where=length > 0)
    else:
        laid = 1.0 - _shortfall(utilities)
    laid = laid * np.asarray(weights, np.float64)
    near = np.sqrt(((laid - laid.min(axis=0)) ** 2).sum(axis=1))
    far = np.sqrt(((laid - laid.max(axis=0)) ** 2).sum(axis=1))
    nearness: Float = np.divide(near, near + far, out=np.full(len(near), 0.5), where=near + far > 0)
    return nearness


def vikor(utilities: Float, weights: Sequence[float], *, majority: float = 0.5) -> Vikor:
    """Find the compromise between the good of the group and the least regret (Opricovic and Tzeng, EJOR 156, 2004).

    With each criterion's shortfall from the best of the sites, as a share of its range: ``S = sum(w s)``, ``R = max(w s)``,
    ``Q = v (S - S*) / (S- - S*) + (1 - v) (R - R*) / (R- - R*)`` with the least and greatest S and R.

    Parameters
    ----------
    utilities : float64 ndarray, shape (sites, criteria)
        More is better.
    weights : sequence of float
        Shares.
    majority : float
        v, the weight of S against R, 0 to 1.

    Returns
    -------
    Vikor
        A criterion that is the same everywhere has no shortfall. The choice is the site with the least Q alone if it leads the second
        by ``1 / (m - 1)`` and is best in S or R too; the two if only the second fails; else all within ``1 / (m - 1)`` of it.

    Examples
    --------
    >>> found = vikor(np.array([[0.0, 1.0], [0.8, 0.9], [1.0, 0.0]]), [0.5, 0.5])
    >>> found.chosen, found.compromise
    ((1,), array([1., 0., 1.]))
    """
    short = _shortfall(utilities) * np.asarray(weights, np.float64)
    group, regret = short.sum(axis=1), short.max(axis=1)
    compromise = majority * _from_least(group) + (1.0 - majority) * _from_least(regret)
    order = np.argsort(compromise, kind="stable")
    best, lead = order[0], 1.0 / max(len(order) - 1, 1)
    rounding = 1e-12
    if len(order) > 1 and compromise[order[1]] - compromise[best] < lead - rounding:
        chosen = order[compromise[order] - compromise[best] < lead - rounding]
    elif group[best] > group.min() + rounding and regret[best] > regret.min() + rounding:
        chosen = order[:2]
    else:
        chosen = order[:1]
    return Vikor(group, regret, compromise, tuple(chosen.tolist()))


def net_flow(utilities: Float, weights: Sequence[float], *, indifference: float = 0.0, preference: float = 0.0) -> Float:
    """Give the net outranking flow of PROMETHEE II (Brans and Vincke, Management Science 31, 1985).

    Each site is compared with each other one; a lead in a criterion up to `indifference` counts nothing, one from `preference` on
    counts in full, and in between it counts in proportion. The flow is the mean of what a site wins less the mean of what it loses.

    Parameters
    ----------
    utilities : float64 ndarray, shape (sites, criteria)
        More is better.
    weights : sequence of float
        Shares.
    indifference, preference : float
        Of a lead in utility; both 0 is the usual criterion: any lead counts in full.

    Returns
    -------
    float64 ndarray, shape (sites,)
        -1 to 1, more is better; they add up to 0. One site has 0.

    Raises
    ------
    ValueError
        If preference is below indifference.

    Examples
    --------
    >>> net_flow(np.array([[1.0, 0.0], [0.5, 1.0], [0.0, 0.5]]), [0.5, 0.5])
    array([ 0. ,  0.5, -0.5])
    """
    if preference < indifference:
        msg = f"preference ({preference:g}) is below indifference ({indifference:g})"
        raise ValueError(msg)
    flow = np.zeros(len(utilities))
    for weight, column in zip(weights, utilities.T, strict=True):
        lead = column[:, None] - column
        if preference > indifference:
            prefers = np.clip((lead - indifference) / (preference - indifference), 0.0, 1.0)
        else:
            prefers = (lead > indifference).astype(np.float64)
        flow += weight * (prefers.sum(axis=1) - prefers.sum(axis=0))
    return flow / max(len(utilities) - 1, 1)


def _shortfall(utilities: Float) -> Float:
    """Give the share of each column's range that a site lacks of its best; 0 where all are the same."""
    best, span = utilities.max(axis=0), np.ptp(utilities, axis=0)
    lacking: Float = np.divide(best - utilities, span, out=np.zeros(utilities.shape), where=span > 0)
    return lacking


def _from_least(values: Float) -> Float:
    """Lay values from 0 at the least to 1 at the greatest; 0 where all are the same."""
    span = np.ptp(values)
    return (values - values.min()) / span if span > 0 else np.zeros(len(values))
