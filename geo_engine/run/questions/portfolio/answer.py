"""Choose several plants together from a finished run."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide.portfolio import Clock, Words, choose_first, explain_infeasible, order_openings, trade_off
from geo_engine.errors import Fault, StudyError
from geo_engine.measure import PointPlaces, facilities_name, point_coordinates, sizes, travel_costs
from geo_engine.model import Demand
from geo_engine.model.answer.portfolio import (
    PLACEMENT_MODELS,
    Candidate,
    Chosen,
    CurvePoint,
    Customer,
    Delivery,
    Opening,
    PlacementProblem,
    Plant,
    PortfolioAnswer,
    SharedResource,
)
from geo_engine.model.search import Portfolio
from geo_engine.run.places.naming import to_degrees
from geo_engine.run.planning.plan import capacity_scale
from geo_engine.run.progress import Reporter
from geo_engine.run.questions.portfolio.pool import areas_of, find_candidates, priced, ranked, standing_plants
from geo_engine.run.questions.portfolio.resources import listed_resources, shared_resources
from geo_engine.run.questions.stored import StoredRun
from geo_engine.units import format_quantity

__all__ = ["PortfolioFiles", "choose_portfolio"]

Float = NDArray[np.float64]

_COVERING = ("max_cover", "set_cover")


@dataclass(frozen=True, slots=True)
class PortfolioFiles:
    """What is asked for besides the settings, about this run's own sites.

    Parameters
    ----------
    plots : Path or None
        Plots to choose from besides the areas.
    fixed, forbidden : tuple of str
        Sites by rank, id or name.
    cost : str or None
        Column of the run's sites, or a CSV with ``site`` and ``cost``.
    budget : float
        In the unit of `cost`.
    resources : Path or None
        CSV with resources.
    time_limit : float
        Seconds for all programs together.
    """

    plots: Path | None = None
    fixed: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    cost: str | None = None
    budget: float = math.inf
    resources: Path | None = None
    time_limit: float = 120.0


@dataclass(frozen=True, eq=False)
class _Served:
    """The customers as arrays."""

    names: tuple[str, ...]
    easting: Float
    northing: Float
    size: Float
    seconds: Float


def choose_portfolio(run: StoredRun, wished: Portfolio, files: PortfolioFiles, reporter: Reporter) -> PortfolioAnswer:
    """Choose plants together, find the order of opening and the trade-off curve.

    Parameters
    ----------
    run : StoredRun
        A finished run.
    wished : Portfolio
        Model and conditions.
    files : PortfolioFiles
        What names this run's sites.
    reporter : Reporter
        Is told what happens.

    Raises
    ------
    StudyError
        If what is asked for is impossible, with the reasons, or names what is not there.
    RunError
        If the time ran out before any answer was found.
    """
    _check(run, wished, files)
    begun = time.perf_counter()
    reporter.stage("Finding candidates")
    candidates, notes = ranked(run, areas_of(run, wished.candidates), files.plots, wished.min_score)
    if files.cost is not None:
        candidates = priced(run, candidates, files.cost)
    chosen_from = len(candidates)
    makes = np.full(chosen_from, run.study.facility.capacity)
    if wished.existing is not None:
        standing, each = standing_plants(run, wished.existing)
        candidates, makes = (*candidates, *standing), np.concatenate([makes, each])
        notes = (*notes, f"Existing plants are taken as the layer gives them: {', '.join(place.name for place in standing) or 'none'}.")
    served = _customers(run, candidates) if wished.model != "p_dispersion" else _nobody(len(candidates))
    resources, unknown = shared_resources(run, wished.resources, candidates)
    if files.resources is not None:
        resources += listed_resources(files.resources, candidates)
    candidates = _with_capacities(run, wished, candidates, makes)
    problem = _problem(run, wished, files, candidates, served, resources)
    found_after = time.perf_counter() - begun
    words = _words(run, candidates, served)
    clock = Clock(files.time_limit)
    what = "the fewest" if problem.count is None else str(problem.count)
    reporter.stage(f"Choosing {what} of {chosen_from} sites together (time limit {files.time_limit:g} s)")
    chosen = choose_first(problem, clock)
    if chosen is None:
        raise StudyError(
            [Fault("portfolio", reason) for reason in explain_infeasible(problem, words, Clock(30.0)) or ("there is no answer",)]
        )
    openings, method = order_openings(problem, chosen.taken, clock)
    reporter.stage("Trade-off curve")
    most = min(wished.curve if wished.curve is not None else len(chosen.taken) + 3, int((~problem.standing & ~problem.forbidden).sum()))
    curve = trade_off(problem, most, clock, words, lambda point: _tell(reporter, point, most))
    reporter.stage("")
    plants, deliveries, customers = _told(problem, chosen, openings, candidates, served, run)
    notes = (*notes, *unknown, *_remarks(problem, chosen, curve))
    return PortfolioAnswer(
        model=problem.model,
        parameters=_parameters(wished, files, chosen_from, resources, words.weight),
        value=chosen.value,
        bound=chosen.bound,
        gap=chosen.gap,
        unit=_unit(problem, run),
        proven=chosen.proven,
        plants=plants,
        customers=customers,
        deliveries=deliveries,
        curve=curve,
        candidates=candidates,
        order_method=method,
        candidates_seconds=found_after,
        seconds=clock.spent,
        notes=notes,
    )


def _check(run: StoredRun, wished: Portfolio, files: PortfolioFiles) -> None:
    """Refuse what does not go together, all of it at once."""
    faults = []
    if wished.model != "p_dispersion" and run.study.demand is None:
        faults.append(
            Fault(
                "portfolio",
                f"model {wished.model} serves customers, and the study has no [demand]",
                remedy="add [demand], or take p_dispersion",
            )
        )
    for name, given in (("score_worth", wished.score_worth > 0), ("unserved", wished.unserved is not None)):
        if given and wished.model != "p_median":
            faults.append(Fault(f"portfolio {name}", f"has no meaning for model {wished.model}", allowed="p_median", remedy="leave it out"))
    if math.isfinite(files.budget) and files.cost is None:
        faults.append(Fault("--budget", "nothing says what a plant costs", remedy="give --cost with a column of sites.csv, or a CSV file"))
    if faults:
        raise StudyError(faults)


def _customers(run: StoredRun, candidates: tuple[Candidate, ...]) -> _Served:
    """Measure the travel time of every customer with a size from every candidate, seconds, shape (customers, candidates)."""
    demand = _demand(run)
    data = run.plan.features[demand.layer, demand.where]
    size = np.asarray(sizes(data, demand.size, None), np.float64)
    places = PointPlaces(np.array([each.easting for each in candidates]), np.array([each.northing for each in candidates]))
    seconds = travel_costs(run.plan.travels[demand.network, demand.profile], facilities_name(demand.layer, demand.where), places)
    e, n = point_coordinates(data.geometry)
    names = data.labels()
    order = sorted(np.flatnonzero(size > 0).tolist(), key=lambda number: (-size[number], names[number], number))
    if not order:
        raise StudyError(
            Fault("portfolio", f"no customer of layer '{demand.layer}' has a size above 0", remedy="see 'where' and 'size' in [demand]")
        )
    return _Served(tuple(names[number] for number in order), e[order], n[order], size[order], seconds[order])


def _nobody(sites: int) -> _Served:
    return _Served((), np.zeros(0), np.zeros(0), np.zeros(0), np.zeros((0, sites)))


def _demand(run: StoredRun) -> Demand:
    if run.study.demand is None:  # `_check` has said so
        raise StudyError(Fault("portfolio", "the study has no [demand]"))
    return run.study.demand


def _with_capacities(run: StoredRun, wished: Portfolio, candidates: tuple[Candidate, ...], makes: Float) -> tuple[Candidate, ...]:
    """Give each candidate what it can serve, in the unit of the customers' sizes."""
    if not wished.capacities or wished.model == "p_dispersion":
        return candidates
    demand = _demand(run)
    one = demand.capacity_each * capacity_scale(demand.capacity_unit, run.study.facility.unit)
    return tuple(replace(each, capacity=float(made / one)) for each, made in zip(candidates, makes, strict=True))


