"""What the engine needs is free to use beside any code: the terms of every package in the core are read and judged."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
NOTE = ROOT / "docs" / "decisions" / "0003-dependencies.md"
PERMISSIVE = re.compile(r"\b(MIT|BSD|0BSD|Apache|PSF|Python Software Foundation|ISC|Zlib|CC0|Unlicense)\b", re.IGNORECASE)
COPYLEFT = re.compile(r"\b(A?GPL|LGPL|MPL|EUPL|EPL|CDDL|OSL|Mozilla Public|GNU)", re.IGNORECASE)
# Judged by hand, see the note: certifi is a list of certificates; the two XStatic packages say "same as" what they carry.
JUDGED = {"certifi", "xstatic-leaflet"}


def core() -> set[str]:
    """Every installed package that the engine asks for, directly or not, without its extras."""
    found: set[str] = set()
    waiting = ["geo-engine"]
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found:
            continue
        try:
            requires = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        found.add(name)
        wanted = (Requirement(line) for line in requires)
        waiting.extend(one.name for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""}))
    return found - {"geo-engine"}


def terms(name: str) -> str:
    """What a package says of its licence, first lines only."""
    metadata = distribution(name).metadata
    said = [*(metadata.get_all("License-Expression") or []), *(line.split("\n")[0] for line in metadata.get_all("License") or [])]
    said += [line for line in metadata.get_all("Classifier") or [] if line.startswith("License")]
    return "; ".join(part for part in said if part)


def is_permissive(said: str) -> bool:
    return bool(PERMISSIVE.search(said)) and not COPYLEFT.search(said)


@pytest.mark.parametrize("name", sorted(core() - JUDGED))
def test_a_package_of_the_core_is_permissive(name: str) -> None:
    assert is_permissive(terms(name)), f"{name}: {terms(name) or 'says nothing of its licence'}"


@pytest.mark.parametrize("name", sorted(core()))
def test_a_package_of_the_core_stands_in_the_note_and_in_the_constraints(name: str) -> None:
    words = {canonicalize_name(word) for word in re.findall(r"[A-Za-z][\w.-]*\w", NOTE.read_text(encoding="utf-8"))}
    assert name in words
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert name in {canonicalize_name(line.split("==")[0]) for line in pinned if "==" in line}


def test_constraints_are_versions_and_nothing_else() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    odd = [line for line in lines if line and not re.fullmatch(r"#.*|[A-Za-z][\w.-]*==[\w.+!]+", line)]
    assert odd == []


@pytest.mark.parametrize(
    ("said", "free"),
    [
        ("MIT", True),
        ("BSD-2-Clause AND Apache-2.0 WITH LLVM-exception", True),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", False),
        ("LGPL-3.0-or-later", False),
        ("MPL-2.0", False),
        ("MIT AND GPL-2.0-only", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_terms_are_judged(said: str, free: bool) -> None:  # noqa: FBT001 - a column of the table above
    assert is_permissive(said) is free
