"""A sheet of two pages for each of the best, and for each rival: map, what adds up, needs, marks, ways, how sure, sources."""

from __future__ import annotations

import math

from shapely.geometry.base import BaseGeometry

from geo_engine.model import Criterion
from geo_engine.publish.report.answers import RivalSheet
from geo_engine.publish.report.figures import CHART_SHARE, contributions_svg, place_svg
from geo_engine.publish.report.filed import SHEETS, Filed, Row, figure_of
from geo_engine.publish.report.phrases import (
    DASH,
    count_said,
    lead_said,
    listed,
    number,
    places_said,
    quantity_said,
    ranks_said,
    share_said,
)
from geo_engine.publish.report.tree import Figure, Note, Paragraph, Part, Section, Table
from geo_engine.publish.tables import value_column
from geo_engine.units import display_unit

__all__ = ["rival_sheets", "site_sheets"]

_DIGITS = 3  # of what was measured: more would promise what no layer holds


def site_sheets(filed: Filed) -> Section:
    """Write a sheet for each of the ten best."""
    sites = filed.sites[:SHEETS]
    if not sites:
        return Section("Site by site", (Paragraph("There is no sheet, since nothing was ranked."),))
    opened = (
        f"A sheet for each of the {len(sites)} best. Figures are means over the cells of each. Marks show how far the study shows "
        "that the place is ready: green is shown, amber is open, red fails, grey was not tested. Costs and times are indicative, and where "
        "none was published there is none."
    )
    sheets = (_site(filed, row) for row in sites)
    return Section("Site by site", (Paragraph(opened), *_sources(filed), *sheets))


def _sources(filed: Filed) -> tuple[Section, ...]:
    """Say once where the figures of what is to be done come from: the same for every site."""
    told = {(row["subject"], row["action"]): row for row in filed.rows("missing") if row["source"]}
    rows = tuple((subject, action, row["source"], row["year"] or DASH) for (subject, action), row in told.items())
    if not rows:
        return ()
    table = Table(
        "Sources of costs and lead times", ("subject", "to be done", "source", "year"), rows, (1.2, 3.6, 5.4, 0.7), frozenset({3})
    )
    return (Section("Where costs and lead times come from", (table,)),)


def _site(filed: Filed, row: Row) -> Section:
    key = row["site_id"]
    tier = f"; tier {row['tier']}, ranks {ranks_said(row['rank_p05'], row['rank_p95'])} in nine draws of ten" if row["tier"] else ""
    lon, lat = figure_of(row, "lon"), figure_of(row, "lat")
    opened = (
        f"Score {number(figure_of(row, 'score'))} of 100{tier}. {number(figure_of(row, 'area_ha'), 0)} ha about "
        f"{row['grid_ref'] or 'its middle'}, longitude {lon:.4f}, latitude {lat:.4f}, in {row['region'] or filed.region_title}. "
        f"Known to the tables as {key}."
    )
    body = _body(filed, row, filed.shapes[key], row["name"], row["grid_ref"], figure_of(row, "score"))
    return Section(f"{row['rank']}. {row['name']}", (Paragraph(opened), *body, *_standing(filed, row)), new_page=True)


def _body(filed: Filed, row: Row, shape: BaseGeometry, name: str, where: str, score: float) -> tuple[Part, ...]:
    """Write what sheets of sites and of rivals have in common."""
    key, ways = row["site_id"], filed.ways.get(row["site_id"], ())
    weighed = list(zip(filed.study.criteria, filed.study.weights, strict=True))
    points = {criterion.slug: figure_of(row, f"{criterion.slug}_contribution") for criterion, _ in weighed}
    view = Figure(
        f"Surroundings of {name}: outline in black, routes and the indicative corridor to the grid as lines",
        f"Map about {name}, {where}, with a scale bar, a north arrow and an inset of {filed.region_title}. {_ways_said(filed, row)}",
        place_svg(filed, shape, ways),
        0.9,
    )
    chart = Figure(
        "What adds up to the score",
        f"Bars of points by criterion, {number(score)} in all: "
        f"{'; '.join(f'{criterion.label} {number(points[criterion.slug])}' for criterion, _ in weighed)}.",
        contributions_svg([(criterion.label, points[criterion.slug], 100 * weight) for criterion, weight in weighed]),
        CHART_SHARE,
    )
    return (view, chart, _measures(filed, row), *_needs(filed, key), *_marks(filed, key), *_ways(filed, row))


