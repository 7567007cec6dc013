"""A plan as HTML: headings, paragraphs, list items and tables, as a reader meets them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from beskplan.audit.documents.model import Grid, GridRow, Kind, Part, Passage
from beskplan.audit.model import Place

_TEXTS: dict[str, Kind] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    "p": "text",
    "li": "bullet",
    "figcaption": "heading",
    "dt": "text",
    "dd": "text",
}
_SILENT = frozenset({"script", "style", "svg", "template", "nav", "head"})
_WIDEST = 50
"""Columns or rows that a cell is believed to take at most."""
_VOID = frozenset({"br", "img", "hr", "input", "meta", "link", "col", "wbr", "source"})


def read_html(text: str) -> tuple[Part, ...]:
    """The parts of an HTML page, in order; scripts, styles and drawings are no text."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.flush()
    return tuple(reader.parts)


class _Reader(HTMLParser):
    """Collects text by element; a table is one part, whatever stands in its cells."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[Part] = []
        self.section = ""
        self.silent = 0
        self.kind: Kind = "text"
        self.buffer: list[str] = []
        self.line = 1
        self.in_table = False
        self.caption: list[str] | None = None
        self.rows: list[GridRow] = []
        self.unit: list[str] = []
        self.marks: list[str] = []
        """What each open element is: a note, a unit, or nothing in particular."""
        self.cells: list[str] = []
        self.cell: list[str] | None = None
        self.span = (1, 1)
        """Columns and rows of the cell that is being read."""
        self.below: dict[int, tuple[int, str]] = {}
        """By column: how many more rows a cell from above reaches into, and its text."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.marks.append(_mark(attrs))
        if tag in _SILENT:
            self.silent += 1
        elif tag == "br":
            self.handle_data(" ")
        elif tag == "table":
            self.flush()
            self.in_table, self.rows, self.caption, self.unit = True, [], [], []
            self.below = {}
            self.line = self.getpos()[0]
        elif tag == "tr":
            self.cells = []
        elif tag in ("td", "th"):
            self.cell = []
            self.span = _span(attrs, "colspan"), _span(attrs, "rowspan")
        elif tag in _TEXTS and not self.in_table:
            self.flush()
            self.kind, self.line = _TEXTS[tag], self.getpos()[0]
            if "note" in self.marks and self.kind != "heading":
                self.kind = "note"

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and self.marks:
            self.marks.pop()
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in ("td", "th") and self.cell is not None:
            self._from_above()
            columns, rows = self.span
            text = _plain(self.cell)
            for _ in range(columns):
                if rows > 1:
                    self.below[len(self.cells)] = (rows - 1, text)
                self.cells.append(text)
            self.cell = None
        elif tag == "tr" and self.cells:
            self._from_above()
            place = Place(0, self.getpos()[0], self.section)
            self.rows.append(GridRow(tuple(self.cells), place))
            self.cells = []
        elif tag == "table":
            self._end_table()
        elif tag in _TEXTS and not self.in_table:
            self.flush()

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        if self.cell is not None:
            self.cell.append(data)
        elif self.in_table and self.caption is not None:
            (self.unit if "unit" in self.marks else self.caption).append(data)
        else:
            self.buffer.append(data)

    def _from_above(self) -> None:
        """Cells of rows above that reach into this one."""
        while (column := len(self.cells)) in self.below:
            rows, text = self.below.pop(column)
            if rows > 1:
                self.below[column] = (rows - 1, text)
            self.cells.append(text)

    def flush(self) -> None:
        """End the text that is being read."""
        text = _plain(self.buffer)
        self.buffer = []
        if text:
            if self.kind == "heading":
                self.section = text
            self.parts.append(Passage(self.kind, text, Place(0, self.line, self.section)))
        self.kind = "text"

    def _end_table(self) -> None:
        title = _plain(self.caption or []) or self.section
        rows = tuple(
            GridRow(row.cells, Place(0, row.place.line, self.section, title)) for row in self.rows
        )
        if rows:
            place = Place(0, self.line, self.section, title)
            derived = title.startswith("Tal bag figur")
            self.parts.append(Grid(title, rows, place, _plain(self.unit), derived=derived))
        self.in_table, self.caption = False, None


def _span(attrs: list[tuple[str, str | None]], name: str) -> int:
    """How many columns or rows a cell takes; a page cannot make it absurd."""
    value = dict(attrs).get(name) or "1"
    return min(max(int(value), 1), _WIDEST) if value.isdecimal() else 1


def _mark(attrs: list[tuple[str, str | None]]) -> str:
    """What an element's attributes make it: our own pages mark notes and units."""
    known = {name: value or "" for name, value in attrs}
    classes = known.get("class", "").split()
    if known.get("role") == "note" or "noter" in classes or "note" in classes:
        return "note"
    return "unit" if "enhed" in classes else ""


def _plain(pieces: list[str]) -> str:
    return re.sub(r"[ \t\r\n]+", " ", "".join(pieces)).strip(" ")
