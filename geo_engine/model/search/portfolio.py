"""How several plants are chosen together: ``[portfolio]`` of a study."""

from __future__ import annotations

from dataclasses import dataclass

from geo_engine.model.answer.portfolio import PlacementModel

__all__ = ["ExistingPlants", "Portfolio", "ResourceLayer"]


@dataclass(frozen=True, slots=True)
class ExistingPlants:
    """Plants that stand already and serve part of the customers.

    Parameters
    ----------
    layer, where : str, str or None
        Points and their filter.
    capacity : str or None
        Column with what each makes, in the facility's unit; None: as much as the study's own facility.
    """

    layer: str
    where: str | None = None
    capacity: str | None = None


@dataclass(frozen=True, slots=True)
class ResourceLayer:
    """Something that plants near one feature, or inside one polygon, have to share.

    Parameters
    ----------
    name : str
        For readers.
    layer, where : str, str or None
        Points (plants share the nearest) or polygons (plants share the one that they lie in).
    total : float or str
        What each feature has, or the column that says it; a blank cell is unknown, and limits nothing.
    each : float
        What a plant takes.
    unit : str
        Of both.
    within : float or None
        Metres: farther from every point a plant shares nothing.
    """

    name: str
    layer: str
    total: float | str
    each: float
    unit: str = ""
    where: str | None = None
    within: float | None = None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """How plants are chosen together.

    Parameters
    ----------
    model : str
        One of `PLACEMENT_MODELS`.
    plants : int
        New plants; not looked at for set covering.
    capacities : bool
        Whether a plant serves no more than the facility's capacity.
    whole : bool
        Whether a customer is served by one plant alone where there are capacities.
    within : float or None
        Seconds for covering; None takes the study's ``[demand]``.
    candidates : int or None
        Areas located on the run's surface; None takes the run's own.
    min_score : float
        Candidates score at least this, 0 to 100.
    score_worth : float
        Seconds of mean travel that one point of the plants' mean score is worth; p-median alone.
    unserved : float or None
        Seconds that a customer counts for who is not served; None: everybody must be served. p-median alone.
    curve : int or None
        The curve's last number of plants; None: three more than `plants`.
    every : float
        Years from one opening to the next.
    existing : ExistingPlants or None
        What stands already.
    resources : tuple of ResourceLayer
        What plants share.
    """

    model: PlacementModel = "p_median"
    plants: int = 5
    capacities: bool = False
    whole: bool = False
    within: float | None = None
    candidates: int | None = None
    min_score: float = 0.0
    score_worth: float = 0.0
    unserved: float | None = None
    curve: int | None = None
    every: float = 2.0
    existing: ExistingPlants | None = None
    resources: tuple[ResourceLayer, ...] = ()
