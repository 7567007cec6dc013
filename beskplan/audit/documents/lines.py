"""Lines of plain text or Markdown put together: headings, paragraphs, list items, tables.

Plans reach us as text that a converter took from a PDF or Word file: paragraphs broken at the page's
width, words parted at line ends, tables as tab-separated lines that a page break may have cut in two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from beskplan.audit.documents.aligned import with_tabs
from beskplan.audit.documents.model import Collector, Grid, GridRow, Kind, Passage
from beskplan.audit.patterns import patterns

_RE = patterns("lines")

_KEEPS_HYPHEN = ("og ", "eller ", "samt ", "såvel ")
_CUT_ROWS_APART = 2
"""A page break leaves at most so many empty lines inside a table."""


@dataclass(frozen=True)
class Line:
    """One line of the document."""

    number: int
    text: str
    page: int = 0


def read_lines(lines: Iterable[Line]) -> Collector:
    """The parts that lines of text make, in order."""
    reader = _Lines()
    for block in _blocks(lines):
        reader.add(block)
    return reader


def numbered(text: str, page: int = 0, first: int = 1) -> list[Line]:
    """The lines of a text with their numbers, tables that blanks align with tabs instead."""
    return [Line(first + n, line, page) for n, line in with_tabs(text.split("\n"))]


def _blocks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Runs of lines that belong together: a table's rows, or a paragraph's lines."""
    block: list[Line] = []
    for line in lines:
        if not line.text.strip():
            if block:
                yield block
            block = []
            continue
        if block and _is_row(block[-1].text) != _is_row(line.text):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _is_row(text: str) -> bool:
    return "\t" in text.strip("\n ") or text.lstrip().startswith("|")


def _cells(text: str) -> tuple[str, ...]:
    if text.lstrip().startswith("|"):
        parts: Sequence[str] = text.strip().strip("|").split("|")
    else:
        parts = text.strip("\n").split("\t")
    return tuple(_without_tags(part) for part in parts)


def plain(text: str) -> str:
    """A cell's or line's text without markup and with single blanks."""
    note = _RE["star_note"].match(text)
    bare = (
        text[: note.end()] + text[note.end() :].replace("*", "") if note else text.replace("*", "")
    )
    return _without_tags(bare)


def _without_tags(text: str) -> str:
    """A cell keeps its star: it is the mark of a note."""
    bare = _RE["bold"].sub("", _RE["tags"].sub(" ", text))
    return re.sub(r"[ \t\n]+", " ", bare).strip(" ")


class _Lines(Collector):
    """Collects the parts that blocks of lines make."""

    def __init__(self) -> None:
        super().__init__()
        self.last_row_line = -_CUT_ROWS_APART

    def add(self, block: list[Line]) -> None:
        """Add a block of lines: rows of a table, or texts."""
        if _is_row(block[0].text):
            self._add_rows([line for line in block if not _RE["rule"].match(line.text)], block)
            return
        for lines in _split(block):
            self._add_text(lines)

    def _add_rows(self, lines: list[Line], block: list[Line]) -> None:
        rows = [_cells(line.text) for line in lines]
        places = [self.place(line.number, line.page) for line in lines]
        last = self.parts[-1] if self.parts else None
        near = block[0].number - self.last_row_line - 1 <= _CUT_ROWS_APART
        self.last_row_line = block[-1].number
        if isinstance(last, Grid) and rows:
            # A page break cuts a table; the second page may have its head again.
            near |= places[0].page > last.rows[-1].place.page
            again = rows[0] == last.rows[0].cells
            if again or (near and _continues(last, rows[0])):
                more = [GridRow(cells, place) for cells, place in zip(rows, places, strict=True)]
                self.parts[-1] = replace(last, rows=(*last.rows, *more[again:]))
                return
        if rows:
            self.table(rows, places)

    def _add_text(self, lines: list[Line]) -> None:
        first = lines[0]
        text, starts = _joined(lines)
        kind = _kind(first.text, text, lines)
        last = self.parts[-1] if self.parts else None
        passage = last if isinstance(last, Passage) else None
        if passage and kind == "heading" and _names_table(passage, text, first.number):
            # What a table shows stands on the line below its name.
            self.parts[-1] = _lengthened(passage, text, starts)
            return
        if kind == "heading":
            text = re.sub(r"^#{1,6}\s+", "", text).replace("*", "").strip()
            self.section = text.rstrip(":")
        elif kind == "bullet":
            mark = _RE["bullet"].match(first.text)
            cut = len(text) - len(_RE["bullet"].sub("", text)) if mark else 0
            text, starts = text[cut:], tuple((max(0, at - cut), n) for at, n in starts)
        if not text or re.fullmatch(r"[0-9]{1,3}", text):
            return  # a page number
        if passage and kind == "text" and _goes_on(passage, text, first.number):
            self.parts[-1] = _lengthened(passage, text, starts)
        else:
            self.parts.append(Passage(kind, text, self.place(first.number, first.page), starts))


