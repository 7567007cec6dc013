"""A table as a CSV file that a Danish spreadsheet opens as it should.

Semicolons, decimal comma, no thousand dots, UTF-8 with a byte order mark, CRLF (RFC 4180).
"""

import csv
import io
import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from beskplan.blocks.captions import DEMO, column_unit, numbered, source_line
from beskplan.blocks.model import Cell, Table
from beskplan.core.danish import round_half_away

_DECIMALS = re.compile(r"\d,(\d+)")
_NOTE = re.compile(r"\s*\[note \d+\]")
DEMO_HEAD = "Forbehold"
"""Head of the column that marks made-up numbers."""
NOTES_HEAD = "Noter"
"""Head of the column that holds the notes of a row's numbers: a number keeps no mark itself."""
NO_NOTE = "ingen"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", *"\uff1d\uff0b\uff0d\uff20")
"""What makes a spreadsheet run a cell instead of showing it (OWASP, "CSV Injection")."""


def table_csv(table: Table) -> bytes:
    """The table as CSV bytes: one header line, one line per row, the row heads first.

    Unit: in brackets in the header, where the table does not have one unit throughout.
    Missing: withheld and absent cells keep their word ("fortroligt", "ikke opgjort"); never 0.
    Numbers: with the decimals that are printed, no thousand dots or unit (`1.308,0 %` -> `1308,0`).
    Made-up numbers: a last column says so on every row, so that no row is ever cut free of it.
    Notes of numbers: a last column, where there are any.
    A text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    notes = row_notes(table)
    heads = [*column_heads(table), *([DEMO_HEAD] if table.demo else [])]
    writer.writerow(_as_text(head) for head in [*heads, *([NOTES_HEAD] if notes else [])])
    for number, row in enumerate(table.rows):
        cells = [*(_cell(cell) for cell in row.cells), *([DEMO] if table.demo else [])]
        writer.writerow([_as_text(row.label), *cells, *notes[number : number + 1]])
    return stream.getvalue().encode("utf-8-sig")


SOURCES_FILE = "kilder-og-noter.csv"
"""Beside the files of a report's tables: what each is of, and where it is from."""


def sources_csv(files: Iterable[tuple[str, str, Table]]) -> bytes:
    """Source, unit, period and notes of tables in files, one line a file.

    Args:
        files: Name of the file, title with its number, and table.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(("Fil", "Titel", "Enhed", "Periode", "Kilde", NOTES_HEAD))
    for name, title, table in files:
        texts = (name, title, table.unit, table.period, source_line(table.sources))
        notes = " ".join(numbered(table.notes)) or NO_NOTE
        writer.writerow(map(_as_text, (*texts, notes)))
    return stream.getvalue().encode("utf-8-sig")


def row_notes(table: Table) -> list[str]:
    """For each row the notes of its numbers in full; empty where no number has one."""
    texts = numbered(table.notes)
    found = []
    for row in table.rows:
        marks = "".join(note_marks(cell) for cell in row.cells if cell.value is not None)
        found.append(" ".join(t for t in texts if t[: t.index("]") + 1] in marks) or NO_NOTE)
    return found if set(found) > {NO_NOTE} else []


def column_heads(table: Table) -> list[str]:
    """The header line of a file: each column's label, with its unit in brackets where it has one."""
    heads = []
    for column in table.columns:
        unit = column_unit(table, column)
        heads.append(f"{column.label} ({unit})" if unit else column.label)
    return heads


def printed_number(cell: Cell) -> Decimal | None:
    """The number of a cell with the decimals that are printed; None where it has only words."""
    return None if cell.value is None else _as_printed(cell.value, cell.text)


# Workbook and CSV files write the same cells, and a format looks at them first.
@lru_cache(maxsize=8192)
def _as_printed(value: float, text: str) -> Decimal:
    printed = _DECIMALS.search(text)
    return round_half_away(value, len(printed.group(1)) if printed else 0)


def note_marks(cell: Cell) -> str:
    """The marks of the notes that a cell points to: `[note 1] [note 2]`, or nothing."""
    return " ".join(mark.strip() for mark in _NOTE.findall(cell.text))


def _cell(cell: Cell) -> str:
    number = printed_number(cell)
    if number is None:
        return _as_text(_NOTE.sub("", cell.text))
    return f"{number:f}".replace(".", ",")


def _as_text(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
