"""A file's bytes as grids of cells: text files of any usual encoding and separator, and workbooks.

One text file gives one grid for each separator that it may have, a workbook one for each sheet; which
of them is meant is decided by the column heads (`find_head`). A workbook's reader gives values alone:
what a person sees besides them (an error, a formula without its result, a row that is hidden, a
format of per cent) is read by `cell_marks`, so that none of it becomes an empty cell or a small number.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Final

from beskplan.core.errors import BeskplanError, DataError, Problem, did_you_mean
from beskplan.core.periods import Period
from beskplan.sources.cells import CellValue, period_of
from beskplan.sources.labels import normalised
from beskplan.sources.mapping import OTHER_ENCODINGS, FileFormat
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
_SAVE: Final = "åbn filen i et regneark, og gem den som .xlsx"
_BUILTIN_PERCENT: Final = {"9": "0%", "10": "0.00%"}
_LITERAL: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
"""Of a number format: what is shown as it stands, and colours and conditions."""

MARKS: Final[Mapping[str, tuple[str, str]]] = {
    "error": (
        "en fejlværdi i cellen",
        "ret formlen, eller skriv tallet eller et mærke, som skemaet nævner",
    ),
    "no result": (
        "en formel uden gemt resultat",
        "åbn filen i et regneark, og gem den; eller indsæt tallene som værdier",
    ),
    "zero": (
        "et gemt 0 fra en formel, der ikke ses at være beregnet",
        "åbn filen i Excel, og gem den; er tallet 0, så indsæt det som værdi",
    ),
    "percent": (
        "et tal, som vises i procent: cellen rummer 0,1, hvor der står 10 %",
        "skriv `procentformat: true` ved tallet i skemaet (`decimaler` gør det ikke til procent)",
    ),
    "not percent": (
        "et tal uden procentformat i en kolonne med `procentformat`",
        "giv hele kolonnen samme format",
    ),
    "invisible": (
        "et tal, som cellens format skjuler",
        "giv cellen et synligt format, eller skriv et mærke, som skemaet nævner",
    ),
    "merged": ("en del af en flettet celle", "ophæv fletningen, og skriv værdien i hver celle"),
    "hidden row": ("en skjult række med tal", "vis rækken (fjern filteret), eller slet den"),
    "hidden column": ("en skjult kolonne med tal", "vis kolonnen, eller tag den ud af skemaet"),
}
"""What is the matter with a cell, and what to do, by mark."""


@dataclass(frozen=True)
class CellMarks:
    """What a sheet shows besides values. Rows count from 1, columns from 0."""

    cells: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """Keys of `MARKS`."""
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


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
            letters = f"kolonne {_letters(column)}" if self.sheet else ""
            steps.append(f"{letters} ({label})" if letters and label else letters or label)
        return ", ".join(filter(None, steps))


def grids(content: bytes, wanted: FileFormat, where: str) -> tuple[Grid, ...]:
    """Every way to see the bytes as a grid that `wanted` allows; at least one.

    Raises:
        DataError: no text and no workbook, too big, or broken.
    """
    if len(content) > MAX_BYTES:
        expected = f"højst {MAX_BYTES // 1_000_000} MB"
        raise DataError(Problem(where, "filen er for stor", f"{len(content):,} bytes", expected))
    if content.startswith(_OLE):
        what = "en projektmappe i det gamle format (.xls), eller en låst"
        raise DataError(Problem(where, what, fix=_SAVE))
    if content.startswith(_ZIP):
        return tuple(_sheets(content, wanted, where))
    text = _decoded(content, wanted, where)
    if text.lstrip()[:200].casefold().startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise DataError(Problem(where, "en webside, ikke en tabel", fix=_SAVE))
    separators = (wanted.skilletegn,) if wanted.skilletegn else _SEPARATORS
    found = [_separated(text, separator, where) for separator in separators if separator in text]
    read = [grid for grid in found if isinstance(grid, Grid)]
    if not read:
        expected = "kolonner adskilt af semikolon, komma, tabulator eller |, eller et Excel-ark"
        none = Problem(where, "ingen tabel fundet", expected=expected)
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
    expected = "tekst i UTF-8, UTF-16 med mærke eller Windows-1252, eller et Excel-ark"
    fix = "" if not wanted.tegnkodning else "fjern `tegnkodning` fra skemaet"
    raise DataError(Problem(where, "kan ikke læses som tekst", repr(content[:20]), expected, fix))


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
        place = f"{where}: række {begins}"
        return Problem(place, "rækken er brudt", str(error), "celler, som CSV skriver dem")
    return Grid(f"skilletegn {separator!r}", tuple(rows), tuple(numbers))


def _sheets(content: bytes, wanted: FileFormat, where: str) -> Iterator[Grid]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    if problem := _workbook_fault(content, where):
        raise DataError(problem)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = {
            one.name: one.visible == SheetVisibleEnum.Visible for one in workbook.sheets_metadata
        }
        names = [wanted.ark] if wanted.ark in workbook.sheet_names else workbook.sheet_names
        if wanted.ark and names != [wanted.ark]:
            expected = f"et af {', '.join(names)}"
            raise DataError(Problem(where, "arket findes ikke", repr(wanted.ark), expected))
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
        raise DataError(Problem(where, "kan ikke læses som et regneark", str(error))) from None


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
                expected = f"højst {MAX_UNPACKED // 1_000_000} MB"
                return Problem(where, "regnearket er for stort", f"{unpacked:,} bytes", expected)
            if "xl/workbook.xml" not in archive.namelist():
                return Problem(where, "ikke et regneark i formatet .xlsx", fix=_SAVE)
            # Reading them checks their sizes and sums too: a part that claims to be small is not.
            cells = max(_cells(archive.read(entry)) for entry in entries)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
        return Problem(where, "kan ikke læses som et regneark", str(error))
    if cells > MAX_CELLS:
        fix = "fjern løse celler langt fra tabellen: kopiér den til en ny projektmappe"
        return Problem(where, "et ark med for mange celler", f"{cells:,}", f"{MAX_CELLS:,}", fix)
    return None


def _cells(part: bytes) -> int:
    """How many cells a sheet spans up to its farthest one; 0 for a part that is none."""
    height = width = 0
    for letters, digits in _FARTHEST.findall(part):
        height = max(height, int(digits))
        width = max(width, _column(letters.decode()) + 1)
    return height * max(width, 1)


def _column(letters: str) -> int:
    """0 for A, 25 for Z, 26 for AA; -1 for no letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _letters(column: int) -> str:
    """The inverse of `_column`."""
    name = ""
    while column >= 0:
        column, place = divmod(column, 26)
        name = chr(65 + place) + name
        column -= 1
    return name


