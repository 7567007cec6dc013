"""Answers of Jobindsats as a plain table: columns and rows, of API v3 and v2 alike."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from beskplan.core.errors import Problem, SourceError
from beskplan.sources.bodies import json_of

Cell: TypeAlias = str | int | Decimal | None
"""A label, a number, or None: withheld or not given."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A table as it came; every row as long as `columns`."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def read_answer(body: bytes, version: Literal["v3", "v2"], where: str) -> Answer:
    """The table in a body.

    Raises:
        SourceError: no table, a row of another length, or a cell that is neither text nor number.
    """
    content = json_of(body, where)
    columns, rows = (_v2 if version == "v2" else _v3)(content, where)
    if not rows:
        fix = "ask for periods and areas that the table has"
        raise SourceError(Problem(where, "the answer has no rows", fix=fix))
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, list) or len(row) != len(columns):
            found = f"row {number}: {len(row) if isinstance(row, list) else type(row).__name__}"
            raise SourceError(Problem(where, "rows and columns differ", found, f"{len(columns)}"))
        if odd := [cell for cell in row if not _is_cell(cell)]:
            found = f"row {number}: {odd[0]!r}"
            raise SourceError(Problem(where, "a cell is neither text nor number", found))
    return Answer(tuple(columns), tuple(tuple(row) for row in rows))


def _v3(content: Any, where: str) -> tuple[list[str], list[Any]]:
    if isinstance(content, dict):
        columns, rows = content.get("columns"), content.get("rows")
        if isinstance(columns, list) and _is_text(columns) and isinstance(rows, list):
            return columns, rows
    raise _no_table(content, "columns and rows", where)


def _v2(content: Any, where: str) -> tuple[list[str], list[Any]]:
    table = content[0] if isinstance(content, list) and len(content) == 1 else None
    if isinstance(table, dict) and isinstance(table.get("Data"), list):
        variables = table.get("Variables")
        if isinstance(variables, list) and all(isinstance(one, dict) for one in variables):
            columns = [one.get("Label", one.get("Name")) for one in variables]
            if _is_text(columns):
                return columns, table["Data"]
    raise _no_table(content, "[{Variables, Data}]", where)


def _is_text(values: list[Any]) -> bool:
    return all(isinstance(one, str) for one in values)


def _is_cell(value: Any) -> bool:
    # bool is an int to Python, and no number to us.
    return value is None or (isinstance(value, str | int | Decimal) and not isinstance(value, bool))


def _no_table(content: Any, expected: str, where: str) -> SourceError:
    if isinstance(content, dict) and ("cause" in content or "message" in content):
        found = str(content.get("cause") or content.get("message"))[:200]
        return SourceError(Problem(where, "an error message instead of data", found))
    keys = list(content)[:6] if isinstance(content, dict) else type(content).__name__
    fix = "the source may have changed its answers: see whether a newer beskplan knows them"
    return SourceError(Problem(where, "JSON, but not a table", str(keys), expected, fix))
