"""What the page computes from: a list of the packed numbers that travel beside the data, and how to read and use them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo_engine.model import Combination, Display, Result, Surface
from geo_engine.projection import transformer
from geo_engine.publish.style import MOVED_STOPS, SCORE_STOPS
from geo_engine.publish.webmap.frame import DisplayFrame, display_frame
from geo_engine.publish.webmap.live import ALPHABET, as_text, coded, lattice, packed_cells, packed_numbers, zipped
from geo_engine.units import display_unit, to_display

__all__ = ["live_data", "method_data"]

_WORKERS = 2
_BEST_STEPS = 1000  # of a probability


def live_data(result: Result, corners: list[list[float]], drawn: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Collect what the page needs to weigh anew.

    Parameters
    ----------
    result : Result
        One region of one study.
    corners : list
        South-west and north-east corner of what the page may show, lat and lon.
    drawn : mapping
        More data, to travel packed.

    Returns
    -------
    data : dict
        Only text, finite numbers, lists and dicts.
    packed : str
        The packed numbers, one after another with a blank between, in the order of ``data["packed"]``.
    """
    display, best = result.display, result.surface.best
    texts = [("drawn", as_text(zipped(json.dumps(drawn, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8"))))]
    texts.append(("inside", as_text(zipped(np.packbits(display.inside, axis=1).tobytes()))))
    statuses, which = np.unique(display.status, return_inverse=True)
    texts.append(("status", as_text(packed_cells(which.astype(np.uint16), display.inside))))
    if best is not None:
        texts.append(("best", as_text(packed_cells(_probabilities(result.surface, display), display.inside))))
    with ThreadPoolExecutor(_WORKERS) as pool:  # sorting and deflating let go of the interpreter's lock
        pairs = zip(display.quantities, display.utilities, strict=True)
        for number, parts in enumerate(pool.map(lambda pair: _packed(pair[0], pair[1], display.inside), pairs)):
            texts += [(f"{name}{number}", text) for name, text in zip(("codes", "values", "utilities"), parts, strict=True)]
    cells = np.concatenate([np.empty(0), *(part.ravel() for part in _site_cells(result))])
    coarse = cells.astype(np.float32)
    texts += [("sites", as_text(packed_numbers(coarse))), ("sitesRest", as_text(packed_numbers((cells - coarse).astype(np.float32))))]
    units = {"m", "s", *(criterion.measure.unit for criterion in result.study.criteria)}
    grid, frame = display.grid, display_frame(display.grid)
    (south, west), (north, east) = corners
    to_study = transformer("EPSG:4326", grid.crs)
    to_degrees = transformer(grid.crs, "EPSG:4326")
    data = {
        "packed": [name for name, _ in texts],
        "letters": ALPHABET.decode("ascii"),
        "grid": {"west": grid.west, "north": grid.north, "cell": grid.cell, "rows": grid.rows, "cols": grid.cols},
        "frame": _frame(frame),
        "statuses": statuses.tolist(),
        "siteCells": [site.shape[1] for site in display.sites],
        "toStudy": lattice(to_study, (west, south, east, north)).data(3),
        "toDegrees": lattice(to_degrees, grid.bounds).data(9),
        "nationalGrid": grid.crs.upper() == "EPSG:27700",
        "method": method_data(result.study.combination),
        "presets": _presets(result),
        "bestSteps": _BEST_STEPS,
        "units": {unit: [display_unit(unit), 1.0 / to_display(1.0, unit)] for unit in sorted(units)},
        "ramps": {"score": [list(stop) for stop in SCORE_STOPS], "moved": [list(stop) for stop in MOVED_STOPS]},
    }
    return data, " ".join(text for _, text in texts)


def _site_cells(result: Result) -> list[NDArray[np.float64]]:
    """Give for each site the utilities of its cells, a row a criterion, and in a last row what share of the site each cell is."""
    found = []
    for site, utilities in zip(result.ranking.sites, result.display.sites, strict=True):
        size = np.ones(utilities.shape[1]) if site.shares is None else site.shares
        found.append(np.vstack([utilities, size / size.sum()]))
    return found


def _packed(quantity: NDArray[np.float32], utility: NDArray[np.float32], inside: NDArray[np.bool_]) -> tuple[str, str, str]:
    made = coded(quantity, utility)
    return as_text(packed_cells(made.codes, inside)), as_text(packed_numbers(made.values)), as_text(packed_numbers(made.utilities))


def _frame(frame: DisplayFrame) -> dict[str, Any]:
    return {
        "west": frame.west,
        "north": frame.north,
        "pixel": frame.pixel,
        "rows": frame.rows,
        "cols": frame.cols,
        "corners": frame.corners,
    }


def _probabilities(surface: Surface, display: Display) -> NDArray[np.uint16]:
    """Give the probability of being among the best at the centres of the display's cells, in thousandths and one; 0 where unknown."""
    rows, cols = np.nonzero(display.inside)
    at = surface.grid.cells_at(*display.grid.centres(rows, cols))
    inside = surface.grid.holds(*at)
    found = np.full(len(rows), np.nan, np.float32)
    if surface.best is not None:
        found[inside] = surface.best[at[0][inside], at[1][inside]]
    return np.where(np.isnan(found), 0, np.rint(np.nan_to_num(found) * _BEST_STEPS) + 1).astype(np.uint16)


def method_data(combination: Combination) -> dict[str, Any]:
    """Name a method and its settings as the page's scripts have them."""
    names = {"order_weights": "orderWeights"}
    settings = {names.get(key, key): list(value) if isinstance(value, tuple) else value for key, value in asdict(combination).items()}
    return {"kind": combination.kind, **settings}


def _presets(result: Result) -> list[dict[str, Any]]:
    """List weights to begin from: the study's, equal ones, and those of each scenario that has its own."""
    study = result.study
    presets: list[dict[str, Any]] = [
        {
            "title": "This scenario's" if study.scenario else "The study's",
            "weights": [100.0 * weight for weight in study.weights],
            "note": "",
        },
        {"title": "Equal", "weights": [100.0 / len(study.criteria)] * len(study.criteria), "note": ""},
    ]
    for scenario in study.scenarios.values():
        if scenario.weights:
            weights = [scenario.weights.get(criterion.slug, criterion.weight) for criterion in study.criteria]
            other = bool(scenario.values or scenario.dropped or scenario.changed)
            note = "Its weights only: it changes values or rules too, for which it must be run." if other else ""
            presets.append({"title": scenario.title, "weights": weights, "note": note})
    return presets
