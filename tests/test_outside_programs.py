"""A test that needs an outside program skips and says so, and in CI fails instead: shown with a search path that is empty."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TRIAL = """
import pytest

@pytest.mark.gdal
def test_needs_gdal() -> None: ...

@pytest.mark.browser
def test_needs_a_browser() -> None: ...

def test_needs_nothing() -> None: ...
"""
OWN_SKIP = """
import pytest

@pytest.mark.gdal
def test_skips_by_itself() -> None:
    pytest.skip("not today")
"""
PROGRAMS = ("gdal_rasterize", "gdal_proximity.py", "gdal_calc.py")


def run(folder: Path, trial: str, *, must_have: bool, programs: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[1]
    shutil.copy(root / "pyproject.toml", folder)
    shutil.copy(root / "tests" / "conftest.py", folder)
    (folder / "test_trial.py").write_text(trial, encoding="utf-8")
    found = folder / "bin"
    found.mkdir()
    for name in programs:
        (found / name).touch(mode=0o755)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "test_trial.py"],
        cwd=folder,
        env=os.environ | {"PATH": str(found), "GEO_ENGINE_CI_EXTERNAL": "1" if must_have else "", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_the_programs_the_tests_skip_and_name_the_packages(tmp_path: Path) -> None:
    done = run(tmp_path, TRIAL, must_have=False)
    assert done.returncode == 0
    assert "1 passed, 2 skipped" in done.stdout
    assert "apt-get install gdal-bin python3-gdal" in done.stdout
    assert "apt-get install chromium chromium-driver" in done.stdout


def test_in_ci_they_fail(tmp_path: Path) -> None:
    done = run(tmp_path, TRIAL, must_have=True)
    assert done.returncode == 1
    assert "1 passed, 2 errors" in done.stdout


@pytest.mark.parametrize("must_have", [True, False])
def test_with_the_programs_they_run(tmp_path: Path, *, must_have: bool) -> None:
    done = run(tmp_path, TRIAL, must_have=must_have, programs=(*PROGRAMS, "chromium"))
    assert done.returncode == 0
    assert "3 passed" in done.stdout


def test_in_ci_a_marked_test_may_not_skip_by_itself_either(tmp_path: Path) -> None:
    done = run(tmp_path, OWN_SKIP, must_have=True, programs=PROGRAMS)
    assert done.returncode == 1
    assert "1 failed" in done.stdout
