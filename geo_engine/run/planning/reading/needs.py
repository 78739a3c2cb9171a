"""What a study needs read: every layer that it names, with its filter and the columns that numbers are taken from."""

from __future__ import annotations

from collections.abc import Iterator

from geo_engine.model import PeopleDisc, Selection, Study

__all__ = ["selections_of", "stands_of", "uses_of"]


def selections_of(study: Study) -> dict[Selection, set[str]]:
    """Give every (layer, where) of vector data that a study uses, with the columns that it names, in the study's order."""
    wanted: dict[Selection, set[str]] = {}
    for selection, columns in uses_of(study):
        wanted.setdefault(selection, set()).update(columns)
    return wanted


def uses_of(study: Study) -> Iterator[tuple[Selection, list[str]]]:
    """Yield each use of vector data, with the columns that numbers are taken from."""
    for criterion in study.criteria:
        for selection, size in criterion.measure.reads:
            yield selection, [size] if size else []
    for (network, _), selection in stands_of(study):
        yield (network, None), []
        yield selection, []
    for rule in study.constraints:
        for selection, column in rule.reads:
            yield selection, [column] if column else []
    if study.demand:
        yield (study.demand.layer, study.demand.where), [study.demand.size]
    yield from _of_needs(study)
    yield from _of_sites(study)
    for each in study.robustness.volumes:
        yield (each.layer, each.where), [each.column]
    yield from _of_connection(study)
    yield from _of_context(study)


def _of_needs(study: Study) -> Iterator[tuple[Selection, list[str]]]:
    for test in (need.test for need in study.facility.needs if need.test):
        yield from ((selection, [size] if size else []) for selection, size in test.measure.reads)
        if test.covers:
            yield test.covers, []


def _of_sites(study: Study) -> Iterator[tuple[Selection, list[str]]]:
    if (plots := study.sites.candidates) is not None:
        yield (plots.layer, plots.where), list(plots.columns)
    if (there := study.sites.form.existing) is not None:
        yield there.selection, []
    if study.reach:
        yield (study.reach.network, None), []


def _of_connection(study: Study) -> Iterator[tuple[Selection, list[str]]]:
    if study.connection:
        yield (study.connection.layer, study.connection.where), []
        for each in study.connection.multipliers:
            yield (each.layer, each.where), _people(each.buffer)


def _of_context(study: Study) -> Iterator[tuple[Selection, list[str]]]:
    context = study.context
    if context.places:
        yield (context.places, None), []
        yield (context.places, context.label_where), [context.label_size] if context.label_size else []
    for layer in (context.roads, *context.show):
        if layer:
            yield (layer, None), []


def _people(buffer: float | PeopleDisc) -> list[str]:
    return [buffer.people] if isinstance(buffer, PeopleDisc) else []


def stands_of(study: Study) -> dict[tuple[tuple[str, str], Selection], None]:
    """Give what stands on which network, ((network, profile), (layer, where)), each once, in the study's order."""
    measures = [criterion.measure for criterion in study.criteria]
    measures += [rule.measure for rule in study.constraints if rule.measure is not None]
    measures += [need.test.measure for need in study.facility.needs if need.test]
    stands = dict.fromkeys(stand for measure in measures for stand in measure.stands)
    if study.demand:
        stands[(study.demand.network, study.demand.profile), (study.demand.layer, study.demand.where)] = None
    if study.reach:
        way = (study.reach.network, study.reach.profile)
        stands |= dict.fromkeys((way, (wish.layer, wish.where)) for wish in study.reach.routes)
    return stands
