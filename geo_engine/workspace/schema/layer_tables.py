"""Tables of ``layers/NAME.toml`` and ``layers/gaps.toml``."""

from __future__ import annotations

import codecs
import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from geo_engine.errors import nearest_spelling
from geo_engine.model import QUESTION, Accuracy
from geo_engine.units import DIMENSIONS
from geo_engine.workspace.schema.base import Key, Length, Table, Text, any_crs, at_least, quantity, refuse
from geo_engine.workspace.toml_file import shown

__all__ = ["GapTable", "GapsTable", "JoinTable", "LayerTable", "NetworkTable"]


_ROWS = frozenset({"id", "where", "join", "lon", "lat", "sublayer", "easting", "northing", "grid_ref", "encoding", "decimal", "tags"})


class JoinTable(Table):
    """A second table, ``join = [{ source, on }]``."""

    source: Text
    on: Text


class MissingTable(Table):
    """``[[missing]]``: something that the data lack in a region because they are older."""

    region: Text
    what: Text


class NetworkTable(Table):
    """``[network]`` of a line layer that can be travelled."""

    filled: ClassVar[Mapping[str, str]] = {
        "bridge": "0 m, gaps stay open",
        "island_gap": "250 m",
        "join_ends": "1 cm",
        "length": "none, the drawn length",
        "length_factor": "none, lengths as stated",
        "planarise": "false, lines join at their ends only",
    }
    road_class: Text | None = Field(alias="class", default=None)
    length: Text | None = None
    length_factor: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    length_factor_basis: str = ""
    island_gap: Annotated[Length, Field(ge=0)] = 250.0
    oneway: Text | None = None
    maxspeed: Text | None = None
    speed: Text | None = None
    restrictions: list[Text] = Field(default_factory=list)
    from_node: Text | None = Field(alias="from", default=None)
    to_node: Text | None = Field(alias="to", default=None)
    nodes: Text | None = None
    join_ends: Annotated[Length, Field(gt=0, le=1000)] = 0.01
    planarise: bool = False
    bridge: Annotated[Length, Field(ge=0)] = 0.0

    @model_validator(mode="after")
    def _ends(self) -> NetworkTable:
        if (self.from_node is None) != (self.to_node is None):
            what = "only one of 'from' and 'to' is given"
            raise refuse(what, remedy="name the columns of both ends, or leave out both and let lines join where they meet")
        if self.nodes is not None and self.from_node is None:
            what = "a table of nodes needs to know which nodes an edge joins"
            raise refuse(what, remedy='add from = "u" and to = "v"')
        if self.planarise and self.from_node is not None:
            what = "planarise and the names of nodes exclude each other"
            raise refuse(what, remedy="leave out from and to, so that lines join where they meet")
        return self


def _accuracy(value: object) -> Accuracy:
    """Read ``"0.5 km"``, ``{ column, unit }`` or ``{ column, value = "0.1 km", ... }``."""
    if isinstance(value, Accuracy):
        return value
    if isinstance(value, str) and value in {QUESTION, "not stated"}:
        return Accuracy()
    if not isinstance(value, dict):
        return Accuracy(metres=at_least(quantity(value, "length"), 0.0))
    rest = dict(value)
    column, unit = rest.pop("column", None), rest.pop("unit", None)
    if not isinstance(column, str) or not column.strip() or (unit is None) == (not rest):
        what = "an accuracy by row takes a column, and either its unit or what its values mean"
        raise refuse(what, '{ column = "accuracy_km", unit = "km" } or { column = "position", publisher = "0.1 km" }')
    if unit is not None:
        if unit not in DIMENSIONS["length"]:
            what = f"unknown unit {shown(unit)} of length"
            raise refuse(what, ", ".join(DIMENSIONS["length"]), nearest_spelling(str(unit), DIMENSIONS["length"]))
        return Accuracy(column=column, unit=DIMENSIONS["length"][unit])
    return Accuracy(column=column, by_value={key: at_least(quantity(text, "length"), 0.0) for key, text in rest.items()})


def _vintage(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | dt.date) or not str(value).strip():
        what = "a vintage is a year, a date or a text"
        raise refuse(what)
    return str(value)


def _crs(value: str) -> str:
    """Refuse a CRS that PROJ does not know; a question is answered later."""
    return value if value == QUESTION else any_crs(value)


