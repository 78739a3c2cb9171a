"""Match the areas of two runs and share out each difference of score among the inputs that changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_engine.decide import criterion_utility, shapley_shares
from geo_engine.decide.combine import attribution
from geo_engine.errors import Fault, RunError
from geo_engine.model import Criterion
from geo_engine.run.comparing.recorded import RecordedRun, RecordedSite, read_run
from geo_engine.run.comparing.unmatched import Unmatched, explain_absence

__all__ = ["INPUTS", "Comparison", "Moved", "compare_runs", "score_change"]

INPUTS = ("weights", "values", "data", "method")
"""What a score is made from: weights, value functions (with what the unknown is worth), raw quantities, way of combining."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An area that both runs have.

    Parameters
    ----------
    name, other_name : str
        In the first and in the second run.
    site_id, other_id : str
        Likewise.
    matched_by : {'site_id', 'overlap'}
        How the two were found to be the same.
    same_cells : bool
        Whether they are made of the same cells; if not, `data` holds what lying elsewhere does as well.
    rank, other_rank : int
        In either run.
    score, other_score, change : float
        0 to 100, and second less first.
    by_input : mapping of str to float
        Points that each of `INPUTS` adds to the change; they add up to it.
    by_criterion : mapping of str to float
        Points that each criterion, by key, adds to the change; they add up to it too.
    input, criterion : str
        The largest of each, up or down; blank where nothing changed.
    """

    name: str
    other_name: str
    site_id: str
    other_id: str
    matched_by: str
    same_cells: bool
    rank: int
    other_rank: int
    score: float
    other_score: float
    change: float
    by_input: Mapping[str, float]
    by_criterion: Mapping[str, float]
    input: str
    criterion: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side.

    Parameters
    ----------
    first, second : str
        Title, region and cell of either.
    inputs_changed : tuple of str
        Files that the two read and that are not the same.
    moved : tuple of Moved
        Areas of both, in the order of the first.
    gone, new : tuple of Unmatched
        Areas of the first run only, and of the second only.
    """

    first: str
    second: str
    inputs_changed: tuple[str, ...]
    moved: tuple[Moved, ...]
    gone: tuple[Unmatched, ...]
    new: tuple[Unmatched, ...]


def compare_runs(first: Path, second: Path) -> Comparison:
    """Compare two runs by what they recorded; study and layers may have changed since.

    Parameters
    ----------
    first, second : Path
        Folders of runs in one CRS.

    Raises
    ------
    RunError
        If a folder holds no whole run, or the runs are in different CRSs.
    """
    a, b = read_run(first), read_run(second)
    if a.grid.crs != b.grid.crs:
        raise RunError(Fault(str(second), "cannot be compared with a run in another CRS", f"{b.grid.crs} against {a.grid.crs}"))
    pairs = _matched(a.sites, b.sites)
    moved = tuple(_moved(a, b, a.sites[i], b.sites[j], how) for i, j, how in pairs)
    left = [site for i, site in enumerate(a.sites) if i not in {i for i, _, _ in pairs}]
    right = [site for j, site in enumerate(b.sites) if j not in {j for _, j, _ in pairs}]
    then, now = a.record["inputs_sha256"], b.record["inputs_sha256"]
    changed = tuple(sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name)))
    return Comparison(
        _said(a), _said(b), changed, moved, tuple(_unmatched(a, site, b) for site in left), tuple(_unmatched(b, site, a) for site in right)
    )


def _said(run: RecordedRun) -> str:
    return f"{run.record['study']['title']}, {run.record['region']['title']}, {run.record['grid']['cell_m']:g} m"


def _matched(a: Sequence[RecordedSite], b: Sequence[RecordedSite]) -> list[tuple[int, int, str]]:
    """Pair areas by their id, the others by overlap, the largest first; in the order of the first run."""
    ids = {site.site_id: j for j, site in enumerate(b)}
    pairs = [(i, ids[site.site_id], "site_id") for i, site in enumerate(a) if site.site_id in ids]
    left, right = {i for i, _, _ in pairs}, {j for _, j, _ in pairs}
    shared = [
        (float(shapely.area(shapely.intersection(a[i].geometry, b[j].geometry))), i, j)
        for i in range(len(a))
        for j in range(len(b))
        if i not in left and j not in right and shapely.intersects(a[i].geometry, b[j].geometry)
    ]
    for area, i, j in sorted(shared, key=lambda one: (-one[0], one[1], one[2])):
        if area > 0 and i not in left and j not in right:
            pairs.append((i, j, "overlap"))
            left.add(i)
            right.add(j)
    return sorted(pairs)


