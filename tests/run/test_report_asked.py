"""What a reader asks besides a run: what moved since an earlier one, where known sites fall, and rivals' whole sheets."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from geo_engine.cli import main
from geo_engine.errors import RunError
from geo_engine.publish.report import build_report
from geo_engine.publish.report.sections import evidence, rival_sheets, since, site_sheets
from geo_engine.publish.report.sections.sure.known import known_sites
from geo_engine.publish.report.tree import Figure, Report, Section, Table, texts
from geo_engine.run import Asked, RunOutcome, SilentReporter, StoredRun, back_test, compare_runs, is_current, write_report
from geo_engine.run.reporting.report import gather
from tests.run import tiny as ws
from tests.run.rivals import at
from tests.run.rivals import table as rival_table
from tests.run.test_report import parts_of, section, table
from tests.run.tiny import Tiny


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[StoredRun, Path]:
    """A run and an earlier one, before the park grew and a station was built."""
    tiny = Tiny.make(tmp_path_factory.mktemp("twice") / "ws")
    earlier = tiny.run(out=tiny.path / "earlier" / "both").folder
    tiny.features("parks", [({"name": "Great Park"}, ws.box(400500, 302500, 402500, 304500))])
    tiny.features("stations", [*ws.stations(), ({"name": "New", "kv": 400}, ws.point(405500, 304000))])
    tiny.run()
    return tiny.stored(), earlier


def test_what_moved_came_and_went_is_what_compare_tells(twice: tuple[StoredRun, Path]) -> None:
    run, earlier = twice
    told = compare_runs(earlier, run.folder)
    assert told.moved
    assert told.gone
    assert told.new
    report = build_report(gather(run, Asked(previous=earlier)))
    assert report.sections[1].title == "What moved since the earlier report"
    moved = table(report, "Points by what changed")
    by_rank = sorted(told.moved, key=lambda one: one.other_rank)
    assert [(row[1], row[2], row[3], row[4]) for row in moved.rows] == [
        (
            f"{one.rank} to {one.other_rank}",
            f"{one.score:.1f}",
            f"{one.other_score:.1f}",
            f"{one.change:+.1f}".replace("+0.0", "0.0").replace("-0.0", "0.0"),
        )
        for one in by_rank
    ]
    for row, one in zip(moved.rows, by_rank, strict=True):
        assert sum(float(cell) for cell in row[5:9]) == pytest.approx(one.change, abs=0.21)  # four shares, each rounded to a tenth
    assert [(row[0], row[3]) for row in table(report, "Areas that went").rows] == [(one.name, one.detail) for one in told.gone]
    assert [(row[0], row[3]) for row in table(report, "Areas that came").rows] == [(one.name, one.detail) for one in told.new]
    said = section(report, "What moved")
    assert f"{len(told.new)} came and {len(told.gone)} went" in said
    assert "layers/data/parks.geojson" in said


def test_a_report_without_an_earlier_run_says_nothing_of_what_moved(twice: tuple[StoredRun, Path]) -> None:
    assert since(gather(twice[0])) == ()


def test_an_earlier_run_that_is_the_same_says_that_nothing_moved(twice: tuple[StoredRun, Path]) -> None:
    run, _ = twice
    (told,) = since(gather(run, Asked(previous=run.folder)))
    said = " ".join(texts(Report("", "", (told,))))
    assert f"Nothing moved: all {len(run.sites)} areas are where they were" in said
    assert "No input differs." in said


def test_a_folder_with_the_runs_of_many_regions_is_asked_for_that_of_the_same_name(twice: tuple[StoredRun, Path]) -> None:
    run, earlier = twice
    assert Asked(previous=earlier.parent).of(run.folder) == Asked(previous=earlier)
    assert Asked(previous=earlier).of(run.folder) == Asked(previous=earlier)
    with pytest.raises(RunError, match="is not there"):
        Asked(known=earlier / "none.csv").of(run.folder)
    with pytest.raises(RunError, match="is not a run that can be compared"):
        gather(run, Asked(previous=run.study.path.parent).of(run.folder))


def test_another_earlier_run_asks_for_another_report(twice: tuple[StoredRun, Path]) -> None:
    run, earlier = twice
    asked = Asked(previous=earlier)
    write_report(run.folder, SilentReporter(), workers=1, asked=asked)
    assert is_current(run.folder, asked)
    assert not is_current(run.folder, Asked())
    record = (run.folder / "report.json").read_text("utf-8")
    assert "previous" in json.loads(record)["made_from"]
    again = f"--previous {earlier.relative_to(run.study.path.parent.parent)}"
    assert again in (run.folder / "report.html").read_text("utf-8")


@pytest.fixture
def known(tmp_path: Path) -> Path:
    places = [at("Hill works", 401050, 304050), at("Dale <works>", 405000, 300500), at("At sea", 410000, 302500)]
    return rival_table(tmp_path / "known.csv", places)


def test_known_sites_stand_in_the_report_with_the_figures_of_the_back_test(twice: tuple[StoredRun, Path], known: Path) -> None:
    run, _ = twice
    test = back_test(run, known)
    filed = gather(run, Asked(known=known))
    report = Report("", "", (known_sites(filed),))
    rows = table(report, "Known sites of").rows
    assert [row[0] for row in rows] == ["Hill works", "Dale <works>", "At sea"]
    assert [row[1] for row in rows] == [f"{site.score:.1f}" if site.score == site.score else "-" for site in test.sites]
    assert [row[2] for row in rows][2] == "-"
    said = section(report, "Back-test")
    assert f"lies above {test.median_percentile:.0f} % of the land" in said
    assert "Two sites are too few for an interval" in said
    assert "Without a score: At sea." in said
    assert filed.known is not None
    assert filed.known.land.sum() == (~np.isnan(run.score)).sum()  # a cell is a hectare
    figure = next(part for part in parts_of(report) if isinstance(part, Figure) and "known sites fall" in part.title)
    assert all(f"{site.name} {site.score:.1f}" in figure.alternative for site in test.sites[:2])


def test_without_known_sites_the_report_says_that_none_were_given(twice: tuple[StoredRun, Path]) -> None:
    filed = gather(twice[0])
    report = Report("", "", (known_sites(filed), *evidence(filed)))
    assert "No known sites were given" in section(report, "Back-test")
    assert "No known sites were given" in section(report, "Known weaknesses")


def test_a_rival_has_the_sheet_that_a_site_has(twice: tuple[StoredRun, Path], tmp_path: Path) -> None:
    run, _ = twice
    best = run.sites.iloc[0].geometry.centroid
    file = rival_table(tmp_path / "rivals.csv", [at("Ours", best.x, best.y), at("At sea", 410000, 302500)])
    filed = gather(run, Asked(rivals=file))
    report = Report("", "", (site_sheets(filed), *rival_sheets(filed)))

    def parts(title: str) -> list[str]:
        found = next(part for part in parts_of(report) if isinstance(part, Section) and part.title == title)
        return [each.title.split(" of ")[0] for each in found.parts if isinstance(each, Table | Figure)]

    site = parts(f"1. {filed.sites[0]['name']}")
    assert parts("Rival: Ours") == site
    assert parts("Rival: At sea") == []
    ours, sea = filed.rivals
    assert sum(float(ours.row[f"{criterion.slug}_contribution"]) for criterion in run.study.criteria) == pytest.approx(ours.score, abs=1e-3)
    assert ours.rank is not None
    assert f"Rank: {ours.rank}." in section(report, "Rival: Ours")
    assert sea.reason in section(report, "Rival: At sea")


def test_the_verb_takes_an_earlier_run_and_known_sites(finished: tuple[Tiny, RunOutcome], known: Path, tmp_path: Path) -> None:
    copy = finished[0].copy(tmp_path / "copy")
    folder = copy.outputs / "plant" / "both"
    done = CliRunner().invoke(main, ["report", str(folder), "--previous", str(finished[1].folder), "--known", str(known), "--workers", "1"])
    assert done.exit_code == 0, done.output
    page = (folder / "report.html").read_text("utf-8")
    assert "Nothing moved" in page
    assert "Dale &lt;works&gt;" in page
    missing = CliRunner().invoke(main, ["report", str(folder), "--known", str(tmp_path / "none.csv")])
    assert missing.exit_code != 0
    assert "is not there" in missing.output
