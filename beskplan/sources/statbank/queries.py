"""Questions for data of StatBank: every period written out, nothing summed unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Final, Literal, TypeAlias

from beskplan.core.errors import Problem, SourceError
from beskplan.sources.statbank.tableinfo import Language, TableInfo

CELL_LIMIT: Final = 1_000_000
"""Above this only BULK answers (StatBank's documentation of its API)."""

Format: TypeAlias = Literal["CSV", "JSONSTAT", "BULK"]


@dataclass(frozen=True, slots=True)
class Query:
    """One question.

    Attributes:
        table: Table id.
        values: Ids of the chosen values by variable id; a variable that is not here is summed.
        fmt: Format of the answer.
        lang: Language of labels and messages.
        codes: Whether the answer holds ids rather than labels (CSV and BULK).
    """

    table: str
    values: tuple[tuple[str, tuple[str, ...]], ...]
    fmt: Format
    lang: Language = "da"
    codes: bool = True

    @property
    def cells(self) -> int:
        """How many numbers the answer will have at most."""
        return prod(len(ids) for _, ids in self.values)

    def body(self) -> dict[str, Any]:
        """The question as the source wants it."""
        return {
            "table": self.table,
            "lang": self.lang,
            "format": self.fmt,
            "valuePresentation": "Code" if self.codes else "Value",
            "variables": [{"code": name, "values": list(ids)} for name, ids in self.values],
        }


def make_query(
    info: TableInfo,
    values: Mapping[str, tuple[str, ...]],
    where: str,
    *,
    fmt: Format | None = None,
    lang: Language = "da",
    codes: bool = True,
) -> Query:
    """A question that the table can answer, in the order of its own variables.

    Args:
        info: The table.
        values: Ids by variable id. Time must be among them: left out, the source would give
            the newest period only. Any other variable may be left out where the source sums it.
        where: For problems.
        fmt: By default CSV, which tells apart why a value is missing, and BULK above the limit.
        lang: Language of labels.
        codes: Ids rather than labels.

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
                Problem(where, f"{variable.id} has no such value", f"'{one}'")
                for one in ids
                if one not in there
            ]
            chosen.append((variable.id, tuple(ids)))
        elif variable.time:
            fix = "write the periods out: left out, the source gives the newest only"
            problems.append(Problem(where, "no periods are chosen", fix=fix))
        elif not variable.elimination:
            labels = ", ".join(f"'{one.text}'" for one in variable.values[:8])
            fix = f"choose one in the plan's `select`: {variable.id}"
            problems.append(
                Problem(where, f"the source does not sum over {variable.id}", "", labels, fix)
            )
    if problems:
        raise SourceError(problems)
    query = Query(info.id, tuple(chosen), fmt or "CSV", lang, codes)
    if fmt is None and query.cells > CELL_LIMIT:
        query = Query(info.id, tuple(chosen), "BULK", lang, codes)
    if query.fmt == "BULK":
        _check_bulk(info, query, where)
    elif query.cells > CELL_LIMIT:
        found = f"{query.cells} cells"
        fix = "use the format BULK, or ask for less"
        raise SourceError(Problem(where, "too many cells", found, f"at most {CELL_LIMIT}", fix))
    return query


def _check_bulk(info: TableInfo, query: Query, where: str) -> None:
    named = {name for name, _ in query.values}
    left_out = [one.id for one in info.variables if one.id not in named]
    if left_out:
        fix = "choose values of every variable: BULK sums over none"
        found = ", ".join(left_out)
        raise SourceError(Problem(where, "BULK needs values of every variable", found, fix=fix))
