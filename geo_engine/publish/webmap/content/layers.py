"""Input layers for the map: their features as symbols with names and the attributes that the study reads."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import count
from numbers import Number
from typing import Any

import numpy as np
import shapely

from geo_engine.model import Features, Result, Study
from geo_engine.publish.style import is_line, symbol_for
from geo_engine.publish.webmap.content.basemap import tolerance_of
from geo_engine.publish.webmap.encoding import Degrees

__all__ = ["drawn_layers", "input_layers"]

_MOST_ATTRIBUTES = 4
_SEPARATE_FROM = 10_000  # whole numbers below this may be years
_DULL_COLUMNS = frozenset({"lon", "lat", "longitude", "latitude", "code", "id", "fid", "geometry"})


def drawn_layers(study: Study) -> dict[str, str]:
    """Give the vector layers to draw and the group that each belongs to, in the order in which the study names them.

    The area layer, the roads and the place names of the base map are drawn otherwise; the places are given once
    more where a criterion or a rule measures them.
    """
    groups: dict[str, str] = {}
    for criterion in study.criteria:
        groups.setdefault(criterion.measure.layer, "Criteria layers")
    for rule in study.constraints:
        groups.setdefault(rule.layer, "Context")
    if study.demand is not None:
        groups.setdefault(study.demand.layer, "Context")
    for name in study.context.show:
        groups.setdefault(name, "Context")
    base = {study.area, study.context.roads}
    return {name: group for name, group in groups.items() if name not in base}


def input_layers(result: Result, degrees: Degrees) -> list[dict[str, Any]]:
    """Collect the layers' features for the map.

    Parameters
    ----------
    result : Result
        One region of one study.
    degrees : Degrees
        From study coordinates.

    Returns
    -------
    list of dict
        Title, group, symbol, provenance, names of attributes, and features: ``at`` for points (lat, lon in
        steps), ``lines`` for the others, ``name``, ``values``, and ``criteria``: numbers of those that measure the way to it.
    """
    layers: list[dict[str, Any]] = []
    lines, others = count(), count()
    for name, group in drawn_layers(result.study).items():
        features = result.features.get(name)
        if features is None:
            continue
        layer = features.layer
        symbol = symbol_for(next(lines if is_line(layer.geometry) else others), layer.geometry)
        columns = _shown_columns(features, result.study)
        layers.append(
            {
                "title": layer.title,
                "group": group,
                "shape": symbol.shape,
                "colour": symbol.colour,
                "source": provenance(features),
                "columns": [column.replace("_", " ") for column in columns],
                "features": _features(features, columns, degrees, tolerance_of(result), _led_to(result, name)),
            }
        )
    return layers


def provenance(features: Features) -> str:
    """Say who made a layer, of when, and how exact it is."""
    layer = features.layer
    parts = [layer.publisher, layer.vintage, f"accuracy {layer.accuracy.text()}"]
    return ", ".join(part for part in parts if part)


def _shown_columns(features: Features, study: Study) -> list[str]:
    """Choose the columns that the study reads first, then the others in the order of the file; few."""
    asked = " ".join(_expressions(study, features.layer.name))
    accuracy = features.layer.accuracy.column
    candidates = [
        str(column)
        for column in features.table.columns
        if str(column) not in _DULL_COLUMNS and column not in (features.layer.id, accuracy, "name")
    ]
    return sorted(candidates, key=lambda column: column not in asked)[:_MOST_ATTRIBUTES]


def _expressions(study: Study, name: str) -> Iterable[str]:
    for criterion in study.criteria:
        if criterion.measure.layer == name:
            yield criterion.measure.where or ""
            yield str(getattr(criterion.measure, "size", ""))
    for rule in study.constraints:
        if rule.layer == name:
            yield rule.where or ""
    if study.demand is not None and study.demand.layer == name:
        yield study.demand.size


def _led_to(result: Result, name: str) -> dict[int, set[tuple[str, bytes]]]:
    """Give, for each criterion by its number that measures the way to features of this layer, those features."""
    found = {}
    for number, criterion in enumerate(result.study.criteria):
        data = result.facilities.get(criterion.slug)
        if data is not None and data.layer.name == name:
            found[number] = set(zip(data.labels(), shapely.to_wkb(data.geometry), strict=True))
    return found


def _features(
    features: Features, columns: list[str], degrees: Degrees, tolerance: float, led_to: dict[int, set[tuple[str, bytes]]]
) -> list[dict[str, Any]]:
    labels = features.labels()
    same = shapely.to_wkb(features.geometry)
    values = [[_attribute(value) for value in features.table[column]] for column in columns]
    points = np.isin(shapely.get_type_id(features.geometry), [shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT])
    places = degrees.steps(shapely.get_coordinates(shapely.centroid(features.geometry))).tolist()
    found = []
    for number, geometry in enumerate(features.geometry):
        entry: dict[str, Any] = {"name": labels[number], "values": [column[number] for column in values]}
        if criteria := [criterion for criterion, facilities in led_to.items() if (labels[number], same[number]) in facilities]:
            entry["criteria"] = criteria
        if points[number]:
            entry["at"] = places[number]
        else:
            entry["lines"] = degrees.lines([shapely.simplify(geometry, tolerance)])
            if not entry["lines"]:
                continue
        found.append(entry)
    return found


def _attribute(value: Any) -> str:  # noqa: ANN401  (a cell of a table can be anything)
    """Write a cell as text, with thousands separators where it cannot be a year; blank where there is none.

    >>> _attribute(324893.0), _attribute(2023), _attribute(float("nan")), _attribute("yes")
    ('324,893', '2023', '', 'yes')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, Number) and not isinstance(value, bool):
        number = float(value)  # type: ignore[arg-type]
        if number != int(number):
            return f"{number:,.4g}"
        return f"{number:,.0f}" if abs(number) >= _SEPARATE_FROM else f"{number:.0f}"
    return str(value)
