"""Search for areas: the best of all seeds, without growing those that cannot be the best."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from geo_engine.decide.locating.wish import Area, Leftover, Located, Wish
from geo_engine.kernels.areas.blocks import best_of_block, bound_of_block, highest_by_block, pockets_of_block
from geo_engine.kernels.areas.cells import ANY_DROP, ANY_GAIN, SOLID
from geo_engine.kernels.areas.land import close_around, mark_within
from geo_engine.kernels.areas.worth import MEAN, MINIMUM, SUM

__all__ = ["locate_areas"]

_LARGE = 64  # cells: below, every cell is a seed and every area is swapped in
_SMALL = 16  # cells: up to here each area is grown anew without each of its cells, since every cell weighs
_SEEDS_A_SIDE = 8  # of an area, where areas are large
_TRIES = 4  # areas of a block that are swapped in, where areas are large
_SMALLEST_BLOCK = 4  # cells along a side
_TILE = 1024
_POCKETS = 2_000  # a register to read, not a census
_DIGITS = 9  # of a worth, in points: what differs by less is rounding
_BY = {"mean": MEAN, "share": MEAN, "sum": SUM, "minimum": MINIMUM}
_ASKED, _BOUNDED, _FOUND = 0, 1, 2

Block = tuple[int, int]


def locate_areas(
    score: NDArray[np.float32],
    free: NDArray[np.bool_],
    *,
    cells: int,
    count: int,
    spacing: float,
    reach: float = 1.5,
    wish: Wish | None = None,
    tile: int = _TILE,
) -> Located:
    """Locate areas of `cells` cells, best first.

    From a seed an area grows by the best neighbouring free cell, within reach of the seed; then border cells are exchanged for
    better neighbours until no exchange helps. Each time the best area of all seeds on open land is taken, and its surroundings are closed
    to the others. Not every seed is grown: seeds go by blocks, and no area of a block can be worth more than the best cells in its reach
    taken together, so blocks are asked in the order of that bound until none is above the best area found. Ties go to the lower row of
    the seed, then the lower column, so the answer does not depend on how the surface was computed.

    Parameters
    ----------
    score : float32 ndarray, shape (rows, columns)
        NaN where there is none; such cells must not be free.
    free : bool ndarray, shape (rows, columns)
        Cells that may be part of an area.
    cells : int
        Cells of an area.
    count : int
        Areas wanted.
    spacing : float
        In cells: centres of cells of two areas are at least this far apart.
    reach : float
        Cells of an area lie within `reach` times the radius of the circle of its size around its seed, or within the
        radius about a cell that just holds so many cells, if that is more: the farthest that its shape may go.
    wish : Wish, optional
        What else is asked of areas.
    tile : int
        Cells along a tile; tiles are looked over one by one, and one is asked again when what it offered is used up. The answer does not
        depend on it.

    Returns
    -------
    Located
        Fewer areas than wanted where free land runs out, and why.

    Notes
    -----
    Growth with exchanges is a local search: it need not find the best of all shapes. With fewer than 64 cells areas may begin at any cell,
    and each is swapped in; larger ones begin at seeds an eighth of the area's side apart, and of a block's the four best are.
    """
    wish = wish or Wish()
    if cells > free.size:
        return Located((), (), Leftover(int(np.count_nonzero(free)), 0, 0, int(np.count_nonzero(free))) if count else None)
    search = _Search(score, free, cells, reach, wish)
    search.look_over(tile)
    found: list[Area] = []
    while len(found) < count and (area := search.best()) is not None:
        found.append(area)
        search.close(area, spacing)
    leftover = search.leftover(found) if len(found) < count else None
    return Located(tuple(found), search.pockets(), leftover)


def _reach2(cells: int, reach: float) -> float:
    """Give the square of the reach in cells: at least what open land needs to hold an area at all, at most what its cells can span."""
    side = math.ceil(math.sqrt(cells / math.pi)) + 2
    down, right = np.mgrid[-side : side + 1, -side : side + 1]
    smallest = float(np.sort((down**2 + right**2).ravel())[cells - 1])
    with np.errstate(over="ignore"):
        wanted = max(float(np.float64(reach) ** 2) * cells / math.pi, smallest)
    return min(wanted, float(cells * cells))


def _squarest(cells: int) -> float:
    """Give the squareness of the most compact shape of so many cells: its perimeter is 2 ceil(2 sqrt(cells)) (Harary and Harborth 1976)."""
    return 16.0 * cells / (2 * math.ceil(round(2.0 * math.sqrt(cells), 9))) ** 2


class _Search:
    """The blocks of seeds that may hold the next area, best first."""

    def __init__(self, score: NDArray[np.float32], free: NDArray[np.bool_], cells: int, reach: float, wish: Wish) -> None:
        self.score, self.free, self.wish = np.ascontiguousarray(score), free, wish
        self.fewest, self.most = cells, min(max(cells, wish.most_cells or cells), free.size)
        self.by = _BY[wish.by]
        self.value = self._judged_by() if wish.by == "share" else self.score
        self.open = free.copy()
        self.near = self._everywhere() if wish.within is None else wish.within.copy()
        self.anywhere = wish.within is None
        rows, cols = score.shape
        self.reach2 = min(_reach2(self.most, reach), float(rows * rows + cols * cols))
        self.margin = math.floor(math.sqrt(self.reach2)) + 1
        large = self.fewest >= _LARGE
        self.step = max(1, math.isqrt(cells) // _SEEDS_A_SIDE) if large else 1
        self.tries = _TRIES if large else 0
        self.again = self.most if self.most <= _SMALL else 0
        self.side = max(_SMALLEST_BLOCK, math.isqrt(cells) // self.step * self.step)
        self.squarest = max(_squarest(n) for n in range(self.fewest, self.most + 1)) if wish.compactness else 0.0
        self.rules = (ANY_GAIN, ANY_DROP) if wish.holes else (SOLID, SOLID)
        self._make_scratch()
        self.queue: list[tuple[float, int, int, int, Block]] = []
        self.offers: dict[Block, Iterator[tuple[float, Block]]] = {}
        self.found: dict[Block, Area] = {}
        self.parked: set[Block] = set()
        self.told: NDArray[np.bool_] | None = None
        self.small: list[Area] = []

    def _judged_by(self) -> NDArray[np.float32]:
        """Give 100 where a cell counts for the share and 0 elsewhere; of equal shares the higher scores are worth a trifle more."""
        over = self.score >= np.float32(self.wish.threshold)
        return (100.0 * over + np.nan_to_num(self.score) * (0.25 / self.most)).astype(np.float32)

    def _everywhere(self) -> NDArray[np.bool_]:
        return np.broadcast_to(np.True_, self.free.shape)

    def _make_scratch(self) -> None:
        window = (self.side + 2 * self.margin) ** 2
        self.pool = np.empty(window, np.float32)
        self.window, self.inside = np.empty(window, np.float32), np.empty(window, np.bool_)
        self.state, self.key = np.empty(window, np.int8), np.empty(window)
        self.heap, self.cells, self.best_cells = np.empty(window, np.int64), np.empty(self.most, np.int64), np.empty(self.most, np.int64)
        self.lost, self.gained = np.empty(self.most, np.int64), np.empty(4 * self.most + 4, np.int64)
        self.grown = np.empty(self.side**2)

    def look_over(self, tile: int) -> None:
        """Have each tile say which of its blocks holds the highest cell in reach, and put these in the queue."""
        rows, cols = self.free.shape
        whole = max(self.side, tile // self.side * self.side)
        for row in range(0, rows, whole):
            for col in range(0, cols, whole):
                offers = self._offers(row, min(row + whole, rows), col, min(col + whole, cols))
                self._ask(offers)

    def _offers(self, row0: int, row1: int, col0: int, col1: int) -> Iterator[tuple[float, Block]]:
        """Give a tile's blocks by the highest value in reach, falling; then by row and column."""
        rings = -(-self.margin // self.side)
        halo = rings * self.side
        top, left = max(row0 - halo, 0), max(col0 - halo, 0)
        bottom, right = min(row1 + halo, self.free.shape[0]), min(col1 + halo, self.free.shape[1])
        highest = np.empty((-(-(bottom - top) // self.side), -(-(right - left) // self.side)), np.float32)
        highest_by_block(self.value, self.open, self.side, top, bottom, left, right, highest)
        if not np.isfinite(highest).any():
            return
        reached = ndimage.maximum_filter(highest, 2 * rings + 1, mode="constant", cval=-np.inf)
        up, over = (row0 - top) // self.side, (col0 - left) // self.side
        own = (slice(up, up + -(-(row1 - row0) // self.side)), slice(over, over + -(-(col1 - col0) // self.side)))
        at_r, at_c = np.nonzero(np.isfinite(highest[own]))
        values = reached[own][at_r, at_c]
        order = np.lexsort((at_c, at_r, -values))
        for k in order:  # few are asked for
            yield self._hope(float(values[k])), (row0 + int(at_r[k]) * self.side, col0 + int(at_c[k]) * self.side)

    def _hope(self, judged: float) -> float:
        """Give the most that an area can be worth whose cells are judged so, rounded."""
        c = self.wish.compactness
        return round((1.0 - c) * judged + 100.0 * c * self.squarest, _DIGITS) if c else round(judged, _DIGITS)

    def _ask(self, offers: Iterator[tuple[float, Block]]) -> None:
        """Put the next block that a tile offers in the queue."""
        if (offer := next(offers, None)) is not None:
            hope, block = offer
            self.offers[block] = offers
            heapq.heappush(self.queue, (-hope, *block, _ASKED, block))

    def best(self) -> Area | None:
        """Give the best area on open land; None where no seed is left that could grow one."""
        while self.queue:
            _, row, col, what, block = heapq.heappop(self.queue)
            if what == _ASKED:
                self._ask(self.offers.pop(block))
                self._bound(block)
            elif what == _BOUNDED:
                self._grow(block)
            else:
                area = self.found.pop(block)
                if not self.open.reshape(-1)[area.cells].all() or not self.near[row, col]:
                    self._bound(block)
                else:
                    self.parked.add(block)  # until its surroundings are closed
                    return area
        return None

    def _extent(self, block: Block) -> tuple[int, int, int, int]:
        rows, cols = self.free.shape
        return block[0], min(block[0] + self.side, rows), block[1], min(block[1] + self.side, cols)

    def _bound(self, block: Block) -> None:
        """Put a block in the queue with what its areas can be worth at most; aside where none may begin there yet."""
        row0, row1, col0, col1 = self._extent(block)
        seeds = self.open[row0:row1, col0:col1]
        if not seeds.any():
            return
        if not (seeds & self.near[row0:row1, col0:col1]).any():
            self.parked.add(block)
            return
        (rows, cols), far = self.free.shape, self.margin - 1
        window = max(row0 - far, 0), min(row1 + far, rows), max(col0 - far, 0), min(col1 + far, cols)
        judged, _ = bound_of_block(self.value, self.open, *window, self.fewest, self.most, self.by, self.pool)
        if judged > -math.inf:
            heapq.heappush(self.queue, (-self._hope(judged), *block, _BOUNDED, block))
        else:
            self._look_for_pockets(block)

    def _grow(self, block: Block) -> None:
        """Put a block in the queue with its best area."""
        count, worth, seed, failed = best_of_block(
            self.value,
            self.open,
            self.near,
            *self._extent(block),
            self.step,
            self.margin,
            self.reach2,
            self.fewest,
            self.most,
            self.by,
            self.wish.compactness,
            self.tries,
            self.again,
            *self.rules,
            self.window,
            self.inside,
            self.state,
            self.key,
            self.heap,
            self.cells,
            self.lost,
            self.gained,
            self.grown,
            self.best_cells,
        )
        if failed:
            self._look_for_pockets(block)
        if count:
            cells = np.sort(self.best_cells[:count])
            self.found[block] = Area(cells, float(self.score.reshape(-1)[cells].mean(dtype=np.float64)), worth)
            heapq.heappush(self.queue, (-round(worth, _DIGITS), *divmod(seed, self.free.shape[1]), _FOUND, block))

    def close(self, area: Area, spacing: float) -> None:
        """Close the land about an area that is taken, and let areas begin near it."""
        close_around(self.open, area.cells, spacing)
        if math.isfinite(self.wish.farthest):
            if self.anywhere:
                self.anywhere, self.near = False, np.zeros(self.free.shape, np.bool_)
            mark_within(self.near, area.cells, self.wish.farthest)
        waiting, self.parked = sorted(self.parked), set()
        for block in waiting:
            self._bound(block)

    def leftover(self, found: list[Area]) -> Leftover:
        """Tell what kept the free land that is left from holding an area."""
        free, still_open = int(np.count_nonzero(self.free)), int(np.count_nonzero(self.open))
        near = still_open if self.anywhere else int(np.count_nonzero(self.open & self.near))
        taken = sum(len(area.cells) for area in found)
        return Leftover(free, free - still_open - taken, still_open - near, near)

    def _look_for_pockets(self, block: Block) -> None:
        """Add the pieces of free land about a block that are too small to the register."""
        if len(self.small) >= _POCKETS:
            return
        if self.told is None:
            self.told = np.zeros(self.free.shape, np.bool_)
        row0, row1, col0, col1 = extent = self._extent(block)
        blocks = (row1 - row0) * (col1 - col0)
        pieces, sizes = np.empty(blocks * self.fewest, np.int64), np.empty(blocks, np.int64)
        number = pockets_of_block(
            self.value,
            self.free,
            self.told,
            *extent,
            self.step,
            self.margin,
            self.reach2,
            self.fewest,
            self.rules[0],
            self.window,
            self.inside,
            self.state,
            self.key,
            self.heap,
            self.cells,
            pieces,
            sizes,
        )
        ends = np.cumsum(sizes[:number]).tolist()
        for start, end in zip([0, *ends], ends, strict=False):
            cells = pieces[start:end].copy()
            self.small.append(Area(cells, float(self.score.reshape(-1)[cells].mean(dtype=np.float64))))

    def pockets(self) -> tuple[Area, ...]:
        """Give the pockets of free land that are too small, best first, one of those that lie together."""
        kept: list[Area] = []
        taken: set[int] = set()
        for pocket in sorted(self.small[:_POCKETS], key=lambda a: (-a.score, int(a.cells[0]))):
            members = pocket.cells.tolist()
            if taken.isdisjoint(members):
                kept.append(pocket)
            taken.update(members)
        return tuple(kept)
