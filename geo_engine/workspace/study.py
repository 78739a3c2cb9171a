"""Study files and profiles: from text to `Study`, with every fault at once and every default said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from geo_engine.errors import Fault, StudyError, nearest_spelling
from geo_engine.model import (
    CombinedTravel,
    Context,
    Criterion,
    Demand,
    Facility,
    Measure,
    NotAssessed,
    Profile,
    SiteSearch,
    Study,
    TravelCost,
    WeightedSum,
)
from geo_engine.workspace import schema
from geo_engine.workspace.catalogue import read_catalogue
from geo_engine.workspace.defaults import filled_defaults
from geo_engine.workspace.given.scenarios import with_given
from geo_engine.workspace.profiles import read_profile
from geo_engine.workspace.sections import (
    Sheet,
    layers_measured,
    need_tests,
    read_needs,
    read_readiness,
    read_rules,
    read_scenarios,
    settle_gaps,
)
from geo_engine.workspace.toml_file import KeyPath, find_workspace, parse_toml, read_toml

__all__ = ["read_study"]

_Chosen = TypeVar("_Chosen", bound=schema.Table)


def read_study(path: Path | str, *, text: str | None = None, given: Mapping[str, Mapping[str, object]] | None = None) -> Study:
    """Read a study with everything that it names: layers, profiles, gaps.

    Parameters
    ----------
    path : Path or str
        ``studies/NAME.toml`` of a workspace.
    text : str, optional
        What that file shall hold: it is read in its place, and the file need not be there yet.
    given : mapping of str to mapping, optional
        Scenarios besides those of the file, by key, as ``[scenarios.KEY]`` would hold them; one of the file with that key is not read.

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
    if path.is_dir() or not (path.exists() or text is not None):
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
    label = path.relative_to(workspace).as_posix()
    file, faults = read_toml(path, label) if text is None else parse_toml(text, path, label)
    catalogue = read_catalogue(workspace)
    if faults:
        raise StudyError(faults)
    return replace(_Reader(with_given(file, given or {}), catalogue).study(), given=given or {})


