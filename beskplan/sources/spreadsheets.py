"""A file's bytes as grids of cells: text files of any usual encoding and separator, and workbooks.

One text file gives one grid for each separator that it may have, a workbook one for each sheet; which
of them is meant is decided by the column heads (`find_head`).
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Final

from beskplan.core.errors import BeskplanError, DataError, Problem, did_you_mean
from beskplan.core.periods import Period
from beskplan.sources.cell_marks import CellMarks, cell_marks, column_letters, column_number
from beskplan.sources.cells import CellValue, period_of
from beskplan.sources.labels import normalised, problem
from beskplan.sources.mapping import ANY_YEAR, OTHER_ENCODINGS, FileFormat, PeriodColumn
from beskplan.sources.mapping import Mapping as FileMapping

MAX_BYTES: Final = 64_000_000
"""A table of every municipality, month and measure is some 20 MB; more is not an export."""
MAX_UNPACKED: Final = 400_000_000
MAX_CELLS: Final = 20_000_000
"""A row for each municipality, month and measure of ten years is a tenth of it."""
SEARCHED_ROWS: Final = 40
"""Titles and dates above a table fill some rows; a table that begins later is not found."""
_SEPARATORS: Final = (";", ",", "\t", "|")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTROL = frozenset(
    chr(code) for code in (*range(9), *range(11, 13), *range(14, 32), *range(127, 160))
)
_FARTHEST: Final = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{0,8})([0-9]{1,20})""")


@dataclass(frozen=True)
class Grid:
    """Cells by row; `numbers` are the row numbers of the file, as an editor shows them."""

    name: str
    """What the grid is, for problems: `skilletegn ;` or `ark Ark1`."""
    rows: tuple[tuple[CellValue, ...], ...]
    numbers: tuple[int, ...]
    sheet: str = ""
    """Name of a workbook's sheet; empty for a text file."""
    hidden: bool = False
    content: bytes = field(default=b"", repr=False)
    """The workbook."""

    @cached_property
    def marks(self) -> CellMarks:
        """What the sheet shows besides values; nothing for a text file."""
        return cell_marks(self.content, self.sheet) if self.sheet else CellMarks()

    def place(self, row: int, column: int | None = None, label: str = "") -> str:
        """Sheet, row and column of the file, for problems."""
        steps = [f"ark '{self.sheet}'"] if self.sheet else []
        steps.append(f"række {row}")
        if column is not None:
            letters = f"kolonne {column_letters(column)}" if self.sheet else ""
            steps.append(f"{letters} ({label})" if letters and label else letters or label)
        return ", ".join(filter(None, steps))


def grids(content: bytes, wanted: FileFormat, where: str) -> tuple[Grid, ...]:
    """Every way to see the bytes as a grid that `wanted` allows; at least one.

    Raises:
        DataError: no text and no workbook, too big, or broken.
    """
    if len(content) > MAX_BYTES:
        size, most = f"{len(content):,} bytes", f"højst {MAX_BYTES // 1_000_000} MB"
        raise DataError(problem("file-too-big", where, size, expected=most))
    if content.startswith(_OLE):
        raise DataError(problem("old-workbook", where))
    if content.startswith(_ZIP):
        return tuple(_sheets(content, wanted, where))
    text = _decoded(content, wanted, where)
    if text.lstrip()[:200].casefold().startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise DataError(problem("web-page", where))
    separators = (wanted.skilletegn,) if wanted.skilletegn else _SEPARATORS
    found = [_separated(text, separator, where) for separator in separators if separator in text]
    read = [grid for grid in found if isinstance(grid, Grid)]
    if not read:
        none = problem("no-table", where)
        raise DataError(next((fault for fault in found if isinstance(fault, Problem)), none))
    return tuple(read)


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
    fix = "" if not wanted.tegnkodning else "fjern `tegnkodning` fra skemaet"
    raise DataError(problem("no-text", where, repr(content[:20]), fix=fix))


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
        return problem("broken-row", f"{where}: række {begins}", str(error))
    return Grid(f"skilletegn {separator!r}", tuple(rows), tuple(numbers))


def _sheets(content: bytes, wanted: FileFormat, where: str) -> Iterator[Grid]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    if fault := _workbook_fault(content, where):
        raise DataError(fault)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = {
            one.name: one.visible == SheetVisibleEnum.Visible for one in workbook.sheets_metadata
        }
        names = [wanted.ark] if wanted.ark in workbook.sheet_names else workbook.sheet_names
        if wanted.ark and names != [wanted.ark]:
            expected = f"et af {', '.join(names)}"
            raise DataError(problem("no-sheet", where, repr(wanted.ark), expected=expected))
        for name in names:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            yield Grid(
                f"ark {name!r}",
                tuple(tuple(_typed(cell) for cell in row) for row in rows),
                tuple(range(1, len(rows) + 1)),
                name,
                # A sheet that the mapping names is meant, seen or not.
                hidden=not visible.get(name, True) and not wanted.ark,
                content=content,
            )
    except (CalamineError, OSError, ValueError) as error:
        raise DataError(problem("no-workbook", where, str(error))) from None


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


