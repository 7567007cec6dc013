"""Plans in every form they come in, read into one: passages and tables, each with its place."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from beskplan.audit.documents.html import read_html
from beskplan.audit.documents.lines import numbered, read_lines
from beskplan.audit.documents.model import Document, Grid, GridRow, Part, Passage
from beskplan.core.errors import DataError, Problem

__all__ = ["Document", "Grid", "GridRow", "Part", "Passage", "read_document", "text_document"]

FORMATS = (".txt", ".text", ".md", ".html", ".htm", ".docx", ".pdf")
"""The endings that can be read."""
LONGEST = 4_000_000
"""Characters of the longest document that is read as one plan; the longest known has a fiftieth."""
_NO_TEXT = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\v")
_WORD = re.compile(r"[a-zæøåäöüß]+")
_DANISH = frozenset(
    ["og", "er", "af", "til", "på", "med", "det", "som", "har", "skal", "ved", "ikke", "også"]
)
"""Small words that no Danish text of some length is without, and that English and German lack."""
_SAMPLE = 20_000
"""Characters that are enough to tell a language by."""
_ENOUGH = 40
_DANISH_SHARE = 0.04
"""Danish texts have a fifth of such words, tables of names a tenth."""


def read_document(path: Path) -> Document:
    """The plan in a file: text, Markdown, HTML, Word or PDF, told by its content.

    Raises:
        DataError: no such file, a form that is not read, or a file that cannot be opened, holds no
            text at all, or no Danish.
    """
    if not path.is_file():
        raise _unreadable(path, "filen findes ikke", fix="angiv stien til planen")
    with path.open("rb") as file:
        start = file.read(4096)
    form = _form(start, path)
    if form == "":
        raise _unreadable(
            path,
            "formen kan ikke læses",
            path.suffix or "ingen endelse",
            "gem planen som .docx eller .pdf",
        )
    document = _office(path, form) if form in ("docx", "pdf") else _text(path, form)
    if not document.parts:
        raise _unreadable(
            path, "filen har ingen tekst", fix="en scannet plan skal først tekstgenkendes (OCR)"
        )
    _refuse_strange(path, document)
    return document


def _form(start: bytes, path: Path) -> str:
    """`docx`, `pdf`, `html` or `text`, as a file begins, whatever its name ends with; else empty."""
    if start.startswith(b"PK"):
        return (
            "docx"
            if zipfile.is_zipfile(path) and _is_word(path)
            else "docx"
            if path.suffix == ".docx"
            else ""
        )
    if b"%PDF-" in start[:1024]:
        return "pdf"
    if path.suffix.casefold() in (".docx", ".pdf"):
        return path.suffix[1:].casefold()
    head = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    tagged = re.search(rb"<(?:!doctype html|html|body|table|div|h1|p)\b", head)
    if tagged and (tagged.start() < 200 or path.suffix.casefold() in (".html", ".htm")):
        return "html" if not head.startswith((b"#", b"|")) else "text"
    return (
        "text" if path.suffix.casefold() in FORMATS or not path.suffix or b"\0" not in start else ""
    )


def _is_word(path: Path) -> bool:
    with zipfile.ZipFile(path) as packed:
        return "word/document.xml" in packed.namelist()


def text_document(text: str, name: str = "plan") -> Document:
    """A plan given as plain text or Markdown."""
    return Document(name, read_lines(numbered(text)))


def _text(path: Path, form: str) -> Document:
    text = _decoded(path)
    if form == "html":
        parts, unread = read_html(text)
        return Document(path.name, parts, unread)
    return text_document(text.replace("\r\n", "\n"), path.name)


def _decoded(path: Path) -> str:
    """The text of a file in UTF-8 or UTF-16, else in the old Western code page of Windows.

    Every byte means something there, so a file with bytes that no text has is refused.
    """
    content = path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _tried(path, content, "utf-16")
    if any(byte in content for byte in _NO_TEXT):
        raise _unreadable(path, "filen er ikke tekst", fix="gem den som .txt i UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _tried(path, content, "cp1252")


def _tried(path: Path, content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _unreadable(
            path, "filen er ikke tekst i UTF-8", str(error.reason), "gem den som tekst i UTF-8"
        ) from error


def _office(path: Path, form: str) -> Document:
    from beskplan.audit.documents.pdf import read_pdf
    from beskplan.audit.documents.word import TooLargeError, read_docx

    try:
        parts, unread = read_docx(path) if form == "docx" else read_pdf(path)
    except TooLargeError as error:
        fix = "gem planen på ny fra Word; ingen plan fylder så meget"
        raise _unreadable(path, "filen er for stor at pakke ud", str(error), fix) from error
    except Exception as error:  # a damaged file makes the libraries fail in any way
        fix = f"åbn den i det program, der lavede den, og gem den som .{form} igen; fjern en adgangskode"
        raise _unreadable(path, f"filen kan ikke åbnes som .{form}", str(error), fix) from error
    return Document(path.name, parts, unread)


def _refuse_strange(path: Path, document: Document) -> None:
    """Refuse what is no Danish plan: its numbers would be read as what they are not."""
    texts = [passage.text for passage in document.passages]
    length = sum(map(len, texts))
    if length > LONGEST:
        raise _unreadable(
            path,
            "filen er for lang til at være én plan",
            f"{length} tegn",
            f"del den; en plan må have {LONGEST} tegn",
        )
    words = _WORD.findall(" ".join(texts)[:_SAMPLE].casefold())
    danish = sum(word in _DANISH for word in words)
    if len(words) >= _ENOUGH and danish < _DANISH_SHARE * len(words):
        raise _unreadable(path, "planen er ikke på dansk", fix="tjekket læser kun danske planer")


def _unreadable(path: Path, what: str, found: str = "", fix: str = "") -> DataError:
    return DataError(Problem(str(path), what, found, f"en plan som {', '.join(FORMATS)}", fix))
