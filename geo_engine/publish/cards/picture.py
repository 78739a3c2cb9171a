"""A thumbnail of a surface: scores in the map's colours, the best areas as squares."""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray

from geo_engine.publish.plots.png import indexed_png
from geo_engine.publish.style import ATTENTION, PAPER, score_palette

__all__ = ["png_address", "score_picture"]

_SIDE = 260  # pixels of the longer side, at most
_SHADES = 201
_INNER, _OUTER = 1, 2  # pixels from a mark's middle to its edge, and to the edge of its rim


def score_picture(score: NDArray[np.float32], marks: NDArray[np.float64]) -> bytes:
    r"""Draw a surface as a PNG, nothing where it is unknown.

    Parameters
    ----------
    score : float32 ndarray, shape (rows, columns)
        0 to 100; NaN where there is none.
    marks : float64 ndarray, shape (n, 2)
        Row and column of what is marked, in cells; a centre is half a cell in.

    Examples
    --------
    >>> score_picture(np.array([[50.0, np.nan]], np.float32), np.empty((0, 2)))[:4]
    b'\x89PNG'
    """
    rows, cols = score.shape
    step = max(rows, cols) / _SIDE
    enlarged = max(1, int(1 / step)) if step < 1 else 1
    step = max(step, 1.0)
    down = np.minimum((np.arange(int(np.ceil(rows / step))) + 0.5) * step, rows - 1).astype(np.int64)
    across = np.minimum((np.arange(int(np.ceil(cols / step))) + 0.5) * step, cols - 1).astype(np.int64)
    seen = score[np.ix_(down, across)].repeat(enlarged, axis=0).repeat(enlarged, axis=1)
    pixels = np.zeros(seen.shape, np.uint8)
    known = ~np.isnan(seen)
    pixels[known] = 1 + np.round(np.clip(seen[known], 0.0, 100.0) / 100.0 * (_SHADES - 1)).astype(np.uint8)
    rim, mark = 1 + _SHADES, 2 + _SHADES
    for row, col in (marks * (enlarged / step)).astype(np.int64).tolist():
        for reach, colour in ((_OUTER, rim), (_INNER, mark)):
            pixels[max(row - reach, 0) : row + reach + 1, max(col - reach, 0) : col + reach + 1] = colour
    palette = [(0, 0, 0), *score_palette(_SHADES), _rgb(PAPER), _rgb(ATTENTION)]
    return indexed_png(pixels, palette)


def png_address(png: bytes) -> str:
    """Write a picture as an address that carries it.

    >>> png_address(b"abc")
    'data:image/png;base64,YWJj'
    """
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
