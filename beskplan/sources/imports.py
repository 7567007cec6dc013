"""An exported file and its mapping in, observations out: every cell a number or a state, or refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import pandas as pd

from beskplan.core.danish import list_danish
from beskplan.core.errors import BeskplanError, DataError, Problem, did_you_mean
from beskplan.core.files import named_file
from beskplan.observations.contract import COLUMNS, Delivery, RawFile, validate
from beskplan.observations.suppression import withhold_small
from beskplan.registers.indicators import INDICATORS, what_is_counted
from beskplan.sources.cells import (
    CellValue,
    NumberCell,
    PeriodType,
    Sign,
    day_of,
    decimal_sign,
    known_period_of,
    period_of,
    shown_cell,
)
from beskplan.sources.labels import WORDS, area_named, each_once, is_area, normalised, problem
from beskplan.sources.mapping import (
    Mapping,
    NumberColumn,
    load_mapping,
    mapping_text,
    mappings,
)
from beskplan.sources.spreadsheets import Head, find_head, shown
from beskplan.sources.summary import SHOWN_ROWS, areas_text, row_text, span_text
from beskplan.sources.titles import contradictions

_REFUSED: Final = "refused"
_EMPTY_MEANS: Final = {"fortroligt": "withheld", "mangler": "absent", "afvis": _REFUSED}
_OF_NUMBERS: Final = ("percent", "percent sign", "invisible", "unseen", "conditional")
"""Marks that say nothing against a cell that names an area, a period or a group."""


def read_file(
    path: Path, mapping: str | Path | None, root: Path, *, retrieved_at: date | None = None
) -> tuple[Delivery, list[str]]:
    """What an exported file gives, and what was understood of it in Danish lines; nothing is stored.

    Args:
        path: A CSV file or an Excel workbook.
        mapping: Id of a mapping, or a mapping file; None: the only known mapping whose table id stands
            in the file's name and whose columns the file has.
        root: The working copy.
        retrieved_at: When the file was taken from its source; the file's own date where left out.

    Raises:
        DataError: the file or the mapping is not understood; all problems at once.
        UnknownNameError: no mapping has this id.
    """
    content = named_file(path)
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
    chosen = load_mapping(mapping, root) if mapping else _by_name(path.name, content, root)
    return read_export(content, chosen, name=path.name, retrieved_at=retrieved_at or changed)


def _by_name(name: str, content: bytes, root: Path) -> Mapping:
    """The mapping that name and columns point to; every benefit's table has the same columns."""
    known = mappings(root)
    named = [m for m in known.values() if m.tabel.casefold() in name.casefold()]
    fitting = [m for m in named if fits(content, m)] if len(named) > 1 else named
    if len(fitting) == 1:
        return fitting[0]
    expected = f"et af {', '.join(sorted(m.id for m in named or known.values()))}"
    found = f"{len(fitting) or 'ingen'}, der passer til filens navn og kolonner"
    raise DataError(problem("no-mapping-for-file", name, found, expected=expected))


def fits(content: bytes, mapping: Mapping) -> bool:
    """Whether a file has just the columns of a mapping; nothing is said of its rows."""
    try:
        find_head(content, mapping, mapping.id)
    except DataError:
        return False
    return True


