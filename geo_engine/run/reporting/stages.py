"""The sift of a finished run as land: what each stage leaves, in the order of the study."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from geo_engine.model import STATUS_OFF_AREA, Constraint, failable, rule_bits
from geo_engine.publish.report import Row, StageLand
from geo_engine.run.places.land.cells import blocking
from geo_engine.run.questions.stored import StoredRun

__all__ = ["land_stages"]

Bool = NDArray[np.bool_]
_MAP_SIDE = 220  # cells of a small map


def land_stages(run: StoredRun, rejected: tuple[Row, ...]) -> tuple[StageLand, ...]:
    """Give the stages of the sift: the region, unknown data, each rule, gaps, size and shape, spacing, score.

    Rules are taken one after the other, so that each counts what those before it left; a rule's own land, whatever else holds there, is
    in the run's record. A block is a piece of land that is connected over the sides of its cells and as large as the facility needs.

    Parameters
    ----------
    run : StoredRun
        The run.
    rejected : tuple of Row
        Its register of what was dropped.
    """
    study, status, score = run.study, run.status, run.score
    cell_ha, need = run.plan.grid.cell_area / 1e4, run.plan.site_cells
    left: Bool = status != STATUS_OFF_AREA
    step = max(1, -(-max(left.shape) // _MAP_SIDE))

    def stage(name: str, why: str) -> StageLand:
        return StageLand(name, why, float(left.sum()) * cell_ha, _blocks(left, need)[0], _thinned(left, step))

    stages = [stage("Search area", "all land of the region")]
    stops = np.where(left, blocking(status), np.uint32(0))
    for rule in failable(study.constraints):
        bit = rule_bits(study.constraints)[rule.name]
        left = left & (stops >> np.uint32(bit) & np.uint32(1) == 0)
        stages.append(stage(rule.name, _kept(rule)))
    left = left & ~np.isnan(score) & (stops == 0)
    stages.append(stage("Known data", "land for which a criterion or a rule has no value"))
    remaining = float(left.sum()) * cell_ha
    stages += [StageLand(gap.title, f"not tested: {gap.why}", remaining, None, None, tested=False) for gap in study.gaps]
    count, whole = _blocks(left, need)
    left = whole
    needed = f"{need * cell_ha:,.4g} ha"
    stages.append(StageLand("Size", f"pieces smaller than {needed}", float(left.sum()) * cell_ha, count, _thinned(left, step)))
    found = len(run.sites)
    dropped = {name: sum(row["stage_name"] == name for row in rejected) for name in ("shape", "spacing", "score")}
    after_spacing = found + dropped["score"]
    apart = f"{study.sites.spacing / 1000:g} km"
    areas = float(run.sites["area_ha"].sum()) if found else 0.0
    stages += [
        StageLand(
            "Shape", f"pieces in which {needed} do not lie near enough together", float(left.sum()) * cell_ha,
            max(count - dropped["shape"], 0), None,
        ),
        StageLand("Spacing", f"areas nearer than {apart} to a better one", np.nan, after_spacing, None, counted="areas"),
        StageLand("Score", f"areas below the best {study.sites.count}", areas, found, _of_sites(run, step), counted="areas"),
    ]  # fmt: skip
    return tuple(stages)


def _kept(rule: Constraint) -> str:
    said = "land that fails it" + (" (an estimate that stands in for better data)" if rule.estimate else "")
    return f"{said}. {rule.why}" if rule.why else said


def _blocks(left: Bool, need: int) -> tuple[int, Bool]:
    """Count the connected pieces of at least `need` cells, and give their cells."""
    labels, _ = ndimage.label(left)
    large = np.bincount(labels.ravel()) >= need
    large[0] = False
    cells: Bool = large[labels]
    return int(large.sum()), cells


def _thinned(mask: Bool, step: int) -> Bool:
    """Take one cell for `step` by `step`: true where half of them and more are."""
    rows, cols = (-(-side // step) * step for side in mask.shape)
    padded = np.zeros((rows, cols), np.float32)
    padded[: mask.shape[0], : mask.shape[1]] = mask
    means = padded.reshape(rows // step, step, cols // step, step).mean(axis=(1, 3))
    thin: Bool = means >= 0.5  # noqa: PLR2004 - half
    return thin


def _of_sites(run: StoredRun, step: int) -> Bool:
    """Mark the middle of each site on a small map, as a square of three cells."""
    grid = run.plan.grid
    rows, cols = (-(-side // step) for side in grid.shape)
    mask = np.zeros((rows, cols), np.bool_)
    for point in run.sites.geometry.centroid:
        (row,), (col,) = grid.cells_at(np.array([point.x]), np.array([point.y]))
        mask[max(int(row) // step - 1, 0) : int(row) // step + 2, max(int(col) // step - 1, 0) : int(col) // step + 2] = True
    return mask
