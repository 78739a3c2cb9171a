"""A sheet for each of the best, and for each rival: map, what adds up, needs, marks, ways, how sure, sources."""

from __future__ import annotations

import math
from collections.abc import Sequence

from geo_engine.model import Contribution
from geo_engine.publish.report.answers import RivalSheet
from geo_engine.publish.report.figures import contributions_svg, place_svg
from geo_engine.publish.report.filed import SHEETS, Filed, Row, figure_of
from geo_engine.publish.report.phrases import DASH, count_said, listed, number, quantity_said, ranks_said, share_said
from geo_engine.publish.report.tree import Figure, Note, Paragraph, Part, Section, Table
from geo_engine.publish.tables import value_column
from geo_engine.units import display_unit, format_quantity

__all__ = ["rival_sheets", "site_sheets"]

_NEED_COLUMNS = ("need", "wanted", "there", "state", "told by")


def site_sheets(filed: Filed) -> Section:
    """Write a sheet for each of the ten best."""
    sites = filed.sites[:SHEETS]
    if not sites:
        return Section("Site by site", (Paragraph("There is no sheet, since nothing was ranked."),))
    opened = (
        f"A sheet for each of the {len(sites)} best. Figures of an area are means over its cells. Marks show how far the study shows that "
        "the place is ready: green is shown, amber is open, red fails, grey was not tested. Costs and times are indicative, and where none "
        "was published there is none."
    )
    sheets = (_site(filed, row) for row in sites)
    return Section("Site by site", (Paragraph(opened), *sheets, *_sources(filed)))


def _sources(filed: Filed) -> tuple[Section, ...]:
    """Say once where the figures of what is to be done come from: the same for every site."""
    told = {(row["subject"], row["action"]): row for row in filed.rows("missing") if row["source"]}
    rows = tuple((subject, action, row["source"], row["year"] or DASH) for (subject, action), row in told.items())
    if not rows:
        return ()
    table = Table(
        "Sources of costs and lead times", ("subject", "to be done", "source", "year"), rows, (1.2, 3.6, 5.4, 0.7), frozenset({3})
    )
    return (Section("Where costs and lead times come from", (table,), new_page=True),)


def _site(filed: Filed, row: Row) -> Section:
    key = row["site_id"]
    score = number(figure_of(row, "score"))
    tier = f"; tier {row['tier']}, ranks {ranks_said(row['rank_p05'], row['rank_p95'])} in nine draws of ten" if row["tier"] else ""
    lon, lat = figure_of(row, "lon"), figure_of(row, "lat")
    opened = (
        f"Score {score} of 100{tier}. {number(figure_of(row, 'area_ha'), 0)} ha about "
        f"{row['grid_ref'] or 'its middle'}, longitude {lon:.4f}, "
        f"latitude {lat:.4f}, in {row['region'] or filed.region_title}. Known to the tables as {key}."
    )
    ways = filed.ways.get(key, ())
    chart = Figure(
        "What adds up to the score",
        f"Bars of points by criterion, {score} in all: {_parts_said(filed, row)}.",
        contributions_svg(
            [
                (criterion.label, figure_of(row, f"{criterion.slug}_contribution"), 100 * weight)
                for criterion, weight in zip(filed.study.criteria, filed.study.weights, strict=True)
            ]
        ),
        0.72,
    )
    view = Figure(
        f"Surroundings of {row['name']}: outline in black, routes and the indicative corridor to the grid as lines",
        f"Map about {row['name']}, {row['grid_ref']}, with a scale bar and a north arrow. {_ways_said(filed, row)}",
        place_svg(filed, filed.shapes[key], ways),
        0.9,
    )
    parts: list[Part] = [Paragraph(opened), view, chart, _measures(filed, row), *_needs(filed, key), *_marks(filed, key)]
    parts += [*_ways(filed, row), *_standing(filed, row)]
    return Section(f"{row['rank']}. {row['name']}", tuple(parts), new_page=True)


def _parts_said(filed: Filed, row: Row) -> str:
    return "; ".join(f"{criterion.label} {number(figure_of(row, f'{criterion.slug}_contribution'))}" for criterion in filed.study.criteria)


def _ways_said(filed: Filed, row: Row) -> str:
    reach = filed.study.reach
    told = [
        f"{wish.name}: {row[f'route_{wish.slug}_facility']}, {row[f'route_{wish.slug}_minutes']} minutes"
        for wish in (reach.routes if reach else ())
        if row.get(f"route_{wish.slug}_facility")
    ]
    return f"Routes to {listed(told)}." if told else "No routes are drawn."


def _measures(filed: Filed, row: Row) -> Table:
    rows = []
    for criterion, weight in zip(filed.study.criteria, filed.study.weights, strict=True):
        layer = filed.study.layers[criterion.measure.layer]
        unit = display_unit(criterion.measure.unit)
        value = figure_of(row, value_column(criterion.slug, criterion.measure.unit))
        shown = "unknown" if math.isnan(value) else "unreachable" if math.isinf(value) else quantity_said(value, unit)
        points = figure_of(row, f"{criterion.slug}_contribution")
        source = f"{layer.title}; vintage {layer.vintage}; accuracy {layer.accuracy.text()}"
        rows.append(
            (criterion.name, shown, number(figure_of(row, f"{criterion.slug}_utility"), 2), share_said(weight), number(points), source)
        )
    columns = ("criterion", "measured", "utility", "weight", "points", "source")
    return Table("Measured, and what it is worth", columns, tuple(rows), (3, 1.7, 0.8, 0.8, 0.8, 3.4), frozenset({1, 2, 3, 4}))


