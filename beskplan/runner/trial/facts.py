"""What a page says about what is odd: withheld numbers, gaps, parts left out, breaks, notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from beskplan.blocks.model import Cell, Figure, KeyFigures, Omitted, Prose, SourceList, Table
from beskplan.registers.areas import Area
from beskplan.render.page import Markdown, Numbered, Page

Kind = Literal[
    "siden",
    "fortroligt",
    "ikke opgjort",
    "beregnet",
    "største tal",
    "udeladt",
    "fælles jobcenter",
    "brud",
    "note",
]
"""What a fact is about, in the word that the list shows."""
_STATES: tuple[tuple[str, Kind], ...] = (
    ("withheld", "fortroligt"),
    ("absent", "ikke opgjort"),
    ("calculated", "beregnet"),
)
NAMED_CELLS = 4
"""Cells of a table that are named one by one; the others are counted."""


@dataclass(frozen=True)
class Fact:
    """One thing that a page says."""

    kind: Kind
    text: str


def page_facts(page: Page, breaks: frozenset[str], partner: Area | None = None) -> list[Fact]:
    """Everything odd that a page tells its reader, in the order of `Kind`.

    Args:
        page: The finished page.
        breaks: Notes of the breaks in the series that the page has read, as the registers word them.
        partner: The other municipality of a joint jobcentre.
    """
    tables = list(_tables(page))
    return [
        Fact("siden", _size(page)),
        *(fact for name, table in tables for fact in _states(name, table)),
        *_largest(tables),
        *_omitted(page.omitted),
        *_partner(page, partner),
        *_notes(page, breaks),
    ]


def _size(page: Page) -> str:
    counts = (len(page.tables()), "tabel", "tabeller"), (len(page.figures()), "figur", "figurer")
    parts = [f"{count} {one if count == 1 else more}" for count, one, more in counts]
    demo = ", demodata" if page.header.demo else ""
    return f"{page.heading}: {' og '.join(parts)}{demo}"


def _tables(page: Page) -> Iterator[tuple[str, Table]]:
    """Every table, and the data of every figure that no table shows."""
    for item in page.walk():
        match item:
            case Numbered(number, Table() as table):
                yield f"Tabel {number}", table
            case Numbered(number, Figure() as figure) if page.table_of(figure) is None:
                yield f"Figur {number}", figure.data


def _states(name: str, table: Table) -> Iterator[Fact]:
    count = sum(len(row.cells) for row in table.rows)
    for state, kind in _STATES:
        cells = [
            f"{row.label}: {column.label}"
            for row in table.rows
            for column, cell in zip(table.columns[1:], row.cells, strict=True)
            if cell.state == state
        ]
        if cells:
            more = len(cells) - NAMED_CELLS
            rest = f" og {more} mere" if more > 0 else ""
            named = "; ".join(cells[:NAMED_CELLS])
            yield Fact(kind, f"{name}, {table.title}: {len(cells)} af {count} ({named}{rest})")


def _largest(tables: list[tuple[str, Table]]) -> Iterator[Fact]:
    """The largest number of the page: where thousands and millions are printed."""
    found: list[tuple[float, str, Cell]] = [
        (abs(cell.value), f"{name}, {row.label}", cell)
        for name, table in tables
        for row in table.rows
        for cell in row.cells
        if cell.value is not None
    ]
    if found:
        _, where, cell = max(found, key=lambda one: one[0])
        yield Fact("største tal", f"{cell.text} ({where})")


def _omitted(omitted: tuple[Omitted, ...]) -> Iterator[Fact]:
    """What a reader may miss: one fact a reason."""
    by_reason: dict[str, list[str]] = {}
    for one in omitted:
        if one.missed:
            by_reason.setdefault(one.reason, []).append(one.id)
    for reason, ids in by_reason.items():
        yield Fact("udeladt", f"{', '.join(dict.fromkeys(ids))}: {reason}")


def _partner(page: Page, partner: Area | None) -> Iterator[Fact]:
    if partner is None:
        return
    named = any(partner.navn in text for text in _texts(page))
    told = "siden viser også" if named else "siden viser ikke"
    yield Fact("fælles jobcenter", f"{told} {partner.navn}")


def _texts(page: Page) -> Iterator[str]:
    """Titles, row heads and generated sentences: where another municipality would be named."""
    for item in page.walk():
        match item:
            case Numbered(_, Table() as table):
                yield from (table.title, *(row.label for row in table.rows))
            case Numbered(_, Figure() as figure):
                yield from (figure.title, figure.alt)
            case Prose():
                yield from item.paragraphs
            case KeyFigures():
                yield from (one.label for one in item.items)
            case Markdown(text):
                yield text


def _notes(page: Page, breaks: frozenset[str]) -> Iterator[Fact]:
    reasons = {one.reason for one in page.omitted}
    for note in dict.fromkeys(_all_notes(page)):
        if note not in reasons:
            yield Fact("brud" if note in breaks else "note", note)


def _all_notes(page: Page) -> Iterator[str]:
    for item in page.walk():
        match item:
            case Numbered(_, block):
                yield from chain(block.notes)
            case Prose(role="note"):
                yield from item.paragraphs
            case SourceList():
                yield from item.reservations
