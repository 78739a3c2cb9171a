"""The verb that chooses several plants together."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from geo_engine.cli.console import AS_JSON, ERR, RUN, WORKERS, engine, head, number, print_json, say, table, verb
from geo_engine.cli.verbs import main
from geo_engine.units import format_quantity, parse_quantity

__all__ = ["portfolio"]

_MODELS = ("p_median", "max_cover", "set_cover", "p_center", "p_dispersion")


class _Time(click.ParamType[float]):
    """An option that is a time with its unit; seconds inside."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - click's own signature
        """Read ``"60 min"``."""
        try:
            seconds = parse_quantity(value, "time")
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if seconds <= 0:
            self.fail(f"'{value}' is not a time above 0", param, ctx)
        return seconds


@main.command()
@RUN
@click.option("--plants", type=click.IntRange(1, 500), default=None, help="New plants, exactly so many; 5 unless the study says otherwise.")
@click.option("--model", type=click.Choice(_MODELS), default=None, help="What is made best; p_median unless the study says otherwise.")
@click.option(
    "--candidates", type=click.IntRange(1, 500), default=None, help="Locate so many areas to choose from, instead of the run's own."
)
@click.option(
    "--plots", type=click.Path(path_type=Path), default=None, help="Plots to choose from besides: CSV with name, lon, lat, or vector."
)
@click.option("--within", type=_Time(), default=None, help='Covering: as in "60 min"; the [demand] of the study by default.')
@click.option("--capacities/--no-capacities", default=None, help="A plant serves no more than the facility's capacity.")
@click.option("--whole/--split", default=None, help="A customer is served by one plant alone, or by several (with capacities).")
@click.option("--unserved", type=_Time(), default=None, help="p_median: who is not served counts as so far; else everybody is served.")
@click.option("--min-score", type=click.FloatRange(0, 100), default=None, help="Candidates score at least this.")
@click.option("--score-worth", type=_Time(), default=None, help="p_median: mean travel that one point of mean score is worth.")
@click.option("--existing", default=None, metavar="LAYER", help="Plants that stand, a layer of points: they serve part of the customers.")
@click.option("--existing-where", default=None, metavar="SQL", help="Which of them.")
@click.option("--existing-capacity", default=None, metavar="COLUMN", help="Column with what each makes, in the facility's unit.")
@click.option("--fix", "fixed", multiple=True, metavar="SITE", help="A site that must be taken: rank, id or name; may be given again.")
@click.option("--forbid", "forbidden", multiple=True, metavar="SITE", help="A site that must not be taken; may be given again.")
@click.option("--cost", default=None, metavar="COLUMN|FILE", help="What a plant costs: a column of sites.csv, or a CSV with site, cost.")
@click.option("--budget", type=click.FloatRange(min=0), default=None, help="What all new plants cost at most, in the unit of --cost.")
@click.option("--resources", type=click.Path(path_type=Path), default=None, help="CSV with resource, total, site, use: what sites share.")
@click.option(
    "--curve", type=click.IntRange(0, 100), default=None, help="Solve for 1 to so many plants; three more than --plants by default."
)
@click.option("--every", type=click.FloatRange(min=0), default=None, help="Years from one opening to the next; 2 by default.")
@click.option(
    "--time-limit", type=click.FloatRange(min=0.1), default=120.0, help="Seconds for choosing; then the best so far, with its gap."
)
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Folder for the outputs, instead of RUN/portfolio.")
@WORKERS
@AS_JSON
@verb
def portfolio(run: Path, out: Path | None, workers: int | None, as_json: bool, **options: Any) -> None:  # noqa: ANN401, FBT001 - click's
    """Choose several plants together from the areas of RUN, to proven optimality.

    The best area by score need not be one of the best five: plants share customers. The models:

    \b
      p_median      least travel of the customers, weighted by their size
      max_cover     most customers within the time
      set_cover     fewest plants that have every customer within the time
      p_center      least travel of the customer that is worst off
      p_dispersion  plants as far from each other as can be

    A run's own areas are few, and may all lie in two regions: --candidates 200 locates more on the same surface. Examples:

    \b
      geo-engine portfolio outputs/gigafactory/great-britain --candidates 200
      geo-engine portfolio RUN --model max_cover --within "45 min" --plants 3
      geo-engine portfolio RUN --capacities --fix 1 --forbid "3 km S of Hebburn"
      geo-engine portfolio RUN --cost connection_cost_high_indicative_gbp_million --budget 60

    Defaults come from [portfolio] in the study. RUN/portfolio gets portfolio.html, a map with who serves whom, and the tables
    portfolio.csv, allocations.csv, allocations.geojson, curve.csv and portfolio.json. Of equally good choices the one with the
    better ranks is taken.
    """  # noqa: D301 - click takes the control character itself for "do not wrap"
    folder = out or run / "portfolio"
    engine.check_portfolio_folder(folder)
    with engine.reporter_for(ERR, quiet=as_json) as reporter:
        stored = engine.open_run(run, reporter, workers=workers or engine.default_workers())
        wished = _wished(stored.study.portfolio or engine.Portfolio(), options)
        files = engine.PortfolioFiles(
            plots=options["plots"],
            fixed=options["fixed"],
            forbidden=options["forbidden"],
            cost=options["cost"],
            budget=math.inf if options["budget"] is None else options["budget"],
            resources=options["resources"],
            time_limit=options["time_limit"],
        )
        answer = engine.choose_portfolio(stored, wished, files, reporter)
        engine.leave_portfolio(stored, answer, folder)
    for name in stored.changed:
        say(f"Warning: {name} has changed since the run; run the study again.", ERR)
    if as_json:
        print_json(engine.portfolio_document(answer, stored.study), Path.cwd())
        return
    _show(stored, answer, folder)


