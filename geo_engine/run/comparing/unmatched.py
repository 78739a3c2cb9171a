"""Areas that one run has and another has not, and what the other says of their land."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_engine.model import STATUS_OFF_AREA, StatusBit
from geo_engine.run.comparing.recorded import RecordedRun, RecordedSite
from geo_engine.run.places.land.cells import blocking

__all__ = ["Unmatched", "explain_absence"]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An area of one run without a counterpart in the other.

    Parameters
    ----------
    site_id, name : str
        Of the area.
    rank : int
        In the run that has it.
    score : float
        In that run, 0 to 100.
    reason : str
        ``"rule"``, ``"unknown"``, ``"off the area"``, ``"score"``, ``"spacing"`` or ``"search"``: why the other run has it not.
    detail : str
        One sentence with the numbers.
    """

    site_id: str
    name: str
    rank: int
    score: float
    reason: str
    detail: str


def explain_absence(site: RecordedSite, other: RecordedRun) -> tuple[str, str]:
    """Say why a run has no area where another run has one: reason and sentence.

    The other run's own mask and surface are asked at the cells of the area: a rule or the unknown comes first, then a score below
    that of the last area where as many were found as asked for, then an area of the other run that is too near; otherwise the search
    has shaped its areas in another way.
    """
    grid = other.grid
    rows, cols = grid.cells_at(site.eastings, site.northings)
    held = grid.holds(rows, cols)
    status = np.full(rows.shape, STATUS_OFF_AREA, np.uint32)
    status[held] = other.status[rows[held], cols[held]]
    off = float((status == STATUS_OFF_AREA).mean())
    if off > 0:
        return "off the area", f"{off:.0%} of it lies off the area of the other run"
    blocked = blocking(status)
    if blocked.any():
        return _blocked(blocked, other)
    score, search = _mean(other, site), other.record["study"]["sites"]
    last = min((_mean(other, found) for found in other.sites), default=float("-inf"))
    if score < last and len(other.sites) >= search["count"]:
        return "score", f"it scores {score:.1f} there, and the last of the {len(other.sites)} areas {last:.1f}"
    for found in other.sites:
        away = float(np.hypot(np.subtract.outer(site.eastings, found.eastings), np.subtract.outer(site.northings, found.northings)).min())
        if away < search["spacing"]:
            detail = f"{away / 1000:.1f} km from rank {found.rank} ({found.name}); {search['spacing'] / 1000:g} km asked for"
            return "spacing", f"it scores {score:.1f} there and lies {detail}"
    return "search", f"it scores {score:.1f} there, and areas were grown otherwise"


def _mean(run: RecordedRun, site: RecordedSite) -> float:
    """Give a run's mean score of cells that lie on its grid."""
    rows, cols = run.grid.cells_at(site.eastings, site.northings)
    return float(run.score[rows, cols].mean(dtype=np.float64))


def _blocked(blocked: NDArray[np.uint32], other: RecordedRun) -> tuple[str, str]:
    rules = [rule["name"] for rule in other.record["study"]["constraints"] if not rule["force"]]
    bits = {name: StatusBit.FIRST_RULE + number for number, name in enumerate(rules)}
    shares = {name: float((blocked >> np.uint32(bit) & np.uint32(1)).mean()) for name, bit in bits.items()}
    failed = [f"{share:.0%} of it fails '{name}'" for name, share in shares.items() if share > 0]
    return ("rule", "; ".join(failed)) if failed else ("unknown", "a criterion's value is unknown in the other run")
