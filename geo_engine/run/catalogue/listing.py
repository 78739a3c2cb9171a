"""What a workspace holds: its layers with their provenance, who uses them, and the gaps that are open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from geo_engine.model import Gap, Layer, PluggedMeasure, Study
from geo_engine.run.catalogue.uses import readable_studies, uses_of
from geo_engine.run.planning.reading.data import measures_of
from geo_engine.workspace import find_workspace, list_plugins, read_catalogue

__all__ = ["CatalogueView", "GapView", "PluginView", "view_catalogue"]


@dataclass(frozen=True, slots=True)
class GapView:
    """A declared gap that is not closed in every study.

    Parameters
    ----------
    gap : Gap
        As declared.
    open_in : tuple of str
        Studies in which it is open, whole or in part.
    layers : tuple of str
        Layers that close it where a study uses them.
    """

    gap: Gap
    open_in: tuple[str, ...]
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PluginView:
    """A plug-in that lies in the workspace, looked at and not run.

    Parameters
    ----------
    name, file : str
        How studies call it, and where it lies.
    function, unit : str
        What it is called and what it gives; blank where it is broken.
    takes : tuple of str
        What it takes, and each parameter with its kind.
    used_by : tuple of str
        Names of studies.
    faults : tuple of str
        What is wrong with it.
    """

    name: str
    file: str
    function: str
    unit: str
    takes: tuple[str, ...]
    used_by: tuple[str, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CatalogueView:
    """Layers by name, the studies that use each, and the gaps that are open in a study.

    Parameters
    ----------
    layers : tuple of Layer
        In order of name.
    used_by : mapping of str to tuple of str
        Names of studies by layer.
    gaps : tuple of Gap
        Open in one study or more; where no study can be read, those that no layer closes.
    gap_views : tuple of GapView
        The same with where they are open and what would close them.
    broken_studies : tuple of str
        Studies that cannot be read, and why.
    plugins : tuple of PluginView
        In order of name.
    """

    layers: tuple[Layer, ...]
    used_by: dict[str, tuple[str, ...]]
    gaps: tuple[Gap, ...]
    gap_views: tuple[GapView, ...]
    broken_studies: tuple[str, ...]
    plugins: tuple[PluginView, ...] = ()


def view_catalogue(start: Path) -> CatalogueView:
    """List the layers and gaps of the workspace that holds `start`; no data are opened."""
    workspace = find_workspace(start)
    catalogue = read_catalogue(workspace)
    studies, broken = readable_studies(workspace)
    users: dict[str, list[str]] = {name: [] for name in catalogue.layers}
    for study in studies:
        for name in dict.fromkeys(use.layer for use in uses_of(study)):
            users[name].append(study.name)
    views = []
    for gap in catalogue.gaps:
        open_in = tuple(study.name for study in studies if gap.name in {each.name for each in study.gaps})
        layers = tuple(layer.name for layer in catalogue.layers.values() if gap.name in layer.closes)
        if open_in or (not studies and not layers):
            views.append(GapView(gap, open_in, layers))
    used_by = {name: tuple(by) for name, by in users.items()}
    plugins = tuple(_plugins(workspace, studies))
    return CatalogueView(tuple(catalogue.layers.values()), used_by, tuple(view.gap for view in views), tuple(views), broken, plugins)


def _plugins(workspace: Path, studies: Iterable[Study]) -> Iterator[PluginView]:
    users: dict[str, list[str]] = {}
    for study in studies:
        for name in dict.fromkeys(each.plugin for each in measures_of(study) if isinstance(each, PluggedMeasure)):
            users.setdefault(name, []).append(study.name)
    for plugin in list_plugins(workspace):
        by, signature = tuple(users.get(plugin.name, ())), plugin.signature
        if signature is None:
            yield PluginView(plugin.name, plugin.origin, "", "", (), by, tuple(str(fault) for fault in plugin.faults))
            continue
        takes = ("raster" if signature.raster else "features", *(f"{name}: {p.kind.__name__}" for name, p in signature.parameters.items()))
        yield PluginView(plugin.name, plugin.origin, signature.function, signature.unit, takes, by, ())
