"""Visits to a published page in Chromium, with the network cut and every fault noted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, Route

__all__ = ["SIZES", "Visit", "lies_free", "open_map", "open_page", "open_panel"]

SIZES = {"desktop": (1400, 900), "phone": (390, 844)}


@dataclass
class Visit:
    """An open page and what went wrong on it."""

    page: Page
    asked: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@contextmanager
def open_map(browser: Browser, size: str, file: Path) -> Iterator[Visit]:
    """Open a map on a desktop or a phone, and wait until it answers."""
    with open_page(browser, size, file) as visit:
        visit.page.wait_for_selector(".site-map[data-ready=yes]")
        visit.page.wait_for_timeout(200)
        yield visit


@contextmanager
def open_page(browser: Browser, size: str, file: Path) -> Iterator[Visit]:
    """Open a page on a desktop or a phone; at the end nothing must have been asked for and nothing have gone wrong."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=size == "phone", reduced_motion="reduce")
    visit = Visit(context.new_page())

    def cut(route: Route) -> None:
        if route.request.url.startswith("file://"):
            route.continue_()
        else:
            visit.asked.append(route.request.url)
            route.abort()

    context.route("**/*", cut)
    visit.page.on("console", lambda message: visit.faults.extend([message.text] if message.type in {"error", "warning"} else []))
    visit.page.on("pageerror", lambda error: visit.faults.append(str(error)))
    visit.page.on("dialog", lambda dialog: visit.faults.append(f"dialog: {dialog.message}"))
    visit.page.goto(file.as_uri())
    yield visit
    assert visit.asked == []
    assert visit.faults == []
    context.close()


def open_panel(page: Page) -> None:
    """Open the sheet that the panel is on a phone."""
    if page.locator(".sheet-handle").is_visible() and page.locator(".sheet-handle").get_attribute("aria-expanded") == "false":
        page.locator(".sheet-handle").click()
        page.wait_for_timeout(300)


def lies_free(page: Page, marker: str) -> bool:
    """Tell whether a marker is on the map with neither panel nor legend over it, once the sheet has come to rest."""
    page.wait_for_timeout(300)
    found: bool = page.evaluate(
        """(selector) => {
            const marker = document.querySelector(selector);
            const box = marker.getBoundingClientRect();
            return marker.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2));
        }""",
        marker,
    )
    return found