def _moved(a: RecordedRun, b: RecordedRun, one: RecordedSite, two: RecordedSite, how: str) -> Moved:
    slugs, shares = score_change(a, one, b, two)
    by_input, by_criterion = shares.sum(axis=1), shares.sum(axis=0)
    score, other = _score(a, one), _score(b, two)
    return Moved(
        name=one.name,
        other_name=two.name,
        site_id=one.site_id,
        other_id=two.site_id,
        matched_by=how,
        same_cells=np.array_equal(one.eastings, two.eastings) and np.array_equal(one.northings, two.northings),
        rank=one.rank,
        other_rank=two.rank,
        score=score,
        other_score=other,
        change=other - score,
        by_input=dict(zip(INPUTS, by_input.tolist(), strict=True)),
        by_criterion=dict(zip(slugs, by_criterion.tolist(), strict=True)),
        input=INPUTS[int(np.abs(by_input).argmax())] if by_input.any() else "",
        criterion=slugs[int(np.abs(by_criterion).argmax())] if by_criterion.any() else "",
    )


def _score(run: RecordedRun, site: RecordedSite) -> float:
    return float(_points(run.criteria, run.weights, list(site.quantities), run, site.weights).sum())


def _points(
    criteria: Sequence[Criterion],
    weights: Sequence[float],
    quantities: Sequence[NDArray[np.float32]] | NDArray[np.float32],
    by: RecordedRun,
    cell_weights: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Give what each criterion adds to the score; nothing at cells where a mixture of two runs leaves a value unknown."""
    utilities = np.stack([criterion_utility(criterion, quantity) for criterion, quantity in zip(criteria, quantities, strict=True)])
    mean: NDArray[np.float64] = 100.0 * np.nan_to_num(attribution(by.combination, utilities, weights)) @ cell_weights
    return mean


def score_change(a: RecordedRun, one: RecordedSite, b: RecordedRun, two: RecordedSite) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Share out the change of score from an area of one run to that of another among inputs and criteria.

    A criterion that only one of the runs has is taken over into the other with weight 0, so that it counts as a change of weights.

    Returns
    -------
    slugs : tuple of str
        Criteria of both runs.
    shares : float64 ndarray, shape (inputs, criteria)
        Points; all of them add up to the change. See `shapley_shares`.
    """
    of_a = {criterion.slug: number for number, criterion in enumerate(a.criteria)}
    of_b = {criterion.slug: number for number, criterion in enumerate(b.criteria)}
    slugs = tuple(dict.fromkeys([*of_a, *of_b]))

    def state(changed: tuple[bool, ...]) -> NDArray[np.float64]:
        by = dict(zip(INPUTS, changed, strict=True))
        run, own = (b, of_b) if by["weights"] else (a, of_a)
        weights = [run.weights[own[slug]] if slug in own else 0.0 for slug in slugs]
        criteria, quantities = [], []
        for slug in slugs:
            valued_by_b = slug in of_b and (by["values"] or slug not in of_a)
            criteria.append(b.criteria[of_b[slug]] if valued_by_b else a.criteria[of_a[slug]])
            measured_by_b = slug in of_b and (by["data"] or slug not in of_a)
            measured = two.quantities[of_b[slug]] if measured_by_b else one.quantities[of_a[slug]]
            # A criterion of one run only keeps its cells, and the areas may be of different size.
            quantities.append(np.resize(measured, (two if by["data"] else one).eastings.shape))
        return _points(criteria, weights, quantities, b if by["method"] else a, (two if by["data"] else one).weights)

    return slugs, shapley_shares(state, len(INPUTS))


def _unmatched(run: RecordedRun, site: RecordedSite, other: RecordedRun) -> Unmatched:
    return Unmatched(site.site_id, site.name, site.rank, _score(run, site), *explain_absence(site, other))
