"""A run at hand: sites, surfaces, tables, reasons, and the map."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import rasterio.errors
from numpy.typing import NDArray

from geo_engine import run as engine
from geo_engine.errors import Fault, RunError, StudyError, nearest_spelling
from geo_engine.model import STATUS_OFF_AREA, Grid, StatusBit, rule_bits, slug
from geo_engine.notebook.answers import Comparison, Explanation
from geo_engine.notebook.arrays import grid_array
from geo_engine.notebook.progress import reporter_here
from geo_engine.notebook.shown import MapView
from geo_engine.notebook.tables import read_layer_of, read_table, rival_table
from geo_engine.run.given import RunFacts, graph_of, leave_run, rivals_given, run_card, score_places_given, weigh_again

if TYPE_CHECKING:
    import xarray as xr

    from geo_engine.notebook.study import Study

__all__ = ["Run"]

_MEANING = "match to these weights, 0 to 100; not a probability of success"


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """A finished run of a study, made by `Study.run` or taken up by `geo_engine.open_run`; nobody changes it, and threads may share it.

    Parameters
    ----------
    study : Study
        The question.
    record : mapping
        What ``run.json`` holds: inputs and their hashes, every parameter, versions.
    saved : Path or None
        The folder where its outputs lie; None while it is in memory.
    timings : mapping of str to float
        Seconds by stage; empty of a run that was opened.
    """

    study: Study
    record: Mapping[str, Any] = field(repr=False)
    saved: Path | None = None
    timings: Mapping[str, float] = field(default_factory=dict)
    memory: engine.StoredRun | None = field(default=None, repr=False)

    @property
    def region(self) -> str:
        """Slug of the region."""
        return str(self.record["region"]["slug"])

    @property
    def region_title(self) -> str:
        """What readers call the region."""
        return str(self.record["region"]["title"])

    @cached_property
    def grid(self) -> Grid:
        """The frame of the surfaces."""
        said = self.record["grid"]
        return Grid(said["crs"], said["west"], said["north"], said["cell_m"], said["rows"], said["columns"])

    @cached_property
    def sites(self) -> gpd.GeoDataFrame:
        """The ranked sites, best first, in study coordinates: what ``sites.gpkg`` holds."""
        return self.memory.sites if self.memory is not None else self.shapes("sites")

    @cached_property
    def suitability(self) -> xr.DataArray:
        """The score of every cell, 0 to 100, as an array of xarray; NaN off the area and where unknown. Restricted land keeps its score."""
        said = {"long_name": "suitability", "units": "points of 100", "meaning": _MEANING, "study": self.study.title}
        return grid_array(self.grid, self._score, "suitability", said)

    @cached_property
    def status(self) -> xr.DataArray:
        """The mask of every cell as an array of xarray: a bit for each rule that it fails, 0 is free, 4294967295 off the area.

        ``flag_masks`` and ``flag_meanings`` name the bits, as CF has it.
        """
        bits = self._bits
        said = {
            "long_name": "failed rules",
            "flag_masks": np.array([1 << bit for bit in bits.values()], np.uint32),
            "flag_meanings": " ".join(slug(name).replace("-", "_") for name in bits),
            "off_area": STATUS_OFF_AREA,
        }
        return grid_array(self.grid, self._status, "status", said)

    @cached_property
    def free(self) -> xr.DataArray:
        """Whether each cell fails no rule and misses no value; an unreachable cell is free too, as `docs/conventions.md` has it."""
        status = self._status
        kept_out = status & ~np.uint32(1 << StatusBit.UNREACHABLE | 1 << StatusBit.FORCED)
        unknown = (status & np.uint32(1 << StatusBit.UNKNOWN)) != 0
        forced = (status >> np.uint32(StatusBit.FORCED) & np.uint32(1)).astype(np.bool_)
        found = (status != STATUS_OFF_AREA) & ((kept_out == 0) | (forced & ~unknown))
        return grid_array(self.grid, found, "free", {"long_name": "fails no rule that was tested"})

    def fails(self, rule: str) -> xr.DataArray:
        """Whether each cell fails a rule, by its name, or is ``unknown`` or ``unreachable``.

        Raises
        ------
        StudyError
            If the study has no such rule that land can fail.
        """
        bits = self._bits
        if rule not in bits:
            raise StudyError(Fault(f"rule '{rule}'", "the study has no such rule", "", ", ".join(bits), nearest_spelling(rule, bits)))
        status = self._status
        found = (status != STATUS_OFF_AREA) & (status >> np.uint32(bits[rule]) & np.uint32(1)).astype(np.bool_)
        return grid_array(self.grid, found, slug(rule).replace("-", "_"), {"long_name": f"fails '{rule}'"})

    def table(self, name: str) -> pd.DataFrame:
        """Give a table that the run leaves: rejected, near_misses, needs, readiness, missing, demand, methods, acceptability, ...

        Raises
        ------
        RunError
            If there is no such table; all are named.
        """
        return read_table(self.folder, name)

    def shapes(self, name: str) -> gpd.GeoDataFrame:
        """Give a layer that the run leaves, in study coordinates: sites, routes, isochrones, corridors.

        Raises
        ------
        RunError
            If there is no such layer; all are named.
        """
        return read_layer_of(self.folder, name)

    @property
    def rejected(self) -> pd.DataFrame:
        """Candidates that were dropped, at which stage, by which rule."""
        return self.table("rejected")

    @property
    def near_misses(self) -> pd.DataFrame:
        """Land that fails one rule only, and the areas that would be found there."""
        return self.table("near_misses")

    @property
    def needs(self) -> pd.DataFrame:
        """What the facility needs against what is there, a row a site and need."""
        return self.table("needs")

    @property
    def sensitivity(self) -> pd.DataFrame:
        """What moving one weight or threshold at a time does to the ranking, a row a move."""
        return self.table("sensitivity")

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of the ranking."""
        return tuple(self.record.get("notes", ()))

    def explain(self, place: int | str | tuple[float, float]) -> Explanation:
        """Say why a place scores what it scores, and what would have to change for another rank.

        Parameters
        ----------
        place : int, str or (lon, lat)
            A site by its rank, id or name, or any place in degrees.

        Raises
        ------
        StudyError
            If there is no such site, or the coordinates are not degrees.
        """
        wanted = ",".join(repr(float(part)) for part in place) if isinstance(place, tuple | list) else str(place)
        return Explanation(engine.explain(self.stored, wanted))

    def score(self, places: object, *, within: str | float | None = None) -> gpd.GeoDataFrame:
        """Judge places as the run's own sites are: points at their place, plots by their own cells.

        Parameters
        ----------
        places : GeoDataFrame, DataFrame, list or path
            Points or polygons with a CRS; a table with name and lon, lat; ``(lon, lat)`` or ``(name, lon, lat)``; or a file of them.
        within : str, optional
            ``"5 km"``: how far about a point the best area of the needed size is looked for; by default its stated accuracy.

        Returns
        -------
        GeoDataFrame
            A row a place in the order given, in study coordinates: score, percentile, rank among the sites, status, reason, and each
            criterion's value, utility and contribution.

        Raises
        ------
        LayerError
            With every fault of the places.
        """
        metres = None if within is None else self.study.length(within, "within")
        if isinstance(places, str | Path):
            rivals = engine.ask_file(self.stored, Path(places), within=metres)
            shapes = gpd.GeoSeries.from_xy([r.easting for r in rivals], [r.northing for r in rivals], crs=self.grid.crs)
            return rival_table(rivals, shapes)
        given, rivals = score_places_given(self.stored, places, within=metres)
        return rival_table(rivals, gpd.GeoSeries(given.geometry, crs=self.grid.crs))

    def back_test(self, places: object) -> engine.BackTest:
        """Tell where known sites fall on the surface: a study that cannot tell them from other land has little to say of new ones.

        Parameters
        ----------
        places : GeoDataFrame, DataFrame, list or path
            As for `score`.

        Returns
        -------
        BackTest
            Percentiles of the sites, ``standing`` (AUC with its interval, lift), the same under other weights and without layers that know
            the answer; ``pandas.DataFrame(test.sites)`` is a table.

        Raises
        ------
        LayerError
            With every fault of the places.
        """
        known = Path(places) if isinstance(places, str | Path) else rivals_given(places, crs=self.grid.crs)
        return engine.back_test(self.stored, known)

    def compare(self, other: Run | str | Path) -> Comparison:
        """Tell which areas move from this run to another, by how much, and which input did it.

        Raises
        ------
        RunError
            If the other is no whole run, or in another CRS.
        """
        return Comparison(engine.compare_runs(self.folder, other.folder if isinstance(other, Run) else Path(other)))

    def with_weights(
        self, weights: Mapping[str, float] | pd.Series[float], name: str = "other_weights", *, title: str = "", why: str = ""
    ) -> Run:
        """Run the same under other weights, from what this run has measured: bit for bit what `Study.with_weights` and `Study.run` give.

        Parameters
        ----------
        weights, name, title, why
            As for `Study.with_weights`.

        Raises
        ------
        StudyError
            With every fault of the weights.
        RunError
            If this run is not in memory, or the study's file has changed since.
        """
        study = self.study.with_weights(weights, name, title=title, why=why)
        with reporter_here() as reporter:
            memory = weigh_again(self.stored, study.noun, reporter, workers=engine.default_workers())
            return Run(study, memory.record, None, dict(reporter.timings), memory)

    def map(self, height: int = 640) -> MapView:
        """Give the interactive map, which a notebook shows in a frame of its own."""
        page = (self.folder / "map.html").read_text(encoding="utf-8")
        return MapView(page, f"Map of {self.study.title}, {self.region_title}", height)

    def report(
        self,
        *,
        rivals: str | Path | None = None,
        previous: Run | str | Path | None = None,
        known: str | Path | None = None,
        progress: bool | None = None,
    ) -> engine.ReportFiles:
        """Write the report as a page and as a PDF into the run's folder, as `geo-engine report` does.

        A run in memory has a folder that goes when the run is forgotten: `save` it first, to keep the report.

        Parameters
        ----------
        rivals : path, optional
            A file as for `score`: each place in it gets a sheet.
        previous : Run or path, optional
            An earlier run of the same region: the report says what moved since.
        known : path, optional
            A file as for `backtest`: the report says where these sites fall.
        progress : bool, optional
            As for `Study.run`.

        Returns
        -------
        ReportFiles
            ``page`` and ``document``, the two files, and ``changed``, the inputs that have changed since the run.

        Raises
        ------
        RunError
            If a file is not there, or the extra ``report`` is not installed.
        LayerError
            With every fault of the rivals or known sites.
        """
        before = previous.folder if isinstance(previous, Run) else None if previous is None else Path(previous)
        asked = engine.Asked(Path(rivals) if rivals else None, before, Path(known) if known else None)
        with reporter_here(progress=progress) as reporter:
            return engine.write_report(self.folder, reporter, workers=engine.default_workers(), asked=asked.of(self.folder))

    def graph(self, network: str | None = None, profile: str | None = None) -> Any:  # noqa: ANN401 - networkx is behind another door
        """Hand out a network of the run as a graph of networkx, with seconds and metres on its edges.

        Raises
        ------
        NetworkError
            If the run travels on no such network, or on several and none is named.
        """
        return graph_of(self.stored, network, profile)

    def save(self, out: str | Path | None = None) -> Run:
        """Leave the outputs of a run in a folder, whole or not at all, and give the run that lies there.

        Parameters
        ----------
        out : path, optional
            The folder; by default ``outputs/STUDY/REGION`` of the workspace, as `geo-engine run` leaves it.

        Raises
        ------
        RunError
            If the folder holds something else, or the run lies in a folder already.
        """
        memory = self.memory
        if memory is None or memory.result is None:
            raise RunError(Fault(str(self.saved), "the run lies there already", remedy="copy the folder, or run the study with out="))
        folder = Path(out).resolve() if out is not None else engine.default_folder(memory.study, memory.plan.region).resolve()
        leave_run(memory.plan, memory.result, folder, engine.SilentReporter())
        return Run(self.study, self.record, folder, self.timings, memory)

    @cached_property
    def folder(self) -> Path:
        """Where the outputs lie: the run's own folder, or one for the time being that goes when the run is forgotten."""
        if self.saved is not None:
            return self.saved
        memory = self.memory
        if memory is None or memory.result is None:
            raise RunError(Fault("this run", "is neither in memory nor in a folder"))
        held = Path(tempfile.mkdtemp(prefix="geo_engine_"))
        weakref.finalize(self, shutil.rmtree, held, ignore_errors=True)
        leave_run(memory.plan, memory.result, held / self.region, engine.SilentReporter())
        return held / self.region

    @cached_property
    def stored(self) -> engine.StoredRun:
        """The run as the engine asks it; of a folder, study and layers are read anew."""
        if self.memory is not None:
            return self.memory
        with reporter_here(progress=False) as reporter:
            return engine.open_run(self.folder, reporter, workers=engine.default_workers())

    @property
    def changed(self) -> tuple[str, ...]:
        """Input files that are not what the run read."""
        return self.stored.changed

    def __repr__(self) -> str:
        lies = str(self.saved) if self.saved is not None else "in memory"
        noun = self.study.noun.sites.noun
        return f"<Run of {self.study.name!r}: {self.region_title}, {len(self.sites)} {noun} on {self.grid.cell:g} m cells, {lies}>"

    def _repr_html_(self) -> str:
        lies = f"Outputs: {self.saved}" if self.saved is not None else "In memory: save() leaves map, tables and rasters in a folder."
        return run_card(RunFacts(self.study.noun, self.region_title, self.grid, self.sites, self._score, self.notes, lies)).html()

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle a run by its folder; one in memory has none."""
        if self.saved is None:
            raise RunError(Fault("this run", "is in memory and cannot be pickled", remedy="save it first: run.save()"))
        from geo_engine.notebook.study import open_run  # noqa: PLC0415 - studies know runs

        return open_run, (self.saved,)

    @cached_property
    def _bits(self) -> dict[str, int]:
        base = {"unknown": int(StatusBit.UNKNOWN), "unreachable": int(StatusBit.UNREACHABLE)}
        return base | rule_bits(self.study.noun.constraints)

    @cached_property
    def _score(self) -> NDArray[np.float32]:
        return self.memory.score if self.memory is not None else self._band("suitability.tif").astype(np.float32, copy=False)

    @cached_property
    def _status(self) -> NDArray[np.uint32]:
        return self.memory.status if self.memory is not None else self._band("status.tif").astype(np.uint32, copy=False)

    def _band(self, name: str) -> NDArray[Any]:
        try:
            with rasterio.open(self.folder / name) as source:
                band: NDArray[Any] = source.read(1)
                return band
        except (rasterio.errors.RasterioError, OSError) as error:
            raise RunError(Fault(str(self.folder / name), f"cannot be read: {str(error).splitlines()[0]}")) from error
