"""Coded numbers stand for what they were: thresholds stay where they are, and packing loses nothing."""

from __future__ import annotations

import base64
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import Transformer

from geo_engine.decide.value_functions import utility
from geo_engine.model import Bounded, Classes, Exponential, Gaussian, Large, Linear, Piecewise, Step, ValueFunction
from geo_engine.publish.webmap.live import ALPHABET, as_text, coded, lattice, packed_cells, packed_numbers
from geo_engine.publish.webmap.live.coding import MOST_CODES, UTILITY_STEP

FUNCTIONS: list[ValueFunction] = [
    Linear(25_000.0, 1_000.0),
    Step(12_345.6),
    Piecewise(((0.0, 0.0), (250.0, 0.5), (60_000.0, 1.0))),
    Gaussian(20_000.0, 1e-6),
    Large(15_000.0, 8.0),
    Exponential(0.0, 80_000.0, 3e-4),
    Bounded(Linear(25_000.0, 1_000.0), 3_000.0, 20_000.0, 0.9, 0.0),
    Classes({3: 1.0, 4: 0.2}, 0.5),
]


def land(count: int = 60_000) -> NDArray[np.float32]:
    """Distances as they lie on land, some unknown, some out of reach."""
    random = np.random.Generator(np.random.PCG64(3))
    values = (random.gamma(2.0, 9_000.0, count)).astype(np.float32)
    values[::997] = np.nan
    values[5::1009] = np.inf
    return values


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: type(function).__name__)
def test_a_code_is_worth_what_its_cells_are(function: ValueFunction) -> None:
    quantity = np.rint(land() / 9_000).astype(np.float32) if isinstance(function, Classes) else land()
    worth = utility(function, quantity).astype(np.float32)
    made = coded(quantity, worth)
    assert len(made.values) <= MOST_CODES
    read = made.utilities[made.codes]
    assert np.array_equal(np.isnan(read), np.isnan(worth))
    assert np.nanmax(np.abs(read - worth)) <= UTILITY_STEP / 2 + 1e-6
    finite = np.isfinite(quantity)
    value = made.values[made.codes]
    assert np.all(np.isinf(value) == np.isinf(quantity))
    assert np.all(np.isnan(value) == np.isnan(quantity))
    off = np.abs(value[finite] - quantity[finite])
    assert np.all(off <= np.maximum(0.0052 * quantity[finite], 1.01e-4 * np.ptp(quantity[finite])) + 1e-3)
    # a product of utilities feels the share that a small one is off by
    small = finite & (worth > 1.02e-4)
    assert np.max(np.abs(np.log(read[small].astype(np.float64) / worth[small]))) <= 0.0051


def test_the_unknown_has_the_utility_that_its_criterion_gives_it() -> None:
    quantity = np.array([np.nan, 5.0, np.inf, 5.0], np.float32)
    made = coded(quantity, np.array([0.3, 1.0, 0.0, 1.0], np.float32))
    assert made.utilities[made.codes].tolist() == pytest.approx([0.3, 1.0, 0.0, 1.0])
    nothing = coded(np.full(3, np.nan, np.float32), np.full(3, np.nan, np.float32))
    assert np.isnan(nothing.values[nothing.codes]).all()


@given(st.binary(max_size=400))
def test_text_in_85_letters_is_the_bytes_of_base_85(content: bytes) -> None:
    """Python's Ascii85 counts alike but for its shorthand for zeros and its letters."""
    standard = base64.b85encode(content).decode("ascii")
    theirs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
    translated = standard.translate(str.maketrans(theirs, ALPHABET.decode("ascii")))
    assert as_text(content) == translated


def test_the_letters_are_harmless() -> None:
    assert len(set(ALPHABET)) == 85
    assert not set(ALPHABET) & set(b"\"'&<>\\`{} \n")


def test_packed_cells_come_back() -> None:
    random = np.random.Generator(np.random.PCG64(9))
    inside = random.random((40, 61)) < 0.8
    codes = random.integers(0, 65_536, int(inside.sum()), dtype=np.uint16)
    planes = np.frombuffer(zlib.decompress(packed_cells(codes, inside)), np.uint8).reshape(2, -1).astype(np.uint16)
    signed = planes[0] | planes[1] << np.uint16(8)
    found: dict[tuple[int, int], int] = {}
    for (row, col), number in zip(np.argwhere(inside).tolist(), signed.tolist(), strict=True):
        west, north, corner = (found.get(cell) for cell in ((row, col - 1), (row - 1, col), (row - 1, col - 1)))
        if west is not None and north is not None and corner is not None:
            foretold = west + north - corner
        else:
            foretold = west if west is not None else north or 0
        found[row, col] = (foretold + (~(number >> 1) if number & 1 else number >> 1)) % 65_536
    assert list(found.values()) == codes.tolist()


def test_packed_numbers_come_back_to_the_bit() -> None:
    numbers = np.array([0.0, -1.5, np.nan, np.inf, 1e-30, 3.25], np.float32)
    planes = np.frombuffer(zlib.decompress(packed_numbers(numbers)), np.uint8).reshape(4, -1).astype(np.uint64)
    bits = np.cumsum(planes[0] | planes[1] << 8 | planes[2] << 16 | planes[3] << 24) & 0xFFFF_FFFF
    assert bits.astype(np.uint32).tolist() == numbers.view(np.uint32).tolist()


def test_between_the_nodes_of_a_lattice_cubic_curves_are_off_by_millimetres() -> None:
    """Great Britain, at places half-way between nodes, by scipy's interpolation of the same order."""
    bounds = (-8.7, 49.8, 1.8, 60.9)
    transformer = Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
    made = lattice(transformer, bounds)
    nodes = [np.linspace(made.low[axis], made.high[axis], len(made.first)) for axis in (0, 1)]
    halves = [(axis[5:-5:4] + axis[6:-4:4]) / 2 for axis in nodes]
    # Lagrange's cubic half-way between the middle two of four nodes has the shares -1/16, 9/16, 9/16, -1/16.
    shares = np.array([-1.0, 9.0, 9.0, -1.0]) / 16.0
    rows = np.arange(5, len(nodes[1]) - 5, 4)
    cols = np.arange(5, len(nodes[0]) - 5, 4)
    read = np.array([[shares @ made.first[row - 1 : row + 3, col - 1 : col + 3] @ shares for col in cols] for row in rows])
    lon, lat = np.meshgrid(halves[0][: len(cols)], halves[1][: len(rows)])
    exact = transformer.transform(lon, lat)[0]
    assert np.abs(read - exact).max() < 0.01
