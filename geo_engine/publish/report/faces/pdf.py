"""A report as a PDF: set by typst from a source in which every text of ours is a string, never markup."""

from __future__ import annotations

import datetime as dt
import tempfile
from importlib.util import find_spec
from pathlib import Path

from geo_engine.errors import Fault, RunError
from geo_engine.publish import style
from geo_engine.publish.report.faces.letters import breakable, fonts_folder, legible, paper_letters, spelled
from geo_engine.publish.report.faces.numbered import numbered
from geo_engine.publish.report.figures.canvas import words
from geo_engine.publish.report.tree import Figure, Items, Link, Note, Paragraph, Part, Report, Section, Table

__all__ = ["pdf_face", "typst_source"]

_DATED = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
_WIDTH, _INSET, _CELL_TYPE = 481.8, 6.0, 8.0  # points: of the text, of what a cell leaves free, and a cell's type
_FOOT = 90  # letters of the foot of a page
_TEXT, _HEADLINE, _TITLE = 45.0, 28.0, 20.0  # room of a line, in sizes of its type
_WHOLE_CELL = 900  # letters: longer cells may go on over the page
_HEAD = """
#set document(title: title-said, author: "geo_engine", date: none)
#set page(paper: "a4", margin: (x: 20mm, top: 20mm, bottom: 22mm), numbering: "1",
  footer: context [#set text(size: 8pt, fill: muted)
    #text(foot-said) #h(1fr) #counter(page).display("1 / 1", both: true)])
#set text(font: ("Libertinus Serif", "DejaVu Sans"), size: 10pt, lang: "en", region: "GB", hyphenate: false, fill: ink)
#set par(leading: 0.6em, spacing: 0.85em)
#show heading.where(level: 1): it => block(above: 1.4em, below: 0.8em, text(size: 17pt, fill: accent, it.body))
#show heading.where(level: 2): it => block(above: 1.3em, below: 0.7em, text(size: 12.5pt, it.body))
#show heading.where(level: 3): it => block(above: 1.1em, below: 0.6em, text(size: 10.5pt, it.body))
#show table.cell.where(y: 0): set text(weight: "bold")
#show table: set text(size: 8pt)
#show table: set par(leading: 0.45em)
#set table(stroke: (x, y) => (bottom: if y == 0 { 0.8pt } else { 0.3pt + rgb("#c9ced4") }), inset: (x: 3pt, y: 3pt))
#let said(name) = block(above: 1em, below: 0.5em, sticky: true, text(size: 9pt, weight: "bold", name))
#let important(body) = block(width: 100%, fill: land, stroke: (left: 2.5pt + attention), inset: 7pt, body)
#show outline.entry.where(level: 1): set block(above: 0.9em)
#show outline.entry: set text(size: 9pt)
#let drawing(file, share, alternative, name) = block(breakable: false, above: 1em, below: 1em)[
  #align(left, image(file, width: share, alt: alternative))
  #block(above: 0.4em, text(size: 8.5pt, fill: muted, name))]
"""


def typst_source(report: Report) -> tuple[str, dict[str, bytes]]:
    """Write a report as typst source.

    Parameters
    ----------
    report : Report
        The content; letters that no font of the paper has are written by their names.

    Returns
    -------
    source : str
        Every text stands in it as an escaped string, so that no letter of it is markup.
    drawings : dict of str to bytes
        The files that it shows, by name.
    """
    report = numbered(report)
    drawings: dict[str, bytes] = {}
    colours = {"ink": style.INK, "muted": style.MUTED, "accent": style.SCORE_STOPS[6][1], "land": style.LAND, "attention": style.ATTENTION}
    lines = [
        *(f"#let {name} = rgb({_quoted(colour)})" for name, colour in colours.items()),
        f"#let title-said = {_quoted(legible(f'{report.title}: {report.subtitle}'))}",
        f"#let foot-said = {_string(words(f'{report.subtitle}. {report.title}', _FOOT))}",
        _HEAD,
        f"#text(size: 11pt, fill: muted, {_string(report.title)})",
        f'#block(above: 1.3em, below: 1em, text(size: 24pt, weight: "bold", {_string(report.subtitle, _TITLE)}))',
        '#outline(title: text("Contents"), depth: 2)',
        "#pagebreak()",
    ]
    for section in report.sections:
        lines += _part(section, 1, drawings)
    lines.append(f"#block(above: 2em, breakable: false, text(size: 8pt, fill: muted, {_string(report.credit)}))")
    return "\n".join(lines) + "\n", drawings


