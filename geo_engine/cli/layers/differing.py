"""`layers diff`."""

from __future__ import annotations

import math
from pathlib import Path

import click

from geo_engine.cli.console import AS_JSON, ERR, WORKERS, Length, engine, head, print_json, say, table, verb
from geo_engine.cli.layers.group import WORKSPACE, layers

__all__ = ["layers_diff"]

_MOST = 30  # rows of a table on a terminal; --json has all


@layers.command(name="diff")
@click.argument("name")
@click.argument("old")
@click.argument("new")
@click.option("--id", "id_column", default=None, help="Column that names a row, instead of the layer's own.")
@click.option("--tolerance", type=Length(), default="1 m", help="What lies no farther off has not moved.", show_default=True)
@click.option(
    "--run", "folder", type=click.Path(path_type=Path), default=None, help="Tell which areas' ranks in this run the change moves."
)
@WORKSPACE
@WORKERS
@AS_JSON
@verb
def layers_diff(  # noqa: PLR0913, PLR0917 - one parameter an option
    name: str,
    old: str,
    new: str,
    id_column: str | None,
    tolerance: float,
    folder: Path | None,
    workspace: Path,
    workers: int | None,
    as_json: bool,  # noqa: FBT001 - click flag
) -> None:
    """Tell what NEW data change in layer NAME against OLD: rows added, gone, moved, changed, and with --run which ranks that changes."""
    found = engine.diff_layer(workspace, name, old, new, id_column=id_column, tolerance=tolerance)
    ranked = None
    if folder is not None:
        with engine.reporter_for(ERR, quiet=as_json) as reporter:
            ranked = engine.rerank(folder, name, old, new, reporter, workers=workers or engine.default_workers())
    if as_json:
        print_json({"diff": found, "ranks": ranked}, Path.cwd())
        return
    _show(found)
    if ranked is not None:
        _show_ranks(ranked)


def _show(found: engine.LayerDiff) -> None:
    head(f"{found.layer}: {found.old} ({found.rows_old:,} rows) -> {found.new} ({found.rows_new:,} rows), by '{found.id}'")
    say(f"{len(found.added)} added, {len(found.gone)} gone, {len(found.moved)} moved, {len(found.changed)} changed, {found.same} the same")
    for title, names in (("Columns added", found.columns_added), ("Columns gone", found.columns_gone)):
        if names:
            say(f"{title}: {', '.join(names)}")
    rows = [["added", name, ""] for name in found.added] + [["gone", name, ""] for name in found.gone]
    rows += [["moved", row.id, f"{row.metres:,.0f} m" if math.isfinite(row.metres) else "from or to nowhere"] for row in found.moved]
    rows += [
        ["changed", row.id, "; ".join(f"{column}: {old or 'blank'} -> {new or 'blank'}" for column, (old, new) in row.columns.items())]
        for row in found.changed
    ]
    if rows:
        table("Rows", ["what", found.id, "how"], rows[:_MOST])
    if len(rows) > _MOST:
        say(f"{len(rows) - _MOST} more; --json has all")


def _show_ranks(ranked: engine.Reranked) -> None:
    rows = [
        [
            site.name,
            f"{site.rank} -> {site.new_rank}",
            f"{site.score:.2f} -> {site.new_score:.2f}",
            "; ".join(f"{criterion} {points:+.2f}" for criterion, points in site.by_criterion.items()),
            "; ".join(f"{rule} ({share:.0%} of it)" for rule, share in site.fails.items()),
        ]
        for site in ranked.changed
    ]
    if rows:
        table(
            "Areas whose rank that changes, or that fail a rule by it", ["area", "rank", "score", "points by criterion", "now fails"], rows
        )
    say(f"{len(rows)} of {len(ranked.sites)} areas of {ranked.run} have another rank or fail a rule by it.")
    say(ranked.note)
