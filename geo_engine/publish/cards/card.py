"""What a card is made of, and its HTML: every text escaped, no script, no request, readable in light and dark and without its style."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from geo_engine.publish.style import DARK, FONT, LIGHT

__all__ = ["Bar", "Card", "CardTable", "Cell"]

# Marks of a dark theme: JupyterLab, VS Code, Sphinx and nbconvert pages; each is the page's own word, whatever the system prefers.
_DARK_PAGES = ('[data-jp-theme-light="false"]', ".vscode-dark", ".vscode-high-contrast", 'html[theme="dark"]', '[data-theme="dark"]')
_NAMES = ("muted", "line", "earned", "missed", "accent", "warn")


@dataclass(frozen=True, slots=True)
class Bar:
    """A cell that shows a share as a bar with its figure beside it.

    Parameters
    ----------
    share : float
        0 to 1; beyond is cut, NaN draws none.
    text : str
        The figure.
    """

    share: float
    text: str


Cell = str | Bar
"""What a card's table holds."""


@dataclass(frozen=True, slots=True)
class CardTable:
    """A table of a card.

    Parameters
    ----------
    title : str
        Above it.
    columns : tuple of str
        Heads.
    rows : tuple of tuple of Cell
        One cell a column.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A card.

    Parameters
    ----------
    kind : str
        What it is about, in a word: ``Study``.
    title : str
        Its name.
    lead : str
        The sentence beneath.
    tables : tuple of CardTable
        In order; those without rows are left out.
    notes : tuple of str
        Sentences at the end; blank ones are left out.
    picture, picture_says : str
        Address of a picture (``data:``), and what it shows in words; blank without one.
    """

    kind: str
    title: str
    lead: str = ""
    tables: tuple[CardTable, ...] = ()
    notes: tuple[str, ...] = ()
    picture: str = ""
    picture_says: str = ""

    def html(self) -> str:
        """Give the card as HTML.

        >>> text = Card("Study", "<script>alert(1)</script>").html()
        >>> "<script" in text, "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        (False, True)
        """
        return "".join(self._parts())

    def _parts(self) -> Iterator[str]:
        yield f'<div class="geo-engine-card"><style>{_STYLE}</style>'
        yield f'<div class="gc-head"><span class="gc-kind">{escape(self.kind)}</span> <strong>{escape(self.title)}</strong></div>'
        if self.lead:
            yield f'<div class="gc-lead">{escape(self.lead)}</div>'
        yield '<div class="gc-body">'
        if self.picture:
            says = escape(self.picture_says)
            yield f'<img class="gc-picture" src="{escape(self.picture)}" alt="{says}" title="{says}">'
        yield '<div class="gc-tables">'
        for table in self.tables:
            if table.rows:
                yield from _table(table)
        yield "</div></div>"
        for note in self.notes:
            if note:
                yield f'<div class="gc-note">{escape(note)}</div>'
        yield "</div>"


def _table(table: CardTable) -> Iterator[str]:
    yield f"<table><caption>{escape(table.title)}</caption><thead><tr>"
    figures = [all(_is_figure(row[place]) for row in table.rows) for place in range(len(table.columns))]
    for column, figure in zip(table.columns, figures, strict=True):
        yield f'<th scope="col"{_side(figure=figure)}>{escape(column)}</th>'
    yield "</tr></thead><tbody>"
    for row in table.rows:
        yield "<tr>" + "".join(_cell(cell, figure=figure) for cell, figure in zip(row, figures, strict=True)) + "</tr>"
    yield "</tbody></table>"


def _cell(cell: Cell, *, figure: bool) -> str:
    if isinstance(cell, str):
        return f"<td{_side(figure=figure)}>{escape(cell)}</td>"
    if math.isnan(cell.share):
        return f"<td>{escape(cell.text)}</td>"
    width = 100.0 * min(max(cell.share, 0.0), 1.0)
    return f'<td class="gc-share"><span class="gc-bar"><i style="width:{width:.1f}%"></i></span> {escape(cell.text)}</td>'


def _is_figure(cell: Cell) -> bool:
    return isinstance(cell, str) and cell.replace(".", "").replace(",", "").replace("-", "").replace("%", "").strip().isdigit()


def _side(*, figure: bool) -> str:
    return ' class="gc-figure"' if figure else ""


def _colours(named: Mapping[str, str]) -> str:
    return ";".join(f"--gc-{name}:{named[name]}" for name in _NAMES)


def _style() -> str:
    dark = ",".join(f"{page} .geo-engine-card" for page in _DARK_PAGES)
    return (
        f".geo-engine-card{{{_colours(LIGHT)};color:inherit;font:13px/1.45 {FONT};max-width:70rem;"
        "border:1px solid var(--gc-line);border-left:4px solid var(--gc-accent);border-radius:4px;padding:.6em .9em;margin:.3em 0}"
        f"{dark}{{{_colours(DARK)}}}"
        ".geo-engine-card .gc-kind,.geo-engine-card .gc-lead,.geo-engine-card .gc-note,.geo-engine-card caption,.geo-engine-card th"
        "{color:var(--gc-muted)}"
        ".geo-engine-card .gc-kind{font-size:.85em;letter-spacing:.04em;text-transform:uppercase;margin-right:.5em}"
        ".geo-engine-card strong{font-size:1.1em}"
        ".geo-engine-card .gc-body{display:flex;flex-wrap:wrap;gap:1em;align-items:flex-start;margin:.4em 0}"
        ".geo-engine-card .gc-tables{flex:1 1 24em;min-width:0;overflow-x:auto}"
        ".geo-engine-card .gc-picture{max-height:320px;max-width:100%}"
        ".geo-engine-card table{border-collapse:collapse;margin:0 0 .6em;font-size:inherit}"
        ".geo-engine-card caption{text-align:left;font-size:.92em;padding:.1em 0;caption-side:top}"
        ".geo-engine-card th,.geo-engine-card td{text-align:left;vertical-align:top;padding:.15em .8em .15em 0;"
        "border:0;border-bottom:1px solid var(--gc-line);background:none;white-space:normal;max-width:26em}"
        ".geo-engine-card th{font-weight:600}"
        ".geo-engine-card .gc-figure{text-align:right;font-variant-numeric:tabular-nums}"
        ".geo-engine-card .gc-share{white-space:nowrap}"
        ".geo-engine-card .gc-bar{display:inline-block;width:6em;height:.65em;background:var(--gc-missed);border-radius:2px;"
        "overflow:hidden;margin-right:.3em;vertical-align:baseline}"
        ".geo-engine-card .gc-bar i{display:block;height:100%;background:var(--gc-earned)}"
    )


_STYLE = _style()
