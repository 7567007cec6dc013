"""A plan as a Word file or a PDF: through python-docx and pypdf, each loaded only where it is needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from beskplan.audit.documents.lines import Line, plain, read_lines
from beskplan.audit.documents.model import Grid, GridRow, Kind, Part, Passage
from beskplan.audit.model import Place, Unread

if TYPE_CHECKING:
    from docx.table import Table as WordTable
    from docx.text.paragraph import Paragraph

_COLUMN_GAP = re.compile(r" {3,}|(?<=[\d%]) {2,}(?=[-+\d])")
_NUMBER = re.compile(r"[+\-−–]?\d[\d.,]*\s?(?:%|pct\.)?")


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


def read_pdf(path: Path) -> tuple[tuple[Part, ...], tuple[Unread, ...]]:
    """The parts of a PDF and the pages that hold no text (a scan cannot be checked)."""
    import pypdf

    lines: list[Line] = []
    unread: list[Unread] = []
    number = 0
    for page_number, page in enumerate(pypdf.PdfReader(str(path)).pages, start=1):
        text = page.extract_text(extraction_mode="layout")
        if not text.strip():
            unread.append(Unread(Place(page_number), "", "siden har ingen tekst (et billede?)"))
        for line in text.split("\n"):
            number += 1
            lines.append(Line(number, line, page_number))
        lines.append(Line(number, "", page_number))
    return read_lines(_with_columns(lines)), tuple(unread)


def _with_columns(lines: list[Line]) -> Iterator[Line]:
    """Lines of a table with tabs between their cells; the others without the page's margin."""
    for at, line in enumerate(lines):
        cells = [cell for cell in _COLUMN_GAP.split(line.text.strip()) if cell]
        numbers = sum(bool(_NUMBER.fullmatch(cell)) for cell in cells)
        is_row = len(cells) >= 3 and numbers >= 2
        if is_row or (len(cells) >= 3 and _row_follows(lines, at)):
            yield Line(line.number, "\t".join(cells), line.page)
        else:
            yield Line(line.number, re.sub(r" {2,}", " ", line.text.strip()), line.page)


def _row_follows(lines: list[Line], at: int) -> bool:
    """Whether the next line that is not empty is a row of numbers: then this one is its head."""
    for line in lines[at + 1 : at + 4]:
        if line.text.strip():
            cells = [cell for cell in _COLUMN_GAP.split(line.text.strip()) if cell]
            return sum(bool(_NUMBER.fullmatch(cell)) for cell in cells) >= 2
    return False
