"""The register of rejected candidates: areas that came close, in the order of the sift, with the stage and the rule that dropped them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_engine.decide import Area, Located
from geo_engine.model import Rejection, Site, Stage, Surface, rule_bits
from geo_engine.run.places.land.cells import blocking, cells_of, outline
from geo_engine.run.places.land.ground import ANYWHERE, Land
from geo_engine.run.places.land.searching import search_areas
from geo_engine.run.places.naming import Gazetteer
from geo_engine.run.planning.plan import Plan

__all__ = ["Verdict", "in_order", "rejections"]

_SHOWN_REJECTIONS = 25  # of each reason: a register to read, not a dump
_SQUARE = 128  # cells that are looked at together
_ANOTHER_PLACE = 0.25  # of the spacing: nearer to a site than this is the same place, not a rival to it


@dataclass(frozen=True, slots=True)
class Verdict:
    """What dropped a candidate; see `Rejection` for the fields."""

    stage: Stage
    rule: str
    number: float
    unit: str
    detail: str


def in_order(rows: Iterable[Rejection], rules: Iterable[str]) -> tuple[Rejection, ...]:
    """Put rejections in the order of the sift: by stage, rules as the study lists them, then the best score first."""
    place = {rule: number for number, rule in enumerate(rules)}

    def key(row: Rejection) -> tuple[float, ...]:
        lost = float("inf") if np.isnan(row.score) else -row.score
        return (row.stage, place.get(row.rule, len(place)), lost, -row.northing, row.easting)

    return tuple(sorted(rows, key=key))


def rejections(plan: Plan, land: Land, located: Located, sites: tuple[Site, ...], names: Gazetteer) -> tuple[Rejection, ...]:
    """Keep the candidates that came close and were dropped: by a rule, by size, by shape, by spacing, or by score alone."""
    study, grid = plan.study, plan.grid
    floor = min((site.score for site in sites), default=0.0)
    bits = rule_bits(study.constraints)
    found = _restricted(plan, land, floor, bits)
    found += [(area, _too_small(plan, land.surface, area)) for area in located.too_small[:_SHOWN_REJECTIONS] if area.score >= floor]
    if sites and study.sites.spacing > 0:
        found += _beside(plan, land, sites, floor)
    rows = []
    for area, verdict in found:
        r, c = cells_of(grid, area)
        e, n = (float(v.mean()) for v in grid.centres(r, c))
        where = names(e, n)
        place = (where.name, where.region, e, n, where.lon, where.lat, where.grid_ref)
        rows.append(
            Rejection(
                *place, len(r) * grid.cell_area, area.score, verdict.stage, verdict.rule, verdict.number, verdict.unit, verdict.detail
            )
        )
    return in_order(rows, bits)


def _restricted(plan: Plan, land: Land, floor: float, bits: dict[str, int]) -> list[tuple[Area, Verdict]]:
    """Find the areas that would be among the best were no land restricted: each is dropped by the first rule that it fails."""
    if not plan.rules:
        return []
    anywhere = search_areas(plan, land.ground(ANYWHERE), count=_SHOWN_REJECTIONS)
    out = []
    for area in anywhere.areas:
        failed = blocking(land.surface.status[cells_of(plan.grid, area)])
        shares = {name: float((failed >> np.uint32(bit) & np.uint32(1)).mean()) for name, bit in bits.items()}
        shares = {name: share for name, share in shares.items() if share > 0}
        if area.score >= floor and shares:
            rule, share = next(iter(shares.items()))
            detail = "; ".join(f"{part:.0%} of it fails '{name}'" for name, part in shares.items())
            out.append((area, Verdict(Stage.RULE, rule, 100.0 * share, "%", detail)))
    return out


def _too_small(plan: Plan, surface: Surface, area: Area) -> Verdict:
    """Say whether a pocket lacks land, or only has it in too long a shape."""
    grid, need = plan.grid, plan.site_cells
    hectares, needed = len(area.cells) * grid.cell_area / 1e4, need * grid.cell_area / 1e4
    if _connected(surface, int(area.cells[0]), need) >= need:
        detail = f"{hectares:,.4g} ha of its connected free land lies near enough together, {needed:,.4g} ha needed"
        return Verdict(Stage.SHAPE, "reach", hectares, "ha", detail)
    return Verdict(Stage.SIZE, "area", hectares, "ha", f"{hectares:,.4g} ha of connected free land, {needed:,.4g} ha needed")


def _connected(surface: Surface, cell: int, enough: int) -> int:
    """Count the free cells that are connected with one by their sides, until there are enough."""
    rows, cols = surface.score.shape
    squares: dict[tuple[int, int], NDArray[np.bool_]] = {}

    def free(row: int, col: int) -> bool:
        key = row // _SQUARE, col // _SQUARE
        if key not in squares:
            window = slice(key[0] * _SQUARE, (key[0] + 1) * _SQUARE), slice(key[1] * _SQUARE, (key[1] + 1) * _SQUARE)
            squares[key] = (blocking(surface.status[window]) == 0) & ~np.isnan(surface.score[window])
        return bool(squares[key][row % _SQUARE, col % _SQUARE])

    seen, todo = {cell}, [cell]
    while todo and len(seen) < enough:
        row, col = divmod(todo.pop(), cols)
        for r, c in ((row - 1, col), (row, col - 1), (row, col + 1), (row + 1, col)):
            here = r * cols + c
            if 0 <= r < rows and 0 <= c < cols and here not in seen and free(r, c):
                seen.add(here)
                todo.append(here)
    return len(seen)


def _beside(plan: Plan, land: Land, sites: tuple[Site, ...], floor: float) -> list[tuple[Area, Verdict]]:
    """Find the areas that would have been among the best were they not too near a better one, and the next best ones."""
    grid, search = plan.grid, plan.study.sites
    apart = search.spacing * _ANOTHER_PLACE
    near = search_areas(plan, land.without(sites, apart), count=_SHOWN_REJECTIONS, spacing=apart)
    out = []
    for area in near.areas:
        r, c = cells_of(grid, area)
        polygon = outline(grid, r, c)
        away = [float(shapely.distance(polygon, site.geometry)) for site in sites]
        nearest = int(np.argmin(away))
        if away[nearest] >= search.spacing:
            if area.score < floor and len(sites) >= search.count:
                lacks = floor - area.score
                detail = f"{lacks:.2f} points less than the last of the {len(sites)} found"
                out.append((area, Verdict(Stage.SCORE, "count", lacks, "points", detail)))
        elif area.score >= floor:
            site, km = sites[nearest], away[nearest] / 1000
            detail = f"{km:.1f} km from rank {site.rank} ({site.name}); {search.spacing / 1000:g} km asked for"
            out.append((area, Verdict(Stage.SPACING, "spacing", km, "km", detail)))
    return out
