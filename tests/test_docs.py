from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "outputs" / "README.md"])
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def broken_links(text: str, folder: Path) -> list[str]:
    """Relative links of a page that lead nowhere."""
    return [link for link in LINK.findall(text) if "://" not in link and not link.startswith("mailto:") and not (folder / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    assert broken_links(page.read_text(encoding="utf-8"), page.parent) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "there.md").touch()
    text = "[a](there.md#part) [b](gone.md) ![c](gone.png) [d](https://example.org/x) [e](#part)"
    assert broken_links(text, tmp_path) == ["gone.md", "gone.png"]


def test_every_decision_stands_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    notes = [path.name for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert [name for name in notes if f"decisions/{name}" not in index] == []
    assert [name[:4] for name in notes] == [f"{number:04d}" for number in range(1, len(notes) + 1)]
