"""Tiny workspaces: one to spoil, one that has been run and is only read."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo_engine.run import RunOutcome
from tests.run.tiny import Tiny


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """A workspace of one's own."""
    return Tiny.make(tmp_path / "ws")


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tiny, RunOutcome]:
    """A workspace with a finished run of the whole area, for reading only."""
    made = Tiny.make(tmp_path_factory.mktemp("finished") / "ws")
    return made, made.run()
