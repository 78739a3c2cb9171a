from __future__ import annotations

from typing import TypeVar

import pytest

from geo_engine.model import (
    Access,
    Aspect,
    Bounded,
    ClassDistance,
    Classes,
    ClassShare,
    CombinedTravel,
    CountWithin,
    Coverage,
    Decay,
    Distance,
    Exponential,
    FloatingCatchment,
    Gaussian,
    Inside,
    KernelDensity,
    Large,
    Linear,
    Logarithm,
    LogisticDecay,
    LogisticGrowth,
    Measure,
    MSLarge,
    MSSmall,
    Near,
    NearestValue,
    Piecewise,
    PluggedMeasure,
    Power,
    Ranges,
    RasterValue,
    Slope,
    Small,
    Step,
    SumWithin,
    SymmetricLinear,
    TravelCost,
    TravelDistance,
    TravelTime,
    ValueFunction,
)

Family = TypeVar("Family")

HALF = Decay("exponential", 2_700.0)


@pytest.mark.parametrize(
    ("measure", "kind", "unit", "travels"),
    [
        (Distance(layer="a"), "distance", "m", None),
        (TravelTime(layer="a", network="roads", profile="lorry"), "travel_time", "s", ("roads", "lorry")),
        (TravelDistance(layer="a", network="roads", profile="lorry"), "travel_distance", "m", ("roads", "lorry")),
        (CountWithin(layer="a", within=5_000.0), "count_within", "", None),
        (CountWithin(layer="a", within=3_600.0, network="roads", profile="lorry"), "count_within", "", ("roads", "lorry")),
        (SumWithin(layer="a", size="jobs", within=5_000.0, size_unit="people"), "sum_within", "people", None),
        (
            Access(layer="a", size="cars", decay=HALF, size_unit="vehicles", network="roads", profile="lorry"),
            "access",
            "vehicles",
            ("roads", "lorry"),
        ),
        (Inside(layer="a"), "inside", "", None),
        (NearestValue(layer="a", column="year", column_unit="a"), "nearest_value", "a", None),
        (RasterValue(layer="a", value_unit="m"), "value", "m", None),
        (Slope(layer="a"), "slope", "degrees", None),
        (Slope(layer="a", slope_unit="%"), "slope", "%", None),
        (Aspect(layer="a", facing=90.0), "aspect", "degrees", None),
        (ClassShare(layer="a", classes=(1,), within=500.0), "class_share", "share", None),
        (ClassDistance(layer="a", classes=(1,), within=500.0), "class_distance", "m", None),
        (Coverage(layer="a"), "coverage", "share", None),
        (KernelDensity(layer="a", within=500.0, size="lanes", size_unit="lanes", of="km"), "kernel_density", "lanes km per km2", None),
        (PluggedMeasure(layer="a", plugin="sound", result_unit="dB"), "plugin", "dB", None),
    ],
)
def test_a_measure_tells_its_kind_its_si_unit_and_what_it_travels(
    measure: Measure, kind: str, unit: str, travels: tuple[str, str] | None
) -> None:
    assert measure.kind == kind
    assert measure.unit == unit
    assert measure.travels == travels


def test_equal_measures_are_one_key_so_that_one_layer_is_measured_once() -> None:
    assert len({Distance(layer="a"), Distance(layer="a"), Distance(layer="a", where="kv > 200"), Inside(layer="a")}) == 3
    assert len({PluggedMeasure(layer="a", plugin="b", parameters=(("c", each),)) for each in (1.0, 1.0, 2.0)}) == 2


@pytest.mark.parametrize("measure", [RasterValue(layer="a"), Slope(layer="a"), PluggedMeasure(layer="a", plugin="b", raster=True)])
def test_a_measure_of_a_raster_reads_no_features(measure: Measure) -> None:
    assert measure.of_raster
    assert measure.reads == ()


@pytest.mark.parametrize("measure", [Distance(layer="a"), Coverage(layer="a"), PluggedMeasure(layer="a", plugin="b")])
def test_a_measure_of_features_reads_its_layer(measure: Measure) -> None:
    assert not measure.of_raster
    assert measure.reads == ((("a", None), None),)


def descendants(family: type[Family]) -> list[type[Family]]:
    return [deeper for one in family.__subclasses__() for deeper in (one, *descendants(one))]


def test_every_measure_and_every_value_function_has_a_kind_of_its_own() -> None:
    functions: list[type[ValueFunction]] = [Linear, SymmetricLinear, Piecewise, Step, Classes, Ranges, Bounded]
    functions += [Gaussian, Near, Large, Small, MSLarge, MSSmall, Exponential, Logarithm, Power, LogisticGrowth, LogisticDecay]
    measures: list[type[Measure]] = [Distance, TravelTime, TravelDistance, TravelCost, CombinedTravel]
    measures += [CountWithin, SumWithin, Access, FloatingCatchment, Inside, NearestValue, RasterValue]
    measures += [Slope, Aspect, ClassShare, ClassDistance, Coverage, KernelDensity, PluggedMeasure]
    assert {one.kind for one in functions} == {one.kind for one in descendants(ValueFunction)}
    assert {one.kind for one in measures} == {one.kind for one in descendants(Measure) if one.kind}  # what several share has none
    for family in (functions, measures):
        kinds = [one.kind for one in family]
        assert len(set(kinds)) == len(kinds)
        assert all(kinds)
