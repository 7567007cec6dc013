"""Make one report: run the notebook, render it, put everything in place in one step."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from beskplan.blocks.csv import table_csv
from beskplan.build.execute import execute
from beskplan.build.install import heal, install
from beskplan.build.jobs import Job, Workplace
from beskplan.build.manifest import manifest
from beskplan.build.page import Page, read_page
from beskplan.build.pdf import render_pdf
from beskplan.build.render import BeskplanHtmlExporter
from beskplan.errors import BeskplanError, Problem, ReportError


@dataclass(frozen=True)
class Outcome:
    """What became of one job: its folder, or the problems that stopped it."""

    job: Job
    folder: Path
    problems: tuple[Problem, ...] = ()
    failed_notebook: Path | None = None

    @property
    def ok(self) -> bool:
        return not self.problems


def make_report(job: Job, place: Workplace) -> Outcome:
    """Make the report of `job`; a failure leaves the previous one untouched and is told, not raised.

    A failed run leaves its executed notebook under `reports/fejlet/` for inspection.
    """
    target = place.folder(job)
    kept = place.reports / "fejlet" / f"{job.id}.ipynb"
    with _work_folder(place) as work:
        notebook = work / f"{job.bilag}.ipynb"
        try:
            heal(target)
            _fill(work, job, place)
            install(work, target)
        except BeskplanError as error:
            return Outcome(job, target, error.problems, _keep(notebook, kept))
        except OSError as error:
            problem = Problem(str(target), "cannot be written", str(error), fix="check disk space and rights")
            return Outcome(job, target, ReportError(problem).problems, None)
    kept.unlink(missing_ok=True)
    return Outcome(job, target)


def _fill(work: Path, job: Job, place: Workplace) -> None:
    notebook = execute(job, place, work / f"{job.bilag}.ipynb")
    page = read_page(notebook)
    (work / f"{job.bilag}.html").write_text(_html_exporter().page_html(page), encoding="utf-8")
    (work / f"{job.bilag}.pdf").write_bytes(render_pdf(page))
    _write_tables(work, job, page)
    record = manifest(job, place, page, notebook, work)
    text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
    (work / "manifest.json").write_text(text, encoding="utf-8")


@cache
def _html_exporter() -> BeskplanHtmlExporter:
    # Compiling the template costs more than a page.
    return BeskplanHtmlExporter()


def _write_tables(work: Path, job: Job, page: Page) -> None:
    folder = work / "tabeller"
    folder.mkdir()
    for numbered in page.tables():
        name = f"{numbered.number:02d}-{numbered.block.id}.csv"
        (folder / name).write_bytes(table_csv(numbered.block))


@contextmanager
def _work_folder(place: Workplace) -> Iterator[Path]:
    """A folder of the job's own beside the reports, so that moving it into place is one rename."""
    base = place.reports / ".arbejde"
    base.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=base))
    work.chmod(0o755)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _keep(notebook: Path, kept: Path) -> Path | None:
    if not notebook.is_file():
        return None
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(notebook, kept)
    return kept
