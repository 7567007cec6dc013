"""The text of a tagged PDF, read back along its structure tree: what a screen reader would say.

Used to prove that a PDF says what the page says. Text is taken from the marked content that the
tree points at, through each font's ToUnicode map, so nothing is guessed from positions on paper,
and running headers and footers, which are artifacts, are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, String

from beskplan.core.errors import Problem, RenderError

_UNHEARD = str.maketrans("", "", "\u00ad\u2060")
"""Soft hyphens, which Typst writes where it hyphenates, and word joiners."""

_CODES = re.compile(r"begincodespacerange\s*<(\w+)>")
_SECTION = re.compile(r"beginbf(char|range)(.*?)endbf", re.DOTALL)
_HEX = re.compile(r"<(\w*)>")
_HOLDERS = frozenset({"TH", "TD", "Caption", "TOCI"})
"""Elements whose paragraphs are read as one text."""
_SPOKEN = _HOLDERS | {"H1", "H2", "H3", "H4", "H5", "H6", "P", "Figure"}


@dataclass(frozen=True)
class Spoken:
    """One element of the document in reading order: its tag (`H2`, `P`, `TD`) and its text."""

    tag: str
    text: str


@dataclass(frozen=True)
class Pdf:
    """What a tagged PDF says, read in one go.

    A text is what stands in its element: line breaks of the setting are undone, hyphens of hyphenation
    gone, no-break spaces kept. Paragraphs in a cell are separated by one space.
    """

    title: str = ""
    """Of the metadata."""
    elements: list[Spoken] = field(default_factory=list)
    """Headings, paragraphs, captions, cells, list items and figures, in reading order; the text of a
    figure is its alternative text."""
    tables: list[list[list[str]]] = field(default_factory=list)
    """Every table as rows of cell texts, header row first."""
    captions: list[str] = field(default_factory=list)
    """Of the tables; a figure's own is none."""
    files: dict[str, bytes] = field(default_factory=dict)
    """The attachments by name."""


def read_pdf(data: bytes) -> Pdf:
    """Everything that the proof asks of a tagged PDF."""
    with pikepdf.open(BytesIO(data)) as pdf:
        root: Object | None = pdf.Root.get("/StructTreeRoot")
        if root is None:
            raise RenderError(
                Problem("pdf", "har ingen koder, så teksten kan ikke læses i rækkefølge")
            )
        # Opened by `with`, it would be written again.
        title = str(pdf.open_metadata().get("dc:title", ""))
        attachments = pdf.attachments
        files = {name: attachments[name].get_file().read_bytes() for name in sorted(attachments)}
        found = Pdf(title, files=files)
        _read_below(root, _Reader(pdf), found)
        return found


def children(element: Object, *tags: str) -> list[Dictionary]:
    """The structure elements right below `element`, of these tags ("TR") or of any."""
    found: Any = element.get("/K", Array())
    kids = list(found) if isinstance(found, Array) else [found]
    elements = [kid for kid in kids if isinstance(kid, Dictionary) and "/S" in kid]
    return [kid for kid in elements if not tags or str(kid.S)[1:] in tags]


def _read_below(element: Object, reader: _Reader, into: Pdf) -> None:
    for kid in children(element):
        tag = str(kid.S)[1:]
        if tag == "Table":
            into.tables.append([])
        elif tag == "TR" and into.tables:
            into.tables[-1].append([])
        if tag in _SPOKEN or (tag == "LBody" and not children(kid, "P", "L")):
            text = reader.text(kid)
            if tag in ("TH", "TD") and into.tables and into.tables[-1]:
                if into.tables[-1] == [[]] and into.elements[-1].tag == "Caption":
                    into.captions.append(into.elements[-1].text)
                into.tables[-1][-1].append(text)
            into.elements.append(Spoken(tag, text))
        elif tag != "Lbl":
            _read_below(kid, reader, into)