def _workbook_fault(content: bytes, where: str) -> Problem | None:
    """Why a zipped workbook must not be opened; None where it may.

    The reader makes a sheet as large as its farthest cell, and a process that cannot get that much
    memory ends without an error. Its formats other than .xlsx cannot be looked through beforehand.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            if unpacked > MAX_UNPACKED:
                found, expected = f"{unpacked:,} bytes", f"højst {MAX_UNPACKED // 1_000_000} MB"
                return problem("workbook-too-big", where, found, expected=expected)
            if "xl/workbook.xml" not in archive.namelist():
                return problem("not-xlsx", where)
            # Reading them checks their sizes and sums too: a part that claims to be small is not.
            cells = max(_cells(archive.read(entry)) for entry in entries)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
        return problem("no-workbook", where, str(error))
    if cells > MAX_CELLS:
        return problem("too-many-cells", where, f"{cells:,}", expected=f"{MAX_CELLS:,}")
    return None


def _cells(part: bytes) -> int:
    """How many cells a sheet spans up to its farthest one; 0 for a part that is none."""
    height = width = 0
    for letters, digits in _FARTHEST.findall(part):
        height = max(height, int(digits))
        width = max(width, column_number(letters.decode()) + 1)
    return height * max(width, 1)


@dataclass(frozen=True)
class Head:
    """The row of heads, and which column each label of the mapping stands in."""

    grid: Grid
    index: int
    """Position of the row in `grid.rows`."""
    columns: dict[str, int]
    """Column by the mapping's own label."""
    periods: dict[int, Period]
    """Columns that are a period each; empty unless the mapping says so."""


def find_head(content: bytes, mapping: FileMapping, where: str) -> Head:
    """The only row of heads of a file that fits the mapping, among all ways to see the file.

    Raises:
        DataError: the file is no table, no row has all labels (the nearest is told), several grids
            have, or only a hidden sheet, a label stands twice in the row, or the row has columns
            that the mapping does not name.
    """
    seen = grids(content, mapping.fil, where)
    hits = [head for grid in seen if (head := _first_head(grid, mapping)) is not None]
    visible = [head for head in hits if not head.grid.hidden]
    if not hits:
        raise DataError(_other_encoding(content, mapping, where) or _missing(seen, mapping, where))
    if not visible:
        hidden = hits[0].grid
        raise DataError(problem("hidden-sheet", where, hidden.name, sheet=hidden.sheet))
    if len(visible) > 1:
        found = " og ".join(head.grid.name for head in visible)
        raise DataError(problem("several-tables", where, found))
    if problems := _unexpected(visible[0], mapping, where):
        raise DataError(problems)
    return visible[0]


def _first_head(grid: Grid, mapping: FileMapping) -> Head | None:
    for index, row in enumerate(grid.rows[:SEARCHED_ROWS]):
        if mapping.fil.overskrift not in (None, grid.numbers[index]):
            continue
        places = {
            normalised(cell): at
            for at, cell in reversed([*enumerate(row)])
            if isinstance(cell, str)
        }
        columns = {label: places.get(normalised(label), -1) for label in mapping.labels}
        if -1 in columns.values():
            continue
        periods = _period_columns(row, mapping.periode) if mapping.periode.i_overskrift else {}
        if periods or not mapping.periode.i_overskrift:
            return Head(grid, index, columns, periods)
    return None


def _period_columns(row: tuple[CellValue, ...], written: PeriodColumn) -> dict[int, Period]:
    # Of months whose year stands in each row, only the place is known here.
    year = ANY_YEAR if written.aar_kolonne else written.aar
    found = {}
    for at, cell in enumerate(row):
        try:
            if cell is not None:
                found[at] = period_of(cell, year, written.type)
        except BeskplanError:
            continue
    return found


def _unexpected(head: Head, mapping: FileMapping, where: str) -> list[Problem]:
    """Columns that nobody has decided about, and labels that stand twice."""
    row = head.grid.rows[head.index]
    place = f"{where}: {head.grid.place(head.grid.numbers[head.index])}"
    labels = Counter(normalised(cell) for cell in row if isinstance(cell, str))
    wanted = {normalised(label) for label in mapping.labels}
    ignored = {normalised(label) for label in mapping.ignorer}
    twice = [label for label in sorted(wanted) if labels[label] > 1]
    repeated = [code for code, n in Counter(p.code for p in head.periods.values()).items() if n > 1]
    problems = [problem("head-twice", place, repr(label)) for label in (*twice, *repeated)]
    below = head.grid.rows[head.index + 1 :]
    for at, cell in enumerate(row):
        known = isinstance(cell, str) and normalised(cell) in wanted | ignored
        empty = cell is None and all(at >= len(r) or r[at] is None for r in below)
        if not (known or empty or at in head.periods):
            name = "unknown-column" if cell is not None else "column-without-head"
            found = repr(cell) if cell is not None else f"kolonne {column_letters(at)}"
            problems.append(problem(name, place, found))
    return problems


def _other_encoding(content: bytes, mapping: FileMapping, where: str) -> Problem | None:
    """The problem of a text file in which the heads stand, read in an old program's encoding."""
    if mapping.fil.tegnkodning or content.startswith(_ZIP):
        return None
    for encoding in OTHER_ENCODINGS:
        try:
            read = grids(content, mapping.fil.model_copy(update={"tegnkodning": encoding}), where)
        except DataError:
            continue
        if any(_first_head(grid, mapping) for grid in read):
            return problem("other-encoding", where, encoding, encoding=encoding)
    return None


def _missing(seen: tuple[Grid, ...], mapping: FileMapping, where: str) -> Problem:
    """What the best row of heads lacks: the row that has most of the labels."""
    wanted = {normalised(label): label for label in mapping.labels}
    rows = [
        {normalised(cell) for cell in row if isinstance(cell, str)}
        for grid in seen
        for row in grid.rows[:SEARCHED_ROWS]
    ]
    best = max(rows, key=lambda row: len(row & set(wanted)), default=set())
    missing = [label for plain, label in wanted.items() if plain not in best] or ["en periode"]
    expected = ", ".join(f"'{label}'" for label in wanted.values())
    fix = did_you_mean(
        missing[0], sorted(best - set(wanted)), "se efter, om skemaet hører til denne tabel"
    )
    found = f"mangler: {', '.join(missing)}"
    return problem("no-heads", where, found, expected=expected, fix=fix)
