"""One root error with four branches; each carries every fault that was found, not the first.

>>> error = StudyError([Fault("studies/a.toml:7", "unknown function 'liner'", allowed="linear, step", remedy="did you mean 'linear'?")])
>>> print(error)
studies/a.toml:7: unknown function 'liner'. Allowed: linear, step. Did you mean 'linear'?
>>> error.exit_code
2
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

__all__ = ["Fault", "GeoEngineError", "LayerError", "NetworkError", "RunError", "StudyError", "nearest_spelling", "nearest_spellings"]


@dataclass(frozen=True, slots=True)
class Fault:
    """State one thing that is wrong: where, what, what was found, what is allowed, what to do.

    Parameters
    ----------
    where : str
        File with line and field, or the name of a layer: ``layers/freight_ports.toml:7``.
    what : str
        The fault in a few words.
    found, allowed, remedy : str, optional
        What was found there, what may stand there, and what to do about it.
    """

    where: str
    what: str
    found: str = ""
    allowed: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.found:
            parts.append(f"Found: {self.found}")
        if self.allowed:
            parts.append(f"Allowed: {self.allowed}")
        if self.remedy:
            parts.append(self.remedy[0].upper() + self.remedy[1:])
        text = ". ".join(part.rstrip(".") for part in parts)
        return text if text.endswith(("?", "!")) else text + "."


class GeoEngineError(Exception):
    """Root of every error that a user can cause; carries all faults found.

    Parameters
    ----------
    faults : str, Fault or iterable of Fault
        A plain sentence, one fault, or all of them.
    """

    exit_code = 4

    def __init__(self, faults: str | Fault | Iterable[Fault]) -> None:
        if isinstance(faults, str):
            faults = [Fault("", faults)]
        elif isinstance(faults, Fault):
            faults = [faults]
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def _render_traceback_(self) -> list[str]:
        r"""Say each fault in a line, in place of a traceback: notebooks ask for it by this name (IPython's ``showtraceback``).

        What `raise` recorded stays in ``__traceback__``, for debuggers.

        >>> RunError("no room on the disk")._render_traceback_()
        ['\x1b[1;31mRunError\x1b[0m: no room on the disk.']
        """
        name = type(self).__name__
        return [f"\x1b[1;31m{name}\x1b[0m: {_printable(str(fault))}" for fault in self.faults]

    def __reduce__(self) -> tuple[type[GeoEngineError], tuple[tuple[Fault, ...]]]:
        """Pickle by faults, so that an error survives the way back from another process."""
        return type(self), (self.faults,)


class StudyError(GeoEngineError, ValueError):
    """The study or a profile is wrong (exit code 2)."""

    exit_code = 2


class LayerError(GeoEngineError, ValueError):
    """A layer or its data is wrong (exit code 3)."""

    exit_code = 3


class NetworkError(GeoEngineError, ValueError):
    """A network cannot be built or a facility cannot be reached by it (exit code 3)."""

    exit_code = 3


class RunError(GeoEngineError, RuntimeError):
    """A run could not be done: memory, disk, a stage that failed (exit code 4)."""

    exit_code = 4


def _printable(text: str) -> str:
    """Take control characters out, so that a name cannot steer the screen."""
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) != "Cc")


def nearest_spelling(word: str, options: Iterable[str]) -> str:
    """Suggest the option spelt most like `word`, as a question, or an empty string.

    >>> nearest_spelling("tonnage", ["name", "tonnage_class"])
    "did you mean 'tonnage_class'?"
    >>> nearest_spelling("zzz", ["name"])
    ''
    """
    close = get_close_matches(word, list(options), n=1, cutoff=0.55)
    return f"did you mean '{close[0]}'?" if close else ""


def nearest_spellings(name: str, options: Iterable[str], most: int = 4) -> str:
    """Suggest options of several words that are spelt like `name` or hold all of its words, as a question, or an empty string.

    Parameters
    ----------
    name : str
        Words with hyphens between them, as the options have.
    options : iterable of str
        What there is.
    most : int
        How many are told.

    Examples
    --------
    >>> nearest_spellings("bristol", ["bristol-city-of", "bolton"])
    "did you mean 'bristol-city-of'?"
    >>> nearest_spellings("chester-west", ["cheshire-west", "chesterfield", "kent"])
    "did you mean 'cheshire-west' or 'chesterfield'?"
    """
    known = list(dict.fromkeys(options))
    holding = [option for option in known if set(name.split("-")) <= set(option.split("-"))]
    close = [*holding, *(each for each in get_close_matches(name, known, n=most, cutoff=0.55) if each not in holding)][:most]
    told = [f"'{each}'" for each in close]
    return f"did you mean {' or '.join([', '.join(told[:-1]), told[-1]] if told[1:] else told)}?" if told else ""
