"""Where places and facilities meet a network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Facilities", "Legs"]

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Legs:
    """How places reach the network; arrays of one shape.

    Parameters
    ----------
    link : int32 ndarray
        Nearest enterable link; -1 where none is within the limit.
    along : float64 ndarray
        Share of the link at the nearest point.
    metres : float64 ndarray
        Straight distance to that point.
    """

    link: NDArray[np.int32]
    along: Float
    metres: Float


@dataclass(frozen=True, eq=False)
class Facilities:
    """Facilities standing on the network.

    Parameters
    ----------
    node : int64 ndarray, shape (k,)
        The network's node at each facility's nearest point.
    metres : float64 ndarray, shape (k,)
        Straight distance from the facility to that point.
    names : tuple of str
        What readers call them.
    easting, northing : float64 ndarray, shape (k,)
        Where they are, in metres.
    """

    node: NDArray[np.int64]
    metres: Float
    names: tuple[str, ...]
    easting: Float
    northing: Float
