"""The page's JavaScript: small modules, put into one script in the order of their imports; and Leaflet."""

from __future__ import annotations

import posixpath
import re
from functools import cache
from importlib.resources import files

__all__ = ["bundle", "leaflet_script", "leaflet_style", "module_names", "page_style"]

_IMPORT = re.compile(r'^import\s+\{([^}]*)\}\s+from\s+"(\.{1,2}/[a-z_/]+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export\s+(?=(?:const|let|(?:async\s+)?function|class)\s+([A-Za-z_]\w*))", re.MULTILINE)
_ENTRY = "start"


def module_names() -> list[str]:
    """Name the modules from the entry's imports down, each after those that it imports."""
    order: list[str] = []

    def visit(name: str) -> None:
        if name in order:
            return
        for _, needed in _IMPORT.findall(_source(name)):
            visit(_found(name, needed))
        order.append(name)

    visit(_ENTRY)
    return order


def bundle() -> str:
    """Put the modules into one script that leaves a single name, ``siteMap``, with the entry's names and all ``modules``."""
    parts = ["const siteMap = (function () {", '"use strict";', "const modules = {};"]
    parts += [_scoped(name) for name in module_names()]
    parts += [f"return {{ ...modules.{_ENTRY}, modules }};", "})();", ""]
    return "\n".join(parts)


def _scoped(name: str) -> str:
    """Write a module as a function of its own that gives back what it exports."""
    source = _source(name)
    exported = ", ".join(_EXPORT.findall(source))
    taken = _IMPORT.sub(lambda line: f'const {{{line[1].replace(" as ", ": ")}}} = modules["{_found(name, line[2])}"];\n', source)
    body = _EXPORT.sub("", taken).strip()
    return f'modules["{name}"] = (function () {{\n{body}\nreturn {{ {exported} }};\n}})();'


def _found(name: str, needed: str) -> str:
    """Name the module that another one names from where it stands.

    >>> _found("live/land", "./frame"), _found("live/land", "../elements"), _found("start", "./live/land")
    ('live/frame', 'elements', 'live/land')
    """
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), needed))


@cache
def leaflet_script() -> str:
    """Read Leaflet, without the address of its source map."""
    return re.sub(r"//# sourceMappingURL=.*", "", _leaflet("leaflet.js")).strip() + "\n"


@cache
def leaflet_style() -> str:
    """Read Leaflet's style sheet, without the pictures that it would ask for and that this map does not use."""
    return re.sub(r"url\([^)#]*\.png\)", "none", _leaflet("leaflet.css"))


def page_style() -> str:
    """Read the page's own style sheet."""
    return _own("style.css")


def _source(name: str) -> str:
    return _own(f"{name}.js")


def _own(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _leaflet(name: str) -> str:
    return files("xstatic.pkg.leaflet").joinpath("data", name).read_text(encoding="utf-8")