def _problem(
    run: StoredRun,
    wished: Portfolio,
    files: PortfolioFiles,
    candidates: tuple[Candidate, ...],
    served: _Served,
    resources: tuple[SharedResource, ...],
) -> PlacementProblem:
    e, n = np.array([each.easting for each in candidates]), np.array([each.northing for each in candidates])
    apart = np.hypot(e[:, None] - e[None, :], n[:, None] - n[None, :])
    within = wished.within if wished.within is not None else run.study.demand.within if run.study.demand else math.inf
    handicap = None
    if wished.score_worth > 0:
        short = np.array([0.0 if math.isnan(each.score) else 100.0 - each.score for each in candidates])
        handicap = wished.score_worth * short / wished.plants
    return PlacementProblem(
        model=wished.model,
        count=None if wished.model == "set_cover" else wished.plants,
        cost=served.seconds,
        weight=served.size,
        standing=np.array([each.kind == "existing" for each in candidates], np.bool_),
        fixed=find_candidates(candidates, files.fixed, "--fix"),
        forbidden=find_candidates(candidates, files.forbidden, "--forbid"),
        radius=within if wished.model in _COVERING else math.inf,
        apart=apart,
        capacity=np.array([each.capacity for each in candidates]) if wished.capacities and len(served.size) else None,
        whole=wished.whole,
        unserved=wished.unserved if wished.unserved is not None else math.inf,
        handicap=handicap,
        resources=resources,
        price=np.array([0.0 if math.isnan(each.price) else each.price for each in candidates]) if files.cost is not None else None,
        budget=files.budget,
    )


