"""Who uses a layer: each criterion, rule and section of a study that names it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from geo_engine.errors import GeoEngineError
from geo_engine.model import Measure, Study
from geo_engine.workspace import read_study

__all__ = ["Use", "readable_studies", "study_for", "uses_of"]


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a study names a layer.

    Parameters
    ----------
    layer, study : str
        Names.
    what : str
        In words: ``criterion 'Time to a port'``.
    """

    layer: str
    study: str
    what: str


def uses_of(study: Study) -> tuple[Use, ...]:
    """List every use that a study makes of its layers, each once, in the study's order."""
    return tuple(dict.fromkeys(Use(layer, study.name, what) for layer, what in _named(study)))


def _named(study: Study) -> Iterator[tuple[str, str]]:
    yield study.area, "area"
    if study.districts:
        yield study.districts, "districts"
    for criterion in study.criteria:
        yield from ((layer, f"criterion '{criterion.name}'") for layer in _layers(criterion.measure))
    for rule in study.constraints:
        what = f"rule '{rule.name}'"
        yield rule.layer, what
        yield from ((layer, what) for layer in (_layers(rule.measure) if rule.measure else ()))
        yield from ((rule.only_in[0], what) for _ in (rule.only_in,) if rule.only_in)
    yield from _of_needs(study)
    if study.demand:
        yield from ((layer, "demand") for layer in (study.demand.layer, study.demand.network))
    yield from _of_sites(study)
    if study.reach:
        yield study.reach.network, "reach"
        yield from ((route.layer, f"route '{route.name}'") for route in study.reach.routes)
    if study.connection:
        yield study.connection.layer, "connection"
        yield from ((each.layer, f"connection multiplier '{each.name}'") for each in study.connection.multipliers)
    yield from ((each.layer, "sizes that are drawn") for each in study.robustness.volumes)
    if study.backtest:
        land, null = study.backtest.comparable, study.backtest.null
        yield from ((near.layer, "back-test") for near in (land.near if land else None, null) if near)
    context = study.context
    yield from ((layer, "map") for layer in (context.places, context.roads, *context.show) if layer)


def _of_needs(study: Study) -> Iterator[tuple[str, str]]:
    for need, test in ((need, need.test) for need in study.facility.needs if need.test):
        what = f"need '{need.name}'"
        yield from ((layer, what) for layer in _layers(test.measure))
        if test.covers:
            yield test.covers[0], what


def _of_sites(study: Study) -> Iterator[tuple[str, str]]:
    if study.sites.candidates:
        yield study.sites.candidates.layer, "candidates"
    if study.sites.form.existing:
        yield study.sites.form.existing.selection[0], "sites that are there"


def _layers(measure: Measure) -> Iterator[str]:
    yield measure.layer
    yield from (layer for (layer, _), _ in measure.reads)
    for (network, _), (layer, _) in measure.stands:
        yield from (network, layer)


def readable_studies(workspace: Path) -> tuple[tuple[Study, ...], tuple[str, ...]]:
    """Read every study of a workspace.

    Returns
    -------
    studies : tuple of Study
        Those that can be read, in order of name.
    broken : tuple of str
        ``name: first fault`` of the others.
    """
    studies, broken = [], []
    for file in sorted((workspace / "studies").glob("*.toml")):
        try:
            studies.append(read_study(file))
        except GeoEngineError as error:
            broken.append(f"{file.stem}: {error.faults[0]}")
    return tuple(studies), tuple(broken)


def study_for(workspace: Path, study: Path | None, layer: str | None = None) -> Study | None:
    """Choose the study whose area a layer is held against.

    Parameters
    ----------
    workspace : Path
        The workspace.
    study : Path or None
        As the user named it.
    layer : str, optional
        Name of a layer of the workspace: without `study`, the first study that uses it is taken, and none where none does.

    Returns
    -------
    Study or None
        The one named; else the first that uses the layer; for data that are no layer yet, the first of the workspace.
    """
    if study is not None:
        return read_study(study)
    studies, _ = readable_studies(workspace)
    if layer is not None:
        return next((each for each in studies if any(use.layer == layer for use in uses_of(each))), None)
    return next(iter(studies), None)
