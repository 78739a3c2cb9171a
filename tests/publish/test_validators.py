"""What a run leaves passes GDAL's own validators of GeoPackage and of cloud-optimised GeoTIFF."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geo_engine.publish import write_outputs
from tests.publish import reached

pytestmark = pytest.mark.gdal

PYTHON = "/usr/bin/python3"  # the one that Debian's GDAL is for


def validate(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [PYTHON, "-m", f"osgeo_utils.samples.{program}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("run")
    result = reached.result()
    best = np.where(np.isnan(np.asarray(result.surface.score)), np.float32(np.nan), np.float32(0.5))
    write_outputs(replace(result, surface=replace(result.surface, best=best)), made, record={})
    return made


@pytest.mark.parametrize("name", ["sites.gpkg", "context.gpkg"])
def test_geopackages_are_valid_without_a_warning(folder: Path, name: str) -> None:
    done = validate("validate_gpkg", "-k", "--extra", "--warning-as-error", str(folder / name))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", ["suitability.tif", "status.tif", "best5.tif"])
def test_rasters_are_cloud_optimised(folder: Path, name: str) -> None:
    done = validate("validate_cloud_optimized_geotiff", "--full-check=yes", str(folder / name))
    assert done.returncode == 0, done.stderr
    assert "is a valid cloud optimized GeoTIFF" in done.stdout
    assert "warning" not in done.stdout.lower()


def test_the_validators_do_find_what_is_wrong(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gpkg"
    broken.write_bytes((folder / "sites.gpkg").read_bytes().replace(b"gpkg_geometry_columns", b"gpkg_geometry_colunms"))
    assert validate("validate_gpkg", str(broken)).returncode != 0
