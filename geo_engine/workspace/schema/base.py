"""What all tables share: kinds of values, references to layers and profiles, and faults that name line and key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails, PydanticCustomError
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo_engine.errors import Fault, nearest_spelling
from geo_engine.model import Layer, PeopleDisc
from geo_engine.units import DIMENSIONS, parse_quantity
from geo_engine.workspace.plugged import Plugin
from geo_engine.workspace.toml_file import KeyPath, TomlFile

__all__ = [
    "VECTOR",
    "Area",
    "Context",
    "Figure",
    "GapName",
    "Key",
    "Length",
    "Measured",
    "Network",
    "Positive",
    "ProfileName",
    "Share",
    "Speed",
    "Table",
    "Text",
    "Time",
    "Vector",
    "any_crs",
    "at_least",
    "check",
    "context_of",
    "filled_in",
    "in_unit",
    "layer_of",
    "number_and_unit",
    "projected",
    "quantity",
    "read_buffer",
    "refuse",
]

VECTOR = ("points", "lines", "polygons", "network")


@dataclass(frozen=True, slots=True)
class Context:
    """What a table may refer to.

    Parameters
    ----------
    layers : mapping of str to Layer
        Layers of the workspace.
    profiles : tuple of str
        Names of the profiles.
    dimension : str
        Dimension of a value function's quantities.
    criteria : tuple of str
        Keys of the study's criteria, in order.
    sizes : tuple of (layer, column)
        What the study's criteria count.
    gaps : tuple of str
        Names of the declared gaps.
    plugins : mapping of str to Plugin
        Those that the study names, broken ones too.
    """

    layers: Mapping[str, Layer] = field(default_factory=dict)
    profiles: tuple[str, ...] = ()
    dimension: str = "number"
    criteria: tuple[str, ...] = ()
    sizes: tuple[tuple[str, str], ...] = ()
    gaps: tuple[str, ...] = ()
    plugins: Mapping[str, Plugin] = field(default_factory=dict)


def refuse(what: str, allowed: str = "", remedy: str = "") -> PydanticCustomError:
    """Make the error that `check` turns into a fault as it stands."""
    return PydanticCustomError("fault", "{what}", {"what": what, "allowed": allowed, "remedy": remedy})


def context_of(info: ValidationInfo) -> Context:
    """Give what the table may refer to; nothing where no context was handed in."""
    return info.context if isinstance(info.context, Context) else Context()


def quantity(value: Any, dimension: str) -> float:  # noqa: ANN401 - whatever stands in the file
    """Parse a quantity; the units' own sentence is split into what is wrong and what is allowed."""
    try:
        return parse_quantity(value, dimension)
    except (ValueError, OverflowError) as error:
        what, _, allowed = str(error).partition("; allowed")
        what, _, remedy = what.partition("; ")
        units = ", ".join(unit or "no unit" for unit in DIMENSIONS[dimension])
        raise refuse(what, f"a {dimension} in {units}" if allowed or not remedy else "", remedy) from error


def in_unit(dimension: str) -> BeforeValidator:
    """Make a validator that reads a quantity of a dimension to SI."""
    return BeforeValidator(lambda value: quantity(value, dimension))


def _measured(value: object, info: ValidationInfo) -> float:
    return quantity(value, context_of(info).dimension)


def written(value: str) -> str:
    """Refuse a blank text."""
    if not value.strip():
        what = "is blank"
        raise refuse(what)
    return value


def layer_of(*kinds: str) -> AfterValidator:
    """Make a validator for the name of a layer of one of these kinds."""

    def known(value: str, info: ValidationInfo) -> str:
        layers = context_of(info).layers
        fitting = [name for name, layer in layers.items() if layer.geometry in kinds]
        if value not in layers:
            what = f"unknown layer '{value}'"
            raise refuse(what, ", ".join(fitting) or "none yet: add one in layers/", nearest_spelling(value, layers))
        if value not in fitting:
            options = ", ".join(fitting) or f"a layer with geometry = '{kinds[0]}'"
            what = f"layer '{value}' is of geometry '{layers[value].geometry}', here it takes {' or '.join(kinds)}"
            raise refuse(what, options)
        return value

    return AfterValidator(known)


