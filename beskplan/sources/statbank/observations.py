"""Answers of StatBank as observations.

..  x  null   withheld: too uncertain or confidential; the source does not tell the two apart
.  -          absent: cannot occur, or nothing to count
no cell       absent
a number      known, with the decimals of its column; a point or a comma is the decimal sign, as
              the source never writes thousand separators
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from beskplan.core.errors import BeskplanError, Problem, SourceError
from beskplan.core.periods import Period
from beskplan.registers.indicators import INDICATORS
from beskplan.sources.labels import codes_of, known_area, missing_areas
from beskplan.sources.plan import StatbankTable
from beskplan.sources.refusals import moved
from beskplan.sources.statbank.answers import Cube
from beskplan.sources.statbank.queries import Query, make_query
from beskplan.sources.statbank.tableinfo import Language, TableInfo, Variable

WITHHELD: Final = frozenset({"..", "x", ""})
ABSENT: Final = frozenset({".", "-"})
_NUMBER: Final = re.compile(r"-?[0-9]+(?:[.,](?P<fraction>[0-9]+))?")


def plan_query(info: TableInfo, plan: StatbankTable, where: str, lang: Language = "da") -> Query:
    """The question that answers one table of a plan.

    Raises:
        SourceError: areas, values or periods that the table does not have.
    """
    area = _area_variable(info, where)
    chosen = {area.id: tuple(sorted(_codes(area, plan, where)))}
    for name, value in plan.select.items():
        variable = info.variable(name, where)
        chosen[variable.id] = (variable.value(value, where).id,)
    chosen[info.time.id] = _newest(info.time, plan, where)
    return make_query(info, chosen, where, lang=lang)


def rows_of(
    cube: Cube,
    query: Query,
    info: TableInfo,
    plan: StatbankTable,
    *,
    retrieved_at: str,
    where: str,
) -> list[dict[str, Any]]:
    """The answer as rows with the columns of `beskplan.observations.contract`, one per area and period.

    Raises:
        SourceError: a cell that is neither number nor mark, or that cannot be; all at once.
    """
    indicator = INDICATORS[plan.indicator]
    area, time = _area_variable(info, where).id, info.time.id
    values = dict(query.values)
    found: dict[tuple[str, str], str] = {}
    for key, text in cube.cells.items():
        named = dict(zip(cube.variables, key, strict=True))
        found[named[area], Period.parse(named[time]).code] = text
    problems = [
        Problem(f"{where}: {kode} {period}", "a value that cannot be", f"'{text}'", expected)
        for (kode, period), text in found.items()
        if (expected := _fault(text, plan))
    ]
    if problems:
        raise SourceError(problems[:50])
    shown = [len(hit["fraction"] or "") for text in found.values() if (hit := _match(text))]
    decimals = max([indicator.decimals, *shown])
    reference = "&".join(
        f"{name}={ids[0]}" for name, ids in values.items() if name not in (area, time)
    )
    return [
        {
            "indicator": indicator.id,
            "ydelse": plan.ydelse,
            "group": plan.group,
            "area": kode,
            "period": period,
            "value": _value(found.get((kode, period), ".")),
            "decimals": decimals,
            "unit": indicator.unit,
            "state": _state(found.get((kode, period), ".")),
            "source": "statbank",
            "table_id": info.id,
            "reference": reference,
            "retrieved_at": retrieved_at,
        }
        for kode in values[area]
        for period in sorted(Period.parse(one).code for one in values[time])
    ]


def _area_variable(info: TableInfo, where: str) -> Variable:
    """The variable most of whose values are areas of the register, by id and label."""
    besides = [one for one in info.variables if not one.time]
    ranked = sorted(besides, key=lambda one: len(_areas_of(one)), reverse=True)
    if ranked and _areas_of(ranked[0]):
        return ranked[0]
    found = ", ".join(one.id for one in besides)
    raise SourceError(Problem(where, "the table has no variable of areas", found))


def _areas_of(variable: Variable) -> set[str]:
    """Codes of the values that are areas; id and label must mean the same."""
    hits = ((one.id, known_area(one.text)) for one in variable.values)
    return {code for code, area in hits if area is not None and area.kode == code}


def _codes(variable: Variable, plan: StatbankTable, where: str) -> set[str]:
    there = _areas_of(variable)
    required = codes_of(plan.areas)
    if missing := required - there:
        texts = [value.text for value in variable.values]
        raise SourceError(missing_areas(missing, texts, where))
    return {*required, *(codes_of(plan.areas_if_there) & there)}


def _newest(time: Variable, plan: StatbankTable, where: str) -> tuple[str, ...]:
    """The newest periods of the plan's type, oldest first, as the source writes them."""
    try:
        periods = {value.id: Period.parse(value.id) for value in time.values}
    except BeskplanError as error:
        raise SourceError([moved(where, problem) for problem in error.problems]) from None
    ids = [one for one, period in periods.items() if period.kind == plan.period_type]
    if not ids:
        kinds = ", ".join(sorted({period.kind for period in periods.values()}))
        what = "the table has no periods of this type"
        raise SourceError(Problem(where, what, f"'{plan.period_type}'", f"one of {kinds}"))
    return tuple(sorted(ids, key=lambda one: periods[one])[-plan.latest :])


def _match(text: str) -> re.Match[str] | None:
    return _NUMBER.fullmatch(text)


def _fault(text: str, plan: StatbankTable) -> str:
    """What would have been right, or an empty string."""
    if text in WITHHELD or text in ABSENT:
        return ""
    hit = _match(text)
    if hit is None:
        return "a number, or one of .. . - x"
    indicator = INDICATORS[plan.indicator]
    if indicator.decimals == 0 and hit["fraction"]:
        return "a whole number"
    value = Decimal(text.replace(",", "."))
    is_share = "pct" in indicator.id
    if value < 0 or (is_share and value > 100):
        return f"0 to {100 if is_share else 'any'}"
    return ""


def _state(text: str) -> str:
    if text in WITHHELD:
        return "withheld"
    return "absent" if text in ABSENT else "known"


def _value(text: str) -> float | None:
    return float(Decimal(text.replace(",", "."))) if _match(text) else None
