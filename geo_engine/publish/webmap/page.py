"""The page as folium elements: a map without a request, the surface, the data, the scripts and the policy that binds them."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from typing import Any, TypeVar

import folium
from branca.element import Element, Figure, MacroElement
from folium.map import CustomPane
from folium.template import Template

from geo_engine.publish import style
from geo_engine.publish.webmap.encoding import escaped_json
from geo_engine.publish.webmap.scripts import bundle, leaflet_script, leaflet_style, page_style

__all__ = ["TILE_HOST", "render_page"]

TILE_HOST = "https://tile.openstreetmap.org"
"""The one host that the page may ask, and only after the reader has switched online tiles on."""

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_POLICY_PLACE = "SCRIPT-HASHES"
_DATA_PLACE, _CELLS_PLACE = "PAGE-DATA", "PAGE-CELLS"  # filled last: folium would read megabytes as a template
_PANES = {
    "land": 200,
    "surface": 250,
    "beside": 255,
    "masks": 260,
    "sea": 280,
    "bands": 290,
    "lines": 300,
    "labels": 420,
    "links": 430,
    "outlines": 440,
    "ways": 450,
}
_LIVE_PANES = frozenset({"bands", "links", "outlines", "ways"})

_ElementT = TypeVar("_ElementT", bound=Element)


class _Page(Figure):
    """A figure with a language, an escaped title and the policy before everything else."""

    _template = Template(
        "<!DOCTYPE html>\n"
        '<html lang="en">\n'
        "<head>\n"
        '<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="{{ this.policy }}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        "<title>{{ this.title }}</title>\n"
        "{{ this.header.render(**kwargs) }}\n"
        "</head>\n"
        "<body>\n"
        "{{ this.html.render(**kwargs) }}\n"
        "<script>\n{{ this.script.render(**kwargs) }}\n</script>\n"
        "</body>\n"
        "</html>\n"
    )

    def __init__(self, title: str) -> None:
        super().__init__(title=html.escape(title))
        self.header._children.clear()  # noqa: SLF001  (branca's own charset tag; ours comes first)
        self.policy = "; ".join(
            (
                "default-src 'none'",
                f"script-src {_POLICY_PLACE}",
                "style-src 'unsafe-inline'",
                f"img-src data: blob: {TILE_HOST}",
                "base-uri 'none'",
                "form-action 'none'",
            )
        )


class _SiteMap(folium.Map):
    """A folium map that brings no scripts or styles of its own and leaves the layout to the page's style."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012  (folium's own attribute)
    default_css: list[tuple[str, str]] = []  # noqa: RUF012
    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <main class="map-frame"><div class="site-map" id={{ this.get_name()|tojson }} role="region" aria-label="Map"></div></main>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
            center: {{ this.location|tojson }}, crs: L.CRS.{{ this.crs }}, ...{{ this.options|tojavascript }}
        });
        {% endmacro %}
        """
    )


class _Start(MacroElement):
    """The panel's frame, the places of the data, which are inert JSON, and the call that starts the page."""

    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <aside id="panel" aria-label="Results"></aside>
        <noscript>This map needs JavaScript, which it carries in itself; nothing is loaded from the internet.</noscript>
        <script type="application/json" id="page-data">{{ this.data_place }}</script>
        <script type="text/plain" id="page-cells">{{ this.cells_place }}</script>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        siteMap.page = siteMap.start({{ this.map_name }}, "page-data", "page-cells");
        {% endmacro %}
        """
    )

    data_place, cells_place = _DATA_PLACE, _CELLS_PLACE

    def __init__(self, map_name: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Start"
        self.map_name = map_name


def render_page(data: dict[str, Any], packed: str) -> str:
    """Render the whole page.

    Parameters
    ----------
    data : dict
        As `page_data` and `live_data` give it.
    packed : str
        The packed numbers that the page computes from.

    Returns
    -------
    str
        HTML: one file, the same for the same data.
    """
    title = f"{data['title']}: {data['region']}"
    figure = _Page(title)
    for name, text in (
        ("leaflet_style", f"<style>{leaflet_style()}</style>"),
        ("page_style", f"<style>{_style_names()}\n{page_style()}</style>"),
        ("leaflet", f"<script>{leaflet_script()}</script>"),
        ("modules", f"<script>{bundle()}</script>"),
    ):
        figure.header.add_child(_verbatim(text), name=name)
    south_west, north_east = data["view"]
    centre = [(south_west[axis] + north_east[axis]) / 2 for axis in (0, 1)]
    chart = _named(
        _SiteMap(
            location=centre, zoom_start=6, tiles=None, zoom_control=False, prefer_canvas=True, attribution_control=False, zoom_snap=0.25
        ),
        "map",
    )
    figure.add_child(chart)
    for pane, height in _PANES.items():
        chart.add_child(_named(CustomPane(pane, z_index=height, pointer_events=pane in _LIVE_PANES), pane))
    chart.add_child(_named(_Start(chart.get_name()), "page"))
    return _filled(_with_hashes(figure.render()), {_DATA_PLACE: escaped_json(data), _CELLS_PLACE: packed})


def _verbatim(text: str) -> Element:
    """Make an element whose text is not read as a template."""
    element = Element("{{ this.text }}")
    element.text = text  # type: ignore[attr-defined]
    return element


def _named(element: _ElementT, name: str) -> _ElementT:
    """Give an element a fixed name in place of a random one."""
    element._id = name  # noqa: SLF001  (branca has no other way)
    return element


def _style_names() -> str:
    """Write the colours by day and by night: as the reader's system has it, until the page is told otherwise."""
    day, night = (" ".join(f"--{name}: {colour};" for name, colour in colours.items()) for colours in (style.LIGHT, style.DARK))
    return (
        f":root {{ --font: {style.FONT}; color-scheme: light; {day} }}\n"
        f":root[data-theme=dark] {{ color-scheme: dark; {night} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{ color-scheme: dark; {night} }} }}"
    )


def _filled(page: str, texts: dict[str, str]) -> str:
    """Put texts into their places in the page, which come in that order: what is filled in is not searched for the next."""
    parts = []
    for place, text in texts.items():
        before, _, page = page.partition(f">{place}</script>")
        parts += [before, ">", text, "</script>"]
    return "".join([*parts, page])


def _with_hashes(page: str) -> str:
    """Name each script of the page in the policy by its hash, so that no other can run."""
    hashes = []
    for script in _SCRIPT.findall(page):
        digest = hashlib.sha256(script.encode("utf-8")).digest()
        hashes.append(f"'sha256-{base64.b64encode(digest).decode('ascii')}'")
    return page.replace(_POLICY_PLACE, " ".join(hashes), 1)