def _continues(grid: Grid, cells: tuple[str, ...]) -> bool:
    """Whether a row after a gap belongs to the table: as many cells, and no head of its own."""
    same_width = len(cells) == len(grid.rows[0].cells) and cells != grid.rows[0].cells
    return same_width and any(re.fullmatch(r"[+\-−–]?[\d.,]+\s?%?", cell) for cell in cells[1:])


def _split(block: list[Line]) -> Iterator[list[Line]]:
    """A block of lines into headings, list items and paragraphs."""
    width = max(len(line.text) for line in block)
    part: list[Line] = []
    for line in block:
        if part and _begins_anew(part, line, width):
            yield part
            part = []
        part.append(line)
    if part:
        yield part


def _begins_anew(part: list[Line], line: Line, width: int) -> bool:
    before, text = part[-1].text.rstrip(), line.text.strip()
    if (
        _RE["caption"].match(line.text)
        or _RE["heading"].match(line.text)
        or _RE["heading"].match(part[-1].text)
        or _RE["note"].match(line.text)
    ):
        return True
    if line.text.lstrip().startswith("–") and not before.endswith((".", ":", ";")):
        return False  # a dash in the sentence that happens to begin a line
    if _RE["numbered"].match(line.text) or _RE["numbered"].match(part[-1].text):
        return True
    if before.endswith((".", "!", "?")) and _RE["title"].match(text) and len(text) < 0.6 * width:
        return True  # a heading right below a paragraph
    if _RE["bullet"].match(line.text) and not re.match(r"^\s*[0-9]{1,2}\. [a-zæøå]", line.text):
        return True
    short = len(before) < 0.7 * width and not before.endswith((",", "-", "–"))
    return short and text[:1].isupper() and not before.endswith((" og", " i", " for", " af"))


def _names_table(last: Passage, text: str, line: int) -> bool:
    caption = (
        last.kind == "heading"
        and _RE["caption"].match(last.text)
        and not _RE["caption"].match(text)
    )
    return bool(caption) and line - _last_line(last) == 1


def _goes_on(last: Passage, text: str, line: int) -> bool:
    """Whether a text is the rest of a sentence that an empty line or a page break has cut."""
    near = line - _last_line(last) <= _CUT_ROWS_APART + 1
    unended = last.kind in ("text", "bullet") and not last.text.endswith((".", ":", ";", "!", "?"))
    return near and unended and text[:1].islower()


def _last_line(passage: Passage) -> int:
    return passage.lines[-1][1] if passage.lines else passage.place.line


def _lengthened(last: Passage, text: str, starts: tuple[tuple[int, int], ...]) -> Passage:
    parted = _RE["parted"].search(last.text) and not text.startswith(_KEEPS_HYPHEN)
    head = last.text[:-1] if parted else f"{last.text} "
    moved = tuple((len(head) + at, number) for at, number in starts)
    return replace(last, text=head + text, lines=(*last.lines, *moved))


def _joined(lines: list[Line]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The lines as one text, words parted at a line's end put together again."""
    text = ""
    starts: list[tuple[int, int]] = []
    for line in lines:
        piece = plain(line.text)
        if (
            _RE["parted"].search(text)
            and piece[:1].islower()
            and not piece.startswith(_KEEPS_HYPHEN)
        ):
            text = text[:-1]
        elif text:
            text += " "
        starts.append((len(text), line.number))
        text += piece
    return text, tuple(starts)


def _kind(raw: str, text: str, lines: Sequence[Line]) -> Kind:
    if _RE["heading"].match(raw):
        return "heading"
    if _RE["note"].match(raw):
        return "note"
    numbered_title = re.match(r"^\s*[0-9]{1,2}(?:\.[0-9]{1,2})*\.?\s+[A-ZÆØÅ]", raw)
    ends_open = not text.rstrip().endswith((".", ",", ";", ":", "!", "?"))
    if (
        len(lines) <= 2
        and len(text) <= 130
        and ends_open
        and not re.search(r"\d\s?(?:pct|%)", text)
    ):
        has_words = re.search(r"[A-Za-zÆØÅæøå]{3}", text) and not text[0].islower()
        if (
            has_words
            and (_RE["numbered"].match(raw) or not raw.startswith(" "))
            and (numbered_title or not _RE["bullet"].match(raw))
        ):
            return "heading"
    return "bullet" if _RE["bullet"].match(raw) else "text"
