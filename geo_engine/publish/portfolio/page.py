"""The map of several plants: one HTML file with its own base map, the plants, their customers and the lines between them."""

from __future__ import annotations

import base64
import hashlib
import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_engine.model import Study
from geo_engine.model.answer.portfolio import PLACEMENT_MODELS, PortfolioAnswer
from geo_engine.publish.portfolio.tables import value_words
from geo_engine.publish.style import ATTENTION, FONT, INK, LAND, MUTED, PAPER, REGION_LINE, ROAD, ROUTE_COLOURS, SEA
from geo_engine.publish.summary import gaps_sentence
from geo_engine.publish.webmap.encoding import DEGREE_STEPS, Degrees, escaped_json
from geo_engine.publish.webmap.scripts import leaflet_script, leaflet_style
from geo_engine.units import format_quantity

__all__ = ["PortfolioBase", "curve_svg", "portfolio_page"]

_PARTS_OF_EXTENT = 3_000  # a vertex is dropped if it moves a line by less than this part of the longer side
_MOST_NAMES, _NAMES_APART = 40, 22  # names keep so small a part of the longer side apart
_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 340, 170, 52, 12, 12, 34


@dataclass(frozen=True, eq=False)
class PortfolioBase:
    """What the map draws itself on, in study coordinates.

    Parameters
    ----------
    title : str
        Of the region.
    area, land : shapely geometry
        The region, and all land.
    regions : sequence of shapely geometry
        Outlines.
    roads : sequence of shapely geometry
        Lines.
    places : sequence of (name, easting, northing)
        Largest first.
    attribution : tuple of str
        Sentences to carry.
    """

    title: str
    area: BaseGeometry
    land: BaseGeometry
    regions: Sequence[BaseGeometry]
    roads: Sequence[BaseGeometry]
    places: Sequence[tuple[str, float, float]]
    attribution: tuple[str, ...] = ()


def portfolio_page(answer: PortfolioAnswer, study: Study, base: PortfolioBase) -> str:
    """Render the page: the same HTML for the same answer; it asks no network for anything."""
    data = escaped_json(_data(answer, study, base))
    own = files(__package__)
    script = f"{leaflet_script()}\n{own.joinpath('portfolio.js').read_text(encoding='utf-8')}"
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    names = {"font": FONT, "ink": INK, "muted": MUTED, "paper": PAPER, "sea": SEA, "attention": ATTENTION}
    style = ":root {" + " ".join(f"--{name}: {value};" for name, value in names.items()) + "}"
    title = html.escape(f"{study.title}: plants chosen together, {base.title}")
    return "\n".join(
        (
            "<!DOCTYPE html>",
            '<html lang="en">',
            '<head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">',
            f"<title>{title}</title>",
            f"<style>{leaflet_style()}</style>",
            f"<style>{style}\n{own.joinpath('portfolio.css').read_text(encoding='utf-8')}</style></head>",
            "<body>",
            f'<aside id="panel" aria-label="Results">{_panel(answer, study, base)}</aside>',
            '<main id="map" class="site-map" role="region" aria-label="Map of plants, customers and who serves whom"></main>',
            f'<script type="application/json" id="page-data">{data}</script>',
            f"<script>{script}</script>",
            "</body></html>",
            "",
        )
    )


def _data(answer: PortfolioAnswer, study: Study, base: PortfolioBase) -> dict[str, Any]:
    degrees = Degrees.of(study.crs)
    west, south, east, north = base.area.bounds
    tolerance = max(east - west, north - south) / _PARTS_OF_EXTENT
    frame = shapely.box(west, south, east, north)
    colours = [ROUTE_COLOURS[number % len(ROUTE_COLOURS)] for number in range(len(answer.plants))]
    largest = max((customer.size for customer in answer.customers), default=1.0)
    land = [part for part in shapely.get_parts(shapely.simplify(base.land, tolerance)) if part.area > 4 * tolerance * tolerance]
    outlines = list(shapely.coverage_simplify(np.array(base.regions, dtype=object), tolerance)) if len(base.regions) else []
    return {
        "steps": DEGREE_STEPS,
        "view": [degrees.point(west, south), degrees.point(east, north)],
        "colours": {"land": LAND, "region": REGION_LINE, "road": ROAD, "ink": INK, "attention": ATTENTION},
        "land": degrees.lines(land, least=3),
        "regions": degrees.lines(outlines, least=3),
        "roads": degrees.lines([shapely.simplify(line, tolerance) for line in base.roads if line.intersects(frame)]),
        "places": [[*degrees.point(e, n), name] for name, e, n in _thinned(base.places, max(east - west, north - south) / _NAMES_APART)],
        "plants": [
            {
                "at": degrees.point(plant.place.easting, plant.place.northing),
                "stage": plant.stage,
                "name": plant.place.name,
                "colour": colours[number],
                "says": _plant_words(answer, number, study),
            }
            for number, plant in enumerate(answer.plants)
        ],
        "customers": [
            {
                "at": degrees.point(each.easting, each.northing),
                "name": each.name,
                "radius": round(4 + 14 * math.sqrt(each.size / largest), 1),
                "served": each.served >= each.size * (1 - 1e-6),
                "says": f"{each.size:,.0f} {_unit(study)}"
                + ("" if each.served >= each.size * (1 - 1e-6) else f", {each.served:,.0f} served"),
            }
            for each in answer.customers
        ],
        "lines": [
            {
                "plant": each.plant,
                "customer": each.customer,
                "width": round(1.5 + 8 * math.sqrt(each.size / largest), 1),
                "says": f"{each.size:,.0f} {_unit(study)}, {format_quantity(each.seconds, 's')}",
            }
            for each in answer.deliveries
        ],
    }


