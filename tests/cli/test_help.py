"""What --help shows can be typed as it stands."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import click
import pytest

from geo_engine.cli import main


def verbs(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from verbs(command, (*path, name))


def found(path: tuple[str, ...]) -> click.Command:
    command: click.Command = main
    for name in path:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    return command


EXAMPLES = [
    line.strip() for path in [(), *verbs(main)] for line in (found(path).help or "").splitlines() if line.strip().startswith("geo-engine ")
]


def test_the_verbs_that_are_used_most_have_examples() -> None:
    shown = {shlex.split(line)[1] for line in EXAMPLES}
    assert {"new", "run", "check", "plan", "explain", "score", "backtest", "compare", "sensitivity", "report", "layers"} <= shown


@pytest.mark.parametrize("line", EXAMPLES)
def test_an_example_is_understood(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(click.Path, "convert", lambda _self, value, _param, _ctx: value)  # its files need not be here
    words = shlex.split(line)[1:]
    command: click.Command = main
    while isinstance(command, click.Group):
        command = command.commands[words.pop(0)]
    context = command.make_context(line, words)
    assert context.params
