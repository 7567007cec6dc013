"""An exported file and its mapping in, observations out: every cell a number or a state, or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import pandas as pd
import yaml

from beskplan.core.errors import BeskplanError, DataError, Problem, did_you_mean
from beskplan.core.periods import Period
from beskplan.observations.contract import COLUMNS, Delivery, RawFile, validate
from beskplan.observations.snapshot import Snapshot
from beskplan.observations.snapshot_store import store
from beskplan.registers.indicators import ALL, INDICATORS
from beskplan.registers.reading import parse
from beskplan.sources.cell_marks import MARKS
from beskplan.sources.cells import (
    CellValue,
    NumberCell,
    Sign,
    decimal_sign,
    is_per_cent,
    period_of,
    read_number,
)
from beskplan.sources.labels import area_named, normalised
from beskplan.sources.mapping import (
    FileFormat,
    Mapping,
    NumberColumn,
    load_mapping,
    mapping_text,
    mappings,
)
from beskplan.sources.spreadsheets import SEARCHED_ROWS, Head, find_head, grids

SHOWN_PROBLEMS: Final = 50
"""More than anybody mends before looking for the common cause."""
_REFUSED: Final = "refused"
_EMPTY_MEANS: Final = {"fortroligt": "withheld", "mangler": "absent", "afvis": _REFUSED}
_OF_NUMBERS: Final = ("percent", "percent sign", "invisible", "unseen", "conditional")
"""Marks that say nothing against a cell that names an area, a period or a group."""


def import_file(
    path: Path,
    mapping: str | Path | None,
    root: Path,
    *,
    retrieved_at: date | None = None,
    accept_missing: bool = False,
) -> Snapshot:
    """Read an exported file and store it as a new snapshot.

    Args:
        path: A CSV file or an Excel workbook.
        mapping: Id of a mapping, or a mapping file; None: the only known mapping whose table id stands
            in the file's name and whose columns the file has.
        root: The working copy.
        retrieved_at: When the file was taken from its source; the file's own date where left out.
        accept_missing: See `beskplan.observations.store`.

    Raises:
        DataError: the file or the mapping is not understood; all problems at once.
        UnknownNameError: no mapping has this id.
        LockedError: another import or fetch is at work.
    """
    try:
        content = path.read_bytes()
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
    except OSError as error:
        raise DataError(Problem(str(path), "kan ikke læses", str(error.strerror))) from None
    chosen = load_mapping(mapping, root) if mapping else _by_name(path.name, content, root)
    on = retrieved_at or changed
    delivery = read_export(content, chosen, name=path.name, retrieved_at=on)
    return store(delivery, root, accept_missing=accept_missing)


def _by_name(name: str, content: bytes, root: Path) -> Mapping:
    """The mapping that name and columns point to.

    The columns alone are not enough: every benefit's table has the same ones.
    """
    known = mappings(root)
    named = [m for m in known.values() if m.tabel.casefold() in name.casefold()]
    fitting = [m for m in named if fits(content, m)] if len(named) > 1 else named
    if len(fitting) == 1:
        return fitting[0]
    ids = ", ".join(sorted(m.id for m in named or known.values()))
    raise DataError(
        Problem(
            where=name,
            what="der kan ikke vælges et skema til filen",
            found=f"{len(fitting)}, som har dens tabel-id og kolonner",
            expected=f"et af {ids}",
            fix="vælg med --mapping, eller lav et nyt med --draft",
        )
    )


def fits(content: bytes, mapping: Mapping) -> bool:
    """Whether a file has just the columns of a mapping; nothing is said of its rows."""
    try:
        find_head(content, mapping, mapping.id)
    except DataError:
        return False
    return True


def read_export(content: bytes, mapping: Mapping, *, name: str, retrieved_at: date) -> Delivery:
    """Read one file by its mapping.

    Grain of the result: one row per observation. Unit: the indicator's. Missing: a mark or an empty
    cell becomes withheld or absent as the mapping says; a row that is not in the file gives none.

    Args:
        content: The file as it is.
        mapping: What its columns mean.
        name: The file's name, for problems and for people.
        retrieved_at: When the file was taken from its source.

    Raises:
        DataError: anything that is not understood without a guess; all problems at once.
    """
    reading = _Reading(find_head(content, mapping, name), mapping, name)
    raw = RawFile(
        name=name,
        content=content,
        source=mapping.kilde,
        table_id=mapping.tabel,
        retrieved_at=retrieved_at.isoformat(),
        origin=name,
        mapping=mapping_text(mapping),
        title=mapping.titel,
    )
    return Delivery(
        reading.observations(retrieved_at), (raw,), withhold_below=mapping.fortroligt_under
    )


@dataclass(frozen=True)
class _Cell:
    """One cell of a number column and what it is about, as the file says it."""

    row: int
    at: int
    area: str
    period: CellValue | Period
    group: str | None
    column: NumberColumn
    head: str
    value: CellValue


class _Reading:
    """One file by its mapping; problems are gathered, and a text in many rows is refused once."""

    def __init__(self, head: Head, mapping: Mapping, name: str) -> None:
        self._head = head
        self._mapping = mapping
        self._name = name
        self._problems: list[Problem] = []
        self._answers: dict[object, str | None] = {}
        self._states: dict[CellValue, str] = {
            None: _EMPTY_MEANS[mapping.tom],
            **dict.fromkeys(mapping.fortroligt, "withheld"),
            **dict.fromkeys(mapping.mangler, "absent"),
        }

    def observations(self, on: date) -> pd.DataFrame:
        """The file's observations, as retrieved on a day."""
        cells = list(self._cells())
        if not cells:
            raise DataError(Problem(self._name, "ingen rækker under overskrifterne"))
        numbers = (self._number_cell(cell) for cell in cells if cell.value not in self._states)
        sign = self._mapping.fil.decimaltegn or decimal_sign(numbers)
        rows = [self._row(cell, sign, on) for cell in cells]
        self._refuse_doubled(rows, cells)
        if len(self._problems) > SHOWN_PROBLEMS:
            rest = str(len(self._problems) - SHOWN_PROBLEMS)
            more = Problem(self._name, "flere problemer, som ikke vises", rest)
            raise DataError([*self._problems[:SHOWN_PROBLEMS], more])
        if self._problems:
            raise DataError(self._problems)
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        return validate(frame.astype({"value": "float64", "decimals": "int64"}), self._name)

    def _row(self, cell: _Cell, sign: Sign | None, on: date) -> tuple[object, ...]:
        column = cell.column
        value, state = self._value(cell, sign)
        return (
            column.indikator,
            column.ydelse,
            self._group(cell),
            self._ask("området findes ikke", cell.area, cell, lambda: area_named(cell.area).kode),
            self._ask("ikke en periode", cell.period, cell, lambda: _period(cell.period).code),
            value,
            column.decimals,
            INDICATORS[column.indikator].unit,
            state,
            self._mapping.kilde,
            self._mapping.tabel,
            f"linje {cell.row}, {cell.head}",
            on.isoformat(),
        )

    def _refuse_doubled(self, rows: list[tuple[object, ...]], cells: list[_Cell]) -> None:
        """Two rows of one observation are refused, each pair of rows once."""
        seen: dict[tuple[object, ...], int] = {}
        told: set[tuple[int, int]] = set()
        for row, cell in zip(rows, cells, strict=True):
            first = seen.setdefault(row[:5], cell.row)
            if None in row[:5] or first == cell.row or (first, cell.row) in told:
                continue
            told.add((first, cell.row))
            found = f"{cell.area}, {_shown(cell.period)}"
            fix = f"fjern den ene række; den anden er række {first}"
            self._problems.append(
                Problem(
                    self._place(cell.row), "den samme observation står to gange", found, "", fix
                )
            )

    def _cells(self) -> Iterator[_Cell]:
        """Every cell of the number columns, row by row, down to the footnotes."""
        mapping, columns = self._mapping, self._head.columns
        named = [(n, columns[n.kolonne], n.kolonne) for n in mapping.tal if n.kolonne is not None]
        labels = {columns[label]: label for label in mapping.row_labels}
        above: dict[int, CellValue] = {}
        filled = [columns[label] for label in mapping.fyld_ned if label in columns]
        for number, row in self._body():
            for at in filled:
                above[at] = row[at] if row[at] is not None else above.get(at)
            cells = [above.get(at, cell) for at, cell in enumerate(row)]
            for at, label in labels.items():
                self._check_label(number, at, label, filled=at in filled)
            for label, wanted in mapping.faste.items():
                if normalised(_shown(cells[columns[label]])) not in map(normalised, wanted):
                    raise DataError(self._not_fixed(number, label, cells[columns[label]]))
            area = mapping.omraade.fast or _shown(cells[columns[mapping.omraade.kolonne or ""]])
            group = _shown(cells[columns[mapping.gruppe.kolonne]]) if mapping.gruppe else None
            if mapping.periode.kolonne is None:
                for at, period in self._head.periods.items():
                    number_column = mapping.tal[0]
                    yield _Cell(
                        number, at, area, period, group, number_column, period.code, row[at]
                    )
                continue
            period_cell = cells[columns[mapping.periode.kolonne]]
            for column, at, label in named:
                yield _Cell(number, at, area, period_cell, group, column, label, row[at])

    def _body(self) -> Iterator[tuple[int, tuple[CellValue, ...]]]:
        """The rows below the heads; refuses rows cut short, ends at footnotes, which must be the last.

        A footnote fills one cell where a row of the table fills all that say what it is about.
        """
        grid, mapping = self._head.grid, self._mapping
        width = len(grid.rows[self._head.index])
        keys = [
            self._head.columns[one] for one in mapping.row_labels if one not in mapping.fyld_ned
        ]
        marks = grid.marks
        note = 0
        for at in range(self._head.index + 1, len(grid.rows)):
            number, row = grid.numbers[at], grid.rows[at]
            filled = [cell for cell in row if cell is not None]
            if not filled:
                continue
            place = self._place(number)
            if len(filled) == 1 and (len(keys) > 1 or len(row) == 1):
                if self._is_lost(filled[0]):
                    fix = "udfyld rækken, eller slet den"
                    what = "en række, hvor kun én celle er udfyldt"
                    raise DataError(Problem(place, what, _shown(filled[0]), fix=fix))
                note = note or number
                continue
            if note:
                fix = "fjern det, der står mellem tabellens rækker"
                found = f"række {note} er en note"
                raise DataError(Problem(place, "en række under noterne", found, fix=fix))
            if len(row) != width:
                expected = f"{width} som i rækken med overskrifter"
                raise DataError(Problem(place, "forkert antal celler", str(len(row)), expected))
            if number in marks.hidden_rows:
                self._refuse_mark("hidden row", place, row)
            elif any(row[key] is None and (number, key) not in marks.cells for key in keys):
                fix = "udfyld cellen, eller nævn kolonnen under `fyld_ned` i skemaet"
                what = "en tom celle, hvor der skal stå, hvad rækken handler om"
                raise DataError(Problem(place, what, fix=fix))
            yield number, row

    def _is_lost(self, cell: CellValue) -> bool:
        """Whether a row's only cell is no footnote: a number, or the name of an area."""
        if not isinstance(cell, str):
            return True
        try:
            return bool(area_named(cell))
        except BeskplanError:
            return cell.strip().isdecimal()

    def _check_label(self, number: int, at: int, label: str, *, filled: bool) -> None:
        mark = self._head.grid.marks.cells.get((number, at), "")
        if mark and mark not in _OF_NUMBERS and not (filled and mark == "merged"):
            self._refuse_mark(mark, self._place(number, at, label))

    def _value(self, cell: _Cell, sign: Sign | None) -> tuple[float | None, str]:
        """The number and state of a cell; a refusal is noted, and its row never leaves this module."""
        number = self._number_cell(cell)
        if mark := self._mark_of(cell):
            self._refuse_mark(mark, number.where, (cell.value,))
            return None, _REFUSED
        state = self._states.get(cell.value) if isinstance(cell.value, str | None) else None
        if state == _REFUSED:
            expected = "et tal, eller et mærke, som skemaet nævner"
            fix = (
                "skriv i skemaet, hvad en tom celle betyder: `tom: fortroligt` eller `tom: mangler`"
            )
            self._problems.append(Problem(number.where, "en tom celle", "", expected, fix))
        if state is not None:
            return None, state
        try:
            return float(_in_range(number, sign, cell.column)), "known"
        except DataError as error:
            self._problems.extend(error.problems)
            return None, _REFUSED

    def _mark_of(self, cell: _Cell) -> str:
        """What is the matter with a number's cell; empty where nothing is, or the mapping says it."""
        marks = self._head.grid.marks
        if cell.at in marks.hidden_columns:
            return "hidden column"
        mark = marks.cells.get((cell.row, cell.at), "")
        if mark == "percent sign" and "pct." in INDICATORS[cell.column.indikator].unit:
            mark = ""
        if cell.column.procentformat and isinstance(cell.value, int | float):
            return {"percent": "", "": "not percent"}.get(mark, mark)
        return mark

    def _number_cell(self, cell: _Cell) -> NumberCell:
        where = self._place(cell.row, cell.at, cell.head)
        return NumberCell(where, cell.value, cell.column.decimals)

    def _place(self, row: int, at: int | None = None, label: str = "") -> str:
        return f"{self._name}: {self._head.grid.place(row, at, label)}"

    def _refuse_mark(self, mark: str, place: str, cells: tuple[CellValue, ...] = ()) -> None:
        what, fix = MARKS[mark]
        found = ", ".join(_shown(cell) for cell in cells if cell is not None)
        self._problems.append(Problem(place, what, found, fix=fix))

    def _ask(
        self, refusal: str, asked: object, cell: _Cell, question: Callable[[], str]
    ) -> str | None:
        """The answer to a question asked many times, or None after its refusal is noted once."""
        key = (refusal, asked)
        if key not in self._answers:
            try:
                self._answers[key] = question()
            except BeskplanError as error:
                place = self._place(cell.row)
                self._problems += [
                    Problem(place, refusal, one.found, one.expected, one.fix)
                    for one in error.problems
                ]
                self._answers[key] = None
        return self._answers[key]

    def _group(self, cell: _Cell) -> str | None:
        column, name = self._mapping.gruppe, cell.group
        if column is None or name is None:
            return cell.column.gruppe

        def read() -> str:
            known = {normalised(label): group for label, group in column.vaerdier.items()}
            if normalised(name) in known:
                return known[normalised(name)]
            expected = f"en af {', '.join(column.vaerdier)}"
            fix = did_you_mean(name, column.vaerdier, "tilføj den under `gruppe` i skemaet")
            raise DataError(Problem("gruppe", "", repr(name), expected, fix))

        return self._ask("en gruppe, som skemaet ikke nævner", name, cell, read)

    def _not_fixed(self, number: int, label: str, found: CellValue) -> Problem:
        wanted = " eller ".join(self._mapping.faste[label])
        fix = "tag de andre rækker ud, hvor filen laves, eller gør kolonnen til en gruppe"
        place = self._place(number, self._head.columns[label], label)
        return Problem(place, "ikke skemaets faste værdi", repr(found), wanted, fix)


