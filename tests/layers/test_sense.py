"""Tests of sense: what anyone who knows Great Britain would check before believing a score.

They look at the files themselves, through GDAL, pandas and SQLite, and at what the engine reads from them.
"""

import importlib.util
import math
import sqlite3
import tomllib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from geo_engine.workspace import read_catalogue, read_features

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ROOT / "layers"
DATA = LAYERS / "data"
CRS = "EPSG:27700"
Scored = Callable[[str], gpd.GeoDataFrame]
CHARING_CROSS = (530_040.0, 180_390.0)  # easting, northing: the statue that distances to London are measured from
GREAT_BRITAIN = (0.0, 0.0, 700_000.0, 1_300_000.0)  # the National Grid's own square
PEOPLE = 57_500_000  # the places' own total, Londoners counted once
NEAR_LAND = 1_500.0  # the coast is generalised to 100 m at the median, worse in estuaries


def declared(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


TOMLS = {path.stem: declared(path) for path in sorted(LAYERS.glob("*.toml")) if path.stem != "gaps"}
BROUGHT = [name for name, layer in TOMLS.items() if layer["source"].startswith("data/external/")]  # by whoever wants them, with a recipe
HERE = [name for name in TOMLS if name not in BROUGHT]
STUDY = declared(ROOT / "studies" / "gigafactory.toml")
CRITERIA = {criterion["key"]: criterion for criterion in STUDY["criteria"]}


def plainly(layer: str, where: str | None = None) -> gpd.GeoDataFrame:
    """Read a layer without the engine, filtered by SQLite as the study says, in National Grid metres."""
    source = LAYERS / TOMLS[layer]["source"]
    if source.suffix != ".csv":
        return pyogrio.read_dataframe(source, where=where).to_crs(CRS)
    table = pd.read_csv(source)
    if where:
        with closing(sqlite3.connect(":memory:")) as database:
            table.to_sql("layer", database, index=False)
            table = pd.read_sql(f"SELECT * FROM layer WHERE {where}", database)  # noqa: S608 -- the study's own filter
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs="EPSG:4326").to_crs(CRS)


def by_engine(layer: str, where: str | None = None) -> gpd.GeoDataFrame:
    """Read a layer as the engine does, in National Grid metres."""
    features = read_features(read_catalogue(ROOT).layers[layer], crs=CRS, where=where)
    return gpd.GeoDataFrame(features.table, geometry=list(features.geometry), crs=CRS)


@pytest.fixture(params=[plainly, by_engine], ids=["plain", "engine"])
def scored(request: pytest.FixtureRequest) -> Scored:
    """The features that a criterion of the study counts, by its key."""
    read: Callable[[str, str | None], gpd.GeoDataFrame] = request.param
    return lambda key: read(CRITERIA[key]["layer"], CRITERIA[key].get("where"))


@pytest.fixture(scope="module")
def land() -> shapely.Geometry:
    outline: shapely.Geometry = plainly("regions_itl1").union_all()
    shapely.prepare(outline)
    return outline


# ------------------------------------------------------------------------------------------ the study's features


def test_great_ports_are_scored_and_none_lies_in_central_london(scored: Scored) -> None:
    ports = scored("freight_port")
    assert {"Felixstowe", "Southampton", "London Gateway", "Immingham", "Channel Tunnel Folkestone"} <= set(ports["name"])
    assert (ports.distance(shapely.Point(CHARING_CROSS)) > 20_000).all()


def test_bulk_harbours_and_class_c_are_not_scored(scored: Scored) -> None:
    ports = scored("freight_port")
    assert not {"Port Talbot", "Ipswich", "Sunderland", "Blyth"} & set(ports["name"])
    assert set(ports["tonnage_class"]) == {"A", "B"}


def test_channel_crossing_is_dover_and_the_tunnel(scored: Scored) -> None:
    assert set(scored("channel_crossing")["name"]) == {"Dover", "Channel Tunnel Folkestone"}


def test_people_sum_to_the_total_and_live_on_land(scored: Scored, land: shapely.Geometry) -> None:
    places = scored("labour_pool")
    assert places["population"].sum() == pytest.approx(PEOPLE, rel=0.10)
    assert (places.distance(land) <= NEAR_LAND).all()


def test_londoners_are_counted_once(scored: Scored) -> None:
    names = set(scored("labour_pool")["name"])
    assert "London" in names
    assert not {"Croydon", "Enfield Town"} & names


def test_only_plants_that_assemble_vehicles_count(scored: Scored) -> None:
    plants = scored("vehicle_plants")
    assert {"JLR Solihull (Lode Lane)", "Nissan Sunderland (NMUK)"} <= set(plants["name"])
    assert not {"JLR Castle Bromwich", "Honda Swindon", "Vauxhall/Stellantis Luton", "Ford Dagenham engines"} & set(plants["name"])
    assert plants["vehicles_per_year"].notna().all()


def test_published_volumes_are_the_publishers() -> None:
    plants = pd.read_csv(DATA / "vehicle_plants.csv")
    published = plants.loc[plants["volume_basis"] == "published", "name"]
    assert set(published) == {"Nissan Sunderland (NMUK)", "Toyota Burnaston (TMUK)", "MINI Plant Oxford (Cowley)", "Bentley Crewe"}


