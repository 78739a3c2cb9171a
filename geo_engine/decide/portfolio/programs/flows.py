"""Who is served from where, when plants have capacities: customers' shares as columns, each no more than its plant is open."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geo_engine.decide.portfolio.programs.program import Program, Rows, site_program
from geo_engine.model.answer.portfolio import PlacementProblem

__all__ = ["flow_program", "served_by"]

Float = NDArray[np.float64]

_DUST, _TOLERANCE = 1e-9, 1e-6  # of a share: what the solver leaves behind, and how far its sums may be off


def flow_program(problem: PlacementProblem, allowed: NDArray[np.bool_], worth: Float, *, everybody: bool, idle: float = 0.0) -> Program:
    """Make the program of serving customers from open plants.

    A column x for each allowed pair is the share of the customer that the plant serves:

    - ``sum_j x_ij = 1`` (``<= 1`` unless everybody must be served; what is missing costs `idle` a unit of the customers' shares),
    - ``x_ij <= y_j`` one by one, which makes the linear relaxation tight,
    - ``sum_i w_i x_ij <= capacity_j y_j``.

    Parameters
    ----------
    problem : PlacementProblem
        n sites, m customers.
    allowed : bool ndarray, shape (m, n)
        Pairs that may be used.
    worth : float64 ndarray, shape (m, n)
        Cost of serving a whole customer from a site; read where allowed.
    everybody : bool
        Whether every customer is served in full.
    idle : float
        Cost of a customer's whole weight unserved, times the customer's share; only where not everybody must be served.

    Returns
    -------
    Program
        Columns: sites, then pairs in rising (customer, site).
    """
    customer, site = np.nonzero(allowed)
    n, pairs = problem.sites, len(customer)
    columns = n + pairs
    low, high, rows = site_program(problem, columns)
    share = np.arange(n, columns)
    cost = np.concatenate([np.zeros(n), worth[customer, site]])
    constant = 0.0
    if not everybody and idle:
        cost[n:] -= idle * problem.shares[customer]
        constant = idle * float(problem.shares.sum())
    once = sparse.csr_array((np.ones(pairs), (customer, share)), shape=(len(problem.weight), columns))
    rows.append(Rows(once, np.full(len(problem.weight), 1.0 if everybody else 0.0), np.ones(len(problem.weight))))
    ones = np.ones(pairs)
    number = np.arange(pairs)
    open_only = sparse.csr_array((np.r_[ones, -ones], (np.r_[number, number], np.r_[share, site])), shape=(pairs, columns))
    rows.append(Rows(open_only, np.full(pairs, -np.inf), np.zeros(pairs)))
    if problem.capacity is not None:
        most = np.minimum(problem.capacity, max(float(problem.weight.sum()), 1e-300))
        load = problem.weight[customer] / np.where(most > 0, most, 1.0)[site]  # without capacity a plant serves those of no weight
        opened = np.where(most > 0, -1.0, 0.0)
        places = (np.r_[site, np.arange(n)], np.r_[share, np.arange(n)])
        full = sparse.csr_array((np.r_[load, opened], places), shape=(n, columns))
        rows.append(Rows(full, np.full(n, -np.inf), np.zeros(n)))
    whole = np.zeros(columns, np.bool_)
    whole[:n] = True
    whole[n:] = problem.whole
    return Program(cost, low, high, whole, rows, constant)


def served_by(problem: PlacementProblem, allowed: NDArray[np.bool_], columns: Float) -> Float:
    """Read the shares served from a program's columns, float64, shape (customers, sites), without the solver's dust."""
    served = np.zeros(allowed.shape)
    served[allowed] = columns[problem.sites :]
    served[served < _DUST] = 0.0
    if problem.whole:
        served = np.round(served)
    total = served.sum(axis=1, keepdims=True)
    return np.where((np.abs(total - 1) < _TOLERANCE) & (total > 0), served / np.where(total > 0, total, 1.0), served)
