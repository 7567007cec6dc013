"""Plans in every form they come in, read into one: passages and tables, each with its place."""

from __future__ import annotations

import re
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
    """The plan in a file: text, Markdown, HTML, Word or PDF, told by its ending.

    Raises:
        DataError: no such file, an ending that is not read, or a file that cannot be opened as
            what it claims to be, holds no text at all, or no Danish.
    """
    if not path.is_file():
        raise _unreadable(path, "no such file", fix="give the path of the plan")
    ending = path.suffix.casefold()
    if ending not in FORMATS:
        fix = "save it as .docx or .pdf"
        raise _unreadable(path, "a form that cannot be read", ending or "no ending", fix)
    document = _office(path, ending) if ending in (".docx", ".pdf") else _text(path, ending)
    if not document.parts:
        raise _unreadable(path, "holds no text", fix="a scan must be read by OCR first")
    _refuse_strange(path, document)
    return document


def text_document(text: str, name: str = "plan") -> Document:
    """A plan given as plain text or Markdown."""
    return Document(name, read_lines(numbered(text)))


def _text(path: Path, ending: str) -> Document:
    text = _decoded(path)
    if ending in (".html", ".htm"):
        return Document(path.name, read_html(text))
    return text_document(text.replace("\r\n", "\n"), path.name)


def _decoded(path: Path) -> str:
    """The text of a file in UTF-8 or UTF-16, else in the old Western code page of Windows.

    Every byte means something there, so a file with bytes that no text has is refused.
    """
    content = path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _tried(path, content, "utf-16")
    if any(byte in content for byte in _NO_TEXT):
        raise _unreadable(path, "no text file", fix=f"save it as {FORMATS[0]} in UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _tried(path, content, "cp1252")


def _tried(path: Path, content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        fix = "save it as text in UTF-8"
        raise _unreadable(path, "not UTF-8 text", str(error.reason), fix) from error


def _office(path: Path, ending: str) -> Document:
    from beskplan.audit.documents.pdf import read_pdf
    from beskplan.audit.documents.word import read_docx

    try:
        if ending == ".docx":
            return Document(path.name, read_docx(path))
        parts, unread = read_pdf(path)
    except Exception as error:  # a damaged file makes the two libraries fail in any way
        fix = f"open it in the program that made it, and save it as {ending} again"
        raise _unreadable(path, f"cannot be opened as {ending}", str(error), fix) from error
    return Document(path.name, parts, unread)


def _refuse_strange(path: Path, document: Document) -> None:
    """Refuse what is no Danish plan: its numbers would be read as what they are not."""
    texts = [passage.text for passage in document.passages]
    if sum(map(len, texts)) > LONGEST:
        raise _unreadable(
            path, "is too long for one plan", f"{sum(map(len, texts))} characters",
            f"split it; a plan may have {LONGEST} characters",
        )  # fmt: skip
    words = _WORD.findall(" ".join(texts)[:_SAMPLE].casefold())
    danish = sum(word in _DANISH for word in words)
    if len(words) >= _ENOUGH and danish < _DANISH_SHARE * len(words):
        raise _unreadable(path, "is not in Danish", fix="the check reads Danish plans only")


def _unreadable(path: Path, what: str, found: str = "", fix: str = "") -> DataError:
    expected = f"a plan as {', '.join(FORMATS)}"
    return DataError(Problem(str(path), what, found, expected, fix))
