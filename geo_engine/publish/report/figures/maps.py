"""Maps on paper: the region with what was ranked, and the surroundings of a place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.model import STATUS_OFF_AREA, StatusBit, Surface
from geo_engine.publish import style
from geo_engine.publish.report.answers import Line
from geo_engine.publish.report.figures.canvas import WIDE, in_style, paper, score_colours, words
from geo_engine.publish.report.filed import Filed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patheffects import AbstractPathEffect

__all__ = ["overview_share", "overview_svg", "place_svg"]

_MARKERS = {"square": "s", "triangle": "^", "diamond": "D", "pentagon": "p", "star": "*", "plus": "P", "circle": "o", "cross": "X"}
_MOST_LABELS = 7
_KM = 1000.0
_OVERVIEW, _TALLEST = 0.72, 5.4  # of the text's width; inches
_LEGEND_COLUMNS = 3
_TALL = 0.56  # of a sheet's map, to its width
_HALF = 9_000.0  # metres from the middle of a sheet's map to its edge, at least
_WAY_STYLES = ("-", (0, (6, 2)), (0, (3, 1.5)), (0, (1, 1)))


def overview_share(filed: Filed) -> float:
    """Give the share of the text's width that the map of a region takes, so that it leaves room on its page."""
    west, south, east, north = shapely.bounds(filed.area)
    return min(_OVERVIEW, float(_TALLEST * (east - west) / (north - south)) / WIDE)


@in_style
def overview_svg(filed: Filed, *, most: int = 25) -> Figure:
    """Draw the region: score of the land, restricted land in grey, and the areas by rank."""
    west, south, east, north = shapely.bounds(filed.area)
    wide = WIDE * overview_share(filed)
    figure = paper(wide, wide * (north - south) / (east - west) + 0.5)
    axes = figure.add_subplot()
    _ground(axes, filed, (west, south, east, north))
    for number, row in enumerate(filed.sites[:most]):
        middle, above = shapely.centroid(filed.shapes[row["site_id"]]), 20.0 - number / most  # where two overlap, the better one is read
        axes.plot(middle.x, middle.y, "o", markersize=11, markerfacecolor="#ffffff", markeredgecolor=style.INK, markeredgewidth=0.8,
                  zorder=above)  # fmt: skip
        axes.text(middle.x, middle.y, row["rank"], ha="center", va="center_baseline", fontsize=7, fontweight="bold", zorder=above)
    for rival in filed.rivals:
        axes.plot(rival.easting, rival.northing, "X", markersize=7, color=style.ATTENTION, markeredgecolor="#ffffff", markeredgewidth=0.6)
    _frame(axes, (west, south, east, north))
    _score_bar(axes)
    return figure


