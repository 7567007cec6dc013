"""One child of a warm process: whatever it does, its parent learns it and lives on."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import from_dict

from beskplan.core.errors import CellError
from beskplan.core.files import COPIES, write_whole
from beskplan.runner.engine import pool, processes
from beskplan.runner.engine.processes import (
    ENVIRONMENT,
    Children,
    Ended,
    Limits,
    NoForkServerError,
    fork_server_pid,
    no_fork_here,
    start_fork_server,
    stop_fork_server,
)
from tests.conftest import NOT_CHECKED
from tests.runner import engine_tasks as tasks
from tests.runner.engine_tasks import eventually, is_running
from tests.runner.small_copy import append, store_rows, write_copy

pytestmark = pytest.mark.skipif(
    bool(no_fork_here()), reason=f"{NOT_CHECKED}children: {no_fork_here()}"
)
PLENTY = Limits(seconds=120, memory_mb=2000)


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOBINDSATS_TOKEN", "hemmelig")
        patch.setenv("BESKPLAN_SMTP_PASSWORD", "hemmelig")
        start_fork_server()
        yield
        stop_fork_server()


def ended(function: Callable[..., object], *arguments: object, limits: Limits = PLENTY) -> Ended:
    (end,) = Children(2, limits, forked=True).run([tasks.Call(function, arguments)])
    return end


def value(function: Callable[..., object], *arguments: object) -> Any:
    return ended(function, *arguments).value()


def test_a_task_runs_in_a_child_of_its_own_without_token_and_password() -> None:
    first, second = (value(tasks.pid_and_parent) for _ in range(2))
    assert first[0] != second[0]
    assert first[1] == second[1] == fork_server_pid() != os.getpid()
    there = value(tasks.variables)
    assert {name: there.get(name) for name in ENVIRONMENT} == ENVIRONMENT
    assert not {"JOBINDSATS_TOKEN", "BESKPLAN_SMTP_PASSWORD"} & set(there)
    assert "JOBINDSATS_TOKEN" in os.environ


def test_a_result_may_be_larger_than_a_pipe() -> None:
    assert len(value(tasks.many_bytes, 5_000_000)) == 5_000_000


@pytest.mark.parametrize(
    ("function", "error", "words"),
    [
        (tasks.raise_error, ValueError, "derfor"),
        (tasks.return_lambda, RuntimeError, "pickle"),
    ],
)
def test_an_exception_comes_back(
    function: Callable[..., object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=rf"(?i){words}"):
        value(function)


DEATHS: dict[str, tuple[Callable[..., object], tuple[object, ...], str]] = {
    "ends well too early": (tasks.end, (0,), "sluttede af sig selv med kode 0"),
    "ends badly": (tasks.end, (3,), "sluttede af sig selv med kode 3"),
    "is killed": (tasks.kill_itself, (signal.SIGKILL,), "slået ihjel af SIGKILL"),
    "crashes": (tasks.kill_itself, (signal.SIGSEGV,), "slået ihjel af SIGSEGV"),
    "is told to end": (tasks.kill_itself, (signal.SIGTERM,), "slået ihjel af SIGTERM"),
}


@pytest.mark.parametrize(("function", "arguments", "reason"), DEATHS.values(), ids=DEATHS)
def test_a_child_that_dies_tells_how_and_the_next_is_well(
    function: Callable[..., object], arguments: tuple[object, ...], reason: str
) -> None:
    end = ended(function, *arguments)
    assert reason in end.reason
    assert end.result is None
    assert value(tasks.pid_and_parent)[1] == fork_server_pid()


def test_a_child_that_hangs_is_stopped_at_its_deadline_and_holds_up_no_other() -> None:
    calls = [tasks.Call(f) for f in (tasks.loop_for_ever, *[tasks.pid_and_parent] * 3)]
    ends = list(Children(2, Limits(seconds=3), forked=True).run(calls))
    assert [end.number for end in ends] == [1, 2, 3, 0]
    assert ends[-1].reason == "standset efter 3 s"
    assert not is_running(ends[-1].pid)


def test_a_child_that_eats_memory_or_fills_a_file_gets_no_more(tmp_path: Path) -> None:
    with pytest.raises(MemoryError):
        ended(tasks.eat_memory, limits=Limits(120, 200)).value()
    file = tmp_path / "file"
    end = ended(tasks.write_without_end, str(file), limits=Limits(120, 200))
    if not end.reason:
        with pytest.raises(OSError, match="File too large"):
            end.value()
    assert file.stat().st_size <= 200 * 2**20


@pytest.mark.parametrize("call", [tasks.leave_process_behind, tasks.leave_session_behind])
def test_what_a_child_started_ends_with_it(call: Callable[[], int]) -> None:
    left = value(call)
    assert eventually(lambda: not is_running(left))


def test_what_has_left_its_session_and_lost_its_parent_ends_too(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    value(tasks.leave_grandchild_behind, str(note))
    assert eventually(lambda: not is_running(int(note.read_text(encoding="ascii"))))


def test_the_fork_server_has_one_thread_and_with_more_it_does_not_fork(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    value(tasks.pid_and_parent)
    assert len(list(Path(f"/proc/{fork_server_pid()}/task").iterdir())) == 1
    monkeypatch.setitem(ENVIRONMENT, "OPENBLAS_NUM_THREADS", "2")
    monkeypatch.setattr(processes, "_STARTS", 1)
    start_fork_server()
    with pytest.raises(NoForkServerError):
        value(tasks.pid_and_parent)
    monkeypatch.undo()
    start_fork_server()
    assert value(tasks.pid_and_parent)[1] == fork_server_pid()


def test_a_fork_server_that_is_killed_is_started_again_and_what_it_forked_goes_on(
    tmp_path: Path,
) -> None:
    note = tmp_path / "pid"
    wait = [tasks.Call(tasks.note_and_wait_for, (str(note), str(tmp_path / "videre")))]
    ends = Children(1, PLENTY, forked=True).run(wait * 2)

    def kill_when_noted() -> None:
        eventually(lambda: note.is_file() and note.read_text(encoding="ascii") != "")
        os.kill(fork_server_pid() or 0, signal.SIGKILL)
        (tmp_path / "videre").touch()

    thread = threading.Thread(target=kill_when_noted)
    thread.start()
    before, after = (end.value() for end in ends)
    thread.join()
    assert before != after == fork_server_pid()


# --- the worker behind the preview: it stays warm, and is started anew where it would show older code ---

JOB = "2027/aarhus/maalgrupper"


def dies(job: str, root: Path, *_: object, forked: bool, last: object) -> bytes:
    os._exit(3 if forked and root.is_dir() and job else 0)


def _rewrite(path: Path, cell_type: str, change: Callable[[str], str]) -> None:
    """Change the first cell of a kind that a change changes, and save the notebook."""
    notebook = nbformat.read(path, as_version=4)
    cells = (cell for cell in notebook.cells if cell.cell_type == cell_type)
    cell = next(cell for cell in cells if change(cell.source) != cell.source)
    cell.source = change(cell.source)
    nbformat.write(notebook, path)


def _text(root: Path) -> None:
    path = root / "notebooks" / "maalgrupper.ipynb"
    _rewrite(path, "markdown", lambda source: source.replace("# ", "# Nyt: ", 1))


def _code(root: Path) -> None:
    _rewrite(root / "notebooks" / "maalgrupper.ipynb", "code", lambda source: f"# Nyt\n{source}")


def _params(root: Path) -> None:
    append(root / "params" / "aarhus" / "2027.yaml", "# Nyt\n")


def _params_of_another(root: Path) -> None:
    append(root / "params" / "rudersdal" / "2027.yaml", "# Nyt\n")


def _approved(root: Path) -> None:
    write_whole(root / "reports" / COPIES / JOB / "0123" / "maalgrupper.html", b"")


def _earlier(root: Path) -> None:
    write_whole(root / "reports" / "2026" / "aarhus" / "status-2026K3" / "status.html", b"")


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, pool.PageWorker]]:
    """A copy and its worker, which has made the page as the copy is, before each change and after it."""
    root = write_copy(tmp_path_factory.mktemp("varm") / "kopi")
    worker = pool.PageWorker(root)
    worker.page(JOB)
    yield root, worker
    stop_fork_server()


@pytest.mark.parametrize(
    ("change", "runs"),
    [
        (_text, False),
        (_code, True),
        (_params, True),
        (_params_of_another, True),
        (_approved, True),
        (_earlier, True),
    ],
)
def test_cells_run_again_only_where_more_than_text_is_changed(
    warm: tuple[Path, pool.PageWorker], change: Callable[[Path], None], runs: bool
) -> None:
    root, worker = warm
    last = worker._last
    assert last is not None
    # A mark that no run makes, in what the last one gave.
    altered = json.loads(json.dumps(last.outputs).replace("A-dagpenge", "B-dagpenge"))
    worker._last = replace(last, outputs=[list(map(from_dict, one)) for one in altered])
    change(root)
    assert (b"B-dagpenge" in worker.page(JOB)) is not runs
    worker._last = last
    again = worker.page(JOB)
    worker._last = None
    assert again == worker.page(JOB)


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
