"""What the region gains: jobs against the people who could fill them, suppliers near, and the customers that are kept."""

from __future__ import annotations

import math

from geo_engine.model import Need
from geo_engine.publish.report.filed import SHEETS, Filed, Row, figure_of
from geo_engine.publish.report.phrases import DASH, count_said, listed, number, places_said, quantity_said, share_said
from geo_engine.publish.report.tree import Note, Paragraph, Part, Section, Table
from geo_engine.units import format_quantity

__all__ = ["benefit", "customers"]

_JOBS = "jobs"


def benefit(filed: Filed) -> Section:
    """Write jobs with their range, their share of the labour within reach of the best ones, and suppliers near by name."""
    return Section("Regional benefit", (*_jobs(filed), *_suppliers(filed)), new_page=True)


def _jobs(filed: Filed) -> tuple[Part, ...]:
    facility = filed.study.facility
    need = next((need for need in facility.needs if need.name == _JOBS), None)
    if need is None:
        return (Section("Jobs", (Note("The study does not say how many jobs the facility brings, so nothing is said of them here."),)),)
    wanted = need.total(facility.capacity)
    spread = [end * facility.capacity for end in (need.low, need.high) if end is not None]
    between = f", and by the range of the source {number(spread[0], 0)} to {number(spread[1], 0)}" if spread else ""
    said = (
        f"A facility of {facility.capacity:g} {facility.unit} brings {quantity_said(wanted, need.unit)} in the plant itself{between}. "
        f"Source: {need.source or 'not given'}. Jobs at suppliers and in building are not counted."
    )
    return (Section("Jobs", (Paragraph(said), *_labour(filed, need, wanted))),)


def _labour(filed: Filed, need: Need, wanted: float) -> tuple[Part, ...]:
    """Hold the jobs against those within reach: what the run measured as there, and the people that it was taken from."""
    if not filed.sites:
        return ()
    found = [(row, told) for row in filed.sites[:SHEETS] for told in filed.of_site("needs", row["site_id"]) if told["need"] == _JOBS]
    if need.test is None or not any(told["there"] for _, told in found):
        return (Note("No layer of this study tells how many people could fill the jobs, so their share of the labour is not known."),)
    each, unit = need.test.each, need.test.measure.unit
    rows = []
    for row, told in found:
        there = figure_of(told, "there")
        people = there / each
        rows.append(
            (
                row["rank"],
                row["name"],
                number(people, 0),
                share_said(wanted / people) if people > 0 else DASH,
                number(there, 0),
                share_said(wanted / there) if there > 0 else DASH,
                places_said(told["feature"]),
            )
        )
    columns = (
        "rank", "place", f"{unit} within reach", f"jobs, of the {unit}", "who could be found", "jobs, of these", "counted",
    )  # fmt: skip
    table = Table(
        f"The jobs against the labour within reach of the best {filed.noun}", columns, tuple(rows), (0.6, 2.6, 1.2, 1.1, 1.2, 1.0, 2.8),
        frozenset({0, 2, 3, 4, 5}),
    )  # fmt: skip
    best, told = found[0]
    there = figure_of(told, "there")
    if math.isnan(there) or there <= 0:
        return (Paragraph(f"How many people are within reach of {best['name']} is not known."), table)
    said = (
        f"Within reach of {best['name']}, {number(there / each, 0)} {unit} are counted ({places_said(told['feature'])}). The jobs are "
        f"{share_said(wanted / (there / each))} of them. The study takes {share_said(each)} of them as those who can be found and trained, "
        f"which is {number(there, 0)}; the jobs are {share_said(wanted / there)} of these. {_caveat(told)}"
    )
    return (Paragraph(said.rstrip()), table)


def _caveat(told: Row) -> str:
    return f"Mind: {told['remark']}." if told["remark"] else ""


def _suppliers(filed: Filed) -> tuple[Part, ...]:
    """Name what the criteria that count facilities find about each of the best."""
    counting = {criterion.slug: criterion for criterion in filed.study.criteria if criterion.measure.kind == "count_within"}
    if not counting:
        said = "No criterion of this study counts facilities such as suppliers, so none is named here: they are a gap of this study."
        return (Section("Suppliers near", (Note(said),)),)
    parts: list[Part] = []
    for slug, criterion in counting.items():
        rows = []
        for site in filed.sites[:SHEETS]:
            near = [each for each in filed.reached if (each.criterion, each.site_id) == (slug, site["site_id"])]
            named = "; ".join(f"{each.facility} ({each.cost}, {each.km:.0f} km)" for each in near)
            rows.append((site["rank"], site["name"], str(len(near)), named or "none"))
        layer = filed.study.layers[criterion.measure.layer]
        said = (
            f"{criterion.name}: counted from the middle of each, nearest first; km are in a straight line. "
            f"Data: {layer.title}, {layer.vintage}."
        )
        if filed.sites:
            said += _best_said(filed, slug)
        columns = ("rank", "place", "count", "which")
        table = Table(f"{layer.title} near the best {filed.noun}", columns, tuple(rows), (0.6, 2.4, 0.7, 6), frozenset({0, 2}))
        parts.append(Section(f"Suppliers near: {layer.title}", (Paragraph(said), *((table,) if rows else ()))))
    return tuple(parts)


def _best_said(filed: Filed, slug: str) -> str:
    best = filed.sites[0]
    near = [each for each in filed.reached if (each.criterion, each.site_id) == (slug, best["site_id"])]
    return f" About {best['name']} {'there is' if len(near) == 1 else 'there are'} {len(near) or 'none'}" + (
        f": {listed([each.facility for each in near], most=6)}." if near else "."
    )


def customers(filed: Filed) -> tuple[Section, ...]:
    """Write each customer with what it needs and the best one for it, or that it is uncovered."""
    demand = filed.study.demand
    if demand is None:
        return ()
    told = filed.rows("demand")
    capacity = next((name for name in (told[0] if told else ()) if name.startswith("capacity_needed")), "")
    unit = capacity.removeprefix("capacity_needed_").replace("_", " ").replace("gwh", "GWh")
    kept = [row for row in told if row["site_id"]]
    rows = tuple(
        (
            row["name"],
            number(figure_of(row, demand.size), 0),
            quantity_said(figure_of(row, capacity), "", 3) if capacity and row[capacity] else DASH,
            row["best_area"],
            row["site_rank"] or DASH,
            number(figure_of(row, "minutes"), 0),
        )
        for row in told
    )
    opened = (
        f"{len(kept) or 'None'} of {count_said(len(told), 'customer')} would have one of the {filed.noun} within "
        f"{format_quantity(demand.within, 's')}, and {len(told) - len(kept) or 'none'} would be uncovered. "
        f"One facility makes {filed.study.facility.capacity:g} {filed.study.facility.unit}, so it cannot keep all of them at once. "
        f"What each needs: {demand.source or 'no source given'}."
    )
    size = demand.size.replace("_", " ")
    columns = ("customer", size, f"needs, {unit}" if unit else "needs", f"best {filed.one} for it", "rank", "minutes")
    table = Table(f"Customers, and the best {filed.one} for each", columns, rows, (3, 1.3, 1.2, 3, 0.7, 0.9), frozenset({1, 2, 4, 5}))
    title = filed.study.layers[demand.layer].title
    return (Section(f"Customers kept: {title}", (Paragraph(opened), table)),)