def _ways_said(filed: Filed, row: Row) -> str:
    reach = filed.study.reach
    told = [
        f"{wish.name}: {row[f'route_{wish.slug}_facility']}, {row[f'route_{wish.slug}_minutes']} minutes"
        for wish in (reach.routes if reach else ())
        if row.get(f"route_{wish.slug}_facility")
    ]
    return f"Routes to {listed(told)}." if told else "No routes are drawn."


def _measures(filed: Filed, row: Row) -> Table:
    near = {each.criterion: each for each in filed.near.get(row["site_id"], ())}
    rows = []
    for criterion, weight in zip(filed.study.criteria, filed.study.weights, strict=True):
        layer = filed.study.layers[criterion.measure.layer]
        there = near.get(criterion.name)
        accuracy = there.accuracy if there else layer.accuracy.text()
        stated = accuracy if accuracy.startswith(("by ", "not ")) else f"good to {accuracy}"
        points = figure_of(row, f"{criterion.slug}_contribution")
        rows.append(
            (
                criterion.name,
                _measured(row, criterion),
                there.facility if there else DASH,
                number(figure_of(row, f"{criterion.slug}_utility"), 2),
                f"{number(points)} of {number(100 * weight)}",
                f"{layer.title}; vintage {layer.vintage}; position {stated}",
            )
        )
    columns = ("criterion", "measured", "nearest", "utility", "points", "source, vintage, accuracy")
    return Table("Measured, and what it is worth", columns, tuple(rows), (3, 1.5, 1.7, 0.8, 1.3, 3.7), frozenset({1, 3, 4}))


def _measured(row: Row, criterion: Criterion) -> str:
    value = figure_of(row, value_column(criterion.slug, criterion.measure.unit))
    shown = "unknown" if math.isnan(value) else "unreachable" if math.isinf(value) else ""
    return shown or quantity_said(value, display_unit(criterion.measure.unit), _DIGITS)


def _needs(filed: Filed, key: str) -> tuple[Part, ...]:
    rows = tuple(
        (
            row["need"],
            quantity_said(figure_of(row, "wanted"), row["unit"]),
            quantity_said(figure_of(row, "there"), row["unit"]) if row["there"] else "not known",
            row["state"] + (f" by {quantity_said(figure_of(row, 'short_by'), row['unit'])}" if row["short_by"] else ""),
            places_said("; ".join(row[name] for name in ("feature", "layer", "vintage", "remark") if row[name])),
        )
        for row in filed.of_site("needs", key)
    )
    columns = ("need", "wanted", "there", "state", "told by")
    return (Table("Needs against what is there", columns, rows, (1.1, 1.5, 1.5, 1.3, 4), frozenset({1, 2})),) if rows else ()


def _marks(filed: Filed, key: str) -> tuple[Part, ...]:
    marks = filed.of_site("readiness", key)
    if not marks:
        return ()
    rows = tuple((row["subject"], row["mark"], row["required"], row["why"]) for row in marks if row["gap"] == "no")
    gaps = [row["subject"] + (" (required)" if row["required"] == "yes" else "") for row in marks if row["gap"] == "yes"]
    parts: list[Part] = [Table("Readiness", ("subject", "mark", "required", "why"), rows, (1.2, 0.8, 0.9, 6))]
    if gaps:
        parts.append(Note(f"Grey, since no layer covers them: {listed(gaps)}."))
    actions = tuple(
        (row["subject"], row["action"], _cost(row), lead_said(figure_of(row, "lead_months_low"), figure_of(row, "lead_months_high")))
        for row in filed.of_site("missing", key)
        if row["source"]
    )
    if actions:
        columns = ("subject", "to be done", "indicative cost", "lead time")
        parts.append(Table("What is missing, with indicative cost and lead time", columns, actions, (1.2, 4.4, 1.8, 1.4)))
    return tuple(parts)


def _cost(row: Row) -> str:
    low, high, unit = row["cost_low"], row["cost_high"], row["cost_unit"]
    return "no figure found" if not low else f"{low} {unit}" if low == high else f"{low} to {high} {unit}"


