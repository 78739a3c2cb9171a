"""The map's scripts on their own, in Node: their unit tests, and that they write quantities as the engine does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from geo_engine.decide.combine import attribution, combined
from geo_engine.model import (
    Combination,
    Fuzzy,
    Minimum,
    OrderedAverage,
    QuantifierAverage,
    Topsis,
    WeightedProduct,
    WeightedSum,
)
from geo_engine.publish.grid_reference import grid_reference
from geo_engine.publish.webmap.content.live import method_data
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


@pytest.mark.parametrize(
    "combination",
    [
        WeightedSum(),
        WeightedProduct(),
        OrderedAverage((0.1, 0.2, 0.3, 0.4)),
        QuantifierAverage(2.5),
        Topsis(),
        Fuzzy("gamma", 0.7),
        Fuzzy("sum"),
        Minimum(),
    ],
    ids=lambda combination: type(combination).__name__,
)
def test_scores_and_what_criteria_add_are_the_engines(root: Path, combination: Combination) -> None:
    random = np.random.Generator(np.random.PCG64(5))
    utilities = random.random((200, 4))
    utilities[::7, 1] = 0.0
    utilities[::11, 2] = utilities[::11, 3]
    utilities[3, 0] = 1.0
    weights = [0.4, 0.3, 0.2, 0.1]
    program = """
    import { attributed, combined } from "./geo_engine/publish/webmap/live/combine.js";
    let text = "";
    for await (const part of process.stdin) text += part;
    const { utilities, weights, method } = JSON.parse(text);
    console.log(JSON.stringify(utilities.map((each) => [100 * combined(each, weights, method), attributed(each, weights, method)])));
    """
    given = json.dumps({"utilities": utilities.tolist(), "weights": weights, "method": method_data(combination)})
    found = json.loads(node(root, "--input-type=module", "-e", program, given=given))
    columns = np.ascontiguousarray(utilities.T)
    np.testing.assert_allclose([score for score, _ in found], 100.0 * combined(combination, columns, weights), atol=1e-9)
    np.testing.assert_allclose([parts for _, parts in found], 100.0 * attribution(combination, columns, weights).T, atol=1e-4)


def on_a_tie(value: float) -> bool:
    """Whether a value lies half-way between two figures in some unit: the two languages may round it to either."""
    for unit in UNITS:
        shown = to_display(value, unit)
        digits = f"{shown:.10e}"
        if digits[4:11] == "5000000":
            return True
    return False
