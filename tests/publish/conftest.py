"""One small result, published once, for every test of this room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from geo_engine.model import Result
from geo_engine.publish import write_outputs
from tests.publish import builders


@pytest.fixture(scope="session")
def result() -> Result:
    return builders.result()


@pytest.fixture(scope="session")
def published(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    write_outputs(result, folder, record={"versions": {"geo-engine": "9.9.9"}, "note": "a record"})
    return folder


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def axe(root: Path) -> str:
    """The script of axe-core, which finds what stands in the way of somebody who reads by ear or by keyboard."""
    path = root / "node_modules" / "axe-core" / "axe.min.js"
    if not path.exists():
        pytest.skip("axe-core is not here: npm ci")
    return path.read_text(encoding="utf-8")
