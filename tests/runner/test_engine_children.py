"""One child of a warm process: whatever it does, its parent learns it and lives on."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from beskplan.runner.engine.children import Ended, Limits, Order
from beskplan.runner.engine.warm import ENVIRONMENT, Warm, WarmLostError, no_fork_here
from tests.conftest import NOT_CHECKED, ROOT
from tests.runner import engine_tasks as tasks
from tests.runner.processes import eventually, is_running

pytestmark = pytest.mark.skipif(
    bool(no_fork_here()), reason=f"{NOT_CHECKED}children: {no_fork_here()}"
)
PLENTY = Limits(seconds=120, memory_mb=2000)


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    with pytest.MonkeyPatch.context() as patch:
        # The tests' own tasks must be there to be unpickled.
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("JOBINDSATS_TOKEN", "hemmelig")
        patch.setenv("BESKPLAN_SMTP_PASSWORD", "hemmelig")
        with Warm(workers=2) as started:
            yield started


def ended(
    warm: Warm, function: Callable[..., object], *arguments: object, limits: Limits = PLENTY
) -> Ended:
    (end,) = warm.run([Order(7, tasks.Call(function, arguments), limits)])
    assert end.number == 7
    return end


def value(warm: Warm, function: Callable[..., object], *arguments: object) -> Any:
    return ended(warm, function, *arguments).value()


def test_a_task_runs_in_a_child_of_its_own_without_token_and_password(warm: Warm) -> None:
    first, second = (value(warm, tasks.pid_and_parent) for _ in range(2))
    assert first[0] != second[0]
    assert first[1] == second[1] == warm.pid != os.getpid()
    names = set(value(warm, tasks.variables))
    assert "PATH" in names
    assert not names & {"JOBINDSATS_TOKEN", "BESKPLAN_SMTP_PASSWORD"}


def test_a_result_may_be_larger_than_a_pipe(warm: Warm) -> None:
    assert len(value(warm, tasks.many_bytes, 5_000_000)) == 5_000_000


@pytest.mark.parametrize(
    ("function", "error", "words"),
    [
        (tasks.raise_error, ValueError, "derfor"),
        (tasks.return_lambda, RuntimeError, "pickle"),
    ],
)
def test_an_exception_comes_back(
    warm: Warm, function: Callable[..., object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=rf"(?i){words}"):
        value(warm, function)


DEATHS: dict[str, tuple[Callable[..., object], tuple[object, ...], str]] = {
    "ends well too early": (tasks.end, (0,), "sluttede af sig selv med kode 0"),
    "ends badly": (tasks.end, (3,), "sluttede af sig selv med kode 3"),
    "is killed": (tasks.kill_itself, (signal.SIGKILL,), "slået ihjel af SIGKILL"),
    "crashes": (tasks.kill_itself, (signal.SIGSEGV,), "slået ihjel af SIGSEGV"),
    "is told to end": (tasks.kill_itself, (signal.SIGTERM,), "slået ihjel af SIGTERM"),
}


@pytest.mark.parametrize(("function", "arguments", "reason"), DEATHS.values(), ids=DEATHS)
def test_a_child_that_dies_tells_how_and_the_next_is_well(
    warm: Warm, function: Callable[..., object], arguments: tuple[object, ...], reason: str
) -> None:
    end = ended(warm, function, *arguments)
    assert reason in end.reason
    assert end.result == b""
    assert value(warm, tasks.pid_and_parent)[1] == warm.pid


def test_a_child_that_hangs_is_stopped_at_its_deadline_and_holds_up_no_other(warm: Warm) -> None:
    hanging = Order(0, tasks.Call(tasks.loop_for_ever), Limits(seconds=3))
    quick = [Order(n, tasks.Call(tasks.pid_and_parent), PLENTY) for n in (1, 2, 3)]
    ends = list(warm.run([hanging, *quick]))
    assert [end.number for end in ends] == [1, 2, 3, 0]
    assert ends[-1].reason == "standset efter 3 s"
    assert not is_running(ends[-1].pid)


def test_a_child_that_eats_memory_or_fills_a_file_gets_no_more(warm: Warm, tmp_path: Path) -> None:
    with pytest.raises(MemoryError):
        ended(warm, tasks.eat_memory, limits=Limits(120, 200)).value()
    file = tmp_path / "file"
    end = ended(warm, tasks.write_without_end, str(file), limits=Limits(120, 200))
    if not end.reason:
        with pytest.raises(OSError, match="File too large"):
            end.value()
    assert file.stat().st_size <= 200 * 2**20


@pytest.mark.parametrize("call", [tasks.leave_process_behind, tasks.leave_session_behind])
def test_what_a_child_started_ends_with_it(warm: Warm, call: Callable[[], int]) -> None:
    left = value(warm, call)
    assert eventually(lambda: not is_running(left))


def test_what_has_left_its_session_and_lost_its_parent_ends_too(warm: Warm, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    value(warm, tasks.leave_grandchild_behind, str(note))
    assert eventually(lambda: not is_running(int(note.read_text(encoding="ascii"))))


def test_the_warm_process_has_one_thread(warm: Warm) -> None:
    value(warm, tasks.pid_and_parent)
    assert len(list(Path(f"/proc/{warm.pid}/task").iterdir())) == 1


def test_a_warm_process_with_a_native_thread_refuses_to_fork(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(ENVIRONMENT, "OPENBLAS_NUM_THREADS", "2")
    with Warm(workers=1) as threaded, pytest.raises(WarmLostError, match="tråde"):
        ended(threaded, tasks.pid_and_parent)


def test_a_lost_warm_process_is_told_and_takes_its_children_with_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    note = tmp_path / "pid"
    with Warm(workers=1) as lost:

        def kill_when_noted() -> None:
            eventually(lambda: note.is_file() and note.read_text(encoding="ascii") != "")
            os.kill(lost.pid, signal.SIGKILL)

        thread = threading.Thread(target=kill_when_noted)
        thread.start()
        with pytest.raises(WarmLostError, match="-9"):
            ended(lost, tasks.note_and_hang, str(note))
        thread.join()
    assert eventually(lambda: not is_running(int(note.read_text(encoding="ascii"))))
