"""The project's file: the same bytes for the same result, relative paths only, well-formed whatever the names, every mask in one class."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_engine.model import NetworkColumns, StatusBit, rule_bits
from geo_engine.publish import style
from geo_engine.publish.qgis import write_run_project
from geo_engine.publish.qgis.elements import clean, element, quoted, serialised
from geo_engine.publish.qgis.of_run import _Run, _which_rules
from tests.publish import builders, reached


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> ET.Element:
    folder = tmp_path_factory.mktemp("project")
    write_run_project(reached.result(), folder)
    return read(folder)


def read(folder: Path) -> ET.Element:
    with zipfile.ZipFile(folder / "run.qgz") as packed:
        return ET.fromstring(packed.read("run.qgs"))  # noqa: S314 - our own file


def test_the_same_result_gives_the_same_bytes(tmp_path: Path) -> None:
    folders = tmp_path / "a", tmp_path / "b"
    for folder in folders:
        folder.mkdir()
        write_run_project(reached.result(), folder)
    for name in ("run.qgz", "context.gpkg"):
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name


def test_the_archive_holds_one_document_without_a_date(tmp_path: Path) -> None:
    write_run_project(reached.result(), tmp_path)
    with zipfile.ZipFile(tmp_path / "run.qgz") as packed:
        entries = packed.infolist()
    assert [entry.filename for entry in entries] == ["run.qgs"]
    assert entries[0].date_time == (1980, 1, 1, 0, 0, 0)


def test_no_source_leaves_the_folder_and_none_is_asked_of_a_network(document: ET.Element) -> None:
    sources = [node.text or "" for node in document.iter("datasource")]
    assert len(sources) > 20
    assert all(re.match(r"\./(sites|context)\.gpkg\|layername=|\./(suitability|status|best5)\.tif$", source) for source in sources)
    assert not [text for text in document.itertext() if "http" in text and "qgis" not in text]


def test_hostile_names_are_text_and_are_not_computed(document: ET.Element) -> None:
    names = [node.text for node in document.iter("layername")]
    assert f"Grid {builders.HOSTILE}" in names
    assert not list(document.iter("script"))
    assert clean("[%env('HOME')%]\x00\x0b") == "[ %env('HOME')%]"


@given(st.text())
def test_any_text_makes_a_document_that_can_be_read_again(text: str) -> None:
    made = serialised(element("layer", text, name=text))
    again = ET.fromstring(made)  # noqa: S314 - our own text
    expected = clean(text)
    assert (again.text or "") == expected.replace("\r\n", "\n").replace("\r", "\n")
    assert (again.get("name") or "") == expected


@given(st.text(alphabet="ab'\\\"%é"))
def test_a_quoted_text_is_one_literal(text: str) -> None:
    literal = quoted(text)
    inside = literal[1:-1].replace("\\\\", "\x00").replace("''", "\x01")
    assert "'" not in inside
    assert "\\" not in inside
    assert inside.replace("\x00", "\\").replace("\x01", "'") == clean(text)


@given(st.lists(st.integers(0, 15), min_size=1, max_size=8, unique=True), st.booleans())
def test_every_mask_is_in_one_class_and_in_that_which_its_bits_say(bits: list[int], forced: bool) -> None:  # noqa: FBT001 - of hypothesis
    """Brute force over the bits: 0 unknown, 1 unreachable, 2 and 3 the rules."""
    small = builders.result()
    masks = np.array(sorted({mask | (1 << 31 if forced and not mask & 1 else 0) for mask in bits}), np.uint32)
    status = np.resize(masks, small.surface.status.shape)
    run = _Run(replace(small, surface=replace(small.surface, status=status)), {})
    items = {int(node.get("value", "")): node.get("label") for node in _which_rules(run).renderer.iter("item")}
    assert sorted(items) == masks.tolist()
    rules = {1 << bit: name for name, bit in rule_bits(small.study.constraints).items()}
    for mask, label in items.items():
        failed = mask & 0b1100
        if mask & 1:
            assert label == "No score: a value is unknown"
        elif mask >> StatusBit.FORCED:
            assert label == ""
        elif failed == 0b1100:
            assert label == "Several rules"
        elif failed:
            assert label is not None
            assert label.startswith(rules[failed])
        else:
            assert label == ("Free, and unreachable over the network" if mask & 2 else "Free of the rules tested")


def test_colours_that_scripts_of_the_map_hold_too_are_the_same_there(root: Path) -> None:
    scripts = root / "geo_engine" / "publish" / "webmap"
    demand = (scripts / "demand.js").read_text(encoding="utf-8")
    for name, sign in (("COVERED", style.COVERED), ("UNCOVERED", style.UNCOVERED)):
        assert f'export const {name} = {{ shape: "{sign.shape}", colour: "{sign.colour}" }};' in demand
    assert f'const OUTLINE = {{ color: "{style.SITE_LINE}", weight: 2,' in (scripts / "areas.js").read_text(encoding="utf-8")


def test_the_context_holds_every_layer_that_the_map_draws_with_its_provenance(tmp_path: Path) -> None:
    write_run_project(reached.result(), tmp_path)
    layers = dict(pyogrio.list_layers(tmp_path / "context.gpkg"))
    assert layers["grid"] == "Point"
    assert layers["parks"] == layers["ground"] == layers["region"] == "MultiPolygon"
    assert layers["rivers"] == layers["roads"] == "MultiLineString"
    told = pyogrio.read_info(tmp_path / "context.gpkg", layer="grid")["layer_metadata"]
    assert told["DESCRIPTION"] == f"A publisher. 2024. OGL-UK-3.0. Contains Grid {builders.HOSTILE} data"
    assert told["IDENTIFIER"] == f"Grid {builders.HOSTILE}"
    frame = pyogrio.read_dataframe(tmp_path / "context.gpkg", layer="grid")
    assert frame.crs.to_epsg() == 27700
    assert frame["name"].tolist() == ["A", builders.HOSTILE]
    assert frame.geometry.iloc[0].equals(reached.result().features["grid"].geometry[0])


def test_a_road_is_one_row_by_its_name_and_class_and_no_metre_is_lost(tmp_path: Path) -> None:
    """The oracle: five pieces of three roads, 1 km each; one name is of two classes."""
    result = reached.result()
    roads = result.features["roads"]
    pieces = [shapely.LineString([(410_000 + 1_000 * n, 520_000), (411_000 + 1_000 * n, 520_000)]) for n in range(5)]
    table = pd.DataFrame({"name": ["A1", "A1", "A19", "A1", "A19"], "road_class": ["a_road", "motorway", "a_road", "a_road", "a_road"]})
    shapes = np.array(pieces, dtype=object)
    network = NetworkColumns(road_class="road_class")
    cut = replace(roads, layer=replace(roads.layer, network=network), geometry=shapes, table=table, accuracy=np.full(5, np.nan))
    write_run_project(replace(result, features={**result.features, "roads": cut}), tmp_path)
    frame = pyogrio.read_dataframe(tmp_path / "context.gpkg", layer="roads")
    found = {(row["name"], row["road_class"]): row.geometry.length for _, row in frame.iterrows()}
    assert found == {("A1", "a_road"): 2_000, ("A1", "motorway"): 1_000, ("A19", "a_road"): 2_000}
