"""Two builds of one working copy are kept apart; a dead one holds nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from beskplan.core.errors import LockedError
from beskplan.runner.building import build_lock, run_lock

HOLD = """
import sys, time
from pathlib import Path
from beskplan.runner.building import build_lock, run_lock
lock = run_lock(Path(sys.argv[1]), sys.argv[2]) if len(sys.argv) > 2 else build_lock(Path(sys.argv[1]))
with lock:
    print("held", flush=True)
    time.sleep(600)
"""


@contextmanager
def holder(reports: Path, *job: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(reports), *job], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_the_second_build_is_refused_and_told_who_is_at_work(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        with pytest.raises(LockedError) as caught, build_lock(tmp_path):
            pass
        (problem,) = caught.value.problems
        assert f"proces {process.pid} på " in problem.found
        assert caught.value.exit_code == 4


def test_the_second_build_may_wait(tmp_path: Path) -> None:
    told: list[str] = []
    with holder(tmp_path) as process:
        threading.Timer(0.5, process.kill).start()
        with build_lock(tmp_path, wait_seconds=60, tell=told.append):
            pass
    assert len(told) == 1
    assert told[0].startswith(f"Venter på proces {process.pid} på ")


def test_the_lock_of_a_killed_build_is_taken_over(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    with build_lock(tmp_path):
        held = json.loads((tmp_path / ".noegler" / "laas").read_text(encoding="utf-8"))
        assert held["pid"] == os.getpid()


def test_runs_of_different_jobs_go_side_by_side(tmp_path: Path) -> None:
    with (
        holder(tmp_path, "2021/rudersdal/maalgrupper"),
        run_lock(tmp_path, "2021/alleroed/overblik"),
    ):
        pass


def test_two_runs_of_one_job_are_kept_apart(tmp_path: Path) -> None:
    job = "2021/rudersdal/maalgrupper"
    with holder(tmp_path, job), pytest.raises(LockedError), run_lock(tmp_path, job):
        pass


@pytest.mark.parametrize("first", [(), ("2021/rudersdal/maalgrupper",)])
def test_a_build_and_a_run_are_kept_apart(tmp_path: Path, first: tuple[str, ...]) -> None:
    other = build_lock(tmp_path) if first else run_lock(tmp_path, "2021/alleroed/overblik")
    with holder(tmp_path, *first), pytest.raises(LockedError), other:
        pass


def test_a_lock_that_was_let_go_is_free(tmp_path: Path) -> None:
    for _ in range(2):
        with build_lock(tmp_path):
            pass
