"""Services asked for all their rows: pygeoapi as its makers ship it; WFS and ArcGIS as `stub_services` speaks them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely

from geo_engine.errors import LayerError
from geo_engine.model import Features, Layer
from geo_engine.workspace import read_features
from geo_engine.workspace.remote.download import Limits
from geo_engine.workspace.remote.fetch import Fetched, fetch_layer
from tests.workspace.remote.stub_services import PAGE, PLACES, feature

DEGREES = "EPSG:4326"
QUICK = Limits(silence=1, longest=5, tries=2, pause=0.01)
CONFIGURATION = """
server:
  bind: {{host: 127.0.0.1, port: {port}}}
  url: http://127.0.0.1:{port}
  mimetype: application/json; charset=UTF-8
  encoding: utf-8
  languages: [en-US]
  limits: {{default_items: 10, max_items: {page}}}
  map: {{url: "https://tile.example.org/{{z}}/{{x}}/{{y}}.png", attribution: none}}
logging: {{level: ERROR}}
metadata:
  identification: {{title: t, description: d, keywords: [k], terms_of_service: none, url: http://example.org}}
  license: {{name: CC0, url: http://example.org}}
  provider: {{name: p, url: http://example.org}}
  contact: {{name: c, email: a@example.org}}
resources:
"""
COLLECTION = """
  {name}:
    type: collection
    title: {name}
    description: d
    keywords: [k]
    links: []
    extents: {{spatial: {{bbox: [-180, -90, 180, 90], crs: "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}}}}
    providers: [{{type: feature, name: GeoJSON, data: {data}, id_field: id}}]
"""


def fetch(folder: Path, source: str, **more: object) -> tuple[Layer, Fetched]:
    (folder / "layers").mkdir(exist_ok=True)
    file = folder / "layers" / "a.toml"
    file.write_text(f'source = "{source}"\n')
    layer = Layer("a", "A", source, "points", "nobody", "CC0-1.0", "2024", path=file, **more)  # type: ignore[arg-type]
    (got,) = fetch_layer(layer, limits=QUICK)
    return layer, got


def is_all(features: Features) -> None:
    table = features.table.assign(made=features.geometry).sort_values("n")
    assert list(zip(table["name"], table["n"], shapely.get_x(table["made"]), shapely.get_y(table["made"]), strict=True)) == PLACES


@pytest.fixture(scope="module")
def pygeoapi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start pygeoapi with two collections; of one it gives 50 rows a page."""
    program = shutil.which("pygeoapi", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert program is not None
    folder = tmp_path_factory.mktemp("pygeoapi")
    (folder / "places.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature(*place) for place in PLACES]}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    text = CONFIGURATION.format(port=port, page=PAGE)
    text += "".join(COLLECTION.format(name=name, data=folder / "places.geojson") for name in ("places", "others"))
    (folder / "config.yml").write_text(text)
    env = {**os.environ, "PYGEOAPI_CONFIG": str(folder / "config.yml"), "PYGEOAPI_OPENAPI": str(folder / "openapi.yml"), "PYTHONPATH": ""}
    made = [program, "openapi", "generate", str(folder / "config.yml"), "--output-file", str(folder / "openapi.yml")]
    subprocess.run(made, check=True, capture_output=True, env=env)
    with (folder / "log").open("w") as log:
        running = subprocess.Popen([program, "serve"], env=env, stdout=log, stderr=log, start_new_session=True)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/conformance?f=json", timeout=1).close()
                break
            except (urllib.error.URLError, OSError):
                assert running.poll() is None, (folder / "log").read_text()
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(running.pid, signal.SIGKILL)  # it has a child that does the work
        running.wait()


@pytest.mark.pygeoapi
def test_all_pages_of_ogc_api_features_come_and_stay(tmp_path: Path, pygeoapi: str) -> None:
    layer, got = fetch(tmp_path, f"OAPIF:{pygeoapi}", sublayer="places")
    is_all(read_features(layer, crs=DEGREES))
    _, again = fetch(tmp_path, f"OAPIF:{pygeoapi}", sublayer="places")
    assert again.sha256 == got.sha256  # the same rows are the same bytes
    with pytest.raises(LayerError, match="not here"):
        read_features(Layer("a", "A", f"OAPIF:{pygeoapi}", "points", "", "", "", sublayer="others", path=layer.path), crs=DEGREES)


@pytest.mark.pygeoapi
def test_collections_are_chosen(tmp_path: Path, pygeoapi: str) -> None:
    with pytest.raises(LayerError, match="the service has 2 layers"):
        fetch(tmp_path, f"OAPIF:{pygeoapi}")
    with pytest.raises(LayerError, match="Did you mean 'places'"):
        fetch(tmp_path, f"OAPIF:{pygeoapi}", sublayer="place")


@pytest.fixture(scope="module")
def stub() -> Iterator[str]:
    """Start the services of `stub_services` and give their address."""
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "tests.workspace.remote.stub_services"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        assert running.stdout is not None
        yield running.stdout.readline().strip()
        running.kill()


def test_all_pages_of_a_service_come(tmp_path: Path, stub: str) -> None:
    layer, _ = fetch(tmp_path, f"OAPIF:{stub}/oapif/good", sublayer="places")
    is_all(read_features(layer, crs=DEGREES))


@pytest.mark.parametrize("second", ["fails", "half", "page"])
def test_a_service_that_breaks_off_on_its_second_page_leaves_nothing(tmp_path: Path, stub: str, second: str) -> None:
    with pytest.raises(LayerError, match=r"layers/a\.toml:1 source: the service (breaks off|cannot be read)"):
        fetch(tmp_path, f"OAPIF:{stub}/oapif/{second}", sublayer="places")
    assert list((tmp_path / "layers/.fetched").glob("*.gpkg")) == []


def test_all_pages_of_a_feature_service_of_arcgis_come(tmp_path: Path, stub: str) -> None:
    layer, _ = fetch(tmp_path, f"{stub}/arcgis/rest/services/a/FeatureServer/0")
    is_all(read_features(layer, crs=DEGREES))


def test_a_web_feature_service_gives_all_rows(tmp_path: Path, stub: str) -> None:
    layer, _ = fetch(tmp_path, f"WFS:{stub}/wfs", sublayer="t:places")
    features = read_features(layer, crs="EPSG:27700")
    assert shapely.get_coordinates(features.geometry).tolist() == [[400000 + n, 300000] for n in range(120)]
    assert features.table["name"].tolist() == [name for name, _, _, _ in PLACES]


def test_half_of_a_web_feature_service_is_nothing(tmp_path: Path, stub: str) -> None:
    with pytest.raises(LayerError, match=r"the service (breaks off|cannot be read)"):
        fetch(tmp_path, f"WFS:{stub}/half-wfs", sublayer="t:places")


@pytest.mark.parametrize("prefix", ["WFS:", "OAPIF:", "ESRIJSON:"])
@pytest.mark.parametrize("answer", ["page", "fails", "silent", "nobody"])
def test_services_that_are_none(tmp_path: Path, stub: str, prefix: str, answer: str) -> None:
    address = f"{prefix}http://127.0.0.1:9/s" if answer == "nobody" else f"{prefix}{stub}/{answer}"
    with pytest.raises(LayerError, match=r"layers/a\.toml:1 source: the service cannot be read"):
        fetch(tmp_path, address)
