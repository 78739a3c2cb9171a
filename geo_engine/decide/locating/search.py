"""Search for areas: the best of all seeds, without growing those that cannot be the best."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide.locating.ground import Ground, block_side, seed_step
from geo_engine.decide.locating.patches import Box, Marks, Patches
from geo_engine.decide.locating.wish import Area, Leftover, Located, Wish
from geo_engine.kernels.areas.blocks import best_of_block, bound_of_block, pockets_of_block
from geo_engine.kernels.areas.cells import ANY_DROP, ANY_GAIN, SOLID
from geo_engine.kernels.areas.worth import MEAN, MINIMUM, SUM

__all__ = ["locate_areas", "search_ground"]

_LARGE = 64  # cells: below, every area is swapped in
_SMALL = 16  # cells: up to here each area is grown anew without each of its cells, since every cell weighs
_TRIES = 4  # areas of a block that are swapped in, where areas are large
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
    ground = Ground.held(score, free, wish.within)
    return search_ground(ground, cells=cells, count=count, spacing=spacing, reach=reach, wish=wish, tile=tile)


def search_ground(
    ground: Ground, *, cells: int, count: int, spacing: float, reach: float = 1.5, wish: Wish | None = None, tile: int = _TILE
) -> Located:
    """Locate areas as `locate_areas` does, on land that need not be held whole; the areas are the same.

    Parameters
    ----------
    ground : Ground
        The land; `Wish.within` is not looked at, since the ground says it for each window.
    cells, count, spacing, reach, wish, tile
        As for `locate_areas`.
    """
    if cells > ground.size:
        free = sum(int(np.count_nonzero(patch.free[core])) for patch, core in Patches(ground, 1, 0, lambda score: score, math.inf).cores())
        return Located((), (), Leftover(free, 0, 0, free) if count else None)
    search = _Search(ground, cells, reach, wish or Wish())
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


def _falling(values: NDArray[np.float32]) -> Iterator[int]:
    """Give the places of values, the highest first, of equal ones the first; they are sorted only if a second one is asked for."""
    if values.size:
        yield int(values.argmax())
        yield from np.argsort(-values, kind="stable")[1:].tolist()


def _squarest(cells: int) -> float:
    """Give the squareness of the most compact shape of so many cells: its perimeter is 2 ceil(2 sqrt(cells)) (Harary and Harborth 1976)."""
    return 16.0 * cells / (2 * math.ceil(round(2.0 * math.sqrt(cells), 9))) ** 2


class _Search:
    """The blocks of seeds that may hold the next area, best first."""

    def __init__(self, ground: Ground, cells: int, reach: float, wish: Wish) -> None:
        self.shape, self.wish = ground.shape, wish
        self.fewest, self.most = cells, min(max(cells, wish.most_cells or cells), ground.size)
        self.by = _BY[wish.by]
        rows, cols = ground.shape
        self.reach2 = min(_reach2(self.most, reach), float(rows * rows + cols * cols))
        self.margin = math.floor(math.sqrt(self.reach2)) + 1
        self.step, self.side = seed_step(cells), block_side(cells)
        self.rings = -(-self.margin // self.side)
        self.tries = _TRIES if cells >= _LARGE else 0
        self.again = self.most if self.most <= _SMALL else 0
        self.squarest = max(_squarest(n) for n in range(self.fewest, self.most + 1)) if wish.compactness else 0.0
        self.rules = (ANY_GAIN, ANY_DROP) if wish.holes else (SOLID, SOLID)
        self.highest = self._judged(ground.highest(self.side))
        self.patches = Patches(ground, self.side, self.rings, self._judged, wish.farthest)
        self._make_scratch()
        self.queue: list[tuple[float, int, int, int, Block]] = []
        self.offers: dict[Block, Iterator[tuple[float, Block]]] = {}
        self.found: dict[Block, Area] = {}
        self.parked: set[Block] = set()
        self.told = Marks()
        self.small: list[Area] = []

    def _judged(self, score: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give what areas are judged by: the scores, or for the share 100 where a cell counts and 0 elsewhere.

        Of equal shares the higher scores are worth a trifle more. No higher score gives less, so this holds for the highest of a block.
        """
        if self.wish.by != "share":
            return score
        over, trifle = score >= np.float32(self.wish.threshold), np.nan_to_num(score) * (0.25 / self.most)
        return np.where(np.isneginf(score), score, (100.0 * over + trifle).astype(np.float32))

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
        from scipy import ndimage  # noqa: PLC0415 - it takes long to load, and not every verb searches

        reached = ndimage.maximum_filter(self.highest, 2 * self.rings + 1, mode="constant", cval=-np.inf)
        blocks = max(1, tile // self.side)
        for down in range(0, self.highest.shape[0], blocks):
            for right in range(0, self.highest.shape[1], blocks):
                self._ask(self._offers(reached, down, right, blocks))

    def _offers(self, reached: NDArray[np.float32], down: int, right: int, blocks: int) -> Iterator[tuple[float, Block]]:
        """Give a tile's blocks by the highest value in reach, falling; then by row and column."""
        own = slice(down, down + blocks), slice(right, right + blocks)
        at_r, at_c = np.nonzero(np.isfinite(self.highest[own]))
        values = reached[own][at_r, at_c]
        for k in _falling(values):
            yield self._hope(float(values[k])), ((down + int(at_r[k])) * self.side, (right + int(at_c[k])) * self.side)

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
                area, patch = self.found.pop(block), self.patches.about(*block)
                rows, cols = np.divmod(area.cells, self.shape[1])
                if not patch.still_open[rows - patch.row0, cols - patch.col0].all() or not patch.near[row - patch.row0, col - patch.col0]:
                    self._bound(block)
                else:
                    self.parked.add(block)  # until its surroundings are closed
                    return area
        return None

    def _box(self, block: Block, far: int = 0) -> Box:
        """Give a block with so many cells around it, as far as the grid goes."""
        (row, col), (rows, cols) = block, self.shape
        return max(row - far, 0), min(row + self.side + far, rows), max(col - far, 0), min(col + self.side + far, cols)

    def _bound(self, block: Block) -> None:
        """Put a block in the queue with what its areas can be worth at most; aside where none may begin there yet."""
        patch = self.patches.about(*block)
        row0, row1, col0, col1 = patch.local(self._box(block))
        seeds = patch.still_open[row0:row1, col0:col1]
        if not seeds.any():
            return
        if not (seeds & patch.near[row0:row1, col0:col1]).any():
            self.parked.add(block)
            return
        window = patch.local(self._box(block, self.margin - 1))
        judged, _ = bound_of_block(patch.value, patch.still_open, *window, self.fewest, self.most, self.by, self.pool)
        if judged > -math.inf:
            heapq.heappush(self.queue, (-self._hope(judged), *block, _BOUNDED, block))
        else:
            self._look_for_pockets(block)

    def _grow(self, block: Block) -> None:
        """Put a block in the queue with its best area."""
        patch = self.patches.about(*block)
        count, worth, seed, failed = best_of_block(
            patch.value,
            patch.still_open,
            patch.near,
            *patch.local(self._box(block)),
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
            rows, cols = np.divmod(np.sort(self.best_cells[:count]), patch.free.shape[1])
            score = float(patch.score[rows, cols].mean(dtype=np.float64))
            self.found[block] = Area((rows + patch.row0) * self.shape[1] + cols + patch.col0, score, worth)
            row, col = divmod(seed, patch.free.shape[1])
            heapq.heappush(self.queue, (-round(worth, _DIGITS), row + patch.row0, col + patch.col0, _FOUND, block))

    def close(self, area: Area, spacing: float) -> None:
        """Close the land about an area that is taken, and let areas begin near it."""
        self.patches.take(area.cells, spacing)
        waiting, self.parked = sorted(self.parked), set()
        for block in waiting:
            self._bound(block)

    def leftover(self, found: list[Area]) -> Leftover:
        """Tell what kept the free land that is left from holding an area."""
        free = still_open = near = 0
        for patch, core in self.patches.cores(np.isfinite(self.highest)):
            free += int(np.count_nonzero(patch.free[core]))
            still_open += int(np.count_nonzero(patch.still_open[core]))
            near += int(np.count_nonzero(patch.still_open[core] & patch.near[core]))
        taken = sum(len(area.cells) for area in found)
        return Leftover(free, free - still_open - taken, still_open - near, near)

    def _look_for_pockets(self, block: Block) -> None:
        """Add the pieces of free land about a block that are too small to the register."""
        if len(self.small) >= _POCKETS:
            return
        patch, around = self.patches.about(*block), self._box(block, self.rings * self.side)
        row0, row1, col0, col1 = patch.local(around)
        score, free = np.ascontiguousarray(patch.score[row0:row1, col0:col1]), np.ascontiguousarray(patch.free[row0:row1, col0:col1])
        r0, r1, c0, c1 = self._box(block)
        extent = r0 - around[0], r1 - around[0], c0 - around[2], c1 - around[2]
        told = self.told.read(around)
        blocks = (r1 - r0) * (c1 - c0)
        pieces, sizes = np.empty(blocks * self.fewest, np.int64), np.empty(blocks, np.int64)
        number = pockets_of_block(
            np.ascontiguousarray(patch.value[row0:row1, col0:col1]),
            free,
            told,
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
        self.told.write(around, told)
        ends = np.cumsum(sizes[:number]).tolist()
        for start, end in zip([0, *ends], ends, strict=False):
            rows, cols = np.divmod(pieces[start:end], free.shape[1])
            value = float(score[rows, cols].mean(dtype=np.float64))
            self.small.append(Area((rows + around[0]) * self.shape[1] + cols + around[2], value))

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
