"""What a plug-in's function takes and gives, read from its text or from the function, and what is wrong with that."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from geo_engine.errors import Fault

__all__ = ["Parameter", "Signature", "from_function", "from_source"]

_TAKES = "eastings, northings, and features or raster; then * and parameters of one's own"
_FIRST = ("eastings", "northings")
_THIRD = ("features", "raster")
_KINDS: Mapping[str, type] = {"float": float, "int": int, "str": str, "bool": bool}
# What is certainly no array and no table; any other word may be a name for one.
_NO_ARRAY = frozenset({"float", "int", "str", "bool", "bytes", "list", "tuple", "dict", "set", "None", "complex"})
_REMEDY = "see docs/plugins.md"
_HOW: Mapping[Any, str] = {
    inspect.Parameter.KEYWORD_ONLY: "by name",
    inspect.Parameter.VAR_POSITIONAL: "the rest",
    inspect.Parameter.VAR_KEYWORD: "the rest",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a study may hand to a plug-in by name.

    Parameters
    ----------
    kind : type
        float, int, str or bool.
    required : bool
        Whether the function has no default for it.
    """

    kind: type
    required: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """A measure as a plug-in declares it.

    Parameters
    ----------
    function : str
        Its name.
    line : int
        Where it begins in its file.
    unit : str
        Of what it gives.
    raster : bool
        Whether it takes a raster instead of features.
    parameters : mapping of str to Parameter
        By name.
    """

    function: str
    line: int
    unit: str
    raster: bool
    parameters: Mapping[str, Parameter]


@dataclass(frozen=True, slots=True)
class _Argument:
    name: str
    how: str  # 'by place', 'by name', 'the rest'
    annotation: str
    required: bool


def from_source(source: bytes, label: str) -> Signature | list[Fault]:
    """Read the one measure that a file declares, without running any of it.

    Parameters
    ----------
    source : bytes
        Of the file.
    label : str
        How to name it in faults: ``layers/NAME.py``.

    Returns
    -------
    Signature or list of Fault
        Everything that is wrong, with its line.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return [Fault(f"{label}:{error.lineno or 1}", f"is not Python: {error.msg}", remedy="mend the line")]
    except (ValueError, RecursionError, MemoryError) as error:  # bytes that are no text, or brackets without end
        return [Fault(label, f"is not Python: {error or type(error).__name__}")]
    names, modules = _imported(tree)
    found = [(node, call) for node in tree.body for call in _decorations(node, names, modules)]
    if not found:
        remedy = f"write 'from geo_engine.plugins import measure' and '@measure(unit=\"m\")' above a function; {_REMEDY}"
        return [Fault(label, "has no function that is a measure", remedy=remedy)]
    if len(found) > 1:
        both = ", ".join(str(getattr(node, "name", "")) for node, _ in found)
        return [Fault(f"{label}:{found[1][0].lineno}", "has more than one measure", both, "one measure a file", "split the file")]
    node, call = found[0]
    place = f"{label}:{node.lineno} {getattr(node, 'name', '')}"
    if not isinstance(node, ast.FunctionDef):
        return [Fault(place, "is not a plain function", allowed=f"def NAME({_TAKES})", remedy=_REMEDY)]
    unit, faults = _unit(call, place)
    arguments = list(_arguments(node.args))
    signature, wrong = _judged(node.name, node.lineno, unit, arguments, _text(node.returns), place)
    return [*faults, *wrong] if faults or wrong else signature


def from_function(function: Callable[..., Any], unit: object, label: str) -> Signature | list[Fault]:
    """Read a measure from its function, for plug-ins that are installed; the same faults as of a file."""
    name = getattr(function, "__name__", "function")
    place = f"{label} {name}"
    try:
        taken = inspect.signature(function)
    except (TypeError, ValueError):
        return [Fault(place, "is no function with a signature", allowed=f"def NAME({_TAKES})", remedy=_REMEDY)]
    if not (isinstance(unit, str) and unit.strip()):
        return [Fault(place, "its unit is not a text", allowed='unit = "m"', remedy=_REMEDY)]
    arguments = [
        _Argument(each.name, _HOW.get(each.kind, "by place"), _word(each.annotation), each.default is inspect.Parameter.empty)
        for each in taken.parameters.values()
    ]
    code = getattr(function, "__code__", None)
    line = int(code.co_firstlineno) if code else 1
    signature, wrong = _judged(name, line, unit, arguments, _word(taken.return_annotation), place)
    return wrong or signature


def _word(annotation: object) -> str:
    if annotation is inspect.Parameter.empty:
        return ""
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


def _imported(tree: ast.Module) -> tuple[set[str], set[str]]:
    """Give the names by which a file calls the decorator, and those by which it calls the module that has it."""
    names, modules = set(), {"geo_engine.plugins"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "geo_engine.plugins":
            names |= {alias.asname or alias.name for alias in node.names if alias.name == "measure"}
        elif isinstance(node, ast.ImportFrom) and node.module == "geo_engine":
            modules |= {alias.asname or alias.name for alias in node.names if alias.name == "plugins"}
        elif isinstance(node, ast.Import):
            modules |= {alias.asname for alias in node.names if alias.name == "geo_engine.plugins" and alias.asname}
    return names, modules


def _decorations(node: ast.stmt, names: set[str], modules: set[str]) -> Iterator[ast.expr]:
    """Yield the decorations of a function or class that make it a measure."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        for decoration in node.decorator_list:
            called = decoration.func if isinstance(decoration, ast.Call) else decoration
            whole = ast.unparse(called)
            if whole in names or whole in {f"{module}.measure" for module in modules}:
                yield decoration


