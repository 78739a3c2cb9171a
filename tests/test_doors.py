"""Doors that open a name at a time: all that they offer is there, and a run brings in what it needs and no more."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from geo_engine.doors import opened

ROOT = Path(__file__).parents[1]
ROOMS = ("geo_engine.network", "geo_engine.run", "geo_engine.workspace")
# What a run of a study without routes or GraphML has no use for before there is a map to write, or at all.
NOT_FOR_A_RUN = (
    "IPython",
    "distributed",
    "folium",
    "jinja2",
    "matplotlib",
    "networkx",
    "requests",
    "scipy.ndimage",
    "scipy.sparse",
    "typst",
    "xarray",
)


def modules_after(*statements: str) -> set[str]:
    """Names of all modules that a new process has loaded after some statements."""
    code = "\n".join([*statements, "import sys", "print(*sys.modules)"])
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("room", ROOMS)
def test_every_name_that_a_door_offers_is_behind_it(room: str) -> None:
    door = import_module(room)
    missing = [name for name in door.__all__ if getattr(door, name, None) is None]
    assert missing == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_module_behind_a_door_hides_a_name_that_it_offers(room: str) -> None:
    folder = ROOT / room.replace(".", "/")
    inside = {path.stem for path in folder.iterdir()}
    assert inside.isdisjoint(import_module(room).__all__)


def test_a_name_that_a_door_does_not_offer_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'no_such_name'"):
        import_module("geo_engine.run").no_such_name  # noqa: B018 - asking is the test


def test_a_door_opens_what_its_type_checking_block_imports_and_remembers_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    door = tmp_path / "door.py"
    door.write_text(
        "from typing import TYPE_CHECKING\nimport json\nif TYPE_CHECKING:\n    from decimal import Decimal, getcontext\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    room = import_module("door")
    find = opened("door", str(door))
    import decimal  # noqa: PLC0415 - what the door should give

    assert find("Decimal") is decimal.Decimal
    assert room.Decimal is decimal.Decimal
    with pytest.raises(AttributeError, match="'loads'"):
        find("loads")
    sys.modules.pop("door")


def test_naming_a_run_loads_neither_the_other_questions_nor_their_libraries() -> None:
    loaded = modules_after("from geo_engine.run import best_table, gaps_sentence, read_study, run_study, with_scenario")
    rooms = ("geo_engine.run.catalogue", "geo_engine.run.comparing", "geo_engine.run.questions", "geo_engine.run.reporting")
    assert loaded.isdisjoint(NOT_FOR_A_RUN)
    assert loaded.isdisjoint(rooms)
    assert "geo_engine.run.runner" in loaded
