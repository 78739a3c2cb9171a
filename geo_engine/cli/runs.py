"""The verb that tells what a run will do, and the table of where its time went."""

from __future__ import annotations

from pathlib import Path

import click

from geo_engine.cli.console import AS_JSON, CACHE, SCENARIO, STUDY, WORKERS, Length, engine, head, print_json, say, table, verb
from geo_engine.cli.verbs import main

__all__ = ["plan"]


@main.command()
@STUDY
@click.option(
    "--region", default=None, help="Slug or name of a region, or of a district where the study has these; the whole area by default."
)
@click.option("--cell", type=Length(), default=None, help='Side of a cell, as in "100 m", instead of the study\'s.')
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Folder of the outputs, instead of outputs/STUDY/REGION.")
@SCENARIO
@WORKERS
@CACHE
@AS_JSON
@verb
def plan(
    study: Path,
    region: str | None,
    cell: float | None,
    out: Path | None,
    scenario: str | None,
    workers: int | None,
    cache: float | None,
    as_json: bool,  # noqa: FBT001 - click flag
) -> None:
    """Tell what a run of STUDY will do and why: stages, tiles, what is stored, what has changed since the last run. Computes nothing.

    \b
      geo-engine plan studies/gigafactory.toml --region north-east
    """  # noqa: D301 - click takes the control character itself for "do not wrap"
    threads = workers or engine.default_workers()
    question = engine.with_scenario(engine.read_study(study), scenario)
    found = engine.plan_run(question, region=region, cell=cell, out=out, workers=threads, cache=cache)
    if as_json:
        print_json(found, Path.cwd())
        return
    head(f"{found.study}, {found.region}")
    say(found.verdict)
    for text in found.differences:
        say(f"  {text}")
    moved = [each for each in found.inputs if each.state in {"changed", "new", "gone"}]
    if moved:
        table(
            "Files that are not what the last run read",
            ["file", "state", "used by"],
            [[m.file, m.state, "; ".join(m.used_by)] for m in moved],
        )
    table("Stages", ["stage", "what", "why"], [[stage.title, stage.what, stage.why] for stage in found.stages])
    if found.networks:
        rows = [[each.name, "read as stored" if each.stored else "built", each.why] for each in found.networks]
        table("Networks", ["network", "will be", "why"], rows)
    if found.surfaces:
        rows = [[each.name, f"{each.tiles:,} of {each.of:,}", each.why] for each in found.surfaces]
        table("Criteria and rules that were measured before", ["criterion", "tiles taken up", "why"], rows)
    land = f"{found.tiles_with_land:,} of them with land; the others cost nothing"
    say(f"Grid: {found.cells:,} cells in {found.tiles:,} tiles of {found.tile_side} x {found.tile_side} cells, {land}.")
    forecast = found.forecast
    disk = f"{forecast.disk / 1e6:,.0f} MB of disk at most"
    say(f"Expected: {forecast.memory / 1e9:.1f} GB of memory, {disk}, about {forecast.seconds:.0f} s with {threads} workers.")
    say(f"Files: {len(found.inputs)} read. Outputs: {found.folder}")
