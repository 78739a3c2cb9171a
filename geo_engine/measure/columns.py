"""Numbers out of a column of features, with every fault that they may have."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_engine.errors import Fault, LayerError, nearest_spelling
from geo_engine.model import Features

__all__ = ["numbers", "sizes"]

_SHOWN = 3  # rows that are at fault


def numbers(data: Features, column: str) -> NDArray[np.float64]:
    """Read numbers.

    Parameters
    ----------
    data : Features
        n features.
    column : str
        The column.

    Returns
    -------
    float64 ndarray, shape (n,)
        NaN where it is blank.

    Raises
    ------
    LayerError
        If the column is missing or holds text.
    """
    values, faults = _read(data, column, "numbers, or blanks")
    if faults:
        raise LayerError(faults)
    return values


def sizes(data: Features, column: str, unknown: float | None) -> NDArray[np.float64]:
    """Read a size column as numbers.

    Parameters
    ----------
    data : Features
        n features.
    column : str
        The column.
    unknown : float or None
        What a blank counts; None makes a blank an error.

    Returns
    -------
    float64 ndarray, shape (n,)
        Finite, 0 or more.

    Raises
    ------
    LayerError
        If the column is missing, or holds blanks (with `unknown` None), text, or negative numbers.
    """
    size, faults = _read(data, column, "numbers")
    blank = data.table[column].isna().to_numpy()
    if negative := np.flatnonzero(size < 0).tolist():
        what = f"column '{column}' is negative in {len(negative)} rows"
        faults.append(Fault(data.layer.name, what, found=_some(data, column, negative), allowed="0 or more"))
    if (rows := np.flatnonzero(blank).tolist()) and unknown is None:
        what = f"column '{column}' is blank in {len(rows)} rows"
        found = ", ".join(data.labels()[row] for row in rows[:_SHOWN])
        remedy = "leave these rows out with 'where', or say what a blank counts with unknown_size"
        faults.append(Fault(data.layer.name, what, found=found, remedy=remedy))
    if faults:
        raise LayerError(faults)
    return np.where(blank, unknown if unknown is not None else 0.0, size)


def _read(data: Features, column: str, allowed: str) -> tuple[NDArray[np.float64], list[Fault]]:
    """Give numbers, NaN where there is none, and the fault of those that are text; without the column there is nothing to go on with."""
    name = data.layer.name
    if column not in data.table:
        found = [str(each) for each in data.table.columns]
        raise LayerError(Fault(name, f"column '{column}' missing", found=", ".join(found), remedy=nearest_spelling(column, found)))
    raw = data.table[column]
    values = pd.to_numeric(raw, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    text = np.flatnonzero(~raw.isna().to_numpy() & ~np.isfinite(values)).tolist()
    what = f"column '{column}' is not a number in {len(text)} rows"
    return values, [Fault(name, what, found=_some(data, column, text), allowed=allowed)] if text else []


def _some(data: Features, column: str, rows: list[int]) -> str:
    labels, raw = data.labels(), data.table[column]
    return ", ".join(f"{labels[row]}: {raw.iloc[row]}" for row in rows[:_SHOWN])
