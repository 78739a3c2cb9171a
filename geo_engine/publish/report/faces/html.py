"""A report as one HTML file: no script, no request, drawings inside."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Sequence
from importlib.resources import files
from itertools import count

from geo_engine.publish import style
from geo_engine.publish.report.faces.letters import legible, long_words
from geo_engine.publish.report.faces.numbered import numbered
from geo_engine.publish.report.tree import Figure, Items, Link, Note, Paragraph, Part, Report, Section, Table

__all__ = ["html_face", "page"]

_LOWEST = 6  # level of headlines
_COLOURS = ("ink", "muted", "paper", "sunken", "line", "accent", "attention", "focus")  # of the map's page, by day and by night


def html_face(report: Report) -> str:
    """Give a report as an HTML document.

    Parameters
    ----------
    report : Report
        The content; every text is escaped.

    Returns
    -------
    str
        One file: a policy that forbids scripts and requests, the style, a table of contents, the content.
    """
    report = numbered(report)
    body = [
        '<a class="skip" href="#content">Skip to the report</a>',
        f'<header><p class="study">{_text(report.title)}</p><h1>{_text(report.subtitle)}</h1></header>',
        f'<nav aria-label="Contents">{_contents(report.sections, "part")}</nav><main id="content" tabindex="-1">',
        *(_part(section, 2, _anchor("part", number)) for number, section in enumerate(report.sections)),
        f"</main><footer><p>{_text(report.credit)}</p></footer>",
    ]
    return page(f"{report.title}: {report.subtitle}", "\n".join(body))


def page(title: str, body: str) -> str:
    """Put a body of trusted HTML into a page that may load nothing.

    Parameters
    ----------
    title : str
        Plain text.
    body : str
        HTML whose texts are escaped.
    """
    day, night = (" ".join(f"--{name}: {colours[name]};" for name in _COLOURS) for colours in (style.LIGHT, style.DARK))
    roots = f":root {{ --font: {style.FONT}; color-scheme: light; {day} }}\n"
    roots += f"@media screen and (prefers-color-scheme: dark) {{ :root {{ color-scheme: dark; {night} }} }}\n"
    sheet = roots + (files("geo_engine.publish.report.faces") / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">\n'
        f"<title>{_value(title)}</title>\n<style>{sheet}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _anchor(above: str, number: int) -> str:
    return f"{above}-{number + 1}"


def _contents(sections: Sequence[Section], above: str, levels: int = 2) -> str:
    """List sections with links, and those one level down within them."""
    items = []
    for number, section in enumerate(sections):
        anchor = _anchor(above, number)
        inside = [part for part in section.parts if isinstance(part, Section)]
        below = _contents(inside, anchor, levels - 1) if inside and levels > 1 else ""
        items.append(f'<li><a href="#{anchor}">{_text(section.title)}</a>{below}</li>')
    return f"<ol>{''.join(items)}</ol>"


def _text(text: str) -> str:
    """Escape a text; a word that is too long for a column may break anywhere, others do not."""
    return long_words(html.escape(legible(text)), '<span class="long">', "</span>")


def _value(text: str) -> str:
    """Escape a text for an attribute."""
    return html.escape(legible(text))


def _part(part: Part, level: int, anchor: str = "") -> str:  # noqa: PLR0911 - a return a kind
    match part:
        case Section(title=title, parts=parts):
            head, below = min(level, _LOWEST), count()
            named = f' id="{anchor}"' if anchor else ""
            inside = "\n".join(
                _part(each, level + 1, _anchor(anchor, next(below)) if anchor and isinstance(each, Section) else "") for each in parts
            )
            return f"<section{named}><h{head}>{_text(title)}</h{head}>\n{inside}</section>"
        case Table():
            return _table(part)
        case Figure(title=title, alternative=alternative, svg=svg, share=share):
            data = base64.b64encode(svg).decode("ascii")
            size = "whole" if share > 0.75 else "half"  # noqa: PLR2004 - two widths are enough for a screen
            image = f'<img alt="{_value(alternative)}" src="data:image/svg+xml;base64,{data}">'
            return f'<figure class="{size}">{image}<figcaption>{_text(title)}</figcaption></figure>'
        case Items(items=items):
            return f"<ul>{''.join(f'<li>{_text(item)}</li>' for item in items)}</ul>"
        case Link(text=text, file=file):
            return f'<p><a href="{_value(file)}">{_text(text)}</a> <span class="file">{_text(file)}</span></p>'
        case Note(text=text):
            return f'<p class="note">{_text(text)}</p>'
        case Paragraph(text=text):
            return f"<p>{_text(text)}</p>"


def _table(table: Table) -> str:
    total = sum(table.widths)
    columns = "".join(f'<col width="{100 * width / total:.0f}%">' for width in table.widths)

    def side(place: int) -> str:
        return ' class="figure"' if place in table.figures else ""

    heads = "".join(f'<th scope="col"{side(place)}>{_text(name)}</th>' for place, name in enumerate(table.columns))
    rows = "".join(
        "<tr>" + "".join(f"<td{side(place)}>{_cell(cell)}</td>" for place, cell in enumerate(row)) + "</tr>" for row in table.rows
    )
    frame = f'<div class="wide" role="region" tabindex="0" aria-label="{_value(table.title)}">'
    head = f"<caption>{_text(table.title)}</caption><colgroup>{columns}</colgroup><thead><tr>{heads}</tr></thead>"
    return f"{frame}<table>{head}<tbody>{rows}</tbody></table></div>"


def _cell(text: str) -> str:
    """Escape a cell; a mark's word gets a sign of its colour before it, and keeps the word."""
    if re.fullmatch("red|amber|green|grey", text):
        return f'<span class="mark {text}"></span>{text}'
    return _text(text)
