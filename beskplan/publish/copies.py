"""Copies of a report that wear what was said of it: approved, published, or withdrawn.

A copy is the report's folder with page, PDF and workbook set again from the same executed notebook.
Before that, what was looked at is set again (`setting_problems`): only where it comes out byte for byte
can the copy be said to differ from it in nothing but its standing.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from beskplan.core.errors import Problem
from beskplan.registers.provenance import sha256_bytes, sha256_file
from beskplan.render.html import BeskplanHtmlExporter
from beskplan.render.page import Page, read_page
from beskplan.render.pdf import render_pdf
from beskplan.render.pieces import read_notebook
from beskplan.render.standing import Standing
from beskplan.render.workbook import render_workbook
from beskplan.runner.versions import MANIFEST, Store, Version, copy_or_link

FOLDER = ".godkendte"
"""Below `reports/`: the copies, kept as versions are (`beskplan.runner.versions`)."""


def copies(reports: Path) -> Store:
    """The store of a working copy's approved and withdrawn copies."""
    return Store(reports / FOLDER)


def file_problems(version: Version) -> Iterator[Problem]:
    """Files of a report that are not as its manifest says, and those that it does not know."""
    try:
        wanted = version.files
    except (OSError, ValueError, KeyError):
        yield Problem(str(version.folder), "is no report", fix="build it again")
        return
    there = {
        path.relative_to(version.folder).as_posix()
        for path in version.folder.rglob("*")
        if path.is_file()
    }
    for name in sorted((wanted.keys() | there) - {MANIFEST}):
        known = name in wanted and name in there
        if not known or sha256_file(version.folder / name) != wanted[name]:
            what = "was changed after it was built" if known else "is missing or foreign"
            yield Problem(f"{version.folder}: {name}", what, fix="beskplan build --force")


def setting_problems(version: Version, standing: Standing) -> list[Problem]:
    """What hinders a copy that differs from a version in its standing alone; empty where nothing does.

    Args:
        version: A draft, or a copy.
        standing: What it wears.
    """
    bilag = version.manifest["bilag"]
    page = replace(read_page(read_notebook(version.folder / f"{bilag}.ipynb")), standing=standing)
    return [
        Problem(
            where=f"{version.manifest['job']}: {bilag}{ending}",
            what="does not come out again as it was looked at",
            found="another file: the program, or the file itself, was changed since",
            fix="build it again, look at it, and approve that: beskplan build --force",
        )
        for ending, render in _RENDERED.items()
        if sha256_bytes(render(page)) != version.files.get(f"{bilag}{ending}")
    ]


def make_copy(
    job: str, version: Version, standing: Standing, store: Store, check: Callable[[Path], object]
) -> Version:
    """The copy of a version that wears a standing; the same standing gives the same copy.

    Args:
        job: The report.
        version: What was looked at.
        standing: What its readers are told.
        store: Where copies are kept.
        check: Looks at the finished folder, and raises where it may not be kept.

    Raises:
        RenderError: the report cannot be set.
        OSError: it cannot be written.
    """
    bilag = version.manifest["bilag"]
    page = replace(read_page(read_notebook(version.folder / f"{bilag}.ipynb")), standing=standing)
    store.folder.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".", dir=store.folder))
    try:
        folder = work / "kopi"
        copy_or_link(version.folder, folder)
        for ending, render in _RENDERED.items():
            _replace(folder / f"{bilag}{ending}", render(page))
        files = {
            **version.files,
            **{f"{bilag}{e}": sha256_file(folder / f"{bilag}{e}") for e in _RENDERED},
        }
        record = {
            **version.manifest,
            "files": files,
            "standing": {"kind": standing.kind, "text": standing.text, "of": _looked_at(version)},
        }
        text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
        _replace(folder / MANIFEST, text.encode())
        check(folder)
        return store.keep(job, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _looked_at(version: Version) -> str:
    """Name of the draft that a version is, or is a copy of."""
    name: str = version.manifest.get("standing", {}).get("of", version.content)
    return name


def _replace(path: Path, content: bytes) -> None:
    """A new file of that name: the old one may be the report's own by another name."""
    path.unlink()
    path.write_bytes(content)


@cache
def _html_exporter() -> BeskplanHtmlExporter:
    return BeskplanHtmlExporter()  # type: ignore[no-untyped-call]  # nbconvert's own __init__


def _html(page: Page) -> bytes:
    return _html_exporter().page_html(page).encode()


_RENDERED: dict[str, Callable[[Page], bytes]] = {
    ".html": _html,
    ".pdf": render_pdf,
    ".xlsx": render_workbook,
}
"""The files that tell a standing, and what makes them."""
