"""Copies of a report that say what was said of it: approved, published, or withdrawn.

A copy is the report's folder with page, PDF and workbook set again from the same executed notebook.
Before that, what was looked at is set again (`setting_problems`): only where it comes out byte for byte
can the copy be said to differ from it in nothing but its status. Whenever a copy leaves, its files are
compared with the hashes that the approval trail holds (`copy_problems`).
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from beskplan.core.errors import InputError, Problem
from beskplan.publish.trail import COPIES, Event, day_of
from beskplan.registers.provenance import sha256_bytes, sha256_file
from beskplan.render.page import (
    Page,
    Status,
    approved_status,
    published_status,
    read_notebook,
    read_page,
)
from beskplan.render.page_html import page_html
from beskplan.render.page_pdf import render_pdf
from beskplan.render.workbook import render_workbook
from beskplan.runner.install import install
from beskplan.runner.versions import MANIFEST, Store, Version

COPY_MANIFEST = "kopi/manifest.json"
"""Names the hash of the copy's manifest, which holds those of all its files, in an event's `files`."""
DEMO = "er lavet af demodata"
DEMO_FIX = "byg den af rigtige tal"
_RESTORE = "hent mappen fra en sikkerhedskopi, eller byg, se på og godkend rapporten på ny"


class CopyError(InputError):
    """A copy is not what was approved, or cannot be made as it was approved."""


def copies(reports: Path) -> Store:
    """The store of a working copy's approved, published and withdrawn copies."""
    return Store(reports / COPIES)


def file_problems(version: Version, fix: str = "beskplan build --force") -> Iterator[Problem]:
    """Files of a report that are not as its manifest says, and those that it does not know."""
    try:
        wanted = version.files
        there = {
            path.relative_to(version.folder).as_posix()
            for path in version.folder.rglob("*")
            if path.is_file()
        }
    except (OSError, ValueError, KeyError, TypeError):
        yield Problem(str(version.folder), "er ikke en hel rapport", fix=fix)
        return
    for name in sorted((wanted.keys() | there) - {MANIFEST}):
        known = name in wanted and name in there
        if not known or sha256_file(version.folder / name) != wanted[name]:
            what = "er ændret, efter at den blev dannet" if known else "mangler eller er fremmed"
            yield Problem(f"{version.folder}: {name}", what, fix=fix)


def copy_problems(reports: Path, event: Event, approval: Event) -> Iterator[Problem]:
    """Files of a copy that are not as they were approved, published or withdrawn.

    Args:
        reports: The folder of the reports.
        event: What the copy was made for.
        approval: The approval that it goes back to.
    """
    copy = copies(reports).version(event.job, event.copy_id)
    if found := list(file_problems(copy, _RESTORE)):
        yield from found
        return
    # The manifest lies beside the files and can be edited with them; the trail knows better.
    manifest = event.files.get(COPY_MANIFEST)
    changed = [MANIFEST] if manifest and manifest != manifest_hash(copy) else []
    if copy.content != event.copy_id:
        changed.append(MANIFEST)
    # Trails from before that hash was written have those of the draft: what is not set anew is the same.
    changed += [
        name
        for name, sha256 in approval.files.items()
        if not name.endswith((*_RENDERED, MANIFEST)) and copy.files.get(name) != sha256
    ]
    for name in dict.fromkeys(changed):
        what = f"er ikke den fil, som linje {event.number} i godkendelsessporet gælder"
        yield Problem(f"{copy.folder}: {name}", what, fix=_RESTORE)


def manifest_hash(copy: Version) -> str:
    """Hash of a copy's manifest, and so of all its files."""
    return sha256_file(copy.folder / MANIFEST)


