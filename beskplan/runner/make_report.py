"""The whole way of one report: run the notebook, render it, prove it, put it in place in one step.

The manifest beside it tells what it was made from, and the hashes of what came out.
"""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import prepare_notebook_metadata, raise_for_execution_errors
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from traitlets.config import Config

from beskplan import __version__
from beskplan.blocks.captions import table_title
from beskplan.blocks.csv import SOURCES_FILE, sources_csv, table_csv
from beskplan.blocks.model import MIME, Table
from beskplan.core import errors
from beskplan.core.errors import BeskplanError, CellError, Problem, RenderError, ReportError
from beskplan.core.files import ROWS, heal, install, sha256_file, sha256_json
from beskplan.observations.snapshot_store import embedded
from beskplan.params.jobs import Job, Workplace
from beskplan.params.models import params_files
from beskplan.params.profil import read_presentation
from beskplan.proof import prove
from beskplan.render.page import Page, read_page
from beskplan.render.page_html import page_html
from beskplan.render.page_pdf import MOST_PAGES, page_count, render_pdf
from beskplan.render.values import VALUES, page_values
from beskplan.render.workbook import render_workbook
from beskplan.report.data import recorded
from beskplan.runner import records
from beskplan.runner.keys import code_commit, installed, library_key, notebook_key

CELL_TIMEOUT_SECONDS = 120
"""A cell that takes longer hangs: the slowest real one takes about a second. papermill's default is never."""

_KERNEL: Final = {"config": Config(KernelManager={"transport_encryption": "auto"})}
"""Of the standard engine: without it ipykernel warns at every start that others may listen."""


def make_report(
    job: Job, place: Workplace, *, engine: str = records.STANDARD_ENGINE
) -> records.Outcome:
    """Make the report of `job`; a failure leaves the previous one untouched and is told, not raised.

    A failed run leaves its executed notebook under `reports/fejlet/` for inspection. `engine` is the
    papermill engine that runs it.
    """
    target = place.folder(job)
    try:
        with records.work_folder(place.reports) as work:
            try:
                heal(target)
                remarks = _fill(work, job, place, engine)
                # Before it takes its place: a version that anyone has seen is never lost.
                records.Store.of(place.reports).keep(job.id, work)
                install(work, target)
            except BeskplanError as error:
                failed = records.keep_failed(work / f"{job.bilag}.ipynb", place.reports, job)
                return records.Outcome(job, target, error.problems, failed)
        records.failed_path(place.reports, job).unlink(missing_ok=True)
    except OSError as error:
        return records.Outcome(job, target, (records.cannot_be_written(target, error),))
    return records.Outcome(job, target, remarks=remarks)


def _fill(work: Path, job: Job, place: Workplace, engine: str) -> tuple[str, ...]:
    """Everything of a report into its work folder; gives the remarks on it."""
    inputs = Inputs.read(job, place)
    with recorded(work / ROWS):
        notebook = execute(job, place, work / f"{job.bilag}.ipynb", engine=engine)
    page = page_of(notebook, job)
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
    long = too_long(page_count(pdf.result())) if job.periode else ()
    if changed := inputs.changed():
        raise ReportError(records.changed_meanwhile(name) for name in changed)
    record = manifest(inputs, page, notebook, work) | {"plantjek": audited.as_record()}
    text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
    (work / records.MANIFEST).write_text(text, encoding="utf-8")
    return (*audited.lines, *long)


def too_long(pages: int) -> tuple[str, ...]:
    """Give the remark on an edition of more pages than it may have."""
    if pages <= MOST_PAGES:
        return ()
    fix = "gør bemærkningerne kortere, eller udelad afsnit (status: udelad)"
    return (f"pdf: mere end {MOST_PAGES} sider: {pages}, selv om udgaven er sat tættere; {fix}",)


