"""The walls of the house: who may import what, how long a file gets, what it is called. Each checker is shown to fail too."""

from __future__ import annotations

import ast
import fnmatch
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "geo_engine"
LONGEST = 420  # lines
MOST_FILES = 8  # of a room, not counting __init__.py and __main__.py
DRAWERS = re.compile(r"^_*(utils?|helpers?|common|misc|tools|shared|stuff)_*$")
# Third-party library -> the files of the package that may import it.
WALLS = {
    "pydantic": ("workspace/schema.py", "workspace/schema_*.py", "workspace/schema/*.py"),
    "pydantic_core": ("workspace/schema.py", "workspace/schema_*.py", "workspace/schema/*.py"),
    "numba": ("kernels/*.py",),
    "networkx": ("network/*.py", "workspace/data/networks/graphml.py"),
    "osmium": ("workspace/data/networks/osm.py", "workspace/data/formats/tagged.py"),
    "pg8000": ("workspace/data/formats/postgis.py",),
    "pyarrow": ("workspace/data/formats/parquet.py", "workspace/data/formats/counting.py"),
    "dask": ("run/executors.py",),
    "distributed": ("run/executors.py",),
    "cloudpickle": ("run/executors.py",),
    "folium": ("publish/*.py",),
    "branca": ("publish/*.py",),
    "jinja2": ("publish/*.py",),
    "xstatic": ("publish/*.py",),
    "matplotlib": ("publish/*.py",),
    "typst": ("publish/*.py",),
    "click": ("cli/*.py",),
    "contourpy": ("measure/travel/service_areas.py",),
    "SALib": ("decide/robustness/variance.py",),
    # never in the engine: tools of tests and benchmarks
    "edt": (),
    "pandana": (),
    "hypothesis": (),
    "osgeo": (),
    "playwright": (),
    "pymcdm": (),
    "pytest": (),
    "skcriteria": (),
    "spopt": (),
    "pulp": (),
    "highspy": (),
}


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def inside(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def imported(source: str) -> Iterator[str]:
    """Top-level names of everything that a source imports, wherever in it, by statement or by a literal name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Call) and node.args:
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if called in {"import_module", "__import__"} and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value.split(".")[0]


def breaches(name: str, source: str) -> list[str]:
    """Libraries that the file `name` (relative to the package) imports and may not."""
    return sorted(
        library
        for library in set(imported(source)) & set(WALLS)
        if not any(fnmatch.fnmatchcase(name, allowed) for allowed in WALLS[library])
    )


def defined(tree: ast.Module) -> set[str]:
    """Names that a module defines or imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found |= {(alias.asname or alias.name).split(".")[0] for alias in names}
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
    return found


def public_names_fault(source: str) -> str:
    """Say what is wrong with a module's ``__all__``: absent, not a literal list, or naming what is not there."""
    tree = ast.parse(source)
    if all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in tree.body):
        return ""  # nothing but a docstring: nothing to list
    assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
    listing = [node.value for node in assigned if any(isinstance(name, ast.Name) and name.id == "__all__" for name in node.targets)]
    if not listing:
        return "no __all__"
    try:
        listed: list[str] = ast.literal_eval(listing[-1])
    except ValueError:
        return "__all__ is not a literal list"
    there = defined(tree)
    return ", ".join(f"__all__ names '{name}', which is not there" for name in listed if name not in there)


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo", "--config", str(folder / "pyproject.toml")],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("path", python_files("geo_engine"), ids=inside)
def test_libraries_stay_behind_their_walls(path: Path) -> None:
    assert breaches(inside(path), path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("name", "source", "found"),
    [
        ("decide/overlay.py", "import numba", ["numba"]),
        ("decide/overlay.py", "def f():\n    from pydantic.fields import Field", ["pydantic"]),
        ("run/plan.py", "import folium.plugins as p, dask", ["dask", "folium"]),
        ("workspace/study.py", "import importlib\nimportlib.import_module('pydantic.fields')", ["pydantic"]),
        ("workspace/study.py", "__import__('networkx')", ["networkx"]),
        ("workspace/data/source.py", "import osmium, networkx", ["networkx", "osmium"]),
        ("workspace/data/networks/graphml.py", "import networkx", []),
        ("workspace/schema.py", "import pydantic", []),
        ("workspace/schema/layer.py", "import pydantic", []),
        ("kernels/points.py", "from numba import njit", []),
        ("run/executors.py", "from dask.distributed import Client", []),
        ("decide/overlay.py", "import numpy as np\nfrom . import weights", []),
    ],
)
def test_the_wall_checker_finds_a_breach_and_nothing_else(name: str, source: str, found: list[str]) -> None:
    assert breaches(name, source) == found


