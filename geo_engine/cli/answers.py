"""Tables and sentences of long answers: what would change a rank, where known sites fall."""

from __future__ import annotations

import math

from geo_engine.cli.console import engine, number, percentile, say, table
from geo_engine.units import format_quantity

__all__ = ["show_back_test", "show_change", "show_rivals"]


def show_change(change: engine.Change) -> None:
    """Say what would have to change for another rank."""
    if change.weights is None:
        say(f"What would have to change: {change.note}")
        return
    say(_weights_said(change.weights))
    rows = []
    for value in change.values:
        said = [_threshold_said(each.verdict, each.quantity, value.unit) for each in value.ranks]
        rows.append([value.criterion, format_quantity(value.value, value.unit), *said])
    ranks = [f"rank {each.rank}" for each in change.values[0].ranks]
    table("Value at which it would have the rank, the same all over it and all else being equal", ["criterion", "now", *ranks], rows)


def _weights_said(answer: engine.WeightsAnswer) -> str:
    if not answer.possible:
        return "No weights take the first place from it." if answer.first else "No weights make it first."
    moves = "; ".join(f"'{move.criterion}' {move.before:.2%} to {move.after:.2%}" for move in answer.moves)
    if not moves:
        return f"It shares the first place with {answer.rival}." if answer.rival else "There is no other area to compare it with."
    share = f"{answer.size / 2:.2%} of the weight"  # what some gain the others lose
    if answer.first:
        return f"It keeps the first place until {share} moves, then {answer.rival} takes it: {moves}."
    return f"It would be first, before {answer.rival}, if {share} moved: {moves}."


def _threshold_said(verdict: str, quantity: float, unit: str) -> str:
    if verdict in {"always", "never"}:
        return verdict
    return ("kept to " if verdict == "keep" else "") + format_quantity(quantity, unit)


def show_rivals(rivals: tuple[engine.Rival, ...], sites: int, noun: str) -> None:
    """Show rivals with their rank among the sites, what drops a plot, and the best area about a point."""
    rows = []
    for rival in rivals:
        rank = "" if rival.rank is None else str(rival.rank) if rival.rank <= sites else f"below all {sites}"
        land = "" if rival.kind == "point" else f"{rival.usable_ha:,.4g} of {rival.area_ha:,.4g} ha usable"
        best = rival.best_area
        about = ""
        if best is not None:
            found = "no free area" if math.isnan(best.score) else f"{best.score:.1f} (percentile {percentile(best.percentile)})"
            about = f"{found} within {best.within / 1000:g} km"
        dropped = f" It would be no site: {rival.dropped}." if rival.dropped else ""
        status = rival.status + (f"; {land}" if land else "")
        rows.append([rival.name, number(rival.score), percentile(rival.percentile), rank, about, status, rival.reason + dropped])
    columns = ["name", "score", "percentile", f"rank among the {noun}", "best area about it", "status", "reason"]
    if not any(row[4] for row in rows):
        columns, rows = columns[:4] + columns[5:], [row[:4] + row[5:] for row in rows]
    table("Rivals (a point is judged at its place alone, a plot by its own cells)", columns, rows)


def show_back_test(test: engine.BackTest, *, comparable: bool) -> None:
    """Show where known sites fall, and what that is worth."""
    columns = ["name", "score", "percentile", "best within accuracy", "status"]
    rows = [[s.name, number(s.score), percentile(s.percentile), percentile(s.best_percentile), s.status] for s in test.sites]
    if comparable and test.comparable is not None:
        columns[4:4] = ["of comparable land", "best of comparable"]
        pairs = zip(test.comparable.standing.percentiles, test.comparable.best_percentiles, strict=True)
        for row, pair in zip(rows, pairs, strict=True):
            row[4:4] = [percentile(value) for value in pair]
    table("Known sites (percentile: share of scored land that scores lower)", columns, rows)
    say(f"Median percentile: {number(test.median_percentile)}")
    against = [("All scored land", test.standing)]
    if test.comparable is not None:
        against.append((f"Comparable land ({test.comparable.hectares / 1e2:,.0f} km²)", test.comparable.standing))
    if test.null is not None:
        against.append(("Null model, all scored land", test.null))
    shares = list(test.standing.lift)
    table(
        "How well known sites are told from other land (AUC: 0.5 is chance; lift: 1 is chance)",
        ["against", "median percentile", "AUC", "95 % interval", *(f"lift, best {share} %" for share in shares)],
        [
            [
                name,
                number(standing.median_percentile),
                number(standing.auc, 3),
                f"{standing.auc_interval[0]:.3f} to {standing.auc_interval[1]:.3f}" if standing.auc_interval else "fewer than 10 sites",
                *(number(standing.lift[share]) for share in shares),
            ]
            for name, standing in against
        ],
    )
    draws = test.draws
    if not math.isnan(draws.median_of_medians):
        sampled = f"{draws.places:,} places" + (f", every {draws.step} rows and columns" if draws.step > 1 else ", all of the scored land")
        say(
            f"Over {draws.draws:,} draws of weights, any as likely as any other: median of medians {number(draws.median_of_medians)}, "
            f"5 to 95 % {number(draws.low)} to {number(draws.high)}; with the study's weights {number(draws.as_it_is)} ({sampled})."
        )
    for dropped in test.dropped:
        say(
            f"Without layer '{dropped.layer}', which has features within 2 km of {len(dropped.near)} of the sites: "
            f"median percentile {number(dropped.median_percentile)}."
        )
