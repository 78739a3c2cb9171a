"""What a run's record says is made into the nouns that it was written from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo_engine.model import (
    Access,
    Aspect,
    ClassDistance,
    ClassShare,
    CombinedTravel,
    CountWithin,
    Coverage,
    Decay,
    Distance,
    FloatingCatchment,
    Inside,
    KernelDensity,
    Measure,
    PluggedMeasure,
    RasterValue,
    Slope,
    SumWithin,
    TravelCost,
    TravelDistance,
    TravelTime,
)
from geo_engine.run import RunOutcome, plain
from geo_engine.run.comparing.recorded import measure_of, read_run
from tests.run.tiny import Tiny

MEASURES: list[Measure] = [
    Distance(layer="ports", where="size > 2"),
    TravelTime(layer="ports", nth=2, network="roads", profile="lorry"),
    TravelDistance(layer="ports", direction="from", network="roads", profile="lorry"),
    TravelCost(layer="ports", network="roads", profile="lorry"),
    CombinedTravel(
        layer="ports",
        transfer_seconds=600.0,
        network="roads",
        profile="lorry",
        terminals="terminals",
        onward_network="rail",
        onward_profile="train",
    ),
    CountWithin(layer="ports", within=3600.0, network="roads", profile="lorry"),
    SumWithin(layer="towns", size="people", within=2000.0),
    Access(layer="towns", size="people", decay=Decay("exponential", 900.0), network="roads", profile="lorry"),
    FloatingCatchment(
        layer="jobs", size="jobs", people_layer="towns", people_where=None, people="people", within=1800.0, network="roads", profile="lorry"
    ),
    Inside(layer="zones"),
    RasterValue(layer="slope"),
    Slope(layer="terrain", slope_unit="%", height=0.3048),
    Aspect(layer="terrain", facing=180.0),
    ClassShare(layer="cover", classes=(2, 3), within=500.0),
    ClassDistance(layer="cover", classes=(2,), within=500.0),
    Coverage(layer="zones"),
    KernelDensity(layer="roads", within=500.0, of="km"),
    PluggedMeasure(layer="zones", plugin="openness", result_unit="m", parameters=(("factor", 1.5), ("soft", True))),
]


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: type(measure).__name__)
def test_a_measure_comes_back_from_its_record_with_its_unit(measure: Measure) -> None:
    again = measure_of(json.loads(json.dumps(plain(measure, Path("/")))))
    assert again == measure
    assert again.unit == measure.unit


def test_criteria_of_a_run_come_back_whole(finished: tuple[Tiny, RunOutcome]) -> None:
    outcome = finished[1]
    for recorded, criterion in zip(read_run(outcome.folder).criteria, outcome.result.study.criteria, strict=True):
        assert (recorded.measure, recorded.value, recorded.slug) == (criterion.measure, criterion.value, criterion.slug)
