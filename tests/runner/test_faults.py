"""Whatever goes wrong: the good reports are whole, nothing is half, and `build` again heals.

Three municipalities with good reports; the fault strikes one of them. Every fault is real: it happens
in the process that makes the report, where it would happen in life.
"""

import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from beskplan.core.files import sha256_file
from beskplan.runner.engine import processes
from beskplan.runner.engine.pool import ReportPool
from beskplan.runner.engine.processes import (
    ENVIRONMENT,
    Limits,
    fork_server_pid,
    no_fork_here,
)
from beskplan.runner.plan import make_plan
from beskplan.runner.records import Outcome
from tests.conftest import NOT_CHECKED, ROOT
from tests.runner import engine_tasks as tasks
from tests.runner.engine_tasks import children_of, eventually, is_running
from tests.runner.small_copy import JOBS, build, write_copy

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(
        bool(no_fork_here()), reason=f"{NOT_CHECKED}faults of children: {no_fork_here()}"
    ),
]
STRUCK = "2027/rudersdal/maalgrupper"
KILLS = int(os.environ.get("BESKPLAN_KILLS", "4"))
"""Random moments at which a build is killed; each costs a start-up. The release is tried with 50."""
LIMITS = Limits(seconds=20, memory_mb=400)

_PATCH = """import beskplan.runner.make_report as making
real = making.{name}
def broken(*_):
    {fault}
making.{name} = broken
"""


def at(name: str, fault: str) -> str:
    """Code that makes a step of `make_report` do something else."""
    return _PATCH.format(name=name, fault=fault.replace("\n", "\n    "))


FAULTS = {
    "error": (at("read_page", "1 / 0"), "ZeroDivisionError: division by zero"),
    "cell-error": (
        "import beskplan.report.maalgrupper as one\none.Maalgrupper.table = None",
        "TypeError: 'NoneType' object is not callable",
    ),
    "endless-loop": (
        at(
            "read_page",
            "import time\nwhile True:\n    try:\n        time.sleep(60)\n"
            "    except BaseException:\n        pass",
        ),
        "standset efter 20 s",
    ),
    "memory-blow-up": (
        at("read_page", "eaten = [bytes(10**7)]\nwhile True:\n    eaten.append(eaten[-1] + b'x')"),
        "MemoryError",
    ),
    "os-exit": (at("read_page", "import os\nos._exit(0)"), "sluttede af sig selv med kode 0"),
    "killed": (at("read_page", "import os\nos.kill(os.getpid(), 9)"), "slået ihjel af SIGKILL"),
    "full-disk": (
        "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))",
        "filen er for stor",
    ),
    "read-only-target": (
        at("install", "raise OSError(30, 'Read-only file system')"),
        "kan ikke skrives",
    ),
    "renderer-error": (
        at("page_html", "raise RuntimeError('skriveren')"),
        "RuntimeError: skriveren",
    ),
    "pdf-error": (
        at("render_pdf", "raise making.ReportError(making.Problem('pdf', 'knækket'))"),
        "knækket",
    ),
    "half-pdf": (at("render_pdf", "return real(*_)[:9000]"), "damaged file"),
}
"""What strikes the process that makes one municipality's report, and what the failed report says of it."""


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): sha256_file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def whole(root: Path) -> dict[str, dict[str, str]]:
    """Every report that lies in place, each held to the hashes of its own manifest."""
    import json

    found = {}
    for job in JOBS:
        folder = root / "reports" / job
        if folder.exists():
            there = contents(folder)
            manifest = json.loads((folder / "manifest.json").read_bytes())
            assert manifest["job"] == job
            assert manifest["files"] == {k: v for k, v in there.items() if k != "manifest.json"}
            found[job] = there
    return found


def nothing_half(root: Path) -> bool:
    """Whether no work folder and no draft of a file is left."""
    reports = root / "reports"
    hidden = list(reports.rglob(".*"))
    drafts = [path for path in hidden if path.is_file() or path.name.endswith(".forrige")]
    return not list((reports / ".arbejde").glob("*")) and not drafts


@pytest.fixture(scope="module")
def pool_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ReportPool, Path]]:
    """One warm pool, and a working copy with three good reports."""
    root = write_copy(tmp_path_factory.mktemp("fejl") / "kopi")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setattr("beskplan.runner.engine.pool.make_one", tasks.struck)
        with ReportPool(root, workers=2, limits=LIMITS) as pool:
            assert all(outcome.ok for outcome in build(root, pool))
            yield pool, root


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_strikes_one_report_and_the_next_build_heals(
    pool_place: tuple[ReportPool, Path], name: str
) -> None:
    pool, root = pool_place
    before = whole(root)
    code, told = FAULTS[name]
    fault = root / tasks.FAULT
    fault.write_text(code, encoding="utf-8")
    try:
        outcomes = {one.job.id: one for one in build(root, pool, force=True)}
    finally:
        fault.unlink()
    assert {job for job, one in outcomes.items() if one.ok} == set(JOBS) - {STRUCK}
    assert told in "\n".join(map(str, outcomes[STRUCK].problems))
    assert whole(root)[STRUCK] == before[STRUCK]
    assert nothing_half(root)

    assert STRUCK in {one.job for one in make_plan(root).stale}
    assert all(outcome.ok for outcome in build(root, pool))
    assert set(whole(root)) == set(JOBS)
    assert make_plan(root).stale == ()


