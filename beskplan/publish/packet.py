"""The committee's packet: agenda item, Bilag, manifest and zip, put in their place in one step.

    reports/pakker/2021/rudersdal/
        udvalgssag-rudersdal-2021.zip
        udvalgssag-rudersdal-2021/
            dagsordenspunkt.html  dagsordenspunkt.docx  dagsordenspunkt.pdf
            bilag-1-maalgrupper.pdf  ...
            bilag-samlet.pdf, where there are several
            manifest.json

The agenda item has its fields in the order of a Danish committee's agenda, and is the same kind of page
as a report, so that the same code makes its web page and its PDF. The same reports, params and code give
the same bytes on any day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from beskplan import __version__
from beskplan.blocks.model import Cell, Column, KeyFigures, Prose, Row, Table
from beskplan.core.errors import ParamsError, ReportError
from beskplan.core.files import install_files, sha256_bytes, zipped
from beskplan.core.periods import date_text
from beskplan.core.words import list_danish
from beskplan.params.bilag import Udvalgssag
from beskplan.params.jobs import Workplace
from beskplan.params.models import params_path, read
from beskplan.params.values import paragraphs, subject
from beskplan.publish.bilag import (
    TOGETHER,
    Bilag,
    approved_bilag,
    draft_bilag,
    key_figures,
    packet_jobs,
    summary,
)
from beskplan.publish.trail import WORDS, problem
from beskplan.render.combined import render_combined
from beskplan.render.page import (
    DRAFT,
    Item,
    Numbered,
    Page,
    Section,
    Status,
    heading_id,
)
from beskplan.render.page_html import page_html
from beskplan.render.page_pdf import set_pdf
from beskplan.render.typst_nodes import page_data
from beskplan.render.word import page_word

FOLDER = "pakker"
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
    header = headers[0].model_copy(
        update={
            "bilag": NAME,
            "data_text": "; ".join(dict.fromkeys(one.data_text for one in headers)),
            "data_id": ", ".join(dict.fromkeys(one.data_id for one in headers)),
            "demo": any(one.demo for one in headers),
        }
    )
    number = f"{case.punkt}. " if case.punkt else ""
    meeting = _prose("moede", f"{case.udvalg}, møde den {date_text(case.moede)}.")
    sections = tuple(_sections(case, bilag))
    return Page(header, number + case.titel, (meeting,), sections, status=_status(bilag))


def _status(bilag: Sequence[Bilag]) -> Status:
    if any(one.state.approval is None for one in bilag):
        return DRAFT
    names = list(dict.fromkeys(one.state.approval.by for one in bilag if one.state.approval))
    what = "Bilaget" if len(bilag) == 1 else "Bilagene"
    return Status("godkendt", "", f"{what} er godkendt af {list_danish(names)}.")


def _sections(case: Udvalgssag, bilag: Sequence[Bilag]) -> Iterator[Section]:
    taken: set[str] = set()
    for heading, name in WORDS["agenda"].items():
        title, otherwise = heading, NONE
        below: list[Section] = []
        if name in ("beslutning", "fravaerende"):
            otherwise = AFTER_THE_MEETING
        if name == "beslutning":
            title = f"{heading} {case.udvalg} den {case.moede:%d-%m-%Y}"
        if name == "sagsbeskrivelse":
            for one, news in _news(bilag):
                about = f"{one.title}: det vigtigste"
                below.append(Section(heading_id(about, taken), about, tuple(news), ()))
        if name:
            text = getattr(case, name)
            items = [_prose(heading_id(title, set()), *(paragraphs(text or otherwise)))]
        else:
            names = [f"{one.title} ({one.file_name})" for one in bilag]
            whole = [f"Alle bilag i én fil ({TOGETHER})"] if len(bilag) > 1 else []
            items = [_list("bilagsliste", [*names, *whole])]
        yield Section(heading_id(title, taken), title, tuple(items), tuple(below))


def _news(bilag: Sequence[Bilag]) -> Iterator[tuple[Bilag, list[Item]]]:
    """What each Bilag has to say: its summary, and its key figures as tables."""
    count = 0
    for one in bilag:
        name = one.job.bilag.replace("_", "-")
        items: list[Item] = []
        if texts := summary(one.page):
            items.append(_list(f"{name}-det-vigtigste", texts))
        for block in key_figures(one.page):
            count += 1
            items.append(Numbered(count, _key_figure_table(one, block, count)))
        if items:
            yield one, items


def _key_figure_table(bilag: Bilag, block: KeyFigures, count: int) -> Table:
    columns = (
        Column(id=key, label=text, kind="text") for key, text in WORDS["key-figures"].items()
    )
    texts = ((one.label, (one.value, one.change, one.comparison)) for one in block.items)
    return Table(
        id=f"noegletal-{count}",
        title=f"Nøgletal fra Bilag {bilag.number}",
        unit="tal som i bilaget",
        period="perioden står i hver række",
        columns=tuple(columns),
        rows=tuple(
            Row(label=label, cells=tuple(Cell(text=text or NONE) for text in cells))
            for label, cells in texts
        ),
        sources=block.sources,
        demo=bilag.page.header.demo,
    )


def _prose(name: str, *texts: str) -> Prose:
    return Prose(id=name, paragraphs=texts)


def _list(name: str, texts: Sequence[str]) -> Prose:
    return Prose(id=name, paragraphs=tuple(texts), bullets=len(texts) > 1)


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
    jobs = packet_jobs(place, slug, aar, draft=draft)
    bilag = draft_bilag(place, jobs, demo=demo) if draft else approved_bilag(place, jobs)
    if not bilag:
        raise ReportError(problem("no-edition-for-packet", f"{aar}/{slug}"))
    target, name = packet_folder(place, slug, aar), f"udvalgssag-{slug}-{aar}"
    files = packet_files(case, bilag)
    together = {f"{name}.zip": zipped_folder(name, files)}
    together |= {f"{name}/{file}": content for file, content in files.items()}
    install_files(together, target, place.reports / ".arbejde")
    return target / f"{name}.zip"


def packet_files(case: Udvalgssag, bilag: Sequence[Bilag]) -> dict[str, bytes]:
    """Name and content of every file of the packet."""
    page = agenda_page(case, bilag)
    files = {
        f"{NAME}.html": page_html(page).encode(),
        f"{NAME}.docx": page_word(page, case.moede),
        # An agenda item is short: its fields need no list of contents before them.
        f"{NAME}.pdf": set_pdf({**page_data(page, case.moede), "contents": 0}, "report.typ", NAME),
        **{one.file_name: one.pdf for one in bilag},
    }
    if len(bilag) > 1:
        files[TOGETHER] = render_combined([one.page for one in bilag])
    record = _manifest(case, bilag, files)
    text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
    return {**files, "manifest.json": text.encode()}


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
        "bilag": [
            {
                "nr": one.number,
                "titel": one.page.name,
                "job": one.job.id,
                "fil": one.file_name,
                "version": one.content,
                "godkendt_af": one.state.approval.by if one.state.approval else None,
                "godkendt": one.state.approval.at if one.state.approval else None,
                "data": one.page.header.data_id,
            }
            for one in bilag
        ],
        "files": {name: sha256_bytes(content) for name, content in sorted(files.items())},
    }


def _case(place: Workplace, slug: str, aar: int) -> Udvalgssag:
    params = read(slug, aar, place.root)
    if params.udvalgssag is None:
        where = params_path(place.root, slug, aar).relative_to(place.root).as_posix()
        raise ParamsError(problem("no-case", f"{where}: udvalgssag"))
    return params.udvalgssag


def zipped_folder(folder: str, files: Mapping[str, bytes]) -> bytes:
    """The files below one folder as a zip with the same bytes on any day.

    Raises:
        ReportError: a name would leave the folder when the zip is opened.
    """
    for name in files:
        if name != Path(name).name or name in ("", ".", "..") or "\\" in name:
            raise ReportError(problem("odd-file-name", f"{folder}.zip", repr(name)))
    return zipped((f"{folder}/{name}", content) for name, content in sorted(files.items()))
