"""Solve a planned run: score the land, locate and rank areas, and gather what is published."""

from __future__ import annotations

from concurrent.futures import Executor
from functools import partial
from pathlib import Path

import numpy as np

from geo_engine.errors import Fault, RunError
from geo_engine.model import (
    CombinedTravel,
    Distance,
    Features,
    Result,
    Surface,
    Travel,
    WeightedSum,
)
from geo_engine.publish import Rasters
from geo_engine.run.executors import ClusterExecutor, map_unordered, thread_executor
from geo_engine.run.places.candidates import rank_plots
from geo_engine.run.places.display import make_display
from geo_engine.run.places.land.ground import Land
from geo_engine.run.places.near_misses import find_near_misses
from geo_engine.run.places.readiness import judge_readiness
from geo_engine.run.places.sites import connect_sites, rank_areas
from geo_engine.run.places.ways import reach_sites
from geo_engine.run.planning.plan import Plan
from geo_engine.run.planning.reading.inputs import inputs_of
from geo_engine.run.progress import Reporter
from geo_engine.run.robustness.sites import judge_sites
from geo_engine.run.robustness.surface import best_surface
from geo_engine.run.storing.surface import stored_surface
from geo_engine.run.tiles import score_tile

__all__ = ["TILE_SIDE", "compute_surface", "input_hashes", "solve"]

TILE_SIDE = 512
"""Cells along a tile."""


def compute_surface(
    plan: Plan, reporter: Reporter, executor: Executor, *, tile_side: int = TILE_SIDE, ahead: int = 8, folder: Path | None = None
) -> Surface:
    """Score every tile of the plan's grid, `ahead` of them under way; the answer does not depend on tiles, their order or the executor.

    With a folder tiles are stored there as they are finished, and those that are finished there already are not scored again.
    """
    if folder is not None:
        return stored_surface(plan, reporter, executor, folder, tile_side=tile_side, ahead=ahead)
    score = np.empty(plan.grid.shape, np.float32)
    status = np.empty(plan.grid.shape, np.uint32)
    tiles = list(plan.grid.tiles(tile_side))
    work = map_unordered(executor, partial(score_tile, plan), tiles, ahead=ahead)
    for done, (tile, scored) in enumerate(work, start=1):
        score[tile.window], status[tile.window] = scored.score, scored.status
        reporter.advance(done, len(tiles))
    return Surface(plan.grid, score, status)


def solve(
    plan: Plan,
    reporter: Reporter,
    *,
    workers: int,
    tile_side: int = TILE_SIDE,
    cluster: ClusterExecutor | None = None,
    folder: Path | None = None,
    rasters: Rasters | None = None,
) -> Result:
    """Compute the surface, locate and rank the areas, and gather what is published.

    Parameters
    ----------
    plan : Plan
        The run.
    reporter : Reporter
        Is told.
    workers : int
        Threads.
    tile_side : int, optional
        Cells along a tile.
    cluster : ClusterExecutor, optional
        Scores the land; threads do without one.
    folder : Path, optional
        Where finished tiles lie, which the result reads then; it is held in memory without one. What is found is the same.
    rasters : Rasters, optional
        Begun as soon as the land is scored, while areas are located.

    Raises
    ------
    RunError
        If no cell of the region is land with a score.
    """
    reporter.stage("Scoring land")
    with cluster or thread_executor(workers) as executor:
        ahead = max(8, 2 * (cluster.workers if cluster else workers))
        surface = compute_surface(plan, reporter, executor, tile_side=tile_side, ahead=ahead, folder=folder)
    with thread_executor(workers) as executor:
        land = Land(plan, surface, executor)
    hectares = {name: count * plan.grid.cell_area / 1e4 for name, count in land.cells.items()}
    if hectares["land"] == 0:
        raise RunError(
            Fault(plan.region_title, f"has no land on a grid of {plan.grid.cell:g} m cells", remedy="take a smaller cell or another region")
        )
    if hectares["scored"] == 0:
        raise RunError(
            Fault(
                plan.region_title,
                "has no land with a score: a criterion is unknown everywhere and says unknown = 'refuse'",
                remedy="give that criterion a utility for the unknown, or a layer that covers the region",
            )
        )
    if rasters is not None:
        rasters.begin(plan.study, plan.region_title, surface)
    reporter.stage("Locating and ranking areas")
    ranking = rank_areas(plan, land) if plan.plots is None else rank_plots(plan, surface)
    misses = find_near_misses(plan, land)
    asked = plan.study.robustness
    reporter.stage("Drawing weights and data")
    with thread_executor(workers) as executor:
        ranking = judge_sites(plan, ranking, executor)
    if asked.surface and isinstance(plan.study.combination, WeightedSum):
        reporter.stage("Drawing weights for all land")
        with thread_executor(workers) as executor:
            drawn = partial(best_surface, plan, surface, land.cells["scored"], reporter, executor)
            surface = drawn(tile_side=tile_side, ahead=max(8, 2 * workers), folder=folder)
    if plan.connection is not None:
        reporter.stage("Routing connections")
        with thread_executor(workers) as executor:
            ranking = connect_sites(plan, ranking, executor)
    if plan.study.reach is not None:
        reporter.stage("Drawing routes and isochrones")
        with thread_executor(workers) as executor:
            ranking = reach_sites(plan, ranking, executor)
    ranking = judge_readiness(plan, ranking)
    reporter.stage("Measuring for the map")
    with thread_executor(workers) as executor:
        display = make_display(plan, ranking, executor)
    return Result(
        study=plan.study,
        region=plan.region,
        region_title=plan.region_title,
        surface=surface,
        ranking=ranking,
        near_misses=misses,
        display=display,
        facilities=_facilities(plan),
        features=_whole_layers(plan),
        area=plan.area,
        land=plan.land,
        hectares=hectares,
        inputs=input_hashes(plan),
        masks=land.masks,
    )


def _whole_layers(plan: Plan) -> dict[str, Features]:
    """Give each layer once by name: as read without a filter where it was, else as first read."""
    layers: dict[str, Features] = {}
    for (name, where), data in plan.features.items():
        if where is None or name not in layers:
            layers[name] = data
    context = plan.study.context
    if context.places and context.labels:
        layers[context.labels] = plan.features[context.places, context.label_where]
    return layers


def _facilities(plan: Plan) -> dict[str, Features]:
    """Give what each criterion of distance or travel leads to."""
    led = [criterion for criterion in plan.study.criteria if isinstance(criterion.measure, CombinedTravel | Distance | Travel)]
    return {criterion.slug: plan.features[criterion.measure.layer, criterion.measure.where] for criterion in led}


def input_hashes(plan: Plan) -> dict[str, str]:
    """Give the SHA-256 of every file that a plan depends on: the study, its profiles, the gaps, layers and their data."""
    return {name: each.sha256 for name, each in inputs_of(plan.study).items()}
