"""The committee's packet: agenda item, Bilag, manifest and zip, put in their place in one step.

    reports/pakker/2021/rudersdal/
        udvalgssag-rudersdal-2021.zip
        udvalgssag-rudersdal-2021/
            dagsordenspunkt.html  dagsordenspunkt.docx  dagsordenspunkt.pdf
            bilag-1-maalgrupper.pdf  ...
            manifest.json

The agenda item has its fields in the order of a Danish committee's agenda, and is the same kind of page
as a report, so that the same code makes its web page and its PDF. The same reports, params and code give
the same bytes on any day.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from beskplan import __version__
from beskplan.blocks.model import Cell, Column, KeyFigures, Prose, Row, Table
from beskplan.blocks.text.language import list_danish
from beskplan.core.errors import ParamsError, Problem, ReportError
from beskplan.core.files import zipped
from beskplan.core.periods import date_text
from beskplan.params import params_path, read, subject
from beskplan.params.bilag import Udvalgssag
from beskplan.params.jobs import Workplace
from beskplan.params.values import paragraphs
from beskplan.publish.bilag import Bilag, approved_bilag, draft_bilag, key_figures, summary
from beskplan.publish.word import render_word
from beskplan.registers.provenance import sha256_bytes
from beskplan.render.page import DRAFT, Item, Numbered, Page, Section, Status, heading_id
from beskplan.render.page_html import page_html
from beskplan.render.page_pdf import set_pdf
from beskplan.render.typst_nodes import page_data
from beskplan.runner.install import heal, install

NAME = "dagsordenspunkt"
NONE = "-"
"""Stands in a field without content, as in the committees' own agendas."""
AFTER_THE_MEETING = "Udfyldes efter mødet."


def agenda_page(case: Udvalgssag, bilag: Sequence[Bilag]) -> Page:
    """The agenda item.

    Args:
        case: What a person has written.
        bilag: The plan's reports, at least one, all of one municipality and year.

    Returns:
        A page with one section a field. Key figures are tables, numbered from 1, with the
        numbers as they stand in the Bilag. A draft where a Bilag is one.
    """
    headers = [one.page.header for one in bilag]
    texts = dict.fromkeys(header.data_text for header in headers)
    ids = dict.fromkeys(header.data_id for header in headers)
    header = headers[0].model_copy(
        update={
            "bilag": NAME,
            "data_text": "; ".join(texts),
            "data_id": ", ".join(ids),
            "demo": any(one.demo for one in headers),
        }
    )
    number = f"{case.punkt}. " if case.punkt else ""
    meeting = _prose("moede", f"{case.udvalg}, møde den {date_text(case.moede)}.")
    title = f"{number}{case.titel}"
    return Page(header, title, (meeting,), _sections(case, bilag), status=_status(bilag))


def _status(bilag: Sequence[Bilag]) -> Status:
    if any(one.approval is None for one in bilag):
        return DRAFT
    names = list(dict.fromkeys(one.approval.by for one in bilag if one.approval))
    what = "Bilaget" if len(bilag) == 1 else "Bilagene"
    return Status("godkendt", "", f"{what} er godkendt af {list_danish(names)}.")


def _sections(case: Udvalgssag, bilag: Sequence[Bilag]) -> tuple[Section, ...]:
    taken: set[str] = set()

    def section(
        title: str, items: Sequence[Item], subsections: tuple[Section, ...] = ()
    ) -> Section:
        return Section(heading_id(title, taken), title, tuple(items), subsections)

    def field(title: str, text: str | None, otherwise: str = NONE) -> Section:
        name = heading_id(title, set())
        return section(title, [_prose(name, *(paragraphs(text) if text else (otherwise,)))])

    decided = f"{case.udvalg} den {case.moede:%d-%m-%Y}"
    found = tuple(section(f"{one.title}: det vigtigste", items) for one, items in _news(bilag))
    return (
        field("Sagsnr.", case.sagsnr),
        field("Punkttype", case.punkttype),
        field("Tema", case.tema),
        section(
            "Sagsbeskrivelse", [_prose("sagsbeskrivelse", *paragraphs(case.sagsbeskrivelse))], found
        ),
        field("Administrationens forslag", case.administrationens_forslag),
        field("Afledte konsekvenser", case.afledte_konsekvenser),
        field("Økonomi og finansiering", case.oekonomi_og_finansiering),
        field("Dialog/høring", case.dialog_hoering),
        section("Bilag", [_bilag_list(bilag)]),
        field(f"Beslutning {decided}", case.beslutning, AFTER_THE_MEETING),
        field("Fraværende", case.fravaerende, AFTER_THE_MEETING),
    )


def _news(bilag: Sequence[Bilag]) -> Iterator[tuple[Bilag, list[Item]]]:
    """What each Bilag has to say: its summary, and its key figures as tables."""
    count = 0
    for one in bilag:
        name = one.job.bilag.replace("_", "-")
        items: list[Item] = []
        if texts := summary(one.page):
            bullets = len(texts) > 1
            items.append(Prose(id=f"{name}-det-vigtigste", paragraphs=texts, bullets=bullets))
        for block in key_figures(one.page):
            count += 1
            items.append(Numbered(count, _key_figure_table(one, block, count)))
        if items:
            yield one, items


def _key_figure_table(bilag: Bilag, block: KeyFigures, count: int) -> Table:
    labels = ("Nøgletal", "Tal", "Udvikling", "Sammenligning")
    ids = ("noegletal", "tal", "udvikling", "sammenligning")
    return Table(
        id=f"noegletal-{count}",
        title=f"Nøgletal fra Bilag {bilag.number}",
        unit="tal som i bilaget",
        period="perioden står i hver række",
        columns=tuple(
            Column(id=key, label=label, kind="text") for key, label in zip(ids, labels, strict=True)
        ),
        rows=tuple(
            Row(
                label=item.label,
                cells=tuple(
                    Cell(text=text or NONE) for text in (item.value, item.change, item.comparison)
                ),
            )
            for item in block.items
        ),
        sources=block.sources,
        demo=bilag.page.header.demo,
    )


def _bilag_list(bilag: Sequence[Bilag]) -> Prose:
    lines = tuple(f"{one.title} ({one.file_name})" for one in bilag)
    return Prose(id="bilagsliste", paragraphs=lines, bullets=len(lines) > 1)


def _prose(name: str, *texts: str) -> Prose:
    return Prose(id=name, paragraphs=texts)


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
        f"{NAME}.html": page_html(page).encode(),
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
