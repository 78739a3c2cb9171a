"""What verbs share: the engine, loaded late; options; guarded errors; tables and texts on a terminal."""

from __future__ import annotations

import atexit
import gc
import json
import math
import sys
import unicodedata
from collections.abc import Callable, Mapping
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from geo_engine.errors import GeoEngineError, RunError
from geo_engine.plugins import trusting
from geo_engine.units import parse_quantity

if TYPE_CHECKING:
    from geo_engine import run as engine
else:

    class _Engine:
        """The run room, loaded at the first use: its libraries take seconds, which --help need not wait for."""

        def __getattr__(self, name: str) -> object:
            there = len(sys.modules)
            gc.disable()  # imports leave no garbage, and looking for it takes a tenth of their time
            try:
                return getattr(import_module("geo_engine.run"), name)
            finally:
                if len(sys.modules) > there:
                    gc.freeze()  # nor later, among what they made
                gc.enable()

    engine = _Engine()
    atexit.register(gc.freeze)  # nor is any worth half a second where the process ends

__all__ = [
    "AS_JSON",
    "CACHE",
    "ERR",
    "OUT",
    "RUN",
    "SCENARIO",
    "STUDY",
    "WORKERS",
    "Length",
    "Storage",
    "engine",
    "head",
    "number",
    "percentile",
    "plain_text",
    "print_json",
    "say",
    "table",
    "verb",
]

P = ParamSpec("P")
T = TypeVar("T")
OUT = Console(width=None if sys.stdout.isatty() else 160, emoji=False)  # a pipe or a log has no width of its own
ERR = Console(stderr=True, emoji=False)
STUDY = click.argument("study", type=click.Path(path_type=Path))
RUN = click.argument("run", type=click.Path(path_type=Path))
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
SCENARIO = click.option("--scenario", default=None, help="See the study as one of its [scenarios] does.")
_THREADS = click.option(
    "--workers", type=click.IntRange(1, 256), default=None, help="Threads; as many as cores by default. The answer is the same."
)
_TRUST = click.option(
    "--trust",
    is_flag=True,
    expose_value=False,
    callback=lambda context, _option, given: context.with_resource(trusting()) if given else None,  # until the verb has ended
    help="Run the plug-ins layers/NAME.py that the study measures by: they are programs, so read them first.",
)


def WORKERS(function: Callable[P, T]) -> Callable[P, T]:  # noqa: N802 - an option like the others
    """Add the options of every verb that measures: how many threads, and whether plug-ins may be run."""
    return _THREADS(_TRUST(function))


_SHORT_CELL = 15


class Length(click.ParamType[float]):
    """An option that is a length with its unit; metres inside."""

    name = "length"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - click's own signature
        """Read ``"100 m"``; click is told what is wrong with anything else."""
        try:
            metres = parse_quantity(value, "length")
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if metres <= 0:
            self.fail(f"'{value}' is not a length above 0", param, ctx)
        return metres


class Storage(click.ParamType[float]):
    """An option that is a size of files with its unit; bytes inside, 0 for none."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - click's own signature
        """Read ``"4 GB"``; click is told what is wrong with anything else."""
        try:
            size = 0.0 if value == "0" else parse_quantity(value, "storage")
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if size < 0:
            self.fail(f"'{value}' is less than nothing", param, ctx)
        return size


CACHE = click.option(
    "--cache",
    type=Storage(),
    default=None,
    help='Disk for what slow criteria of large grids were measured as, taken up by runs with other weights: "4 GB" by default, 0 for none.',
)


def verb(function: Callable[P, T]) -> Callable[P, T]:
    """Turn the engine's errors into one clear text and an exit code."""

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except GeoEngineError as error:
            name = type(error).__name__
            for fault in error.faults:
                ERR.print(f"[bold red]{name}[/]: {escape(plain_text(str(fault)))}", highlight=False, soft_wrap=True)
            raise click.exceptions.Exit(error.exit_code) from None
        except (MemoryError, OSError) as error:
            ERR.print(f"[bold red]RunError[/]: {escape(plain_text(str(error)) or type(error).__name__)}", highlight=False, soft_wrap=True)
            raise click.exceptions.Exit(RunError.exit_code) from None
        except KeyboardInterrupt as stop:
            ERR.print(f"Stopped. The last good outputs are left as they were. {stop}".strip(), highlight=False)
            raise click.exceptions.Exit(130) from None

    return guarded


def table(title: str, columns: list[str], rows: list[list[str]], styles: Mapping[str, str] | None = None) -> None:
    """Print a table: columns of figures to the right, long ones wrapped, cells as they are without markup; some words in a style."""
    styles = styles or {}
    table = Table(title=escape(title), title_justify="left", title_style="bold", show_lines=False)
    for place, column in enumerate(columns):
        cells = [len(row[place]) for row in rows]
        words = [len(word) for word in column.split()]
        narrow = max([*cells, *words], default=0)  # a short column keeps its width when the terminal is narrow, a long one wraps
        table.add_column(
            escape(column),
            justify="right" if rows and all(_numeric(row[place]) for row in rows) else "left",
            overflow="fold",
            min_width=narrow if narrow <= _SHORT_CELL else None,
        )
    for row in rows:
        table.add_row(*(Text(plain_text(cell), style=styles.get(cell, "")) for cell in row))  # escape() would double a backslash at the end
    OUT.print(table)


def _numeric(text: str) -> bool:
    return text.replace(".", "").replace(",", "").replace("%", "").replace("=", "").strip().isdigit()


def say(text: str, console: Console = OUT) -> None:
    """Print a text as it is: no markup, no colours of rich's own, no wrapping."""
    console.print(plain_text(text), highlight=False, markup=False, soft_wrap=True)


def head(text: str) -> None:
    """Print a headline."""
    OUT.print(Text(plain_text(text), style="bold"), soft_wrap=True)


def plain_text(text: str) -> str:
    """Take control characters out of a text, so that a name cannot steer the terminal."""
    return "".join(character for character in text if character in "\n\t" or unicodedata.category(character) != "Cc")


def number(value: float, digits: int = 1) -> str:
    """Write a number, a dash where it is not known."""
    return "-" if value != value else f"{value:.{digits}f}"  # noqa: PLR0124 - NaN is not itself


def percentile(value: float) -> str:
    """Write a percentile, rounded down: 99.96 is not better than all."""
    return number(value if math.isnan(value) else math.floor(value * 10) / 10)


def print_json(value: object, base: Path) -> None:
    """Print any noun as JSON, with paths relative to `base`."""
    sys.stdout.write(json.dumps(engine.plain(value, base), indent=1, ensure_ascii=False) + "\n")
