"""Which inputs the spread of an answer comes from: Sobol indices and Morris effects, by SALib (the extra ``sensitivity``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide.robustness.sensitivity import site_scores
from geo_engine.errors import Fault, RunError
from geo_engine.model import Combination, WeightedSum

__all__ = ["Morris", "Sobol", "morris_effects", "rank_model", "sobol_indices"]

Float = NDArray[np.float64]
Model = Callable[[Float], Float]

_LEVELS = 4  # of each input in a Morris design
_WEIGHTED_SUM = WeightedSum()


@dataclass(frozen=True, eq=False)
class Sobol:
    """Shares of the variance of a model's answer; arrays of shape (inputs,).

    Parameters
    ----------
    first, total : float64 ndarray
        Of each input alone; with all that it does together with others. 0 to 1 but for the error of the estimate.
    first_error, total_error : float64 ndarray
        Half-widths of 95 % intervals, by bootstrap.
    """

    first: Float
    total: Float
    first_error: Float
    total_error: Float


@dataclass(frozen=True, eq=False)
class Morris:
    """Elementary effects; arrays of shape (inputs,), in units of the answer for the whole range of the input.

    Parameters
    ----------
    mean : float64 ndarray
        Mean of the effects' sizes (mu star).
    spread : float64 ndarray
        Standard deviation of the effects: large where the input works otherwise at other values of the inputs.
    """

    mean: Float
    spread: Float


def sobol_indices(model: Model, low: Sequence[float], high: Sequence[float], *, samples: int = 1024, seed: int = 1) -> Sobol:
    """Estimate first and total order Sobol indices (Saltelli, Computer Physics Communications 145, 2002; 181, 2010).

    Parameters
    ----------
    model : callable
        Takes inputs of shape (rows, inputs), gives answers of shape (rows,).
    low, high : sequence of float
        Range of each input, within which it is spread evenly.
    samples : int
        A power of two; the model is asked for ``samples * (inputs + 2)`` rows.
    seed : int
        The same seed gives the same answer.

    Returns
    -------
    Sobol
        All 0 where the answer never changes.

    Raises
    ------
    RunError
        If SALib is not installed.
    """
    problem = _problem(low, high)
    rows = _salib("SALib.sample.sobol").sample(problem, samples, calc_second_order=False, seed=seed)
    answers = model(rows)
    if np.ptp(answers) == 0:
        return Sobol(*(np.zeros(len(low)) for _ in range(4)))
    found = _salib("SALib.analyze.sobol").analyze(problem, answers, calc_second_order=False, seed=seed)
    return Sobol(*(np.asarray(found[name], np.float64) for name in ("S1", "ST", "S1_conf", "ST_conf")))


def morris_effects(model: Model, low: Sequence[float], high: Sequence[float], *, trajectories: int = 100, seed: int = 1) -> Morris:
    """Estimate elementary effects (Morris, Technometrics 33, 1991; Campolongo and others, Environmental Modelling & Software 22, 2007).

    Parameters
    ----------
    model, low, high, seed
        As for `sobol_indices`.
    trajectories : int
        Walks through the inputs; the model is asked for ``trajectories * (inputs + 1)`` rows.

    Raises
    ------
    RunError
        If SALib is not installed.
    """
    problem = _problem(low, high)
    rows = _salib("SALib.sample.morris").sample(problem, trajectories, num_levels=_LEVELS, seed=seed)
    found = _salib("SALib.analyze.morris").analyze(problem, rows, model(rows), num_levels=_LEVELS, scaled=False, seed=seed)
    return Morris(np.asarray(found["mu_star"], np.float64), np.asarray(found["sigma"], np.float64))


def rank_model(
    utilities: Float,
    site: int,
    answer: Literal["score", "margin", "rank"] = "margin",
    *,
    combination: Combination = _WEIGHTED_SUM,
    cells: NDArray[np.int64] | None = None,
) -> Model:
    """Make the model whose inputs are relative weights and whose answer says where a site stands among the others.

    Parameters
    ----------
    utilities, combination, cells
        As for `site_scores`; known.
    site : int
        Number of the site.
    answer : {'score', 'margin', 'rank'}
        Its score; the points between it and the best of the others, below 0 where that one is better; its rank from 1.

    Returns
    -------
    callable
        Takes weights of shape (rows, criteria), gives answers of shape (rows,).

    Raises
    ------
    ValueError
        If there is no other site to keep a margin to.

    Examples
    --------
    >>> table = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> rank_model(table, 0)(np.array([[3.0, 1.0], [1.0, 3.0]])), rank_model(table, 0, "rank")(np.array([[3.0, 1.0], [1.0, 3.0]]))
    (array([ 50., -50.]), array([1., 2.]))
    """
    count = len(utilities) if cells is None else len(cells)
    if answer == "margin" and count < 2:  # noqa: PLR2004 - itself and another
        msg = "a margin needs another site"
        raise ValueError(msg)
    means = utilities if cells is None else np.add.reduceat(utilities, np.cumsum(cells) - cells, axis=0) / cells[:, None]

    def stand(weights: Float) -> Float:
        shares = weights / weights.sum(axis=1, keepdims=True)
        if isinstance(combination, WeightedSum):
            scores = 100.0 * shares @ means.T
        else:
            scores = np.stack([site_scores(utilities, row.tolist(), combination=combination, cells=cells) for row in shares])
        own = scores[:, site]
        if answer == "score":
            return np.asarray(own)
        others = np.delete(scores, site, axis=1)
        if answer == "margin":
            return np.asarray(own - others.max(axis=1))
        return np.asarray(1.0 + (np.round(others, 9) > np.round(own, 9)[:, None]).sum(axis=1))

    return stand


def _problem(low: Sequence[float], high: Sequence[float]) -> dict[str, Any]:
    bounds = [[float(a), float(b)] for a, b in zip(low, high, strict=True)]
    return {"num_vars": len(bounds), "names": [str(number) for number in range(len(bounds))], "bounds": bounds}


def _salib(module: str) -> Any:  # noqa: ANN401 - SALib ships no types
    try:
        return import_module(module)
    except ImportError as error:
        raise RunError(Fault("Sobol and Morris", "SALib is not installed", remedy="pip install 'geo-engine[sensitivity]'")) from error
