"""Names that would like to be markup, formulas or commands, and the program as a program: streams, signals, encodings."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from geo_engine.run import RunOutcome
from tests.cli.conftest import TO_DEGREES, Call, parsed, table
from tests.run import tiny as ws
from tests.run.tiny import Tiny


@pytest.fixture(scope="module")
def folder(finished: tuple[Tiny, RunOutcome]) -> Path:
    return finished[1].folder


def program(*arguments: object, **settings: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401 - subprocess's own
    command = [sys.executable, "-m", "geo_engine.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **settings)


# ---------------------------------------------------------------------------------------------- hostile names

HOSTILE = [
    "<script>alert(1)</script>",
    "=1+1",
    "[red]plain[/red]",
    "[/]",
    "[link=http://x]y[/link]",
    "back\\",
    "\\[bold]",
    "🏭 Fabrik",
    "a" * 500,
    ":smile: 100%",
    'Ångström, "q"',
    "{braces} %s",
]


def squeezed(text: str) -> str:
    """Leave out what a table adds: bars and the breaks of long words."""
    return "".join(character for character in text if not character.isspace() and character not in "│┃┏┓┗┛━┳┻╇┡┩└┘─┴┬┼├┤")


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_rival_stands_in_the_table_as_text(folder: Path, call: Call, tmp_path: Path, name: str) -> None:
    file = table(tmp_path / "r.csv", (name, *TO_DEGREES.transform(404550, 301550), ""))
    assert parsed(call("score", folder, file, "--json").stdout)["rivals"][0]["name"] == name
    result = call("backtest", folder, file)
    assert result.exit_code == 0
    sites = result.stdout.split("Median percentile")[0].splitlines()  # the first table
    row = "".join(squeezed(line.split("│")[1]) for line in sites if line.startswith("│"))
    assert row == squeezed(name)


def test_control_characters_in_names_do_not_reach_the_terminal(folder: Path, call: Call, tmp_path: Path) -> None:
    file = table(tmp_path / "r.csv", ("\x1b[2J\x1b]0;owned\x07evil", *TO_DEGREES.transform(404550, 301550), ""))
    for verb in ("score", "backtest"):
        result = call(verb, folder, file)
        assert "evil" in result.stdout
        assert "\x1b" not in result.stdout


def test_hostile_places_and_criteria_go_all_the_way(tiny: Tiny, call: Call) -> None:
    tiny.features("towns", [({"name": "[red]=cmd|'x'!A1[/red] <b>:boom:\\", "people": 100}, ws.point(402000, 301000))])
    tiny.features(
        "regions",
        [
            ({"region": "[/]West<br>"}, ws.box(400000, 300000, 403000, 305000)),
            ({"region": "=East"}, ws.box(403000, 300000, 406000, 305000)),
        ],
    )
    for old, new in (
        ('name = "In a zone"', 'name = "[bold]In[/] a <script>zone</script> :zap:"'),
        ('name = "Parks"', 'name = "[red]Parks[/red] =1+1"'),
        ('title = "A plant"', 'title = "[/]A [blink]plant"'),
    ):
        tiny.edit("studies/plant.toml", old, new)
    checked = call("check", tiny.study_file)
    assert "[/]A [blink]plant, Both" in checked.stdout
    ran = call("run", tiny.study_file)
    assert ran.exit_code == 0
    assert "[red]=cmd" in squeezed(ran.stdout)
    run = tiny.outputs / "plant" / "both"
    explained = call("explain", run, "1")
    assert explained.exit_code == 0
    assert "[red]=cmd|'x'!A1[/red] <b>:boom:\\" in explained.stdout
    with (run / "sites.csv").open(encoding="utf-8", newline="") as stream:
        assert all(not value.startswith(("=", "+", "@")) for row in csv.DictReader(stream) for value in row.values())
    assert "<script>zone" not in (run / "map.html").read_text(encoding="utf-8")


def test_a_site_by_a_neutralised_name_is_found(tiny: Tiny, call: Call) -> None:
    tiny.features("towns", [({"name": "=Town", "people": 100}, ws.point(405000, 302000))])
    call("run", tiny.study_file)
    names = parsed(call("run", tiny.study_file, "--json").stdout)["best"]
    assert call("explain", tiny.outputs / "plant" / "both", names[0]["place"]).exit_code == 0


# ---------------------------------------------------------------------------------------------- as a program


def test_the_program_s_exit_code_and_streams(tiny: Tiny) -> None:
    tiny.features("plants", [({"name": "A", "cars": None, "works": "yes"}, ws.point(401000, 302500))])
    blank = program("run", tiny.study_file)
    assert (blank.returncode, blank.stdout) == (3, "")
    assert "Traceback" not in blank.stderr
    assert "LayerError: plants: column 'cars' is blank" in blank.stderr


def test_a_narrow_encoding_is_no_reason_to_fall_over(tiny: Tiny) -> None:
    tiny.features("towns", [({"name": "Ångström 🏭", "people": 100}, ws.point(402000, 301000))])
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    result = program("layers", "show", "towns", "--workspace", tiny.path, env=environment)
    assert "Traceback" not in result.stderr
    assert result.returncode == 0


def test_a_pipe_that_closes_early_is_no_error(tiny: Tiny) -> None:
    command = f"{sys.executable} -m geo_engine.cli layers list --json --workspace {tiny.path} | head -c 1"
    result = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in result.stderr
    assert "RunError" not in result.stderr


def test_control_c_on_a_real_run_leaves_nothing_behind(tiny: Tiny) -> None:
    command = [sys.executable, "-m", "geo_engine.cli", "run", str(tiny.study_file), "--cell", "5 m"]
    # A shell that runs the tests in the background has its children ignore Ctrl-C; a person's shell has not.
    heeding = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **heeding) as process:  # type: ignore[call-overload]
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("Scoring land"):
                break
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert not tiny.outputs.exists()
