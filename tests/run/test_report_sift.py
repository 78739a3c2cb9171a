"""The sift of a report: every line takes what a count over the rasters takes, it adds up, in the order that the study gives."""

from __future__ import annotations

import re
from collections import deque
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from geo_engine.decide import criterion_utility
from geo_engine.errors import StudyError
from geo_engine.measure import PointPlaces
from geo_engine.model import STATUS_OFF_AREA
from geo_engine.publish.report import SiftStep, StageLand
from geo_engine.publish.report.sections import benefit, customers, near_misses, ranking, sift, summary, sureness
from geo_engine.publish.report.tree import Report, Section, Table, texts
from geo_engine.run import StoredRun
from geo_engine.run.reporting.report import gather
from geo_engine.run.reporting.stages import land_stages, stages_of
from geo_engine.run.tiles import measure_places
from tests.run import tiny as ws
from tests.run.test_candidates import LAYER, PLOTS
from tests.run.tiny import Tiny

Bool = NDArray[np.bool_]
ORDER = """
[[sift]]
name = "Ways"
criteria = ["plant"]
gaps = ["flood"]
[[sift]]
name = "Room"
rules = ["Town core (estimated from population)"]
size = true
[[sift]]
name = "Protected land"
rules = ["Parks"]
gaps = ["Energy price"]
[[sift]]
name = "People"
criteria = ["people", "cars"]
"""


def pieces(land: Bool, need: int) -> tuple[int, Bool]:
    """Flood from cell to cell over the sides: how many pieces hold `need` cells, and which cells are theirs."""
    seen, kept, count = np.zeros_like(land), np.zeros_like(land), 0
    for start in zip(*np.nonzero(land), strict=True):
        if seen[start]:
            continue
        piece, todo = [], deque([start])
        seen[start] = True
        while todo:
            row, col = todo.popleft()
            piece.append((row, col))
            for r, c in ((row + 1, col), (row - 1, col), (row, col + 1), (row, col - 1)):
                if 0 <= r < land.shape[0] and 0 <= c < land.shape[1] and land[r, c] and not seen[r, c]:
                    seen[r, c] = True
                    todo.append((r, c))
        if len(piece) >= need:
            count += 1
            kept[tuple(np.array(piece).T)] = True
    return count, kept


def lines(stages: tuple[StageLand, ...]) -> list[SiftStep]:
    return [step for stage in stages for step in stage.steps]


def fails(run: StoredRun, rule: str) -> Bool:
    bit = 2 + [each.name for each in run.study.constraints].index(rule)
    return np.asarray((run.status != STATUS_OFF_AREA) & (run.status >> bit & 1 == 1))


