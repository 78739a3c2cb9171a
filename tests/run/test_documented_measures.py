"""What docs/measures.md and docs/plugins.md say works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from geo_engine.errors import LayerError
from geo_engine.measure import PointPlaces
from geo_engine.plugins import trusting
from geo_engine.run.tiles import measure_places
from geo_engine.workspace.schema import MEASURED
from tests.run.land import landed
from tests.run.tiny import Feature, Tiny, box, line, point, study_text

DOCS = Path(__file__).parents[2] / "docs"
MEASURES, PLUGINS = ((DOCS / name).read_text(encoding="utf-8") for name in ("measures.md", "plugins.md"))


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


@pytest.fixture
def documented(tiny: Tiny) -> Tiny:
    """A workspace with the layers that the pages speak of."""
    landed(tiny)
    for name, like in (("woods", "zones"), ("land_cover", "cover"), ("works", "stations")):
        (tiny.path / f"layers/{name}.toml").write_text((tiny.path / f"layers/{like}.toml").read_text("utf-8"), encoding="utf-8")
    tiny.features("zones", [({"name": "Zone", "kind": "old"}, box(404000, 301000, 405000, 302000))])
    tiny.features("towns", [({"name": "Ayton", "population": 3000, "people": 3000}, point(400500, 300500))])
    works: list[Feature] = [
        ({"name": "Press", "sound_power_db": 110.0}, point(402000, 301000)),
        ({"name": "Mill", "sound_power_db": None}, point(0, 0)),
    ]
    tiny.features("stations", works)
    return tiny


def test_every_measure_stands_in_the_table_and_has_a_section_of_its_own_or_one_in_the_formats() -> None:
    table = MEASURES.partition("\n## ")[0]
    assert [name for name in MEASURED if f"`{name}`" not in table] == []
    formats = (DOCS / "formats.md").read_text(encoding="utf-8")
    assert [name for name in MEASURED if f"`{name}`" not in formats] == []


def test_the_lines_to_paste_are_a_study(documented: Tiny) -> None:
    pasted = blocks(MEASURES, "toml")
    criteria, rules = ([block for block in pasted if block.startswith(f"[[{kind}]]")] for kind in ("criteria", "constraints"))
    assert len(criteria) + len(rules) == len(pasted) == 6
    documented.write("studies/plant.toml", study_text(criteria, rules, demand=""))
    plan = documented.plan()
    e, n = np.array([404_550.0, 401_050.0]), np.array([301_550.0, 302_050.0])
    units = [criterion.measure.unit for criterion in plan.study.criteria]
    assert units == ["share", "people per km2", "degrees", "share"]
    assert all(np.isfinite(quantity).all() for quantity in measure_places(plan, PointPlaces(e, n)))
    assert [rule.measure.unit for rule in plan.study.constraints if rule.measure] == ["%", "m"]


def test_the_plugin_of_the_page_runs_and_is_as_loud_as_its_formula_says(documented: Tiny) -> None:
    """110 dB of sound power, a hundred metres off: 110 - 20 lg 100 - 11 = 59 dB; far away it is quiet, which the study sets to 25."""
    (plugin,), (criterion,) = blocks(PLUGINS, "python"), blocks(PLUGINS, "toml")
    name = re.match(r"# (layers/\w+\.py)", plugin)
    assert name
    documented.write(name[1], plugin)
    documented.write("studies/plant.toml", study_text([criterion], demand=""))
    with pytest.raises(LayerError, match="--trust"):
        documented.plan()
    with trusting():
        plan = documented.plan()
    (found,) = measure_places(plan, PointPlaces(np.array([402_100.0, 402_000.0, 499_000.0]), np.array([301_000.0, 300_000.0, 301_000.0])))
    np.testing.assert_allclose(found, [59.0, 39.0, 25.0], rtol=1e-6)
    assert plan.study.criteria[0].measure.unit == "dB"


def test_the_page_s_roads_too_have_a_density(documented: Tiny) -> None:
    documented.features("roads", [({"kind": "a_road"}, line((400000, 302500), (406000, 302500)))])
    body = '[[criteria]]\nname = "Roads"\nlayer = "roads"\nmeasure = "kernel_density"\nwithin = "1 km"\nweight = 1\nwhy = "x"\n'
    documented.write("studies/plant.toml", study_text([body + 'value = { function = "linear", worst = 0, best = 3 }\n'], demand=""))
    (found,) = measure_places(documented.plan(), PointPlaces(np.array([403_000.0]), np.array([302_500.0])))
    np.testing.assert_allclose(found, 16 / (5 * np.pi), rtol=1e-6)
