"""Read a published page's data back, the packed parts too."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any

__all__ = ["data_of", "drawn_of"]

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"  # of base64.b85decode


def data_of(page: str) -> dict[str, Any]:
    """Give the data that the page carries as JSON."""
    found = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', page, re.DOTALL)
    assert found
    parsed: dict[str, Any] = json.loads(found[1])
    return parsed


def drawn_of(page: str) -> dict[str, Any]:
    """Give what is drawn, which the page carries packed."""
    live = data_of(page)["live"]
    found = re.search(r'<script type="text/plain" id="page-cells">(.*?)</script>', page, re.DOTALL)
    assert found
    text = found[1].split(" ")[live["packed"].index("drawn")]
    parsed: dict[str, Any] = json.loads(zlib.decompress(base64.b85decode(text.translate(str.maketrans(live["letters"], _LETTERS)))))
    return parsed
