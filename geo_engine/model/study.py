"""What a planner declares: criteria, the facility and its needs, and the study that holds them with its rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from geo_engine.model.connection import Connection, Reach
from geo_engine.model.decision import (
    BackTestLand,
    Combination,
    Constraint,
    DerivedWeights,
    NeedTest,
    Readiness,
    Robustness,
    Scenario,
    WeightedSum,
    Weighting,
)
from geo_engine.model.layer import Gap, Layer
from geo_engine.model.measure import Measure
from geo_engine.model.profile import Profile
from geo_engine.model.search import AreaForm, Candidates, Portfolio, SiftStage
from geo_engine.model.slugs import slug
from geo_engine.model.value_function import ValueFunction

__all__ = [
    "Context",
    "Criterion",
    "Demand",
    "Facility",
    "Need",
    "NotAssessed",
    "SiteSearch",
    "Study",
]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that makes a place better or worse.

    Parameters
    ----------
    name : str
        Says what it measures, honestly.
    measure : Measure
        What is measured.
    value : ValueFunction
        What the quantity is worth.
    weight : float
        Relative; `Study.weights` gives the shares. NaN until the study's `weighting` has found it.
    why : str
        The reasoning.
    source : str
        Where the thresholds come from; judgement says so.
    unknown : float or None
        Utility of an unknown quantity; None refuses: the cell gets no score.
    key : str
        Short name for columns; by default a slug of the name.
    """

    name: str
    measure: Measure
    value: ValueFunction
    weight: float
    why: str
    source: str = ""
    unknown: float | None = None
    key: str = ""

    @property
    def slug(self) -> str:
        """Name of the criterion in column names."""
        return (self.key or slug(self.name)).replace("-", "_")

    @property
    def label(self) -> str:
        """A few words for narrow tables: the key, or the name where no key was given."""
        return self.key.replace("_", " ").replace("-", " ") or self.name


@dataclass(frozen=True, slots=True)
class Need:
    """What one unit of the facility's capacity takes.

    Parameters
    ----------
    name : str
        land, power, connection, water, jobs, ...
    each : float
        For one unit of capacity, in `unit` (land: square metres).
    unit : str
        ``m2`` for land, otherwise as written in the study.
    low, high : float or None
        The range of `each`.
    minimum : float or None
        The total is at least this.
    source : str
        Where the figures come from.
    test : NeedTest or None
        How it is found out what is there; None: nothing tells.
    """

    name: str
    each: float
    unit: str
    low: float | None = None
    high: float | None = None
    minimum: float | None = None
    source: str = ""
    test: NeedTest | None = None

    def total(self, capacity: float) -> float:
        """Give what the whole facility takes, in `unit`.

        >>> Need("connection", 3.0, "MVA", minimum=150.0).total(20.0)
        150.0
        """
        return max(capacity * self.each, self.minimum or 0.0)


@dataclass(frozen=True, slots=True)
class Facility:
    """The plant that looks for a place: its capacity and its needs.

    Parameters
    ----------
    capacity : float
        In `unit`.
    unit : str
        Such as ``"GWh a year"``.
    needs : tuple of Need
        Land first, by custom.
    """

    capacity: float
    unit: str
    needs: tuple[Need, ...] = ()

    @property
    def land(self) -> float | None:
        """Square metres that the facility takes, None where no need is called land."""
        return next((need.total(self.capacity) for need in self.needs if need.name == "land"), None)


@dataclass(frozen=True, slots=True)
class Demand:
    """Whom the facility serves.

    Parameters
    ----------
    layer, where, size : str
        Demand points, their filter, the column with their size.
    capacity_each : float
        Capacity for one unit of size, in `capacity_unit` (energy: kWh).
    capacity_unit : str
        ``kWh`` or as written.
    within : float
        Seconds.
    network, profile : str
        How to get there.
    source : str
        Where `capacity_each` comes from.
    """

    layer: str
    size: str
    capacity_each: float
    capacity_unit: str
    within: float
    network: str
    profile: str
    where: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class SiteSearch:
    """How areas are searched for.

    Parameters
    ----------
    count : int
        How many.
    spacing : float
        Metres that the cell centres of two areas keep apart at least.
    area : float
        Square metres of an area, at least; rounded up to whole cells.
    reach : float
        An area's cells lie within `reach` times the radius of the circle of its size around its first cell: how
        far its shape may depart from round.
    form : AreaForm
        How large and how shaped areas may be, what they are judged by, what is there already.
    candidates : Candidates or None
        Plots that are ranked instead of areas that are searched for: the best `count` of those that pass.
    """

    count: int
    spacing: float
    area: float
    reach: float = 1.5
    form: AreaForm = field(default_factory=AreaForm)
    candidates: Candidates | None = None

    @property
    def noun(self) -> str:
        """What readers see: given plots are sites, areas that were searched for are areas of search."""
        return "sites" if self.candidates else "areas of search"

    @property
    def one(self) -> str:
        """One of them, in a word; the plural takes an s."""
        return "site" if self.candidates else "area"


