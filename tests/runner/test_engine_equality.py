"""Outputs of our engine and of papermill's are equal, cell by cell."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from beskplan.params.jobs import Workplace, select
from beskplan.runner.engine.forking import no_fork_here
from tests.conftest import NOT_CHECKED, ROOT
from tests.runner.edge_notebook import PATH, cell_ids, edge_notebook

pytestmark = [
    pytest.mark.skipif(bool(no_fork_here()), reason=f"{NOT_CHECKED}the engine: {no_fork_here()}"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
JOBS = select(Workplace(ROOT))


def executed(source: Path, engine: str, folder: Path, parameters: dict[str, Any]) -> NotebookNode:
    output = folder / f"{engine}.ipynb"
    with contextlib.suppress(PapermillExecutionError):
        papermill.execute_notebook(
            str(source),
            str(output),
            parameters,
            engine_name=engine,
            cwd=str(ROOT),
            progress_bar=False,
        )
    notebook: NotebookNode = nbformat.read(output, as_version=4)
    return notebook


def shown(notebook: NotebookNode) -> list[dict[str, Any]]:
    """All of a notebook but what differs between two runs of one engine: times, random ids, addresses."""
    return [_scrubbed(cell) for cell in notebook.cells]


def _scrubbed(cell: NotebookNode) -> dict[str, Any]:
    metadata = {key: value for key, value in cell.metadata.items() if key != "execution"}
    times = ("start_time", "end_time", "duration")
    metadata["papermill"] = {
        key: value for key, value in metadata.get("papermill", {}).items() if key not in times
    }
    of_papermill = {"injected-parameters", "papermill-error-cell-tag"} & set(
        metadata.get("tags", ())
    )
    record = {**cell, "metadata": metadata, "id": "papermill's" if of_papermill else cell.id}
    text = re.sub(r"/[^ \"]*/ipykernel_\d+/\d+\.py", "<cell>", json.dumps(record, sort_keys=True))
    loaded: dict[str, Any] = json.loads(re.sub(r"0x[0-9a-f]+", "0x", text))
    return loaded


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NotebookNode]:
    folder = tmp_path_factory.mktemp("edge")
    return {
        engine: executed(PATH, engine, folder, {"navn": "æble"})
        for engine in ("nbclient", "beskplan")
    }


def test_the_edge_notebook_is_what_its_script_builds() -> None:
    assert nbformat.read(PATH, as_version=4) == edge_notebook()


@pytest.mark.parametrize("name", cell_ids())
def test_a_cell_shows_the_same_on_both_engines(edge: dict[str, NotebookNode], name: str) -> None:
    cells = {
        engine: next(cell for cell in shown(notebook) if cell["id"] == name)
        for engine, notebook in edge.items()
    }
    assert cells["beskplan"] == cells["nbclient"]


def test_the_notebooks_around_the_cells_are_the_same(edge: dict[str, NotebookNode]) -> None:
    ids = {engine: [cell["id"] for cell in shown(notebook)] for engine, notebook in edge.items()}
    assert ids["beskplan"] == ids["nbclient"]
    about = {
        engine: {key: value for key, value in notebook.metadata.items() if key != "papermill"}
        for engine, notebook in edge.items()
    }
    assert about["beskplan"] == about["nbclient"]


def test_the_comparison_sees_a_changed_output(edge: dict[str, NotebookNode]) -> None:
    changed = nbformat.from_dict(json.loads(json.dumps(edge["beskplan"])))
    next(cell for cell in changed.cells if cell.id == "streams").outputs[0].text = "udad"
    assert shown(changed) != shown(edge["beskplan"])


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.id)
def test_a_report_is_the_same_on_both_engines(job: Any, tmp_path: Path) -> None:
    source = Workplace(ROOT).notebook(job.bilag)
    parameters = {"kommune": job.kommune, "aar": job.aar}
    standard, ours = (
        executed(source, engine, tmp_path, parameters) for engine in ("nbclient", "beskplan")
    )
    assert shown(ours) == shown(standard)
    assert any(cell.get("outputs") for cell in ours.cells)
