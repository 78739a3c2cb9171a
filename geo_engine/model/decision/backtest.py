"""What known sites are held against besides all scored land: land that could have been chosen, and a model that knows one thing."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BackTestLand", "ComparableLand", "NearLand", "NullModel"]


@dataclass(frozen=True, slots=True)
class NearLand:
    """Land near features of a layer.

    Parameters
    ----------
    layer, where : str, str or None
        The features.
    within : float
        Metres, straight, from a cell's centre; included.
    """

    layer: str
    within: float
    where: str | None = None


@dataclass(frozen=True, slots=True)
class ComparableLand:
    """Land of the kind that known sites were chosen from: to beat moors and mountains says little.

    Parameters
    ----------
    outside_rules : tuple of str
        Names of constraints of the study; land that fails one of them is left out.
    near : NearLand or None
        Land farther off is left out.
    """

    outside_rules: tuple[str, ...] = ()
    near: NearLand | None = None


@dataclass(frozen=True, slots=True)
class NullModel:
    """A model that a study should beat: land is the better the nearer it is to a feature.

    Parameters
    ----------
    layer, where : str, str or None
        The features.
    """

    layer: str
    where: str | None = None


@dataclass(frozen=True, slots=True)
class BackTestLand:
    """``[backtest]`` of a study.

    Parameters
    ----------
    comparable : ComparableLand or None
        None: known sites are compared with all scored land only.
    null : NullModel or None
        None: no such model.
    """

    comparable: ComparableLand | None = None
    null: NullModel | None = None
