"""What the page knows, as plain data: the study's words, the areas with their reasons, rules, demand and gaps.

Numbers that a reader sees are written here, by the engine's own words for quantities; the page only lays out.
"""

from __future__ import annotations

import math
from typing import Any

from geo_engine.model import Measure, Result, Site, WeightedSum
from geo_engine.publish.registers import readiness_cards
from geo_engine.publish.summary import gaps_sentence
from geo_engine.publish.tables import Cell, site_columns, site_rows
from geo_engine.publish.webmap.content.basemap import base_map, view_of
from geo_engine.publish.webmap.content.layers import input_layers, provenance
from geo_engine.publish.webmap.content.near_misses import near_misses
from geo_engine.publish.webmap.content.rules import rule_entries
from geo_engine.publish.webmap.content.ways import ways
from geo_engine.publish.webmap.encoding import DEGREE_STEPS, Degrees
from geo_engine.units import format_quantity

__all__ = ["attribution", "page_data"]

_GAPS_IN_HEAD = 6
_KILOMETRE = 1_000.0


def page_data(result: Result) -> dict[str, Any]:
    """Collect the page's data.

    Parameters
    ----------
    result : Result
        One region of one study.

    Returns
    -------
    dict
        Only text, finite numbers, lists and dicts.
    """
    degrees = Degrees.of(result.surface.grid.crs)
    study = result.study
    return {
        "steps": DEGREE_STEPS,
        "title": study.title,
        "region": result.region_title,
        "cell": _length(result.surface.grid.cell),
        "summary": study.summary,
        "facility": _facility(result),
        "view": view_of(result, degrees),
        "criteria": _criteria(result),
        "noun": study.sites.noun,
        "given": study.sites.candidates is not None,
        "sites": [_site(site, first, degrees) for site, first in zip(result.ranking.sites, _first(result), strict=True)],
        "table": _table(result),
        "weightedSum": isinstance(study.combination, WeightedSum),
        "rules": rule_entries(result),
        "nearMisses": near_misses(result, degrees),
        "demand": _demand(result),
        "ways": ways(result, degrees),
        "readiness": readiness_cards(result),
        "layers": input_layers(result, degrees),
        "base": base_map(result, degrees),
        "notTested": gaps_sentence(study),
        "notTestedBriefly": gaps_sentence(study, most=_GAPS_IN_HEAD),
        "gaps": [{"title": gap.title, "why": gap.why, "closedBy": gap.closed_by} for gap in study.gaps],
        "notAssessed": [{"title": item.name, "why": item.why} for item in study.not_assessed],
        "notes": list(result.ranking.notes),
        "land": _land(result),
        "attribution": attribution(result),
    }


def _length(metres: float) -> str:
    """Write a length in metres, or in kilometres from 1,000 m.

    >>> _length(250.0), _length(1_000.0), _length(2_500.0)
    ('250 m', '1 km', '2.5 km')
    """
    return f"{metres / _KILOMETRE:g} km" if metres >= _KILOMETRE else f"{metres:g} m"


def _facility(result: Result) -> dict[str, Any]:
    facility = result.study.facility
    needs = []
    for need in facility.needs:
        low, high = (None if each is None else facility.capacity * each for each in (need.low, need.high))
        span = f"{format_quantity(low, need.unit)} to {format_quantity(high, need.unit)}" if low is not None and high is not None else ""
        total = format_quantity(need.total(facility.capacity), need.unit)
        said = total if total.endswith(need.name) else f"{need.name} {total}"
        needs.append({"name": need.name, "said": said, "total": total, "range": span, "source": need.source})
    return {"capacity": f"{facility.capacity:,g} {facility.unit}", "needs": needs}


def _criteria(result: Result) -> list[dict[str, Any]]:
    study = result.study
    found = []
    for criterion, weight in zip(study.criteria, study.weights, strict=True):
        features = result.features.get(criterion.measure.layer)
        layer = study.layers.get(criterion.measure.layer)
        found.append(
            {
                "name": criterion.name,
                "key": criterion.slug,
                "label": criterion.label,
                "unit": criterion.measure.unit,
                "weight": 100 * weight,
                "why": criterion.why,
                "basis": criterion.source,
                "layer": layer.title if layer else criterion.measure.layer,
                "source": provenance(features) if features is not None else "",
                "measure": _measure_words(criterion.measure, result),
            }
        )
    return found


def _measure_words(measure: Measure, result: Result) -> str:
    words = measure.kind.replace("_", " ")
    if measure.travels:
        profile = result.study.profiles.get(measure.travels[1])
        words += f", by {profile.title if profile else measure.travels[1]}"
    return words + (f", where {measure.where}" if measure.where else "")


