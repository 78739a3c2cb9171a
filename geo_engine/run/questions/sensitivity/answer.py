"""What `sensitivity` answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["InputMoved", "MethodReversals", "SensitivityAnswer", "Standing", "Turned", "Variance", "WeightEffect"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A site with a score, 0 to 100, and the rank that goes with it."""

    site_id: str
    name: str
    score: float
    rank: int


@dataclass(frozen=True, slots=True)
class InputMoved:
    """One input moved, everything else as it is.

    Parameters
    ----------
    criterion, slug : str
        Of the criterion.
    input : str
        ``"weight"``, ``"left out"``, or the name of a threshold.
    moved_by : float
        A share; -1 for a criterion that is left out.
    before, after : float
        Shares of all weights, or quantities in `unit`.
    unit : str
        As readers see it; empty for shares and bare numbers.
    first_id, first_name : str
        The site that is first then.
    ten_best_kept : int
        How many of the ten best stay among the ten best.
    kendall_tau : float
        Between the ranks before and after; NaN where there is nothing to compare.
    site : Standing
        The site that was asked for, then.
    leading : tuple of Standing
        The ten best sites, then, in the order that they have now.
    """

    criterion: str
    slug: str
    input: str
    moved_by: float
    before: float
    after: float
    unit: str
    first_id: str
    first_name: str
    ten_best_kept: int
    kendall_tau: float
    site: Standing
    leading: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Turned:
    """Two sites that change places because a third one comes or goes: `better` has the better rank before, `worse` after; by name."""

    cause: str
    better: str
    worse: str


@dataclass(frozen=True, slots=True)
class MethodReversals:
    """What a method of combining does where a site comes or goes.

    Parameters
    ----------
    method : str
        As in ``methods.csv``; ``"own"`` is the study's.
    removed, copied, added : tuple of Turned
        Where a site is taken away, where a copy of one is put beside it, where a rival comes.
    """

    method: str
    removed: tuple[Turned, ...]
    copied: tuple[Turned, ...]
    added: tuple[Turned, ...]


@dataclass(frozen=True, slots=True)
class WeightEffect:
    """What the weight of one criterion does to the answer.

    Parameters
    ----------
    criterion, slug : str
        Of the criterion.
    low, high : float
        Between which its relative weight was drawn.
    first, first_error, total, total_error : float or None
        Sobol indices, with half-widths of 95 % intervals; None by Morris.
    mean, spread : float or None
        Morris effects, in units of the answer for the whole range; None by Sobol.
    """

    criterion: str
    slug: str
    low: float
    high: float
    first: float | None = None
    first_error: float | None = None
    total: float | None = None
    total_error: float | None = None
    mean: float | None = None
    spread: float | None = None


@dataclass(frozen=True, slots=True)
class Variance:
    """Which weights the spread of an answer comes from, the largest effect first; criteria without a weight are left out."""

    method: Literal["sobol", "morris"]
    answer: Literal["score", "margin", "rank"]
    effects: tuple[WeightEffect, ...]


@dataclass(frozen=True, slots=True)
class SensitivityAnswer:
    """What each input does to the ranking.

    Parameters
    ----------
    site : Standing
        The site that was asked for, as it is.
    leading : tuple of Standing
        The ten best sites, as they are.
    sites : int
        How many the run found.
    weights_by, thresholds_by : float
        How far inputs were moved, as shares.
    moves : tuple of InputMoved
        By criterion, in the study's order.
    judged : int
        How many of the best sites `reversals` looks at.
    reversals : tuple of MethodReversals
        The study's own method first.
    variance : Variance or None
        None where it was not asked for.
    """

    site: Standing
    leading: tuple[Standing, ...]
    sites: int
    weights_by: float
    thresholds_by: float
    moves: tuple[InputMoved, ...]
    judged: int
    reversals: tuple[MethodReversals, ...]
    variance: Variance | None = None
