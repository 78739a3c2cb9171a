"""The verb that writes reports."""

from __future__ import annotations

import os
from pathlib import Path

import click

from geo_engine.cli.console import AS_JSON, ERR, WORKERS, engine, print_json, say, verb
from geo_engine.cli.verbs import main

__all__ = ["report"]


@main.command()
@click.argument("source", metavar="RUN|STUDY", type=click.Path(path_type=Path))
@click.option("--region", default=None, help="Of a study: a region's slug or name; all regions that were run by default.")
@click.option("--rivals", type=click.Path(path_type=Path), default=None, help="Places to answer, a file as for 'score': each gets a sheet.")
@WORKERS
@AS_JSON
@verb
def report(source: Path, region: str | None, rivals: Path | None, workers: int | None, as_json: bool) -> None:  # noqa: FBT001 - click flag
    """Write report.html and report.pdf of finished runs, and the index of the study's regions.

    Examples
    --------
    \b
      geo-engine report outputs/gigafactory/north-east
      geo-engine report studies/gigafactory.toml --region "North East" --rivals rivals.csv
      geo-engine report studies/gigafactory.toml
    """  # noqa: D301 - click takes the control character itself for "do not wrap"
    made = []
    folders = engine.find_runs(source, region)
    for folder in folders:
        with engine.reporter_for(ERR, quiet=as_json) as reporter:
            files = engine.write_report(folder, reporter, workers=workers or engine.default_workers(), rivals=rivals)
        made.append(files)
        for name in files.changed:
            say(f"Warning: {name} has changed since the run; run the study again.", ERR)
        if not as_json:
            say(f"Report: {os.path.relpath(files.page)} and {files.document.name}")
    if as_json:
        print_json({"reports": made}, Path.cwd())
