"""Search a plan's land for areas as the study asks: its sizes in cells, its spacing, what is there already; and say why there are few."""

from __future__ import annotations

import math

from geo_engine.decide import Ground, Located, Wish, search_ground
from geo_engine.run.planning.plan import Plan
from geo_engine.units import format_quantity

__all__ = ["few_areas", "search_areas"]


def search_areas(plan: Plan, ground: Ground, *, count: int | None = None, spacing: float | None = None) -> Located:
    """Locate the areas that a study asks for.

    Parameters
    ----------
    plan : Plan
        The study with its grid.
    ground : Ground
        Its land; see `Land`.
    count, spacing : int, float, optional
        Areas wanted and metres between them, instead of the study's.

    Returns
    -------
    Located
        Existing sites that are kept in count among the areas wanted and are not in it.
    """
    search, form, cell = plan.study.sites, plan.study.sites.form, plan.grid.cell
    count = search.count if count is None else count
    spacing = search.spacing if spacing is None else spacing
    if form.existing is not None and form.existing.keep == "in":
        count = max(0, count - len(plan.features[form.existing.selection]))
    wish = Wish(
        most_cells=plan.site_cells if form.max_area is None else max(plan.site_cells, _whole_cells(form.max_area, cell)),
        by=form.evaluate,
        threshold=form.threshold,
        compactness=form.compactness,
        holes=form.holes,
        farthest=form.max_spacing / cell,
    )
    return search_ground(ground, cells=plan.site_cells, count=count, spacing=spacing / cell, reach=search.reach, wish=wish)


def _whole_cells(area: float, cell: float) -> int:
    """Give the whole cells that fit into an area: unlike the least size, the most is rounded down."""
    return math.floor(round(area / (cell * cell), 9))


def few_areas(plan: Plan, located: Located) -> str:
    """Say why fewer areas were found than asked for; blank where there are as many."""
    search, form, left = plan.study.sites, plan.study.sites.form, located.leftover
    if left is None:
        return ""
    each = f"{_hectares(plan, plan.site_cells)} ha"
    there = len(plan.features[form.existing.selection]) if form.existing and form.existing.keep == "in" else 0
    kept = f" beside the {there} that are kept in" if there else ""
    head = f"{len(located.areas)} of the {max(0, search.count - there)} areas asked for were found{kept}"
    beside = " and is far enough from what is there" if form.existing else ""
    if left.free < plan.site_cells:
        return f"{head}: {_hectares(plan, left.free)} ha pass every rule{beside}, and an area takes {each}."
    said = [
        f"{_hectares(plan, left.too_near)} ha are nearer than {search.spacing / 1000:g} km to one of them" if left.too_near else "",
        f"{_hectares(plan, left.too_far)} ha are farther than {form.max_spacing / 1000:g} km from all of them" if left.too_far else "",
        f"{_hectares(plan, left.too_small)} ha lie in pieces that hold no area within reach" if left.too_small else "",
    ]
    why = "; ".join(part for part in said if part) or "no land is left"
    return f"{head}. {_hectares(plan, left.free)} ha pass every rule{beside}, an area takes {each}: {why}."


def _hectares(plan: Plan, cells: int) -> str:
    return format_quantity(cells * plan.grid.cell_area, "m2").removesuffix(" ha")