def pdf_face(report: Report) -> bytes:
    """Give a report as a PDF.

    Fonts are those that typst and matplotlib carry, and no others. The same report gives the same bytes. It keeps to PDF/UA-1: headlines
    are bookmarks, tables have heads, drawings have words.

    Parameters
    ----------
    report : Report
        The content.

    Raises
    ------
    RunError
        If typst or matplotlib, the extra ``report``, is not there.
    """
    if find_spec("typst") is None or find_spec("matplotlib") is None:
        raise RunError(Fault("report.pdf", "needs typst and matplotlib", remedy="pip install 'geo-engine[report]'"))
    import typst  # noqa: PLC0415 - an extra

    source, drawings = typst_source(report)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "report.typ").write_text(source, encoding="utf-8")
        for name, drawing in drawings.items():
            (place / name).write_bytes(drawing)
        made = typst.compile(
            str(place / "report.typ"),
            root=folder,
            font_paths=[str(fonts_folder())],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=int(_DATED.timestamp()),
        )
    return bytes(made)


def _string(text: str, room: float = _TEXT) -> str:
    """Write a text as a typst string: what paper can show, and a word that is wider than its room may break."""
    return _quoted(breakable(spelled(legible(text), paper_letters()), room))


def _quoted(text: str) -> str:
    r"""Write a text as a typst string, letter by letter.

    >>> print(_quoted('A "quoted" #name * C:\\x'))
    "A \"quoted\" #name * C:\\x"
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _part(part: Part, level: int, drawings: dict[str, bytes]) -> list[str]:  # noqa: PLR0911 - a return a kind
    match part:
        case Section(title=title, parts=parts, new_page=new_page):
            lines = ["#pagebreak(weak: true)"] if new_page else []
            lines.append(f"#heading(level: {level}, text({_string(title, _HEADLINE)}))")
            return lines + [line for each in parts for line in _part(each, level + 1, drawings)]
        case Table():
            return [f"#said({_string(part.title)})", _table(part)]
        case Figure(title=title, alternative=alternative, svg=svg, share=share):
            name = f"figure{len(drawings) + 1}.svg"
            drawings[name] = svg
            return [f'#drawing("{name}", {100 * share:g}%, {_quoted(legible(alternative))}, {_string(title)})']
        case Items(items=items):
            return [f"#list({', '.join(f'text({_string(item)})' for item in items)})"] if items else []
        case Link(text=text, file=file):
            return [f"#par[#link({_quoted(legible(file))}, text(fill: accent, {_string(text)})) #text(fill: muted, {_string(file)})]"]
        case Note(text=text):
            return [f"#important(text({_string(text)}))"]
        case Paragraph(text=text):
            return [f"#par(text({_string(text)}))"]


def _table(table: Table) -> str:
    shares = table.widths or (1.0,) * len(table.columns)
    rooms = [(_WIDTH * share / sum(shares) - _INSET) / _CELL_TYPE for share in shares]

    def cells(row: tuple[str, ...]) -> str:
        return ", ".join(f"text({_string(cell, room)})" for cell, room in zip(row, rooms, strict=True))

    widths = ", ".join(f"{share:g}fr" for share in shares)
    sides = ", ".join("right" if place in table.figures else "left" for place in range(len(table.columns)))
    rows = ",\n  ".join(cells(row) for row in table.rows)
    whole = max((len(cell) for row in table.rows for cell in row), default=0) <= _WHOLE_CELL
    keep = "#set table.cell(breakable: false)\n" if whole else ""
    return f"#[{keep}#table(columns: ({widths},), align: ({sides},),\n  table.header({cells(table.columns)}),\n  {rows})]"
