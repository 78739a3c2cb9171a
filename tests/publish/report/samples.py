"""A report that has one of everything, with the texts that break documents."""

from __future__ import annotations

from geo_engine.publish.report.tree import Figure, Items, Link, Note, Paragraph, Part, Report, Section, Table

__all__ = ["LETTERS", "LONG", "NAMES", "ODD", "SQUARE", "WHOLE", "report"]

ODD = "Bread & <b>Butter</b> #1 $5 *bold* _under_ `code` @ref \\n \"quoted\" 'single' [x](y) ~ = - + / // /* % TITLE foot-said"
LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch-under-the-very-long-name-of-an-estate"
LETTERS = "Łódź, Ynys Môn, Þingvellir, Œuvre, Ŵyr, Αθήνα, Київ, İzmir, Ærø, ±5 km², CO₂, 10 µm, ≥ 3 €, “quoted” — dashed"
SQUARE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4" width="40" height="40"><rect width="4" height="4"/></svg>'
NAMES = (
    *("<script>alert(1)</script>", "a & b", "#let x = 1", "$5 or $6", "*stars*", "_under_score_", "C:\\new\\table", 'say "no"', "it's"),
    *("=1+1", "]]>", "&amp;", "&lt;b&gt;", "{{ x }}", "<!-- -->", '" onload="x', "#[]#()", "\\u{1F600}", "W" * 60, "long name " * 30, LONG),
)
"""Names that a browser, a typesetter or a spreadsheet would read as something else, and names without end."""


def report(*parts: Part) -> Report:
    return Report(
        "A study", "Assessment: North", (Section("First", parts), Section("Second", (Paragraph("End."),), new_page=True)), "Data: nobody."
    )


WHOLE = report(
    Paragraph(ODD),
    Items((LONG, ODD, LETTERS)),
    Note(f"Mind {ODD}"),
    Link(ODD, "map.html"),
    Table(
        ODD,
        ("name", "n"),
        ((LONG, "1,234.5"), (ODD, "grey"), (LETTERS, "red"), ("Site", "amber"), ("Site", "green")),
        (2, 1),
        frozenset({1}),
    ),
    Figure("A square", f"A black square, {ODD} {LETTERS}.", SQUARE),
    Section(f"Deeper {ODD}", (Paragraph(LETTERS), Section("Deepest", (Figure("Half a square", "Half.", SQUARE, 0.5),)))),
    Table("Names", ("name", "narrow", "number"), tuple((name, name, str(number)) for number, name in enumerate(NAMES)), (5, 2, 1)),
    Table("Many", ("n", "square"), tuple((str(number), str(number**2)) for number in range(120))),
)
