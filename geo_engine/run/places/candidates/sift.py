"""Sift plots: what is left of each when the area studied, then each rule in turn, has taken its part, and what dropped it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_engine.measure import Plots
from geo_engine.model import STATUS_OFF_AREA, Candidates, Stage, Surface, rule_bits
from geo_engine.run.places.land.cells import blocking
from geo_engine.run.places.register import Verdict
from geo_engine.run.planning.plan import Plan

__all__ = ["UNKNOWN", "Sifted", "hectares", "sift"]

UNKNOWN = "unknown data"
_ROUNDING = 1e-9  # areas and shares are sums over cells

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Sifted:
    """What the sift says of k plots.

    Parameters
    ----------
    verdicts : tuple of Verdict or None
        What drops each; None for one that passes.
    gross, usable : float64 ndarray, shape (k,)
        Square metres of the plot, and of it on cells that lie on the area, fail no rule and lack no value.
    score : float64 ndarray, shape (k,)
        Mean of the surface over the plot's cells on the area, each weighed by the plot's part in it, whatever rules hold there; NaN
        where none is there, and where it is unknown in any of them.
    to_assemble : bool ndarray, shape (k,)
        Plots against which there is nothing but that they have too little usable land by themselves.
    """

    verdicts: tuple[Verdict | None, ...]
    gross: Float
    usable: Float
    score: Float
    to_assemble: Bool


def sift(plan: Plan, surface: Surface, plots: Plots, *, lifted: int | None = None) -> Sifted:
    """Sift plots by the stages of a run: the area studied, rules in the study's order, unknown data, size.

    A plot is dropped by what takes it below the land that the facility needs, by what takes the last of it, or by the rule with which
    more of it fails rules than the study allows. A plot that is too small from the start is dropped for its size, unless something
    before takes all of it.

    Parameters
    ----------
    plan : Plan
        The run; its study may search for areas, too.
    surface : Surface
        Its scored grid.
    plots : Plots
        Each is sifted by itself.
    lifted : int, optional
        Bit of a rule that is taken to hold nowhere.
    """
    asked, need = plan.study.sites.candidates or Candidates(""), plan.study.sites.area
    cells, owner, count = plots.cells, plots.cells.owner(), len(plots)
    status, score = surface.status[cells.rows, cells.cols], surface.score[cells.rows, cells.cols]
    gross: Float = np.asarray(shapely.area(plots.geometry), np.float64)
    on_area = status != STATUS_OFF_AREA

    def held(mask: Bool) -> Float:
        return np.asarray(np.bincount(owner[mask], weights=cells.area[mask], minlength=count), np.float64)

    land = held(on_area)
    worth = np.bincount(owner[on_area], weights=(cells.area * score)[on_area], minlength=count)
    mean = np.divide(worth, land, out=np.full(count, np.nan), where=land > 0)
    verdicts: list[Verdict | None] = [None] * count
    left, broken, passing = gross, np.zeros(count), np.ones(len(owner), np.bool_)
    for stage, name, fails in _tests(plan, status, score, lifted):
        before, taken = left, held(fails & (on_area | (stage is Stage.AREA)))
        if stage is Stage.RULE and name != UNKNOWN:
            broken = broken + held(passing & fails)
        passing &= ~fails
        left = held(passing)
        too_much = broken > gross * asked.restricted_share + _ROUNDING * gross
        gone = (_enough(before, need) & ~_enough(left, need)) | ((before > 0) & (left <= 0))
        gone |= np.isnan(mean) & (land > 0) & (name == UNKNOWN)
        for plot in np.flatnonzero(gone | too_much).tolist():
            share = 1.0 - land[plot] / gross[plot] if stage is Stage.AREA else taken[plot] / gross[plot]
            said = f"{_failing(name, share, stage)}; " + (
                f"{100.0 * asked.restricted_share:g} % is allowed"
                if too_much[plot]
                else f"{hectares(left[plot])} are left, {hectares(need)} needed"
            )
            verdicts[plot] = verdicts[plot] or Verdict(stage, name, 100.0 * share, "%", said)
    for key, there, least in (("minimum_area", gross, asked.minimum_area), ("area", left, need)):
        for plot in np.flatnonzero(~_enough(there, least)).tolist():
            said = f"{hectares(there[plot])}{' usable' if key == 'area' else ''}, {hectares(least)} needed"
            verdicts[plot] = verdicts[plot] or Verdict(Stage.SIZE, key, there[plot] / 1e4, "ha", said)
    allowed = (broken <= gross * (asked.restricted_share + _ROUNDING)) & _enough(gross, asked.minimum_area)
    return Sifted(tuple(verdicts), gross, left, mean, allowed & (left > 0) & ~_enough(left, need) & ~np.isnan(mean))


def _tests(plan: Plan, status: NDArray[np.uint32], score: NDArray[np.float32], lifted: int | None) -> Iterator[tuple[Stage, str, Bool]]:
    """Give the tests of a cell in the order of the sift, with the cells that fail each."""
    off = status == STATUS_OFF_AREA
    yield Stage.AREA, "area studied", off
    blocked = np.where(off, np.uint32(0), blocking(status))
    for name, bit in rule_bits(plan.study.constraints).items():
        if bit != lifted:
            yield Stage.RULE, name, blocked >> np.uint32(bit) & np.uint32(1) != 0
    yield Stage.RULE, UNKNOWN, ~off & np.isnan(score)


def _enough(area: Float, least: float) -> Bool:
    return np.asarray(area >= least * (1.0 - _ROUNDING), np.bool_)


def _failing(name: str, share: float, stage: Stage) -> str:
    of_it = f"{100.0 * share:.3g} % of it"
    if stage is Stage.AREA:
        return f"{of_it} lies off the area studied"
    return f"{of_it} has {UNKNOWN}" if name == UNKNOWN else f"{of_it} fails '{name}'"


def hectares(area: float) -> str:
    """Write square metres as hectares, ``"12.5 ha"``."""
    return f"{area / 1e4:,.4g} ha"
