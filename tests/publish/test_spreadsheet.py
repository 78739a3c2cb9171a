"""The workbook of the index: read back by openpyxl it has the table, numbers as numbers, no formula, and the same bytes each time."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_engine.publish.report.spreadsheet import write_workbook

ROWS: list[dict[str, str | int | float | None]] = [
    {"region": "North & <East>", "score": 81.25, "sites": 25, "best": "=1+1"},
    {"region": "@SUM(A1)", "score": None, "sites": 0, "best": '+HYPERLINK("http://x")'},
    {"region": "-2", "score": 1e-9, "sites": 3, "best": "bell\x07 and tab\t"},
]


def test_a_workbook_has_the_cells_of_the_table_and_no_formula(tmp_path: Path) -> None:
    file = write_workbook(tmp_path / "a.xlsx", "regions", ["region", "score", "sites", "best"], ROWS, ["Cells of 250 m.", "=2+2"])
    book = openpyxl.load_workbook(file)
    sheet, notes = book.worksheets
    told = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert told[0] == ["region", "score", "sites", "best"]
    assert told[1] == ["North & <East>", 81.25, 25, "=1+1"]
    assert told[2] == ["@SUM(A1)", None, 0, '+HYPERLINK("http://x")']
    assert told[3][:3] == ["-2", 1e-9, 3]
    assert {cell.data_type for row in (*sheet.iter_rows(), *notes.iter_rows()) for cell in row} <= {"s", "n"}
    with zipfile.ZipFile(file) as archive:
        assert not [name for name in archive.namelist() if b"<f>" in archive.read(name)]
    assert [cell.value for (cell,) in notes.iter_rows()] == ["Cells of 250 m.", "=2+2"]
    assert sheet.freeze_panes == "B2"


def test_the_same_table_gives_the_same_bytes_and_one_date(tmp_path: Path) -> None:
    first = write_workbook(tmp_path / "a.xlsx", "t", ["region"], ROWS)
    second = write_workbook(tmp_path / "b.xlsx", "t", ["region"], ROWS)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode("utf-8")
    assert core.count("1980-01-01T00:00:00Z") == 2


@pytest.mark.parametrize("title", ["a/b:c*d?e[f]g\\h", "x" * 60, "  "])
def test_a_title_that_no_sheet_may_have_is_made_to_fit(tmp_path: Path, title: str) -> None:
    book = openpyxl.load_workbook(write_workbook(tmp_path / "a.xlsx", title, ["a"], [{"a": 1}]))
    assert 0 < len(book.sheetnames[0]) <= 31


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=60))
def test_any_text_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    file = write_workbook(tmp_path / "a.xlsx", "t", ["a"], [{"a": text}])
    cell = openpyxl.load_workbook(file).worksheets[0]["A2"]
    assert (cell.value, cell.data_type) == (text, "s")
