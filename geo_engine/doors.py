"""Doors of rooms that open a name at a time: what a verb does not name is not imported, with its libraries.

The ``__init__`` of a room with much behind it imports what it offers where only readers and checkers of code look, and lets `opened` do so
when a name is first asked for. So there is one list, and every tool that reads imports sees it.

    if TYPE_CHECKING:
        from geo_engine.run.catalogue import show_layer
    else:
        __getattr__ = opened(__name__, __file__)
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

__all__ = ["opened"]


def opened(room: str, source: str) -> Callable[[str], object]:
    """Make the ``__getattr__`` of a room's ``__init__`` (PEP 562) from the imports under its ``if TYPE_CHECKING``.

    Parameters
    ----------
    room : str
        The package's ``__name__``.
    source : str
        Its ``__file__``.

    Returns
    -------
    callable
        Takes a name and gives what it stands for, and remembers it; raises `AttributeError` for any other.

    Examples
    --------
    >>> import geo_engine.run
    >>> geo_engine.run.compare_runs.__module__
    'geo_engine.run.comparing.compare'
    """
    tree = ast.parse(Path(source).read_text(encoding="utf-8"))
    behind = {
        alias.name: statement.module
        for block in tree.body
        if isinstance(block, ast.If) and isinstance(block.test, ast.Name) and block.test.id == "TYPE_CHECKING"
        for statement in block.body
        if isinstance(statement, ast.ImportFrom) and statement.module
        for alias in statement.names
    }

    def find(name: str) -> object:
        if name not in behind:
            msg = f"module '{room}' has no attribute '{name}'"
            raise AttributeError(msg)
        found = getattr(import_module(behind[name]), name)
        setattr(sys.modules[room], name, found)
        return found

    return find
