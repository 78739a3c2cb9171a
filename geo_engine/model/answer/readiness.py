"""What is there of each need at a place, and how ready that makes it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

__all__ = ["Mark", "NeedAnswer", "SiteReadiness", "SubjectMark", "Supply"]


class Mark(IntEnum):
    """A mark, worst first: what is untested may be anything, so it is worse than amber and not as bad as what is known to fail.

    >>> min(Mark.GREEN, Mark.GREY).word, Mark.AMBER > Mark.GREY
    ('grey', True)
    """

    RED = 0
    GREY = 1
    AMBER = 2
    GREEN = 3

    @property
    def word(self) -> str:
        """The colour's name: a mark is never told by colour alone."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Supply:
    """What is there of a need at a place, as far as anybody knows.

    Parameters
    ----------
    there : float
        What is known to be there, in the need's unit: there may be more unless `complete`. NaN where nothing is known.
    complete : bool
        Whether all that is there is known.
    feature : str
        The feature that counts, or how many do.
    accuracy : float
        Metres: how far off the one feature that counts may be; NaN where not stated, or where several count.
    remark : str
        Why it is not complete, or why it is nothing.
    """

    there: float
    complete: bool
    feature: str = ""
    accuracy: float = float("nan")
    remark: str = ""


@dataclass(frozen=True, slots=True)
class NeedAnswer:
    """A need against what is there.

    Parameters
    ----------
    need, unit : str
        As in the study; land in ``m2``.
    wanted : float
        By the whole facility.
    there : float
        What is known to be there, in the unit; NaN where nothing is known.
    state : {'met', 'short', 'unknown'}
        Short only where all that is there is known.
    feature : str
        Which features it is: the largest one by name, or how many.
    layer, vintage, accuracy : str
        Where that comes from; blank where nothing was read.
    remark : str
        Why it is unknown, or what a reader should know.
    basis : str
        Where the need's own figures, and the reach, come from.
    capacity : bool
        Whether the layer declares what was counted as capacity.
    """

    need: str
    unit: str
    wanted: float
    there: float
    state: Literal["met", "short", "unknown"]
    feature: str = ""
    layer: str = ""
    vintage: str = ""
    accuracy: str = ""
    remark: str = ""
    basis: str = ""
    capacity: bool = False

    @property
    def short_by(self) -> float:
        """How much is missing, in the unit; NaN unless it is short."""
        return self.wanted - self.there if self.state == "short" else float("nan")


@dataclass(frozen=True, slots=True)
class SubjectMark:
    """The mark of one subject, or of one declared gap, at a place.

    Parameters
    ----------
    subject : str
        The study's word, or the gap's title.
    mark : Mark
        Red, grey, amber or green.
    why : str
        In one sentence.
    value : float
        What was compared: in `unit`, SI; NaN where nothing was.
    unit : str
        SI unit of `value`.
    threshold : str
        What it was compared with, in words.
    evidence : str
        Layer, vintage and accuracy; blank where there is none.
    required : bool
        Whether the overall mark can be no better.
    gap : bool
        True for a declared gap.
    """

    subject: str
    mark: Mark
    why: str
    value: float = float("nan")
    unit: str = ""
    threshold: str = ""
    evidence: str = ""
    required: bool = True
    gap: bool = False


@dataclass(frozen=True, slots=True)
class SiteReadiness:
    """All marks of a place.

    Parameters
    ----------
    marks : tuple of SubjectMark
        Subjects in the study's order, then declared gaps.
    """

    marks: tuple[SubjectMark, ...]

    @property
    def overall(self) -> Mark:
        """The worst mark of what is required: red, else grey, else amber, else green; grey where nothing is required."""
        return min((each.mark for each in self.marks if each.required), default=Mark.GREY)

    @property
    def untested(self) -> int:
        """How many are grey, required or not."""
        return sum(each.mark is Mark.GREY for each in self.marks)

    @property
    def said(self) -> str:
        """The overall mark in a sentence, with how many were not tested.

        >>> SiteReadiness((SubjectMark("Grid", Mark.AMBER, ""), SubjectMark("Flood", Mark.GREY, "", gap=True))).said
        'grey: not shown to be ready, 1 of 2 required not tested; 1 of 2 not tested in all'
        """
        required = [each.mark for each in self.marks if each.required]
        red, grey = required.count(Mark.RED), required.count(Mark.GREY)
        told = {
            Mark.RED: f"not ready, {red} of {len(required)} required fail" + (f" and {grey} not tested" if grey else ""),
            Mark.GREY: f"not shown to be ready, {grey} of {len(required)} required not tested",
            Mark.AMBER: "nothing required fails, and not all of it is shown",
            Mark.GREEN: "all that is required is shown",
        }[self.overall]
        return f"{self.overall.word}: {told}; {self.untested} of {len(self.marks)} not tested in all"
