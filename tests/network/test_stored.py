"""Stored networks: what is loaded is what was saved, and what is damaged or made from something else is not loaded."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shapely.geometry.base import BaseGeometry

from geo_engine.measure.travel.travelled import prepare_nearest
from geo_engine.model import NetworkColumns
from geo_engine.network import Network, Words, build_network, is_stored, load_network, save_network
from geo_engine.run.planning.networks import network_digest, stored_place
from tests.measure.builders import at, line, roads, same_bits, travel
from tests.network.directed import VAN, as_features, random_streets
from tests.network.test_build import LAND, MAIN_ROADS
from tests.network.test_joins import made
from tests.run.tiny import Tiny


def several() -> list[Network]:
    columns = NetworkColumns("class", oneway="way", restrictions=("höhe",), bridge=30.0, planarise=True, island_gap=12.5)
    table: dict[str, Any] = {"class": ["ä", "b", "b"], "way": [1, 0, -1], "höhe": ["3 m", None, "3 m"]}
    crossing = [line((0, 0), (100, 0)), line((50, -20), (50, 70)), line((50, 90), (50, 120))]
    return [
        build_network(roads([line((0, 0), (100, 0))])),
        build_network(roads([*MAIN_ROADS, line((1500, 100), (1700, 300)), line((100, 100), (900, 100))]), LAND),
        build_network(as_features(random_streets(4, 9, 18))),
        build_network(made(crossing, columns, **table)),
    ]


def assert_equal(one: object, other: object) -> None:
    assert type(one) is type(other)
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        assert same_bits(one, other)
    elif dataclasses.is_dataclass(one):
        for field in dataclasses.fields(one):
            assert_equal(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, dict) and isinstance(other, dict):
        assert list(one) == list(other)
        for key, value in one.items():
            assert_equal(value, other[key])
    elif isinstance(one, tuple) and isinstance(other, tuple):
        assert len(one) == len(other)
        for mine, yours in zip(one, other, strict=True):
            assert_equal(mine, yours)
    elif isinstance(one, BaseGeometry) and isinstance(other, BaseGeometry):
        assert one.wkb == other.wkb
    else:
        assert one == other


@pytest.mark.parametrize("number", range(4))
def test_what_is_loaded_is_what_was_saved_in_every_array(tmp_path: Path, number: int) -> None:
    network = several()[number]
    file = tmp_path / "a" / "n.npz"
    save_network(network, file, "one")
    loaded = load_network(file, "one", network.land)
    assert loaded is not None
    assert_equal(loaded, network)
    assert is_stored(file, "one")
    assert [other.name for other in file.parent.iterdir()] == ["n.npz"]


def test_another_digest_another_format_and_no_file_are_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "n.npz"
    save_network(several()[0], file, "one")
    assert load_network(file, "two") is None
    assert not is_stored(file, "two")
    assert load_network(tmp_path / "m.npz", "one") is None
    assert load_network(tmp_path, "one") is None
    monkeypatch.setattr("geo_engine.network.build.stored._FORMAT", 999)
    assert load_network(file, "one") is None
    assert not is_stored(file, "one")


def test_files_that_are_no_networks_are_not_loaded(tmp_path: Path) -> None:
    file = tmp_path / "n.npz"
    for content in (b"", b"nonsense", b"PK\x03\x04", json.dumps({"format": 1}).encode()):
        file.write_bytes(content)
        assert load_network(file, "one") is None
        assert not is_stored(file, "one")
    np.savez(file, head=np.frombuffer(b'{"format": 1, "digest": "one"}', np.uint8))
    assert load_network(file, "one") is None
    np.savez(file, head=np.frombuffer(b"[]", np.uint8))
    assert load_network(file, "one") is None
    with file.open("wb") as stream:
        np.save(stream, np.zeros(3))
    assert load_network(file, "one") is None
    assert not is_stored(file, "one")


def test_a_file_cut_short_or_with_any_byte_changed_is_loaded_right_or_not_at_all(tmp_path: Path) -> None:
    network, file = several()[3], tmp_path / "n.npz"
    save_network(network, file, "one")
    whole = file.read_bytes()
    rng = np.random.default_rng(0)
    for size in rng.integers(0, len(whole), 40).tolist():
        file.write_bytes(whole[:size])
        assert load_network(file, "one") is None
        assert not is_stored(file, "one")
    loaded = 0
    for place, bit in zip(rng.integers(0, len(whole), 600).tolist(), rng.integers(0, 8, 600).tolist(), strict=True):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << bit)]) + whole[place + 1 :])
        is_stored(file, "one")
        if (found := load_network(file, "one")) is not None:
            loaded += 1
            assert_equal(found, network)
    assert loaded < 300  # dates and the like, which nobody reads


def test_a_network_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "n.npz"
    save_network(several()[0], file, "one")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numpy.savez", full)
    with pytest.raises(OSError, match="No space"):
        save_network(several()[1], file, "two")
    assert load_network(file, "one") is not None
    assert [other.name for other in tmp_path.iterdir()] == ["n.npz"]


def test_what_is_loaded_travels_alike(tmp_path: Path) -> None:
    network = several()[2]
    save_network(network, tmp_path / "n.npz", "one")
    loaded = load_network(tmp_path / "n.npz", "one")
    assert loaded is not None
    spot = tuple(network.nodes[0].tolist())
    there = at(*(network.nodes + 77.0).tolist())
    one, other = (prepare_nearest(travel(net, [spot], profile=VAN), "plants", "money")(there) for net in (network, loaded))
    assert same_bits(one, other)


def test_words_that_are_blank_stay_blank(tmp_path: Path) -> None:
    network = dataclasses.replace(several()[0], restrictions={"labels": Words.of([None])}, labels=None)
    save_network(network, tmp_path / "n.npz", "one")
    loaded = load_network(tmp_path / "n.npz", "one")
    assert loaded is not None
    assert_equal(loaded, network)


# ------------------------------------------------------------------------------------------- beside the runs


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "timings.json"
    }


def test_a_run_with_a_stored_network_gives_the_same_bytes_and_a_damaged_one_is_built_anew(tmp_path: Path) -> None:
    tiny = Tiny.make(tmp_path / "ws")
    study = tiny.study()
    place = stored_place(study, "roads")
    assert not place.exists()
    first = files(tiny.run().folder)
    assert is_stored(place, network_digest(study, "roads"))
    stored = place.read_bytes()
    second = files(tiny.run().folder)
    assert place.read_bytes() == stored
    place.write_bytes(stored[: len(stored) // 2])
    third = files(tiny.run().folder)
    assert place.read_bytes() == stored
    assert first == second == third


def test_what_a_network_depends_on_changes_its_digest(tmp_path: Path) -> None:
    tiny = Tiny.make(tmp_path / "ws")
    digests = [network_digest(tiny.study(), "roads")]
    for name, old, new in (
        ("layers/data/roads.geojson", "401000", "401001"),
        ("layers/roads.toml", 'class = "kind"', 'class = "kind"\nplanarise = true'),
        ("layers/data/regions.geojson", "406000", "406001"),
        ("studies/plant.toml", "EPSG:27700", "EPSG:3035"),
    ):
        tiny.edit(name, old, new)
        digests.append(network_digest(tiny.study(), "roads"))
    assert len(set(digests)) == 5
    tiny.edit("studies/plant.toml", 'cell = "100 m"', 'cell = "200 m"')
    assert network_digest(tiny.study(), "roads") == digests[-1]