def _unit(decoration: ast.expr, place: str) -> tuple[str, list[Fault]]:
    given = {key.arg: key.value for key in decoration.keywords} if isinstance(decoration, ast.Call) else {}
    unit = given.get("unit")
    if isinstance(unit, ast.Constant) and isinstance(unit.value, str) and unit.value.strip():
        return unit.value, []
    what = "its unit is not written out" if unit is not None else "does not say its unit"
    remedy = "it is read without running the file, so it has to stand there as a text"
    return "", [Fault(place, what, ast.unparse(decoration), '@measure(unit="m")', remedy)]


def _arguments(taken: ast.arguments) -> Iterator[_Argument]:
    placed = [*taken.posonlyargs, *taken.args]
    without = len(placed) - len(taken.defaults)
    for number, each in enumerate(placed):
        yield _Argument(each.arg, "by place", _text(each.annotation), number < without)
    for each, default in zip(taken.kwonlyargs, taken.kw_defaults, strict=True):
        yield _Argument(each.arg, "by name", _text(each.annotation), default is None)
    for rest in (taken.vararg, taken.kwarg):
        if rest is not None:
            yield _Argument(rest.arg, "the rest", "", required=False)


def _text(annotation: ast.expr | None) -> str:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value
    return ast.unparse(annotation) if annotation else ""


def _judged(name: str, line: int, unit: str, arguments: list[_Argument], returns: str, place: str) -> tuple[Signature, list[Fault]]:
    """Hold what a function takes and gives against what a measure takes and gives."""
    faults = []
    placed = [each for each in arguments if each.how == "by place"]
    names = tuple(each.name for each in placed)
    if names not in {(*_FIRST, third) for third in _THIRD}:
        faults.append(Fault(place, "does not take what a measure takes", ", ".join(names) or "nothing", _TAKES, _REMEDY))
    faults += [
        Fault(place, f"'{each.name}' is said to be {each.annotation}", allowed="arrays and a table, or nothing said", remedy=_REMEDY)
        for each in placed
        if _head(each.annotation) in _NO_ARRAY
    ]
    faults += [
        Fault(place, f"takes whatever is given as '{each.name}'", allowed="parameters with their names", remedy=_REMEDY)
        for each in arguments
        if each.how == "the rest"
    ]
    own = [each for each in arguments if each.how == "by name"]
    faults += [
        Fault(place, f"parameter '{each.name}' does not say what it is", each.annotation, ", ".join(_KINDS), f"write '{each.name}: float'")
        for each in own
        if each.annotation not in _KINDS
    ]
    if _head(returns) in _NO_ARRAY:
        faults.append(Fault(place, "is said to give no array", returns, "an array with a number for each place", _REMEDY))
    parameters = {each.name: Parameter(_KINDS[each.annotation], each.required) for each in own if each.annotation in _KINDS}
    return Signature(name, line, unit, names[-1:] == ("raster",), parameters), faults


def _head(annotation: str) -> str:
    return annotation.partition("[")[0].strip()
