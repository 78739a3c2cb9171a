"""What is asked in Python and not at a terminal: studies changed or made, layers and places at hand, cards, graphs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geo_engine.errors import Fault, LayerError, NetworkError, StudyError, nearest_spelling
from geo_engine.model import Layer, Study
from geo_engine.network import to_networkx
from geo_engine.publish.cards import Bar, Card, CardTable, RunFacts, framed_page, layer_card, png_address, run_card, study_card
from geo_engine.publish.tables import value_column
from geo_engine.run.catalogue.frames import add_frame, layer_band, layer_frame, layer_picture
from geo_engine.run.catalogue.uses import study_for
from geo_engine.run.questions import Rival, StoredRun, ask_rivals, run_in_memory, study_of_run, weigh_again
from geo_engine.run.questions.check import value_text
from geo_engine.run.runner import leave_run
from geo_engine.workspace import column_facts, find_workspace, read_catalogue, read_study, with_scenario
from geo_engine.workspace.given.document import toml_document, toml_table
from geo_engine.workspace.given.layers import RasterBand
from geo_engine.workspace.given.places import rivals_given
from geo_engine.workspace.given.scenarios import scenario_table
from geo_engine.workspace.places import Rivals

__all__ = [
    "Bar",
    "Card",
    "CardTable",
    "RasterBand",
    "RunFacts",
    "add_frame",
    "change_study",
    "column_facts",
    "find_layer",
    "framed_page",
    "graph_of",
    "layer_band",
    "layer_card",
    "layer_frame",
    "layer_picture",
    "leave_run",
    "make_study",
    "png_address",
    "rivals_given",
    "run_card",
    "run_in_memory",
    "scenario_toml",
    "score_places_given",
    "study_card",
    "study_of_run",
    "value_column",
    "value_text",
    "weigh_again",
]


def change_study(study: Study, name: str, changes: Mapping[str, object]) -> Study:
    """Give a study as a scenario sees it that no file holds; what is wrong with it is found as in a file.

    Parameters
    ----------
    study : Study
        As read, or as a scenario sees it: the changes come on top.
    name : str
        Key of the new scenario.
    changes : mapping
        ``title``, ``why``, ``weights``, ``values``, ``constraints`` and ``drop_constraints``, as in ``[scenarios.NAME]`` of a study's file.

    Raises
    ------
    StudyError
        With every fault.
    """
    given = {**study.given, name: scenario_table(study, name, changes)}
    return with_scenario(read_study(study.path, given=given), name)


def scenario_toml(study: Study) -> str:
    """Write the scenario in which a study is seen as TOML, to paste into its file; blank where no Python gave it."""
    if study.scenario not in study.given:
        return ""
    return toml_table(f"scenarios.{study.scenario}", study.given[study.scenario])


def make_study(workspace: Path, name: str, content: str | Mapping[str, object], *, replace: bool) -> Study:
    """Write ``studies/NAME.toml`` of a workspace, once all of it is right.

    Parameters
    ----------
    workspace : Path
        In the workspace.
    name : str
        Of the file, without its ending.
    content : str or mapping
        TOML, or what it would hold.
    replace : bool
        Whether a study of that name is replaced.

    Raises
    ------
    StudyError
        With every fault; then nothing is written.
    LayerError
        If a layer's file is wrong.
    """
    if Path(name).name != name or name.startswith(".") or not name.strip():
        raise StudyError(Fault(name, "is no name for a study", allowed="a file's name without its ending"))
    path = find_workspace(workspace) / "studies" / f"{name}.toml"
    if path.exists() and not replace:
        raise StudyError(Fault(f"studies/{path.name}", "is there already", remedy="give another name, or replace=True"))
    text = content if isinstance(content, str) else toml_document(content)
    read_study(path, text=text)
    partial = path.with_suffix(".partial")
    try:
        partial.write_text(text, encoding="utf-8", newline="\n")
        partial.replace(path)
    except OSError as error:
        raise StudyError(Fault(f"studies/{path.name}", f"cannot be written: {error.strerror}")) from error
    return read_study(path)


def find_layer(start: Path, name: str) -> tuple[Layer, Study | None]:
    """Find a layer of a workspace by its name, with the first study that uses it.

    Raises
    ------
    LayerError
        If there is none, with the nearest spelling.
    """
    workspace = find_workspace(start)
    layers = read_catalogue(workspace).layers
    if name not in layers:
        raise LayerError(Fault(name, "no such layer", found=", ".join(layers), remedy=nearest_spelling(name, layers)))
    return layers[name], study_for(workspace, None, name)


def score_places_given(run: StoredRun, places: object, *, within: float | None = None) -> tuple[Rivals, tuple[Rival, ...]]:
    """Judge places that a notebook has at hand; see `geo_engine.workspace.given.places.rivals_given`."""
    rivals = rivals_given(places, crs=run.study.crs)
    return rivals, ask_rivals(run, rivals, within=within)


def graph_of(run: StoredRun, network: str | None, profile: str | None) -> Any:  # noqa: ANN401 - networkx stays behind its door
    """Hand out a network of a run as networkx knows it, with its vehicle and the facilities on it.

    Raises
    ------
    NetworkError
        If the run travels on no such network, or on several and none is named.
    """
    travels = run.plan.travels
    found = [key for key in travels if network in {None, key[0]} and profile in {None, key[1]}]
    if len(found) != 1:
        there = "; ".join(f"{name} by {vehicle}" for name, vehicle in travels) or "none"
        what = "fits several networks of the run" if found else "is no network of the run"
        raise NetworkError(Fault(f"{network or 'any network'} by {profile or 'any vehicle'}", what, allowed=there))
    return to_networkx(travels[found[0]])