def test_children_killed_at_random_moments_fail_alone(pool_place: tuple[ReportPool, Path]) -> None:
    pool, root = pool_place
    moments = random.Random(5)  # noqa: S311  # the same moments in every run
    outcomes: list[Outcome] = []
    with _killing(lambda: moments.uniform(0.0, 0.7)) as kills:
        for _ in range(9 * KILLS):
            if len(kills) < KILLS:
                outcomes.extend(pool.run(JOBS))
    assert len(kills) == KILLS
    failed = [outcome for outcome in outcomes if not outcome.ok]
    assert all("slået ihjel af SIGKILL" in str(outcome.problems[0]) for outcome in failed)
    assert set(whole(root)) == set(JOBS)
    assert nothing_half(root)
    assert all(outcome.ok for outcome in build(root, pool, force=True))


@contextmanager
def _killing(pause: Callable[[], float]) -> Iterator[list[int]]:
    """Kill a child of the warm process again and again, from a thread beside the build."""
    over = threading.Event()
    kills: list[int] = []

    def work() -> None:
        while len(kills) < KILLS and not over.wait(pause()):
            with suppress(FileNotFoundError, ProcessLookupError):
                for child in sorted(children_of(fork_server_pid() or 0))[:1]:
                    os.kill(child, signal.SIGKILL)
                    kills.append(child)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield kills
    finally:
        over.set()
        thread.join()


BESKPLAN = [sys.executable, "-c", "from beskplan.cli import main; main()"]


