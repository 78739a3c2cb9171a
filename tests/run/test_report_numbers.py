"""Each number in a generated sentence is one of the run's: of a table, of its record, of the study, or a count of rows."""

from __future__ import annotations

import csv
import json
import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from geo_engine.publish.report import Filed, RivalSheet, build_report
from geo_engine.publish.report.tree import Figure, Items, Note, Paragraph, Part, Report, Section
from geo_engine.run import Asked, RunOutcome, StoredRun
from geo_engine.run.reporting.report import gather
from tests.run import tiny as ws
from tests.run.tiny import Tiny

# What sentences say of any run: scores go to 100, intervals are nine draws of ten, tiers are of the ten best in 80 and 20 %.
CONSTANT = {100.0, 0.0, 80.0, 20.0, 90.0, 10.0, 1.0}
FIXED = ("Method", "Glossary", "The record", "Data: provenance")  # texts of the engine, not made from a run
NUMBER = re.compile(r"(?<![\w.-])-?\d[\d,]*(?:\.\d+)?(?![\w]|\.\d)")


def sentences(part: Part | Report) -> Iterator[str]:
    """Every sentence that the report makes up, of all sections but those that say the same of every run."""
    match part:
        case Report(sections=sections):
            for section in sections:
                if not section.title.startswith(FIXED):
                    yield from sentences(section)
        case Section(parts=parts):
            for inner in parts:
                yield from sentences(inner)
        case Paragraph(text=text) | Note(text=text):
            yield text
        case Items(items=items):
            yield from items
        case Figure(alternative=text):
            yield text


def shown(text: str) -> Iterator[tuple[float, int]]:
    """Each number of a sentence, and the decimals with which it is written."""
    for found in NUMBER.finditer(text):
        plain = found[0].rstrip(",").replace(",", "")
        yield float(plain), len(plain.partition(".")[2])


def leaves(value: object) -> Iterator[float]:
    """Every number in a document."""
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        yield float(len(value))
        for each in value:
            yield from leaves(each)
    elif isinstance(value, str):
        yield from (number for number, _ in shown(value))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)


def known(run: StoredRun, filed: Filed) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """What a number may be: cells, counts of rows and of equal cells, the record, the study, and these as shares, km, km2 and sums."""
    found: list[float] = []
    for file in sorted(set(run.folder.glob("*.csv")) - {run.folder / "site_cells.csv"}):  # no report reads the cells
        with file.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        found.append(len(rows))
        for column in rows[0] if rows else ():
            cells = [row[column] for row in rows]
            found += Counter(cells).values()
            found.append(len({cell for cell in cells if cell}))
            numbers = [number for cell in cells for number, _ in shown(cell)]
            found += numbers
            if numbers:
                found += [sum(numbers), max(numbers) - min(numbers)]
    record = json.loads((run.folder / "run.json").read_text("utf-8"))
    hectares = record["hectares"]
    found += [*leaves(record), hectares["free"] / hectares["land"], 1 - hectares["scored"] / hectares["land"]]
    found += leaves(tomllib.loads(run.study.path.read_text("utf-8")))
    found += [float(len(each)) for each in (run.study.criteria, run.study.constraints, run.study.gaps, run.study.not_assessed)]
    found += [len(run.study.gaps) + float(len(run.study.not_assessed)), *(100 * weight for weight in run.study.weights)]
    found += [
        end for stage in filed.stages for step in stage.steps for end in (step.taken, step.hectares, step.count) if not math.isnan(end)
    ]
    found += [facility.total(run.study.facility.capacity) for facility in run.study.facility.needs]
    found += [float(row["site_1_score"]) - float(filed.sites[0]["score"]) for row in filed.rows("sensitivity") if filed.sites]
    values = np.array(found, np.float64)
    shares, long, wide = values[(values >= 0) & (values <= 1)], values[values >= 1e3], values[values >= 1e4]
    return np.concatenate([values, -values, 100 * shares, long / 1e3, wide / 1e2, wide / 1e4])


