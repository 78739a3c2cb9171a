"""`layers list` and `layers show`."""

from __future__ import annotations

from pathlib import Path

import click

from geo_engine.cli.console import (
    AS_JSON,
    ERR,
    engine,
    head,
    number,
    print_json,
    say,
    table,
    verb,
)
from geo_engine.cli.layers.group import WORKSPACE, layers

__all__ = ["layers_list", "layers_show"]


@layers.command(name="list")
@WORKSPACE
@AS_JSON
@verb
def layers_list(workspace: Path, as_json: bool) -> None:  # noqa: FBT001 - click flag
    """List layers with their provenance, and the gaps that no layer covers."""
    view = engine.view_catalogue(workspace)
    if as_json:
        print_json(view, Path.cwd())
        return
    rows = [
        [n.name, n.geometry, n.publisher, n.licence, n.vintage, n.accuracy.text(), ", ".join(view.used_by[n.name])] for n in view.layers
    ]
    table("Layers", ["layer", "kind", "publisher", "licence", "vintage", "accuracy", "used by"], rows)
    gaps = [[v.gap.name, v.gap.title, v.gap.why, v.gap.closed_by, ", ".join(v.layers), ", ".join(v.open_in)] for v in view.gap_views]
    table("Gaps: what is not covered", ["gap", "title", "why it matters", "what would close it", "layers for it", "open in"], gaps)
    if gaps:
        say("How to get what would close them: geo-engine layers recipes")
    if view.plugins:
        rows = [[p.name, p.file, p.function or "broken", p.unit, ", ".join(p.takes), ", ".join(p.used_by)] for p in view.plugins]
        table("Plug-ins: measures that run only with --trust", ["plug-in", "file", "function", "unit", "takes", "used by"], rows)
    for text in (fault for plugin in view.plugins for fault in plugin.faults):
        say(f"Plug-in is broken: {text}", ERR)
    for text in view.broken_studies:
        say(f"Study cannot be read: {text}", ERR)


@layers.command(name="show")
@click.argument("name")
@WORKSPACE
@click.option("--crs", default=None, help="CRS to read it in; a network's own is that of the study that uses it, else degrees.")
@click.option("--map/--no-map", "draw", default=True, help="Draw it to outputs/layers/NAME.png (default).")
@AS_JSON
@verb
def layers_show(name: str, workspace: Path, crs: str | None, draw: bool, as_json: bool) -> None:  # noqa: FBT001 - click flags
    """Show what layer NAME declares, what its data hold, and who uses it; and draw it."""
    view = engine.show_layer(workspace, name, crs=crs, draw=draw)
    if as_json:
        print_json(view, Path.cwd())
        return
    layer, raster = view.layer, view.raster
    size = f"{raster.columns:,} x {raster.rows:,} cells" if raster else f"{view.features:,} features, {layer.geometry}"
    head(f"{layer.title} ({layer.name}): {size}")
    texts = [f"{layer.publisher}; {layer.vintage}; {layer.licence}"]
    texts += [layer.attribution] if layer.attribution else []
    texts += [f"Accuracy: {layer.accuracy.text()}; of the features: {view.accuracy}"]
    texts += [f"Fault: {fault}" for fault in layer.faults] + [f"Accepted: {code}: {why}" for code, why in layer.accepted.items()]
    texts += [f"Closes in a study that uses it: {', '.join(layer.closes)}{f' ({layer.covers} only)' if layer.covers else ''}"] * bool(
        layer.closes
    )
    if raster:
        texts += [f"Cells of {raster.cell:g}, {raster.bands} band(s), {raster.kind}; {raster.blank:.1%} without data"]
        texts += [f"Values {raster.low:.6g} to {raster.high:.6g} {layer.unit}, middle {raster.middle:.6g}".rstrip()]
        texts += [f"Looked at in every {raster.seen}th column and row" for _ in (raster.seen,) if raster.seen > 1]
        texts += [f"Classes: {', '.join(map(str, raster.values))}"] * bool(raster.values)
    else:
        texts += [f"Repaired: {view.repaired}, without geometry: {view.empty}"]
    texts.append("Bounds in {}: {:.6g}, {:.6g} to {:.6g}, {:.6g}".format(view.crs, *view.bounds))
    if layer.network and not view.network:
        texts.append("Network: its parts are told in a metric CRS: --crs EPSG:27700, or as a study uses it")
    texts += [f"File: {file}, SHA-256 {digest}" for file, digest in view.files.items()]
    if view.picture is not None:
        texts.append(f"Map: {engine.plain(view.picture.path, Path.cwd())}{view.picture.text().removeprefix(str(view.picture.path))}")
    for text in texts:
        say(text)
    if view.columns:
        rows = [[c.name, c.kind, str(c.blank), str(c.distinct), c.low, c.high, c.example] for c in view.columns]
        table("Columns", ["column", "type", "blank", "different", "least", "most", "example"], rows)
    if view.uses:
        table("Used by", ["study", "as"], [[use.study, use.what] for use in view.uses])
    else:
        say("No study uses it.")
    if view.network:
        _show_network(view.network)


def _show_network(view: engine.NetworkView) -> None:
    """Tell how a network hangs together, who reaches it, and what its vintage misses."""
    net = view.report
    head("Network")
    texts = [
        f"{net.nodes:,} nodes, {net.edges:,} edges, {net.metres / 1000:,.0f} km, {net.one_way:.1%} of the length one-way",
        f"{net.components} parts; the largest holds {net.main_share:.1%} of the nodes and {net.main_length_share:.1%} of the length",
    ]
    if net.joined or net.crossings or net.bridges:
        texts.append(
            f"{net.joined:,} ends joined that lay apart, {net.crossings:,} crossings cut, {len(net.bridges)} gaps bridged "
            f"({sum(net.bridges):,.0f} m in all)"
        )
    texts += [f"Drawn apart, not travelled: {names}" for names in net.broken_off] + [f"Island: {names}" for names in net.islands]
    for text in texts:
        say(text)
    rows = [
        [
            share.study,
            share.profile,
            share.what,
            f"{share.total:,.0f}",
            f"{share.main:.1%}",
            f"{share.islands:.1%}",
            f"{share.unreached:.1%}",
            number(share.median_m / 1000),
            number(share.farthest_m / 1000),
        ]
        for share in view.shares
    ]
    titles = ["study", "profile", "facilities or people", "count", "on the main part", "on islands", "out of reach", "km to it", "farthest"]
    table("Who reaches it", titles, rows)
    if view.missing:
        table(
            "Not in it, because it is older", ["region", "known to be missing"], [[r, what or "nothing listed"] for r, what in view.missing]
        )
    for warning in view.warnings:
        say(f"Warning: {warning}", ERR)
