"""Plans in every form they come in, read into one: passages and tables, each with its place."""

from __future__ import annotations

from pathlib import Path

from beskplan.audit.documents.html import read_html
from beskplan.audit.documents.lines import numbered, read_lines
from beskplan.audit.documents.model import Document, Grid, GridRow, Part, Passage
from beskplan.errors import DataError, Problem

__all__ = ["Document", "Grid", "GridRow", "Part", "Passage", "read_document", "text_document"]

FORMATS = (".txt", ".text", ".md", ".html", ".htm", ".docx", ".pdf")
"""The endings that can be read."""


def read_document(path: Path) -> Document:
    """The plan in a file: text, Markdown, HTML, Word or PDF, told by its ending.

    Raises:
        DataError: no such file, an ending that is not read, or a file that cannot be opened as
            what it claims to be, or holds no text at all.
    """
    if not path.is_file():
        raise _unreadable(path, "no such file", fix="give the path of the plan")
    ending = path.suffix.casefold()
    if ending not in FORMATS:
        raise _unreadable(path, "a form that cannot be read", ending or "no ending")
    document = _office(path, ending) if ending in (".docx", ".pdf") else _text(path, ending)
    if not document.parts:
        raise _unreadable(path, "holds no text", fix="a scan must be read by OCR first")
    return document


def text_document(text: str, name: str = "plan") -> Document:
    """A plan given as plain text or Markdown."""
    return Document(name, read_lines(numbered(text)))


def _text(path: Path, ending: str) -> Document:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(path, "not UTF-8 text", str(error.reason)) from error
    if ending in (".html", ".htm"):
        return Document(path.name, read_html(text))
    return text_document(text.replace("\r\n", "\n"), path.name)


def _office(path: Path, ending: str) -> Document:
    from zipfile import BadZipFile

    from docx.opc.exceptions import PackageNotFoundError
    from pypdf.errors import PyPdfError

    from beskplan.audit.documents.pdf import read_pdf
    from beskplan.audit.documents.word import read_docx

    try:
        if ending == ".docx":
            return Document(path.name, read_docx(path))
        parts, unread = read_pdf(path)
    except (PackageNotFoundError, BadZipFile, KeyError, PyPdfError) as error:
        raise _unreadable(path, f"cannot be opened as {ending}", str(error)) from error
    return Document(path.name, parts, unread)


def _unreadable(path: Path, what: str, found: str = "", fix: str = "") -> DataError:
    expected = f"a plan as {', '.join(FORMATS)}"
    return DataError(Problem(str(path), what, found, expected, fix))
