"""What a profile makes of a network's edges: how fast each is, in which direction it is open, where it may be entered."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_engine.errors import Fault, StudyError, nearest_spelling
from geo_engine.model import Profile
from geo_engine.network.build import Network
from geo_engine.network.build.joins import components_of

__all__ = ["Way", "WayReport", "ways_of"]


@dataclass(frozen=True, slots=True)
class WayReport:
    """What a profile makes of a network, in a few figures.

    Parameters
    ----------
    digest : str
        Equal where the same edges may be entered.
    closed_share : float
        Share of the length that is closed to the vehicle.
    cut_off_share : float
        Share of the length that is open and cannot be got out of or into again, because of what is closed or one-way around
        it; it is not entered.
    """

    digest: str
    closed_share: float
    cut_off_share: float


@dataclass(frozen=True, eq=False)
class Way:
    """What a profile makes of a network's edges; arrays of shape (edges,).

    Parameters
    ----------
    speed : float64 ndarray
        Metres a second; 0 where an edge is closed.
    ahead, back : bool ndarray or None
        Whether an edge may be travelled along its drawing, and against it; None where all are open both ways.
    enterable : bool ndarray
        Whether a place may reach the network there.
    told : WayReport
        In figures.
    """

    speed: NDArray[np.float64]
    ahead: NDArray[np.bool_] | None
    back: NDArray[np.bool_] | None
    enterable: NDArray[np.bool_]
    told: WayReport


def ways_of(network: Network, profile: Profile) -> Way:
    """Apply a profile to a network.

    An edge's speed is the one that it states itself, times the profile's factor; the profile's speed for its class where it
    states none; in both cases at most its speed limit times the factor, and at most the profile's top speed.

    Raises
    ------
    StudyError
        If the profile has no speed for a class that needs one, or closes edges by a column that the network does not carry; all
        at once.
    """
    faults: list[Fault] = []
    is_open = ~_closed(network, profile, faults)
    speed = _speeds(network, profile, is_open, faults)
    if faults:
        raise StudyError(faults)
    speed[~is_open] = 0.0
    ahead = back = None
    good = np.ones(len(is_open), np.bool_)
    if network.oneway is not None or not is_open.all():
        oneway = network.oneway if network.oneway is not None else np.zeros(len(is_open), np.int8)
        ahead, back = is_open & (oneway >= 0), is_open & (oneway <= 0)
        good = _both_ways(network, ahead, back)
    at_ends = network.classes.among(profile.entered_at_ends)
    enterable = is_open & good & ~at_ends & (network.component >= 0)
    total = max(float(network.metres.sum()), 1e-9)
    told = WayReport(
        hashlib.blake2b(np.packbits(enterable).tobytes(), digest_size=16).hexdigest(),
        float(network.metres[~is_open].sum()) / total,
        float(network.metres[is_open & ~good].sum()) / total,
    )
    return Way(speed, ahead, back, enterable, told)


def _closed(network: Network, profile: Profile, faults: list[Fault]) -> NDArray[np.bool_]:
    closed = np.zeros(len(network.start), np.bool_)
    columns = {"class": network.classes, **network.restrictions}
    for column, words in profile.closed.items():
        if column in columns:
            closed |= columns[column].among(words)
        else:
            faults.append(
                Fault(
                    f"studies/profiles/{profile.name}.toml closed",
                    f"closes edges by '{column}', which network '{network.name}' does not carry",
                    found=", ".join(columns),
                    remedy=f"add '{column}' to restrictions of [network] in layers/{network.name}.toml, or use another profile",
                )
            )
    return closed


def _speeds(network: Network, profile: Profile, is_open: NDArray[np.bool_], faults: list[Fault]) -> NDArray[np.float64]:
    stated = network.speed if network.speed is not None else np.full(len(is_open), np.nan)
    needed = is_open & np.isnan(stated)
    codes = np.unique(network.classes.code[needed])
    known = sorted(profile.speeds)
    faults += [
        Fault(
            f"studies/profiles/{profile.name}.toml speeds",
            f"has no speed for class '{name}' of network '{network.name}'",
            found=", ".join(known) or "none",
            remedy=nearest_spelling(name, known) or f'add {name} = "50 km/h"',
        )
        for name in (network.classes.words[code] for code in codes.tolist())
        if name not in profile.speeds
    ]
    by_class = np.array([profile.speeds.get(name, 0.0) for name in network.classes.words])[network.classes.code]
    speed = np.where(np.isnan(stated), by_class, stated * profile.speed_factor)
    if network.maxspeed is not None:
        speed = np.fmin(speed, network.maxspeed * profile.speed_factor)
    return np.minimum(speed, profile.top_speed)


def _both_ways(network: Network, ahead: NDArray[np.bool_], back: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell the edges from which one can go out and come back: those of the largest such part of each part of the network."""
    # SciPy takes a third of a second to import, and many networks are open both ways throughout.
    from scipy.sparse import coo_matrix  # noqa: PLC0415
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    count = len(network.nodes)
    tail, head = np.concatenate([network.start[ahead], network.end[back]]), np.concatenate([network.end[ahead], network.start[back]])
    arcs = coo_matrix((np.ones(len(tail), np.int8), (tail, head)), shape=(count, count))
    strong_count, strong = connected_components(arcs, directed=True, connection="strong")
    _, weak = components_of(network.start, network.end, count)
    inside = (strong[network.start] == strong[network.end]) & (ahead | back)
    metres = np.bincount(strong[network.start[inside]], weights=network.metres[inside], minlength=strong_count)
    part = np.zeros(strong_count, np.int64)
    part[strong] = weak
    order = np.lexsort((-metres, part))
    first = np.ones(strong_count, np.bool_)
    first[1:] = part[order][1:] != part[order][:-1]
    largest = np.zeros(strong_count, np.bool_)
    largest[order[first]] = True
    good: NDArray[np.bool_] = inside & largest[strong[network.start]]
    return good
