"""Plan a run: read what the study needs, make measures and rules ready, lay the grid."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.decide import cells_needed, criterion_utility
from geo_engine.decide.weights import weighed
from geo_engine.errors import Fault, StudyError
from geo_engine.measure import (
    Plots,
    PointPlaces,
    PreparedConnection,
    PreparedMeasure,
    PreparedNeed,
    PreparedRule,
    RuleData,
    Stock,
    plots_of,
    prepare,
    prepare_connection,
    prepare_need,
    prepare_rule,
    ring_segments,
    sizes,
)
from geo_engine.model import Constraint, DataWeights, Features, Grid, KeepEnough, Measure, NeedTest, Selection, Study, failable
from geo_engine.network import TravelNetwork
from geo_engine.plugins import MeasureFunction
from geo_engine.run.executors import thread_executor
from geo_engine.run.planning.forecast import estimate, refuse_unfit
from geo_engine.run.planning.networks import make_travels
from geo_engine.run.planning.reading.data import data_of, load_plugins
from geo_engine.run.planning.reading.needs import selections_of
from geo_engine.run.planning.reading.windows import WHOLE, reaches_of, read_sparingly
from geo_engine.run.progress import Reporter
from geo_engine.workspace import find_region, read_features, refuse_unready

__all__ = ["Plan", "capacity_scale", "find_regions", "grid_of", "make_plan", "prepared_need"]

_MOST_PLACES = 20_000  # of the lattice that weights from data are found on
_LATTICE_STEPS = [digit * 10.0**power for power in range(-3, 9) for digit in (1, 2, 5)]  # metres
_SMALLEST_CELL, _LARGEST_CELL = 0.001, 1e7  # metres: beyond, numbers of cells overflow


@dataclass(frozen=True, eq=False)
class Plan:
    """Everything that a tile needs, in memory once, changed by nobody.

    Parameters
    ----------
    study : Study
        The question.
    region, region_title : str
        Slug, and what readers see.
    area : shapely geometry
        The region, in study coordinates.
    land : shapely geometry
        The whole area layer, dissolved.
    rings : float64 ndarray, shape (4, n)
        Ring segments of `area`.
    grid : Grid
        The frame.
    measures : tuple of PreparedMeasure
        One a criterion.
    rules : tuple of PreparedRule
        One for each rule that land can fail, in the study's order.
    features : mapping of (layer, where) to Features
        As read.
    travels : mapping of (network, profile) to TravelNetwork
        With all facilities on them.
    connection : PreparedConnection or None
        How areas are joined to the grid, where the study says it.
    forced : tuple of PreparedRule
        One a forced inclusion.
    plots : Plots or None
        The plots that are ranked, where the study gives them.
    plugins : mapping of str to MeasureFunction
        By name.
    """

    study: Study
    region: str
    region_title: str
    area: BaseGeometry
    land: BaseGeometry
    rings: NDArray[np.float64]
    grid: Grid
    measures: tuple[PreparedMeasure, ...]
    rules: tuple[PreparedRule, ...]
    features: Mapping[Selection, Features]
    travels: Mapping[tuple[str, str], TravelNetwork]
    connection: PreparedConnection | None = None
    forced: tuple[PreparedRule, ...] = ()
    plots: Plots | None = None
    plugins: Mapping[str, MeasureFunction] = field(default_factory=dict)

    @property
    def stock(self) -> Stock:
        """What measures are prepared from besides their own layer, to prepare them again."""
        return Stock(self.features, self.travels, cell=self.grid.cell, crs=self.grid.crs, plugins=self.plugins)

    @property
    def site_cells(self) -> int:
        """Cells of an area."""
        return cells_needed(self.study.sites.area, self.grid.cell)


def grid_of(study: Study, area: BaseGeometry) -> Grid:
    """Lay the study's grid over a region."""
    west, south, east, north = shapely.bounds(area).tolist()
    return Grid.covering((west, south, east, north), cell=study.cell, crs=study.crs)


