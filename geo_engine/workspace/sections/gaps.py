"""Declared gaps that a study leaves open, and the estimates that step aside where a layer closes one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from geo_engine.model import BackTestLand, Constraint, Criterion, Demand, Gap, Layer, Multiplier, Need, NotAssessed, Study

__all__ = ["layers_measured", "open_gaps", "settle_gaps", "stand_ins", "still_open"]

_StandIn = TypeVar("_StandIn", Constraint, Multiplier)


def _closing(gap: str, layers: Iterable[Layer]) -> list[Layer]:
    return [layer for layer in layers if gap in layer.closes]


def _whole(layer: Layer, lies_in: Collection[str]) -> bool:
    """Tell whether a layer covers the whole of a study that lies in the named parts of the world."""
    return not layer.covers or layer.covers in lies_in


def layers_measured(criteria: Iterable[Criterion], needs: Iterable[Need], demand: Demand | None) -> frozenset[str]:
    """Name the layers by which criteria, the tests of needs, and demand are measured."""
    tested = (need.test.measure.layer for need in needs if need.test is not None)
    return frozenset([*(criterion.measure.layer for criterion in criteria), *tested, *([demand.layer] if demand else [])])


def open_gaps(
    gaps: Iterable[Gap],
    layers: Mapping[str, Layer],
    measured: Iterable[str],
    rules: Iterable[Constraint],
    *,
    lies_in: Collection[str] = (),
) -> tuple[Gap, ...]:
    """Give the declared gaps that no layer in use closes.

    A layer that is there and that nothing measures tests nothing: only layers of criteria, rules, needs and demand close gaps. One
    that covers a part of the world closes a gap there alone, unless the study lies in that part: the gap stays open outside, and its
    title says so.

    Parameters
    ----------
    gaps : iterable of Gap
        As declared.
    layers : mapping of str to Layer
        Of the workspace.
    measured : iterable of str
        Layers that criteria, needs and demand are measured by, see `layers_measured`.
    rules : iterable of Constraint
        That hold.
    lies_in : collection of str
        Parts of the world that hold the whole of the study.
    """
    used = [layers[name] for name in sorted({*measured, *(rule.layer for rule in rules)})]
    out = []
    for gap in gaps:
        closing = _closing(gap.name, used)
        if not closing:
            out.append(gap)
        elif not any(_whole(layer, lies_in) for layer in closing):
            parts = sorted({layer.covers for layer in closing})
            out.append(replace(gap, title=f"{gap.title} outside {' and '.join(parts)}"))
    return tuple(out)


def still_open(items: Iterable[NotAssessed], declared: Iterable[Gap], left: Iterable[Gap]) -> Iterator[NotAssessed]:
    """Leave out what a study names as not assessed and a layer now covers: what has the title of a gap that is open no more.

    >>> flood = Gap("flood", "Flood zones", "Floods.")
    >>> [item.name for item in still_open([NotAssessed("flood zones", "..."), NotAssessed("Luck", "...")], [flood], [])]
    ['Luck']
    """
    titles = {gap.title.casefold() for gap in left}
    closed = {gap.title.casefold() for gap in declared} - titles
    return (item for item in items if item.name.casefold() not in closed)


def stand_ins(
    parts: Sequence[_StandIn], layers: Mapping[str, Layer], lies_in: Collection[str]
) -> tuple[tuple[_StandIn, ...], dict[str, tuple[str, ...]]]:
    """Let estimates step aside.

    An estimate that says ``stands_for`` a gap gives way to the other rules (or multipliers) whose layers close that gap for the whole of
    the study; while a part of the gap is open it stays, and is too strict rather than too lax where both hold.

    Parameters
    ----------
    parts : sequence of Constraint or of Multiplier
        In the study's order.
    layers : mapping of str to Layer
        Of the workspace.
    lies_in : collection of str
        Parts of the world that hold the whole of the study.

    Returns
    -------
    kept : tuple
        Those that hold, in order.
    aside : dict of str to tuple of str
        Names of those that stepped aside, and of what stands in their place.
    """
    aside: dict[str, tuple[str, ...]] = {}
    for part in parts:
        instead = tuple(
            other.name
            for other in parts
            if part.stands_for
            and not other.stands_for
            and part.stands_for in layers[other.layer].closes
            and _whole(layers[other.layer], lies_in)
            and not getattr(other, "force", False)
        )
        if instead:
            aside[part.name] = instead
    return tuple(part for part in parts if part.name not in aside), aside


def settle_gaps(study: Study, lies_in: Collection[str]) -> Study:
    """Let a study's estimates step aside and leave it the gaps that are open, where it holds all that are declared.

    What named an estimate that stepped aside (``outside_rules`` of the back-test) names what stands in its place.
    """
    layers = study.layers
    rules, aside = stand_ins(study.constraints, layers, lies_in)
    connection, backtest = study.connection, study.backtest
    lines: dict[str, tuple[str, ...]] = {}
    if connection is not None:
        multipliers, lines = stand_ins(connection.multipliers, layers, lies_in)
        connection = replace(connection, multipliers=multipliers)
    if backtest is not None and backtest.comparable is not None:
        names = (new for name in backtest.comparable.outside_rules for new in aside.get(name, (name,)))
        backtest = BackTestLand(replace(backtest.comparable, outside_rules=tuple(dict.fromkeys(names))), backtest.null)
    left = open_gaps(study.gaps, layers, layers_measured(study.criteria, study.facility.needs, study.demand), rules, lies_in=lies_in)
    return replace(
        study,
        constraints=rules,
        connection=connection,
        backtest=backtest,
        gaps=left,
        not_assessed=tuple(still_open(study.not_assessed, study.gaps, left)),
        aside=aside | {f"{name} (connection)": instead for name, instead in lines.items()},
    )
