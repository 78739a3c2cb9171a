"""The command line on tiny workspaces."""

from __future__ import annotations

import csv
import json
import re
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyproj
import pytest
from click.testing import CliRunner, Result

from geo_engine.cli import main
from geo_engine.run import RunOutcome
from tests.run.tiny import Tiny

Call = Callable[..., Result]
ERRORS = re.compile(r"^(?:StudyError|LayerError|NetworkError|RunError|Error): ", re.MULTILINE)


TO_DEGREES = pyproj.Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)


def parsed(text: str) -> Any:  # noqa: ANN401 - whatever stands there
    """Parse one JSON document, strictly: no NaN, nothing before or behind."""
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def table(path: Path, *rows: tuple[object, ...], head: str = "name,lon,lat,accuracy_km") -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(head + "\n")
        csv.writer(stream).writerows(rows)
    return path


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """A workspace of one's own."""
    return Tiny.make(tmp_path / "ws")


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tiny, RunOutcome]:
    """A workspace with a finished run of the whole area, for reading only."""
    made = Tiny.make(tmp_path_factory.mktemp("finished") / "ws")
    return made, made.run()


@pytest.fixture(scope="session")
def call() -> Call:
    """Call the program in this process; whatever happens, it must not fall over."""

    def called(*arguments: object) -> Result:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            where = traceback.extract_tb(result.exception.__traceback__)[-1]
            pytest.fail(f"{where.filename}:{where.lineno} fell over with {result.exception!r}")
        assert "Traceback" not in result.output
        return result

    return called


@pytest.fixture(scope="session")
def refused(call: Call) -> Call:
    """Call the program for something that it must refuse: one error, the right exit code, all the given texts in it."""

    def called(code: int, texts: tuple[str, ...], *arguments: object, errors: int = 1) -> Result:
        result = call(*arguments)
        assert result.exit_code == code, result.output
        assert len(ERRORS.findall(result.stderr)) == errors, result.stderr
        for text in texts:
            assert text.lower() in result.stderr.lower(), result.stderr
        assert result.stdout == ""
        return result

    return called