@in_style
def place_svg(filed: Filed, shape: BaseGeometry, ways: Sequence[Line] = ()) -> Figure:
    """Draw the surroundings of a site: score, roads, names, facilities, its outline, its ways, and an inset with the region."""
    middle = shapely.centroid(shape)
    corridor = [line.geometry for line in ways if line.name == "Corridor"]
    reach = max((float(np.abs(shapely.get_coordinates(each) - [middle.x, middle.y]).max()) for each in corridor), default=0.0)
    w0, s0, e0, n0 = shapely.bounds(shape)
    half = max(_HALF, min(1.15 * reach, 20_000.0), 1.5 * max(e0 - w0, n0 - s0))
    window = middle.x - half, middle.y - half * _TALL, middle.x + half, middle.y + half * _TALL
    figure = paper(WIDE, WIDE * _TALL + 0.45)
    axes = figure.add_subplot()
    _ground(axes, filed, window)
    _roads(axes, filed, window)
    _facilities(axes, filed, window)
    _names(axes, filed, window)
    for number, line in enumerate(ways):
        inside = shapely.clip_by_rect(line.geometry, *window)
        grid = line.name == "Corridor"
        colour = style.CORRIDOR_COLOUR if grid else style.ROUTE_COLOURS[number % len(style.ROUTE_COLOURS)]
        dashes = (0, (2, 1)) if grid else _WAY_STYLES[number % len(_WAY_STYLES)]
        for place, piece in enumerate(_pieces(inside)):
            label = words(f"{line.name}: {line.facility}", 46) if place == 0 else None
            axes.plot(*piece.T, color=colour, linestyle=dashes, linewidth=1.6, label=label, zorder=6)
    for part in shapely.get_parts(shapely.boundary(shape)) if shapely.get_dimensions(shape) else ():
        axes.plot(*shapely.get_coordinates(part).T, color="#ffffff", linewidth=3.2, zorder=7)
        axes.plot(*shapely.get_coordinates(part).T, color=style.INK, linewidth=1.6, zorder=8)
    if not shapely.get_dimensions(shape):
        axes.plot(middle.x, middle.y, "X", markersize=10, color=style.ATTENTION, markeredgecolor="#ffffff", zorder=8)
    _frame(axes, window)
    _inset(axes, filed, (middle.x, middle.y))
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        figure.set_figheight(WIDE * _TALL + 0.1 + 0.16 * -(-len(handles) // _LEGEND_COLUMNS))
        figure.legend(handles, labels, loc="outside lower left", ncol=_LEGEND_COLUMNS, fontsize=6.5, frameon=False, handlelength=2.2)
    return figure


def _ground(axes: Axes, filed: Filed, window: tuple[float, float, float, float]) -> None:
    """Draw sea, land, the score of what is free, and grey over what a rule keeps out."""
    west, south, east, north = window
    axes.set_facecolor(style.SEA)
    step = (east - west) / 400.0
    land = shapely.simplify(shapely.clip_by_rect(filed.land, west, south, east, north), step)
    _fill(axes, land, style.LAND_BEYOND, 0.0)
    surface = filed.surface
    grid = surface.grid
    rows = np.clip([math.floor((grid.north - north) / grid.cell), math.ceil((grid.north - south) / grid.cell)], 0, grid.rows)
    cols = np.clip([math.floor((west - grid.west) / grid.cell), math.ceil((east - grid.west) / grid.cell)], 0, grid.cols)
    (r0, r1), (c0, c1) = rows.tolist(), cols.tolist()
    if r1 > r0 and c1 > c0:
        every = max(1, max(r1 - r0, c1 - c0) // 500)
        part = slice(r0, r1, every), slice(c0, c1, every)
        extent = grid.west + c0 * grid.cell, grid.west + c1 * grid.cell, grid.north - r1 * grid.cell, grid.north - r0 * grid.cell
        axes.imshow(
            surface.score[part], extent=extent, cmap=score_colours(), vmin=0, vmax=100, interpolation="nearest", alpha=0.75, zorder=1
        )
        kept = _restricted(surface, part)
        axes.imshow(np.where(kept, 0.7, np.nan), extent=extent, cmap="gray", vmin=0, vmax=1, interpolation="nearest", zorder=2)
    border = shapely.simplify(shapely.clip_by_rect(filed.area, west, south, east, north), step)
    for piece in _pieces(shapely.boundary(border)):
        axes.plot(*piece.T, color=style.REGION_LINE, linewidth=0.7, zorder=3)


def _restricted(surface: Surface, part: tuple[slice, slice]) -> NDArray[np.bool_]:
    status = surface.status[part]
    on = status != STATUS_OFF_AREA
    forced = (status >> np.uint32(StatusBit.FORCED)).astype(np.bool_)
    kept: NDArray[np.bool_] = on & ~forced & ((status >> np.uint32(StatusBit.FIRST_RULE)) != 0)
    return kept


def _roads(axes: Axes, filed: Filed, window: tuple[float, float, float, float]) -> None:
    layer = filed.features.get(filed.study.context.roads or "")
    if layer is None:
        return
    near = shapely.intersects(layer.geometry, shapely.box(*window))
    column = layer.layer.network.road_class if layer.layer.network else None
    classes = layer.table[column].astype(str).to_numpy() if column and column in layer.table else np.full(len(layer), "")
    for line, kind in zip(layer.geometry[near], classes[near], strict=True):
        large = kind.startswith("motorway")
        for piece in _pieces(shapely.clip_by_rect(line, *window)):
            colour = style.MOTORWAY if large else style.MUTED
            axes.plot(*piece.T, color=colour, linewidth=1.5 if large else 0.7, zorder=4, solid_capstyle="round")


def _facilities(axes: Axes, filed: Filed, window: tuple[float, float, float, float]) -> None:
    """Draw the points of the layers that criteria measure, with their names; the layer that names places is drawn as names alone."""
    used = dict.fromkeys(criterion.measure.layer for criterion in filed.study.criteria)
    shown = [name for name in used if name in filed.features and name != filed.study.context.places]
    box = shapely.box(*window)
    for number, name in enumerate(shown):
        data = filed.features[name]
        if data.layer.geometry != "points":
            continue
        symbol = style.symbol_for(number, "points")
        inside = np.flatnonzero(shapely.within(data.geometry, box))
        labels = data.labels()
        for place, index in enumerate(inside.tolist()):
            point = data.geometry[index]
            label = words(data.layer.title, 40) if place == 0 else None
            axes.plot(point.x, point.y, _MARKERS[symbol.shape], color=symbol.colour, markersize=5, markeredgecolor="#ffffff",
                      markeredgewidth=0.5, linestyle="none", label=label, zorder=9)  # fmt: skip
            if place < _MOST_LABELS:
                axes.annotate(words(labels[index], 26), (point.x, point.y), (5, 4), textcoords="offset points", fontsize=6.2,
                              color=symbol.colour, zorder=10, clip_on=True, path_effects=_halo())  # fmt: skip


def _names(axes: Axes, filed: Filed, window: tuple[float, float, float, float]) -> None:
    layer = filed.features.get(filed.study.context.places or "")
    if layer is None:
        return
    inside = np.flatnonzero(shapely.within(layer.geometry, shapely.box(*window)))
    size = filed.study.context.label_size
    order = inside if size is None or size not in layer.table else inside[np.argsort(-layer.table[size].to_numpy(float)[inside])]
    labels = layer.labels()
    for index in order[:_MOST_LABELS].tolist():
        point = layer.geometry[index]
        axes.text(
            point.x,
            point.y,
            words(labels[index], 26),
            fontsize=7,
            style="italic",
            ha="center",
            zorder=5,
            clip_on=True,
            path_effects=_halo(),
        )


def _frame(axes: Axes, window: tuple[float, float, float, float]) -> None:
    """Close the map: its window, a scale bar of a round length, a north arrow."""
    west, south, east, north = window
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    length = _round_length((east - west) / 4.0)
    x, y, tall = west + 0.04 * (east - west), south + 0.035 * (north - south), 0.012 * (north - south)
    axes.fill([x, x + length / 2, x + length / 2, x], [y, y, y + tall, y + tall], color=style.INK, zorder=11)
    axes.fill([x + length / 2, x + length, x + length, x + length / 2], [y, y, y + tall, y + tall], facecolor="#ffffff",
              edgecolor=style.INK, linewidth=0.6, zorder=11)  # fmt: skip
    said = f"{length / _KM:g} km" if length >= _KM else f"{length:g} m"
    axes.text(x, y + 2 * tall, said, fontsize=7.5, zorder=11, path_effects=_halo())
    axes.annotate("N", (0.965, 0.985), (0.965, 0.9), xycoords="axes fraction", ha="center", va="center", fontsize=8, fontweight="bold",
                  arrowprops={"arrowstyle": "-|>", "color": style.INK}, zorder=11)  # fmt: skip


def _halo() -> list[AbstractPathEffect]:
    """Give letters a pale edge, so that they can be read over lines."""
    from matplotlib.patheffects import withStroke  # noqa: PLC0415 - an extra

    return [withStroke(linewidth=1.8, foreground="#ffffff")]


def _round_length(metres: float) -> float:
    """Give the largest of 1, 2 and 5 times a power of ten that is no longer.

    >>> _round_length(4500.0), _round_length(23000.0), _round_length(1000.0)
    (2000.0, 20000.0, 1000.0)
    """
    power = 10.0 ** math.floor(math.log10(metres))
    return max(digit * power for digit in (1, 2, 5) if digit * power <= metres)


def _inset(axes: Axes, filed: Filed, place: tuple[float, float]) -> None:
    west, south, east, north = shapely.bounds(filed.area)
    small = axes.inset_axes((0.8, 0.005, 0.195, 0.24), zorder=12)
    small.set_facecolor(style.SEA)
    _fill(small, shapely.simplify(filed.area, (east - west) / 150.0), style.LAND, 0.5)
    small.plot(*place, "o", color=style.ATTENTION, markersize=4)
    small.set_aspect("equal")
    small.set_xlim(west, east)
    small.set_ylim(south, north)
    small.set_xticks([])
    small.set_yticks([])


def _fill(axes: Axes, shape: BaseGeometry, colour: str, line: float) -> None:
    from matplotlib.patches import PathPatch  # noqa: PLC0415 - an extra
    from matplotlib.path import Path  # noqa: PLC0415

    for polygon in shapely.get_parts(shape):
        if polygon.geom_type != "Polygon" or polygon.is_empty:
            continue
        rings = [polygon.exterior, *polygon.interiors]
        path = Path.make_compound_path(*(Path(shapely.get_coordinates(ring)[:, :2], closed=True) for ring in rings))
        axes.add_patch(PathPatch(path, facecolor=colour, edgecolor=style.REGION_LINE, linewidth=line, zorder=0.5))


def _pieces(shape: BaseGeometry) -> Iterable[NDArray[np.float64]]:
    for part in shapely.get_parts(shape):
        if part.geom_type in {"LineString", "LinearRing"} and not part.is_empty:
            yield shapely.get_coordinates(part)


def _score_bar(axes: Axes) -> None:
    from matplotlib.cm import ScalarMappable  # noqa: PLC0415 - an extra
    from matplotlib.colors import Normalize  # noqa: PLC0415

    scale = ScalarMappable(Normalize(0, 100), score_colours())
    bar = axes.figure.colorbar(scale, ax=axes, location="bottom", anchor=(0.0, 1.0), shrink=0.4, aspect=28, pad=0.015, ticks=[0, 50, 100])
    bar.set_label("score of the land (grey: kept out by a rule)", fontsize=7, loc="left")
