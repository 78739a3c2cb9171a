"""Small PNG images of whole-number arrays, in indexed colours."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["indexed_png"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INDEXED = 3  # the colour type of PNG for a palette
_FILTER_NONE, _FILTER_UP = 0, 2


def indexed_png(indices: NDArray[np.uint8], palette: Sequence[tuple[int, int, int]]) -> bytes:
    """Encode indices as a PNG with a palette; index 0 is transparent, index i has colour i of the palette.

    Parameters
    ----------
    indices : uint8 ndarray, shape (rows, columns)
        0 to ``len(palette) - 1``.
    palette : sequence of (red, green, blue)
        At most 256 colours; the first is never seen.

    Returns
    -------
    bytes
        The file: the smaller of two encodings (rows as they are, rows as differences from the row above).
    """
    differences = indices.copy()
    differences[1:] -= indices[:-1]  # modulo 256, as PNG's filter 'up' wants it
    packed = [zlib.compress(_scanlines(rows, kind), 9) for rows, kind in ((indices, _FILTER_NONE), (differences, _FILTER_UP))]
    return _file(indices.shape, palette, min(packed, key=len))


def _scanlines(rows: NDArray[np.uint8], kind: int) -> bytes:
    """Put the filter's number before each row."""
    return np.pad(rows, ((0, 0), (1, 0)), constant_values=kind).tobytes()


def _file(shape: tuple[int, ...], palette: Sequence[tuple[int, int, int]], packed: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", shape[1], shape[0], 8, _INDEXED, 0, 0, 0)
    colours = bytes(part for colour in palette for part in colour)
    chunks = ((b"IHDR", header), (b"PLTE", colours), (b"tRNS", b"\x00"), (b"IDAT", packed), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