def _first(result: Result) -> list[float | None]:
    """Give the share of the draws in which each site ranks first, in per cent; None where nothing was drawn."""
    drawn = result.ranking.robustness
    if drawn is None:
        return [None] * len(result.ranking.sites)
    return [None if math.isnan(share) else round(100.0 * share, 2) for share in drawn.acceptability[:, 0].tolist()]


def _table(result: Result) -> dict[str, Any]:
    """Give the table of sites as `sites.csv` has it."""
    columns = site_columns(result)
    rows = [[_cell(row.get(column)) for column in columns] for row in site_rows(result)]
    return {"columns": columns, "rows": rows}


def _cell(value: Cell) -> Cell:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _site(site: Site, first: float | None, degrees: Degrees) -> dict[str, Any]:
    interval = f"{site.rank_p05} to {site.rank_p95}" if site.rank_p05 is not None and site.rank_p95 is not None else ""
    return {
        "id": site.site_id,
        "rank": site.rank,
        "tied": site.tied,
        "tier": site.tier,
        "interval": interval,
        "first": first,
        "name": site.name,
        "region": site.region,
        "gridRef": site.grid_ref,
        "at": degrees.point(site.easting, site.northing),
        "score": round(site.score, 1),
        "hectares": format_quantity(site.area_m2, "m2", digits=4),
        "unreachable": site.unreachable,
        "outline": degrees.lines([site.geometry], least=3),
        "parts": [{"value": format_quantity(part.value, part.unit)} for part in site.contributions],
    }


def _hectares(result: Result, name: str) -> str:
    value = result.hectares.get(name)
    return "" if value is None else f"{value:,.0f} ha"


def _land(result: Result) -> list[dict[str, str]]:
    words = {"land": "Land in the region", "scored": "Land with a score", "free": "Land that passes every rule"}
    return [{"title": title, "hectares": _hectares(result, name)} for name, title in words.items() if name in result.hectares]


def _demand(result: Result) -> dict[str, Any] | None:
    demand = result.study.demand
    if demand is None or not result.ranking.demand:
        return None
    numbers = {site.site_id: number for number, site in enumerate(result.ranking.sites)}
    layer = result.study.layers.get(demand.layer)
    degrees = Degrees.of(result.surface.grid.crs)
    points = []
    for item in result.ranking.demand:
        covered = item.site_id in numbers
        points.append(
            {
                "name": item.name,
                "at": degrees.point(item.easting, item.northing),
                "size": "unknown" if math.isnan(item.size) else f"{item.size:,.0f}",
                "needs": "unknown" if math.isnan(item.capacity) else f"{item.capacity:,.3g} {result.study.facility.unit}",
                "site": numbers[item.site_id] if covered else None,
                "time": format_quantity(item.seconds, "s") if covered else "",
                "nearest": numbers.get(item.nearest_site_id),
                "nearestTime": format_quantity(item.nearest_seconds, "s"),
            }
        )
    return {
        "title": layer.title if layer else demand.layer,
        "size": demand.size.replace("_", " "),
        "within": format_quantity(demand.within, "s"),
        "each": f"{demand.capacity_each:,g} {demand.capacity_unit}",
        "source": demand.source,
        "points": points,
    }


def attribution(result: Result) -> list[str]:
    """Sentences to carry for the layers that the study uses, each once."""
    study = result.study
    used = [study.area, *(criterion.measure.layer for criterion in study.criteria), *(rule.layer for rule in study.constraints)]
    used += [criterion.measure.travels[0] for criterion in study.criteria if criterion.measure.travels]
    used += [rule.measure.travels[0] for rule in study.constraints if rule.measure is not None and rule.measure.travels]
    used += [rule.only_in[0] for rule in study.constraints if rule.only_in is not None]
    used += [study.demand.layer, study.demand.network] if study.demand else []
    used += [need.test.measure.layer for need in study.facility.needs if need.test]
    if study.connection is not None:
        used += [study.connection.layer, *(multiplier.layer for multiplier in study.connection.multipliers)]
    if study.reach is not None:
        used += [study.reach.network, *(wish.layer for wish in study.reach.routes)]
    used += [name for name in (study.context.places, study.context.roads, *study.context.show) if name]
    layers = [study.layers[name] for name in dict.fromkeys(used) if name in study.layers]
    sentences = (layer.attribution or f"{layer.title}: {layer.publisher}, {layer.licence}" for layer in layers)
    return list(dict.fromkeys(sentence.strip() for sentence in sentences))
