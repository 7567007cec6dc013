"""Whatever goes wrong: the good reports are whole, nothing is half, and `build` again heals.

Three municipalities with good reports; the fault strikes one of them. Every fault is real: it happens
in the process that makes the report, where it would happen in life.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest

from beskplan.params.jobs import Job, Workplace
from beskplan.registers.provenance import sha256_file
from beskplan.runner import building
from beskplan.runner.building import open_local_pool
from beskplan.runner.engine.children import Limits
from beskplan.runner.engine.forking import no_fork_here
from beskplan.runner.engine.pool import ReportPool
from beskplan.runner.make_report import Outcome
from beskplan.runner.plan import make_plan
from tests.conftest import NOT_CHECKED
from tests.runner.processes import children_of, eventually, is_running
from tests.runner.small_copy import JOBS, build, write_copy

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(
        bool(no_fork_here()), reason=f"{NOT_CHECKED}faults of children: {no_fork_here()}"
    ),
]
STRUCK = "2027/rudersdal/maalgrupper"
KILLS = int(os.environ.get("BESKPLAN_KILLS", "6"))
"""Random moments at which a build is killed; each costs a start-up. The release is tried with 50."""
LIMITS = Limits(seconds=20, memory_mb=400)

_PATCH = "import beskplan.runner.make_report as making\ndef broken(*_):\n    {fault}\nmaking.{name} = broken"
FAULTS = {
    "cell-error": ("1 / 0", "ZeroDivisionError: division by zero"),
    "endless-loop": (
        "import time\nwhile True:\n    try:\n        time.sleep(60)\n    except BaseException:\n        pass",
        "stopped after 20 s",
    ),
    "memory-blow-up": (
        "eaten = [bytes(10**7)]\nwhile True:\n    eaten.append(eaten[-1] + b'x')",
        "MemoryError",
    ),
    "os-exit": ("import os\nos._exit(0)", "ended itself before the report was done"),
    "killed": ("import os\nos.kill(os.getpid(), 9)", "killed by SIGKILL"),
    "full-disk": (
        "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))",
        "File too large",
    ),
    "read-only-target": (
        _PATCH.format(name="install", fault="raise OSError(30, 'Read-only file system')"),
        "Read-only file system",
    ),
    "renderer-error": (
        _PATCH.format(name="_html_exporter", fault="raise RuntimeError('skriveren')"),
        "RuntimeError: skriveren",
    ),
    "pdf-error": (
        _PATCH.format(
            name="render_pdf", fault="raise making.ReportError(making.Problem('pdf', 'knækket'))"
        ),
        "knækket",
    ),
    "half-pdf": (
        _PATCH.format(name="render_pdf", fault="return real(*_)[:9000]").replace(
            "\ndef", "\nreal = making.render_pdf\ndef"
        ),
        "a file cannot be read again",
    ),
}
"""A cell that strikes one municipality, and what the failed report says of it."""


def strike(root: Path, fault: str) -> None:
    """Put the fault into the notebook, for one municipality only."""
    path = root / "notebooks" / "maalgrupper.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cell = nbformat.v4.new_code_cell(
        f"if kommune == 'rudersdal':\n    exec({fault!r}, globals())", id="fejl"
    )
    notebook.cells.insert(4, cell)
    nbformat.write(notebook, path)


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
    with ReportPool(Workplace(root), 2, LIMITS) as pool:
        assert all(outcome.ok for outcome in build(root, pool))
        yield pool, root


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The faults would be refused by the notebook's rules before they could strike."""
    monkeypatch.setattr(building, "check", lambda *_: None)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_strikes_one_report_and_the_next_build_heals(
    pool_place: tuple[ReportPool, Path], name: str
) -> None:
    pool, root = pool_place
    notebook = root / "notebooks" / "maalgrupper.ipynb"
    good_notebook = notebook.read_bytes()
    before = whole(root)
    fault, told = FAULTS[name]
    strike(root, fault)
    try:
        outcomes = {one.job.id: one for one in build(root, pool)}
    finally:
        notebook.write_bytes(good_notebook)
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
    jobs = [Job.parse(job) for job in JOBS] * 17
    killed = 0
    outcomes: list[Outcome] = []
    with _killing(lambda: moments.uniform(0.0, 0.7)) as kills:
        outcomes.extend(pool.run(jobs))
        killed = len(kills)
    assert len(outcomes) == len(jobs)
    assert killed > 0
    failed = [outcome for outcome in outcomes if not outcome.ok]
    assert all("killed by SIGKILL" in str(outcome.problems[0]) for outcome in failed)
    assert set(whole(root)) == set(JOBS)
    assert nothing_half(root)
    assert all(outcome.ok for outcome in build(root, pool, force=True))


@contextmanager
def _killing(pause: object) -> Iterator[list[int]]:
    """Kill a child of the warm process again and again, from a thread beside the build."""
    import threading

    over = threading.Event()
    kills: list[int] = []

    def work() -> None:
        while not over.wait(pause()):  # type: ignore[operator]
            for zygote in children_of(os.getpid()):
                for child in _children(zygote):
                    os.kill(child, signal.SIGKILL)
                    kills.append(child)
                    break

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield kills
    finally:
        over.set()
        thread.join()


def _children(pid: int) -> list[int]:
    """Children whose parent is a warm process, if `pid` is one."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if b"engine.serving" not in command or _parent(pid) != os.getpid():
            return []
        return [child for child in children_of(pid) if _parent(child) == pid]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _parent(pid: int) -> int:
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    return int(stat.rpartition(")")[2].split()[1])


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


def test_a_build_killed_at_random_moments_leaves_only_whole_reports(
    pool_place: tuple[ReportPool, Path],
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
        process.kill()
        process.communicate()
        assert eventually(lambda family=family: not any(map(is_running, family)))  # type: ignore[misc]
        assert set(whole(root)) == set(JOBS)
    assert all(outcome.ok for outcome in build(root, pool, force=True))
    assert nothing_half(root)


def test_a_build_removes_the_work_that_killed_processes_left(
    pool_place: tuple[ReportPool, Path],
) -> None:
    pool, root = pool_place
    left = root / "reports" / ".arbejde" / "1-rest"
    left.mkdir(parents=True)
    (left / "maalgrupper.html").write_text("halv", encoding="utf-8")
    assert not nothing_half(root)
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
    with open_local_pool(Workplace(root), 2, print) as pool:
        outcomes = {one.job.id: one for one in build(root, pool)}
        assert {job for job, one in outcomes.items() if not one.ok} == {STRUCK}
        (root / "reports" / "2027" / "rudersdal").unlink()
        assert all(outcome.ok for outcome in build(root, pool))
