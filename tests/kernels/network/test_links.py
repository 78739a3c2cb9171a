"""From segments to links, and the cheaper way along a link, on figures that can be worked out in the head."""

from __future__ import annotations

import numpy as np

from geo_engine.kernels.network.links import links_of, nearest_cost


def test_a_share_of_a_segment_becomes_a_share_of_the_link_that_holds_it() -> None:
    # One edge of two segments (0 to 0.4, 0.4 to 1), cut at 0.1 and 0.7; a second edge of one segment, uncut.
    segment = np.array([0, 0, 1, 1, 1, 2, -1], np.int32)
    share = np.array([0.125, 0.25, 0.0, 0.5, 1.0, 0.25, 0.0])
    link, along = np.empty(7, np.int32), np.empty(7)
    links_of(
        segment,
        share,
        np.array([0, 0, 1], np.int32),
        np.array([0.0, 0.4, 0.0]),
        np.array([0.4, 1.0, 1.0]),
        np.array([0, 3, 4]),
        np.array([0.1, 0.7]),
        link,
        along,
    )
    assert link.tolist() == [0, 0, 1, 1, 2, 3, -1]
    np.testing.assert_allclose(along, [0.5, 1.0, 0.5, 1.0, 1.0, 0.25, 0.0], atol=1e-15)


def test_the_cheaper_way_along_the_link_is_taken_and_none_is_infinite() -> None:
    # The link costs 100; its first node is 10 from the facility, its second 40: the ways are equal 65 along it.
    link, along = np.array([0, 0, 0, 0, -1, 1], np.int32), np.array([0.0, 0.65, 0.75, 1.0, 0.5, 0.5])
    out = np.empty(6, np.float32)
    nearest_cost(
        link,
        along,
        np.array([0.0, 0.0, 3.0, 0.0, 0.0, 1.0]),
        np.array([0, 2], np.int32),
        np.array([1, 3], np.int32),
        np.array([100.0, 100.0]),
        np.array([100.0, 100.0]),
        np.array([10.0, 40.0, np.inf, np.inf]),
        out,
    )
    assert out.tolist() == [10.0, 75.0, 68.0, 40.0, np.inf, np.inf]
