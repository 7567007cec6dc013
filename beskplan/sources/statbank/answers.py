"""Answers of StatBank as cells: the id of each variable's value, and the value as it was written.

CSV and BULK are one format (BOM, `;`, CRLF; the variables' ids as a header, the last column
`INDHOLD`), with ids or labels in the cells. JSONSTAT is version 1, nested under `dataset`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from math import prod
from typing import Any, Final

from beskplan.core.errors import Problem, SourceError
from beskplan.sources.bodies import json_of, text_of
from beskplan.sources.labels import normalised
from beskplan.sources.statbank.queries import Query
from beskplan.sources.statbank.tableinfo import TableInfo, Variable

VALUE_COLUMN: Final = "INDHOLD"
CONTENTS: Final = "ContentsCode"
"""Dimension of JSONSTAT that is no variable of the table: what is counted."""

Key = tuple[str, ...]
"""Ids of values, in the order of the query's variables."""


@dataclass(frozen=True, slots=True)
class Cube:
    """The cells of one answer.

    Attributes:
        variables: Ids of the variables, in the order of a key.
        cells: The value as text: a number, or a mark such as `..`; "" for JSON's null.
    """

    variables: tuple[str, ...]
    cells: Mapping[Key, str]


def read_answer(body: bytes, query: Query, info: TableInfo, where: str) -> Cube:
    """The cells that the source gave to a question; one that it left out is not among them.

    Raises:
        SourceError: another table than asked for, a value that was not asked for, a doubled cell.
    """
    pairs = (_jsonstat if query.fmt == "JSONSTAT" else _csv)(body, query, info, where)
    asked = {name: set(ids) for name, ids in query.values}
    cells: dict[Key, str] = {}
    for line, key, value in pairs:
        for name, one in zip(asked, key, strict=True):
            if one not in asked[name]:
                raise SourceError(Problem(line, "a value that was not asked for", f"{name} {one}"))
        if key in cells:
            raise SourceError(Problem(line, "a cell stands twice", " ".join(key)))
        cells[key] = value
    if not cells:
        raise SourceError(Problem(where, "the answer has no cells"))
    return Cube(tuple(asked), cells)


def _csv(body: bytes, query: Query, info: TableInfo, where: str) -> Iterator[tuple[str, Key, str]]:
    text = text_of(body, where)
    if not text.endswith("\n"):
        fix = "try again; if it stays so, ask for fewer periods"
        raise SourceError(Problem(where, "the answer stops in the middle of a row", fix=fix))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    header = next(rows)
    # The header is in capitals whatever the ids are: "TID" for "Tid".
    columns = {name.strip().casefold(): place for place, name in enumerate(header)}
    names = [name for name, _ in query.values]
    if [name.casefold() for name in (*names, VALUE_COLUMN) if name.casefold() not in columns]:
        expected = ";".join((*names, VALUE_COLUMN))
        raise SourceError(Problem(where, "not the columns asked for", ";".join(header), expected))
    places = [columns[name.casefold()] for name in names]
    ids = [_ids(info.variable(name, where), query) for name in names]
    for number, row in enumerate(rows, start=2):
        line = f"{where}: line {number}"
        if not row:
            continue
        if len(row) != len(header):
            raise SourceError(Problem(line, "a row is cut short", str(len(row)), str(len(header))))
        key = tuple(
            _id(row[place], known, name, line)
            for place, known, name in zip(places, ids, names, strict=True)
        )
        yield line, key, row[columns[VALUE_COLUMN.casefold()]].strip()


def _ids(variable: Variable, query: Query) -> dict[str, str]:
    """Id of a value by how the answer writes it."""
    if query.codes:
        return {one.id: one.id for one in variable.values}
    ids: dict[str, str] = {}
    for one in variable.values:
        # Two values with one label cannot be told apart; neither is then found.
        ids[normalised(one.text)] = "" if normalised(one.text) in ids else one.id
    return ids


def _id(cell: str, known: Mapping[str, str], name: str, line: str) -> str:
    hit = known.get(cell.strip()) or known.get(normalised(cell))
    if not hit:
        raise SourceError(Problem(line, f"{name} has no such value, or several", f"'{cell}'"))
    return hit


def _jsonstat(
    body: bytes, query: Query, _info: TableInfo, where: str
) -> Iterator[tuple[str, Key, str]]:
    try:
        names, indexes, values = _dimensions(json_of(body, where)["dataset"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        what = "not JSONSTAT version 1"
        raise SourceError(Problem(where, what, str(error), "dataset.dimension, .value")) from None
    wanted = [name for name, _ in query.values]
    sizes = {name: len(index) for name, index in zip(names, indexes, strict=True)}
    if not set(wanted) <= set(names) or any(sizes[name] != 1 for name in set(names) - set(wanted)):
        found, expected = ", ".join(names), ", ".join((*wanted, CONTENTS))
        raise SourceError(Problem(where, "not the dimensions asked for", found, expected))
    for place, combination in enumerate(product(*indexes)):
        named = dict(zip(names, combination, strict=True))
        yield where, tuple(named[name] for name in wanted), _written(values.get(place), where)


def _dimensions(dataset: Any) -> tuple[list[str], list[list[str]], dict[int, Any]]:
    """Names and ids of the dimensions, and the values by place.

    Raises:
        AttributeError, KeyError, TypeError, ValueError: another shape.
    """
    dimension = dataset["dimension"]
    names = [str(name) for name in dimension["id"]]
    indexes = [_index(dimension[name]["category"]) for name in names]
    sizes = [int(size) for size in dimension["size"]]
    values = dataset["value"]
    by_place = enumerate(values) if isinstance(values, list) else values.items()
    placed = {int(place): value for place, value in by_place}
    cells = prod(sizes)
    if [len(index) for index in indexes] != sizes or any(not 0 <= one < cells for one in placed):
        raise ValueError(f"{len(values)} values for {'x'.join(map(str, sizes))}")
    if isinstance(values, list) and len(values) != cells:
        raise ValueError(f"{len(values)} values for {'x'.join(map(str, sizes))}")
    return names, indexes, placed


def _index(category: Any) -> list[str]:
    """Ids in the order of their places; a category of one value may have no index."""
    index = category.get("index")
    if index is None:
        return [str(one) for one in category["label"]]
    if isinstance(index, list):
        return [str(one) for one in index]
    return sorted(index, key=lambda one: int(index[one]))


def _written(value: Any, where: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise SourceError(Problem(where, "a value that is no number", repr(value)))
    return str(value)
