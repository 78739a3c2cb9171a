"""What a notebook shows by itself: a page in a frame, a picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from geo_engine.run.given import framed_page

__all__ = ["MapView", "Picture"]


@dataclass(frozen=True, slots=True)
class MapView:
    """The map of a run, live in the notebook and shut off from it.

    Parameters
    ----------
    page : str
        The HTML page; it asks nothing of a network.
    title : str
        Its title.
    height : int
        Pixels of the frame.
    """

    page: str = field(repr=False)
    title: str
    height: int = 640

    def save(self, path: str | Path) -> Path:
        """Write the page to a file, to open or to mail."""
        file = Path(path)
        file.write_text(self.page, encoding="utf-8")
        return file

    def _repr_html_(self) -> str:
        return framed_page(self.page, self.title, height=self.height)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as PNG.

    Parameters
    ----------
    png : bytes
        The file.
    title : str
        What it shows.
    """

    png: bytes = field(repr=False)
    title: str

    def save(self, path: str | Path) -> Path:
        """Write the picture to a file."""
        file = Path(path)
        file.write_bytes(self.png)
        return file

    def _repr_png_(self) -> bytes:
        return self.png
