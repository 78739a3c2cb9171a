"""Study files and profiles: from text to `Study`, with every fault at once and every default said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from geo_engine.errors import Fault, StudyError, nearest_spelling
from geo_engine.model import (
    MOST_RULES,
    CombinedTravel,
    Constraint,
    Context,
    Criterion,
    Demand,
    Facility,
    Gap,
    Layer,
    NotAssessed,
    Profile,
    Robustness,
    SiteSearch,
    Study,
    TravelCost,
    WeightedSum,
)
from geo_engine.units import format_quantity
from geo_engine.workspace import schema
from geo_engine.workspace.catalogue import Catalogue, read_catalogue
from geo_engine.workspace.profiles import read_profile
from geo_engine.workspace.toml_file import KeyPath, TomlFile, find_workspace, read_toml, shown

__all__ = ["read_study"]

_Chosen = TypeVar("_Chosen", bound=schema.Table)
_DIMENSION_UNITS = {"length": "a length such as '25 km'", "time": "a time such as '45 min'", "number": "a bare number"}


def read_study(path: Path | str) -> Study:
    """Read a study with everything that it names: layers, profiles, gaps.

    Parameters
    ----------
    path : Path or str
        ``studies/NAME.toml`` of a workspace.

    Returns
    -------
    Study
        With every layer of the workspace, the profiles in use, the gaps that no layer in use closes, and a sentence
        for each default that was filled in.

    Raises
    ------
    StudyError
        With every fault of the study and of its profiles: file, line, key, what was found, what is allowed.
    LayerError
        With every fault of the workspace's layer files; they are told first.
    """
    path = Path(path).absolute()
    if path.is_dir() or not path.exists():
        file, faults = read_toml(path, _label(path))
        if path.is_dir():
            faults = [Fault(file.label, "this is a folder", allowed="a study file", remedy="name a study: studies/NAME.toml")]
        folder = path.parent if path.parent.name == "studies" else path.parent / "studies"
        others = [f"studies/{other.name}" for other in sorted(folder.glob("*.toml"))]
        remedy = nearest_spelling(f"studies/{path.stem}.toml", others) or "name a study: studies/NAME.toml"
        raise StudyError(
            [Fault(fault.where, fault.what, allowed=", ".join(others) or fault.allowed, remedy=fault.remedy or remedy) for fault in faults]
        )
    workspace = find_workspace(path)
    if path.parent != workspace / "studies":
        raise StudyError(
            Fault(
                _label(path),
                "a study lies in the folder studies/ of its workspace",
                found=str(path.parent),
                remedy=f"move it to {workspace / 'studies'}",
            )
        )
    file, faults = read_toml(path, path.relative_to(workspace).as_posix())
    catalogue = read_catalogue(workspace)
    if faults:
        raise StudyError(faults)
    return _Reader(file, catalogue).study()


def _label(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


class _Reader:
    """Reads one study file, gathering faults and defaults on the way."""

    def __init__(self, file: TomlFile, catalogue: Catalogue) -> None:
        self.file = file
        self.catalogue = catalogue
        self.faults: list[Fault] = []
        self.defaults: list[str] = []
        self.folder = catalogue.path / "studies" / "profiles"
        self.context = schema.Context(catalogue.layers, tuple(sorted(path.stem for path in self.folder.glob("*.toml"))))

    def study(self) -> Study:
        """Check all parts, then build the study or raise everything that is wrong."""
        table = schema.check(schema.StudyTable, self.file, (), self.faults, self.context)
        criteria = [criterion for keys, entry in self._entries("criteria") if (criterion := self._criterion(keys, entry))]
        weights = self._decision("weights", schema.WEIGHTS)
        combine = self._decision("combine", schema.COMBINE)
        constraints = [constraint for keys, entry in self._entries("constraints") if (constraint := self._constraint(keys, entry))]
        self._check_weights()
        self._check_names("criteria", "give one of them a key, or another name")
        self._check_names("constraints", "give one of them another name")
        if len(constraints) > MOST_RULES:
            self.faults.append(
                Fault(
                    f"{self.file.label} constraints",
                    "there are more rules than the status mask has bits",
                    found=str(len(constraints)),
                    allowed=f"{MOST_RULES} at most",
                )
            )
        self._check_land(table)
        profiles = self._profiles()
        criteria = [self._priced(number, criterion, profiles) for number, criterion in enumerate(criteria)]
        if self.faults or table is None:
            raise StudyError(self.faults)
        layers, area = self.catalogue.layers, self.catalogue.layers[table.area]
        facility = Facility(table.facility.capacity, table.facility.unit, tuple(need.noun() for need in table.facility.needs))
        demand = _demand(table)
        study = Study(
            name=self.file.path.stem,
            title=table.title,
            summary=table.summary,
            area=table.area,
            region_column=table.region_column or area.id or "",
            area_title=table.area_title or table.title,
            crs=table.crs,
            cell=table.cell,
            criteria=tuple(criteria),
            weighting=weights.noun(self._keys()) if weights else None,
            combination=combine.noun() if combine else WeightedSum(),
            constraints=tuple(constraints),
            facility=facility,
            sites=SiteSearch(table.sites.count, table.sites.spacing, table.sites.area or facility.land or 0.0, table.sites.reach),
            demand=demand,
            robustness=Robustness(table.robustness.draws, table.robustness.seed),
            not_assessed=tuple(NotAssessed(entry.name, entry.why) for entry in table.not_assessed),
            layers=layers,
            profiles=profiles,
            gaps=self._gaps(criteria, constraints, demand),
            context=Context(
                table.context.places,
                table.context.roads,
                tuple(table.context.show),
                table.context.label_where,
                table.context.label_size,
            ),
            path=self.file.path,
            defaults=(),
            connection=table.connection.noun() if table.connection else None,
            reach=table.reach.noun() if table.reach else None,
            backtest=table.backtest.noun() if table.backtest else None,
        )
        return _with_defaults(study, (*self._filled(study, table), *self.defaults))

    def _entries(self, key: str) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
        """Yield each table of an array of tables; what is no table is a fault."""
        entries = self.file.data.get(key)
        for number, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict):
                yield (key, number), entry
            else:
                self.faults.append(Fault(self.file.where(key, number), "this is not a table", shown(entry), f"[[{key}]] above its keys"))

    def _choice(self, keys: KeyPath, entry: Mapping[str, Any], key: str, options: Mapping[str, type[_Chosen]]) -> type[_Chosen] | None:
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

    def _criterion(self, keys: KeyPath, entry: Mapping[str, Any]) -> Criterion | None:
        model = self._choice(keys, entry, "measure", schema.MEASURES)
        table = schema.check(model, self.file, keys, self.faults, self.context) if model else None
        value = self._value(keys, entry, model.dimension if model else None)
        if table is None or value is None:
            return None
        self.defaults.extend(f"criteria '{table.name}': {text}" for text in schema.filled_in(table))
        self.defaults.extend(f"criteria '{table.name}': value: {text}" for text in schema.filled_in(value))
        measure = table.noun(self.catalogue.layers[table.layer].unit)
        weight = self._weight(keys, table)
        return Criterion(table.name, measure, value.noun(), weight, table.why, table.source, table.unknown, table.key)

    def _value(self, keys: KeyPath, entry: Mapping[str, Any], dimension: str | None) -> schema.FunctionTable | None:
        """Check a value function; its quantities only where the measure, and so their unit, is known."""
        if "value" not in entry:
            if dimension is None:
                self.faults.append(Fault(self.file.where(*keys, "value"), "'value' is missing"))
            return None
        keys = (*keys, "value")
        if not isinstance(entry["value"], dict):
            self.faults.append(
                Fault(
                    self.file.where(*keys),
                    "'value' is not a table",
                    shown(entry["value"]),
                    '{ function = "linear", best = "1 km", worst = "25 km" }',
                )
            )
            return None
        model = self._choice(keys, entry["value"], "function", schema.FUNCTIONS)
        if model is None or dimension is None:
            return None
        before = len(self.faults)
        table: schema.FunctionTable | None = schema.check(model, self.file, keys, self.faults, schema.Context(dimension=dimension))
        measure = entry["measure"]
        for number in range(before, len(self.faults)):
            fault = self.faults[number]
            if "unit" in fault.what or "number" in fault.what:
                remedy = f"measure '{measure}' takes {_DIMENSION_UNITS[dimension]}"
                self.faults[number] = Fault(fault.where, fault.what, fault.found, fault.allowed, remedy)
        return table

    def _constraint(self, keys: KeyPath, entry: Mapping[str, Any]) -> Constraint | None:
        table = schema.check(schema.ConstraintTable, self.file, keys, self.faults, self.context)
        if table is None:
            return None
        self.defaults.extend(f"constraints '{entry['name']}': {text}" for text in schema.filled_in(table))
        return Constraint(table.name, table.layer, table.keep, table.buffer, table.where, table.estimate, table.why, table.source)

    def _weight(self, keys: KeyPath, table: schema.CriterionTable) -> float:
        """Give a criterion's own weight; NaN where ``[weights]`` finds it."""
        found_elsewhere = "weights" in self.file.data
        if table.weight is None and not found_elsewhere:
            self.faults.append(Fault(self.file.where(*keys, "weight"), "'weight' is missing", remedy="or give [weights] for all criteria"))
        if table.weight is not None and found_elsewhere:
            self.defaults.append(f"criteria '{table.name}': weight = {table.weight:g} is not used, [weights] finds the weights")
        return float("nan") if table.weight is None or found_elsewhere else table.weight

    def _decision(self, section: str, methods: Mapping[str, type[_Chosen]]) -> _Chosen | None:
        """Read ``[weights]`` or ``[combine]``; None where it is left out or wrong."""
        entry = self.file.data.get(section)
        if not isinstance(entry, dict):
            return None
        model = self._choice((section,), entry, "method", methods)
        table = schema.check(model, self.file, (section,), self.faults, schema.Context(criteria=self._keys())) if model else None
        if table is not None:
            self.defaults.extend(f"{section}: {text}" for text in schema.filled_in(table))
        return table

    def _keys(self) -> tuple[str, ...]:
        """Give the keys of the criteria, also of those that are wrong otherwise."""
        named = ((entry.get("name"), entry.get("key")) for _, entry in self._tables("criteria"))
        return tuple(_column(name, key if isinstance(key, str) else "") for name, key in named if isinstance(name, str))

    def _check_weights(self) -> None:
        if "weights" in self.file.data:
            return
        weights = [entry.get("weight") for _, entry in self._tables("criteria")]
        if weights and all(isinstance(weight, int | float) and weight == 0 for weight in weights):
            self.faults.append(Fault(self.file.where("criteria"), "all weights are 0", allowed="at least one weight above 0"))

    def _tables(self, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
        entries = self.file.data.get(key)
        return ((number, entry) for number, entry in enumerate(entries if isinstance(entries, list) else ()) if isinstance(entry, dict))

    def _check_names(self, key: str, remedy: str) -> None:
        """Refuse two entries with one name, or with one short name (which columns and tags carry)."""
        names: dict[str, int] = {}
        slugs: dict[str, int] = {}
        for number, entry in self._tables(key):
            name, short = entry.get("name"), entry.get("key")
            if not isinstance(name, str) or not name.strip():
                continue
            column = _column(name, short if key == "criteria" and isinstance(short, str) else "")
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

    def _check_land(self, table: schema.StudyTable | None) -> None:
        if table is not None:
            needs = [need.noun() for need in table.facility.needs]
            for number, need in enumerate(needs):
                if need.name in [other.name for other in needs[:number]]:
                    self.faults.append(Fault(self.file.where("facility", "needs", number, "name"), f"need '{need.name}' is given twice"))
            if table.sites.area is None and not Facility(table.facility.capacity, "", tuple(needs)).land:
                remedy = 'give [[facility.needs]] with name = "land", or area in [sites]'
                self.faults.append(Fault(self.file.where("sites"), "nothing says how much land a site takes", remedy=remedy))
            if table.region_column is None and not self.catalogue.layers[table.area].id:
                remedy = f"give region_column here, or id in layers/{table.area}.toml"
                self.faults.append(
                    Fault(self.file.where("area"), f"nothing says which column of '{table.area}' names its regions", remedy=remedy)
                )

    def _profiles(self) -> dict[str, Profile]:
        """Read each profile that the study names and that exists."""
        entries = [entry for _, entry in self._tables("criteria")]
        entries += [entry for key in ("demand", "reach") if isinstance(entry := self.file.data.get(key), dict)]
        names = {name for entry in entries for key in ("profile", "onward_profile") if isinstance(name := entry.get(key), str)}
        found = {name: read_profile(self.folder, name, self.faults) for name in sorted(names & {*self.context.profiles})}
        return {name: profile for name, profile in found.items() if profile is not None}

    def _priced(self, number: int, criterion: Criterion, profiles: Mapping[str, Profile]) -> Criterion:
        """Give a criterion that measures money its currency; a profile without costs is a fault."""
        measure = criterion.measure
        if getattr(measure, "impedance", "time") != "money":
            return criterion
        named = {str(getattr(measure, key, "")) for key in ("profile", "onward_profile")}
        used = [profiles[name] for name in sorted(named & {*profiles})]
        self.faults.extend(
            Fault(
                self.file.where("criteria", number, "profile"),
                f"profile '{profile.name}' says nothing of costs, and '{criterion.name}' is measured in money",
                remedy=f"add [cost] with per_km, per_hour, currency and source to studies/profiles/{profile.name}.toml",
            )
            for profile in used
            if not profile.currency
        )
        if len(currencies := {profile.currency for profile in used if profile.currency}) > 1:
            where = self.file.where("criteria", number, "onward_profile")
            self.faults.append(Fault(where, "the profiles count in two currencies", ", ".join(sorted(currencies))))
        if isinstance(measure, TravelCost | CombinedTravel) and used:
            return replace(criterion, measure=replace(measure, currency=used[0].currency))
        return criterion

    def _gaps(self, criteria: list[Criterion], constraints: list[Constraint], demand: Demand | None) -> tuple[Gap, ...]:
        used = {criterion.measure.layer for criterion in criteria} | {constraint.layer for constraint in constraints}
        used |= {demand.layer} if demand else set()
        closed = {gap for name in used for gap in self.catalogue.layers[name].closes}
        return tuple(gap for gap in self.catalogue.gaps if gap.name not in closed)

    def _filled(self, study: Study, table: schema.StudyTable) -> Iterator[str]:
        """Say each default of the study's head, its sections and the layers and networks it uses."""
        if table.region_column is None:
            yield f"region_column = '{study.region_column}', the id of layer '{study.area}' (default)"
        if table.area_title is None:
            yield f"area_title = '{study.area_title}', the study's title (default)"
        if table.sites.area is None:
            yield f"sites: area = {format_quantity(study.sites.area, 'm2')}, the facility's need of land (default)"
        yield from (f"sites: {text}" for text in schema.filled_in(table.sites))
        if table.combine is None:
            yield "combine: method = weighted_sum (default)"
        yield from (f"robustness: {text}" for text in schema.filled_in(table.robustness))
        if table.connection is not None:
            yield from (f"connection: {text}" for text in schema.filled_in(table.connection))
            for each in table.connection.multipliers:
                yield from (f"connection multiplier '{each.name}': {text}" for text in schema.filled_in(each))
        if table.reach is not None:
            yield from (f"reach: {text}" for text in schema.filled_in(table.reach))
            for wish in table.reach.routes:
                yield from (f"route '{wish.name}': {text}" for text in schema.filled_in(wish))
        networks = {network for criterion in study.criteria for (network, _), _ in criterion.measure.stands}
        networks |= {part.network for part in (study.demand, study.reach) if part}
        for name in sorted(networks):
            yield from _network_defaults(study.layers[name])


def _network_defaults(layer: Layer) -> Iterator[str]:
    """Say what a layer's file leaves out of [network]: what that means, and which columns are known of such a source."""
    if layer.path is None or layer.network is None:
        return
    file, _ = read_toml(layer.path, layer.name)
    if (table := schema.check(schema.NetworkTable, file, ("network",), [])) is not None:
        yield from (f"network '{layer.name}': {text}" for text in schema.filled_in(table))
    known: dict[str, list[str]] = {}
    for key, column in layer.network.named():
        if key not in file.data["network"]:
            known.setdefault(key, []).append(f"'{column}'")
    yield from (
        f"network '{layer.name}': {key} = {', '.join(columns)}, a column of every such file (default)" for key, columns in known.items()
    )


def _column(name: str, key: str) -> str:
    return Constraint(key or name, "", "outside").slug


def _with_defaults(study: Study, defaults: tuple[str, ...]) -> Study:
    values = {name: getattr(study, name) for name in Study.__slots__}
    return Study(**{**values, "defaults": defaults})


def _demand(table: schema.StudyTable) -> Demand | None:
    if (demand := table.demand) is None:
        return None
    each, unit = schema.number_and_unit(demand.capacity_each)
    return Demand(
        layer=demand.layer,
        size=demand.size,
        capacity_each=each,
        capacity_unit=unit,
        within=demand.within,
        network=demand.network,
        profile=demand.profile,
        where=demand.where,
        source=demand.source,
    )
