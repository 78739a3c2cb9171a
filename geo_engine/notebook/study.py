"""A study at hand: what it asks, the same seen otherwise, and its runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_other
from pathlib import Path

import pandas as pd

from geo_engine import model
from geo_engine import run as engine
from geo_engine.errors import Fault, RunError, StudyError
from geo_engine.notebook.layer import Layer
from geo_engine.notebook.progress import reporter_here
from geo_engine.notebook.run import Run
from geo_engine.notebook.tables import criteria_table, gaps_table, needs_table, rules_table
from geo_engine.run.given import change_study, make_study, run_in_memory, scenario_toml, study_card, study_of_run
from geo_engine.units import parse_quantity

__all__ = ["Study", "new_workspace", "open_run"]

Table = Mapping[str, object]


@dataclass(frozen=True, eq=False, repr=False)
class Study:
    """A question that can be run; nobody changes it, and what changes it gives another study.

    Parameters
    ----------
    noun : geo_engine.model.Study
        What its file says.
    """

    noun: model.Study

    @classmethod
    def read(cls, path: str | Path, *, scenario: str | None = None) -> Study:
        """Read ``studies/NAME.toml`` of a workspace, with everything that it names.

        Raises
        ------
        StudyError, LayerError
            With every fault of the study, its profiles and the layers' files.
        """
        return cls(engine.with_scenario(engine.read_study(path), scenario))

    @classmethod
    def write(cls, name: str, content: str | Table, workspace: str | Path = ".", *, replace: bool = False) -> Study:
        """Write ``studies/NAME.toml`` of a workspace, once all of it is right, and read it.

        Parameters
        ----------
        name : str
            Of the study.
        content : str or mapping
            TOML, or the same keys as a mapping: ``{"title": ..., "criteria": [{"name": ..., "layer": ...}], "sites": {"count": 5}}``.
        workspace : path
            In the workspace.
        replace : bool
            Whether a study of that name is replaced.

        Raises
        ------
        StudyError, LayerError
            With every fault; then nothing is written.
        """
        return cls(make_study(Path(workspace), name, content, replace=replace))

    @property
    def name(self) -> str:
        """Its file's name without the ending."""
        return self.noun.name

    @property
    def title(self) -> str:
        """What readers see."""
        return self.noun.title

    @property
    def path(self) -> Path:
        """Its file."""
        return self.noun.path

    @property
    def crs(self) -> str:
        """Projected, in metres."""
        return self.noun.crs

    @property
    def cell(self) -> float:
        """Side of a cell in metres."""
        return self.noun.cell

    @property
    def regions(self) -> tuple[str, ...]:
        """Slugs of the regions that it can be run for."""
        return engine.regions_of(self.noun)

    @property
    def weights(self) -> pd.Series[float]:
        """Weights as shares that add up to 1, by key of the criterion; NaN where the run finds them."""
        keys = [criterion.slug for criterion in self.noun.criteria]
        return pd.Series(self.noun.weights, index=pd.Index(keys, name="key"), name="weight", dtype="float64")

    @property
    def criteria(self) -> pd.DataFrame:
        """One row a criterion: weight, measure, layer, value function, why."""
        return criteria_table(self.noun)

    @property
    def rules(self) -> pd.DataFrame:
        """One row a rule."""
        return rules_table(self.noun)

    @property
    def needs(self) -> pd.DataFrame:
        """One row a need of the facility, with its range and source."""
        return needs_table(self.noun)

    @property
    def gaps(self) -> pd.DataFrame:
        """One row for each thing that matters and that is not tested."""
        return gaps_table(self.noun)

    @property
    def scenarios(self) -> pd.DataFrame:
        """One row a scenario."""
        rows = [[key, each.title, each.why] for key, each in self.noun.scenarios.items()]
        return pd.DataFrame(rows, columns=["key", "title", "why"])

    @property
    def layers(self) -> dict[str, Layer]:
        """Every layer of the workspace, by name."""
        return {name: Layer(layer, self.noun.crs, self.noun) for name, layer in self.noun.layers.items()}

    def check(self, region: str | None = None, *, cell: str | None = None) -> engine.CheckReport:
        """Find all faults, or say what a run will do: criteria in words, defaults, warnings, gaps, memory and time.

        Raises
        ------
        StudyError, LayerError, NetworkError
            With every fault.
        """
        workers = engine.default_workers()
        plan = engine.make_plan(self.noun, region, engine.SilentReporter(), workers=workers, cell=self._cell(cell))
        return engine.check_plan(plan, workers=workers)

    def scenario(self, key: str) -> Study:
        """Give the study as one of its file's scenarios sees it.

        Raises
        ------
        StudyError
            If it has no such scenario.
        """
        plain = engine.read_study(self.noun.path, given=self.noun.given)
        return Study(with_other(engine.with_scenario(plain, key), cell=self.noun.cell))

    def with_weights(
        self, weights: Mapping[str, float] | pd.Series[float], name: str = "other_weights", *, title: str = "", why: str = ""
    ) -> Study:
        """Give the study under other weights: a scenario of its own, so that runs, files and comparisons say so.

        Parameters
        ----------
        weights : mapping of str to float, or Series
            By key of the criterion, on the scale of the study's own; criteria that are left out keep theirs.
        name : str
            Key of the scenario: small letters, digits and ``_``.
        title, why : str
            What readers see of it.

        Raises
        ------
        StudyError
            With every fault: a criterion that is not there, weights that are all 0.
        """
        return self.replace(weights={str(key): weight for key, weight in weights.items()}, name=name, title=title, why=why)

    def replace(
        self,
        *,
        cell: str | None = None,
        weights: Mapping[str, float] | None = None,
        values: Mapping[str, Table] | None = None,
        constraints: Mapping[str, Table] | None = None,
        drop_constraints: Sequence[str] = (),
        name: str = "changed",
        title: str = "",
        why: str = "",
    ) -> Study:
        """Give a study that is otherwise; all but the cell makes a scenario, with the keys and checks of ``[scenarios.NAME]``.

        Parameters
        ----------
        cell : str, optional
            ``"500 m"``.
        weights : mapping of str to float, optional
            By key of the criterion.
        values : mapping of str to mapping, optional
            Value functions by key of the criterion: ``{"grid": {"function": "linear", "best": "1 km", "worst": "10 km"}}``.
        constraints : mapping of str to mapping, optional
            What is otherwise with a rule, by its name: ``{"National parks": {"buffer": "1 km"}}``.
        drop_constraints : sequence of str
            Names of rules that do not hold.
        name, title, why : str
            Of the scenario.

        Raises
        ------
        StudyError
            With every fault.
        """
        noun = self.noun
        changes = {"weights": weights, "values": values, "constraints": constraints, "drop_constraints": drop_constraints}
        if any(changes.values()):
            made = change_study(noun, name, {**changes, "title": title, "why": why})
            noun = with_other(made, cell=noun.cell)
        metres = self._cell(cell)
        return Study(noun if metres is None else with_other(noun, cell=metres))

    def to_toml(self) -> str:
        """Write the scenario that Python gave as TOML, to paste into the study's file; blank where there is none."""
        return scenario_toml(self.noun)

    def run(
        self,
        region: str | None = None,
        *,
        cell: str | None = None,
        out: str | Path | None = None,
        workers: int | None = None,
        dask: str | None = None,
        progress: bool | None = None,
    ) -> Run:
        """Score the land, locate and rank areas.

        Parameters
        ----------
        region : str, optional
            Slug or name; the whole area by default.
        cell : str, optional
            ``"500 m"``, instead of the study's.
        out : path, optional
            The folder to leave map, tables and rasters in, as `geo-engine run` does; by default the run stays in memory.
        workers : int, optional
            Threads; as many as cores by default. The answer does not depend on it.
        dask : str, optional
            A cluster that scores the land, ``local:4`` or ``tcp://HOST:PORT``, by way of the folder `out`.
        progress : bool, optional
            Whether to say how far it is; by default in notebooks and at a prompt, and not in scripts.

        Raises
        ------
        StudyError, LayerError, NetworkError, RunError
            If something that the study names is wrong, or the run cannot be done.
        """
        metres, threads = self._cell(cell), workers or engine.default_workers()
        if dask is not None and out is None:
            raise RunError(Fault("dask", "works by way of a folder that its workers share", remedy="give one with out="))
        with reporter_here(progress=progress) as reporter:
            if out is None:
                memory = run_in_memory(self.noun, reporter, region=region, cell=metres, workers=threads)
                return Run(Study(memory.study), memory.record, None, dict(reporter.timings), memory)
            left = engine.run_study(self.noun, region=region, cell=metres, out=Path(out), workers=threads, reporter=reporter, dask=dask)
        made = open_run(left.folder)
        return Run(Study(left.plan.study), made.record, left.folder, dict(left.timings))

    def length(self, text: str | float, place: str) -> float:
        """Read a length with its unit; metres.

        Raises
        ------
        StudyError
            If it is none, or not above 0.
        """
        try:
            metres = parse_quantity(text, "length")
        except ValueError as error:
            raise StudyError(Fault(place, str(error))) from error
        if metres <= 0:
            raise StudyError(Fault(place, f"'{text}' is not a length above 0"))
        return metres

    def _cell(self, text: str | None) -> float | None:
        return None if text is None else self.length(text, "cell")

    def __repr__(self) -> str:
        noun = self.noun
        seen = f", scenario {noun.scenario!r}" if noun.scenario else ""
        counts = f"{len(noun.criteria)} criteria, {len(noun.constraints)} rules"
        return f"<Study {noun.name!r}: {noun.area_title}, {counts}, cells of {noun.cell:g} m{seen}>"

    def _repr_html_(self) -> str:
        return study_card(self.noun).html()


def open_run(folder: str | Path) -> Run:
    """Take up a run that lies in a folder; its layers are read when it is first asked why.

    Parameters
    ----------
    folder : path
        Such as ``outputs/gigafactory/great-britain``.

    Raises
    ------
    RunError
        If the folder holds no whole run, or the study has moved.
    StudyError, LayerError
        If the study or a layer's file is wrong now.
    """
    there = Path(folder).resolve()
    record, study = study_of_run(there)
    return Run(Study(study), record, there)


def new_workspace(directory: str | Path) -> Study:
    """Make a small workspace that runs, to start from, and read its study.

    Raises
    ------
    StudyError
        If the folder holds something, is a file, or cannot be written.
    """
    return Study.read(engine.new_workspace(Path(directory)))
