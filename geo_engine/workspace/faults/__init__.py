"""What is wrong with a layer: its file, positions, shapes, columns and units, or its cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from geo_engine.errors import LayerError
from geo_engine.model import Layer
from geo_engine.workspace.faults.finding import CODES, Finding
from geo_engine.workspace.faults.places import Area, place_faults
from geo_engine.workspace.faults.provenance import provenance_faults, vintage_faults
from geo_engine.workspace.faults.rasters import raster_faults
from geo_engine.workspace.faults.shapes import shape_faults
from geo_engine.workspace.faults.tables import column_faults, unit_faults
from geo_engine.workspace.raw import not_here, raw_rows

__all__ = ["CODES", "Area", "Finding", "find_faults"]


def find_faults(layer: Layer, area: Area | None, *, today: dt.date) -> tuple[Finding, ...]:
    """Find everything that is wrong with a layer.

    Parameters
    ----------
    layer : Layer
        As declared.
    area : Area or None
        Box of the area of the study that uses it; None: nothing is held against an area.
    today : date
        For vintages that have not come yet.

    Returns
    -------
    tuple of Finding
        Errors first. Those that the layer's file accepts say why; an acceptance of what is not there is a finding itself.
    """
    found = [*provenance_faults(layer, today), *_of_data(layer, area)]
    codes = {finding.code for finding in found}
    found = [replace(finding, accepted=layer.accepted.get(finding.code, "")) for finding in found]
    found += [
        Finding("stale_acceptance", f"the layer's file accepts '{code}': {'no such fault is there' if code in CODES else 'no such code'}")
        for code in layer.accepted
        if code not in codes and not codes & {"not_here", "unreadable"}
    ]
    return tuple(sorted(found, key=lambda finding: (bool(finding.accepted), finding.level)))


def _of_data(layer: Layer, area: Area | None) -> Iterator[Finding]:
    if missing := not_here(layer):
        yield Finding("not_here", f"how to get them: geo-engine layers recipes {layer.name}", len(missing), missing)
        return
    try:
        if layer.geometry == "raster":
            yield from raster_faults(layer, area)
            return
        raw = raw_rows(layer)
    except LayerError as error:
        for fault in error.faults:
            yield Finding("unreadable", str(fault))
        return
    yield from place_faults(raw, area)
    yield from shape_faults(raw)
    yield from column_faults(raw)
    yield from unit_faults(raw)
    yield from vintage_faults(layer, raw.source.table)
