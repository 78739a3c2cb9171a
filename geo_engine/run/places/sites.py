"""From located areas to ranked sites: exact scores, names, what was dropped and why, whom the sites serve, how they join the grid."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace

import numpy as np

from geo_engine.decide import Located
from geo_engine.decide.combine import combination_words, compare_methods
from geo_engine.measure import PointPlaces, facilities_name, find_corridor, point_coordinates, sizes, travel_costs
from geo_engine.model import (
    DemandAnswer,
    NoCorridor,
    Ranking,
    Site,
    Study,
    WeightedSum,
)
from geo_engine.run.places.land.cells import cells_of, outline
from geo_engine.run.places.land.ground import Land
from geo_engine.run.places.land.searching import few_areas, search_areas
from geo_engine.run.places.measured import Outlined, measured, ranked
from geo_engine.run.places.naming import Gazetteer, gazetteer
from geo_engine.run.places.register import rejections
from geo_engine.run.planning.plan import Plan, capacity_scale

__all__ = ["connect_sites", "decision_notes", "demand_of", "methods_of", "rank_areas", "sites_of"]


def rank_areas(plan: Plan, land: Land) -> Ranking:
    """Locate, score, rank and name the areas of a plan's land, and keep the register of what was dropped."""
    located = search_areas(plan, land.ground())
    names = gazetteer(plan)
    sites = sites_of(plan, located, names)
    notes = _notes(plan, sites, located)
    return Ranking(
        sites, rejections(plan, land, located, sites, names), demand_of(plan, sites, names), notes, methods=methods_of(plan, sites)
    )


def connect_sites(plan: Plan, ranking: Ranking, executor: Executor) -> Ranking:
    """Add each site's corridor to the grid to a ranking, and say what a reader must know of them."""
    prepared = plan.connection
    if prepared is None:
        return ranking
    corridors = tuple(executor.map(lambda site: find_corridor(prepared, site.site_id, site.geometry), ranking.sites))
    without = [
        f"{site.name}: {answer.reason}" for site, answer in zip(ranking.sites, corridors, strict=True) if isinstance(answer, NoCorridor)
    ]
    notes = [f"No connection corridor for {'; '.join(without)}."] if without else []
    if len(without) < len(corridors):
        notes.append("Connection corridors are indicative: least-cost lines over the study's multipliers, not designs or offers.")
    return replace(ranking, corridors=corridors, notes=(*ranking.notes, *notes))


def sites_of(plan: Plan, located: Located, names: Gazetteer) -> tuple[Site, ...]:
    """Give the located areas as sites: measured cell by cell, named and ranked, best first."""
    grid = plan.grid
    made = []
    for area in located.areas:
        rows, cols = cells_of(grid, area)
        made.append(Outlined(outline(grid, rows, cols), rows, cols))
    return ranked(measured(plan, names, made))


def _notes(plan: Plan, sites: tuple[Site, ...], located: Located) -> tuple[str, ...]:
    notes = decision_notes(plan.study)
    if few := few_areas(plan, located):
        notes.append(few)
    if any(site.tied for site in sites):
        notes.append("Areas with the same score share a rank; their order in the tables is from north to south, then west to east.")
    if any(site.unreachable for site in sites):
        notes.append("Some areas cannot be reached over the network: " + ", ".join(site.name for site in sites if site.unreachable) + ".")
    return tuple(notes)


def decision_notes(study: Study) -> list[str]:
    """Say what a reader must know of how weights were found and how criteria are combined."""
    notes = list(study.weighed.warnings) if study.weighed else []
    if not isinstance(study.combination, WeightedSum):
        notes.append(
            f"Criteria are combined by {combination_words(study.combination, len(study.criteria))}, not by a weighted sum: "
            "points are each criterion's part of that score, and not its weight times its utility."
        )
    return notes


def methods_of(plan: Plan, sites: tuple[Site, ...]) -> dict[str, tuple[int | None, ...]]:
    """Rank the sites by every method, with their mean utilities."""
    utilities = np.array([[part.utility for part in site.contributions] for site in sites]).reshape(len(sites), len(plan.study.criteria))
    found = compare_methods(utilities, plan.study.weights)
    return {name: tuple(rank or None for rank in column) for name, column in zip(found.methods, found.ranks.T.tolist(), strict=True)}


def demand_of(plan: Plan, sites: tuple[Site, ...], names: Gazetteer) -> tuple[DemandAnswer, ...]:
    """Tell for each demand point the best area within reach, or that it is uncovered."""
    demand = plan.study.demand
    if demand is None:
        return ()
    data = plan.features[demand.layer, demand.where]
    size = sizes(data, demand.size, None)
    travel = plan.travels[demand.network, demand.profile]
    e, n = point_coordinates(data.geometry)
    places = PointPlaces(np.array([site.easting for site in sites]), np.array([site.northing for site in sites]))
    seconds = travel_costs(travel, facilities_name(demand.layer, demand.where), places)
    scale = capacity_scale(demand.capacity_unit, plan.study.facility.unit)
    answers = []
    for i, label in enumerate(data.labels()):
        where = names(e[i], n[i])
        within = np.flatnonzero(seconds[i] <= demand.within)
        nearest = int(seconds[i].argmin()) if sites else -1
        best = sites[int(within[0])] if within.size else None  # sites come best first
        answers.append(
            DemandAnswer(
                name=label,
                easting=float(e[i]),
                northing=float(n[i]),
                lon=where.lon,
                lat=where.lat,
                size=float(size[i]),
                capacity=float(size[i] * demand.capacity_each * scale),
                site_id=best.site_id if best else "",
                site_rank=best.rank if best else None,
                seconds=float(seconds[i, within[0]]) if best else float("nan"),
                nearest_site_id=sites[nearest].site_id if sites else "",
                nearest_seconds=float(seconds[i, nearest]) if sites else float("nan"),
            )
        )
    return tuple(sorted(answers, key=lambda a: (-a.size, a.name)))
