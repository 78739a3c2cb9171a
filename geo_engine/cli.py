"""The command line: verbs, no logic."""

from __future__ import annotations

import io
import json
import math
import os
import sys
import unicodedata
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from geo_engine.errors import GeoEngineError, RunError
from geo_engine.units import format_quantity, parse_quantity

if TYPE_CHECKING:
    from geo_engine import run as engine
else:

    class _Engine:
        """The run room, loaded at the first use: its libraries take seconds, which --help need not wait for."""

        def __getattr__(self, name: str) -> object:
            return getattr(import_module("geo_engine.run"), name)

    engine = _Engine()

__all__ = ["main"]

P = ParamSpec("P")
T = TypeVar("T")
OUT = Console(width=None if sys.stdout.isatty() else 160, emoji=False)  # a pipe or a log has no width of its own
ERR = Console(stderr=True, emoji=False)
STUDY = click.argument("study", type=click.Path(path_type=Path))
RUN = click.argument("run", type=click.Path(path_type=Path))
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
WORKERS = click.option(
    "--workers", type=click.IntRange(1, 256), default=None, help="Threads; as many as cores by default. The answer is the same."
)


_SHORT_CELL = 15
_WIDE = 120  # columns of a terminal that show where each figure comes from beside it


class _Length(click.ParamType[float]):
    name = "length"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - click's own signature
        try:
            metres = parse_quantity(value, "length")
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if metres <= 0:
            self.fail(f"'{value}' is not a length above 0", param, ctx)
        return metres


def _verb(function: Callable[P, T]) -> Callable[P, T]:
    """Turn the engine's errors into one clear text and an exit code."""

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except GeoEngineError as error:
            name = type(error).__name__
            for fault in error.faults:
                ERR.print(f"[bold red]{name}[/]: {escape(_plain(str(fault)))}", highlight=False, soft_wrap=True)
            raise click.exceptions.Exit(error.exit_code) from None
        except (MemoryError, OSError) as error:
            ERR.print(f"[bold red]RunError[/]: {escape(_plain(str(error)) or type(error).__name__)}", highlight=False, soft_wrap=True)
            raise click.exceptions.Exit(RunError.exit_code) from None
        except KeyboardInterrupt:
            ERR.print("Stopped. The last good outputs are left as they were.", highlight=False)
            raise click.exceptions.Exit(130) from None

    return guarded


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="geo-engine")
def main() -> None:
    """Rank co-location sites: weighted overlay, network distance, maps that explain themselves.

    A workspace is a folder with layers/ and studies/. Try:

    \b
      geo-engine run studies/gigafactory.toml
      geo-engine explain outputs/gigafactory/great-britain 1
    """  # noqa: D301 - click takes the control character itself for "do not wrap"
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that cannot show a letter is no reason to fall over
            stream.reconfigure(errors="backslashreplace")


@main.command()
@click.argument("directory", type=click.Path(path_type=Path))
@_verb
def new(directory: Path) -> None:
    """Make a small workspace in DIRECTORY that runs, to start from."""
    study = engine.new_workspace(directory)
    _say(f"Made {directory}. Run it with: geo-engine run {study}")


@main.command()
@STUDY
@click.option("--region", default=None, help="A region's slug or name; the whole area by default.")
@click.option("--cell", type=_Length(), default=None, help='Side of a cell, as in "100 m", instead of the study\'s.')
@WORKERS
@AS_JSON
@_verb
def check(study: Path, region: str | None, cell: float | None, workers: int | None, as_json: bool) -> None:  # noqa: FBT001 - click flag
    """Find all faults of STUDY, or show what it means and what it will take."""
    threads = workers or engine.default_workers()
    question = engine.read_study(study)
    plan = engine.make_plan(question, region, engine.SilentReporter(), workers=threads, cell=cell)
    report = engine.check_plan(plan, workers=threads)
    if as_json:
        _print_json(report, Path.cwd())
        return
    _head(f"{question.title}, {plan.region_title}")
    _table(
        "Criteria",
        ["criterion", "weight", "measured", "worth", "unknown"],
        [[r.name, r.weight, r.measured, r.worth, r.unknown] for r in report.criteria],
    )
    _table("Rules", ["rule", "keep", "distance", ""], [[r.name, r.measured, r.worth, r.unknown] for r in report.rules])
    _table(
        f"Needs of {question.facility.capacity:g} {question.facility.unit}",
        ["need", "total", "range", "source"],
        [list(row) for row in report.needs],
    )
    forecast = report.forecast
    lines = [
        f"Grid: {report.grid}",
        f"Sites: {report.sites}",
        *report.decision,
        f"Expected: {forecast.memory / 1e9:.1f} GB of memory ({forecast.available / 1e9:.1f} GB free)",
        f"Expected: {forecast.disk / 1e6:,.0f} MB of disk at most, about {forecast.seconds:.0f} s with {threads} workers",
        "Not tested: " + ("; ".join(report.gaps) or "nothing declared"),
        *(f"Default: {text}" for text in report.defaults),
        *(f"Warning: {text}" for text in report.warnings),
    ]
    for line in lines:
        _say(line)


