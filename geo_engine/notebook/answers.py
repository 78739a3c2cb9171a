"""Answers of a run that show themselves: why a place scores what it scores, and what is otherwise in another run."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from geo_engine import run as engine
from geo_engine.notebook.tables import contribution_table
from geo_engine.run.given import Bar, Card, CardTable
from geo_engine.units import format_quantity

__all__ = ["Comparison", "Explanation"]

_MOST_SHOWN = 10


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """Why a place scores what it scores.

    Parameters
    ----------
    answer : Answer
        All that the run says of it: rank, percentile, rules failed, needs, readiness, sureness, what would change its rank.
    """

    answer: engine.Answer

    @cached_property
    def contributions(self) -> pd.DataFrame:
        """One row a criterion: quantity, utility, weight, points (they add up to the score), nearest feature, source."""
        return contribution_table(self.answer)

    @property
    def score(self) -> float:
        """Of 100; NaN where it is unknown."""
        return self.answer.score

    @property
    def reason(self) -> str:
        """Why it ranks where it does, in a sentence."""
        return self.answer.reason

    @cached_property
    def needs(self) -> pd.DataFrame:
        """One row a need of the facility: what is wanted, what is there, and whether that is enough, in `unit` of SI."""
        rows = [[need.need, need.wanted, need.there, need.unit, need.state, need.feature, need.remark] for need in self.answer.needs]
        return pd.DataFrame(rows, columns=["need", "wanted", "there", "unit", "state", "feature", "remark"])

    def __repr__(self) -> str:
        return f"{self._title()}\n{self._lead()}\n{self.answer.reason}"

    def _repr_html_(self) -> str:
        answer = self.answer
        most = max((part.weight for part in answer.contributions), default=1.0) or 1.0
        rows = tuple(
            (
                part.criterion,
                format_quantity(part.value, part.unit),
                source.nearest,
                Bar(part.points / (100.0 * most), f"{part.points:.1f} of {100 * part.weight:.1f}"),
                "; ".join(text for text in (source.layer, source.vintage, source.accuracy) if text),
            )
            for part, source in zip(answer.contributions, answer.sources, strict=True)
        )
        columns = ("criterion", "measured", "to", "points", "data, vintage, accuracy")
        readiness = f"Readiness: {answer.readiness.said}." if answer.readiness else ""
        table = CardTable("What adds up to the score", columns, rows)
        return Card("Why", self._title(), self._lead(), (table,), (answer.reason, self._sure(), readiness)).html()

    def _title(self) -> str:
        there = self.answer.where
        return self.answer.name if there in {"", self.answer.name} else f"{self.answer.name} ({there})"

    def _lead(self) -> str:
        answer = self.answer
        below = math.floor(10 * answer.percentile) / 10 if not math.isnan(answer.percentile) else math.nan  # 99.96 is not better than all
        score = "no score" if math.isnan(answer.score) else f"{answer.score:.1f} of 100, better than {below:.1f} % of scored land"
        rank = f"; rank {answer.rank}" if answer.rank is not None else ""
        return f"{score}{rank}; {answer.status}."

    def _sure(self) -> str:
        sure = self.answer.sureness
        if sure is None or sure.note:
            return ""
        return f"Tier {sure.tier}: ranks {sure.rank_p05} to {sure.rank_p95} in 90 % of {sure.draws:,} draws of weights and data."


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Two runs side by side.

    Parameters
    ----------
    found : geo_engine.run.Comparison
        What moved, what is gone and new, which inputs are not the same.
    """

    found: engine.Comparison

    @cached_property
    def moved(self) -> pd.DataFrame:
        """One row an area of both runs: ranks, scores, and the points of the change by input and by criterion."""
        rows = [
            {
                "name": area.name,
                "rank": area.rank,
                "other_rank": area.other_rank,
                "score": area.score,
                "other_score": area.other_score,
                "change": area.change,
                **{f"by_{name}": points for name, points in area.by_input.items()},
                **{f"by_{name}": points for name, points in area.by_criterion.items()},
                "same_cells": area.same_cells,
                "site_id": area.site_id,
                "other_id": area.other_id,
            }
            for area in self.found.moved
        ]
        return pd.DataFrame(rows) if rows else pd.DataFrame(columns=["name", "rank", "other_rank", "score", "other_score", "change"])

    @cached_property
    def gone(self) -> pd.DataFrame:
        """Areas of the first run only, and why."""
        return _unmatched(self.found.gone)

    @cached_property
    def new(self) -> pd.DataFrame:
        """Areas of the second run only, and why."""
        return _unmatched(self.found.new)

    @property
    def inputs_changed(self) -> tuple[str, ...]:
        """Files that the two read and that are not the same."""
        return self.found.inputs_changed

    def __repr__(self) -> str:
        found = self.found
        counts = f"{len(found.moved)} areas in both, {len(found.gone)} only in the first, {len(found.new)} only in the second"
        return f"{found.first} -> {found.second}: {counts}"

    def _repr_html_(self) -> str:
        found = self.found
        moved = tuple(
            (
                area.name,
                f"{area.rank} → {area.other_rank}",
                f"{area.score:.1f} → {area.other_score:.1f}",
                f"{area.change:+.2f}",
                area.input,
                area.criterion,
            )
            for area in found.moved[:_MOST_SHOWN]
        )
        columns = ("area", "rank", "score", "change", "most by", "criterion")
        head = ("area", "rank", "score", "reason", "in the other run")
        left = [
            CardTable(title, head, tuple((a.name, str(a.rank), f"{a.score:.1f}", a.reason, a.detail) for a in areas[:_MOST_SHOWN]))
            for title, areas in (("Only in the first run", found.gone), ("Only in the second run", found.new))
        ]
        changed = f"Inputs that are not the same: {', '.join(found.inputs_changed)}." if found.inputs_changed else ""
        counts = f"{len(found.moved)} areas in both, {len(found.gone)} only in the first, {len(found.new)} only in the second."
        tables = (CardTable("Areas of both runs, best first", columns, moved), *left)
        most = max(len(areas) for areas in (found.moved, found.gone, found.new))
        cut = f"The first {_MOST_SHOWN} of each are shown; moved, gone and new hold all." if most > _MOST_SHOWN else ""
        return Card("Comparison", f"{found.first} → {found.second}", counts, tables, (cut, changed)).html()


def _unmatched(areas: tuple[engine.Unmatched, ...]) -> pd.DataFrame:
    columns = ["site_id", "name", "rank", "score", "reason", "detail"]
    return pd.DataFrame([[getattr(area, name) for name in columns] for area in areas], columns=columns)
