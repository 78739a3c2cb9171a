"""The files that a run depends on: their hashes, and what of the study uses each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from geo_engine.errors import Fault, LayerError
from geo_engine.model import Measure, PluggedMeasure, Study
from geo_engine.run.planning.reading.needs import selections_of, stands_of
from geo_engine.workspace import hash_file, hash_plugin, hash_sources

__all__ = ["Input", "inputs_of", "networks_of"]


def _layers_of(study: Study) -> list[str]:
    """Name every layer that a study reads, vector or raster, in order of name."""
    used = {study.area} | {name for name, _ in selections_of(study)} | {criterion.measure.layer for criterion in study.criteria}
    used |= {rule.layer for rule in study.constraints} | {need.test.measure.layer for need in study.facility.needs if need.test}
    return sorted(used | ({study.districts} if study.districts else set()))


def _declared(study: Study) -> Iterator[tuple[str, str]]:
    """Yield each file of the study's own, relative to the workspace, with what it is; not all need exist."""
    yield study.path.relative_to(study.path.parent.parent).as_posix(), "the study"
    for name in sorted(study.profiles):
        yield f"studies/profiles/{name}.toml", f"profile '{name}'"
    yield f"layers/{f'gaps/{study.gap_list}' if study.gap_list else 'gaps'}.toml", "declared gaps"


@dataclass(frozen=True, slots=True)
class Input:
    """A file that a run depends on.

    Parameters
    ----------
    sha256 : str
        Of its bytes, or the words that it was not hashed.
    users : tuple of str
        What of the study uses it, in words.
    """

    sha256: str
    users: tuple[str, ...]


def inputs_of(study: Study) -> dict[str, Input]:
    """Give every file that a run depends on: the study, its profiles, the gaps, layers and their data.

    Returns
    -------
    dict of str to Input
        By path relative to the workspace; see `hash_sources` for data behind addresses.

    Raises
    ------
    LayerError
        With every file of a layer that is missing or cannot be read.
    """
    base = study.path.parent.parent
    found = {name: Input(hash_file(base / name), (what,)) for name, what in _declared(study) if (base / name).is_file()}
    for name, users in _plugged(study).items():
        file, sha256 = hash_plugin(name, users[0][0])
        found[file] = Input(sha256, tuple(use for _, use in users))
    by_layer: dict[str, dict[str, None]] = {}
    for layer, use in _uses(study):
        by_layer.setdefault(layer, {})[use] = None
    sources: dict[str, Input] = {}
    faults: list[Fault] = []
    for name in _layers_of(study):
        try:
            hashes = hash_sources([study.layers[name]])
        except LayerError as error:
            faults.extend(error.faults)
            continue
        for file, sha256 in hashes.items():
            before = sources[file].users if file in sources else ()
            sources[file] = Input(sha256, tuple(dict.fromkeys((*before, *by_layer.get(name, {"what readers see beside the areas": None})))))
    if faults:
        raise LayerError(faults)
    return found | dict(sorted(sources.items()))


def _plugged(study: Study) -> dict[str, list[tuple[Path | None, str]]]:
    """Give the files of the plug-ins that a study measures by, with what uses each."""
    uses: list[tuple[Measure | None, str]] = [(each.measure, f"criterion '{each.name}'") for each in study.criteria]
    uses += [(rule.measure, f"rule '{rule.name}'") for rule in study.constraints]
    uses += [(need.test.measure, f"need '{need.name}'") for need in study.facility.needs if need.test]
    found: dict[str, list[tuple[Path | None, str]]] = {}
    for measure, use in uses:
        if isinstance(measure, PluggedMeasure):
            found.setdefault(measure.plugin, []).append((measure.file, use))
    return found


def networks_of(study: Study) -> list[str]:
    """Name the networks that a run needs, in the order in which they are built."""
    ways = [way for way, _ in stands_of(study)] + ([(study.reach.network, study.reach.profile)] if study.reach else [])
    return list(dict.fromkeys(name for name, _ in ways))


def _uses(study: Study) -> Iterator[tuple[str, str]]:
    """Yield (layer, what uses it); what only the map shows is left out."""
    yield from ((name, use) for name, use in ((study.area, "the area"), (study.districts, "districts that may be asked for")) if name)
    for criterion in study.criteria:
        yield from ((name, f"criterion '{criterion.name}'") for name in _touched(criterion.measure))
    for rule in study.constraints:
        yield from ((name, f"rule '{rule.name}'") for name in {rule.layer: None} | {name: None for (name, _), _ in rule.reads})
    for need in study.facility.needs:
        if need.test:
            yield from ((name, f"need '{need.name}'") for name in _touched(need.test.measure))
    if study.demand:
        yield from ((name, "the demand") for name in (study.demand.layer, study.demand.network))
    if study.connection:
        used = (study.connection.layer, *(each.layer for each in study.connection.multipliers))
        yield from ((name, "the connection") for name in used)
    if study.reach:
        yield from ((name, "routes and isochrones") for name in (study.reach.network, *(wish.layer for wish in study.reach.routes)))
    if study.sites.candidates:
        yield study.sites.candidates.layer, "the plots"
    for each in study.robustness.volumes:
        yield each.layer, "sizes that are drawn"


def _touched(measure: Measure) -> Mapping[str, None]:
    """Name the layers that a measure reads or travels on, each once, its own first."""
    read = [name for (name, _), _ in measure.reads]
    travelled = [network for (network, _), _ in measure.stands]
    return dict.fromkeys((measure.layer, *read, *travelled))
