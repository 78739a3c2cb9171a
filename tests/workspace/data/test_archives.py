"""Archives that lead out of themselves or swell are refused before anything opens them."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from geo_engine.errors import LayerError
from geo_engine.model import Layer
from geo_engine.workspace import read_features
from geo_engine.workspace.data.formats.archive import look_through

CSV = "name,lon,lat\nx,-1.5,52\n"


def archive(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name in names:
            made.writestr(name, CSV)
    return path


@pytest.mark.parametrize("name", ["../a.csv", "/tmp/a.csv", "a/../../b.csv", "..\\a.csv", "C:\\a.csv"])  # noqa: S108 - no file of ours
def test_a_member_that_leads_out_is_told_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()
    path = archive(tmp_path / "in" / "a.zip", "good.csv", name)
    layer = Layer("a", "A", str(path), "points", "", "", "")
    with pytest.raises(LayerError, match="has members that lead out of it"):
        read_features(layer, crs="EPSG:27700")
    assert [found.name for found in tmp_path.rglob("*")] == ["in", "a.zip"]


def test_a_link_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        link = zipfile.ZipInfo("a.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    with pytest.raises(LayerError, match=r"lead out of it. Found: 'a\.csv'"):
        look_through(tmp_path / "a.zip", "")
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        entry = tarfile.TarInfo("a.csv")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(entry)
    with pytest.raises(LayerError, match="lead out of it"):
        look_through(tmp_path / "a.tar.gz", "")


def test_an_archive_that_swells_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as made, made.open("a.csv", "w", force_zip64=True) as out:
        for _ in range(120):
            out.write(bytes(1_000_000))
    with pytest.raises(LayerError, match="swells when it is unpacked"):
        look_through(tmp_path / "a.zip", "")
    many = archive(tmp_path / "b.zip", *(f"{n}.csv" for n in range(9)))
    with pytest.raises(LayerError, match="swells"):
        look_through(many, "", most=len(CSV) * 8)
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        entry = tarfile.TarInfo("a.csv")
        entry.size = 9000
        tar.addfile(entry, io.BytesIO(bytes(9000)))
    with pytest.raises(LayerError, match="swells"):
        look_through(tmp_path / "a.tar", "", most=8000)


def test_good_archives_pass_and_half_an_archive_is_told(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", "folder/a..b.csv")
    look_through(path, "")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(LayerError, match="cannot be read"):
        read_features(Layer("a", "A", str(path), "points", "", "", ""), crs="EPSG:27700")
