"""How sure a rank is, as explain tells it: against the draws themselves, intervals laid by hand, and blanks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo_engine.run import RunOutcome, StoredRun, explain, plain
from geo_engine.run.questions.explanation.sureness import how_sure
from tests.run.rivals import degrees
from tests.run.tiny import Tiny


@pytest.fixture(scope="module")
def stored(finished: tuple[Tiny, RunOutcome]) -> StoredRun:
    return finished[0].stored()


def with_intervals(run: StoredRun, low: list[float], high: list[float]) -> StoredRun:
    """The run with other intervals in its table of sites."""
    made = replace(run)
    object.__setattr__(made, "sites", run.sites.assign(rank_p05=low, rank_p95=high))
    return made


def test_explain_tells_what_the_draws_said(stored: StoredRun, finished: tuple[Tiny, RunOutcome]) -> None:
    ranking = finished[1].result.ranking
    draws = ranking.robustness
    assert draws is not None
    for number, site in enumerate(ranking.sites):
        sure = explain(stored, str(site.rank)).sureness
        assert sure is not None
        others = [other.rank for k, other in enumerate(ranking.sites) if k != number and not draws.separated(number, k)]
        assert (sure.tier, sure.rank_p05, sure.rank_p95, sure.draws) == (site.tier, site.rank_p05, site.rank_p95, 100)
        assert sure.not_separated == len(others)
        assert (sure.best_of_them, sure.worst_of_them) == ((min(others), max(others)) if others else (None, None))
        assert sure.note == ""


def test_intervals_that_only_touch_cannot_be_separated(stored: StoredRun) -> None:
    run = with_intervals(stored, [1, 2, 3, 4, 5], [1, 3, 3, 4, 5])
    first, second = how_sure(run, 0), how_sure(run, 1)
    assert (first.not_separated, first.best_of_them, first.worst_of_them) == (0, None, None)
    assert (second.not_separated, second.best_of_them, second.worst_of_them) == (1, 3, 3)


def test_where_nothing_was_drawn_it_is_blank_and_says_so(stored: StoredRun) -> None:
    place = explain(stored, degrees(404550, 301550)).sureness
    assert place is not None
    assert (place.tier, place.rank_p05, place.rank_p95, place.not_separated) == ("", None, None, 0)
    assert place.note == "not drawn, because the place is none of the areas that the run found"
    nan = np.nan
    blank = how_sure(with_intervals(stored, [1, nan, 3, 4, 5], [2, nan, 5, 5, 5]), 1)
    assert (blank.tier, blank.rank_p05, blank.note) == ("", None, "the run drew none for this area")
    older = replace(stored)
    object.__setattr__(older, "sites", stored.sites.drop(columns=["tier", "rank_p05", "rank_p95"]))
    assert how_sure(older, 0).note == "the run drew none for this area"
    assert plain(blank, stored.folder)["rank_p95"] is None
