"""Tables of the decision: ``[weights]`` and ``[combine]``, one for each method, and ``[backtest]``, which tries it on known sites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import combinations, combinations_with_replacement
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from geo_engine.errors import nearest_spelling
from geo_engine.model import (
    BackTestLand,
    Combination,
    ComparableLand,
    DataWeights,
    EqualWeights,
    Fuzzy,
    Minimum,
    NearLand,
    NullModel,
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
from geo_engine.workspace.schema.base import Positive, Share, Table, Text, Vector, context_of, quantity, refuse

__all__ = ["COMBINE", "WEIGHTS", "BacktestTable", "CombineTable", "WeightsTable", "read_order", "rules_known"]

_PAIRS_TOLD = 5
_RECIPROCAL = 0.025  # as `geo_engine.decide.weights` takes it


class WeightsTable(Table):
    """How weights are found."""

    method: str

    def noun(self, criteria: tuple[str, ...]) -> Weighting:
        """Make the weighting, its numbers in the order of the criteria."""
        raise NotImplementedError


def _every_key(given: Iterable[str], criteria: tuple[str, ...], example: str) -> None:
    """Refuse keys that are no criterion's, keys given twice, and criteria left out."""
    given = list(given)
    for key in given:
        if key not in criteria:
            what = f"'{key}' is the key of no criterion"
            raise refuse(what, ", ".join(criteria), nearest_spelling(key, criteria))
        if given.count(key) > 1:
            what = f"'{key}' is given twice"
            raise refuse(what, "each criterion once")
    if missing := [key for key in criteria if key not in given]:
        what = f"{', '.join(missing)} left out"
        raise refuse(what, example)


class EqualTable(WeightsTable):
    def noun(self, criteria: tuple[str, ...]) -> Weighting:  # noqa: ARG002 - every criterion alike
        return EqualWeights()


class DataTable(WeightsTable):
    method: Literal["entropy", "critic"]

    def noun(self, criteria: tuple[str, ...]) -> Weighting:  # noqa: ARG002 - from the data of the run
        return DataWeights(self.method)


def _points(value: object, info: ValidationInfo) -> dict[str, float]:
    example = "{ grid = 100, ports = 40 }"
    if not isinstance(value, dict):
        what = "points are a table of numbers by the key of a criterion"
        raise refuse(what, example)
    points = {key: quantity(number, "number") for key, number in value.items()}
    _every_key(points, context_of(info).criteria, "points for every criterion; 0 for one that counts nothing")
    if min(points.values()) < 0 or max(points.values()) == 0:
        what = "points must not be negative, and not all 0"
        raise refuse(what, example)
    return points


class PointsTable(WeightsTable):
    points: Annotated[Any, BeforeValidator(_points)]

    def noun(self, criteria: tuple[str, ...]) -> Weighting:
        return PointWeights(tuple(self.points[key] for key in criteria))


class SwingTable(PointsTable):
    @model_validator(mode="after")
    def _most_wanted(self) -> Self:
        if max(self.points.values()) != 100:  # noqa: PLR2004 - the method's own scale
            what = "the most wanted swing has 100 points"
            raise refuse(what, "100 for the swing from worst to best that is wanted most, the others beside it")
        return self

    def noun(self, criteria: tuple[str, ...]) -> Weighting:
        return SwingWeights(tuple(self.points[key] for key in criteria))


def read_order(value: object, info: ValidationInfo) -> list[list[str]]:
    """Read keys of criteria, the most important first, equally important ones in a list of their own."""
    groups = [group if isinstance(group, list) else [group] for group in value] if isinstance(value, list) else []
    if not groups or not all(group and all(isinstance(key, str) for key in group) for group in groups):
        what = "an order is a list of keys of criteria, the most important first"
        raise refuse(what, '["grid", ["ports", "rail"], "water"], equally important ones in one list')
    _every_key((key for group in groups for key in group), context_of(info).criteria, "each criterion once")
    return groups


class RankOrderTable(WeightsTable):
    filled: ClassVar[Mapping[str, str]] = {"formula": "centroid"}
    order: Annotated[Any, BeforeValidator(read_order)]
    formula: Literal["centroid", "sum", "reciprocal"] = "centroid"

    def noun(self, criteria: tuple[str, ...]) -> Weighting:
        return RankOrder(tuple(tuple(criteria.index(key) for key in group) for group in self.order), self.formula)


def _times(value: object) -> float:
    """Read how many times as important: a number above 0, or a fraction as text."""
    fraction = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)\s*", value) if isinstance(value, str) else None
    over = float(fraction[2]) if fraction else 1.0
    times = quantity(float(fraction[1]) / over if fraction and over else value, "number")
    if times <= 0:
        what = "how many times as important is above 0"
        raise refuse(what, '3, or "1/3" for a third')
    return times


