"""Pictures with a palette, against what another library reads back."""

from __future__ import annotations

import io

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from geo_engine.publish.plots.png import indexed_png

COLOURS = [(0, 0, 0), (250, 251, 252), (1, 2, 3), (200, 0, 100), (0, 128, 255)]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 2**31))
def test_another_library_reads_the_same_colours_and_sees_through_the_first(rows: int, cols: int, seed: int) -> None:
    indices = np.random.default_rng(seed).integers(0, len(COLOURS), (rows, cols)).astype(np.uint8)
    seen = np.asarray(Image.open(io.BytesIO(indexed_png(indices, COLOURS))).convert("RGBA"))
    assert seen.shape == (rows, cols, 4)
    assert (seen[..., 3] == np.where(indices == 0, 0, 255)).all()
    assert (seen[..., :3][indices > 0] == np.array(COLOURS)[indices[indices > 0]]).all()


def test_the_same_picture_gives_the_same_bytes() -> None:
    indices = np.arange(256, dtype=np.uint8).reshape(16, 16) % len(COLOURS)
    assert indexed_png(indices, COLOURS) == indexed_png(indices.copy(), COLOURS)
