"""The map's scripts on their own, in Node: their unit tests, and that they write quantities as the engine does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from geo_engine.publish.grid_reference import grid_reference
from geo_engine.units import display_unit, format_quantity, to_display

pytestmark = pytest.mark.node
UNITS = ("m", "s", "m2", "people", "", "m/s")


def node(root: Path, *arguments: str, given: str = "") -> str:
    done = subprocess.run(["node", *arguments], cwd=root, input=given, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_scripts_pass_their_own_tests(root: Path) -> None:
    files = sorted(str(path) for path in (root / "tests" / "publish" / "webmap" / "js").glob("*.test.js"))
    said = node(root, "--test", *files)
    assert "fail 0" in said
    assert "pass 0" not in said


def test_quantities_and_references_are_written_as_the_engine_writes_them(root: Path) -> None:
    random = np.random.Generator(np.random.PCG64(4))
    values = [*(10.0 ** random.uniform(-3, 7, 300)).round(6).tolist(), 0.0, 999.4, 999.5, 1000.0, 0.5, 12_345_678.0]
    values = [value for value in values if not on_a_tie(value)]
    cases = [(value, unit) for value in values for unit in UNITS]
    places = random.uniform((0, 0), (700_000, 1_300_000), (200, 2)).tolist()
    program = """
    import { learnUnits, formatQuantity } from "./geo_engine/publish/webmap/live/quantity.js";
    import { writeReference } from "./geo_engine/publish/webmap/live/places.js";
    let text = "";
    for await (const part of process.stdin) text += part;
    const { units, cases, places } = JSON.parse(text);
    learnUnits(units);
    const quantities = [...cases, [NaN, "m"], [Infinity, "s"]].map((each) => formatQuantity(...each));
    console.log(JSON.stringify([quantities, places.map((each) => writeReference(...each))]));
    """
    units = {unit: [display_unit(unit), 1.0 / to_display(1.0, unit)] for unit in UNITS}
    said = node(root, "--input-type=module", "-e", program, given=json.dumps({"units": units, "cases": cases, "places": places}))
    quantities, references = json.loads(said)
    assert quantities == [*(format_quantity(value, unit) for value, unit in cases), "unknown", "unreachable"]
    assert references == [grid_reference(easting, northing, "EPSG:27700") for easting, northing in places]


def on_a_tie(value: float) -> bool:
    """Whether a value lies half-way between two figures in some unit: the two languages may round it to either."""
    for unit in UNITS:
        shown = to_display(value, unit)
        digits = f"{shown:.10e}"
        if digits[4:11] == "5000000":
            return True
    return False
