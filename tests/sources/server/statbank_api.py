"""StatBank's API, as domain.md and its recorded answers describe it."""

import json
from collections.abc import Mapping
from itertools import product
from typing import Any

from tests.sources.server.tables import BankTable

Reply = tuple[int, bytes]
LIMIT = 1_000_000


def _error(code: str, message: str, status: int = 400) -> Reply:
    said = {"errorTypeCode": code, "message": message}
    return status, json.dumps(said, ensure_ascii=False).encode()


def answer(tables: Mapping[str, BankTable], path: str, body: Mapping[str, Any]) -> Reply:
    """The answer to a POST."""
    function = path.strip("/").split("/")[-1]
    if function not in ("tableinfo", "data"):
        return _error("REQUEST-NOTFOUND", "Funktionen findes ikke", 404)
    if "table" not in body:
        return _error("REQUEST-MISSING", "Tabel ikke angivet")
    table = tables.get(str(body["table"]).upper())
    if table is None:
        return _error("EXTRACT-NOTFOUND", "Tabellen blev ikke fundet")
    return _info(table) if function == "tableinfo" else _data(table, body)


def _info(table: BankTable) -> Reply:
    variables = [
        {
            "id": name,
            "text": name.lower(),
            "elimination": name not in (*table.fixed, "Tid"),
            "time": name == "Tid",
            "values": [{"id": one, "text": text} for one, text in values.items()],
        }
        for name, values in table.variables.items()
    ]
    said = {
        "id": table.id,
        "text": table.text,
        "unit": "Antal",
        "suppressedDataValue": "0",
        "updated": table.updated,
        "active": table.active,
        "contacts": [],
        "footnote": None,
        "variables": variables,
    }
    return 200, json.dumps(said, ensure_ascii=False).encode()


def _data(table: BankTable, body: Mapping[str, Any]) -> Reply:
    chosen: dict[str, list[str]] = {}
    for one in body.get("variables", []):
        values = table.variables.get(one["code"])
        if values is None:
            return _error("EXTRACT-NOTFOUND", f"Variablen blev ikke fundet: {one['code']}")
        if unknown := [name for name in one["values"] if name not in values]:
            return _error("EXTRACT-NOTFOUND", f"Værdien blev ikke fundet: {unknown[0]}")
        chosen[one["code"]] = one["values"]
    # Left out, time is the newest period only.
    chosen.setdefault("Tid", [list(table.variables["Tid"])[-1]])
    bulk = body["format"] == "BULK"
    needed = table.variables if bulk else table.fixed
    if missing := [name for name in needed if name not in chosen]:
        return _error("EXTRACT-NOTALLOWED", f"Der skal vælges værdier for variabel: {missing[0]}")
    names = [name for name in table.variables if name in chosen]
    keys = list(product(*(chosen[name] for name in names)))
    if len(keys) > LIMIT and not bulk:
        return _error("EXTRACT-TOOBIG", "Forespørgslen returnerer for mange observationer")
    lines = [";".join((*(name.upper() for name in names), "INDHOLD"))]
    lines += [";".join((*key, table.cell(key))) for key in keys]
    return 200, b"\xef\xbb\xbf" + "".join(f"{line}\r\n" for line in lines).encode()
