"""What a run finds: areas with their scores, the surface's summary, and what it did not test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.model.answer.display import Display
from geo_engine.model.answer.near_miss import NearMiss
from geo_engine.model.answer.readiness import NeedAnswer, SiteReadiness
from geo_engine.model.answer.rejection import Rejection
from geo_engine.model.answer.route import SiteReach
from geo_engine.model.answer.sureness.acceptability import Smaa
from geo_engine.model.answer.sureness.sensitivity import Move
from geo_engine.model.connection import Corridor, NoCorridor
from geo_engine.model.decision import Constraint
from geo_engine.model.grid import Band, Grid
from geo_engine.model.layer import Features
from geo_engine.model.study import Study

__all__ = [
    "MOST_RULES",
    "STATUS_OFF_AREA",
    "Contribution",
    "DemandAnswer",
    "Ranking",
    "Result",
    "Site",
    "StatusBit",
    "Surface",
    "failable",
    "rule_bits",
]


class StatusBit(IntEnum):
    """Bits of the status mask that are not rules: the rules' bits follow from bit 2.

    `UNKNOWN`: a criterion that refuses the unknown has no value (and the cell no score), or a rule has none (whose own bit is
    set too). `FORCED`: a forced inclusion frees the cell from the rules whose bits are set; never together with `UNKNOWN`.
    """

    UNKNOWN = 0
    UNREACHABLE = 1
    FIRST_RULE = 2
    FORCED = 31


STATUS_OFF_AREA = 2**32 - 1
"""Status of a cell outside the area that is studied."""

MOST_RULES = 29
"""Rules that the mask has room for: 32 bits less three. `FORCED` and `UNKNOWN` exclude each other, so no mask is `STATUS_OFF_AREA`."""


def rule_bits(constraints: tuple[Constraint, ...]) -> dict[str, int]:
    """Give the bit of each rule in the status mask, by the rule's name; forced inclusions cannot be failed and have none.

    >>> rule_bits((Constraint("Parks", "parks", "outside"),))
    {'Parks': 2}
    """
    return {rule.name: StatusBit.FIRST_RULE + number for number, rule in enumerate(failable(constraints))}


def failable(constraints: tuple[Constraint, ...]) -> tuple[Constraint, ...]:
    """Give the rules that land can fail: all but forced inclusions."""
    return tuple(rule for rule in constraints if not rule.force)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one criterion adds to a site's score.

    Parameters
    ----------
    criterion : str
        Name.
    slug : str
        Name in columns.
    value : float
        Mean raw quantity over the site's cells, in the measure's SI unit; NaN unknown, infinite unreachable.
    unit : str
        The measure's SI unit.
    utility : float
        Mean utility over the cells, 0 to 1; NaN unknown.
    weight : float
        Share, 0 to 1.
    points : float
        These add up to the score; ``100 * weight * utility`` where utilities are combined by a weighted sum.
    """

    criterion: str
    slug: str
    value: float
    unit: str
    utility: float
    weight: float
    points: float


@dataclass(frozen=True, slots=True)
class Site:
    """A ranked area of search, or a plot that was given.

    Parameters
    ----------
    site_id : str
        Made from where it is, so that it means the same place in two runs of one grid.
    name : str
        By the nearest place: ``"3 km NE of Washington"``.
    place, region : str
        Nearest place; region that holds most of it.
    rank : int
        From 1; ties share a rank.
    tied : bool
        True where another site has the same score.
    score : float
        0 to 100, match to the weights.
    easting, northing : float
        Of the centroid, study CRS, metres.
    lon, lat : float
        The same in WGS84 degrees.
    grid_ref : str
        National grid reference where the CRS has one, else empty.
    area_m2 : float
        Square metres.
    geometry : shapely geometry
        Outline in study coordinates.
    contributions : tuple of Contribution
        In the order of the criteria.
    rows, cols : int64 ndarray, shape (n,)
        Its cells.
    quantities : float32 ndarray, shape (criteria, n)
        What was measured at each cell, in SI; NaN unknown, infinite unreachable.
    shares : float64 ndarray, shape (n,), or None
        Square metres of it in each of its cells, which weigh them; None where it is made of whole cells.
    usable_m2 : float or None
        Of a given plot: square metres on cells that are free; None of an area that was searched for.
    tier, rank_p05, rank_p95 : str, int or None, int or None
        A, B or C, and the ranks between which 90 % of the draws lie (see `Smaa`); blank until they are drawn.
    """

    site_id: str
    name: str
    place: str
    region: str
    rank: int
    tied: bool
    score: float
    easting: float
    northing: float
    lon: float
    lat: float
    grid_ref: str
    area_m2: float
    geometry: BaseGeometry
    contributions: tuple[Contribution, ...]
    rows: NDArray[np.int64] = field(repr=False, compare=False)
    cols: NDArray[np.int64] = field(repr=False, compare=False)
    unreachable: bool = False
    tier: str = ""
    rank_p05: int | None = None
    rank_p95: int | None = None
    quantities: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0), np.float32), repr=False, compare=False)
    shares: NDArray[np.float64] | None = field(default=None, repr=False, compare=False)
    usable_m2: float | None = None

    @property
    def cell_weights(self) -> NDArray[np.float64]:
        """What each of its cells counts, float64 of shape (n,); they add up to 1."""
        shares = np.ones(len(self.rows)) if self.shares is None else self.shares
        weights: NDArray[np.float64] = shares / shares.sum()
        return weights

    def strongest(self, count: int = 2) -> tuple[Contribution, ...]:
        """Give the criteria with the highest utility, ties by weight, then by order."""
        order = sorted(
            range(len(self.contributions)),
            key=lambda i: (-np.nan_to_num(self.contributions[i].utility, nan=-1.0), -self.contributions[i].weight, i),
        )
        return tuple(self.contributions[i] for i in order[:count])

    def weakest(self) -> Contribution:
        """Give the criterion that costs the most points against a perfect one."""
        return max(self.contributions, key=lambda c: 100 * c.weight - np.nan_to_num(c.points))


