"""`layers export`."""

from __future__ import annotations

from pathlib import Path

import click

from geo_engine.cli.console import AS_JSON, engine, print_json, say, verb
from geo_engine.cli.layers.group import WORKSPACE, layers

__all__ = ["layers_export"]


@layers.command(name="export")
@click.argument("names", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every layer of the workspace whose data are here.")
@click.option("--to", type=click.Path(path_type=Path), required=True, help="The folder to write into.")
@click.option("--format", "form", default="gpkg", show_default=True, help="gpkg, parquet, fgb, geojson or csv; a raster is a GeoTIFF.")
@click.option("--crs", default=None, help="CRS of the files; that of the study that uses the layer by default.")
@click.option("--region", default=None, help="Only what touches this region, slug or name.")
@click.option("--study", type=click.Path(path_type=Path), default=None, help="The study whose CRS, regions and symbols are meant.")
@click.option("--qgis", is_flag=True, help="A style beside each file, and a project of all for QGIS.")
@click.option("--force", is_flag=True, help="Replace files that are there.")
@WORKSPACE
@AS_JSON
@verb
def layers_export(  # noqa: PLR0913, PLR0917 - one parameter an option
    names: tuple[str, ...],
    every: bool,  # noqa: FBT001 - click flag
    to: Path,
    form: str,
    crs: str | None,
    region: str | None,
    study: Path | None,
    qgis: bool,  # noqa: FBT001 - click flag
    force: bool,  # noqa: FBT001 - click flag
    workspace: Path,
    as_json: bool,  # noqa: FBT001 - click flag
) -> None:
    """Write layers NAMES as the engine reads them: filtered, joined, repaired, in the study's CRS, with their provenance.

    Nothing is replaced without --force, and where one layer cannot be written none is.
    """
    if bool(names) == every:
        msg = "name layers, or --all"
        raise click.UsageError(msg)
    found = engine.export_layers(workspace, names, to, form=form, crs=crs, region=region, study=study, qgis=qgis, force=force)
    if as_json:
        print_json(found, Path.cwd())
        return
    for each in found.layers:
        count = f"{each.features:,} features" if each.features else "raster"
        told = [f"{each.repaired} repaired"] * bool(each.repaired) + [f"{each.empty} without geometry left out"] * bool(each.empty)
        told += [f"column '{old}' is called '{new}'" for old, new in each.renamed.items()]
        say(f"{engine.plain(each.file, Path.cwd())}: {count}, {each.crs}{''.join(f'; {text}' for text in told)}")
    for name, why in found.left_out.items():
        say(f"{name} left out: {why}")
    if qgis:
        say(f"For QGIS: {engine.plain(found.files[-1], Path.cwd())}")
