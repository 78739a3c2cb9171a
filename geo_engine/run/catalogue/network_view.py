"""How a network layer hangs together, and whether those who use it reach it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_engine.errors import GeoEngineError
from geo_engine.measure import PointPlaces, facilities_name, point_coordinates, sizes
from geo_engine.model import Features, Layer, Profile, Selection, Study
from geo_engine.network import Network, NetworkReport, build_network, component_of, on_land, travel_network
from geo_engine.run.planning.reading.needs import stands_of
from geo_engine.workspace import read_features, read_study

__all__ = ["ENOUGH", "NetworkView", "ReachedShare", "view_network"]

ENOUGH = 0.95
"""Share that the largest part should hold at least; below, readers are warned."""


@dataclass(frozen=True, slots=True)
class ReachedShare:
    """Where some facilities, or the people of some places, meet a network.

    Parameters
    ----------
    study, profile : str
        Who asks, and by which vehicle.
    what : str
        The layer with its filter; of people the column too.
    total : float
        Facilities, or people.
    main, islands, unreached : float
        Shares that meet the main part, that meet an island, and that are farther from the network than the profile's limit.
    farthest_m, median_m : float
        Metres, straight, from those that meet the network to it; NaN where none does.
    """

    study: str
    profile: str
    what: str
    total: float
    main: float
    islands: float
    unreached: float
    farthest_m: float
    median_m: float


@dataclass(frozen=True, slots=True)
class NetworkView:
    """What a network is made of, and who reaches it.

    Parameters
    ----------
    report : NetworkReport
        Counts and shares.
    shares : tuple of ReachedShare
        By study and layer.
    warnings : tuple of str
        Where a largest part holds too little.
    missing : tuple of (str, str)
        Every region of the study, and what the vintage is known to miss there; blank where nothing is listed.
    """

    report: NetworkReport
    shares: tuple[ReachedShare, ...]
    warnings: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]


def view_network(layer: Layer, data: Features, studies: Path, crs: str) -> NetworkView:
    """Describe a network layer.

    Parameters
    ----------
    layer, data : Layer, Features
        The network, read in `crs`.
    studies : Path
        The folder of the studies: those that can be read, are in the same CRS and use the network are asked.
    crs : str
        In which the network was read.
    """
    asked = [study for study in _readable(studies) if study.crs == crs and layer.name in {network for (network, _), _ in stands_of(study)}]
    land = shapely.union_all(read_features(asked[0].layers[asked[0].area], crs=crs).geometry) if asked else None
    network = build_network(data, land)
    shares = tuple(share for study in asked for share in _shares(study, network))
    report = network.report
    warnings = []
    if report.main_length_share < ENOUGH:
        warnings.append(
            f"The largest part holds {report.main_length_share:.1%} of the length, less than {ENOUGH:.0%}: lines may not meet where they "
            "should; try join_ends, planarise or bridge in [network]."
        )
    warnings += [
        f"{share.what}: {share.main:.1%} meet the largest part ({share.profile}), less than {ENOUGH:.0%}; {share.islands:.1%} are on "
        f"islands, {share.unreached:.1%} out of reach."
        for share in shares
        if share.main < ENOUGH
    ]
    regions = _regions(asked[0]) if asked else ()
    listed = dict.fromkeys((*regions, *(region for region, _ in layer.missing)), "")
    for region, what in layer.missing:
        listed[region] = f"{listed[region]}; {what}" if listed[region] else what
    return NetworkView(report, shares, tuple(warnings), tuple(listed.items()) if layer.missing else ())


def _readable(folder: Path) -> Iterator[Study]:
    for file in sorted(folder.glob("*.toml")):
        try:
            yield read_study(file)
        except GeoEngineError:
            continue  # `layers list` says so


def _regions(study: Study) -> tuple[str, ...]:
    area = read_features(study.layers[study.area], crs=study.crs)
    return tuple(sorted(str(name) for name in area.table[study.region_column]))


def _shares(study: Study, network: Network) -> Iterator[ReachedShare]:
    users: dict[str, dict[Selection, None]] = {}
    for (name, profile), selection in stands_of(study):
        if name == network.name:
            users.setdefault(profile, {})[selection] = None
    context = study.context
    read: dict[Selection, Features] = {}
    for profile, selections in users.items():
        for layer, where in selections:
            data = read.setdefault((layer, where), read_features(study.layers[layer], crs=study.crs, where=where))
            yield _share(study, network, study.profiles[profile], data, facilities_name(layer, where), np.ones(len(data)))
        if context.places and context.label_size:
            selection = (context.places, context.label_where)
            data = read.setdefault(selection, read_features(study.layers[context.places], crs=study.crs, where=context.label_where))
            heads = sizes(data, context.label_size, 0.0)
            yield _share(study, network, study.profiles[profile], data, f"{context.label_size} of {facilities_name(*selection)}", heads)


def _share(study: Study, network: Network, profile: Profile, data: Features, what: str, weight: NDArray[np.float64]) -> ReachedShare:
    travel = travel_network(network, profile, {})
    e, n = on_land(network, *point_coordinates(data.geometry))
    legs = PointPlaces(e, n).legs(travel)
    component = component_of(travel, legs)
    total = max(float(weight.sum()), 1e-12)
    known = legs.metres[legs.link >= 0]
    shares: Mapping[str, float] = {
        "main": float(weight[component == 0].sum()) / total,
        "islands": float(weight[component > 0].sum()) / total,
        "unreached": float(weight[component < 0].sum()) / total,
    }
    farthest, median = (float(known.max()), float(np.median(known))) if known.size else (np.nan, np.nan)
    return ReachedShare(study.name, profile.name, what, float(weight.sum()), **shares, farthest_m=farthest, median_m=median)
