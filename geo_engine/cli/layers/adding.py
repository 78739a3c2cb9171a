"""`layers add`."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import click

from geo_engine.cli.console import AS_JSON, engine, head, print_json, say, table, verb
from geo_engine.cli.layers.group import WORKSPACE, layers

__all__ = ["layers_add"]


@layers.command(name="add")
@click.argument("source")
@click.option("--name", default=None, help="Name of the layer; made of the source's by default.")
@click.option("--title", default=None, help="What readers see.")
@click.option(
    "--study", type=click.Path(path_type=Path), default=None, help="The study whose area it is held against; by default the first."
)
@click.option("--sublayer", default=None, help="Layer inside the source, where it holds several.")
@click.option("--publisher", default=None, help="Who made the data.")
@click.option("--licence", default=None, help="On which terms.")
@click.option("--vintage", default=None, help="The date that the data speak of.")
@click.option("--accuracy", default=None, help='How far off a position may be: "50 m".')
@click.option("--force", is_flag=True, help="Replace a layer of that name.")
@WORKSPACE
@AS_JSON
@verb
def layers_add(  # noqa: PLR0913, PLR0917 - one parameter an option
    source: str,
    name: str | None,
    title: str | None,
    study: Path | None,
    sublayer: str | None,
    publisher: str | None,
    licence: str | None,
    vintage: str | None,
    accuracy: str | None,
    force: bool,  # noqa: FBT001 - click flag
    workspace: Path,
    as_json: bool,  # noqa: FBT001 - click flag
) -> None:
    """Look at SOURCE, a file or an address, and make a layer of it.

    Writes layers/NAME.toml with what was found, draws it, and prints the criterion to paste into a study. What only a person can tell
    (publisher, licence, vintage, accuracy) is asked on a terminal; unanswered it stays a "?" that a study using the layer asks for.

    \b
      geo-engine layers add ~/Downloads/substations.gpkg
      geo-engine layers add https://example.org/sites.geojson --name sites
    """  # noqa: D301 - click takes the control character itself for "do not wrap"
    answers = {"publisher": publisher, "licence": licence, "vintage": vintage, "accuracy": accuracy}
    if sys.stdin.isatty() and not as_json:
        for key, what in engine.ANSWERS.items():
            if answers[key] is None:
                answers[key] = click.prompt(f"{key} ({what}; Enter if you do not know)", default="", show_default=False, err=True)
    known = {key: answer for key, answer in answers.items() if answer}
    added = engine.add_layer(workspace, source, name=name, title=title, study=study, sublayer=sublayer, answers=known, force=force)
    if as_json:
        print_json(added, Path.cwd())
        return
    _show(added)


def _show(added: engine.Added) -> None:
    look = added.look
    head(f"{added.name}: {look.format}, {look.geometry}, {look.crs or 'no CRS stated'}")
    if look.raster is not None:
        raster = look.raster
        say(f"{raster.columns:,} x {raster.rows:,} cells of {raster.cell:g}, {raster.bands} band(s), {raster.kind}")
        say(f"{raster.blank:.1%} without data")
        say(f"Values {raster.low:.6g} to {raster.high:.6g}, middle {raster.middle:.6g}")
    else:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in (look.kinds or {}).items())
        say(f"{look.features:,} features ({kinds}); {look.empty} without geometry, {look.invalid} broken, {look.duplicates} twice")
        rows = [[c.name, c.kind, str(c.blank), str(c.distinct), c.low, c.high, c.example] for c in look.columns]
        table("Columns", ["column", "type", "blank", "different", "least", "most", "example"], rows)
    if look.bounds:
        say("Bounds: {:.6g}, {:.6g} to {:.6g}, {:.6g}".format(*look.bounds))
    if not math.isnan(added.within):
        what = "of the area is covered" if look.raster is not None else "of the features touch the area"
        say(f"{added.within:.1%} {what} of study '{added.study}'")
    for note in look.notes:
        say(f"Note: {note}")
    say(f"Wrote {engine.plain(added.path, Path.cwd())}")
    if added.questions:
        say(f"Still to answer there: {', '.join(added.questions)}. A study that uses the layer is refused until then.")
    if added.picture is not None:
        say(f"Drawn: {engine.plain(added.picture.path, Path.cwd())}{added.picture.text().removeprefix(str(added.picture.path))}")
    say(f"See what is wrong with it: geo-engine layers check {added.name}")
    say("To paste into a study, with answers in place of each '?':\n")
    say(added.criterion)
