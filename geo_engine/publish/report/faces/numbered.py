"""Numbers of tables and figures, the same in both faces, so that a reader can be told where to look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from geo_engine.publish.report.tree import Figure, Part, Report, Section, Table

__all__ = ["numbered"]


def numbered(report: Report) -> Report:
    """Give tables and figures their numbers in their titles, each kind by itself through the whole report.

    Parameters
    ----------
    report : Report
        As it was built.

    Examples
    --------
    >>> made = numbered(Report("A", "B", (Section("C", (Table("Areas", ("n",), ()), Section("D", (Table("Needs", ("n",), ()),)))),)))
    >>> made.sections[0].parts[0].title, made.sections[0].parts[1].parts[0].title
    ('Table 1. Areas', 'Table 2. Needs')
    """
    tables, figures = count(1), count(1)
    return replace(report, sections=tuple(_section(each, tables, figures) for each in report.sections))


def _section(section: Section, tables: Iterator[int], figures: Iterator[int]) -> Section:
    def told(part: Part) -> Part:
        match part:
            case Section():
                return _section(part, tables, figures)
            case Table(title=title):
                return replace(part, title=f"Table {next(tables)}. {title}")
            case Figure(title=title):
                return replace(part, title=f"Figure {next(figures)}. {title}")
        return part

    return replace(section, parts=tuple(told(part) for part in section.parts))
