"""What a plug-in declares is read without running it, and everything that is wrong is told at once with its line."""

# ruff: noqa: ARG001, ARG005 - a plug-in is handed more than each of these uses

from __future__ import annotations

import ast

import numpy as np
import pytest

from geo_engine.plugins import MeasureFunction, measure
from geo_engine.workspace.plugged.signature import Parameter, Signature, from_function, from_source

HEAD = "from geo_engine.plugins import measure\n"
GOOD = HEAD + '\n@measure(unit="m")\ndef far(eastings, northings, features):\n    return eastings\n'


def said(source: str) -> list[str]:
    found = from_source(source.encode(), "layers/far.py")
    assert isinstance(found, list), found
    return [str(fault) for fault in found]


def read(source: str) -> Signature:
    found = from_source(source.encode(), "layers/far.py")
    assert isinstance(found, Signature), found
    return found


def test_a_function_is_read_with_unit_line_and_parameters() -> None:
    source = HEAD + (
        "import numpy as np\n\nimport os\nos.remove('all')\n\n"
        '@measure(unit="dB")\n'
        "def sound(eastings: np.ndarray, northings: 'np.ndarray', features, *,\n"
        "          floor: float = 3.0, column: str, loud: bool = True) -> np.ndarray: ...\n"
    )
    parameters = {
        "floor": Parameter(float, required=False),
        "column": Parameter(str, required=True),
        "loud": Parameter(bool, required=False),
    }
    assert read(source) == Signature("sound", 8, "dB", raster=False, parameters=parameters)


@pytest.mark.parametrize(
    ("head", "call"),
    [
        ("from geo_engine.plugins import measure as plug\n", "plug"),
        ("import geo_engine.plugins\n", "geo_engine.plugins.measure"),
        ("import geo_engine.plugins as gp\n", "gp.measure"),
        ("from geo_engine import plugins\n", "plugins.measure"),
    ],
)
def test_the_decorator_is_known_by_whatever_name_it_was_imported(head: str, call: str) -> None:
    assert read(f"{head}@{call}(unit='share')\ndef f(eastings, northings, raster): ...\n").raster


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("def far(:\n", "layers/far.py:1: is not Python: invalid syntax"),
        (GOOD + "\nx = (\n", "layers/far.py:7: is not Python"),
        ("x = 1\x00\n", "is not Python"),
        ("(" * 5000, "is not Python"),
        ("x = 1\n", "has no function that is a measure"),
        ("from other import measure\n@measure(unit='m')\ndef f(eastings, northings, features): ...\n", "has no function that is a measure"),
        (GOOD + GOOD.replace("def far", "def near"), "layers/far.py:9: has more than one measure. Found: far, near"),
        (GOOD.replace("def far", "async def far"), "layers/far.py:4 far: is not a plain function"),
        (HEAD + "@measure(unit='m')\nclass Far: ...\n", "Far: is not a plain function"),
        (GOOD.replace('(unit="m")', ""), "does not say its unit"),
        (GOOD.replace('unit="m"', ""), "does not say its unit"),
        (GOOD.replace('unit="m"', "unit=UNIT"), "its unit is not written out. Found: measure(unit=UNIT)"),
        (GOOD.replace('unit="m"', 'unit=" "'), "its unit is not written out"),
        (GOOD.replace("northings", "north"), "does not take what a measure takes. Found: eastings, north, features"),
        (GOOD.replace("eastings, northings, features", ""), "does not take what a measure takes. Found: nothing"),
        (GOOD.replace("features)", "features, more=1)"), "does not take what a measure takes"),
        (GOOD.replace("features)", "features, **more)"), "takes whatever is given as 'more'"),
        (GOOD.replace("features)", "features, *more)"), "takes whatever is given as 'more'"),
        (GOOD.replace("features)", "features, *, half)"), "parameter 'half' does not say what it is"),
        (GOOD.replace("features)", "features, *, half: list)"), "parameter 'half' does not say what it is. Found: list"),
        (GOOD.replace("eastings,", "eastings: float,"), "'eastings' is said to be float"),
        (GOOD.replace("features)", "features: list[str])"), "'features' is said to be list[str]"),
        (GOOD.replace("):", ") -> float:"), "is said to give no array. Found: float"),
        (GOOD.replace("):", ") -> 'None':"), "is said to give no array. Found: None"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(source: str, fault: str) -> None:
    assert any(fault in one for one in said(source)), said(source)


def test_all_that_is_wrong_is_told_at_once() -> None:
    source = GOOD.replace("features)", "features: str, *, a, b: list) -> int").replace('"m"', "m")
    assert len(said(source)) == 5


def test_an_installed_function_is_judged_as_a_file_is() -> None:
    @measure(unit="m")
    def far(eastings: np.ndarray, northings: np.ndarray, features: object, *, half: float, twice: bool = False) -> np.ndarray:
        return eastings

    assert isinstance(far, MeasureFunction)
    found = from_function(far.function, far.unit, "package 1.0: module:far")
    assert isinstance(found, Signature)
    assert (found.function, found.unit, found.raster) == ("far", "m", False)
    assert found.parameters == {"half": Parameter(float, required=True), "twice": Parameter(bool, required=False)}
    wrong = from_function(lambda eastings: eastings, 3, "package 1.0")
    assert isinstance(wrong, list)
    assert "its unit is not a text" in str(wrong[0])
    wrong = from_function(lambda eastings, *rest: eastings, "m", "package 1.0")
    assert isinstance(wrong, list)
    assert ["does not take what a measure takes" in str(one) for one in wrong] == [True, False]


def test_reading_a_file_runs_none_of_it() -> None:
    """The tree that is read is the compiler's own; nothing in the module calls what it holds."""
    source = HEAD + "raise SystemExit\n" + GOOD
    assert ast.parse(source).body[1:2]
    assert read(source).function == "far"