class _Reader:
    """Reads elements of one open PDF; each page's content is parsed once."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pages = {page.obj.objgen: page for page in pdf.pages}
        self._content: dict[tuple[int, int], dict[int, str]] = {}
        self._fonts: dict[tuple[int, int], _Font] = {}

    def text(self, element: Object) -> str:
        """The text of a structure element with everything below it."""
        tag = str(element.S)[1:]
        if tag == "Figure" and "/Alt" in element:
            return str(element.Alt)
        paragraphs = children(element, "P")
        if tag in _HOLDERS and len(paragraphs) > 1:
            return " ".join(self.text(paragraph) for paragraph in paragraphs)
        # Typst keeps the space where it breaks a line, so the pieces need nothing between them.
        return "".join(self._pieces(element, None)).translate(_UNHEARD).strip(" ")

    def _pieces(self, element: Object, page: Object | None) -> Iterator[str]:
        page = element.get("/Pg", page)
        kids: Any = element.get("/K")
        for kid in list(kids) if isinstance(kids, Array) else [kids]:
            if isinstance(kid, int):
                yield self._marked(page, kid)
            elif isinstance(kid, Dictionary) and "/MCID" in kid:
                yield self._marked(kid.get("/Pg", page), int(kid.MCID))
            elif isinstance(kid, Dictionary) and "/S" in kid:
                yield from self._pieces(kid, page)

    def _marked(self, page: Object | None, mcid: int) -> str:
        if page is None:
            raise RenderError(Problem("pdf", "kodet indhold, der ikke er på nogen side", str(mcid)))
        key = page.objgen
        if key not in self._content:
            self._content[key] = _read_content(self._pages[key], self._page_fonts(page))
        return self._content[key].get(mcid, "")

    def _page_fonts(self, page: Object) -> dict[str, _Font]:
        fonts = {}
        for name, font in page.Resources.get("/Font", Dictionary()).items():
            if font.objgen not in self._fonts:
                self._fonts[font.objgen] = _Font.read(font)
            fonts[name] = self._fonts[font.objgen]
        return fonts


@dataclass(frozen=True)
class _Font:
    """What the codes of a font mean."""

    width: int
    """Bytes a code."""
    letters: dict[int, str]

    @classmethod
    def read(cls, font: Object) -> _Font:
        cmap = bytes(font.ToUnicode.read_bytes()).decode("latin-1")
        codes = _CODES.search(cmap)
        letters: dict[int, str] = {}
        for kind, body in _SECTION.findall(cmap):
            values = _HEX.findall(body)
            if kind == "char":
                pairs = zip(values[::2], values[1::2], strict=True)
                letters.update({int(code, 16): _utf16(text) for code, text in pairs})
            else:
                for low, high, text in zip(values[::3], values[1::3], values[2::3], strict=True):
                    start = ord(_utf16(text))
                    codes_here = range(int(low, 16), int(high, 16) + 1)
                    letters.update({code: chr(start + n) for n, code in enumerate(codes_here)})
        return cls(len(codes.group(1)) // 2 if codes else 2, letters)

    def text(self, raw: bytes) -> str:
        codes = (raw[n : n + self.width] for n in range(0, len(raw), self.width))
        return "".join(self.letters.get(int.from_bytes(code), "\ufffd") for code in codes)


_SAYING = "BDC BMC EMC Tf Tj TJ"
"""The instructions that say something; most of a page with figures only draws."""


def _utf16(text: str) -> str:
    return bytes.fromhex(text).decode("utf-16-be")


class _Content:
    """The state of a content stream while it is read, and the text of each marked piece."""

    def __init__(self, fonts: dict[str, _Font]) -> None:
        self.fonts = fonts
        self.texts: dict[int, str] = {}
        self.marks: list[tuple[int | None, str | None]] = []
        self.font: _Font | None = None

    def step(self, operator: str, operands: list[Object]) -> None:
        """Take one instruction of `_SAYING`."""
        match operator:
            case "BDC" | "BMC":
                self._open_mark(operands)
            case "EMC":
                self.marks.pop()
            case "Tf":
                self.font = self.fonts[str(operands[0])]
            case "Tj" | "TJ":
                self._show(operands[0])

    def _open_mark(self, operands: list[Object]) -> None:
        mcid, instead = self.marks[-1] if self.marks else (None, None)
        properties = operands[1] if len(operands) > 1 else None
        if isinstance(properties, Dictionary):
            mcid = int(properties.MCID) if "/MCID" in properties else mcid
            if "/ActualText" in properties:
                instead = str(properties.ActualText)
        if operands[0] == Name.Artifact:
            mcid = None
        self.marks.append((mcid, instead))

    def _show(self, shown: Object) -> None:
        mcid, instead = self.marks[-1] if self.marks else (None, None)
        if mcid is None or self.font is None:
            return
        parts = list(shown) if isinstance(shown, Array) else [shown]
        text = "".join(self.font.text(bytes(part)) for part in parts if isinstance(part, String))
        if instead is not None:
            text = instead
            self.marks[-1] = (mcid, "")  # said once, however many glyphs it stands for
        self.texts[mcid] = self.texts.get(mcid, "") + text


def _read_content(page: pikepdf.Page, fonts: dict[str, _Font]) -> dict[int, str]:
    content = _Content(fonts)
    for instruction in pikepdf.parse_content_stream(page, _SAYING):
        content.step(str(instruction.operator), list(instruction.operands))
    return content.texts
