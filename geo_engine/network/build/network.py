"""A network as arrays, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

__all__ = ["Network", "NetworkReport", "Words"]

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Words:
    """A column of words, each held once.

    Parameters
    ----------
    code : int32 ndarray, shape (n,)
        Number of the word; -1 where blank.
    words : tuple of str
        In order of the alphabet.
    """

    code: NDArray[np.int32]
    words: tuple[str, ...]

    def among(self, wanted: frozenset[str]) -> NDArray[np.bool_]:
        """Tell where the word is one of those wanted; never where it is blank."""
        mine = np.array([word in wanted for word in self.words] + [False])
        return mine[self.code]  # a blank, -1, is the last

    def text(self) -> NDArray[np.object_]:
        """Give the words, blank for none, as objects of shape (n,)."""
        return np.array([*self.words, ""], dtype=object)[self.code]

    def take(self, rows: NDArray[np.int64]) -> Words:
        """Give the words of some rows, or of rows again and again."""
        return Words(self.code[rows], self.words)

    @classmethod
    def of(cls, values: Iterable[object]) -> Words:
        """Hold a column of values as words: 1 and 1.0 are the word '1', missing values are blank.

        >>> Words.of(["a", None, "b", "a"]).code.tolist(), Words.of([2.0, 1.0]).words
        ([0, -1, 1, 0], ('1', '2'))
        """
        column = pd.Series(list(values), dtype=object)
        known = column.notna().to_numpy()
        text = column[known].map(lambda value: f"{value:.15g}" if isinstance(value, float) else str(value))
        number, words = pd.factorize(text, sort=True)
        code = np.full(len(column), -1, np.int32)
        code[known] = number
        return cls(code, tuple(str(word) for word in words))


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """What a network is made of.

    Parameters
    ----------
    nodes, edges : int
        Counts.
    metres : float
        Length after length factors.
    components : int
        Parts that do not hang together.
    main_share, main_length_share : float
        Share of the nodes, and of the length, in the largest part.
    broken_off : tuple of str
        Roads of the parts that are drawing faults; not travelled.
    islands : tuple of str
        Roads of each part that is an island.
    joined : int
        Ends that lay apart and were joined, because they are nearer than ``join_ends``.
    crossings : int
        Places where lines were cut, because ``planarise`` makes lines join where they cross.
    bridges : tuple of float
        Metres of each gap that was bridged.
    one_way : float
        Share of the length that is one-way.
    """

    nodes: int
    edges: int
    metres: float
    components: int
    main_share: float
    main_length_share: float
    broken_off: tuple[str, ...]
    islands: tuple[str, ...]
    joined: int = 0
    crossings: int = 0
    bridges: tuple[float, ...] = ()
    one_way: float = 0.0


@dataclass(frozen=True, eq=False)
class Network:
    """Edges between nodes, as arrays.

    Parameters
    ----------
    name : str
        The layer.
    nodes : float64 ndarray, shape (nodes, 2)
        Easting and northing in metres.
    start, end : int32 ndarray, shape (edges,)
        Nodes at either end, in the direction of drawing.
    metres : float64 ndarray, shape (edges,)
        Length, after the layer's length factors.
    classes : Words
        Class of each edge, as profiles name them.
    component : int32 ndarray, shape (edges,)
        0 for the main part, -1 for a part that is a drawing fault, 1 and up for islands.
    islands : tuple of shapely polygons
        For each island part, in order, the land that it serves; empty where no land was given.
    segments : float64 ndarray, shape (4, segments)
        Drawn lines: easting and northing of start and end.
    segment_edge : int32 ndarray, shape (segments,)
        Edge of each segment.
    segment_from, segment_to : float64 ndarray, shape (segments,)
        Shares of the edge, by drawn length, at which the segment begins and ends.
    report : NetworkReport
        For readers.
    oneway : int8 ndarray, shape (edges,), or None
        1 along the drawing only, -1 against it only, 0 both ways; None where all are both ways.
    maxspeed, speed : float64 ndarray, shape (edges,), or None
        Speed limit and driven speed in metres a second; NaN where not known, None where the layer has no such column.
    restrictions : mapping of str to Words
        By column, the words by which profiles close edges.
    labels : Words or None
        What readers call each edge.
    land : shapely geometry, optional
        All of the land, where it was given.
    island_gap : float
        Metres; of the layer's network columns.
    """

    name: str
    nodes: Float
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    metres: Float
    classes: Words
    component: NDArray[np.int32]
    islands: tuple[BaseGeometry, ...]
    segments: Float = field(repr=False)
    segment_edge: NDArray[np.int32] = field(repr=False)
    segment_from: Float = field(repr=False)
    segment_to: Float = field(repr=False)
    report: NetworkReport
    oneway: NDArray[np.int8] | None = None
    maxspeed: Float | None = None
    speed: Float | None = None
    restrictions: Mapping[str, Words] = field(default_factory=dict)
    labels: Words | None = None
    land: BaseGeometry | None = field(default=None, repr=False)
    island_gap: float = 0.0

    @property
    def road_class(self) -> NDArray[np.object_]:
        """Class of each edge as text, shape (edges,)."""
        return self.classes.text()
