"""``[backtest]`` of a study: read right, and each way to write it wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo_engine.errors import StudyError
from geo_engine.model import BackTestLand, ComparableLand, NearLand, NullModel
from tests.run import tiny as ws
from tests.run.tiny import Tiny


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    return Tiny.make(tmp_path / "ws")


def test_the_table_is_read(tiny: Tiny) -> None:
    tiny.write(
        "studies/plant.toml",
        ws.study_text()
        + '[backtest.comparable]\noutside_rules = ["Parks"]\nnear = { layer = "towns", where = "people > 5000", within = "15 km" }\n'
        '[backtest.null]\nlayer = "plants"\nmeasure = "distance"\n',
    )
    near = NearLand("towns", 15_000.0, "people > 5000")
    assert tiny.study().backtest == BackTestLand(ComparableLand(("Parks",), near), NullModel("plants"))


def test_a_study_may_have_none(tiny: Tiny) -> None:
    assert tiny.study().backtest is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('comparable = { outside_rules = ["Park"] }', "'Park' is no constraint of this study.*Parks"),
        ("comparable = {}", "nothing limits it"),
        ('comparable = { near = { layer = "towns" } }', "'within' is missing"),
        ('comparable = { near = { layer = "towns", within = 15 } }', "has no unit"),
        ('comparable = { near = { layer = "towns", within = "0 km" } }', "out of range"),
        ('comparable = { near = { layer = "twons", within = "1 km" } }', "unknown layer 'twons'.*towns"),
        ('null = { layer = "towns", measure = "travel_time" }', "unknown measure.*distance"),
        ('null = { layer = "towns" }', "'measure' is missing"),
        ("nul = 1", "unknown key 'nul'"),
    ],
)
def test_what_is_wrong_is_told(tiny: Tiny, text: str, told: str) -> None:
    tiny.write("studies/plant.toml", ws.study_text() + f"[backtest]\n{text}\n")
    with pytest.raises(StudyError, match=told):
        tiny.study()
