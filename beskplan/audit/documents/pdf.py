"""A plan as a PDF: its pages as lines through pypdf, columns told by where the text stands."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from beskplan.audit.documents.aligned import fragments, in_one_column, with_tabs
from beskplan.audit.documents.lines import Line, read_lines
from beskplan.audit.documents.model import Collector, RefusedError
from beskplan.audit.model import Place, Unread

_RUNNING = 2
"""A line that stands on so many pages is the page's head or foot, not the plan's text."""
_EDGE = 2
"""A page's head or foot has at most so many lines."""
_PLACES = 3
"""A head or foot stands left, in the middle and right; what has more parts is of a table."""
_PICTURE = 60_000
"""Pixels from which a picture may hold a table."""


def read_pdf(path: Path) -> Collector:
    """The parts of a PDF, and the pages and pictures whose content cannot be read.

    Raises:
        RefusedError: the file does not open without a password.
    """
    import pypdf

    # What it repairs in silence is of no use to a reader, and what it cannot is raised.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = pypdf.PdfReader(str(path))
    # An owner's password only forbids printing and copying.
    if reader.is_encrypted and not reader.decrypt(""):
        raise RefusedError(
            "filen er låst med en adgangskode", "gem planen som PDF uden adgangskode"
        )
    pages: list[list[str]] = []
    unread: list[Unread] = []
    for number, page in enumerate(reader.pages, start=1):
        # A hyphen that must not break is written as a soft one by some setters.
        text = page.extract_text(extraction_mode="layout").replace("\u00ad", "-")
        if not text.strip():
            unread.append(Unread(Place(number), "", "siden har ingen tekst (et billede?)"))
        elif pictures := _pictures(page):
            what = "et billede" if pictures == 1 else f"{pictures} billeder"
            unread.append(Unread(Place(number), "", f"siden har {what}, som ikke er læst"))
        pages.append(in_one_column(text.split("\n")))
    read = read_lines(_lines(pages))
    read.unread = unread
    return read


def _pictures(page: Any) -> int:
    """How many pictures of some size a page has."""
    resources = page.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    if objects is None:
        return 0
    found = [one.get_object() for one in objects.get_object().values()]
    return sum(
        one.get("/Subtype") == "/Image" and one.get("/Width", 0) * one.get("/Height", 0) > _PICTURE
        for one in found
    )


def _lines(pages: Sequence[Sequence[str]]) -> Iterator[Line]:
    """The lines of all pages in order, tables with tabs between their cells."""
    edges = [_edges(page) for page in pages]
    counted = Counter(pattern for edge in edges for pattern in set(edge.values()))
    number = 0
    for page_number, (page, edge) in enumerate(zip(pages, edges, strict=True), start=1):
        running = {n for n, pattern in edge.items() if counted[pattern] >= _RUNNING}
        texts = ["" if n in running else text for n, text in enumerate(page)]
        for offset, text in with_tabs(texts):
            yield Line(number + offset + 1, text.strip(" "), page_number)
        number += len(page)


def _edges(page: Sequence[str]) -> dict[int, str]:
    """The first and last lines of a page that may be its head or foot, page numbers made alike."""
    there = [n for n, text in enumerate(page) if text.strip()]
    found = {}
    for n in (*there[:_EDGE], *there[-_EDGE:]):
        text = " ".join(page[n].split())
        if len(fragments(page[n])) <= _PLACES:
            numbered = re.search(r"\bside\b|^[\W\d]+$| {3}", page[n].strip(), re.IGNORECASE)
            found[n] = re.sub(r"\d+", "#", text) if numbered else text
    return found
