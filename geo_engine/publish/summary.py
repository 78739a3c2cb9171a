"""Words for terminals and heads of pages: the best areas as a table, and what was not tested as a sentence."""

from __future__ import annotations

from geo_engine.model import Result, Study

__all__ = ["best_table", "gaps_sentence", "inside_sentence", "near_miss_sentence", "untested"]


def best_table(result: Result, count: int = 10) -> list[dict[str, str]]:
    """Give the best areas as rows of text, best first.

    Parameters
    ----------
    result : Result
        One region of one study.
    count : int
        How many rows at most.

    Returns
    -------
    list of dict
        Columns ``rank``, ``tier``, ``likely``, ``place``, ``region``, ``grid reference`` (only where the study's CRS has such), ``score``,
        ``strongest``, ``weakest``. Criteria are given by their labels, so that a row fits a terminal. A tied rank is marked with ``=``;
        ``likely`` is the interval of 90 % of the draws. Both it and the tier are blank where nothing was drawn. ``ready`` is the overall
        mark, where the study asks for marks.
    """
    sites = result.ranking.sites[:count]
    references = any(site.grid_ref for site in sites)
    label = {criterion.slug: criterion.label for criterion in result.study.criteria}
    marks = [{"ready": found.overall.word} for found in result.ranking.readiness[:count]]
    rows = [
        {
            "rank": f"{site.rank}{'=' if site.tied else ''}",
            "tier": site.tier,
            "likely": f"{site.rank_p05}-{site.rank_p95}" if site.rank_p05 and site.rank_p95 else "",
            "place": site.name,
            "region": site.region,
            **({"grid reference": site.grid_ref} if references else {}),
            "score": f"{site.score:.1f}",
            "strongest": "; ".join(label[part.slug] for part in site.strongest(2)),
            "weakest": label[site.weakest().slug] if site.contributions else "",
        }
        for site in sites
    ]
    return [row | mark for row, mark in zip(rows, marks, strict=True)] if marks else rows


def untested(study: Study) -> tuple[str, ...]:
    """Name what matters and was not tested: declared gaps first, then what the study names without weight, each once.

    A name counts once whatever its case, so that a gap and a line of the study do not repeat each other.
    """
    titles = [gap.title for gap in study.gaps] + [item.name for item in study.not_assessed]
    first: dict[str, str] = {}
    for title in titles:
        first.setdefault(title.casefold(), title)
    return tuple(first.values())


def gaps_sentence(study: Study, most: int | None = None) -> str:
    """Say in one sentence what was not tested; empty where nothing is declared.

    Parameters
    ----------
    study : Study
        Whose gaps are told.
    most : int, optional
        Name no more than so many, and count the others: for heads of pages that give the whole list elsewhere.

    Returns
    -------
    str
        Such as ``"Not tested: flood zones, slope, green belt, ownership."``
    """
    titles = [inside_sentence(title) for title in untested(study)]
    if not titles:
        return ""
    if most is not None and len(titles) > most:
        return f"Not tested: {', '.join(titles[:most])} and {len(titles) - most} more."
    return f"Not tested: {', '.join(titles)}."


def near_miss_sentence(result: Result) -> str:
    """Say in one sentence how much land each rule alone keeps from being free; empty where none does.

    Returns
    -------
    str
        Such as ``"Near misses: 1,200 ha fail only 'National parks' (best area there 61.2, rank 3)."``
    """
    said = []
    for miss in result.near_misses:
        if miss.hectares > 0:
            best = miss.areas[0] if miss.areas else None
            there = f" (best {result.study.sites.one} there {best.score:.1f}, rank {best.rank})" if best else ""
            said.append(f"{miss.hectares:,.0f} ha fail only '{miss.rule}'{there}")
    return f"Near misses: {'; '.join(said)}." if said else ""


def inside_sentence(title: str) -> str:
    """Lower the first letter unless the word is in capitals, or begins a name as in National Landscapes."""
    first_word, _, rest = title.partition(" ")
    plain = first_word[1:] == first_word[1:].lower() and rest[:1] == rest[:1].lower()
    return title[:1].lower() + title[1:] if plain else title
