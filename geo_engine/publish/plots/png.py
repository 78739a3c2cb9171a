"""Small PNG images of whole-number arrays, in indexed colours."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile

__all__ = ["indexed_png"]


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
        The file, as GDAL's driver writes it.

    Examples
    --------
    >>> indexed_png(np.array([[0, 1]], np.uint8), [(0, 0, 0), (255, 0, 0)])[1:4]
    b'PNG'
    """
    rows, cols = indices.shape
    with warnings.catch_warnings(), MemoryFile() as file:
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # a picture lies nowhere
        with file.open(driver="PNG", width=cols, height=rows, count=1, dtype="uint8", nodata=0, zlevel=9) as image:
            image.write(indices, 1)
            image.write_colormap(1, {number: (*colour, 255) for number, colour in enumerate(palette)})
        return bytes(file.read())
