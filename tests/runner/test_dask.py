"""A real cluster on this machine: a scheduler and two workers, each a process of its own."""

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from beskplan.core.errors import InputError
from beskplan.params.jobs import Workplace
from beskplan.runner.plan import make_plan
from tests.conftest import NOT_CHECKED
from tests.runner.engine_tasks import PATIENCE_SECONDS, children_of, eventually, is_running
from tests.runner.small_copy import JOBS, build, write_copy

distributed = pytest.importorskip(
    "distributed",
    reason=f"{NOT_CHECKED}builds on a Dask cluster: the extra `dask` is not installed",
)
pytestmark = [pytest.mark.thorough, pytest.mark.filterwarnings("default")]
"""Dask's own warnings are not ours to make errors of."""


STRUCK = "2027/rudersdal/maalgrupper"


@dataclass
class Cluster:
    """A scheduler and its workers."""

    address: str
    workers: list[subprocess.Popen[bytes]]


@contextmanager
def dask(role: str, log: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the cluster; ended, and in need killed, on the way out."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *words]
    with log.open("wb") as file, subprocess.Popen(command, cwd=log.parent, stderr=file) as process:
        try:
            yield process
        finally:
            process.kill()


def said(log: Path, pattern: str) -> str:
    """What the pattern finds in a process's words, as soon as it stands there."""
    assert eventually(lambda: re.search(pattern, log.read_text(encoding="utf-8")) is not None)
    hit = re.search(pattern, log.read_text(encoding="utf-8"))
    assert hit is not None
    return hit[1]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    folder = tmp_path / "klynge"
    folder.mkdir()
    local = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0")
    with ExitStack() as stack:
        log = folder / "scheduler.log"
        stack.enter_context(dask("scheduler", log, *local, "--port", "0"))
        address = said(log, r"Scheduler at:\s+(tcp://\S+)")
        workers = []
        for number in range(2):
            log = folder / f"worker-{number}.log"
            place = ("--local-directory", str(folder / str(number)))
            one = ("--nworkers", "1", "--nthreads", "1", "--no-nanny", "--death-timeout", "60")
            workers.append(stack.enter_context(dask("worker", log, address, *local, *one, *place)))
            said(log, r"(Registered to)")
        yield Cluster(address, workers)


def test_reports_come_home_from_the_cluster_although_a_worker_is_killed(
    cluster: Cluster, tmp_path: Path
) -> None:
    from beskplan.runner.remote import open_cluster

    root = write_copy(tmp_path / "kopi")
    victim = cluster.workers[0]
    killed: list[set[int]] = []

    def kill_in_the_middle() -> None:
        # Its warm process is there: it has begun with a report.
        if eventually(lambda: victim.poll() is None and bool(children_of(victim.pid))):
            killed.append(children_of(victim.pid))
            victim.send_signal(signal.SIGKILL)

    thread = threading.Thread(target=kill_in_the_middle)
    thread.start()
    with open_cluster(Workplace(root), cluster.address) as pool:
        outcomes = build(root, pool)
    thread.join()
    assert killed
    assert victim.wait(PATIENCE_SECONDS) == -signal.SIGKILL
    assert [str(problem) for one in outcomes for problem in one.problems] == []
    assert {one.job.id for one in outcomes} == set(JOBS)
    assert make_plan(root).stale == ()
    assert eventually(lambda: not any(map(is_running, killed[0])))


def test_the_cluster_makes_the_bytes_that_this_machine_makes(
    cluster: Cluster, tmp_path: Path
) -> None:
    from beskplan.runner.engine.pool import ReportPool
    from beskplan.runner.remote import open_cluster

    root = write_copy(tmp_path / "kopi")
    place = Workplace(root)
    names = ("maalgrupper.html", "maalgrupper.pdf", "rows.jsonl")
    with open_cluster(place, cluster.address) as remote:
        assert all(outcome.ok for outcome in build(root, remote))
    there = {
        (job, name): (root / "reports" / job / name).read_bytes() for job in JOBS for name in names
    }
    with ReportPool(root) as local:
        assert all(outcome.ok for outcome in build(root, local, force=True))
    for (job, name), content in there.items():
        assert (root / "reports" / job / name).read_bytes() == content


def test_a_failure_on_the_cluster_is_one_failed_report_with_its_notebook(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from beskplan.runner.remote import open_cluster

    monkeypatch.setattr("beskplan.runner.remote.check_all", lambda *_: None)
    root = write_copy(tmp_path / "kopi")
    path = root / "notebooks" / "maalgrupper.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cell = next(cell for cell in notebook.cells if "table" in cell.metadata.get("tags", ()))
    cell.source = f"1 / 0 if kommune == 'rudersdal' else {cell.source}"
    nbformat.write(notebook, path)
    with open_cluster(Workplace(root), cluster.address) as pool:
        outcomes = {one.job.id: one for one in build(root, pool)}
    assert {job for job, one in outcomes.items() if not one.ok} == {STRUCK}
    assert "ZeroDivisionError" in str(outcomes[STRUCK].problems[0])
    kept = outcomes[STRUCK].failed_notebook
    assert kept == root / "reports" / "fejlet" / f"{STRUCK}.ipynb"
    assert kept.is_file()


def test_a_cluster_with_other_versions_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    from beskplan.runner import remote

    root = write_copy(tmp_path / "kopi")
    with remote.open_cluster(Workplace(root), cluster.address) as pool:
        pool.versions = {**pool.versions, "library": "en anden"}
        with pytest.raises(InputError, match="andre rapporter end denne maskine"):
            build(root, pool)
    assert not (root / "reports" / "2027").exists()
