"""What a run will take: memory that does not grow with a stored grid, and the smallest cell that fits."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_engine.errors import RunError
from geo_engine.model import Study
from geo_engine.run import RunOutcome
from geo_engine.run.planning import forecast
from geo_engine.run.planning.forecast import Estimate, estimate, refuse_unfit
from tests.run.tiny import Tiny

COUNTRY = shapely.box(0, 0, 650_000, 1_213_000)


@pytest.fixture(scope="module")
def study(finished: tuple[Tiny, RunOutcome]) -> Study:
    return finished[1].plan.study


def foretold(study: Study, cell: float, workers: int = 2) -> Estimate:
    return estimate(replace(study, cell=cell), COUNTRY, workers=workers)


def test_a_grid_that_takes_two_gigabytes_is_stored_and_then_memory_hardly_grows(study: Study) -> None:
    coarse, fine, finer = (foretold(study, cell) for cell in (250.0, 25.0, 12.5))
    assert [each.stored for each in (coarse, fine, finer)] == [False, True, True]
    assert coarse.cells == 650_000 * 1_213_000 / 250**2
    assert finer.cells == 4 * fine.cells
    assert finer.memory < 1.2 * fine.memory < 3e9
    assert finer.disk > 3.9 * fine.disk


def test_a_worker_more_takes_memory_and_saves_time(study: Study) -> None:
    two, eight = foretold(study, 25.0), foretold(study, 25.0, workers=8)
    assert eight.memory > two.memory
    assert eight.seconds < two.seconds


@settings(max_examples=40)
@given(st.floats(5e8, 1e11), st.floats(1e6, 1e12), st.sampled_from([1.0, 10.0, 60.0, 100.0, 250.0, 1000.0]))
def test_what_is_refused_would_fit_with_the_cell_that_is_named_and_with_no_smaller_one(
    study: Study, memory: float, room: float, cell: float
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forecast, "available_memory", lambda: memory)
        patch.setattr(forecast, "available_disk", lambda _: room)
        told = foretold(study, cell)
        fits = told.memory <= memory and told.disk <= room
        if not fits:
            with pytest.raises(RunError, match=r"cell = .* needs about .* GB of (memory|disk)"):
                refuse_unfit(study, (1, 1), told, disk=True)
        else:
            refuse_unfit(study, (1, 1), told, disk=True)
        smallest = told.smallest_cell
        if smallest == float("inf"):
            assert not fits
            return
        named = foretold(study, smallest)
        assert named.memory <= memory
        assert named.disk <= room
        assert smallest <= cell * 2.5 or not fits  # a round number at most two and a half times the next
        round_ones = [digit * 10.0**power for power in range(-3, 6) for digit in (1, 2, 2.5, 5)]
        smaller = [each for each in round_ones if each < smallest]
        assert all((less := foretold(study, each)).memory > memory or less.disk > room for each in smaller)


def test_a_question_to_a_run_needs_no_disk(study: Study) -> None:
    told = replace(foretold(study, 25.0), room=0.0, available=1e12)
    refuse_unfit(study, (1, 1), told, disk=False)
    with pytest.raises(RunError, match="GB of disk"):
        refuse_unfit(study, (1, 1), told, disk=True)
