"""The live map of Great Britain in headless Chromium: how fast it weighs anew and opens, how long it takes to build, how large it is."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.figures import Figure, best_of
from benchmarks.world import ROOT
from geo_engine.publish import write_map
from geo_engine.run.planning.plan import make_plan
from geo_engine.run.progress import SilentReporter
from geo_engine.run.solving import solve
from geo_engine.workspace import read_study

__all__ = ["figures"]

_MOVES = 41
_WEIGH = """async (moves) => {
    const { model } = await siteMap.page;
    const { withShare } = siteMap.modules["live/weights"], { scoreAll } = siteMap.modules["live/combine"];
    const score = new Float32Array(model.land.count), alone = [], all = [];
    const after = () => new Promise((done) => requestAnimationFrame(done));
    for (let move = 0; move < moves; move += 1) {
        const next = withShare(model.setting(), move % 3, 5 + ((move * 7) % 60));
        await after();
        let begun = performance.now();
        scoreAll(model.land.criteria, next.shares.map((share) => share / 100), model.method(), score);
        alone.push(performance.now() - begun);
        begun = performance.now();
        model.set(next, false);
        all.push(performance.now() - begun);
    }
    return [model.land.count, alone, all];
}"""


def figures() -> list[Figure]:
    """Measure the map of the default study at 250 m."""
    plan = make_plan(read_study(ROOT / "studies" / "gigafactory.toml"), None, SilentReporter(), workers=2)
    result = solve(plan, SilentReporter(), workers=2)
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "map.html"
        build = best_of(lambda: write_map(result, path), 2)
        size = path.stat().st_size
        cells, alone, everything, view = _in_chromium(path)
    what = f"the live map, {cells / 1e6:.2f} M cells by {len(result.study.criteria)} criteria"
    return [
        Figure(f"{what}: scores under new weights", alone * 1e3, "ms", "<= 50"),
        Figure("a slider's move, with colours, histogram and ranking", everything * 1e3, "ms", "<= 50"),
        Figure("first view of the map", view, "s", "<= 2"),
        Figure("building the map from a run", build, "s", "<= 5"),
        Figure("size of the map", size / 1e6, "MB", "<= 6"),
    ]


def _in_chromium(path: Path) -> tuple[int, float, float, float]:
    """Give the cells, the medians of weighing anew alone and with everything, and the seconds to the first view."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        views = []
        for _ in range(3):
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            begun = time.perf_counter()
            page.goto(path.as_uri())
            page.wait_for_selector(".site-map[data-ready=yes]")
            views.append(time.perf_counter() - begun)
        cells, alone, everything = page.evaluate(_WEIGH, _MOVES)
        browser.close()
    return cells, statistics.median(alone) / 1e3, statistics.median(everything) / 1e3, min(views)
