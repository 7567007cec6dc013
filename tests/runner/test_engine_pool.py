"""Many reports at once: what one of them does, none of the others notices."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from beskplan.params.jobs import Job, Workplace
from beskplan.runner.engine import papermill_engine
from beskplan.runner.engine.children import Limits
from beskplan.runner.engine.forking import no_fork_here
from beskplan.runner.engine.pool import ReportPool
from beskplan.runner.engine.zygote import ENVIRONMENT
from beskplan.runner.make_report import Outcome
from tests.conftest import NOT_CHECKED, ROOT
from tests.runner.edge_notebook import KERNELSPEC
from tests.runner.processes import children_of, eventually, is_running

forks = pytest.mark.skipif(bool(no_fork_here()), reason=f"{NOT_CHECKED}the pool: {no_fork_here()}")
GOOD = Job(2021, "rudersdal", "maalgrupper")
LOOP = """
import time

pytestmark = pytest.mark.thorough
while True:
    try:
        time.sleep(60)
    except BaseException:
        continue
"""
FAULTS = {
    "error": "1 / 0",
    "loop": LOOP,
    "memory": "eaten = [bytes(10_000_000)]\nwhile True:\n    eaten.append(eaten[-1] + b'x')",
    "exit": "import os\nos._exit(0)",
    "killed": "import os\nos.kill(os.getpid(), 9)",
    "no-report": "1 + 1",
}
"""Cells of notebooks that make no report."""
REASONS = {
    "error": "ZeroDivisionError: division by zero",
    "loop": "stopped after",
    "memory": "MemoryError",
    "exit": "ended itself before the report was done",
    "killed": "killed by SIGKILL",
    "no-report": "",
}


def notebook(source: str) -> NotebookNode:
    parameters = new_code_cell("kommune = ''\naar = 0", metadata={"tags": ["parameters"]})
    cells = [parameters, new_code_cell(source)]
    made: NotebookNode = new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC})
    return made


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    root = tmp_path_factory.mktemp("workplace")
    shutil.copytree(ROOT / "params", root / "params")
    (root / "notebooks").mkdir()
    shutil.copyfile(
        ROOT / "notebooks" / "maalgrupper.ipynb", root / "notebooks" / "maalgrupper.ipynb"
    )
    for name, source in FAULTS.items():
        nbformat.write(notebook(source), root / "notebooks" / f"{name}.ipynb")
    return Workplace(root)


def work_folders(place: Workplace) -> list[Path]:
    folder = place.reports / ".arbejde"
    return list(folder.iterdir()) if folder.is_dir() else []


class Told(list[str]):
    """Takes what a pool tells."""

    def __call__(self, sentence: str) -> None:
        self.append(sentence)


@pytest.fixture(scope="module")
def outcomes(workplace: Workplace) -> dict[str, Outcome]:
    """Every fault and a good report in one run, two at a time."""
    told = Told()
    jobs = [Job(2021, "rudersdal", name) for name in FAULTS]
    with ReportPool(workplace, 2, Limits(seconds=30, memory_mb=1000), told) as pool:
        made = {outcome.job.bilag: outcome for outcome in pool.run([*jobs, GOOD])}
    assert told == []
    return made


@forks
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_failed_report_with_its_reason(
    outcomes: dict[str, Outcome], name: str
) -> None:
    outcome = outcomes[name]
    assert not outcome.ok
    assert REASONS[name] in str(outcome.problems[0])
    assert not outcome.folder.exists()


@forks
def test_a_good_report_among_the_faults_is_whole(outcomes: dict[str, Outcome]) -> None:
    outcome = outcomes["maalgrupper"]
    assert outcome.ok
    names = {path.name for path in outcome.folder.iterdir()}
    assert {"maalgrupper.html", "maalgrupper.pdf", "maalgrupper.ipynb", "manifest.json"} <= names


@forks
def test_every_outcome_tells_what_it_has_used(outcomes: dict[str, Outcome]) -> None:
    assert all(outcome.usage and outcome.usage.cpu_seconds > 0 for outcome in outcomes.values())


@forks
def test_nothing_half_done_is_left(outcomes: dict[str, Outcome], workplace: Workplace) -> None:
    assert outcomes
    assert work_folders(workplace) == []


@forks
def test_a_cell_s_error_leaves_its_notebook_for_inspection(outcomes: dict[str, Outcome]) -> None:
    kept = outcomes["error"].failed_notebook
    assert kept is not None
    assert "ZeroDivisionError" in kept.read_text(encoding="utf-8")


DRIVER = """
import sys
from pathlib import Path
from beskplan.runner.engine.pool import ReportPool
from beskplan.params.jobs import Job, Workplace

