"""The words that a table or figure wears: shared by page, PDF, CSV and workbook.

One place, so that two views of the same block can never say two things.
"""

import re
from collections.abc import Sequence

from beskplan.blocks.model import Column, Figure, Source, Table
from beskplan.blocks.text.language import capital
from beskplan.core.danish import list_danish

DEMO = "Demodata – må ikke anvendes"
"""Stands on the page and on each table and figure whose numbers are made up."""

DIRECTIONS = {"up": "Stigning", "down": "Fald", "same": "Uændret"}
"""A key figure's direction in a word, for those who do not see the sign in front of it."""


def demo_scope(made_up: Sequence[tuple[str, int]]) -> str:
    """Which tables and figures of a page are made up, by kind of block and number.

    `Demodata – må ikke anvendes: figur 1 og 3. De øvrige tal er ikke demodata.`
    """
    names = {"table": "tabel", "figure": "figur"}
    parts = []
    for kind, name in names.items():
        numbers = [str(number) for a_kind, number in made_up if a_kind == kind]
        if numbers:
            parts.append(f"{name} {list_danish(numbers)}")
    return f"{DEMO}: {' samt '.join(parts)}. De øvrige tal er ikke demodata."


def table_title(table: Table, number: int | None = None) -> str:
    """`Tabel 3. A-dagpenge`; the title alone where the table has no number yet."""
    return _numbered("Tabel", number, table.title)


def figure_title(figure: Figure, number: int | None = None) -> str:
    """`Figur 2. Flere på a-dagpenge`; the message alone where the figure has no number yet."""
    return _numbered("Figur", number, figure.title)


def data_title(figure: Figure, number: int | None = None) -> str:
    """The caption of the table with the numbers that a figure draws."""
    name = "figuren" if number is None else f"figur {number}"
    return f"Tal bag {name}. {figure.data.title}"


def table_detail(table: Table) -> str:
    """Second line of a caption: unit and period."""
    return f"{capital(table.unit)}, {table.period}"


def column_unit(table: Table, column: Column) -> str:
    """The unit to print under a column's label: empty where the reader already has it.

    That is where the whole table has one unit, or the label names it.
    """
    unit = column.unit.strip()
    known = unit.casefold() == table.unit.casefold() or unit.casefold() in column.label.casefold()
    return "" if known else unit


def note_label(number: int) -> str:
    """`[note 1]`: how a note is named under the table and in a cell, counted from 1."""
    return f"[note {number}]"


def numbered(notes: Sequence[str]) -> list[str]:
    """The notes of a table with their marks; those of a figure have none, being about all of it."""
    return [f"{note_label(number)} {note}" for number, note in enumerate(notes, start=1)]


def source_line(sources: Sequence[Source]) -> str:
    """`Kilde: a` or `Kilder: a; b`; two tables of one source are named together: `a (t1 og t2), dato`."""
    tables: dict[tuple[str, str], list[str]] = {}
    for text in dict.fromkeys(source.text.rstrip(".") for source in sources):
        found = _SOURCE_TABLE.fullmatch(text)
        around, table = ((found[1], found[3]), found[2]) if found else ((text, ""), "")
        tables.setdefault(around, []).append(table)
    texts = [f"{before}{list_danish(names)}{after}" for (before, after), names in tables.items()]
    return f"{'Kilde' if len(texts) == 1 else 'Kilder'}: {'; '.join(texts)}"


_SOURCE_TABLE = re.compile(r"(.+ \()([A-Za-z]*\d\w*)(\).*)")
"""A source that names its table in brackets: `Jobindsats.dk (y25i01), hentet 22. november 2026`."""


def _numbered(kind: str, number: int | None, title: str) -> str:
    return title if number is None else f"{kind} {number}. {title}"
