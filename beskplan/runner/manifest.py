"""The manifest beside each report: what it was made from, and the hashes of what came out."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from nbformat import NotebookNode

from beskplan import __version__
from beskplan.blocks.model import MIME
from beskplan.params import params_files
from beskplan.params.jobs import Job, Workplace
from beskplan.params.presentation import read_presentation
from beskplan.registers.provenance import sha256_file, sha256_json
from beskplan.render.page import Page
from beskplan.runner.keys import library_key
from beskplan.runner.versions import Version, content_id

PACKAGES = (
    "papermill",
    "nbconvert",
    "pandas",
    "matplotlib",
    "seaborn",
    "typst",
    "pikepdf",
    "xlsxwriter",
)
"""The packages whose version can change what a report looks like or says."""

COMMIT_VARIABLE = "BESKPLAN_COMMIT"
"""Environment variable with the commit that reports are made from; children and workers inherit it."""


def manifest(
    job: Job, place: Workplace, page: Page, notebook: NotebookNode, work: Path
) -> dict[str, Any]:
    """All that is known of how a report in the folder `work` came to be; JSON types only."""
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
        "demo": page.header.demo,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "data": {"id": page.header.data_id, "text": page.header.data_text},
        "made_from": {
            "notebook": sha256_json([cell["source"] for cell in place_cells(place, job)]),
            "params": _params_hashes(place, job),
            "blocks": sha256_json(_blocks(notebook)),
            **_code(),
        },
        "versions": {
            "beskplan": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in PACKAGES},
        },
        "commit": code_commit(place.root),
        "files": files,
        "previous": _previous(Version(place.folder(job)), content_id(files)),
    }


def place_cells(place: Workplace, job: Job) -> list[dict[str, Any]]:
    """The cells of the job's notebook as it lies in the working copy."""
    cells: list[dict[str, Any]] = json.loads(place.notebook(job.bilag).read_text(encoding="utf-8"))[
        "cells"
    ]
    return cells


def _params_hashes(place: Workplace, job: Job) -> dict[str, str]:
    files = (
        *params_files(place.root, job.kommune, job.aar),
        *read_presentation(job.kommune, place.root).files,
    )
    return {
        path.relative_to(place.root).as_posix(): sha256_file(path)
        for path in files
        if path.is_file()
    }


def _blocks(notebook: NotebookNode) -> list[Any]:
    return [
        output["data"][MIME]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if MIME in output.get("data", {})
    ]


@cache
def _code() -> dict[str, str]:
    """Hashes of our own code and registers: they cannot change while the process runs."""
    found = library_key()
    return {part: found[part] for part in ("library", "registers")}


def _previous(in_place: Version, content: str) -> dict[str, Any] | None:
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


def code_commit(root: Path) -> str:
    """The commit of the working copy, with `+` where files differ from it; empty outside git.

    A build of many reports asks once and leaves the answer in `COMMIT_VARIABLE` for all of them.
    """
    if (known := os.environ.get(COMMIT_VARIABLE)) is not None:
        return known
    try:
        commit = _git(root, "rev-parse", "HEAD")
        changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return ""
    return commit + ("+" if changed else "")


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(
        ("git", "-C", str(root), *words), capture_output=True, text=True, check=True, timeout=10
    )
    return done.stdout.strip()
