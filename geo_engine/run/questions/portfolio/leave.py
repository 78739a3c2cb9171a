"""Leave the outputs of a portfolio in a folder: whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from geo_engine.errors import Fault, RunError
from geo_engine.measure import point_coordinates
from geo_engine.model.answer.portfolio import PortfolioAnswer
from geo_engine.publish.portfolio import PortfolioBase, portfolio_files, portfolio_page
from geo_engine.run.questions.stored import StoredRun

__all__ = ["check_portfolio_folder", "leave_portfolio"]

_MARK = "portfolio.json"


def check_portfolio_folder(folder: Path) -> None:
    """Refuse a folder that is not empty and holds no portfolio of ours.

    Raises
    ------
    RunError
        If it is one, or a file.
    """
    if folder.exists() and not folder.is_dir():
        raise RunError(Fault(str(folder), "is a file", remedy="give another folder with --out"))
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).is_file():
        raise RunError(Fault(str(folder), f"is not empty and holds no {_MARK}", remedy="give another folder with --out"))


def leave_portfolio(run: StoredRun, answer: PortfolioAnswer, folder: Path) -> Path:
    """Write tables, lines, record and map beside and put them in place by renaming; the same answer gives the same bytes.

    Seconds are in ``timings.json`` alone.

    Raises
    ------
    RunError
        If the folder holds something else.
    """
    check_portfolio_folder(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.with_name(f".{folder.name}.partial-{os.getpid()}")
    old = folder.with_name(f".{folder.name}.old-{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        record = hashlib.sha256((run.folder / "run.json").read_bytes()).hexdigest()
        portfolio_files(answer, run.study, partial, about={"study": run.study.name, "region": run.plan.region, "run_json_sha256": record})
        (partial / "portfolio.html").write_text(portfolio_page(answer, run.study, _base(run)), encoding="utf-8")
        seconds = {
            "candidates": round(answer.candidates_seconds, 3),
            "choosing": round(answer.seconds, 3),
            "curve": {str(point.count): round(point.seconds, 3) for point in answer.curve},
        }
        (partial / "timings.json").write_text(json.dumps(seconds, indent=1) + "\n", encoding="utf-8")
        if folder.exists():
            folder.rename(old)
        try:
            partial.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)
    return folder


def _base(run: StoredRun) -> PortfolioBase:
    plan, study = run.plan, run.study
    context = study.context
    roads: list[BaseGeometry] = list(plan.features[context.roads, None].geometry) if context.roads else []
    places: list[tuple[str, float, float]] = []
    if context.places:
        data = plan.features[context.places, context.label_where]
        size = data.table[context.label_size].fillna(0.0).tolist() if context.label_size else [0.0] * len(data)
        e, n = point_coordinates(data.geometry)
        labels = data.labels()
        order = sorted(range(len(data)), key=lambda number: (-float(size[number]), labels[number], number))
        places = [(labels[number], float(e[number]), float(n[number])) for number in order]
    used = [study.area, *([study.demand.layer, study.demand.network] if study.demand else [])]
    used += [name for name in (context.places, context.roads) if name]
    layers = [study.layers[name] for name in dict.fromkeys(used)]
    sentences = tuple(dict.fromkeys(layer.attribution or f"{layer.title}: {layer.publisher}, {layer.licence}" for layer in layers))
    regions = list(plan.features[study.area, None].geometry)
    return PortfolioBase(plan.region_title, plan.area, plan.land, regions, roads, places, sentences)
