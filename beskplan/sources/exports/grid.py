"""A file's bytes as grids of cells: text files of any usual encoding and separator, and workbooks.

One text file gives one grid for each separator that it may have, a workbook one for each sheet; which
of them is meant is decided by the column heads (`reading`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from beskplan.core.errors import DataError, Problem
from beskplan.sources.exports.mapping import FileFormat
from beskplan.sources.exports.workbooks import workbook_fault

CellValue = str | int | float | bool | date | None
"""Text as written; a workbook also has numbers and days. None is an empty cell."""

MAX_BYTES: Final = 64_000_000
"""A table of every municipality, month and measure is some 20 MB; more is not an export."""
_SEPARATORS: Final = (";", ",", "\t", "|")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTROL = frozenset(
    chr(code) for code in (*range(9), *range(11, 13), *range(14, 32), *range(127, 160))
)


@dataclass(frozen=True)
class Grid:
    """Cells by row; `numbers` are the row numbers of the file, as an editor shows them."""

    name: str
    """What the grid is, for problems: `separator ;` or `sheet Ark1`."""
    rows: tuple[tuple[CellValue, ...], ...]
    numbers: tuple[int, ...]


def grids(content: bytes, wanted: FileFormat, where: str) -> tuple[Grid, ...]:
    """Every way to see the bytes as a grid that `wanted` allows; at least one.

    Raises:
        DataError: no text and no workbook, too big, or broken.
    """
    if len(content) > MAX_BYTES:
        expected = f"at most {MAX_BYTES // 1_000_000} MB"
        raise DataError(Problem(where, "too big a file", f"{len(content):,} bytes", expected))
    if content.startswith(_OLE):
        fix = "open it in a spreadsheet and save it as .xlsx"
        raise DataError(
            Problem(where, "a workbook of the old format (.xls), or a locked one", fix=fix)
        )
    if content.startswith(_ZIP):
        return tuple(_sheets(content, wanted, where))
    text = _decoded(content, wanted, where)
    if text.lstrip()[:200].casefold().startswith(("<!doctype", "<html", "<?xml", "<table")):
        fix = "open it in a spreadsheet and save it as .xlsx or .csv"
        raise DataError(Problem(where, "a web page, not a table", fix=fix))
    separators = (wanted.skilletegn,) if wanted.skilletegn else _SEPARATORS
    found = [_separated(text, separator, where) for separator in separators if separator in text]
    read = [grid for grid in found if isinstance(grid, Grid)]
    if not read:
        raise DataError(
            next((fault for fault in found if isinstance(fault, Problem)), _no_table(where))
        )
    return tuple(read)


def _no_table(where: str) -> Problem:
    expected = "columns separated by semicolon, comma, tab or |, or an Excel workbook"
    return Problem(where, "no table found", expected=expected)


def _decoded(content: bytes, wanted: FileFormat, where: str) -> str:
    """The text of the bytes: by its mark, else UTF-8 where that fits, else Windows' Danish encoding."""
    if wanted.tegnkodning:
        order = [{"utf-8": "utf-8-sig"}.get(wanted.tegnkodning, wanted.tegnkodning)]
    elif content.startswith((b"\xff\xfe", b"\xfe\xff")):
        order = ["utf-16"]
    else:
        order = ["utf-8-sig", "cp1252"]
    for encoding in order:
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if not _CONTROL.intersection(text):
            return text.removeprefix("\ufeff")
    expected = "text in UTF-8, UTF-16 with its mark or Windows-1252, or an Excel workbook"
    fix = "" if not wanted.tegnkodning else "leave `tegnkodning` out of the mapping"
    raise DataError(Problem(where, "not readable as text", repr(content[:20]), expected, fix))


def _separated(text: str, separator: str, where: str) -> Grid | Problem:
    """The text cut by one separator, or why it cannot be."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[tuple[CellValue, ...]] = []
    numbers: list[int] = []
    begins = 1
    try:
        for row in reader:
            rows.append(tuple(cell.strip() or None for cell in row))
            numbers.append(begins)
            begins = reader.line_num + 1
    except csv.Error as error:
        return Problem(
            f"{where}: row {begins}", "broken row", str(error), "cells as CSV writes them"
        )
    return Grid(f"separator {separator!r}", tuple(rows), tuple(numbers))


def _sheets(content: bytes, wanted: FileFormat, where: str) -> Iterator[Grid]:
    from python_calamine import CalamineError, CalamineWorkbook

    if problem := workbook_fault(content, where):
        raise DataError(problem)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [wanted.ark] if wanted.ark in workbook.sheet_names else workbook.sheet_names
        if wanted.ark and names != [wanted.ark]:
            raise DataError(
                Problem(where, "no such sheet", repr(wanted.ark), f"one of {', '.join(names)}")
            )
        for name in names:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            yield Grid(
                f"sheet {name!r}",
                tuple(tuple(_typed(cell) for cell in row) for row in rows),
                tuple(range(1, len(rows) + 1)),
            )
    except (CalamineError, OSError, ValueError) as error:
        raise DataError(Problem(where, "not readable as a workbook", str(error))) from None


def _typed(cell: object) -> CellValue:
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, time | timedelta):
        return str(cell)
    if cell is None or isinstance(cell, int | float | bool | date):
        return cell
    raise TypeError(f"a workbook cell of type {type(cell).__name__}")
