"""The TOML file of a layer that was looked at, with questions where a person must answer, and the criterion to paste."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from geo_engine.errors import Fault, LayerError
from geo_engine.model import QUESTION, slug
from geo_engine.workspace.raw.look import Look

__all__ = ["ANSWERS", "criterion_for", "layer_name", "toml_for", "toml_text"]

ANSWERS: Mapping[str, str] = {
    "publisher": "who made the data",
    "licence": "on which terms: OGL-UK-3.0, CC-BY-4.0, ODbL-1.0, CC0-1.0, ...",
    "vintage": "the date that the data speak of, not that of the download: 2024 or 2024-05-01",
    "accuracy": 'how far off a position may be: "50 m", or by row { column = "...", unit = "km" }; "not stated" if nobody says',
}
"""What only a person can tell, by key."""
_TAKEN = frozenset({"gaps"})  # files in layers/ that are no layers
_MOST_VALUES = 12


def layer_name(text: str) -> str:
    """Make a layer's name of any text: small letters, digits and ``_``, and nothing that leads out of the folder.

    Raises
    ------
    LayerError
        If no letter or digit is left, or the name is taken by another file of ``layers/``.

    Examples
    --------
    >>> layer_name("Flood Zones 2024"), layer_name("../../etc/passwd"), layer_name("🏭 the 'big' works")
    ('flood_zones_2024', 'etc_passwd', 'the_big_works')
    """
    made = re.sub(r"[^a-z0-9]+", "_", slug(text).encode("ascii", "ignore").decode()).strip("_")
    if not made or slug(text) == "unnamed":
        raise LayerError(
            Fault(text, "no name for a layer can be made of this", allowed="small letters, digits and _", remedy="give --name")
        )
    if made in _TAKEN:
        raise LayerError(Fault(text, f"layers/{made}.toml holds something else", remedy="give another --name"))
    return made


def toml_text(value: str) -> str:
    r"""Write a text as a TOML string.

    >>> toml_text('a "b" \\ c'), toml_text("\x7f")
    ('"a \\"b\\" \\\\ c"', '"\\u007f"')
    """
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def toml_for(look: Look, source: str, title: str, answers: Mapping[str, str]) -> str:
    """Write ``layers/NAME.toml``.

    Parameters
    ----------
    look : Look
        What was found.
    source : str
        As the file shall name it.
    title : str
        What readers see.
    answers : mapping of str to str
        What is known of `ANSWERS`; what is missing or blank is left as a question.

    Returns
    -------
    str
        TOML. A study that uses the layer is refused until the questions are answered.
    """
    lines = [f"title = {toml_text(title)}", f"source = {toml_text(source)}", f'geometry = "{look.geometry}"', *_reading(look)]
    for key, what in ANSWERS.items():
        answer = answers.get(key, "").strip()
        table = answer.startswith("{") and key == "accuracy"
        written = answer if table else toml_text(answer or QUESTION)
        lines.append(f"{key} = {written}" + ("" if answer else f"{' ' * (11 - len(key))} # {what}"))
    lines.append(f"faults = [{', '.join(toml_text(fault) for fault in _faults(look))}]")
    if look.geometry == "network":
        lines.append("[network]")
    return "\n".join([*lines, "", *(f"# {_comment(text)}" for text in _found(look))]) + "\n"


def _reading(look: Look) -> Iterator[str]:
    """Write the keys that say how the data are read."""
    if look.sublayer is not None:
        yield f"sublayer = {toml_text(look.sublayer)}"
    if look.id and look.geometry != "raster":
        yield f"id = {toml_text(look.id)}"
    if look.coordinates:
        keys = {"degrees": ("lon", "lat"), "metres": ("easting", "northing"), "grid references": ("grid_ref",)}[look.coordinates.kind]
        yield from (f"{key} = {toml_text(column)}" for key, column in zip(keys, look.coordinates.columns, strict=True))
    if look.crs is None:
        yield f'crs = "{QUESTION}"         # the data do not say it: "EPSG:27700" is the British National Grid, "EPSG:4326" degrees'
    elif look.coordinates and look.coordinates.kind == "metres":
        yield f"crs = {toml_text(look.crs)}"
    if (where := _one_kind(look)) is not None:
        yield f"where = {toml_text(where)}  # other kinds of geometry are left out"
    if look.geometry == "raster":
        yield 'unit = ""           # of its values: "m", "%"'


def _one_kind(look: Look) -> str | None:
    """Write the filter that keeps one kind of geometry of a source that mixes them and that GDAL reads."""
    kinds = list(look.kinds or {})
    mine = [kind for kind in kinds if {"points": "Point", "lines": "LineString", "polygons": "Polygon"}.get(look.geometry, kind) in kind]
    if len(mine) == len(kinds) or look.format in {"CSV", "Parquet", "OpenStreetMap", "GraphML"}:
        return None
    return f"OGR_GEOMETRY in ({', '.join(repr(kind.upper()) for kind in mine)})"


def _faults(look: Look) -> list[str]:
    counts = [
        (look.empty, "rows without geometry"),
        (look.invalid, "broken shapes, which are repaired on reading"),
        (look.duplicates, "rows that repeat another one"),
    ]
    return [f"{count} of {look.features} are {what}." for count, what in counts if count]


def _found(look: Look) -> list[str]:
    """Say what was found, a line each."""
    said = [f"Found by 'geo-engine layers add': {look.format}, {look.crs or 'no CRS stated'}"]
    if look.bounds:
        said[0] += ", {:.6g}, {:.6g} to {:.6g}, {:.6g}".format(*look.bounds)
    if (raster := look.raster) is not None:
        said.append(f"{raster.columns:,} x {raster.rows:,} cells of {raster.cell:g}, {raster.bands} band(s), {raster.kind}")
        said.append(f"values {raster.low:.6g} to {raster.high:.6g}, middle {raster.middle:.6g}; {raster.blank:.1%} without data")
        return said
    said.append(f"{look.features:,} features: " + (", ".join(f"{count:,} {kind}" for kind, count in (look.kinds or {}).items()) or "none"))
    for column in look.columns:
        range_ = f", {column.low} to {column.high}" if column.low and column.kind != "text" else ""
        blank = f", {column.blank:,} blank" if column.blank else ""
        said.append(f"  {column.name}: {column.kind}{range_}{blank}, {column.distinct:,} different; for example {column.example}")
    return said


def criterion_for(look: Look, name: str, title: str, travel: tuple[str, str] | None) -> str:
    """Write the criterion or rule that suits a layer, to paste into a study; its thresholds and weight are questions too.

    Parameters
    ----------
    look : Look
        What was found.
    name, title : str
        Of the layer.
    travel : (network, profile) or None
        By which the study travels, so that points may be reached by it.
    """
    head = f"[[criteria]]\nname = {toml_text(_criterion_name(look, title))}\nlayer = {toml_text(name)}\n"
    tail = f'weight = "{QUESTION}"              # relative to the other criteria\nwhy = "{QUESTION}"\n'
    ends = f'value = {{ function = "linear", best = "{QUESTION}", worst = "{QUESTION}" }}'
    if look.raster is not None:
        if look.raster.values:
            listed = ", ".join(f'"{value}" = "{QUESTION}"' for value in look.raster.values[:_MOST_VALUES])
            value = f'value = {{ function = "classes", utilities = {{ {listed} }} }}    # what each class is worth, 0 to 1'
            about = f'measure = "class_share", classes = [{look.raster.values[0]}], within = "1 km", best and worst as "50 %"'
        else:
            value = f"{ends}    # the values run from {look.raster.low:.6g} to {look.raster.high:.6g}"
            about = 'of heights: measure = "slope", unit = "%", best and worst as "2 %"'
        return f'{head}measure = "value"\n{value}\n# or {about}\n{tail}'
    if look.geometry == "polygons":
        rule = f"[[constraints]]\nname = {toml_text(title)}\nlayer = {toml_text(name)}\n"
        return f'{rule}keep = "outside"            # or "inside"\nbuffer = "0 m"\nwhy = "{QUESTION}"\n'
    if look.geometry == "points" and travel is not None:
        lines = f'measure = "travel_time"\nnetwork = "{travel[0]}"\nprofile = "{travel[1]}"\n{ends}    # as "15 min"\n'
        return f'{head}{lines}# or by straight line: measure = "distance", without network and profile, best and worst as "1 km"\n{tail}'
    return f'{head}measure = "distance"\n{ends}    # as "1 km"\n{tail}'


def _criterion_name(look: Look, title: str) -> str:
    return title if look.raster is not None else f"Nearness to {title[:1].lower()}{title[1:]}"
