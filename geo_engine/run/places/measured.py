"""Sites from their cells and their outlines: measured, named, and ranked among each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.decide import contributions, ranks
from geo_engine.model import Site, StatusBit
from geo_engine.run.places.naming import Gazetteer
from geo_engine.run.planning.plan import Plan
from geo_engine.run.tiles import score_places

__all__ = ["Outlined", "measured", "ranked"]

_TOGETHER = 100_000  # cells that are measured in one go, about


@dataclass(frozen=True, eq=False)
class Outlined:
    """A site before it is measured.

    Parameters
    ----------
    polygon : shapely geometry
        Its outline, in study coordinates.
    rows, cols : int64 ndarray, shape (n,)
        Its cells.
    shares : float64 ndarray, shape (n,), optional
        Square metres of it in each; by default it is made of whole cells.
    """

    polygon: BaseGeometry
    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    shares: NDArray[np.float64] | None = None


def measured(plan: Plan, names: Gazetteer, outlines: Sequence[Outlined]) -> tuple[Site, ...]:
    """Measure sites cell by cell and name each by where it is; their ranks are open.

    The cells of several sites are measured in one go, which is quicker; what a site is does not depend on the others.

    Parameters
    ----------
    plan : Plan
        The run.
    names : Gazetteer
        Names places.
    outlines : sequence of Outlined
        The sites.

    Returns
    -------
    tuple of Site
        In the order given.
    """
    made: list[Site] = []
    for group in _groups(outlines):
        rows, cols = (np.concatenate([getattr(outlined, axis) for outlined in group]) for axis in ("rows", "cols"))
        scored = score_places(plan, *plan.grid.centres(rows, cols))
        last = np.cumsum([len(outlined.rows) for outlined in group]).tolist()
        for outlined, first, end in zip(group, [0, *last], last, strict=False):
            quantities = tuple(quantity[first:end] for quantity in scored.quantities)
            made.append(_site(plan, names, outlined, quantities, scored.status[first:end]))
    return tuple(made)


def _groups(outlines: Sequence[Outlined]) -> Iterator[list[Outlined]]:
    """Give the sites by as many as have so many cells together that memory stays small."""
    group: list[Outlined] = []
    for outlined in outlines:
        group.append(outlined)
        if sum(len(each.rows) for each in group) >= _TOGETHER:
            yield group
            group = []
    if group:
        yield group


def _site(
    plan: Plan, names: Gazetteer, outlined: Outlined, quantities: tuple[NDArray[np.float32], ...], status: NDArray[np.uint32]
) -> Site:
    study, shares, polygon = plan.study, outlined.shares, outlined.polygon
    weights = None if shares is None else shares / shares.sum()
    parts = contributions(study.criteria, study.weights, quantities, study.combination, weights)
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
        area_m2=len(outlined.rows) * plan.grid.cell_area,
        geometry=polygon,
        contributions=parts,
        rows=outlined.rows,
        cols=outlined.cols,
        quantities=np.stack(quantities),
        unreachable=bool((status >> np.uint32(StatusBit.UNREACHABLE) & np.uint32(1)).any()),
        shares=shares,
    )


def ranked(sites: Sequence[Site]) -> tuple[Site, ...]:
    """Put sites in order, best first, with their ranks; equal ones from north to south, then west to east."""
    rank, tied = ranks([site.score for site in sites])
    order = sorted(range(len(sites)), key=lambda i: (rank[i], int(sites[i].rows[0]), int(sites[i].cols[0])))
    return tuple(replace(sites[i], rank=rank[i], tied=tied[i]) for i in order)
