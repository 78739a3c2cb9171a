"""Every line that docs/sources.md gives to paste is understood."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from geo_engine.workspace import read_catalogue

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
ROWS = [line.split("|")[1:3] for line in PAGE.split("## Plain tables")[0].splitlines() if line.startswith("| ") and "source =" in line]


def keys(cell: str) -> dict[str, str]:
    """Take the pieces ``key = value`` of a cell; of several sources the first."""
    found: dict[str, str] = {}
    for piece in re.findall(r"`(\w+ = [^`]+)`", cell):
        found.setdefault(piece.split(" = ")[0], piece)
    return found


@pytest.mark.parametrize(("what", "cell"), ROWS, ids=[what.strip() for what, _ in ROWS])
def test_a_documented_source_is_a_layer(tmp_path: Path, what: str, cell: str) -> None:
    pieces = {"title": f'title = "{what.strip()}"', "geometry": 'geometry = "points"', "licence": 'licence = "CC0-1.0"'}
    pieces |= {"publisher": 'publisher = "nobody"', "vintage": "vintage = 2024"} | keys(cell)
    text = "\n".join(pieces.values()) + ("\n[network]\n" if "network" in pieces["geometry"] else "\n")
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers" / "a.toml").write_text(text, encoding="utf-8")
    assert read_catalogue(tmp_path).layers["a"].source.endswith(tomllib.loads(pieces["source"])["source"])


def test_the_table_names_every_kind_of_source() -> None:
    assert len(ROWS) == 20
