"""``[weights]`` and ``[combine]`` of a study: every method read, every fault told with its line."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from geo_engine.errors import Fault, GeoEngineError, StudyError
from geo_engine.model import (
    Combination,
    DataWeights,
    EqualWeights,
    Fuzzy,
    Minimum,
    OrderedAverage,
    PairwiseComparison,
    PointWeights,
    QuantifierAverage,
    RankOrder,
    SwingWeights,
    Topsis,
    WeightedProduct,
    WeightedSum,
    Weighting,
)
from geo_engine.workspace import read_study

Edit = Callable[[str, str, str], None]
Faults = Callable[[Callable[[], object], type[GeoEngineError]], tuple[Fault, ...]]
S = "studies/a.toml"
THIRD = 1 / 3
PEOPLE = """\
method = "ahp"
[[weights.person]]
name = "A"
matrix = [[1, 2], [0.5, 1]]
[[weights.person]]
name = "B"
judgements = [["plant", "time_to_a_town", "1/2"]]"""


@pytest.mark.parametrize(
    ("text", "weighting"),
    [
        ('method = "equal"', EqualWeights()),
        ('method = "direct"\npoints = { time_to_a_town = 1, plant = 3 }', PointWeights((3.0, 1.0))),
        ('method = "swing"\npoints = { plant = 60, time_to_a_town = 100 }', SwingWeights((60.0, 100.0))),
        ('method = "rank_order"\norder = ["time_to_a_town", "plant"]', RankOrder(((1,), (0,)), "centroid")),
        ('method = "rank_order"\norder = [["plant", "time_to_a_town"]]\nformula = "sum"', RankOrder(((0, 1),), "sum")),
        ('method = "entropy"', DataWeights("entropy")),
        ('method = "critic"', DataWeights("critic")),
        ('method = "ahp"\njudgements = [["time_to_a_town", "plant", 3]]', PairwiseComparison((((1.0, THIRD), (3.0, 1.0)),), ("",))),
        ('method = "ahp"\nmatrix = [[1, "1/3"], [3, 1]]', PairwiseComparison((((1.0, THIRD), (3.0, 1.0)),), ("",))),
        (PEOPLE, PairwiseComparison((((1.0, 2.0), (0.5, 1.0)), ((1.0, 0.5), (2.0, 1.0))), ("A", "B"))),
    ],
)
def test_ways_to_find_weights(base: Path, edit: Edit, text: str, weighting: Weighting) -> None:
    edit(S, "weight = 3\n", "")
    edit(S, "weight = 1\n", "")
    edit(S, "[sites]", f"[weights]\n{text}\n[sites]")
    study = read_study(base / S)
    assert study.weighting == weighting
    assert all(math.isnan(criterion.weight) for criterion in study.criteria)  # until the run has found them
    assert study.weighed is None


@pytest.mark.parametrize(
    ("text", "combination"),
    [
        ('method = "weighted_sum"', WeightedSum()),
        ('method = "weighted_product"', WeightedProduct()),
        ('method = "minimum"', Minimum()),
        ('method = "owa"\norder_weights = [0.7, 0.3]', OrderedAverage((0.7, 0.3))),
        ('method = "owa"\nalpha = 2', QuantifierAverage(2.0)),
        ('method = "topsis"', Topsis("vector")),
        ('method = "topsis"\nnormalisation = "minmax"', Topsis("minmax")),
        ('method = "fuzzy_and"', Fuzzy("and")),
        ('method = "fuzzy_or"', Fuzzy("or")),
        ('method = "fuzzy_product"', Fuzzy("product")),
        ('method = "fuzzy_sum"', Fuzzy("sum")),
        ('method = "fuzzy_gamma"\ngamma = 0.75', Fuzzy("gamma", 0.75)),
    ],
)
def test_ways_to_combine(base: Path, edit: Edit, text: str, combination: Combination) -> None:
    edit(S, "[sites]", f"[combine]\n{text}\n[sites]")
    assert read_study(base / S).combination == combination


def test_a_study_without_them_is_a_weighted_sum_of_the_criterias_own_weights(base: Path) -> None:
    study = read_study(base / S)
    assert (study.weighting, study.combination) == (None, WeightedSum())
    assert "combine: method = weighted_sum (default)" in study.defaults


def test_defaults_and_weights_that_are_not_used_are_said(base: Path, edit: Edit) -> None:
    edit(S, "[sites]", '[weights]\nmethod = "rank_order"\norder = ["plant", "time_to_a_town"]\n[combine]\nmethod = "topsis"\n[sites]')
    said = read_study(base / S).defaults
    assert "weights: formula = centroid (default)" in said
    assert "combine: normalisation = vector (default)" in said
    assert "criteria 'Distance to a plant': weight = 3 is not used, [weights] finds the weights" in said


def test_a_weight_is_missing_only_where_nothing_else_finds_it(base: Path, edit: Edit, faults: Faults) -> None:
    edit(S, "weight = 3\n", "")
    (fault,) = faults(lambda: read_study(base / S), StudyError)
    assert ("criteria[1].weight" in fault.where, fault.what) == (True, "'weight' is missing")
    assert "[weights]" in fault.remedy


@pytest.mark.parametrize(
    ("section", "text", "where", "said"),
    [
        ("weights", "", "weights.method", "'method' is missing"),
        ("weights", 'method = "ahpp"', "weights.method", "unknown method 'ahpp'. Allowed: direct, equal, ahp"),
        ("weights", 'method = "equal"\nponts = 1', "weights.ponts", "unknown key 'ponts'"),
        ("weights", 'method = "direct"', "weights.points", "'points' is missing"),
        ("weights", 'method = "direct"\npoints = { plnt = 1 }', "weights.points", "'plnt' is the key of no criterion"),
        ("weights", 'method = "direct"\npoints = { plant = 1 }', "weights.points", "time_to_a_town left out"),
        ("weights", 'method = "direct"\npoints = { plant = 0, time_to_a_town = 0 }', "weights.points", "not all 0"),
        ("weights", 'method = "direct"\npoints = 3', "weights.points", "points are a table"),
        ("weights", 'method = "swing"\npoints = { plant = 1, time_to_a_town = 2 }', "weights", "has 100 points"),
        ("weights", 'method = "rank_order"\norder = ["plant"]', "weights.order", "time_to_a_town left out"),
        ("weights", 'method = "rank_order"\norder = ["plant", "plant"]', "weights.order", "'plant' is given twice"),
        ("weights", 'method = "rank_order"\norder = "plant"', "weights.order", "an order is a list"),
        ("weights", 'method = "ahp"', "weights", "nobody judges"),
        ("weights", 'method = "ahp"\njudgements = []', "weights.judgements", "1 of 1 pairs are not compared: plant and time_to_a_town"),
        ("weights", 'method = "ahp"\njudgements = [["plant", "town", 2]]', "weights.judgements", "'town' is the key of no criterion"),
        ("weights", 'method = "ahp"\njudgements = [["plant", "plant", 2]]', "weights.judgements", "compared with itself"),
        ("weights", 'method = "ahp"\njudgements = [["plant", "time_to_a_town", 0]]', "weights.judgements", "above 0"),
        ("weights", 'method = "ahp"\njudgements = [["plant", 2]]', "weights.judgements", "two keys of criteria"),
        (
            "weights",
            'method = "ahp"\njudgements = [["plant", "time_to_a_town", 2], ["time_to_a_town", "plant", 2]]',
            "weights.judgements",
            "compared twice",
        ),
        ("weights", 'method = "ahp"\nmatrix = [[1, 2], [2, 1]]', "weights.matrix", "not reciprocal"),
        ("weights", 'method = "ahp"\nmatrix = [[1, 2]]', "weights.matrix", "a row and a column for each of the 2 criteria"),
        ("weights", 'method = "ahp"\nmatrix = [[1, "x"], [2, 1]]', "weights.matrix", "not a number"),
        ("weights", 'method = "ahp"\nmatrix = [[1, 2], [0.5, 1]]\njudgements = []', "weights.judgements", "not compared"),
        (
            "weights",
            'method = "ahp"\nmatrix = [[1, 2], [0.5, 1]]\n[[weights.person]]\nname = "A"\nmatrix = [[1, 2], [0.5, 1]]',
            "weights",
            "beside those of persons",
        ),
        ("weights", 'method = "ahp"\n[[weights.person]]\nname = "A"', "weights.person", "'A' judges nothing"),
        ("combine", 'method = "vikor"', "combine", "ranks a table of sites only"),
        ("combine", 'method = "promethee_ii"', "combine", "methods.csv"),
        ("combine", 'method = "owa"', "combine", "order_weights or alpha"),
        ("combine", 'method = "owa"\norder_weights = [1, 2, 3]', "combine.order_weights", "2 numbers"),
        ("combine", 'method = "owa"\norder_weights = [0, 0]', "combine.order_weights", "not all 0"),
        ("combine", 'method = "owa"\nalpha = -1', "combine.alpha", "out of range"),
        ("combine", 'method = "topsis"\nnormalisation = "max"', "combine.normalisation", "unknown normalisation 'max'"),
        ("combine", 'method = "fuzzy_gamma"\ngamma = 2', "combine.gamma", "out of range"),
        ("combine", 'method = "fuzzy"', "combine.method", "unknown method 'fuzzy'"),
    ],
)
def test_faults_of_the_decision(base: Path, edit: Edit, faults: Faults, section: str, text: str, where: str, said: str) -> None:
    edit(S, "[sites]", f"[{section}]\n{text}\n[sites]")
    (fault,) = faults(lambda: read_study(base / S), StudyError)
    assert where in fault.where
    assert said in str(fault)


def test_what_is_no_table_is_told(base: Path, edit: Edit, faults: Faults) -> None:
    edit(S, 'area = "regions"', 'area = "regions"\nweights = 3')
    (fault,) = faults(lambda: read_study(base / S), StudyError)
    assert "'weights' is not a table" in str(fault)