def strange(told: Iterable[str], values: np.ndarray[tuple[int], np.dtype[np.float64]], names: Iterable[str]) -> list[str]:
    """Numbers of sentences that are none of the values, to the digits with which they are written."""
    hidden = re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if name) or "$^")
    faults = []
    for sentence in told:
        for number, decimals in shown(hidden.sub("NAME", sentence)):
            if number not in CONSTANT and not (np.abs(values - number) <= 0.5000001 * 10.0**-decimals).any():
                faults.append(f"{number:g} in: {sentence}")
    return faults


def answered(filed: Filed, rival: RivalSheet) -> list[float]:
    """What may be said of a rival: its answer, and how far its points are from those of the best area."""
    found = [rival.score, rival.percentile, rival.easting, rival.northing, rival.area_ha, rival.usable_ha, float(rival.rank or 0)]
    found += [number for cell in rival.row.values() for number, _ in shown(cell)]
    if filed.sites:
        best = filed.sites[0]
        pairs = [(best[name], rival.row.get(name)) for name in best if name.endswith("_contribution")]
        found += [float(best["score"]) - rival.score, *(float(ours) - float(theirs) for ours, theirs in pairs if ours and theirs)]
    return [number for number in found if not math.isnan(number)]


def names_in(run: StoredRun) -> set[str]:
    """Names of places, rules and criteria, in which numbers are no claims."""
    study = run.study
    found = {each.name for each in study.criteria} | {each.name for each in study.constraints} | {study.title, study.facility.unit}
    for file in run.folder.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                found |= {
                    row[column]
                    for column in row
                    if column in {"name", "site", "grid_ref", "first_name", "site_id", "region"} or "name" in column
                }
    return {name for name in found if name}


@pytest.fixture(scope="module", params=["areas", "none"])
def run(request: pytest.FixtureRequest, finished: tuple[Tiny, RunOutcome], tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    if request.param == "areas":
        return finished[0].stored()
    made = Tiny.make(tmp_path_factory.mktemp("none") / "ws")
    made.write(
        "studies/plant.toml",
        ws.study_text(rules=('[[constraints]]\nname = "Parks"\nlayer = "parks"\nkeep = "outside"\nbuffer = "20 km"\n',)),
    )
    made.run()
    return made.stored()


def test_every_number_of_every_generated_sentence_is_one_of_the_runs(run: StoredRun, tmp_path: Path) -> None:
    rivals = tmp_path / "rivals.csv"
    rivals.write_text("name,easting,northing\nMill,400500,304500\nSea,410000,302500\nPark,402000,303500\n", encoding="utf-8")
    filed = gather(run, Asked(rivals=rivals))
    told = list(sentences(build_report(filed)))
    assert len(told) > 10
    names = names_in(run) | {text for rival in filed.rivals for text in (rival.name, rival.grid_ref)}
    values = np.concatenate([known(run, filed), *map(partial(answered, filed), filed.rivals)])
    assert strange(told, values, names) == []


def test_the_search_for_numbers_finds_what_is_wrong(finished: tuple[Tiny, RunOutcome]) -> None:
    """Scores that were moved by three tenths are told as strange, nearly all of them."""
    run = finished[0].stored()
    told = [sentence for sentence in sentences(build_report(gather(run))) if re.search(r"\d\.\d", sentence)]
    wrong = [re.sub(r"\d+\.\d\b", lambda found: f"{float(found[0]) + 0.3:.1f}", sentence) for sentence in told]
    changed = [sentence for sentence, before in zip(wrong, told, strict=True) if sentence != before]
    assert len(changed) > 5
    found = {fault.split(" in: ", 1)[1] for fault in strange(changed, known(run, gather(run)), names_in(run))}
    assert len(found) > 0.6 * len(changed)
