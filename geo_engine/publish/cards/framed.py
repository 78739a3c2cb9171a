"""A whole page inside a notebook's cell, shut off from the notebook."""

from __future__ import annotations

from html import escape

__all__ = ["framed_page"]

# No 'allow-same-origin': what a layer's data might smuggle into the page cannot reach the notebook, its kernel or its cookies.
_ALLOWED = "allow-scripts allow-downloads allow-popups allow-modals"


def framed_page(page: str, title: str, *, height: int = 640) -> str:
    """Give an iframe that carries a page in itself.

    Parameters
    ----------
    page : str
        A whole HTML page that asks nothing of a network.
    title : str
        What readers of the screen hear.
    height : int
        Pixels.

    Examples
    --------
    >>> framed_page('<p class="a">', "Map", height=200).partition("srcdoc=")[2]
    '"&lt;p class=&quot;a&quot;&gt;"></iframe>'
    """
    return (
        f'<iframe title="{escape(title)}" sandbox="{_ALLOWED}" style="width:100%;height:{int(height)}px;border:1px solid #8a949e" '
        f'srcdoc="{escape(page)}"></iframe>'
    )
