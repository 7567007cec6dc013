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
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from beskplan import __version__
from beskplan.blocks import captions
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
from beskplan.publish.templates import rendered
from beskplan.registers.provenance import sha256_bytes
from beskplan.render.page import DRAFT, Item, Numbered, Page, Section, Status, heading_id
from beskplan.render.page_html import page_html
from beskplan.render.page_pdf import set_pdf
from beskplan.render.typst_columns import table_layout
from beskplan.render.typst_nodes import accent_colours, page_data
from beskplan.runner.install import install_files

FOLDER = "pakker"
NAME = "dagsordenspunkt"
NONE = "-"
"""Stands in a field without content, as in the committees' own agendas."""
AFTER_THE_MEETING = "Udfyldes efter mødet."


_FIELDS = {
    "Sagsnr.": "sagsnr",
    "Punkttype": "punkttype",
    "Tema": "tema",
    "Sagsbeskrivelse": "sagsbeskrivelse",
    "Administrationens forslag": "administrationens_forslag",
    "Afledte konsekvenser": "afledte_konsekvenser",
    "Økonomi og finansiering": "oekonomi_og_finansiering",
    "Dialog/høring": "dialog_hoering",
    "Bilag": "",
    "Beslutning": "beslutning",
    "Fraværende": "fravaerende",
}
"""Heading of each field of the agenda item, in their order, and its name in the params."""
_KEY_FIGURE_COLUMNS = {
    "noegletal": "Nøgletal",
    "tal": "Tal",
    "udvikling": "Udvikling",
    "sammenligning": "Sammenligning",
}


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
    if any(one.approval is None for one in bilag):
        return DRAFT
    names = list(dict.fromkeys(one.approval.by for one in bilag if one.approval))
    what = "Bilaget" if len(bilag) == 1 else "Bilagene"
    return Status("godkendt", "", f"{what} er godkendt af {list_danish(names)}.")


def _sections(case: Udvalgssag, bilag: Sequence[Bilag]) -> Iterator[Section]:
    taken: set[str] = set()
    for heading, name in _FIELDS.items():
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
            items = [_list("bilagsliste", [f"{one.title} ({one.file_name})" for one in bilag])]
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
    columns = (Column(id=key, label=text, kind="text") for key, text in _KEY_FIGURE_COLUMNS.items())
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
    bilag = draft_bilag(place, slug, aar, demo=demo) if draft else approved_bilag(place, slug, aar)
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
        f"{NAME}.docx": render_word(page, case.moede),
        # An agenda item is short: its fields need no list of contents before them.
        f"{NAME}.pdf": set_pdf({**page_data(page, case.moede), "contents": 0}, "report.typ", NAME),
        **{one.file_name: one.pdf for one in bilag},
    }
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
                "titel": one.page.title,
                "job": one.job.id,
                "fil": one.file_name,
                "version": one.content,
                "godkendt_af": one.approval.by if one.approval else None,
                "godkendt": one.approval.at if one.approval else None,
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
        fix = "skriv den; docs/drift.md viser et eksempel"
        raise ParamsError(Problem(f"{where}: udvalgssag", "nøglen mangler", fix=fix))
    return params.udvalgssag


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


_WORD_PARTS = {
    # The list of contents first, as readers of the format expect it.
    "[Content_Types].xml": "content_types.xml.j2",
    "_rels/.rels": "rels.xml.j2",
    "docProps/core.xml": "core.xml.j2",
    "word/_rels/document.xml.rels": "document_rels.xml.j2",
    "word/document.xml": "document.xml.j2",
    "word/footer1.xml": "footer.xml.j2",
    "word/numbering.xml": "numbering.xml.j2",
    "word/styles.xml": "styles.xml.j2",
}
"""Parts of a Word document, and their templates (`beskplan/data/word`)."""
_TEXT_WIDTH = 9072
"""Of an A4 page with margins of 25 mm, in twentieths of a point."""
_CELL_MARGIN = 4
"""Characters: white space beside a word, and how much wider a fallback for Calibri may be."""


def render_word(page: Page, dated: date) -> bytes:
    """Set the page as .docx, for the secretariat to paste into its agenda system.

    Real styles (Title, Heading 1 and 2, List Bullet, Caption), table heads marked as such, Danish as the
    language of all text, document properties set. The same page gives the same bytes.

    Args:
        page: An agenda item: prose and tables (figures are in the Bilag).
        dated: Date of the document, for its properties.

    Raises:
        TypeError: the page holds something that an agenda item does not have.
    """
    warnings = (("IntenseQuote", text) for text in (page.status.warning, page.demo_text) if text)
    items = [("Title", page.title), ("Subtitle", page.place), *warnings, *_word_items(page.items)]
    for section in page.sections:
        items += _word_section(section, 1)
    values = {
        "page": page,
        "items": items,
        "dated": dated.isoformat(),
        "colour": accent_colours(page.header)["text"].removeprefix("#"),
    }
    parts = (
        (name, rendered(f"word/{part}", values).encode()) for name, part in _WORD_PARTS.items()
    )
    return zipped(parts)


def _word_section(section: Section, level: int) -> Iterator[tuple[str, Any]]:
    yield f"Heading{level}", section.title
    yield from _word_items(section.items)
    for part in section.subsections:
        yield from _word_section(part, level + 1)


def _word_items(items: tuple[Item, ...]) -> Iterator[tuple[str, Any]]:
    """Style and text of each paragraph; `table` and what its template wants."""
    for item in items:
        match item:
            case Prose():
                yield from (("ListBullet" if item.bullets else "", p) for p in item.paragraphs)
            case Numbered(number, Table() as table):
                yield "table", _word_table(table, number)
            case _:
                raise TypeError(f"an agenda item holds no {type(item).__name__}")


def _word_table(table: Table, number: int) -> dict[str, Any]:
    units = (captions.column_unit(table, column) for column in table.columns)
    pairs = zip(table.columns, units, strict=True)
    heads = [f"{column.label} ({unit})" if unit else column.label for column, unit in pairs]
    rows = [heads, *([row.label, *(cell.text for cell in row.cells)] for row in table.rows)]
    # The proportions of the PDF, with room for the longest word in Word's larger type.
    longest = (
        max(len(word) for cell in column for word in cell.split(" "))
        for column in zip(*rows, strict=True)
    )
    widths = [
        max(width, word + _CELL_MARGIN)
        for width, word in zip(table_layout(table).widths, longest, strict=True)
    ]
    notes = (captions.DEMO if table.demo else "", captions.source_line(table.sources))
    return {
        "title": captions.table_title(table, number),
        "detail": captions.table_detail(table),
        "widths": [int(_TEXT_WIDTH * width / sum(widths)) for width in widths],
        "rows": rows,
        "notes": [text for text in notes if text],
    }
