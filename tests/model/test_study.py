from __future__ import annotations

import dataclasses
import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_engine.model import (
    Constraint,
    Context,
    Criterion,
    Distance,
    Facility,
    Linear,
    Need,
    Robustness,
    SiteSearch,
    Study,
    rule_bits,
    slug,
)

WEIGHTS = st.lists(st.floats(min_value=1e-6, max_value=1e6), min_size=1, max_size=12)


def study(weights: list[float]) -> Study:
    criteria = tuple(
        Criterion(f"Distance to layer {number}", Distance(layer=f"layer_{number}"), Linear(worst=25_000.0, best=0.0), weight, "because")
        for number, weight in enumerate(weights)
    )
    return Study(
        name="trial",
        title="Trial",
        area="area",
        region_column="region",
        area_title="Great Britain",
        crs="EPSG:27700",
        cell=250.0,
        criteria=criteria,
        constraints=(),
        facility=Facility(20.0, "GWh a year"),
        sites=SiteSearch(25, 10_000.0, 500_000.0),
        demand=None,
        robustness=Robustness(),
        not_assessed=(),
        layers={},
        profiles={},
        gaps=(),
        context=Context(),
        path=Path("studies/trial.toml"),
    )


@given(weights=WEIGHTS)
def test_weights_are_shares_of_one_in_the_order_of_the_criteria(weights: list[float]) -> None:
    shares = study(weights).weights
    assert len(shares) == len(weights)
    assert math.fsum(shares) == pytest.approx(1.0, abs=1e-12)
    assert all(0 < share <= 1 for share in shares)
    heaviest = max(range(len(weights)), key=weights.__getitem__)
    assert shares[heaviest] == max(shares)


@given(weights=WEIGHTS, factor=st.floats(min_value=1e-3, max_value=1e3))
def test_weights_are_relative(weights: list[float], factor: float) -> None:
    assert study([weight * factor for weight in weights]).weights == pytest.approx(study(weights).weights, rel=1e-12)


def test_weights_by_hand() -> None:
    assert study([25.0, 20.0, 5.0]).weights == (0.5, 0.4, 0.1)
    assert study([25.0, 20.0, 5.0]).area_slug == "great-britain"


@given(text=st.text(max_size=60))
def test_a_slug_is_plain_and_is_its_own_slug(text: str) -> None:
    made = slug(text)
    assert re.fullmatch(r"[^\W_]+(-[^\W_]+)*", made)
    assert slug(made) == made


@given(text=st.text(max_size=60), around=st.sampled_from(["", " ", "--", "(", "  /"]))
def test_a_slug_does_not_see_case_of_letters_or_marks_around(text: str, around: str) -> None:
    plain = text.encode("ascii", "ignore").decode()
    assert slug(around + plain.upper() + around) == slug(plain.lower())


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Ynys Môn", "ynys-mon"),
        ("North East", "north-east"),
        ("../../etc/passwd", "etc-passwd"),
        ("<script>alert(1)</script>", "script-alert-1-script"),
        ("東京", "東京"),
        ("", "unnamed"),
        ("A & B -- C", "a-b-c"),
    ],
)
def test_slugs_by_hand(text: str, made: str) -> None:
    assert slug(text) == made


def test_column_names_come_from_the_key_or_else_the_name() -> None:
    criterion = study([1.0]).criteria[0]
    assert criterion.slug == "distance_to_layer_0"
    assert dataclasses.replace(criterion, key="grid-275").slug == "grid_275"
    assert Constraint("Town core (estimated)", "places", "outside").slug == "town_core_estimated"


@pytest.mark.parametrize(
    ("need", "capacity", "total"),
    [
        (Need("land", 25_000.0, "m2"), 20.0, 500_000.0),  # 2.5 ha for a GWh: 50 ha
        (Need("connection", 3.0, "MVA", minimum=150.0), 20.0, 150.0),
        (Need("connection", 3.0, "MVA", minimum=150.0), 100.0, 300.0),
        (Need("water", 37_000.0, "m3 a year"), 0.0, 0.0),
    ],
)
def test_need_totals_by_hand(need: Need, capacity: float, total: float) -> None:
    assert need.total(capacity) == total


@given(
    each=st.floats(0, 1e6),
    minimum=st.none() | st.floats(0, 1e6),
    less=st.floats(0, 1e4),
    more=st.floats(0, 1e4),
)
def test_a_bigger_plant_never_needs_less(each: float, minimum: float | None, less: float, more: float) -> None:
    need = Need("land", each, "m2", minimum=minimum)
    small, large = sorted((less, more))
    assert need.total(small) <= need.total(large)
    assert need.total(small) >= (minimum or 0.0)


def test_the_land_of_a_facility_is_its_need_called_land() -> None:
    needs = (Need("power", 3.0, "MW"), Need("land", 25_000.0, "m2"))
    assert Facility(20.0, "GWh a year", needs).land == 500_000.0
    assert Facility(20.0, "GWh a year").land is None


def test_each_rule_has_a_bit_of_its_own_above_unknown_and_unreachable() -> None:
    rules = tuple(Constraint(f"rule {number}", "layer", "outside") for number in range(5))
    assert rule_bits(rules) == {"rule 0": 2, "rule 1": 3, "rule 2": 4, "rule 3": 5, "rule 4": 6}
