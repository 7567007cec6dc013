"""Put the packet in its place: agenda item, Bilag, manifest and zip, all of it in one step.

    reports/pakker/2021/rudersdal/
        udvalgssag-rudersdal-2021.zip
        udvalgssag-rudersdal-2021/
            dagsordenspunkt.html  dagsordenspunkt.docx  dagsordenspunkt.pdf
            bilag-1-maalgrupper.pdf  ...
            manifest.json

The same reports, params and code give the same bytes on any day.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from beskplan import __version__
from beskplan.core.errors import ParamsError, Problem, ReportError
from beskplan.core.files import zipped
from beskplan.params import params_path, read, subject
from beskplan.params.bilag import Udvalgssag
from beskplan.params.jobs import Workplace
from beskplan.publish.agenda import NAME, agenda_page
from beskplan.publish.bilag import Bilag, approved_bilag, draft_bilag
from beskplan.publish.copies import page_html
from beskplan.publish.word import render_word
from beskplan.registers.provenance import sha256_bytes
from beskplan.render.page import Page
from beskplan.render.pdf import set_pdf
from beskplan.render.typst_markup import page_data
from beskplan.runner.install import heal, install

FOLDER = "pakker"


def packet_folder(place: Workplace, kommune: str, aar: int) -> Path:
    """Where a packet lies: zip and folder together, so that one rename replaces both."""
    return place.reports / FOLDER / str(aar) / kommune


def make_packet(
    place: Workplace, kommune: str, aar: int, *, draft: bool = False, demo: bool = False
) -> Path:
    """Make the packet of a municipality's plan year.

    Args:
        place: The working copy.
        kommune: Name, code or slug of the municipality.
        aar: Plan year.
        draft: Take the reports as they were built last, approved or not; the packet then says so.
        demo: In a draft also what is made of demo data; the packet then says that too.

    Returns:
        The zip.

    Raises:
        ParamsError: the params are wrong, or have no `udvalgssag`.
        ReportError: a report is missing, not what was built, not approved, or made of demo data; all of
            them at once.
    """
    slug = subject(kommune).slug
    case = _case(place, slug, aar)
    bilag = draft_bilag(place, slug, aar, demo=demo) if draft else approved_bilag(place, slug, aar)
    return _put(
        place,
        packet_folder(place, slug, aar),
        f"udvalgssag-{slug}-{aar}",
        packet_files(case, bilag),
    )


def packet_files(case: Udvalgssag, bilag: Sequence[Bilag]) -> dict[str, bytes]:
    """Name and content of every file of the packet."""
    page = agenda_page(case, bilag)
    files = {
        f"{NAME}.html": page_html(page),
        f"{NAME}.docx": render_word(page, case.moede),
        f"{NAME}.pdf": _pdf(page, case),
        **{one.file_name: one.pdf for one in bilag},
    }
    record = _manifest(case, bilag, files)
    text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
    return {**files, "manifest.json": text.encode()}


def _pdf(page: Page, case: Udvalgssag) -> bytes:
    # An agenda item is short: its fields need no list of contents before them.
    return set_pdf({**page_data(page, case.moede), "contents": 0}, "report.typ", NAME)


def _manifest(
    case: Udvalgssag, bilag: Sequence[Bilag], files: Mapping[str, bytes]
) -> dict[str, Any]:
    header = bilag[0].page.header
    return {
        "version": 1,
        "kommune": header.kommune,
        "kommune_kode": header.kommune_kode,
        "aar": header.aar,
        "udvalg": case.udvalg,
        "moede": case.moede.isoformat(),
        "sagsnr": case.sagsnr,
        "beskplan": __version__,
        "bilag": [_bilag_record(one) for one in bilag],
        "files": {name: sha256_bytes(content) for name, content in sorted(files.items())},
    }


def _bilag_record(bilag: Bilag) -> dict[str, Any]:
    approval = bilag.approval
    return {
        "nr": bilag.number,
        "titel": bilag.page.title,
        "job": bilag.job.id,
        "fil": bilag.file_name,
        "version": bilag.content,
        "godkendt_af": approval.by if approval else None,
        "godkendt": approval.at if approval else None,
        "data": bilag.page.header.data_id,
    }


def _case(place: Workplace, slug: str, aar: int) -> Udvalgssag:
    params = read(slug, aar, place.root)
    if params.udvalgssag is None:
        where = params_path(place.root, slug, aar).relative_to(place.root).as_posix()
        fix = "skriv den; docs/drift.md viser et eksempel"
        raise ParamsError(Problem(f"{where}: udvalgssag", "nøglen mangler", fix=fix))
    return params.udvalgssag


def _put(place: Workplace, target: Path, name: str, files: Mapping[str, bytes]) -> Path:
    base = place.reports / ".arbejde"
    base.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=base))
    try:
        work.chmod(0o755)
        (work / name).mkdir()
        for file_name, content in files.items():
            (work / name / file_name).write_bytes(content)
        (work / f"{name}.zip").write_bytes(zipped_folder(name, files))
        target.parent.mkdir(parents=True, exist_ok=True)
        heal(target)
        install(work, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target / f"{name}.zip"


def zipped_folder(folder: str, files: Mapping[str, bytes]) -> bytes:
    """The files below one folder as a zip with the same bytes on any day.

    Raises:
        ReportError: a name would leave the folder when the zip is opened.
    """
    for name in files:
        if name != Path(name).name or name in ("", ".", "..") or "\\" in name:
            what = "er ikke et almindeligt filnavn"
            raise ReportError(Problem(f"{folder}.zip", what, repr(name)))
    return zipped((f"{folder}/{name}", content) for name, content in sorted(files.items()))
