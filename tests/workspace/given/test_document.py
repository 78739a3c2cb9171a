from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_engine.errors import StudyError
from geo_engine.workspace.given.document import toml_document, toml_table

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PLAIN = st.one_of(
    TEXTS, st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.dates(), st.datetimes(), st.times()
)
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=8)


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_what_is_written_is_read_back_equal(content: dict[str, Any]) -> None:
    assert tomllib.loads(toml_document(content)) == content


@given(TEXTS.filter(str.isalnum), st.dictionaries(TEXTS, VALUES, max_size=4))
def test_a_table_is_read_back_under_its_head(key: str, table: dict[str, Any]) -> None:
    assert tomllib.loads(toml_table(f'"{key}"', table)) == {key: table}


def test_numbers_of_numpy_paths_and_tuples_are_what_they_stand_for() -> None:
    content = {"a": np.float32(0.5), "b": np.int64(3), "c": Path("data") / "x.csv", "d": (1, 2), "e": None, "f": np.bool_(True)}  # noqa: FBT003 - a cell
    assert tomllib.loads(toml_document(content)) == {"a": 0.5, "b": 3, "c": "data/x.csv", "d": [1, 2], "f": True}


def test_tables_come_behind_plain_keys_so_that_none_falls_into_them() -> None:
    content = {"first": {"x": 1}, "plain": 2, "many": [{"y": 3}, {"y": 4}], "last": dt.date(2026, 1, 2)}
    assert tomllib.loads(toml_document(content)) == content


@pytest.mark.parametrize("value", [object(), 1j, b"bytes", {1, 2}])
def test_what_toml_has_not_is_told_with_its_place(value: object) -> None:
    with pytest.raises(StudyError, match=r"a\.b"):
        toml_document({"a": {"b": value}})
