"""The verb that asks a run how its ranking hangs on its inputs."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any, Literal

import click

from geo_engine.cli.console import AS_JSON, ERR, RUN, engine, head, number, print_json, say, table, verb
from geo_engine.cli.verbs import main
from geo_engine.units import parse_quantity

__all__ = ["sensitivity"]

_METHODS_THAT_COMPARE = ("own", "topsis_vector", "topsis_minmax", "vikor", "promethee_ii")  # others judge each site by itself
_SHOWN = 2  # examples of a reversal


class _Share(click.ParamType[float]):
    """An option that is a share above 0 and below 1, as in "25 %"."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - click's own signature
        try:
            share = parse_quantity(value, "share")
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if not 0 < share < 1:
            self.fail(f"'{value}' is not above 0 and below 100 %", param, ctx)
        return share


@main.command()
@RUN
@click.option("--site", default="1", metavar="RANK|ID|NAME", help="The area whose score and rank are followed; the first by default.")
@click.option("--by", "weights_by", type=_Share(), default="25 %", show_default=True, help="How far each weight moves, as a share of it.")
@click.option(
    "--thresholds-by", type=_Share(), default="10 %", show_default=True, help="How far each threshold moves, as a share of the span."
)
@click.option("--variance", type=click.Choice(["sobol", "morris"]), default=None, help="Tell which weights the spread comes from.")
@click.option("--of", type=click.Choice(["margin", "rank", "score"]), default="margin", show_default=True, help="Spread of what.")
@click.option("--add", type=click.Path(path_type=Path), default=None, help="Rivals that may come, a file as for 'score': rank reversal.")
@AS_JSON
@verb
def sensitivity(
    run: Path,
    site: str,
    weights_by: float,
    thresholds_by: float,
    variance: Literal["sobol", "morris"] | None,
    of: Literal["margin", "rank", "score"],
    add: Path | None,
    as_json: bool,  # noqa: FBT001 - click flag
) -> None:
    """Tell what each input of RUN does to its ranking, one moved at a time.

    Weights move down and up while the others keep their proportions, thresholds of value functions likewise, and each criterion is
    left out in turn. Areas come and go to see whether others change places (rank reversal). All this is among the areas that the run found.

    \b
      geo-engine sensitivity outputs/gigafactory/great-britain --site 3
      geo-engine sensitivity outputs/gigafactory/great-britain --variance sobol --of rank
    """  # noqa: D301 - click takes the control character itself for "do not wrap"
    rivals: tuple[engine.Answer, ...] = ()
    if add is not None:
        with engine.reporter_for(ERR, quiet=as_json) as reporter:
            stored = engine.open_run(run, reporter, workers=engine.default_workers())
        for name in stored.changed:
            say(f"Warning: {name} has changed since the run; run the study again.", ERR)
        rivals = engine.ask_file(stored, add)
    answer = engine.ask_sensitivity(run, site, weights_by=weights_by, thresholds_by=thresholds_by, variance=variance, of=of, rivals=rivals)
    if as_json:
        print_json(answer, Path.cwd())
        return
    head(f"{answer.site.name}: score {number(answer.site.score)}, rank {answer.site.rank} of {answer.sites} areas")
    _show_moves(answer)
    _show_left_out(answer)
    _show_leading(answer)
    _show_reversals(answer, with_rivals=add is not None)
    if answer.variance is not None:
        _show_variance(answer.variance)


def _show_moves(answer: engine.SensitivityAnswer) -> None:
    """Show the tornado: pairs of moves, the longest bar first; those that move nothing are named."""
    moves = [move for move in answer.moves if move.input != "left out"]
    pairs = [tuple(pair) for _, pair in groupby(moves, key=lambda move: (move.slug, move.input))]
    still = [down for down, up in pairs if down.input != "weight" and _moves_nothing(answer, down) and _moves_nothing(answer, up)]
    columns = ["criterion", "input", "is", "down, up", "score", "rank", "ten best that stay", "first then"]
    for title, of_weights in (
        (f"Each weight moved by {100 * answer.weights_by:.4g} % of itself down and up, the others in proportion", True),
        (f"Each threshold moved by {100 * answer.thresholds_by:.4g} % of the span down and up", False),
    ):
        chosen = [(down, up) for down, up in pairs if (down.input == "weight") == of_weights and down not in still]
        chosen.sort(key=lambda pair: -abs(pair[1].site.score - pair[0].site.score))
        rows = [
            [
                down.criterion,
                down.input,
                _amount(down.before, down),
                f"{_amount(down.after, down)}, {_amount(up.after, up)}",
                f"{down.site.score:.2f}, {up.site.score:.2f}",
                f"{down.site.rank}, {up.site.rank}",
                f"{down.ten_best_kept}, {up.ten_best_kept}",
                down.first_name if down.first_id == up.first_id else f"{down.first_name}; {up.first_name}",
            ]
            for down, up in chosen
        ]
        if rows:
            table(title, columns, rows)
    if still:
        named = "; ".join(f"{criterion}: {', '.join(each.input for each in of)}" for criterion, of in groupby(still, lambda m: m.criterion))
        say(f"Thresholds that move neither its score nor the ten best: {named}.")


