"""Several plants chosen together: the question as bare arrays, and the answer with its proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

__all__ = [
    "PLACEMENT_MODELS",
    "Candidate",
    "Chosen",
    "CurvePoint",
    "Customer",
    "Delivery",
    "Opening",
    "PlacementModel",
    "PlacementProblem",
    "Plant",
    "PortfolioAnswer",
    "SharedResource",
]

PlacementModel = Literal["p_median", "max_cover", "set_cover", "p_center", "p_dispersion"]

PLACEMENT_MODELS: dict[PlacementModel, str] = {
    "p_median": "least weighted travel to the customers",
    "max_cover": "most customers within the time",
    "set_cover": "fewest plants that have every customer within the time",
    "p_center": "least travel to the customer that is worst off",
    "p_dispersion": "plants as far from each other as can be",
}
"""The models in words."""


@dataclass(frozen=True, eq=False)
class SharedResource:
    """Something of which there is so much for several sites together: a substation's MVA, a region's workers.

    Parameters
    ----------
    name : str
        For readers.
    total : float
        What there is, 0 or more.
    use : float64 ndarray, shape (sites,)
        What a plant at each site takes; 0 for a site that does not share it.
    unit : str
        Of both.
    """

    name: str
    total: float
    use: NDArray[np.float64]
    unit: str = ""


@dataclass(frozen=True, eq=False)
class PlacementProblem:
    """Which sites to take, as bare arrays; sites are in the order of their ranks, best first.

    Parameters
    ----------
    model : str
        One of `PLACEMENT_MODELS`.
    count : int or None
        New plants, exactly so many; None leaves it to the model (set covering alone).
    cost : float64 ndarray, shape (customers, sites)
        Travel from a site to a customer, any unit; infinite where there is no way.
    weight : float64 ndarray, shape (customers,)
        Size of each customer, 0 or more.
    standing, fixed, forbidden : bool ndarray, shape (sites,)
        Plants that stand already and do not count; sites that must be taken; sites that must not.
    radius : float
        Cost up to which a customer counts as covered; infinite where the model asks for none.
    apart : float64 ndarray, shape (sites, sites), or None
        Distances between the sites, symmetric, for p-dispersion.
    capacity : float64 ndarray, shape (sites,), or None
        What a plant serves at most, in the unit of `weight`; None for as much as is asked.
    whole : bool
        Whether a customer is served by one plant alone. Without capacities it is anyway.
    unserved : float
        Cost of what is not served at all; infinite: everybody must be served.
    handicap : float64 ndarray, shape (sites,), or None
        Cost that taking a site adds to the mean cost of p-median.
    resources : tuple of SharedResource
        Shared by the new plants.
    price : float64 ndarray, shape (sites,), or None
        What a plant costs at each site, for `budget`.
    budget : float
        What the new plants cost at most together.
    one_of : bool ndarray, shape (sites,), or None
        At least one of these is taken.
    """

    model: PlacementModel
    count: int | None
    cost: NDArray[np.float64]
    weight: NDArray[np.float64]
    standing: NDArray[np.bool_]
    fixed: NDArray[np.bool_]
    forbidden: NDArray[np.bool_]
    radius: float = float("inf")
    apart: NDArray[np.float64] | None = None
    capacity: NDArray[np.float64] | None = None
    whole: bool = False
    unserved: float = float("inf")
    handicap: NDArray[np.float64] | None = None
    resources: tuple[SharedResource, ...] = ()
    price: NDArray[np.float64] | None = None
    budget: float = float("inf")
    one_of: NDArray[np.bool_] | None = None

    @property
    def sites(self) -> int:
        """How many sites there are, standing plants included."""
        return len(self.standing)

    @property
    def shares(self) -> NDArray[np.float64]:
        """Weight of each customer as a share of all, float64, shape (customers,); zeros where nobody has any."""
        total = float(self.weight.sum())
        return self.weight / total if total > 0 else np.zeros_like(self.weight)

    @property
    def serves_all(self) -> bool:
        """Whether the model has no answer where a customer cannot be served."""
        return self.model in {"set_cover", "p_center"} or (self.model == "p_median" and not np.isfinite(self.unserved))


@dataclass(frozen=True, eq=False)
class Chosen:
    """Sites taken together, and how sure it is that none are better.

    Parameters
    ----------
    taken : int64 ndarray, shape (new plants,)
        Numbers of the sites, rising; standing plants are not among them.
    value : float
        What the model makes small or large: p-median the mean cost of a unit of weight (with handicaps, if any), max_cover
        the weight covered, set_cover the number of new plants, p_center the greatest cost, p_dispersion the least distance between two
        plants (infinite with fewer than two).
    bound : float
        The value cannot be better than this.
    proven : bool
        Whether the value is proven to be the best; False where the time ran out.
    served : float64 ndarray, shape (customers, sites)
        Share of each customer's weight that each plant serves; a row sums to less than 1 where part is not served.
    seconds : float
        Time taken.
    """

    taken: NDArray[np.int64]
    value: float
    bound: float
    proven: bool
    served: NDArray[np.float64] = field(repr=False)
    seconds: float = 0.0

    @property
    def gap(self) -> float:
        """How far the value may be from the best, as a share of the value; 0 where it is proven.

        >>> Chosen(np.array([1]), 10.0, 9.0, False, np.zeros((1, 2))).gap
        0.1
        """
        if self.proven:
            return 0.0
        return abs(self.value - self.bound) / max(abs(self.value), 1e-12)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What so many plants are worth at best.

    Parameters
    ----------
    count : int
        New plants.
    value, bound : float
        As in `Chosen`; NaN where there is no answer.
    proven : bool
        As in `Chosen`.
    taken : tuple of int
        Numbers of the sites.
    seconds : float
        Time taken.
    reason : str
        Why there is no answer; blank where there is one.
    """

    count: int
    value: float
    bound: float
    proven: bool
    taken: tuple[int, ...]
    seconds: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """One stage: which plant opens, and what the plants open by then are worth.

    Parameters
    ----------
    site : int
        Number of the site.
    value : float
        As in `Chosen`, of the plants open after this stage; what is not served counts as the order's method says.
    """

    site: int
    value: float


