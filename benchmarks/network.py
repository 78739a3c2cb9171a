"""Networks: nearest facility, matrices, surfaces, memory; against networkx and pandana in the same run."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator

import networkx as nx
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from benchmarks import world
from benchmarks.figures import Figure, best_of
from geo_engine.measure import PointPlaces, travel_costs
from geo_engine.model import Profile
from geo_engine.network import Network, TravelNetwork, build_network, straight_network, travel_network
from geo_engine.workspace import read_study

__all__ = ["figures", "town_like"]

_VAN = Profile("van", "Van", {"edge": 15.0}, frozenset(), 8.0, 1.3, 50_000.0)
_LIEGE = world.ROOT / ".." / "shared" / "reference" / "osm_liege" / "liege_1656.parquet"


def town_like(nodes: int, edges: int, seed: int = 1) -> Network:
    """Draw a network with the density of streets: random junctions joined to their nearest neighbours, strewn in no order."""
    rng = np.random.default_rng(seed)
    places = rng.random((nodes, 2)) * 1e5 * (nodes / 1e6) ** 0.5
    _, near = cKDTree(places).query(places, k=4)
    pairs = np.unique(np.sort(np.column_stack([np.repeat(np.arange(nodes), 3), near[:, 1:].ravel()]), axis=1), axis=0)
    chosen = np.sort(rng.permutation(len(pairs))[:edges])
    return straight_network("towns", places, pairs[chosen, 0].astype(np.int32), pairs[chosen, 1].astype(np.int32))


def figures() -> Iterator[Figure]:
    """Measure what the network model is asked for."""
    yield from _large()
    yield from _surface()
    yield from _matrix()
    if _LIEGE.exists():
        yield from _liege()
    yield from _memory()


def _facilities(network: Network, count: int) -> TravelNetwork:
    chosen = np.random.default_rng(2).choice(len(network.nodes), count, replace=False)
    e, n = network.nodes[chosen].T
    return travel_network(network, _VAN, {"facilities": (e.copy(), n.copy(), [str(i) for i in range(count)])})


def _large() -> Iterator[Figure]:
    what = "nearest of 350, 1.0 M nodes, 1.6 M edges"
    network = town_like(1_000_000, 1_600_000)
    travel = _facilities(network, 350)
    travel.nearest("facilities")
    ours = best_of(lambda: travel.nearest("facilities"), times=5)
    yield Figure(what, ours, "s", "<= 0.5")

    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from(zip(travel.low.tolist(), travel.high.tolist(), travel.seconds.tolist(), strict=True))
    sources = set(travel.facilities["facilities"].node.tolist())
    begun = time.perf_counter()
    found = nx.multi_source_dijkstra_path_length(graph, sources)
    yield Figure(what, ours, "s", ">= 12", "networkx multi_source_dijkstra", time.perf_counter() - begun)
    mine = travel.nearest("facilities").cost
    assert all(abs(mine[node] - cost) <= 1e-9 * max(cost, 1.0) for node, cost in found.items())  # noqa: S101 - a wrong answer is no figure
    del graph, found

    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        import pandana  # noqa: PLC0415 - a peer, and slow to load

        seconds = pd.DataFrame({"seconds": network.metres / 15.0})
        e, n = network.nodes.T
        begun = time.perf_counter()
        other = pandana.Network(pd.Series(e), pd.Series(n), pd.Series(network.start), pd.Series(network.end), seconds)
        where = travel.facilities["facilities"]
        other.set_pois("facilities", 1e6, 1, pd.Series(where.easting), pd.Series(where.northing))
        other.nearest_pois(1e6, "facilities", num_pois=1)
        theirs = time.perf_counter() - begun
    yield Figure(what, ours, "s", ">= 40", "pandana, preprocessing included", theirs)
    begun = time.perf_counter()
    _facilities(network, 350).nearest("facilities")
    yield Figure(what + ", our preprocessing included", time.perf_counter() - begun, "s", "", "pandana, preprocessing included", theirs)


def _surface() -> Iterator[Figure]:
    for how, bar in (("cold, from GeoJSON", "<= 5"), ("with the stored network, warm", "<= 1")):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "benchmarks.network_ours", folder]
            if how.startswith("with"):
                subprocess.run(command, check=True, capture_output=True)
            begun = time.perf_counter()
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            whole = time.perf_counter() - begun
        inside = float(done.stdout.split()[-1])
        yield Figure(f"travel_time of Great Britain at 250 m, {how}", inside, "s", bar)
        yield Figure(f"the same, the whole process with its imports, {how}", whole, "s")


def _matrix() -> Iterator[Figure]:
    study = read_study(world.ROOT / "studies" / "gigafactory.toml")
    network = build_network(world.features("major_roads"), shapely.union_all(world.features("regions_itl1").geometry))
    places = world.features("places")
    e, n = shapely.get_coordinates(places.geometry[:500]).T
    towns = (e.copy(), n.copy(), places.labels()[:500])
    travel = travel_network(network, study.profiles["lorry"], {"places": towns})
    middles = shapely.get_coordinates(shapely.line_interpolate_point(world.features("major_roads").geometry, 0.5, normalized=True))
    chosen = np.random.default_rng(3).choice(len(middles), 1000, replace=False)
    sites = PointPlaces(middles[chosen, 0].copy() + 700.0, middles[chosen, 1].copy() - 500.0)
    travel_costs(travel, "places", sites)
    yield Figure(
        "matrix of 1,000 sites by 500 facilities, major roads", best_of(lambda: travel_costs(travel, "places", sites)), "s", "<= 5"
    )


def _liege() -> Iterator[Figure]:
    edges = pd.read_parquet(_LIEGE)
    lines = shapely.from_wkb(edges["geometry"].to_numpy())
    nodes, inverse = np.unique(edges[["u", "v"]].to_numpy().ravel(), return_inverse=True)
    ends = inverse.reshape(-1, 2).astype(np.int32)
    where = np.zeros((len(nodes), 2))
    where[ends[:, 0]], where[ends[:, 1]] = (shapely.get_coordinates(shapely.get_point(lines, i)) for i in (0, -1))
    network = straight_network("liege", where, ends[:, 0].copy(), ends[:, 1].copy(), metres=np.asarray(shapely.length(lines)))
    travel = _facilities(network, 100)
    travel.nearest("facilities")
    yield Figure("nearest of 100 from every node, Liège (160 k arcs)", best_of(lambda: travel.nearest("facilities")), "s", "<= 0.2")


def _memory() -> Iterator[Figure]:
    done = subprocess.run([sys.executable, "-m", "benchmarks.network_memory", "16"], check=True, capture_output=True, text=True)
    memory, seconds = (float(word) for word in done.stdout.split()[-2:])
    yield Figure("memory: nearest of 350 on 16 M arcs, the whole process", memory, "GB", "<= 2")
    yield Figure("the same, seconds of the search", seconds, "s")