def demo_problem(version: Version, *, on_page: bool = False, fix: str = DEMO_FIX) -> Problem | None:
    """What stands against letting a version out; None where all of its numbers are real.

    Args:
        version: A draft, or a copy. A manifest that does not say what it is made of counts as demo.
        on_page: What the page itself says, where the door has read it.
        fix: What the person at the door can do.

    Raises:
        OSError, ValueError: there is no manifest that can be read.
    """
    manifest = version.manifest
    if manifest.get("demo", True) is False and not on_page:
        return None
    where = str(manifest.get("job", version.folder))
    return Problem(where, DEMO, "demodata", "rigtige tal", fix)


def setting_problems(version: Version, status: Status) -> list[Problem]:
    """What hinders a copy that differs from a version in its status alone; empty where nothing does.

    Args:
        version: A draft, or a copy.
        status: The status that is printed on it.
    """
    bilag, page = _page(version, status)
    return [
        Problem(
            where=f"{version.manifest['job']}: {bilag}{ending}",
            what="bliver ikke den samme fil, som der blev set på, når den dannes igen",
            found="en anden fil: programmet eller filen er ændret siden",
            fix="byg den igen, se på den, og godkend den: beskplan build --force",
        )
        for ending, render in _RENDERED.items()
        if sha256_bytes(render(page)) != version.files.get(f"{bilag}{ending}")
    ]


def make_copy(
    job: str, version: Version, status: Status, reports: Path, check: Callable[[Path], object]
) -> Version:
    """The copy of a version with a status; the same status gives the same copy.

    Args:
        job: The report.
        version: What was looked at.
        status: What its readers are told.
        reports: The folder of the reports.
        check: Looks at the finished folder, and raises where it may not be kept.

    Raises:
        RenderError: the report cannot be set.
        OSError: it cannot be written.
    """
    store = copies(reports)
    bilag, page = _page(version, status)
    store.folder.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".", dir=store.folder))
    try:
        folder = work / "kopi"
        shutil.copytree(version.folder, folder)
        files = dict(version.files)
        for ending, render in _RENDERED.items():
            content = render(page)
            (folder / f"{bilag}{ending}").write_bytes(content)
            files[f"{bilag}{ending}"] = sha256_bytes(content)
        looked_at = version.manifest.get("standing", {}).get("of", version.content)
        said = {"kind": status.kind, "text": status.text, "of": looked_at}
        record = {**version.manifest, "files": files, "standing": said}
        text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
        (folder / MANIFEST).write_text(text, encoding="utf-8")
        check(folder)
        kept = store.version(job, Version(folder).content)
        if not (kept.folder / MANIFEST).is_file() or (
            manifest_hash(kept) != manifest_hash(Version(folder)) or any(file_problems(kept))
        ):
            install(folder, kept.folder)
        return Version(kept.folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def published_copy(reports: Path, approval: Event, day: date) -> Version:
    """Make the copy that says when it was published; the same day gives the same copy.

    Args:
        reports: The folder of the reports.
        approval: The approval that holds.
        day: Of the publication.

    Raises:
        CopyError: the approved copy was tampered with or is made of demo data, or this version of
            the program would set it differently, so that more than the day would change.
        RenderError: the report cannot be set.
        OSError: it cannot be written.
    """
    if wrong := list(copy_problems(reports, approval, approval)):
        raise CopyError(wrong)
    copy = copies(reports).version(approval.job, approval.copy_id)
    if demo := demo_problem(copy):
        raise CopyError(demo)
    approved_on = day_of(approval.at)
    if wrong := setting_problems(copy, approved_status(approval.by, approved_on)):
        raise CopyError(wrong)
    status = published_status(approval.by, approved_on, day)
    return make_copy(approval.job, copy, status, reports, lambda _folder: None)


def _page(version: Version, status: Status) -> tuple[str, Page]:
    bilag = str(version.manifest["bilag"])
    page = read_page(read_notebook(version.folder / f"{bilag}.ipynb"))
    return bilag, replace(page, status=status)


_RENDERED: dict[str, Callable[[Page], bytes]] = {
    ".html": lambda page: page_html(page).encode(),
    ".pdf": render_pdf,
    ".xlsx": render_workbook,
}
"""The files that tell a status, and what makes them."""
