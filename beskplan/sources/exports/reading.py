"""An exported file and its mapping in, observations out: every cell a number or a state, or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import pandas as pd

from beskplan.core.errors import BeskplanError, DataError, Problem, did_you_mean
from beskplan.core.periods import Period
from beskplan.observations.contract import COLUMNS, validate
from beskplan.observations.delivery import Delivery, RawFile
from beskplan.registers.areas import find as find_area
from beskplan.registers.indicators import INDICATORS
from beskplan.sources.exports.grid import CellValue, grids
from beskplan.sources.exports.heads import Head, find_head
from beskplan.sources.exports.mapping import Mapping, NumberColumn, mapping_text
from beskplan.sources.exports.period_names import period_from_day, period_from_text
from beskplan.sources.exports.values import NumberCell, Sign, decimal_sign, read_number
from beskplan.sources.labels import normalised

SHOWN_PROBLEMS: Final = 50
"""More than anybody mends before looking for the common cause."""
_REFUSED: Final = "refused"
_EMPTY_MEANS: Final = {"fortroligt": "withheld", "mangler": "absent", "afvis": _REFUSED}


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
    head = find_head(grids(content, mapping.fil, name), mapping, name)
    frame = _observations(_cells(head, mapping, name), mapping, name, retrieved_at)
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
    return Delivery(frame, (raw,), withhold_below=mapping.fortroligt_under)


def fits(content: bytes, mapping: Mapping) -> bool:
    """Whether a file has just the columns of a mapping; nothing is said of its rows."""
    try:
        find_head(grids(content, mapping.fil, mapping.id), mapping, mapping.id)
    except DataError:
        return False
    return True


@dataclass(frozen=True)
class _Cell:
    """One cell of a number column and what it is about, as the file says it."""

    row: int
    area: str
    period: CellValue | Period
    group: str | None
    column: NumberColumn
    head: str
    value: CellValue


class _Collected:
    """Problems gathered on the way through a file; a text that stands in many rows is told once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._answers: dict[object, str | None] = {}

    def ask(self, key: object, question: Callable[[], str]) -> str | None:
        """The answer to a question asked many times, or None after its refusal is noted once."""
        if key not in self._answers:
            try:
                self._answers[key] = question()
            except BeskplanError as error:
                self.problems.extend(error.problems)
                self._answers[key] = None
        return self._answers[key]

    def stop_if_any(self) -> None:
        """Raise what has been gathered."""
        if len(self.problems) > SHOWN_PROBLEMS:
            rest = len(self.problems) - SHOWN_PROBLEMS
            more = Problem("and further", "problems of this file that are not shown", str(rest))
            raise DataError([*self.problems[:SHOWN_PROBLEMS], more])
        if self.problems:
            raise DataError(self.problems)


def _cells(head: Head, mapping: Mapping, where: str) -> Iterator[_Cell]:
    """Every cell of the number columns, row by row, down to the footnotes."""
    columns = head.columns
    named = [(n, columns[n.kolonne], n.kolonne) for n in mapping.tal if n.kolonne is not None]
    above: dict[int, CellValue] = {}
    filled = [columns[label] for label in mapping.fyld_ned if label in columns]
    for number, row in _body(head, mapping, where):
        for at in filled:
            above[at] = row[at] if row[at] is not None else above.get(at)
        cells = [above.get(at, cell) for at, cell in enumerate(row)]
        for label, wanted in mapping.faste.items():
            if normalised(str(cells[columns[label]])) not in map(normalised, wanted):
                raise DataError(_not_fixed(where, number, label, cells[columns[label]], wanted))
        area = mapping.omraade.fast or str(cells[columns[mapping.omraade.kolonne or ""]])
        group = str(cells[columns[mapping.gruppe.kolonne]]) if mapping.gruppe else None
        if mapping.periode.kolonne is None:
            for at, period in head.periods.items():
                yield _Cell(number, area, period, group, mapping.tal[0], period.code, row[at])
            continue
        period_cell = cells[columns[mapping.periode.kolonne]]
        for spec, at, label in named:
            yield _Cell(number, area, period_cell, group, spec, label, row[at])


def _body(head: Head, mapping: Mapping, where: str) -> Iterator[tuple[int, tuple[CellValue, ...]]]:
    """The rows below the heads; refuses rows cut short, ends at footnotes, which must be the last.

    A footnote fills one cell where a row of the table fills all that say what it is about.
    """
    width = len(head.grid.rows[head.index])
    keys = [head.columns[label] for label in mapping.row_labels if label not in mapping.fyld_ned]
    note = 0
    for at in range(head.index + 1, len(head.grid.rows)):
        number, row = head.grid.numbers[at], head.grid.rows[at]
        filled = [cell for cell in row if cell is not None]
        if not filled:
            continue
        if len(filled) == 1 and (len(keys) > 1 or len(row) == 1):
            note = note or number
            continue
        place = f"{where}: row {number}"
        if note:
            fix = "remove what stands between the rows of the table"
            raise DataError(
                Problem(place, "a row below the footnotes", found=f"row {note} is a note", fix=fix)
            )
        if len(row) != width:
            expected = f"{width}, as in the row of heads"
            raise DataError(Problem(place, "wrong number of cells", str(len(row)), expected))
        if any(row[key] is None for key in keys):
            fix = "fill the cell, or name the column under `fyld_ned` in the mapping"
            raise DataError(
                Problem(place, "a cell that says what the row is about is empty", fix=fix)
            )
        yield number, row


