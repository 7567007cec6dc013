"""Builds of one working copy are kept apart, and a command's errors are told."""

import errno
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

from beskplan import cli
from beskplan.cli import app
from beskplan.core.errors import LockedError
from beskplan.runner.building import build_lock, run_lock
from tests.runner.small_copy import write_copy

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


@pytest.mark.parametrize(
    "code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT, errno.EFBIG]
)
def test_what_cannot_be_written_is_told_with_its_path(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: int
) -> None:
    def full() -> None:
        raise OSError(code, os.strerror(code), "/et/sted/fil")

    monkeypatch.setattr(app, "app", full)
    monkeypatch.setattr(sys, "argv", ["beskplan", "fetch"])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 1
    told = capsys.readouterr().err
    assert told.startswith("/et/sted/fil: kan ikke skrives")
    assert "plads på disken" in told


def test_another_fault_of_the_system_is_told_as_the_program_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing() -> None:
        raise FileNotFoundError(errno.ENOENT, "mangler", "fil")

    monkeypatch.setattr(app, "app", missing)
    monkeypatch.setattr(sys, "argv", ["beskplan", "fetch"])
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(SystemExit):
        cli.main()
    assert "en fejl i selve programmet" in capsys.readouterr().err
    assert "FileNotFoundError" in next(tmp_path.iterdir()).read_text("utf-8")


@pytest.mark.parametrize("words", [["list"], ["plan"], ["build"], ["list", "kommuner"]])
def test_whoever_reads_no_further_gets_no_traceback(tmp_path: Path, words: list[str]) -> None:
    """As `head -1` does when it has its line."""
    root = write_copy(tmp_path / "kopi")
    code = f"import sys; sys.argv = ['beskplan', *{words!r}]; from beskplan.cli import main; main()"
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            stdout=pipe,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, "Traceback" in done.stderr, "BrokenPipe" in done.stderr) == (
        1,
        False,
        False,
    )


def test_a_file_where_the_reports_should_be_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = write_copy(tmp_path / "kopi")
    (root / "reports").write_text("i vejen", encoding="utf-8")
    monkeypatch.chdir(root)
    monkeypatch.setattr(sys, "argv", ["beskplan", "run", "2027/rudersdal/maalgrupper"])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 1
    assert "kan ikke skrives" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows deletes no folder that a process stands in")
@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("words", [["build"], ["run", "2027/rudersdal/maalgrupper"]])
def test_a_deleted_folder_is_refused_in_plain_words(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    named: bool,
) -> None:
    deleted = tmp_path / "slettet"
    deleted.mkdir()
    monkeypatch.chdir(deleted)
    deleted.rmdir()
    if named:
        monkeypatch.setenv("BESKPLAN_ROOT", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["beskplan", *words])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("den mappe, du står i: mappen er slettet")
