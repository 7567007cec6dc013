"""The client of StatBank's API.

bank = connect()
info = bank.tableinfo("FOLK1C")
cube = bank.data(info, {"OMRÅDE": ("230",), "Tid": ("2026K1",)})
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import Final

from beskplan.core.errors import Problem
from beskplan.sources.http import Patience, Transport
from beskplan.sources.statbank.answers import Cube, read_answer
from beskplan.sources.statbank.queries import Format, Query, make_query
from beskplan.sources.statbank.tableinfo import Language, TableInfo, read_tableinfo

ADDRESS: Final = "https://api.statbank.dk/v1"
ADDRESS_VARIABLE: Final = "BESKPLAN_STATBANK_URL"
"""Environment variable with another address, with the version."""

_MEANINGS: Final[dict[str, tuple[str, str]]] = {
    "EXTRACT-NOTFOUND": (
        "no such table, variable or value",
        "compare table id and `select` with the table on statistikbanken.dk",
    ),
    "REQUEST-MISSING": (
        "something is missing in the question",
        "a fault of beskplan, or a source that has changed: see whether a newer one knows it",
    ),
    "REQUEST-EMPTY": ("the question is empty", "see whether a newer beskplan knows the source"),
    "EXTRACT-NOTALLOWED": (
        "the choice of values is not allowed",
        "choose a value, in the plan's `select`, of each variable that the source does not sum",
    ),
    "EXTRACT-TOOBIG": ("the question is too big", "ask for fewer periods (`latest`)"),
    "REQUEST-LIMIT": ("the question is too big", "ask for fewer periods (`latest`)"),
    "REQUEST-NOTFOUND": ("there is no such function", "check the address of StatBank"),
}
"""What the source's error codes mean, and what to do (StatBank's documentation of its API)."""


class StatBank:
    """The source."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    def where(self, table: str) -> str:
        """How problems name a table."""
        return f"statbank: {table}"

    def tableinfo(self, table: str, lang: Language = "da") -> TableInfo:
        """The table's variables and values, with labels in a language.

        Raises:
            SourceError: no such table, or no usable answer.
        """
        body = self._transport.post("tableinfo", {"table": table, "lang": lang, "format": "JSON"})
        return read_tableinfo(body, self.where(table))

    def answer(self, query: Query) -> bytes:
        """The answer to a question as it comes.

        Raises:
            SourceError: see `beskplan.sources.http`.
        """
        return self._transport.post("data", query.body())

    def origin(self, query: Query) -> str:
        """Address and body of a question, to be kept beside its answer."""
        body = json.dumps(query.body(), ensure_ascii=False)
        return f"{self._transport.base_url}/data {body}"

    def data(
        self,
        info: TableInfo,
        values: Mapping[str, tuple[str, ...]],
        *,
        fmt: Format | None = None,
        lang: Language = "da",
        codes: bool = True,
    ) -> Cube:
        """The cells of any table; `info` must be in the same language. See `make_query`.

        Raises:
            SourceError: a question that the table cannot answer, or no usable answer.
        """
        where = self.where(info.id)
        query = make_query(info, values, where, fmt=fmt, lang=lang, codes=codes)
        return read_answer(self.answer(query), query, info, where)


def connect(
    *,
    address: str | None = None,
    patience: Patience | None = None,
    environment: Mapping[str, str] = os.environ,
    sleep: Callable[[float], None] | None = None,
) -> StatBank:
    """A client; the source is open and asks for no token.

    Args:
        address: With the version; by default `BESKPLAN_STATBANK_URL`, else that of the source.
        patience: How long to wait and how often to ask.
        environment: Where the address is looked up.
        sleep: Waits between two attempts.

    Raises:
        InputError: an address that will not do.
    """
    base = address or environment.get(ADDRESS_VARIABLE) or ADDRESS
    return StatBank(Transport("statbank", base, patience=patience, explain=explain, sleep=sleep))


def explain(status: int, body: bytes) -> Problem | None:
    """What StatBank says in an error body, with what to do about it; None where it says nothing."""
    try:
        said = json.loads(body.decode("utf-8-sig"))
        code, message = str(said["errorTypeCode"]), str(said["message"])
    except (ValueError, KeyError, TypeError):
        return None
    what, fix = _MEANINGS.get(code, ("the source refuses the question", ""))
    return Problem("statbank", what, f"HTTP {status} {code}: {message}", fix=fix)
