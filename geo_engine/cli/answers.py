"""Tables and sentences of long answers: what would change a rank, where known sites fall, where time went."""

from __future__ import annotations

import math

from geo_engine.cli.console import engine, number, percentile, say, table
from geo_engine.units import format_quantity

__all__ = ["MARKS", "show_back_test", "show_change", "show_profile", "show_readiness", "show_rivals", "show_sureness"]

MARKS = {"red": "bold red", "amber": "yellow", "green": "green", "grey": "dim"}


def show_sureness(sure: engine.Sureness) -> None:
    """Say tier and rank interval, and how many others a site cannot be separated from."""
    if sure.note:
        say(f"Tier and rank interval: {sure.note}.")
        return
    ranks = f"rank {sure.rank_p05}" if sure.rank_p05 == sure.rank_p95 else f"ranks {sure.rank_p05} to {sure.rank_p95}"
    said = f"Tier {sure.tier}: {ranks} in 90 % of {sure.draws:,} draws of weights and data."
    if sure.not_separated == 0:
        say(f"{said} No other interval overlaps with its own.")
        return
    others = "one other" if sure.not_separated == 1 else f"{sure.not_separated} others"
    of = f"rank {sure.best_of_them}" if sure.best_of_them == sure.worst_of_them else f"ranks {sure.best_of_them} to {sure.worst_of_them}"
    say(f"{said} It cannot be separated from {others} ({of}), whose intervals overlap with its own.")


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


def show_readiness(answer: engine.Answer) -> None:
    """Show what is there of each need, the marks, and what is to be done with indicative figures; declared gaps in one line."""
    if answer.needs:
        columns = ["need", "wanted", "there", "state", "short by", "told by"]
        rows = []
        for need in answer.needs:
            short = format_quantity(need.short_by, need.unit) if need.state == "short" else ""
            told = "; ".join(text for text in (need.feature, need.layer, need.remark) if text)
            wanted, there = (format_quantity(value, need.unit) for value in (need.wanted, need.there))
            rows.append([need.need, wanted, there, need.state, short, told])
        table("Needs against what is there", columns, rows)
    if answer.readiness is None:
        return
    marks = answer.readiness.marks
    rows = [[m.subject, m.mark.word, "yes" if m.required else "no", m.why, m.threshold] for m in marks if not m.gap]
    table(f"Readiness: {answer.readiness.said}", ["subject", "mark", "required", "why", "threshold"], rows, MARKS)
    for required, title in ((True, "Not tested and required (grey)"), (False, "Not tested, not required (grey)")):
        if gaps := [m.subject for m in marks if m.gap and m.required is required]:
            say(f"{title}: {'; '.join(gaps)}.")
    done = [row for row in answer.missing if row["source"]]
    columns = ["subject", "mark", "action", "cost", "lead time, months", "source"]
    rows = [
        [
            *(str(row[key]) for key in ("subject", "mark", "action")),
            _span(row["cost_low"], row["cost_high"], row["cost_unit"]),
            _span(row["lead_months_low"], row["lead_months_high"], None),
            f"{row['source']} ({row['year']})" if row["year"] else str(row["source"]),
        ]
        for row in done
    ]
    if rows:
        table("What is missing (indicative; no figure: none was found)", columns, rows, MARKS)


def _span(low: object, high: object, unit: object) -> str:
    if not isinstance(low, float | int) or not isinstance(high, float | int):
        return "no figure"
    return (f"{low:g} to {high:g}" if low != high else f"{low:g}") + (f" {unit}" if unit else "")


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
            f"Over {draws.draws:,} draws of weights ({draws.weights}): median of medians {number(draws.median_of_medians)}, "
            f"5 to 95 % {number(draws.low)} to {number(draws.high)}; with the study's weights {number(draws.as_it_is)} ({sampled})."
        )
    for dropped in test.dropped:
        say(
            f"Without layer '{dropped.layer}', which has features within 2 km of {len(dropped.near)} of the sites: "
            f"median percentile {number(dropped.median_percentile)}."
        )


def show_profile(profile: engine.Profile) -> None:
    """Show what each stage took, and each measure of a criterion or a rule."""
    rows = [
        [
            each.stage,
            f"{each.seconds:.2f}",
            f"{each.cpu_seconds:.2f}",
            "" if each.cells_a_second is None else f"{each.cells_a_second / 1e6:.1f}",
            *("" if size is None else f"{size / 1e6:,.1f}" for size in (each.read_bytes, each.written_bytes)),
            "" if each.peak_bytes is None else f"{each.peak_bytes / 1e6:,.0f}",
        ]
        for each in profile.stages
    ]
    totals = (f"{sum(each.seconds for each in profile.stages):.2f}", f"{sum(each.cpu_seconds for each in profile.stages):.2f}")
    rows.append(["Sum (imports are not in it)", *totals, "", "", "", ""])
    columns = ["stage", "seconds", "CPU seconds", "million cells a second", "MB read", "MB written", "peak MB"]
    table("Where the time went", columns, rows)
    rows = [
        [
            each.name,
            f"{each.thread_seconds:.2f}",
            f"{each.places:,}",
            f"{each.places / each.thread_seconds / 1e6:.1f}" if each.thread_seconds else "",
        ]
        for each in profile.measures
    ]
    table("Measures and rules, all threads together", ["criterion or rule", "seconds", "places", "million a second"], rows)
