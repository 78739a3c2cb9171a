"""Whether layers can be read at all: their questions answered, their data there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from geo_engine.errors import Fault, LayerError
from geo_engine.model import Layer
from geo_engine.workspace.catalogue import is_address, layer_place, local_file
from geo_engine.workspace.raw.recipes import read_recipes

__all__ = ["not_here", "refuse_unready"]


def not_here(layer: Layer) -> tuple[str, ...]:
    """List the files of a layer that a recipe says how to get and that are not there; none where no recipe makes the layer."""
    if layer.name not in read_recipes():
        return ()
    sources = [layer.source, *(join.source for join in layer.join)]
    return tuple(source for source in sources if not is_address(source) and local_file(source) is None)


def refuse_unready(layers: Iterable[Layer]) -> None:
    """Refuse layers whose files still ask something, and those whose data a recipe tells how to get.

    Raises
    ------
    LayerError
        With every question and every missing file of every layer.
    """
    if faults := [fault for layer in layers for fault in (*_questions(layer), *_missing(layer))]:
        raise LayerError(faults)


def _questions(layer: Layer) -> Iterator[Fault]:
    for key in layer.questions:
        what = f"'{key}' of layer '{layer.name}' is a question that nobody has answered"
        remedy = "write the answer in the layer's file; 'not stated' will do for an accuracy that nobody knows"
        yield Fault(layer_place(layer, key), what, found="'?'", remedy=remedy)


def _missing(layer: Layer) -> Iterator[Fault]:
    for source in not_here(layer):
        what = "these data do not come with the workspace"
        yield Fault(
            layer_place(layer, "source"),
            what,
            found=f"no file '{source}'",
            remedy=f"how to get them: geo-engine layers recipes {layer.name}",
        )
