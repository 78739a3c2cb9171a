"""What every test may count on: hypothesis profiles, and outside programs that are there or said to be missing.

A test marked ``browser``, ``gdal``, ``node``, ``poppler``, ``postgis``, ``pygeoapi`` or ``qgis`` needs programs that the engine's own
packages do not bring. Where one is missing the test is skipped and says why; with GEO_ENGINE_CI_EXTERNAL=1 it fails instead, and so
does any other skip of such a test.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]
MUST_HAVE = os.environ.get("GEO_ENGINE_CI_EXTERNAL") == "1"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
# Debian keeps the programs of PostgreSQL off the search path; what PostGIS brings lies with it.
POSTGRES = tuple(
    f"/usr/lib/postgresql/{path.parts[4]}/bin/initdb" for path in Path("/usr/share/postgresql").glob("*/extension/postgis.control")
)
# Debian installs QGIS and what checks GDAL's files for its own Python.
SYSTEM_PYTHON = "/usr/bin/python3"
QGIS = tuple(SYSTEM_PYTHON for _ in Path("/usr/lib/python3/dist-packages/qgis").glob("_core*.so"))
# marker -> programs, of each group any one will do, and how to get them
OUTSIDE: dict[str, tuple[tuple[tuple[str, ...], ...], str]] = {
    "browser": ((CHROMIUMS,), "Debian: apt-get install chromium chromium-driver"),
    "node": ((("node",),), "Debian: apt-get install nodejs npm"),
    "poppler": ((("pdftotext",), ("pdffonts",), ("pdftohtml",)), "Debian: apt-get install poppler-utils"),
    "postgis": ((("PostgreSQL with PostGIS", *POSTGRES),), "Debian: apt-get install postgresql postgresql-postgis"),
    "pygeoapi": ((("pygeoapi", str(Path(sys.executable).with_name("pygeoapi"))),), "pip install 'geo-engine[services]'"),
    "qgis": ((("QGIS for Python", *QGIS),), "Debian: apt-get install python3-qgis qgis-providers"),
    "gdal": ((("gdal_rasterize",), ("gdal_proximity.py",), ("gdal_calc.py",)), "Debian: apt-get install gdal-bin python3-gdal"),
}

settings.register_profile("default", max_examples=50, deadline=None)
settings.register_profile(
    "ci",
    max_examples=50,
    deadline=None,  # a machine with two busy cores is no clock
    derandomize=True,  # the same examples on every run: a change is judged, not its luck
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci" if os.environ.get("CI") else "default")


def missing_for(marker: str) -> str:
    """Say which programs a marker's tests miss and how to get them, or nothing."""
    groups, remedy = OUTSIDE[marker]
    missing = [group[0] for group in groups if not any(shutil.which(name) for name in group)]
    return f"no {', '.join(missing)} here ({remedy})" if missing else ""


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in OUTSIDE:
        if item.get_closest_marker(marker) and (why := missing_for(marker)):
            pytest.skip(why)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    outside = any(item.get_closest_marker(marker) for marker in OUTSIDE)
    if MUST_HAVE and outside and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"GEO_ENGINE_CI_EXTERNAL=1 allows no skip of {item.nodeid}: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium, for tests marked ``browser``."""
    found = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(missing_for("browser"))
    return found
