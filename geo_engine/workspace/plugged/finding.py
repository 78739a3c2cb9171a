"""Find a plug-in by its name, say what it is without running it, and run it where that is trusted."""

from __future__ import annotations

import hashlib
import sys
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from geo_engine import plugins
from geo_engine.errors import Fault, LayerError, nearest_spelling
from geo_engine.workspace.plugged.signature import Signature, from_function, from_source

__all__ = ["Plugin", "describe_plugin", "hash_plugin", "list_plugins", "load_plugin", "named_plugins"]

_GROUP = "geo_engine.measures"
_MARK = b"geo_engine.plugins"


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plug-in as it was found.

    Parameters
    ----------
    name : str
        How studies call it.
    file : Path or None
        ``layers/NAME.py``; None for one of an installed package.
    origin : str
        What readers see: the file in the workspace, or the package with its version.
    signature : Signature or None
        What it takes and gives; None where it is broken.
    faults : tuple of Fault
        What is wrong with it.
    """

    name: str
    file: Path | None
    origin: str
    signature: Signature | None
    faults: tuple[Fault, ...] = ()


def describe_plugin(workspace: Path, name: str) -> Plugin:
    """Find a plug-in and say what it is; a file is read and not run, what is installed is imported.

    Parameters
    ----------
    workspace : Path
        The folder with ``layers/``.
    name : str
        ``layers/NAME.py`` is looked for first, then the entry point of that name in the group ``geo_engine.measures``.

    Raises
    ------
    LayerError
        If there is none, or two of that name.
    """
    file, installed = workspace / "layers" / f"{name}.py", _installed().get(name, ())
    there = [file] if name.isidentifier() and file.is_file() else []
    if len(there) + len(installed) > 1:
        both = ", ".join([*(f"layers/{name}.py" for _ in there), *(_package(entry) for entry in installed)])
        raise LayerError(Fault(f"plug-in '{name}'", "there are two of that name", both, remedy="rename the file, or take one package out"))
    if there:
        return _of_file(file, name)
    if installed:
        return _of_entry(installed[0])
    names = [*sorted(plugin.name for plugin in list_plugins(workspace)), *_installed()]
    raise LayerError(
        Fault(
            f"plug-in '{name}'",
            f"there is no layers/{name}.py, and no installed package brings it",
            allowed=", ".join(names) or "none yet: see docs/plugins.md",
            remedy=nearest_spelling(name, names),
        )
    )


def named_plugins(workspace: Path, entries: Iterable[Mapping[str, Any]]) -> dict[str, Plugin]:
    """Describe the plug-ins that tables of a study name, each once; what cannot be found or is broken has its faults with it."""
    found = {}
    for entry in entries:
        name = entry.get("plugin")
        if entry.get("measure") == "plugin" and isinstance(name, str) and name not in found:
            try:
                found[name] = describe_plugin(workspace, name)
            except LayerError as error:
                found[name] = Plugin(name, None, "", None, error.faults)
    return found


def list_plugins(workspace: Path) -> tuple[Plugin, ...]:
    """Describe every plug-in of a workspace, broken ones too, in order of name; nothing is run, and installed ones are not in it."""
    files = sorted((workspace / "layers").glob("*.py"))
    return tuple(_of_file(file, file.stem) for file in files if file.is_file() and _may_be_one(file))


def load_plugin(name: str, file: Path | None) -> plugins.MeasureFunction:
    """Run a plug-in's file, if that is trusted, and give its function.

    Parameters
    ----------
    name : str
        Of the plug-in.
    file : Path or None
        ``layers/NAME.py``; None takes it from an installed package, which whoever installed it trusts.

    Raises
    ------
    LayerError
        If the file is not trusted: nothing of it has been run then. If it is broken or fails.
    """
    if file is None:
        return _imported(_installed()[name][0])
    label = f"layers/{file.name}"
    source = file.read_bytes()
    signature = from_source(source, label)
    if isinstance(signature, list):
        raise LayerError(signature)
    if not plugins.are_trusted():
        raise LayerError(
            Fault(
                f"{label}:{signature.line} {signature.function}",
                "this study would run a program that lies in its workspace, and nobody has said that it is trusted",
                remedy=f"read {file}; if you trust it, say so with --trust (in Python: with geo_engine.plugins.trusting())",
            )
        )
    module = types.ModuleType(f"geo_engine_plugin_{name}")
    module.__file__ = str(file)
    sys.modules[module.__name__] = module  # classes look their module up while they are made
    try:
        exec(compile(source, str(file), "exec"), module.__dict__)  # noqa: S102 - the user has said that it is trusted
    except (Exception, SystemExit) as error:
        raise LayerError(plugins.failure(error, file, signature.function, "when it was loaded")) from error
    finally:
        del sys.modules[module.__name__]  # a worker elsewhere could not import it: what is not there is sent along whole
    function = getattr(module, signature.function, None)
    if not isinstance(function, plugins.MeasureFunction) or function.unit != signature.unit:
        place = f"{label}:{signature.line} {signature.function}"
        raise LayerError(Fault(place, "is not what its text says, once the file has run", remedy="leave the decorated function as it is"))
    return function


def hash_plugin(name: str, file: Path | None) -> tuple[str, str]:
    """Give what a plug-in is called among the inputs of a run, and the SHA-256 of its file."""
    if file is not None:
        return f"layers/{file.name}", hashlib.sha256(file.read_bytes()).hexdigest()
    entry = _installed()[name][0]
    spec = find_spec(entry.module)
    origin = Path(spec.origin) if spec and spec.origin else None
    digest = hashlib.sha256(origin.read_bytes()).hexdigest() if origin and origin.is_file() else "not hashed: no file"
    return f"{_package(entry)}: {entry.value}", digest


def _may_be_one(file: Path) -> bool:
    """Tell a plug-in, or what cannot be looked at, from a script that makes a table."""
    try:
        return _MARK in file.read_bytes()
    except OSError:
        return True


def _of_file(file: Path, name: str) -> Plugin:
    label = f"layers/{file.name}"
    try:
        signature = from_source(file.read_bytes(), label)
    except OSError as error:
        return Plugin(name, file, label, None, (Fault(label, f"cannot be read: {error.strerror}"),))
    if isinstance(signature, list):
        return Plugin(name, file, label, None, tuple(signature))
    return Plugin(name, file, label, signature)


def _of_entry(entry: EntryPoint) -> Plugin:
    origin = _package(entry)
    try:
        function = _imported(entry)
    except LayerError as error:
        return Plugin(entry.name, None, origin, None, error.faults)
    signature = from_function(function.function, function.unit, f"{origin}: {entry.value}")
    if isinstance(signature, list):
        return Plugin(entry.name, None, origin, None, tuple(signature))
    return Plugin(entry.name, None, origin, signature)


def _imported(entry: EntryPoint) -> plugins.MeasureFunction:
    place = f"{_package(entry)}: {entry.value}"
    try:
        function = entry.load()
    except (Exception, SystemExit) as error:
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        raise LayerError(Fault(place, f"cannot be imported: {said}", remedy="mend or take out the package that brings it")) from error
    if not isinstance(function, plugins.MeasureFunction):
        raise LayerError(Fault(place, "is no measure", remedy="decorate it with geo_engine.plugins.measure"))
    return function


def _package(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else "an installed package"


@cache
def _installed() -> Mapping[str, tuple[EntryPoint, ...]]:
    """Find the plug-ins of installed packages by name; none of them is imported."""
    found: dict[str, tuple[EntryPoint, ...]] = {}
    for entry in entry_points(group=_GROUP):
        found[entry.name] = (*found.get(entry.name, ()), entry)
    return found