def capacity_scale(unit: str, facility_unit: str) -> float:
    """Give how many of the facility's units one unit of demand is: kWh to GWh, or the same unit.

    Raises
    ------
    StudyError
        If they are neither both energy nor the same unit, so that they cannot be compared.

    Examples
    --------
    >>> capacity_scale("kWh", "GWh a year"), capacity_scale("t", "t a year")
    (1e-06, 1.0)
    """
    energy = {"kWh": 1.0, "MWh": 1e3, "GWh": 1e6, "TWh": 1e9}
    whole = facility_unit.strip()
    head = re.split(r"[\s/]", whole, maxsplit=1)[0]
    same = whole == unit or whole.startswith((f"{unit} ", f"{unit}/")) or (not unit and head not in energy)
    if not (head in energy if unit in energy else same):
        raise StudyError(
            Fault(
                "demand.capacity_each",
                "cannot be compared with the facility's capacity",
                found=f"{unit} against {facility_unit}",
                allowed=f"the facility's unit, or energy on both sides ({', '.join(energy)})",
            )
        )
    return energy[unit] / energy[head] if unit in energy else 1.0


def find_regions(study: Study, regions: Sequence[str]) -> None:
    """Check several names of regions before the first of them is run; one is checked soon enough by `make_plan`.

    Raises
    ------
    StudyError
        If the study's area has no such region.
    """
    if len(regions) > 1:
        area = read_features(study.layers[study.area], crs=study.crs)
        for region in regions:
            find_region(study, area, region)


def make_plan(
    study: Study,
    region: str | None,
    reporter: Reporter,
    *,
    workers: int,
    cell: float | None = None,
    anywhere: bool = True,
    disk: Path | None = None,
) -> Plan:
    """Read every layer that the study uses and make it ready.

    Parameters
    ----------
    study : Study
        The question.
    region : str or None
        Slug or name of a region; None for the whole area.
    reporter : Reporter
        Is told.
    workers : int
        For the forecast.
    cell : float, optional
        Metres, instead of the study's.
    anywhere : bool, optional
        Whether places off the region will be measured too. If not, large layers are read only as far as they matter to it.
    disk : Path, optional
        Where outputs will lie, if any are to be written.

    Raises
    ------
    StudyError, LayerError, NetworkError
        If something that the study names is wrong; see the rooms that read it.
    RunError
        If the grid cannot fit the memory that is free, or the disk.
    """
    if cell is not None:
        study = replace(study, cell=cell)
    if not isinstance(study.weighting, DataWeights):
        study = weighed(study)
    if not _SMALLEST_CELL <= study.cell <= _LARGEST_CELL:
        raise StudyError(
            Fault(
                "cell",
                "is out of range",
                found=f"{study.cell:g} m",
                allowed=f"{_SMALLEST_CELL * 1000:g} mm to {_LARGEST_CELL / 1000:,.0f} km",
            )
        )
    plugins = load_plugins(study)
    reporter.stage("Reading layers")
    if study.demand:
        capacity_scale(study.demand.capacity_unit, study.facility.unit)
    selections = selections_of(study)
    measured = [*(criterion.measure for criterion in study.criteria), *(rule.measure for rule in study.constraints)]
    used = {study.area, *(name for name, _ in selections), *(measure.layer for measure in measured if measure)}
    refuse_unready(study.layers[name] for name in sorted(used))
    area_features = read_features(study.layers[study.area], crs=study.crs)
    slug, title, area = find_region(study, area_features, region)
    grid = grid_of(study, area)
    forecast = estimate(study, area, workers=workers, disk=disk)
    refuse_unfit(study, grid.shape, forecast, disk=disk is not None)
    bounds = tuple(shapely.bounds(area).tolist())
    selections = selections_of(study)
    reaches = {} if anywhere else reaches_of(study)
    features: dict[Selection, Features] = {(study.area, None): area_features}
    for number, (name, where) in enumerate(selections):
        reporter.advance(number, len(selections))
        if (name, where) not in features:
            wanted = selections[name, where]
            layer, reach = study.layers[name], reaches.get((name, where), WHOLE)
            read = partial(read_features, layer, crs=study.crs, where=where, columns=sorted(wanted), area_bounds=bounds)
            features[name, where] = read_sparingly(read, layer.accuracy, cells=grid.bounds, reach=reach)
    if study.demand:
        sizes(features[study.demand.layer, study.demand.where], study.demand.size, None)  # told now, not after the land is scored
    land = area if slug == study.area_slug else shapely.union_all(area_features.geometry)
    travels = make_travels(study, features, land, reporter)
    reporter.stage("Preparing measures")
    measures = []
    with thread_executor(workers) as executor:
        stock = Stock(features, travels, executor, study.cell, study.crs, plugins)
        for number, criterion in enumerate(study.criteria):
            reporter.advance(number, len(study.criteria))
            measures.append(_prepared(study, criterion.measure, stock))
        rules = {rule.name: _prepared_rule(study, rule, stock) for rule in study.constraints}
        _try_needs(study, stock)
    connection = prepare_connection(study.connection, features, land, study.crs) if study.connection else None
    tested = tuple(rules[rule.name] for rule in failable(study.constraints))
    forced = tuple(rules[rule.name] for rule in study.constraints if rule.force)
    given = study.sites.candidates
    plots = plots_of(given, features[given.layer, given.where], grid) if given else None
    rings, made = ring_segments(area), tuple(measures)
    plan = Plan(study, slug, title, area, land, rings, grid, made, tested, features, travels, connection, forced, plots, plugins)
    return _weighed_by_data(plan) if isinstance(study.weighting, DataWeights) else plan


