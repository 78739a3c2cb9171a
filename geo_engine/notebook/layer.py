"""A layer at hand: its provenance, its features or cells, what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from geo_engine import model
from geo_engine import run as engine
from geo_engine.errors import Fault, LayerError, nearest_spelling
from geo_engine.notebook.arrays import as_array, band_of, is_array
from geo_engine.notebook.shown import Picture
from geo_engine.run.given import add_frame, column_facts, find_layer, layer_band, layer_card, layer_frame, layer_picture, png_address

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Layer"]

_MOST_COLUMNS = 12


@dataclass(frozen=True, eq=False, repr=False)
class Layer:
    """A layer of a workspace, made by `Layer.read` or `Layer.add`, or found in `Study.layers`.

    Parameters
    ----------
    noun : geo_engine.model.Layer
        What its file says.
    crs : str
        What `frame` is in.
    study : geo_engine.model.Study or None
        Whose area it is drawn against.
    criterion : str
        Of a layer that was just added: the criterion or rule to paste into a study.
    """

    noun: model.Layer
    crs: str
    study: model.Study | None = field(default=None, repr=False)
    criterion: str = field(default="", repr=False)

    @classmethod
    def read(cls, name: str | Path, workspace: str | Path = ".", *, crs: str | None = None) -> Layer:
        """Find a layer.

        Parameters
        ----------
        name : str or path
            ``freight_ports``, or its file ``layers/freight_ports.toml``.
        workspace : path
            In the workspace; of a file, its own counts.
        crs : str, optional
            What `frame` is in; by default that of the first study that uses the layer, or WGS84.

        Raises
        ------
        LayerError
            If there is no such layer, or a layer's file is wrong.
        StudyError
            If there is no workspace.
        """
        if str(name).endswith(".toml"):
            name, workspace = Path(name).stem, Path(name).absolute().parent
        noun, study = find_layer(Path(workspace), str(name))
        return cls(noun, crs or (study.crs if study else "EPSG:4326"), study)

    @classmethod
    def add(
        cls,
        data: gpd.GeoDataFrame | gpd.GeoSeries | pd.DataFrame | xr.DataArray | str | Path,
        name: str,
        *,
        workspace: str | Path = ".",
        title: str | None = None,
        study: str | Path | None = None,
        replace: bool = False,
        **answers: str | int,
    ) -> Layer:
        """Make a layer of a table or a file, as `geo-engine layers add` does: ``layers/NAME.toml`` is written with what was found.

        Parameters
        ----------
        data : GeoDataFrame, GeoSeries, DataFrame, DataArray, path or address
            A table is kept as ``layers/data/NAME.gpkg`` (``.csv`` without geometry), an array as ``NAME.tif``; a file stays where it is.
        name : str
            Of the layer.
        workspace : path
            In the workspace.
        title : str, optional
            What readers see.
        study : path, optional
            The study whose area the data are held against.
        replace : bool
            Whether a layer of that name is replaced.
        **answers : str
            ``publisher``, ``licence``, ``vintage`` and ``accuracy``: what only a person can tell. A study that uses the layer is refused
            until all four are answered; ``"not stated"`` is an answer of accuracy.

        Raises
        ------
        LayerError
            If the data are no layer, have no CRS, or the layer is there already; then nothing is written.
        """
        start, asked = Path(workspace), None if study is None else Path(study)
        if unknown := [key for key in answers if key not in engine.ANSWERS]:
            allowed = ", ".join(engine.ANSWERS)
            raise LayerError(
                [Fault(name, f"unknown answer '{key}'", "", allowed, nearest_spelling(key, engine.ANSWERS)) for key in unknown]
            )
        told = {key: str(answer) for key, answer in answers.items()}
        if isinstance(data, str | Path):
            added = engine.add_layer(start, str(data), name=name, title=title, study=asked, answers=told, force=replace)
        else:
            kept = band_of(data, name) if is_array(data) else data
            added = add_frame(start, kept, name, title=title, study=asked, answers=told, replace=replace)
        noun, user = find_layer(added.path.parent, added.name)
        if user is None and added.study:
            user = engine.read_study(asked or added.path.parent.parent / "studies" / f"{added.study}.toml")
        return cls(noun, user.crs if user else "EPSG:4326", user, added.criterion)

    @property
    def name(self) -> str:
        """How studies call it."""
        return self.noun.name

    @property
    def title(self) -> str:
        """What readers see."""
        return self.noun.title

    @property
    def path(self) -> Path | None:
        """Its file."""
        return self.noun.path

    @cached_property
    def frame(self) -> gpd.GeoDataFrame:
        """The features as the engine reads them, filtered, joined, repaired and projected, with ``accuracy_m`` for each.

        Raises
        ------
        LayerError
            If it is a raster, or its data are wrong.
        """
        return layer_frame(self.noun, self.crs)

    @cached_property
    def array(self) -> xr.DataArray:
        """The first band of a raster as an array of xarray, in the raster's own CRS.

        Raises
        ------
        LayerError
            If it is no raster, or has more than 50 million cells.
        RunError
            If xarray is not installed.
        """
        band = layer_band(self.noun)
        said = {"long_name": self.noun.title, "units": self.noun.unit}
        return as_array(band.cells, (band.west, band.north, band.width, band.height), band.crs or self.crs, self.noun.name, said)

    def check(self) -> pd.DataFrame:
        """Give the faults that the data have, a row each: level, code, what it is, how many rows, examples, and why it is accepted."""
        start = self.noun.path.parent if self.noun.path else Path()
        [checked] = engine.check_layers(start, self.noun.name)
        columns = ["level", "code", "what", "count", "examples", "accepted"]
        rows = [[each.level, each.code, each.what, each.count, "; ".join(each.examples), each.accepted] for each in checked.findings]
        return pd.DataFrame(rows, columns=columns)

    def show(self) -> Picture:
        """Draw it over the area of the study that uses it."""
        return Picture(layer_picture(self.noun, self.crs, self.study), self.noun.title)

    def __repr__(self) -> str:
        return f"<Layer {self.noun.name!r}: {self.noun.geometry}, {self.noun.publisher}, {self.noun.vintage}>"

    def _repr_html_(self) -> str:
        if self.noun.geometry == "raster":
            lead, rows = "raster", []
        else:
            facts = column_facts(pd.DataFrame(self.frame.drop(columns=["geometry", "accuracy_m"])))
            rows = [(each.name, each.kind, f"{each.blank:,}", each.example) for each in facts[:_MOST_COLUMNS]]
            lead = f"{len(self.frame):,} {self.noun.geometry} in {self.crs}"
        return layer_card(self.noun, f"{lead}.", tuple(rows), png_address(self.show().png)).html()