def _label(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


class _Reader(Sheet):
    """Reads the whole of one study file."""

    def study(self) -> Study:
        """Check all parts, then build the study or raise everything that is wrong."""
        table = schema.check(schema.StudyTable, self.file, (), self.faults, self.context)
        criteria = [criterion for keys, entry in self.entries("criteria") if (criterion := self._criterion(keys, entry))]
        weights = self._decision("weights", schema.WEIGHTS)
        combine = self._decision("combine", schema.COMBINE)
        self._check_weights()
        self.check_names("criteria", "give one of them a key, or another name")
        constraints = read_rules(self)
        needs, need_rules = read_needs(self, table.facility) if table else ((), [])
        constraints += need_rules
        self._check_land(table)
        self._check_gaps(table)
        profiles = self._profiles()
        criteria = [replace(each, measure=self._priced("criteria", each.name, each.measure, profiles)) for each in criteria]
        constraints = [
            replace(each, measure=self._priced("constraints", each.name, each.measure, profiles)) if each.measure else each
            for each in constraints
        ]
        demand = _demand(table) if table else None
        self.defaults.extend(f"sites: {text}" for text in (table.sites.defaults(self.file.data["sites"]) if table else ()))
        scenarios = read_scenarios(self, self.keys(), criteria, constraints, layers_measured(criteria, needs, demand))
        readiness = read_readiness(self, criteria, needs, constraints)
        if self.faults or table is None:
            raise StudyError(self.faults)
        layers, area = self.catalogue.layers, self.catalogue.layers[table.area]
        facility = Facility(table.facility.capacity, table.facility.unit, needs)
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
            weighting=weights.noun(self.keys()) if weights else None,
            combination=combine.noun() if combine else WeightedSum(),
            constraints=tuple(constraints),
            facility=facility,
            sites=SiteSearch(
                table.sites.count,
                table.sites.spacing,
                table.sites.least(facility.land),
                table.sites.reach,
                table.sites.form(),
                table.sites.plots(),
            ),
            demand=demand,
            robustness=table.robustness.noun(self.keys()),
            not_assessed=tuple(NotAssessed(entry.name, entry.why) for entry in table.not_assessed),
            layers=layers,
            profiles=profiles,
            gaps=self.gaps(),
            gap_list=table.gaps or "",
            districts=table.districts or "",
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
            scenarios=scenarios,
            backtest=table.backtest.noun() if table.backtest else None,
            portfolio=table.portfolio.noun() if table.portfolio else None,
            readiness=readiness,
            sift=tuple(stage.noun() for stage in table.sift),
        )
        study = settle_gaps(study, self.lies_in())
        return _with_defaults(study, (*filled_defaults(study, table), *self.defaults))

    def _criterion(self, keys: KeyPath, entry: Mapping[str, Any]) -> Criterion | None:
        model = self.choice(keys, entry, "measure", schema.MEASURES)
        table = schema.check(model, self.file, keys, self.faults, self.context) if model else None
        value = self._own_value(keys, entry, model.dimension_of(entry, self.context) if model else None)
        if table is None or value is None:
            return None
        self.defaults.extend(f"criteria '{table.name}': {text}" for text in schema.filled_in(table))
        self.defaults.extend(f"criteria '{table.name}': value: {text}" for text in schema.filled_in(value))
        measure = table.noun(self.context)
        weight = self._weight(keys, table)
        return Criterion(table.name, measure, value.noun(), weight, table.why, table.source, table.unknown, table.key)

    def _own_value(self, keys: KeyPath, entry: Mapping[str, Any], dimension: str | None) -> schema.FunctionTable | None:
        """Check a criterion's value function; that it is missing is told by the table where the measure is known."""
        if "value" in entry:
            return self.value((*keys, "value"), entry["value"], str(entry.get("measure")), dimension)
        if dimension is None:
            self.faults.append(Fault(self.file.where(*keys, "value"), "'value' is missing"))
        return None

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
        model = self.choice((section,), entry, "method", methods)
        table = schema.check(model, self.file, (section,), self.faults, schema.Context(criteria=self.keys())) if model else None
        if table is not None:
            self.defaults.extend(f"{section}: {text}" for text in schema.filled_in(table))
        return table

    def _check_weights(self) -> None:
        if "weights" in self.file.data:
            return
        weights = [entry.get("weight") for _, entry in self.tables("criteria")]
        if weights and all(isinstance(weight, int | float) and weight == 0 for weight in weights):
            self.faults.append(Fault(self.file.where("criteria"), "all weights are 0", allowed="at least one weight above 0"))

    def _check_land(self, table: schema.StudyTable | None) -> None:
        if table is not None:
            needs = [need.noun() for need in table.facility.needs]
            for number, need in enumerate(needs):
                if need.name in [other.name for other in needs[:number]]:
                    self.faults.append(Fault(self.file.where("facility", "needs", number, "name"), f"need '{need.name}' is given twice"))
            land = Facility(table.facility.capacity, "", tuple(needs)).land
            for key, what, found, allowed in table.sites.misfits(land, table.cell):
                self.faults.append(Fault(self.file.where("sites", key), what, found=found, allowed=allowed))
            if not table.sites.least(land):
                remedy = 'give [[facility.needs]] with name = "land", or area in [sites]'
                self.faults.append(Fault(self.file.where("sites"), "nothing says how much land a site takes", remedy=remedy))
            if table.districts is not None and not self.catalogue.layers[table.districts].id:
                remedy = f"give id in layers/{table.districts}.toml"
                where = self.file.where("districts")
                self.faults.append(Fault(where, f"nothing says which column of '{table.districts}' names its districts", remedy=remedy))
            if table.region_column is None and not self.catalogue.layers[table.area].id:
                remedy = f"give region_column here, or id in layers/{table.area}.toml"
                self.faults.append(
                    Fault(self.file.where("area"), f"nothing says which column of '{table.area}' names its regions", remedy=remedy)
                )

    def _check_gaps(self, table: schema.StudyTable | None) -> None:
        """Refuse a list of gaps that is not there: without it nothing would be declared."""
        lists = self.catalogue.gap_lists
        if table is not None and table.gaps is not None and table.gaps not in lists:
            where, allowed = self.file.where("gaps"), ", ".join(lists) or "none yet: add one in layers/gaps/"
            self.faults.append(Fault(where, f"unknown list of gaps '{table.gaps}'", "", allowed, nearest_spelling(table.gaps, lists)))

    def _profiles(self) -> dict[str, Profile]:
        """Read each profile that the study names and that exists."""
        entries = [entry for section in ("criteria", "constraints") for _, entry in self.tables(section)]
        entries += [entry for key in ("demand", "reach") if isinstance(entry := self.file.data.get(key), dict)]
        entries += [entry for _, entry in need_tests(self)]
        names = {name for entry in entries for key in ("profile", "onward_profile") if isinstance(name := entry.get(key), str)}
        found = {name: read_profile(self.folder, name, self.faults) for name in sorted(names & {*self.context.profiles})}
        return {name: profile for name, profile in found.items() if profile is not None}

    def _priced(self, section: str, name: str, measure: Measure, profiles: Mapping[str, Profile]) -> Measure:
        """Give a measure of money its currency; a profile without costs is a fault."""
        if getattr(measure, "impedance", "time") != "money":
            return measure
        number = next(number for number, entry in self.tables(section) if entry.get("name") == name)
        named = {str(getattr(measure, key, "")) for key in ("profile", "onward_profile")}
        used = [profiles[name] for name in sorted(named & {*profiles})]
        self.faults.extend(
            Fault(
                self.file.where(section, number, "profile"),
                f"profile '{profile.name}' says nothing of costs, and '{name}' is measured in money",
                remedy=f"add [cost] with per_km, per_hour, currency and source to studies/profiles/{profile.name}.toml",
            )
            for profile in used
            if not profile.currency
        )
        if len(currencies := {profile.currency for profile in used if profile.currency}) > 1:
            where = self.file.where(section, number, "onward_profile")
            self.faults.append(Fault(where, "the profiles count in two currencies", ", ".join(sorted(currencies))))
        if isinstance(measure, TravelCost | CombinedTravel) and used:
            return replace(measure, currency=used[0].currency)
        return measure


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
