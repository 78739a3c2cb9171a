"""The page about Python, and the notebooks: every example is run."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))


def execute(notebook: Any, folder: Path) -> Any:  # noqa: ANN401 - nbformat has no types
    """Run every cell in a kernel of its own."""
    return NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()


def test_the_examples_of_the_page_do_what_they_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = doctest.testfile(str(ROOT / "docs" / "python.md"), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert found.attempted > 30
    assert found.failed == 0


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_kept_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.outputs for cell in code] == [[]] * len(code)
    assert {cell.execution_count for cell in code} == {None}


def test_there_are_notebooks() -> None:
    assert {path.name for path in NOTEBOOKS} >= {"first_run.ipynb", "own_question.ipynb"}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the Jupyter client's own
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs_from_top_to_bottom_and_says_no_warning(path: Path) -> None:
    done = execute(nbformat.read(path, as_version=4), path.parent)
    said = [output for cell in done.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output.text for output in said if output.output_type == "stream" and output.name == "stderr"] == []
    shown = "".join(output.data.get("text/html", "") for output in said if "data" in output)
    assert shown.count('<div class="geo-engine-card">') >= 4
    assert sum("image/png" in output.get("data", {}) for output in said) >= 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the Jupyter client's own
def test_a_notebook_shows_faults_in_lines_and_no_traceback(tmp_path: Path) -> None:
    cells = [
        "import geo_engine as ge\nstudy = ge.new_workspace('ws')",
        "study.with_weights({'gird': 1, 'choise': 2}, 'slip')",
        "run = study.run(cell='1 km')",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.cells[1].metadata["tags"] = ["raises-exception"]
    done = execute(notebook, tmp_path)
    [error] = done.cells[1].outputs
    assert error.ename == "StudyError"
    assert len(error.traceback) == 2, "a line a fault"
    assert "Did you mean 'grid'?" in error.traceback[0]
    assert "Did you mean 'choice'?" in error.traceback[1]
    assert "File" not in "".join(error.traceback)
    [line] = done.cells[2].outputs
    assert line.data["text/plain"].startswith("Done in ")
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        execute(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")]), tmp_path)