def _moves_nothing(answer: engine.SensitivityAnswer, move: engine.InputMoved) -> bool:
    same_score = f"{move.site.score:.2f}" == f"{answer.site.score:.2f}"
    now = [one.rank for one in answer.leading]
    return same_score and move.site.rank == answer.site.rank and [one.rank for one in move.leading] == now


def _amount(value: float, move: engine.InputMoved) -> str:
    return f"{value:.1%}" if move.input in {"weight", "left out"} else f"{value:,.6g} {move.unit}".rstrip()


def _show_left_out(answer: engine.SensitivityAnswer) -> None:
    rows = [
        [
            move.criterion,
            _amount(move.before, move),
            f"{move.site.score:.2f}",
            str(move.site.rank),
            str(move.ten_best_kept),
            number(move.kendall_tau, 2),
            move.first_name,
        ]
        for move in answer.moves
        if move.input == "left out"
    ]
    columns = ["criterion", "weight", "score", "rank", "ten best that stay", "Kendall's tau", "first then"]
    table("Each criterion left out, the others in proportion (tau: 1 no two areas change places, 0 as if shuffled)", columns, rows)


def _show_leading(answer: engine.SensitivityAnswer) -> None:
    """Show how far the ten best move, by kind of input."""
    kinds = {"weights": "weight", "thresholds": "", "one left out": "left out"}
    rows = []
    for place, leader in enumerate(answer.moves[0].leading) if answer.moves else ():
        cells = []
        for kind in kinds.values():
            there = [move.leading[place] for move in answer.moves if (move.input == kind if kind else move.input not in kinds.values())]
            cells += [_span([f"{one.score:.1f}" for one in there]), _span([one.rank for one in there])]
        rows.append([leader.name, *cells])
    columns = ["area", *(f"{kind}: {what}" for kind in kinds for what in ("score", "rank"))]
    table("The ten best: from the least to the greatest of all moves", columns, rows)


def _span(values: list[Any]) -> str:
    if not values:
        return "-"
    least, most = min(values, key=float), max(values, key=float)
    return f"{least}" if least == most else f"{least} to {most}"


def _show_reversals(answer: engine.SensitivityAnswer, *, with_rivals: bool) -> None:
    """Show how many pairs of areas change places, by method, where one comes or goes."""
    kinds = ("removed", "copied", "added") if with_rivals else ("removed", "copied")
    said = {"removed": "without one area", "copied": "with a copy of one", "added": "with a rival"}
    rows = []
    for each in answer.reversals:
        if each.method not in _METHODS_THAT_COMPARE:
            continue
        turned = {kind: getattr(each, kind) for kind in kinds}
        examples = [(said[kind].split()[0], turn) for kind in kinds for turn in turned[kind][:1]]
        row = [each.method, *(f"{len(turns)} by {len({turn.cause for turn in turns})}" if turns else "none" for turns in turned.values())]
        rows.append([*row, "; ".join(f"{word} {turn.cause}: {turn.worse} passes {turn.better}" for word, turn in examples[:_SHOWN])])
    title = f"Rank reversal among the {answer.judged} best: pairs that change places, and by how many areas that come or go"
    table(title, ["method", *(said[kind] for kind in kinds), "for example"], rows)
    say("'own' is the study's method. Sums, products, ordered averages and fuzzy operators judge each area by itself and turn no pair.")


def _show_variance(found: engine.Variance) -> None:
    """Show shares of variance, or elementary effects."""
    rows = []
    for each in found.effects:
        drawn = f"{each.low:.1%} to {each.high:.1%}"
        if found.method == "sobol":
            pairs = ((each.first, each.first_error), (each.total, each.total_error))
            rows.append([each.criterion, drawn, *(f"{value:.3f} ± {error:.3f}" for value, error in pairs)])
        else:
            rows.append([each.criterion, drawn, f"{each.mean:.3f}", f"{each.spread:.3f}"])
    if found.method == "sobol":
        columns = ["criterion", "relative weight", "alone (first order)", "with others (total order)"]
        table(f"Sobol: share of the spread of the {found.answer} that comes from each weight, with 95 % intervals", columns, rows)
    else:
        columns = ["criterion", "relative weight", "mean size (mu*)", "standard deviation"]
        table(f"Morris: what each weight does to the {found.answer} over its range", columns, rows)
