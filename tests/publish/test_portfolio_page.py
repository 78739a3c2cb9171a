"""The map of several plants in a browser: what it shows, that it asks for nothing, and that names cannot become markup."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import shapely
from playwright.sync_api import Browser

from geo_engine.model import Result
from geo_engine.model.answer.portfolio import Candidate, CurvePoint, Customer, Delivery, Plant, PortfolioAnswer
from geo_engine.publish.portfolio import PortfolioBase, portfolio_page
from tests.publish.visits import open_map

HOSTILE = "</script><img src=x onerror=alert(1)>{{ name }}"


def candidate(name: str, east: float, north: float, rank: int | None) -> Candidate:
    kind = "existing" if rank is None else "area of search"
    score = math.nan if rank is None else 80.0
    return Candidate(kind, f"id-{name}", name, "Wear", "NZ 1 2", rank, score, east, north, -1.5, 54.9, shapely.Point(east, north))


def answer(east: float, north: float) -> PortfolioAnswer:
    places = (
        candidate("First", east, north, 1),
        candidate(HOSTILE, east + 1500, north + 800, 2),
        candidate("Old works", east, north + 2000, None),
    )
    plants = (
        Plant(places[0], 1, 600.0, 300.0, 400.0),
        Plant(places[1], 2, 300.0, 60.0, 200.0),
        Plant(places[2], None, 0.0, math.nan, math.nan),
    )
    customers = (
        Customer("Car works", east + 500, north, -1.49, 54.9, 900.0, 900.0),
        Customer("Van works", east, north + 900, -1.5, 54.91, 100.0, 0.0),
    )
    return PortfolioAnswer(
        model="p_median",
        parameters={"every_years": 2.0, "candidates": 2, "size_unit": "vehicles"},
        value=220.0,
        bound=220.0,
        gap=0.0,
        unit="s",
        proven=True,
        plants=plants,
        customers=customers,
        deliveries=(Delivery(0, 0, 600.0, 2 / 3, 300.0), Delivery(1, 0, 300.0, 1 / 3, 60.0)),
        curve=(
            CurvePoint(1, math.nan, math.nan, proven=True, taken=(), seconds=0.1, reason="capacity: 1 plant serves 600"),
            CurvePoint(2, 220.0, 220.0, proven=True, taken=(0, 1), seconds=0.1),
        ),
        candidates=places,
        order_method="the best of all orders",
        candidates_seconds=0.1,
        seconds=0.1,
        notes=("Straight lines join plant and customer.",),
    )


@pytest.fixture(scope="module")
def page_file(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    west, south, east, north = result.area.bounds
    base = PortfolioBase("Wear & Tees", result.area, result.land, [result.area], [], [("Town", west, south), (HOSTILE, east, north)])
    made = portfolio_page(answer((west + east) / 2, (south + north) / 2), result.study, base)
    assert made == portfolio_page(answer((west + east) / 2, (south + north) / 2), result.study, base)
    file = tmp_path_factory.mktemp("portfolio") / "portfolio.html"
    file.write_text(made, encoding="utf-8")
    return file


@pytest.mark.browser
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_page_shows_plants_by_stage_and_asks_for_nothing(browser: Browser, page_file: Path, size: str) -> None:
    with open_map(browser, size, page_file) as visit:
        page = visit.page
        assert page.locator("tbody tr").all_inner_texts()[0].split()[:2] == ["1", "First"]
        assert page.locator(".plant").all_inner_texts() == ["1", "2", "•"]
        assert HOSTILE in page.locator("#panel").inner_text()
        assert "No other choice is better: proven." in page.locator("#panel").inner_text()
        page.locator("#stage").fill("1")
        assert page.locator(".plant").all_inner_texts() == ["1", "•"]
        assert page.locator("#stage-said").inner_text() == "1 of 2"
        page.locator("tbody tr").first.focus()
        page.keyboard.press("Enter")
        assert page.locator("tbody tr.chosen").count() == 1
        assert "capacity: 1 plant serves 600" in page.locator("svg title").all_text_contents()
