"""Answers of Jobindsats as observations: each row placed by area and period, or refused.

null in a measure          withheld
no row for area and period absent; refused for the country, for an area without any row, and
where more than a few rows are missing: a part of an answer is none
a number                   known, with the decimals of its column
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final, TypeAlias

from pydantic import BaseModel, ConfigDict

from beskplan.core.danish import parse_number
from beskplan.core.errors import DataError, Problem, SourceError
from beskplan.core.periods import known_period
from beskplan.registers.areas import area as area_of
from beskplan.registers.areas import known as known_area
from beskplan.registers.indicators import INDICATORS
from beskplan.sources.http import EXCERPT, json_of, shaped
from beskplan.sources.jobindsats import TOTAL, Ask, TableSpec
from beskplan.sources.labels import (
    by_label,
    missing_areas,
    normalised,
    problem,
    required_codes,
)
from beskplan.sources.plan import JobindsatsTable, Measure

MISSING_ROWS_PCT: Final = 2
"""Of the rows of areas that must be there; more are no numbers that the source lacks but a cut answer."""
MAX_PROBLEMS: Final = 50
COUNTRY: Final = "000"
AREA_LABELS: Final = frozenset({"område", "omraade", "area"})
Cell: TypeAlias = str | int | Decimal | None
"""A label, a number, or None: withheld or not given."""
AreaPeriod = tuple[str, str]
"""Area code and period code."""


class Answer(BaseModel):
    """A table as it came, every row as long as `columns`; a true or a nested list is no cell."""

    model_config = ConfigDict(strict=True, extra="ignore")

    columns: list[str]
    rows: list[list[Cell]]


def read_answer(body: bytes, where: str) -> Answer:
    """The table in a body.

    Raises:
        SourceError: no table, a row of another length, or a cell that is neither text nor number.
    """
    content = json_of(body, where)
    if isinstance(content, dict) and (said := content.get("cause") or content.get("message")):
        raise SourceError(problem("message", where, str(said)[:EXCERPT]))
    table = shaped(content, Answer, where)
    if not table.rows:
        raise SourceError(problem("no-rows", where))
    for number, row in enumerate(table.rows, start=1):
        if len(row) != len(table.columns):
            found = f"række {number}: {len(row)}"
            raise SourceError(problem("uneven-rows", where, found, expected=len(table.columns)))
    return table


class Rows:
    """The reading of the answer to one question."""

    def __init__(
        self, answer: Answer, ask: Ask, plan: JobindsatsTable, spec: TableSpec, where: str
    ) -> None:
        self._answer = answer
        self._ask = ask
        self._plan = plan
        self._spec = spec
        self._where = where
        self._problems: list[Problem] = []

    def read(self) -> list[dict[str, Any]]:
        """The answer as rows with those columns of the observations that differ within a table.

        Every area and period that was asked for has one row per measure.

        Raises:
            SourceError: a measure, an area or a period that is not what was asked for, a part of an
                answer, a doubled row, a value that is no number; all problems at once (the first 50).
        """
        area, period = _place_columns(self._answer, self._where)
        numbered = enumerate(self._answer.columns)
        besides = [(at, label) for at, label in numbered if at not in (period, area)]
        measures = self._measures(besides)
        self._check_parts([one for one in besides if one[0] not in {m.at for m in measures}])
        self._stop()
        places = self._places(area, period)
        self._check_whole(places, {str(row[area]) for row in self._answer.rows})
        columns = [self._numbers(measure, places) for measure in measures]
        self._stop()
        codes = self._ask.codes if self._ask.area else {code for code, _ in places}
        return [
            self._row(measure, numbers, code, one)
            for measure, numbers in zip(measures, columns, strict=True)
            for code in sorted(codes)
            for one in sorted(self._ask.periods)
        ]

    def _stop(self) -> None:
        if self._problems:
            raise SourceError(self._problems[:MAX_PROBLEMS])

    def _note(self, name: str, found: str, row: int = -1, expected: str = "") -> None:
        place = self._where if row < 0 else f"{self._where}: række {row + 1}"
        self._problems.append(problem(name, place, found, expected=expected))

    def _measures(self, besides: list[tuple[int, str]]) -> list[_Column]:
        found = []
        for measure in self._plan.measures:
            try:
                at, _ = by_label(measure.labels, besides, lambda one: one[1], self._where, "målet")
                found.append(_Column(measure, at))
            except SourceError as error:
                if not measure.if_there:
                    self._problems += error.problems
        return found

    def _check_parts(self, besides: list[tuple[int, str]]) -> None:
        """A column of labels must stand at one value, and at that of the part where it is known."""
        asked = dict(self._ask.values)
        wanted = self._ask.part.value
        siblings = {
            normalised(value.value_name)
            for dimension in self._spec.dimensions
            for one in dimension.hierarchies
            if wanted is not None and asked.get(one.hierarchy_id, TOTAL) != TOTAL
            for value in one.values
        }
        for at, label in besides:
            labels = {str(cell) for row in self._answer.rows if _is_label(cell := row[at])}
            if len(labels) > 1:
                self._note("divided", f"{label}: {', '.join(sorted(labels)[:5])}")
            for one in labels:
                if normalised(one) in siblings and normalised(one) != normalised(wanted or ""):
                    self._note("another-value", f"'{one}'", expected=f"'{wanted}'")

    def _places(self, area_at: int, period_at: int) -> dict[AreaPeriod, int]:
        """Row number by area and period, for the areas that were asked for."""
        places: dict[AreaPeriod, int] = {}
        for number, row in enumerate(self._answer.rows):
            area, period = known_area(str(row[area_at])), known_period(str(row[period_at]))
            if area is None:
                self._note("unknown-area", repr(row[area_at]), number)
            elif period is None or period.code not in self._ask.periods:
                self._note("not-asked-period", repr(row[period_at]), number)
            elif area.kode in self._ask.codes:
                if (area.kode, period.code) in places:
                    self._note("row-twice", f"{area.navn}, {period.code}", number)
                places[area.kode, period.code] = number
        return places

    def _check_whole(self, places: Mapping[AreaPeriod, int], names: set[str]) -> None:
        """Refuse a part of an answer: the source gives a row for each area and period.

        A few rows that it lacks are numbers that it does not have; never those of the country.
        """
        if self._problems:
            return
        there = {code for code, _ in places}
        required = required_codes(self._plan.areas, there)
        if self._ask.area:
            required &= self._ask.codes
        periods = set(self._ask.periods)
        for one in sorted(periods - {period for _, period in places}):
            self._note("period-missing", one)
        self._problems += missing_areas(required - there, names, self._where)
        gaps = {(code, one) for code in required & there for one in periods} - set(places)
        country = sorted(one for code, one in gaps if code == COUNTRY)
        if country:
            self._note("country-missing", ", ".join(country))
        if 100 * len(gaps) > MISSING_ROWS_PCT * len(required) * len(periods):
            code, one = min(gaps)
            found = f"{len(gaps)} rækker, den første {area_of(code).navn}, {one}"
            expected = f"{len(required) * len(periods)} rækker"
            self._note("part-only", found, expected=expected)

    def _numbers(
        self, column: _Column, places: Mapping[AreaPeriod, int]
    ) -> dict[AreaPeriod, Decimal | None]:
        """The values of a measure, None where they are withheld."""
        indicator = INDICATORS[column.measure.indicator]
        values = {}
        for place, number in places.items():
            cell = self._answer.rows[number][column.at]
            where = f"{self._where}: række {number + 1}: {column.measure.labels[0]}"
            try:
                value = read_number(cell, indicator.decimals)
            except DataError as error:
                self._problems += [replace(one, where=where) for one in error.problems]
                continue
            if value is not None and (expected := indicator.expected_of(value)):
                self._problems.append(problem("impossible", where, str(value), expected=expected))
            values[place] = value
        shown = [_decimals(value) for value in values.values() if value is not None]
        column.decimals = max([indicator.decimals, *shown])
        return values

    def _row(
        self, column: _Column, values: Mapping[AreaPeriod, Decimal | None], code: str, period: str
    ) -> dict[str, Any]:
        value = values.get((code, period))
        there = "withheld" if (code, period) in values else "absent"
        label = self._answer.columns[column.at]
        return {
            "indicator": column.measure.indicator,
            "ydelse": self._ask.part.ydelse,
            "group": self._ask.part.group,
            "area": code,
            "period": period,
            "value": None if value is None else float(value),
            "decimals": column.decimals,
            "state": there if value is None else "known",
            "reference": "; ".join(filter(None, (label, self._ask.reference))),
        }


@dataclass
class _Column:
    """A measure's column; `decimals` as its numbers show them."""

    measure: Measure
    at: int
    decimals: int = 0