@pytest.mark.parametrize("key", ["grid_275", "grid_400"])
def test_customers_own_substations_and_tees_do_not_count(scored: Scored, key: str) -> None:
    stations = scored(key)
    assert (stations["connectable"] != "no").all()
    assert not stations["name"].str.contains(r"\bTee\b").any()
    assert (stations["max_kv"] >= {"grid_275": 275, "grid_400": 400}[key]).all()
    assert len(stations) > 200


def test_every_400_kv_substation_counts_at_275_kv_too(scored: Scored) -> None:
    assert set(scored("grid_400")["code"]) < set(scored("grid_275")["code"])


def test_closed_and_insolvent_suppliers_do_not_count(scored: Scored) -> None:
    plants = scored("supply_chain")
    assert set(plants["status"]) == {"operating", "planned"}
    assert not plants["name"].str.contains("Ecobat|EV Metals").any()


def test_every_town_core_is_a_place_of_twenty_thousand() -> None:
    rule = next(rule for rule in STUDY["constraints"] if rule["layer"] == "places")
    towns = plainly(rule["layer"], rule["where"])
    assert towns["population"].min() >= 20_000
    assert (towns["part_of"] == "London").any()
    radius = math.sqrt(towns["population"].max() / 6_000 / math.pi)
    assert 20 < radius < 24  # kilometres: London's disc reaches about to its boundary


# ------------------------------------------------------------------------------------------ geography


@pytest.mark.parametrize("name", [name for name in HERE if not name.startswith("europe_")])
def test_a_layer_lies_in_great_britain_and_is_valid(name: str) -> None:
    features = plainly(name)
    west, south, east, north = features.total_bounds
    assert west >= GREAT_BRITAIN[0]
    assert south >= GREAT_BRITAIN[1]
    assert east <= GREAT_BRITAIN[2]
    assert north <= GREAT_BRITAIN[3]
    assert features.geometry.notna().all()
    assert not features.geometry.is_empty.any()
    assert features.geometry.is_valid.all()


@pytest.mark.parametrize("name", ["grid_substations", "freight_ports", "vehicle_plants", "reservoirs", "rail_freight_terminals"])
def test_facilities_lie_on_or_near_land(name: str, land: shapely.Geometry) -> None:
    assert (plainly(name).distance(land) <= NEAR_LAND).all()


@pytest.mark.parametrize(
    ("layer", "name", "region"),
    [
        ("freight_ports", "Felixstowe", "East of England"),
        ("freight_ports", "Southampton", "South East"),
        ("vehicle_plants", "Nissan Sunderland (NMUK)", "North East"),
        ("vehicle_plants", "JLR Halewood", "North West"),
        ("reservoirs", "Kielder Water", "North East"),
        ("reservoirs", "Rutland Water", "East Midlands"),
        ("rail_freight_terminals", "Mossend", "Scotland"),
        ("places", "Cardiff", "Wales"),
    ],
)
def test_well_known_things_lie_in_their_region(layer: str, name: str, region: str) -> None:
    regions = plainly("regions_itl1").set_index("region")
    features = plainly(layer)
    thing = features[features["name"] == name].geometry.iloc[0]
    assert thing.distance(regions.geometry[region]) <= NEAR_LAND


def test_the_regions_are_eleven_and_cover_the_districts() -> None:
    regions, districts = plainly("regions_itl1"), plainly("local_authorities")
    assert len(regions) == 11
    assert set(regions["region"]) == set(districts["region"])
    assert regions.area.sum() == pytest.approx(districts.area.sum(), rel=1e-4)
    assert 225e9 < regions.area.sum() < 235e9  # square metres: Great Britain is about 230,000 km2


def test_roads_have_a_class_that_both_profiles_know_and_lengths_near_the_drawn_ones() -> None:
    roads = plainly("major_roads")
    for profile in ("lorry", "car"):
        speeds = declared(ROOT / "studies" / "profiles" / f"{profile}.toml")["speeds"]
        assert set(roads["road_class"]) == set(speeds)
    assert set(TOMLS["major_roads"]["network"]["length_factor"]) == set(roads["road_class"])
    assert (roads["length_m"] > 0).all()
    assert (roads.length / roads["length_m"]).median() == pytest.approx(1.0, abs=0.01)


def test_an_island_farther_than_its_gap_has_its_own_roads(land: shapely.Geometry) -> None:
    """The Isle of Wight's roads lie on land, and more than the declared gap from the mainland's."""
    roads = plainly("major_roads")
    wight = roads[roads["road"].isin(["A3020", "A3021", "A3054", "A3055", "A3056"])]
    hampshire = roads[roads["road"].isin(["A32", "A33", "A35", "A337", "A326", "A36"])]
    gap = wight.geometry.union_all().distance(hampshire.geometry.union_all())
    assert gap > float(TOMLS["major_roads"]["network"]["island_gap"].removesuffix(" m"))
    assert wight.distance(land).max() <= NEAR_LAND


