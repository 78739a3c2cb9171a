"""Reports of all regions: what is current is left alone, what changed is made again, and the index tells them side by side."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import rasterio
from click.testing import CliRunner

from geo_engine.cli import main
from geo_engine.errors import StudyError
from geo_engine.run import Asked, RunOutcome, SilentReporter, bring_up_to_date, is_current, regions_of, write_index
from tests.run.tiny import Tiny


def test_the_regions_of_a_study_are_those_of_its_area(finished: tuple[Tiny, RunOutcome]) -> None:
    assert regions_of(finished[0].study()) == ("east", "west")


def test_a_region_that_was_run_is_not_run_again_until_an_input_changes(tiny: Tiny) -> None:
    folder = bring_up_to_date(tiny.study(), "West", SilentReporter(), workers=1)
    before = (folder / "timings.json").stat().st_ino
    assert bring_up_to_date(tiny.study(), "west", SilentReporter(), workers=1) == folder
    assert (folder / "timings.json").stat().st_ino == before
    tiny.edit("layers/parks.toml", "vintage = 2024", "vintage = 2023")
    bring_up_to_date(tiny.study(), "west", SilentReporter(), workers=1)
    assert (folder / "timings.json").stat().st_ino != before
    bring_up_to_date(tiny.study(), "west", SilentReporter(), workers=1, cell=200.0)
    assert json.loads((folder / "run.json").read_text("utf-8"))["grid"]["cell_m"] == 200.0


def test_a_region_that_is_not_there_is_refused_with_the_nearest(tiny: Tiny) -> None:
    with pytest.raises(StudyError, match="Did you mean 'west'"):
        bring_up_to_date(tiny.study(), "wset", SilentReporter(), workers=1)


def test_make_reports_leaves_every_region_with_both_faces_and_an_index_then_nothing_to_do(tiny: Tiny) -> None:
    arguments = ["report", str(tiny.study_file), "--renew", "--all", "--workers", "1"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    base = tiny.outputs / "plant"
    folders = [base / "east", base / "west"]
    assert all(is_current(folder, Asked()) for folder in folders)
    first = [(folder / "report.pdf").stat().st_ino for folder in folders]
    again = CliRunner().invoke(main, arguments)
    assert again.output.count("Current:") == 2
    assert [(folder / "report.pdf").stat().st_ino for folder in folders] == first
    assert not is_current(folders[0], Asked(rivals=tiny.study_file))  # any file of rivals asks for another report

    with (base / "index.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    page = (base / "index.html").read_text(encoding="utf-8")
    assert [row["region"] for row in rows] == ["East", "West"]
    for row, folder in zip(rows, folders, strict=True):
        with (folder / "sites.csv").open(encoding="utf-8", newline="") as stream:
            best = next(csv.DictReader(stream))
        assert (row["best"], float(row["score"])) == (best["name"], float(best["score"]))
        with rasterio.open(folder / "suitability.tif") as score, rasterio.open(folder / "status.tif") as status:
            free = ((status.read(1) & ~np.uint32(2)) == 0) & (score.read(1) >= 60)
        assert float(row["free_ha_score_60"]) == free.sum()  # a cell is a hectare
        assert f"{float(best['score']):.1f}" in page
        for name in ("report.html", "report.pdf", "map.html"):
            assert f'href="{folder.name}/{name}"' in page
    for link in re.findall(r'href="([^":,]+)"', page):
        assert (base / link).is_file()

    head, *cells = openpyxl.load_workbook(base / "index.xlsx").worksheets[0].iter_rows(values_only=True)
    assert list(head) == list(rows[0])
    for row, told in zip(rows, cells, strict=True):
        read = [float(cell) if isinstance(value, int | float) else cell or None for cell, value in zip(row.values(), told, strict=True)]
        assert read == list(told)


def test_an_old_report_does_not_stay_beside_a_new_run(tiny: Tiny) -> None:
    outcome = tiny.run("west")
    for name in ("report.html", "report.pdf", "report.json", "mine.txt"):
        (outcome.folder / name).write_text("old", encoding="utf-8")
    tiny.run("west")
    assert not list(outcome.folder.glob("report.*"))
    assert (outcome.folder / "mine.txt").is_file()


def test_names_that_a_spreadsheet_or_a_browser_would_run_are_tamed_in_the_index(tiny: Tiny) -> None:
    tiny.edit("layers/data/towns.geojson", "Ayton", "=1+1 <script>")
    tiny.run("west")
    page, left_out = write_index(tiny.study())
    assert left_out == ()
    text = page.read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "default-src 'none'" in text
    table = (page.parent / "index.csv").read_text(encoding="utf-8")
    assert not re.findall(r"(?:^|,)=", table, re.MULTILINE)


def test_renewing_takes_a_study(finished: tuple[Tiny, RunOutcome], tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["report", str(finished[1].folder), "--renew"])
    assert done.exit_code == 2
    assert "takes a study" in done.output
    missing = CliRunner().invoke(main, ["report", str(tmp_path)])
    assert missing.exit_code != 0
    assert "is not a run" in missing.output


@pytest.mark.parametrize("gone", ["needs.csv", "sites.gpkg", "suitability.tif"])
def test_a_folder_that_an_earlier_version_left_is_left_out_and_named(tiny: Tiny, gone: str) -> None:
    tiny.run("west")
    (tiny.run("east").folder / gone).unlink()
    page, left_out = write_index(tiny.study())
    assert left_out == ("east",)
    text = page.read_text(encoding="utf-8")
    assert "West" in text
    assert "East" not in text
