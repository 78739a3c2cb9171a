"""The way itself: which roads a journey takes, how far and how long on each."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_engine.model import Direction, Impedance, Route, RoutePart
from geo_engine.network.travel.graph import Reached, Tree
from geo_engine.network.travel.vehicle import TravelNetwork

__all__ = ["RouteFinder"]

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RouteFinder:
    """Finds the ways between places and their nearest facility; keeps what several places share.

    Parameters
    ----------
    travel : TravelNetwork
        With the facilities on it.
    name : str
        The facilities.
    impedance : {'time', 'distance', 'money'}
        What is made least.
    direction : {'to', 'from'}
        To the facility, or from it.
    """

    travel: TravelNetwork
    name: str
    impedance: Impedance = "time"
    direction: Direction = "to"
    _trees: dict[int, Tree] = field(default_factory=dict, repr=False)

    def find(self, easting: float, northing: float) -> Route | None:
        """Find the cheapest way between a place and its nearest facility.

        Parameters
        ----------
        easting, northing : float
            The place, in metres.

        Returns
        -------
        Route or None
            In the direction of travel; None where no facility can be reached. Its parts add up to its cost.
        """
        travel = self.travel
        legs = travel.legs_at(np.array([easting]), np.array([northing]))
        link, along = int(legs.link[0]), float(legs.along[0])
        if link < 0:
            return None
        near = self._near
        by_low, by_high = travel.sides(self.impedance, self.direction)
        low, high = int(travel.low[link]), int(travel.high[link])
        back = (along * by_low[link] if along > 0 else 0.0) + near.cost[low]
        on = ((1.0 - along) * by_high[link] if along < 1 else 0.0) + near.cost[high]
        if not np.isfinite(min(back, on)):
            return None
        node = low if back <= on else high
        facility = int(near.source[node])
        steps = [(step, 0.0, 1.0, not flipped) for step, flipped in self._tree(facility).way(node)]
        # The last piece, from the node to the place, along its link.
        if node == low and back <= on:
            steps.append((link, 0.0, along, True))
        else:
            steps.append((link, along, 1.0, False))
        return self._told(facility, steps, (easting, northing), float(legs.metres[0]))

    @cached_property
    def _near(self) -> Reached:
        return self.travel.nearest(self.name, self.impedance, self.direction)

    def _tree(self, facility: int) -> Tree:
        if facility not in self._trees:
            node = int(self.travel.facilities[self.name].node[facility])
            self._trees[facility] = self.travel.graph(self.impedance, self.direction, contract=False).tree(node)
        return self._trees[facility]

    def _told(self, facility: int, steps: list[tuple[int, float, float, bool]], place: tuple[float, float], off: float) -> Route:
        """Put a route together from pieces of links, given from the facility to the place."""
        travel, there = self.travel, self.travel.facilities[self.name]
        profile, network = travel.profile, travel.network
        edge_of = np.searchsorted(travel.edge_link, np.array([link for link, *_ in steps]), side="right") - 1
        lines, rows = [], []
        for (link, begin, end, ahead), edge in zip(steps, edge_of.tolist(), strict=True):
            first, last = travel.shares(link, edge)
            corners = _piece(travel, edge, first + begin * (last - first), first + end * (last - first))
            lines.append(corners if ahead else corners[::-1])
            label = network.labels.words[network.labels.code[edge]] if network.labels is not None else ""
            share = end - begin
            rows.append(
                (label, network.classes.words[network.classes.code[edge]], travel.metres[link] * share, travel.seconds[link] * share)
            )
        own = (float(there.easting[facility]), float(there.northing[facility]))
        corners = np.vstack([np.array([own]), *lines, np.array([place])])
        parts = [RoutePart("", "off the network", *_off(travel, float(there.metres[facility])))]
        # A piece without length (a stub at a junction) parts no road in two.
        for (label, road_class), group in groupby((row for row in rows if row[2] > 0), key=lambda row: row[:2]):
            these = list(group)
            parts.append(RoutePart(label, road_class, float(sum(row[2] for row in these)), float(sum(row[3] for row in these))))
        parts.append(RoutePart("", "off the network", *_off(travel, off)))
        if self.direction == "to":
            corners, parts = corners[::-1], parts[::-1]
        apart = np.ones(len(corners), np.bool_)
        apart[1:] = (np.diff(corners, axis=0) != 0).any(axis=1)
        corners = corners[apart] if apart.sum() > 1 else corners[:2]
        metres, seconds = sum(part.metres for part in parts), sum(part.seconds for part in parts)
        cost = float(profile.cost(np.array(seconds), np.array(metres), self.impedance))
        return Route(
            facility=there.names[facility],
            metres=metres,
            seconds=seconds,
            cost=cost,
            unit=profile.unit(self.impedance),
            parts=tuple(part for part in parts if part.metres > 0),
            geometry=shapely.LineString(corners),
        )


def _off(travel: TravelNetwork, metres: float) -> tuple[float, float]:
    real = metres * travel.profile.detour
    return real, real / travel.profile.off_network_speed


def _piece(travel: TravelNetwork, edge: int, begin: float, end: float) -> Float:
    """Give the corners of an edge between two shares of it, shape (corners, 2), in the direction of drawing."""
    network = travel.network
    first, last = np.searchsorted(network.segment_edge, [edge, edge + 1])
    share = np.append(network.segment_from[first:last], 1.0)
    corners = np.vstack([network.segments[:2, first:last].T, network.segments[2:, last - 1]])
    inner = corners[(share > begin) & (share < end)]
    at = np.array([[np.interp(s, share, corners[:, axis]) for axis in (0, 1)] for s in (begin, end)])
    return np.vstack([at[:1], inner, at[1:]])