def page_of(notebook: NotebookNode, job: Job) -> Page:
    """The page of an executed notebook.

    Raises:
        RenderError: it is none; the problems name the notebook's file and cell.
    """
    try:
        return read_page(notebook)
    except RenderError as error:
        name = f"notebooks/{job.bilag}.ipynb"
        raise RenderError(
            replace(one, where=f"{name}: {one.where}".replace(": notebook", ""))
            for one in error.problems
        ) from None


def execute(
    job: Job, place: Workplace, output: Path, *, engine: str = records.STANDARD_ENGINE
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
                **(_KERNEL if engine == records.STANDARD_ENGINE else {}),
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
    records.write_copy(nb, job, output)
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


@dataclass(frozen=True)
class Inputs:
    """The files that a person may edit while a report is made from them, as they were at its start."""

    job: Job
    place: Workplace
    notebook: str
    """Hash of its cells (`keys.notebook_key`)."""
    params: dict[str, str]
    """Path from the working copy -> SHA-256."""
    stamps: dict[Path, tuple[int, ...] | None]

    @classmethod
    def read(cls, job: Job, place: Workplace) -> Inputs:
        """Those of a job as they are now.

        Raises:
            BeskplanError: the params are wrong, or there is no such notebook.
        """
        notebook = place.notebook(job.bilag)
        files = (
            *params_files(place.root, job.kommune, job.aar),
            *read_presentation(job.kommune, place.root).files,
        )
        stamps = {path: _stamp(path) for path in (notebook, *files)}
        hashes = {
            path.relative_to(place.root).as_posix(): sha256_file(path)
            for path in files
            if path.is_file()
        }
        return cls(job, place, notebook_key(notebook), hashes, stamps)

    def changed(self) -> list[str]:
        """The files that were written since, also where they say the same again."""
        return [str(path) for path, before in self.stamps.items() if _stamp(path) != before]


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        return records.stamp(path)
    except OSError:
        return None


def manifest(inputs: Inputs, page: Page, notebook: NotebookNode, work: Path) -> dict[str, Any]:
    """All that is known of how a report in the folder `work` came to be; JSON types only."""
    job, place = inputs.job, inputs.place
    files = {
        path.relative_to(work).as_posix(): sha256_file(path)
        for path in sorted(work.rglob("*"))
        if path.is_file()
    }
    return {
        "job": job.id,
        "bilag": job.bilag,
        "kommune": page.header.kommune,
        "kommune_kode": page.header.kommune_kode,
        "aar": job.aar,
        **({"periode": job.periode} if job.periode else {}),
        "demo": page.header.demo,
        "made_at": records.now(),
        "data": {
            "id": page.header.data_id,
            "text": page.header.data_text,
            "embedded": page.header.data_id == embedded().id,
        },
        "made_from": {
            "notebook": inputs.notebook,
            "params": inputs.params,
            "blocks": sha256_json(_blocks(notebook)),
            **code_hashes(),
        },
        "versions": {"beskplan": __version__, **installed()},
        "commit": code_commit(place.root),
        "files": files,
        "previous": _previous(records.Version(place.folder(job)), records.content_id(files)),
    }


def _blocks(notebook: NotebookNode) -> list[Any]:
    return [
        output["data"][MIME]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if MIME in output.get("data", {})
    ]


@cache
def code_hashes() -> dict[str, str]:
    """Hashes of our own code and registers: they cannot change while the process runs."""
    found = library_key()
    return {part: found[part] for part in ("library", "registers")}


def _previous(in_place: records.Version, content: str) -> dict[str, Any] | None:
    """What the last report said that said something else; None where there is none.

    Args:
        in_place: The report that is to be replaced.
        content: What the new one says: where it says the same, the one before is still the last.
    """
    try:
        record = in_place.manifest
        said = in_place.content
    except (OSError, ValueError, KeyError):
        return None
    if said == content:
        return cast("dict[str, Any] | None", record.get("previous"))
    return {
        "content": said,
        "made_at": record.get("made_at"),
        "data": record.get("data"),
        "files": record.get("files"),
    }
