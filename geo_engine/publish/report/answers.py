"""What a report is told beyond the run's tables: the sift as land, rivals, benefit, what moved, where known sites fall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

__all__ = ["KnownSite", "KnownSites", "Line", "Near", "Reached", "RivalSheet", "Shift", "SiftStep", "Since", "StageLand", "Unmatched"]

StepKind = Literal["land", "rule", "size", "unknown", "criterion", "gap", "sites"]


@dataclass(frozen=True, slots=True)
class SiftStep:
    """One line of the sift.

    Parameters
    ----------
    name : str
        The rule, the criterion, the gap, or what the engine does.
    kind : {'land', 'rule', 'size', 'unknown', 'criterion', 'gap', 'sites'}
        Criteria and gaps take nothing: criteria score, gaps were not tested.
    why : str
        A sentence.
    taken, hectares : float
        Taken by it, and left after it.
    count : int
        Pieces of land, or plots, or sites, that are left.
    """

    name: str
    kind: StepKind
    why: str
    taken: float
    hectares: float
    count: int


@dataclass(frozen=True, eq=False)
class StageLand:
    """A stage of the sift: its lines in order, and small maps of what it leaves.

    Parameters
    ----------
    name : str
        Of the stage.
    steps : tuple of SiftStep
        At least one.
    left, taken : bool ndarray
        Of the small map: what is left after it, and what it took.
    worth : float32 ndarray or None
        0 to 1 of what the stage's criteria can give, of the same shape; NaN off the land. None for a stage without criteria.
    """

    name: str
    steps: tuple[SiftStep, ...]
    left: NDArray[np.bool_]
    taken: NDArray[np.bool_]
    worth: NDArray[np.float32] | None = None

    @property
    def hectares(self) -> float:
        """Left after the stage."""
        return self.steps[-1].hectares

    @property
    def count(self) -> int:
        """Pieces, plots or sites that are left after the stage."""
        return self.steps[-1].count


@dataclass(frozen=True, eq=False)
class Line:
    """A way from a site: its name in the study, where it leads, and its course in study coordinates."""

    name: str
    facility: str
    geometry: BaseGeometry


@dataclass(frozen=True, eq=False)
class RivalSheet:
    """What a run says of a place that a reader named.

    Parameters
    ----------
    name, where, region, grid_ref, status, reason, dropped, kind : str
        As `score` tells them.
    easting, northing, score, percentile, area_ha, usable_ha : float
        Metres, points, per cent, hectares; NaN where they do not apply.
    rank : int or None
        That it has or would have among the sites.
    key : str
        Its site_id in the tables.
    row : mapping of str to str
        What it has of the columns of the table of sites.
    shape : shapely geometry
        In study coordinates.
    about : str
        What the best area about a point is; blank for a plot.
    """

    key: str
    row: Mapping[str, str]
    name: str
    where: str
    region: str
    grid_ref: str
    status: str
    reason: str
    dropped: str
    kind: str
    easting: float
    northing: float
    score: float
    percentile: float
    area_ha: float
    usable_ha: float
    rank: int | None
    shape: BaseGeometry
    about: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    """A facility that a criterion leads to: the criterion's name, the facility's, how far in words, and its position's accuracy."""

    criterion: str
    facility: str
    far: str
    accuracy: str


@dataclass(frozen=True, slots=True)
class Reached:
    """A facility within the reach of a criterion that counts.

    Parameters
    ----------
    criterion, site_id, facility : str
        Which criterion, from which site, which facility.
    cost : str
        By the criterion's own measure, such as ``"23 min"``.
    km : float
        In a straight line.
    """

    criterion: str
    site_id: str
    facility: str
    cost: str
    km: float


@dataclass(frozen=True, slots=True)
class Shift:
    """An area that an earlier run and this one both have.

    Parameters
    ----------
    name, name_before : str
        Now and then.
    rank, rank_before : int
        Likewise.
    score, score_before : float
        Likewise.
    by_input, by_criterion : mapping of str to float
        Points of the change, by what changed and by criterion; either adds up to it.
    same_cells : bool
        Whether it is made of the same cells.
    """

    name: str
    name_before: str
    rank: int
    rank_before: int
    score: float
    score_before: float
    by_input: Mapping[str, float]
    by_criterion: Mapping[str, float]
    same_cells: bool


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An area of one run alone: its name, rank and score there, and why the other run has it not."""

    name: str
    rank: int
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Since:
    """What moved since an earlier run.

    Parameters
    ----------
    earlier, now : str
        Title, region and cell of either.
    inputs_changed : tuple of str
        Files that the two read and that differ.
    shifts : tuple of Shift
        Of both runs, by the rank that they have now.
    gone, came : tuple of Unmatched
        Of the earlier run only, and of this one only.
    """

    earlier: str
    now: str
    inputs_changed: tuple[str, ...]
    shifts: tuple[Shift, ...]
    gone: tuple[Unmatched, ...]
    came: tuple[Unmatched, ...]


@dataclass(frozen=True, slots=True)
class KnownSite:
    """A known site: its score (NaN without one), the share of land in per cent that scores lower, and its status."""

    name: str
    score: float
    percentile: float
    status: str


@dataclass(frozen=True, eq=False)
class KnownSites:
    """Where known sites fall among scored land.

    Parameters
    ----------
    file : str
        That names them.
    sites : tuple of KnownSite
        In its order.
    land : float64 ndarray, shape (100,)
        Hectares of scored land by whole points of score, from 0 to 100.
    median_percentile, auc : float
        As `backtest` tells them; NaN where no site has a score.
    auc_interval : tuple of float or None
        Between which the middle 95 % of the resamples lie; None below ten sites.
    lift : mapping of str to float
        Times as many known sites as by chance, by the share of the best land.
    comparable : tuple of float or None
        Hectares of comparable land, median percentile and AUC against it.
    null : tuple of float or None
        Median percentile and AUC of the study's null model.
    """

    file: str
    sites: tuple[KnownSite, ...]
    land: NDArray[np.float64]
    median_percentile: float
    auc: float
    auc_interval: tuple[float, float] | None
    lift: Mapping[str, float]
    comparable: tuple[float, float, float] | None
    null: tuple[float, float] | None
