"""TOML files as written by analysts: finding the workspace, reading with plain faults, and knowing each key's line.

`tomllib` gives no line numbers, so `key_lines` scans the text once more. Places are written as
``studies/a.toml:12 criteria[2].value.best``: the file relative to the workspace, the line, and the key, where the
entries of a list are counted from 1.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from geo_engine.errors import Fault, StudyError

__all__ = ["KeyPath", "TomlFile", "dotted", "find_workspace", "key_lines", "parse_toml", "read_toml", "shown"]

KeyPath = tuple[str | int, ...]

_SEGMENT = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(\.?)""")
_SHOWN_LENGTH = 120
_FINE = "a TOML file in UTF-8"


def shown(value: object) -> str:
    """Write a value as it may stand in a TOML file, cut where it is long.

    >>> shown("15 km"), shown(True), shown(2.5), shown(float("nan"))
    ("'15 km'", 'true', '2.5', 'nan')
    """
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}..."


def dotted(keys: KeyPath) -> str:
    """Write a path of keys the way people say it, entries counted from 1.

    >>> dotted(("criteria", 1, "value", "best"))
    'criteria[2].value.best'
    """
    text = ""
    for key in keys:
        text += f"[{key + 1}]" if isinstance(key, int) else f".{key}" if text else key
    return text


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A TOML file that has been read.

    Parameters
    ----------
    path : Path
        The file.
    label : str
        How messages call it: relative to the workspace, with forward slashes.
    data : mapping
        What it holds; empty where it could not be read.
    lines : mapping of KeyPath to int
        Line of each table and key, from 1.
    """

    path: Path
    label: str
    data: Mapping[str, Any]
    lines: Mapping[KeyPath, int]

    def where(self, *keys: str | int) -> str:
        """Name the place of a key: its own line, or that of the nearest table or key above it.

        >>> file = TomlFile(Path("a.toml"), "studies/a.toml", {}, {("sites",): 3, ("sites", "count"): 4})
        >>> file.where("sites", "count"), file.where("sites", "area"), file.where()
        ('studies/a.toml:4 sites.count', 'studies/a.toml:3 sites.area', 'studies/a.toml')
        """
        for length in range(len(keys), 0, -1):
            line = self.lines.get(keys[:length])
            if line is not None:
                return f"{self.label}:{line} {dotted(keys)}"
        return f"{self.label} {dotted(keys)}".rstrip()

    def found(self, *keys: str | int) -> str:
        """Show what stands at a key, or nothing where nothing does."""
        value: Any = self.data
        for key in keys:
            try:
                value = value[key]
            except (KeyError, IndexError, TypeError):
                return ""
        return shown(value)


def _keys_of(text: str) -> tuple[tuple[str, ...], int]:
    """Read a dotted key at the start of a text and how many characters it takes; no keys where there is none."""
    keys: list[str] = []
    end = 0
    while match := _SEGMENT.match(text, end):
        keys.append(next(part for part in match.groups()[:3] if part is not None))
        end = match.end()
        if not match[4]:
            break
    return tuple(keys), end


def _walk(line: str, depth: int, quote: str) -> tuple[int, str]:
    """Follow brackets and strings through a line; returns the depth and the open multi-line quote at its end."""
    position = 0
    while position < len(line):
        if quote:
            if line.startswith(quote, position):
                position += len(quote)
                quote = ""
            else:
                position += 2 if quote[0] == '"' and line[position] == "\\" else 1
            continue
        character = line[position]
        if character == "#":
            break
        if character in "\"'":
            quote = character * 3 if line.startswith(character * 3, position) else character
            position += len(quote)
            continue
        depth += (character in "[{") - (character in "]}")
        position += 1
    return depth, quote if len(quote) == 3 else ""  # noqa: PLR2004 - a one-line string ends with its line


@lru_cache(maxsize=256)  # asked for anew by every message that may have to name a place
def key_lines(text: str) -> Mapping[KeyPath, int]:
    r"""Find the line of every table and key in the text of a TOML file.

    Keys inside inline tables and lists have no line of their own; `TomlFile.where` gives that of the key that holds them.

    Parameters
    ----------
    text : str
        Valid TOML.

    Returns
    -------
    dict of KeyPath to int
        Line numbers from 1; entries of arrays of tables are numbered from 0.

    Examples
    --------
    >>> key_lines('a = 1\n[[c]]\nname = "x"\n[[c]]\n\nname = "y"\n[c.value]\nbest = 2')[("c", 1, "value", "best")]
    8
    """
    lines: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    depth, quote = 0, ""
    for number, line in enumerate(text.split("\n"), start=1):
        begins = line.lstrip()
        if depth == 0 and not quote and begins and begins[0] != "#":
            if begins[0] == "[":
                table = _header(begins, counts)
                lines.setdefault(table, number)
                if isinstance(table[-1], int):
                    lines.setdefault(table[:-1], number)
                continue
            keys, _ = _keys_of(begins)
            for length in range(1, len(keys) + 1):
                lines.setdefault((*table, *keys[:length]), number)
        depth, quote = _walk(line, depth, quote)
    return lines


def _header(text: str, counts: dict[KeyPath, int]) -> KeyPath:
    """Resolve ``[a.b]`` or ``[[a.b]]`` to a path, counting entries of arrays of tables."""
    several = text.startswith("[[")
    keys, _ = _keys_of(text[2 if several else 1 :])
    path: KeyPath = ()
    for position, key in enumerate(keys):
        path = (*path, key)
        if several and position == len(keys) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path or ("",)


def read_toml(path: Path, label: str) -> tuple[TomlFile, list[Fault]]:
    """Read a TOML file; what is wrong with the file itself comes back as faults.

    Parameters
    ----------
    path : Path
        The file. A byte order mark is passed over.
    label : str
        How messages call it.

    Returns
    -------
    file : TomlFile
        Without data where there are faults.
    faults : list of Fault
        Missing, a folder, not UTF-8, or not TOML (with the line).
    """
    blank = TomlFile(path, label, {}, {})
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return blank, [Fault(label, "there is no such file", allowed=_FINE)]
    except (IsADirectoryError, NotADirectoryError):
        return blank, [Fault(label, "this is a folder or runs through a file", allowed=_FINE)]
    except OSError as error:
        return blank, [Fault(label, f"cannot be read: {error.strerror or error}", allowed=_FINE)]
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        byte = f"byte 0x{error.object[error.start]:02x}"
        return blank, [Fault(f"{label}:{line}", "not UTF-8", found=byte, allowed=_FINE, remedy="save the file as UTF-8")]
    return parse_toml(text, path, label)


def parse_toml(text: str, path: Path, label: str) -> tuple[TomlFile, list[Fault]]:
    """Read TOML from a text that `path` holds or shall hold; see `read_toml`."""
    blank = TomlFile(path, label, {}, {})
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what = re.sub(
            r" \(at (?:line \d+, column (\d+)|end of document)\)", lambda m: f" in column {m[1]}" if m[1] else " at the end", str(error)
        )
        match = re.search(r"\(at line (\d+),", str(error))
        line = int(match[1]) if match else text.count("\n") + 1
        return blank, [Fault(f"{label}:{line}", f"not TOML: {what}", allowed=_FINE, remedy='text stands in quotes: key = "value"')]
    except (RecursionError, ValueError) as error:
        return blank, [Fault(label, f"not TOML: {error}", allowed=_FINE)]
    return TomlFile(path, label, data, key_lines(text)), []


def find_workspace(path: Path | str) -> Path:
    """Find the workspace of a study file or of a folder.

    Parameters
    ----------
    path : Path or str
        A study file (``.toml``), or a folder in or below a workspace.

    Returns
    -------
    Path
        Absolute. For a study file the folder above ``studies/``; for a folder itself or the nearest parent that has
        both ``layers/`` and ``studies/``.

    Raises
    ------
    StudyError
        If there is no workspace there; the remedy names ``geo-engine new DIR``.
    """
    start = Path(path).absolute()
    is_study = start.suffix == ".toml" and not start.is_dir()
    for folder in (start, *start.parents):
        if (folder / "layers").is_dir() and (folder / "studies").is_dir():
            return folder
    if is_study and start.parent.name == "studies" and start.parent.is_dir():
        what = "the folder above 'studies' has no folder 'layers'"
    elif not start.exists():
        what = "there is no such file or folder, and no workspace above it"
    else:
        what = "not in a workspace"
    raise StudyError(
        Fault(
            str(path),
            what,
            allowed="a folder with 'layers' and 'studies', or a study file in its 'studies'",
            remedy="make a workspace with: geo-engine new DIR",
        )
    )
