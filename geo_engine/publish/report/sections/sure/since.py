"""What moved since an earlier report, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from geo_engine.publish.report.answers import Shift, Unmatched
from geo_engine.publish.report.filed import Filed
from geo_engine.publish.report.phrases import DASH, count_said, listed, number
from geo_engine.publish.report.tree import Items, Paragraph, Part, Section, Table

__all__ = ["since"]

_LEAST = 0.05  # points: less is not told as a change
_NAMED = 5


def since(filed: Filed) -> tuple[Section, ...]:
    """Write which places moved, came and went since an earlier run, and which input did it; nothing where no run was given."""
    told = filed.since
    if told is None:
        return ()
    moved = [shift for shift in told.shifts if abs(shift.score - shift.score_before) >= _LEAST or shift.rank != shift.rank_before]
    both = f"The earlier run is {told.earlier}; this one is {told.now}."
    if not (moved or told.came or told.gone):
        opened = f"{both} Nothing moved: all {len(told.shifts)} {filed.noun} are where they were, with the same scores and ranks."
    else:
        kept = count_said(len(told.shifts), f"{filed.one} is", f"{filed.noun} are").capitalize()
        opened = (
            f"{both} {kept} in both, of which {len(moved)} changed in score or rank; {len(told.came)} came and {len(told.gone)} went. "
            "A change of score is shared out among what changed, so that the shares add up to it."
        )
    files = "No input differs." if not told.inputs_changed else f"Inputs that differ: {listed(list(told.inputs_changed), most=_NAMED)}."
    parts: list[Part] = [Paragraph(opened), Paragraph(files)]
    if moved:
        parts += [Items(tuple(_sentence(filed, shift) for shift in _largest(moved))), _moved(filed, told.shifts)]
    parts += [_alone(f"{filed.noun.capitalize()} that went", "why this run has it not", told.gone)] if told.gone else []
    parts += [_alone(f"{filed.noun.capitalize()} that came", "why the earlier run had it not", told.came)] if told.came else []
    return (Section("What moved since the earlier report", tuple(parts), new_page=bool(moved or told.came or told.gone)),)


def _largest(moved: Sequence[Shift]) -> list[Shift]:
    return sorted(moved, key=lambda shift: (-abs(shift.score - shift.score_before), shift.rank))[:_NAMED]


def _sentence(filed: Filed, shift: Shift) -> str:
    change = shift.score - shift.score_before
    way = "keeps its score" if abs(change) < _LEAST else f"{'gained' if change > 0 else 'lost'} {number(abs(change))} points"
    ranks = f"rank {shift.rank}, as before" if shift.rank == shift.rank_before else f"rank {shift.rank_before} before, {shift.rank} now"
    why = ""
    if abs(change) >= _LEAST and (most := _most(shift.by_input)):
        why = f", most of it by {most}"
        if largest := _most(shift.by_criterion):
            why += f" and in '{_label(filed, largest)}'"
    cells = "" if shift.same_cells else "; it is made of other cells than before"
    return f"{shift.name} {way} ({ranks}){why}{cells}."


def _most(shares: Mapping[str, float]) -> str:
    return max(shares, key=lambda name: abs(shares[name])) if any(shares.values()) else ""


def _label(filed: Filed, slug: str) -> str:
    return next((criterion.label for criterion in filed.study.criteria if criterion.slug == slug), slug.replace("_", " "))


def _moved(filed: Filed, shifts: Sequence[Shift]) -> Table:
    inputs = list(shifts[0].by_input)
    rows = []
    for shift in shifts:
        change = shift.score - shift.score_before
        most = _most(shift.by_criterion)
        told = f"{_label(filed, most)} {_signed(shift.by_criterion[most])}" if most and abs(change) >= _LEAST else DASH
        name = shift.name if shift.name == shift.name_before else f"{shift.name} (before: {shift.name_before})"
        scores = (number(shift.score_before), number(shift.score), _signed(change))
        rows.append(
            (name, f"{shift.rank_before} to {shift.rank}", *scores, *(_signed(shift.by_input[each]) for each in inputs), told)
        )  # fmt: skip
    columns = ("place", "rank", "before", "now", "change", *(f"by {name}" for name in inputs), "largest by criterion")
    widths = (2.6, 0.9, 0.8, 0.7, 0.8, *(0.9 for _ in inputs), 1.9)
    return Table("Points by what changed", columns, tuple(rows), widths, frozenset(range(2, 5 + len(inputs))))


def _signed(points: float) -> str:
    """Write a change with its sign; what rounds to nothing has none.

    >>> _signed(0.26), _signed(-0.04), _signed(-1.25)
    ('+0.3', '0.0', '-1.2')
    """
    return f"{points:+.1f}" if round(points, 1) else "0.0"


def _alone(title: str, head: str, sites: Sequence[Unmatched]) -> Table:
    rows = tuple((site.name, str(site.rank), number(site.score), site.why) for site in sites)
    return Table(title, ("place", "rank", "score", head), rows, (3, 0.7, 0.8, 5), frozenset({1, 2}))
