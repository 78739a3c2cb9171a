"""The verb that writes reports."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
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
@click.option("--region", default=None, help="Of a study: slug or name of a region or a district; all regions that were run by default.")
@_asks
@click.option("--renew", is_flag=True, help="Of a study: run first what was not run or whose inputs changed; leave alone what is current.")
@click.option("--all", "every", is_flag=True, help="With --renew: every region of the study.")
@click.option("--cell", type=Length(), default=None, help='With --renew: side of a cell, as in "100 m", instead of the study\'s.')
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, help="With --renew --all: regions at once, at most; fewer where memory is short."
)
@WORKERS
@AS_JSON
@verb
def report(  # noqa: PLR0913 - one parameter an option
    source: Path,
    region: str | None,
    asked: engine.Asked,
    cell: float | None,
    workers: int | None,
    jobs: int,
    *,
    renew: bool,
    every: bool,
    as_json: bool,
) -> None:
    """Write report.html and report.pdf of finished runs, and an index of the study's regions.

    \b
      geo-engine report outputs/gigafactory/north-east
      geo-engine report studies/gigafactory.toml --region "North East" --rivals rivals.csv
      geo-engine report studies/gigafactory.toml --renew --all
    """  # noqa: D301 - click takes the control character itself for "do not wrap"
    if renew and source.is_dir():
        msg = "--renew takes a study"
        raise click.UsageError(msg)
    threads = workers or engine.default_workers()
    made: list[engine.ReportFiles] = []
    tell = functools.partial(engine.reporter_for, ERR, quiet=as_json)
    if renew:
        study = engine.read_study(source)
        names = engine.regions_of(study) if every else (region,)
        done = engine.renew_reports(study, names, asked, tell, jobs=jobs, workers=threads, cell=cell, quiet=as_json)
    else:
        done = (_written(folder, asked, tell, threads) for folder in engine.find_runs(source, region))
    for each in done:
        _tell(each, quiet=as_json)
        made += [each.files] if each.files else []
    if source.is_file():
        _write_index(source, quiet=as_json)
    if as_json:
        print_json({"reports": sorted(made, key=lambda files: files.page)}, Path.cwd())


def _tell(renewed: engine.Renewed, *, quiet: bool) -> None:
    if renewed.files is None:
        say(f"Current: {os.path.relpath(renewed.folder / 'report.html')}", ERR)
        return
    for name in renewed.files.changed:
        say(f"Warning: {name} has changed since the run; run the study again.", ERR)
    if not quiet:
        say(f"Report: {os.path.relpath(renewed.files.page)} and {renewed.files.document.name}")


def _write_index(study: Path, *, quiet: bool) -> None:
    page, left_out = engine.write_index(engine.read_study(study))
    if left_out:
        say(f"Warning: not in the index: {', '.join(left_out)}, which an earlier version left or which lack files; run them again.", ERR)
    if not quiet:
        say(f"Index: {os.path.relpath(page)}")


def _written(
    folder: Path, asked: engine.Asked, tell: Callable[[], AbstractContextManager[engine.Reporter]], threads: int
) -> engine.Renewed:
    with tell() as reporter:
        return engine.Renewed(folder, engine.write_report(folder, reporter, workers=threads, asked=asked.of(folder)))
