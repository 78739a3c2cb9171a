"""The content of a report as a tree, before it has a face: what is said, in which order, and nothing of how it looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Figure", "Items", "Link", "Note", "Paragraph", "Part", "Report", "Section", "Table", "texts"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of plain text; no markup is read in it."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list of plain sentences, in order."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph that a reader must not miss: what the answer does not say."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A line that leads to a file beside the report.

    Parameters
    ----------
    text, file : str
        What is read, and the file's name relative to the report's folder; both faces show both.
    """

    text: str
    file: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts.

    Parameters
    ----------
    title : str
        What it shows.
    columns : tuple of str
        Heads.
    rows : tuple of tuple of str
        One text a column.
    widths : tuple of float
        Relative; one a column. Empty: all columns as wide as each other.
    figures : frozenset of int
        Columns that hold numbers and stand to the right.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()
    figures: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a row that does not fit the heads: a cell under the wrong head is a false statement."""
        if any(len(row) != len(self.columns) for row in self.rows) or (self.widths and len(self.widths) != len(self.columns)):
            msg = f"table '{self.title}' has rows or widths that do not fit its {len(self.columns)} columns"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing.

    Parameters
    ----------
    title : str
        What it shows.
    alternative : str
        What somebody who does not see it should know, in words.
    svg : bytes
        The drawing; it needs no font and nothing from elsewhere.
    share : float
        Of the text's width that it takes.
    """

    title: str
    alternative: str
    svg: bytes
    share: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a drawing without words."""
        if not self.alternative.strip():
            msg = f"figure '{self.title}' has no alternative text"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Section:
    """A headline with what stands under it.

    Parameters
    ----------
    title : str
        The headline; it is a bookmark of the PDF.
    parts : tuple of Part
        In order; sections among them are one level down.
    new_page : bool
        Whether it starts a page on paper.
    """

    title: str
    parts: tuple[Part, ...]
    new_page: bool = False


Part = Paragraph | Items | Note | Link | Table | Figure | Section


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report.

    Parameters
    ----------
    title, subtitle : str
        Of the study, and of the region.
    sections : tuple of Section
        In order.
    credit : str
        Whose data it shows, on every page of paper at the end.
    """

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    credit: str = ""


def texts(report: Report) -> Iterator[str]:
    """Give every text that a reader of either face must find, in order; of figures the title and the alternative.

    Examples
    --------
    >>> list(texts(Report("A study", "North", (Section("Why", (Paragraph("Because."), Items(("One.", "Two.")))),))))
    ['A study', 'North', 'Why', 'Because.', 'One.', 'Two.']
    """
    yield from (report.title, report.subtitle)
    for section in report.sections:
        yield from _texts(section)
    if report.credit:
        yield report.credit


def _texts(part: Part) -> Iterator[str]:
    match part:
        case Section(title=title, parts=parts):
            yield title
            for each in parts:
                yield from _texts(each)
        case Table(title=title, columns=columns, rows=rows):
            yield title
            yield from columns
            for row in rows:
                yield from (cell for cell in row if cell)
        case Figure(title=title, alternative=alternative):
            yield from (title, alternative)
        case Items(items=items):
            yield from items
        case Link(text=text, file=file):
            yield from (text, file)
        case Paragraph(text=text) | Note(text=text):
            yield text