def _observations(cells: Iterator[_Cell], mapping: Mapping, where: str, on: date) -> pd.DataFrame:
    read = list(cells)
    if not read:
        raise DataError(Problem(where, "no rows below the column heads"))
    collected = _Collected()
    marks = _marks(mapping)
    numbers = (_number_cell(cell, where) for cell in read if cell.value not in marks)
    sign = mapping.fil.decimaltegn or decimal_sign(numbers)
    rows = []
    for cell in read:
        spec, place = cell.column, f"{where}: row {cell.row}"
        value, state = _value(cell, marks, sign, where, collected)
        rows.append(
            (
                spec.indikator,
                spec.ydelse,
                _group(cell, mapping, place, collected),
                _area(cell.area, place, collected),
                _period(cell.period, place, collected),
                value,
                spec.decimals,
                INDICATORS[spec.indikator].unit,
                state,
                mapping.kilde,
                mapping.tabel,
                f"linje {cell.row}, {cell.head}",
                on.isoformat(),
            )
        )
    collected.stop_if_any()
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return validate(frame.astype({"value": "float64", "decimals": "int64"}), where)


def _value(
    cell: _Cell, marks: dict[CellValue, str], sign: Sign | None, where: str, collected: _Collected
) -> tuple[float | None, str]:
    """The number and state of a cell; a refusal is noted, and its row never leaves this module."""
    state = marks.get(cell.value) if isinstance(cell.value, str | None) else None
    number = _number_cell(cell, where)
    if state == _REFUSED:
        collected.problems.append(_empty(number.where))
    if state is not None:
        return None, state
    try:
        return float(_in_range(number, sign, cell.column)), "known"
    except DataError as error:
        collected.problems.extend(error.problems)
        return None, _REFUSED


def _marks(mapping: Mapping) -> dict[CellValue, str]:
    """State by mark; an empty cell is None."""
    return {
        None: _EMPTY_MEANS[mapping.tom],
        **dict.fromkeys(mapping.fortroligt, "withheld"),
        **dict.fromkeys(mapping.mangler, "absent"),
    }


def _number_cell(cell: _Cell, where: str) -> NumberCell:
    return NumberCell(f"{where}: row {cell.row}, {cell.head}", cell.value, cell.column.decimals)


def _in_range(cell: NumberCell, sign: Sign | None, column: NumberColumn) -> Decimal:
    """The number, if it is one that the indicator can take: only a change may be negative."""
    value = read_number(cell, sign)
    spec = INDICATORS[column.indikator]
    if spec.id.startswith("aendring_"):
        return value
    highest = Decimal(100) if spec.unit.startswith("pct.") else None
    if value < 0 or (highest is not None and value > highest):
        expected = "0 to 100" if highest is not None else "0 or more"
        fix = "correct the file, or the mapping's decimal sign"
        raise DataError(
            Problem(cell.where, f"no possible value of {spec.id}", repr(cell.value), expected, fix)
        )
    return value


def _area(name: str, place: str, collected: _Collected) -> str | None:
    return collected.ask(("area", name), lambda: find_area(name, where=place).kode)


def _period(cell: CellValue | Period, place: str, collected: _Collected) -> str | None:
    if isinstance(cell, Period):
        return cell.code

    def read() -> str:
        try:
            if isinstance(cell, date):
                return period_from_day(cell).code
            # A workbook keeps a year as the number 2020.0.
            if isinstance(cell, float) and cell.is_integer():
                return period_from_text(str(int(cell))).code
            return period_from_text(str(cell)).code
        except BeskplanError as error:
            told = error.problems[0]
            raise DataError(
                Problem(place, told.what, told.found, told.expected, told.fix)
            ) from None

    return collected.ask(("period", cell), read)


def _group(cell: _Cell, mapping: Mapping, place: str, collected: _Collected) -> str | None:
    column, name = mapping.gruppe, cell.group
    if column is None or name is None:
        return cell.column.gruppe

    def read() -> str:
        known = {normalised(label): group for label, group in column.vaerdier.items()}
        if normalised(name) in known:
            return known[normalised(name)]
        expected = f"one of {', '.join(column.vaerdier)}"
        fix = did_you_mean(name, column.vaerdier, "add it to `gruppe` in the mapping")
        raise DataError(
            Problem(place, "a group that the mapping does not name", repr(name), expected, fix)
        )

    return collected.ask(("group", name), read)


def _not_fixed(
    where: str, number: int, label: str, found: CellValue, wanted: tuple[str, ...]
) -> Problem:
    place = f"{where}: row {number}, {label}"
    fix = "take out the other rows where the file is made, or map the column as a group"
    return Problem(place, "not the mapping's fixed value", repr(found), " or ".join(wanted), fix)


def _empty(place: str) -> Problem:
    expected = "a number, or a mark that the mapping names"
    fix = "say in the mapping what an empty cell means: `tom: fortroligt` or `tom: mangler`"
    return Problem(place, "an empty cell", "", expected, fix)
