"""The interactive map: one HTML file that opens without a network and weighs anew."""

from __future__ import annotations

from pathlib import Path

from geo_engine.model import Result
from geo_engine.publish.webmap.content import live_data, page_data

__all__ = ["write_map"]


def write_map(result: Result, path: Path) -> Path:
    """Write the interactive map of one region.

    Parameters
    ----------
    result : Result
        One region of one study.
    path : Path
        The HTML file to make.

    Returns
    -------
    Path
        `path`.
    """
    from geo_engine.publish.webmap.page import render_page  # noqa: PLC0415 - folium, which nothing needs before there is a map

    data = page_data(result)
    drawn = {name: data.pop(name) for name in ("base", "layers", "ways")}  # lines by the ten thousand, a third of the size when packed
    live, packed = live_data(result, data["view"], drawn)
    path.write_text(render_page(data | {"live": live}, packed), encoding="utf-8")
    return path
