"""Letters that both faces can show: no control characters, and on paper none that the fonts there lack."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from functools import cache
from pathlib import Path

__all__ = ["breakable", "fonts_folder", "legible", "long_words", "paper_letters", "spelled"]

_BREAK = "\u200b"  # a place where a line may end, without width
_NARROW, _WIDE, _LATIN = frozenset("abcdefghijklnopqrstuvxyz0123456789.,:;-_'/()[] "), frozenset("MWmw@%"), 0x24F
_LONG = 24  # letters that fit a narrow column
_JOINTS = re.compile(r"(?<=[_/.:=@-])(?=\w)")


def legible(text: str) -> str:
    r"""Put a blank for each character that is no letter, sign or blank: new lines, and marks that turn the direction of what follows.

    >>> legible("a\nb\u202ec"), legible("Łódź ₂")
    ('a b c', 'Łódź ₂')
    """
    return "".join(letter if letter.isprintable() else " " for letter in text)


def spelled(text: str, known: Container[int]) -> str:
    """Write each letter that a font lacks by its name, so that paper shows no empty box in its place.

    Parameters
    ----------
    text : str
        Legible.
    known : container of int
        Code points that the font has.

    Examples
    --------
    >>> spelled("Plot 😀 中", set(range(256)))
    'Plot [grinning face] [cjk unified ideograph-4e2d]'
    """
    return "".join(letter if ord(letter) in known else _named(letter) for letter in text)


def _named(letter: str) -> str:
    return f"[{unicodedata.name(letter, f'letter U+{ord(letter):04X}').lower()}]"


def breakable(text: str, room: float) -> str:
    """Let a word that may be wider than its room end a line after a joint in it, and a part that is still too wide anywhere.

    Parameters
    ----------
    text : str
        Legible.
    room : float
        Width of the line, in sizes of the type (em). Letters are taken as wide as they are in a bold serif, and no narrower.

    Examples
    --------
    >>> breakable("freeports_investment_zones", 6.6).split("\u200b"), breakable("a short word", 6.6)
    (['freeports_', 'investment_', 'zones'], 'a short word')
    """

    def broken(word: re.Match[str]) -> str:
        if _ems(word[0]) <= room:
            return word[0]
        return _BREAK.join(part if _ems(part) <= room else _BREAK.join(part) for part in _JOINTS.split(word[0]))

    return re.sub(r"\S+", broken, text)


def _ems(word: str) -> float:
    return sum(0.55 if letter in _NARROW else 1.05 if letter in _WIDE or ord(letter) > _LATIN else 0.8 for letter in word)


def long_words(escaped: str, before: str, after: str) -> str:
    """Put a mark before and after each word of an escaped text that is too long for a narrow column.

    >>> long_words("a freeports_investment_zones &lt;", "[", "]")
    'a [freeports_investment_zones] &lt;'
    """
    return re.sub(rf"\S{{{_LONG + 1},}}", lambda word: f"{before}{word[0]}{after}", escaped)


def fonts_folder() -> Path:
    """Give the folder of the fonts that matplotlib carries."""
    import matplotlib as mpl  # noqa: PLC0415 - an extra

    return Path(mpl.get_data_path()) / "fonts" / "ttf"


@cache
def paper_letters() -> frozenset[int]:
    """Give the code points of DejaVu Sans, the font in which paper shows whatever its first font lacks."""
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415 - an extra

    faces = (FT2Font(str(fonts_folder() / name)) for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"))
    return frozenset.intersection(*(frozenset(face.get_charmap()) for face in faces))