@dataclass(frozen=True, slots=True)
class NotAssessed:
    """Something that matters, is named, and has no weight because nothing measures it."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Context:
    """Layers that readers find their way by: names of places, roads of the base map.

    Parameters
    ----------
    places : str or None
        Point layer whose id column names places; sites are named by the nearest.
    roads : str or None
        Lines of the base map.
    show : tuple of str
        Further layers to draw.
    label_where : str or None
        OGR SQL filter on `places`: which of them the map labels.
    label_size : str or None
        Column by which larger places are labelled first.
    """

    places: str | None = None
    roads: str | None = None
    show: tuple[str, ...] = ()
    label_where: str | None = None
    label_size: str | None = None

    @property
    def labels(self) -> str | None:
        """Name under which a result holds the places that the map labels."""
        return f"{self.places} where {self.label_where}" if self.places and self.label_where else self.places


@dataclass(frozen=True, slots=True)
class Study:
    """A question with everything that its answer depends on.

    Parameters
    ----------
    name : str
        The TOML file's name without its ending.
    title : str
        What readers see.
    area : str
        Polygon layer that bounds the study.
    region_column : str
        Column of `area` that names its regions.
    area_title : str
        What the whole area is called ("Great Britain").
    crs : str
        Projected, metric.
    cell : float
        Metres.
    criteria, constraints : tuple
        In the order of the file.
    facility : Facility
        The plant.
    sites : SiteSearch
        How areas are searched.
    demand : Demand or None
        Whom it serves.
    robustness : Robustness
        What is drawn to find how sure the ranking is.
    not_assessed : tuple of NotAssessed
        Named without weight.
    layers : mapping of str to Layer
        Every layer of the workspace.
    profiles : mapping of str to Profile
        Every profile that the study uses.
    gaps : tuple of Gap
        Declared gaps that no layer closes.
    context : Context
        Base map and names.
    path : Path
        The study file.
    reach : Reach or None
        Routes and isochrones that are told for each site.
    connection : Connection or None
        How areas are joined to the grid.
    weighting : Weighting or None
        How weights are found; None where criteria give their own.
    weighed : DerivedWeights or None
        What was found: the weights of the criteria, with consistency and warnings; None before and where criteria give their own.
    combination : Combination
        How utilities become a score.
    scenarios : mapping of str to Scenario
        By key.
    scenario : str
        Key of the scenario that this study is seen in; blank for the study itself.
    backtest : BackTestLand or None
        What known sites are held against besides all scored land.
    aside : mapping of str to tuple of str
        Estimates that stepped aside, and the names of what stands in their place: rules, and multipliers of the connection.
    portfolio : Portfolio or None
        How several plants are chosen together, where the study says it.
    readiness : Readiness or None
        What makes a site ready to invest in, where the study says it.
    districts : str
        Polygon layer whose features may be asked for like regions, by its id; blank for none.
    gap_list : str
        Name of the list that `gaps` are of, ``layers/gaps/NAME.toml``; blank for ``layers/gaps.toml``.
    sift : tuple of SiftStage
        In which order a report tells the sift; empty where the study does not say.
    given : mapping of str to mapping
        Scenarios that were given besides those of the file, by key, each as ``[scenarios.KEY]`` would hold it.
    """

    name: str
    title: str
    area: str
    region_column: str
    area_title: str
    crs: str
    cell: float
    criteria: tuple[Criterion, ...]
    constraints: tuple[Constraint, ...]
    facility: Facility
    sites: SiteSearch
    demand: Demand | None
    robustness: Robustness
    not_assessed: tuple[NotAssessed, ...]
    layers: Mapping[str, Layer]
    profiles: Mapping[str, Profile]
    gaps: tuple[Gap, ...]
    context: Context
    path: Path
    summary: str = ""
    defaults: tuple[str, ...] = field(default=())
    connection: Connection | None = None
    reach: Reach | None = None
    weighting: Weighting | None = None
    weighed: DerivedWeights | None = None
    combination: Combination = field(default_factory=WeightedSum)
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    scenario: str = ""
    backtest: BackTestLand | None = None
    aside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    portfolio: Portfolio | None = None
    readiness: Readiness | None = None
    districts: str = ""
    gap_list: str = ""
    sift: tuple[SiftStage, ...] = ()
    given: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    @property
    def weights(self) -> tuple[float, ...]:
        """Weights as shares that add up to 1, in the order of the criteria."""
        largest = max(criterion.weight for criterion in self.criteria)
        total = sum(criterion.weight / largest for criterion in self.criteria)  # a sum of the weights as given may overflow
        return tuple(criterion.weight / largest / total for criterion in self.criteria)

    @property
    def area_slug(self) -> str:
        """Name of the whole area as a region."""
        return slug(self.area_title)
