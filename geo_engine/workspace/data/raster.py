"""Rasters asked for their value at places, or for the cells about them: only the windows that are needed are read."""

from __future__ import annotations

import math
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyproj
import rasterio
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from geo_engine.errors import Fault, LayerError
from geo_engine.model import Layer, RasterSampler, RasterWindow
from geo_engine.projection import transformer
from geo_engine.workspace.catalogue import is_address, layer_place, local_file
from geo_engine.workspace.data.formats.archive import look_through
from geo_engine.workspace.data.geometry import same_crs
from geo_engine.workspace.remote.store import fetched_file, is_fetched, store_of

__all__ = ["open_raster", "raster_file"]

_BLOCK = 2048
_SMALL_BLOCK = 128
_FEW = 1000  # places a block: fewer are looked for in small ones
_WINDOW = 1024  # cells along a block of places whose surroundings are read at once, where these do not reach farther
_MOST_REACH = 2000  # cells: what lies about a place, and with it a window, has to fit the memory
_APART = 8.0  # cells between the places that tell how far a cell is on the study's map: above the noise of a projection


@dataclass(frozen=True, slots=True)
class _Opened:
    """What one thread holds of a raster."""

    dataset: Any
    to_raster: pyproj.Transformer
    to_study: pyproj.Transformer
    alike: bool


