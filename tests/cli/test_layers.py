"""The verbs of layers on the command line: what they print, what they refuse, how they end."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely

from geo_engine.publish import QuickLook, write_quick_look
from geo_engine.publish.plots import draw_quick_look
from tests.cli.conftest import Call, parsed, table
from tests.run.tiny import Tiny, point, stations

HOMES = ("name,lon,lat,beds", ("Ay", -1.99, 52.6, 4), ("Be", -1.95, 52.61, 9))


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    return table(tmp_path / "homes.csv", *HOMES[1:], head=HOMES[0])


def test_add_says_what_it_found_and_what_to_paste(tiny: Tiny, call: Call, homes: Path) -> None:
    result = call("layers", "add", homes, "--workspace", tiny.path, "--licence", "CC0-1.0")
    assert result.exit_code == 0
    for text in (
        "homes: CSV, points, EPSG:4326",
        "2 features (2 Point)",
        "Still to answer there: publisher, vintage, accuracy",
        "[[criteria]]",
        'network = "roads"',
    ):
        assert text in result.stdout, text
    assert (tiny.path / "outputs" / "layers" / "homes.png").is_file()
    view = parsed(call("layers", "add", homes, "--workspace", tiny.path, "--force", "--json").stdout)
    assert view["questions"] == ["publisher", "licence", "vintage", "accuracy"]


def test_add_refuses_to_replace(tiny: Tiny, refused: Call, homes: Path) -> None:
    refused(3, ("is there already", "--force"), "layers", "add", homes, "--name", "towns", "--workspace", tiny.path)


def test_check_ends_with_3_for_an_error_and_for_a_warning_only_if_strict(tiny: Tiny, call: Call) -> None:
    tiny.features("stations", stations()[:3])  # the fourth stands far off shore, and is told
    clean = call("layers", "check", "stations", "--workspace", tiny.path)
    assert (clean.exit_code, "0 errors, 0 warnings" in clean.stdout) == (0, True)
    twin = [*stations()[:3], ({"name": "Hill", "kv": 400}, point(402_000, 301_500))]
    tiny.features("stations", twin)
    warned = call("layers", "check", "stations", "--workspace", tiny.path)
    assert (warned.exit_code, "repeated_id" in warned.stdout) == (0, True)
    assert call("layers", "check", "stations", "--workspace", tiny.path, "--strict").exit_code == 3
    tiny.features("stations", [*stations()[:3], ({"name": "Zero", "kv": 400}, point(0, 0))])
    wrong = call("layers", "check", "--workspace", tiny.path, "--json")
    document = parsed(wrong.stdout)
    assert (wrong.exit_code, document["errors"]) == (3, 1)
    (found,) = [row for row in document["findings"] if row["level"] == "error"]
    assert (found["layer"], found["against"], found["code"], found["examples"]) == ("stations", "plant", "at_zero", ["feature 4 (Zero)"])


def test_show_tells_a_raster_who_uses_it_and_draws_it(tiny: Tiny, call: Call) -> None:
    with rasterio.open(
        tiny.path / "layers" / "data" / "height.tif", "w", driver="GTiff", width=60, height=50, count=1, dtype="float32", crs="EPSG:27700",
        transform=rasterio.Affine(100, 0, 400_000, 0, -100, 305_000),
    ) as out:  # fmt: skip
        out.write(np.arange(3000.0, dtype=np.float32).reshape(50, 60), 1)
    tiny.write(
        "layers/height.toml",
        (tiny.path / "layers" / "towns.toml")
        .read_text()
        .replace("towns.geojson", "height.tif")
        .replace('"points"', '"raster"')
        .replace('id = "name"\n', 'unit = "m"\n'),
    )
    shown = call("layers", "show", "height", "--workspace", tiny.path).stdout
    for text in ("60 x 50 cells", "Values 0 to 2999 m, middle 1499.5", "No study uses it", "SHA-256"):
        assert text in shown, text
    assert not (tiny.path / "outputs" / "layers" / "stations.png").exists()
    view = parsed(call("layers", "show", "stations", "--workspace", tiny.path, "--json").stdout)
    assert [use["what"] for use in view["uses"]] == ["criterion 'Distance to a station'"]
    width, height = struct.unpack(">II", (tiny.path / "outputs" / "layers" / "stations.png").read_bytes()[16:24])
    assert max(width, height) == 900
    parsed(call("layers", "show", "plants", "--workspace", tiny.path, "--no-map", "--json").stdout)
    assert not (tiny.path / "outputs" / "layers" / "plants.png").exists()


def test_diff_prints_rows_and_json(tiny: Tiny, call: Call) -> None:
    tiny.features("later", stations()[1:])
    old, new = (tiny.path / "layers" / "data" / f"{name}.geojson" for name in ("stations", "later"))
    shown = call("layers", "diff", "stations", old, new, "--workspace", tiny.path).stdout
    assert "0 added, 1 gone, 0 moved, 0 changed, 3 the same" in shown
    document = parsed(call("layers", "diff", "stations", old, new, "--workspace", tiny.path, "--json").stdout)
    assert (document["diff"]["gone"], document["ranks"]) == (["Hill"], None)


def test_recipes_are_listed_told_and_written(tiny: Tiny, call: Call, refused: Call) -> None:
    assert "flood_zones" in call("layers", "recipes", "--workspace", tiny.path).stdout
    told = call("layers", "recipes", "flood_zones", "--workspace", tiny.path, "--write").stdout
    for text in ("planning.data.gov.uk", "Checked:", 'vintage = "?"', "[[constraints]]", "Wrote"):
        assert text in told, text
    assert 'closes = ["flood"]' in (tiny.path / "layers" / "flood_zones.toml").read_text(encoding="utf-8")
    refused(3, ("no such recipe", "did you mean 'flood_zones'"), "layers", "recipes", "floodzones", "--workspace", tiny.path)
    assert call("layers", "recipes", "--write", "--workspace", tiny.path).exit_code == 2


# ---------------------------------------------------------------------------------------------- the picture


def test_a_point_lies_where_it_should_in_the_picture(tmp_path: Path) -> None:
    # 1,000 m and a margin of 4 % on each side are 1,080 m to 900 pixels: 0.8333 a metre. A point 250 m east and 750 m north
    # of the corner is (40 + 250) * 0.8333 = 241.7 columns and (1,040 - 750) * 0.8333 = 241.7 rows from the upper left.
    look = QuickLook((0.0, 0.0, 1000.0, 1000.0), np.array([shapely.Point(250.0, 750.0)], dtype=object))
    pixels, bar = draw_quick_look(look)
    rows, cols = np.nonzero(pixels == pixels[241, 241])
    assert ((rows.min(), rows.max(), cols.min(), cols.max()), bar) == ((239, 243, 239, 243), 200.0)
    write_quick_look(look, tmp_path / "a.png")
    before = (tmp_path / "a.png").read_bytes()
    write_quick_look(look, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes() == before


def test_areas_are_filled_and_holes_are_not() -> None:
    ring = shapely.box(0, 0, 1000, 1000).difference(shapely.box(250, 250, 750, 750))
    pixels, _ = draw_quick_look(QuickLook((0.0, 0.0, 1000.0, 1000.0), np.array([ring], dtype=object)))
    fill, ground = pixels[100, 450], pixels[450, 450]
    assert fill != ground
    # Three quarters of the square, whose side is 1,000 / 1,080 of the picture's, less the lines drawn along its edges.
    assert (pixels == fill).mean() == pytest.approx(0.75 * (1000 / 1080) ** 2, abs=0.01)


def test_export_says_what_it_wrote_and_what_it_changed(tiny: Tiny, call: Call, refused: Call, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = call("layers", "export", "stations", "parks", "--to", out, "--qgis", "--workspace", tiny.path)
    assert told.exit_code == 0
    assert "stations.gpkg: 4 features, EPSG:27700" in told.stdout
    assert "layers.qgz" in told.stdout
    document = parsed(
        call("layers", "export", "stations", "--to", tmp_path / "b", "--format", "csv", "--json", "--workspace", tiny.path).stdout
    )
    assert [(each["layer"], each["features"], each["crs"]) for each in document["layers"]] == [("stations", 4, "EPSG:27700")]
    refused(4, ("is there already", "--force"), "layers", "export", "stations", "--to", out, "--workspace", tiny.path, errors=2)
    refused(3, ("no such layer",), "layers", "export", "../stations", "--to", out, "--workspace", tiny.path)
    refused(4, ("unknown format", "gpkg, parquet"), "layers", "export", "parks", "--to", out, "--format", "shp", "--workspace", tiny.path)


@pytest.mark.parametrize("names", [[], ["stations", "--all"]])
def test_export_wants_names_or_all(tiny: Tiny, call: Call, tmp_path: Path, names: list[str]) -> None:
    asked = call("layers", "export", *names, "--to", tmp_path / "out", "--workspace", tiny.path)
    assert asked.exit_code == 2
    assert "name layers, or --all" in asked.stderr
    assert not (tmp_path / "out").exists()
