"""The cards of the nouns: what a study asks, what a run found, what a layer is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_engine.model import Grid, Layer, Study
from geo_engine.publish.cards.card import Bar, Card, CardTable, Cell
from geo_engine.publish.cards.picture import png_address, score_picture
from geo_engine.publish.summary import gaps_sentence

__all__ = ["RunFacts", "layer_card", "run_card", "study_card"]

_MOST_SITES = 5
_MOST_GAPS = 12
_MOST_FAULTS = 6


@dataclass(frozen=True, eq=False)
class RunFacts:
    """What the card of a run tells.

    Parameters
    ----------
    study : Study
        The question.
    region_title : str
        Where.
    grid : Grid
        Of the surface.
    sites : GeoDataFrame
        As ``sites.gpkg`` has them.
    score : float32 ndarray
        The surface, of the grid's shape.
    notes : tuple of str
        Sentences of the ranking.
    lies : str
        Where the run lies, in words.
    """

    study: Study
    region_title: str
    grid: Grid
    sites: gpd.GeoDataFrame
    score: NDArray[np.float32]
    notes: tuple[str, ...]
    lies: str


def study_card(study: Study) -> Card:
    """Make the card of a study: its criteria with their weights, its rules, and what it does not test."""
    weights = study.weights if not any(np.isnan(criterion.weight) for criterion in study.criteria) else (np.nan,) * len(study.criteria)
    most = float(np.nanmax(weights)) if not np.isnan(weights).all() else 1.0
    rows: list[tuple[Cell, ...]] = [
        (
            criterion.name,
            Bar(weight / most, f"{weight:.1%}") if not np.isnan(weight) else "found by the run",
            f"{criterion.measure.kind.replace('_', ' ')}: {criterion.measure.layer}",
        )
        for criterion, weight in zip(study.criteria, weights, strict=True)
    ]
    facility = study.facility
    land = f" of {study.sites.area / 1e4:,.4g} ha" if study.sites.area else ""
    lead = (
        f"{study.area_title}, cells of {study.cell:g} m in {study.crs}. "
        f"Looks for {study.sites.count} {study.sites.noun}{land} for {facility.capacity:g} {facility.unit}."
    )
    rules = "; ".join(rule.name for rule in study.constraints)
    scenarios = ", ".join(key for key in study.scenarios if key != study.scenario)
    return Card(
        "Study",
        study.title,
        lead,
        (CardTable("Criteria and their weights", ("criterion", "weight", "measured"), tuple(rows)),),
        (f"Rules: {rules}." if rules else "", f"Scenarios: {scenarios}." if scenarios else "", gaps_sentence(study, _MOST_GAPS)),
    )


def run_card(facts: RunFacts) -> Card:
    """Make the card of a run: its best areas, a thumbnail of the surface, what the reader should know."""
    study, sites = facts.study, facts.sites
    rows: list[tuple[Cell, ...]] = []
    for _, site in sites.head(_MOST_SITES).iterrows():
        ends = [str(int(site[end])) for end in ("rank_p05", "rank_p95") if _there(site, end)]
        interval = " to ".join(dict.fromkeys(ends))
        tier = str(site["tier"]) if _there(site, "tier") else ""
        score = float(site["score"])
        rows.append((str(int(site["rank"])), str(site["name"]), Bar(score / 100.0, f"{score:.1f}"), tier, interval))
    grid = facts.grid
    centres = np.array([[place.y, place.x] for place in sites.geometry.centroid], np.float64).reshape(-1, 2)
    marks = (np.array([grid.north, 0.0]) - centres * [1, -1] - np.array([0.0, grid.west])) / grid.cell
    said = f"Score of the land of {facts.region_title}, light for low and dark for high; the {study.sites.noun} are marked"
    lead = (
        f"{facts.region_title}: {len(sites)} {study.sites.noun} on cells of {grid.cell:g} m. "
        "A score is the match to these weights, 0 to 100; not a chance of success."
    )
    columns = ("rank", "place", "score", "tier", "rank in 90 % of draws")
    return Card(
        "Run",
        study.title,
        lead,
        (CardTable(f"The best {len(rows)}", columns, tuple(rows)),),
        (*facts.notes, gaps_sentence(study, _MOST_GAPS), facts.lies),
        png_address(score_picture(facts.score, marks)),
        said,
    )


def layer_card(layer: Layer, lead: str, columns: tuple[tuple[Cell, ...], ...], picture: str) -> Card:
    """Make the card of a layer: where it comes from, what is known to be wrong with it, its columns.

    Parameters
    ----------
    layer : Layer
        The layer.
    lead : str
        What its data hold, in a sentence.
    columns : tuple of (column, type, blank, range or example)
        Of its table.
    picture : str
        Address of a picture, or blank.
    """
    told = (
        ("publisher", layer.publisher),
        ("licence", layer.licence),
        ("vintage", layer.vintage),
        ("accuracy", layer.accuracy.text()),
        ("covers", layer.covers),
    )
    faults = layer.faults[:_MOST_FAULTS]
    more = len(layer.faults) - len(faults)
    return Card(
        "Layer",
        layer.title,
        f"{layer.name}: {lead}",
        (
            CardTable("Where it comes from", ("", ""), tuple((name, text) for name, text in told if text)),
            CardTable("Columns", ("column", "type", "blank", "for example"), columns),
        ),
        (
            f"Known faults: {' '.join(faults)}{f' And {more} more.' if more else ''}" if faults else "",
            f"Nobody has answered yet: {', '.join(layer.questions)}." if layer.questions else "",
            layer.attribution,
        ),
        picture,
        f"{layer.title}, drawn",
    )


def _there(row: Any, column: str) -> bool:  # noqa: ANN401 - a row of a table holds anything
    return column in row and row[column] is not None and row[column] == row[column] and row[column] != ""