def _thinned(places: Sequence[tuple[str, float, float]], apart: float) -> list[tuple[str, float, float]]:
    """Keep the largest places that are not too near to one that is kept."""
    kept: list[tuple[str, float, float]] = []
    for place in places:
        if len(kept) < _MOST_NAMES and all(math.hypot(place[1] - e, place[2] - n) >= apart for _, e, n in kept):
            kept.append(place)
    return kept


def _unit(study: Study) -> str:
    return study.demand.size.replace("_", " ") if study.demand else ""


def _plant_words(answer: PortfolioAnswer, number: int, study: Study) -> str:
    plant = answer.plants[number]
    parts = [
        plant.place.region,
        "stands already" if plant.stage is None else f"opens as number {plant.stage}, score {plant.place.score:.1f}",
    ]
    if plant.served:
        parts.append(f"serves {plant.served:,.0f} {_unit(study)}, {format_quantity(plant.mean_seconds, 's')} on average")
    return "; ".join(part for part in parts if part)


def _panel(answer: PortfolioAnswer, study: Study, base: PortfolioBase) -> str:
    """Write the panel as HTML: what was asked, what was found, how sure that is, and what nobody tested."""
    new = sum(plant.stage is not None for plant in answer.plants)
    every = float(str(answer.parameters["every_years"]))
    proof = "No other choice is better: proven." if answer.proven else f"The time ran out: it may be {answer.gap:.2%} from the best."
    head = [
        f"<h1>{html.escape(study.title)}</h1>",
        f"<p><b>{new} plants chosen together</b>, {html.escape(base.title)}: {html.escape(PLACEMENT_MODELS[answer.model])}.</p>",
        f'<p class="value">{html.escape(value_words(answer.model, answer.value, answer.unit))}</p>',
        f"<p>{proof} From {answer.parameters['candidates']} candidates.</p>",
    ]
    rows = [
        f'<tr data-plant="{number}" tabindex="0"><td>{plant.stage or "stands"}</td>'
        f'<td><span class="dot" style="background:{ROUTE_COLOURS[number % len(ROUTE_COLOURS)]}"></span>{html.escape(plant.place.name)}</td>'
        f"<td>{'' if math.isnan(plant.place.score) else f'{plant.place.score:.1f}'}</td><td>{plant.served:,.0f}</td>"
        f"<td>{'' if math.isnan(plant.mean_seconds) else f'{plant.mean_seconds / 60:.1f}'}</td></tr>"
        for number, plant in enumerate(answer.plants)
    ]
    head += [
        "<table><thead><tr><th>opens</th><th>plant</th><th>score</th>",
        f"<th>{html.escape(_unit(study) or 'served')}</th><th>min</th></tr></thead>",
        f"<tbody>{''.join(rows)}</tbody></table>",
        f'<label for="stage">Open by then</label> <input id="stage" type="range" min="1" max="{max(new, 1)}" value="{max(new, 1)}">',
        f'<output id="stage-said"></output><p class="small">One opens every {every:g} years; order: {html.escape(answer.order_method)}.',
        "Who serves whom is shown for when all are open.</p>",
        "<h2>What more plants would bring</h2>",
        curve_svg(answer),
        "<h2>Good to know</h2><ul>",
        *(f"<li>{html.escape(note)}</li>" for note in answer.notes),
        f"<li>{html.escape(gaps_sentence(study))}</li></ul>",
        f'<p class="small">{html.escape(" ".join(base.attribution))}</p>',
    ]
    return "\n".join(head)


def curve_svg(answer: PortfolioAnswer) -> str:
    """Draw the trade-off curve: plants across, the best value up; a plant number without an answer is crossed out.

    Returns
    -------
    str
        An SVG element that needs nothing else.
    """
    seconds = answer.model in {"p_median", "p_center"}
    scale = 60.0 if seconds else 1000.0 if answer.model == "p_dispersion" else 1.0
    unit = "min" if seconds else "km" if answer.model == "p_dispersion" else "covered"
    known = [(point.count, point.value / scale) for point in answer.curve if math.isfinite(point.value)]
    if not known:
        return '<p class="small">No number of plants has an answer.</p>'
    most = max(point.count for point in answer.curve)
    highest = max([value for _, value in known] + [1e-9])
    inner, tall = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def at(count: int, value: float) -> tuple[float, float]:
        return _LEFT + inner * (count - 1) / max(most - 1, 1), _TOP + tall * (1 - value / highest)

    places = [at(*point) for point in known]
    base_line = _TOP + tall
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="Best by number of plants">',
        f'<path d="M{_LEFT} {_TOP}V{base_line}H{_WIDTH - _RIGHT}" fill="none" stroke="{MUTED}"/>',
        f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}" fill="none" stroke="{INK}" stroke-width="2"/>',
        f'<text x="{_LEFT - 6}" y="{_TOP + 8}" text-anchor="end">{highest:,.4g}</text>',
        f'<text x="{_LEFT - 6}" y="{base_line}" text-anchor="end">0</text>',
        f'<text x="{_LEFT + inner / 2:.0f}" y="{_HEIGHT - 2}" text-anchor="middle">plants ({unit} up)</text>',
    ]
    new = sum(plant.stage is not None for plant in answer.plants)
    for (count, value), (x, y) in zip(known, places, strict=True):
        fill = ATTENTION if count == new else INK
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{fill}"><title>{count} plants: {value:,.4g} {unit}</title></circle>')
    for point in answer.curve:
        x, _ = at(point.count, 0.0)
        said = str(point.count) if math.isfinite(point.value) else f"{point.count}✗"
        parts.append(f'<text x="{x:.1f}" y="{base_line + 14}" text-anchor="middle">{said}<title>{html.escape(point.reason)}</title></text>')
    return "\n".join([*parts, "</svg>"])
