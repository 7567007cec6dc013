"""The plan check and our pages: our own under the check, and the check's report as a page."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from beskplan.audit import report
from beskplan.audit.checking import audit
from beskplan.audit.documents.blocks import parts_of
from beskplan.audit.documents.model import Document, Grid, Part, Passage
from beskplan.audit.model import SEVERITIES, Place, Result
from beskplan.audit.report import result_json
from beskplan.blocks.model import Header
from beskplan.core.danish import slugify
from beskplan.core.files import sha256_bytes, write_whole
from beskplan.registers.areas import area
from beskplan.render.markdown import plain_text
from beskplan.render.page import CHECK, Item, Markdown, Numbered, Page, Section


def page_result(page: Page) -> Result:
    """Everything that the plan check says of a page: findings, agreements, what could not be read."""
    document = page_document(page)
    # Behind a figure, the levels of one area may stand beside the changes of several. The proof holds
    # each to the data; the check would have to guess whose change a column is.
    parts = (one for one in document.parts if not (isinstance(one, Grid) and _is_mixed(one)))
    return audit(replace(document, parts=tuple(_without_copies(tuple(parts)))))


def _is_mixed(grid: Grid) -> bool:
    return grid.derived and len({unit for unit in grid.units if unit}) > 1


def page_document(page: Page) -> Document:
    """The page as a document: headings, prose and blocks in reading order."""
    parts: list[Part] = [Passage("heading", page.heading, Place(0, 0, page.title))]
    for item in page.items:
        parts += _item(item, page.title)
    for section in page.sections:
        parts += _section(section)
    return Document(
        page.document_title,
        tuple(parts),
        kommune_kode=page.header.kommune_kode,
        aar=page.header.aar,
    )


def _without_copies(parts: tuple[Part, ...]) -> Iterator[Part]:
    """The parts without the tables behind figures that print nothing but a table of the page again.

    Such a table says what has been checked already; one that differs in a single cell stays.
    """
    shown = {_cells(part) for part in parts if isinstance(part, Grid) and not part.derived}
    for part in parts:
        if not (isinstance(part, Grid) and part.derived and _cells(part) in shown):
            yield part


def _cells(grid: Grid) -> tuple[tuple[str, ...], ...]:
    """Everything that a table prints, with its section and units."""
    return ((grid.place.section, grid.unit), grid.units, *(row.cells for row in grid.rows))


def _section(section: Section) -> Iterator[Part]:
    yield Passage("heading", section.title, Place(0, 0, section.title))
    for item in section.items:
        yield from _item(item, section.title)
    for part in section.subsections:
        yield from _section(part)


def _item(item: Item, section: str) -> Iterator[Part]:
    match item:
        case Markdown(text):
            yield Passage("text", plain_text(text), Place(0, 0, section))
        case Numbered(number, block):
            yield from parts_of(block, section, number)
        case _:
            yield from parts_of(item, section)


def audit_report(result: Result, aar: int) -> Page:
    """The audit report as a page of the house, from which HTML and PDF are made.

    Args:
        result: What the check says.
        aar: The plan's year, where the plan itself does not tell.
    """
    kommune_kode = result.kommune_kode or "000"
    whose = area(kommune_kode)
    identity = sha256_bytes(result_json(result).encode())[:12]
    header = Header(
        bilag="plantjek",
        kommune=whose.navn,
        kommune_kode=kommune_kode,
        afsender=whose.lang_navn,
        aar=result.aar or aar,
        data_id=identity,
        data_text=f"dokumentet {result.document}",
    )
    return Page(header, "Plantjek", (), tuple(_report_sections(result)), status=CHECK)


def _report_sections(result: Result) -> Iterator[Section]:
    yield _shown("Det vigtigste", report.key_figures(result), report.summary(result))
    for severity in SEVERITIES:
        block = report.findings(result, severity)
        if block is not None:
            yield _shown(report.NAMES[severity], Markdown(report.MEANINGS[severity]), block)
    if (block := report.declared(result)) is not None:
        yield _shown("Oplyst af planen selv", block)
    if (block := report.unread(result)) is not None:
        yield _shown("Kunne ikke læses", block)
    yield _shown("Kontrolleret", Numbered(1, report.rules_table(result)))
    if (read := report.tables(result)) is not None:
        yield _shown("Tabellerne", Numbered(2, read))
    yield _shown("Reglerne bag fundene", report.explanations(result))
    yield _shown("Kilder og forbehold", report.sources(result))


def _shown(title: str, *items: Item) -> Section:
    return Section(slugify(title), title, items)


def write_report(result: Result, page: Page, folder: Path, dated: date) -> tuple[Path, ...]:
    """The report as HTML, PDF, CSV and JSON in a folder, which is made where it is missing.

    Raises:
        RenderError: the page holds something that the PDF cannot say.
    """
    from beskplan.render.page_html import page_html
    from beskplan.render.page_pdf import render_pdf

    contents = {
        "plantjek.html": page_html(page).encode(),
        "plantjek.pdf": render_pdf(page, dated),
        "plantjek.csv": report.findings_csv(result),
        "plantjek.json": report.result_json(result).encode(),
    }
    return tuple(write_whole(folder / name, content) for name, content in contents.items())
