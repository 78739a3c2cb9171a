"""Nouns as tables of pandas."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo_engine.errors import Fault, RunError, nearest_spelling
from geo_engine.model import Contribution, Study
from geo_engine.run import Answer, Rival
from geo_engine.run.given import value_column, value_text
from geo_engine.units import display_unit, to_display

__all__ = ["contribution_table", "criteria_table", "gaps_table", "needs_table", "read_layer_of", "read_table", "rival_table", "rules_table"]

_TABLES = {
    "acceptability": "acceptability.csv",
    "cells": "site_cells.csv",
    "demand": "demand.csv",
    "methods": "methods.csv",
    "missing": "missing.csv",
    "near_misses": "near_misses.csv",
    "needs": "needs.csv",
    "pairwise": "pairwise.csv",
    "readiness": "readiness.csv",
    "rejected": "rejected.csv",
    "sensitivity": "sensitivity.csv",
}


def criteria_table(study: Study) -> pd.DataFrame:
    """Give one row a criterion, in the study's order: its weight as a share, what is measured, what it is worth and why."""
    rows = [
        {
            "key": criterion.slug,
            "name": criterion.name,
            "weight": weight,
            "measure": criterion.measure.kind,
            "layer": criterion.measure.layer,
            "where": criterion.measure.where or "",
            "network": criterion.measure.travels[0] if criterion.measure.travels else "",
            "profile": criterion.measure.travels[1] if criterion.measure.travels else "",
            "unit": display_unit(criterion.measure.unit),
            "value": value_text(criterion.value, criterion.measure.unit),
            "unknown": "refuse" if criterion.unknown is None else f"{criterion.unknown:g}",
            "why": criterion.why,
            "source": criterion.source,
        }
        for criterion, weight in zip(study.criteria, study.weights, strict=True)
    ]
    return pd.DataFrame(rows)


def rules_table(study: Study) -> pd.DataFrame:
    """Give one row a rule, in the study's order."""
    columns = ["name", "layer", "where", "estimate", "force", "why"]
    rows = [[rule.name, rule.layer, rule.where or "", rule.estimate, rule.force, rule.why] for rule in study.constraints]
    return pd.DataFrame(rows, columns=columns)


def needs_table(study: Study) -> pd.DataFrame:
    """Give one row a need of the facility: the total in `unit`, and its range."""
    capacity = study.facility.capacity
    rows = [
        {
            "need": need.name,
            "total": to_display(need.total(capacity), need.unit),
            "low": None if need.low is None else to_display(capacity * need.low, need.unit),
            "high": None if need.high is None else to_display(capacity * need.high, need.unit),
            "unit": display_unit(need.unit),
            "source": need.source,
        }
        for need in study.facility.needs
    ]
    return pd.DataFrame(rows, columns=["need", "total", "low", "high", "unit", "source"])


def gaps_table(study: Study) -> pd.DataFrame:
    """Give one row for each thing that matters and was not tested: declared gaps, and what the study names without weight, each once."""
    rows = [[gap.title, gap.why, gap.closed_by] for gap in study.gaps] + [[item.name, item.why, ""] for item in study.not_assessed]
    first: dict[str, list[str]] = {}
    for row in rows:
        first.setdefault(row[0].casefold(), row)
    return pd.DataFrame(list(first.values()), columns=["what", "why", "closed_by"])


def contribution_table(answer: Answer) -> pd.DataFrame:
    """Give one row a criterion: the quantity in the unit that readers see, what it is worth, its points, and where the data come from."""
    return pd.DataFrame(
        [
            _part(part) | {"nearest": source.nearest, "layer": source.layer, "vintage": source.vintage, "accuracy": source.accuracy}
            for part, source in zip(answer.contributions, answer.sources, strict=True)
        ]
    )


def _part(part: Contribution) -> dict[str, object]:
    return {
        "criterion": part.criterion,
        "value": to_display(part.value, part.unit),
        "unit": display_unit(part.unit),
        "utility": part.utility,
        "weight": part.weight,
        "points": part.points,
    }


def rival_table(rivals: Iterable[Rival], shapes: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """Give one row a place, in the order given: score, percentile, the rank it would have, and each criterion."""
    rows = []
    for rival in rivals:
        row: dict[str, object] = {name: getattr(rival, name) for name in ("name", "score", "percentile", "rank", "status", "reason")}
        row |= {name: getattr(rival, name) for name in ("region", "grid_ref", "lon", "lat", "kind", "area_ha", "usable_ha", "dropped")}
        best = rival.best_area
        row |= {"best_score": best.score if best else float("nan"), "best_within_km": best.within / 1000.0 if best else float("nan")}
        for part in rival.contributions:
            row[value_column(part.slug, part.unit)] = to_display(part.value, part.unit)
            row[f"{part.slug}_utility"], row[f"{part.slug}_contribution"] = part.utility, part.points
        rows.append(row)
    frame = pd.DataFrame(rows)
    frame["rank"] = frame["rank"].astype("Int64")
    return gpd.GeoDataFrame(frame, geometry=shapes)


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """Read a table that a run left, by its name: ``rejected`` for ``rejected.csv``.

    Raises
    ------
    RunError
        If a run leaves no such table, or this one did not.
    """
    if name not in _TABLES:
        raise RunError(Fault(f"table '{name}'", "no run leaves it", allowed=", ".join(_TABLES), remedy=nearest_spelling(name, _TABLES)))
    file = folder / _TABLES[name]
    if not file.is_file():
        raise RunError(Fault(file.name, "this run has none", remedy="the study does not ask for it"))
    return pd.read_csv(file, keep_default_na=False, na_values=[""])  # a place may be called NA


def read_layer_of(folder: Path, name: str) -> gpd.GeoDataFrame:
    """Read a layer of a run's GeoPackage, in study coordinates.

    Raises
    ------
    RunError
        If it has no such layer, or cannot be read.
    """
    file = folder / "sites.gpkg"
    try:
        there = [str(layer) for layer in gpd.list_layers(file)["name"]]
        if name not in there:
            raise RunError(Fault(f"layer '{name}'", "this run has none", allowed=", ".join(there), remedy=nearest_spelling(name, there)))
        return gpd.read_file(file, layer=name)
    except (RuntimeError, ValueError, OSError) as error:
        if isinstance(error, RunError):
            raise
        raise RunError(Fault(str(file), f"cannot be read: {str(error).splitlines()[0]}", remedy="run the study again")) from error
