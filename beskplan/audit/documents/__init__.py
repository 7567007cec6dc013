"""Plans in every form they come in, read into one: passages and tables, each with its place."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from beskplan.audit.documents.lines import numbered, read_lines
from beskplan.audit.documents.model import (
    Collector,
    Document,
    Grid,
    GridRow,
    Part,
    Passage,
    RefusedError,
)
from beskplan.audit.patterns import patterns
from beskplan.core.errors import DataError, Problem
from beskplan.core.files import named_file

_RE = patterns("documents")

__all__ = ["Document", "Grid", "GridRow", "Part", "Passage", "read_document", "text_document"]

FORMATS = (".txt", ".text", ".md", ".html", ".htm", ".docx", ".pdf")
"""The endings that can be read."""
LONGEST = 4_000_000
"""Characters of the longest document that is read as one plan; the longest known has a fiftieth."""
_SAVE = "åbn den i det program, der lavede den, og gem den som .docx eller .pdf"
_OCR = "få teksten genkendt (OCR), og gem planen som .docx eller .pdf"
_REFUSED = {
    b"\xd0\xcf\x11\xe0": ("filen er i det gamle format fra Word 97-2003 eller låst med en adgangskode",
                          "åbn den i Word, og gem den som .docx uden adgangskode"),
    b"{\\rtf": ("filen er i formatet RTF", "åbn den i Word, og gem den som .docx"),
    b"\x89PNG": ("filen er et billede", _OCR),
    b"\xff\xd8\xff": ("filen er et billede", _OCR),
    b"II*\0": ("filen er et billede", _OCR),
}  # fmt: skip
"""How files begin that are known and not read: what they are, and what to do."""
_NO_TEXT = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\v")
_SAMPLE = 20_000
"""Characters that are enough to tell a language by."""
_ENOUGH = 40
_SHARE = 0.04
"""Texts have a fifth of such words, tables of names next to none."""


def read_document(path: Path) -> Document:
    """Read the plan in a file: text, Markdown, HTML, Word or PDF, told by its content.

    Raises:
        DataError: no such file, a form that is not read, or a file that cannot be opened, holds no
            text at all, or no Danish.
    """
    content = named_file(path, f"en plan som {', '.join(FORMATS)}")
    try:
        form = _form(content, path)
        read = _opened(path, form) if form in ("docx", "pdf") else _text(_decoded(content), form)
        _refuse_strange(read)
    except RefusedError as error:
        raise _unreadable(path, str(error), error.fix) from error
    return Document(path.name, tuple(read.parts), tuple(read.unread))


def text_document(text: str, name: str = "plan") -> Document:
    """Read a plan given as plain text or Markdown."""
    return Document(name, tuple(read_lines(numbered(text)).parts))


def _form(content: bytes, path: Path) -> str:
    """`docx`, `pdf`, `html` or `text`, as a file begins, whatever its name ends with."""
    start, suffix = content[:4096], path.suffix.casefold()
    for mark, (what, fix) in _REFUSED.items():
        if start.startswith(mark):
            raise RefusedError(what, fix)
    if start.startswith(b"PK"):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                if "word/document.xml" not in packed.namelist():
                    office = (
                        "i formatet OpenDocument" if b"opendocument" in start else "intet dokument"
                    )
                    raise RefusedError(f"filen er {office}", _SAVE)
        return "docx"
    if b"%PDF-" in start[:1024]:
        return "pdf"
    head = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    tagged = re.search(rb"<(?:!doctype html|html|body|table|div|h1|p)\b", head)
    if tagged and (tagged.start() < 200 or suffix in (".html", ".htm")):
        return "text" if head.startswith((b"#", b"|")) else "html"
    if suffix in (".docx", ".pdf"):
        return suffix[1:]
    if b"\0" in start and suffix and suffix not in FORMATS:
        raise RefusedError("formen kan ikke læses", _SAVE)
    return "text"


def _opened(path: Path, form: str) -> Collector:
    from beskplan.audit.documents.markup import read_docx
    from beskplan.audit.documents.pdf import read_pdf

    try:
        return read_docx(path) if form == "docx" else read_pdf(path)
    except RefusedError:
        raise
    except Exception as error:  # a damaged file makes the libraries fail in any way
        raise RefusedError(f"filen kan ikke åbnes som .{form}: {error}", _SAVE) from error


def _text(text: str, form: str) -> Collector:
    from beskplan.audit.documents.markup import read_html

    return read_html(text) if form == "html" else read_lines(numbered(text.replace("\r\n", "\n")))


def _decoded(content: bytes) -> str:
    """The text of a file in UTF-8 or UTF-16, else in the old Western code page of Windows.

    Every byte means something there, so a file with bytes that no text has is refused.
    """
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not utf16 and any(byte in content for byte in _NO_TEXT):
        raise RefusedError("filen er ikke tekst", "gem den som .txt i UTF-8")
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RefusedError("filen er ikke tekst i UTF-8", "gem den som .txt i UTF-8")


def _refuse_strange(read: Collector) -> None:
    """Refuse what is no Danish plan: its numbers would be read as what they are not."""
    if not read.parts:
        raise RefusedError("filen har ingen tekst", _OCR)
    texts = [part.text for part in read.parts if isinstance(part, Passage)]
    length = sum(map(len, texts))
    if length > LONGEST:
        what = f"filen er for lang til at være én plan ({length} tegn)"
        raise RefusedError(what, f"del den; en plan må have {LONGEST} tegn")
    words = _RE["word"].findall(" ".join(texts)[:_SAMPLE].casefold())
    danish, foreign = (
        sum(word in known for word in words)
        for known in (_RE.words("danish"), _RE.words("foreign"))
    )
    if len(words) >= _ENOUGH and foreign > max(danish, _SHARE * len(words)):
        raise RefusedError("planen er ikke på dansk", "tjekket læser kun danske planer")


def _unreadable(path: Path, what: str, fix: str) -> DataError:
    return DataError(Problem(str(path), what, "", f"en plan som {', '.join(FORMATS)}", fix))