def known_profile(value: str, info: ValidationInfo) -> str:
    """Refuse a profile that is not there."""
    names = context_of(info).profiles
    if value not in names:
        what = f"unknown profile '{value}'"
        raise refuse(what, ", ".join(names) or "none yet: add one in studies/profiles/", nearest_spelling(value, names))
    return value


def any_crs(value: str) -> str:
    """Refuse a CRS that PROJ does not know."""
    try:
        CRS.from_user_input(value)
    except CRSError as error:
        what = f"unknown CRS '{value}'"
        raise refuse(what, "an EPSG code or another text that PROJ knows", "write it as 'EPSG:27700'") from error
    return value


def projected(value: str) -> str:
    """Refuse a CRS that is not projected or not in metres."""
    crs = CRS.from_user_input(any_crs(value))
    units = {axis.unit_name for axis in crs.axis_info[:2]}
    remedy = "take a projected CRS in metres: EPSG:27700 for Great Britain, EPSG:3035 for Europe, or the area's UTM zone"
    if not crs.is_projected:
        what = f"CRS '{value}' ({crs.name}) is {'geographic: its unit is the degree' if crs.is_geographic else 'not projected'}"
        raise refuse(what, "a projected CRS in metres", remedy)
    if units != {"metre"}:
        what = f"CRS '{value}' ({crs.name}) is in {', '.join(sorted(units))}"
        raise refuse(what, "a projected CRS in metres", remedy)
    return value


def number_and_unit(value: object) -> tuple[float, str]:
    """Split a figure with any unit; an energy comes back in kWh.

    Raises
    ------
    ValueError
        If it does not begin with a finite number.

    Examples
    --------
    >>> number_and_unit("3.0 MVA"), number_and_unit("0.06 MWh"), number_and_unit(4)
    ((3.0, 'MVA'), (60.0, 'kWh'), (4.0, ''))
    """
    match = re.fullmatch(r"\s*([-+]?[\d.,_]+(?:[eE][-+]?\d+)?)\s*(.*?)\s*", value) if isinstance(value, str) else None
    unit = match[2] if match else ""
    if unit in DIMENSIONS["energy"]:
        return quantity(value, "energy"), "kWh"
    return quantity(match[1] if match else value, "number"), unit


def _figure(value: object) -> object:
    number_and_unit(value)
    return value


def known_gap(value: str, info: ValidationInfo) -> str:
    """Refuse a gap that is not declared."""
    names = context_of(info).gaps
    if value not in names:
        what = f"unknown gap '{value}'"
        raise refuse(what, ", ".join(names) or "none: layers/gaps.toml declares none", nearest_spelling(value, names))
    return value


