"""The register of rejected candidates: areas that came close, and what dropped them."""

from __future__ import annotations

import numpy as np
import shapely

from geo_engine.decide import Area, Located, close_around, locate_areas
from geo_engine.model import Rejection, Site, Surface, rule_bits
from geo_engine.run.places.cells import blocking, cells_of, outline
from geo_engine.run.places.naming import Gazetteer
from geo_engine.run.planning.plan import Plan

__all__ = ["rejections"]

_SHOWN_REJECTIONS = 25  # of each reason: a register to read, not a dump
_ANOTHER_PLACE = 0.25  # of the spacing: nearer to a site than this is the same place, not a rival to it


def rejections(plan: Plan, surface: Surface, located: Located, sites: tuple[Site, ...], names: Gazetteer) -> tuple[Rejection, ...]:
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
        r, c = cells_of(grid, area)
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
        r, c = cells_of(grid, area)
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
