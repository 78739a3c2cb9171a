"""Tiny workspaces: one that has been run in Python and is only read, one of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo_engine.notebook import Run, Study
from tests.run.tiny import Tiny


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """A workspace of one's own."""
    return Tiny.make(tmp_path / "ws")


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """A workspace for reading only."""
    return Tiny.make(tmp_path_factory.mktemp("notebook") / "ws")


@pytest.fixture(scope="session")
def study(shared: Tiny) -> Study:
    return Study.read(shared.study_file)


@pytest.fixture(scope="session")
def run(study: Study) -> Run:
    """A run in memory, for reading only."""
    return study.run()
