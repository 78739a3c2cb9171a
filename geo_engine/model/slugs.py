"""Short names for columns and folders, and names that differ."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["slug", "unique_names"]


def slug(text: str) -> str:
    """Make a name for columns and folders: lower case, letters without their marks, digits and dashes.

    >>> slug("Distance to a 275 kV substation (not capacity)"), slug("Yorkshire and The Humber")
    ('distance-to-a-275-kv-substation-not-capacity', 'yorkshire-and-the-humber')
    >>> slug("Łódź"), slug("東京"), slug("!")
    ('łodz', '東京', 'unnamed')
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).casefold()
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    return re.sub(r"[\W_]+", "-", letters).strip("-") or "unnamed"


def unique_names(names: Iterable[str]) -> tuple[str, ...]:
    """Make names differ: the second of a name gets " (2)".

    >>> unique_names(["a", "a", "a (2)", "a"])
    ('a', 'a (2)', 'a (2) (2)', 'a (3)')
    """
    taken: set[str] = set()
    made = []
    for name in names:
        candidate, number = name, 2
        while candidate in taken:
            candidate, number = f"{name} ({number})", number + 1
        taken.add(candidate)
        made.append(candidate)
    return tuple(made)
