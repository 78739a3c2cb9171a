"""Lines of keys against a plain search of the text, files that are none, and workspaces from below."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_engine.errors import StudyError
from geo_engine.workspace import find_workspace
from geo_engine.workspace.toml_file import dotted, key_lines, read_toml

TEXT = '''\
# head = 1
title = "a = b # no comment"
long = """
[criteria]
weight = 1
"""
list = [
  "x", # ]
  { name = "in" },
]
"odd key" = 1
a.b.c = 2

[[criteria]]
name = 'one [[criteria]]'
[criteria.value]
best = 1

[[criteria]]
  weight = 3
  [[criteria.steps]]
  at = 1
  [[criteria.steps]]
  at = 2
[facility]
[[facility.needs]]
each = "1"
'''


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("title",), 2),
        (("long",), 3),
        (("list",), 7),
        (("odd key",), 11),
        (("a", "b", "c"), 12),
        (("a",), 12),
        (("criteria", 0), 14),
        (("criteria",), 14),
        (("criteria", 0, "name"), 15),
        (("criteria", 0, "value", "best"), 17),
        (("criteria", 1, "weight"), 20),
        (("criteria", 1, "steps", 1, "at"), 24),
        (("facility", "needs", 0, "each"), 27),
    ],
)
def test_line_of_a_key(keys: tuple[str | int, ...], line: int) -> None:
    tomllib.loads(TEXT)
    assert key_lines(TEXT)[keys] == line


def test_text_and_comments_hold_no_keys() -> None:
    lines = key_lines(TEXT)
    assert ("head",) not in lines
    assert ("weight",) not in lines
    assert ("name",) not in lines


@given(
    st.lists(
        st.tuples(st.booleans(), st.text(st.characters(codec="utf-8", exclude_characters='"\\', exclude_categories=["Cc"]), max_size=9)),
        min_size=1,
    )
)
def test_every_entry_is_found_where_it_was_written(entries: list[tuple[bool, str]]) -> None:
    text, expected = "", {}
    for number, (blank, value) in enumerate(entries):
        text += "\n# note [[x]]\n" if blank else ""
        text += "[[x]]\n"
        expected[number] = text.count("\n") + 1
        text += f'key = "{value}"\n'
    assert [entry["key"] for entry in tomllib.loads(text)["x"]] == [value for _, value in entries]
    assert {number: key_lines(text)["x", number, "key"] for number in range(len(entries))} == expected


@given(st.text(max_size=200))
def test_any_text_is_read_or_told(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("toml") / "a.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    file, faults = read_toml(path, "a.toml")
    assert bool(faults) or file.data == tomllib.loads(text.encode().decode("utf-8-sig").replace("\r\n", "\n"))


def test_entries_are_counted_from_one() -> None:
    assert dotted(("criteria", 0, "value")) == "criteria[1].value"


@pytest.mark.parametrize(
    ("data", "where", "what"),
    [
        (b"a = \nb = 2", "s/a.toml:1", "not TOML: Invalid value in column 5"),
        (b"a = 1\n\nb = \xe9", "s/a.toml:3", "not UTF-8"),
        (b"a = " + b"[" * 100_000, "s/a.toml", "not TOML"),
        (b"a = " + b"9" * 5000, "s/a.toml", "not TOML"),
    ],
)
def test_files_that_are_no_toml(tmp_path: Path, data: bytes, where: str, what: str) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(data)
    file, (fault,) = read_toml(path, "s/a.toml")
    assert file.data == {}
    assert fault.where == where
    assert fault.what.startswith(what)
    assert fault.allowed == "a TOML file in UTF-8"


def test_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n")
    file, faults = read_toml(path, "a.toml")
    assert (file.data, faults, file.where("b")) == ({"a": 1, "b": 2}, [], "a.toml:2 b")


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert [read_toml(path, "x")[1][0].what for path in (tmp_path / "no.toml", tmp_path)] == [
        "there is no such file",
        "this is a folder or runs through a file",
    ]


def test_workspace_from_a_study_and_from_below(base: Path) -> None:
    for path in (base, base / "studies" / "a.toml", base / "layers" / "data", base / "studies" / "new.toml", str(base)):
        assert find_workspace(path) == base


def test_no_workspace_names_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "studies").mkdir()
    for path, what in (
        (tmp_path / "studies" / "a.toml", "no folder 'layers'"),
        (tmp_path, "not in a workspace"),
        (tmp_path / "nowhere", "no such file or folder"),
    ):
        with pytest.raises(StudyError, match=what) as caught:
            find_workspace(path)
        assert "geo-engine new DIR" in str(caught.value)
        assert str(path) in str(caught.value)
