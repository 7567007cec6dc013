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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import zip_longest
from typing import Final

from beskplan.core.errors import DataError, Problem, did_you_mean
from beskplan.core.periods import Period
from beskplan.sources.cell_marks import CellMarks, cell_marks, column_letters, column_number
from beskplan.sources.cells import CellValue, PeriodType, known_period_of
from beskplan.sources.labels import area_named, is_area, normalised, problem
from beskplan.sources.mapping import ANY_YEAR, OTHER_ENCODINGS, FileFormat, NumberColumn
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

    def as_shown(self, row: int, column: int, cell: CellValue) -> CellValue:
        """The year, where the sheet shows no more of its first or last day; any other such day with a `?`."""
        if not isinstance(cell, date) or self.marks.cells.get((row, column)) != "year":
            return cell
        ends = (cell.month, cell.day) in ((1, 1), (12, 31))
        return cell.year if ends else f"{cell.isoformat()[:10]}?"

    def titles(self, index: int) -> list[CellValue]:
        """The sheet's name and what stands alone in rows above one, also as `Kommune:` beside its value."""
        rows = [[cell for cell in row if cell is not None] for row in self.rows[:index]]
        alone = (
            row for row in rows if len(row) == 1 or (len(row) == 2 and str(row[0]).endswith(":"))
        )
        return [self.sheet, *(row[-1] for row in alone)]

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
    except csv.Error:
        return problem("broken-row", f"{where}: række {begins}")
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
    except (CalamineError, OSError, ValueError):
        raise DataError(problem("no-workbook", where)) from None


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
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError):
        return problem("no-workbook", where)
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
class HeadCell:
    """What stands above a column, in one row of heads or several."""

    label: str
    """All words, top down."""
    rest: str = ""
    """The words that are neither period nor area."""
    period: Period | None = None
    written: CellValue = None
    """The period as the file has it, where one cell does; else its code."""
    area: str = ""

    @property
    def key(self) -> str:
        """Area, period and the other words, for problems and places."""
        code = self.period.code if self.period else ""
        return " ".join(filter(None, (self.area, code, self.rest)))


@dataclass(frozen=True)
class Head:
    """The rows of heads, and which column each label of the mapping stands in."""

    grid: Grid
    index: int
    """Position of the last row of heads in `grid.rows`."""
    cells: tuple[HeadCell, ...]
    """What stands above each column."""
    columns: dict[str, int]
    """Column by the mapping's own label."""
    numbers: dict[int, NumberColumn]
    """Columns whose heads are periods or areas, and what each holds; empty of other mappings."""


def stacks(grid: Grid, index: int, rows: int) -> list[list[CellValue]]:
    """What stands above each column in some rows that end at `index`, top down.

    A cell that is merged to the right stands above all that it covers. In a row above the last without
    such cells one stands above the columns to its right too, down to the next that is filled.
    """
    above = []
    for at in range(index - rows + 1, index + 1):
        number = grid.numbers[at]
        row = [grid.as_shown(number, column, cell) for column, cell in enumerate(grid.rows[at])]
        merged = grid.marks.merged if rows > 1 else {}
        wide = {c: first for (line, c), (top, first) in merged.items() if line == number == top}
        for column in range(1, len(row)):
            if column in wide:
                row[column] = row[wide[column]]
            elif not wide and at < index and row[column] is None:
                row[column] = row[column - 1]
        above.append(row)
    heads = [[cell for cell in column if cell is not None] for column in zip_longest(*above)]
    below = list(zip_longest(*grid.rows[index + 1 : index + 1 + SEARCHED_ROWS]))
    for column, cells in enumerate(below[: len(heads)]):
        filled = [cell for cell in cells if cell is not None]
        # Labels of rows need no head to be told; numbers do.
        if not heads[column] and filled and not any(map(_is_numeric, filled)):
            heads[column] = [f"kolonne {column_letters(column)}"]
    return heads


def has_head(label: str) -> bool:
    """Whether the file has a head for a column, or it is called by its letter."""
    return bool(label) and not re.fullmatch("kolonne [A-Z]+", label)


def _is_numeric(cell: CellValue) -> bool:
    return re.fullmatch(r"[-+]?[0-9][0-9., ]*", str(cell)) is not None


def head_cell(stack: Sequence[CellValue], year: int | None, type: PeriodType | None) -> HeadCell:
    """The period in a column's heads, and what else stands there.

    A year and a month or quarter without one are a period together. Nothing is read of heads that
    name two.
    """
    label = _words(stack)
    years = [cell for cell in stack if re.fullmatch("(?:19|20)[0-9]{2}", shown(cell))]
    others = [cell for cell in stack if cell not in years]
    own = int(shown(years[0])) if years else year
    parts = [(cell, found) for cell in others if (found := known_period_of(cell, own, type))]
    if years and not parts:
        parts = [(years[0], Period.parse(str(own)))]
    if len(parts) != 1 or len(years) > 1 or (years and parts[0][1].first_day.year != own):
        return HeadCell(label, label)
    [(cell, found)] = parts
    rest = _words(one for one in others if one != cell)
    return HeadCell(label, rest, found, found.code if years and cell in others else cell)


