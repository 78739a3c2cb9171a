"""Areas as a study asks for them, on land that can be read off: size ranges, distances, existing sites, why there are few."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from geo_engine.errors import LayerError
from geo_engine.model import Result
from geo_engine.run import check_plan
from tests.run.tiny import RULES, ZONE, Tiny, box, study_text


def asked(base: Tiny, path: Path, sites: str, *, land: str = "1 ha") -> Tiny:
    made = base.copy(path / "work")
    made.write("studies/plant.toml", study_text((ZONE,), RULES[:1], demand="", sites=sites, land=land))
    return made


def gaps(result: Result) -> list[float]:
    """Distances between the outlines of all pairs of sites, metres."""
    shapes = [site.geometry for site in result.ranking.sites]
    return [float(shapely.distance(a, b)) for number, a in enumerate(shapes) for b in shapes[:number]]


def test_areas_grow_to_the_most_where_the_sum_counts_and_stay_where_the_mean_does(tiny: Tiny, tmp_path: Path) -> None:
    text = 'count = 2\nspacing = "1 km"\nmax_area = "9 ha"\n'
    by_mean = asked(tiny, tmp_path / "mean", text).solve()
    by_sum = asked(tiny, tmp_path / "sum", text + 'evaluate = "sum"\n').solve()
    assert [site.area_m2 for site in by_mean.ranking.sites] == [40_000.0] * 2
    assert [site.area_m2 for site in by_sum.ranking.sites] == [90_000.0] * 2


def test_outlines_are_valid_rings_that_turn_to_the_left_without_holes(tiny: Tiny, tmp_path: Path) -> None:
    result = asked(tiny, tmp_path, 'count = 5\nspacing = "0 km"\n', land="4 ha").solve()
    for site in result.ranking.sites:
        assert site.geometry.geom_type == "Polygon"
        assert site.geometry.is_valid
        assert shapely.is_ccw(shapely.get_exterior_ring(site.geometry))
        assert shapely.get_num_interior_rings(site.geometry) == 0
        assert shapely.area(site.geometry) == site.area_m2 == 160_000.0


def test_the_maximum_spacing_keeps_areas_together(tiny: Tiny, tmp_path: Path) -> None:
    text = 'count = 3\nspacing = "500 m"\nmax_spacing = "800 m"\n'
    result = asked(tiny, tmp_path, text).solve()
    assert len(result.ranking.sites) == 3
    assert min(gaps(result)) >= 400.0  # between centres 500 m
    shapes = [site.geometry for site in result.ranking.sites]
    for shape in shapes:
        assert min(float(shapely.distance(shape, other)) for other in shapes if other is not shape) <= 800.0


@pytest.mark.parametrize("keep", ["away", "in"])
def test_areas_keep_the_spacing_from_what_is_there(tiny: Tiny, tmp_path: Path, keep: str) -> None:
    text = f'count = 4\nspacing = "600 m"\nexisting = {{ layer = "zones", keep = "{keep}" }}\n'
    result = asked(tiny, tmp_path, text).solve()
    zone = box(404000, 301000, 405000, 302000)
    there = shapely.Polygon(zone["coordinates"][0])  # type: ignore[index]
    assert len(result.ranking.sites) == (3 if keep == "in" else 4)  # what is kept in is one of the four
    assert all(float(shapely.distance(site.geometry, there)) >= 550.0 for site in result.ranking.sites)  # from cell centres 600 m


def test_the_first_area_lies_near_an_existing_site_that_is_kept_in(tiny: Tiny, tmp_path: Path) -> None:
    text = 'count = 2\nspacing = "300 m"\nmax_spacing = "500 m"\nexisting = { layer = "towns", where = "name = \'Ayton\'", keep = "in" }\n'
    (site,) = asked(tiny, tmp_path, text).solve().ranking.sites
    away = float(shapely.distance(site.geometry, shapely.Point(400500, 300500)))
    assert 250.0 <= away <= 500.0


def test_existing_sites_that_are_not_there_are_a_fault(tiny: Tiny, tmp_path: Path) -> None:
    text = 'count = 2\nspacing = "300 m"\nexisting = { layer = "towns", where = "name = \'Nowhere\'" }\n'
    with pytest.raises(LayerError, match="no feature left after where"):
        asked(tiny, tmp_path, text).plan()


def test_a_spacing_longer_than_the_region_leaves_one_area_and_says_why(tiny: Tiny, tmp_path: Path) -> None:
    """A national study is run for a small region too: that is no fault of the study."""
    found = asked(tiny, tmp_path, 'count = 2\nspacing = "8 km"\n').solve().ranking  # the region is 6 by 5 km
    assert len(found.sites) == 1
    (note,) = [note for note in found.notes if "asked for" in note]
    assert "ha are nearer than 8 km to one of them" in note


def test_why_there_are_few_is_said_with_hectares(tiny: Tiny, tmp_path: Path) -> None:
    spaced = asked(tiny, tmp_path / "spaced", 'count = 5\nspacing = "6 km"\n').solve()
    (note,) = [note for note in spaced.ranking.notes if "asked for" in note]
    assert note.startswith(f"{len(spaced.ranking.sites)} of the 5 areas asked for were found. 2,900 ha pass every rule")
    assert "ha are nearer than 6 km to one of them" in note
    large = asked(tiny, tmp_path / "large", 'count = 2\nspacing = "1 km"\n', land="2000 ha").solve()
    (note,) = [note for note in large.ranking.notes if "asked for" in note]
    assert note == "0 of the 2 areas asked for were found: 2,900 ha pass every rule, and an area takes 8,000 ha."


def test_check_says_what_is_asked_for_and_foretells_the_search(tiny: Tiny, tmp_path: Path) -> None:
    few = check_plan(asked(tiny, tmp_path / "few", 'count = 1\nspacing = "1 km"\n').plan(), workers=1)
    text = 'count = 500\nspacing = "1 km"\nmax_spacing = "2 km"\nmax_area = "9 ha"\ncompactness = 0.4\n'
    many = check_plan(asked(tiny, tmp_path / "many", text).plan(), workers=1)
    assert many.forecast.seconds > few.forecast.seconds
    for said in ("500 areas of 4 to 9 ha (4 cells)", "within 2 km of another", "shape counts 40%", "by the mean of their cells"):
        assert said in many.sites