def _judgements(value: object, info: ValidationInfo) -> tuple[tuple[float, ...], ...]:
    criteria = context_of(info).criteria
    if not isinstance(value, list) or not all(isinstance(row, list) and len(row) == 3 for row in value):  # noqa: PLR2004 - triples
        what = "a judgement is two keys of criteria and how many times as important the first is as the second"
        raise refuse(what, '[["grid", "ports", 3], ["grid", "water", "1/2"], ...]')
    given: dict[frozenset[str], None] = {}
    times = {(key, key): 1.0 for key in criteria}
    for first, second, number in value:
        for key in (first, second):
            if key not in criteria:
                what = f"{key!r} is the key of no criterion"
                raise refuse(what, ", ".join(criteria), nearest_spelling(str(key), criteria))
        pair = frozenset((first, second))
        if first == second or pair in given:
            what = f"'{first}' and '{second}' are compared twice" if pair in given else f"'{first}' is compared with itself"
            raise refuse(what, "each pair once")
        given[pair] = None
        times[first, second] = _times(number)
        times[second, first] = 1.0 / times[first, second]
    missing = [pair for pair in combinations(criteria, 2) if frozenset(pair) not in given]
    if missing:
        told = "; ".join(" and ".join(pair) for pair in missing[:_PAIRS_TOLD]) + ("; ..." if len(missing) > _PAIRS_TOLD else "")
        what = f"{len(missing)} of {len(missing) + len(given)} pairs are not compared: {told}"
        raise refuse(what, "each pair once")
    return tuple(tuple(times[row, column] for column in criteria) for row in criteria)


def _matrix(value: object, info: ValidationInfo) -> tuple[tuple[float, ...], ...]:
    criteria = context_of(info).criteria
    n = len(criteria)
    if not isinstance(value, list) or len(value) != n or not all(isinstance(row, list) and len(row) == n for row in value):
        what = f"a matrix has a row and a column for each of the {n} criteria, in their order"
        raise refuse(what, ", ".join(criteria))
    matrix = tuple(tuple(_times(number) for number in row) for row in value)
    for i, j in combinations_with_replacement(range(n), 2):
        if abs(matrix[i][j] * matrix[j][i] - 1.0) > _RECIPROCAL:
            what = f"{criteria[i]} to {criteria[j]} is {matrix[i][j]:g} and the reverse {matrix[j][i]:g}: they are not reciprocal"
            raise refuse(what, "3 and 1/3; 1 on the diagonal")
    return matrix


class JudgedTable(Table):
    """One person's judgements, as a list or as a matrix."""

    judgements: Annotated[Any, BeforeValidator(_judgements)] = None
    matrix: Annotated[Any, BeforeValidator(_matrix)] = None

    @property
    def judged(self) -> tuple[tuple[float, ...], ...] | None:
        """The matrix, from whichever was given."""
        judged: tuple[tuple[float, ...], ...] | None = self.matrix if self.judgements is None else self.judgements
        return judged

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.judgements is not None and self.matrix is not None:
            what = "judgements and matrix say the same thing twice"
            raise refuse(what, "one of them")
        return self


class PersonTable(JudgedTable):
    """``[[weights.person]]``."""

    name: Text

    @model_validator(mode="after")
    def _judges(self) -> Self:
        if self.judged is None:
            what = f"'{self.name}' judges nothing"
            raise refuse(what, "judgements or matrix")
        return self


class PairwiseTable(JudgedTable, WeightsTable):
    person: Annotated[list[PersonTable], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if (self.judged is None) == (self.person is None):
            what = "nobody judges" if self.person is None else "judgements stand beside those of persons"
            raise refuse(what, "judgements, or matrix, or one [[weights.person]] and more")
        return self

    def noun(self, criteria: tuple[str, ...]) -> Weighting:  # noqa: ARG002 - matrices are in the order of the criteria already
        people = [(person.name, person.judged) for person in self.person or ()] or [("", self.judged)]
        return PairwiseComparison(tuple(judged for _, judged in people if judged is not None), tuple(name for name, _ in people))


WEIGHTS: Mapping[str, type[WeightsTable]] = {
    "direct": PointsTable,
    "equal": EqualTable,
    "ahp": PairwiseTable,
    "swing": SwingTable,
    "rank_order": RankOrderTable,
    "entropy": DataTable,
    "critic": DataTable,
}


class CombineTable(Table):
    """How utilities become a score."""

    method: str

    def noun(self) -> Combination:
        """Make the combination; each method has its own."""
        raise NotImplementedError


class SumTable(CombineTable):
    def noun(self) -> Combination:
        return WeightedSum()


class ProductTable(CombineTable):
    def noun(self) -> Combination:
        return WeightedProduct()


class MinimumTable(CombineTable):
    def noun(self) -> Combination:
        return Minimum()


def _order_weights(value: object, info: ValidationInfo) -> tuple[float, ...]:
    count = len(context_of(info).criteria)
    if not isinstance(value, list) or len(value) != count:
        what = f"order weights are {count} numbers, as many as criteria, for the best utility of a place first"
        raise refuse(what, "[0.4, 0.3, 0.2, 0.1] leans to the best, [0.1, 0.2, 0.3, 0.4] to the worst")
    weights = tuple(quantity(number, "number") for number in value)
    if min(weights) < 0 or max(weights) == 0:
        what = "order weights must not be negative, and not all 0"
        raise refuse(what)
    return weights


class OrderedTable(CombineTable):
    order_weights: Annotated[Any, BeforeValidator(_order_weights)] = None
    alpha: Annotated[float, Field(ge=0, le=1000)] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.order_weights is None) == (self.alpha is None):
            what = "an ordered average takes order_weights or alpha, one of them"
            raise refuse(what, "alpha = 0.5 leans to the best, 1 is the weighted sum, 2 leans to the worst")
        return self

    def noun(self) -> Combination:
        return OrderedAverage(self.order_weights) if self.alpha is None else QuantifierAverage(self.alpha)


