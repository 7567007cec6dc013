"""The agenda item as a Word document, for the secretariat to paste into its agenda system.

Real styles (Title, Heading 1 and 2, List Bullet, Caption), table heads marked as such, Danish as the
language of all text, document properties set. The parts of the document are templates
(`beskplan/data/word`). The same page gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from beskplan.blocks import captions
from beskplan.blocks.model import Prose, Table
from beskplan.core.files import zipped
from beskplan.publish.templates import rendered
from beskplan.render.page import Item, Numbered, Page, Section
from beskplan.render.typst_columns import table_layout
from beskplan.render.typst_nodes import accent_colours

_PARTS = {
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
_TEXT_WIDTH = 9072
"""Of an A4 page with margins of 25 mm, in twentieths of a point."""
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
    warnings = (("IntenseQuote", text) for text in (page.status.warning, page.demo_text) if text)
    items = [("Title", page.title), ("Subtitle", page.place), *warnings, *_items(page.items)]
    for section in page.sections:
        items += _section(section, 1)
    values = {
        "page": page,
        "items": items,
        "dated": dated.isoformat(),
        "colour": accent_colours(page.header)["text"].removeprefix("#"),
    }
    parts = ((name, rendered(f"word/{part}", values).encode()) for name, part in _PARTS.items())
    return zipped(parts)


def _section(section: Section, level: int) -> Iterator[tuple[str, Any]]:
    yield f"Heading{level}", section.title
    yield from _items(section.items)
    for part in section.subsections:
        yield from _section(part, level + 1)


def _items(items: tuple[Item, ...]) -> Iterator[tuple[str, Any]]:
    """Style and text of each paragraph; `table` and what its template wants."""
    for item in items:
        match item:
            case Prose():
                yield from (("ListBullet" if item.bullets else "", p) for p in item.paragraphs)
            case Numbered(number, Table() as table):
                yield "table", _table(table, number)
            case _:
                raise TypeError(f"an agenda item holds no {type(item).__name__}")


def _table(table: Table, number: int) -> dict[str, Any]:
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