def read_export(
    content: bytes, mapping: Mapping, *, name: str, retrieved_at: date
) -> tuple[Delivery, list[str]]:
    """Read one file by its mapping, and tell what was understood of it, as `read_file`.

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
    delivery = reading.delivery(content, retrieved_at)
    return delivery, reading.understood(delivery.frame)


@dataclass(frozen=True)
class _Cell:
    """One cell of a number column and what it is about, as the file says it."""

    row: int
    at: int
    area: str
    period: CellValue
    year: int | None
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
        self.left_out: Counter[str] = Counter()
        """Rows that the mapping leaves out, by the value that says so."""
        self.notes: list[str] = []
        """Rows below the table that are no numbers, with their words."""
        self._states: dict[CellValue, str] = {
            None: _EMPTY_MEANS[mapping.tom],
            **dict.fromkeys(mapping.fortroligt, "withheld"),
            **dict.fromkeys(mapping.mangler, "absent"),
            **dict.fromkeys(mapping.nul, "known"),
        }
        self._row_year: int | None = None
        """The last year that stood in a row of its own."""
        self._left_out = {
            label: set(map(normalised, values)) for label, values in mapping.udelad.items()
        }

    def delivery(self, content: bytes, on: date) -> Delivery:
        """The file's observations as retrieved on a day, with its bytes."""
        mapping = self._mapping
        raw = RawFile(
            name=self._name,
            content=content,
            source=mapping.kilde,
            table_id=mapping.tabel,
            retrieved_at=on.isoformat(),
            origin=self._name,
            mapping=mapping_text(mapping),
            title=mapping.titel,
        )
        return Delivery(self._observations(on), (raw,), withhold_below=mapping.fortroligt_under)

    def understood(self, frame: pd.DataFrame) -> list[str]:
        """What was read, for the person who knows the file: each kind of number, the first rows, the rest."""
        mapping = self._mapping
        lines = [
            f"{self._name}, {self._head.grid.place(self._head.grid.numbers[self._head.index])}:"
        ]
        public = withhold_small(frame, mapping.fortroligt_under)
        for key, part in public.groupby(["indicator", "ydelse", "group"], sort=False):
            lines.append(
                f"  {what_is_counted(*map(str, key))}: {len(part)} tal, "
                f"{span_text(part['period'])}, {areas_text(part['area'])}"
            )
            lines += [f"    {row_text(row)}" for row in part.head(SHOWN_ROWS).to_dict("records")]
        if self.left_out:
            named = ", ".join(f"»{value}« ({number})" for value, number in self.left_out.items())
            lines.append(f"  rækker, der er udeladt: {named}")
        if self.notes:
            lines.append(f"  læst som noter: {', '.join(self.notes)}")
        if mapping.ignorer:
            lines.append(f"  kolonner, der ikke er læst: {', '.join(mapping.ignorer)}")
        return lines

    def _observations(self, on: date) -> pd.DataFrame:
        if found := list(contradictions(self._mapping, self._head, self._name)):
            raise DataError(found)
        cells = list(self._cells())
        if not cells:
            raise DataError(
                each_once(self._problems, self._name) or problem("no-rows-below", self._name)
            )
        self._refuse_doubtful_days({cell.period for cell in cells})
        self._refuse_years_among_months({cell.period for cell in cells})
        numbers = (self._number_cell(cell) for cell in cells if cell.value not in self._states)
        sign = self._mapping.fil.decimaltegn or decimal_sign(numbers)
        rows = [self._row(cell, sign, on) for cell in cells]
        self._refuse_doubled(rows, cells)
        if self._problems:
            raise DataError(each_once(self._problems, self._name))
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        frame = validate(frame.astype({"value": "float64", "decimals": "int64"}), self._name)
        for one in self._mapping.tal:
            keys = (frame["indicator"] == one.indikator) & (frame["ydelse"] == one.ydelse)
            one.refuse_doubtful_shares(list(frame[keys]["value"].dropna()), self._name)
        return frame

    def _row(self, cell: _Cell, sign: Sign | None, on: date) -> tuple[object, ...]:
        column = cell.column
        value, state = self._value(cell, sign)
        return (
            column.indikator,
            column.ydelse,
            self._group(cell),
            self._ask("no-such-area", cell.area, cell, lambda: area_named(cell.area).kode),
            self._ask("not-a-period", (cell.period, cell.year), cell, lambda: self._period(cell)),
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
            found = f"{cell.area}, {shown(cell.period)} (også i række {first})"
            # Columns that are not read may tell the rows apart: Mænd and Kvinder are no doubles.
            apart = self._apart(first, cell.row)
            kind, words = (
                ("rows-told-apart", {"names": apart}) if apart else ("observation-twice", {})
            )
            self._problems.append(problem(kind, self._place(cell.row), found, **words))

    def _apart(self, *numbers: int) -> str:
        """The columns that are not read and in which two rows differ; empty where they are doubles."""
        grid, ignored = self._head.grid, set(map(normalised, self._mapping.ignorer))
        one, other = (grid.rows[grid.numbers.index(number)] for number in numbers)
        heads = zip(self._head.cells, one, other, strict=False)
        names = [h.label for h, a, b in heads if a != b and normalised(h.label) in ignored]
        return list_danish(names)

    def _cells(self) -> Iterator[_Cell]:
        """Every cell of the number columns, row by row, down to the footnotes."""
        mapping, columns, heads = self._mapping, self._head.columns, self._head.cells
        named = self._head.numbers or {columns[n.kolonne or ""]: n for n in mapping.tal}
        labels = {columns[label]: label for label in mapping.row_labels}
        filled = [columns[label] for label in mapping.fyld_ned if label in columns]
        for number, row, cells in self._body(filled):
            for at, label in labels.items():
                self._check_label(number, at, label, cells[at], filled=at in filled)
            for label, wanted in mapping.faste.items():
                if normalised(shown(cells[columns[label]])) not in map(normalised, wanted):
                    raise DataError(self._not_fixed(number, label, cells[columns[label]]))
            area_ = mapping.omraade.fast or ""
            if mapping.omraade.kolonne:
                area_ = shown(cells[columns[mapping.omraade.kolonne]])
            group = shown(cells[columns[mapping.gruppe.kolonne]]) if mapping.gruppe else None
            year = self._year(number, cells)
            for at, first in named.items():
                column = self._of_row(number, first, cells)
                if column is None:
                    break
                head = heads[at]
                period = mapping.periode.fast or head.written
                label = shown(period) if mapping.periode.aar_kolonne else head.key
                if mapping.periode.kolonne is not None:
                    place = columns[mapping.periode.kolonne]
                    period = self._head.grid.as_shown(number, place, cells[place])
                    label = column.kolonne or head.area
                if mapping.periode.years_in_heads and head.period:
                    label, year = head.label, head.period.year
                yield _Cell(
                    number, at, head.area or area_, period, year, group, column, label, row[at]
                )

    def _of_row(
        self, number: int, first: NumberColumn, cells: Sequence[CellValue]
    ) -> NumberColumn | None:
        """What a row holds in the column of `first`; None after its refusal if no one says."""
        same = [one for one in self._mapping.tal if one.kolonne == first.kolonne]
        here = {label: normalised(shown(cells[self._head.columns[label]])) for label in first.hvor}
        fitting = (o for o in same if {k: normalised(v) for k, v in o.hvor.items()} == here)
        if (found := next(fitting, None)) is None:
            label, *_ = first.hvor
            value = shown(cells[self._head.columns[label]])
            expected = ", ".join(dict.fromkeys(one.hvor[label] for one in same))
            place = self._place(number, self._head.columns[label], label)
            words = {"label": label, "value": value}
            self._problems.append(
                problem("no-number-of-row", place, value, expected=expected, **words)
            )
        return found

    def _is_left_out(self, number: int, row: Sequence[CellValue]) -> bool:
        """Whether the mapping leaves a row out, or takes no more from it than the year of those below."""
        if self._mapping.periode.aar_i_raekker:
            period = row[self._head.columns[self._mapping.periode.kolonne or ""]]
            if _YEAR.fullmatch(shown(period)):
                self._row_year = int(shown(period))
                self.left_out[shown(period)] += 1
                return True
        for label, values in self._left_out.items():
            at = self._head.columns[label]
            cell = row[at] if at < len(row) else None
            if cell is not None and normalised(shown(cell)) in values:
                self._refuse_another_area(self._place(number), cell)
                self.left_out[shown(cell)] += 1
                return True
        return False

    def _refuse_another_area(self, place: str, cell: CellValue) -> None:
        """Refuse the name of an area that is not the whole file's: what stands below it is not that one's."""
        fast = self._mapping.omraade.fast
        if fast and is_area(shown(cell)) and area_named(shown(cell)) != area_named(fast):
            raise DataError(problem("another-area", place, shown(cell), fast=fast))

    def _year(self, number: int, cells: Sequence[CellValue]) -> int | None:
        """The year of a row whose period is written without one."""
        written = self._mapping.periode
        if written.aar_kolonne is None:
            return self._row_year if written.aar_i_raekker else written.aar
        at = self._head.columns[written.aar_kolonne]
        text = shown(self._head.grid.as_shown(number, at, cells[at]))
        if _YEAR.fullmatch(text):
            return int(text)
        place = self._place(number, at, written.aar_kolonne)
        raise DataError(problem("no-year", place, repr(text)))

    def _period(self, cell: _Cell) -> str:
        found = period_of(cell.period, cell.year, self._mapping.periode.type)
        if cell.year and not self._mapping.periode.aar and found.year != cell.year:
            raise DataError(
                problem("another-year-beside", "periode", shown(cell.period), year=cell.year)
            )
        return found.code

    def _refuse_doubtful_days(self, periods: set[CellValue]) -> None:
        """Refuse days that may be a quarter's or year's as well as a month's, where nobody says which."""
        days = {day for period in periods if (day := day_of(period))}
        if self._mapping.periode.type is not None or len(days) < 2 or len(days) < len(periods):
            return
        for longer, words in _LONGER.items():
            if all(known_period_of(day, type=longer) for day in days):
                found = ", ".join(day.isoformat() for day in sorted(days)[:3])
                raise DataError(
                    problem("doubtful-days", self._name, found, words=words, longer=longer)
                )

    def _refuse_years_among_months(self, periods: set[CellValue]) -> None:
        """Refuse years among months without one: they head rows of their own, or sum up a part of a year."""
        written = self._mapping.periode
        years = [shown(one) for one in periods if _YEAR.fullmatch(shown(one))]
        others = [one for one in periods if shown(one) not in years]
        if written.aar and written.kolonne and years and not all(map(known_period_of, others)):
            found = ", ".join(sorted(years))
            words = {"label": written.kolonne, "year": min(years)}
            self._problems.append(problem("years-among-months", self._name, found, **words))

    def _body(
        self, filled_down: Sequence[int]
    ) -> Iterator[tuple[int, tuple[CellValue, ...], list[CellValue]]]:
        """Number and cells of the rows below the heads, as they stand and filled down from those above.

        Refuses rows cut short, and ends at footnotes, which must be the last. A footnote fills one cell
        and none that says what a row of the table is about; where it stands in such a one, its words
        tell. A row that is left out gives what it says to the rows below it all the same.
        """
        grid, mapping = self._head.grid, self._mapping
        width = len(grid.rows[self._head.index])
        keys = [
            self._head.columns[one] for one in mapping.row_labels if one not in mapping.fyld_ned
        ]
        marks = grid.marks
        kinds = {self._head.columns[label] for one in mapping.tal for label in one.hvor}
        labels = {normalised(value) for one in mapping.tal for value in one.hvor.values()}
        full = (at for at, row in enumerate(grid.rows) if len(row) - row.count(None) > 1)
        last, note = max(full, default=0), 0
        above: dict[int, CellValue] = {}
        for at in range(self._head.index + 1, len(grid.rows)):
            number, row = grid.numbers[at], grid.rows[at]
            filled = [cell for cell in row if cell is not None]
            if not filled:
                continue
            above |= {
                one: row[one] for one in filled_down if one < len(row) and row[one] is not None
            }
            cells = [above.get(one, cell) for one, cell in enumerate(row)]
            if self._is_left_out(number, cells):
                continue
            place = self._place(number)
            many = len(row) == 1 or any(row[key] is None for key in keys if key < len(row))
            # Below the table words are a note, but for the label of a row that has lost its number.
            is_kind = row.index(filled[0]) in kinds
            many |= is_kind and at > last and normalised(shown(filled[0])) not in labels
            if len(filled) == 1 and self._is_note(filled[0], place, many=many):
                self.notes.append(f"række {number} (»{shown(filled[0])}«)")
                note = note or number
                continue
            if note:
                raise DataError(problem("row-below-notes", place, f"række {note} er en note"))
            if len(row) != width:
                raise DataError(problem("cells-in-row", place, str(len(row)), width=width))
            if number in marks.hidden_rows:
                self._refuse_mark("hidden row", place, row)
            elif any(row[key] is None and (number, key) not in marks.cells for key in keys):
                raise DataError(problem("empty-label", place))
            yield number, row, cells

    def _is_note(self, cell: CellValue, place: str, *, many: bool) -> bool:
        """Whether a row's only cell is a footnote; a number and the name of an area are refused."""
        self._refuse_another_area(place, cell)
        if not (many or _NOTE.match(shown(cell))):
            return False
        if not isinstance(cell, str) or is_area(cell) or cell.strip().isdecimal():
            raise DataError(problem("lost-cell", place, shown(cell)))
        return True

    def _check_label(
        self, number: int, at: int, label: str, cell: CellValue, *, filled: bool
    ) -> None:
        mark = self._head.grid.marks.cells.get((number, at), "")
        if mark == "year" and isinstance(self._head.grid.as_shown(number, at, cell), int):
            return
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
            self._problems.append(problem("empty-cell", number.where))
        if state is not None:
            return 0.0 if state == "known" else None, state
        try:
            told = self._mapping.fil.decimaltegn is not None
            return float(cell.column.number_of(number, sign, told=told)), "known"
        except DataError as error:
            self._problems.extend(error.problems)
            return None, _REFUSED

    def _mark_of(self, cell: _Cell) -> str:
        """What is the matter with a number's cell; empty where nothing is, or the mapping says it."""
        marks = self._head.grid.marks
        if cell.at in marks.hidden_columns:
            return "hidden column"
        mark = marks.cells.get((cell.row, cell.at), "").replace("year", "rewritten")
        column = cell.column
        if mark == "percent sign" and "pct." in INDICATORS[column.indikator].unit:
            return "" if not column.andel else mark
        if column.andel and isinstance(cell.value, int | float):
            mixed = any(m == "percent" for (_, at), m in marks.cells.items() if at == cell.at)
            return {"percent": "", "": "not percent" if mixed else ""}.get(mark, mark)
        return mark

    def _number_cell(self, cell: _Cell) -> NumberCell:
        where, value = self._place(cell.row, cell.at, cell.head), cell.value
        unit = INDICATORS[cell.column.indikator].unit.removesuffix(".").casefold()
        if isinstance(value, str) and (bare := value.rstrip(".")).casefold().endswith(f" {unit}"):
            value = bare[: -len(unit)].strip()
        return NumberCell(where, value, cell.column.decimals + 2 * bool(cell.column.andel))

    def _place(self, row: int, at: int | None = None, label: str = "") -> str:
        return f"{self._name}: {self._head.grid.place(row, at, label)}"

    def _refuse_mark(self, mark: str, place: str, cells: tuple[CellValue, ...] = ()) -> None:
        found = ", ".join(
            cell if isinstance(cell, str) else shown_cell(cell)
            for cell in cells
            if cell is not None
        )
        self._problems.append(problem(mark, place, found))

    def _ask(
        self, refusal: str, asked: object, cell: _Cell, question: Callable[[], str]
    ) -> str | None:
        """The answer to a question asked many times, or None after its refusal is noted once."""
        key = (refusal, asked)
        if key not in self._answers:
            try:
                self._answers[key] = question()
            except BeskplanError as error:
                place, written = self._place(cell.row), self._mapping
                what, fix = problem(refusal, place).what, ""
                if refusal == "not-a-period" and error.problems[0].what != what:
                    # It has said what to do: a row with a week is not left out.
                    self._problems += [replace(one, where=place) for one in error.problems]
                    self._answers[key] = None
                    return None
                label, value = written.omraade.kolonne, cell.area
                if refusal == "not-a-period":
                    label, value = written.periode.kolonne, shown(cell.period)
                if label and refusal != "no-group":
                    fix = problem("leave-out", place, label=label, value=value).fix
                for one in error.problems:
                    both = (
                        f"{one.fix}. {fix[0].upper()}{fix[1:]}"
                        if one.fix and fix
                        else one.fix or fix
                    )
                    self._problems.append(
                        replace(one, where=place, what=what, fix=both.replace("?.", "?"))
                    )
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
            raise DataError(problem("no-group", "gruppe", repr(name), expected=expected, fix=fix))

        return self._ask("no-group", name, cell, read)

    def _not_fixed(self, number: int, label: str, found: CellValue) -> Problem:
        wanted = " eller ".join(self._mapping.faste[label])
        place = self._place(number, self._head.columns[label], label)
        return problem("not-fixed", place, repr(found), expected=wanted)


_YEAR: Final = re.compile("(?:19|20)[0-9]{2}")
_NOTE: Final = re.compile(WORDS["note"], re.IGNORECASE)
_LONGER: Final[dict[PeriodType, str]] = {"aar": "årets", "kvartal": "kvartalets"}
