"""A plan as a PDF: its pages as lines through pypdf, columns told by where the text stands."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from beskplan.audit.documents.lines import Line, read_lines
from beskplan.audit.documents.model import Part
from beskplan.audit.model import Place, Unread

_FRAGMENT = re.compile(r"\S+(?: \S+)*")
_NUMBER = re.compile(r"[+\-−–]?\d[\d.,]*(?:\s?(?:%|pct\.))?|ikke opgjort|fortroligt")
_HEAD_LINES = 4
"""A table's head is broken over at most so many lines."""
_RUNNING = 3
"""A line that stands on so many pages is the page's head or foot, not the plan's text."""


@dataclass(frozen=True)
class Fragment:
    """Words that stand together on a line, from and to which column of the page."""

    text: str
    start: int
    end: int


def read_pdf(path: Path) -> tuple[tuple[Part, ...], tuple[Unread, ...]]:
    """The parts of a PDF and the pages that hold no text (a scan cannot be checked)."""
    import pypdf

    # What it repairs in silence is of no use to a reader, and what it cannot is raised.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    pages: list[list[str]] = []
    unread: list[Unread] = []
    for number, page in enumerate(pypdf.PdfReader(str(path)).pages, start=1):
        # A hyphen that must not break is written as a soft one by some setters.
        text = page.extract_text(extraction_mode="layout").replace("\u00ad", "-")
        if not text.strip():
            unread.append(Unread(Place(number), "", "siden har ingen tekst (et billede?)"))
        pages.append(text.split("\n"))
    return read_lines(_lines(pages)), tuple(unread)


def _lines(pages: Sequence[Sequence[str]]) -> Iterator[Line]:
    """The lines of all pages in order, tables with tabs between their cells."""
    running = _running(pages)
    number = 0
    for page_number, page in enumerate(pages, start=1):
        texts = ["" if _pattern(text) in running else text for text in page]
        for offset, text in _with_columns(texts):
            yield Line(number + offset + 1, text, page_number)
        number += len(page)


def _running(pages: Sequence[Sequence[str]]) -> set[str]:
    counted = Counter(pattern for page in pages for pattern in {_pattern(text) for text in page})
    return {pattern for pattern, times in counted.items() if pattern and times >= _RUNNING}


def _pattern(text: str) -> str:
    """A line whatever its numbers are, so that page numbers do not tell pages apart."""
    return re.sub(r"\d+", "#", " ".join(text.split())) if re.search(r" {3}|[Ss]ide", text) else ""


def fragments(text: str) -> list[Fragment]:
    """The runs of words of a line that two or more blanks part."""
    return [Fragment(m[0], m.start(), m.end()) for m in _FRAGMENT.finditer(text)]


def _is_row(parts: Sequence[Fragment]) -> bool:
    """A row has a head in words and then only numbers, at least two."""
    numbers = [bool(_NUMBER.fullmatch(part.text)) for part in parts[1:]]
    return len(numbers) >= 2 and all(numbers) and not _NUMBER.fullmatch(parts[0].text)


def _with_columns(texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    rows = {n: parts for n, text in enumerate(texts) if _is_row(parts := fragments(text))}
    heads: dict[int, str] = {}
    silent: set[int] = set()
    for first in (n for n in rows if n - 1 not in rows):
        above = _head_lines(texts, first, rows)
        if above:
            body = [
                rows[n] for n in range(first, len(texts)) if n in rows and _unbroken(rows, first, n)
            ]
            heads[above[-1]] = "\t".join(_head(texts, above, body))
            silent |= set(above[:-1])
    for n, text in enumerate(texts):
        if n in rows:
            yield n, "\t".join(part.text for part in rows[n])
        elif n in heads:
            yield n, heads[n]
        elif n not in silent:
            yield n, re.sub(r" {2,}", " ", text.strip())


def _unbroken(rows: dict[int, list[Fragment]], first: int, last: int) -> bool:
    return all(n in rows for n in range(first, last + 1))


def _head_lines(texts: Sequence[str], first: int, rows: dict[int, list[Fragment]]) -> list[int]:
    """The lines right above the first row that are broken into columns as it is."""
    found: list[int] = []
    for n in range(first - 1, max(-1, first - 1 - _HEAD_LINES), -1):
        parts = fragments(texts[n])
        if n in rows or len(parts) < 2:
            break
        found.insert(0, n)
    return found


def _head(
    texts: Sequence[str], above: Sequence[int], body: Sequence[Sequence[Fragment]]
) -> list[str]:
    """The words of a head by column: each goes to the column whose right edge is nearest."""
    width = len(body[0])
    edges = [max(row[c].end for row in body if len(row) == width) for c in range(width)]
    first_number = min(row[1].start for row in body)
    words: list[list[str]] = [[] for _ in range(width)]
    for n in above:
        for part in fragments(texts[n]):
            column = min(range(1, width), key=lambda c: abs(edges[c] - part.end))
            if part.end <= first_number and part.start <= body[0][0].start + 2:
                column = 0
            words[column].append(part.text)
    return [" ".join(found) for found in words]
