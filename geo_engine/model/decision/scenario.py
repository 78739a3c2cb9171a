"""A scenario: a study seen with other weights, values or rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from geo_engine.model.decision.rules import Constraint
from geo_engine.model.layer import Gap
from geo_engine.model.value_function import ValueFunction

__all__ = ["Scenario"]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a scenario changes of its study; what it does not name stays.

    Parameters
    ----------
    key : str
        Short name, as in ``run --scenario``.
    title, why : str
        What readers see, and the reasoning.
    weights : mapping of str to float
        Weights by key of the criterion, on the scale of the study's own.
    values : mapping of str to ValueFunction
        By key of the criterion.
    constraints : tuple of Constraint
        All rules that hold in the scenario, in the study's order.
    dropped, changed : tuple of str
        Names of the study's rules that it leaves out or alters.
    gaps : tuple of Gap
        Declared gaps that no layer of the scenario closes.
    aside : mapping of str to tuple of str
        As in `Study`.
    """

    key: str
    title: str
    why: str
    constraints: tuple[Constraint, ...]
    gaps: tuple[Gap, ...]
    weights: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, ValueFunction] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    aside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
