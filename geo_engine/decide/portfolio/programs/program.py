"""Sparse mixed-integer programs: columns, rows, and HiGHS through scipy with a clock."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from geo_engine.errors import Fault, RunError
from geo_engine.model.answer.portfolio import PlacementProblem

__all__ = ["Clock", "Found", "Program", "Rows", "minimise", "site_program"]

Float = NDArray[np.float64]

_OPTIMAL, _STOPPED, _INFEASIBLE = 0, 1, 2
_EITHER = "infeasible or unbounded"  # every column is bounded, so it is the former


@dataclass(frozen=True)
class Clock:
    """A limit of seconds for several programs together.

    Parameters
    ----------
    limit : float
        Seconds from when the clock was made.
    """

    limit: float
    begun: float = field(default_factory=time.perf_counter)

    @property
    def spent(self) -> float:
        """Seconds since the clock was made."""
        return time.perf_counter() - self.begun

    @property
    def left(self) -> float:
        """Seconds that are left, 0 where the time is up."""
        return max(self.limit - self.spent, 0.0)


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a program: ``low <= matrix @ columns <= high``.

    Parameters
    ----------
    matrix : sparse array, shape (rows, columns)
        May have fewer columns than the program: those that follow are 0.
    low, high : float64 ndarray, shape (rows,)
        Bounds.
    """

    matrix: sparse.csr_array
    low: Float
    high: Float


@dataclass(frozen=True, eq=False)
class Program:
    """A minimum over columns of which the first stand for the sites, 1 where a site is taken.

    Parameters
    ----------
    cost : float64 ndarray, shape (columns,)
        What is made small.
    low, high : float64 ndarray, shape (columns,)
        Bounds of each column.
    whole : bool ndarray, shape (columns,)
        Whether a column is a whole number.
    rows : sequence of Rows
        What must hold.
    constant : float
        Is added to the value.
    """

    cost: Float
    low: Float
    high: Float
    whole: NDArray[np.bool_]
    rows: Sequence[Rows]
    constant: float = 0.0


@dataclass(frozen=True, eq=False)
class Found:
    """What HiGHS found.

    Parameters
    ----------
    columns : float64 ndarray, shape (columns,), or None
        The best that was found; None where nothing was.
    bound : float
        No columns have a lower value.
    proven : bool
        False where the time ran out.
    feasible : bool
        False where it is proven that no columns satisfy the rows.
    """

    columns: Float | None
    bound: float
    proven: bool
    feasible: bool = True


def site_program(problem: PlacementProblem, columns: int) -> tuple[Float, Float, list[Rows]]:
    """Give what holds of the sites in every model: bounds of all columns, and rows of count, budget, resources and one-of.

    Parameters
    ----------
    problem : PlacementProblem
        n sites.
    columns : int
        Columns of the program; the first n are the sites, the others lie between 0 and 1.

    Returns
    -------
    low, high : float64 ndarray, shape (columns,)
    rows : list of Rows
        Scaled to right-hand sides of about 1, so that the solver's tolerance means the same for MVA and for money.
    """
    low, high = np.zeros(columns), np.ones(columns)
    low[: problem.sites] = problem.fixed | problem.standing
    high[: problem.sites][problem.forbidden & ~problem.standing] = 0.0
    new = ~problem.standing
    lines: list[tuple[Float, float, float]] = []
    if problem.count is not None:
        lines.append((new.astype(np.float64), problem.count, problem.count))
    if problem.one_of is not None:
        lines.append(((problem.one_of & new).astype(np.float64), 1.0, np.inf))
    limits = [(each.use, each.total) for each in problem.resources]
    if problem.price is not None and np.isfinite(problem.budget):
        limits.append((problem.price, problem.budget))
    for use, total in limits:
        scale = max(total, float(np.abs(use).max(initial=0.0)), 1e-300)
        lines.append((np.where(new, use, 0.0) / scale, -np.inf, total / scale))
    if not lines:
        return low, high, []
    matrix = sparse.csr_array(np.stack([line for line, _, _ in lines]))
    return low, high, [Rows(matrix, np.array([least for _, least, _ in lines]), np.array([most for _, _, most in lines]))]


def minimise(program: Program, clock: Clock) -> Found:
    """Solve a program to proven optimality, or as far as the clock allows.

    Raises
    ------
    RunError
        If the solver fails for another reason than time or infeasibility.
    """
    columns = len(program.cost)
    if (program.low > program.high).any():
        return Found(None, np.inf, proven=True, feasible=False)
    constraints = []
    for rows in program.rows:
        matrix = rows.matrix
        if matrix.shape[1] < columns:
            matrix = sparse.csr_array((matrix.data, matrix.indices, matrix.indptr), shape=(matrix.shape[0], columns))
        constraints.append(LinearConstraint(matrix, rows.low, rows.high))
    if clock.left <= 0:
        return Found(None, -np.inf, proven=False)
    answer = milp(
        program.cost,
        integrality=program.whole.astype(np.int64),
        bounds=Bounds(program.low, program.high),
        constraints=constraints,
        options={"mip_rel_gap": 0.0, "time_limit": clock.left},
    )
    if answer.status == _INFEASIBLE or _EITHER in answer.message.replace("unbounded or infeasible", _EITHER).lower():
        return Found(None, np.inf, proven=True, feasible=False)
    if answer.status not in {_OPTIMAL, _STOPPED}:
        raise RunError(Fault("portfolio", f"the solver gave up: {answer.message}", remedy="report this with the study and the command"))
    bound = -np.inf if answer.mip_dual_bound is None else float(answer.mip_dual_bound) + program.constant
    return Found(answer.x, bound, proven=answer.status == _OPTIMAL)