@dataclass(frozen=True, slots=True)
class DemandAnswer:
    """A demand point and the best area for it.

    Parameters
    ----------
    name : str
        Of the demand point.
    size, capacity : float
        Its size, and the facility's capacity that it needs (in the facility's unit).
    site_id : str
        The best-ranked area within reach; empty when uncovered.
    seconds : float
        Travel time from that area; NaN when uncovered.
    nearest_site_id, nearest_seconds : str, float
        The quickest area, whether within reach or not.
    """

    name: str
    easting: float
    northing: float
    lon: float
    lat: float
    size: float
    capacity: float
    site_id: str
    site_rank: int | None
    seconds: float
    nearest_site_id: str
    nearest_seconds: float


@dataclass(frozen=True, eq=False)
class Surface:
    """The scored grid.

    Parameters
    ----------
    grid : Grid
        The frame.
    score : Band of float32, shape (rows, columns)
        0 to 100; NaN off the area and where unknown.
    status : Band of uint32, shape (rows, columns)
        Bit mask: see `StatusBit` and `rule_bits`; `STATUS_OFF_AREA` outside. 0 is free.
    best : Band of float32, shape (rows, columns), or None
        Share of the draws of weights in which the cell is among the best 5 % of scored land; NaN where it has no score. None where
        it was not asked for.
    """

    grid: Grid
    score: Band[np.float32]
    status: Band[np.uint32]
    best: Band[np.float32] | None = None

    @property
    def held(self) -> bool:
        """Whether it is held whole, in arrays."""
        return isinstance(self.score, np.ndarray)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The sites in order, with what was asked for and found.

    Parameters
    ----------
    sites : tuple of Site
        Best first.
    rejected : tuple of Rejection
        What was dropped.
    demand : tuple of DemandAnswer
        Whom the areas serve.
    notes : tuple of str
        Sentences a reader needs: fewer sites than asked for, ties, unreachable land.
    reach : tuple of SiteReach
        Routes and isochrones of each site, in the sites' order; empty where the study asks for none.
    corridors : tuple of Corridor or NoCorridor
        One a site and in the sites' order; none where the study has no ``[connection]``.
    methods : mapping of str to tuple of int or None
        The rank of each site by each method of combining, by the mean utilities of its cells; None where one is unknown.
    robustness : Smaa or None
        What the draws say of the sites, in their order; None before they are drawn, and where no site was found.
    needs : tuple of tuple of NeedAnswer
        Of each site, in the sites' order: one a need of the facility.
    readiness : tuple of SiteReadiness
        Of each site, in the sites' order; empty where the study has no ``[readiness]``.
    moves : tuple of Move
        What moving one input at a time does to the sites, in their order; empty where no site was found.
    """

    sites: tuple[Site, ...]
    rejected: tuple[Rejection, ...] = ()
    demand: tuple[DemandAnswer, ...] = ()
    notes: tuple[str, ...] = ()
    corridors: tuple[Corridor | NoCorridor, ...] = ()
    reach: tuple[SiteReach, ...] = ()
    methods: Mapping[str, tuple[int | None, ...]] = field(default_factory=dict)
    robustness: Smaa | None = None
    needs: tuple[tuple[NeedAnswer, ...], ...] = ()
    readiness: tuple[SiteReadiness, ...] = ()
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, eq=False)
class Result:
    """Everything that is published of one region of one study.

    Parameters
    ----------
    study : Study
        The question.
    region : str
        Slug of the region, or of the whole area.
    region_title : str
        What readers see.
    surface : Surface
        The scored grid.
    ranking : Ranking
        The sites.
    features : mapping of str to Features
        Vector layers by name as read, in study coordinates (unfiltered by criteria).
    area : shapely geometry
        The region studied, in study coordinates.
    land : shapely geometry
        The whole of the study's area layer, dissolved.
    hectares : mapping of str to float
        ``land``, ``scored``, ``free`` and each rule's name: hectares that fail it.
    inputs : mapping of str to str
        Hash (sha256) of every input file by its name.
    display : Display
        What the live map computes from.
    facilities : mapping of str to Features
        By slug of a criterion: the features that it measures the distance or the travel to, as read with its filter.
    near_misses : tuple of NearMiss
        One a rule that land can fail, in the study's order.
    masks : uint32 ndarray, shape (k,), or None
        The different masks that the surface's status has on the area, rising; None where nobody has gone over it.
    """

    study: Study
    region: str
    region_title: str
    surface: Surface
    ranking: Ranking
    features: Mapping[str, Features]
    area: BaseGeometry
    land: BaseGeometry
    hectares: Mapping[str, float]
    inputs: Mapping[str, str]
    display: Display
    facilities: Mapping[str, Features] = field(default_factory=dict)
    near_misses: tuple[NearMiss, ...] = ()
    masks: NDArray[np.uint32] | None = None