def test_the_import_contract_is_kept() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        ("model", "import geo_engine.workspace", "Data flows one way"),
        ("decide", "import geo_engine.network", "deciding knows no network"),
        ("publish", "import geo_engine.kernels", "Kernels are called by network, measure and decide"),
        ("kernels", "from geo_engine.model import Grid", "Kernels know bare arrays"),
    ],
)
def test_the_import_contract_finds_a_breach(tmp_path: Path, room: str, line: str, contract: str) -> None:
    shutil.copytree(PACKAGE, tmp_path / "geo_engine", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "geo_engine" / room / "breach.py").write_text(line + "\n", encoding="utf-8")
    done = lint_imports(tmp_path)
    assert done.returncode != 0
    broken = [said for said in done.stdout.splitlines() if said.endswith("BROKEN")]
    assert any(contract in said for said in broken), done.stdout + done.stderr


def test_a_new_room_must_be_put_in_its_place(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "geo_engine", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "geo_engine" / "attic.py").write_text('"""A room that no contract names."""\n', encoding="utf-8")
    assert lint_imports(tmp_path).returncode != 0


@pytest.mark.parametrize("path", python_files("geo_engine", "tests", "benchmarks"), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_is_short_and_named_by_its_subject(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST, f"{lines} lines: split it by subject"
    assert not DRAWERS.match(path.stem)
    assert not any(DRAWERS.match(folder) for folder in path.relative_to(ROOT).parts[:-1])


@pytest.mark.parametrize("name", ["utils", "helpers", "_utils", "common", "misc", "util"])
def test_a_drawer_is_known_by_its_name(name: str) -> None:
    assert DRAWERS.match(name)


@pytest.mark.parametrize("name", ["units", "errors", "commons_land", "routing"])
def test_a_subject_is_no_drawer(name: str) -> None:
    assert not DRAWERS.match(name)


@pytest.mark.parametrize("room", sorted({path.parent for path in python_files("geo_engine")}), ids=lambda room: room.name)
def test_a_room_that_outgrows_eight_files_is_split(room: Path) -> None:
    files = [path.name for path in sorted(room.glob("*.py")) if path.name not in {"__init__.py", "__main__.py"}]
    assert len(files) <= MOST_FILES, files


@pytest.mark.parametrize(
    "path", [path for path in python_files("geo_engine") if not path.stem.startswith("_") or path.stem == "__init__"], ids=inside
)
def test_a_public_module_lists_its_names(path: Path) -> None:
    assert public_names_fault(path.read_text(encoding="utf-8")) == ""


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("x = 1", "no __all__"),
        ("__all__ = ['gone']\nx = 1", "__all__ names 'gone', which is not there"),
        ("__all__ = [] + names\nx = 1", "__all__ is not a literal list"),
        ("__all__ = ['x', 'f', 'np']\nimport numpy as np\nx: int = 1\ndef f(): ...", ""),
        ('"""A room."""', ""),
        ("", ""),
    ],
)
def test_the_checker_of_public_names_finds_faults(source: str, fault: str) -> None:
    assert public_names_fault(source) == fault