def _ways(filed: Filed, row: Row) -> tuple[Part, ...]:
    rows = []
    for wish in filed.study.reach.routes if filed.study.reach else ():
        base = f"route_{wish.slug}"
        facility = row.get(f"{base}_facility") or "none can be reached"
        rows.append(
            (wish.name, facility, number(figure_of(row, f"{base}_km")), number(figure_of(row, f"{base}_minutes"), 0), "quickest by road")
        )
    if filed.study.connection is not None:
        cost = [name for name in row if name.startswith("connection_cost_")]
        money = " to ".join(row[name] for name in cost if row[name])
        said = f"indicative; {money} {filed.study.connection.currency}" if money else row.get("connection_remark") or "indicative"
        target = row.get("connection_target") or "none"
        rows.append(("Corridor to the grid", target, number(figure_of(row, "connection_km")), DASH, said))
    if not rows:
        return ()
    columns = ("way", "leads to", "km", "minutes", "remark")
    return (Table("Routes and corridor", columns, tuple(rows), (2, 2.6, 0.8, 0.9, 3.4), frozenset({2, 3})),)


def _standing(filed: Filed, row: Row) -> tuple[Part, ...]:
    said = [
        f"It is first in {share_said(figure_of(drawn, 'first'))} of the draws and among the ten best in "
        f"{share_said(figure_of(drawn, 'among_ten_best'))}."
        for drawn in filed.of_site("acceptability", row["site_id"])
    ]
    for methods in filed.of_site("methods", row["site_id"]):
        ranks = [int(value) for name, value in methods.items() if name not in {"rank", "site_id", "name"} and value]
        if ranks:
            said.append(f"By {count_said(len(ranks), 'way')} to combine the same criteria its rank runs from {min(ranks)} to {max(ranks)}.")
    for key, others in filed.scenarios.items():
        there = next((other["rank"] for other in others if other["site_id"] == row["site_id"]), "")
        title = filed.study.scenarios[key].title
        said.append(f"In the scenario '{title}' it has rank {there}." if there else f"In the scenario '{title}' other cells are found.")
    return (Section("How sure", (Paragraph(" ".join(said)),)),) if said else ()


def rival_sheets(filed: Filed) -> tuple[Section, ...]:
    """Write a sheet for each rival with the reason why it ranks where it does; nothing where none was named."""
    if not filed.rivals:
        return ()
    rows = tuple(
        (
            rival.name,
            number(rival.score),
            number(math.floor(rival.percentile * 10) / 10 if rival.percentile == rival.percentile else rival.percentile),
            _rank_said(rival, len(filed.sites)),
            rival.status,
            rival.reason + (f" It would be no site: {rival.dropped}." if rival.dropped else ""),
        )
        for rival in filed.rivals
    )
    columns = ("rival", "score", "percentile", "rank", "status", "why it ranks there")
    table = Table("Rivals beside the ranking", columns, rows, (1.6, 0.7, 1.0, 0.9, 2.1, 4.2), frozenset({1, 2}))
    opened = (
        "Places that the reader named, judged by the same study. A point is judged at its place alone, a plot by its own cells. The rank "
        f"is the one that it would have among the {filed.noun} of the run; a percentile is the share of scored land that scores lower. "
        f"Draws were made of the run's own {filed.noun} alone, so no rank interval is given."
    )
    ordered = sorted(filed.rivals, key=lambda rival: rival.status != "off the area")  # first those that have no page of their own
    sheets = tuple(_rival(filed, rival) for rival in ordered)
    return (Section("Rivals", (Paragraph(opened), table, *sheets), new_page=True),)


def _rank_said(rival: RivalSheet, count: int) -> str:
    return DASH if rival.rank is None else str(rival.rank) if rival.rank <= count else f"below all {count}"


def _rival(filed: Filed, rival: RivalSheet) -> Section:
    where = f"{rival.where}{f' ({rival.grid_ref})' if rival.grid_ref else ''}"
    land = "" if math.isnan(rival.area_ha) else f" {rival.usable_ha:,.4g} of its {rival.area_ha:,.4g} ha are usable."
    mark = f" Readiness: {rival.row['readiness']}." if rival.row.get("readiness") else ""
    ranked = f" Rank: {_rank_said(rival, len(filed.sites))}." if rival.rank is not None else ""
    scored = "" if math.isnan(rival.score) else f" Score: {number(rival.score)}."
    opened = f"{where}.{scored}{ranked} Status: {rival.status}.{mark}{land} {rival.about}".rstrip()
    parts: list[Part] = [Paragraph(opened), Paragraph(rival.reason)]
    if rival.dropped:
        parts.append(Note(f"It would be no site: {rival.dropped}."))
    if rival.status == "off the area":
        return Section(f"Rival: {rival.name}", tuple(parts))
    body = _body(filed, rival.row, rival.shape, rival.name, where, rival.score)
    return Section(f"Rival: {rival.name}", (*parts, *body), new_page=True)
