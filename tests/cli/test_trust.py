"""Plug-ins from the command line: nothing of them runs without --trust, whatever the verb, and they work with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo_engine.plugins import are_trusted
from tests.cli.conftest import Call, parsed, table
from tests.run.land import OWN, PLUGIN, criterion_of
from tests.run.tiny import Tiny, study_text

STUDY = study_text([criterion_of("own", OWN)])


@pytest.fixture
def plugged(tiny: Tiny) -> Tiny:
    """A study that measures by a plug-in, which leaves a mark when it runs."""
    mark = f"import pathlib\npathlib.Path(r'{tiny.path}', 'it ran').touch()\n"
    tiny.write("layers/beyond.py", PLUGIN + mark)
    tiny.write("studies/plant.toml", STUDY)
    return tiny


def ran(tiny: Tiny) -> bool:
    return (tiny.path / "it ran").exists()


def test_no_verb_runs_a_file_without_trust_and_each_says_what_to_do(plugged: Tiny, call: Call) -> None:
    study, run = plugged.study_file, plugged.outputs / "plant" / "both"
    assert call("run", study, "--trust").exit_code == 0
    assert not are_trusted()  # trust ends with the verb
    (plugged.path / "it ran").unlink()
    places = table(plugged.path / "rivals.csv", ("One", -1.95, 52.62, ""))
    verbs: list[tuple[object, ...]] = [
        ("check", study),
        ("run", study),
        ("explain", run, "1"),
        ("score", run, places),
        ("backtest", run, places),
        ("portfolio", run, "--plants", "2"),
        ("report", run),
    ]
    for verb in verbs:
        result = call(*verb)
        assert result.exit_code == 3, (verb, result.output)
        assert result.output.count("LayerError") == 1
        assert "layers/beyond.py:6 beyond: this study would run a program" in result.output
        assert "--trust" in result.output
    assert not ran(plugged)


def test_what_measures_nothing_needs_no_trust(plugged: Tiny, call: Call) -> None:
    listed = call("layers", "list", "--workspace", plugged.path)
    assert listed.exit_code == 0
    assert "layers/beyond.py" in listed.output
    shown = call("layers", "show", "stations", "--workspace", plugged.path, "--no-map", "--json")
    assert {"layer": "stations", "study": "plant", "what": "criterion 'The own'"} in parsed(shown.output)["uses"]
    assert call("plan", plugged.study_file).exit_code == 0
    view = parsed(call("layers", "list", "--workspace", plugged.path, "--json").output)
    (plugin,) = view["plugins"]
    assert (plugin["name"], plugin["function"], plugin["unit"]) == ("beyond", "beyond", "m")
    assert (plugin["takes"], plugin["used_by"], plugin["faults"]) == (["features", "offset: float"], ["plant"], [])
    assert not ran(plugged)


def test_with_trust_a_run_is_explained_by_the_plugin_s_numbers(plugged: Tiny, call: Call) -> None:
    """Offshore lies at 410000, 302500: from 403000, 303000 the nearest of four stations is Hill, 2.22 km off, and 100 m are added."""
    assert call("check", plugged.study_file, "--trust").exit_code == 0
    assert "plugin of stations (beyond; offset = 100.0)" in call("check", plugged.study_file, "--trust").output
    assert call("run", plugged.study_file, "--trust").exit_code == 0
    run = plugged.outputs / "plant" / "both"
    places = table(plugged.path / "rivals.csv", ("One", 403000, 303000), head="name,easting,northing")
    rival = parsed(call("score", run, places, "--trust", "--json").output)["rivals"][0]
    own = ((403_000 - 401_050) ** 2 + (303_000 - 304_050) ** 2) ** 0.5 + 100.0
    assert rival["contributions"][0]["value"] == pytest.approx(own, rel=1e-6)
    assert rival["contributions"][0]["unit"] == "m"
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    assert len(record["inputs_sha256"]["layers/beyond.py"]) == 64
    assert record["study"]["criteria"][0]["measure"]["file"] == "layers/beyond.py"
    assert record["robustness"]["uncertain"] == {"own": ["positions"]}  # stations move, and the plug-in is asked again
    assert call("sensitivity", run).exit_code == 0


def test_trust_is_given_for_one_call_and_not_for_the_next(plugged: Tiny, call: Call) -> None:
    assert call("check", plugged.study_file, "--trust").exit_code == 0
    assert call("check", plugged.study_file).exit_code == 3


def test_a_plugin_that_has_changed_since_the_run_is_warned_of(plugged: Tiny, call: Call) -> None:
    assert call("run", plugged.study_file, "--trust").exit_code == 0
    plugged.edit("layers/beyond.py", "+ offset", "+ 2 * offset")
    result = call("explain", plugged.outputs / "plant" / "both", "1", "--trust")
    assert "layers/beyond.py has changed since the run" in result.output


def test_a_broken_plugin_hurts_the_study_that_uses_it_and_no_other(plugged: Tiny, call: Call) -> None:
    other = study_text().replace('title = "A plant"', 'title = "Another"')
    plugged.write("studies/other.toml", other)
    plugged.edit("layers/beyond.py", "*, offset: float = 0.0", "*, offset")
    assert call("check", plugged.path / "studies/other.toml").exit_code == 0
    broken = call("check", plugged.study_file, "--trust")
    assert broken.exit_code == 2
    assert "studies/plant.toml:" in broken.output
    assert "plug-in 'beyond' cannot be used: layers/beyond.py:6 beyond: parameter 'offset' does not say what it is" in broken.output
    listed = call("layers", "list", "--workspace", plugged.path)
    assert listed.exit_code == 0
    assert "broken" in listed.output
    assert "Plug-in is broken: layers/beyond.py:6 beyond" in listed.output
    assert "Study cannot be read: plant" in listed.output
    assert not ran(plugged)


def test_a_plugin_that_fails_in_the_middle_leaves_the_last_good_run(plugged: Tiny, call: Call) -> None:
    assert call("run", plugged.study_file, "--trust").exit_code == 0
    before = {path.name: path.read_bytes() for path in (plugged.outputs / "plant" / "both").iterdir() if path.is_file()}
    plugged.edit(
        "layers/beyond.py", "return np.min(away, axis=0) + offset", "return np.min(away, axis=0)[: 1 if len(eastings) > 1000 else None]"
    )
    failed = call("run", plugged.study_file, "--trust")
    assert failed.exit_code == 3
    assert "layers/beyond.py beyond: does not give a number for each place. Found: shape (1,)" in failed.output
    assert {path.name: path.read_bytes() for path in (plugged.outputs / "plant" / "both").iterdir() if path.is_file()} == before


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('plugin = "beyond"', 'plugin = "beyondd"', "there is no layers/beyondd.py"),
        ('plugin = "beyond"\n', "", "'plugin' is missing"),
        ('plugin = "beyond"', 'plugin = "../beyond"', "is not a short name"),
        ("offset = 100.0", "ofset = 100.0", "takes no parameter 'ofset'"),
        ("offset = 100.0", 'offset = "far"', "parameter 'offset' of plug-in 'beyond' is not of its kind"),
        ("offset = 100.0", "offset = true", "parameter 'offset' of plug-in 'beyond' is not of its kind"),
        ('best = "100 m"', "best = 100", "has no unit"),
    ],
)
def test_what_a_study_gives_a_plugin_is_held_against_its_text(plugged: Tiny, call: Call, old: str, new: str, fault: str) -> None:
    plugged.edit("studies/plant.toml", old, new)
    result = call("check", plugged.study_file)
    assert result.exit_code == 2, result.output
    assert fault in result.output
    assert not ran(plugged)


def test_whole_numbers_do_for_numbers(plugged: Tiny, call: Call) -> None:
    plugged.edit("studies/plant.toml", "offset = 100.0", "offset = 100")
    assert call("check", plugged.study_file, "--trust").exit_code == 0


def test_a_plugin_serves_as_a_rule_and_as_the_test_of_a_need(plugged: Tiny, call: Call) -> None:
    rule = '[[constraints]]\nname = "Far"\nlayer = "stations"\nmeasure = "plugin"\nplugin = "beyond"\nkeep = { max = "2 km" }\n'
    need = (
        '[[facility.needs]]\nname = "quiet"\neach = "100 m-"\nsource = "s"\n'
        'test = { measure = "plugin", plugin = "beyond", layer = "stations", each = "1 m-", source = "s" }\n'
    )
    plugged.write("studies/plant.toml", study_text([criterion_of("own", OWN)], [rule], demand=need))
    assert call("run", plugged.study_file, "--trust", "--json").exit_code == 0
    run: Path = plugged.outputs / "plant" / "both"
    assert "quiet" in (run / "needs.csv").read_text(encoding="utf-8")
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    assert 0 < record["hectares"]["Far"] < record["hectares"]["land"]
