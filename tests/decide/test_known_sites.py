"""Known sites against land: AUC by scipy's Mann-Whitney and by all pairs, lift and percentiles by hand, the interval by its meaning."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import mannwhitneyu

from geo_engine.decide.known_sites import bootstrap_interval, lift, placements, stand


def f32(*values: float) -> NDArray[np.float32]:
    return np.array(values, np.float32)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("levels", [3, 20, 10_000])
def test_the_auc_is_the_statistic_of_mann_and_whitney(seed: int, levels: int) -> None:
    rng = np.random.default_rng(seed)
    land = np.sort(rng.integers(0, levels, 500).astype(np.float32))
    known = rng.integers(0, levels, 17).astype(np.float32)
    found = stand(land, known.tolist(), seed=1).auc
    assert found == pytest.approx(mannwhitneyu(known, land).statistic / (17 * 500), abs=1e-12)


@given(
    land=st.lists(st.integers(0, 6), min_size=1, max_size=30),
    known=st.lists(st.integers(0, 6), min_size=1, max_size=15),
)
def test_the_auc_is_the_share_of_pairs_that_are_won(land: list[int], known: list[int]) -> None:
    won = [1.0 if k > c else 0.5 if k == c else 0.0 for k in known for c in land]
    found = stand(np.sort(f32(*land)), [float(k) for k in known], seed=1)
    assert found.auc == pytest.approx(sum(won) / len(won), abs=1e-12)
    below = [100.0 * sum(c < k for c in land) / len(land) for k in known]
    assert found.percentiles == tuple(below)  # exactly: a count over a count
    assert found.median_percentile == float(np.median(below))


def test_land_that_is_all_alike_tells_nothing() -> None:
    found = stand(f32(*[50.0] * 40), [50.0] * 12, seed=1)
    assert (found.auc, found.percentiles[0]) == (0.5, 0.0)
    assert found.auc_interval == (0.5, 0.5)
    assert set(found.lift.values()) == {0.0}  # none of them is among the best: as much land is as good


def test_a_site_without_a_score_is_left_out() -> None:
    found = stand(f32(1, 2, 3, 4), [math.nan, 3.5], seed=1)
    assert math.isnan(found.percentiles[0])
    assert (found.percentiles[1], found.median_percentile, found.auc) == (75.0, 75.0, 0.75)
    assert found.lift == {"1": 0.0, "5": 0.0, "10": 0.0, "20": 0.0}


def test_no_site_and_no_land_have_no_answer() -> None:
    for found in (stand(f32(1, 2), [math.nan], seed=1), stand(f32(), [1.0], seed=1)):
        assert math.isnan(found.auc)
        assert math.isnan(found.median_percentile)
        assert found.auc_interval is None
        assert all(math.isnan(value) for value in found.lift.values())


def test_lift_by_hand() -> None:
    """A hundred cells of 0 to 99. Sites above 99, 95 and 80 of them, and one below: a quarter in 1 % is 25, two quarters in 5 % 10."""
    land = np.arange(100, dtype=np.float32)
    found = stand(land, [98.5, 94.5, 79.5, -1.0], seed=1)
    assert found.percentiles == (99.0, 95.0, 80.0, 0.0)
    assert found.lift == {"1": 25.0, "5": 10.0, "10": 5.0, "20": 3.75}
    assert lift([98.999]) == {"1": 0.0, "5": 20.0, "10": 10.0, "20": 5.0}


def test_the_interval_is_seeded_holds_the_auc_and_needs_ten_sites() -> None:
    rng = np.random.default_rng(5)
    land = np.sort(rng.normal(size=2000).astype(np.float32))
    known = rng.normal(0.8, 1.0, 30).tolist()
    first, again, other = (stand(land, known, seed=seed) for seed in (1, 1, 2))
    assert first.auc_interval == again.auc_interval
    assert first.auc_interval != other.auc_interval
    assert first.auc_interval is not None
    assert first.auc_interval[0] < first.auc < first.auc_interval[1]
    assert stand(land, known[:9], seed=1).auc_interval is None
    assert stand(land, [*known[:9], math.nan], seed=1).auc_interval is None
    assert stand(land, known[:10], seed=1).auc_interval is not None


def test_the_interval_is_that_of_a_mean() -> None:
    """Thirty placements and more: the middle 95 % of resampled means is about 1.96 standard errors to either side."""
    shares = placements(np.arange(1000, dtype=np.float32), np.random.default_rng(3).uniform(0, 1000, 200).tolist())
    interval = bootstrap_interval(shares, seed=4)
    assert interval is not None
    error = shares.std() / math.sqrt(len(shares))
    assert interval == pytest.approx((shares.mean() - 1.96 * error, shares.mean() + 1.96 * error), abs=0.1 * error)


def test_an_interval_covers_the_truth_as_often_as_it_says() -> None:
    """Sites from uniform scores against uniform land have an AUC of one half: 95 % of 300 intervals should hold it, give or take."""
    land = np.linspace(0, 1, 2001, dtype=np.float32)
    rng = np.random.default_rng(11)
    held = 0
    for seed in range(300):
        interval = bootstrap_interval(placements(land, rng.random(40).tolist()), seed=seed)
        assert interval is not None
        held += interval[0] <= 0.5 <= interval[1]
    assert 0.90 <= held / 300 <= 0.99