def _words(run: StoredRun, candidates: tuple[Candidate, ...], served: _Served) -> Words:
    weight = run.study.demand.size.replace("_", " ") if run.study.demand else ""
    names = tuple(each.name for each in candidates)
    return Words(names, served.names, lambda seconds: format_quantity(seconds, "s"), weight)


def _tell(reporter: Reporter, point: CurvePoint, most: int) -> None:
    reporter.advance(point.count, most)


def _unit(problem: PlacementProblem, run: StoredRun) -> str:
    match problem.model:
        case "p_median" | "p_center":
            return "s"
        case "p_dispersion":
            return "m"
        case "set_cover":
            return "plants"
        case "max_cover":
            return run.study.demand.size.replace("_", " ") if run.study.demand else ""


def _told(
    problem: PlacementProblem,
    chosen: Chosen,
    openings: tuple[Opening, ...],
    candidates: tuple[Candidate, ...],
    served: _Served,
    run: StoredRun,
) -> tuple[tuple[Plant, ...], tuple[Delivery, ...], tuple[Customer, ...]]:
    """Write down plants, deliveries and customers."""
    parts = served.size[:, None] * chosen.served
    order = [opening.site for opening in openings] + np.flatnonzero(problem.standing).tolist()
    then = {opening.site: (stage, opening.value) for stage, opening in enumerate(openings, start=1)}
    plants, deliveries = [], []
    for number, site in enumerate(order):
        mine = np.flatnonzero(parts[:, site] > 0).tolist()
        load = float(parts[mine, site].sum())
        travel = float((parts[mine, site] * served.seconds[mine, site]).sum()) / load if load else math.nan
        stage, value = then.get(site, (None, math.nan))
        plants.append(Plant(candidates[site], stage, load, travel, value))
        deliveries += [
            Delivery(
                number, customer, float(parts[customer, site]), float(chosen.served[customer, site]), float(served.seconds[customer, site])
            )
            for customer in mine
        ]
    lon, lat = to_degrees(run.study.crs).transform(served.easting, served.northing)
    customers = tuple(
        Customer(name, float(e), float(n), round(float(x), 6), round(float(y), 6), float(size), float(part))
        for name, e, n, x, y, size, part in zip(
            served.names, served.easting, served.northing, lon, lat, served.size, parts.sum(axis=1), strict=True
        )
    )
    return tuple(plants), tuple(deliveries), customers


def _remarks(problem: PlacementProblem, chosen: Chosen, curve: tuple[CurvePoint, ...]) -> tuple[str, ...]:
    notes = ["Straight lines join plant and customer; the minutes are those of the road." if len(problem.weight) else ""]
    if not chosen.proven:
        notes.append(f"The time ran out: the answer may be {chosen.gap:.2%} from the best.")
    if late := [str(point.count) for point in curve if not point.proven]:
        notes.append(f"The time ran out on the curve for {', '.join(late)} plants.")
    return tuple(note for note in notes if note)


def _parameters(
    wished: Portfolio, files: PortfolioFiles, candidates: int, resources: tuple[SharedResource, ...], size_unit: str
) -> Mapping[str, object]:
    return {
        "model": wished.model,
        "model_in_words": PLACEMENT_MODELS[wished.model],
        "size_unit": size_unit,
        "plants": None if wished.model == "set_cover" else wished.plants,
        "candidates": candidates,
        "candidates_located": wished.candidates,
        "capacities": wished.capacities,
        "whole": wished.whole,
        "within_s": wished.within,
        "min_score": wished.min_score,
        "score_worth_s": wished.score_worth,
        "unserved_s": wished.unserved,
        "every_years": wished.every,
        "existing": None
        if wished.existing is None
        else {"layer": wished.existing.layer, "where": wished.existing.where, "capacity": wished.existing.capacity},
        "plots": files.plots.name if files.plots else None,
        "fixed": list(files.fixed),
        "forbidden": list(files.forbidden),
        "cost": files.cost,
        "budget": files.budget if math.isfinite(files.budget) else None,
        "resources": {each.name: {"total": each.total, "unit": each.unit, "candidates": int((each.use > 0).sum())} for each in resources},
        "time_limit_s": files.time_limit,
    }
