"""From located areas to ranked sites: exact scores, names, what was dropped and why, whom the sites serve, how they join the grid."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.decide import Area, Located, close_around, contributions, locate_areas, ranks
from geo_engine.decide.combine import combination_words, compare_methods
from geo_engine.measure import PointPlaces, facilities_name, find_corridor, point_coordinates, sizes, travel_costs
from geo_engine.model import (
    STATUS_OFF_AREA,
    DemandAnswer,
    Grid,
    NoCorridor,
    Ranking,
    Rejection,
    Site,
    StatusBit,
    Surface,
    WeightedSum,
    rule_bits,
)
from geo_engine.run.places.naming import Gazetteer, gazetteer
from geo_engine.run.places.searching import few_areas, search_areas
from geo_engine.run.planning.plan import Plan, capacity_scale
from geo_engine.run.tiles import score_places

__all__ = ["blocking", "connect_sites", "outline", "rank_areas", "sites_of"]

_SHOWN_REJECTIONS = 25  # of each reason: a register to read, not a dump
_ANOTHER_PLACE = 0.25  # of the spacing: nearer to a site than this is the same place, not a rival to it


def blocking(status: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Give the bits that keep a cell from being part of a site: all but 'unreachable', which costs points instead.

    Of a cell that a forced inclusion frees none is left.
    """
    forced = (status >> np.uint32(StatusBit.FORCED)).astype(np.bool_) & (status != STATUS_OFF_AREA)
    return np.where(forced, np.uint32(0), status & np.uint32(~np.uint32(1 << StatusBit.UNREACHABLE)))


