"""The worker behind the preview: it stays warm, and is started anew where it would show older code."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest

from beskplan.core.errors import CellError
from beskplan.runner.engine import pool
from beskplan.runner.engine.processes import fork_server_pid, no_fork_here, stop_fork_server
from tests.conftest import NOT_CHECKED
from tests.runner.small_copy import append, store_rows, write_copy

pytestmark = pytest.mark.skipif(
    bool(no_fork_here()), reason=f"{NOT_CHECKED}children: {no_fork_here()}"
)
JOB = "2027/aarhus/maalgrupper"


def dies(job: str, root: Path, *, forked: bool) -> bytes:
    os._exit(3 if forked and root.is_dir() and job else 0)


def test_each_page_is_of_what_is_saved_now_by_one_process_as_long_as_code_and_data_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write_copy(tmp_path / "kopi")
    worker = pool.PageWorker(root)
    first = worker.page(JOB)
    assert b"<h1" in first
    server = fork_server_pid()

    append(root / "params" / "aarhus" / "2027.yaml", "kommune_adresse: Rådhuset\n")
    with pytest.raises(Exception, match="kommune_adresse"):
        worker.page(JOB)
    (root / "params" / "aarhus" / "2027.yaml").write_text(
        "kommune: Aarhus\naar: 2027\nbilag: [maalgrupper]\n", encoding="utf-8"
    )
    path = root / "notebooks" / "maalgrupper.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source = notebook.cells[0].source.replace("# ", "# Nyt: ", 1)
    nbformat.write(notebook, path)
    assert b"Nyt: " in worker.page(JOB)
    assert fork_server_pid() == server

    store_rows(root, {("751", "a_dagpenge", "2026M06"): 1234.0}, on="2026-09-01")
    assert b"1.234" in worker.page(JOB)
    newer = fork_server_pid()
    assert newer != server
    with monkeypatch.context() as patch:
        patch.setattr(pool, "make_page", dies)
        with pytest.raises(CellError, match="sluttede af sig selv med kode 3"):
            worker.page(JOB)
    monkeypatch.setattr(pool, "library_key", lambda: {"library": "en anden"})
    worker.warm_up()
    assert fork_server_pid() != newer
    stop_fork_server()
