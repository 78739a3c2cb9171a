"""The interactive map: one HTML file that opens without a network."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geo_engine.model import Result
from geo_engine.publish.webmap.content import page_data
from geo_engine.publish.webmap.page import render_page
from geo_engine.publish.webmap.surface import display_frame, display_score, display_status, score_image

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
    frame = display_frame(result.surface.grid)
    score = display_score(result.surface, frame)
    image = score_image(score)
    best = result.surface.best
    best_image = "" if best is None else score_image(display_score(result.surface, frame, best * np.float32(100.0)))
    data = page_data(result, display_status(result.surface, frame), np.isfinite(score), frame.corners) | {"best": best_image}
    path.write_text(render_page(data, image), encoding="utf-8")
    return path
