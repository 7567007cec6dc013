"""Plans as HTML pages and Word files: their elements as texts and tables, as a reader meets them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from beskplan.audit.documents.lines import plain
from beskplan.audit.documents.model import Collector, Kind, RefusedError, filled
from beskplan.audit.patterns import patterns

_RE = patterns("markup")

_WIDEST = 50
"""Columns or rows that a cell is believed to take at most."""

# ---------------------------------------------------------------- HTML

_BLOCKS: dict[str, Kind] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "figcaption"), "heading"),
    **dict.fromkeys(("p", "dt", "dd", "blockquote", "div", "section", "article", "main", "summary",
                     "ul", "ol", "tr", "td", "th"), "text"),
    "li": "bullet",
}  # fmt: skip
_SILENT = frozenset(("script", "style", "template", "head", "form", "button", "noscript"))
_FRAME = frozenset(("nav", "header", "footer", "aside"))
_FRAME_ROLES = frozenset(("navigation", "search", "banner", "contentinfo", "menu", "dialog"))
_PICTURES = {
    "img": "et billede uden tekst", "svg": "et diagram", "canvas": "et diagram",
    "iframe": "indlejret indhold", "object": "indlejret indhold", "embed": "indlejret indhold",
}  # fmt: skip
_NAME_ONLY = 40
"""An alternative text shorter than this names a picture and does not say what it shows."""


def read_html(text: str) -> Collector:
    """The parts of an HTML page in order, and what of it is not read.

    Scripts and what is hidden are no text; menus, frames, and pictures without a text that says what
    they show, are listed. A table that only lays out the page is taken apart into its texts.
    """
    from lxml import html

    reader = _Html()
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    reader.read(html.document_fromstring(text.encode(), parser=parser))
    reader.flush()
    return reader


class _Html(Collector):
    """Collects text by element; a table is one part, whatever stands in its cells."""

    def __init__(self) -> None:
        super().__init__()
        self.kind: Kind = "text"
        self.line = 1
        self.words: list[str] = []

    def flush(self) -> None:
        """End the text that is being read."""
        self.text(self.kind, _single("".join(self.words)), self.line)
        self.words = []

    def read(self, element: Any) -> None:
        """Add what an element shows."""
        tag, line = element.tag, element.sourceline
        if (
            tag in _SILENT
            or "hidden" in element.attrib
            or _RE["hidden"].search(element.get("style", ""))
        ):
            return
        if self._is_frame(element):
            if _RE["digit"].search(shown := _single(element.text_content())):
                self.leave_out("en menu eller ramme om siden er ikke læst", line, shown)
        elif tag in _PICTURES:
            self._picture(element)
        elif tag == "br":
            self.words.append(" ")
        elif tag == "sup" and _RE["mark"].fullmatch(element.text_content()):
            self.kind = self.kind if "".join(self.words).strip() else "note"
        elif tag == "table" and not _lays_out(element):
            self.flush()
            self._table(element)
        else:
            self._inside(element)

    def _inside(self, element: Any) -> None:
        block, outer = _BLOCKS.get(element.tag), self.kind
        if block is not None:
            self.flush()
            if block != "heading" and (outer == "note" or _is_note(element)):
                self.kind = "note"
            elif block != "text" or outer == "heading":
                self.kind = block
            self.line = element.sourceline
        self._words(element)
        if block is not None:
            self.flush()
            self.kind = outer

    def _words(self, element: Any) -> None:
        self.words.append(element.text or "")
        for child in element:
            self.read(child)
            self.words.append(child.tail or "")

    def _is_frame(self, element: Any) -> bool:
        # A plan's sections have headers and footers too; before the first heading they are the page's.
        tagged = element.tag in _FRAME and not (
            self.section and element.tag in ("header", "footer")
        )
        named = element.tag == "div" and _RE["frame_name"].search(
            f"{element.get('class', '')} {element.get('id', '')}"
        )
        return bool(tagged or named or element.get("role") in _FRAME_ROLES)

    def _picture(self, element: Any) -> None:
        said = element.get("alt", "")
        drawn = element.tag == "svg" and not _RE["digit"].search(element.text_content())
        if len(said) < _NAME_ONLY and not drawn and (element.tag != "img" or element.get("src")):
            self.leave_out(f"{_PICTURES[element.tag]} er ikke læst", element.sourceline, said)

    def _table(self, table: Any) -> None:
        rows = []
        for row in table.iter("tr"):
            cells = [cell for cell in row if cell.tag in ("td", "th")]
            if cells:
                spans = ((_span(cell, "colspan"), _span(cell, "rowspan")) for cell in cells)
                rows.append([(self._cell(c), *span) for c, span in zip(cells, spans, strict=True)])
        places = [self.place(row.sourceline) for row in table.iter("tr") if len(row)]
        caption = table.find("caption")
        units = caption.find_class("enhed") if caption is not None else []
        unit = " ".join(_single(part.text_content()) for part in units)
        title = _single(caption.text_content()) if caption is not None else ""
        title = title.removesuffix(unit).strip()
        self.table(list(filled(rows)), places, title, unit, table.sourceline)

    def _cell(self, cell: Any) -> str:
        inner = _Html()
        inner._words(cell)
        inner.flush()
        self.unread += inner.unread
        return " ".join(part.text for part in inner.parts if hasattr(part, "text"))


def _lays_out(table: Any) -> bool:
    """Whether a table is a frame or a menu: other tables or heads in it, or no rows and columns."""
    if any(table.find(f".//{tag}") is not None for tag in ("table", "h1", "h2", "h3")):
        return True
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    rows = [row for row in rows if row]
    if len(rows) < 2:
        return True
    numbers = any(_RE["digit"].search(cell.text_content()) for row in rows[1:] for cell in row)
    return not numbers and all(len(row) < 2 for row in rows)


def _span(cell: Any, name: str) -> int:
    value = cell.get(name, "1")
    return min(max(int(value), 1), _WIDEST) if value.isdecimal() else 1


def _is_note(element: Any) -> bool:
    """Whether an element is a note, as our own pages mark them."""
    classes = element.get("class", "").split()
    return element.get("role") == "note" or "noter" in classes or "note" in classes


def _single(text: str) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text).strip(" ")


# ---------------------------------------------------------------- Word

LARGEST = 60_000_000
"""Bytes of the largest part that is unpacked; the largest known plan has a hundredth."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BOX = f"{_W}txbxContent"
_UNSEEN = frozenset(
    (
        _FALLBACK,
        *(f"{_W}{tag}" for tag in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr")),
    )
)
_CHARACTERS = {f"{_W}tab": "\t", f"{_W}br": " ", f"{_W}cr": " ", f"{_W}noBreakHyphen": "-"}
_SHOWN = {"}blip": "et billede", "}imagedata": "et billede", "}chart": "et diagram",
          "}OLEObject": "et indlejret objekt"}  # fmt: skip
"""What of a Word file nobody can check the numbers of, by how its elements' names end."""


def read_docx(path: Path) -> Collector:
    """The parts of a Word file in order, and its pictures. Paragraphs are counted in place of lines.

    Content controls, text boxes, links, footnotes and accepted changes are text like any other; what
    a tracked change has deleted is not.

    Raises:
        RefusedError: a part would unpack to more than any plan; told before it is unpacked.
    """
    with zipfile.ZipFile(path) as packed:
        names = set(packed.namelist())
        reader = _Word(_xml(packed, "word/styles.xml") if "word/styles.xml" in names else ())
        reader.read(_xml(packed, "word/document.xml"))
        for name in ("word/footnotes.xml", "word/endnotes.xml"):
            for note in _xml(packed, name) if name in names else ():
                if note.get(f"{_W}type") is None:
                    reader.number += 1
                    reader.text("note", plain(_text(note)), reader.number)
    return reader


def _xml(packed: zipfile.ZipFile, name: str) -> Any:
    from lxml import etree

    size = packed.getinfo(name).file_size
    with packed.open(name) as file:
        content = file.read(LARGEST + 1) if size <= LARGEST else b""
    if size > LARGEST or len(content) > LARGEST:
        fix = "gem planen på ny fra Word; ingen plan fylder så meget"
        raise RefusedError(f"filen er for stor at pakke ud: {name}", fix)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(content, parser)


class _Word(Collector):
    """Collects the paragraphs and tables of a document's body."""

    def __init__(self, styles: Any) -> None:
        super().__init__()
        self.styles = {
            style.get(f"{_W}styleId", ""): style.find(f"{_W}name").get(f"{_W}val", "").casefold()
            for style in styles
            if style.tag == f"{_W}style" and style.find(f"{_W}name") is not None
        }
        self.number = 0
        self.tabbed: list[tuple[str, int]] = []
        """Paragraphs with tabs in a row: a table that somebody has set by hand."""

    def read(self, root: Any) -> None:
        for block in _blocks(root):
            self.number += 1
            if block.tag == f"{_W}tbl":
                self._end_tabbed()
                self._table(block)
            elif kind := self._kind(block):
                text = _text(block).strip(" \n")
                if "\t" in text.strip():
                    self.tabbed.append((text, self.number))
                else:
                    self._end_tabbed()
                    self.text(kind, plain(text), self.number)
                self._pictures(block)
        self._end_tabbed()

    def _end_tabbed(self) -> None:
        rows = [[plain(cell) for cell in text.split("\t")] for text, _ in self.tabbed]
        lines = [line for _, line in self.tabbed]
        self.tabbed = []
        if len(rows) > 1 and any(_RE["digit"].search(cell) for row in rows[1:] for cell in row[1:]):
            self.table(rows, [self.place(line) for line in lines])
            return
        for row, line in zip(rows, lines, strict=True):
            self.text("text", " ".join(filter(None, row)), line)

    def _kind(self, paragraph: Any) -> Kind | None:
        """What a paragraph is by its style; None for a line of the table of contents."""
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        identity = style.get(f"{_W}val", "") if style is not None else ""
        name = self.styles.get(identity, identity.casefold())
        if name.startswith(("toc", "indholdsfortegnelse")):
            return None
        if name.startswith(("heading", "overskrift", "title", "titel")):
            return "heading"
        listed = paragraph.find(f"{_W}pPr/{_W}numPr") is not None
        return "bullet" if listed or "list" in name or "punkt" in name else "text"

    def _table(self, table: Any) -> None:
        rows = [
            row for row in table.iter(f"{_W}tr")
            if _parent(row, "tbl") is table and row.find(f"{_W}trPr/{_W}del") is None
        ]  # fmt: skip
        if table.find(f".//{_W}tbl") is not None:  # it only lays out the page
            for row in rows:
                for cell in _cells(row):
                    self.read(cell)
            return
        cells = [[(plain(_text(cell)), *_spans(cell)) for cell in _cells(row)] for row in rows]
        if any(cells):
            place = self.place(self.number)
            self.table(list(filled(cells)), [place] * len(cells))
        self._pictures(table)

    def _pictures(self, block: Any) -> None:
        for element in block.iter():
            what = next((w for end, w in _SHOWN.items() if str(element.tag).endswith(end)), "")
            unseen = any(parent.tag == _FALLBACK for parent in element.iterancestors())
            if what and not unseen:
                self.leave_out(
                    f"{what} er ikke læst, og tal i det er ikke kontrolleret", self.number
                )


def _parent(element: Any, name: str) -> Any:
    return next(element.iterancestors(f"{_W}{name}"), None)


def _blocks(root: Any) -> Iterator[Any]:
    """The paragraphs and tables of a body, those of controls and text boxes where they stand."""
    for element in root:
        if element.tag in (f"{_W}p", f"{_W}tbl"):
            yield element
            for box in element.iter(_BOX):
                if not any(parent.tag == _FALLBACK for parent in box.iterancestors()):
                    yield from _blocks(box)
        elif isinstance(element.tag, str) and element.tag not in _UNSEEN:
            yield from _blocks(element)


def _text(element: Any) -> str:
    """The text of an element, without that of text boxes, which are blocks of their own."""
    tag = element.tag
    if tag in _UNSEEN or tag == _BOX or not isinstance(tag, str):
        return ""
    if tag == f"{_W}t":
        return element.text or ""
    if tag in _CHARACTERS:
        return _CHARACTERS[tag]
    inner = "".join(_text(child) for child in element)
    if tag == f"{_W}r" and (raised := element.find(f"{_W}rPr/{_W}vertAlign")) is not None:
        is_mark = raised.get(f"{_W}val") == "superscript" and _RE["mark"].fullmatch(inner)
        return "" if is_mark else inner
    return f"{inner} " if tag == f"{_W}p" else inner


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row.iter(f"{_W}tc") if _parent(cell, "tr") is row]


def _spans(cell: Any) -> tuple[int, int]:
    """How many columns a cell takes, and 0 where the cell above goes on."""
    span = cell.find(f"{_W}tcPr/{_W}gridSpan")
    width = span.get(f"{_W}val", "1") if span is not None else "1"
    merge = cell.find(f"{_W}tcPr/{_W}vMerge")
    goes_on = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
    return (min(int(width), _WIDEST) if width.isdecimal() else 1), 0 if goes_on else 1
