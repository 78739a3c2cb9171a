"""Recipes seen from a workspace: which of its gaps each closes, and whether its layer and data are there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from geo_engine.workspace import Recipe, find_workspace, not_here, read_catalogue, read_recipes, recipe_called, write_recipe

__all__ = ["RecipeView", "put_recipe", "view_recipes"]


@dataclass(frozen=True, slots=True)
class RecipeView:
    """A recipe, and how far a workspace has come with it.

    Parameters
    ----------
    recipe : Recipe
        As it comes with the engine.
    state : str
        ``not here``, ``the data are missing`` or ``here``.
    """

    recipe: Recipe
    state: str


def view_recipes(start: Path, name: str | None = None) -> tuple[RecipeView, ...]:
    """Show one recipe, or all of them in order of name.

    Raises
    ------
    LayerError
        If there is no such recipe.
    """
    layers = read_catalogue(find_workspace(start)).layers
    recipes = [recipe_called(name)] if name is not None else list(read_recipes().values())
    return tuple(
        RecipeView(recipe, "not here" if recipe.name not in layers else "the data are missing" if not_here(layers[recipe.name]) else "here")
        for recipe in recipes
    )


def put_recipe(start: Path, name: str, *, force: bool = False) -> tuple[Path, ...]:
    """Put a recipe's files into a workspace and give their paths.

    Raises
    ------
    LayerError
        If there is no such recipe, or its layer is there already and `force` is not given.
    """
    return write_recipe(recipe_called(name), read_catalogue(find_workspace(start)), force=force)