def _wished(defaults: engine.Portfolio, options: dict[str, Any]) -> engine.Portfolio:
    """Put what the command says over what the study says."""
    names = ("model", "plants", "candidates", "within", "capacities", "whole", "unserved", "min_score", "score_worth", "curve", "every")
    wished = replace(defaults, **{name: options[name] for name in names if options[name] is not None})
    if options["existing"] is not None:
        wished = replace(
            wished, existing=engine.ExistingPlants(options["existing"], options["existing_where"], options["existing_capacity"])
        )
    return wished


def _show(stored: engine.StoredRun, answer: engine.PortfolioAnswer, folder: Path) -> None:
    new = sum(plant.stage is not None for plant in answer.plants)
    said = engine.value_words(answer.model, answer.value, answer.unit)
    proof = "proven" if answer.proven else f"not proven, at most {answer.gap:.2%} from the best"
    head(f"{new} plants chosen together from {answer.parameters['candidates']} candidates: {said} ({proof}, {answer.seconds:.1f} s)")
    size = stored.study.demand.size.replace("_", " ") if stored.study.demand else "served"
    table(
        "Plants, in the order in which they should open",
        ["opens", "rank", "plant", "region", "score", size, "minutes"],
        [
            [
                "stands" if plant.stage is None else str(plant.stage),
                "" if plant.place.rank is None else str(plant.place.rank),
                plant.place.name,
                plant.place.region,
                number(plant.place.score),
                f"{plant.served:,.0f}",
                number(plant.mean_seconds / 60),
            ]
            for plant in answer.plants
        ],
    )
    if answer.customers:
        share = answer.served_size / answer.all_size
        travel = format_quantity(answer.mean_seconds, "s")
        say(f"Served: {answer.served_size:,.0f} of {answer.all_size:,.0f} {size} ({share:.0%}), {travel} on average.")
        if missing := [each.name for each in answer.customers if each.served < each.size * (1 - 1e-6)]:
            say(f"Not served in full: {', '.join(missing)}.")
    rows = [
        [str(row["plants"]), number(_figure(row["value"])), str(row["unit"]), _signed(row["change"]), _curve_word(row)]
        for row in engine.curve_rows(answer)
    ]
    table("What more plants would bring (each number solved anew)", ["plants", "best", "unit", "change", ""], rows)
    say(f"Order: {answer.order_method}.")
    for note in answer.notes:
        say(note)
    say(engine.gaps_sentence(stored.study))
    say(f"Map: {folder / 'portfolio.html'}")


def _figure(cell: object) -> float:
    return float(cell) if isinstance(cell, int | float) else math.nan


def _signed(cell: object) -> str:
    return f"{cell:+.1f}" if isinstance(cell, int | float) else ""


def _curve_word(row: dict[str, Any]) -> str:
    return str(row["reason"]) if row["reason"] else "" if row["proven"] == "yes" else "not proven"
