"""Recipes: for what no layer covers, the publisher's dataset and a layer's file that reads it as it is published."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from geo_engine.errors import Fault, LayerError, nearest_spelling
from geo_engine.workspace.catalogue import Catalogue
from geo_engine.workspace.raw.placing import place_layer

__all__ = ["Recipe", "read_recipes", "recipe_called", "write_recipe"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to get a layer that is not here.

    Parameters
    ----------
    name : str
        Of the layer that it makes.
    title, publisher, licence : str
        Of the dataset; '?' where the licence has to be looked up.
    closes, helps : tuple of str
        Gaps that it closes in a study that uses it, and gaps that it only narrows.
    covers : str
        The part of the world that it tells of; blank: all of Great Britain.
    address : str
        Where the publisher has it, or the pattern of the address.
    checked : str
        What of this was checked, and against what.
    how : tuple of str
        What to do, step by step.
    layer, study : str
        TOML: the layer's file, and what to paste into a study.
    files : mapping of str to str
        Further files, by their place in the workspace.
    """

    name: str
    title: str
    publisher: str
    licence: str
    closes: tuple[str, ...]
    helps: tuple[str, ...]
    covers: str
    address: str
    checked: str
    how: tuple[str, ...]
    layer: str
    study: str
    files: Mapping[str, str]


@cache
def read_recipes() -> Mapping[str, Recipe]:
    """Read every recipe that comes with the engine, in order of name.

    >>> read_recipes()["flood_zones"].closes
    ('flood',)
    """
    folder = resources.files("geo_engine.workspace") / "recipes"
    found = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        name, _, ending = file.name.rpartition(".")
        if ending == "toml":
            data = tomllib.loads(file.read_text(encoding="utf-8"))
            lists: dict[str, Any] = {key: tuple(data.pop(key, ())) for key in ("closes", "helps", "how")}
            found[name] = Recipe(name=name, files=data.pop("files", {}), **lists, **data)
    return found


def recipe_called(name: str) -> Recipe:
    """Find a recipe by its name.

    Raises
    ------
    LayerError
        If there is none, with the nearest spelling.
    """
    recipes = read_recipes()
    if name not in recipes:
        raise LayerError(Fault(name, "no such recipe", allowed=", ".join(recipes), remedy=nearest_spelling(name, recipes)))
    return recipes[name]


def write_recipe(recipe: Recipe, catalogue: Catalogue, *, force: bool) -> tuple[Path, ...]:
    """Put a recipe's layer, and the files that go with it, into a workspace.

    The layer closes those of the recipe's gaps that the workspace declares.

    Parameters
    ----------
    recipe : Recipe
        What to write.
    catalogue : Catalogue
        Of the workspace.
    force : bool
        Whether a layer's file that is there is replaced; other files never are.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    LayerError
        If the layer is there already, or cannot be written.
    """
    declared = {gap.name for gap in catalogue.gaps}
    closes = [f'"{gap}"' for gap in recipe.closes if gap in declared]
    head = f"closes = [{', '.join(closes)}]\n" if closes else ""
    written = [place_layer(catalogue.path, recipe.name, head + recipe.layer.lstrip("\n"), force=force)]
    (catalogue.path / "layers" / "data" / "external").mkdir(parents=True, exist_ok=True)
    for place, text in recipe.files.items():
        path = catalogue.path / place
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.lstrip("\n"), encoding="utf-8", newline="\n")
            written.append(path)
    return tuple(written)
