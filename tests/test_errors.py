from __future__ import annotations

import pickle

import pytest

from geo_engine.errors import Fault, GeoEngineError, LayerError, NetworkError, RunError, StudyError, nearest_spelling

BRANCHES = [(StudyError, 2, ValueError), (LayerError, 3, ValueError), (NetworkError, 3, ValueError), (RunError, 4, RuntimeError)]
FAULTS = [
    Fault("layers/ports.toml:7", "column 'tonnage' missing", found="name, roro", remedy="did you mean 'tonnage_class'?"),
    Fault("layers/ports.toml:9", "unknown geometry 'point'", allowed="points, lines, polygons"),
    Fault("", "the file ends early"),
]


@pytest.mark.parametrize(("branch", "code", "builtin"), BRANCHES)
def test_each_branch_has_its_exit_code_and_is_caught_by_the_root_and_by_the_builtin(
    branch: type[GeoEngineError], code: int, builtin: type[Exception]
) -> None:
    error = branch("no such thing")
    assert error.exit_code == code
    assert isinstance(error, GeoEngineError)
    assert isinstance(error, builtin)


def test_the_root_alone_is_a_failure() -> None:
    assert GeoEngineError("x").exit_code == 4


@pytest.mark.parametrize(("branch", "code", "builtin"), BRANCHES)
def test_pickling_keeps_the_type_the_text_and_every_fault(branch: type[GeoEngineError], code: int, builtin: type[Exception]) -> None:
    error = branch(FAULTS)
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes, made in this line
    assert type(back) is branch
    assert back.faults == error.faults == tuple(FAULTS)
    assert str(back) == str(error)
    assert back.exit_code == code
    assert isinstance(back, builtin)


def test_all_faults_are_told_a_line_each_in_order() -> None:
    lines = str(LayerError(FAULTS)).splitlines()
    assert lines == [
        "layers/ports.toml:7: column 'tonnage' missing. Found: name, roro. Did you mean 'tonnage_class'?",
        "layers/ports.toml:9: unknown geometry 'point'. Allowed: points, lines, polygons.",
        "the file ends early.",
    ]


def test_a_sentence_and_a_single_fault_are_taken_as_they_are() -> None:
    assert StudyError("the study is empty").faults == (Fault("", "the study is empty"),)
    assert StudyError(FAULTS[0]).faults == (FAULTS[0],)
    assert StudyError(fault for fault in FAULTS).faults == tuple(FAULTS)


@pytest.mark.parametrize("ending", [".", "?", "!"])
def test_a_fault_ends_with_one_mark(ending: str) -> None:
    assert str(Fault("a.toml:1", f"stop{ending}")) == f"a.toml:1: stop{ending}"


@pytest.mark.parametrize(
    ("word", "options", "said"),
    [
        ("liner", ["linear", "step"], "did you mean 'linear'?"),
        ("distance", ["distance", "distances"], "did you mean 'distance'?"),
        ("qqqq", ["linear", "step"], ""),
        ("linear", [], ""),
        ("", ["linear"], ""),
    ],
)
def test_nearest_spelling(word: str, options: list[str], said: str) -> None:
    assert nearest_spelling(word, options) == said
    assert nearest_spelling(word, iter(options)) == said