class TopsisTable(CombineTable):
    filled: ClassVar[Mapping[str, str]] = {"normalisation": "vector"}
    normalisation: Literal["vector", "minmax"] = "vector"

    def noun(self) -> Combination:
        return Topsis(self.normalisation)


class FuzzyTable(CombineTable):
    method: Literal["fuzzy_and", "fuzzy_or", "fuzzy_product", "fuzzy_sum"]

    def noun(self) -> Combination:
        operators: Mapping[str, Literal["and", "or", "product", "sum"]]
        operators = {"fuzzy_and": "and", "fuzzy_or": "or", "fuzzy_product": "product", "fuzzy_sum": "sum"}
        return Fuzzy(operators[self.method])


class FuzzyGammaTable(CombineTable):
    filled: ClassVar[Mapping[str, str]] = {"gamma": "0.9"}
    gamma: Share = 0.9

    def noun(self) -> Combination:
        return Fuzzy("gamma", self.gamma)


class TableOnly(CombineTable):
    """A method that judges sites beside each other, which a surface cannot."""

    @model_validator(mode="after")
    def _no_surface(self) -> Self:
        what = f"{self.method} ranks a table of sites only: what a cell is worth would depend on all other cells"
        raise refuse(what, "any other method", "its ranks stand in methods.csv of each run")


COMBINE: Mapping[str, type[CombineTable]] = {
    "weighted_sum": SumTable,
    "weighted_product": ProductTable,
    "owa": OrderedTable,
    "topsis": TopsisTable,
    "fuzzy_and": FuzzyTable,
    "fuzzy_or": FuzzyTable,
    "fuzzy_product": FuzzyTable,
    "fuzzy_sum": FuzzyTable,
    "fuzzy_gamma": FuzzyGammaTable,
    "minimum": MinimumTable,
    "vikor": TableOnly,
    "promethee_ii": TableOnly,
}


class NearTable(Table):
    """``near`` of comparable land."""

    layer: Vector
    where: Text | None = None
    within: Positive


class ComparableTable(Table):
    """``comparable`` of ``[backtest]``: land that could have been chosen."""

    outside_rules: list[Text] = Field(default_factory=list)
    near: NearTable | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.outside_rules and self.near is None:
            what = "comparable land is all land, nothing limits it"
            raise refuse(what, "outside_rules, near or both", "leave comparable out where all scored land compares")
        return self


class NullTable(Table):
    """``null`` of ``[backtest]``: a model that knows one thing only."""

    layer: Vector
    where: Text | None = None
    measure: Literal["distance"]


class BacktestTable(Table):
    """``[backtest]``: what known sites are held against besides all scored land."""

    comparable: ComparableTable | None = None
    null: NullTable | None = None

    def noun(self) -> BackTestLand:
        """Give what known sites are held against."""
        land, null = self.comparable, self.null
        near = NearLand(land.near.layer, land.near.within, land.near.where) if land and land.near else None
        return BackTestLand(
            ComparableLand(tuple(land.outside_rules), near) if land else None, NullModel(null.layer, null.where) if null else None
        )


def rules_known(value: BacktestTable, info: ValidationInfo) -> BacktestTable:
    """Refuse names of rules that are no constraint of the study."""
    rules = [str(entry.get("name")) for entry in info.data.get("constraints", []) if isinstance(entry, dict)]
    for name in value.comparable.outside_rules if value.comparable else ():
        if name not in rules:
            what = f"comparable.outside_rules: '{name}' is no constraint of this study"
            raise refuse(what, ", ".join(rules) or "none: there are no constraints", nearest_spelling(name, rules))
    return value
