"""Make one report: run the notebook, render it, put everything in place in one step."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from beskplan.blocks.csv import table_csv
from beskplan.blocks.model import Table
from beskplan.core.errors import BeskplanError, Problem, ReportError
from beskplan.core.files import ROWS
from beskplan.params.jobs import Job, Workplace
from beskplan.proof import prove, rehearse
from beskplan.render.html import BeskplanHtmlExporter
from beskplan.render.page import Page, read_page
from beskplan.render.pdf import render_pdf
from beskplan.render.shown import SHOWN, shown
from beskplan.render.workbook import render_workbook
from beskplan.report.rows import recorded
from beskplan.runner.execute import STANDARD_ENGINE, execute
from beskplan.runner.install import heal, install
from beskplan.runner.manifest import manifest
from beskplan.runner.usage import Usage
from beskplan.runner.versions import Store

WORK_FOLDER = ".arbejde"
"""Folder beside the reports for what is not finished; a work folder's name begins with its process."""


@dataclass(frozen=True)
class Outcome:
    """What became of one job: its folder, or the problems that stopped it."""

    job: Job
    folder: Path
    problems: tuple[Problem, ...] = ()
    failed_notebook: Path | None = None
    usage: Usage | None = None
    """Of the process that made it, where it had one of its own."""
    remarks: tuple[str, ...] = ()
    """What the plan check says of a report without failing it; each begins with its rule."""

    @property
    def ok(self) -> bool:
        """Whether the report was made."""
        return not self.problems


def make_report(job: Job, place: Workplace, *, engine: str = STANDARD_ENGINE) -> Outcome:
    """Make the report of `job`; a failure leaves the previous one untouched and is told, not raised.

    A failed run leaves its executed notebook under `reports/fejlet/` for inspection. `engine` is the
    papermill engine that runs it.
    """
    target = place.folder(job)
    kept = place.reports / "fejlet" / f"{job.id}.ipynb"
    with _work_folder(place) as work:
        notebook = work / f"{job.bilag}.ipynb"
        try:
            heal(target)
            remarks = _fill(work, job, place, engine)
            # Before it takes its place: a version that anyone has seen is never lost.
            Store.of(place.reports).keep(job.id, work)
            install(work, target)
        except BeskplanError as error:
            return Outcome(job, target, error.problems, _keep(notebook, kept))
        except OSError as error:
            problem = Problem(
                str(target), "cannot be written", str(error), fix="check disk space and rights"
            )
            return Outcome(job, target, ReportError(problem).problems, None)
    kept.unlink(missing_ok=True)
    return Outcome(job, target, remarks=remarks)


def rehearse_report(job: Job, place: Workplace, *, engine: str) -> None:
    """Run and render the report without keeping it: what that compiles and caches stays in memory.

    Without the PDF, as Typst starts threads.

    Raises:
        BeskplanError: the report cannot be made.
    """
    with tempfile.TemporaryDirectory() as folder:
        notebook = execute(job, place, Path(folder) / f"{job.bilag}.ipynb", engine=engine)
    page = read_page(notebook)
    _html_exporter().page_html(page)
    rehearse(page)


def _fill(work: Path, job: Job, place: Workplace, engine: str) -> tuple[str, ...]:
    """Everything of a report into its work folder; gives the remarks of the plan check."""
    with recorded(work / ROWS):
        notebook = execute(job, place, work / f"{job.bilag}.ipynb", engine=engine)
    page = read_page(notebook)
    (work / f"{job.bilag}.html").write_text(_html_exporter().page_html(page), encoding="utf-8")
    (work / f"{job.bilag}.pdf").write_bytes(render_pdf(page))
    (work / f"{job.bilag}.xlsx").write_bytes(render_workbook(page))
    _write_tables(work, page)
    (work / SHOWN).write_text(json.dumps(shown(page), ensure_ascii=False), encoding="utf-8")
    audited = prove(job, place, work)
    record = manifest(job, place, page, notebook, work) | {"plantjek": audited.as_record()}
    text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
    (work / "manifest.json").write_text(text, encoding="utf-8")
    return audited.lines


@cache
def _html_exporter() -> BeskplanHtmlExporter:
    # Compiling the template costs more than a page.
    return BeskplanHtmlExporter()


def _write_tables(work: Path, page: Page) -> None:
    folder = work / "tabeller"
    folder.mkdir()
    for numbered in page.tables():
        name = f"{numbered.number:02d}-{numbered.block.id}.csv"
        if isinstance(numbered.block, Table):
            (folder / name).write_bytes(table_csv(numbered.block))


@contextmanager
def _work_folder(place: Workplace) -> Iterator[Path]:
    """A folder of the job's own beside the reports, so that moving it into place is one rename."""
    base = place.reports / WORK_FOLDER
    base.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=base))
    work.chmod(0o755)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def discard_all_work(place: Workplace) -> None:
    """Remove what builds that were killed with all their processes have left.

    Only for who holds the reports alone (`lock.build_lock`): nobody else is at work then.
    """
    shutil.rmtree(place.reports / WORK_FOLDER, ignore_errors=True)


def discard_work(place: Workplace, pid: int) -> None:
    """Remove the work folders that a process has left which was killed."""
    for work in (place.reports / WORK_FOLDER).glob(f"{pid}-*"):
        shutil.rmtree(work, ignore_errors=True)


def _keep(notebook: Path, kept: Path) -> Path | None:
    if not notebook.is_file():
        return None
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(notebook, kept)
    return kept
