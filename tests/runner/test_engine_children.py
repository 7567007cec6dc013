"""One child of a warm process: whatever it does, its parent learns it and lives on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from beskplan.runner.engine.children import Ended, Limits
from beskplan.runner.engine.forking import no_fork_here
from beskplan.runner.engine.zygote import ENVIRONMENT, Order, Refused, Zygote, ZygoteLostError
from tests.conftest import NOT_CHECKED, ROOT
from tests.runner import engine_tasks as tasks
from tests.runner.processes import eventually, is_running

pytestmark = pytest.mark.skipif(
    bool(no_fork_here()), reason=f"{NOT_CHECKED}children: {no_fork_here()}"
)
PLENTY = Limits(seconds=120, memory_mb=1000)


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with pytest.MonkeyPatch.context() as patch:
        # The tests' own tasks must be there to be unpickled.
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("JOBINDSATS_TOKEN", "hemmelig")
        patch.setenv("BESKPLAN_SMTP_PASSWORD", "hemmelig")
        with Zygote(workers=2) as started:
            yield started


def ended(
    zygote: Zygote, function: Callable[..., object], *arguments: object, limits: Limits = PLENTY
) -> Ended:
    end = zygote.run(tasks.Call(function, arguments), limits)
    assert isinstance(end, Ended)
    return end


def test_a_task_runs_in_a_child_of_its_own(zygote: Zygote) -> None:
    first, second = (ended(zygote, tasks.pid_and_parent).value for _ in range(2))
    assert first[0] != second[0]
    assert first[1] == second[1] == zygote.pid != os.getpid()


def test_a_child_has_neither_token_nor_password(zygote: Zygote) -> None:
    names = set(ended(zygote, tasks.variables).value)
    assert "PATH" in names
    assert not names & {"JOBINDSATS_TOKEN", "BESKPLAN_SMTP_PASSWORD"}


def test_what_a_child_used_is_told(zygote: Zygote) -> None:
    usage = ended(zygote, tasks.pid_and_parent).usage
    assert usage.seconds > 0
    assert usage.cpu_seconds > 0
    assert usage.peak_mb > 10


def test_a_result_may_be_larger_than_a_pipe(zygote: Zygote) -> None:
    assert len(ended(zygote, tasks.many_bytes, 5_000_000).value) == 5_000_000


def test_an_exception_comes_back_as_itself(zygote: Zygote) -> None:
    end = ended(zygote, tasks.raise_error)
    assert isinstance(end.error, ValueError)
    assert str(end.error) == "derfor"


def test_a_result_that_cannot_travel_is_an_error(zygote: Zygote) -> None:
    assert "pickle" in str(ended(zygote, tasks.return_lambda).error).lower()


def test_a_child_that_hangs_is_stopped_at_its_deadline(zygote: Zygote) -> None:
    end = ended(zygote, tasks.loop_for_ever, limits=Limits(seconds=1, memory_mb=None))
    assert end.reason == "stopped after 1 s"


def test_a_child_that_eats_memory_gets_no_more(zygote: Zygote) -> None:
    end = ended(zygote, tasks.eat_memory, limits=Limits(seconds=120, memory_mb=200))
    assert isinstance(end.error, MemoryError)
    assert end.usage.peak_mb < 1000


def test_a_child_that_fills_a_file_is_stopped(zygote: Zygote, tmp_path: Path) -> None:
    file = tmp_path / "file"
    limits = Limits(seconds=120, memory_mb=200)
    end = ended(zygote, tasks.write_without_end, str(file), limits=limits)
    assert isinstance(end.error, OSError) or "SIGXFSZ" in end.reason
    assert file.stat().st_size <= 200 * 2**20


@pytest.mark.parametrize(
    ("function", "argument", "reason"),
    [
        (tasks.end, 0, "ended itself before the report was done"),
        (tasks.end, 3, "exit code 3"),
        (tasks.end_with_words, "én linje\nde sidste ord\n", "exit code 3: de sidste ord"),
        (tasks.kill_itself, signal.SIGKILL, "killed by SIGKILL"),
        (tasks.kill_itself, signal.SIGSEGV, "killed by SIGSEGV"),
        (tasks.kill_itself, signal.SIGTERM, "killed by SIGTERM"),
    ],
)
def test_a_child_that_dies_tells_how(
    zygote: Zygote, function: Callable[..., object], argument: object, reason: str
) -> None:
    end = ended(zygote, function, argument)
    assert reason in end.reason
    assert end.value is None


def test_after_any_death_the_next_child_is_well(zygote: Zygote) -> None:
    ended(zygote, tasks.kill_itself, signal.SIGKILL)
    assert ended(zygote, tasks.pid_and_parent).value[1] == zygote.pid


def test_only_what_died_is_cleaned_up(zygote: Zygote, tmp_path: Path) -> None:
    dead, alive = tmp_path / "dead", tmp_path / "alive"
    end = zygote.run(tasks.Call(tasks.end, (1,), dead), PLENTY)
    zygote.run(tasks.Call(tasks.pid_and_parent, (), alive), PLENTY)
    assert isinstance(end, Ended)
    assert dead.read_text(encoding="ascii") == str(end.pid)
    assert not alive.exists()


def test_what_a_child_started_ends_with_it(zygote: Zygote) -> None:
    left_behind = ended(zygote, tasks.leave_process_behind).value
    assert eventually(lambda: not is_running(left_behind))


def test_one_that_hangs_holds_up_no_other(zygote: Zygote) -> None:
    hanging = Order(0, tasks.Call(tasks.loop_for_ever), Limits(seconds=5, memory_mb=None))
    quick = [Order(n, tasks.Call(tasks.pid_and_parent), PLENTY) for n in (1, 2, 3)]
    zygote.submit((hanging, *quick))
    assert [number for number, _ in zygote.ends(4)] == [1, 2, 3, 0]


def test_the_same_job_draws_the_same_random_numbers(zygote: Zygote) -> None:
    one, again, other = (
        ended(zygote, tasks.random_numbers, name).value for name in ("a", "a", "b")
    )
    assert one == again
    assert one != other


def test_the_warm_process_has_one_thread(zygote: Zygote) -> None:
    ended(zygote, tasks.pid_and_parent)
    assert len(list(Path(f"/proc/{zygote.pid}/task").iterdir())) == 1


def test_a_warm_process_with_a_native_thread_refuses_to_fork(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(ENVIRONMENT, "OPENBLAS_NUM_THREADS", "2")
    with Zygote(workers=1) as threaded:
        end = threaded.run(tasks.Call(tasks.pid_and_parent), PLENTY)
    assert isinstance(end, Refused)
    assert "native threads" in end.reason


@pytest.mark.parametrize(
    ("start_threads", "may"),
    [
        ("", True),
        (
            "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()",
            False,
        ),
        ("import numpy", False),
    ],
)
def test_forking_is_decided_by_the_system_s_own_count(start_threads: str, may: bool) -> None:
    code = f"""
import os, threading
{start_threads}
from beskplan.runner.engine.forking import ForkRefusedError, fork
try:
    pid = fork()
except ForkRefusedError as error:
    print("refused", error)
else:
    if pid:
        print("forked", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    else:
        os._exit(0)
"""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "2"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(
        "forked 0" if may else "refused this process runs 2 native threads"
    )


def test_a_lost_warm_process_is_told() -> None:
    with Zygote(workers=1) as lost:
        os.kill(lost.pid, signal.SIGKILL)
        with pytest.raises(ZygoteLostError, match="-9"):
            lost.run(tasks.Call(tasks.pid_and_parent), PLENTY)
