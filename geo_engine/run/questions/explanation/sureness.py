"""How sure the rank of a site is, as the run's draws said it: tier, interval, and what it cannot be told apart from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo_engine.run.questions.stored import StoredRun

__all__ = ["Sureness", "how_sure"]

_DRAWN = ("tier", "rank_p05", "rank_p95")


@dataclass(frozen=True, slots=True)
class Sureness:
    """What a run's draws of weights and data say of one of its sites.

    Parameters
    ----------
    tier : str
        A, B or C; empty where nothing was drawn for it.
    rank_p05, rank_p95 : int or None
        The ranks between which 90 % of the draws lie; None where nothing was drawn for it.
    draws : int
        How many there were.
    not_separated : int
        Other sites whose intervals overlap with this one: it cannot be separated from them.
    best_of_them, worst_of_them : int or None
        Their best and their worst rank; None where there is none.
    note : str
        Why there is no answer, or empty.
    """

    tier: str
    rank_p05: int | None
    rank_p95: int | None
    draws: int
    not_separated: int
    best_of_them: int | None
    worst_of_them: int | None
    note: str


def how_sure(run: StoredRun, number: int | None) -> Sureness:
    """Tell how sure the rank of a site is, from the run's table of sites.

    Parameters
    ----------
    run : StoredRun
        The run.
    number : int or None
        Row of the site among the run's sites; None for a place that is none of them.
    """
    draws = int(run.record.get("robustness", {}).get("draws", 0))
    if number is None:
        return _unknown(draws, f"not drawn, because the place is none of the {run.study.sites.one}s that the run found")
    drawn = run.sites[list(_DRAWN)] if set(_DRAWN) <= set(run.sites.columns) else None
    if drawn is None or drawn.iloc[number].isna().any() or not drawn.iloc[number]["tier"]:
        return _unknown(draws, f"the run drew none for this {run.study.sites.one}")
    low, high = (drawn[column].to_numpy(np.float64, na_value=np.nan) for column in _DRAWN[1:])
    overlap = (low <= high[number]) & (high >= low[number])
    overlap[number] = False
    others = run.sites["rank"].to_numpy(np.int64)[overlap]
    return Sureness(
        str(drawn["tier"].iloc[number]),
        int(low[number]),
        int(high[number]),
        draws,
        len(others),
        int(others.min()) if others.size else None,
        int(others.max()) if others.size else None,
        "",
    )


def _unknown(draws: int, note: str) -> Sureness:
    return Sureness("", None, None, draws, 0, None, None, note)
