"""What a report says of jobs, labour, suppliers, trade-offs and nearest facilities, worked out again from the workspace by hand."""

from __future__ import annotations

import math

import pytest

from geo_engine.publish.report import Filed, build_report
from geo_engine.publish.report.sections import benefit
from geo_engine.publish.report.tree import Figure, Note, Paragraph, Part, Report, Section, Table, texts
from geo_engine.run import StoredRun
from geo_engine.run.reporting.report import gather
from tests.run import tiny as ws
from tests.run.test_report import parts_of, section, table
from tests.run.tiny import Tiny

JOBS = (
    '[[facility.needs]]\nname = "jobs"\neach = "100 jobs"\nrange = ["50 jobs", "130 jobs"]\nsource = "announced plans"\n'
    'test = { measure = "sum_within", layer = "towns", size = "people", unit = "people", within = "8 min", network = "roads", '
    'profile = "lorry", each = "0.1 jobs", source = "judgement" }\n'
)
COUNT = ws.criterion(
    "Works within 3 km",
    'layer = "plants"\nmeasure = "count_within"\nwithin = "3 km"\nvalue = { function = "linear", worst = 0, best = 3 }',
    key="works",
)
CONNECTION = (
    '[connection]\nlayer = "stations"\nwhere = "kv >= 275"\nwithin = "20 km"\ncurrency = "GBP million"\n'
    '[[connection.costs]]\nname = "Line"\nlow = 2.0\nhigh = 4.0\ncovers = "building"\nsource = "a study"\nyear = 2012\n'
)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    tiny = Tiny.make(tmp_path_factory.mktemp("benefit") / "ws")
    text = ws.study_text(criteria=(*ws.CRITERIA, COUNT)).replace("[demand]", f"{JOBS}[demand]")
    tiny.write("studies/plant.toml", text + CONNECTION)
    tiny.run()
    return tiny.stored()


@pytest.fixture(scope="module")
def filed(stored: StoredRun) -> Filed:
    return gather(stored)


@pytest.fixture(scope="module")
def made(filed: Filed) -> Report:
    return build_report(filed)


def test_jobs_are_the_capacity_times_the_need_with_the_ends_of_its_range(made: Report) -> None:
    said = section(made, "Regional benefit")
    assert "A facility of 4 GWh a year brings 400 jobs in the plant itself, and by the range of the source 200 to 520." in said
    assert "Source: announced plans." in said


def test_the_jobs_are_held_against_the_people_within_reach_and_those_who_could_be_found(filed: Filed, made: Report) -> None:
    """Towns of 3,000 and 9,000 people: within reach are none, one or both, and one in ten can be found."""
    rows = table(made, "labour within reach").rows
    assert len(rows) == len(filed.sites)
    seen = set()
    for row, site in zip(rows, filed.sites, strict=True):
        assert row[1] == site["name"]
        people = 0.0 if row[2] == "-" else float(row[2].replace(",", ""))
        assert people in {0.0, 3000.0, 9000.0, 12000.0}
        if people:
            assert row[3] == f"{100 * 400 / people:.{0 if 400 / people >= 0.1 else 1}f} %"
            assert (row[4], row[5]) == (f"{people / 10:,.0f}", f"{100 * 400 / (people / 10):.0f} %")
        seen.add(people)
    assert seen - {0.0}


def test_suppliers_are_named_with_how_far_they_are_nearest_first(stored: StoredRun, filed: Filed, made: Report) -> None:
    plants = {properties["name"]: geometry["coordinates"] for properties, geometry in ws.PLANTS if properties and geometry}
    rows = table(made, "Plants near").rows
    for row, (_, site) in zip(rows, stored.sites.iterrows(), strict=True):
        middle = site.geometry.centroid
        away = sorted((math.dist((middle.x, middle.y), place), name) for name, place in plants.items())  # type: ignore[arg-type]
        near = [(metres, name) for metres, name in away if metres <= 3000]
        assert row[2] == str(len(near))
        assert [part.split(" (")[0] for part in row[3].split("; ")] == ([name for _, name in near] or ["none"])
        for (metres, name), part in zip(near, row[3].split("; "), strict=False):
            said = f"{metres / 1000:.2f}".rstrip("0").rstrip(".") + " km" if metres >= 999.5 else f"{metres:.0f} m"
            assert part == f"{name} ({said}, {metres / 1000:.0f} km)"
    assert filed.sites


def test_a_study_without_jobs_or_counts_says_that_nothing_is_known_of_them(tiny: Tiny) -> None:
    tiny.run()
    found = benefit(gather(tiny.stored()))
    said = " ".join(texts(Report("", "", (found,))))
    assert "The study does not say how many jobs the facility brings" in said
    assert "No criterion of this study counts facilities such as suppliers" in said
    notes = [part for inner in found.parts if isinstance(inner, Section) for part in inner.parts]
    assert all(isinstance(part, Note) for part in notes)


def front_of(made: Report, axis: str) -> tuple[str, Figure]:
    found = next(part for part in parts_of(made) if isinstance(part, Section) and part.title == "What is given up for what")
    parts: list[Part] = list(found.parts)
    place = next(n for n, part in enumerate(parts) if isinstance(part, Paragraph) and part.text.startswith(f"Score against {axis}"))
    text, figure = parts[place], parts[place + 1]
    assert isinstance(text, Paragraph)
    assert isinstance(figure, Figure)
    return text.text, figure


@pytest.mark.parametrize("axis", ["indicative cost", "utility of its weakest"])
def test_the_trade_off_names_exactly_the_places_that_no_other_beats(filed: Filed, made: Report, axis: str) -> None:
    def good(row: dict[str, str]) -> tuple[float, float]:
        cost = [float(row[name]) for name in row if name.startswith("connection_cost_")]
        weakest = min(float(row[f"{criterion.slug}_utility"]) for criterion in filed.study.criteria)
        return float(row["score"]), -sum(cost) / 2 if axis == "indicative cost" else weakest

    places = {row["name"] + f" ({float(row['score']):.1f};": good(dict(row)) for row in filed.sites}
    best = [
        name
        for name, own in places.items()
        if not any(other != own and other[0] >= own[0] and other[1] >= own[1] for other in places.values())
    ]
    said, figure = front_of(made, axis)
    assert all((name in said) == (name in best) for name in places)
    assert all(name in figure.alternative for name in best)


def test_a_sheet_names_the_nearest_facility_of_each_criterion_that_leads_to_one(stored: StoredRun, filed: Filed, made: Report) -> None:
    """The nearest station of 275 kV and more, by straight distance from the middle of the area."""
    stations = {"Hill": (401050, 304050), "Dale": (405000, 300500)}
    for row, (_, site) in zip(filed.sites, stored.sites.iterrows(), strict=True):
        middle = site.geometry.centroid
        nearest = min(stations, key=lambda name: math.dist((middle.x, middle.y), stations[name]))
        sheet = next(part for part in parts_of(made) if isinstance(part, Section) and part.title == f"{row['rank']}. {row['name']}")
        measured = next(part for part in sheet.parts if isinstance(part, Table) and part.title.startswith("Measured"))
        cells = {line[0]: line for line in measured.rows}
        assert cells["Distance to a station"][2] == nearest
        assert cells["Distance to a station"][5] == "Stations; vintage 2024; position good to 0.1 km"
        assert cells["People in reach"][2] == "-"