@pytest.fixture(scope="module")
def ordered(tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    """A run in which parks cut two corners off, of two cells and of one; a cell is a hectare, and a plant takes four."""
    tiny = Tiny.make(tmp_path_factory.mktemp("sift") / "ws")
    strips = [(400200, 304900, 400300, 305000), (400000, 304800, 400300, 304900)]
    strips += [(405800, 300000, 405900, 300200), (405900, 300100, 406000, 300200)]
    tiny.features("parks", [*ws.DATA["parks"], *(({"name": f"Strip {strip[0]}"}, ws.box(*strip)) for strip in strips)])
    tiny.write("studies/plant.toml", ws.study_text() + ORDER)
    tiny.run()
    return tiny.stored()


@pytest.fixture(scope="module")
def stages(ordered: StoredRun) -> tuple[StageLand, ...]:
    return land_stages(ordered)


def test_each_line_leaves_what_a_count_over_the_rasters_leaves(ordered: StoredRun, stages: tuple[StageLand, ...]) -> None:
    need = ordered.plan.site_cells
    left = ordered.status != STATUS_OFF_AREA
    expected = [("All land", left)]
    left = left & ~fails(ordered, "Town core (estimated from population)")
    expected.append(("Town core (estimated from population)", left))
    left = pieces(left, need)[1]
    expected.append(("In one piece", left))
    left = left & ~fails(ordered, "Parks")
    expected.append(("Parks", left))
    small = left & ~pieces(left, need)[1]
    assert small.sum() == 3  # two cells of one corner, one of the other
    left = left & ~small
    expected.append(("In one piece, again", left))
    told = {step.name: step for step in lines(stages)}
    for name, land in expected:
        assert (told[name].hectares, told[name].count) == (float(land.sum()), pieces(land, need)[0]), name


def test_the_lines_add_up_from_all_land_to_what_was_ranked(ordered: StoredRun, stages: tuple[StageLand, ...]) -> None:
    told = lines(stages)
    for before, after in pairwise(told):
        assert before.hectares - after.taken == pytest.approx(after.hectares, abs=1e-9)
    assert told[0].hectares == (ordered.status != STATUS_OFF_AREA).sum()
    assert told[-1].hectares == ordered.sites["area_ha"].sum()
    assert told[-1].count == len(ordered.sites)
    free = (ordered.status & ~np.uint32(2)) == 0
    assert told[-2].hectares == pieces(free & ~np.isnan(ordered.score), ordered.plan.site_cells)[1].sum()


def test_the_stages_stand_in_the_study_s_order_and_hold_every_rule_criterion_and_gap_once(
    ordered: StoredRun, stages: tuple[StageLand, ...]
) -> None:
    assert [stage.name for stage in stages] == [
        "Search area",
        "Ways",
        "Room",
        "Protected land",
        "People",
        "Further criteria",
        "Site by site",
    ]
    told = lines(stages)
    assert sorted(step.name for step in told if step.kind == "rule") == sorted(rule.name for rule in ordered.study.constraints)
    assert sorted(step.name for step in told if step.kind == "criterion") == sorted(each.name for each in ordered.study.criteria)
    assert sorted(step.name for step in told if step.kind == "gap") == ["Energy price", "Flood zones"]


def test_a_criterion_says_how_much_of_the_land_left_has_all_of_its_points_and_none(
    ordered: StoredRun, stages: tuple[StageLand, ...]
) -> None:
    number = [criterion.slug for criterion in ordered.study.criteria].index("zone")
    rows, cols = np.nonzero(ordered.status != STATUS_OFF_AREA)
    everywhere = measure_places(ordered.plan, PointPlaces(*ordered.plan.grid.centres(rows, cols)))[number]
    utility = np.full(ordered.status.shape, np.nan)
    utility[rows, cols] = criterion_utility(ordered.study.criteria[number], everywhere)
    free = (ordered.status & ~np.uint32(2)) == 0
    land = pieces(free, ordered.plan.site_cells)[1]
    full, none = (utility[land] == 1).mean(), (utility[land] == 0).mean()
    said = next(step.why for step in lines(stages) if step.name == "In a zone")
    assert f"{100 * full:.1f} % has all of its points, and {100 * none:.0f} % has none" in said
    assert next(stage.worth for stage in stages if stage.name == "Room") is None


def test_every_declared_gap_has_a_row_that_says_not_tested_and_takes_nothing(ordered: StoredRun) -> None:
    told = sift(gather(ordered))
    inner = next(part for part in told.parts if isinstance(part, Section))
    table = next(part for part in inner.parts if isinstance(part, Table))
    rows = {row[1]: row for row in table.rows}
    for title in ("Flood zones", "Energy price"):
        assert rows[f"{title}: not tested"][3:] == ("-", "-", "-")
    glance = next(part for part in told.parts if isinstance(part, Table))
    taken = [float(row[3].replace(",", "")) for row in glance.rows]
    left = [float(row[4].replace(",", "")) for row in glance.rows]
    assert left[0] == 3000 - taken[0]
    assert [before - went for before, went in zip(left, taken[1:], strict=False)] == left[1:]


def test_without_an_order_of_its_own_a_study_is_told_area_rules_size_criteria_gaps_sites(tiny: Tiny) -> None:
    names = [stage.name for stage in stages_of(tiny.study())]
    asked = ["Search area", "Designations and constraints", "Size and shape", "What is scored", "Not covered by any layer", "Site by site"]
    assert names == asked


def test_a_stage_whose_gaps_are_all_closed_is_left_out(tiny: Tiny) -> None:
    tiny.write("studies/plant.toml", ws.study_text() + '[[sift]]\nname = "Water"\ngaps = ["flood"]\n')
    assert "Water" in [stage.name for stage in stages_of(tiny.study())]
    tiny.edit("layers/parks.toml", "vintage = 2024", 'vintage = 2024\ncloses = ["flood"]')
    assert "Water" not in [stage.name for stage in stages_of(tiny.study())]


def test_a_gap_that_the_study_names_as_well_is_told_once(tiny: Tiny) -> None:
    tiny.edit("studies/plant.toml", 'name = "Energy price"', 'name = "flood zones"')
    (told,) = [stage.gaps for stage in stages_of(tiny.study()) if stage.gaps]
    assert told == ("flood",)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('[[sift]]\nname = "A"\nrules = ["Park"]\n', "rules: 'Park' is no rule of this study"),
        ('[[sift]]\nname = "A"\ncriteria = ["gird"]\n', "criteria: 'gird' is no criterion of this study"),
        ('[[sift]]\nname = "A"\ngaps = ["floods"]\n', "gaps: 'floods' is no declared gap of this study"),
        ('[[sift]]\nname = "A"\nrules = ["Parks"]\n[[sift]]\nname = "B"\nrules = ["Parks"]\n', "rules: 'Parks' is named twice"),
        ('[[sift]]\nname = "A"\n[[sift]]\nname = "A"\n', "name: 'A' is named twice"),
        ('[[sift]]\nname = "A"\n[[sift]]\nname = "Search area"\n', "'Search area' stands in the middle"),
        ('[[sift]]\nname = "Site by site"\n[[sift]]\nname = "A"\n', "'Site by site' stands in the middle"),
        ('[[sift]]\nname = "A"\nsize = true\n[[sift]]\nname = "B"\nsize = true\n', "two stages say size = true"),
    ],
)
def test_a_stage_that_names_what_is_not_there_or_twice_is_refused(tiny: Tiny, wrong: str, said: str) -> None:
    tiny.write("studies/plant.toml", ws.study_text() + wrong)
    with pytest.raises(StudyError) as refused:
        tiny.study()
    assert said in str(refused.value)


