"""What the search for areas asks of the region and of the machine, and in words: seen before land is scored."""

from __future__ import annotations

import math

from geo_engine.model import SiteSearch, Study

__all__ = ["search_bytes", "search_seconds", "search_words"]

# Measured on one core of 2.8 GHz; for the forecast of `check` only, never for a result.
_SECONDS_A_CELL = 8e-9
_SECONDS_AN_AREA_AND_CELL = 0.3e-3
_BYTES_A_CELL = 3


def search_seconds(study: Study, cells: float) -> float:
    """Foretell the seconds of all searches of a run, one and three and one a rule, over so many cells of land."""
    searches = 3 + len(study.constraints)
    return searches * (cells * _SECONDS_A_CELL + study.sites.count * (study.sites.area / study.cell**2) * _SECONDS_AN_AREA_AND_CELL)


def search_bytes(cells: float) -> float:
    """Foretell the bytes that a search holds besides the surface, over so many cells of the grid."""
    return cells * _BYTES_A_CELL


def search_words(search: SiteSearch, cells: int) -> str:
    """Say how areas are searched for.

    >>> search_words(SiteSearch(25, 10_000.0, 500_000.0), 8)
    '25 areas of 50 ha (8 cells), 10 km apart, within 1.5 times the radius of a circle of that size, by the mean of their cells'
    """
    form = search.form
    size = f"{search.area / 1e4:,.4g}" + (f" to {form.max_area / 1e4:,.4g}" if form.max_area else "")
    share = f"the share of cells with {form.threshold:g} or more"
    said = [
        f"{search.count} areas of {size} ha ({cells} cells)",
        f"{search.spacing / 1000:g} km apart",
        f"within {form.max_spacing / 1000:g} km of another" if math.isfinite(form.max_spacing) else "",
        f"within {search.reach:g} times the radius of a circle of that size",
        f"by {share if form.evaluate == 'share' else f'the {form.evaluate} of their cells'}",
        f"shape counts {form.compactness:.0%}" if form.compactness else "",
        "holes allowed" if form.holes else "",
        f"existing sites of {form.existing.layer}: kept {'in' if form.existing.keep == 'in' else 'away from'}" if form.existing else "",
    ]
    return ", ".join(part for part in said if part)