def _shown(cell: CellValue | Period) -> str:
    """A cell as text; a workbook's 825.0 is the code 825."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.code if isinstance(cell, Period) else str(cell)


def _period(cell: CellValue | Period) -> Period:
    return cell if isinstance(cell, Period) else period_of(cell)


def _in_range(cell: NumberCell, sign: Sign | None, column: NumberColumn) -> Decimal:
    """The number, if it is one that the indicator can take: only a change may be negative."""
    indicator = INDICATORS[column.indikator]
    if isinstance(cell.value, str) and is_per_cent(cell.value) and "pct." not in indicator.unit:
        fix = "ret filen, eller kolonnens `indikator` i skemaet"
        what = f"procent i en kolonne med {indicator.unit}"
        raise DataError(Problem(cell.where, what, repr(cell.value), "et tal uden procent", fix))
    value = read_number(cell, sign, percent=column.procentformat)
    if indicator.id.startswith("aendring_"):
        return value
    highest = Decimal(100) if indicator.unit.startswith("pct.") else None
    if value < 0 or (highest is not None and value > highest):
        expected = "0 til 100" if highest is not None else "0 eller mere"
        fix = "ret filen, eller skemaets decimaltegn"
        what = f"kan ikke være {indicator.id}"
        raise DataError(Problem(cell.where, what, repr(cell.value), expected, fix))
    return value


_AREA: Final = ("område", "kommune", "kommunenavn", "omr", "area", "municipality")
_PERIOD: Final = ("periode", "tid", "måned", "kvartal", "år", "period", "time", "month", "year")


def draft_mapping(
    content: bytes, *, name: str, id: str, source: str, table_id: str, ydelse: str = ALL
) -> Mapping:
    """A first mapping that names every column of the file, those not understood under `ignorer`.

    Encoding, separator and decimal sign are left out, because they are found at each reading; the
    row of heads is where an area and a period column stand side by side.

    Args:
        content: The file as it is.
        name: Its name, for problems.
        id: Id of the new mapping.
        source: `jobindsats`, `statbank` or `own:<name>`.
        table_id: The source's id of the table.
        ydelse: The benefit that its numbers are of.

    Raises:
        DataError: no such row, or no column with the name of an indicator.
    """
    seen = grids(content, FileFormat(), name)
    for grid in seen:
        for row in grid.rows[:SEARCHED_ROWS]:
            labels = _texts(row)
            if labels and (columns := _understood(labels, ydelse)):
                area, period, numbers = columns
                used = {area, period, *(number["kolonne"] for number in numbers)}
                drafted = {
                    "id": id,
                    "titel": name,
                    "kilde": source,
                    "tabel": table_id,
                    "omraade": {"kolonne": area},
                    "periode": {"kolonne": period},
                    "ignorer": [label for label in labels if label not in used],
                    "tal": list(numbers),
                }
                # By way of its text, so that a wrong id or ydelse is refused as in any mapping.
                return parse(yaml.safe_dump(drafted), name, Mapping)
    heads = max((_texts(row) for grid in seen for row in grid.rows[:5]), key=len, default=())
    names = ", ".join(indicator.name for indicator in INDICATORS.values())
    raise DataError(
        Problem(
            where=name,
            what="ingen række med overskrifter, der kan forstås",
            found=", ".join(heads)[:200],
            expected=f"et område (Område), en periode (Periode) og en af: {names}",
            fix="skriv skemaet selv ud fra et af dem i beskplan/data/mappings",
        )
    )


def _texts(row: tuple[CellValue, ...]) -> tuple[str, ...]:
    return tuple(cell for cell in row if isinstance(cell, str))


def _understood(
    labels: tuple[str, ...], ydelse: str
) -> tuple[str, str, tuple[dict[str, str], ...]] | None:
    """Area column, period column and number columns of a row of heads; None where it is none."""
    area = next((label for label in labels if normalised(label) in _AREA), None)
    period = next((label for label in labels if normalised(label) in _PERIOD), None)
    names = {normalised(i.name): i.id for i in INDICATORS.values()} | {i: i for i in INDICATORS}
    numbers = tuple(
        {"kolonne": label, "indikator": names[normalised(label)], "ydelse": ydelse}
        for label in labels
        if normalised(label) in names
    )
    return (area, period, numbers) if area and period and numbers else None
