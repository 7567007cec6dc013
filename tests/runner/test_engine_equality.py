"""Outputs of our engine and of papermill's are equal, cell by cell; other notebooks run on papermill's."""

import contextlib
import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from papermill.exceptions import PapermillExecutionError

from beskplan.params.jobs import Workplace, select
from beskplan.runner.engine import papermill_engine, processes
from beskplan.runner.engine.processes import fork_server_pid, no_fork_here, stop_fork_server
from beskplan.runner.records import HERE
from tests.conftest import NOT_CHECKED, ROOT

pytestmark = [
    pytest.mark.skipif(bool(no_fork_here()), reason=f"{NOT_CHECKED}the engine: {no_fork_here()}"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
JOBS = {job.bilag: job for job in select(Workplace(ROOT))}
"""A job of every Bilag."""
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}


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
    """All of a notebook but what differs between two runs of one engine: times, ids, addresses."""
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
    text = json.dumps(record, sort_keys=True)
    text = re.sub(r"/[^ \"]*/ipykernel_\d+/\d+\.py:\d+|<ipython-input-[^>]*>", "<cell>", text)
    # The colours of a traceback depend on what the shell takes its terminal for.
    text = re.sub(r"\\u001b\[[0-9;]*m", "", text)
    loaded: dict[str, Any] = json.loads(re.sub(r"0x[0-9a-f]+", "0x", text))
    return loaded


@pytest.mark.parametrize("bilag", JOBS)
def test_a_report_is_the_same_on_both_engines(bilag: str, tmp_path: Path) -> None:
    job = JOBS[bilag]
    source = Workplace(ROOT).notebook(bilag)
    parameters = {"kommune": job.kommune, "aar": job.aar}
    standard, ours = (
        executed(source, engine, tmp_path, parameters) for engine in ("nbclient", "beskplan")
    )
    assert shown(ours) == shown(standard)
    assert any(cell.get("outputs") for cell in ours.cells)
    about = [
        {key: value for key, value in notebook.metadata.items() if key != "papermill"}
        for notebook in (ours, standard)
    ]
    assert about[0] == about[1]


def test_a_cell_that_fails_or_shows_more_is_the_same_on_both_engines(tmp_path: Path) -> None:
    cells = [
        new_code_cell("kommune = ''\naar = 0", metadata={"tags": ["parameters"]}),
        new_code_cell("# intet"),
        new_code_cell("(kommune, aar)"),
        new_code_cell("help(len)"),
        new_code_cell("{'a': [None, 1.5], 'æ': kommune}"),
        new_code_cell("kommune.uper()", metadata={"tags": ["table"]}),
        new_code_cell("aar"),
    ]
    notebook = new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC})
    nbformat.write(notebook, tmp_path / "a.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(papermill_engine, "why_not", lambda _: "")
        standard, ours = (
            executed(tmp_path / "a.ipynb", engine, tmp_path, {"kommune": "æble"})
            for engine in ("nbclient", HERE)
        )
    failed = next(cell for cell in ours.cells if "uper" in cell.source)
    assert failed.outputs[0].ename == "AttributeError"
    assert shown(ours) == shown(standard)


def test_the_comparison_sees_a_changed_output(tmp_path: Path) -> None:
    job = JOBS["refusion"]
    source = Workplace(ROOT).notebook("refusion")
    one = executed(source, "beskplan", tmp_path, {"kommune": job.kommune, "aar": job.aar})
    other = nbformat.from_dict(json.loads(json.dumps(one)))
    next(cell for cell in other.cells if cell.get("outputs")).outputs[0].data["text/plain"] += "x"
    assert shown(other) != shown(one)


FALLBACKS: dict[str, tuple[str, Callable[[pytest.MonkeyPatch], object], str]] = {
    "a magic": ("%time 6 * 7", lambda _: None, "celle 1: "),
    "logic": ("[6 * 7 for _ in 'a'][0]", lambda _: None, "celle 1: "),
    "a system without fork": (
        "kommune.upper()",
        lambda patch: patch.setattr(processes, "no_fork_here", lambda: "kan ikke"),
        "kan ikke",
    ),
}


@pytest.mark.parametrize(("source", "prepare", "reason"), FALLBACKS.values(), ids=FALLBACKS)
def test_what_our_engine_does_not_run_goes_to_papermill_s_and_that_is_said(  # noqa: PLR0917
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    source: str,
    prepare: Callable[[pytest.MonkeyPatch], object],
    reason: str,
) -> None:
    prepare(monkeypatch)
    notebook = new_notebook(
        cells=[new_code_cell(source.replace("kommune", "'æble'"))],
        metadata={"kernelspec": KERNELSPEC},
    )
    nbformat.write(notebook, tmp_path / "a.ipynb")
    with caplog.at_level(logging.WARNING, logger="papermill"):
        made = papermill.execute_notebook(
            tmp_path / "a.ipynb", tmp_path / "b.ipynb", engine_name="beskplan", progress_bar=False
        )
    assert made.cells[-1].outputs
    assert f"{reason}" in caplog.text
    assert "køres på standardmotoren" in caplog.text


def test_a_fork_server_that_another_part_of_the_program_has_started_serves_too(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cell = new_code_cell("'æble'.upper()")
    notebook = new_notebook(cells=[cell], metadata={"kernelspec": KERNELSPEC})
    nbformat.write(notebook, tmp_path / "a.ipynb")
    stop_fork_server()
    forkserver.set_forkserver_preload([])
    forkserver.ensure_running()
    server = fork_server_pid()
    try:
        made = papermill.execute_notebook(
            tmp_path / "a.ipynb", tmp_path / "b.ipynb", engine_name="beskplan", progress_bar=False
        )
        assert fork_server_pid() == server
    finally:
        stop_fork_server()
    assert made.cells[-1].outputs[0].data == {"text/plain": "'ÆBLE'"}
    assert "standardmotoren" not in caplog.text


def test_papermill_s_command_runs_a_report_on_our_engine(tmp_path: Path) -> None:
    words = ["-p", "kommune", "Rudersdal", "-p", "aar", "2021", "--no-progress-bar"]
    files = [str(ROOT / "notebooks" / "maalgrupper.ipynb"), str(tmp_path / "ud.ipynb")]
    done = subprocess.run(
        [sys.executable, "-m", "papermill", "--engine", "beskplan", *files, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "standardmotoren" not in done.stderr
    made = nbformat.read(tmp_path / "ud.ipynb", as_version=4)
    assert sum(bool(cell.get("outputs")) for cell in made.cells) > 3