def outline(grid: Grid, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> BaseGeometry:
    """Give the polygon that some cells of a grid make up, in study coordinates."""
    west, north = grid.west + cols * grid.cell, grid.north - rows * grid.cell
    # The far edges are computed as the neighbour's near ones: a sum may round otherwise and leave slits between cells.
    east, south = grid.west + (cols + 1) * grid.cell, grid.north - (rows + 1) * grid.cell
    polygon = shapely.union_all(shapely.box(west, south, east, north))
    return shapely.orient_polygons(shapely.normalize(shapely.simplify(polygon, 0.0)))


def rank_areas(plan: Plan, surface: Surface) -> Ranking:
    """Locate, score, rank and name the areas of a surface, and keep the register of what was dropped."""
    free = (blocking(surface.status) == 0) & ~np.isnan(surface.score)
    located = search_areas(plan, surface.score, free)
    names = gazetteer(plan)
    sites = sites_of(plan, located, names)
    notes = _notes(plan, sites, located)
    return Ranking(
        sites, _rejections(plan, surface, located, sites, names), _demand(plan, sites, names), notes, methods=_methods(plan, sites)
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


def _cells(grid: Grid, area: Area) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rows, cols = np.divmod(area.cells, grid.cols)
    return rows, cols


def sites_of(plan: Plan, located: Located, names: Gazetteer) -> tuple[Site, ...]:
    """Give the located areas as sites: measured cell by cell, named and ranked, best first."""
    grid, study = plan.grid, plan.study
    made = []
    for area in located.areas:
        rows, cols = _cells(grid, area)
        scored = score_places(plan, *grid.centres(rows, cols))
        parts = contributions(study.criteria, study.weights, scored.quantities, study.combination)
        polygon = outline(grid, rows, cols)
        easting, northing = (float(v) for v in shapely.get_coordinates(shapely.centroid(polygon))[0])
        where = names(easting, northing)
        made.append(
            Site(
                site_id=f"E{easting:.0f}N{northing:.0f}",
                name=where.name,
                place=where.place,
                region=names.region_of(polygon),
                rank=0,
                tied=False,
                score=sum(part.points for part in parts),
                easting=easting,
                northing=northing,
                lon=where.lon,
                lat=where.lat,
                grid_ref=where.grid_ref,
                area_m2=len(rows) * grid.cell_area,
                geometry=polygon,
                contributions=parts,
                rows=rows,
                cols=cols,
                quantities=np.stack(scored.quantities),
                unreachable=bool((scored.status >> np.uint32(StatusBit.UNREACHABLE) & np.uint32(1)).any()),
            )
        )
    rank, tied = ranks([site.score for site in made])
    order = sorted(range(len(made)), key=lambda i: (rank[i], int(made[i].rows[0]), int(made[i].cols[0])))
    return tuple(replace(made[i], rank=rank[i], tied=tied[i]) for i in order)


def _notes(plan: Plan, sites: tuple[Site, ...], located: Located) -> tuple[str, ...]:
    study = plan.study
    notes = list(study.weighed.warnings) if study.weighed else []
    if not isinstance(study.combination, WeightedSum):
        notes.append(
            f"Criteria are combined by {combination_words(study.combination, len(study.criteria))}, not by a weighted sum: "
            "points are each criterion's part of that score, and not its weight times its utility."
        )
    if few := few_areas(plan, located):
        notes.append(few)
    if any(site.tied for site in sites):
        notes.append("Areas with the same score share a rank; their order in the tables is from north to south, then west to east.")
    if any(site.unreachable for site in sites):
        notes.append("Some areas cannot be reached over the network: " + ", ".join(site.name for site in sites if site.unreachable) + ".")
    return tuple(notes)


def _methods(plan: Plan, sites: tuple[Site, ...]) -> dict[str, tuple[int | None, ...]]:
    """Rank the sites by every method, with their mean utilities."""
    utilities = np.array([[part.utility for part in site.contributions] for site in sites]).reshape(len(sites), len(plan.study.criteria))
    found = compare_methods(utilities, plan.study.weights)
    return {name: tuple(rank or None for rank in column) for name, column in zip(found.methods, found.ranks.T.tolist(), strict=True)}


def _rejections(plan: Plan, surface: Surface, located: Located, sites: tuple[Site, ...], names: Gazetteer) -> tuple[Rejection, ...]:
    """Keep the candidates that score like the areas found and were dropped: by a rule, by size, by spacing."""
    study, grid = plan.study, plan.grid
    floor = min((site.score for site in sites), default=0.0)
    found: list[tuple[Area, str, str]] = []
    scored = ~np.isnan(surface.score)
    if not plan.rules:
        scored[:] = False
    spacing = study.sites.spacing / grid.cell
    anywhere = locate_areas(surface.score, scored, cells=plan.site_cells, count=_SHOWN_REJECTIONS, spacing=spacing, reach=study.sites.reach)
    for area in anywhere.areas:
        failed = blocking(surface.status.reshape(-1)[area.cells])
        if area.score < floor or not failed.any():
            continue
        shares = {name: float((failed >> np.uint32(bit) & np.uint32(1)).mean()) for name, bit in rule_bits(study.constraints).items()}
        shares = {name: share for name, share in shares.items() if share > 0}
        reason = max(shares, key=lambda name: shares[name])
        detail = "; ".join(f"{share:.0%} of it fails '{name}'" for name, share in shares.items())
        found.append((area, reason, detail))
    need = plan.site_cells * grid.cell_area / 1e4
    for area in located.too_small[:_SHOWN_REJECTIONS]:
        if area.score >= floor:
            hectares = len(area.cells) * grid.cell_area / 1e4
            found.append((area, "too small", f"{hectares:,.4g} ha of connected free land in reach, {need:,.4g} ha needed"))
    if spacing > 0:
        found += _too_near(plan, surface, sites, floor)
    rows = []
    for area, reason, detail in sorted(found, key=lambda f: (-f[0].score, int(f[0].cells[0]), f[1])):
        r, c = _cells(grid, area)
        e, n = (float(v.mean()) for v in grid.centres(r, c))
        where = names(e, n)
        rows.append(
            Rejection(
                where.name, where.region, e, n, where.lon, where.lat, where.grid_ref, len(r) * grid.cell_area, area.score, reason, detail
            )
        )
    return tuple(rows)


def _too_near(plan: Plan, surface: Surface, sites: tuple[Site, ...], floor: float) -> list[tuple[Area, str, str]]:
    """Find the areas that would have been among the best were they not too near a better one."""
    grid, search = plan.grid, plan.study.sites
    free = (blocking(surface.status) == 0) & ~np.isnan(surface.score)
    apart = search.spacing / grid.cell * _ANOTHER_PLACE
    for site in sites:
        close_around(free, site.rows * grid.cols + site.cols, apart)
    near = locate_areas(surface.score, free, cells=plan.site_cells, count=_SHOWN_REJECTIONS, spacing=apart, reach=search.reach)
    out = []
    for area in near.areas:
        if area.score < floor:
            continue
        r, c = _cells(grid, area)
        polygon = outline(grid, r, c)
        away = [float(shapely.distance(polygon, site.geometry)) for site in sites]
        nearest = int(np.argmin(away))
        if away[nearest] < search.spacing:
            site = sites[nearest]
            out.append(
                (
                    area,
                    "spacing",
                    f"{away[nearest] / 1000:.1f} km from rank {site.rank} ({site.name}); {search.spacing / 1000:g} km asked for",
                )
            )
    return out


def _demand(plan: Plan, sites: tuple[Site, ...], names: Gazetteer) -> tuple[DemandAnswer, ...]:
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
