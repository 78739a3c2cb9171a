"""In which order a study is told as a sift from the search area to a few areas."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SiftStage"]


@dataclass(frozen=True, slots=True)
class SiftStage:
    """One stage of the sift as a report tells it; it changes the order of telling, and no answer.

    Parameters
    ----------
    name : str
        What readers see.
    criteria : tuple of str
        Keys of criteria that belong here: they take no land, and say what the land that is left is worth.
    rules : tuple of str
        Names of rules that take land here.
    gaps : tuple of str
        Names of declared gaps that belong here: not tested.
    size : bool
        Whether land in pieces smaller than the facility needs goes here; after every later stage it goes again.
    """

    name: str
    criteria: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    size: bool = False