def _place_columns(answer: Answer, where: str) -> tuple[int, int]:
    """Which columns hold the area and the period.

    Raises:
        SourceError: none does, or several do.
    """
    numbered = list(enumerate(answer.columns))
    areas = [at for at, label in numbered if normalised(label) in AREA_LABELS]
    # A label may have more words, and a second column the period in words.
    periods = [
        at
        for at, label in numbered
        if normalised(label).startswith("periode") and known_period(str(answer.rows[0][at]))
    ]
    for what, hits in (("område", areas), ("periode", periods)):
        if len(hits) != 1:
            found = ", ".join(answer.columns)
            raise SourceError(problem("columns-of", where, found, many=len(hits), what=what))
    return areas[0], periods[0]


def _is_label(cell: Cell) -> bool:
    """Whether a cell is a text that is no number and no period."""
    return isinstance(cell, str) and not cell.strip().lstrip("-")[:1].isdigit()


def read_number(cell: Cell, decimals: int | None = None) -> Decimal | None:
    """A measure's value; None where it is withheld. Texts are Danish numbers.

    Raises:
        DataError: no number, ambiguous, or with decimals where the measure is a count.
    """
    if cell is None or cell == "":
        return None
    value = parse_number(cell, decimals) if isinstance(cell, str) else Decimal(cell)
    if decimals == 0 and value != value.to_integral_value():
        raise DataError(problem("count-with-decimals", "tal", str(cell)))
    return value


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.normalize().as_tuple().exponent))