def _needs(filed: Filed, key: str) -> tuple[Part, ...]:
    rows = tuple(
        (
            row["need"],
            quantity_said(figure_of(row, "wanted"), row["unit"]),
            quantity_said(figure_of(row, "there"), row["unit"]) if row["there"] else "not known",
            row["state"] + (f" by {quantity_said(figure_of(row, 'short_by'), row['unit'])}" if row["short_by"] else ""),
            "; ".join(row[name] for name in ("feature", "layer", "vintage", "remark") if row[name]),
        )
        for row in filed.of_site("needs", key)
    )
    return (Table("Needs against what is there", _NEED_COLUMNS, rows, (1.1, 1.5, 1.5, 1.3, 4), frozenset({1, 2})),) if rows else ()


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
        (
            row["subject"],
            row["action"],
            _span(row, "cost_low", "cost_high", row["cost_unit"]),
            _span(row, "lead_months_low", "lead_months_high", "months"),
        )
        for row in filed.of_site("missing", key)
        if row["source"]
    )
    if actions:
        columns = ("subject", "to be done", "indicative cost", "lead time")
        parts.append(Table("What is missing, with indicative cost and lead time", columns, actions, (1.2, 4.4, 1.8, 1.4)))
    return tuple(parts)


def _span(row: Row, low: str, high: str, unit: str) -> str:
    if not row[low]:
        return "no figure found"
    return f"{row[low]} {unit}" if row[low] == row[high] else f"{row[low]} to {row[high]} {unit}"


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
        said = (
            f"indicative corridor; {money} {filed.study.connection.currency}"
            if money
            else row.get("connection_remark") or "indicative corridor"
        )
        rows.append(("Corridor to the grid", row["connection_target"] or "none", number(figure_of(row, "connection_km")), DASH, said))
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
    count = len(filed.sites)
    rows = tuple(
        (r.name, number(r.score), number(math.floor(r.percentile * 10) / 10 if r.percentile == r.percentile else r.percentile),
         _rank_said(r, count), r.status, r.reason + (f" It would be no site: {r.dropped}." if r.dropped else ""))
        for r in filed.rivals
    )  # fmt: skip
    columns = ("rival", "score", "percentile", "rank", "status", "why it ranks there")
    table = Table("Rivals beside the ranking", columns, rows, (1.6, 0.7, 0.9, 0.9, 2.2, 4.2), frozenset({1, 2}))
    opened = (
        "Places that the reader named, judged by the same study. A point is judged at its place alone, a plot by its "
        "own cells. The rank is the "
        "one that it would have among what the engine found; a percentile is the share of scored land that scores lower."
    )
    sheets = tuple(_rival(filed, rival) for rival in filed.rivals)
    return (Section("Rivals", (Paragraph(opened), table, *sheets), new_page=True),)


def _rank_said(rival: RivalSheet, count: int) -> str:
    return DASH if rival.rank is None else str(rival.rank) if rival.rank <= count else f"below all {count}"


def _rival(filed: Filed, rival: RivalSheet) -> Section:
    where = f"{rival.where}{f' ({rival.grid_ref})' if rival.grid_ref else ''}"
    land = "" if math.isnan(rival.area_ha) else f" {rival.usable_ha:,.4g} of its {rival.area_ha:,.4g} ha are usable."
    opened = f"{where}. Score: {number(rival.score)}. Status: {rival.status}.{land} {rival.about}".rstrip()
    parts: list[Part] = [Paragraph(opened), Paragraph(rival.reason)]
    if rival.dropped:
        parts.append(Note(f"It would be no site: {rival.dropped}."))
    if rival.status == "off the area":
        return Section(rival.name, tuple(parts))
    parts.append(
        Figure(
            f"Surroundings of {rival.name}",
            f"Map about {rival.name}, {where}, with a scale bar and a north arrow.",
            place_svg(filed, rival.shape),
        )
    )
    parts.append(
        Figure(
            "What adds up to the score",
            f"Bars of points by criterion, {number(rival.score)} in all: {_points_said(rival.contributions)}.",
            contributions_svg([(part.criterion, part.points, 100 * part.weight) for part in rival.contributions]),
        )
    )
    needs = tuple(
        (
            need.need,
            format_quantity(need.wanted, need.unit),
            format_quantity(need.there, need.unit),
            need.state,
            "; ".join(text for text in (need.feature, need.layer, need.remark) if text),
        )
        for need in rival.needs
    )
    if needs:
        parts.append(Table("Needs against what is there", _NEED_COLUMNS, needs, (1.1, 1.5, 1.5, 1.3, 4), frozenset({1, 2})))
    if rival.readiness is not None:
        marks = tuple((m.subject, m.mark.word, "yes" if m.required else "no", m.why) for m in rival.readiness.marks if not m.gap)
        parts.append(Table(f"Readiness: {rival.readiness.said}", ("subject", "mark", "required", "why"), marks, (1.2, 0.8, 0.9, 6)))
    return Section(rival.name, tuple(parts), new_page=True)


def _points_said(parts: Sequence[Contribution]) -> str:
    return "; ".join(f"{part.criterion} {number(part.points)}" for part in parts)
