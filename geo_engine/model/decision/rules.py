"""Rules of a study: where land may be taken at all, as parameters only. They are applied in `geo_engine.measure.rules`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from geo_engine.model.decision.readiness import KeepEnough
from geo_engine.model.layer import PeopleDisc
from geo_engine.model.measure import Measure, Selection
from geo_engine.model.slugs import slug

__all__ = ["Constraint", "Keep", "KeepClasses", "KeepRange", "KeepShare"]


@dataclass(frozen=True, slots=True)
class KeepRange:
    """Keep land where the rule's measure lies between two quantities, both ends included.

    Parameters
    ----------
    minimum, maximum : float or None
        In the measure's SI unit; None: no limit on that side.
    """

    kind: ClassVar[str] = "range"
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class KeepClasses:
    """Keep land of some classes: whole numbers of a raster, or values of a polygon layer's column.

    Parameters
    ----------
    classes : tuple
        Numbers, or texts of the column.
    refused : bool
        True: these are the classes that are not kept, and all others are.
    column : str or None
        Column of a polygon layer; None for a raster.
    """

    kind: ClassVar[str] = "classes"
    classes: tuple[int | float | str, ...]
    refused: bool = False
    column: str | None = None


@dataclass(frozen=True, slots=True)
class KeepShare:
    """Keep cells of which at least a share lies inside, or outside, the union of the polygons.

    Parameters
    ----------
    least : float
        0 to 1.
    side : {'inside', 'outside'}
        Which part of the cell is counted.
    """

    kind: ClassVar[str] = "share"
    least: float
    side: Literal["inside", "outside"] = "inside"


Keep = Literal["inside", "outside"] | KeepRange | KeepClasses | KeepShare | KeepEnough
"""What a rule keeps, told apart by its class; the two words are the commonest."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A keep rule with a name.

    Parameters
    ----------
    name : str
        What readers see.
    layer : str
        Name of the layer.
    keep : Keep
        ``outside``: farther than `buffer` from every feature. ``inside``: in the union of the features and at
        least `buffer` from its edge. Otherwise a range, classes, or a share of the cell.
    buffer : float or PeopleDisc
        Metres, round and exact; or a radius by feature.
    where : str or None
        OGR SQL filter.
    estimate : bool
        True where the rule stands in for better data; readers are told each time.
    why, source : str
        The reasoning and where it comes from.
    measure : Measure or None
        What is measured for a range, or for classes of a raster.
    force : bool
        True turns the rule round: land in the features, or up to `buffer` from them, is free whatever the other rules say,
        but never off the area and never where something is unknown. `keep` then says nothing.
    only_in : (layer, where) or None
        The rule holds only inside these polygons; elsewhere it is not tested and cannot be failed.
    stands_for : str
        Name of the declared gap that it estimates: it steps aside for a rule whose layer closes that gap.
    """

    name: str
    layer: str
    keep: Keep
    buffer: float | PeopleDisc = 0.0
    where: str | None = None
    estimate: bool = False
    why: str = ""
    source: str = ""
    measure: Measure | None = None
    force: bool = False
    only_in: Selection | None = None
    stands_for: str = ""

    @property
    def slug(self) -> str:
        """Name of the rule in columns and tags."""
        return slug(self.name).replace("-", "_")

    @property
    def reads(self) -> Iterator[tuple[Selection, str | None]]:
        """The vector features that it needs, each with the column that it takes values from, if any."""
        if self.measure is None:
            column = self.buffer.people if isinstance(self.buffer, PeopleDisc) else None
            yield (self.layer, self.where), self.keep.column if isinstance(self.keep, KeepClasses) else column
        else:
            yield from self.measure.reads
        if isinstance(self.keep, KeepEnough) and self.keep.test.covers is not None:
            yield self.keep.test.covers, None
        if self.only_in is not None:
            yield self.only_in, None
