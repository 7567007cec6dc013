"""The manifest beside each report: what it was made from, and the hashes of what came out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from nbformat import NotebookNode

from beskplan import __version__
from beskplan.blocks.model import MIME
from beskplan.observations.snapshot_store import embedded
from beskplan.params.jobs import Job, Workplace
from beskplan.params.models import params_files
from beskplan.params.profil import read_presentation
from beskplan.registers.provenance import sha256_file, sha256_json
from beskplan.render.page import Page
from beskplan.runner.keys import code_commit, installed, library_key, notebook_key
from beskplan.runner.records import Version, content_id, now, stamp


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
        return stamp(path)
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
        "made_at": now(),
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
        "previous": _previous(Version(place.folder(job)), content_id(files)),
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
