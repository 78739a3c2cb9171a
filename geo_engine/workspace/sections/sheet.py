"""A study file while it is read: its tables one by one, with every fault and every default gathered on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from geo_engine.errors import Fault, nearest_spelling
from geo_engine.model import Constraint, Gap
from geo_engine.workspace import schema
from geo_engine.workspace.catalogue import Catalogue
from geo_engine.workspace.plugged import named_plugins
from geo_engine.workspace.toml_file import KeyPath, TomlFile, shown

__all__ = ["Sheet", "column_of"]

_Chosen = TypeVar("_Chosen", bound=schema.Table)
_DIMENSION_UNITS = {
    "length": "a length such as '25 km'",
    "time": "a time such as '45 min'",
    "area": "an area such as '5 ha'",
    "share": "a share such as '25 %'",
    "percent": "per cent, such as '8 %'",
    "angle": "degrees, such as '5 degrees'",
    "number": "a bare number",
}


class Sheet:
    """One study file with what it may refer to.

    Parameters
    ----------
    file : TomlFile
        The file.
    catalogue : Catalogue
        Layers and gaps of its workspace.
    """

    def __init__(self, file: TomlFile, catalogue: Catalogue) -> None:
        self.file = file
        self.catalogue = catalogue
        self.faults: list[Fault] = []
        self.defaults: list[str] = []
        self.folder = catalogue.path / "studies" / "profiles"
        profiles = tuple(sorted(path.stem for path in self.folder.glob("*.toml")))
        self.context = schema.Context(
            catalogue.layers,
            profiles,
            criteria=self.keys(),
            sizes=self._sizes(),
            gaps=tuple(gap.name for gap in self.gaps()),
            plugins=named_plugins(catalogue.path, self._measured()),
        )

    def gaps(self) -> tuple[Gap, ...]:
        """Give the declared gaps that are the study's: of the list that ``gaps`` names, or else of ``layers/gaps.toml``."""
        named = self.file.data.get("gaps")
        return self.catalogue.gap_lists.get(named, ()) if isinstance(named, str) else self.catalogue.gaps

    def _sizes(self) -> tuple[tuple[str, str], ...]:
        """Give the columns that criteria count, also criteria that are wrong otherwise."""
        pairs = (("layer", "size"), ("people_layer", "people"))
        named = [(entry.get(layer), entry.get(column)) for _, entry in self.tables("criteria") for layer, column in pairs]
        return tuple(dict.fromkeys((layer, column) for layer, column in named if isinstance(layer, str) and isinstance(column, str)))

    def _measured(self) -> Iterator[dict[str, Any]]:
        """Yield each table that may name a measure."""
        yield from (entry for key in ("criteria", "constraints") for _, entry in self.tables(key))
        facility = self.file.data.get("facility")
        needs = facility.get("needs") if isinstance(facility, dict) else None
        for need in needs if isinstance(needs, list) else ():
            if isinstance(need, dict) and isinstance(need.get("test"), dict):
                yield need["test"]

    def entries(self, key: str) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
        """Yield each table of an array of tables; what is no table is a fault."""
        entries = self.file.data.get(key)
        for number, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict):
                yield (key, number), entry
            else:
                self.faults.append(Fault(self.file.where(key, number), "this is not a table", shown(entry), f"[[{key}]] above its keys"))

    def choice(self, keys: KeyPath, entry: Mapping[str, Any], key: str, options: Mapping[str, type[_Chosen]]) -> type[_Chosen] | None:
        """Look up what a key chooses; a missing or unknown choice is a fault."""
        name = entry.get(key)
        if isinstance(name, str) and name in options:
            return options[name]
        if key not in entry:
            self.faults.append(Fault(self.file.where(*keys, key), f"'{key}' is missing", allowed=", ".join(options)))
        else:
            nearest = nearest_spelling(str(name), options)
            self.faults.append(
                Fault(self.file.where(*keys, key), f"unknown {key} {shown(name)}", allowed=", ".join(options), remedy=nearest)
            )
        return None

    def keys(self) -> tuple[str, ...]:
        """Give the keys of the criteria, also of those that are wrong otherwise."""
        named = ((entry.get("name"), entry.get("key")) for _, entry in self.tables("criteria"))
        return tuple(column_of(name, key if isinstance(key, str) else "") for name, key in named if isinstance(name, str))

    def lies_in(self) -> tuple[str, ...]:
        """Give the parts of the world that hold the whole of the study; none where the list is wrong, which the table tells."""
        given = self.file.data.get("lies_in")
        return tuple(name for name in given if isinstance(name, str)) if isinstance(given, list) else ()

    def tables(self, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield each table of an array of tables with its number."""
        entries = self.file.data.get(key)
        return ((number, entry) for number, entry in enumerate(entries if isinstance(entries, list) else ()) if isinstance(entry, dict))

    def value(self, keys: KeyPath, given: object, measure: str, dimension: str | None) -> schema.FunctionTable | None:
        """Check the value function at a place; its quantities only where the measure, and so their unit, is known."""
        if not isinstance(given, dict):
            what = f"'{keys[-1]}' is not a table"
            self.faults.append(Fault(self.file.where(*keys), what, shown(given), '{ function = "linear", best = "1 km", worst = "25 km" }'))
            return None
        model = self.choice(keys, given, "function", schema.FUNCTIONS)
        if model is None or dimension is None:
            return None
        before = len(self.faults)
        table: schema.FunctionTable | None = schema.check(model, self.file, keys, self.faults, schema.Context(dimension=dimension))
        for number in range(before, len(self.faults)):
            fault = self.faults[number]
            if "unit" in fault.what or "number" in fault.what:
                remedy = f"measure '{measure}' takes {_DIMENSION_UNITS[dimension]}"
                self.faults[number] = Fault(fault.where, fault.what, fault.found, fault.allowed, remedy)
        return table

    def check_names(self, key: str, remedy: str) -> None:
        """Refuse two entries with one name, or with one short name (which columns and tags carry)."""
        names: dict[str, int] = {}
        slugs: dict[str, int] = {}
        for number, entry in self.tables(key):
            name, short = entry.get("name"), entry.get("key")
            if not isinstance(name, str) or not name.strip():
                continue
            column = column_of(name, short if key == "criteria" and isinstance(short, str) else "")
            where = self.file.where(key, number, "name")
            if name in names:
                self.faults.append(
                    Fault(where, f"'{name}' is the name of {key}[{names[name] + 1}] too", remedy="give one of them another name")
                )
            elif column in slugs:
                self.faults.append(
                    Fault(where, f"short name '{column}' is that of {key}[{slugs[column] + 1}] too", found=f"'{name}'", remedy=remedy)
                )
            names.setdefault(name, number)
            slugs.setdefault(column, number)


def column_of(name: str, key: str) -> str:
    """Give the short name that columns and tags carry."""
    return Constraint(key or name, "", "outside").slug
