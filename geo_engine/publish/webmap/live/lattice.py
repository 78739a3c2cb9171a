"""Study coordinates and degrees for the page, which knows no projections: a lattice of places that it reads between."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

__all__ = ["Lattice", "lattice"]

_NODES = 33  # along each side: cubic curves through them are off by millimetres, for a country as for a county
_MARGIN = 0.08  # of each side, beyond the box


@dataclass(frozen=True, eq=False)
class Lattice:
    """What two coordinates are at the nodes of a regular lattice of two others.

    Parameters
    ----------
    low, high : tuple of float
        First and last node along the first and the second of the others.
    first, second : float64 ndarray, shape (nodes, nodes)
        The two at each node; rows along the second of the others.
    """

    low: tuple[float, float]
    high: tuple[float, float]
    first: NDArray[np.float64]
    second: NDArray[np.float64]

    def data(self, digits: int) -> dict[str, object]:
        """Give plain data, rounded to so many digits behind the point."""
        return {
            "low": list(self.low),
            "high": list(self.high),
            "nodes": len(self.first),
            "first": np.round(self.first, digits).ravel().tolist(),
            "second": np.round(self.second, digits).ravel().tolist(),
        }


def lattice(transformer: Transformer, bounds: tuple[float, float, float, float]) -> Lattice:
    """Lay a lattice over a box, with a margin where the projection reaches so far, and transform its nodes.

    Beyond the poles there is nothing: nodes there have what the nearest others have.

    Parameters
    ----------
    transformer : Transformer
        From the box's coordinates to the others.
    bounds : tuple of float
        Least first and second, greatest first and second coordinate.
    """
    made = _laid(transformer, bounds, _MARGIN)
    if np.isfinite(made.first).all() and np.isfinite(made.second).all():
        return made
    from scipy import ndimage  # noqa: PLC0415 - a third of a second, for the few maps of half a world

    made = _laid(transformer, bounds, 0.0)
    there = np.isfinite(made.first) & np.isfinite(made.second)
    nearest = tuple(ndimage.distance_transform_edt(~there, return_distances=False, return_indices=True))
    return replace(made, first=made.first[nearest], second=made.second[nearest])


def _laid(transformer: Transformer, bounds: tuple[float, float, float, float], share: float) -> Lattice:
    """Lay a lattice with a margin; a node is not finite where the projection has no place for it."""
    least = np.array(bounds[:2])
    most = np.array(bounds[2:])
    margin = (most - least) * share
    low, high = least - margin, most + margin
    one, other = np.meshgrid(np.linspace(low[0], high[0], _NODES), np.linspace(low[1], high[1], _NODES))
    first, second = transformer.transform(one, other)
    return Lattice((float(low[0]), float(low[1])), (float(high[0]), float(high[1])), np.asarray(first), np.asarray(second))
