"""Needs against what is there, and readiness, of the sites that a run finds and of any other place."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide import judge_need, judge_site
from geo_engine.measure import PointPlaces, PreparedNeed
from geo_engine.model import Contribution, Need, NeedAnswer, Ranking, SiteReadiness, Supply, failable
from geo_engine.run.planning.plan import Plan, prepared_need

__all__ = ["Judge", "judge_of", "judge_readiness"]

Float = NDArray[np.float64]
_NO_AREA = Supply(math.nan, complete=False, remark="a point has no area")


@dataclass(frozen=True, eq=False)
class Judge:
    """Holds places of a plan against needs and thresholds.

    Parameters
    ----------
    plan : Plan
        The question with its data.
    tests : mapping of str to PreparedNeed
        By the need's name.
    """

    plan: Plan
    tests: Mapping[str, PreparedNeed]

    def needs(self, easting: float, northing: float, area_m2: float) -> tuple[NeedAnswer, ...]:
        """Hold each need against what is there, as seen from the middle of a place; land is the place's own area."""
        return tuple(self._need(need, easting, northing, area_m2) for need in self.plan.study.facility.needs)

    def readiness(
        self, needs: Sequence[NeedAnswer], parts: Sequence[Contribution], eastings: Float, northings: Float
    ) -> SiteReadiness | None:
        """Mark a place with the centres of its cells; None where the study has no ``[readiness]``."""
        return judge_site(self.plan.study, needs, parts, self._rules_failed(eastings, northings))

    def _need(self, need: Need, easting: float, northing: float, area_m2: float) -> NeedAnswer:
        study = self.plan.study
        if need.test is None:
            own = Supply(area_m2, complete=True, remark="the area itself") if area_m2 > 0 else _NO_AREA
            return judge_need(need, study.facility, own if need.name == "land" else None, None)
        supply = self.tests[need.name].at(easting, northing)
        layer = study.layers[need.test.measure.layer]
        accuracy = layer.accuracy.text() if math.isnan(supply.accuracy) else f"{supply.accuracy / 1000:g} km"
        return judge_need(need, study.facility, supply, layer, accuracy)

    def _rules_failed(self, eastings: Float, northings: Float) -> dict[str, float]:
        """Give the share of cells that fail each rule that a subject is marked by; NaN where none of those has a value."""
        asked = self.plan.study.readiness
        wanted = {subject.evidence.name for subject in asked.subjects if subject.evidence.of == "rule"} if asked else set()
        places, found = PointPlaces(eastings, northings), {}
        for rule, prepared in zip(failable(self.plan.study.constraints), self.plan.rules, strict=True):
            if rule.name in wanted and eastings.size:
                failed, unknown = prepared.judge(places)
                known = np.ones(failed.shape, np.bool_) if unknown is None else ~unknown
                told = bool(known.all() or (failed & known).any())  # one cell that is known to fail is enough
                found[rule.name] = float((failed & known).mean()) if told else math.nan
        return found


def judge_of(plan: Plan) -> Judge:
    """Make the judge of a plan's places: the tests of its needs made ready."""
    stock, facility = plan.stock, plan.study.facility
    tests = {need.name: prepared_need(plan.study, need.test, need.total(facility.capacity), stock) for need in facility.needs if need.test}
    return Judge(plan, tests)


def judge_readiness(plan: Plan, ranking: Ranking) -> Ranking:
    """Add to a ranking what is there of each need at each site, and each site's marks."""
    judge = judge_of(plan)
    needs, marks = [], []
    for site in ranking.sites:
        answers = judge.needs(site.easting, site.northing, site.area_m2 if site.usable_m2 is None else site.usable_m2)
        needs.append(answers)
        if (found := judge.readiness(answers, site.contributions, *plan.grid.centres(site.rows, site.cols))) is not None:
            marks.append(found)
    return replace(ranking, needs=tuple(needs), readiness=tuple(marks))
