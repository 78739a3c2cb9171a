"""One page in plain English: where, why, how sure, what would change it, what is missing."""

from __future__ import annotations

from geo_engine.publish.report.figures import overview_share, overview_svg
from geo_engine.publish.report.filed import Filed, Row, figure_of
from geo_engine.publish.report.phrases import area_said, count_said, listed, number, ranks_said, share_said, sure_word
from geo_engine.publish.report.tree import Figure, Items, Link, Note, Paragraph, Part, Section
from geo_engine.publish.summary import inside_sentence, untested

__all__ = ["summary"]

_NAMED = 5  # of the best, and of gaps
_STRONG = 3
_GOOD = 0.7  # of all that a criterion can add: below, it is no reason why


def summary(filed: Filed) -> Section:
    """Write the summary; where no area was found it says so, and what comes nearest."""
    land, free = (float(filed.record["hectares"][name]) for name in ("land", "free"))
    noun = filed.study.sites.noun
    capacity = f"{filed.study.facility.capacity:g} {filed.study.facility.unit}"
    asked = f"A facility of {capacity} looks for {filed.study.sites.area / 1e4:,.4g} ha in {filed.region_title}."
    opened = f"{asked} Of {area_said(land)} of land, {share_said(free / land)} passes every rule that was tested."
    gaps = untested(filed.study)
    missing = (
        f"{count_said(len(gaps), 'subject').capitalize()} that matter here were not tested, among them "
        f"{listed([inside_sentence(g) for g in gaps[:_NAMED]])}. "
        "Any of them may rule a place out."
        if gaps
        else "The study declares no gap. That is a statement of its author, and not a finding."
    )
    if not filed.sites:
        head = f"No {'site passes' if filed.study.sites.candidates else 'area of search was found'}. {opened}"
        parts: list[Part] = [Note(head), Paragraph(_nearest(filed)), Section("What is missing", (Paragraph(missing),))]
        return Section("Summary", (*parts, _overview(filed)))
    best = filed.sites[0]
    return Section(
        "Summary",
        (
            Paragraph(opened),
            Section("Where", (Paragraph(_where(filed, best, noun)),)),
            Section("Why there", (Items(_why(filed, best)),)),
            Section("How sure", (Items(_how_sure(filed, best)),)),
            Section("What would change it", (Items(_change(filed, best)),)),
            Section("What is missing", (Paragraph(missing), *_readiness(best))),
            Note(f"A score is the match to the weights of the study, from 0 to 100. It is no chance of success, and {_no_offer(filed)}."),
            _overview(filed),
            Link("The interactive map of this run", "map.html"),
        ),
    )


def _no_offer(filed: Filed) -> str:
    if filed.study.sites.candidates:
        return "a plot that passes is no offer: nobody has asked its owner"
    return "an area of search is no site: nobody has asked for this land"


def _where(filed: Filed, best: Row, noun: str) -> str:
    scores = [figure_of(row, "score") for row in filed.sites]
    of_all = "The only one found" if len(scores) == 1 else f"The best of {len(scores)} {noun}"
    first = f"{of_all} is {best['name']} ({best['grid_ref'] or best['site_id']}), with a score of {number(scores[0])} of 100."
    if len(scores) == 1:
        return first
    others = [f"{row['name']} ({number(figure_of(row, 'score'))})" for row in filed.sites[1:_NAMED]]
    return f"{first} Next come {listed(others)}. The last one scores {number(scores[-1])}."


def _why(filed: Filed, best: Row) -> tuple[str, ...]:
    weights = dict(zip((c.slug for c in filed.study.criteria), filed.study.weights, strict=True))
    points = {c: figure_of(best, f"{c.slug}_contribution") for c in filed.study.criteria}
    known = [c for c in points if points[c] == points[c]]
    full = [c for c in known if points[c] >= _GOOD * 100 * weights[c.slug]]
    gains = sorted(full, key=lambda c: -points[c])[:_STRONG]
    loss = max(known, key=lambda c: 100 * weights[c.slug] - points[c])
    said = [f"{c.name}: {number(points[c])} of {number(100 * weights[c.slug])} points." for c in gains]
    return (*said, f"It loses most on '{loss.name}': {number(points[loss])} of {number(100 * weights[loss.slug])} points.")


