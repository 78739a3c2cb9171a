"""The verbs of layers: what a workspace holds, and what is in each."""

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
from geo_engine.cli.verbs import main

__all__ = ["layers"]


@main.group()
def layers() -> None:
    """List and show the layers of a workspace."""


@layers.command(name="list")
@click.option("--workspace", type=click.Path(path_type=Path), default=Path(), help="The workspace; this folder by default.")
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
    table(
        "Gaps: what no layer covers", ["gap", "why it matters", "what would close it"], [[g.title, g.why, g.closed_by] for g in view.gaps]
    )
    for text in view.broken_studies:
        say(f"Study cannot be read: {text}", ERR)


@layers.command(name="show")
@click.argument("name")
@click.option("--workspace", type=click.Path(path_type=Path), default=Path(), help="The workspace; this folder by default.")
@click.option("--crs", default=None, help="CRS to read it in; a network's own is that of the study that uses it, else degrees.")
@AS_JSON
@verb
def layers_show(name: str, workspace: Path, crs: str | None, as_json: bool) -> None:  # noqa: FBT001 - click flag
    """Show what layer NAME declares and what its data hold."""
    view = engine.show_layer(workspace, name, crs=crs)
    if as_json:
        print_json(view, Path.cwd())
        return
    layer = view.layer
    head(f"{layer.title} ({layer.name}): {view.features:,} features, {layer.geometry}")
    texts = [f"{layer.publisher}; {layer.vintage}; {layer.licence}", f"Accuracy: {layer.accuracy.text()}; of the features: {view.accuracy}"]
    texts += [f"Fault: {fault}" for fault in layer.faults] + [f"Repaired: {view.repaired}, without geometry: {view.empty}"]
    texts.append("Bounds in {}: {:.6g}, {:.6g} to {:.6g}, {:.6g}".format(view.crs, *view.bounds))
    if layer.network and not view.network:
        texts.append("Network: its parts are told in a metric CRS: --crs EPSG:27700, or as a study uses it")
    for text in texts:
        say(text)
    table("Columns", ["column", "type", "blank", "example"], [[c, t, str(b), x] for c, t, b, x in view.columns])
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