def test_the_order_changes_no_answer(ordered: StoredRun, tmp_path: Path) -> None:
    tiny = Tiny(ordered.study.path.parent.parent).copy(tmp_path / "ws")
    tiny.write("studies/plant.toml", ws.study_text())
    tiny.run()
    for name in ("sites.csv", "suitability.tif", "status.tif", "rejected.csv"):
        assert (tiny.outputs / "plant" / "both" / name).read_bytes() == (ordered.folder / name).read_bytes(), name


def test_given_plots_are_counted_as_the_run_s_own_sift_counts_them(tmp_path: Path) -> None:
    tiny = Tiny.make(tmp_path / "ws")
    tiny.write("layers/plots.toml", LAYER)
    tiny.features("plots", [({"site": name}, shape) for name, shape in PLOTS.items()])
    tiny.write("studies/plant.toml", ws.study_text(rules=[ws.PARK_RULE], demand="", sites='candidates = "plots"\n'))
    found = tiny.run().result.ranking
    told = {step.name: step.count for step in lines(land_stages(tiny.stored()))}
    by = [row.rule for row in found.rejected]
    off, park = by.count("area studied"), by.count("Parks")
    assert told["All land"] == len(PLOTS) - off
    assert told["Parks"] == len(PLOTS) - off - park
    dropped_later = by.count("spacing") + by.count("count")
    assert told["Large enough"] == len(found.sites) + dropped_later
    assert told["Ranked sites"] == len(found.sites)


def test_a_report_on_given_plots_speaks_of_sites_and_of_no_areas(tmp_path: Path) -> None:
    tiny = Tiny.make(tmp_path / "ws")
    tiny.write("layers/plots.toml", LAYER)
    tiny.features("plots", [({"site": name}, shape) for name, shape in PLOTS.items()])
    tiny.write("studies/plant.toml", ws.study_text(sites='candidates = "plots"\n'))
    tiny.run()
    filed = gather(tiny.stored())
    told = Report("", "", (summary(filed), ranking(filed), *customers(filed), near_misses(filed), sureness(filed), benefit(filed)))
    assert not [text for text in texts(told) if re.search(r"\bareas?\b", text)]
    assert any("sites" in text for text in texts(told))
