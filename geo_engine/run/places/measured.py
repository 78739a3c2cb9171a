"""A site from its cells and its outline: measured, named, and ranked among others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.decide import contributions, ranks
from geo_engine.model import Site, StatusBit
from geo_engine.run.places.naming import Gazetteer
from geo_engine.run.planning.plan import Plan
from geo_engine.run.tiles import score_places

__all__ = ["measured", "ranked"]


def measured(
    plan: Plan,
    names: Gazetteer,
    polygon: BaseGeometry,
    rows: NDArray[np.int64],
    cols: NDArray[np.int64],
    shares: NDArray[np.float64] | None = None,
) -> Site:
    """Measure a site cell by cell and name it by where it is; its rank is open.

    Parameters
    ----------
    plan : Plan
        The run.
    names : Gazetteer
        Names places.
    polygon : shapely geometry
        Its outline, in study coordinates.
    rows, cols : int64 ndarray, shape (n,)
        Its cells.
    shares : float64 ndarray, shape (n,), optional
        Square metres of it in each; by default it is made of whole cells.
    """
    study, grid = plan.study, plan.grid
    scored = score_places(plan, *grid.centres(rows, cols))
    weights = None if shares is None else shares / shares.sum()
    parts = contributions(study.criteria, study.weights, scored.quantities, study.combination, weights)
    easting, northing = (float(v) for v in shapely.get_coordinates(shapely.centroid(polygon))[0])
    where = names(easting, northing)
    return Site(
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
        shares=shares,
    )


def ranked(sites: Sequence[Site]) -> tuple[Site, ...]:
    """Put sites in order, best first, with their ranks; equal ones from north to south, then west to east."""
    rank, tied = ranks([site.score for site in sites])
    order = sorted(range(len(sites)), key=lambda i: (rank[i], int(sites[i].rows[0]), int(sites[i].cols[0])))
    return tuple(replace(sites[i], rank=rank[i], tied=tied[i]) for i in order)
