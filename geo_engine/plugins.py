"""Measures of one's own: a function with a decorator, in ``layers/NAME.py`` or in an installed package.

>>> import numpy as np
>>> @measure(unit="m")
... def height_above(eastings, northings, raster, *, sea: float = 0.0):
...     return raster.sample(eastings, northings) - sea
>>> height_above.unit
'm'
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo_engine.errors import Fault

__all__ = ["MeasureFunction", "are_trusted", "failure", "measure", "trusting"]

_TRUSTED = ContextVar("whether files of a workspace may be run", default=False)


@dataclass(frozen=True, slots=True)
class MeasureFunction:
    """A function that measures places; calling it calls the function.

    Parameters
    ----------
    function : callable
        Takes eastings and northings (float64 arrays of shape (k,), metres, read-only) and the layer's features (a GeoDataFrame in study
        coordinates) or its raster (with ``sample(eastings, northings)``), and by keyword what the study gives. Gives numbers of
        shape (k,) in `unit`: NaN where unknown, infinite where unreachable.
    unit : str
        Unit of what it gives: an SI unit (m, s, m2), share, %, degrees, or a word such as people.
    """

    function: Callable[..., Any]
    unit: str

    def __call__(self, *args: Any, **parameters: Any) -> Any:  # noqa: ANN401 - whatever the function takes and gives
        """Call the function as it is."""
        return self.function(*args, **parameters)


def measure(*, unit: str) -> Callable[[Callable[..., Any]], MeasureFunction]:
    """Make a function a measure that studies can name.

    Parameters
    ----------
    unit : str
        Unit of what the function gives, written out: it is read without running the file.
    """

    def decorate(function: Callable[..., Any]) -> MeasureFunction:
        return MeasureFunction(function, unit)

    return decorate


def are_trusted() -> bool:
    """Tell whether plug-ins that lie in a workspace may be run."""
    return _TRUSTED.get()


@contextmanager
def trusting() -> Iterator[None]:
    """Trust the plug-ins of a workspace for as long as a ``with`` lasts: they are programs, and can do what their user can.

    >>> with trusting():
    ...     are_trusted()
    True
    """
    before = _TRUSTED.set(True)
    try:
        yield
    finally:
        _TRUSTED.reset(before)


def failure(error: BaseException, file: Path | None, function: str, when: str) -> Fault:
    """Say where in a plug-in something went wrong, and what: the last line of its own file that was under way.

    Parameters
    ----------
    error : exception
        What its code raised.
    file : Path or None
        The plug-in's; None where it is an installed one.
    function : str
        Its name.
    when : str
        What was being done: ``"when it was loaded"``.
    """
    place, step = function, error.__traceback__
    while step is not None:
        if file is not None and step.tb_frame.f_code.co_filename == str(file):
            place = f"layers/{file.name}:{step.tb_lineno} {function}"
        step = step.tb_next
    said = str(error).splitlines()[0] if str(error) else ""
    what = f"failed {when}: {type(error).__name__}{f': {said}' if said else ''}"
    return Fault(place, what, remedy="mend the plug-in, see docs/plugins.md")