def _how_sure(filed: Filed, best: Row) -> tuple[str, ...]:
    drawn = filed.of_site("acceptability", best["site_id"])
    if not drawn:
        return ("Nothing was drawn, so nothing can be said of how sure the ranking is.",)
    share = figure_of(drawn[0], "first")
    draws = int(filed.record["robustness"]["draws"])
    rivals = [row["name"] for row in filed.sites[1:] if row["rank_p05"] and int(row["rank_p05"]) <= int(best["rank_p95"])]
    told = [
        (
            f"It is first {sure_word(share)}: in {share_said(share)} of {draws:,} draws of weights and data; "
            f"in nine draws of ten its rank {'is' if best['rank_p05'] == best['rank_p95'] else 'lies in the interval'} "
            f"{ranks_said(best['rank_p05'], best['rank_p95'])}."
        ),
        f"It cannot be told apart from {listed(rivals, most=_NAMED)}: their rank intervals overlap with its own."
        if rivals
        else "No other rank interval overlaps with its own.",
    ]
    tiers = {tier: sum(row["tier"] == tier for row in filed.sites) for tier in "ABC"}
    shared = [f"{count} in tier {tier}" for tier, count in tiers.items() if count]
    told.append(f"Of the {len(filed.sites)} that were ranked, {listed(shared)}." if shared else "No tiers were drawn.")
    return tuple(told)


def _change(filed: Filed, best: Row) -> tuple[str, ...]:
    names = {criterion.slug: criterion.name for criterion in filed.study.criteria}
    takes = [row for row in filed.rows("sensitivity") if row["first_site_id"] != best["site_id"]]
    moves = filed.rows("sensitivity")
    if not moves:
        return ("No input was moved.",)
    said = [f"{len(takes) or 'None'} of {len(moves)} single moves of an input put{'s' if len(takes) < 2 else ''} another one first."]  # noqa: PLR2004
    shown: dict[tuple[str, str], Row] = {}
    for row in takes:
        shown.setdefault((row["criterion"], row["input"]), row)
    for row in list(shown.values())[:_STRONG]:
        what = (
            "is left out"
            if row["input"] == "left out"
            else f"has its {row['input']} moved from {row['before']} to {row['after']} {row['unit']}".rstrip()
        )
        said.append(f"If '{names.get(row['criterion'], row['criterion'])}' {what}, {row['first_name']} is first.")
    for key, rows in filed.scenarios.items():
        said.append(
            f"In the scenario '{filed.study.scenarios[key].title}' {rows[0]['name']} is first, with {number(figure_of(rows[0], 'score'))}."
        )
    return tuple(said)


def _readiness(best: Row) -> tuple[Paragraph, ...]:
    if not best.get("readiness"):
        return ()
    count = int(best["readiness_untested"])
    return (
        Paragraph(
            f"The best one is marked {best['readiness']} for readiness: {count_said(count, 'subject')} of its sheet were not tested."
        ),
    )


def _nearest(filed: Filed) -> str:
    misses = filed.rows("near_misses")
    if not misses:
        return "No rule by itself keeps land out, so there is no single rule to relax."
    best = max(misses, key=lambda row: (figure_of(row, "score") if row["score"] else -1.0, figure_of(row, "hectares")))
    land = f"{number(figure_of(best, 'hectares'), 0)} ha"
    if not best["score"]:
        return f"The rule '{best['rule']}' alone keeps {land} out, yet no {filed.one} of the size would be found there without it."
    return (
        f"What comes nearest: without the rule '{best['rule']}', which alone keeps {land} out, "
        f"{best['name']} would be found, with a score of {number(figure_of(best, 'score'))}."
    )


def _overview(filed: Filed) -> Figure:
    best = [f"{row['rank']} {row['name']}" for row in filed.sites[:_NAMED]]
    told = f"Numbered by rank: {listed(best)}." if best else "No area is marked, since none was found."
    return Figure(
        f"{filed.region_title}: score of the land, land that rules keep out, and what was ranked",
        f"Map of {filed.region_title}. Darker land scores higher, grey land is kept out by a rule. {told}",
        overview_svg(filed),
        overview_share(filed),
    )
