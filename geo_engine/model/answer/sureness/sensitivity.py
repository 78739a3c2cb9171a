"""What moving one input of a study does to the sites that a run found."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Move"]


@dataclass(frozen=True, slots=True)
class Move:
    """One input moved, everything else as it is.

    Parameters
    ----------
    criterion : int
        Its number in the study.
    what : str
        The input: ``"weight"``, ``"left out"``, or the name of a threshold of the value function.
    moved_by : float
        How far: a share of the weight, or of the span between the thresholds (see `geo_engine.decide.robustness.move_thresholds`); -1 for a
        criterion that is left out.
    before, after : float
        A share of all weights, or a quantity in SI.
    leader : int
        Number of the site that is first then; the first of those that share the place.
    kept : int
        How many of those that are among the ten best as it is are among the ten best then.
    tau : float
        Kendall's tau-b between the ranks before and after: 1 where no two sites change places, -1 where all do; NaN where there is
        nothing to compare.
    scores : tuple of float
        Of every site, 0 to 100.
    ranks : tuple of int
        Of every site, from 1, equal scores sharing the better one; 0 for a site without a score.
    """

    criterion: int
    what: str
    moved_by: float
    before: float
    after: float
    leader: int
    kept: int
    tau: float
    scores: tuple[float, ...]
    ranks: tuple[int, ...]
