"""What a place must have and what would show that it is ready, as a study declares it; marks are given in `geo_engine.decide.readiness`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from geo_engine.model.layer import Layer
from geo_engine.model.measure import (
    Access,
    Aspect,
    Coverage,
    FloatingCatchment,
    Inside,
    Measure,
    RasterValue,
    Selection,
    Slope,
    SumWithin,
)

__all__ = ["Action", "Evidence", "KeepEnough", "NeedTest", "Readiness", "Subject", "Threshold", "proves"]


@dataclass(frozen=True, slots=True)
class NeedTest:
    """How a study finds out how much of a need is there.

    Parameters
    ----------
    measure : Measure
        `SumWithin` or `Access` (what is within reach), or what is measured at the place itself.
    best : bool
        True: the largest single feature within reach counts, since a plant joins one substation. False: all of them together.
    each : float
        How much of the need one unit of the measure is: 0.02 jobs a person.
    covers : (layer, where) or None
        Polygons in which the layer names all that is there: no row within reach is then none, and elsewhere what is within reach
        may not be all. None: nothing says so, and no row within reach is unknown.
    capacity : bool
        True where the layer declares that what is counted is capacity that can be had.
    source : str
        Where the reach and `each` come from; judgement says so.
    """

    measure: Measure
    best: bool = False
    each: float = 1.0
    covers: Selection | None = None
    capacity: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class KeepEnough:
    """Keep land unless a need is short there; where that is not known the land is kept.

    Parameters
    ----------
    need : str
        Its name.
    wanted : float
        In the need's unit.
    test : NeedTest
        How it is found out.
    """

    kind: ClassVar[str] = "enough"
    need: str
    wanted: float
    test: NeedTest


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound on a quantity, itself included: at least so much, or at most.

    Parameters
    ----------
    bound : float
        In SI.
    side : {'at_least', 'at_most'}
        Which way is good.
    """

    bound: float
    side: Literal["at_least", "at_most"]

    def meets(self, value: float) -> bool:
        """Tell whether a value is within the bound; unknown never is.

        >>> Threshold(10.0, "at_most").meets(10.0), Threshold(10.0, "at_least").meets(float("nan"))
        (True, False)
        """
        return value >= self.bound if self.side == "at_least" else value <= self.bound


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a mark is read from.

    Parameters
    ----------
    of : {'need', 'criterion', 'rule'}
        A need is met or short, a criterion has a quantity, a rule is kept or failed.
    name : str
        The need's or the rule's name; the criterion's slug.
    green, amber : Threshold or None
        On the criterion's quantity in SI, or on the share of the need that is there. A criterion without green cannot be green, a need
        that is met can be without one.
    proof : bool
        Whether it is evidence of capacity or a real test; nothing else is ever green.
    """

    of: Literal["need", "criterion", "rule"]
    name: str
    green: Threshold | None = None
    amber: Threshold | None = None
    proof: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that an investor asks about: grid, water, land.

    Parameters
    ----------
    name : str
        The study's own word.
    evidence : Evidence
        What its mark is read from.
    stands_in : Evidence or None
        Is read where `evidence` does not know; never green.
    required : bool
        Whether the overall mark can be no better than this one.
    why : str
        The reasoning.
    """

    name: str
    evidence: Evidence
    stands_in: Evidence | None = None
    required: bool = True
    why: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """What would have to be done about a subject, with indicative figures; NaN where none was found.

    Parameters
    ----------
    subject : str
        A subject, or a declared gap by its name or title.
    action : str
        What is to be done.
    source : str
        Where the figures come from, or where was looked.
    year : int or None
        Of the source; None where it gives no figure.
    cost_low, cost_high : float
        In `cost_unit`.
    cost_unit : str
        A currency with what it is for: ``"GBP million a km"``.
    months_low, months_high : float
        Lead time in months.
    """

    subject: str
    action: str
    source: str
    year: int | None = None
    cost_low: float = float("nan")
    cost_high: float = float("nan")
    cost_unit: str = ""
    months_low: float = float("nan")
    months_high: float = float("nan")


@dataclass(frozen=True, slots=True)
class Readiness:
    """``[readiness]``: what is marked, which gaps count, what could be done.

    Parameters
    ----------
    subjects : tuple of Subject
        In the order of the file.
    required_gaps : tuple of str or None
        Names or titles of the declared gaps that are required; None: all of them.
    actions : tuple of Action
        In the order of the file.
    """

    subjects: tuple[Subject, ...]
    required_gaps: tuple[str, ...] | None = None
    actions: tuple[Action, ...] = ()


def proves(measure: Measure, layers: Mapping[str, Layer]) -> bool:
    """Tell whether a measure can show that a place has something, and not merely that something is near.

    What lies at the place itself does (inside a polygon, how much of the cell they cover, a raster's value or slope there), and a sum over
    a column that its layer declares as capacity. A distance, a time, a cost, a density, a count of features and a sum of anything else do
    not.
    """
    if isinstance(measure, SumWithin | Access | FloatingCatchment):
        layer = layers.get(measure.layer)
        return layer is not None and measure.size in layer.capacity
    return isinstance(measure, Inside | RasterValue | Slope | Aspect) or (isinstance(measure, Coverage) and measure.within is None)
