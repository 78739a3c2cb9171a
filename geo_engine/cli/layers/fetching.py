"""The verb that fetches: what layers have behind addresses is copied here, because somebody asked."""

from __future__ import annotations

from pathlib import Path

import click

from geo_engine.cli.console import AS_JSON, engine, print_json, say, verb
from geo_engine.cli.layers.group import WORKSPACE, layers

__all__ = ["layers_fetch"]


@layers.command(name="fetch")
@click.argument("names", nargs=-1)
@WORKSPACE
@click.option("--limit", type=float, default=5000.0, show_default=True, help="Megabytes that one file may have.")
@click.option("--patience", type=float, default=30.0, show_default=True, help="Seconds without a byte after which a server is given up.")
@click.option("--offline", is_flag=True, help="Ask no server; say what is missing.")
@AS_JSON
@verb
def layers_fetch(names: tuple[str, ...], workspace: Path, limit: float, patience: float, offline: bool, as_json: bool) -> None:  # noqa: FBT001 - click flags
    """Fetch what layers NAMES (all of them by default) have behind web addresses; runs read the copies."""
    found = engine.fetch_layers(workspace, names, megabytes=limit, patience=patience, offline=offline)
    if as_json:
        print_json(found, Path.cwd())
        return
    for name, fetched in found.items():
        for one in fetched:
            say(f"{name}: {one.size / 1e6:,.1f} MB from {one.address}{', changed since it was last fetched' if one.changed else ''}")
            say(f"  {one.path}")
    if not any(found.values()):
        say("Nothing to fetch: all data are here.")
