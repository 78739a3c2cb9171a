"""``run.qgz``: a finished run as a project of QGIS, with the names and colours of the web map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_engine.model import STATUS_OFF_AREA, Layer, Result, StatusBit
from geo_engine.publish import style
from geo_engine.publish.exports import Sheet, write_sheets
from geo_engine.publish.qgis.context import context_sheets
from geo_engine.publish.qgis.elements import quoted
from geo_engine.publish.qgis.labels import Label, labelling
from geo_engine.publish.qgis.layer import MapLayer, Origin, style_document
from geo_engine.publish.qgis.project import Group, Project, write_project
from geo_engine.publish.qgis.renderers import Cells, Condition, by_class, by_condition, exact_cells, inverted, one_symbol, ramp_cells
from geo_engine.publish.qgis.symbols import area, hatched, line, outline, point, symbol_of
from geo_engine.publish.reach import ISOCHRONE_COLUMNS, ROUTE_COLUMNS
from geo_engine.publish.registers.titles import column_title, site_titles
from geo_engine.publish.summary import gaps_sentence
from geo_engine.publish.tables import corridor_columns
from geo_engine.publish.webmap.content.basemap import entered_at_ends
from geo_engine.publish.webmap.content.layers import drawn_layers
from geo_engine.publish.webmap.content.payload import attribution
from geo_engine.publish.webmap.content.rules import rule_entries
from geo_engine.units import format_quantity

__all__ = ["write_run_project"]

_SURFACE_OPACITY = 0.88
_RULE_OPACITY = 0.6
_NAMES_FROM, _SMALL_NAMES_FROM, _ROADS_FROM, _AREA_NAMES_FROM = 2_500_000.0, 700_000.0, 1_500_000.0, 400_000.0
_INDEXED_FROM = 20_000  # an index takes as long as a run has for all of this
_LARGEST, _LARGE = 14, 70  # places, in the order of their size
_SCORE_NOTE = "Match to the weights of the study, 0 to 100; not a probability of success. Restricted land keeps its score."
_NO_RULES = np.uint32((1 << StatusBit.UNKNOWN) | (1 << StatusBit.UNREACHABLE))


def write_run_project(result: Result, folder: Path) -> tuple[Path, ...]:
    """Write ``context.gpkg`` and ``run.qgz`` beside the run's other files, which the project opens by relative paths.

    Beside each raster goes its style (``suitability.qml`` and so on), which QGIS takes up when the raster is opened alone.

    Parameters
    ----------
    result : Result
        One region of one study.
    folder : Path
        Holds ``sites.gpkg``, ``suitability.tif``, ``status.tif`` and, where the result has it, ``best5.tif``.

    Returns
    -------
    tuple of Path
        The files.
    """
    run = _Run(result, context_sheets(result))
    context = write_sheets(folder / "context.gpkg", run.sheets.values(), indexed_from=_INDEXED_FROM)
    surfaces, rules = _surfaces(run), _which_rules(run)
    study, rights = result.study, "; ".join(attribution(result))
    west, south, east, north = result.area.bounds
    margin = 0.03 * max(east - west, north - south)
    groups = [
        Group("Result", (_sites(run), *_demand(run))),
        Group("Ways from the areas", (*_connection(run), *_routes(run), *_isochrones(run)), expanded=False),
        Group("Near misses: land that fails one rule only", tuple(_near_misses(run)), expanded=False),
        Group("Criteria layers", tuple(layer for group, layer in run.inputs if group != "Context")),
        Group("Context", (*_base(run), *(layer for group, layer in run.inputs if group == "Context"), _sea(run))),
        Group("Rules", (rules, *_rules(run))),
        Group("Surface", tuple(surfaces)),
        Group("Ground", tuple(_ground(run))),
    ]
    project = Project(
        title=f"{study.title}: {result.region_title}",
        abstract="\n".join(part for part in (study.summary, _SCORE_NOTE, gaps_sentence(study), f"Sources: {rights}") if part),
        caption="\n".join(part for part in (gaps_sentence(study, most=6), rights) if part),
        crs=run.crs,
        view=(west - margin, south - margin, east + margin, north + margin),
        groups=tuple(group for group in groups if group.layers),
    )
    styles = []
    for layer in (*surfaces, rules):
        styles.append(folder / Path(layer.source).with_suffix(".qml"))
        styles[-1].write_text(style_document(layer), encoding="utf-8")
    return context, write_project(project, folder / "run.qgz"), *styles


@dataclass(frozen=True, eq=False)
class _Run:
    """A result with what its layers are made from."""

    result: Result
    sheets: Mapping[str, Sheet]

    @property
    def crs(self) -> str:
        return self.result.surface.grid.crs

    @cached_property
    def masks(self) -> NDArray[np.uint32]:
        """The different status masks of the surface, in order."""
        surface = self.result.surface
        parts = [_different(surface.status[tile.window]) for tile in surface.grid.tiles()]  # a large surface is not held
        found = pd.unique(np.concatenate(parts))
        masks: NDArray[np.uint32] = np.sort(found[found != STATUS_OFF_AREA]).astype(np.uint32)
        return masks

    @cached_property
    def forced(self) -> NDArray[np.bool_]:
        """Which masks are free by force."""
        return _has(self.masks, StatusBit.FORCED)

    @cached_property
    def inputs(self) -> list[tuple[str, MapLayer]]:
        """The input layers that the web map draws, with its symbols, each with the name of its group."""
        lines, others = count(), count()
        found: list[tuple[str, MapLayer]] = []
        for name, group in drawn_layers(self.result.study).items():
            features = self.result.features.get(name)
            if features is None:
                continue
            layer = features.layer
            sign = style.symbol_for(next(lines if style.is_line(layer.geometry) else others), layer.geometry)
            if f"layer {name}" in self.sheets:
                look = one_symbol(symbol_of(sign, layer.geometry))
                made = self.seen(f"layer {name}", layer.title, layer.geometry, look, Origin.of(layer), shown=False)
                found.append((group, replace(made, key=f"input_{len(found)}", name_column=layer.id or "")))
        return found

    def origin(self, name: str | None) -> Origin:
        """Say where a layer of the study comes from."""
        layer: Layer | None = self.result.study.layers.get(name or "")
        return Origin.of(layer) if layer else Origin("")

    def seen(self, role: str, title: str, kind: str, look: Element, origin: Origin, **more: Any) -> MapLayer:  # noqa: ANN401 - of MapLayer
        """Give a layer of ``context.gpkg`` by what it is for."""
        frame = self.sheets[role].frame
        aliases = {str(column): column_title(str(column)) for column in frame.columns if column != frame.geometry.name}
        source = f"./context.gpkg|layername={self.sheets[role].name}"
        return MapLayer(role, title, source, self.crs, kind, look, origin, aliases=aliases, **more)

    def way(self, name: str, title: str, kind: str, look: Element, about: str, columns: Sequence[str], **more: Any) -> MapLayer:  # noqa: ANN401 - of MapLayer
        """Give a layer of ``sites.gpkg`` that leads away from the areas; it is switched off at first."""
        aliases = {column: column_title(column) for column in columns}
        source = f"./sites.gpkg|layername={name}"
        more = {"aliases": aliases, "shown": False, **more}
        return MapLayer(name, title, source, self.crs, kind, look, Origin(about), **more)

    def status(self, key: str, title: str, classes: Sequence[Cells], note: str, *, shown: bool = False) -> MapLayer:
        """Give a layer of ``status.tif``; of each class the legend shows one entry, though many masks may belong to it."""
        order = [number for _, number in sorted((value, number) for number, cells in enumerate(classes) for value in cells.masks)]
        legend = tuple(1 + order.index(number) for number in range(len(classes)))  # entry 0 is the band's name
        look = exact_cells(classes)
        return MapLayer(key, title, "./status.tif", self.crs, "raster", look, Origin(note), shown=shown, legend=legend)


def _sites(run: _Run) -> MapLayer:
    result = run.result
    labels = (
        Label('"rank"', "Rank", 12.0, bold=True, badge=True),
        Label('"name"', "Name, when near", 12.5, bold=True, farthest=_AREA_NAMES_FROM),
    )
    about = f"{len(result.ranking.sites)} {result.study.sites.noun}, best first. {_SCORE_NOTE} {gaps_sentence(result.study)}".strip()
    look = one_symbol(area(style.PAPER, 0.25, edge=style.SITE_LINE, width=2.0))
    made = run.way("sites", "Ranked areas", "polygons", look, about, (), shown=True, name_column="name")
    return replace(made, labels=labelling(labels), aliases=site_titles(result))


def _demand(run: _Run) -> list[MapLayer]:
    demand = run.result.study.demand
    if demand is None or "demand" not in run.sheets:
        return []
    layer = run.result.study.layers.get(demand.layer)
    title = f"{layer.title if layer else demand.layer}: best area within {format_quantity(demand.within, 's')}"
    signs = [(1.0, "Covered", point(style.COVERED, 6.5)), (0.0, "Uncovered", point(style.UNCOVERED, 6.5))]
    found = [run.seen("demand", title, "points", by_class("covered", signs), run.origin(demand.layer), shown=False)]
    if "served" in run.sheets:
        look = one_symbol(line((style.COVERED.colour, 1.8), dash=(6, 4)))
        found.append(run.seen("served", f"{title}, lines", "lines", look, run.origin(demand.layer), shown=False))
    return found


def _connection(run: _Run) -> list[MapLayer]:
    if run.result.study.connection is None:
        return []
    look = one_symbol(line((style.PAPER, 6.0), (style.CORRIDOR_COLOUR, 3.0), dash=(7, 5)))
    about = "Indicative least-cost lines over the study's multipliers; no designs, and no offers of a connection."
    return [run.way("corridors", "Connection corridors (indicative)", "lines", look, about, corridor_columns(run.result))]


def _routes(run: _Run) -> list[MapLayer]:
    reach, colours = run.result.study.reach, style.ROUTE_COLOURS
    if reach is None or not reach.routes:
        return []
    classes = [
        (wish.name, wish.name, line((style.PAPER, 6.0), (colours[number % len(colours)], 3.0))) for number, wish in enumerate(reach.routes)
    ]
    about = "Quickest ways over the network between each area and the nearest feature."
    return [run.way("routes", "Routes", "lines", by_class("route", classes), about, ROUTE_COLUMNS)]


def _isochrones(run: _Run) -> list[MapLayer]:
    """Draw those of the first area only: all at once would cover each other."""
    reach = run.result.study.reach
    if reach is None or not reach.isochrones:
        return []
    colours = style.band_colours(len(reach.isochrones))
    classes = [
        (round(limit / 60.0, 1), f"Within {format_quantity(limit, 's')}", area(colour, 1.0, edge=style.PAPER, width=1.2))
        for limit, colour in zip(reach.isochrones, colours, strict=True)
    ]
    about = "Land that is reached within a time from the middle of an area; the layer's filter says of which."
    look = by_class("minutes", classes, descending=True)
    title = "Isochrones of area 1 (set the filter for another)"
    made = run.way("isochrones", title, "polygons", look, about, ISOCHRONE_COLUMNS, opacity=0.7)
    return [replace(made, source=f'{made.source}|subset="rank" = 1')]


def _near_misses(run: _Run) -> list[MapLayer]:
    """Draw the areas that would be found without a rule, and the land that each rule alone keeps from being free."""
    found = []
    entries = [entry for entry in rule_entries(run.result) if entry.get("rule")]
    if "near_misses" in run.sheets:
        looks = {
            miss.rule: hatched(style.HatchStyle(entry["colour"], entry["stroke"]))
            for miss, entry in zip(run.result.near_misses, entries, strict=True)
            if miss.areas
        }
        about = Origin("Each area has land that fails the rule of its class and no other; rank and score are those that it would have.")
        look = by_class("rule", [(rule, rule, symbol) for rule, symbol in looks.items()])
        found.append(run.seen("near_misses", "Areas that would be found without a rule", "polygons", look, about, shown=False))
    for entry in entries:
        bit = entry["bits"][0]
        only = run.masks[run.masks & ~_NO_RULES == np.uint32(1 << bit)]
        if len(only):
            title = f"Fails only “{entry['title']}”"
            found.append(run.status(f"only_{bit}", title, [Cells(only.tolist(), entry["colour"], _RULE_OPACITY, title)], entry["why"]))
    return found


def _base(run: _Run) -> list[MapLayer]:
    study, found = run.result.study, []
    if "places" in run.sheets:
        ink = style.Symbol("circle", style.LIGHT["label"])
        largest, large = f'"by_size" <= {_LARGEST}', f'"by_size" > {_LARGEST} AND "by_size" <= {_LARGE}'
        rest = f'"by_size" > {_LARGE}'
        names = (
            Label('"name"', "The largest", 14.0, bold=True, where=largest, rank="10"),
            Label('"name"', "Large", 12.5, where=large, farthest=_NAMES_FROM, rank="7"),
            Label('"name"', "Others", 11.5, where=rest, farthest=_SMALL_NAMES_FROM, rank='max(0, 6 - "by_size" / 500.0)'),
        )
        dots = [
            Condition("The largest", largest, point(ink, 2.2)),
            Condition("Large", large, point(ink, 2.0), _NAMES_FROM),
            Condition("Others", rest, point(ink, 1.8), _SMALL_NAMES_FROM),
        ]
        look, origin = by_condition(dots), run.origin(study.context.places)
        found.append(run.seen("places", "Names of places", "points", look, origin, labels=labelling(names), name_column="name"))
    if "roads" in run.sheets:
        found.append(run.seen("roads", "Roads", "lines", _road_look(run.result), run.origin(study.context.roads)))
    if "borders" in run.sheets:
        look = one_symbol(outline(style.REGION_LINE, 0.9, opacity=0.55, dash=(5, 3)))
        found.append(run.seen("borders", "Borders of regions", "polygons", look, run.origin(study.area)))
    look = one_symbol(outline(style.INK, 1.6, opacity=0.8))
    found.append(run.seen("region", f"Region studied: {run.result.region_title}", "polygons", look, run.origin(study.area)))
    return found


def _road_look(result: Result) -> Element:
    roads = result.features[result.study.context.roads or ""]
    fast = line((style.PAPER, 3.0), (style.MOTORWAY, 1.5))
    slow = line((style.ROAD, 0.9), opacity=0.75)
    which = entered_at_ends(result, roads)
    if not which.any() or roads.layer.network is None:
        return by_condition([Condition("Roads", "", slow, _ROADS_FROM)])
    column = roads.layer.network.road_class or ""
    classes = sorted({str(value) for value in roads.table[column][which]})
    name = column.replace('"', '""')
    expression = f'to_string("{name}") IN ({", ".join(map(quoted, classes))})'
    return by_condition([Condition("Motorways and the like", expression, fast), Condition("Other roads", "ELSE", slow, _ROADS_FROM)])


def _sea(run: _Run) -> MapLayer:
    look = inverted(area(style.SEA, 1.0, edge=style.LIGHT["coast"], width=0.8))
    return replace(run.seen("ground", "Sea", "polygons", look, Origin("All that the study's area layer does not hold.")), key="sea")


def _ground(run: _Run) -> list[MapLayer]:
    origin = run.origin(run.result.study.area)
    inside = run.seen("region", "Land of the region", "polygons", one_symbol(area(style.LAND, 1.0)), origin)
    beyond = run.seen("ground", "Land of the study", "polygons", one_symbol(area(style.LAND_BEYOND, 1.0)), origin)
    return [replace(inside, key="land"), beyond]


def _rules(run: _Run) -> list[MapLayer]:
    """Draw what the rules say as the web map has it: all as one, then each by itself."""
    found = []
    for number, entry in enumerate(rule_entries(run.result)):
        bits = np.uint32(sum(1 << bit for bit in entry["bits"]))
        whatever_forced = entry["bits"][0] < StatusBit.FIRST_RULE or entry["bits"][0] == StatusBit.FORCED
        wanted = (run.masks & bits != 0) & (whatever_forced | ~run.forced)
        if not wanted.any():
            continue
        colour, opacity = style.VEIL if entry.get("all") else (entry["colour"], _RULE_OPACITY)
        classes = [Cells(run.masks[wanted].tolist(), colour, opacity, entry["title"])]
        note = " ".join(part for part in (entry.get("why", ""), entry.get("hectares", "")) if part)
        found.append(run.status(f"rule_{number}", entry["title"], classes, note, shown=bool(entry.get("all"))))
    return found


def _different(masks: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Give the different masks of a window; sea, and land without any rule, is all the same, which is told at a glance."""
    flat = masks.ravel()
    return flat[:1] if flat.min() == flat.max() else pd.unique(flat)


