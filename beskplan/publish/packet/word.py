"""The agenda item as a Word document, for the secretariat to paste into its agenda system.

Real styles (Title, Heading 1 and 2, List Bullet, Caption), table heads marked as such, Danish as the
language of all text, document properties set. Every text enters as the text of a run, so nothing in it
can become a field, a link or a macro. The same page gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import Table as WordTable

from beskplan.blocks import captions
from beskplan.blocks.model import Prose, Table
from beskplan.render.page import Item, Numbered, Page, Section
from beskplan.render.typst_columns import table_layout
from beskplan.render.typst_markup import accent_colours

LANGUAGE = "da-DK"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The same bytes on any day: a zip keeps a time for each part, and 1980 is its first."""
_MARGIN = Mm(25)
_TEXT_WIDTH = Mm(210) - 2 * _MARGIN
_FONT = "Calibri"
_COLOURED = ("Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3", "Caption", "Intense Quote")
"""Styles in the publisher's colour: those of Word itself are too pale to be read by everyone."""
_THUMBNAIL = "thumbnail.jpeg"
_TABLE_SIZE = Pt(10)
_CELL_MARGIN = 4
"""Characters: white space beside a word, and how much wider a fallback for Calibri may be."""


def render_word(page: Page, dated: date) -> bytes:
    """The page as .docx.

    Args:
        page: An agenda item: prose and tables (figures are in the Bilag).
        dated: Date of the document, for its properties.

    Raises:
        TypeError: the page holds something that an agenda item does not have.
    """
    document = docx.Document()
    _prepare(document, page, dated)
    document.add_paragraph(page.title, style="Title")
    document.add_paragraph(page.place, style="Subtitle")
    for warning in (page.standing.warning, page.demo_text):
        if warning:
            document.add_paragraph(warning, style="Intense Quote")
    for item in page.items:
        _add(document, item)
    for section in page.sections:
        _add_section(document, section, 1)
    return _fixed(document)


def _add_section(document: Document, section: Section, level: int) -> None:
    document.add_heading(section.title, level=level)
    for item in section.items:
        _add(document, item)
    for part in section.subsections:
        _add_section(document, part, level + 1)


def _add(document: Document, item: Item) -> None:
    match item:
        case Prose():
            for text in item.paragraphs:
                document.add_paragraph(text, style="List Bullet" if item.bullets else None)
        case Numbered(number, Table() as table):
            _add_table(document, table, number)
        case _:
            raise TypeError(f"an agenda item holds no {type(item).__name__}")


def _add_table(document: Document, table: Table, number: int) -> None:
    title = captions.table_title(table, number)
    caption = document.add_paragraph(f"{title} ({captions.table_detail(table)})", style="Caption")
    caption.paragraph_format.keep_with_next = True
    grid = document.add_table(rows=0, cols=len(table.columns), style="Table Grid")
    heads = [_head_text(table, place) for place in range(len(table.columns))]
    for texts in (heads, *([row.label, *(cell.text for cell in row.cells)] for row in table.rows)):
        for cell, text in zip(grid.add_row().cells, texts, strict=True):
            cell.text = text
            cell.paragraphs[0].paragraph_format.space_before = Pt(2)
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
            for run in cell.paragraphs[0].runs:
                run.font.size = _TABLE_SIZE
    _set_widths(grid, table)
    _mark_heads(grid, title)
    for text in (captions.DEMO if table.demo else "", captions.source_line(table.sources)):
        if text:
            document.add_paragraph(text).runs[0].font.size = Pt(8)


def _set_widths(grid: WordTable, table: Table) -> None:
    """The proportions of the PDF, with room for the longest word in Word's larger type."""
    longest = [
        max(len(word) for cell in column.cells for word in cell.text.split(" "))
        for column in grid.columns
    ]
    widths = [
        max(width, word + _CELL_MARGIN)
        for width, word in zip(table_layout(table).widths, longest, strict=True)
    ]
    grid.autofit = False
    for column, width in zip(grid.columns, widths, strict=True):
        size = Emu(int(_TEXT_WIDTH * width / sum(widths)))
        column.width = size
        for cell in column.cells:
            cell.width = size


def _head_text(table: Table, place: int) -> str:
    column = table.columns[place]
    unit = captions.column_unit(table, column)
    return f"{column.label} ({unit})" if unit else column.label


def _mark_heads(grid: WordTable, title: str) -> None:
    """First row as table head, repeated on each page; first column as row heads; no row broken."""
    for place, row in enumerate(grid.rows):
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001  # python-docx has no public way
        properties.append(OxmlElement("w:cantSplit"))
        if place == 0:
            properties.append(OxmlElement("w:tblHeader"))
            for cell in row.cells:
                cell.paragraphs[0].runs[0].bold = True
    table_properties = grid._tbl.tblPr  # noqa: SLF001
    for old in table_properties.findall(qn("w:tblLook")):
        table_properties.remove(old)
    look = _element("tblLook", val="04A0", firstRow="1", firstColumn="1", noVBand="1", noHBand="0")
    table_properties.append(look)
    # The order of these is fixed by the schema: tblLook, then the words for those who do not see it.
    table_properties.append(_element("tblCaption", val=title))


def _prepare(document: Document, page: Page, dated: date) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = _MARGIN
    section.top_margin = section.bottom_margin = _MARGIN
    footer = section.footer.paragraphs[0]
    footer.text = page.header.afsender
    properties = document.core_properties
    moment = datetime(dated.year, dated.month, dated.day)  # noqa: DTZ001  # python-docx takes UTC so
    properties.title = page.document_title
    properties.author = properties.last_modified_by = page.header.afsender
    properties.subject = page.place
    properties.comments = page.header.data_text
    properties.keywords = f"Datasæt {page.header.data_id}"
    properties.language = LANGUAGE
    properties.created = properties.modified = moment
    properties.revision = 1
    _speak_danish(document)
    colour = RGBColor.from_string(accent_colours(page.header)["text"].removeprefix("#"))
    for name in _COLOURED:
        document.styles[name].font.color.rgb = colour
    document.styles["Normal"].font.name = _FONT


def _speak_danish(document: Document) -> None:
    """Danish as the language of every style, so that spelling and reading aloud are Danish."""
    for language in document.styles.element.iter(qn("w:lang")):
        for key in ("w:val", "w:eastAsia"):
            language.set(qn(key), LANGUAGE)
    normal = document.styles["Normal"].element.get_or_add_rPr()
    normal.append(_element("lang", val=LANGUAGE, eastAsia=LANGUAGE))


def _element(name: str, **attributes: str) -> Any:
    element = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _fixed(document: Document) -> bytes:
    """The document with the same bytes on any day, and without the template's picture of itself."""
    package = document.part.package
    for name, relation in list(package.rels.items()):
        if relation.target_part.partname.endswith(_THUMBNAIL):
            del package.rels[name]
    draft, final = io.BytesIO(), io.BytesIO()
    document.save(draft)
    with zipfile.ZipFile(draft) as made, zipfile.ZipFile(final, "w") as out:
        for name, content in _parts(made):
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            out.writestr(entry, content)
    return final.getvalue()


def _parts(made: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Every part; the list of contents first, as readers of the format expect it."""
    names = made.namelist()
    for name in sorted(names, key=lambda one: (one != "[Content_Types].xml", one)):
        yield name, made.read(name)
