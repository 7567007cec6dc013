"""Answers of Jobindsats as observations: each row placed by area and period, or refused.

null in a measure          withheld
no row for area and period absent
a number                   known, with the decimals of its column
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from beskplan.core.errors import BeskplanError, DataError, Problem, SourceError
from beskplan.core.numbers import parse_number
from beskplan.core.periods import Period
from beskplan.registers.indicators import INDICATORS
from beskplan.sources.jobindsats.answers import Answer, Cell
from beskplan.sources.jobindsats.client import Ask
from beskplan.sources.jobindsats.spec import TableSpec
from beskplan.sources.labels import by_label, codes_of, known_area, missing_areas, normalised
from beskplan.sources.plan import JobindsatsTable, Measure

AREA_LABELS: Final = frozenset({"område", "omraade", "area"})
MAX_PROBLEMS: Final = 50

Place = tuple[str, str]
"""Area code and period code."""


@dataclass(frozen=True, slots=True)
class _Columns:
    period: int
    area: int
    measures: Mapping[str, int]
    """By indicator."""


def rows_of(
    answer: Answer,
    ask: Ask,
    plan: JobindsatsTable,
    spec: TableSpec,
    *,
    retrieved_at: str,
    where: str,
) -> list[dict[str, Any]]:
    """The answer to one question as rows with the columns of `beskplan.observations.contract`.

    Every area and period that was asked for has one row per measure.

    Raises:
        SourceError: a measure, an area or a period that is not what was asked for, a doubled row, a
            value that is no number; all problems at once (the first 50).
    """
    columns = _columns(answer, ask, plan, spec, where)
    places, problems = _places(answer, columns, ask, where)
    if not ask.area:
        # API v2 has no list of areas to check beforehand: what must be there is looked for here.
        names = {str(row[columns.area]) for row in answer.rows}
        there = {one.kode for name in names if (one := known_area(name)) is not None}
        problems += missing_areas(codes_of(plan.areas) - there, names, where)
    for measure in plan.measures:
        column = columns.measures[measure.indicator]
        problems += _faults(answer, column, places, measure, where)
    if problems:
        raise SourceError(problems[:MAX_PROBLEMS])
    return [
        row
        for measure in plan.measures
        for row in _measure_rows(
            answer, columns, places, measure, ask=ask, retrieved_at=retrieved_at
        )
    ]


def _columns(
    answer: Answer, ask: Ask, plan: JobindsatsTable, spec: TableSpec, where: str
) -> _Columns:
    numbered = list(enumerate(answer.columns))
    period = _one_column(
        [place for place, label in numbered if _is_period_column(answer, place, label)],
        "period",
        answer,
        where,
    )
    area = _one_column(
        [place for place, label in numbered if normalised(label) in AREA_LABELS],
        "area",
        answer,
        where,
    )
    besides = [(place, label) for place, label in numbered if place not in (period, area)]
    problems: list[Problem] = []
    measures: dict[str, int] = {}
    for measure in plan.measures:
        try:
            hit = by_label(measure.labels, besides, lambda one: one[1], where, "measure")
            measures[measure.indicator] = hit[0]
        except SourceError as error:
            problems += error.problems
    problems += _foreign_parts(
        answer, besides, set(measures.values()), ask=ask, spec=spec, where=where
    )
    if problems:
        raise SourceError(problems)
    return _Columns(period, area, measures)


def _is_period_column(answer: Answer, place: int, label: str) -> bool:
    # API v2 may add the table's name to the label, and a second column with the period in words.
    return normalised(label).startswith("periode") and _period(answer.rows[0][place]) is not None


def _one_column(hits: list[int], what: str, answer: Answer, where: str) -> int:
    if len(hits) == 1:
        return hits[0]
    found = ", ".join(answer.columns)
    raise SourceError(Problem(where, f"{len(hits)} columns hold the {what}", found, "one"))


def _foreign_parts(
    answer: Answer,
    besides: list[tuple[int, str]],
    measures: set[int],
    *,
    ask: Ask,
    spec: TableSpec,
    where: str,
) -> Iterator[Problem]:
    """A column of labels must stand at one value, and at that of the part where it is known."""
    asked = dict(ask.values)
    siblings = {
        normalised(value.value_name)
        for dimension in spec.dimensions
        for one in dimension.hierarchies
        if ask.part.value is not None and asked.get(one.hierarchy_id, "/") != "/"
        for value in one.values
    }
    wanted = normalised(ask.part.value or "")
    for place, label in besides:
        if place in measures:
            continue
        labels = {cell for row in answer.rows if _is_label(cell := row[place])}
        if len(labels) > 1:
            found = f"{label}: {', '.join(sorted(map(str, labels))[:5])}"
            fix = "name the value in the plan's `parts`"
            yield Problem(where, "the answer is divided by more than was asked for", found, fix=fix)
        for one in labels:
            if normalised(str(one)) in siblings and normalised(str(one)) != wanted:
                yield Problem(
                    where, "another value than the one asked for", f"'{one}'", f"'{ask.part.value}'"
                )


def _is_label(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip().lstrip("-")[:1].isdigit()


def _places(
    answer: Answer, columns: _Columns, ask: Ask, where: str
) -> tuple[dict[Place, int], list[Problem]]:
    """Row number by place, for the areas that were asked for."""
    problems: list[Problem] = []
    places: dict[Place, int] = {}
    for number, row in enumerate(answer.rows):
        line = f"{where}: row {number + 1}"
        area, period = known_area(str(row[columns.area])), _period(row[columns.period])
        if area is None:
            fix = "add the name to the area register, as an alias"
            problems.append(Problem(line, "an unknown area", repr(row[columns.area]), fix=fix))
        elif period is None or period.code not in ask.periods:
            found = repr(row[columns.period])
            problems.append(Problem(line, "a period that was not asked for", found))
        elif area.kode in ask.codes and (area.kode, period.code) in places:
            found = f"{area.navn}, {period.code}"
            problems.append(Problem(line, "area and period stand twice", found))
        elif area.kode in ask.codes:
            places[area.kode, period.code] = number
    if not problems:
        there = {period for _, period in places}
        fix = "try again; if it stays so, ask for fewer periods (`latest`)"
        missing = [period for period in ask.periods if period not in there]
        problems += [Problem(where, "a period is missing", one, fix=fix) for one in missing]
    return places, problems


def _faults(
    answer: Answer, column: int, places: Mapping[Place, int], measure: Measure, where: str
) -> Iterator[Problem]:
    for number in places.values():
        try:
            value = _number(answer.rows[number][column], INDICATORS[measure.indicator].decimals)
        except DataError as error:
            found = error.problems[0].found
            line = f"{where}: row {number + 1}: {measure.labels[0]}"
            yield Problem(line, error.problems[0].what, found, error.problems[0].expected)
            continue
        limit = 100 if measure.indicator.startswith("pct_") else None
        if value is not None and (value < 0 or (limit is not None and value > limit)):
            line = f"{where}: row {number + 1}: {measure.labels[0]}"
            yield Problem(line, "a value that cannot be", str(value), f"0 to {limit or 'any'}")


def _measure_rows(
    answer: Answer,
    columns: _Columns,
    places: Mapping[Place, int],
    measure: Measure,
    *,
    ask: Ask,
    retrieved_at: str,
) -> Iterator[dict[str, Any]]:
    indicator = INDICATORS[measure.indicator]
    column = columns.measures[measure.indicator]
    values = {
        place: _number(answer.rows[number][column], indicator.decimals)
        for place, number in places.items()
    }
    shown = [_decimals(value) for value in values.values() if value is not None]
    decimals = max([indicator.decimals, *shown])
    reference = "; ".join(filter(None, (answer.columns[column], ask.reference)))
    for kode in sorted(ask.codes if ask.area else {area for area, _ in places}):
        for period in sorted(ask.periods):
            value = values.get((kode, period))
            there = "withheld" if (kode, period) in values else "absent"
            yield {
                "indicator": indicator.id,
                "ydelse": ask.part.ydelse,
                "group": ask.part.group,
                "area": kode,
                "period": period,
                "value": None if value is None else float(value),
                "decimals": decimals,
                "unit": indicator.unit,
                "state": there if value is None else "known",
                "source": "jobindsats",
                "table_id": ask.table,
                "reference": reference,
                "retrieved_at": retrieved_at,
            }


def _number(cell: Cell, decimals: int) -> Decimal | None:
    """A measure's value; None where it is withheld. Texts are Danish numbers (API v2).

    Raises:
        DataError: no number, ambiguous, or with decimals where the measure is a count.
    """
    if cell is None or cell == "":
        return None
    value = parse_number(cell, decimals) if isinstance(cell, str) else Decimal(cell)
    if decimals == 0 and value != value.to_integral_value():
        raise DataError(Problem("number", "a count with decimals", str(cell), "a whole number"))
    return value


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.normalize().as_tuple().exponent))


def _period(cell: Cell) -> Period | None:
    try:
        return Period.parse(str(cell))
    except BeskplanError:
        return None
