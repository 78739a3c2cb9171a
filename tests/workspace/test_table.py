"""CSV and conditions: types, encodings, bad rows, and OGR SQL against plain Python."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_engine.errors import Fault, LayerError
from geo_engine.workspace.data.table import columns_in, filter_rows, join_table, parse_csv, typed

cell = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)


def test_types_are_found_and_text_stays_text() -> None:
    data = b"code,kv,yes,blank,n,huge,flag\n007,400/132,yes,,1,1e3,true\n8,400,no,,,2.5,false\n"
    frame, lines, notes = parse_csv(data, "a.csv")
    assert frame["code"].tolist() == ["007", "8"]
    assert frame["kv"].tolist() == ["400/132", "400"]
    assert frame["yes"].tolist() == ["yes", "no"]
    assert frame["flag"].tolist() == ["true", "false"]
    assert frame["blank"].isna().all()
    assert frame["n"].iloc[0] == 1.0
    assert np.isnan(frame["n"].iloc[1])
    assert frame["huge"].tolist() == [1000.0, 2.5]
    assert (lines.tolist(), notes) == ([2, 3], [])


@pytest.mark.parametrize("text", ["NA", "nan", "NULL", "None", "inf", "1,5", "0x10", "1_000", "=1+1", "+", "-", "1e", "٣"])
def test_words_that_look_like_values_are_text(text: str) -> None:
    assert typed(["1", text]).tolist() == ["1", text]


@given(st.lists(st.integers(-(10**15), 10**15), min_size=1))
def test_whole_numbers_come_back(numbers: list[int]) -> None:
    assert typed([str(number) for number in numbers]).tolist() == numbers


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_come_back(numbers: list[float]) -> None:
    assert typed([repr(number) for number in numbers]).astype(float).tolist() == numbers


@given(st.lists(st.tuples(cell, cell), min_size=1))
def test_quoted_cells_come_back(rows: list[tuple[str, str]]) -> None:
    stream = io.StringIO()
    csv.writer(stream).writerows([("a", "b"), *(("x" + first, "x" + second) for first, second in rows)])
    frame, _, _ = parse_csv(stream.getvalue().encode(), "a.csv")
    assert frame["a"].tolist() == [("x" + first).strip() for first, _ in rows]
    assert frame["b"].tolist() == [("x" + second).strip() for _, second in rows]


@pytest.mark.parametrize(
    ("data", "note"),
    [
        ("name,n\nMôn,1\n".encode(), None),
        (b"\xef\xbb\xbf" + "name,n\nMôn,1\n".encode(), None),
        ("name,n\nMôn,1\n".encode("latin-1"), "Latin-1"),
        ("name,n\nMôn,1\n".encode("utf-16"), "UTF-16"),
        ("name;n\r\nMôn;1\r\n".encode(), None),
        ("name\tn\nMôn\t1".encode(), None),
    ],
)
def test_encodings_and_delimiters(data: bytes, note: str | None) -> None:
    frame, _, notes = parse_csv(data, "a.csv")
    assert (list(frame.columns), frame["name"].tolist(), frame["n"].tolist()) == (["name", "n"], ["Môn"], [1])
    assert [note in text for text in notes] == ([True] if note else []) if note else notes == []


@pytest.mark.parametrize(
    ("data", "where", "what", "found"),
    [
        (b"", "a.csv", "the file is empty", ""),
        (b"\n\n", "a.csv", "the file is empty", ""),
        (b"a,b\0\n", "a.csv", "not a text file", "zero byte"),
        (b"a,b\n1,2\n1\n1,2,3\n", "a.csv:3", "2 rows differ", "1 in line 3, 3 in line 4"),
        (b"a,,b\n1,2,3\n", "a.csv:1", "column 2 has no name", ""),
        (b"a,b,A\n1,2,3\n", "a.csv:1", "column 'A' is there twice", "a, b, A"),
        (b'a,b\n1,"2\n', "a.csv:2", "not a CSV", ""),
    ],
)
def test_bad_files(data: bytes, where: str, what: str, found: str) -> None:
    with pytest.raises(LayerError) as caught:
        parse_csv(data, "a.csv")
    (fault,) = caught.value.faults
    assert fault.where == where
    assert what in fault.what
    assert found in fault.found


def test_trailing_commas_and_blank_lines_are_no_fault() -> None:
    frame, lines, _ = parse_csv(b"a,b,\n1,2,\n\n,,\n3,4,\n", "a.csv")
    assert (list(frame.columns), frame["a"].tolist(), lines.tolist()) == (["a", "b"], [1, 3], [2, 5])


def test_only_headings_give_no_rows() -> None:
    frame, _, _ = parse_csv(b"a,b\n", "a.csv")
    assert (list(frame.columns), len(frame)) == (["a", "b"], 0)


FRAME = pd.DataFrame(
    {"name": ["O'Hara", 'say "x"', "b", None], "kv": [400.0, 275.0, np.nan, 132.0], "type of site": ["a", "b", "a", "c"], "n": [1, 2, 3, 4]}
)


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ("kv >= 275", [0, 1]),
        ("KV >= 275 AND n <> 1", [1]),
        ("name = 'O''Hara'", [0]),
        ("name = 'say \"x\"'", [1]),
        ("\"type of site\" in ('a', 'c')", [0, 2, 3]),
        ("kv is null or name is null", [2, 3]),
        ("not (kv < 300)", [0]),
        ("name like '%H%'", [0]),
        ("n between 2 and 3", [1, 2]),
        ("kv <> 400", [1, 3]),
        ("name = 'kv and name'", []),
        ("1 = 1", [0, 1, 2, 3]),
    ],
)
def test_conditions(where: str, rows: list[int]) -> None:
    assert np.flatnonzero(filter_rows(FRAME, where, "here")).tolist() == rows


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6, width=32)), min_size=1), st.floats(-1e6, 1e6, width=32))
def test_condition_against_python(values: list[float | None], limit: float) -> None:
    frame = pd.DataFrame({"v": pd.Series(values, dtype="float64")})
    assert filter_rows(frame, f"v > {limit!r}", "here").tolist() == [value is not None and value > limit for value in values]


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=9))
def test_no_text_breaks_out_of_its_quotes(text: str) -> None:
    frame = pd.DataFrame({"v": [text, text + "x", None]})
    quoted = text.replace("'", "''")
    assert filter_rows(frame, f"v = '{quoted}'", "here").tolist() == [True, False, False]


def test_unknown_column_in_a_condition() -> None:
    with pytest.raises(LayerError) as caught:
        filter_rows(FRAME, "kvs > 1 and nam = 'x'", "layer 'grid'")
    first, second = caught.value.faults
    assert (first.where, first.found, first.remedy) == ("layer 'grid'", "name, kv, type of site, n", "did you mean 'kv'?")
    assert "column 'kvs' is missing in where" in first.what
    assert second.remedy == "did you mean 'name'?"


@pytest.mark.parametrize("where", ["kv >", "kv = 'x' and", "kv ! 3", "name = 'open", "(kv > 1", "sqrt(kv) > 1", "kv > 1; drop table a"])
def test_bad_conditions(where: str) -> None:
    with pytest.raises(LayerError) as caught:
        filter_rows(FRAME, where, "layer 'grid'")
    assert caught.value.faults[0].where == "layer 'grid'"
    assert where in str(caught.value)


def test_text_in_double_quotes_is_told() -> None:
    with pytest.raises(LayerError, match=r"[Tt]ext stands in single quotes"):
        filter_rows(FRAME, 'name = "zzzz"', "here")


def test_columns_of_a_condition() -> None:
    assert columns_in("a = 'b' and \"c d\" is not null or lower(e) like '%f''g%' and not h in (1, 2)") == ["a", "c d", "e", "h"]


def test_join_keeps_rows_and_order() -> None:
    left = pd.DataFrame({"code": ["b", "a", None, "z"], "n": [1, 2, 3, 4]})
    right = pd.DataFrame({"code": ["a", "b", None], "cars": [10, 20, 30]})
    made, unmatched = join_table(left, right, "code", place="here", label="b.csv")
    assert made["n"].tolist() == [1, 2, 3, 4]
    assert made["cars"].iloc[:2].tolist() == [20.0, 10.0]
    assert made["cars"].iloc[2:].isna().all()
    assert unmatched == 2


def test_join_of_numbers_and_texts() -> None:
    made, unmatched = join_table(
        pd.DataFrame({"k": [1, 2]}), pd.DataFrame({"k": ["2", "1"], "v": ["two", "one"]}), "k", place="here", label="b.csv"
    )
    assert (made["v"].tolist(), unmatched) == (["one", "two"], 0)


@given(st.lists(st.integers(0, 20)), st.lists(st.integers(0, 20), unique=True))
def test_join_against_a_dictionary(left: list[int], right: list[int]) -> None:
    values = {key: key * 7 for key in right}
    made, unmatched = join_table(
        pd.DataFrame({"k": pd.Series(left, dtype="int64")}),
        pd.DataFrame({"k": pd.Series(right, dtype="int64"), "v": pd.Series([*values.values()], dtype="int64")}),
        "k",
        place="here",
        label="b",
    )
    assert [None if pd.isna(value) else value for value in made["v"]] == [values.get(key) for key in left]
    assert unmatched == sum(key not in values for key in left)


@pytest.mark.parametrize(
    ("left", "right", "what", "found"),
    [
        ({"k": [1]}, {"k": [1, 1], "v": [1, 2]}, "1 keys are in b.csv more than once", "1"),
        ({"key": [1]}, {"k": [1]}, "column 'k' is missing in the layer", "key"),
        ({"k": [1]}, {"j": [1]}, "column 'k' is missing in b.csv", "j"),
        ({"k": [1], "v": [1]}, {"k": [1], "v": [2]}, "columns that the layer has too", "v"),
    ],
)
def test_bad_joins(left: dict[str, list[int]], right: dict[str, list[int]], what: str, found: str) -> None:
    with pytest.raises(LayerError) as caught:
        join_table(pd.DataFrame(left), pd.DataFrame(right), "k", place="layers/a.toml:3 join[1]", label="b.csv")
    (fault,) = caught.value.faults
    assert fault.where == "layers/a.toml:3 join[1]"
    assert what in fault.what
    assert fault.found == found


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_told(data: bytes) -> None:
    told: tuple[Fault, ...] = ()
    rows = np.zeros(0, dtype=np.int64)
    try:
        frame, rows, _ = parse_csv(data, "a.csv")
    except LayerError as error:
        told, frame = error.faults, pd.DataFrame()
    assert len(frame) == len(rows)
    assert all(fault.where.startswith("a.csv") for fault in told)
