from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from geo_engine.model import Accuracy, Features, Layer, ReadReport


def features(id_column: str | None = "name") -> Features:
    layer = Layer("ports", "Ports", "ports.csv", "points", "us", "CC-BY-4.0", "2022", id=id_column)
    table = pd.DataFrame({"name": ["Tyne", "Tees", "Hull"], "berths": [3, 5, 8]})
    return Features(layer, shapely.points([(0, 0), (10, 0), (20, 5)]), table, np.array([100.0, np.nan, 500.0]), ReadReport(read=3))


def test_a_mask_keeps_geometry_table_and_accuracy_in_step() -> None:
    kept = features().where(np.array([True, False, True]))
    assert len(kept) == 2
    assert kept.labels() == ["Tyne", "Hull"]
    assert kept.table.index.tolist() == [0, 1]
    assert kept.table["berths"].tolist() == [3, 8]
    assert shapely.get_x(kept.geometry).tolist() == [0.0, 20.0]
    assert kept.accuracy.tolist() == [100.0, 500.0]


def test_a_mask_of_nothing_leaves_no_feature() -> None:
    kept = features().where(np.zeros(3, dtype=np.bool_))
    assert len(kept) == 0
    assert kept.labels() == []


@pytest.mark.parametrize("id_column", [None, "no_such_column"])
def test_features_without_an_id_are_numbered_from_one(id_column: str | None) -> None:
    assert features(id_column).labels() == ["ports 1", "ports 2", "ports 3"]


@pytest.mark.parametrize(
    ("accuracy", "text"),
    [
        (Accuracy(metres=500.0), "0.5 km"),
        (Accuracy(metres=0.0), "0 km"),
        (Accuracy(column="position", by_value={"publisher": 100.0}), "by row (position)"),
        (Accuracy(), "not stated"),
    ],
)
def test_accuracy_in_words(accuracy: Accuracy, text: str) -> None:
    assert accuracy.text() == text
