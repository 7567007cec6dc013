"""A plan as a Word file, through python-docx, which is loaded only where it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from beskplan.audit.documents.lines import plain
from beskplan.audit.documents.model import Grid, GridRow, Kind, Part, Passage
from beskplan.audit.model import Place

if TYPE_CHECKING:
    from docx.table import Table as WordTable
    from docx.text.paragraph import Paragraph


def read_docx(path: Path) -> tuple[Part, ...]:
    """The parts of a Word file, in order. Its paragraphs have no line numbers: they are counted."""
    import docx
    from docx.table import Table as WordTable

    parts: list[Part] = []
    section = ""
    for number, item in enumerate(docx.Document(str(path)).iter_inner_content(), start=1):
        if isinstance(item, WordTable):
            parts.append(_word_table(item, section, number, parts))
        elif text := plain(item.text):
            kind = _word_kind(item)
            section = text if kind == "heading" else section
            parts.append(Passage(kind, text, Place(0, number, section)))
    return tuple(parts)


def _word_kind(paragraph: Paragraph) -> Kind:
    style = (paragraph.style.name or "").casefold() if paragraph.style is not None else ""
    if style.startswith(("heading", "overskrift", "title", "titel")):
        return "heading"
    return "bullet" if "list" in style or "punkt" in style else "text"


def _word_table(table: WordTable, section: str, number: int, parts: list[Part]) -> Grid:
    last = parts[-1] if parts else None
    title = (
        last.text.rstrip(":") if isinstance(last, Passage) and len(last.text) <= 220 else section
    )
    place = Place(0, number, section, title)
    rows = tuple(
        GridRow(tuple(plain(cell.text) for cell in row.cells), place) for row in table.rows
    )
    return Grid(title, rows, place)
