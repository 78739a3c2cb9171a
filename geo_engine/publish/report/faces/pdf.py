"""A report as a PDF: set by typst from a source in which every text of ours is a string, never markup."""

from __future__ import annotations

import datetime as dt
import tempfile
from importlib.util import find_spec
from pathlib import Path

from geo_engine.errors import Fault, RunError
from geo_engine.publish import style
from geo_engine.publish.report.tree import Figure, Items, Link, Note, Paragraph, Part, Report, Section, Table

__all__ = ["pdf_face", "typst_source"]

_DATED = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
_BREAK = "\u200b"  # a place where a line may end, without width
_LONG_WORD = 24
_WHOLE_CELL = 900  # letters: longer cells may go on over the page
_HEAD = """
#set document(title: TITLE, author: "geo_engine", date: none)
#set page(paper: "a4", margin: (x: 20mm, top: 20mm, bottom: 22mm), numbering: "1",
  footer: context [#set text(size: 8pt, fill: rgb("MUTED"))
    #text(SUBTITLE) #h(1fr) #counter(page).display("1 / 1", both: true)])
#set text(font: ("Libertinus Serif", "DejaVu Sans"), size: 10pt, lang: "en", region: "GB", hyphenate: false, fill: rgb("INK"))
#set par(leading: 0.6em, spacing: 0.85em)
#show heading.where(level: 1): it => block(above: 1.4em, below: 0.8em, text(size: 17pt, fill: rgb("ACCENT"), it.body))
#show heading.where(level: 2): it => block(above: 1.3em, below: 0.7em, text(size: 12.5pt, it.body))
#show heading.where(level: 3): it => block(above: 1.1em, below: 0.6em, text(size: 10.5pt, it.body))
#show table.cell.where(y: 0): set text(weight: "bold")
#show table: set text(size: 8pt)
#show table: set par(leading: 0.45em)
#set table(stroke: (x, y) => (bottom: if y == 0 { 0.8pt } else { 0.3pt + rgb("#c9ced4") }), inset: (x: 3pt, y: 3pt))
#let said(name) = block(above: 1em, below: 0.5em, sticky: true, text(size: 9pt, weight: "bold", name))
#let important(body) = block(width: 100%, fill: rgb("LAND"), stroke: (left: 2.5pt + rgb("ATTENTION")), inset: 7pt, body)
#let drawing(file, share, alternative, name) = block(breakable: false, above: 1em, below: 1em)[
  #align(left, image(file, width: share, alt: alternative))
  #block(above: 0.4em, text(size: 8.5pt, fill: rgb("MUTED"), name))]
"""


def typst_source(report: Report) -> tuple[str, dict[str, bytes]]:
    """Write a report as typst source.

    Parameters
    ----------
    report : Report
        The content.

    Returns
    -------
    source : str
        Every text stands in it as an escaped string, so that no letter of it is markup.
    drawings : dict of str to bytes
        The files that it shows, by name.
    """
    drawings: dict[str, bytes] = {}
    colours = {"INK": style.INK, "MUTED": style.MUTED, "ACCENT": style.SCORE_STOPS[6][1], "LAND": style.LAND, "ATTENTION": style.ATTENTION}
    head = _HEAD
    for name, colour in colours.items():
        head = head.replace(f'"{name}"', f'"{colour}"')
    head = head.replace("SUBTITLE", _string(f"{report.subtitle}. {report.title}")).replace(
        "TITLE", _string(f"{report.title}: {report.subtitle}")
    )
    lines = [
        head,
        f'#text(size: 11pt, fill: rgb("{style.MUTED}"), {_string(report.title)})',
        f"#block(above: 1.3em, below: 1em, text(size: 24pt, weight: {_string('bold')}, {_string(report.subtitle)}))",
    ]
    for section in report.sections:
        lines += _part(section, 1, drawings)
    lines.append(f'#block(above: 2em, text(size: 8pt, fill: rgb("{style.MUTED}"), {_string(report.credit)}))')
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
    import matplotlib as mpl  # noqa: PLC0415 - an extra
    import typst  # noqa: PLC0415

    source, drawings = typst_source(report)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "report.typ").write_text(source, encoding="utf-8")
        for name, drawing in drawings.items():
            (place / name).write_bytes(drawing)
        made = typst.compile(
            str(place / "report.typ"),
            root=folder,
            font_paths=[str(Path(mpl.get_data_path()) / "fonts" / "ttf")],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=int(_DATED.timestamp()),
        )
    return bytes(made)


def _string(text: str) -> str:
    r"""Write a text as a typst string.

    >>> print(_string('A "quoted" #name * C:\\x'))
    "A \"quoted\" #name * C:\\x"
    """
    shown = "".join(letter if letter.isprintable() or letter == _BREAK else " " for letter in text)
    return '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _part(part: Part, level: int, drawings: dict[str, bytes]) -> list[str]:  # noqa: PLR0911 - a return a kind
    match part:
        case Section(title=title, parts=parts, new_page=new_page):
            lines = ["#pagebreak(weak: true)"] if new_page else []
            lines.append(f"#heading(level: {level}, text({_string(title)}))")
            return lines + [line for each in parts for line in _part(each, level + 1, drawings)]
        case Table():
            return [f"#said({_string(part.title)})", _table(part)]
        case Figure(title=title, alternative=alternative, svg=svg, share=share):
            name = f"figure{len(drawings) + 1}.svg"
            drawings[name] = svg
            return [f'#drawing("{name}", {100 * share:g}%, {_string(alternative)}, {_string(title)})']
        case Items(items=items):
            return [f"#list({', '.join(f'text({_string(item)})' for item in items)})"] if items else []
        case Link(text=text, file=file):
            return [f"#par[#text({_string(text)}) #text(fill: rgb({_string(style.MUTED)}), {_string(file)})]"]
        case Note(text=text):
            return [f"#important(text({_string(text)}))"]
        case Paragraph(text=text):
            return [f"#par(text({_string(text)}))"]


def _table(table: Table) -> str:
    widths = ", ".join(f"{width:g}fr" for width in table.widths or (1.0,) * len(table.columns))
    sides = ", ".join("right" if place in table.figures else "left" for place in range(len(table.columns)))
    heads = ", ".join(f"text({_string(name)})" for name in table.columns)
    rows = ",\n  ".join(", ".join(f"text({_string(_breakable(cell))})" for cell in row) for row in table.rows)
    whole = max((len(cell) for row in table.rows for cell in row), default=0) <= _WHOLE_CELL
    keep = "#set table.cell(breakable: false)\n" if whole else ""
    return f"#[{keep}#table(columns: ({widths},), align: ({sides},),\n  table.header({heads}),\n  {rows})]"


def _breakable(text: str) -> str:
    """Let a long word break after a stroke or an underscore, and a very long one anywhere, so that it stays in its column."""
    words = [word if len(word) <= _LONG_WORD else _BREAK.join(word) for word in text.split(" ")]
    return " ".join(words)