def _which_rules(run: _Run) -> MapLayer:
    """Draw every cell by what it is: free, failing one rule (by its name), several, or without a value."""
    masks, entries = run.masks, rule_entries(run.result)
    titles = {entry["bits"][0]: entry["title"] for entry in entries if not entry.get("all")}
    unknown = _has(masks, StatusBit.UNKNOWN) & ~run.forced
    failed = np.where(run.forced | unknown, np.uint32(0), masks & ~_NO_RULES)
    several = (failed & (failed - np.minimum(failed, np.uint32(1)))) != 0
    free = (masks & ~_NO_RULES == 0) & ~unknown
    unreachable = free & _has(masks, StatusBit.UNREACHABLE)
    kinds = [
        (free & ~unreachable, style.FREE_LAND, "Free of the rules tested"),
        (unreachable, style.UNREACHABLE_LAND.colour, "Free, and unreachable over the network"),
        (run.forced, style.FORCED_LAND.colour, titles.get(StatusBit.FORCED, "")),
        *((failed == np.uint32(1 << entry["bits"][0]), entry["colour"], entry["title"]) for entry in entries if entry.get("rule")),
        (several, style.ALL_RULES.colour, "Several rules"),
        (unknown, style.UNKNOWN_LAND.colour, titles[StatusBit.UNKNOWN]),
    ]
    classes = [Cells(masks[which].tolist(), colour, 1.0, title) for which, colour, title in kinds if which.any()]
    return run.status("rules", "What the rules say", classes, "Which of the rules tested each cell fails.")


def _has(masks: NDArray[np.uint32], bit: StatusBit) -> NDArray[np.bool_]:
    has: NDArray[np.bool_] = (masks >> np.uint32(bit)) & np.uint32(1) == 1
    return has


def _surfaces(run: _Run) -> list[MapLayer]:
    about = Origin(f"{_SCORE_NOTE} {gaps_sentence(run.result.study)}".strip())
    look = ramp_cells(style.SCORE_STOPS, 0.0, 100.0, opacity=_SURFACE_OPACITY)
    found = [MapLayer("suitability", "Suitability", "./suitability.tif", run.crs, "raster", look, about, legend=(1,))]
    if run.result.surface.best is not None:
        title = "Chance to be among the best 5 % of land"
        note = Origin("Share of the draws of weights in which the cell is among the best 5 % of scored land; not a probability of success.")
        look = ramp_cells(style.SCORE_STOPS, 0.0, 1.0, opacity=_SURFACE_OPACITY)
        found.append(MapLayer("best5", title, "./best5.tif", run.crs, "raster", look, note, shown=False, legend=(1,)))
    return found