# ------------------------------------------------------------------------------------------ derived data


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_large_water", DATA / "build_large_water.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_large_water_is_what_its_script_makes() -> None:
    assert (DATA / "large_water.geojson").read_text(encoding="utf-8") == script().build()


def test_large_water_keeps_every_reservoir_and_river_in_its_place() -> None:
    water, reservoirs, rivers = plainly("large_water"), plainly("reservoirs"), plainly("rivers")
    assert len(water) == len(reservoirs) + len(rivers)
    derived = water[water["kind"] == "reservoir"].set_index("name").geometry
    for name, point in reservoirs.set_index("name").geometry.items():
        assert derived[name].distance(point) < 0.01
        assert derived[name].length < 3
    lines = water[water["kind"] == "river"].geometry.to_list()
    assert all(line.equals(river) for line, river in zip(lines, rivers.geometry, strict=True))


# ------------------------------------------------------------------------------------------ provenance


@pytest.mark.parametrize("name", list(TOMLS))
def test_every_layer_says_where_it_comes_from(name: str) -> None:
    layer = TOMLS[name]
    for key in ("title", "publisher", "licence", "vintage", "attribution", "faults"):
        assert layer.get(key), f"layers/{name}.toml: {key} is missing"
    if name not in {"rivers", "places", "europe_places"}:  # their publishers state none
        assert layer.get("accuracy"), f"layers/{name}.toml: accuracy is missing"


@pytest.mark.parametrize("name", [name for name in TOMLS if isinstance(TOMLS[name].get("accuracy"), dict)])
def test_accuracy_by_row_knows_every_row(name: str) -> None:
    accuracy = TOMLS[name]["accuracy"]
    features = plainly(name)
    values = set(features[accuracy["column"]].dropna())
    if "unit" in accuracy:
        assert all(value > 0 for value in values)
    else:
        assert values == set(accuracy) - {"column"}


def test_every_data_file_has_a_layer_and_a_licence() -> None:
    licences = (DATA / "LICENCES.md").read_text(encoding="utf-8")
    sources = {(LAYERS / TOMLS[name]["source"]).resolve() for name in HERE}
    external = DATA / "external"
    files = {path for path in DATA.rglob("*") if path.suffix in {".csv", ".geojson"} and external not in path.parents}
    assert files == sources
    for path in sorted(files):
        assert f"`{path.relative_to(DATA).as_posix()}`" in licences, f"{path.name} is not in LICENCES.md"
    for text in ("LGPL-3.txt", "GPL-3.txt"):
        assert (DATA / "licences" / text).stat().st_size > 5_000


def test_the_sentences_that_publishers_ask_for_are_carried() -> None:
    sentences = " ".join(layer["attribution"] for layer in TOMLS.values())
    for sentence in (
        "Contains NESO data under the NESO Open Licence.",
        "Contains public sector information licensed under the Open Government Licence v3.0.",
        "Contains OS data (c) Crown copyright and database right",
        "Source: Office for National Statistics",
        "GeoNames (CC-BY 4.0)",
        "World Bank (CC-BY 4.0)",
        "GSHHG (LGPL-3)",
    ):
        assert sentence in sentences


# ------------------------------------------------------------------------------------------ the study


def test_water_weighs_five_per_cent_at_most() -> None:
    total = sum(criterion["weight"] for criterion in STUDY["criteria"])
    assert CRITERIA["large_water"]["weight"] / total <= 0.05


def test_grid_and_transport_weigh_most() -> None:
    total = sum(criterion["weight"] for criterion in STUDY["criteria"])
    transport = ("freight_port", "channel_crossing", "major_road", "rail_terminal")
    weights = [sum(CRITERIA[key]["weight"] for key in keys) / total for keys in (("grid_275", "grid_400"), transport)]
    others = [c["weight"] / total for key, c in CRITERIA.items() if key not in {"grid_275", "grid_400", *transport}]
    assert min(weights) > max(others)


def test_every_criterion_says_why_and_from_where() -> None:
    for criterion in STUDY["criteria"]:
        assert len(criterion["why"].split(". ")) >= 2, criterion["name"]
        assert criterion["source"]
    assert all(rule["why"] and rule["source"] for rule in STUDY["constraints"])
    assert all(need["source"] for need in STUDY["facility"]["needs"])


def test_names_do_not_promise_what_is_not_measured() -> None:
    for key, words in {
        "grid_275": "not capacity",
        "grid_400": "not capacity",
        "large_water": "not supply",
        "labour_pool": "not skills",
        "supply_chain": "unverified",
    }.items():
        assert words in CRITERIA[key]["name"]


def test_the_gaps_that_matter_are_declared() -> None:
    gaps = declared(LAYERS / "gaps.toml")["gaps"]
    names = {gap["name"] for gap in gaps}
    assert {"flood", "slope", "green_belt", "ownership", "sssi", "national_landscapes", "built_up", "grid_headroom"} <= names
    assert {"connection_dates", "land_prices", "power_prices", "skills"} <= names
    assert all(gap["why"] and gap["closed_by"] for gap in gaps)
    assert len(names) == len(gaps)
