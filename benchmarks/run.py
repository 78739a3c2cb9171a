"""Run the benchmarks: print a line a figure and keep the table in docs/performance.md.

Usage: python -m benchmarks.run [SUBJECT ...] [--write], of the subjects below; all of them by default
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from benchmarks import (
    bandwidth,
    cluster,
    distance,
    livemap,
    locate,
    network,
    overlay,
    portfolio,
    rank,
    reading,
    robustness,
    scale,
    world,
    world_scale,
)
from benchmarks.figures import Figure, machine, table

SUBJECTS = {
    "rank": rank.figures,
    "distance": distance.figures,
    "bandwidth": bandwidth.figures,
    "overlay": overlay.figures,
    "network": network.figures,
    "reading": reading.figures,
    "robustness": robustness.figures,
    "locate": locate.figures,
    "portfolio": portfolio.figures,
    "livemap": livemap.figures,
    "cluster": cluster.figures,
    "scale": scale.figures,
    "world": world_scale.figures,
}
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def renewed(old: list[str], new: list[str]) -> list[str]:
    """Put the rows of a table in the place of those of another that tell the same (what, and which peer); others come last.

    'The same' is that of the row which it stands under.

    >>> renewed(["| a | 1 s |  |", "| b | 2 s | x |"], ["| c | 3 s |  |", "| b | 5 s | x |"])
    ['| a | 1 s |  |', '| b | 5 s | x |', '| c | 3 s |  |']
    >>> renewed(
    ...     ["| a | 1 s |  |", "| the same | 7 |  |", "| b | 2 s |  |", "| the same | 8 |  |"], ["| b | 3 s |  |", "| the same | 9 |  |"]
    ... )
    ['| a | 1 s |  |', '| the same | 7 |  |', '| b | 3 s |  |', '| the same | 9 |  |']
    """
    fresh = dict(_told(new))
    kept = [fresh.pop(told, row) for told, row in _told(old)]
    return kept + list(fresh.values())


def _told(rows: list[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each row with what it tells."""
    about = ""
    for row in rows:
        cells = [cell.strip() for cell in row.split("|")]
        about = about if cells[1].startswith("the same") else cells[1]
        yield (about, cells[1], cells[3]), row


def main(arguments: list[str]) -> int:
    """Measure what is asked for; return 1 where a bar is missed."""
    write = "--write" in arguments
    wanted = [argument for argument in arguments if not argument.startswith("--")] or list(SUBJECTS)
    unknown = set(wanted) - set(SUBJECTS)
    if unknown:
        sys.stderr.write(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(SUBJECTS)}\n")
        return 2
    print(machine())
    found: list[Figure] = []
    for subject in wanted:
        for figure in SUBJECTS[subject]():
            print(figure.line(), flush=True)
            found.append(figure)
    if write:
        page = world.ROOT / "docs" / "performance.md"
        text = page.read_text(encoding="utf-8")
        head, rest = text.split(BEGIN)
        old, tail = rest.split(END)
        made = table(found).splitlines()
        rows = made if set(wanted) == set(SUBJECTS) else renewed(old.strip().splitlines()[2:], made)
        page.write_text(f"{head}{BEGIN}\n{machine()}\n\n{chr(10).join(rows)}\n{END}{tail}", encoding="utf-8")
    return int(any(figure.met is False for figure in found))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
