"""What became of a job, and the folder that it is made in; light, as every build imports it at once."""

from __future__ import annotations

import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beskplan.core.errors import Problem, os_reason
from beskplan.core.files import COPY

if TYPE_CHECKING:
    from beskplan.params.jobs import Job

STANDARD_ENGINE = "nbclient"
"""papermill's own engine: a new kernel process for every notebook."""
HERE = "beskplan-here"
"""Our engine in a process that makes one report and ends: what cells leave behind, stays."""
_FOLDER = ".arbejde"
"""Beside the reports, for what is not finished; each work folder is named by its machine and process."""
_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Outcome:
    """What became of one job: its folder, or the problems that stopped it."""

    job: Job
    folder: Path
    problems: tuple[Problem, ...] = ()
    failed_notebook: Path | None = None
    remarks: tuple[str, ...] = ()
    """What is said of a report without failing it; each begins with who says it (`plantjek`) and the rule."""

    @property
    def ok(self) -> bool:
        """Whether the report was made."""
        return not self.problems


def cannot_be_written(target: Path, error: OSError) -> Problem:
    """The problem of a full disk, a folder without rights, a path that is in the way."""
    return Problem(
        where=str(error.filename or target),
        what="kan ikke skrives",
        found=os_reason(error),
        fix="se efter plads på disken og rettigheder til mappen",
    )


def changed_meanwhile(name: str) -> Problem:
    """The problem of a file that was edited while a report was made from it."""
    return Problem(
        where=name,
        what="blev ændret, mens rapporten blev lavet",
        found="en anden fil end da bygningen begyndte",
        expected="den samme fil fra først til sidst",
        fix="byg igen, når filen er gemt",
    )


@contextmanager
def work_folder(reports: Path) -> Iterator[Path]:
    """A folder of one report's own beside the reports, so that moving it into place is one rename."""
    base = reports / _FOLDER
    base.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=_name(os.getpid()), dir=base))
    work.chmod(0o755)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _name(pid: int) -> str:
    return f"{platform.node()}-{pid}-"


def discard_work(reports: Path, pid: int) -> None:
    """Remove the work folders that a process of this machine has left which was killed."""
    for work in (reports / _FOLDER).glob(f"{_name(pid)}*"):
        shutil.rmtree(work, ignore_errors=True)


def discard_dead_work(reports: Path) -> None:
    """Remove what builds have left that were killed with all their processes.

    Never that of a process which may be alive, as on a shared disk where locks do not hold: what
    other machines have left goes when it is a day old.
    """
    for work in (reports / _FOLDER).glob("*"):
        node, _, rest = work.name.partition(f"{platform.node()}-")
        pid = rest.partition("-")[0]
        here = not node and pid.isdigit()
        if not is_alive(int(pid)) if here else _is_old(work):
            shutil.rmtree(work, ignore_errors=True)


def is_alive(pid: int) -> bool:
    """Whether a process of this machine runs; one that is only not yet waited for does not."""
    import psutil

    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _is_old(work: Path) -> bool:
    try:
        return time.time() - work.stat().st_mtime > _DAY_SECONDS
    except FileNotFoundError:
        return False


def keep_failed(notebook: Path, reports: Path, job: Job) -> Path | None:
    """Leave the executed notebook of a failed run where a person finds it; None where there is none."""
    if not notebook.is_file():
        return None
    path = failed_path(reports, job)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_copy(json.loads(notebook.read_bytes()), job, path)
    return path


def write_copy(notebook: dict[str, Any], job: Job, path: Path) -> None:
    """Write an executed notebook that says at its top that it is a copy, and where to change what it shows.

    Args:
        notebook: As JSON.
        job: The report that it was executed for.
        path: The file.
    """
    text = (
        f"**Kopi.** Denne notebook er kørt for {job.id} og bliver overskrevet, næste gang rapporten "
        f"laves. Ret i `notebooks/{job.bilag}.ipynb`."
    )
    cell = {"cell_type": "markdown", "id": COPY, "metadata": {"tags": [COPY]}, "source": [text]}
    cells = [cell, *(one for one in notebook["cells"] if one.get("id") != COPY)]
    # In one line: laid out it is a third longer, and takes Python as long as two figures.
    text = json.dumps({**notebook, "cells": cells}, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def failed_path(reports: Path, job: Job) -> Path:
    """Where the executed notebook of a job's failed run lies."""
    return reports / "fejlet" / f"{job.id}.ipynb"
