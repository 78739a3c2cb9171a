"""Read a PDF back with programs that did not write it, and tell what a reader would find wrong with its pages."""

from __future__ import annotations

import re
import subprocess
import zlib
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

__all__ = ["Word", "alternatives", "bookmarks", "empty_boxes", "fonts", "page_faults", "text_of", "words_of"]

WIDTH, HEIGHT = 595.276, 841.890  # A4 in points
SIDE, TOP, BOTTOM = 56.69, 56.69, 62.36  # margins: 20, 20 and 22 mm
FOOT = 785.0  # below stands the foot of the page
_XHTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True)
class Word:
    """A word on a page; points from the page's upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def text_of(pdf: Path) -> str:
    """All text without the foot of the pages."""
    crop = ("-x", "0", "-y", "0", "-W", "595", "-H", str(int(FOOT)))
    return _run("pdftotext", "-raw", *crop, str(pdf), "-")


def words_of(pdf: Path) -> list[list[Word]]:
    """The words of each page."""
    tree = ET.fromstring(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", _run("pdftotext", "-bbox", str(pdf), "-")))  # noqa: S314 - poppler wrote it
    return [
        [
            Word(word.text or "", *(float(word.get(key, "nan")) for key in ("xMin", "yMin", "xMax", "yMax")))
            for word in page.iter(f"{_XHTML}word")
        ]
        for page in tree.iter(f"{_XHTML}page")
    ]


def page_faults(pages: list[list[Word]]) -> list[str]:
    """Words outside the margins, words that lie on other words, and signs that stand for a letter that could not be read."""
    faults = []
    for number, words in enumerate(pages, start=1):
        for word in words:
            foot = word.top > FOOT
            inside = word.left >= SIDE - 1 and word.right <= WIDTH - SIDE + 1 and word.top >= TOP - 0.3 * (word.bottom - word.top)
            if not inside or (not foot and word.bottom > HEIGHT - BOTTOM + 1):
                faults.append(f"page {number}: '{word.text}' stands outside the margins")
            if "\ufffd" in word.text:
                faults.append(f"page {number}: '{word.text}' holds a letter that cannot be read")
        faults += [f"page {number}: '{one.text}' and '{two.text}' overlap" for one, two in combinations(words, 2) if _overlap(one, two)]
        feet = [word.text for word in words if word.top > FOOT][-3:]
        if feet != [str(number), "/", str(len(pages))]:
            faults.append(f"page {number}: its foot says {' '.join(feet)}")
    return faults


def _overlap(one: Word, two: Word) -> bool:
    across = min(one.right, two.right) - max(one.left, two.left)
    down = min(one.bottom, two.bottom) - max(one.top, two.top)
    return across > 1.0 and down > 0.5 * min(one.bottom - one.top, two.bottom - two.top)


def fonts(pdf: Path) -> dict[str, bool]:
    """Name of each font, and whether the file carries it."""
    rows = _run("pdffonts", str(pdf)).splitlines()[2:]
    return {row.split()[0]: row.split()[-5] == "yes" for row in rows}  # ends in: emb sub uni object ID


def bookmarks(pdf: Path) -> list[tuple[int, str, int]]:
    """Level, title and page of each bookmark, in order."""
    text = _run("pdftohtml", "-xml", "-i", "-stdout", str(pdf))
    found, level = [], 0
    for mark in re.finditer(r'<(/?)outline>|<item page="(\d+)">(.*?)</item>', text):
        level += 0 if mark[2] else -1 if mark[1] else 1
        if mark[2]:
            found.append((level, re.sub("&(amp|lt|gt|quot|#34|#39);", _entity, mark[3]).replace("\u200b", ""), int(mark[2])))
    return found


def _entity(found: re.Match[str]) -> str:
    return {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "#34": '"', "#39": "'"}[found[1]]


def alternatives(pdf: Path) -> list[str]:
    """What the tagged figures of a PDF say to somebody who does not see them."""
    data, found = pdf.read_bytes(), []
    for figure in re.finditer(rb"/S/Figure\b[^(<]*/Alt(?=[(<])", data):
        said, _ = _string_at(data, figure.end())
        found.append(said[2:].decode("utf-16-be") if said[:2] == b"\xfe\xff" else said.decode("latin-1"))
    return found


def _string_at(data: bytes, start: int) -> tuple[bytes, int]:
    """The string that starts at a place and where it ends, PDF 32000-1, 7.3.4: hexadecimal, or literal with brackets in pairs."""
    if data[start : start + 1] == b"<":
        end = data.index(b">", start)
        return bytes.fromhex(data[start + 1 : end].decode()), end + 1
    depth, place = 1, start + 1
    while depth:
        sign = data[place : place + 1]
        depth += (sign == b"(") - (sign == b")")
        place += 2 if sign == b"\\" else 1
    return _literal(data[start + 1 : place - 1]), place


def _literal(text: bytes) -> bytes:
    named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

    def one(found: re.Match[bytes]) -> bytes:
        return bytes([int(found[1], 8) & 255]) if found[1].isdigit() else named.get(found[1], found[1])

    return re.sub(rb"\\([0-7]{1,3}|.)", one, text, flags=re.DOTALL)


def empty_boxes(pdf: Path) -> int:
    """How many letters are drawn with glyph 0, the box of a font that lacks the letter, on all pages."""
    data, count = pdf.read_bytes(), 0
    for number in {int(each) for each in re.findall(rb"/Contents (\d+) 0 R", data)}:
        found = re.search(rb"\n%d 0 obj\n<<[^>]*>>\s*stream\r?\n(.*?)\nendstream" % number, data, re.DOTALL)
        assert found
        content = zlib.decompress(found[1])
        for shown in re.finditer(rb"Tm(?=[\[(<])", content):
            place = shown.end()
            while content[place : place + 1] not in {b"]", b"T"}:
                if content[place : place + 1] in {b"(", b"<"}:
                    codes, place = _string_at(content, place)
                    count += sum(codes[at : at + 2] == b"\0\0" for at in range(0, len(codes), 2))
                else:
                    place += 1
    return count
