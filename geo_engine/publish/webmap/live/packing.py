"""Pack numbers for the page: differences from what the neighbours foretell, deflated, in 85 letters that HTML leaves alone."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

__all__ = ["ALPHABET", "as_text", "packed_cells", "packed_numbers", "zipped"]

ALPHABET = bytes(sign for sign in range(33, 127) if sign not in b"\"&'<>\\`{}")
"""Printable ASCII without what HTML, JSON or a template could read otherwise: 85 letters."""

_LEVEL = 6


def packed_cells(codes: NDArray[np.uint16], inside: NDArray[np.bool_]) -> bytes:
    """Pack the codes of the cells of a grid.

    A code is foretold by its neighbours as west + north - north-west where all three are there, else as the one that is. What
    it differs by is written as an even number where it is above, as an odd one where it is below, all low bytes before all high
    ones, and deflated.

    Parameters
    ----------
    codes : uint16 ndarray, shape (n,)
        Row by row.
    inside : bool ndarray, shape (rows, columns)
        Where the n cells are.
    """
    dense = np.zeros((inside.shape[0] + 1, inside.shape[1] + 1), np.uint16)
    there = np.zeros(dense.shape, np.bool_)
    there[1:, 1:] = inside
    dense[there] = codes
    west, north, corner = dense[1:, :-1], dense[:-1, 1:], dense[:-1, :-1]
    has_west, has_north, has_corner = there[1:, :-1], there[:-1, 1:], there[:-1, :-1]
    foretold = np.where(has_west & has_north & has_corner, west + north - corner, np.where(has_west, west, north))
    return zipped(_planes(_signed(codes - foretold[inside])))


def packed_numbers(numbers: NDArray[np.float32]) -> bytes:
    """Pack float32 numbers to the bit: the differences of neighbours' bits, lowest bytes first, deflated."""
    bits = np.ascontiguousarray(numbers, np.float32).view(np.uint32)
    return zipped(_planes(bits - np.append(np.uint32(0), bits[:-1])))


def as_text(packed: bytes) -> str:
    """Write bytes in 85 letters: five for four bytes, the last group short.

    >>> as_text(bytes([0, 0, 0, 1])), as_text(b"ab")
    ('!!!!#', 'E?G')
    """
    padding = -len(packed) % 4
    words = np.frombuffer(packed + bytes(padding), ">u4").astype(np.uint32)
    letters = np.empty((len(words), 5), np.uint8)
    for place in range(4, -1, -1):
        words, letters[:, place] = np.divmod(words, np.uint32(85))
    text = np.frombuffer(ALPHABET, np.uint8)[letters].tobytes().decode("ascii")
    return text[: len(text) - padding]


def _signed(differences: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Write 0, -1, 1, -2, ... modulo 65,536 as 0, 1, 2, 3, ..."""
    return np.where(differences & np.uint16(0x8000), ~(differences << np.uint16(1)), differences << np.uint16(1))


def _planes(numbers: NDArray[np.uint16] | NDArray[np.uint32]) -> bytes:
    size = numbers.dtype.itemsize
    return np.ascontiguousarray(numbers.astype(f"<u{size}").view(np.uint8).reshape(-1, size).T).tobytes()


def zipped(content: bytes) -> bytes:
    """Deflate bytes, in zlib's frame."""
    return zlib.compress(content, _LEVEL)
