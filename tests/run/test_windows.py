"""Large layers are read only as far as they matter, and the answers are those of the whole layer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_engine.errors import Fault
from geo_engine.model import Accuracy, Features, Layer, ReadReport
from geo_engine.run import read_study, run_study
from geo_engine.run.planning.reading import windows
from geo_engine.run.planning.reading.windows import WHOLE, reaches_of, read_sparingly
from geo_engine.workspace import EmptyWindowError, new_workspace

OSGB = "EPSG:27700"
CELLS = (0.0, 0.0, 1000.0, 800.0)


def reader(x: np.ndarray, y: np.ndarray, asked: list[object]) -> Callable[..., Features]:
    """Stand in for a layer of points: gives what lies in the window, as read_features does."""
    layer = Layer("a", "A", "a.gpkg", "points", "", "", "")

    def read(*, window: tuple[float, float, float, float] | None = None, only_columns: bool = False) -> Features:
        asked.append((window, only_columns))
        west, south, east, north = window or (-np.inf, -np.inf, np.inf, np.inf)
        keep = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        if not keep.any():
            raise EmptyWindowError(Fault("a", "nothing"))
        shapes = np.asarray(shapely.points(x[keep], y[keep]), dtype=object)
        return Features(
            layer, shapes, geopandas.GeoDataFrame(index=range(len(shapes))), np.full(len(shapes), np.nan), ReadReport(len(shapes))
        )

    return read


coordinate = st.floats(-50_000, 50_000)


@settings(max_examples=100)
@given(st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=40), st.floats(0, 500))
def test_the_nearest_is_there_also_when_features_move(places: list[tuple[float, float]], accuracy: float) -> None:
    x, y = np.array(places).T
    data = read_sparingly(reader(x, y, []), Accuracy(metres=accuracy), cells=CELLS, reach=np.inf)
    generator = np.random.default_rng(1)
    cells = generator.uniform((0, 0), (1000, 800), (200, 2))
    # Whatever moves by four times the accuracy at most: those read move away, all others come straight here.
    read = shapely.get_coordinates(data.geometry)
    left = np.array([place for place in places if not (read == place).all(axis=1).any()]).reshape(-1, 2)
    nearest = np.hypot(*(cells[:, None] - read[None]).transpose(2, 0, 1)).min(axis=1) + 4 * accuracy
    if len(left):
        others = np.hypot(*(cells[:, None] - left[None]).transpose(2, 0, 1)).min(axis=1) - 4 * accuracy
        assert (others >= nearest - 1e-6).all()


@given(st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=40), st.floats(0, 20_000))
def test_all_within_a_reach_are_there(places: list[tuple[float, float]], reach: float) -> None:
    x, y = np.array(places).T
    asked: list[object] = []
    data = read_sparingly(reader(x, y, asked), Accuracy(), cells=CELLS, reach=reach)
    gap = np.hypot(np.maximum(np.maximum(-x, x - 1000), 0), np.maximum(np.maximum(-y, y - 800), 0))
    assert len(data) >= (gap <= reach).sum()
    assert asked[0] == ((-reach, -reach, 1000 + reach, 800 + reach), True)


def test_a_use_that_needs_all_reads_all() -> None:
    asked: list[object] = []
    assert len(read_sparingly(reader(np.array([0.0, 1e6]), np.array([0.0, 0.0]), asked), Accuracy(), cells=CELLS, reach=WHOLE)) == 2
    assert asked == [(None, False)]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The example with 4,000 substations all over England instead of five."""
    study = new_workspace(tmp_path / "ws")
    generator = np.random.default_rng(3)
    x, y = generator.uniform((200_000, 100_000), (650_000, 600_000), (4000, 2)).T
    table = {"name": [f"S{n}" for n in range(4000)], "max_kv": generator.choice([132, 275, 400], 4000), "owner": "nobody"}
    geopandas.GeoDataFrame(table, geometry=shapely.points(x, y), crs=OSGB).to_file(tmp_path / "ws/layers/data/substations.gpkg")
    layer = tmp_path / "ws/layers/substations.toml"
    layer.write_text(layer.read_text().replace("substations.csv", "substations.gpkg"))
    study.write_text(study.read_text() + "[robustness]\ndraws = 50\nseed = 1\n")
    return study


def test_a_run_gives_the_same_bytes_whether_a_large_layer_is_read_whole_or_in_part(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def outputs(large: int) -> dict[str, bytes]:
        monkeypatch.setattr(windows, "_LARGE", large)
        made = run_study(read_study(workspace), region="westshire", out=workspace.parents[1] / f"out{large}")
        seen.append(sum(len(data) for data in made.result.features.values()))
        names = ("sites.csv", "suitability.tif", "status.tif", "acceptability.csv", "site_cells.csv")
        return {name: (made.folder / name).read_bytes() for name in names}

    assert outputs(1) == outputs(1_000_000)
    assert seen[0] < seen[1] / 5


def test_how_far_each_use_reaches(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "_LARGE", 1)
    study = read_study(workspace)
    assert reaches_of(study) == {("substations", "max_kv >= 275"): np.inf, ("substations", None): 20_000.0}
    monkeypatch.setattr(windows, "_LARGE", 200_000)
    assert reaches_of(study) == {}


def test_what_is_drawn_by_a_column_or_stands_on_a_network_is_read_whole(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "_LARGE", 1)
    layer = workspace.parents[1] / "layers/substations.toml"
    layer.write_text(layer.read_text().replace('accuracy = "0.5 km"', 'accuracy = { column = "max_kv", unit = "m" }'))
    assert reaches_of(read_study(workspace)) == {}
