"""Costs from many sources at once against networkx: one-way, parallel, free and closed links, loops, parts that nothing leads to."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo_engine.kernels.network.elimination import eliminate
from geo_engine.network.travel.elimination import make_elimination
from tests.kernels.network.test_shortest import CLOSED, COSTS, Float, Links, by_networkx, links

SOURCES = st.lists(st.tuples(st.integers(0, 10**6), COSTS), max_size=40)


@st.composite
def tangles(draw: st.DrawFn) -> Links:
    """Links at random: many neighbours to join when a node goes."""
    count = draw(st.integers(1, 14))
    node = st.integers(0, count - 1)
    return count, draw(st.lists(st.tuples(node, node, CLOSED, CLOSED), max_size=60))


def found(made: Links, source: list[tuple[int, float]], cutoff: float = np.inf) -> Float:
    count, rows = made
    low, high = np.array([row[0] for row in rows], np.int32), np.array([row[1] for row in rows], np.int32)
    up, down = np.array([row[2] for row in rows], np.float64), np.array([row[3] for row in rows], np.float64)
    node, begin = np.array([s for s, _ in source], np.int64), np.array([b for _, b in source], np.float64)
    return make_elimination(low, high, up, down, count).costs(node, begin, cutoff=cutoff)


@settings(max_examples=120)
@given(st.one_of(tangles(), links()), SOURCES)
@example((1, []), [(0, 2.5)])
@example((3, [(0, 0, 1.0, 1.0), (0, 1, np.inf, 2.0), (0, 1, 3.0, np.inf)]), [(0, 0.0), (1, 1.0), (2, 7.0)])
def test_costs_from_many_sources_are_those_of_networkx(made: Links, drawn: list[tuple[int, float]]) -> None:
    count, rows = made
    source = [(node % count, begin) for node, begin in drawn]
    arcs = [(low, high, up) for low, high, up, _ in rows] + [(high, low, down) for low, high, _, down in rows]
    np.testing.assert_allclose(found(made, source).T, by_networkx(count, arcs, source), rtol=1e-12, atol=1e-12)


@given(tangles(), SOURCES, st.floats(0.0, 20.0))
def test_what_costs_more_than_the_cut_off_is_infinite_and_nothing_else_changes(
    made: Links, drawn: list[tuple[int, float]], cutoff: float
) -> None:
    source = [(node % made[0], begin) for node, begin in drawn]
    whole = found(made, source)
    np.testing.assert_array_equal(found(made, source, cutoff), np.where(whole <= cutoff, whole, np.inf))


@given(tangles())
def test_every_node_goes_once_and_is_joined_to_what_goes_later(made: Links) -> None:
    count, rows = made
    low, high = np.array([row[0] for row in rows], np.int32), np.array([row[1] for row in rows], np.int32)
    rank, first, above = eliminate(low, high, count)
    assert sorted(rank.tolist()) == list(range(count))
    assert first[0] == 0
    assert first[-1] == len(above)
    joined = {r: above[first[r] : first[r + 1]].tolist() for r in range(count)}
    for r, others in joined.items():
        assert others == sorted(set(others))
        assert all(other > r for other in others)
        # Whoever a node was joined to when it went has since been joined to one another: no cheaper way is lost with it.
        assert all(b in joined[a] for a in others for b in others if b > a)
    for a, b in zip(rank[low].tolist(), rank[high].tolist(), strict=True):
        assert a == b or max(a, b) in joined[min(a, b)]


def test_of_a_star_the_tips_go_first_and_the_middle_is_joined_to_none_but_the_last() -> None:
    rank, _, above = eliminate(np.zeros(5, np.int32), np.arange(1, 6, dtype=np.int32), 6)
    assert rank[0] >= 4  # four tips leave two nodes with one neighbour each
    assert len(above) == 5  # one arc a link: nothing is added
