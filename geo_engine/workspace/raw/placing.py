"""A layer's file put in its place: checked first, never over another one unasked."""

from __future__ import annotations

import tomllib
from pathlib import Path

from geo_engine.errors import Fault, LayerError
from geo_engine.workspace.schema import LayerTable, check
from geo_engine.workspace.toml_file import TomlFile, key_lines

__all__ = ["place_layer"]


def place_layer(workspace: Path, name: str, text: str, *, force: bool) -> Path:
    """Write ``layers/NAME.toml``.

    Parameters
    ----------
    workspace : Path
        The folder with ``layers/``.
    name : str
        Of the layer, as `layer_name` makes it.
    text : str
        TOML.
    force : bool
        Whether a file that is there already is replaced.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    LayerError
        If the text is no layer's file, with every fault; if the file is there and `force` is not given; if it cannot be written.
    """
    path = workspace / "layers" / f"{name}.toml"
    label = f"layers/{path.name}"
    if path.exists() and not force:
        raise LayerError(Fault(label, "is there already", remedy="give another --name, or --force to replace it"))
    faults: list[Fault] = []
    check(LayerTable, TomlFile(path, label, tomllib.loads(text), key_lines(text)), (), faults)
    if faults:
        raise LayerError(faults)
    partial = path.with_suffix(".partial")
    try:
        partial.write_text(text, encoding="utf-8", newline="\n")
        partial.replace(path)
    except OSError as error:
        raise LayerError(Fault(label, f"cannot be written: {error.strerror}")) from error
    return path