def _weighed_by_data(plan: Plan) -> Plan:
    """Find weights from the utilities of free land on a lattice that depends on the region's size and not on the cell."""
    west, south, east, north = shapely.bounds(plan.area).tolist()
    step = next(s for s in _LATTICE_STEPS if (east - west) * (north - south) <= _MOST_PLACES * s * s)
    across, up = (step * (np.arange(low // step, high // step + 1) + 0.5) for low, high in ((west, east), (south, north)))
    eastings, northings = np.meshgrid(across, up)
    e, n = eastings.ravel(), northings.ravel()
    for keeps in (lambda places: places.inside(plan.rings), lambda places: _passes(plan, places)):  # fewer are left for the second
        kept = keeps(PointPlaces(e, n))
        e, n = e[kept], n[kept]
    places = PointPlaces(e, n)
    worth = [criterion_utility(criterion, measure(places)) for criterion, measure in zip(plan.study.criteria, plan.measures, strict=True)]
    study = weighed(plan.study, np.stack(worth, axis=1))
    if study.weighed is None:
        return plan
    note = f"from the utilities of {len(e):,} places on free land, {step:g} m apart"
    return replace(plan, study=replace(study, weighed=replace(study.weighed, notes=(note,))))


def _passes(plan: Plan, places: PointPlaces) -> NDArray[np.bool_]:
    """Tell which places no rule keeps out, or a forced inclusion frees."""
    fails, unknown = np.zeros(places.shape, np.bool_), np.zeros(places.shape, np.bool_)
    for rule in plan.rules:
        failed, not_known = rule.judge(places)
        fails |= failed
        unknown |= False if not_known is None else not_known
    for forced in plan.forced:
        fails &= unknown | ~forced(places)
    return ~fails


def prepared_need(study: Study, test: NeedTest, wanted: float, stock: Stock) -> PreparedNeed:
    """Make the test of a need ready, from layers and networks that have been read."""
    return prepare_need(test, wanted, data_of(study, test.measure, stock.features), stock)


def _try_needs(study: Study, stock: Stock) -> None:
    """Make each test of a need ready, so that what is wrong with it is told now and not after the land is scored."""
    for need in study.facility.needs:
        if need.test is not None:
            prepared_need(study, need.test, 0.0, stock)


def _prepared_rule(study: Study, rule: Constraint, stock: Stock) -> PreparedRule:
    if isinstance(rule.keep, KeepEnough):
        short = prepared_need(study, rule.keep.test, rule.keep.wanted, stock).shortage()
        return PreparedRule(lambda places: (short(places), None))
    measure = _prepared(study, rule.measure, stock) if rule.measure is not None else None
    extent = stock.features[rule.only_in] if rule.only_in is not None else None
    return prepare_rule(rule, stock.features.get((rule.layer, rule.where)), RuleData(measure, extent, study.cell))


def _prepared(study: Study, measure: Measure, stock: Stock) -> PreparedMeasure:
    return prepare(measure, data_of(study, measure, stock.features), stock)
