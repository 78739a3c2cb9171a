"""The verb portfolio."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo_engine.cli.portfolio import _MODELS
from geo_engine.model.answer.portfolio import PLACEMENT_MODELS
from geo_engine.run import RunOutcome
from tests.cli.conftest import Call, parsed
from tests.run.tiny import Tiny


@pytest.fixture(scope="module")
def folder(finished: tuple[Tiny, RunOutcome]) -> Path:
    return finished[1].folder


def test_the_verb_offers_every_model() -> None:
    assert tuple(PLACEMENT_MODELS) == _MODELS


def test_portfolio_shows_plants_curve_and_map(folder: Path, call: Call, tmp_path: Path) -> None:
    result = call("portfolio", folder, "--plants", 2, "--out", tmp_path / "p")
    assert result.exit_code == 0, result.output
    said = ("2 plants chosen together from 5 candidates", "proven", "Served: 1,750 of 1,750 cars (100%)", "Order: the best of all orders")
    for text in said:
        assert text in result.stdout, text
    assert (tmp_path / "p" / "portfolio.html").is_file()


def test_portfolio_as_json_is_the_document_that_it_leaves(folder: Path, call: Call, tmp_path: Path) -> None:
    result = call("portfolio", folder, "--plants", 2, "--model", "p_center", "--json", "--out", tmp_path / "p")
    printed = parsed(result.stdout)
    left = parsed((tmp_path / "p" / "portfolio.json").read_text(encoding="utf-8"))
    assert {key: left[key] for key in printed} == printed
    assert printed["status"] == "optimal"


def test_the_study_gives_defaults_and_the_command_goes_before_them(tiny: Tiny, call: Call) -> None:
    text = tiny.study_file.read_text(encoding="utf-8")
    section = '[portfolio]\nmodel = "max_cover"\nplants = 3\nwithin = "3 min"\n'
    section += '[[portfolio.resources]]\nname = "Power"\nlayer = "stations"\ntotal = "90 MVA"\neach = "50 MVA"\nwithin = "9 km"\n'
    tiny.write("studies/plant.toml", text.replace("[sites]", f"{section}[sites]", 1))
    run = tiny.run().folder
    by_study = parsed(call("portfolio", run, "--json", "--plants", 1).stdout)
    assert (by_study["model"], by_study["parameters"]["within_s"], by_study["parameters"]["plants"]) == ("max_cover", 180.0, 1)
    assert all(name.startswith("Power, ") for name in by_study["parameters"]["resources"])
    by_command = parsed(call("portfolio", run, "--json", "--plants", 1, "--model", "p_median").stdout)
    assert by_command["model"] == "p_median"
    assert "portfolio: candidates = the run's own areas (default)" in call("check", tiny.study_file).stdout


@pytest.mark.parametrize(
    ("section", "texts"),
    [
        ('[portfolio]\nmodel = "p_mean"\n', ("unknown model", "did you mean 'p_median'")),
        ('[portfolio]\nmodel = "p_center"\nunserved = "4 h"\n', ("unserved has no meaning for model p_center",)),
        ('[portfolio]\nexisting = { layer = "parks" }\n', ("is of geometry 'polygons'",)),
        ("[portfolio]\nplants = 0\n", ("'plants' is out of range",)),
        (
            '[portfolio]\n[[portfolio.resources]]\nname = "Power"\nlayer = "stations"\ntotal = "90 MVA"\neach = "50 MW"\n',
            ("units differ",),
        ),
        (
            '[portfolio]\n[[portfolio.resources]]\nname = "P"\nlayer = "parks"\ntotal = 1\neach = 1\nwithin = "1 km"\n',
            ("within is for points",),
        ),
    ],
)
def test_a_section_that_is_wrong_is_told(tiny: Tiny, refused: Call, section: str, texts: tuple[str, ...]) -> None:
    text = tiny.study_file.read_text(encoding="utf-8")
    tiny.write("studies/plant.toml", text.replace("[sites]", f"{section}[sites]", 1))
    refused(2, texts, "check", tiny.study_file)


def test_what_is_impossible_is_refused_with_the_reason(folder: Path, refused: Call, tmp_path: Path) -> None:
    why = ("9 plants are asked for and there are 5 candidates",)
    refused(2, why, "portfolio", folder, "--plants", 9, "--json", "--out", tmp_path / "p")
    assert not (tmp_path / "p").exists()


def test_a_folder_of_somebody_else_is_refused_before_anything_is_read(folder: Path, refused: Call, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    refused(4, ("holds no portfolio.json", "--out"), "portfolio", folder, "--out", tmp_path)


def test_help_teaches_with_examples(call: Call) -> None:
    said = call("portfolio", "--help").stdout
    for text in ("p_dispersion", "--candidates 200", "--cost connection_cost", "RUN/portfolio"):
        assert text in said, text
