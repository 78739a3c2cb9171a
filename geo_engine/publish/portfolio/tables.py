"""Tables and lines of several plants chosen together."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

from geo_engine.model import Study
from geo_engine.model.answer.portfolio import PLACEMENT_MODELS, PlacementModel, PortfolioAnswer
from geo_engine.publish.summary import untested
from geo_engine.publish.tables import Cell, write_csv
from geo_engine.units import format_quantity, to_display

__all__ = ["allocation_rows", "curve_rows", "plant_rows", "portfolio_document", "portfolio_files", "value_words"]

_PLACES = 6


def value_words(model: PlacementModel, value: float, unit: str) -> str:
    """Say what a value means.

    >>> value_words("p_median", 882.0, "s"), value_words("set_cover", 4.0, "plants")
    ('14.7 min on average', '4 plants cover every customer')
    """
    if math.isnan(value):
        return "no answer"
    if model == "p_dispersion" and math.isinf(value):
        return "a plant alone"
    shown = format_quantity(value, unit)
    return {
        "p_median": f"{shown} on average",
        "max_cover": f"{value:,.0f} {unit} covered",
        "set_cover": f"{value:.0f} plants cover every customer",
        "p_center": f"{shown} to the customer farthest off",
        "p_dispersion": f"{shown} between the nearest two",
    }[model]


def plant_rows(answer: PortfolioAnswer, study: Study) -> list[dict[str, Cell]]:
    """Give a row a plant: new ones by stage, then those that stand; blank where something does not apply."""
    size = _size_column(study)
    every = float(str(answer.parameters["every_years"]))
    total = answer.all_size
    rows: list[dict[str, Cell]] = []
    for plant in answer.plants:
        place = plant.place
        rows.append(
            {
                "stage": plant.stage,
                "opens_after_years": None if plant.stage is None else (plant.stage - 1) * every,
                "site_id": place.site_id,
                "name": place.name,
                "kind": place.kind,
                "region": place.region,
                "lon": round(place.lon, _PLACES),
                "lat": round(place.lat, _PLACES),
                "easting": round(place.easting, 1),
                "northing": round(place.northing, 1),
                "grid_ref": place.grid_ref,
                "rank": place.rank,
                "score": _rounded(place.score, 4),
                f"{size}_served": round(plant.served, 2),
                f"{size}_served_at_most": None if math.isinf(place.capacity) else round(place.capacity, 2),
                "share_of_all": round(plant.served / total, _PLACES) if total else None,
                "mean_minutes": _rounded(to_display(plant.mean_seconds, "s"), 2),
                "cost": _rounded(place.price, 4),
            }
        )
    return rows


def allocation_rows(answer: PortfolioAnswer, study: Study) -> list[dict[str, Cell]]:
    """Give a row for each plant and each customer that it serves."""
    size = _size_column(study)
    rows: list[dict[str, Cell]] = []
    for each in answer.deliveries:
        place, customer = answer.plants[each.plant].place, answer.customers[each.customer]
        straight = math.hypot(place.easting - customer.easting, place.northing - customer.northing)
        rows.append(
            {
                "stage": answer.plants[each.plant].stage,
                "site_id": place.site_id,
                "site": place.name,
                "customer": customer.name,
                size: round(each.size, 2),
                "share_of_customer": round(each.share, _PLACES),
                "minutes": round(to_display(each.seconds, "s"), 2),
                "straight_km": round(straight / 1000.0, 3),
            }
        )
    return rows


def curve_rows(answer: PortfolioAnswer) -> list[dict[str, Cell]]:
    """Give a row for each number of plants: the best value, what the last plant added, and which sites; a reason where there is none."""
    model = "max_cover" if answer.model == "set_cover" else answer.model
    unit = str(answer.parameters["size_unit"]) if answer.model == "set_cover" else answer.unit
    rows: list[dict[str, Cell]] = []
    before = math.nan
    for point in answer.curve:
        value = to_display(point.value, unit) if math.isfinite(point.value) else math.nan
        rows.append(
            {
                "plants": point.count,
                "value": _rounded(value, 4),
                "unit": {"s": "min", "m": "km"}.get(unit, unit),
                "meaning": PLACEMENT_MODELS[model],
                "change": _rounded(value - before, 4),
                "proven": "yes" if point.proven else "no",
                "sites": "; ".join(answer.candidates[site].site_id for site in point.taken),
                "reason": point.reason or None,
            }
        )
        before = value
    return rows


def portfolio_files(answer: PortfolioAnswer, study: Study, folder: Path, *, about: Mapping[str, object]) -> tuple[Path, ...]:
    """Write portfolio.csv, allocations.csv, allocations.geojson, curve.csv and portfolio.json into a folder.

    Parameters
    ----------
    answer : PortfolioAnswer
        What was chosen.
    study : Study
        The question.
    folder : Path
        An existing folder.
    about : mapping
        What portfolio.json says besides: the run that was asked.
    """
    size = _size_column(study)
    plants, allocations, curve = plant_rows(answer, study), allocation_rows(answer, study), curve_rows(answer)
    allocation_columns = ["stage", "site_id", "site", "customer", size, "share_of_customer", "minutes", "straight_km"]
    written = [
        write_csv(folder / "portfolio.csv", list(plants[0]) if plants else ["stage", "site_id", "name"], plants),
        write_csv(folder / "allocations.csv", allocation_columns, allocations),
        write_csv(folder / "curve.csv", ["plants", "value", "unit", "meaning", "change", "proven", "sites", "reason"], curve),
    ]
    lines = [
        {
            "type": "Feature",
            "properties": row,
            "geometry": {
                "type": "LineString",
                "coordinates": [
                    [round(answer.plants[each.plant].place.lon, _PLACES), round(answer.plants[each.plant].place.lat, _PLACES)],
                    [answer.customers[each.customer].lon, answer.customers[each.customer].lat],
                ],
            },
        }
        for row, each in zip(allocations, answer.deliveries, strict=True)
    ]
    document = {"type": "FeatureCollection", "name": "allocations", "features": lines}
    written.append(_write_json(folder / "allocations.geojson", document))
    written.append(_write_json(folder / "portfolio.json", {**about, **portfolio_document(answer, study)}))
    return tuple(written)


def portfolio_document(answer: PortfolioAnswer, study: Study) -> dict[str, object]:
    """Give what portfolio.json holds and ``portfolio --json`` prints, without seconds: the same answer gives the same document."""
    return {
        "model": answer.model,
        "parameters": dict(answer.parameters),
        "status": "optimal" if answer.proven else "stopped",
        "value": _finite(answer.value),
        "bound": _finite(answer.bound),
        "gap": answer.gap,
        "unit": answer.unit,
        "in_words": value_words(answer.model, answer.value, answer.unit),
        "served": answer.served_size,
        "of": answer.all_size,
        "mean_minutes": _rounded(to_display(answer.mean_seconds, "s"), 4),
        "order": answer.order_method,
        "plants": plant_rows(answer, study),
        "curve": curve_rows(answer),
        "not_served": [each.name for each in answer.customers if each.served < each.size * (1 - 1e-6)],
        "notes": list(answer.notes),
        "not_tested": list(untested(study)),
    }


def _write_json(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n", encoding="utf-8")
    return path


def _size_column(study: Study) -> str:
    return study.demand.size if study.demand else "size"


def _rounded(value: float, places: int) -> float | None:
    return round(value, places) if math.isfinite(value) else None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
