"""Which sites' ranks newer data change: the areas of a run measured again with them; no new search."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from geo_engine.decide import contributions, ranks
from geo_engine.errors import Fault, RunError
from geo_engine.model import rule_bits
from geo_engine.run.catalogue.judging.differing import with_source
from geo_engine.run.catalogue.uses import uses_of
from geo_engine.run.planning.plan import Plan, make_plan
from geo_engine.run.progress import Reporter
from geo_engine.run.questions.stored import StoredRun, open_run
from geo_engine.run.tiles import score_places

__all__ = ["Reranked", "SiteChange", "rerank"]


@dataclass(frozen=True, slots=True)
class SiteChange:
    """What newer data make of an area of a run.

    Parameters
    ----------
    site_id, name : str
        Of the area.
    rank, new_rank : int
        Among the areas of the run, with the older and the newer data.
    score, new_score : float
        0 to 100.
    by_criterion : mapping of str to float
        Points that each criterion gained, of those that gained or lost any.
    fails : mapping of str to float
        Share of the area that fails a rule with the newer data, of rules that it fails more of than before.
    """

    site_id: str
    name: str
    rank: int
    new_rank: int
    score: float
    new_score: float
    by_criterion: dict[str, float]
    fails: dict[str, float]


@dataclass(frozen=True, slots=True)
class Reranked:
    """What newer data of a layer make of a run's areas.

    Parameters
    ----------
    run, layer : str
        The folder, and the layer.
    sites : tuple of SiteChange
        By the older rank.
    note : str
        What this is not.
    """

    run: str
    layer: str
    sites: tuple[SiteChange, ...]
    note: str = (
        "The areas of the run were measured again at their cells; no new search was made: areas that only the newer data would find are "
        "not here."
    )

    @property
    def changed(self) -> tuple[SiteChange, ...]:
        """Areas whose rank is another, or that fail a rule which they passed."""
        return tuple(site for site in self.sites if site.rank != site.new_rank or site.fails)


_TINY = 5e-5  # points: the tables hold four decimals


def rerank(folder: Path, layer: str, old: str, new: str, reporter: Reporter, *, workers: int) -> Reranked:
    """Measure the areas of a run with two versions of a layer's data.

    Parameters
    ----------
    folder : Path
        Of the run.
    layer : str
        Name of a layer that the run's study uses.
    old, new : str
        Sources.
    reporter : Reporter
        Is told.
    workers : int
        Threads.

    Raises
    ------
    RunError
        If the folder holds no run, or its study does not use the layer.
    """
    stored = open_run(folder, reporter, workers=workers)
    study = stored.study
    if layer not in {use.layer for use in uses_of(study)}:
        raise RunError(Fault(str(folder), f"its study '{study.name}' does not use layer '{layer}'", remedy="leave --run out"))
    cells = _cells(stored)
    before, after = (_measured(stored.plan, _plan(stored, layer, source, reporter, workers), cells) for source in (old, new))
    reporter.stage("")
    names = dict(zip(stored.sites["site_id"].map(str), stored.sites["name"].map(str), strict=True))
    was, _ = ranks([each.score for each in before.values()])
    now, _ = ranks([each.score for each in after.values()])
    found = [
        SiteChange(
            site_id=site,
            name=names.get(site, site),
            rank=was[k],
            new_rank=now[k],
            score=before[site].score,
            new_score=after[site].score,
            by_criterion={
                name: points - before[site].points[name]
                for name, points in after[site].points.items()
                if abs(points - before[site].points[name]) > _TINY
            },
            fails={rule: share for rule, share in after[site].fails.items() if share > before[site].fails[rule]},
        )
        for k, site in enumerate(before)
    ]
    return Reranked(str(folder), layer, tuple(sorted(found, key=lambda site: (site.rank, site.site_id))))


@dataclass(frozen=True, slots=True)
class _Measured:
    score: float
    points: dict[str, float]
    fails: dict[str, float]


def _plan(stored: StoredRun, layer: str, source: str, reporter: Reporter, workers: int) -> Plan:
    study = stored.study
    other = with_source(study.layers[layer], source)
    if other.source == study.layers[layer].source:
        return stored.plan
    changed = replace(study, layers={**study.layers, layer: other})
    return make_plan(changed, stored.plan.region, reporter, workers=workers, cell=stored.plan.grid.cell)


def _cells(stored: StoredRun) -> pd.DataFrame:
    path = stored.folder / "site_cells.csv"
    try:
        return pd.read_csv(path, usecols=["site_id", "easting", "northing"], dtype={"site_id": str})
    except (OSError, ValueError) as error:
        raise RunError(Fault(str(path), f"cannot be read: {error}", remedy="run the study again")) from error


def _measured(base: Plan, plan: Plan, cells: pd.DataFrame) -> dict[str, _Measured]:
    """Score each area at its cells, as the run did."""
    study = base.study
    bits = rule_bits(study.constraints)
    out = {}
    for site, group in cells.groupby("site_id", sort=False):
        scored = score_places(plan, group["easting"].to_numpy(np.float64), group["northing"].to_numpy(np.float64))
        parts = contributions(study.criteria, study.weights, scored.quantities, study.combination)
        fails = {name: float((scored.status >> np.uint32(bit) & np.uint32(1)).mean()) for name, bit in bits.items()}
        out[str(site)] = _Measured(sum(part.points for part in parts), {part.criterion: part.points for part in parts}, fails)
    return out
