"""What plug-ins give is looked at before it is believed; what goes wrong in them names the plug-in and its line."""

# ruff: noqa: ARG001, ARG005 - a plug-in is handed more than each of these uses

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cloudpickle  # type: ignore[import-untyped]
import numpy as np
import pytest

from geo_engine.errors import LayerError
from geo_engine.measure import Stock, prepare
from geo_engine.model import Grid, PluggedMeasure
from geo_engine.plugins import measure
from tests.measure.builders import BNG, Float, at, point_features
from tests.measure.land.rasters import alike_through_all_doors, north_up, save

POINTS = point_features(np.array([0.0, 300.0]), np.array([0.0, 400.0]), {"size": [1.0, 2.0]})
PLACES = at((0.0, 0.0), (300.0, 400.0), (150.0, 200.0))


def asked(function: Callable[..., Any], **parameters: float) -> list[float]:
    made = PluggedMeasure(layer="things", plugin="own", file=Path("/ws/layers/own.py"), parameters=tuple(parameters.items()))
    stock = Stock(crs=BNG, plugins={"own": measure(unit="m")(function)})
    found: list[float] = prepare(made, POINTS, stock)(PLACES).tolist()
    return found


def pull(eastings: Float, northings: Float, features: Any, *, half: float = 250.0) -> Any:  # noqa: ANN401
    away = [np.hypot(eastings - point.x, northings - point.y) for point in features.geometry]
    return sum(size / (1.0 + metres / half) for size, metres in zip(features["size"], away, strict=True))


def test_places_features_and_parameters_reach_the_function() -> None:
    """500 m apart: at the first 1 + 2 / 3, at the second 1 / 3 + 2, half-way 3 / 2; with half at 500 m they pull farther."""
    np.testing.assert_allclose(asked(pull), [1 + 2 / 3, 2 + 1 / 3, 1.5], rtol=1e-6)
    np.testing.assert_allclose(asked(pull, half=500.0), [2.0, 2.5, 2.0], rtol=1e-6)


def test_every_door_and_every_tile_give_the_same() -> None:
    made = PluggedMeasure(layer="things", plugin="own")
    alike_through_all_doors(prepare(made, POINTS, Stock(plugins={"own": measure(unit="m")(pull)})), Grid(BNG, -100.0, 500.0, 50.0, 9, 11))


def test_the_crs_is_with_the_features_and_an_added_column_does_not_stay() -> None:
    def add(eastings: Float, northings: Float, features: Any) -> Float:  # noqa: ANN401
        assert features.crs.to_epsg() == 27700
        assert "more" not in features
        features["more"] = 1
        return np.zeros_like(eastings)

    assert asked(add) == [0.0, 0.0, 0.0]


def test_a_raster_is_handed_over_to_be_asked(tmp_path: Path) -> None:
    def double(eastings: Float, northings: Float, raster: Any) -> Any:  # noqa: ANN401
        return 2.0 * raster.sample(eastings, northings)

    sampler = save(tmp_path / "a.tif", np.full((3, 3), 7.0), north_up(10.0))
    made = PluggedMeasure(layer="land", plugin="own", raster=True)
    found = prepare(made, sampler, Stock(plugins={"own": measure(unit="m")(double)}))(at((400_005.0, 299_995.0), (0.0, 0.0)))
    assert np.array_equal(found, np.array([14.0, np.nan], np.float32), equal_nan=True)


@pytest.mark.parametrize(
    ("gives", "fault"),
    [
        (lambda e: 1.0, "does not give a number for each place. Found: shape ()"),
        (lambda e: e[:-1], "does not give a number for each place"),
        (lambda e: e[:, None], "does not give a number for each place"),
        (lambda e: None, "does not give real numbers. Found: dtype object"),
        (lambda e: ["a"] * e.size, "does not give real numbers"),
        (lambda e: e * 1j, "does not give real numbers. Found: dtype complex128"),
        (lambda e: (e - e.min()) / 150.0, "gives a place another number alone than among others. Found: 0 alone, 1 among others"),
    ],
)
def test_what_is_no_number_for_each_place_is_refused(gives: Callable[[Float], object], fault: str) -> None:
    with pytest.raises(LayerError, match="own") as caught:
        asked(lambda eastings, northings, features: gives(eastings))
    assert fault in str(caught.value)


@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.bool_])
def test_whole_numbers_and_flags_are_numbers(dtype: type[np.generic]) -> None:
    assert asked(lambda eastings, northings, features: np.ones(eastings.shape, dtype)) == [1.0, 1.0, 1.0]


def test_unknown_and_unreachable_go_through_and_what_is_too_large_is_unreachable() -> None:
    def gives(eastings: Float, northings: Float, features: Any) -> Float:  # noqa: ANN401
        return np.select([eastings == 0.0, eastings == 150.0], [np.nan, np.inf], 1e300)

    assert np.array_equal(asked(gives), [np.nan, np.inf, np.inf], equal_nan=True)


def test_places_cannot_be_written_to() -> None:
    def greedy(eastings: Float, northings: Float, features: Any) -> Float:  # noqa: ANN401
        eastings += 1.0
        return eastings

    with pytest.raises(LayerError, match="failed while it measured: ValueError: output array is read-only"):
        asked(greedy)


@pytest.mark.parametrize("error", [ZeroDivisionError("by nothing"), KeyError("size"), SystemExit(3), MemoryError(), RecursionError("deep")])
def test_a_failure_is_named_and_never_a_traceback(error: BaseException) -> None:
    def fails(eastings: Float, northings: Float, features: Any) -> Float:  # noqa: ANN401
        raise error

    with pytest.raises(LayerError, match=f"failed while it measured: {type(error).__name__}"):
        asked(fails)


def test_a_worker_elsewhere_can_be_sent_the_prepared_measure() -> None:
    """A function of a file that no worker can import goes along by value, as Dask's own pickles do it."""
    space: dict[str, Any] = {"__name__": "geo_engine_plugin_own"}
    exec("def f(eastings, northings, features):\n    return eastings * 2\n", space)  # noqa: S102 - as the loader runs a file
    made = prepare(PluggedMeasure(layer="things", plugin="own"), POINTS, Stock(plugins={"own": measure(unit="m")(space["f"])}))
    again = pickle.loads(cloudpickle.dumps(made))  # noqa: S301 - written a line above
    assert again(PLACES).tolist() == [0.0, 600.0, 300.0]
