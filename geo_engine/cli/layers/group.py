"""The group of verbs about layers, and the option that they share."""

from __future__ import annotations

from pathlib import Path

import click

from geo_engine.cli.verbs import main

__all__ = ["WORKSPACE", "layers"]

WORKSPACE = click.option("--workspace", type=click.Path(path_type=Path), default=Path(), help="The workspace; this folder by default.")


@main.group()
def layers() -> None:
    """List, show, add, fetch, check and compare the layers of a workspace."""
