"""Reports of finished runs: the numbers are those of the tables, nothing found is told as it is, rivals get an answer."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo_engine.errors import LayerError, RunError, StudyError
from geo_engine.publish.report import Filed, build_report
from geo_engine.publish.report.tree import Figure, Part, Report, Section, Table, texts
from geo_engine.run import Asked, RunOutcome, SilentReporter, StoredRun, find_runs, write_report
from geo_engine.run.reporting.report import gather
from tests.run import tiny as ws
from tests.run.tiny import Tiny


def parts_of(report: Report) -> Iterator[Part]:
    def walk(part: Part) -> Iterator[Part]:
        yield part
        if isinstance(part, Section):
            for each in part.parts:
                yield from walk(each)

    for section in report.sections:
        yield from walk(section)


def table(report: Report, title: str) -> Table:
    return next(part for part in parts_of(report) if isinstance(part, Table) and title in part.title)


def section(report: Report, title: str) -> str:
    found = next(part for part in parts_of(report) if isinstance(part, Section) and title in part.title)
    return " ".join(texts(Report("", "", (found,))))


@pytest.fixture(scope="module")
def stored(finished: tuple[Tiny, RunOutcome]) -> StoredRun:
    return finished[0].stored()


@pytest.fixture(scope="module")
def filed(stored: StoredRun) -> Filed:
    return gather(stored)


@pytest.fixture(scope="module")
def made(filed: Filed) -> Report:
    return build_report(filed)


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_summary_has_the_numbers_of_the_table_of_sites(stored: StoredRun, made: Report) -> None:
    rows = rows_of(stored.folder, "sites.csv")
    said = section(made, "Summary")
    best = rows[0]
    assert f"The best of {len(rows)} areas of search is {best['name']}" in said
    assert f"with a score of {float(best['score']):.1f} of 100" in said
    for row in rows[1:5]:
        assert f"{row['name']} ({float(row['score']):.1f})" in said
    assert f"The last one scores {float(rows[-1]['score']):.1f}." in said
    for points, most in re.findall(r": ([\d.]+) of ([\d.]+) points", said):
        told = [float(best[name]) for name in best if name.endswith("_contribution")]
        assert float(points) in [round(value, 1) for value in told]
        assert float(most) in [round(100 * weight, 1) for weight in stored.study.weights]


def test_the_ranking_repeats_the_table_row_by_row(stored: StoredRun, made: Report) -> None:
    ranked = table(made, "best areas of search")
    told = [(row[0], row[1], row[4], row[6]) for row in ranked.rows]
    assert told == [(r["rank"], r["name"], f"{float(r['score']):.1f}", r["tier"]) for r in rows_of(stored.folder, "sites.csv")]


def test_every_site_of_the_ten_best_has_a_sheet_with_a_map_and_bars_that_add_up(filed: Filed, made: Report) -> None:
    for row in filed.sites[:10]:
        sheet = next(part for part in parts_of(made) if isinstance(part, Section) and part.title == f"{row['rank']}. {row['name']}")
        assert sum(isinstance(part, Figure) for part in sheet.parts) == 2
        measured = next(part for part in sheet.parts if isinstance(part, Table) and part.title.startswith("Measured"))
        points = [float(cells[4].split(" of ")[0]) for cells in measured.rows]
        assert sum(points) == pytest.approx(float(row["score"]), abs=0.05 * len(measured.rows))


def test_every_dropped_candidate_stands_in_the_register(stored: StoredRun, made: Report) -> None:
    rows = rows_of(stored.folder, "rejected.csv")
    assert len(table(made, "Dropped").rows) == len(rows) > 0


def test_the_faces_are_left_beside_the_map_and_are_the_same_when_made_again(finished: tuple[Tiny, RunOutcome], tmp_path: Path) -> None:
    copy = finished[0].copy(tmp_path / "copy")
    folder = copy.outputs / "plant" / "both"
    first = write_report(folder, SilentReporter(), workers=1)
    contents = first.page.read_bytes(), first.document.read_bytes()
    again = write_report(folder, SilentReporter(), workers=2)
    assert (again.page.read_bytes(), again.document.read_bytes()) == contents
    assert contents[1].startswith(b"%PDF-")
    assert not list(folder.glob(".report*"))


def test_a_region_without_an_area_gets_an_honest_report(tiny: Tiny) -> None:
    everywhere = '[[constraints]]\nname = "Parks"\nlayer = "parks"\nkeep = "outside"\nbuffer = "20 km"\n'
    tiny.write("studies/plant.toml", ws.study_text(rules=(everywhere,)))
    outcome = tiny.run()
    assert not outcome.result.ranking.sites
    report = build_report(gather(tiny.stored()))
    said = section(report, "Summary")
    assert "No area of search was found" in said
    assert "without the rule 'Parks'" in said
    titles = [each.title for each in report.sections]
    assert titles[:2] == ["Summary", "Near misses: which rules to relax"]
    written = write_report(outcome.folder, SilentReporter(), workers=1)
    assert written.document.read_bytes().startswith(b"%PDF-")


def test_rivals_on_the_sea_in_a_park_and_twice_each_get_an_answer(stored: StoredRun, tmp_path: Path) -> None:
    file = tmp_path / "rivals.csv"
    names = ["Free & <b>easy</b>", "Sea #1 $x *y* _z_", "In the park", "Free & <b>easy</b>", "long " * 30]
    places = [(400500, 304500), (410000, 302500), (402000, 303500), (400500, 304500), (404000, 302000)]
    lines = [f'"{name}",{east},{north}' for name, (east, north) in zip(names, places, strict=True)]
    file.write_text("\n".join(["name,easting,northing", *lines]) + "\n", encoding="utf-8")
    filed = gather(stored, Asked(rivals=file))
    free, sea, park, twice, _ = filed.rivals
    assert sea.status == "off the area"
    assert "outside the area" in sea.reason
    assert "Parks" in park.status
    assert twice.name == "Free & <b>easy</b> (2)"
    assert twice.score == free.score
    report = build_report(filed)
    beside = table(report, "Rivals beside")
    assert [row[0] for row in beside.rows] == [rival.name for rival in filed.rivals]
    assert [row[1] for row in beside.rows] == ["-" if rival is sea else f"{rival.score:.1f}" for rival in filed.rivals]
    assert all(row[5] for row in beside.rows)


def test_a_file_that_holds_no_places_is_refused_with_its_fault(stored: StoredRun, tmp_path: Path) -> None:
    file = tmp_path / "rivals.csv"
    file.write_text("title,x\na,1\n", encoding="utf-8")
    with pytest.raises(LayerError, match="name"):
        gather(stored, Asked(rivals=file))


def test_a_run_is_found_by_folder_slug_and_name_and_what_was_not_run_is_told(finished: tuple[Tiny, RunOutcome]) -> None:
    study, folder = finished[0].study_file, finished[1].folder
    assert find_runs(folder, None) == find_runs(study, "Both") == find_runs(study, "both") == find_runs(study, None) == (folder,)
    with pytest.raises(RunError, match=r"was not run.*both.*--region West"):
        find_runs(study, "West")
    with pytest.raises(RunError, match="was not run"):
        find_runs(study, "both@grid_first")
    with pytest.raises(StudyError, match="Did you mean 'both'"):
        find_runs(study, "bothe")
