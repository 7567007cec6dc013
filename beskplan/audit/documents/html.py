"""A plan as HTML: headings, paragraphs, list items and tables, as a reader meets them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from beskplan.audit.documents.model import Grid, GridRow, Kind, Part, Passage
from beskplan.audit.model import Place, Unread

_TEXTS: dict[str, Kind] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("p", "dt", "dd", "blockquote", "div", "section", "article", "main"), "text"),
    "li": "bullet",
    "figcaption": "heading",
}
_SILENT = frozenset(
    {
        "script",
        "style",
        "svg",
        "template",
        "nav",
        "head",
        "header",
        "footer",
        "aside",
        "form",
        "button",
    }
)
_OWN_SILENT = frozenset({"header", "footer"})
"""Silent only as a page's own frame: a plan's sections have heads too."""
_WIDEST = 50
"""Columns or rows that a cell is believed to take at most."""
_VOID = frozenset({"br", "img", "hr", "input", "meta", "link", "col", "wbr", "source"})
_DIGIT = re.compile(r"\d")


def read_html(text: str) -> tuple[tuple[Part, ...], tuple[Unread, ...]]:
    """The parts of an HTML page in order, and its pictures without a text that says what they show.

    Scripts, styles, drawings and menus are no text; a table that only lays out the page is taken
    apart into its texts.
    """
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.flush()
    return tuple(reader.parts), tuple(reader.unread)


@dataclass
class _Table:
    """A table that is being read."""

    line: int
    caption: list[str] = field(default_factory=list)
    unit: list[str] = field(default_factory=list)
    rows: list[tuple[tuple[str, ...], int]] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    cell: list[str] | None = None
    span: tuple[int, int] = (1, 1)
    below: dict[int, tuple[int, str]] = field(default_factory=dict)
    """By column: how many more rows a cell from above reaches into, and its text."""
    is_layout: bool = False
    """Whether another table or a heading stands in it."""


class _Reader(HTMLParser):
    """Collects text by element; a table is one part, whatever stands in its cells."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[Part] = []
        self.unread: list[Unread] = []
        self.section = ""
        self.silent: list[str] = []
        self.kind: Kind = "text"
        self.buffer: list[str] = []
        self.line = 1
        self.tables: list[_Table] = []
        self.marks: list[str] = []
        """What each open element is: a note, a unit, a caption, or nothing in particular."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.marks.append("caption" if tag == "caption" else _mark(attrs))
        if self.silent or (tag in _SILENT and not (tag in _OWN_SILENT and self.section)):
            self.silent += [] if tag in _VOID else [tag]
        else:
            self._begin(tag, attrs)

    def _begin(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        table = self.tables[-1] if self.tables else None
        if tag == "br":
            self.handle_data(" ")
        elif tag == "img":
            self._picture(dict(attrs))
        elif tag == "table":
            if table is not None:
                self._lay_out(table)
            self.flush()
            self.tables.append(_Table(self.getpos()[0]))
        elif table is not None and not table.is_layout:
            self._in_table(table, tag, attrs)
        elif tag in _TEXTS or tag in ("td", "th"):
            self.flush()
            self.kind, self.line = _TEXTS.get(tag, "text"), self.getpos()[0]
            if "note" in self.marks and self.kind != "heading":
                self.kind = "note"

    def _in_table(self, table: _Table, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            table.cells = []
        elif tag in ("td", "th"):
            table.cell = []
            table.span = _span(attrs, "colspan"), _span(attrs, "rowspan")
        elif tag in ("h1", "h2", "h3"):
            self._lay_out(table)
            self.kind, self.line = "heading", self.getpos()[0]
        elif tag in _TEXTS and table.cell is not None:
            table.cell.append(" ")

    def _lay_out(self, table: _Table) -> None:
        """Take a table apart that only lays out the page: what was read of it is text."""
        if table.is_layout:
            return
        table.is_layout = True
        for cells, _ in [*table.rows, (tuple(table.cells), 0)]:
            for text in dict.fromkeys(cells):
                self.buffer = [text]
                self.flush()
        self.buffer = list(table.cell or ())
        self.flush()

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and self.marks:
            self.marks.pop()
        if self.silent:
            if tag in self.silent:
                while self.silent.pop() != tag:
                    pass
            return
        table = self.tables[-1] if self.tables else None
        if table is not None and not table.is_layout and tag in ("td", "th", "tr", "table"):
            self._end_in_table(table, tag)
        elif tag == "table" and table is not None:
            self.tables.pop()
            self.flush()
        elif (tag in _TEXTS or tag in ("td", "th")) and (table is None or table.is_layout):
            self.flush()

    def _end_in_table(self, table: _Table, tag: str) -> None:
        if tag == "table":
            self._end_table(self.tables.pop())
        elif tag == "tr" and table.cells:
            _from_above(table)
            table.rows.append((tuple(table.cells), self.getpos()[0]))
            table.cells = []
        elif tag in ("td", "th") and table.cell is not None:
            _from_above(table)
            columns, rows = table.span
            text = _plain(table.cell)
            for _ in range(columns):
                if rows > 1:
                    table.below[len(table.cells)] = (rows - 1, text)
                table.cells.append(text)
            table.cell = None

    def handle_data(self, data: str) -> None:
        table = self.tables[-1] if self.tables else None
        if self.silent:
            return
        if table is None or table.is_layout:
            self.buffer.append(data)
        elif table.cell is not None:
            table.cell.append(data)
        elif "unit" in self.marks:
            table.unit.append(data)
        else:
            table.caption.append(data)

    def _picture(self, attrs: dict[str, str | None]) -> None:
        if not (attrs.get("alt") or "").strip() and attrs.get("src"):
            place = Place(0, self.getpos()[0], self.section)
            self.unread.append(Unread(place, "", "et billede uden tekst er ikke læst"))

    def flush(self) -> None:
        """End the text that is being read."""
        text = _plain(self.buffer)
        self.buffer = []
        if text:
            if self.kind == "heading":
                self.section = text
            self.parts.append(Passage(self.kind, text, Place(0, self.line, self.section)))
        self.kind = "text"

    def _end_table(self, table: _Table) -> None:
        numbers = any(_DIGIT.search(cell) for cells, _ in table.rows[1:] for cell in cells)
        if len(table.rows) < 2 or (not numbers and all(len(cells) < 2 for cells, _ in table.rows)):
            self._lay_out(table)  # a menu or a frame
            return
        title = _plain(table.caption) or self._title()
        rows = tuple(
            GridRow(cells, Place(0, line, self.section, title)) for cells, line in table.rows
        )
        place = Place(0, table.line, self.section, title)
        derived = title.startswith("Tal bag figur")
        self.parts.append(Grid(title, rows, place, _plain(table.unit), derived=derived))

    def _title(self) -> str:
        """The caption that stands as a paragraph right before a table, else the section."""
        last = self.parts[-1] if self.parts else None
        named = isinstance(last, Passage) and re.match(r"\W*tabel \d", last.text, re.IGNORECASE)
        return last.text if named and isinstance(last, Passage) else self.section


def _from_above(table: _Table) -> None:
    """Cells of rows above that reach into the row that is being read."""
    while (column := len(table.cells)) in table.below:
        rows, text = table.below.pop(column)
        if rows > 1:
            table.below[column] = (rows - 1, text)
        table.cells.append(text)


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
