"""Near misses: land that fails one rule only, and the areas that would be found without that rule."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo_engine.model import LiftedArea, NearMiss, Site, StatusBit, Surface, rule_bits
from geo_engine.run.places.candidates import passing_sites
from geo_engine.run.places.land.cells import blocking
from geo_engine.run.places.land.searching import search_areas
from geo_engine.run.places.naming import gazetteer
from geo_engine.run.places.sites import sites_of
from geo_engine.run.planning.plan import Plan

__all__ = ["find_near_misses"]

_AREAS_A_RULE = 5
_STRIP = 1024  # rows looked at together, so that masks stay small


def find_near_misses(plan: Plan, surface: Surface) -> tuple[NearMiss, ...]:
    """Find, for each rule, the scored land that fails it and no other, and the best areas that would be found with it lifted.

    The areas are searched for as a run of the study without the rule would: so many of them, so far apart. Of those that are found
    the ones with a cell that fails the rule are told, with the rank that they would have among all. Land whose value a rule does
    not know fails that rule too.

    Returns
    -------
    tuple of NearMiss
        One a rule that land can fail, in the study's order. The hectares are the free land without the rule less the free land.
    """
    grid = plan.grid
    names = gazetteer(plan)
    found = []
    for rule, bit in rule_bits(plan.study.constraints).items():
        alone, lifted = _lifted(surface, bit)
        count = int(np.count_nonzero(alone))
        areas: tuple[LiftedArea, ...] = ()
        if count:
            found_there = (
                sites_of(plan, search_areas(plan, surface.score, lifted), names)
                if plan.plots is None
                else passing_sites(plan, surface, bit)
            )
            areas = _told(found_there, alone)
        found.append(NearMiss(rule, count * grid.cell_area / 1e4, areas))
    return tuple(found)


def _lifted(surface: Surface, bit: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Give the scored land that one rule alone keeps out, and all land that is free without that rule."""
    alone, free = np.empty(surface.status.shape, np.bool_), np.empty(surface.status.shape, np.bool_)
    # A cell with a score lacks no criterion's value: if it is marked unknown, a rule has none, and that rule's bit is set as well.
    others = np.uint32(~np.uint32(1 << StatusBit.UNKNOWN | 1 << bit))
    for row in range(0, len(alone), _STRIP):
        strip = slice(row, row + _STRIP)
        blocked = blocking(surface.status[strip])
        scored = ~np.isnan(surface.score[strip])
        alone[strip] = scored & (blocked >> np.uint32(bit) & np.uint32(1) != 0) & (blocked & others == 0)
        free[strip] = scored & (blocked == 0)
    free |= alone
    return alone, free


def _told(sites: tuple[Site, ...], alone: NDArray[np.bool_]) -> tuple[LiftedArea, ...]:
    told = []
    for site in sites:
        share = float(site.cell_weights[alone[site.rows, site.cols]].sum())
        if share > 0:
            told.append(
                LiftedArea(
                    name=site.name,
                    region=site.region,
                    rank=site.rank,
                    score=site.score,
                    easting=site.easting,
                    northing=site.northing,
                    lon=site.lon,
                    lat=site.lat,
                    grid_ref=site.grid_ref,
                    area_m2=site.area_m2,
                    failing_share=share,
                    geometry=site.geometry,
                )
            )
    return tuple(told[:_AREAS_A_RULE])
