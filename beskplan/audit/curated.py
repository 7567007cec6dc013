"""A person's reading beside a document: corrections and additions, with who made them and why.

The document itself is never changed. `plan.txt` has its reading in `plan.txt.laesning.yaml`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from beskplan.audit.documents.model import Document, Grid, GridRow, Part, Passage
from beskplan.audit.model import Place
from beskplan.core.errors import ParamsError, Problem
from beskplan.registers.areas import find
from beskplan.registers.document import Document as YamlDocument
from beskplan.registers.reading import Closed, checked

ENDING = ".laesning.yaml"
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class _Closed(Closed):
    # A cell of a table may be empty.
    model_config = ConfigDict(str_min_length=0)


class Correction(_Closed):
    """A text of the document that a converter or printer broke, and how it is to be read."""

    linje: int = Field(ge=1)
    trykt: Text
    laest: Text
    grund: Text


class Addition(_Closed):
    """A table that the document shows but its text does not hold, such as a picture's numbers."""

    titel: Text
    afsnit: str = ""
    enhed: str = ""
    hoved: Annotated[tuple[str, ...], Field(min_length=2)]
    raekker: Annotated[tuple[tuple[str, ...], ...], Field(min_length=1)]
    grund: Text


class Reading(_Closed):
    """The whole file."""

    laest_af: Text
    """Name and role of the person who vouches for it."""
    dato: date
    kommune: str = ""
    aar: int | None = None
    rettelser: tuple[Correction, ...] = ()
    tilfoejelser: tuple[Addition, ...] = ()


def reading_beside(document: Path) -> Path | None:
    """The reading that lies beside a document, if there is one."""
    path = document.with_name(document.name + ENDING)
    return path if path.is_file() else None


def read_reading(path: Path) -> Reading:
    """The reading in a YAML file.

    Raises:
        ParamsError: no YAML, or a key that is unknown, missing or of the wrong kind; all at once.
    """
    return checked(YamlDocument.load(path, path.parent), Reading, ParamsError)


def apply(reading: Reading, document: Document, where: str = "reading") -> Document:
    """The document as the reading has it, with notes that say who corrected what.

    Raises:
        ParamsError: a correction whose printed text does not stand on its line.
        UnknownNameError: the municipality is none.
    """
    parts: list[Part] = list(document.parts)
    problems = [
        Problem(
            f"{where}: linje {correction.linje}",
            "den tekst står der ikke",
            correction.trykt,
            "dokumentets egne ord på linjen",
        )
        for correction in reading.rettelser
        if not _correct(parts, correction)
    ]
    if problems:
        raise ParamsError(problems)
    parts += [_grid(addition) for addition in reading.tilfoejelser]
    kode = find(reading.kommune, kind="kommune").kode if reading.kommune else document.kommune_kode
    return replace(
        document,
        parts=tuple(parts),
        kommune_kode=kode,
        aar=reading.aar or document.aar,
        notes=(*document.notes, *_told(reading)),
    )


def _correct(parts: list[Part], correction: Correction) -> bool:
    for index, part in enumerate(parts):
        if isinstance(part, Passage) and _holds(part, correction):
            text = part.text.replace(correction.trykt, correction.laest, 1)
            parts[index] = replace(part, text=text)
            return True
        if isinstance(part, Grid):
            for at, row in enumerate(part.rows):
                if row.place.line == correction.linje and correction.trykt in row.cells:
                    cells = tuple(
                        correction.laest if c == correction.trykt else c for c in row.cells
                    )
                    rows = (*part.rows[:at], GridRow(cells, row.place), *part.rows[at + 1 :])
                    parts[index] = replace(part, rows=rows)
                    return True
    return False


def _holds(passage: Passage, correction: Correction) -> bool:
    first = passage.place.line
    last = passage.lines[-1][1] if passage.lines else first
    return first <= correction.linje <= last and correction.trykt in passage.text


def _grid(addition: Addition) -> Grid:
    place = Place(0, 0, addition.afsnit or addition.titel, addition.titel)
    rows = tuple(GridRow(cells, place) for cells in (addition.hoved, *addition.raekker))
    return Grid(addition.titel, rows, place, addition.enhed)


def _told(reading: Reading) -> tuple[str, ...]:
    who = f"{reading.laest_af}, {reading.dato.isoformat()}"
    changes = [
        f"Linje {one.linje}: »{one.trykt}« er læst som »{one.laest}« ({one.grund}; {who})."
        for one in reading.rettelser
    ]
    changes += [
        f"Tabellen »{one.titel}« er tilføjet ({one.grund}; {who})." for one in reading.tilfoejelser
    ]
    return tuple(changes)