class _Raster:
    """A raster with one open dataset a thread; it can be pickled."""

    def __init__(self, layer: Layer, crs: str, band: int) -> None:
        self._layer = layer
        self._crs = crs
        self._band = band
        self._local = threading.local()

    def __reduce__(self) -> tuple[Callable[[Layer], RasterSampler], tuple[Layer]]:
        return partial(open_raster, crs=self._crs, band=self._band), (self._layer,)

    @property
    def layer(self) -> Layer:
        """The layer that it reads."""
        return self._layer

    def opened(self) -> _Opened:
        """Open the file for this thread, once."""
        mine: _Opened | None = getattr(self._local, "opened", None)
        if mine is None:
            dataset = rasterio.open(raster_file(self._layer))
            own = self._layer.crs or dataset.crs.to_wkt()
            mine = _Opened(dataset, transformer(self._crs, own), transformer(own, self._crs), same_crs(own, self._crs))
            self._local.opened = mine
        return mine

    def sample(self, eastings: NDArray[np.float64], northings: NDArray[np.float64]) -> NDArray[np.float32]:
        """Give the raster's values at points in study coordinates.

        What the numbers are decides how: continuous values are interpolated between the four nearest cell centres
        (bilinear, weights shared among those that have a value), classes are those of the cell that holds the point
        (nearest). Where the layer does not say, floating point numbers are continuous and whole numbers are classes.
        The band's scale and offset are applied.

        Parameters
        ----------
        eastings, northings : float64 ndarray
            Metres, of one shape.

        Returns
        -------
        float32 ndarray, of that shape
            In the raster's unit; NaN outside, and where the cell that holds the point has no data.

        Raises
        ------
        LayerError
            If the file is cut short or cannot be read any more.
        """
        east, north = np.broadcast_arrays(np.asarray(eastings, dtype=np.float64), np.asarray(northings, dtype=np.float64))
        opened = self.opened()
        dataset = opened.dataset
        col, row, where = self._on_raster(opened, east.ravel(), north.ravel())
        values = np.full(east.size, np.nan, dtype=np.float32)
        if where.size:
            across, down = _cells(col[where], row[where], dataset)
            block = _blocks(across, down, dataset.width, _BLOCK)
            if where.size < _FEW * len(np.unique(block)):  # places far apart: what lies between them is not read
                block = _blocks(across, down, dataset.width, _SMALL_BLOCK)
            order = np.argsort(block, kind="stable")
            for part in np.split(order, np.flatnonzero(np.diff(block[order])) + 1):
                values[where[part]] = self._read(dataset, col[where[part]], row[where[part]], across[part], down[part])
        return values.reshape(east.shape)

    def _read(
        self,
        dataset: rasterio.DatasetReader,
        col: NDArray[np.float64],
        row: NDArray[np.float64],
        across: NDArray[np.int64],
        down: NDArray[np.int64],
    ) -> NDArray[np.float32]:
        """Read the window around some points and take their values; col and row are in cells from the upper-left corner."""
        window = _window(across, down, 1, dataset)
        left, top = window.col_off, window.row_off
        raw = self._values(dataset, window)
        own: NDArray[np.float64] = raw[down - top, across - left]
        floating = np.issubdtype(np.dtype(dataset.dtypes[self._band - 1]), np.floating)
        continuous = self._layer.values == "continuous" or (self._layer.values == "by type" and floating)
        if not continuous:
            return own.astype(np.float32)
        col0, row0 = np.floor(col - 0.5).astype(np.int64), np.floor(row - 0.5).astype(np.int64)
        total, weights = np.zeros(len(col)), np.zeros(len(col))
        for step_down in (0, 1):
            for step_across in (0, 1):
                share = (1 - np.abs(col - 0.5 - col0 - step_across)) * (1 - np.abs(row - 0.5 - row0 - step_down))
                value = raw[
                    np.clip(row0 + step_down, 0, dataset.height - 1) - top,
                    np.clip(col0 + step_across, 0, dataset.width - 1) - left,
                ]
                has = np.isfinite(value) & (share > 0)
                total[has] += share[has] * value[has]
                weights[has] += share[has]
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(np.isnan(own), np.nan, total / weights).astype(np.float32)

    def windows(self, eastings: NDArray[np.float64], northings: NDArray[np.float64], reach: float) -> Iterator[RasterWindow]:
        """Read what lies about points in study coordinates, window by window; points off the raster are in none.

        Parameters
        ----------
        eastings, northings : float64 ndarray, shape (k,)
            Metres.
        reach : float
            Metres on the study's map: every cell with a part so near to a point is in its window, and the eight about its own.

        Yields
        ------
        RasterWindow
            In the study's map a cell is the parallelogram that it is at the point: over some kilometres the curvature of a raster in
            another CRS is left out, which is a thousandth of the distance at 10 km.

        Raises
        ------
        LayerError
            If the file is cut short or cannot be read any more, or if `reach` is more than 2,000 cells.
        """
        opened = self.opened()
        dataset = opened.dataset
        col, row, where = self._on_raster(opened, eastings, northings)
        if not where.size:
            return
        across, down = _cells(col[where], row[where], dataset)
        steps = self._steps(opened, eastings[where], northings[where])
        halo = _halo(steps, reach)
        if halo > _MOST_REACH:
            what = f"{reach:,.0f} m is {halo:,} cells of this raster, which is too much to look at about every place"
            raise LayerError(
                Fault(layer_place(self._layer, "source"), what, allowed=f"{_MOST_REACH:,} cells", remedy="take a coarser raster")
            )
        choices = [_blocks(across, down, dataset.width, side) for side in (max(_WINDOW, halo), _SMALL_BLOCK)]
        read = [
            len(np.unique(block)) * (side + 2 * halo) ** 2 for block, side in zip(choices, (max(_WINDOW, halo), _SMALL_BLOCK), strict=True)
        ]
        block = choices[int(np.argmin(read))]  # places far apart: what lies between them is not read
        order = np.argsort(block, kind="stable")
        for part in np.split(order, np.flatnonzero(np.diff(block[order])) + 1):
            window = _window(across[part], down[part], halo, dataset)
            index = where[part]
            values = self._values(dataset, window)
            yield RasterWindow(index, col[index] - window.col_off, row[index] - window.row_off, steps[:, part], values)

    def spacing(self) -> float:
        """Give the metres between the centres of neighbouring cells in the middle of the raster, the shorter way."""
        opened = self.opened()
        dataset = opened.dataset
        grid, col, row = dataset.transform, dataset.width / 2, dataset.height / 2
        e, n = opened.to_study.transform(grid.a * col + grid.b * row + grid.c, grid.d * col + grid.e * row + grid.f)
        steps = self._steps(opened, np.array([e]), np.array([n]))
        return float(min(np.hypot(steps[0], steps[1])[0], np.hypot(steps[2], steps[3])[0]))

    def _on_raster(
        self, opened: _Opened, east: NDArray[np.float64], north: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
        """Give where points lie, in cells from the upper-left corner, and which of them are on the raster."""
        x, y = opened.to_raster.transform(east, north)
        with np.errstate(invalid="ignore"):
            back, dataset = ~opened.dataset.transform, opened.dataset
            col = back.a * np.asarray(x) + back.b * np.asarray(y) + back.c
            row = back.d * np.asarray(x) + back.e * np.asarray(y) + back.f
            inside = np.isfinite(col) & np.isfinite(row) & (col >= 0) & (row >= 0) & (col <= dataset.width) & (row <= dataset.height)
        return col, row, np.flatnonzero(inside)

    def _steps(self, opened: _Opened, east: NDArray[np.float64], north: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give metres east and north from a column to the next, and from a row to the next, at points; shape (4, k)."""
        grid = opened.dataset.transform
        own = (grid.a, grid.d, grid.b, grid.e)
        if opened.alike:
            return np.repeat(np.array(own)[:, None], east.size, axis=1)
        x, y = (np.asarray(axis) for axis in opened.to_raster.transform(east, north))
        steps = []
        for across, up in (own[:2], own[2:]):
            half = _APART / 2.0
            ahead = opened.to_study.transform(x + half * across, y + half * up)
            behind = opened.to_study.transform(x - half * across, y - half * up)
            steps += [(np.asarray(a) - np.asarray(b)) / _APART for a, b in zip(ahead, behind, strict=True)]
        return np.stack(steps)

    def _values(self, dataset: rasterio.DatasetReader, window: Window) -> NDArray[np.float64]:
        """Read a window in the raster's unit; NaN where there are no data."""
        try:
            cells = dataset.read(self._band, window=window, masked=True)
        except RasterioError as error:
            raise LayerError(Fault(layer_place(self._layer, "source"), f"cannot be read: {error}", remedy="is the file whole?")) from error
        scale, offset = dataset.scales[self._band - 1], dataset.offsets[self._band - 1]
        values: NDArray[np.float64] = np.ma.getdata(cells).astype(np.float64) * scale + offset
        values[np.ma.getmaskarray(cells)] = np.nan
        return values


def _cells(
    col: NDArray[np.float64], row: NDArray[np.float64], dataset: rasterio.DatasetReader
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the cells that hold points; the far edges belong to the last column and row."""
    return (
        np.minimum(np.floor(col).astype(np.int64), dataset.width - 1),
        np.minimum(np.floor(row).astype(np.int64), dataset.height - 1),
    )


def _halo(steps: NDArray[np.float64], reach: float) -> int:
    """Give how many cells about its own a point needs, at least one, so that all with a part within reach are there."""
    determinant = np.abs(steps[0] * steps[3] - steps[1] * steps[2])
    columns = np.hypot(steps[2], steps[3]) / determinant  # cells a metre, the way in which they are the most
    rows = np.hypot(steps[0], steps[1]) / determinant
    return math.ceil(reach * float(max(columns.max(), rows.max()))) + 1


def _window(across: NDArray[np.int64], down: NDArray[np.int64], halo: int, dataset: rasterio.DatasetReader) -> Window:
    """Lay a window about some cells, as far as the raster goes."""
    left, top = max(int(across.min()) - halo, 0), max(int(down.min()) - halo, 0)
    right, bottom = min(int(across.max()) + halo + 1, dataset.width), min(int(down.max()) + halo + 1, dataset.height)
    return Window(left, top, right - left, bottom - top)


def _blocks(across: NDArray[np.int64], down: NDArray[np.int64], width: int, side: int) -> NDArray[np.int64]:
    """Give the number of the block that each cell lies in, counted row by row."""
    made: NDArray[np.int64] = down // side * (width // side + 1) + across // side
    return made


def raster_file(layer: Layer) -> str:
    """Give what is opened of a raster layer: the source, or what was fetched from it.

    Raises
    ------
    LayerError
        If it lies behind an address and was not fetched yet.
    """
    if not is_fetched(layer.source):
        return layer.source
    return str(fetched_file(layer.source, None, store_of(layer.path), layer_place(layer, "source")))


def open_raster(layer: Layer, *, crs: str, band: int = 1) -> RasterSampler:
    """Open a raster layer to be asked for its values; the same object serves tiles and points, from any thread.

    Continuous values are interpolated (bilinear), classes are taken from the cell that holds the point (nearest).

    Parameters
    ----------
    layer : Layer
        With ``geometry = "raster"``.
    crs : str
        The study's CRS, in which points are given.
    band : int
        From 1.

    Returns
    -------
    RasterSampler
        With ``layer`` and ``sample(eastings, northings)``.

    Raises
    ------
    LayerError
        If the file is missing, cannot be read as a raster, has no such band, no position on Earth or no CRS.
    """
    place = layer_place(layer, "source")
    if layer.geometry != "raster":
        raise LayerError(
            Fault(layer_place(layer, "geometry"), "this layer is no raster", f"geometry = '{layer.geometry}'", "geometry = 'raster'")
        )
    file = raster_file(layer)
    if not is_address(file) and local_file(file) is None:
        raise LayerError(Fault(place, "there is no such file", found=f"'{layer.source}'"))
    raster = _Raster(layer, crs, band)
    if (local := local_file(file)) is not None and local.is_file():
        look_through(local, place)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        try:
            dataset = rasterio.open(file)
        except RasterioError as error:
            raise LayerError(Fault(place, f"cannot be read as a raster: {error}")) from error
    with dataset:
        faults = []
        if dataset.transform.is_identity:
            faults.append(
                Fault(place, "the raster has no position", remedy="give it a georeference: gdal_translate -a_ullr, or a world file")
            )
        if dataset.crs is None and layer.crs is None:
            faults.append(Fault(place, "the raster states no CRS", remedy='add it to the layer\'s file: crs = "EPSG:..."'))
        if not 1 <= band <= dataset.count:
            faults.append(Fault(place, f"the raster has no band {band}", allowed=f"1 to {dataset.count}"))
    if faults:
        raise LayerError(faults)
    return raster
