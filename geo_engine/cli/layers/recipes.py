"""`layers recipes`."""

from __future__ import annotations

from pathlib import Path

import click

from geo_engine.cli.console import AS_JSON, engine, head, print_json, say, table, verb
from geo_engine.cli.layers.group import WORKSPACE, layers

__all__ = ["layers_recipes"]


@layers.command(name="recipes")
@click.argument("name", required=False)
@click.option("--write", is_flag=True, help="Put the layer's file, and the files that go with it, in place.")
@click.option("--force", is_flag=True, help="With --write: replace a layer of that name.")
@WORKSPACE
@AS_JSON
@verb
def layers_recipes(name: str | None, write: bool, force: bool, workspace: Path, as_json: bool) -> None:  # noqa: FBT001 - click flags
    """Say how to get layers that are not here, or tell recipe NAME whole: dataset, licence, address, the layer's file, what to paste."""
    if write and name is None:
        msg = "--write takes the name of a recipe"
        raise click.UsageError(msg)
    written = engine.put_recipe(workspace, name, force=force) if write and name is not None else ()
    views = engine.view_recipes(workspace, name)
    if as_json:
        print_json({"recipes": views, "written": written}, Path.cwd())
        return
    if name is None:
        recipes = [(view.recipe, view.state) for view in views]
        rows = [[r.name, r.title, ", ".join(r.closes) or "-", r.publisher, r.licence, r.covers, state] for r, state in recipes]
        table("Recipes", ["recipe", "dataset", "closes", "publisher", "licence", "covers only", "state"], rows)
        say("Tell one whole: geo-engine layers recipes NAME; put its file in place: --write")
        return
    _show(views[0], written)


def _show(view: engine.RecipeView, written: tuple[Path, ...]) -> None:
    recipe = view.recipe
    head(f"{recipe.title} ({recipe.name}): {view.state}")
    texts = [f"Publisher: {recipe.publisher}", f"Licence: {recipe.licence}", f"Address: {recipe.address}", f"Checked: {recipe.checked}"]
    texts += [f"Closes, where a study uses it: {', '.join(recipe.closes)}"] if recipe.closes else []
    texts += [f"Narrows, and does not close: {', '.join(recipe.helps)}"] if recipe.helps else []
    texts += [f"Covers only: {recipe.covers}"] if recipe.covers else []
    texts += [f"{number}. {step}" for number, step in enumerate(recipe.how, start=1)]
    for text in texts:
        say(text)
    say(f"\nlayers/{recipe.name}.toml:\n{recipe.layer.rstrip()}")
    for place, text in recipe.files.items():
        say(f"\n{place}:\n{text.strip()}")
    say(f"\nTo paste into a study, with answers in place of each '?':\n{recipe.study.rstrip()}")
    for path in written:
        say(f"Wrote {engine.plain(path, Path.cwd())}")
