"""What the layers of a workspace have behind addresses, fetched on request."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from geo_engine.errors import Fault, LayerError, nearest_spelling
from geo_engine.workspace import Fetched, Limits, fetch_layer, find_workspace, read_catalogue

__all__ = ["fetch_layers"]


def fetch_layers(
    workspace: Path, names: Sequence[str] = (), *, megabytes: float = 5000.0, patience: float = 30.0, offline: bool = False
) -> dict[str, list[Fetched]]:
    """Fetch layers' data from web addresses into ``layers/.fetched``; all are tried before the first fault is told.

    Parameters
    ----------
    workspace : Path
        A folder of the workspace.
    names : sequence of str, optional
        Layers; all by default.
    megabytes : float, optional
        How large one file may be.
    patience : float, optional
        Seconds without a byte after which a server is given up.
    offline : bool, optional
        Ask no server; say what is missing.

    Returns
    -------
    dict of str to list of Fetched
        By layer, in order of name; empty lists where nothing lies behind an address.

    Raises
    ------
    LayerError
        With every fault: an unknown layer, data that cannot be fetched.
    """
    catalogue = read_catalogue(find_workspace(workspace))
    faults = [
        Fault("layers", f"unknown layer '{name}'", "", ", ".join(catalogue.layers), nearest_spelling(name, catalogue.layers))
        for name in names
        if name not in catalogue.layers
    ]
    limits, found = Limits(size=int(megabytes * 1e6), silence=patience), {}
    for name in sorted(set(names) & catalogue.layers.keys() if names else catalogue.layers):
        try:
            found[name] = fetch_layer(catalogue.layers[name], limits=limits, offline=offline)
        except LayerError as error:
            faults.extend(error.faults)
    if faults:
        raise LayerError(faults)
    return found
