"""StatBank (Danmarks Statistik): the client of its open API.

    bank = connect()
    info = bank.tableinfo("FOLK1A")
    query = plan_query(info, table, "statbank: FOLK1A")
    body = bank.answer(query)

CSV and BULK are one format (BOM, `;`, CRLF; the variables' ids as a header, the last column
`INDHOLD`, ids in the cells). They tell why a value is missing, which JSONSTAT does not:

..  x  empty  withheld: too uncertain or confidential; the source does not tell the two apart
.  -          absent: cannot occur, or nothing to count
no cell       a part of an answer: the source gives every cell that was asked for
a number      known, with the decimals of its column; a point or a comma is the decimal sign, as
the source never writes thousand separators
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import prod
from typing import Any, Final, Literal

from beskplan.core.errors import BeskplanError, Problem, SourceError, refusals
from beskplan.core.periods import Period
from beskplan.registers.areas import known as known_area
from beskplan.registers.indicators import INDICATORS
from beskplan.sources import labels
from beskplan.sources.http import Client, Patience, Read, Transport, json_of, moved, shaped, text_of
from beskplan.sources.labels import problem
from beskplan.sources.plan import Part, StatbankTable

ADDRESS: Final = "https://api.statbank.dk/v1"
ADDRESS_VARIABLE: Final = "BESKPLAN_STATBANK_URL"
"""Environment variable with another address, with the version."""
AGE: Final = "ALDER"
"""The variable of ages."""
CELL_LIMIT: Final = 1_000_000
"""Above this only BULK answers (StatBank's documentation of its API)."""


class Value(Read):
    """A value of a variable."""

    id: str
    text: str


class Variable(Read):
    """A variable; `elimination`: the source sums over it where it is left out."""

    id: str
    text: str = ""
    elimination: bool = False
    time: bool = False
    values: tuple[Value, ...]

    def value(self, name: str, where: str, *also: str) -> Value:
        """The value with this label or id, or with one of those it may have `also`.

        Raises:
            SourceError: none, with the nearest labels; or several.
        """
        names = (name, *also)
        for one in self.values:
            if one.id in names:
                return one
        return labels.by_label(
            names, self.values, lambda one: one.text, where, f"værdien af {self.id}"
        )

    @property
    def areas(self) -> dict[str, str]:
        """Ids of the values that are areas, by our code; id and label must mean the same.

        Of an area whose official code is not known the label alone decides.
        """
        hits = ((one.id, known_area(one.text)) for one in self.values)
        return {
            area.kode: value_id
            for value_id, area in hits
            if area is not None and (area.kode == value_id or not area.kode.isdecimal())
        }


class TableInfo(Read):
    """A table; `updated` is local date and time of the last update, as the source writes it."""

    id: str
    text: str = ""
    updated: str
    active: bool = True
    variables: tuple[Variable, ...]

    @property
    def time(self) -> Variable:
        """The variable of periods."""
        return next(one for one in self.variables if one.time)

    def variable(self, name: str, where: str) -> Variable:
        """The variable with this id, letter case aside.

        Raises:
            SourceError: none, with the nearest ids.
        """
        for one in self.variables:
            if one.id.casefold() == name.casefold():
                return one
        ids = [one.id for one in self.variables]
        near = labels.nearest_of(name, ids)
        expected, fix = f"en af {', '.join(ids)}", f"mente du {near}?" if near else ""
        raise SourceError(problem("no-variable", where, f"'{name}'", expected=expected, fix=fix))

    def area_variable(self, where: str) -> Variable:
        """The variable most of whose values are areas of the register.

        Raises:
            SourceError: there is none.
        """
        besides = [one for one in self.variables if not one.time]
        ranked = sorted(besides, key=lambda one: len(one.areas), reverse=True)
        if ranked and ranked[0].areas:
            return ranked[0]
        found = ", ".join(one.id for one in besides)
        raise SourceError(problem("no-area-variable", where, found))


def read_tableinfo(body: bytes, where: str) -> TableInfo:
    """The answer to `/tableinfo`.

    Raises:
        SourceError: it is none, has no variable of time, or is of a table that is closed.
    """
    info = shaped(json_of(body, where), TableInfo, where)
    if not any(one.time for one in info.variables):
        found = ", ".join(one.id for one in info.variables)
        raise SourceError(problem("no-time", where, found))
    if not info.active:
        # It goes on answering, with its last numbers.
        raise SourceError(problem("table-closed", where, f"sidst opdateret {info.updated[:10]}"))
    return info


@dataclass(frozen=True, slots=True)
class Query:
    """One question.

    Attributes:
        table: Table id.
        values: Ids of the chosen values by variable id; a variable that is not here is summed.
        fmt: Format of the answer.
    """

    table: str
    values: tuple[tuple[str, tuple[str, ...]], ...]
    fmt: Literal["CSV", "BULK"] = "CSV"

    @property
    def cells(self) -> int:
        """How many numbers the answer has."""
        return prod(len(ids) for _, ids in self.values)

    def halves(self) -> tuple[Query, ...]:
        """None: what is too big for the source is asked in BULK."""
        return ()

    def body(self) -> dict[str, Any]:
        """The question as the source wants it."""
        return {
            "table": self.table,
            "lang": "da",
            "format": self.fmt,
            "valuePresentation": "Code",
            "variables": [{"code": name, "values": list(ids)} for name, ids in self.values],
        }


def make_query(info: TableInfo, values: Mapping[str, tuple[str, ...]], where: str) -> Query:
    """A question that the table can answer, in the order of its own variables.

    Args:
        info: The table.
        values: Ids by variable id. Time must be among them: left out, the source would give
            the newest period only. Any other variable may be left out where the source sums it.
        where: For problems.

    Raises:
        SourceError: a variable or value that the table does not have, or a variable that must be
            chosen; all problems at once.
    """
    problems: list[Problem] = []
    chosen: list[tuple[str, tuple[str, ...]]] = []
    known = {info.variable(name, where).id: ids for name, ids in values.items()}
    for variable in info.variables:
        ids = known.get(variable.id)
        if ids:
            there = {one.id for one in variable.values}
            problems += [
                problem("no-value", where, f"'{one}'", variable=variable.id)
                for one in ids
                if one not in there
            ]
            chosen.append((variable.id, tuple(ids)))
        elif variable.time:
            problems.append(problem("no-periods-chosen", where))
        elif not variable.elimination:
            texts = ", ".join(f"'{one.text}'" for one in variable.values[:8])
            problems.append(problem("not-summed", where, variable=variable.id, expected=texts))
    if problems:
        raise SourceError(problems)
    query = Query(info.id, tuple(chosen))
    if query.cells <= CELL_LIMIT:
        return query
    named = {name for name, _ in query.values}
    if left_out := [one.id for one in info.variables if one.id not in named]:
        raise SourceError(problem("bulk", where, ", ".join(left_out)))
    return Query(info.id, tuple(chosen), "BULK")


def there(
    info: TableInfo, plan: StatbankTable, where: str
) -> tuple[StatbankTable, tuple[Problem, ...]]:
    """The plan with what the table has of it: each part's `value` an id.

    Returns:
        It, and a problem for each part, and each kind of area, that is not there.

    Raises:
        SourceError: the table has none of the parts, or not the variable.
    """
    has = info.area_variable(where).areas
    problems = [
        problem("no-such-areas", where, f"'{kind}'")
        for kind in plan.areas_if_there
        if labels.codes_of((kind,)).isdisjoint(has)
    ]
    if not plan.parts_of:
        return plan, tuple(problems)
    variable = info.variable(plan.parts_of, where)
    found: list[Part] = []
    for part in plan.parts:
        try:
            value = variable.value(str(part.value), where, *part.also)
            found.append(part.model_copy(update={"value": value.id}))
        except SourceError as error:
            problems += error.problems
    if not found:
        raise SourceError(problems)
    return plan.model_copy(update={"parts": tuple(found)}), tuple(problems)


def plan_query(info: TableInfo, plan: StatbankTable, where: str) -> Query:
    """The question that answers one table of a plan whose parts are there (`there`).

    Raises:
        SourceError: areas, values or periods that the table does not have.
    """
    area = info.area_variable(where)
    ids = area.areas
    required = labels.required_codes(plan.areas, ids)
    if missing := required - set(ids):
        raise SourceError(
            labels.missing_areas(missing, [value.text for value in area.values], where)
        )
    codes = required | (labels.codes_of(plan.areas_if_there) & set(ids))
    chosen = {area.id: tuple(sorted(ids[code] for code in codes))}
    for name, value in plan.select.items():
        variable = info.variable(name, where)
        chosen[variable.id] = (variable.value(value, where).id,)
    if plan.ages is not None:
        variable, (first, last) = info.variable(AGE, where), plan.ages
        ages = (variable.value(f"{age} år", where) for age in range(first, last + 1))
        chosen[variable.id] = tuple(age.id for age in ages)
    if plan.parts_of:
        variable = info.variable(plan.parts_of, where)
        chosen[variable.id] = tuple(str(part.value) for part in plan.parts)
    chosen[info.time.id] = _newest(info.time, plan, where)
    return make_query(info, chosen, where)


def _newest(time: Variable, plan: StatbankTable, where: str) -> tuple[str, ...]:
    """The newest periods of the plan's type, oldest first, as the source writes them."""
    try:
        periods = {value.id: Period.parse(value.id) for value in time.values}
    except BeskplanError as error:
        raise SourceError([moved(where, problem) for problem in error.problems]) from None
    ids = [one for one, period in periods.items() if period.kind == plan.period_type]
    if not ids:
        kinds = ", ".join(sorted({period.kind for period in periods.values()}))
        found = f"'{plan.period_type}'"
        raise SourceError(problem("no-such-periods", where, found, expected=f"en af {kinds}"))
    return tuple(sorted(ids, key=lambda one: periods[one])[-plan.latest :])


class StatBank(Client):
    """The source."""

    name = "statbank"

    def tableinfo(self, table: str) -> TableInfo:
        """The table's variables and values.

        Raises:
            SourceError: no such table, or no usable answer.
        """
        body = self._transport.post("tableinfo", {"table": table, "lang": "da", "format": "JSON"})
        return read_tableinfo(body, self.where(table))

    def answer(self, query: Query) -> bytes:
        """The answer to a question as it comes.

        Raises:
            SourceError: see `beskplan.sources.http`.
        """
        return self._transport.post("data", query.body())

    def origin(self, query: Query) -> str:
        """Address and body of a question, to be stored beside its answer."""
        body = json.dumps(query.body(), ensure_ascii=False)
        return f"{self._transport.base_url}/data {body}"


def connect(*, address: str | None = None, patience: Patience | None = None) -> StatBank:
    """A client; the source is open and asks for no token.

    Args:
        address: With the version; by default `BESKPLAN_STATBANK_URL`, else that of the source.
        patience: How long to wait and how often to ask.

    Raises:
        InputError: an address that will not do.
    """
    base = address or os.environ.get(ADDRESS_VARIABLE) or ADDRESS
    return StatBank(Transport("statbank", base, patience=patience, explain=explain))


def explain(status: int, body: bytes) -> Problem | None:
    """What StatBank says in an error body, with what to do about it; None where it says nothing."""
    try:
        said = json.loads(body.decode("utf-8-sig"))
        code, message = str(said["errorTypeCode"]), str(said["message"])
    except (ValueError, KeyError, TypeError):
        return None
    name = code if code.isupper() and code in refusals(labels.ROOM) else "another-code"
    return problem(name, "statbank", f"HTTP {status} {code}: {message}")


VALUE_COLUMN: Final = "INDHOLD"
WITHHELD: Final = frozenset({"..", "x", ""})
ABSENT: Final = frozenset({".", "-"})
_NUMBER: Final = re.compile(r"-?[0-9]+(?:[.,](?P<fraction>[0-9]+))?")

Key = tuple[str, ...]
"""Ids of values, in the order of the query's variables."""


def read_answer(body: bytes, query: Query, where: str) -> Mapping[Key, str]:
    """The cells that the source gave to a question, each as it was written.

    Raises:
        SourceError: another table than asked for, a value that was not asked for, a doubled cell, or
            fewer cells than were asked for.
    """
    text = text_of(body, where)
    if not text.endswith("\n"):
        raise SourceError(problem("row-cut", where))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    header = next(rows)
    # The header is in capitals whatever the ids are: "TID" for "Tid".
    columns = {name.strip().casefold(): at for at, name in enumerate(header)}
    names = [name for name, _ in query.values]
    if [name for name in (*names, VALUE_COLUMN) if name.casefold() not in columns]:
        expected = ";".join((*names, VALUE_COLUMN))
        raise SourceError(problem("other-columns", where, ";".join(header), expected=expected))
    places = [columns[name.casefold()] for name in names]
    asked = [set(ids) for _, ids in query.values]
    cells: dict[Key, str] = {}
    for number, row in enumerate(rows, start=2):
        line = f"{where}: linje {number}"
        if not row:
            continue
        if len(row) != len(header):
            raise SourceError(problem("short-row", line, str(len(row)), expected=len(header)))
        key = tuple(row[at].strip() for at in places)
        for name, one, ids in zip(names, key, asked, strict=True):
            if one not in ids:
                raise SourceError(problem("not-asked-value", line, f"{name} {one}"))
        if key in cells:
            raise SourceError(problem("cell-twice", line, " ".join(key)))
        cells[key] = row[columns[VALUE_COLUMN.casefold()]].strip()
    if len(cells) < query.cells:
        found, expected = f"{len(cells)} celler", f"{query.cells} celler"
        raise SourceError(problem("part-only", where, found, expected=expected))
    return cells


def rows_of(
    cells: Mapping[Key, str],
    query: Query,
    info: TableInfo,
    plan: StatbankTable,
    where: str,
) -> list[dict[str, Any]]:
    """The answer as rows with those columns of the observations that differ within a table.

    One per part of the plan (`there`), area and period.

    Raises:
        SourceError: a cell that is neither number nor mark, or that cannot be; all at once.
    """
    indicator = INDICATORS[plan.indicator]
    areas, time = info.area_variable(where), info.time.id
    area, codes = areas.id, {value_id: code for code, value_id in areas.areas.items()}
    names = [name for name, _ in query.values]
    at_area, at_time = names.index(area), names.index(time)
    fixed = [at for at in range(len(names)) if at not in (at_area, at_time)]
    at_part = names.index(info.variable(plan.parts_of, where).id) if plan.parts_of else 0
    parts = {part.value: part for part in plan.parts}
    problems = [
        problem(
            "impossible",
            f"{where}: {key[at_area]} {Period.parse(key[at_time]).code}",
            f"'{text}'",
            expected=expected,
        )
        for key, text in cells.items()
        if (expected := _fault(text, plan))
    ]
    if problems:
        raise SourceError(problems[:50])
    if plan.ages is not None:
        cells = _over_ages(cells, names.index(info.variable(AGE, where).id), plan.ages)
    shown = [len(hit["fraction"] or "") for text in cells.values() if (hit := _match(text))]
    decimals = max([indicator.decimals, *shown])
    return [
        {
            "indicator": indicator.id,
            "ydelse": part.ydelse,
            "group": part.group,
            "area": codes[key[at_area]],
            "period": Period.parse(key[at_time]).code,
            "value": float(Decimal(text.replace(",", "."))) if _match(text) else None,
            "decimals": decimals,
            "state": "withheld" if text in WITHHELD else "absent" if text in ABSENT else "known",
            "reference": "&".join(f"{names[at]}={key[at]}" for at in fixed),
        }
        for key, text in sorted(cells.items())
        for part in [parts[key[at_part] if plan.parts_of else None]]
    ]


def _over_ages(cells: Mapping[Key, str], at: int, ages: tuple[int, int]) -> Mapping[Key, str]:
    """The sum of all years of age, written as the source writes a cell; `at` is where a key has them.

    Exact, as each part is a whole count. "-" is the source's zero; any other mark holds for the sum.
    """
    parts: dict[Key, list[str]] = {}
    for key, text in cells.items():
        parts.setdefault((*key[:at], "{}-{}".format(*ages), *key[at + 1 :]), []).append(text)
    whole = {key: str(sum(int(n) for n in texts if _match(n))) for key, texts in parts.items()}
    marks = {key: {*texts} & {*WITHHELD, "."} for key, texts in parts.items()}
    # A sum that is withheld is so although another of its parts is absent.
    return whole | {key: min(found, key=".".__eq__) for key, found in marks.items() if found}


def _match(text: str) -> re.Match[str] | None:
    return _NUMBER.fullmatch(text)


def _fault(text: str, plan: StatbankTable) -> str:
    """What would have been right, or an empty string."""
    if text in WITHHELD or text in ABSENT:
        return ""
    hit = _match(text)
    if hit is None:
        return "et tal, eller et af .. . - x"
    indicator = INDICATORS[plan.indicator]
    if indicator.decimals == 0 and hit["fraction"]:
        return "et helt tal"
    return indicator.expected_of(Decimal(text.replace(",", ".")))
