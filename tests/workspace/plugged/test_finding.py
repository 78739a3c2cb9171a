"""Plug-ins of a workspace and of packages: found by name, listed when broken, and run only where they are trusted."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from geo_engine.errors import LayerError
from geo_engine.plugins import are_trusted, trusting
from geo_engine.workspace.plugged import describe_plugin, finding, hash_plugin, list_plugins, load_plugin, named_plugins

GOOD = 'from geo_engine.plugins import measure\n\n@measure(unit="m")\ndef far(eastings, northings, features):\n    return eastings * 2\n'


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "layers").mkdir()
    return tmp_path


def write(workspace: Path, name: str, text: str) -> Path:
    file = workspace / "layers" / f"{name}.py"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_is_found_described_listed_and_hashed(workspace: Path) -> None:
    file = write(workspace, "far", GOOD)
    write(workspace, "build_table", "print('a script that makes a table, and no plug-in')\n")
    found = describe_plugin(workspace, "far")
    assert (found.name, found.file, found.origin, found.faults) == ("far", file, "layers/far.py", ())
    assert found.signature is not None
    assert (found.signature.function, found.signature.unit) == ("far", "m")
    assert list_plugins(workspace) == (found,)
    assert hash_plugin("far", file) == ("layers/far.py", hashlib.sha256(GOOD.encode()).hexdigest())


def test_a_broken_file_is_listed_with_what_is_wrong_and_others_beside_it_are_well(workspace: Path) -> None:
    write(workspace, "far", GOOD)
    write(workspace, "bad", GOOD.replace("):", ""))
    bad, far = list_plugins(workspace)
    assert (bad.name, bad.signature, far.faults) == ("bad", None, ())
    assert "layers/bad.py:4: is not Python" in str(bad.faults[0])
    entries = [{"measure": "plugin", "plugin": name} for name in ("far", "bad", "gone", "far")] + [{"measure": "distance", "plugin": "x"}]
    named = named_plugins(workspace, [*entries, {"measure": "plugin", "plugin": 3}])
    assert list(named) == ["far", "bad", "gone"]
    assert "there is no layers/gone.py, and no installed package brings it" in str(named["gone"].faults[0])


def test_a_name_that_is_no_word_finds_no_file(workspace: Path) -> None:
    (workspace / "far.py").write_text(GOOD, encoding="utf-8")
    with pytest.raises(LayerError, match="there is no layers"):
        describe_plugin(workspace, "../far")


def test_nothing_of_a_file_runs_unless_it_is_trusted(workspace: Path) -> None:
    mark = workspace / "it ran"
    file = write(workspace, "far", f"import pathlib\npathlib.Path({str(mark)!r}).touch()\n{GOOD}")
    describe_plugin(workspace, "far")
    list_plugins(workspace)
    hash_plugin("far", file)
    with pytest.raises(LayerError) as caught:
        load_plugin("far", file)
    assert not mark.exists()
    (fault,) = caught.value.faults
    assert fault.where == "layers/far.py:6 far"
    assert "would run a program" in fault.what
    assert str(file) in fault.remedy
    assert "--trust" in fault.remedy
    assert not are_trusted()
    with trusting():
        loaded = load_plugin("far", file)
    assert not are_trusted()
    assert mark.exists()
    assert loaded(21, 0, None) == 42
    assert sorted(path.name for path in (workspace / "layers").iterdir()) == ["far.py"]  # no folder of compiled files beside it


def test_a_plugin_may_have_classes_of_its_own_and_stays_out_of_the_modules(workspace: Path) -> None:
    head = "from __future__ import annotations\nfrom dataclasses import dataclass\n\n@dataclass\nclass Twice:\n    by: float = 2.0\n\n"
    file = write(workspace, "far", head + GOOD.replace("* 2", "* Twice().by"))
    with trusting():
        assert load_plugin("far", file)(21, 0, None) == 42
    assert "geo_engine_plugin_far" not in sys.modules


def test_what_is_no_file_or_cannot_be_read_hurts_no_list(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(workspace, "far", GOOD)
    (workspace / "layers" / "folder.py").mkdir()
    locked = write(workspace, "locked", GOOD)
    whole = Path.read_bytes

    def refused(path: Path) -> bytes:
        if path == locked:
            raise PermissionError(13, "Permission denied")
        return whole(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    far, broken = list_plugins(workspace)
    assert (far.name, far.faults) == ("far", ())
    assert str(broken.faults[0]) == "layers/locked.py: cannot be read: Permission denied."


def test_trust_ends_with_its_block_whatever_happens() -> None:
    with pytest.raises(ZeroDivisionError), trusting():
        raise ZeroDivisionError
    assert not are_trusted()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1 / 0\n" + GOOD, "layers/far.py:1 far: failed when it was loaded: ZeroDivisionError: division by zero"),
        ("import not_there_at_all\n" + GOOD, "ModuleNotFoundError: No module named 'not_there_at_all'"),
        ("raise SystemExit(3)\n" + GOOD, "failed when it was loaded: SystemExit: 3"),
        (GOOD + "far = 3\n", "is not what its text says"),
        (GOOD + "far = measure(unit='s')(far.function)\n", "is not what its text says"),
        (GOOD.replace('"m"', ""), "is not written out"),
    ],
)
def test_what_fails_when_it_is_loaded_is_named(workspace: Path, text: str, fault: str) -> None:
    file = write(workspace, "far", text.replace("unit=)", "unit=U)"))
    with trusting(), pytest.raises(LayerError) as caught:
        load_plugin("far", file)
    assert fault in str(caught.value)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A module that an installed package might bring, with two entry points."""
    (tmp_path / "bought_measures.py").write_text(GOOD + "three = 3\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    names = {"far": "bought_measures:far", "three": "bought_measures:three", "lost": "bought_nowhere:far"}
    points = {name: (EntryPoint(name, value, "geo_engine.measures"),) for name, value in names.items()}
    monkeypatch.setattr(finding, "_installed", lambda: points)
    yield tmp_path / "bought_measures.py"
    sys.modules.pop("bought_measures", None)


def test_an_installed_plugin_needs_no_trust_and_is_hashed_by_its_module(workspace: Path, package: Path) -> None:
    found = describe_plugin(workspace, "far")
    assert (found.file, found.origin, found.faults) == (None, "an installed package", ())
    assert load_plugin("far", None).unit == "m"
    assert hash_plugin("far", None) == (
        "an installed package: bought_measures:far",
        hashlib.sha256(package.read_bytes()).hexdigest(),
    )


@pytest.mark.usefixtures("package")
def test_an_installed_plugin_that_is_broken_is_named(workspace: Path) -> None:
    assert "is no measure" in str(describe_plugin(workspace, "three").faults[0])
    assert "cannot be imported: ModuleNotFoundError" in str(describe_plugin(workspace, "lost").faults[0])


@pytest.mark.usefixtures("package")
def test_two_plugins_of_one_name_are_an_error(workspace: Path) -> None:
    write(workspace, "far", GOOD)
    with pytest.raises(LayerError, match="there are two of that name"):
        describe_plugin(workspace, "far")
