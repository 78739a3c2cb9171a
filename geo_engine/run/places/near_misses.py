"""Near misses: land that fails one rule only, and the areas that would be found without that rule."""

from __future__ import annotations

from geo_engine.model import LiftedArea, NearMiss, Site, rule_bits
from geo_engine.run.places.candidates import passing_sites
from geo_engine.run.places.land.ground import Land, lifted_rule
from geo_engine.run.places.land.searching import search_areas
from geo_engine.run.places.naming import gazetteer
from geo_engine.run.places.sites import sites_of
from geo_engine.run.planning.plan import Plan

__all__ = ["find_near_misses"]

_AREAS_A_RULE = 5


def find_near_misses(plan: Plan, land: Land) -> tuple[NearMiss, ...]:
    """Find, for each rule, the scored land that fails it and no other, and the best areas that would be found with it lifted.

    The areas are searched for as a run of the study without the rule would: so many of them, so far apart. Of those that are found
    the ones with a cell that fails the rule are told, with the rank that they would have among all. Land whose value a rule does
    not know fails that rule too.

    Parameters
    ----------
    plan : Plan
        The run.
    land : Land
        Its scored land.

    Returns
    -------
    tuple of NearMiss
        One a rule that land can fail, in the study's order. The hectares are the free land without the rule less the free land.
    """
    grid = plan.grid
    names = gazetteer(plan)
    found = []
    for rule, bit in rule_bits(plan.study.constraints).items():
        areas: tuple[LiftedArea, ...] = ()
        if land.alone[rule]:
            found_there = (
                sites_of(plan, search_areas(plan, land.ground(lifted_rule(bit))), names)
                if plan.plots is None
                else passing_sites(plan, land.surface, bit)
            )
            areas = _told(found_there, land, bit)
        found.append(NearMiss(rule, land.alone[rule] * grid.cell_area / 1e4, areas))
    return tuple(found)


def _told(sites: tuple[Site, ...], land: Land, bit: int) -> tuple[LiftedArea, ...]:
    told = []
    for site in sites:
        share = float(site.cell_weights[land.fails_only(bit, site.rows, site.cols)].sum())
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
