"""Short names for columns and folders."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["slug"]


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
