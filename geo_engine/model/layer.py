"""A layer is what an analyst declares in ``layers/NAME.toml``; features are its data, read and projected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = [
    "QUESTION",
    "Accuracy",
    "Features",
    "Gap",
    "GeometryKind",
    "Join",
    "Layer",
    "NetworkColumns",
    "PeopleDisc",
    "RasterKind",
    "RasterSampler",
    "RasterWindow",
    "ReadReport",
]

GeometryKind = Literal["points", "lines", "polygons", "raster", "network"]
RasterKind = Literal["by type", "classes", "continuous"]

QUESTION = "?"
"""What stands in a layer's file where a person has yet to answer."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How far off the positions may be, for the whole layer or by row.

    Parameters
    ----------
    metres : float or None
        One figure for every feature, in metres; None where a column tells or nothing is known.
    column : str or None
        The column that tells by row.
    by_value : mapping of str to float
        What each value of the column means, in metres; empty where the column holds numbers.
    unit : float
        Metres in one unit of a numeric column.
    """

    metres: float | None = None
    column: str | None = None
    by_value: Mapping[str, float] = field(default_factory=dict)
    unit: float = 1.0

    def text(self) -> str:
        """Say it in a few words.

        >>> Accuracy(metres=500.0).text(), Accuracy(column="accuracy_km", unit=1000.0).text(), Accuracy().text()
        ('0.5 km', 'by row (accuracy_km)', 'not stated')
        """
        if self.metres is not None:
            return f"{self.metres / 1000:g} km"
        return f"by row ({self.column})" if self.column else "not stated"


@dataclass(frozen=True, slots=True)
class Join:
    """A second table whose columns are added by a key.

    Parameters
    ----------
    source : str
        Path or address of the table.
    on : str
        The key column, present in both.
    """

    source: str
    on: str


@dataclass(frozen=True, slots=True)
class NetworkColumns:
    """What the columns of a line layer mean when it is travelled as a network, and how its lines hang together.

    Parameters
    ----------
    road_class : str or None
        Column with the class that profiles give speeds for; None puts every edge in class ``"edge"``.
    length : str or None
        Column with the true length in metres; None takes the drawn line's length.
    length_factor : mapping of str to float
        By class, what the stated length is multiplied with because the data draw roads short.
    length_factor_basis : str
        Where the factors come from; judgement says so.
    island_gap : float
        Metres: a part of the network nearer than this to the main part is a drawing fault, its roads are not
        used and its land is served by the main part; a part farther off is an island, unreachable by road.
    oneway : str or None
        Column with 1 (along the drawing only), -1 (against it only) and 0 or blank (both ways).
    maxspeed : str or None
        Column with the speed limit in km/h; blank where not known, infinite where there is none.
    speed : str or None
        Column with the speed that is driven, in km/h; blank where not known.
    restrictions : tuple of str
        Columns with words by which profiles close edges (``hgv``, ``access``).
    from_node, to_node : str or None
        Columns with the names of the nodes at either end; None joins lines where their ends meet.
    nodes : str or None
        A table with the places of the nodes (id, and lon and lat or easting and northing), for edges without lines.
    join_ends : float
        Metres: ends nearer than this to one another are one node.
    planarise : bool
        Whether lines that cross also join there.
    bridge : float
        Metres: parts that are no farther apart than this are joined by an edge as long as the gap.
    """

    road_class: str | None = None
    length: str | None = None
    length_factor: Mapping[str, float] = field(default_factory=dict)
    length_factor_basis: str = ""
    island_gap: float = 250.0
    oneway: str | None = None
    maxspeed: str | None = None
    speed: str | None = None
    restrictions: tuple[str, ...] = ()
    from_node: str | None = None
    to_node: str | None = None
    nodes: str | None = None
    join_ends: float = 0.01
    planarise: bool = False
    bridge: float = 0.0

    def named(self) -> tuple[tuple[str, str], ...]:
        """Give every column that is named, as (key of the layer's file, column)."""
        single = [("class", self.road_class), ("length", self.length), ("oneway", self.oneway), ("maxspeed", self.maxspeed)]
        single += [("speed", self.speed), ("from", self.from_node), ("to", self.to_node)]
        return (*((key, column) for key, column in single if column), *(("restrictions", column) for column in self.restrictions))


@dataclass(frozen=True, slots=True)
class Layer:
    """Data that a study can measure, with its provenance.

    Parameters
    ----------
    name : str
        The TOML file's name without its ending; how studies call it.
    title : str
        What readers see.
    source : str
        A path (absolute after reading) or an address that GDAL opens.
    geometry : {'points', 'lines', 'polygons', 'raster', 'network'}
        Kind of data.
    publisher, licence, vintage : str
        Who made it, on what terms, of when.
    attribution : str
        The sentence to carry on maps and reports.
    accuracy : Accuracy
        How far off positions may be.
    faults : tuple of str
        Known faults, in words.
    missing : tuple of (str, str)
        What the vintage misses, as (region, words), in the order of the file.
    id, where, crs, sublayer : str or None
        Identifying column, OGR SQL filter, CRS that overrides the file's, layer inside the file.
    lon, lat : str
        Columns of a CSV that hold degrees.
    unit : str
        Unit of a raster's values.
    join : tuple of Join
        Tables to add columns from.
    network : NetworkColumns or None
        How to travel it, where it can be.
    closes : tuple of str
        Names of the gaps that this layer closes.
    covers : str
        The part of the world that it tells of, where that is less than a study may be about: ``England``.
    accepted : mapping of str to str
        Faults of `layers check` that are known and lived with, by code, and why.
    questions : tuple of str
        Keys that still say "?".
    capacity : tuple of str
        Columns that state how much is to be had (spare, and not merely installed); of a raster ``("value",)``.
    path : Path or None
        The TOML file.
    easting, northing : str or None
        Columns of a plain table that hold coordinates of `crs`.
    grid_ref : str or None
        Column of a plain table that holds references of the British National Grid.
    encoding : str or None
        Of text; None where the data say it.
    decimal : {'.', ','}
        Sign before fractions in a plain table.
    tags : mapping of str to tuple of str
        Which features of OpenStreetMap it has: values by key, no value for any.
    values : {'by type', 'classes', 'continuous'}
        What a raster's numbers are; by type, whole numbers are classes.
    """

    name: str
    title: str
    source: str
    geometry: GeometryKind
    publisher: str
    licence: str
    vintage: str
    attribution: str = ""
    accuracy: Accuracy = field(default_factory=Accuracy)
    faults: tuple[str, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    id: str | None = None
    where: str | None = None
    crs: str | None = None
    sublayer: str | None = None
    lon: str = "lon"
    lat: str = "lat"
    unit: str = ""
    join: tuple[Join, ...] = ()
    network: NetworkColumns | None = None
    closes: tuple[str, ...] = ()
    covers: str = ""
    accepted: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[str, ...] = ()
    path: Path | None = None
    easting: str | None = None
    northing: str | None = None
    grid_ref: str | None = None
    encoding: str | None = None
    decimal: str = "."
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: RasterKind = "by type"
    capacity: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that matters and that no layer covers.

    Parameters
    ----------
    name : str
        Such as ``"flood"``.
    title : str
        What readers see: ``"Flood zones"``.
    why : str
        Why it matters for a site.
    closed_by : str
        What data would close it.
    """

    name: str
    title: str
    why: str
    closed_by: str = ""


@dataclass(frozen=True, slots=True)
class ReadReport:
    """What happened when a layer was read: counts of features.

    Parameters
    ----------
    read : int
        Features that the source and the filters gave.
    empty : int
        Dropped: no geometry.
    repaired : int
        Invalid geometry made valid.
    outside : int
        Outside the study area's bounds; kept, and still used.
    notes : tuple of str
        What else a reader should know: an encoding that was guessed, rows without a partner in a joined table.
    """

    read: int
    empty: int = 0
    repaired: int = 0
    outside: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Features:
    """A vector layer's data in study coordinates.

    Parameters
    ----------
    layer : Layer
        Where they come from.
    geometry : ndarray of shapely geometries, shape (n,)
        In study coordinates; valid, none empty.
    table : DataFrame
        Attributes, n rows, a fresh range index.
    accuracy : float64 ndarray, shape (n,)
        Metres; NaN where not stated.
    report : ReadReport
        What reading found.
    rows : int64 ndarray, shape (n,), or None
        Which row of the source each feature is, from 1; None: the first, the second and so on.
    """

    layer: Layer
    geometry: NDArray[np.object_]
    table: pd.DataFrame
    accuracy: NDArray[np.float64]
    report: ReadReport
    rows: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.geometry)

    def labels(self) -> list[str]:
        """Name each feature by its id column, or by its row in the source, whatever part of that was read.

        Returns
        -------
        list of str
            n labels.
        """
        column = self.layer.id
        if column and column in self.table:
            return [str(value) for value in self.table[column]]
        rows = range(1, len(self) + 1) if self.rows is None else self.rows.tolist()
        return [f"{self.layer.name} {row}" for row in rows]

    def where(self, keep: NDArray[np.bool_]) -> Features:
        """Keep the features that a mask of shape (n,) names."""
        table: Any = self.table[keep].reset_index(drop=True)
        rows = None if self.rows is None else self.rows[keep]
        return Features(self.layer, self.geometry[keep], table, self.accuracy[keep], self.report, rows)


@dataclass(frozen=True, slots=True)
class PeopleDisc:
    """A radius by feature: the disc that holds `people` at a density, ``sqrt(people / density / pi)``.

    Parameters
    ----------
    people : str
        Column with the number of people.
    density : float
        People a square metre.
    """

    people: str
    density: float


@dataclass(frozen=True, eq=False)
class RasterWindow:
    """A part of a raster with those of some places that it was read for.

    Parameters
    ----------
    index : int64 ndarray, shape (k,)
        Which of the places; all of them lie on the raster.
    col, row : float64 ndarray, shape (k,)
        Where they lie, in cells from the window's upper-left corner.
    steps : float64 ndarray, shape (4, k)
        Metres east and north, on the study's map, from a column to the next and from a row to the next, at each place.
    values : float64 ndarray, shape (rows, columns)
        In the raster's unit; NaN where it has none. What is not in the window is off the raster, or too far away to matter.
    """

    index: NDArray[np.int64]
    col: NDArray[np.float64]
    row: NDArray[np.float64]
    steps: NDArray[np.float64]
    values: NDArray[np.float64]


class RasterSampler(Protocol):
    """A raster that can be asked for its value at places in study coordinates."""

    @property
    def layer(self) -> Layer:
        """The layer it reads."""

    def sample(self, eastings: NDArray[np.float64], northings: NDArray[np.float64]) -> NDArray[np.float32]:
        """Values at the given points, float32, shape of the input; NaN where the raster has none."""

    def windows(self, eastings: NDArray[np.float64], northings: NDArray[np.float64], reach: float) -> Iterator[RasterWindow]:
        """Read about points, float64 of shape (k,): every cell with a part within `reach` metres, and the eight about the point's own."""

    def spacing(self) -> float:
        """Metres between the centres of neighbouring cells in the middle of the raster, the shorter way."""
