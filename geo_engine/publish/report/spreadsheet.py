"""A table as an Excel workbook: numbers as numbers, texts as texts, the same bytes for the same table."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from geo_engine.errors import Fault, RunError
from geo_engine.publish.tables import Cell

__all__ = ["write_workbook"]

_DATED = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - workbooks know no time zones; the first day that their archive can hold
_WIDEST = 48.0  # letters
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_DATES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")


def write_workbook(path: Path, title: str, columns: Sequence[str], rows: Sequence[Mapping[str, Cell]], notes: Sequence[str] = ()) -> Path:
    """Write a table as the first sheet of a workbook, with its head held in place, and notes as a second.

    A text stays a text whatever it begins with: no cell is a formula.

    Parameters
    ----------
    path : Path
        The file to make, ``.xlsx``.
    title : str
        Of the first sheet; cut to the 31 letters that a sheet's name may have.
    columns : sequence of str
        Heads.
    rows : sequence of mapping
        A cell by column; None and what is not there is blank.
    notes : sequence of str
        A line each on the second sheet; no second sheet without notes.

    Raises
    ------
    RunError
        If openpyxl, of the extra ``report``, is not installed.
    """
    try:
        from openpyxl import Workbook  # noqa: PLC0415 - an extra
        from openpyxl.styles import Alignment, Font  # noqa: PLC0415
        from openpyxl.utils import get_column_letter  # noqa: PLC0415
    except ImportError as error:
        raise RunError(Fault(path.name, "needs openpyxl", remedy="pip install 'geo-engine[report]'")) from error
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = re.sub(r"[\\/*?:\[\]]", " ", title)[:31].strip() or "table"
    for number, column in enumerate(columns, start=1):
        texts = [column]
        for place, cell in enumerate([column, *(row.get(column) for row in rows)], start=1):
            value = _UNPRINTABLE.sub(" ", cell) if isinstance(cell, str) else cell
            there = sheet.cell(place, number, value)
            if isinstance(value, str):
                there.data_type = "s"
                texts.append(value)
        sheet.cell(1, number).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = min(_WIDEST, 2.0 + max(map(len, texts)))
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    if notes:
        second = book.create_sheet("notes")
        for place, note in enumerate(notes, start=1):
            told = second.cell(place, 1, _UNPRINTABLE.sub(" ", note))
            told.data_type, told.alignment = "s", Alignment(wrap_text=True, vertical="top")
        second.column_dimensions["A"].width = 2 * _WIDEST
    made = io.BytesIO()
    book.save(made)
    path.write_bytes(_undated(made.getvalue()))
    return path


def _undated(book: bytes) -> bytes:
    """Give a workbook the one date that all have: of its files in the archive, and of the document."""
    out = io.BytesIO()
    stamp = _DATED.strftime("%Y-%m-%dT%H:%M:%SZ").encode("ascii")
    with zipfile.ZipFile(io.BytesIO(book)) as read, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as write:
        for name in read.namelist():
            content = read.read(name)
            if name == "docProps/core.xml":
                content = _DATES.sub(rb"\g<1>" + stamp + rb"\g<3>", content)
            write.writestr(zipfile.ZipInfo(name, _DATED.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
