"""CSV and Excel with places in degrees, in metres of a grid and as grid references; dates, commas, encodings."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_engine.errors import LayerError
from geo_engine.model import Features, Layer
from geo_engine.workspace import read_catalogue, read_features
from geo_engine.workspace.data.grid_reference import read_reference
from geo_engine.workspace.data.table import parse_csv, typed

OSGB = "EPSG:27700"


def read(path: Path, text: str | bytes | None = None, **more: object) -> Features:
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_features(Layer("a", "A", str(path), "points", "nobody", "CC0-1.0", "2024", **more), crs=OSGB)  # type: ignore[arg-type]


def sheet(path: Path, rows: list[list[object]], name: str = "Sites") -> Path:
    """Write a workbook to the letter of ECMA-376, with nothing but the standard library; a date is (serial number,)."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    root = ET.Element("worksheet", xmlns=main)
    data = ET.SubElement(root, "sheetData")
    for number, row in enumerate(rows, 1):
        line = ET.SubElement(data, "row", r=str(number))
        for column, cell in enumerate(row):
            place = f"{chr(65 + column)}{number}"
            if isinstance(cell, str):
                inline = ET.SubElement(line, "c", r=place, t="inlineStr")
                ET.SubElement(ET.SubElement(inline, "is"), "t").text = cell
            elif cell is not None:
                value = ET.SubElement(line, "c", {"r": place} | ({"s": "1"} if isinstance(cell, tuple) else {}))
                ET.SubElement(value, "v").text = str(cell[0] if isinstance(cell, tuple) else cell)
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    relation = '<Relationship Id="{}" Type="' + office + '/{}" Target="{}"/>'
    relations = f'<Relationships xmlns="{package}/relationships">' + "{}</Relationships>"
    override = '<Override PartName="/xl/{}.xml" ContentType="' + kinds + '.{}+xml"/>'
    overrides = "".join(
        override.format(*pair) for pair in (("workbook", "sheet.main"), ("worksheets/sheet1", "worksheet"), ("styles", "styles"))
    )
    packed = "application/vnd.openxmlformats-package.relationships+xml"
    inner = relation.format("r1", "worksheet", "worksheets/sheet1.xml") + relation.format("r2", "styles", "styles.xml")
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="{packed}"/>'
        f"{overrides}</Types>",
        "_rels/.rels": relations.format(relation.format("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">'
        f'<sheets><sheet name="{name}" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations.format(inner),
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": ET.tostring(root, encoding="unicode"),
    }
    with zipfile.ZipFile(path, "w") as book:
        for part, text in parts.items():
            book.writestr(part, text)
    return path


def test_a_sheet_of_excel_gives_points_numbers_and_dates(tmp_path: Path) -> None:
    # Day 45292 of Excel's calendar is 1 January 2024 (ECMA-376 part 1, 18.17.4.1: day 1 is 1 January 1900, and 1900 counts as a leap year).
    rows: list[list[object]] = [
        ["name", "lon", "lat", "opened", "jobs", "code"],
        ["O'Hara 🏭", -1.5, 52.25, (45292,), 10, "007"],
        ["../b", -1.25, 52.5, (45351,), None, "8"],
    ]
    features = read(sheet(tmp_path / "a.xlsx", rows), crs="EPSG:4326")
    meant = pyproj.Transformer.from_crs("EPSG:4326", OSGB, always_xy=True).transform([-1.5, -1.25], [52.25, 52.5])
    assert np.allclose(shapely.get_coordinates(features.geometry), np.column_stack(meant), atol=1e-6)
    assert features.table["name"].tolist() == ["O'Hara 🏭", "../b"]
    assert features.table["opened"].tolist() == [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-02-29")]
    assert features.table["code"].tolist() == ["007", "8"]
    assert features.table["jobs"].iloc[0] == 10
    assert np.isnan(features.table["jobs"].iloc[1])
    later = read_features(features.layer, crs=OSGB, where="opened > '2024/01/15'")
    assert later.table["name"].tolist() == ["../b"]


def test_a_sheet_whose_cells_are_all_text_still_has_headings(tmp_path: Path) -> None:
    rows: list[list[object]] = [["site", "ref"], ["Caister", "TG 51409 13177"], ["Ben Nevis", "NN 166 712"]]
    features = read(sheet(tmp_path / "a.xlsx", rows), grid_ref="ref", id="site")
    assert features.labels() == ["Caister", "Ben Nevis"]
    assert shapely.get_coordinates(features.geometry).tolist() == [[651409.5, 313177.5], [216650, 771250]]


@pytest.mark.gdal
def test_a_sheet_made_by_gdal_reads_back_equal_and_sheets_are_chosen(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,easting,northing\nx,400000,300000\ny,400001.5,300000\n")
    for name in ("first", "second"):
        more = ["-update"] if name == "second" else []
        subprocess.run(
            ["ogr2ogr", *more, "-f", "XLSX", tmp_path / "a.xlsx", tmp_path / "a.csv", "-oo", "AUTODETECT_TYPE=YES", "-nln", name],
            check=True,
        )
    features = read(tmp_path / "a.xlsx", easting="easting", northing="northing", crs=OSGB, sublayer="second")
    assert shapely.get_coordinates(features.geometry).tolist() == [[400000, 300000], [400001.5, 300000]]
    with pytest.raises(LayerError, match="holds 2 layers"):
        read(tmp_path / "a.xlsx", easting="easting", northing="northing", crs=OSGB)


def test_eastings_and_northings_are_metres_of_the_layers_grid(tmp_path: Path) -> None:
    features = read(tmp_path / "a.csv", "name,E,N\nx,425000,575000\n", easting="e", northing="n", crs=OSGB)
    assert shapely.get_coordinates(features.geometry).tolist() == [[425000, 575000]]
    irish = read(tmp_path / "b.csv", "x,y\n300000,370000\n", easting="x", northing="y", crs="EPSG:29902")
    meant = pyproj.Transformer.from_crs("EPSG:29902", OSGB, always_xy=True).transform(300000, 370000)
    assert np.allclose(shapely.get_coordinates(irish.geometry), [meant])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        # Published: OS, Using the National Grid: TG 51 13 is the square of one kilometre from 651000, 313000.
        ("TG 51 13", (651500.0, 313500.0)),
        ("tg5140913177", (651409.5, 313177.5)),
        ("SV 0 0", (5000.0, 5000.0)),
        ("HP", (450000.0, 1250000.0)),  # the far north of Shetland: 400000, 1200000
        ("NZ27NE", (427500.0, 577500.0)),
        ("SU19A", (411000.0, 191000.0)),
        ("SU19Z", (419000.0, 199000.0)),
    ],
)
def test_published_grid_references(text: str, place: tuple[float, float]) -> None:
    assert read_reference(text) == place


@pytest.mark.parametrize("text", ["", "TG 514", "IG 51 13", "AA 1 1", "TG 51 13 99 99 99 99", "51 13", "TGÀ 51 13", "SU19O", "TG51"[::-1]])
def test_what_is_no_grid_reference_is_none(text: str) -> None:
    assert read_reference(text) is None


@given(st.integers(0, 699_999), st.integers(0, 1_299_999), st.integers(1, 5))
def test_a_reference_names_the_square_that_holds_the_place(east: int, north: int, digits: int) -> None:
    letters = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
    first = letters[(3 - north // 500_000) * 5 + east // 500_000 + 2]
    second = letters[(4 - north % 500_000 // 100_000) * 5 + east % 500_000 // 100_000]
    text = f"{first}{second} {east % 100_000:05}"[: 3 + digits] + f" {north % 100_000:05}"[: 1 + digits]
    found = read_reference(text)
    if first not in "HJNOST":
        assert found is None
    else:
        half = 10 ** (5 - digits) / 2
        assert found is not None
        assert abs(found[0] - east) <= half
        assert abs(found[1] - north) <= half


def test_rows_without_a_grid_reference_are_told_all_at_once(tmp_path: Path) -> None:
    with pytest.raises(LayerError) as caught:
        read(tmp_path / "a.csv", "ref\nTG 51 13\nnowhere\n\n52.1\n", grid_ref="ref")
    assert "'ref' of a.csv is no grid reference in 2 rows. Found: 'nowhere' in line 3, '52.1' in line 5" in str(caught.value)


def test_commas_before_fractions_are_understood_where_the_layer_says_so(tmp_path: Path) -> None:
    text = "name;lon;lat;power\nx;-1,5;52,25;1200\ny;-1,25;52,5;0,5\n"
    with pytest.raises(LayerError) as caught:
        read(tmp_path / "a.csv", text)
    assert 'decimal = ","' in str(caught.value)
    features = read(tmp_path / "a.csv", decimal=",")
    assert features.table["power"].tolist() == [1200, 0.5]
    assert features.table["lon"].tolist() == [-1.5, -1.25]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_with_commas_come_back(numbers: list[float]) -> None:
    assert typed([repr(number).replace(".", ",") for number in numbers], ",").tolist() == numbers


@pytest.mark.parametrize(
    ("data", "encoding", "name", "noted"),
    [
        ("name,lon,lat\nKöln,-1.5,52\n".encode("utf-8-sig"), None, "Köln", False),
        ("name,lon,lat\nKöln,-1.5,52\n".encode("latin-1"), None, "Köln", True),
        ("name,lon,lat\nKöln,-1.5,52\n".encode("latin-1"), "latin-1", "Köln", False),
        ("name,lon,lat\nŁódź,-1.5,52\n".encode("cp1250"), "cp1250", "Łódź", False),
        ("name,lon,lat\nŁódź,-1.5,52\n".encode("utf-16"), None, "Łódź", True),
    ],
)
def test_encodings(tmp_path: Path, data: bytes, encoding: str | None, name: str, *, noted: bool) -> None:
    features = read(tmp_path / "a.csv", data, encoding=encoding)
    assert features.table["name"].tolist() == [name]
    assert bool(features.report.notes) is noted


def test_an_encoding_that_does_not_fit_is_told() -> None:
    with pytest.raises(LayerError, match="this is not utf-8"):
        parse_csv("name\nKöln\n".encode("latin-1"), "a.csv", "utf-8")


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ('easting = "e"', "only one of 'easting' and 'northing' is given"),
        ('easting = "e"\nnorthing = "n"', "of which grid they are"),
        ('grid_ref = "r"\nlon = "x"', "places are said in 2 ways"),
        ('encoding = "klingon"', "unknown encoding"),
        ('decimal = ";"', "decimal"),
        ('values = "classes"', "values is for rasters"),
    ],
)
def test_keys_that_contradict_each_other(base: Path, lines: str, what: str) -> None:
    file = base / "layers/towns.toml"
    file.write_text(f"{lines}\n{file.read_text()}")
    with pytest.raises(LayerError, match=what):
        read_catalogue(base)
