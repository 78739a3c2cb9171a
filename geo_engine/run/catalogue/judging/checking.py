"""Layers checked: every fault with its count and some rows that have it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import shapely

from geo_engine.errors import GeoEngineError
from geo_engine.model import Study
from geo_engine.run.catalogue.showing import layer_called
from geo_engine.run.catalogue.uses import readable_studies, uses_of
from geo_engine.workspace import Area, Finding, find_faults, find_workspace, read_catalogue, read_features, read_study

__all__ = ["CheckedLayer", "check_layers"]


@dataclass(frozen=True, slots=True)
class CheckedLayer:
    """A layer that was checked.

    Parameters
    ----------
    name : str
        Of the layer.
    study : str
        Whose area it was held against; empty: against none, since no study uses it.
    findings : tuple of Finding
        Errors first, accepted ones last.
    """

    name: str
    study: str
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        """Faults that make results wrong and that the layer's file does not accept."""
        return sum(finding.level == "error" and not finding.accepted for finding in self.findings)

    @property
    def warnings(self) -> int:
        """Faults that may, likewise."""
        return sum(finding.level == "warning" and not finding.accepted for finding in self.findings)


def check_layers(start: Path, name: str | None = None, *, study: Path | None = None) -> tuple[CheckedLayer, ...]:
    """Check one layer of a workspace, or all of them.

    Parameters
    ----------
    start : Path
        In the workspace.
    name : str, optional
        Of the layer; all by default.
    study : Path, optional
        The study whose area layers are held against; by default, for each layer, the first study that uses it.

    Returns
    -------
    tuple of CheckedLayer
        In order of name.

    Raises
    ------
    LayerError
        If there is no such layer, or a layer's file is wrong.
    """
    workspace = find_workspace(start)
    catalogue = read_catalogue(workspace)
    layers = [layer_called(catalogue, name)] if name is not None else list(catalogue.layers.values())
    studies = (read_study(study),) if study is not None else readable_studies(workspace)[0]
    users = {each.name: {use.layer for use in uses_of(each)} for each in studies}
    areas: dict[str, Area | None] = {}
    checked = []
    for layer in layers:
        asked = next((each for each in studies if study is not None or layer.name in users[each.name]), None)
        area = None
        if asked is not None:
            if asked.name not in areas:
                areas[asked.name] = _area(asked)
            area = areas[asked.name]
        checked.append(CheckedLayer(layer.name, asked.name if asked and area else "", find_faults(layer, area, today=dt.date.today())))  # noqa: DTZ011 - a vintage knows no time zone
    return tuple(checked)


def _area(study: Study) -> Area | None:
    """Give the box of a study's area; None where its layer cannot be read, which the check of that layer tells."""
    try:
        west, south, east, north = shapely.total_bounds(read_features(study.layers[study.area], crs=study.crs).geometry).tolist()
    except GeoEngineError:
        return None
    return (west, south, east, north), study.crs
