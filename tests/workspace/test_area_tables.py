"""`[sites]`: what it means, and each way to write it wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from geo_engine.errors import Fault, GeoEngineError, StudyError
from geo_engine.model import AreaForm, ExistingSites
from geo_engine.workspace import read_study

Edit = Callable[[str, str, str], None]
Faults = Callable[[Callable[[], object], type[GeoEngineError]], tuple[Fault, ...]]
S = "studies/a.toml"
SITES = 'count = 5\nspacing = "10 km"\n'  # of the workspace's study: a cell is 1 km, a plant takes 50 ha, so the size must be given
BIG = 'count = 5\nspacing = "10 km"\narea = "400 ha"\n'

# text of [sites], key, what, found, allowed
WRONG = [
    (BIG.replace("count = 5", "count = 0"), "count", "out of range", "0", "at least 1"),
    (BIG.replace("count = 5", "count = 501"), "count", "out of range", "501", "500"),
    (BIG + 'min_area = "500 ha"\n', "min_area", "min_area is above the area", "500 ha", "up to 400 ha"),
    (BIG + 'max_area = "300 ha"\n', "max_area", "max_area is below the area", "300 ha", "400 ha or more"),
    (BIG + 'min_area = "300 ha"\nmax_area = "200 ha"\n', "max_area", "max_area is below min_area", "200 ha", "400 ha or more"),
    (SITES + 'area = "99 ha"\n', "area", "an area is smaller than a cell of 1000 m", "99 ha", "100 ha or more, or a smaller cell"),
    (BIG + 'min_area = "20 ha"\n', "min_area", "an area is smaller than a cell of 1000 m", "20 ha", "100 ha or more"),
    (BIG + 'max_spacing = "5 km"\n', "max_spacing", "max_spacing is below spacing", "5 km", "10 km or more"),
    (BIG + 'max_spacing = "0 km"\n', "max_spacing", "out of range", "'0 km'", "above 0"),
    (BIG + "compactness = 1.5\n", "compactness", "out of range", "1.5", "1"),
    (BIG + 'evaluate = "median"\n', "evaluate", "unknown evaluate 'median'", "", "mean, sum, minimum, share"),
    (BIG + 'evaluate = "share"\n', "sites", "evaluate = 'share' needs a threshold", "", "0 to 100"),
    (BIG + "threshold = 50\n", "sites", "threshold is of no use with 'mean'", "", "evaluate = 'share'"),
    (BIG + 'evaluate = "share"\nthreshold = 101\n', "threshold", "out of range", "101", "100"),
    (BIG + "holes = 1\n", "holes", "", "1", "true or false"),
    (BIG + 'existing = { layer = "plant" }\n', "existing.layer", "unknown layer 'plant'", "'plant'", "plants"),
    (BIG + 'existing = { layer = "plants", keep = "near" }\n', "existing.keep", "unknown keep 'near'", "", "away, in"),
]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: f"{case[1]}: {case[2]} {case[3]}")
def test_each_fault_names_where_what_found_and_allowed(base: Path, edit: Edit, faults: Faults, case: tuple[str, ...]) -> None:
    text, key, what, found, allowed = case
    edit(S, SITES, text)
    told = faults(lambda: read_study(base / S), StudyError)
    fitting = [fault for fault in told if key in fault.where and what in fault.what and found in fault.found and allowed in fault.allowed]
    assert fitting, told


def test_what_a_plant_takes_is_rounded_up_to_a_cell_and_no_fault(base: Path) -> None:
    assert read_study(base / S).sites.area == 500_000.0  # on cells of 1 km


def test_all_that_does_not_fit_is_told_at_once(base: Path, edit: Edit, faults: Faults) -> None:
    edit(S, SITES, BIG + 'min_area = "500 ha"\nmax_area = "300 ha"\nmax_spacing = "5 km"\n')
    told = faults(lambda: read_study(base / S), StudyError)
    assert {fault.what.split()[0] for fault in told} >= {"min_area", "max_area", "max_spacing"}


def test_what_is_written_is_what_is_asked_for(base: Path, edit: Edit) -> None:
    more = 'min_area = "200 ha"\nmax_area = "6 km2"\nmax_spacing = "40 km"\nevaluate = "share"\nthreshold = 60\ncompactness = 0.3\n'
    edit(S, SITES, BIG + more + 'holes = true\nexisting = { layer = "plants", where = "assembles = \'yes\'", keep = "in" }\n')
    search = read_study(base / S).sites
    assert (search.count, search.spacing, search.area) == (5, 10_000.0, 2_000_000.0)
    existing = ExistingSites("plants", "assembles = 'yes'", "in")
    assert search.form == AreaForm(6_000_000.0, 40_000.0, "share", 60.0, 0.3, holes=True, existing=existing)


def test_defaults_are_said(base: Path, edit: Edit) -> None:
    edit(S, SITES, BIG + 'existing = { layer = "plants" }\n')
    study = read_study(base / S)
    assert study.sites.form == AreaForm(existing=ExistingSites("plants"))
    said = "\n".join(study.defaults)
    for text in ("evaluate = mean", "compactness = 0", "holes = false", "reach = 1.5", "existing: keep = away"):
        assert text in said