@main.command()
@STUDY
@click.option("--region", "regions", multiple=True, help="A region's slug or name; may be given again. The whole area by default.")
@click.option("--cell", type=_Length(), default=None, help='Side of a cell, as in "100 m", instead of the study\'s.')
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Folder for the outputs, instead of outputs/STUDY/REGION.")
@WORKERS
@AS_JSON
@_verb
def run(study: Path, regions: tuple[str, ...], cell: float | None, out: Path | None, workers: int | None, as_json: bool) -> None:  # noqa: FBT001 - click flag
    """Score the land, locate and rank areas, and write map, tables and rasters."""
    if out is not None and len(regions) > 1:
        msg = "--out takes one region"
        raise click.UsageError(msg)
    question = engine.read_study(study)
    engine.find_regions(question, regions)
    documents: list[object] = []
    for region in regions or (None,):
        with engine.reporter_for(ERR, quiet=as_json) as reporter:
            outcome = engine.run_study(question, region=region, cell=cell, out=out, workers=workers, reporter=reporter)
        if as_json:
            best = engine.best_table(outcome.result)
            documents.append({"folder": str(outcome.folder), "best": best, "timings": dict(outcome.timings)})
            continue
        _show_best(outcome)
    if as_json:
        _print_json(documents if len(documents) > 1 else documents[0], Path.cwd())


def _show_best(outcome: engine.RunOutcome) -> None:
    rows = engine.best_table(outcome.result)
    result = outcome.result
    if rows:
        _table(
            f"The {len(rows)} best areas of search, {result.region_title} (score: match to these weights, 0 to 100)",
            list(rows[0]),
            [list(row.values()) for row in rows],
        )
    else:
        _say("No area was found.")
    land = result.hectares
    share = land["free"] / land["land"]
    _say(f"{land['land'] / 1e2:,.0f} km² of land, {share:.0%} of it free of the rules tested.")
    for text in (*result.ranking.notes, engine.gaps_sentence(result.study)):
        if text:
            _say(text)
    _say(f"Map: {_short(outcome.folder / 'map.html')}")


@main.command(name="explain", context_settings={"ignore_unknown_options": True})  # -1.47,54.92 is a place, not an option
@RUN
@click.argument("place", metavar="SITE|LON,LAT")
@WORKERS
@AS_JSON
@_verb
def explain_command(run: Path, place: str, workers: int | None, as_json: bool) -> None:  # noqa: FBT001 - click flag
    """Say why a site (rank, id or name) or a place (LON,LAT in degrees) scores what it scores.

    A place west of Greenwich is typed as it is:  geo-engine explain RUN -1.47,54.92
    """
    stored = _open(run, workers, quiet=as_json)
    answer = engine.explain(stored, place)
    if as_json:
        _print_json(answer, Path.cwd())
        return
    rank = f", rank {answer.rank}" if answer.rank else ""
    _head(f"{answer.where} ({answer.region or 'outside every region'}) {answer.grid_ref}")
    better = f"better than {_percentile(answer.percentile)} % of scored land"
    _say(f"Score {_number(answer.score)} of 100{rank}; {better}. Status: {answer.status}.")
    rows = [
        [
            p.criterion,
            format_quantity(p.value, p.unit) + (f", {s.nearest}" if s.nearest else ""),
            _number(p.utility, 2),
            f"{p.weight:.1%}",
            _number(p.points),
            f"{s.title}, {s.publisher}",
            s.vintage,
            s.accuracy,
        ]
        for p, s in zip(answer.contributions, answer.sources, strict=True)
    ]
    rows.append(["Sum", "", "", "100 %", _number(answer.score), "", "", ""])
    columns = ["criterion", "value", "utility", "weight", "points", "source", "vintage", "accuracy"]
    if OUT.width >= _WIDE:
        _table("Contributions", columns, rows)
    else:
        _table("Contributions", columns[:5], [row[:5] for row in rows])
        for text in dict.fromkeys(f"Source: {row[5]}; {row[6]}; accuracy {row[7]}" for row in rows[:-1]):
            _say(text)
    _say(answer.reason)
    _say(engine.gaps_sentence(stored.study))


