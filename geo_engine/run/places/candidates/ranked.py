"""The plots that pass, as ranked sites, and the register of those that do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.measure import Plots
from geo_engine.model import STATUS_OFF_AREA, Candidates, Ranking, Rejection, Site, Stage, Surface, rule_bits
from geo_engine.run.places.candidates.assembly import assembled, neighbours
from geo_engine.run.places.candidates.sift import Sifted, hectares, sift
from geo_engine.run.places.measured import Outlined, measured, ranked
from geo_engine.run.places.naming import Gazetteer, gazetteer
from geo_engine.run.places.register import Verdict, in_order
from geo_engine.run.places.sites import decision_notes, demand_of, methods_of
from geo_engine.run.planning.plan import Plan

__all__ = ["count_passing", "passing_sites", "rank_plots"]

_NAMED = 5  # plots in a name or a note; the others are counted
_OVERLAP = 1.0  # square metres: what two surveys of one fence differ by is not an overlap


@dataclass(frozen=True, eq=False)
class _Field:
    """All that is sifted: plots, then what was assembled of them."""

    plots: Plots
    sifted: Sifted
    groups: Plots
    of_groups: Sifted
    members: frozenset[int]


def rank_plots(plan: Plan, surface: Surface) -> Ranking:
    """Sift the plots that a study gives, rank the best of those that pass, and keep the register of all others.

    Parameters
    ----------
    plan : Plan
        With `Plan.plots`.
    surface : Surface
        The scored grid.
    """
    names = gazetteer(plan)
    field = _sifted(plan, surface, None)
    sites, late = _best(plan, surface, field, names)
    dropped = [*_dropped(plan, field), *late]
    rejected = in_order((_rejection(names, *row) for row in dropped), rule_bits(plan.study.constraints))
    return Ranking(sites, rejected, demand_of(plan, sites, names), _notes(plan, field, sites), methods=methods_of(plan, sites))


def passing_sites(plan: Plan, surface: Surface, lifted: int) -> tuple[Site, ...]:
    """Give the sites that would be found if a rule, by its bit, held nowhere."""
    return _best(plan, surface, _sifted(plan, surface, lifted), gazetteer(plan))[0]


def count_passing(plan: Plan, surface: Surface) -> int:
    """Count the plots, and what is put together of them, that pass the sift, whether or not they are sites."""
    field = _sifted(plan, surface, None)
    return sum(verdict is None for found in (field.sifted, field.of_groups) for verdict in found.verdicts)


def _sifted(plan: Plan, surface: Surface, lifted: int | None) -> _Field:
    plots, asked = _given(plan)
    sifted = sift(plan, surface, plots, lifted=lifted)
    groups: tuple[tuple[int, ...], ...] = ()
    if asked.assemble is not None:

        def enough(group: tuple[int, ...]) -> bool:
            one = Plots.made(["group"], [_union(plots, group)], plan.grid)
            return sift(plan, surface, one, lifted=lifted).verdicts[0] is None

        beside = neighbours(plots.geometry, np.flatnonzero(sifted.to_assemble), asked.assemble)
        groups = assembled(beside, sifted.score, sifted.usable, plan.study.sites.area * (1 - 1e-9), enough)
    made = Plots.made([_names(plots, group) for group in groups], [_union(plots, group) for group in groups], plan.grid)
    return _Field(plots, sifted, made, sift(plan, surface, made, lifted=lifted), frozenset(plot for group in groups for plot in group))


def _given(plan: Plan) -> tuple[Plots, Candidates]:
    assert plan.plots is not None  # noqa: S101 - asked of plans of given plots only
    assert plan.study.sites.candidates is not None  # noqa: S101
    return plan.plots, plan.study.sites.candidates


def _union(plots: Plots, group: tuple[int, ...]) -> BaseGeometry:
    return shapely.union_all(plots.geometry[list(group)])


def _names(plots: Plots, group: tuple[int, ...]) -> str:
    named = [plots.names[plot] for plot in group]
    return " + ".join(named[:_NAMED]) + (f" + {len(named) - _NAMED} more" if len(named) > _NAMED else "")


_Row = tuple[str, BaseGeometry, float, Verdict]
"""Name, shape and score of what was dropped, with the verdict."""


def _best(plan: Plan, surface: Surface, field: _Field, names: Gazetteer) -> tuple[tuple[Site, ...], list[_Row]]:
    """Measure and rank the best of those that pass; the others are dropped for spacing or score."""
    search = plan.study.sites
    passing = [
        (plots, found, number)
        for plots, found in ((field.plots, field.sifted), (field.groups, field.of_groups))
        for number, verdict in enumerate(found.verdicts)
        if verdict is None
    ]
    passing.sort(key=lambda one: -round(float(one[1].score[one[2]]), 6))  # stable: equal ones in the order given
    taken: list[tuple[Plots, Sifted, int]] = []
    late: list[tuple[str, BaseGeometry, float, int | None, float]] = []
    for plots, found, number in passing:
        shape, name, score = plots.geometry[number], plots.names[number], float(found.score[number])
        away = [float(shapely.distance(shape, its.geometry[which])) for its, _, which in taken] if search.spacing > 0 else []
        if away and min(away) < search.spacing:
            late.append((name, shape, score, int(np.argmin(away)), min(away)))
        elif len(taken) == search.count:
            late.append((name, shape, score, None, 0.0))
        else:
            taken.append((plots, found, number))
    made = _sites(plan, surface, taken, names)
    sites = _told_apart(ranked(made))
    rows: list[_Row] = []
    for name, shape, score, near, metres in late:
        if near is not None:
            better, km = next(site for site in sites if site.rows is made[near].rows), metres / 1000.0
            said = f"{km:.1f} km from rank {better.rank} ({better.name}); {search.spacing / 1000:g} km asked for"
            rows.append((name, shape, score, Verdict(Stage.SPACING, "spacing", km, "km", said)))
        else:
            lacks = sites[-1].score - score
            said = f"{lacks:.2f} points less than the last of the {len(sites)} sites asked for"
            rows.append((name, shape, score, Verdict(Stage.SCORE, "count", lacks, "points", said)))
    return sites, rows


def _sites(plan: Plan, surface: Surface, taken: Sequence[tuple[Plots, Sifted, int]], names: Gazetteer) -> tuple[Site, ...]:
    """Measure plots as sites: those that were taken, each by its number among the plots that it is one of."""
    outlines = []
    for plots, _, number in taken:
        rows, cols, area = plots.cells.of(number)
        on_area = surface.status[rows, cols] != STATUS_OFF_AREA
        outlines.append(Outlined(plots.geometry[number], rows[on_area], cols[on_area], area[on_area]))
    return tuple(
        replace(site, name=plots.names[number], area_m2=float(shapely.area(site.geometry)), usable_m2=float(found.usable[number]))
        for site, (plots, found, number) in zip(measured(plan, names, outlines), taken, strict=True)
    )


def _told_apart(sites: tuple[Site, ...]) -> tuple[Site, ...]:
    """Tell the ids of sites about one middle apart: they are made from where a site is."""
    seen: dict[str, int] = {}
    told = []
    for site in sites:
        seen[site.site_id] = number = seen.get(site.site_id, 0) + 1
        told.append(site if number == 1 else replace(site, site_id=f"{site.site_id}-{number}"))
    return tuple(told)


def _dropped(plan: Plan, field: _Field) -> list[_Row]:
    """Give what the sift dropped: plots that are part of no group that was made, and groups that do not pass."""
    asked = _given(plan)[1]
    rows: list[_Row] = []
    for plots, found in ((field.plots, field.sifted), (field.groups, field.of_groups)):
        for number, verdict in enumerate(found.verdicts):
            if verdict is None or (plots is field.plots and number in field.members):
                continue
            if plots is field.plots and asked.assemble is not None and found.to_assemble[number]:
                verdict = replace(verdict, detail=f"{verdict.detail}; with its neighbours up to {asked.assemble:g} m there is not enough")  # noqa: PLW2901
            rows.append((plots.names[number], plots.geometry[number], float(found.score[number]), verdict))
    return rows


def _rejection(names: Gazetteer, name: str, shape: BaseGeometry, score: float, verdict: Verdict) -> Rejection:
    middle = shapely.centroid(shape)
    e, n = float(shapely.get_x(middle)), float(shapely.get_y(middle))
    where = names(e, n)
    place = (name, where.region, e, n, where.lon, where.lat, where.grid_ref, float(shapely.area(shape)), score)
    return Rejection(*place, verdict.stage, verdict.rule, verdict.number, verdict.unit, verdict.detail)


def _notes(plan: Plan, field: _Field, sites: tuple[Site, ...]) -> tuple[str, ...]:
    plots, _ = _given(plan)
    search = plan.study.sites
    passed = sum(verdict is None for found in (field.sifted, field.of_groups) for verdict in found.verdicts)
    whole = f"{len(plots)} plots were given, {hectares(search.area)} are needed: "
    whole += f"{passed} pass" if passed else "none passes"
    groups = f", {len(field.groups)} of them put together from {len(field.members)} neighbours" if len(field.groups) else ""
    notes = [
        *decision_notes(plan.study),
        f"{whole}{groups}. All others are in rejected.csv, with the stage and the rule that dropped them.",
    ]
    if len(sites) < passed:
        notes.append(f"{len(sites)} of them are sites: {search.count} were asked for, {search.spacing / 1000:g} km apart.")
    notes += plots.notes
    small = int((field.sifted.gross[field.sifted.gross > 0] < plan.grid.cell_area).sum())
    if small:
        notes.append(
            f"Plots smaller than a cell of {plan.grid.cell:g} m: {small}. They have the values of the cells in which they lie, each cell "
            "weighed by the part of the plot that lies in it."
        )
    notes += _overlaps(sites)
    if any(site.tied for site in sites):
        notes.append("Sites with the same score share a rank; their order in the tables is from north to south, then west to east.")
    if any(site.unreachable for site in sites):
        notes.append("Some sites cannot be reached over the network: " + ", ".join(site.name for site in sites if site.unreachable) + ".")
    return tuple(notes)


def _overlaps(sites: tuple[Site, ...]) -> list[str]:
    """Say which sites overlap: each is ranked as if it were alone."""
    shapes: NDArray[np.object_] = np.empty(len(sites), object)
    shapes[:] = [site.geometry for site in sites]
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T if len(sites) else np.empty((0, 2), np.int64)
    said = []
    for one, other in sorted((int(a), int(b)) for a, b in pairs if a < b):
        common = float(shapely.area(shapely.intersection(shapes[one], shapes[other])))
        if common > _OVERLAP:
            said.append(f"{sites[one].name} and {sites[other].name} ({hectares(common)})")
    if not said:
        return []
    more = f" and {len(said) - _NAMED} more pairs" if len(said) > _NAMED else ""
    return [f"These sites overlap, and each is ranked as if it were alone: {'; '.join(said[:_NAMED])}{more}."]
