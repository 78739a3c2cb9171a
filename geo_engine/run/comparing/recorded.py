"""A run as it was recorded: its criteria, weights and areas cell by cell, whatever has become of study and layers since."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import rasterio
import rasterio.errors
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine import model
from geo_engine.errors import Fault, RunError
from geo_engine.model import Classes, Combination, Criterion, Decay, Grid, Measure, ValueFunction

__all__ = ["RecordedRun", "RecordedSite", "measure_of", "read_run"]

_FILES = ("run.json", "sites.gpkg", "site_cells.csv", "status.tif", "suitability.tif")
_Noun = TypeVar("_Noun", ValueFunction, Combination, Measure)


@dataclass(frozen=True, eq=False)
class RecordedSite:
    """An area as a run left it.

    Parameters
    ----------
    site_id, name : str
        As in sites.csv.
    rank : int
        As in sites.csv.
    geometry : shapely geometry
        Outline in study coordinates.
    eastings, northings : float64 ndarray, shape (n,)
        Centres of its cells, metres.
    quantities : float32 ndarray, shape (criteria, n)
        What was measured there, in SI.
    weights : float64 ndarray, shape (n,)
        What each cell counts in the area's mean; they add up to 1.
    """

    site_id: str
    name: str
    rank: int
    geometry: BaseGeometry
    eastings: NDArray[np.float64]
    northings: NDArray[np.float64]
    quantities: NDArray[np.float32]
    weights: NDArray[np.float64]


@dataclass(frozen=True)
class RecordedRun:
    """What a run's folder says.

    Parameters
    ----------
    folder : Path
        Where it lies.
    record : mapping
        ``run.json``.
    criteria : tuple of Criterion
        With their measures and value functions.
    weights : tuple of float
        Shares.
    combination : Combination
        How utilities were combined.
    sites : tuple of RecordedSite
        Best first.
    """

    folder: Path
    record: Mapping[str, Any]
    criteria: tuple[Criterion, ...]
    weights: tuple[float, ...]
    combination: Combination
    sites: tuple[RecordedSite, ...]

    @property
    def grid(self) -> Grid:
        """The frame."""
        said = self.record["grid"]
        return Grid(said["crs"], said["west"], said["north"], said["cell_m"], said["rows"], said["columns"])

    @cached_property
    def score(self) -> NDArray[np.float32]:
        """The surface, float32 of the grid's shape, 0 to 100, NaN where there is none."""
        return np.asarray(self._band("suitability.tif"), np.float32)

    @cached_property
    def status(self) -> NDArray[np.uint32]:
        """The mask, uint32 of the grid's shape; see `Surface`."""
        return np.asarray(self._band("status.tif"), np.uint32)

    def _band(self, name: str) -> NDArray[Any]:
        try:
            with rasterio.open(self.folder / name) as source:
                band: NDArray[Any] = source.read(1)
                return band
        except (rasterio.errors.RasterioError, OSError) as error:
            raise _unreadable(self.folder / name, error) from error


def read_run(folder: Path) -> RecordedRun:
    """Read what a run recorded.

    Raises
    ------
    RunError
        If the folder holds no whole run, or one of an older engine that recorded less.
    """
    missing = [name for name in _FILES if not (folder / name).is_file()]
    if missing:
        remedy = "give a folder such as outputs/gigafactory/great-britain, or run the study again"
        raise RunError(Fault(str(folder), f"is not a run that can be compared: {', '.join(missing)} missing", remedy=remedy))
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        study = record["study"]
        criteria = tuple(_criterion(entry) for entry in study["criteria"])
        combination = _noun(Combination, study["combination"])
        return RecordedRun(folder, record, criteria, tuple(study["weights"]), combination, _sites(folder, criteria))
    except (ValueError, KeyError, TypeError, OSError, RuntimeError, StopIteration) as error:
        raise _unreadable(folder / "run.json", error) from error


def _unreadable(file: Path, error: Exception) -> RunError:
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    return RunError(Fault(str(file), f"cannot be read as a run's record: {said}", remedy="run the study again"))


def _criterion(entry: Mapping[str, Any]) -> Criterion:
    value = _noun(ValueFunction, entry["value"])
    return Criterion(
        entry["name"], measure_of(entry["measure"]), value, entry["weight"], entry["why"], entry["source"], entry["unknown"], entry["key"]
    )


def measure_of(entry: Mapping[str, Any]) -> Measure:
    """Make a measure again from its kind and fields, as `geo_engine.run.plain` wrote them."""
    given = {key: value for key, value in entry.items() if key != "kind"}
    if given.get("decay"):
        given["decay"] = Decay(**given["decay"])
    kind = next(one for one in _kinds(Measure) if one.kind == entry["kind"])
    whole: dict[str, Any] = {key: _in_tuples(value) for key, value in given.items()}
    return kind(**whole)


def _in_tuples(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    return tuple(_in_tuples(item) for item in value) if isinstance(value, list) else value


def _noun(root: type[_Noun], entry: Mapping[str, Any]) -> _Noun:
    """Make a noun again from its kind and fields; two kinds of one name are told apart by their fields."""
    given = {key: value for key, value in entry.items() if key != "kind"}
    fitting = (one for one in _kinds(root) if one.kind == entry["kind"] and {field.name for field in fields(one)} == set(given))
    kind = next(fitting)
    if kind is Classes:
        given["utilities"] = {int(key): worth for key, worth in given["utilities"].items()}
    noun: _Noun = kind(**{key: _plain_value(root, value) for key, value in given.items()})
    return noun


def _kinds(root: type[_Noun]) -> list[type[_Noun]]:
    nouns = (getattr(model, name) for name in model.__all__)
    return [noun for noun in nouns if isinstance(noun, type) and issubclass(noun, root)]


def _plain_value(root: type[_Noun], value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, dict) and "kind" in value:
        return _noun(root, value)
    if isinstance(value, list):
        return tuple(_plain_value(root, item) for item in value)
    return float(value) if value in ("inf", "-inf") else value


def _sites(folder: Path, criteria: tuple[Criterion, ...]) -> tuple[RecordedSite, ...]:
    columns = ["easting", "northing", "weight", *(f"{criterion.slug}_si" for criterion in criteria)]
    cells: dict[str, list[list[float]]] = {}
    with (folder / "site_cells.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            cells.setdefault(row["site_id"], []).append([float(row[column]) for column in columns])
    table = gpd.read_file(folder / "sites.gpkg", layer="sites")
    made = []
    for row in table.itertuples():
        of_site = np.array(cells[row.site_id], np.float64).T
        place, quantities, weights = (of_site[0], of_site[1]), of_site[3:].astype(np.float32), of_site[2]
        made.append(RecordedSite(row.site_id, row.name, int(row.rank), row.geometry, *place, quantities, weights))
    return tuple(made)
