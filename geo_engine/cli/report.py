"""The verb that writes reports."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from geo_engine.cli.console import AS_JSON, ERR, WORKERS, Length, engine, print_json, say, verb
from geo_engine.cli.verbs import main

__all__ = ["report"]


_A_PATH = click.Path(path_type=Path)


def _asks(verb_: Callable[..., None]) -> Callable[..., None]:
    """Add what may be asked besides the run to a verb, which gets it as one: `asked`."""

    @click.option("--rivals", type=_A_PATH, default=None, help="Places to answer, a file as for 'score': each gets a sheet.")
    @click.option(
        "--previous", type=_A_PATH, default=None, help="An earlier run, or the folder with those of all regions: what moved since."
    )
    @click.option("--known", type=_A_PATH, default=None, help="Known sites, a file as for 'backtest': where they fall.")
    @functools.wraps(verb_)
    def taking(*args: Any, rivals: Path | None, previous: Path | None, known: Path | None, **options: Any) -> None:  # noqa: ANN401
        verb_(*args, asked=engine.Asked(rivals, previous, known), **options)

    return taking


@main.command()
@click.argument("source", metavar="RUN|STUDY", type=click.Path(path_type=Path))
@click.option("--region", default=None, help="Of a study: a region's slug or name; all regions that were run by default.")
@_asks
@click.option(
    "--previous", type=click.Path(path_type=Path), default=None, help="Folder of an earlier run: the report says what moved since."
)
@click.option("--renew", is_flag=True, help="Of a study: run first what was not run or whose inputs changed; leave alone what is current.")
@click.option("--all", "every", is_flag=True, help="With --renew: every region of the study.")
@click.option("--cell", type=Length(), default=None, help='With --renew: side of a cell, as in "100 m", instead of the study\'s.')
@WORKERS
@AS_JSON
@verb
def report(
    source: Path,
    region: str | None,
    asked: engine.Asked,
    cell: float | None,
    workers: int | None,
    *,
    renew: bool,
    every: bool,
    as_json: bool,
) -> None:
    """Write report.html and report.pdf of finished runs, and an index of the study's regions.

    Examples
    --------
    \b
      geo-engine report outputs/gigafactory/north-east
      geo-engine report studies/gigafactory.toml --region "North East" --rivals rivals.csv
      geo-engine report studies/gigafactory.toml --renew --all
    """  # noqa: D301 - click takes the control character itself for "do not wrap"
    if renew and source.is_dir():
        msg = "--renew takes a study"
        raise click.UsageError(msg)
    threads = workers or engine.default_workers()
    made: list[object] = []
    folders = _renewed(source, region, cell, threads, every=every, quiet=as_json) if renew else engine.find_runs(source, region)
    for folder in folders:
        if renew and engine.is_current(folder, asked.of(folder)):
            say(f"Current: {os.path.relpath(folder / 'report.html')}", ERR)
            continue
        with engine.reporter_for(ERR, quiet=as_json) as reporter:
            files = engine.write_report(folder, reporter, workers=threads, asked=asked.of(folder))
        made.append(files)
        for name in files.changed:
            say(f"Warning: {name} has changed since the run; run the study again.", ERR)
        if not as_json:
            say(f"Report: {os.path.relpath(files.page)} and {files.document.name}")
    if source.is_file():
        page = engine.write_index(engine.read_study(source))
        if not as_json:
            say(f"Index: {os.path.relpath(page)}")
    if as_json:
        print_json({"reports": made}, Path.cwd())


def _renewed(source: Path, region: str | None, cell: float | None, threads: int, *, every: bool, quiet: bool) -> tuple[Path, ...]:
    study = engine.read_study(source)
    folders = []
    for name in engine.regions_of(study) if every else (region,):
        with engine.reporter_for(ERR, quiet=quiet) as reporter:
            folders.append(engine.bring_up_to_date(study, name, reporter, workers=threads, cell=cell))
    return tuple(folders)