def cell_marks(content: bytes, sheet: str) -> CellMarks:
    """What is the matter with the cells of a workbook's sheet, and what of it is hidden.

    Args:
        content: The workbook, which has been opened without a fault.
        sheet: Name of the sheet.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        book = _xml(archive, "xl/workbook.xml")
        links = {
            one.get("Id"): str(one.get("Target"))
            for one in _xml(archive, "xl/_rels/workbook.xml.rels")
        }
        [found] = [one for one in book.iter("{*}sheet") if one.get("name") == sheet]
        link = next(value for key, value in found.attrib.items() if key.endswith("}id"))
        target = links[link]
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        return _SheetReading(_formats(archive), _is_calculated(archive, book)).read(
            archive.read(path)
        )


def _xml(archive: zipfile.ZipFile, name: str) -> Any:
    from lxml import etree

    # Nothing outside the workbook is asked for, and no entity is expanded.
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(archive.read(name), parser)


def _is_calculated(archive: zipfile.ZipFile, book: Any) -> bool:
    """Whether a spreadsheet program shows to have calculated the formulas.

    Excel leaves the chain of its calculations; libraries that only write files leave none, and ask
    for a calculation at the next opening.
    """
    settings: Any = next(book.iter("{*}calcPr"), {})
    if settings.get("fullCalcOnLoad") in ("1", "true") or settings.get("calcMode") == "manual":
        return False
    names = archive.namelist()
    program = archive.read("docProps/app.xml") if "docProps/app.xml" in names else b""
    return "xl/calcChain.xml" in names or b"<Application>LibreOffice" in program


def _formats(archive: zipfile.ZipFile) -> list[str]:
    """What the number format of each style does: `percent`, `invisible` or nothing."""
    if "xl/styles.xml" not in archive.namelist():
        return []
    styles = _xml(archive, "xl/styles.xml")
    codes = dict(_BUILTIN_PERCENT)
    codes |= {one.get("numFmtId"): one.get("formatCode", "") for one in styles.iter("{*}numFmt")}
    [*groups] = styles.iter("{*}cellXfs")
    return [_format(codes.get(one.get("numFmtId"), "")) for group in groups for one in group]


def _format(code: str) -> str:
    shown = _LITERAL.sub("", code)
    if "%" in shown:
        return "percent"
    return "invisible" if ";" in code and not code.split(";", 1)[0].strip() else ""


class _SheetReading:
    """One pass through the XML of a sheet, a row at a time."""

    def __init__(self, formats: list[str], calculated: bool) -> None:
        self._formats = formats
        self._calculated = calculated

    def read(self, content: bytes) -> CellMarks:
        from lxml import etree

        cells: dict[tuple[int, int], str] = {}
        rows: set[int] = set()
        columns: set[int] = set()
        row = 0
        tags = ("{*}row", "{*}col", "{*}mergeCell")
        stream = io.BytesIO(content)
        for _, element in etree.iterparse(
            stream, events=("end",), tag=tags, resolve_entities=False, no_network=True
        ):
            kind = etree.QName(element).localname
            if kind == "row":
                row = int(element.get("r") or row + 1)
                if _is_true(element.get("hidden")) or element.get("ht") == "0":
                    rows.add(row)
                column = -1
                for cell in element.iter("{*}c"):
                    place = re.match("[A-Za-z]+", cell.get("r") or "")
                    column = _column(place[0]) if place else column + 1
                    if mark := self._mark(cell):
                        cells[row, column] = mark
                element.clear()
            elif kind == "col":
                if _is_true(element.get("hidden")) or element.get("width") == "0":
                    last = min(int(element.get("max")), 16_384)
                    columns |= set(range(int(element.get("min")) - 1, last))
            else:
                cells |= dict.fromkeys(_covered(element.get("ref", "")), "merged")
        return CellMarks(cells, frozenset(rows), frozenset(columns))

    def _mark(self, cell: Any) -> str:
        kind, value = cell.get("t", "n"), cell.findtext("{*}v") or ""
        if kind == "e":
            return "error"
        if cell.find("{*}f") is not None:
            if not value:
                return "no result"
            if kind == "n" and not self._calculated and float(value) == 0:
                return "zero"
        style = int(cell.get("s", "0"))
        if kind != "n" or not value or style >= len(self._formats):
            return ""
        return self._formats[style]


def _is_true(text: str | None) -> bool:
    return text in ("1", "true")


def _covered(reference: str) -> Iterator[tuple[int, int]]:
    """The cells of a merged range but its first, which has the value."""
    hit = re.fullmatch(r"([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)", reference)
    if hit is None:
        return
    first, last = (int(hit[2]), _column(hit[1])), (int(hit[4]), _column(hit[3]))
    for row in range(first[0], min(last[0], first[0] + 100_000) + 1):
        for column in range(first[1], min(last[1], 16_384) + 1):
            if (row, column) != first:
                yield row, column


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
        fix = f"vis arket, eller skriv `fil: {{ark: {hits[0].grid.sheet}}}` i skemaet"
        raise DataError(Problem(where, "kun et skjult ark passer", hits[0].grid.name, fix=fix))
    if len(visible) > 1:
        found = " og ".join(head.grid.name for head in visible)
        fix = "skriv `fil: {ark: ...}` eller `fil: {skilletegn: ...}` i skemaet"
        raise DataError(Problem(where, "flere tabeller passer til skemaet", found, "én", fix))
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
        periods = _period_columns(row) if mapping.periode.i_overskrift else {}
        if periods or not mapping.periode.i_overskrift:
            return Head(grid, index, columns, periods)
    return None


def _period_columns(row: tuple[CellValue, ...]) -> dict[int, Period]:
    found = {}
    for at, cell in enumerate(row):
        try:
            if cell is not None:
                found[at] = period_of(cell)
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
    problems = [
        Problem(place, "en overskrift står to gange", repr(label), fix="omdøb den ene")
        for label in (*twice, *repeated)
    ]
    below = head.grid.rows[head.index + 1 :]
    for at, cell in enumerate(row):
        known = isinstance(cell, str) and normalised(cell) in wanted | ignored
        empty = cell is None and all(at >= len(r) or r[at] is None for r in below)
        if not (known or empty or at in head.periods):
            found = repr(cell) if cell is not None else f"kolonne {_letters(at)} uden overskrift"
            fix = "tilføj den under `tal` eller `ignorer` i skemaet"
            problems.append(Problem(place, "en kolonne, som skemaet ikke nævner", found, fix=fix))
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
            fix = f"skriv `fil: {{tegnkodning: {encoding}}}` i skemaet, eller gem filen som UTF-8"
            return Problem(where, "æ, ø og å er skrevet i en anden tegnkodning", encoding, fix=fix)
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
    what = "ingen række har skemaets overskrifter"
    return Problem(where, what, f"mangler: {', '.join(missing)}", expected, fix)
