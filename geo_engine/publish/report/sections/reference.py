"""For looking up: the method with its formulas, the words, and the record of the run."""

from __future__ import annotations

import re

from geo_engine.publish.report.filed import Filed
from geo_engine.publish.report.phrases import listed, number, share_said
from geo_engine.publish.report.sections.formulas import formulas
from geo_engine.publish.report.tree import Items, Note, Paragraph, Section, Table

__all__ = ["reference"]

_WORDS = (
    (
        "area of search",
        "contiguous free land of the size that the facility needs, found by the engine; no site until somebody has looked at it",
    ),
    ("contribution", "what a criterion adds to the score, in points of 100"),
    ("corridor", "an indicative least-cost line to the grid; no design, and no offer of a connection"),
    ("criterion", "a measure, a value function and a weight"),
    ("declared gap", "something that matters and that no layer covers; it is named, and nothing was tested"),
    ("estimate", "a rule that stands in for better data"),
    ("free", "land that fails no rule that was tested and lacks no value that is needed"),
    ("near miss", "land that fails one rule and no other"),
    ("not beaten", "no other place is at least as good in both respects and better in one"),
    ("percentile", "the share of scored land that scores lower"),
    ("piece", "land connected over the sides of its cells, as large as the facility needs or larger"),
    ("rank interval", "the ranks between which 90 % of the draws lie; where two overlap, the two cannot be told apart"),
    ("readiness", "how far the study shows that a place is ready, subject by subject: green shown, amber open, red fails, grey not tested"),
    ("rival", "a place that the reader named, judged as the engine's own finds are"),
    ("score", "how well a place matches the weights, 0 to 100; no probability of success"),
    ("unreachable", "the network does not lead there; it costs points and excludes nothing"),
    ("utility", "worth of a quantity, 0 to 1"),
    ("vintage", "the date that data speak of, not of the download"),
)


def reference(filed: Filed) -> tuple[Section, ...]:
    """Write method, glossary and record."""
    return (_method(filed), _glossary(), _record(filed))


def _method(filed: Filed) -> Section:
    rows = tuple(
        (criterion.name, share_said(weight), measured, worth, criterion.why)
        for criterion, weight, (measured, worth) in zip(filed.study.criteria, filed.study.weights, filed.worth, strict=True)
    )
    columns = ("criterion", "weight", "measured", "worth", "why")
    criteria = Table("Criteria", columns, rows, (2, 0.8, 2, 2, 5), frozenset({1}))
    hectares = filed.record["hectares"]
    rules = tuple(
        (rule.name, f"keep {rule.keep}", number(float(hectares.get(rule.name, 0.0)), 0), rule.source or "no source given")
        for rule in filed.study.constraints
    )
    table = Table(
        "Rules", ("rule", "what", "ha that fail it, whatever else holds there", "source"), rules, (2.4, 1.2, 1.4, 5), frozenset({2})
    )
    opened = (
        f"Land is measured on a grid of {filed.surface.grid.cell:g} m cells in {filed.study.crs}. Each quantity becomes "
        "a utility, the utilities a "
        f"score by '{filed.record['study']['combined_by']}'. Rules keep land out; what was not tested keeps nothing out."
    )
    return Section("Method", (Paragraph(opened), criteria, table, Section("Formulas", (Items(formulas(filed.study)),))), new_page=True)


def _glossary() -> Section:
    return Section("Glossary", (Table("Words, as this report uses them", ("word", "meaning"), _WORDS, (1.5, 6)),))


def _record(filed: Filed) -> Section:
    record = filed.record
    commands = (str(record["command"]), filed.command)
    versions = [f"{name} {version}" for name, version in sorted(record["versions"].items())]
    hashes = tuple((name, digest) for name, digest in sorted(record["inputs_sha256"].items()))
    notes = [Note("Inputs have changed since the run; the hashes below are those that the run read.")] if filed.changed else []
    return Section(
        "The record",
        (
            *notes,
            Paragraph("The same inputs and versions give the same bytes. To make the run and this report again:"),
            Items(commands),
            Table("Inputs of the run, by SHA-256", ("file", "SHA-256"), hashes, (3, 5)),
            Paragraph(f"Versions: {listed(versions)}."),
            Paragraph(_seed(filed)),
        ),
    )


def _seed(filed: Filed) -> str:
    drawn = filed.record["robustness"]
    said = f"Draws use the seed {drawn['seed']}. " if "seed" in drawn else ""
    return said + "Places are projected by: " + re.sub(r"\s+", " ", str(filed.record["projection"]["pipeline"])) + "."