@main.command()
@RUN
@click.argument("file", type=click.Path(path_type=Path))
@WORKERS
@AS_JSON
@_verb
def score(run: Path, file: Path, workers: int | None, as_json: bool) -> None:  # noqa: FBT001 - click flag
    """Score rivals from FILE: CSV with name, lon, lat, or any vector file of points or polygons."""
    stored = _open(run, workers, quiet=as_json)
    answers = engine.ask_file(stored, file)
    if as_json:
        _print_json({"rivals": answers}, Path.cwd())
        return
    count = len(stored.sites)
    rows = [[a.name, _number(a.score), _percentile(a.percentile), _rank(a.rank, count), a.status, a.reason] for a in answers]
    _table("Rivals", ["name", "score", "percentile", "rank among the areas", "status", "reason"], rows)
    _say(engine.gaps_sentence(stored.study))


@main.command()
@RUN
@click.argument("file", type=click.Path(path_type=Path))
@WORKERS
@AS_JSON
@_verb
def backtest(run: Path, file: Path, workers: int | None, as_json: bool) -> None:  # noqa: FBT001 - click flag
    """Tell where the known sites of FILE fall: CSV with name, lon, lat, accuracy_km, or any vector file."""
    stored = _open(run, workers, quiet=as_json)
    test = engine.back_test(stored, file)
    if as_json:
        sites = [
            {"name": a.name, "score": a.score, "percentile": a.percentile, "best_percentile": a.best_percentile, "status": a.status}
            for a in test.sites
        ]
        _print_json({"sites": sites, "median_percentile": test.median_percentile}, Path.cwd())
        return
    rows = [[a.name, _number(a.score), _percentile(a.percentile), _percentile(a.best_percentile), a.status] for a in test.sites]
    _table(
        "Known sites (percentile: share of scored land that scores lower)",
        ["name", "score", "percentile", "best within accuracy", "status"],
        rows,
    )
    _say(f"Median percentile: {_number(test.median_percentile)}")


@main.group()
def layers() -> None:
    """List and show the layers of a workspace."""


@layers.command(name="list")
@click.option("--workspace", type=click.Path(path_type=Path), default=Path(), help="The workspace; this folder by default.")
@AS_JSON
@_verb
def layers_list(workspace: Path, as_json: bool) -> None:  # noqa: FBT001 - click flag
    """List layers with their provenance, and the gaps that no layer covers."""
    view = engine.view_catalogue(workspace)
    if as_json:
        _print_json(view, Path.cwd())
        return
    rows = [
        [n.name, n.geometry, n.publisher, n.licence, n.vintage, n.accuracy.text(), ", ".join(view.used_by[n.name])] for n in view.layers
    ]
    _table("Layers", ["layer", "kind", "publisher", "licence", "vintage", "accuracy", "used by"], rows)
    _table(
        "Gaps: what no layer covers", ["gap", "why it matters", "what would close it"], [[g.title, g.why, g.closed_by] for g in view.gaps]
    )
    for text in view.broken_studies:
        _say(f"Study cannot be read: {text}", ERR)


