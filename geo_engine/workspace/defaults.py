"""What a study's file leaves out and what that means, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator

from geo_engine.model import Layer, Study
from geo_engine.units import format_quantity
from geo_engine.workspace import schema
from geo_engine.workspace.toml_file import read_toml

__all__ = ["filled_defaults"]


def filled_defaults(study: Study, table: schema.StudyTable) -> Iterator[str]:
    """Say each default of the study's head, its sections and the layers and networks it uses."""
    if table.region_column is None:
        yield f"region_column = '{study.region_column}', the id of layer '{study.area}' (default)"
    if table.area_title is None:
        yield f"area_title = '{study.area_title}', the study's title (default)"
    if table.sites.area is None and table.sites.min_area is None:
        yield f"sites: area = {format_quantity(study.sites.area, 'm2')}, the facility's need of land (default)"
    yield from (f"sites: {text}" for text in table.sites.search_defaults())
    if table.combine is None:
        yield "combine: method = weighted_sum (default)"
    yield from (f"robustness: {text}" for text in table.robustness.defaults())
    yield from (f"portfolio: {text}" for text in (schema.filled_in(table.portfolio) if table.portfolio else ()))
    if table.connection is not None:
        yield from (f"connection: {text}" for text in schema.filled_in(table.connection))
        for each in table.connection.multipliers:
            yield from (f"connection multiplier '{each.name}': {text}" for text in schema.filled_in(each))
    if table.reach is not None:
        yield from (f"reach: {text}" for text in schema.filled_in(table.reach))
        for wish in table.reach.routes:
            yield from (f"route '{wish.name}': {text}" for text in schema.filled_in(wish))
    measures = [*(criterion.measure for criterion in study.criteria), *(rule.measure for rule in study.constraints if rule.measure)]
    networks = {network for measure in measures for (network, _), _ in measure.stands}
    networks |= {part.network for part in (study.demand, study.reach) if part}
    for name in sorted(networks):
        yield from _network_defaults(study.layers[name])


def _network_defaults(layer: Layer) -> Iterator[str]:
    """Say what a layer's file leaves out of [network]: what that means, and which columns are known of such a source."""
    if layer.path is None or layer.network is None:
        return
    file, _ = read_toml(layer.path, layer.name)
    if (table := schema.check(schema.NetworkTable, file, ("network",), [])) is not None:
        yield from (f"network '{layer.name}': {text}" for text in schema.filled_in(table))
    known: dict[str, list[str]] = {}
    for key, column in layer.network.named():
        if key not in file.data["network"]:
            known.setdefault(key, []).append(f"'{column}'")
    yield from (
        f"network '{layer.name}': {key} = {', '.join(columns)}, a column of every such file (default)" for key, columns in known.items()
    )
