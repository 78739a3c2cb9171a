"""Size columns: numbers are read, and everything else is one error that names layer, column and rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest
import shapely

from geo_engine.errors import LayerError
from geo_engine.measure import sizes
from geo_engine.model import Features
from tests.measure.builders import features


def ports(values: Sequence[object]) -> Features:
    names = ["Hull", "Tees", "Dover", "Leith", "Poole"][: len(values)]
    return features([shapely.Point(i, 0) for i in range(len(values))], {"name": names, "tonnage": values}, name="ports", label="name")


def complaint(values: Sequence[object], column: str = "tonnage") -> str:
    with pytest.raises(LayerError) as caught:
        sizes(ports(values), column, None)
    return str(caught.value)


@pytest.mark.parametrize("values", [[1, 0, 2.5], ["1", "0", " 2.5"], [True, False, 2.5]])
def test_numbers_are_read_also_from_text(values: Sequence[object]) -> None:
    found = sizes(ports(values), "tonnage", None)
    assert found.dtype == np.float64
    assert found.tolist() == [1.0, 0.0, 2.5]


def test_a_blank_counts_what_is_said() -> None:
    assert sizes(ports([1.0, None, float("nan")]), "tonnage", 7.0).tolist() == [1.0, 7.0, 7.0]
    assert sizes(ports([1.0, None]), "tonnage", 0.0).tolist() == [1.0, 0.0]


def test_a_blank_without_a_word_on_it_is_an_error_with_the_remedy() -> None:
    said = complaint([1.0, None, 3.0, float("nan")])
    assert said.startswith("ports: column 'tonnage' is blank in 2 rows. Found: Tees, Leith.")
    assert "unknown_size" in said


def test_text_is_an_error_even_where_a_blank_is_allowed() -> None:
    with pytest.raises(LayerError, match=r"ports: column 'tonnage' is not a number in 2 rows\. Found: Hull: many, Dover: inf\."):
        sizes(ports(["many", "2", "inf"]), "tonnage", 0.0)


def test_a_negative_size_is_an_error() -> None:
    assert complaint([3, -1, 2]).startswith("ports: column 'tonnage' is negative in 1 rows. Found: Tees: -1. Allowed: 0 or more")


def test_a_missing_column_is_an_error_with_what_there_is_and_the_nearest_spelling() -> None:
    assert complaint([1], "tonage") == "ports: column 'tonage' missing. Found: name, tonnage. Did you mean 'tonnage'?"


def test_all_faults_of_a_column_come_at_once_and_at_most_three_rows_of_each() -> None:
    said = complaint(["x", -4, None, "y", "z"])
    assert re.findall(r"(not a number|negative|blank) in (\d)", said) == [("not a number", "3"), ("negative", "1"), ("blank", "1")]
    assert "in 4 rows. Found: Hull: a, Tees: b, Dover: c. Allowed" in complaint(["a", "b", "c", "d"])
