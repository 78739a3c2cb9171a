"""What `check` says of a study before it runs: its meaning, what it will cost, words that promise too much, distances that are off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from geo_engine.decide import criterion_utility
from geo_engine.decide.combine import combination_words
from geo_engine.model import (
    Aspect,
    Bounded,
    ClassDistance,
    ClassShare,
    Connection,
    Constraint,
    Coverage,
    Distance,
    KeepClasses,
    KeepEnough,
    KeepShare,
    KernelDensity,
    Measure,
    PeopleDisc,
    PluggedMeasure,
    Study,
    ValueFunction,
)
from geo_engine.publish import untested
from geo_engine.run.planning.distortion import distortion_said
from geo_engine.run.planning.forecast import Estimate, estimate
from geo_engine.run.planning.plan import Plan
from geo_engine.run.planning.search_limits import search_words
from geo_engine.run.questions.readiness_said import readiness_said
from geo_engine.units import format_quantity

__all__ = ["CheckReport", "CheckRow", "check_plan", "value_text"]

_CLAIMS = re.compile(r"\b(capacity|supply|headroom|available|availability|secured?|probability|connection)\b", re.IGNORECASE)
_HEDGE = re.compile(r"\bnot\b|\bestimate", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A criterion or a rule, said in words."""

    name: str
    weight: str
    measured: str
    worth: str
    unknown: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a run of the study will do.

    Parameters
    ----------
    criteria, rules : tuple of CheckRow
        In the study's order.
    needs : tuple of (name, total, range, source)
        What the facility takes.
    forecast : Estimate
        Cells, memory, disk, time.
    grid : str
        Columns, rows, cell, CRS.
    sites : str
        How areas are searched.
    decision : tuple of str
        How weights were found and utilities are combined, what is drawn to find how sure the ranking is, and what a back-test holds known
        sites against.
    defaults, warnings, gaps : tuple of str
        Values that the study did not give; words that promise too much and distances that are off; what nothing tests.
    connection : tuple of CheckRow
        How areas are joined to the grid: the targets, each multiplier, each indicative cost; empty without a connection.
    readiness : tuple of (name, told by, thresholds, required)
        Tests of needs, then the subjects that are marked; empty without either.
    """

    criteria: tuple[CheckRow, ...]
    rules: tuple[CheckRow, ...]
    needs: tuple[tuple[str, str, str, str], ...]
    forecast: Estimate
    grid: str
    sites: str
    decision: tuple[str, ...]
    defaults: tuple[str, ...]
    warnings: tuple[str, ...]
    gaps: tuple[str, ...]
    connection: tuple[CheckRow, ...] = ()
    readiness: tuple[tuple[str, str, str, str], ...] = ()


def check_plan(plan: Plan, *, workers: int) -> CheckReport:
    """Describe what a plan will do."""
    study = plan.study
    rows = []
    for criterion, weight in zip(study.criteria, study.weights, strict=True):
        measure = criterion.measure
        by = f" by {measure.travels[1]} on {measure.travels[0]}" if measure.travels else ""
        measured = f"{measure.kind} of {measure.layer}{by}" + (f" where {measure.where}" if measure.where else "") + _details(measure)
        unknown = "refuse" if criterion.unknown is None else f"{criterion.unknown:g}"
        rows.append(CheckRow(criterion.name, f"{weight:.1%}", measured, value_text(criterion.value, measure.unit), unknown))
    rules = [CheckRow(rule.name, "", *_rule_said(rule), "estimate" if rule.estimate else "") for rule in study.constraints]
    capacity = study.facility.capacity
    needs = tuple(
        (
            need.name,
            _amount(need.total(capacity), need.unit),
            f"{_amount(capacity * need.low, need.unit)} to {_amount(capacity * need.high, need.unit)}"
            if need.low is not None and need.high is not None
            else "",
            need.source,
        )
        for need in study.facility.needs
    )
    grid = f"{plan.grid.cols:,} x {plan.grid.rows:,} cells of {plan.grid.cell:g} m in {plan.grid.crs}"
    search = study.sites
    searched = search_words(search, plan.site_cells)
    return CheckReport(
        tuple(rows),
        tuple(rules),
        needs,
        estimate(study, plan.area, workers=workers),
        grid,
        searched if plan.plots is None else _plots_said(plan),
        tuple(_decision_said(study)),
        study.defaults,
        (
            *_promises(study),
            *_looked_too_near(study),
            *distortion_said(study.crs, plan.area),
            *(study.weighed.warnings if study.weighed else ()),
        ),
        untested(study),
        tuple(_connection(study.connection)) if study.connection else (),
        tuple(readiness_said(study)),
    )


def _plots_said(plan: Plan) -> str:
    """Say which plots are ranked, and what one must have."""
    search, asked = plan.study.sites, plan.study.sites.candidates
    if plan.plots is None or asked is None:
        return ""
    said = (
        f"the best {search.count} of {len(plan.plots):,} plots of "
        f"{_selected(asked.layer, asked.where)}, of {search.area / 1e4:,.4g} ha or more"
    )
    if asked.assemble is not None:
        said += f", neighbours up to {asked.assemble:g} m apart taken together where they must be"
    return said + (f", {search.spacing / 1000:g} km apart" if search.spacing else "")


def _details(measure: Measure) -> str:
    """Say what a measure of the land, or a plug-in, looks at besides its layer."""
    said = []
    if isinstance(measure, ClassShare | ClassDistance):
        said.append(f"classes {', '.join(map(str, measure.classes))}")
    if isinstance(measure, ClassShare | ClassDistance | Coverage | KernelDensity) and measure.within is not None:
        said.append(f"within {format_quantity(measure.within, 'm')}")
    if isinstance(measure, KernelDensity) and measure.size:
        said.append(f"by {measure.size}")
    if isinstance(measure, Aspect) and measure.facing is not None:
        said.append(f"off {measure.facing:g} degrees")
    if isinstance(measure, PluggedMeasure):
        said += [measure.plugin, *(f"{name} = {value}" for name, value in measure.parameters)]
    return f" ({'; '.join(said)})" if said else ""


def _selected(layer: str, where: str | None) -> str:
    return layer + (f" where {where}" if where else "")


def _rule_said(rule: Constraint) -> tuple[str, str]:
    """Say what a rule keeps of what, and how far off or how much of it."""
    of, keep = _selected(rule.layer, rule.where), rule.keep
    held = f", only in {_selected(*rule.only_in)}" if rule.only_in else ""
    if rule.force:
        return f"free whatever other rules say: {of}{held}", _radius(rule.buffer)
    if isinstance(keep, str):
        return f"keep {keep} {of}{held}", _radius(rule.buffer)
    if isinstance(keep, KeepShare):
        return f"keep cells {keep.side} {of}{held}", f"at least {100 * keep.least:.4g} % of the cell"
    if isinstance(keep, KeepEnough):
        return f"keep unless {keep.need} is known to be short of {of}", f"less than {_amount(keep.wanted, '').strip()}"
    if isinstance(keep, KeepClasses):
        listed = ", ".join(str(one) for one in keep.classes)
        return f"keep by {keep.column or 'class'} of {of}{held}", f"{'not ' if keep.refused else ''}{listed}"
    unit = rule.measure.unit if rule.measure else ""
    ends = (("from", keep.minimum), ("to", keep.maximum))
    by = f"{rule.measure.kind.replace('_', ' ')} of " if rule.measure else ""
    of += _details(rule.measure) if rule.measure else ""
    return f"keep {by}{of}{held}", " ".join(f"{word} {format_quantity(end, unit)}" for word, end in ends if end is not None)


def _radius(buffer: float | PeopleDisc) -> str:
    return f"{buffer:g} m" if isinstance(buffer, float | int) else f"disc of {buffer.people} at {buffer.density * 1e6:,.0f} per km2"


def _connection(connection: Connection) -> Iterator[CheckRow]:
    """Say where a line goes, what a metre counts on the way, and what a kilometre is said to cost."""
    reach = f"cheapest of the {connection.best_of} nearest within {connection.within / 1000:g} km"
    yield CheckRow("Joined to", "", _selected(connection.layer, connection.where), reach, f"cells of {connection.cell:g} m")
    for each in connection.multipliers:
        counts = "barrier" if each.barrier else f"{each.factor:g} times"
        yield CheckRow(each.name, "", _selected(each.layer, each.where), counts, _radius(each.buffer))
    for row in connection.costs:
        worth = f"{row.low:g} to {row.high:g} {connection.currency} a km"
        yield CheckRow(row.name, "", f"{row.covers}; {row.year}: {row.source}", worth, "indicative")


def _decision_said(study: Study) -> list[str]:
    """Say how utilities are combined, and how weights were found where the criteria do not give their own."""
    said = [f"Combined by: {combination_words(study.combination, len(study.criteria))}"]
    if (found := study.weighed) is not None:
        ratio = found.consistency_ratio
        judged = f"lambda max {found.lambda_max:.4f}, consistency ratio {ratio:.3f}" if ratio is not None else ""
        said.append("Weights: " + "; ".join(part for part in (f"found by {found.method}", judged, *found.notes) if part))
    return [*said, _drawn_said(study), *_known_said(study)]


def _drawn_said(study: Study) -> str:
    """Say what is drawn to find how sure the ranking is."""
    asked = study.robustness
    sizes = [f"{each.column} of {_selected(each.layer, each.where)} by {each.spread:.4g}" for each in asked.volumes]
    return (
        f"Drawn: {asked.draws:,} times weights, {asked.weights.text()}; {asked.data_draws:,} times positions within their stated accuracy"
        f"{' and sizes (' + '; '.join(sizes) + ')' if sizes else ''}; seed {asked.seed}"
    )


def _known_said(study: Study) -> Iterator[str]:
    """Say what a back-test holds known sites against besides all scored land, where the study says so."""
    if study.backtest is None:
        return
    if (land := study.backtest.comparable) is not None:
        said = [f"outside '{rule}'" for rule in land.outside_rules]
        if (near := land.near) is not None:
            said.append(f"within {format_quantity(near.within, 'm')} of {_selected(near.layer, near.where)}")
        yield f"Back-test: comparable land is scored land {' and '.join(said)}"
    if (model := study.backtest.null) is not None:
        yield f"Back-test: the null model holds land for the better the nearer it lies to {_selected(model.layer, model.where)}"


def _amount(value: float, unit: str) -> str:
    return format_quantity(value, unit) if unit == "m2" else f"{value:,.6g} {unit}"


_IN_THE_UNIT = {"worst", "best", "at", "midpoint", "minimum", "maximum", "lower", "upper", "mean", "sd", "shift"}


def value_text(function: ValueFunction, unit: str) -> str:
    """Say a value function in words, with units.

    >>> from geo_engine.model import Linear
    >>> value_text(Linear(worst=25000.0, best=1000.0), "m")
    'linear: worst 25 km, best 1 km'
    >>> value_text(Bounded(Linear(25000.0, 1000.0), lower=500.0, below=0.0), "m")
    'linear: worst 25 km, best 1 km; below 500 m: 0'
    """
    if isinstance(function, Bounded):
        ends = ((function.lower, "below", function.below), (function.upper, "above", function.above))
        said = [
            f"{side} {format_quantity(end, unit)}: {'flat' if worth is None else f'{worth:g}'}"
            for end, side, worth in ends
            if end is not None
        ]
        return "; ".join([value_text(function.function, unit), *said])
    parts = []
    for field in fields(function):
        name, value = field.name, getattr(function, field.name)
        if name in _IN_THE_UNIT:
            parts.append(f"{name} {format_quantity(float(value), unit)}")
        elif name == "points":
            parts.append(", ".join(f"{format_quantity(q, unit)} = {u:g}" for q, u in value))
        elif name == "ranges":
            parts.append(", ".join(f"{format_quantity(a, unit)} to {format_quantity(b, unit)} = {u:g}" for a, b, u in value))
        elif value is not False:
            parts.append(name if value is True else f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}")
    return f"{function.kind}: {', '.join(parts)}"


def _warned(study: Study, plan: Plan) -> Iterator[str]:
    """Say what is allowed and may not be meant."""
    yield from _promises(study)
    yield from _looked_too_near(study)
    yield from distortion_said(study.crs, plan.area)
    yield from study.weighed.warnings if study.weighed else ()


def _looked_too_near(study: Study) -> Iterator[str]:
    """Warn of value functions that go on where a distance is not looked for any more."""
    for criterion in study.criteria:
        measure = criterion.measure
        if isinstance(measure, ClassDistance):
            ends = criterion_utility(criterion, np.array([measure.within, 2.0 * measure.within, 100.0 * measure.within], np.float32))
            if (ends != ends[0]).any():
                far = format_quantity(measure.within, "m")
                yield (
                    f"criterion '{criterion.name}' is told as {far} wherever no such cell is nearer, and is worth something else beyond: "
                    "give a longer within"
                )


def _promises(study: Study) -> list[str]:
    """Warn of names that say more than is measured."""
    out = []
    for criterion in study.criteria:
        claim = _CLAIMS.search(criterion.name)
        if isinstance(criterion.measure, Distance) and claim and not _HEDGE.search(criterion.name):
            out.append(
                f"criterion '{criterion.name}' says '{claim[0]}' but measures a distance; "
                f"name it after what it measures, as in 'Distance to ... (not {claim[0].lower()})'"
            )
    out += [
        f"rule '{rule.name}' is an estimate and does not say so in its name"
        for rule in study.constraints
        if rule.estimate and not re.search(r"estimate", rule.name, re.IGNORECASE)
    ]
    return out