@layers.command(name="show")
@click.argument("name")
@click.option("--workspace", type=click.Path(path_type=Path), default=Path(), help="The workspace; this folder by default.")
@click.option("--crs", default="EPSG:4326", help="CRS to read it in; a metric one shows a network's parts.")
@AS_JSON
@_verb
def layers_show(name: str, workspace: Path, crs: str, as_json: bool) -> None:  # noqa: FBT001 - click flag
    """Show what layer NAME declares and what its data hold."""
    view = engine.show_layer(workspace, name, crs=crs)
    if as_json:
        _print_json(view, Path.cwd())
        return
    layer = view.layer
    _head(f"{layer.title} ({layer.name}): {view.features:,} features, {layer.geometry}")
    texts = [f"{layer.publisher}; {layer.vintage}; {layer.licence}", f"Accuracy: {layer.accuracy.text()}; of the features: {view.accuracy}"]
    texts += [f"Fault: {fault}" for fault in layer.faults] + [f"Repaired: {view.repaired}, without geometry: {view.empty}"]
    texts.append("Bounds in {}: {:.6g}, {:.6g} to {:.6g}, {:.6g}".format(view.crs, *view.bounds))
    if view.network:
        net = view.network
        texts.append(
            f"Network: {net.nodes:,} nodes, {net.edges:,} edges, {net.metres / 1000:,.0f} km, {net.components} parts; "
            f"{net.main_share:.1%} of nodes in the largest"
        )
        texts += [f"Drawn apart, not travelled: {names}" for names in net.broken_off] + [f"Island: {names}" for names in net.islands]
    for text in texts:
        _say(text)
    _table("Columns", ["column", "type", "blank", "example"], [[c, t, str(b), x] for c, t, b, x in view.columns])


def _open(folder: Path, workers: int | None, *, quiet: bool) -> engine.StoredRun:
    with engine.reporter_for(ERR, quiet=quiet) as reporter:
        stored = engine.open_run(folder, reporter, workers=workers or engine.default_workers())
    for name in stored.changed:
        _say(f"Warning: {name} has changed since the run; run the study again.", ERR)
    return stored


def _table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    table = Table(title=escape(title), title_justify="left", title_style="bold", show_lines=False)
    for number, column in enumerate(columns):
        cells = [len(row[number]) for row in rows]
        words = [len(word) for word in column.split()]
        narrow = max([*cells, *words], default=0)  # a short column keeps its width when the terminal is narrow, a long one wraps
        table.add_column(
            escape(column),
            justify="right" if rows and all(_numeric(row[number]) for row in rows) else "left",
            overflow="fold",
            min_width=narrow if narrow <= _SHORT_CELL else None,
        )
    for row in rows:
        table.add_row(*(Text(_plain(cell)) for cell in row))  # escape() would double a backslash at the end
    OUT.print(table)


def _numeric(text: str) -> bool:
    return text.replace(".", "").replace(",", "").replace("%", "").replace("=", "").strip().isdigit()


def _say(text: str, console: Console = OUT) -> None:
    """Print a text as it is: no markup, no colours of rich's own, no wrapping."""
    console.print(_plain(text), highlight=False, markup=False, soft_wrap=True)


def _head(text: str) -> None:
    OUT.print(Text(_plain(text), style="bold"), soft_wrap=True)


def _plain(text: str) -> str:
    """Take control characters out of a text, so that a name cannot steer the terminal."""
    return "".join(character for character in text if character in "\n\t" or unicodedata.category(character) != "Cc")


def _rank(rank: int | None, count: int) -> str:
    return "" if rank is None else str(rank) if rank <= count else f"below all {count}"


def _percentile(value: float) -> str:
    """Round down: 99.96 is not better than all."""
    return _number(value if math.isnan(value) else math.floor(value * 10) / 10)


def _number(value: float, digits: int = 1) -> str:
    return "-" if value != value else f"{value:.{digits}f}"  # noqa: PLR0124 - NaN is not itself


def _print_json(value: object, base: Path) -> None:
    sys.stdout.write(json.dumps(engine.plain(value, base), indent=1, ensure_ascii=False) + "\n")


def _short(path: Path) -> str:
    relative = os.path.relpath(path)
    return relative if not relative.startswith("..") else str(path)


if __name__ == "__main__":
    main()
