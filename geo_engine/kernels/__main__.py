"""Compile every kernel once, so that the first run need not: ``python -m geo_engine.kernels``.

Numba keeps what it compiles beside the source, or in its cache folder where that cannot be written.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from geo_engine.kernels import corridors, discs, points, polygons, segments, value
from geo_engine.kernels.areas import blocks, land
from geo_engine.kernels.areas.cells import SOLID
from geo_engine.kernels.decision import ordered, ranking, surface, weights
from geo_engine.kernels.land import cells as land_cells
from geo_engine.kernels.land import discs as land_discs
from geo_engine.kernels.network import elimination, links, rows, shortest, sums


def warm() -> None:
    """Call every kernel with the smallest arrays of the types that the engine uses."""
    axis, falling = np.array([0.5, 1.5]), np.array([1.5, 0.5])
    one, edge = np.array([1.0]), np.array([[0.0, 1.0], [0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    square32, square, flags = np.empty((2, 2), np.float32), np.empty((2, 2)), np.empty((2, 2), np.bool_)
    index32, line32 = np.empty((2, 2), np.int32), np.empty(2, np.int32)
    points.nearest_point_on_tile(axis, falling, one, one, square32)
    points.nearest_point_at(axis, falling, one, one, np.empty(2, np.float32), np.empty(2, np.int64))
    segments.segment_distance_on_tile(axis, falling, edge, np.inf, square32)
    segments.nearest_segment_on_tile(axis, falling, edge, 10.0, square, index32, np.empty((2, 2)))
    segments.nearest_segment_at(axis, falling, edge, np.inf, np.empty(2), line32, np.empty(2))
    polygons.inside_on_tile(axis, falling, edge, flags)
    polygons.inside_at(axis, falling, edge, np.empty(2, np.bool_))
    discs.sum_in_discs_on_tile(axis, falling, one, one, one, one, square)
    discs.sum_in_discs_at(axis, falling, one, one, one, one, np.empty(2))
    low, high, link_cost, cost = np.zeros(1, np.int32), np.ones(1, np.int32), np.array([2.0]), np.array([[0.0], [2.0]])
    link, along, off, out = np.zeros(1, np.int32), np.array([0.5]), np.array([0.0]), np.empty(1, np.float32)
    first = np.array([0, 1])
    links.links_of(link, along, link, np.array([0.0]), one, first, np.empty(0), np.empty(1, np.int32), np.empty(1))
    way, nodes, whole = (link, along, off, low, high, link_cost, link_cost), np.array([0.0, 2.0]), np.empty(1, np.int32)
    links.nearest_cost(*way, nodes, out)
    links.nth_cost(*way, cost, np.zeros((2, 1), np.int32), out, whole)
    pairs = np.empty(1), np.empty(1), np.empty(1)
    sums.add_by_link(low, high, link_cost, link_cost, cost, np.exp(-cost), np.zeros(1), np.zeros(1), whole, *pairs)
    sums.place_pairs(np.ones(1, np.int32), first[:1], one, one, one, *pairs)
    sums.sum_pairs(first, *pairs)
    sums.access_exponential(*way, one, one, nodes, first, one, one, one, 1.0, out)
    sums.count_reached(low, high, nodes, 5.0, np.zeros(1, np.int64))
    sums.list_reached(low, high, nodes, 5.0, 0, np.zeros(1, np.int64), whole, np.empty(1), np.empty(1))
    sums.access_general(link, along, off, link_cost, link_cost, first, link, one, one, one, sums.STEP, 5.0, 5.0, out)
    first_arc, heads, sources = np.array([0, 1, 2]), np.array([1, 0], np.int32), np.array([0])
    rows.compressed_rows(heads, np.empty(3, np.int64), np.empty(2, np.int32))
    for arcs in (0, 2):
        made = np.empty(3, np.int64), np.empty(2, np.int32), np.empty(2), np.empty(arcs, np.int32)
        rows.arc_rows(low, high, link_cost, link_cost, *made)
        found = np.empty(2), np.empty(2, np.int32), np.empty(arcs, np.int32)
        shortest.nearest_source(first_arc, heads, nodes, sources, off, np.inf, 1.0, *found)
    gone = elimination.eliminate(low, high, 2)
    elimination.costs_from(*gone, *elimination.weigh(low, high, link_cost, link_cost, *gone), sources, off)
    rows.breadth_first(first_arc, heads, np.empty(2, np.int32))
    shortest.k_nearest_sources(first_arc, heads, nodes, sources, off, np.empty((2, 1)), np.empty((2, 1), np.int32))
    inner, ways = np.zeros(2, np.bool_), np.empty(1, np.bool_)
    rows.walk_chains(low, high, first_arc, np.zeros(2, np.int32), inner, np.empty(2, np.int64), whole, ways)
    rows.spread_along_chains(low, high, link_cost, link_cost, first, link, ways, np.inf, nodes, np.zeros(2, np.int32))
    value.linear_utility(out, 0.0, 1.0, np.empty(1))
    value.add_linear(out, 0.0, 1.0, np.nan, 1.0, np.zeros(1), np.zeros(1, np.bool_), np.zeros(1, np.bool_))
    free, score, two_cells = np.ones((2, 2), np.bool_), np.zeros((2, 2), np.float32), np.empty(2, np.int64)
    room, flat = np.empty(64, np.int64), (np.empty(64, np.float32), np.empty(64, np.bool_), np.empty(64, np.int8), np.empty(64))
    held = (SOLID, SOLID, *flat, room, two_cells, room.copy(), room.copy(), np.empty(4), two_cells.copy())
    blocks.highest_by_block(score, free, 2, 0, 0, np.empty((1, 1), np.float32))
    blocks.bound_of_block(score, free, 0, 2, 0, 2, 1, 1, 0, flat[0])
    blocks.best_of_block(score, free, free, 0, 2, 0, 2, 1, 3, 2.0, 2, 2, 0, 0.0, 0, 1, *held)
    blocks.pockets_of_block(score, free, ~free, 0, 2, 0, 2, 1, 3, 2.0, 2, SOLID, *flat, room, two_cells, room.copy(), room.copy())
    land.close_around(free, np.array([0]), np.array([0]), 1.0, 0, 0)
    land.mark_within(free, np.array([0]), np.array([0]), 1.0, 0, 0)
    open_land, cells = np.ones((2, 2)), np.array([0])
    previous = np.empty(4, np.int64)
    end = corridors.least_cost_search(open_land, 1.0, cells, cells, one, one, np.inf, np.empty(4), previous)
    corridors.way_back(previous, end)
    layers, drawn, wins = np.ones((1, 2, 1)), np.ones((1, 1)), np.zeros((2, 2), np.int64)
    scores, ranks = np.empty((1, 2)), np.empty((2, 1), np.int16)
    ranking.weighted_scores(layers, 0, drawn, scores)
    ranking.add_ranks(scores, drawn, np.zeros((2, 2), np.int64), np.zeros((2, 2)), np.zeros((2, 1)), ranks)
    ranking.add_wins(ranks, 0, 2, wins)
    ranking.add_firsts(layers, drawn, np.array([0]), 0.0, np.zeros(1))
    weights.walk_between(np.array([0.5, 0.5]), np.zeros(2), np.ones(2), np.full((1, 1, 3), 0.5), np.empty((1, 2)))
    ordered.average_by_order(scores, drawn[0], drawn[0], np.empty(2))
    ordered.average_by_quantifier(scores, drawn[0], 2.0, np.empty(2))
    one32 = np.ones((1, 1), np.float32)
    surface.count_reached(one32, one32, one32[0], np.zeros(1, np.int32))
    steps, counts, columns = np.array([[1.0], [0.0], [0.0], [-1.0]]), np.zeros((1, 2), np.int32), np.empty((1, 1), np.int32)
    land_cells.class_share(counts, counts, one, one, steps, 1.0, out)
    land_cells.nearest_columns(np.ones((1, 1), np.bool_), columns, columns.copy())
    land_cells.class_distance(columns, columns, one, one, steps, 1.0, out)
    bins, parts = np.zeros(1, np.int64), np.zeros((5, 1))
    land_discs.quartic_points(one, one, bins, parts[:3].copy(), 1.0, np.empty(1))
    land_discs.quartic_lines(one, one, bins, parts, 1.0, 1.0, np.empty(1))
    land_discs.disc_area(one, one, bins, parts[:4].copy(), 1.0, 1.0, np.empty(1, np.bool_), np.empty(1))


if __name__ == "__main__":
    begun = time.perf_counter()
    warm()
    sys.stdout.write(f"Kernels ready in {time.perf_counter() - begun:.1f} s\n")
