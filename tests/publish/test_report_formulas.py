"""Every kind of measure, value function and way to combine that a study may have has its formula in the report."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from geo_engine.model import Combination, Measure, ValueFunction
from geo_engine.publish.report.sections.formulas import MEASURES, VALUES, WAYS


def kinds(root: type[Measure | ValueFunction | Combination]) -> Iterator[str]:
    for each in root.__subclasses__():
        if each.kind:
            yield each.kind
        yield from kinds(each)


@pytest.mark.parametrize(("root", "told"), [(Measure, MEASURES), (ValueFunction, VALUES), (Combination, WAYS)])
def test_each_kind_of_the_model_has_a_formula_and_no_other_is_told(
    root: type[Measure | ValueFunction | Combination], told: dict[str, str]
) -> None:
    assert set(kinds(root)) == set(told)
