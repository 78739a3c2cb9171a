"""Read profiles, ``studies/profiles/NAME.toml``: how a vehicle moves and what that costs."""

from __future__ import annotations

from pathlib import Path

from geo_engine.errors import Fault
from geo_engine.model import Profile
from geo_engine.workspace import schema
from geo_engine.workspace.toml_file import read_toml

__all__ = ["read_profile"]


def read_profile(folder: Path, name: str, faults: list[Fault]) -> Profile | None:
    """Read a profile.

    Parameters
    ----------
    folder : Path
        ``studies/profiles``.
    name : str
        Of the file, without its ending.
    faults : list of Fault
        What is wrong with it is added.

    Returns
    -------
    Profile or None
        None where something is wrong.
    """
    file, wrong = read_toml(folder / f"{name}.toml", f"studies/profiles/{name}.toml")
    faults.extend(wrong)
    table = None if wrong else schema.check(schema.ProfileTable, file, (), faults)
    return None if table is None else _profile(name, table)


def _profile(name: str, table: schema.ProfileTable) -> Profile:
    off, money = table.off_network, table.cost
    sources = (*table.sources, *([off.source] if off.source else []), *([money.source] if money else []))
    return Profile(
        name,
        table.title,
        table.speeds,
        frozenset(table.entered_at_ends),
        off.speed,
        off.detour,
        off.limit,
        sources,
        speed_factor=table.speed_factor,
        top_speed=table.top_speed,
        closed={column: frozenset(words) for column, words in table.closed.items()},
        cost_per_metre=money.per_km / 1000.0 if money else 0.0,
        cost_per_second=money.per_hour / 3600.0 if money else 0.0,
        currency=money.currency if money else "",
    )
