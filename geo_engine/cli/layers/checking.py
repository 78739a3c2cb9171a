"""`layers check`."""

from __future__ import annotations

from pathlib import Path

import click

from geo_engine.cli.console import AS_JSON, engine, print_json, say, table, verb
from geo_engine.cli.layers.group import WORKSPACE, layers
from geo_engine.errors import LayerError

__all__ = ["layers_check"]


@layers.command(name="check")
@click.argument("name", required=False)
@click.option(
    "--study", type=click.Path(path_type=Path), default=None, help="Hold layers against its area, not that of the study using them."
)
@click.option("--strict", is_flag=True, help="Warnings count as faults too.")
@WORKSPACE
@AS_JSON
@verb
def layers_check(name: str | None, study: Path | None, strict: bool, workspace: Path, as_json: bool) -> None:  # noqa: FBT001 - click flags
    """Find what is wrong with layer NAME, or with every layer: positions, shapes, columns, units, provenance.

    Ends with 0 where there is no error and 3 where there is one; a warning counts with --strict. A fault that is known and lived
    with stands in the layer's file, as in accepted = { same_place = "twins share a point" }.
    """
    checked = engine.check_layers(workspace, name, study=study)
    faults = sum(each.errors + (each.warnings if strict else 0) for each in checked)
    if as_json:
        rows = [
            {"layer": each.name, "against": each.study, "level": found.level, **engine.plain(found, Path.cwd())}
            for each in checked
            for found in each.findings
        ]
        print_json(
            {"layers": [each.name for each in checked], "errors": sum(each.errors for each in checked), "findings": rows}, Path.cwd()
        )
    else:
        _show(checked)
    if faults:
        raise click.exceptions.Exit(LayerError.exit_code)


def _show(checked: tuple[engine.CheckedLayer, ...]) -> None:
    rows = [
        [
            each.name,
            f"accepted: {found.accepted}" if found.accepted else found.level,
            found.code,
            f"{found.count:,}",
            found.what,
            "; ".join(found.examples),
        ]
        for each in checked
        for found in each.findings
    ]
    if rows:
        table("Faults", ["layer", "level", "fault", "count", "what", "for example"], rows)
    errors, warnings = sum(each.errors for each in checked), sum(each.warnings for each in checked)
    accepted = len(rows) - errors - warnings
    say(f"{len(checked)} layers checked: {errors} errors, {warnings} warnings, {accepted} accepted.")
    alone = [each.name for each in checked if not each.study]
    if alone:
        say(f"Held against no area, since no study uses them: {', '.join(alone)}")
