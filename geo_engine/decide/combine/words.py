"""What a way to combine utilities is, in words with its figures."""

from __future__ import annotations

from itertools import pairwise

from geo_engine.decide.combine.ordered import orness, trade_off
from geo_engine.model import Combination, Fuzzy, OrderedAverage, QuantifierAverage, Topsis

__all__ = ["combination_words"]


def combination_words(combination: Combination, criteria: int) -> str:
    """Say a method in words; of an ordered average also how far it leans to the best and how much one criterion makes up for another.

    Parameters
    ----------
    combination : Combination
        The method.
    criteria : int
        How many: a quantifier's order weights follow the criterion weights from place to place, and its figures are those of even ones.

    Examples
    --------
    >>> combination_words(OrderedAverage((0.5, 0.3, 0.2)), 3)
    'ordered weighted average (order weights 0.5, 0.3, 0.2): orness 0.65, trade-off 0.74'
    >>> combination_words(QuantifierAverage(2.0), 3)
    'ordered weighted average (quantifier share ^ 2): orness 0.28, trade-off 0.62 for even weights'
    """
    match combination:
        case OrderedAverage(order_weights):
            said = ", ".join(f"{weight:g}" for weight in order_weights)
            figures = f"orness {orness(order_weights):.2f}, trade-off {trade_off(order_weights):.2f}"
            return f"ordered weighted average (order weights {said}): {figures}"
        case QuantifierAverage(alpha):
            reached = [(k / criteria) ** alpha if k else 0.0 for k in range(criteria + 1)]
            even = [after - before for before, after in pairwise(reached)]
            figures = f"orness {orness(even):.2f}, trade-off {trade_off(even):.2f} for even weights"
            return f"ordered weighted average (quantifier share ^ {alpha:g}): {figures}"
        case Topsis(normalisation):
            return f"TOPSIS: on the surface against fixed ideals 1 and 0, {normalisation} normalisation in tables"
        case Fuzzy(operator, gamma):
            return f"fuzzy {operator}" + (f", gamma {gamma:g}" if operator == "gamma" else "")
    return combination.kind.replace("_", " ")
