"""Run a notebook with papermill, and say plainly which cell failed."""

from __future__ import annotations

import logging
from pathlib import Path

import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from beskplan.core.errors import CellError, Problem
from beskplan.params.jobs import Job, Workplace

CELL_TIMEOUT_SECONDS = 120
"""A cell that takes longer hangs: the slowest real one takes about a second. papermill's default is never."""

STANDARD_ENGINE = "nbclient"
"""papermill's own: a new kernel process for every notebook."""


def execute(
    job: Job, place: Workplace, output: Path, *, engine: str = STANDARD_ENGINE
) -> NotebookNode:
    """The executed notebook of `job`; it is also written to `output`, whether it failed or not.

    Raises:
        CellError: a cell raised, hung, or took the kernel with it; says which, for whom.
    """
    parameters = {"kommune": job.kommune, "aar": job.aar}
    # papermill warns of an unknown parameter and logs every step: the job was checked before.
    logging.getLogger("papermill").setLevel(logging.ERROR)
    try:
        done: NotebookNode = papermill.execute_notebook(
            str(place.notebook(job.bilag)),
            str(output),
            parameters=parameters,
            engine_name=engine,
            cwd=str(place.root),
            progress_bar=False,
            request_save_on_cell_execute=False,
            execution_timeout=CELL_TIMEOUT_SECONDS,
            start_timeout=CELL_TIMEOUT_SECONDS,
        )
    except PapermillExecutionError as error:
        raise CellError(_raised(job, error)) from None
    except CellTimeoutError:
        raise CellError(
            _stopped(job, f"a cell ran for more than {CELL_TIMEOUT_SECONDS} s")
        ) from None
    except DeadKernelError:
        raise CellError(_stopped(job, "the kernel died")) from None
    return done


def _raised(job: Job, error: PapermillExecutionError) -> Problem:
    first_line = next((line.strip() for line in error.source.splitlines() if line.strip()), "")
    return Problem(
        where=f"notebooks/{job.bilag}.ipynb: cell {error.cell_index}: {first_line}",
        what=f"failed for {job.kommune} {job.aar}",
        found=f"{error.ename}: {error.evalue}",
        fix="look at the executed notebook",
    )


def _stopped(job: Job, found: str) -> Problem:
    return Problem(
        where=f"notebooks/{job.bilag}.ipynb",
        what=f"failed for {job.kommune} {job.aar}",
        found=found,
        fix="look at the executed notebook",
    )
