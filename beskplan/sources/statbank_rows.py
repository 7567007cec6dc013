"""Answers of StatBank as observations.

..  x  empty  withheld: too uncertain or confidential; the source does not tell the two apart
.  -          absent: cannot occur, or nothing to count
no cell       a part of an answer: the source gives every cell that was asked for
a number      known, with the decimals of its column; a point or a comma is the decimal sign, as
the source never writes thousand separators
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from beskplan.core.errors import Problem, SourceError
from beskplan.core.periods import Period
from beskplan.registers.indicators import INDICATORS
from beskplan.sources.bodies import text_of
from beskplan.sources.plan import StatbankTable
from beskplan.sources.statbank import Query, TableInfo

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
        fix = "prøv igen; bliver det ved, så bed om færre perioder (`latest` i planen)"
        raise SourceError(Problem(where, "svaret holder op midt i en række", fix=fix))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    header = next(rows)
    # The header is in capitals whatever the ids are: "TID" for "Tid".
    columns = {name.strip().casefold(): at for at, name in enumerate(header)}
    names = [name for name, _ in query.values]
    if [name for name in (*names, VALUE_COLUMN) if name.casefold() not in columns]:
        expected = ";".join((*names, VALUE_COLUMN))
        what = "ikke de kolonner, der blev spurgt om"
        raise SourceError(Problem(where, what, ";".join(header), expected))
    places = [columns[name.casefold()] for name in names]
    asked = [set(ids) for _, ids in query.values]
    cells: dict[Key, str] = {}
    for number, row in enumerate(rows, start=2):
        line = f"{where}: linje {number}"
        if not row:
            continue
        if len(row) != len(header):
            expected = str(len(header))
            raise SourceError(Problem(line, "rækken er for kort", str(len(row)), expected))
        key = tuple(row[at].strip() for at in places)
        for name, one, ids in zip(names, key, asked, strict=True):
            if one not in ids:
                what = "en værdi, der ikke blev spurgt om"
                raise SourceError(Problem(line, what, f"{name} {one}"))
        if key in cells:
            raise SourceError(Problem(line, "en celle står to gange", " ".join(key)))
        cells[key] = row[columns[VALUE_COLUMN.casefold()]].strip()
    if len(cells) < query.cells:
        fix = "prøv igen; bliver det ved, så bed om færre perioder (`latest` i planen)"
        what = "svaret er kun en del af det, der blev spurgt om"
        found, expected = f"{len(cells)} celler", f"{query.cells} celler"
        raise SourceError(Problem(where, what, found, expected, fix))
    return cells


def rows_of(
    cells: Mapping[Key, str],
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
    area, time = info.area_variable(where).id, info.time.id
    names = [name for name, _ in query.values]
    at_area, at_time = names.index(area), names.index(time)
    found = {(key[at_area], Period.parse(key[at_time]).code): text for key, text in cells.items()}
    problems = [
        Problem(
            f"{where}: {kode} {period}", "en værdi, der ikke kan være rigtig", f"'{text}'", expected
        )
        for (kode, period), text in found.items()
        if (expected := _fault(text, plan))
    ]
    if problems:
        raise SourceError(problems[:50])
    shown = [len(hit["fraction"] or "") for text in found.values() if (hit := _match(text))]
    decimals = max([indicator.decimals, *shown])
    reference = "&".join(
        f"{name}={ids[0]}" for name, ids in query.values if name not in (area, time)
    )
    return [
        {
            "indicator": indicator.id,
            "ydelse": plan.ydelse,
            "group": plan.group,
            "area": kode,
            "period": period,
            "value": float(Decimal(text.replace(",", "."))) if _match(text) else None,
            "decimals": decimals,
            "unit": indicator.unit,
            "state": "withheld" if text in WITHHELD else "absent" if text in ABSENT else "known",
            "source": "statbank",
            "table_id": info.id,
            "reference": reference,
            "retrieved_at": retrieved_at,
        }
        for (kode, period), text in sorted(found.items())
    ]


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
    value = Decimal(text.replace(",", "."))
    is_share = "pct" in indicator.id
    if value < 0 or (is_share and value > 100):
        return "0 til 100" if is_share else "0 eller mere"
    return ""
