"""The whole way of one report: run the notebook, render it, prove it, put it in place in one step."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir
from pathlib import Path
from typing import Final, cast

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import prepare_notebook_metadata, raise_for_execution_errors
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from traitlets.config import Config

from beskplan.blocks.captions import table_title
from beskplan.blocks.csv import SOURCES_FILE, sources_csv, table_csv
from beskplan.blocks.model import Table
from beskplan.core import errors
from beskplan.core.errors import BeskplanError, CellError, Problem, ReportError
from beskplan.core.files import ROWS, heal, install
from beskplan.params.jobs import Job, Workplace
from beskplan.proof import prove
from beskplan.render.page import Page, read_page
from beskplan.render.page_html import page_html
from beskplan.render.page_pdf import render_pdf
from beskplan.render.values import VALUES, page_values
from beskplan.render.workbook import render_workbook
from beskplan.report.rows import recorded
from beskplan.runner.manifest import Inputs, manifest
from beskplan.runner.records import MANIFEST, Store
from beskplan.runner.work import (
    STANDARD_ENGINE,
    Outcome,
    cannot_be_written,
    changed_meanwhile,
    failed_path,
    keep_failed,
    work_folder,
    write_copy,
)

CELL_TIMEOUT_SECONDS = 120
"""A cell that takes longer hangs: the slowest real one takes about a second. papermill's default is never."""

_KERNEL: Final = {"config": Config(KernelManager={"transport_encryption": "auto"})}
"""Of the standard engine: without it ipykernel warns at every start that others may listen."""


def make_report(job: Job, place: Workplace, *, engine: str = STANDARD_ENGINE) -> Outcome:
    """Make the report of `job`; a failure leaves the previous one untouched and is told, not raised.

    A failed run leaves its executed notebook under `reports/fejlet/` for inspection. `engine` is the
    papermill engine that runs it.
    """
    target = place.folder(job)
    try:
        with work_folder(place.reports) as work:
            try:
                heal(target)
                remarks = _fill(work, job, place, engine)
                # Before it takes its place: a version that anyone has seen is never lost.
                Store.of(place.reports).keep(job.id, work)
                install(work, target)
            except BeskplanError as error:
                failed = keep_failed(work / f"{job.bilag}.ipynb", place.reports, job)
                return Outcome(job, target, error.problems, failed)
        failed_path(place.reports, job).unlink(missing_ok=True)
    except OSError as error:
        return Outcome(job, target, (cannot_be_written(target, error),))
    return Outcome(job, target, remarks=remarks)


def _fill(work: Path, job: Job, place: Workplace, engine: str) -> tuple[str, ...]:
    """Everything of a report into its work folder; gives the remarks of the plan check."""
    inputs = Inputs.read(job, place)
    with recorded(work / ROWS):
        notebook = execute(job, place, work / f"{job.bilag}.ipynb", engine=engine)
    page = read_page(notebook)
    with ThreadPoolExecutor(1) as beside:
        # Typst sets the PDF outside of Python's lock.
        pdf = beside.submit(render_pdf, page)
        (work / f"{job.bilag}.html").write_text(page_html(page), encoding="utf-8")
        (work / f"{job.bilag}.xlsx").write_bytes(render_workbook(page))
        _write_tables(work / "tabeller", page)
        values = json.dumps(page_values(page), ensure_ascii=False)
        (work / VALUES).write_text(values, encoding="utf-8")
        (work / f"{job.bilag}.pdf").write_bytes(pdf.result())
    audited = prove(job, place, work)
    if changed := inputs.changed():
        raise ReportError(changed_meanwhile(name) for name in changed)
    record = manifest(inputs, page, notebook, work) | {"plantjek": audited.as_record()}
    text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
    (work / MANIFEST).write_text(text, encoding="utf-8")
    return audited.lines


def execute(
    job: Job, place: Workplace, output: Path, *, engine: str = STANDARD_ENGINE
) -> NotebookNode:
    """The executed notebook of `job`; it is also written to `output`, whether it failed or not.

    Raises:
        CellError: a cell raised, hung, or took the kernel with it; says which, for whom.
    """
    where, what = (
        f"notebooks/{job.bilag}.ipynb",
        f"fejler for {' '.join(map(str, job.parameters.values()))}",
    )
    fix = "se den kørte notebook under reports/fejlet/"
    # papermill warns of an unknown parameter and logs every step: the job was checked before.
    logging.getLogger("papermill").setLevel(logging.ERROR)
    source = str(place.notebook(job.bilag))
    try:
        # What `papermill.execute_notebook` does, but for its last step: it lays out the finished
        # notebook line by line, in Python.
        nb = parameterize_notebook(load_notebook_node(source), job.parameters, engine_name=engine)
        nb = prepare_notebook_metadata(nb, source, str(output))
        with chdir(place.root):
            nb = papermill_engines.execute_notebook_with_engine(
                engine,
                nb,
                papermill_engines.nb_kernel_name(engine, nb),
                progress_bar=False,
                execution_timeout=CELL_TIMEOUT_SECONDS,
                start_timeout=CELL_TIMEOUT_SECONDS,
                **(_KERNEL if engine == STANDARD_ENGINE else {}),
            )
        raise_for_execution_errors(nb, str(output))
    except PapermillExecutionError as error:
        line = next((line.strip() for line in error.source.splitlines() if line.strip()), "")
        where = f"{where}: celle {error.cell_index}: {line}"
        if isinstance(getattr(errors, error.ename, None), type):
            # One of ours says itself what is wrong and what to do.
            raise CellError(Problem(where, what, error.evalue)) from None
        raise CellError(Problem(where, what, f"{error.ename}: {error.evalue}", fix=fix)) from None
    except CellTimeoutError:
        found = f"en celle kørte i mere end {CELL_TIMEOUT_SECONDS} s"
        raise CellError(Problem(where, what, found, fix=fix)) from None
    except DeadKernelError:
        raise CellError(
            Problem(where, what, "processen, som cellerne kørte i, stoppede", fix=fix)
        ) from None
    write_copy(nb, job, output)
    return cast("NotebookNode", nb)


def _write_tables(folder: Path, page: Page) -> None:
    folder.mkdir()
    files = [
        (f"{one.number:02d}-{one.block.id}.csv", table_title(one.block, one.number), one.block)
        for one in page.tables()
        if isinstance(one.block, Table)
    ]
    for name, _, table in files:
        (folder / name).write_bytes(table_csv(table))
    if files:
        (folder / SOURCES_FILE).write_bytes(sources_csv(files))
