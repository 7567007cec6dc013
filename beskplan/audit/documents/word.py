"""A plan as a Word file: its XML read part by part, with everything that a reader of the page sees.

Content controls, text boxes, links, footnotes and accepted changes are text like any other; what a
tracked change has deleted is not. A picture is named, because nobody can check what it shows.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from beskplan.audit.documents.lines import plain, table_title
from beskplan.audit.documents.model import Grid, GridRow, Kind, Part, Passage
from beskplan.audit.model import Place, Unread

LARGEST = 60_000_000
"""Bytes of the largest part that is unpacked; the largest known plan has a hundredth."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SKIPPED = frozenset(
    {f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", f"{_W}pPr", f"{_W}rPr"}
)
_BREAKS = frozenset({f"{_W}tab", f"{_W}br", f"{_W}cr"})
_PICTURES = ("}blip", "}imagedata")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


class TooLargeError(ValueError):
    """A part of the file would be unreasonably large when unpacked."""


def read_docx(path: Path) -> tuple[tuple[Part, ...], tuple[Unread, ...]]:
    """The parts of a Word file in order, and its pictures. Paragraphs are counted in place of lines.

    Raises:
        TooLargeError: a part would unpack to more than any plan; told before it is unpacked.
    """
    with zipfile.ZipFile(path) as packed:
        names = {info.filename: info for info in packed.infolist()}
        _refuse_bomb(names.values())
        styles = _styles(_xml(packed, "word/styles.xml")) if "word/styles.xml" in names else {}
        reader = _Reader(styles)
        reader.read(_xml(packed, "word/document.xml"))
        for name in ("word/footnotes.xml", "word/endnotes.xml"):
            if name in names:
                reader.read_notes(_xml(packed, name))
    return tuple(reader.parts), tuple(reader.unread)


def _refuse_bomb(infos: Any) -> None:
    for info in infos:
        if info.filename.endswith((".xml", ".rels")) and info.file_size > LARGEST:
            raise TooLargeError(f"{info.filename} fylder {info.file_size} bytes pakket ud")


def _xml(packed: zipfile.ZipFile, name: str) -> Any:
    from lxml import etree

    with packed.open(name) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise TooLargeError(f"{name} fylder mere end {LARGEST} bytes pakket ud")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(content, parser)


def _styles(root: Any) -> dict[str, str]:
    """The name of each style, in lower case, by its id."""
    return {
        style.get(f"{_W}styleId", ""): (style.find(f"{_W}name").get(f"{_W}val", "")).casefold()
        for style in root.iter(f"{_W}style")
        if style.find(f"{_W}name") is not None
    }


class _Reader:
    """Collects the parts of a document's body, in reading order."""

    def __init__(self, styles: dict[str, str]) -> None:
        self.styles = styles
        self.parts: list[Part] = []
        self.unread: list[Unread] = []
        self.section = ""
        self.number = 0

    def read(self, root: Any) -> None:
        for block in _blocks(root):
            self.number += 1
            if block.tag == f"{_W}tbl":
                self._table(block)
            else:
                self._paragraph(block)
            self._pictures(block)

    def read_notes(self, root: Any) -> None:
        for note in root:
            if note.get(f"{_W}type") is None and (text := plain(_text(note))):
                self.number += 1
                self.parts.append(Passage("note", text, Place(0, self.number, self.section)))

    def _paragraph(self, paragraph: Any) -> None:
        text = plain(_text(paragraph))
        if text:
            kind = self._kind(paragraph)
            self.section = text if kind == "heading" else self.section
            self.parts.append(Passage(kind, text, Place(0, self.number, self.section)))

    def _kind(self, paragraph: Any) -> Kind:
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        identity = style.get(f"{_W}val", "") if style is not None else ""
        name = self.styles.get(identity, identity.casefold())
        if name.startswith(("heading", "overskrift", "title", "titel")):
            return "heading"
        listed = paragraph.find(f"{_W}pPr/{_W}numPr") is not None
        return "bullet" if listed or "list" in name or "punkt" in name else "text"

    def _table(self, table: Any) -> None:
        title = table_title(self.parts, self.section)
        place = Place(0, self.number, self.section, title)
        rows = [
            GridRow(cells, place) for row in table.iter(f"{_W}tr") if (cells := tuple(_cells(row)))
        ]
        if rows:
            self.parts.append(Grid(title, tuple(rows), place))

    def _pictures(self, block: Any) -> None:
        shown = sum(1 for e in block.iter() if isinstance(e.tag, str) and e.tag.endswith(_PICTURES))
        if shown:
            place = Place(0, self.number, self.section)
            self.unread.append(
                Unread(place, "", "et billede er ikke læst, og tal i det er ikke kontrolleret")
            )


def _blocks(root: Any) -> Iterator[Any]:
    """The paragraphs and tables of a body, those of controls and text boxes where they stand."""
    for element in root:
        if element.tag in (f"{_W}p", f"{_W}tbl"):
            yield element
            for box in element.iter(f"{_W}txbxContent"):
                if not any(parent.tag == _FALLBACK for parent in box.iterancestors()):
                    yield from _blocks(box)
        elif isinstance(element.tag, str) and element.tag not in _SKIPPED:
            yield from _blocks(element)


def _text(element: Any) -> str:
    """The text of an element, without that of text boxes, which are blocks of their own."""
    if (
        element.tag in _SKIPPED
        or element.tag == f"{_W}txbxContent"
        or not isinstance(element.tag, str)
    ):
        return ""
    if element.tag == f"{_W}t":
        return element.text or ""
    if element.tag in _BREAKS:
        return " "
    inner = "".join(_text(child) for child in element)
    return f"{inner} " if element.tag == f"{_W}p" else inner


def _cells(row: Any) -> Iterator[str]:
    """The cells of a row, a wide one once for each column that it takes."""
    for cell in row.iter(f"{_W}tc"):
        if next(cell.iterancestors(f"{_W}tr"), None) is not row:
            continue  # of a table inside the cell
        span = cell.find(f"{_W}tcPr/{_W}gridSpan")
        text = plain(_text(cell))
        width = span.get(f"{_W}val", "1") if span is not None else "1"
        for _ in range(min(int(width), 50) if width.isdecimal() else 1):
            yield text
