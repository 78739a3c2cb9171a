"""Routes and isochrones of the sites that a run finds."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace

from geo_engine.measure import facilities_name, service_areas
from geo_engine.model import Ranking, Site, SiteReach
from geo_engine.network import RouteFinder
from geo_engine.run.planning.plan import Plan

__all__ = ["reach_sites"]

_CELL = 500.0  # metres between the places at which travel times of isochrones are computed


def reach_sites(plan: Plan, ranking: Ranking, executor: Executor) -> Ranking:
    """Add to a ranking each site's routes and how far one gets from it, as the study's ``[reach]`` asks; from the site's middle."""
    wanted = plan.study.reach
    if wanted is None:
        return ranking
    travel = plan.travels[wanted.network, wanted.profile]
    finders = [RouteFinder(travel, facilities_name(wish.layer, wish.where), "time", wish.direction) for wish in wanted.routes]
    travel.graph("time", "from", contract=False)  # made once, before several threads ask for it
    routes = [
        tuple((wish.name, finder.find(site.easting, site.northing)) for wish, finder in zip(wanted.routes, finders, strict=True))
        for site in ranking.sites
    ]

    def areas(site: Site) -> SiteReach:
        drawn = service_areas(
            travel, site.easting, site.northing, wanted.isochrones, cell=_CELL, crs=plan.study.crs, direction="from", land=plan.land
        )
        return SiteReach(site.site_id, (), drawn)

    reached = executor.map(areas, ranking.sites)
    return replace(ranking, reach=tuple(replace(there, routes=told) for there, told in zip(reached, routes, strict=True)))
