"""Weights by comparing pairs: the analytic hierarchy process, with the consistency of the judgements."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo_engine.model import DerivedWeights

__all__ = ["MOST_INCONSISTENT", "ahp_weights", "combine_judgements", "judgement_matrix"]

MOST_INCONSISTENT = 0.1
"""Consistency ratio above which judgements should be looked at again (Saaty)."""

# Mean consistency index of random reciprocal matrices of 1, 2, ... 15 criteria (Saaty, The Analytic Hierarchy Process, 1980).
_RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
_ROUNDING = 0.025  # of a product of a judgement and its reverse: 7 and 0.14 are meant as reciprocal
_NAMED = 3


def judgement_matrix(count: int, judgements: Sequence[tuple[int, int, float]]) -> NDArray[np.float64]:
    """Make the reciprocal matrix of a full set of judgements.

    Parameters
    ----------
    count : int
        Criteria.
    judgements : sequence of (int, int, float)
        How many times as important the first criterion is as the second, each pair once, in either direction.

    Returns
    -------
    float64 ndarray, shape (count, count)
        With 1 on the diagonal.

    Raises
    ------
    ValueError
        If a pair is missing, given twice or not above 0.

    Examples
    --------
    >>> judgement_matrix(2, [(0, 1, 4.0)]).tolist()
    [[1.0, 4.0], [0.25, 1.0]]
    """
    matrix = np.full((count, count), np.nan)
    np.fill_diagonal(matrix, 1.0)
    for i, j, times in judgements:
        if not np.isnan(matrix[i, j]) or not (np.isfinite(times) and times > 0):
            msg = f"judgement of {i} and {j} is given twice, or is not above 0: {times}"
            raise ValueError(msg)
        matrix[i, j], matrix[j, i] = times, 1.0 / times
    if np.isnan(matrix).any():
        i, j = np.argwhere(np.isnan(matrix))[0].tolist()
        msg = f"no judgement of {i} and {j}"
        raise ValueError(msg)
    return matrix


def combine_judgements(matrices: Sequence[ArrayLike]) -> NDArray[np.float64]:
    """Combine several people's judgements by the geometric mean, the only mean that stays reciprocal (Aczel and Saaty, 1983).

    Parameters
    ----------
    matrices : sequence of arrays, shape (n, n)
        One a person; a judgement below 1 is taken as the inverse of its reverse, so that 0.33 beside 3 is a third.

    Returns
    -------
    float64 ndarray, shape (n, n)
        Reciprocal.

    Raises
    ------
    ValueError
        If a matrix is not square, not positive, or not reciprocal to 2.5 per cent.

    Examples
    --------
    >>> combine_judgements([[[1, 4], [0.25, 1]], [[1, 1], [1, 1]]]).tolist()
    [[1.0, 2.0], [0.5, 1.0]]
    """
    made = [_reciprocal(np.asarray(matrix, np.float64)) for matrix in matrices]
    upper = np.exp(np.mean([np.log(matrix) for matrix in made], axis=0))
    return _reciprocal(upper)


def _reciprocal(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:  # noqa: PLR2004 - rows and columns
        msg = f"a matrix of judgements is square, this one has the shape {matrix.shape}"
        raise ValueError(msg)
    if not (np.isfinite(matrix) & (matrix > 0)).all():
        msg = "judgements are finite and above 0"
        raise ValueError(msg)
    product = matrix * matrix.T
    if (np.abs(product - 1.0) > _ROUNDING).any():
        i, j = np.argwhere(np.abs(product - 1.0) > _ROUNDING)[0].tolist()
        msg = f"judgements {i} of {j} and {j} of {i} are not reciprocal: {matrix[i, j]:g} and {matrix[j, i]:g}"
        raise ValueError(msg)
    return np.where(matrix >= 1.0, matrix, 1.0 / matrix.T)


def ahp_weights(matrices: Sequence[ArrayLike], names: Sequence[str] = ()) -> DerivedWeights:
    """Find weights from comparisons of pairs (Saaty, Journal of Mathematical Psychology 15, 1977).

    The weights are the principal right eigenvector of the matrix. Its eigenvalue is n where the judgements agree with each
    other, and more where they do not; the consistency ratio says how much more, beside random judgements.

    Parameters
    ----------
    matrices : sequence of arrays, shape (n, n)
        As for `combine_judgements`, which makes one of them.
    names : sequence of str, optional
        Of the criteria, for the warning; numbers from 1 without.

    Returns
    -------
    DerivedWeights
        With a warning that names the three least consistent judgements where the ratio is above 0.1. A judgement's
        inconsistency is how far it lies from the ratio of the two weights. One or two criteria are always consistent, ratio 0.

    Raises
    ------
    ValueError
        As for `combine_judgements`.

    Examples
    --------
    >>> found = ahp_weights([[[1, 2, 4], [1 / 2, 1, 2], [1 / 4, 1 / 2, 1]]])
    >>> [round(share, 4) for share in found.shares], round(found.consistency_ratio, 6) + 0.0
    ([0.5714, 0.2857, 0.1429], 0.0)
    """
    matrix = combine_judgements(matrices)
    n = len(matrix)
    values, vectors = np.linalg.eig(matrix)
    principal = int(values.real.argmax())
    weights = np.abs(vectors[:, principal].real)
    weights /= weights.sum()
    lambda_max = float(values[principal].real)
    random = _RANDOM_INDEX[min(n, len(_RANDOM_INDEX)) - 1]
    index = max((lambda_max - n) / (n - 1), 0.0) if random else 0.0
    ratio = index / random if random else 0.0
    notes = [] if len(matrices) == 1 else [f"{len(matrices)} people's judgements, combined by the geometric mean"]
    if n > len(_RANDOM_INDEX):
        notes.append(f"the random index of {len(_RANDOM_INDEX)} criteria, {_RANDOM_INDEX[-1]:g}, stands for that of {n}")
    warnings = (_inconsistent(matrix, weights, ratio, names),) if ratio > MOST_INCONSISTENT else ()
    return DerivedWeights("ahp", tuple(weights.tolist()), lambda_max, index, ratio, tuple(notes), warnings)


def _inconsistent(matrix: NDArray[np.float64], weights: NDArray[np.float64], ratio: float, names: Sequence[str]) -> str:
    """Say which judgements to look at again."""
    names = names or [str(number + 1) for number in range(len(weights))]
    rows, cols = np.triu_indices(len(weights), 1)
    implied = weights[rows] / weights[cols]
    far = np.abs(np.log(matrix[rows, cols] / implied))
    said = [
        f"{names[rows[k]]} to {names[cols[k]]} (given {_times(matrix[rows[k], cols[k]])}, the weights say {_times(implied[k])})"
        for k in np.argsort(-far, kind="stable")[:_NAMED]
    ]
    return (
        f"The judgements contradict each other: consistency ratio {ratio:.2f}, above {MOST_INCONSISTENT:g}. "
        f"Look again at {'; '.join(said)}."
    )


def _times(ratio: float) -> str:
    return f"{ratio:.3g}" if ratio >= 1 else f"1/{1 / ratio:.3g}"
