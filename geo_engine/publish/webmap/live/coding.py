"""Code a criterion's quantities in 16 bits, finely where a little more or less changes what they are worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST_CODES", "UTILITY_STEP", "Coding", "coded"]

MOST_CODES = 2**16
UTILITY_STEP = 1e-3
"""The utilities of the cells of one code differ by no more than this; a page is off by half of it at most."""

_SHARE_STEP = 1e-2  # of the utility itself: a product of utilities feels a small one's share, not its size
_SMALLEST = 1e-4  # utilities below are told apart by the step above alone
_VALUE_STEP = 1e-2  # of the quantity itself: quantities that are worth the same are still told to a reader
_LEAST_STEP = 2e-4  # of the range: no finer than that for the reader's sake
_FEW = 2_048  # different quantities, each of which gets a code of its own


@dataclass(frozen=True, eq=False)
class Coding:
    """Quantities as codes, and what each code stands for.

    Parameters
    ----------
    codes : uint16 ndarray, shape (n,)
        One a cell.
    values : float32 ndarray, shape (k,)
        The quantity of each code, in SI; rising, then NaN for the unknown and infinity for the unreachable.
    utilities : float32 ndarray, shape (k,)
        The utility of each code, 0 to 1; NaN where the unknown is refused.
    """

    codes: NDArray[np.uint16]
    values: NDArray[np.float32]
    utilities: NDArray[np.float32]


def coded(quantity: NDArray[np.float32], utility: NDArray[np.float32]) -> Coding:
    """Choose codes for quantities, so that cells of one code are worth the same to `UTILITY_STEP`.

    Along the rising quantities a new code begins wherever utility, its logarithm or the quantity has moved on by a step; a jump
    of the utility between two quantities always begins one, so that a threshold stays where it is.

    Parameters
    ----------
    quantity, utility : float32 ndarray, shape (n,)
        Of each cell; NaN unknown, infinite unreachable.

    Examples
    --------
    >>> made = coded(np.array([3, 1, 1, np.nan], np.float32), np.array([0.5, 1, 1, 0], np.float32))
    >>> made.codes.tolist(), made.values.tolist(), made.utilities.tolist()
    ([1, 0, 0, 2], [1.0, 3.0, nan, inf], [1.0, 0.5, 0.0, 0.0])
    """
    finite = np.isfinite(quantity)
    values, worths = _sorted_pairs(quantity[finite], utility[finite])
    begins = _begins(values, worths)
    lows, highs = values[begins], values[np.append(begins[1:], len(values)) - 1] if len(begins) else values
    least, most = (np.minimum.reduceat(worths, begins), np.maximum.reduceat(worths, begins)) if len(begins) else (worths, worths)
    middle = np.where(lows == highs, lows, (lows.astype(np.float64) + highs) / 2.0)
    codes = np.searchsorted(lows[1:], quantity, side="right").astype(np.uint16)
    codes[np.isnan(quantity)] = len(lows)
    codes[np.isinf(quantity)] = len(lows) + 1
    unknown = utility[np.isnan(quantity)][:1]
    more = np.array([unknown[0] if len(unknown) else np.nan, 0.0])
    return Coding(
        codes,
        np.append(middle, [np.nan, np.inf]).astype(np.float32),
        np.append((least.astype(np.float64) + most) / 2.0, more).astype(np.float32),
    )


def _begins(values: NDArray[np.float32], worths: NDArray[np.float32]) -> NDArray[np.int64]:
    """Give the places in rising quantities at which a code begins."""
    if not len(values):
        return np.empty(0, np.int64)
    steps = np.diff(values.astype(np.float64))
    differs = steps > 0
    if np.count_nonzero(differs) < _FEW:
        return np.append(0, np.flatnonzero(differs) + 1)
    near_nothing = np.log(np.maximum(worths, np.float32(_SMALLEST)))
    span = float(values[-1]) - float(values[0])
    moved = np.maximum(np.abs(np.diff(worths)) / UTILITY_STEP, np.abs(np.diff(near_nothing)) / _SHARE_STEP)
    far = np.maximum(np.abs(values[1:].astype(np.float64)) * _VALUE_STEP, span * _LEAST_STEP)
    way = np.cumsum(np.maximum(moved, steps / far))
    way *= min(1.0, (MOST_CODES - 8) / max(way[-1], 1.0))
    return np.append(0, np.flatnonzero((np.diff(np.floor(way), prepend=0.0) > 0) & differs) + 1)


def _sorted_pairs(quantity: NDArray[np.float32], utility: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Sort by quantity; both in one whole number, since whole numbers are sorted fastest."""
    bits = (quantity + np.float32(0.0)).view(np.uint32)  # a negative zero becomes a zero
    sign = np.uint32(0x8000_0000)
    rising = np.where(bits & sign, ~bits, bits | sign)
    keys = np.sort(rising.astype(np.uint64) << np.uint64(32) | (utility + np.float32(0.0)).view(np.uint32))
    first = (keys >> np.uint64(32)).astype(np.uint32)
    return np.where(first & sign, first ^ sign, ~first).view(np.float32), keys.astype(np.uint32).view(np.float32)
