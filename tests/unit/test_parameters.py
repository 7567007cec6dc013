"""Parameters that papermill is given and a report does not have are refused, not passed over."""

from __future__ import annotations

from pathlib import Path

import nbformat
import papermill
import pytest

NOTEBOOK = "notebooks/maalgrupper.ipynb"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"Kommune": "Rudersdal"}, "mente du 'kommune'?"),
        ({"kommune": 230}, "-r kommune 230"),
        ({"kommune": "Rudesdal"}, "mente du 'Rudersdal'?"),
        ({"kommune": "Rudersdal", "aar": 2021}, ""),
    ],
)
def test_a_wrong_parameter_is_refused(
    root: Path, tmp_path: Path, given: dict[str, object], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BESKPLAN_ROOT", str(root))
    notebook = nbformat.read(root / NOTEBOOK, as_version=4)
    notebook.cells = notebook.cells[:3]
    nbformat.write(notebook, tmp_path / "in.ipynb")
    result = ""
    try:
        papermill.execute_notebook(
            tmp_path / "in.ipynb", tmp_path / "out.ipynb", given, progress_bar=False
        )
    except papermill.PapermillExecutionError as error:
        result = str(error)
    assert said in result
    assert bool(said) == bool(result)
