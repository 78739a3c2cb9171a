"""The verbs that check, run and ask studies; no logic."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import click

from geo_engine.cli.answers import MARKS, show_back_test, show_change, show_profile, show_readiness, show_rivals, show_sureness
from geo_engine.cli.console import (
    AS_JSON,
    CACHE,
    ERR,
    OUT,
    RUN,
    SCENARIO,
    STUDY,
    WORKERS,
    Length,
    engine,
    head,
    number,
    percentile,
    print_json,
    say,
    table,
    verb,
)
from geo_engine.units import format_quantity

__all__ = ["main"]

_WIDE = 120  # columns of a terminal that show where each figure comes from beside it


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
@verb
def new(directory: Path) -> None:
    """Make a small workspace in DIRECTORY that runs, to start from.

    \b
      geo-engine new my-study
    """  # noqa: D301 - click takes the control character itself for "do not wrap"
    study = engine.new_workspace(directory)
    say(f"Made {directory}. Run it with: geo-engine run {study}")


@main.command()
@STUDY
@click.option(
    "--region", default=None, help="Slug or name of a region, or of a district where the study has these; the whole area by default."
)
@click.option("--cell", type=Length(), default=None, help='Side of a cell, as in "100 m", instead of the study\'s.')
@SCENARIO
@WORKERS
@AS_JSON
@verb
def check(study: Path, region: str | None, cell: float | None, scenario: str | None, workers: int | None, as_json: bool) -> None:  # noqa: FBT001 - click flag
    """Find all faults of STUDY, or show what it means and what it will take.

    \b
      geo-engine check studies/gigafactory.toml --cell "25 m"
    """  # noqa: D301 - click takes the control character itself for "do not wrap"
    threads = workers or engine.default_workers()
    question = engine.with_scenario(engine.read_study(study), scenario)
    outputs = engine.default_folder(question, question.area_slug)
    plan = engine.make_plan(question, region, engine.SilentReporter(), workers=threads, cell=cell, disk=outputs)
    report = engine.check_plan(plan, workers=threads)
    if as_json:
        print_json(report, Path.cwd())
        return
    head(f"{question.title}, {plan.region_title}")
    table(
        "Criteria",
        ["criterion", "weight", "measured", "worth", "unknown"],
        [[r.name, r.weight, r.measured, r.worth, r.unknown] for r in report.criteria],
    )
    table("Rules", ["rule", "keep", "distance", ""], [[r.name, r.measured, r.worth, r.unknown] for r in report.rules])
    if report.connection:
        table("Connection", ["name", "what", "counts", ""], [[r.name, r.measured, r.worth, r.unknown] for r in report.connection])
    table(
        f"Needs of {question.facility.capacity:g} {question.facility.unit}",
        ["need", "total", "range", "source"],
        [list(row) for row in report.needs],
    )
    if report.readiness:
        table("Needs that are tested, and readiness", ["name", "told by", "marks", ""], [list(row) for row in report.readiness])
    forecast = report.forecast
    lines = [
        f"Grid: {report.grid}",
        f"Sites: {report.sites}",
        *report.decision,
        *(f"Scenario {name}: {each.title}. {each.why}" for name, each in question.scenarios.items()),
        f"Expected: {forecast.memory / 1e9:.1f} GB of memory ({forecast.available / 1e9:.1f} GB free)",
        f"Expected: {forecast.disk / 1e6:,.0f} MB of disk at most ({forecast.room / 1e9:.1f} GB free)",
        f"Expected: about {forecast.seconds:.0f} s with {threads} workers",
        *(["Large: each tile is stored when it is finished, and a run that was stopped goes on from there"] if forecast.stored else []),
        "Not tested: " + ("; ".join(report.gaps) or "nothing declared"),
        *(f"Default: {text}" for text in report.defaults),
        *(f"Warning: {text}" for text in report.warnings),
    ]
    for line in lines:
        say(line)


@main.command()
@STUDY
@click.option(
    "--region",
    "regions",
    multiple=True,
    help="Slug or name of a region, or of a district where the study has these; may be given again. The whole area by default.",
)
@click.option("--cell", type=Length(), default=None, help='Side of a cell, as in "100 m", instead of the study\'s.')
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Folder for the outputs, instead of outputs/STUDY/REGION.")
@SCENARIO
@WORKERS
@click.option("--dask", default=None, metavar="ADDRESS", help="Let a cluster score the land: local:4, or tcp://HOST:PORT of a scheduler.")
@click.option("--fresh", is_flag=True, help="Begin anew: take up neither finished tiles of a run that was stopped nor measured criteria.")
@CACHE
@click.option("--profile", is_flag=True, help="Show where time and memory go; timings.json holds it too.")
@AS_JSON
@verb
def run(  # noqa: PLR0913, PLR0917 - one parameter an option
    study: Path,
    regions: tuple[str, ...],
    cell: float | None,
    out: Path | None,
    scenario: str | None,
    workers: int | None,
    dask: str | None,
    fresh: bool,  # noqa: FBT001 - click flag
    cache: float | None,
    profile: bool,  # noqa: FBT001 - click flag
    as_json: bool,  # noqa: FBT001 - click flag
) -> None:
    """Score the land, locate and rank areas, and write map, tables and rasters.

    \b
      geo-engine run studies/gigafactory.toml
      geo-engine run studies/gigafactory.toml --region north-east --cell "100 m"
      geo-engine run studies/gigafactory.toml --region Wales --region Scotland --scenario NAME
    """  # noqa: D301 - click takes the control character itself for "do not wrap"
    if out is not None and len(regions) > 1:
        msg = "--out takes one region"
        raise click.UsageError(msg)
    question = engine.with_scenario(engine.read_study(study), scenario)
    engine.find_regions(question, regions)
    documents: list[object] = []
    for region in regions or (None,):
        with engine.reporter_for(ERR, quiet=as_json) as reporter:
            outcome = engine.run_study(
                question,
                region=region,
                cell=cell,
                out=out,
                workers=workers,
                reporter=reporter,
                profile=profile,
                dask=dask,
                fresh=fresh,
                cache=cache,
            )
        if as_json:
            best = engine.best_table(outcome.result)
            profiled = {"profile": outcome.profile.document()} if outcome.profile else {}
            documents.append({"folder": str(outcome.folder), "best": best, "timings": dict(outcome.timings), **profiled})
            continue
        _show_best(outcome)
        if outcome.profile is not None:
            show_profile(outcome.profile)
    if as_json:
        print_json(documents if len(documents) > 1 else documents[0], Path.cwd())


def _show_best(outcome: engine.RunOutcome) -> None:
    rows = engine.best_table(outcome.result)
    result = outcome.result
    if rows:
        table(
            f"The {len(rows)} best {result.study.sites.noun}, {result.region_title} (score: match to these weights, 0 to 100)",
            list(rows[0]),
            [list(row.values()) for row in rows],
            MARKS,
        )
    else:
        say("No site passes." if result.study.sites.candidates else "No area was found.")
    land = result.hectares
    share = land["free"] / land["land"]
    say(f"{land['land'] / 1e2:,.0f} km² of land, {share:.0%} of it free of the rules tested.")
    best = [f"{result.ranking.sites[0].name}. {engine.needs_sentence(result.ranking.needs[0])}"] if result.ranking.sites else []
    best += [f"Readiness of the best area: {found.said}." for found in result.ranking.readiness[:1]]
    for text in (*best, engine.near_miss_sentence(result), *result.ranking.notes, engine.gaps_sentence(result.study)):
        if text:
            say(text)
    say(f"Map: {_short(outcome.folder / 'map.html')}")


@main.command(name="explain", context_settings={"ignore_unknown_options": True})  # -1.47,54.92 is a place, not an option
@RUN
@click.argument("place", metavar="SITE|LON,LAT")
@WORKERS
@AS_JSON
@verb
def explain_command(run: Path, place: str, workers: int | None, as_json: bool) -> None:  # noqa: FBT001 - click flag
    """Say why a site (rank, id or name) or a place (LON,LAT in degrees) scores what it scores.

    A place west of Greenwich is typed as it is.

    \b
      geo-engine explain outputs/gigafactory/great-britain 1
      geo-engine explain outputs/gigafactory/north-east -1.47,54.92
    """  # noqa: D301 - click takes the control character itself for "do not wrap"
    stored = _open(run, workers, quiet=as_json)
    answer = engine.explain(stored, place)
    if as_json:
        print_json(answer, Path.cwd())
        return
    rank = f", rank {answer.rank}" if answer.rank else ""
    head(f"{answer.where} ({answer.region or 'outside every region'}) {answer.grid_ref}")
    better = f"better than {percentile(answer.percentile)} % of scored land"
    say(f"Score {number(answer.score)} of 100{rank}; {better}. Status: {answer.status}.")
    if answer.sureness is not None:
        show_sureness(answer.sureness)
    rows = [
        [
            p.criterion,
            format_quantity(p.value, p.unit) + (f", {s.nearest}" if s.nearest else ""),
            number(p.utility, 2),
            f"{p.weight:.1%}",
            number(p.points),
            f"{s.title}, {s.publisher}",
            s.vintage,
            s.accuracy,
        ]
        for p, s in zip(answer.contributions, answer.sources, strict=True)
    ]
    rows.append(["Sum", "", "", "100 %", number(answer.score), "", "", ""])
    columns = ["criterion", "value", "utility", "weight", "points", "source", "vintage", "accuracy"]
    if OUT.width >= _WIDE:
        table("Contributions", columns, rows)
    else:
        table("Contributions", columns[:5], [row[:5] for row in rows])
        for text in dict.fromkeys(f"Source: {row[5]}; {row[6]}; accuracy {row[7]}" for row in rows[:-1]):
            say(text)
    say(answer.reason)
    if answer.change is not None:
        show_change(answer.change)
    show_readiness(answer)
    say(engine.gaps_sentence(stored.study))


@main.command()
@RUN
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--within", type=Length(), default=None, help='Look for the best area so far about each point, as in "2 km".')
@WORKERS
@AS_JSON
@verb
def score(run: Path, file: Path, within: float | None, workers: int | None, as_json: bool) -> None:  # noqa: FBT001 - click flag
    """Score rivals from FILE: CSV with name and lon, lat or easting, northing, or any vector file of points or polygons.

    A point is judged at its place alone; the best area about it is looked for within its accuracy_km, or --within. A polygon is judged
    by its own cells, as the plots of a study are.

    \b
      geo-engine score outputs/gigafactory/great-britain rivals.csv --within "5 km"
    """  # noqa: D301 - click takes the control character itself for "do not wrap"
    stored = _open(run, workers, quiet=as_json)
    answers = engine.ask_file(stored, file, within=within)
    if as_json:
        print_json({"rivals": answers}, Path.cwd())
        return
    show_rivals(answers, len(stored.sites), stored.study.sites.noun)
    say(engine.gaps_sentence(stored.study))


@main.command()
@RUN
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--comparable", is_flag=True, help="Show each site against comparable land too, as [backtest] in the study says it.")
@click.option("--plot", type=click.Path(path_type=Path), default=None, help="Draw which share of the sites the best land holds: FILE.svg.")
@WORKERS
@AS_JSON
@verb
def backtest(run: Path, file: Path, comparable: bool, plot: Path | None, workers: int | None, as_json: bool) -> None:  # noqa: FBT001 - click flag
    """Tell where the known sites of FILE fall: CSV with name, lon, lat, accuracy_km, or any vector file.

    \b
      geo-engine backtest outputs/gigafactory/great-britain sites.csv
    """  # noqa: D301 - click takes the control character itself for "do not wrap"
    stored = _open(run, workers, quiet=as_json)
    test = engine.back_test(stored, file, need_comparable=comparable)
    if plot is not None:
        engine.plot_back_test(stored, test, plot)
    if as_json:
        print_json(test.document(), Path.cwd())
        return
    show_back_test(test, comparable=comparable)


@main.command()
@click.argument("first", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("second", metavar="RUN", type=click.Path(path_type=Path))
@AS_JSON
@verb
def compare(first: Path, second: Path, as_json: bool) -> None:  # noqa: FBT001 - click flag
    """Tell which areas moved from the first RUN to the second, by how much, and which input did it.

    \b
      geo-engine compare outputs/gigafactory/wales outputs/gigafactory/wales@SCENARIO
    """  # noqa: D301 - click takes the control character itself for "do not wrap"
    found = engine.compare_runs(first, second)
    if as_json:
        print_json(found, Path.cwd())
        return
    head(f"{found.first} -> {found.second}")
    rows = [
        [
            area.name,
            f"{area.rank} -> {area.other_rank}",
            f"{area.score:.1f} -> {area.other_score:.1f}",
            f"{area.change:+.2f}",
            *(f"{points:+.2f}" for points in area.by_input.values()),
            f"{area.criterion} {area.by_criterion[area.criterion]:+.2f}" if area.criterion else "",
            "" if area.same_cells else "other cells",
        ]
        for area in found.moved
    ]
    columns = ["area", "rank", "score", "change", "weights", "values", "data", "method", "most by criterion", ""]
    table("Areas of both runs (points of the change by input; they add up)", columns, rows)
    for title, areas in (("Only in the first run", found.gone), ("Only in the second run", found.new)):
        if areas:
            table(
                title,
                ["area", "rank", "score", "reason", "in the other run"],
                [[a.name, str(a.rank), f"{a.score:.1f}", a.reason, a.detail] for a in areas],
            )
    if found.inputs_changed:
        say(f"Inputs that are not the same: {', '.join(found.inputs_changed)}")


def _open(folder: Path, workers: int | None, *, quiet: bool) -> engine.StoredRun:
    with engine.reporter_for(ERR, quiet=quiet) as reporter:
        stored = engine.open_run(folder, reporter, workers=workers or engine.default_workers())
    for name in stored.changed:
        say(f"Warning: {name} has changed since the run; run the study again.", ERR)
    return stored


def _short(path: Path) -> str:
    relative = os.path.relpath(path)
    return relative if not relative.startswith("..") else str(path)
