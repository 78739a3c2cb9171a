"""How an area is joined to the grid and to what it needs: what a study asks for, and the corridor that is found."""

from __future__ import annotations

import math
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from geo_engine.model.layer import PeopleDisc
from geo_engine.model.measure import Direction
from geo_engine.model.slugs import slug

__all__ = ["Connection", "Corridor", "CostRow", "Multiplier", "NoCorridor", "Reach", "RouteWish"]


@dataclass(frozen=True, slots=True)
class Multiplier:
    """Where a metre of line counts as more than a metre, or may not run at all.

    Parameters
    ----------
    name : str
        What readers see.
    layer : str
        Name of a vector layer.
    factor : float
        What a metre counts there, above 0; infinite is a barrier.
    where : str or None
        OGR SQL filter.
    buffer : float or PeopleDisc
        Metres around the features; or a radius by feature.
    why, source : str
        The reasoning and where it comes from; judgement says so.
    stands_for : str
        Name of the declared gap that it estimates: it steps aside for a multiplier whose layer closes that gap.
    """

    name: str
    layer: str
    factor: float
    where: str | None = None
    buffer: float | PeopleDisc = 0.0
    why: str = ""
    source: str = ""
    stands_for: str = ""

    @property
    def barrier(self) -> bool:
        """Whether no line may run there."""
        return math.isinf(self.factor)


@dataclass(frozen=True, slots=True)
class CostRow:
    """A published figure of what a kilometre of line costs; indicative.

    Parameters
    ----------
    name : str
        What is built.
    low, high : float
        For one kilometre at factor 1, in the connection's currency.
    covers : str
        What the figure holds: building, running, losses.
    source : str
        Who published it, and what was checked.
    year : int
        Of the publication; its prices.
    """

    name: str
    low: float
    high: float
    covers: str
    source: str
    year: int


@dataclass(frozen=True, slots=True)
class Connection:
    """How each area is joined to the grid.

    Parameters
    ----------
    layer, where : str, str or None
        Points to join to, and their filter.
    cell : float
        Metres: side of the cells that a route runs over.
    within : float
        Metres, straight: targets are looked for this far from an area, and a corridor stays in its bounding box widened by as much.
    best_of : int
        How many of the nearest targets are tried.
    currency : str
        Of the costs, such as ``"GBP million"``; empty without costs.
    multipliers : tuple of Multiplier
        Where several hold, their factors are multiplied.
    costs : tuple of CostRow
        Parts of one line: they are added up.
    """

    layer: str
    where: str | None = None
    cell: float = 100.0
    within: float = 40_000.0
    best_of: int = 5
    currency: str = ""
    multipliers: tuple[Multiplier, ...] = ()
    costs: tuple[CostRow, ...] = ()

    def cost_range(self, weighted_m: float) -> tuple[float, float]:
        """Give the lower and the upper cost of a line in `currency`: kilometres, weighted by the multipliers, times each row.

        >>> overhead = CostRow("Overhead line", 2.0, 4.0, "building", "a study", 2012)
        >>> Connection("substations", costs=(overhead,)).cost_range(1500.0)
        (3.0, 6.0)
        """
        km = weighted_m / 1000.0
        return sum(row.low for row in self.costs) * km, sum(row.high for row in self.costs) * km


@dataclass(frozen=True, eq=False)
class Corridor:
    """The least-cost route from an area to the target that is cheapest to reach; indicative, and no design.

    Parameters
    ----------
    site_id : str
        Whose.
    target : str
        Name of the substation.
    accuracy_m : float
        Metres that the substation's position may be off; NaN where not stated.
    geometry : LineString
        From a cell of the area to the target's point, in study coordinates.
    length_m : float
        Metres along it.
    weighted_m : float
        Metres, each times the multiplier of the cell that it lies in.
    straight_m : float
        Metres from the area's edge to the target, as the crow flies; 0 where it stands inside.
    cost_low, cost_high : float or None
        By `Connection.cost_range`; None where the study gives no costs.
    currency : str
        Of the costs.
    costs : tuple of CostRow
        The rows that were used.
    crosses : tuple of (str, float)
        Name of each multiplier that the route meets and the metres within it, in the study's order.
    remark : str
        What a reader should know: that the target stands where no line may run.
    """

    site_id: str
    target: str
    accuracy_m: float
    geometry: BaseGeometry
    length_m: float
    weighted_m: float
    straight_m: float
    cost_low: float | None
    cost_high: float | None
    currency: str
    costs: tuple[CostRow, ...]
    crosses: tuple[tuple[str, float], ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class NoCorridor:
    """An area that no route joins to a target.

    Parameters
    ----------
    site_id : str
        Whose.
    reason : str
        One sentence.
    """

    site_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class RouteWish:
    """A route that is told for each site: to, or from, the nearest feature of a layer.

    Parameters
    ----------
    name : str
        What readers see.
    layer, where : str, str or None
        Points, and their filter.
    direction : {'to', 'from'}
        To the feature, or from it.
    """

    name: str
    layer: str
    where: str | None = None
    direction: Direction = "to"

    @property
    def slug(self) -> str:
        """Name of the route in columns."""
        return slug(self.name).replace("-", "_")


@dataclass(frozen=True, slots=True)
class Reach:
    """What is told of each site besides its score: routes, and how far one gets from it.

    Parameters
    ----------
    network, profile : str
        The way and the vehicle.
    isochrones : tuple of float
        Seconds, rising.
    routes : tuple of RouteWish
        In the study's order.
    """

    network: str
    profile: str
    isochrones: tuple[float, ...] = ()
    routes: tuple[RouteWish, ...] = ()
