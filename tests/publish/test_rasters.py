"""The rasters give the numbers back, are cloud-optimised, and say what their numbers mean."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import rasterio

from geo_engine.model import STATUS_OFF_AREA, Grid, Result, Surface
from geo_engine.publish import rasters
from geo_engine.publish.rasters import Rasters, write_status, write_suitability
from tests.publish import builders


@pytest.mark.parametrize(("name", "dtype"), [("suitability.tif", "float32"), ("status.tif", "uint32")])
def test_values_and_place_come_back_equal(published: Path, result: Result, name: str, dtype: str) -> None:
    expected = result.surface.score if name == "suitability.tif" else result.surface.status
    with rasterio.open(published / name) as raster:
        np.testing.assert_array_equal(raster.read(1), expected)
        assert raster.dtypes == (dtype,)
        assert raster.crs.to_epsg() == 27700
        assert tuple(raster.bounds) == builders.GRID.bounds
        assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"


def test_no_data_is_declared(published: Path) -> None:
    with rasterio.open(published / "suitability.tif") as raster:
        assert np.isnan(raster.nodata)
    with rasterio.open(published / "status.tif") as raster:
        assert raster.nodata == STATUS_OFF_AREA


def test_tags_name_the_unit_and_the_meaning(published: Path) -> None:
    with rasterio.open(published / "suitability.tif") as raster:
        tags, band = raster.tags(), raster.tags(1)
        assert raster.units == ("score",)
        assert raster.descriptions == ("suitability",)
    assert "not a probability" in tags["meaning"]
    assert "not a probability" in band["meaning"]
    assert tags["engine"] == "geo_engine 9.9.9"
    assert tags["region"] == "Smallland"
    assert tags["study"] == builders.study().title
    assert tags["weight_grid_275"] == "50 %"


def test_tags_name_every_bit(published: Path) -> None:
    with rasterio.open(published / "status.tif") as raster:
        tags = raster.tags(1)
    assert tags["bit_0"].startswith("unknown")
    assert tags["bit_1"].startswith("unreachable")
    assert tags["bit_2"] == "fails: National parks"
    assert tags["bit_3"] == "fails: Town core (estimate)"


def test_a_large_raster_is_a_valid_cog(tmp_path: Path, result: Result) -> None:
    """Tiled; overviews halve; directories stand before the data, and the data run from the coarsest overview to the full size."""
    side = 1600
    rows, cols = np.mgrid[:side, :side]
    score = ((rows // 2 + cols // 2) % 101).astype(np.float32)
    grid = Grid("EPSG:27700", 0.0, 400_000.0, 250.0, side, side)
    large = Result(
        **{name: getattr(result, name) for name in result.__dataclass_fields__} | {"surface": Surface(grid, score, score.astype("u4"))}
    )
    path = write_suitability(large, tmp_path / "large.tif", engine_version="1")
    with rasterio.open(path) as raster:
        assert raster.overviews(1) == [2, 4]
        assert raster.block_shapes == [(512, 512)]
        half = raster.read(1, out_shape=(side // 2, side // 2))
    np.testing.assert_array_equal(half, score[::2, ::2])  # squares of two by two cells are alike, so their average is exact
    directories, first_tiles = layout(path.read_bytes())
    assert max(directories) < min(first_tiles)
    assert first_tiles == sorted(first_tiles, reverse=True)


def test_rasters_begun_early_are_those_that_are_written_one_by_one(tmp_path: Path, result: Result) -> None:
    (tmp_path / "early").mkdir()
    with Rasters(tmp_path / "work", engine_version="1") as early:
        early.begin(result.study, result.region_title, result.surface)
        early.begin(result.study, result.region_title, result.surface)  # nothing is written twice
        files = early.collect(tmp_path / "early")
    assert [file.relative_to(tmp_path).as_posix() for file in files] == ["early/suitability.tif", "early/status.tif"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["early"]
    for file, write in zip(files, (write_suitability, write_status), strict=True):
        assert file.read_bytes() == write(result, tmp_path / file.name, engine_version="1").read_bytes()


def test_an_error_in_a_thread_is_raised_where_the_files_are_collected(
    tmp_path: Path, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rasters, "write_status", full)
    with Rasters(tmp_path / "work", engine_version="1") as early:
        early.begin(result.study, result.region_title, result.surface)
        with pytest.raises(OSError, match="No space left"):
            early.collect(tmp_path)
    assert not (tmp_path / "work").exists()


def test_what_is_begun_and_not_wanted_leaves_nothing(tmp_path: Path, result: Result) -> None:
    with pytest.raises(ZeroDivisionError), Rasters(tmp_path / "work", engine_version="1") as early:  # noqa: PT012 - the body is the point
        early.begin(result.study, result.region_title, result.surface)
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def layout(content: bytes) -> tuple[list[int], list[int]]:
    """Offsets of a classic TIFF's directories, and of the first tile with data of each."""
    assert content[:4] == b"II*\x00"
    directories, first_tiles = [], []
    (at,) = struct.unpack_from("<I", content, 4)
    while at:
        directories.append(at)
        (count,) = struct.unpack_from("<H", content, at)
        for entry in range(count):
            tag, _, values, value = struct.unpack_from("<HHII", content, at + 2 + 12 * entry)
            if tag == 324:  # TileOffsets
                offsets = (value,) if values == 1 else struct.unpack_from(f"<{values}I", content, value)
                first_tiles.append(min(offset for offset in offsets if offset))
        (at,) = struct.unpack_from("<I", content, at + 2 + 12 * count)
    return directories, first_tiles