if __name__ == "__main__":
    jobs = [Job(2021, "rudersdal", "loop")] * 4
    with ReportPool(Workplace(Path(sys.argv[1])), workers=2) as pool:
        print("started", flush=True)
        list(pool.run(jobs))
"""


@forks
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_and_no_folder_outlives_the_build(workplace: Workplace, number: int) -> None:
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(workplace.root)],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    # The warm process and two reports that hang in a cell.
    assert eventually(lambda: len(work_folders(workplace)) == 2)
    family = children_of(driver.pid)
    assert len(family) == 3
    driver.send_signal(number)
    driver.wait()
    assert eventually(lambda: not any(is_running(pid) for pid in family))
    assert eventually(lambda: work_folders(workplace) == [])


@forks
def test_reports_die_with_a_warm_process_that_is_killed(workplace: Workplace) -> None:
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(workplace.root)],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    assert eventually(lambda: len(work_folders(workplace)) == 2)
    (zygote,) = (pid for pid in children_of(driver.pid) if children_of(pid))
    reports = children_of(zygote)
    # Or it would go on with the standard engine.
    driver.send_signal(signal.SIGSTOP)
    os.kill(zygote, signal.SIGKILL)
    assert eventually(lambda: not any(is_running(pid) for pid in reports))
    driver.kill()
    driver.wait()
    shutil.rmtree(workplace.reports / ".arbejde")


def test_without_fork_the_standard_engine_makes_the_report_and_that_is_said(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    told = Told()
    with ReportPool(workplace, 2, tell=told) as pool:
        monkeypatch.undo()
        outcomes = list(pool.run([GOOD, Job(2021, "rudersdal", "error")]))
    assert told == [
        "win32 cannot fork safely: the reports run on the standard engine, which is slower"
    ]
    assert {outcome.job.bilag: outcome.ok for outcome in outcomes} == {
        "maalgrupper": True,
        "error": False,
    }
    assert all(outcome.usage is None for outcome in outcomes)


@forks
def test_with_native_threads_the_standard_engine_makes_the_report_and_that_is_said(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENVIRONMENT, "OPENBLAS_NUM_THREADS", "2")
    told = Told()
    with ReportPool(workplace, 1, tell=told) as pool:
        (outcome,) = pool.run([GOOD])
    assert outcome.ok
    assert outcome.usage is None
    assert len(told) == 1
    assert "native threads" in told[0]
    assert "standard engine" in told[0]


@forks
def test_a_warm_process_that_cannot_warm_up_is_done_without(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(ENVIRONMENT, "MPLBACKEND", "findes ikke")
    told = Told()
    with ReportPool(workplace, 1, tell=told) as pool:
        monkeypatch.undo()
        (outcome,) = pool.run([GOOD])
    assert outcome.ok
    assert "warm process has ended" in told[0]
    assert "findes ikke" in capfd.readouterr().err


@pytest.mark.parametrize("reason", ["no_fork_here", "_other_kernel"])
def test_papermill_s_engine_falls_back_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, reason: str
) -> None:
    monkeypatch.setattr(papermill_engine, reason, lambda *_: "derfor ikke")
    source, output = tmp_path / "a.ipynb", tmp_path / "b.ipynb"
    nbformat.write(notebook("6 * 7"), source)
    with caplog.at_level(logging.WARNING, logger="papermill"):
        made = papermill.execute_notebook(
            source, output, engine_name="beskplan", progress_bar=False
        )
    assert made.cells[-1].outputs[0].data["text/plain"] == "42"
    assert "derfor ikke; this notebook runs on the standard engine" in caplog.text
