"""The networks of a plan: built once, or read where they were stored, with every facility that anything puts on them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

import geo_engine
from geo_engine.errors import Fault, StudyError
from geo_engine.measure import facilities_name, point_coordinates
from geo_engine.model import Features, Selection, Study
from geo_engine.network import Network, TravelNetwork, build_network, is_stored, load_network, save_network, travel_network
from geo_engine.run.planning.reading.needs import stands_of
from geo_engine.run.progress import Reporter
from geo_engine.workspace import hash_sources

__all__ = ["make_travels", "network_digest", "network_state", "store_networks", "stored_place"]


def make_travels(
    study: Study, features: Mapping[Selection, Features], land: BaseGeometry, reporter: Reporter
) -> dict[tuple[str, str], TravelNetwork]:
    """Put every facility that a criterion, the demand or a route needs on its network with its vehicle.

    Raises
    ------
    StudyError
        If something other than points should stand on a network, or a profile does not fit it.
    NetworkError
        If a network cannot be built, or a facility is too far from it.
    """
    users: dict[tuple[str, str], dict[Selection, None]] = {}
    for way, selection in stands_of(study):
        users.setdefault(way, {})[selection] = None
    if study.reach:
        users.setdefault((study.reach.network, study.reach.profile), {})
    if users:
        reporter.stage("Building networks")
    networks = {name: _network(study, name, features[name, None], land) for name in dict.fromkeys(name for name, _ in users)}
    return {way: _with_facilities(study, networks[way[0]], way[1], selections, features) for way, selections in users.items()}


def _with_facilities(
    study: Study, network: Network, profile: str, selections: Mapping[Selection, None], features: Mapping[Selection, Features]
) -> TravelNetwork:
    facilities = {}
    for layer, where in selections:
        data = features[layer, where]
        if (shapely.get_type_id(data.geometry) != 0).any():
            raise StudyError(Fault(layer, "measures that travel need points", found=data.layer.geometry, allowed="geometry = 'points'"))
        e, n = point_coordinates(data.geometry)
        facilities[facilities_name(layer, where)] = (e, n, data.labels())
    return travel_network(network, study.profiles[profile], facilities)


def stored_place(study: Study, name: str) -> Path:
    """Give the file that a network is stored in: beside the runs of its study, ``outputs/<study>/.networks/NAME.npz``."""
    return study.path.parent.parent / "outputs" / study.name / ".networks" / f"{name}.npz"


def network_digest(study: Study, name: str) -> str:
    """Hash all that a network depends on: its layer with its data, the land, the CRS, and the engine's version.

    Returns
    -------
    str
        Blank where data come from an address, so that nothing tells whether they have changed.
    """
    hashes = hash_sources([study.layers[name], study.layers[study.area]])
    if any(value.startswith("not hashed") for value in hashes.values()):
        return ""
    told = json.dumps([hashes, study.crs, geo_engine.__version__], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def network_state(study: Study, name: str) -> tuple[bool, str]:
    """Tell whether a network is read where it was stored, and why or why not, without reading it."""
    digest, place = network_digest(study, name), stored_place(study, name)
    if not digest:
        return False, "its data come from an address, so nothing tells whether they have changed"
    if not place.is_file():
        return False, "no run has stored it yet"
    if not is_stored(place, digest):
        return False, "its layer, its data, the land, the CRS or the engine's version has changed since it was stored"
    return True, "nothing that it depends on has changed since it was stored"


def _network(study: Study, name: str, features: Features, land: BaseGeometry) -> Network:
    """Read a network where it was stored and nothing has changed since; build it otherwise."""
    digest = network_digest(study, name)
    stored = load_network(stored_place(study, name), digest, land) if digest else None
    return stored if stored is not None else build_network(features, land)


def store_networks(study: Study, travels: Mapping[tuple[str, str], TravelNetwork]) -> None:
    """Store the networks of a run that has ended well and that are not stored yet.

    A folder that cannot be written to costs time at the next run, and no more.
    """
    networks = {name: travel.network for (name, _), travel in travels.items()}
    for name, network in networks.items():
        digest, place = network_digest(study, name), stored_place(study, name)
        if digest and not is_stored(place, digest):
            with suppress(OSError):
                save_network(network, place, digest)