@dataclass(frozen=True, eq=False)
class Candidate:
    """A place where a plant could stand, or one stands.

    Parameters
    ----------
    kind : str
        ``"area of search"``, ``"plot"`` or ``"existing"``.
    site_id, name, region, grid_ref : str
        As of a `Site`.
    rank : int or None
        Among the candidates, from 1; None for an existing plant.
    score : float
        0 to 100; NaN for an existing plant.
    easting, northing, lon, lat : float
        Of its middle: study CRS in metres, WGS84 degrees.
    geometry : shapely geometry
        Outline or point, in study coordinates.
    capacity : float
        What a plant here serves, in the unit of the customers' sizes; infinite where capacities are not asked for.
    price : float
        What a plant costs here; NaN where nothing says.
    """

    kind: str
    site_id: str
    name: str
    region: str
    grid_ref: str
    rank: int | None
    score: float
    easting: float
    northing: float
    lon: float
    lat: float
    geometry: BaseGeometry
    capacity: float = float("inf")
    price: float = float("nan")


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who is served, or not.

    Parameters
    ----------
    name : str
        Of the demand point.
    easting, northing, lon, lat : float
        Where.
    size : float
        Vehicles a year, or what the study counts.
    served : float
        So much of the size is served.
    """

    name: str
    easting: float
    northing: float
    lon: float
    lat: float
    size: float
    served: float


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one plant serves of one customer.

    Parameters
    ----------
    plant, customer : int
        Numbers in `PortfolioAnswer.plants` and `PortfolioAnswer.customers`.
    size : float
        So much of the customer's size.
    share : float
        The same as a share of the customer, above 0 to 1.
    seconds : float
        Travel time.
    """

    plant: int
    customer: int
    size: float
    share: float
    seconds: float


@dataclass(frozen=True, eq=False)
class Plant:
    """A plant of the answer.

    Parameters
    ----------
    place : Candidate
        Where.
    stage : int or None
        When it opens, from 1; None where it stands already.
    served : float
        Size that it serves.
    mean_seconds : float
        Mean travel time of what it serves; NaN where it serves nobody.
    value_then : float
        The value by which the order was found, once this plant is open; NaN where it stands already.
    """

    place: Candidate
    stage: int | None
    served: float
    mean_seconds: float
    value_then: float


@dataclass(frozen=True, eq=False)
class PortfolioAnswer:
    """Several plants chosen together, with the proof and what follows.

    Parameters
    ----------
    model : str
        One of `PLACEMENT_MODELS`.
    parameters : mapping of str to object
        Everything asked for, as JSON can hold it.
    value, bound, gap : float
        Of the model, in `unit`; see `Chosen`.
    unit : str
        SI unit of the value: ``s``, ``m``, a word for the customers' sizes, or ``plants``.
    proven : bool
        Whether no other choice is better.
    plants : tuple of Plant
        New ones by stage, then those that stand.
    customers : tuple of Customer
        Largest first.
    deliveries : tuple of Delivery
        By plant, then by customer.
    curve : tuple of CurvePoint
        By number of plants; site numbers are those of `candidates`.
    candidates : tuple of Candidate
        Everything that could be chosen, by rank, then what stands.
    order_method : str
        How the order of openings was found.
    candidates_seconds, seconds : float
        Time taken to find and measure the candidates, and to choose among them.
    notes : tuple of str
        What a reader should know.
    """

    model: PlacementModel
    parameters: Mapping[str, object]
    value: float
    bound: float
    gap: float
    unit: str
    proven: bool
    plants: tuple[Plant, ...]
    customers: tuple[Customer, ...]
    deliveries: tuple[Delivery, ...]
    curve: tuple[CurvePoint, ...]
    candidates: tuple[Candidate, ...]
    order_method: str
    candidates_seconds: float
    seconds: float
    notes: tuple[str, ...] = ()

    @property
    def served_size(self) -> float:
        """Size of all customers that is served."""
        return sum(customer.served for customer in self.customers)

    @property
    def all_size(self) -> float:
        """Size of all customers."""
        return sum(customer.size for customer in self.customers)

    @property
    def mean_seconds(self) -> float:
        """Mean travel time of what is served; NaN where nothing is."""
        size = sum(each.size for each in self.deliveries)
        return sum(each.size * each.seconds for each in self.deliveries) / size if size else float("nan")
