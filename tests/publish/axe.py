"""What axe-core finds on a page."""

from __future__ import annotations

import json

from playwright.sync_api import Page

__all__ = ["serious"]


def serious(page: Page, axe: str) -> list[str]:
    """What axe finds that is serious or critical, by WCAG 2.2 AA, with the first element of each."""
    page.evaluate(axe)
    levels = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']"
    found = page.evaluate(f"axe.run(document, {{ resultTypes: ['violations'], runOnly: {levels} }})")
    return [
        f"{fault['id']}: {json.dumps(fault['nodes'][0]['target'])} {fault['nodes'][0]['failureSummary']}"
        for fault in found["violations"]
        if fault["impact"] in {"serious", "critical"}
    ]
