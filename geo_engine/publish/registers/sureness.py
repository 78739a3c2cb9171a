"""``methods.csv``, ``acceptability.csv``, ``pairwise.csv``: each site's rank by every method, and how sure its rank is."""

from __future__ import annotations

from pathlib import Path

from geo_engine.model import Result, Site
from geo_engine.publish.tables import Cell, rounded, write_csv

__all__ = ["write_sureness"]


def write_sureness(result: Result, folder: Path) -> tuple[Path, ...]:
    """Write methods.csv, acceptability.csv and pairwise.csv; their heads alone where nothing was drawn."""
    who = ["rank", "site_id", "name"]
    accepted, wins = _acceptability_rows(result), _pairwise_rows(result)
    return (
        write_csv(folder / "methods.csv", [*who, *result.ranking.methods], _method_rows(result)),
        write_csv(folder / "acceptability.csv", list(accepted[0]) if accepted else who, accepted),
        write_csv(folder / "pairwise.csv", list(wins[0]) if wins else who, wins),
    )


def _method_rows(result: Result) -> list[dict[str, Cell]]:
    """Give one row a site, best first: its rank by the study's own method, then by each method of combining."""
    methods = result.ranking.methods
    return [
        {"rank": site.rank, "site_id": site.site_id, "name": site.name, **{name: ranks[number] for name, ranks in methods.items()}}
        for number, site in enumerate(result.ranking.sites)
    ]


def _acceptability_rows(result: Result) -> list[dict[str, Cell]]:
    """Give one row a site, best first: tier and interval, shares of draws in which it is first and among the ten best, then each rank's.

    ``confidence`` and the central weights (as shares) are blank for a site that never is first.
    """
    found = result.ranking.robustness
    if found is None:
        return []
    ten, rows = found.among(10), []
    for number, site in enumerate(result.ranking.sites):
        row = _who(site)
        row.update(tier=site.tier or None, rank_p05=site.rank_p05, rank_p95=site.rank_p95)
        row.update(first=rounded(found.acceptability[number, 0], 6), among_ten_best=rounded(ten[number], 6))
        row["confidence"] = rounded(found.confidence[number], 6)
        for criterion, weight in zip(result.study.criteria, found.central_weights[number], strict=True):
            row[f"central_weight_{criterion.slug}"] = rounded(weight, 6)
        for rank, share in enumerate(found.acceptability[number].tolist(), start=1):
            row[f"rank_{rank}"] = rounded(share, 6)
        rows.append(row)
    return rows


def _pairwise_rows(result: Result) -> list[dict[str, Cell]]:
    """Give one row a site, best first: the share of draws in which it is better than each site, equal ones counting half."""
    found = result.ranking.robustness
    if found is None or found.winning is None:
        return []
    ids = [site.site_id for site in result.ranking.sites]
    shares = found.winning.tolist()
    return [
        {**_who(site), **{other: rounded(share, 6) for other, share in zip(ids, row, strict=True)}}
        for site, row in zip(result.ranking.sites, shares, strict=True)
    ]


def _who(site: Site) -> dict[str, Cell]:
    return {"rank": site.rank, "site_id": site.site_id, "name": site.name}