def _words(cells: Iterable[CellValue]) -> str:
    return " ".join(map(shown, cells))


def shown(cell: CellValue) -> str:
    """A cell as text; a workbook's 825.0 is the code 825, and a day has no hour."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat()[:10] if isinstance(cell, date) else str(cell)


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
    rows = mapping.fil.overskrift_raekker
    for index in range(rows - 1, min(SEARCHED_ROWS, len(grid.rows))):
        if mapping.fil.overskrift not in (None, grid.numbers[index - rows + 1]):
            continue
        above = stacks(grid, index, rows)
        cells = tuple(_head_cell(stack, mapping) for stack in above)
        # A head of numbers is no label: only texts are.
        texts = {
            normalised(text): at
            for at, (stack, one) in reversed([*enumerate(zip(above, cells, strict=True))])
            if any(isinstance(cell, str) for cell in stack)
            for text in (one.label, one.rest)
        }
        columns = {label: texts.get(normalised(label), -1) for label in mapping.labels}
        if -1 in columns.values():
            continue
        named = {normalised(one.kolonne or ""): one for one in mapping.tal}
        numbers = {
            at: named[normalised(one.rest)]
            for at, one in enumerate(cells)
            if mapping.is_wide and at not in columns.values() and _is_of(one, mapping)
            if normalised(one.rest) in named
        }
        told = {one.kolonne for one in numbers.values()}
        if not mapping.is_wide or len(told) == len({one.kolonne for one in mapping.tal}):
            return Head(grid, index, cells, columns, numbers)
    return None


def _head_cell(stack: Sequence[CellValue], mapping: FileMapping) -> HeadCell:
    one, written = HeadCell(_words(stack), _words(stack)), mapping.periode
    if written.i_overskrift:
        # Of months whose year stands in each row, only the place is known here.
        year = ANY_YEAR if written.aar_kolonne else written.aar
        one = head_cell(stack, year, written.type)
    if mapping.omraade.i_overskrift:
        names = [cell for cell in map(shown, stack) if is_area(cell)]
        if len(names) == 1:
            one = replace(one, area=names[0], rest=one.rest.replace(names[0], "", 1).strip())
    return one


def _is_of(one: HeadCell, mapping: FileMapping) -> bool:
    """Whether a head says all that it should of the numbers below it."""
    has_period = one.period is not None or not mapping.periode.i_overskrift
    if mapping.periode.years_in_heads:
        has_period = one.period is not None and one.period.kind == "Y"
    return has_period and bool(one.area or not mapping.omraade.i_overskrift)


def _unexpected(head: Head, mapping: FileMapping, where: str) -> list[Problem]:
    """Columns that nobody has decided about, labels that stand twice, and years in doubt."""
    grid = head.grid
    numbers = grid.numbers[head.index - mapping.fil.overskrift_raekker + 1 : head.index + 1]
    place = f"{where}: {grid.place(numbers[-1])}"
    labels = Counter(normalised(one.label) for one in head.cells)
    wanted = {normalised(label) for label in mapping.labels}
    ignored = {normalised(label) for label in mapping.ignorer}
    twice = [label for label in sorted(wanted) if labels[label] > 1]
    keys = Counter((*_key(head.cells[at]), one.kolonne) for at, one in head.numbers.items())
    repeated = [" ".join(filter(None, key)) for key, n in keys.items() if n > 1]
    problems = [problem("head-twice", place, repr(label)) for label in (*twice, *repeated)]
    if not problems and _is_year_in_doubt(head, mapping.fil.overskrift_raekker):
        problems.append(problem("years-in-doubt", place))
    below = grid.rows[head.index + 1 :]
    for at, one in enumerate(head.cells):
        known = {normalised(one.label), normalised(one.rest)} & (wanted | ignored)
        empty = not one.label and all(at >= len(r) or r[at] is None for r in below)
        if not (known or empty or at in head.numbers):
            name = "unknown-column" if one.label else "column-without-head"
            if any(grid.marks.cells.get((line, at)) == "year" for line in numbers):
                name = "year"
            found = repr(one.label) if one.label else f"kolonne {column_letters(at)}"
            problems.append(problem(name, place, found))
    return problems


def _key(one: HeadCell) -> tuple[str, str]:
    return area_named(one.area).navn if one.area else "", one.period.code if one.period else ""


def _is_year_in_doubt(head: Head, rows: int) -> bool:
    """Whether a year above empty cells gives columns that are in no order of time."""
    lines = head.grid.numbers[head.index - rows + 1 : head.index]
    merged = head.grid.marks.merged.items()
    if {line for (line, _), (top, _) in merged if line == top} & {*lines}:
        return False
    courses: dict[tuple[str | None, str], list[date]] = {}
    for at, one in head.numbers.items():
        cell = head.cells[at]
        if rows > 1 and cell.period:
            courses.setdefault((one.kolonne, cell.area), []).append(cell.period.first_day)
    return any(
        course not in (sorted(course), sorted(course, reverse=True)) for course in courses.values()
    )


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