Text = Annotated[str, AfterValidator(written)]
GapName = Annotated[str, AfterValidator(known_gap)]
Share = Annotated[float, Field(ge=0, le=1)]
Length = Annotated[float, in_unit("length")]
Time = Annotated[float, in_unit("time"), Field(gt=0)]
Positive = Annotated[Length, Field(gt=0)]
Speed = Annotated[float, in_unit("speed"), Field(gt=0)]
Area = Annotated[float, in_unit("area"), Field(gt=0)]
Measured = Annotated[float, BeforeValidator(_measured)]
Vector = Annotated[str, layer_of(*VECTOR)]
Network = Annotated[str, layer_of("network")]
ProfileName = Annotated[str, AfterValidator(known_profile)]
Figure = Annotated[Any, AfterValidator(_figure)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


def at_least(value: float, least: float) -> float:
    """Refuse a number below the least."""
    if value < least:
        what = f"must be {least:g} or more"
        raise refuse(what)
    return value


def read_buffer(value: object) -> float | PeopleDisc:
    """Read a distance around features: a length, or a radius by feature."""
    if isinstance(value, PeopleDisc):
        return value
    if not isinstance(value, dict):
        return at_least(quantity(value, "length"), 0.0)
    if set(value) != {"people", "density"} or not isinstance(value["people"], str):
        what = "a buffer by feature takes people (a column) and density"
        raise refuse(what, '"250 m" or { people = "population", density = "6000 per km2" }')
    density = quantity(value["density"], "density")
    if density <= 0:
        what = "density must be above 0"
        raise refuse(what)
    return PeopleDisc(value["people"], density)


class Table(BaseModel):
    """A table of a TOML file: unknown keys refused, nothing coerced, no NaN.

    ``filled`` says in words what each left out key means.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False, defer_build=True)
    filled: ClassVar[Mapping[str, str]] = {}


_Model = TypeVar("_Model", bound=Table)
_TYPES = {
    "string": "a text",
    "float": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "list": "a list",
    "dict": "a table",
    "model": "a table",
    "date": "a date",
}
_BOUNDS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("below", "lt"),
}


def _tables_in(annotation: object) -> Iterator[type[Table]]:
    if isinstance(annotation, type) and issubclass(annotation, Table):
        yield annotation
    for part in get_args(annotation):
        yield from _tables_in(part)


def _keys_of(model: type[Table]) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()]


def _table_at(model: type[Table], path: Sequence[str | int]) -> type[Table]:
    """Find the table that holds the key at the end of a path."""
    for key in path[:-1]:
        info = next((info for name, info in model.model_fields.items() if key in {name, info.alias}), None)
        model = next(_tables_in(info.annotation), model) if info else model
    return model


def _fault(model: type[Table], error: ErrorDetails, file: TomlFile, keys: KeyPath) -> Fault:  # noqa: PLR0911 - each kind of fault has its own sentence
    path = error["loc"]
    full = (*keys, *path)
    where, found, context = file.where(*full), file.found(*full), error.get("ctx", {})
    name, kind = str(path[-1]) if path else "", error["type"]
    if kind == "fault":
        # What a table as a whole lacks is not told better by printing the table.
        whole = not path or isinstance(path[-1], int)
        return Fault(where, context["what"], "" if whole else found, context["allowed"], context["remedy"])
    if kind == "extra_forbidden":
        allowed = _keys_of(_table_at(model, path))
        return Fault(where, f"unknown key '{name}'", found, ", ".join(allowed), nearest_spelling(name, allowed))
    if kind == "missing":
        return Fault(where, f"'{name}' is missing")
    if kind == "literal_error":
        options = re.findall("'([^']*)'", context["expected"])
        return Fault(where, f"unknown {name} {found}", "", ", ".join(options), nearest_spelling(str(error["input"]), options))
    if kind == "string_pattern_mismatch":
        return Fault(where, f"'{name}' is not a short name", found, "small letters, digits and _, a letter first")
    if kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        return Fault(where, f"'{name}' is out of range", found, f"{words} {context[bound]:g}")
    if kind == "finite_number":
        return Fault(where, f"'{name}' is not a finite number", found, "a number")
    if kind == "too_short":
        return Fault(where, f"'{name}' is empty", found, f"{context['min_length']} or more")
    if (thing := _TYPES.get(kind.removesuffix("_type"))) is not None:
        return Fault(where, f"'{name}' is not {thing}", found, thing)
    return Fault(where, error["msg"], found)


def check(model: type[_Model], file: TomlFile, keys: KeyPath, faults: list[Fault], context: Context | None = None) -> _Model | None:
    """Check one table of a file.

    Parameters
    ----------
    model : type of Table
        What the table should be.
    file : TomlFile
        The file.
    keys : KeyPath
        Path of the table in the file, ``()`` for the whole.
    faults : list of Fault
        Every fault found is added to it.
    context : Context, optional
        What the table may refer to.

    Returns
    -------
    Table or None
        None where there are faults.
    """
    data: Any = file.data
    for key in keys:
        data = data[key]
    try:
        return model.model_validate(data, context=context or Context())
    except ValidationError as error:
        faults.extend(_fault(model, each, file, keys) for each in error.errors(include_url=False))
    return None


def filled_in(table: Table) -> list[str]:
    """List the keys that were left out and what that means, ``"buffer = 0 m (default)"``."""
    names = {info.alias or name: name for name, info in type(table).model_fields.items()}
    said: dict[str, str] = {}
    for kind in reversed(type(table).__mro__):  # a table that is made of two says what both leave out
        said |= vars(kind).get("filled", {})
    return [f"{key} = {text} (default)" for key, text in said.items() if names[key] not in table.model_fields_set]