def _encoding(value: str) -> str:
    try:
        return codecs.lookup(value).name
    except LookupError:
        what = f"unknown encoding {shown(value)}"
        raise refuse(what, "utf-8, latin-1, cp1252, utf-16 and the like") from None


def _tags(value: object) -> object:
    """Read ``{ amenity = ["school", "college"], landuse = "industrial", power = true }``."""
    if not isinstance(value, dict):
        return value
    return {key: [] if said is True else [said] if isinstance(said, str) else said for key, said in value.items()}


class LayerTable(Table):
    """``layers/NAME.toml``."""

    title: Text
    source: Text
    geometry: Literal["points", "lines", "polygons", "raster", "network"]
    publisher: Text
    licence: Text
    vintage: Annotated[str, BeforeValidator(_vintage)]
    attribution: str = ""
    accuracy: Annotated[Any, BeforeValidator(_accuracy)] = Accuracy()
    faults: list[Text] = Field(default_factory=list)
    missing: list[MissingTable] = Field(default_factory=list)
    id: Text | None = None
    where: Text | None = None
    crs: Annotated[str, AfterValidator(_crs)] | None = None
    sublayer: Text | None = None
    lon: Text = "lon"
    lat: Text = "lat"
    unit: str = ""
    join: list[JoinTable] = Field(default_factory=list)
    closes: list[str] = Field(default_factory=list)
    covers: str = ""
    accepted: dict[str, Text] = Field(default_factory=dict)
    capacity: list[Text] = Field(default_factory=list)
    network: NetworkTable | None = None
    easting: Text | None = None
    northing: Text | None = None
    grid_ref: Text | None = None
    encoding: Annotated[str, AfterValidator(_encoding)] | None = None
    decimal: Literal[".", ","] = "."
    tags: Annotated[dict[str, list[str]], BeforeValidator(_tags)] = Field(default_factory=dict)
    values: Literal["by type", "classes", "continuous"] = "by type"

    @model_validator(mode="after")
    def _fitting(self) -> LayerTable:
        given = self.model_fields_set
        if self.geometry == "network" and self.network is None:
            what = "a layer with geometry = 'network' needs a table [network]"
            raise refuse(what, remedy='add [network] with class = "the column with road classes"')
        if self.geometry != "network" and self.network is not None:
            what = f"[network] stands in a layer with geometry = '{self.geometry}'"
            raise refuse(what, allowed="geometry = 'network'")
        if self.geometry == "raster" and (extra := given & _ROWS):
            what = f"a raster has no {', '.join(sorted(extra))}"
            raise refuse(what)
        if self.geometry != "raster" and "values" in given:
            what = "values is for rasters"
            raise refuse(what, allowed="geometry = 'raster'")
        self._places()
        if self.geometry == "raster" and self.capacity not in ([], ["value"]):
            what = "a raster has no columns that could state a capacity"
            raise refuse(what, '["value"], where the raster itself does')
        if self.geometry != "raster" and self.unit:
            what = "unit is for rasters"
            raise refuse(what, remedy='say the unit of a column in the study: unit = "people"')
        return self

    def _places(self) -> None:
        """Refuse half a pair of columns, and two ways to say where things are."""
        if (self.easting is None) != (self.northing is None):
            what = "only one of 'easting' and 'northing' is given"
            raise refuse(what, remedy="name both columns")
        ways = {"lon and lat": {"lon", "lat"} & self.model_fields_set, "easting and northing": self.easting, "grid_ref": self.grid_ref}
        named = [name for name, there in ways.items() if there]
        if len(named) > 1:
            what = f"places are said in {len(named)} ways: {'; '.join(named)}"
            raise refuse(what, remedy="leave one")
        if self.easting is not None and self.crs is None:
            what = "easting and northing need to know of which grid they are"
            raise refuse(what, remedy='add crs = "EPSG:27700", or whichever it is')
        if self.tags and self.geometry not in {"points", "lines", "polygons"}:
            what = "tags choose ordinary features of OpenStreetMap"
            raise refuse(what, allowed="geometry = 'points', 'lines' or 'polygons'")


class GapTable(Table):
    """``[[gaps]]``: something that no layer covers."""

    name: Key
    title: Text
    why: Text
    closed_by: str = ""


class GapsTable(Table):
    """``layers/gaps.toml`` and ``layers/gaps/NAME.toml``."""

    gaps: list[GapTable] = Field(default_factory=list)