def started(root: Path, *words: str) -> subprocess.Popen[str]:
    """A build as a process of its own, in a group of its own."""
    return subprocess.Popen(
        [*BESKPLAN, "build", "--force", "--jobs", "2", *words],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def at_work(process: subprocess.Popen[str], root: Path) -> bool:
    """Whether a report is being made."""
    return process.poll() is not None or any((root / "reports" / ".arbejde").glob("*"))


@pytest.mark.parametrize("victim", ["build", "warm process"])
def test_a_build_killed_at_random_moments_leaves_only_whole_reports(
    pool_place: tuple[ReportPool, Path], victim: str
) -> None:
    pool, root = pool_place
    moments = random.Random(7)  # noqa: S311  # the same moments in every run
    for _ in range(KILLS):
        process = started(root)
        if moments.random() < 0.7:
            eventually(lambda process=process: at_work(process, root))  # type: ignore[misc]
            time.sleep(moments.uniform(0.0, 1.5))
        else:
            time.sleep(moments.uniform(0.0, 4.0))
        family = children_of(process.pid) if process.poll() is None else set()
        if victim == "build":
            process.kill()
        else:
            _kill_the_fork_server(family)
        output = process.communicate()[0]
        # A build starts another warm process, or goes on without one: all reports are made.
        assert victim == "build" or (process.returncode == 0 and "3 lavet." in output), output
        assert eventually(lambda family=family: not any(map(is_running, family)))  # type: ignore[misc]
        assert set(whole(root)) == set(JOBS)
    assert all(outcome.ok for outcome in build(root, pool, force=True))
    assert nothing_half(root)


def _kill_the_fork_server(family: set[int]) -> None:
    """End the first of those that fork; its children have its name, and come later."""
    for pid in sorted(family):
        with suppress(FileNotFoundError, ProcessLookupError):
            if b"forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
                return


def test_a_build_removes_the_work_that_killed_processes_left(
    pool_place: tuple[ReportPool, Path],
) -> None:
    pool, root = pool_place
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = root / "reports" / ".arbejde" / f"{platform.node()}-{gone.pid}-rest"
    left.mkdir(parents=True)
    (left / "maalgrupper.html").write_text("halv", encoding="utf-8")
    others = [
        root / "reports" / ".arbejde" / f"{node}-{pid}-rest"
        for node, pid in ((platform.node(), os.getpid()), ("en-anden-maskine", gone.pid))
    ]
    for other in others:
        other.mkdir()
    assert all(outcome.ok for outcome in build(root, pool, force=True))
    assert not left.exists()
    assert all(other.is_dir() for other in others), "they may be at work"
    os.utime(others[1], (1, 1))
    others[0].rmdir()
    assert all(outcome.ok for outcome in build(root, pool, force=True))
    assert nothing_half(root)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_the_build_with_every_child_and_no_half_file(
    pool_place: tuple[ReportPool, Path], number: int, code: int
) -> None:
    root = pool_place[1]
    process = started(root)
    assert eventually(lambda: at_work(process, root))
    family = children_of(process.pid)
    process.send_signal(number)
    output = process.communicate()[0]
    assert process.returncode == code, output
    assert eventually(lambda: not any(map(is_running, family)))
    assert set(whole(root)) == set(JOBS)
    assert nothing_half(root)


def test_the_second_of_two_builds_says_so_and_leaves_the_first_alone(
    pool_place: tuple[ReportPool, Path],
) -> None:
    root = pool_place[1]
    first = started(root)
    assert eventually(lambda: at_work(first, root))
    second = started(root)
    output = second.communicate()[0]
    assert first.poll() is None or second.returncode == 0
    if second.returncode != 0:
        assert second.returncode == 4, output
        assert "en anden bygning er i gang" in output
    assert "3 lavet." in first.communicate()[0]
    assert first.returncode == 0
    assert set(whole(root)) == set(JOBS)


def test_a_target_that_cannot_be_written_is_a_failed_report(tmp_path: Path) -> None:
    root = write_copy(tmp_path / "kopi")
    (root / "reports" / "2027").mkdir(parents=True)
    (root / "reports" / "2027" / "rudersdal").write_text("i vejen", encoding="utf-8")
    with ReportPool(root, workers=2) as pool:
        outcomes = {one.job.id: one for one in build(root, pool)}
        assert {job for job, one in outcomes.items() if not one.ok} == {STRUCK}
        (root / "reports" / "2027" / "rudersdal").unlink()
        assert all(outcome.ok for outcome in build(root, pool))


def test_runs_at_once_leave_each_other_s_work_alone(tmp_path: Path) -> None:
    root = write_copy(tmp_path / "kopi")
    runs = [
        subprocess.Popen([*BESKPLAN, "run", job], cwd=root, stderr=subprocess.PIPE, text=True)
        for job in JOBS
    ]
    told = [one.communicate()[1] for one in runs]
    assert [one.returncode for one in runs] == [0, 0, 0], told
    assert set(whole(root)) == set(JOBS)
    assert nothing_half(root)


# --- the engine itself is struck ----------------------------------------------------------------


def test_a_warm_process_that_is_killed_is_started_again(
    pool_place: tuple[ReportPool, Path],
) -> None:
    pool, root = pool_place
    outcomes = pool.run([*JOBS, *JOBS])
    made = [next(outcomes)]
    before = fork_server_pid()
    os.kill(before or 0, signal.SIGKILL)
    made += outcomes
    assert [str(one.problems) for one in made if not one.ok] == []
    assert len(made) == 6
    assert fork_server_pid() not in (None, before)
    assert set(whole(root)) == set(JOBS)


DRIVER = """
import sys
from pathlib import Path
from beskplan.runner.engine import pool, processes
from tests.runner import engine_tasks as tasks

if __name__ == "__main__":
    pool.make_one = tasks.hanging
    if sys.argv[2] == "standard":
        processes.no_fork_here = lambda: "nej"
    with pool.ReportPool(Path(sys.argv[1]), workers=2) as one:
        list(one.run(sys.argv[3:]))
"""


@pytest.mark.parametrize("engine", ["forked", "standard"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_build(
    pool_place: tuple[ReportPool, Path], tmp_path: Path, number: int, engine: str
) -> None:
    driver = tmp_path / "driver.py"
    driver.write_text(DRIVER, encoding="utf-8")
    notes = pool_place[1] / tasks.NOTES
    notes.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, str(driver), str(pool_place[1]), engine, *JOBS],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        assert eventually(lambda: len(list(notes.iterdir())) == 4), list(notes.iterdir())
        family = children_of(process.pid) | {int(path.name) for path in notes.iterdir()}
    finally:
        process.send_signal(number)
        process.wait()
        shutil.rmtree(notes)
    assert len(family) >= 4
    assert eventually(lambda: not any(is_running(pid) for pid in family))


@pytest.mark.parametrize("reason", ["no fork", "threads"])
def test_without_fork_the_standard_engine_makes_the_report_and_that_is_said(
    pool_place: tuple[ReportPool, Path], monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    root = pool_place[1]
    told: list[str] = []
    if reason == "threads":
        monkeypatch.setitem(ENVIRONMENT, "OPENBLAS_NUM_THREADS", "2")
    else:
        monkeypatch.setattr(processes, "no_fork_here", lambda: "ingen deling her")
    with ReportPool(root, expected=1, workers=1, tell=told.append) as pool:
        pool.check([STRUCK])
        (outcome,) = pool.run([STRUCK])
    assert outcome.ok, outcome.problems
    assert len(told) == 1
    assert "standardmotoren" in told[0]
