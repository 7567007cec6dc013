"""Jobindsats's API v3, as domain.md describes them."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.sources.server.tables import MISSING, JobindsatsTable

Reply = tuple[int, bytes]
Tables = Mapping[str, JobindsatsTable]


def _json(status: int, content: Any) -> Reply:
    return status, json.dumps(content, ensure_ascii=False).encode()


def _cause(status: int, cause: str) -> Reply:
    return _json(status, {"code": status, "cause": cause, "request_id": "7d1c2e9a"})


def v3(tables: Tables, token: str, path: str, authorization: str | None) -> Reply:
    """The answer of API v3 to a GET."""
    if authorization != f"Bearer {token}":
        return _cause(401, "Missing bearer token" if authorization is None else "Invalid token")
    parts = urlsplit(path)
    steps = parts.path.strip("/").split("/")[1:]
    if steps == ["tables"]:
        return _json(200, [_subject(tables)])
    if len(steps) == 2 and steps[1] in tables:
        if steps[0] == "table":
            return _json(200, _spec(tables[steps[1]]))
        if steps[0] == "data":
            return _data(tables[steps[1]], dict(parse_qsl(parts.query)))
    return _cause(404, "Not found")


def _subject(tables: Tables) -> dict[str, Any]:
    listed = [
        {
            "table_id": one.id,
            "table_name": one.title or f"Tabel {one.id}",
            "link_infopage": "",
            "update_freq": "Månedlig",
            "update_latest": one.update_latest,
            "update_next": None,
            "mgroups": [{"mgroup_id": "mgrp1", "mgroup_name": "Alle"}],
        }
        for one in tables.values()
    ]
    group = {"table_group_name": "Ydelser", "tables": listed}
    return {"subject_name": "Ydelser", "table_groups": [group]}


def _spec(table: JobindsatsTable) -> dict[str, Any]:
    area = {
        "dimension_id": "_omraade",
        "hierarchies": [_hierarchy(name, one) for name, one in table.area_hierarchies.items()],
    }
    # Another order than the question's: nothing may be found by position.
    dimensions = [area]
    if table.hierarchy:
        one = _hierarchy(table.hierarchy, table.values)
        dimensions.insert(0, {"dimension_id": table.dimension, "hierarchies": [one]})
    return {
        "table_id": table.id,
        "periods": [
            {"periodtype_id": "Y", "values": [{"period_id": "2025Y01"}]},
            {
                "periodtype_id": table.period_type,
                "values": [{"period_id": one} for one in table.periods],
            },
        ],
        "dimensions": dimensions,
        "mgroups": [{"mgroup_id": "mgrp1", "mgroup_name": "Alle"}],
    }


def _hierarchy(name: str, values: Mapping[str, str]) -> dict[str, Any]:
    levels: dict[int, list[dict[str, str]]] = {}
    for path, label in values.items():
        level = 0 if path == "/" else 1
        levels.setdefault(level, []).append({"value_id": path, "value_name": label})
    return {
        "hierarchy_id": name,
        "levels": [{"level_id": f"{name}{n}", "values": one} for n, one in levels.items()],
    }


def _data(table: JobindsatsTable, asked: dict[str, str]) -> Reply:
    if asked.pop("format", None) != "json" or asked.pop("mgroup.*", None) != "*":
        return _cause(422, "Unknown format or mgroup")
    [(period_type, wanted)] = [
        (name[7:], value) for name, value in asked.items() if name.startswith("period.")
    ]
    if period_type != table.period_type:
        return _cause(422, f"Unknown period type: {period_type}")
    periods = wanted.split(",")
    if unknown := [one for one in periods if one not in table.periods]:
        return _cause(422, f"Unknown period: {unknown[0]}")
    known = dict(table.area_hierarchies)
    if table.hierarchy:
        known[table.hierarchy] = dict(table.values)
    chosen: dict[str, list[str]] = {}
    for name, value in asked.items():
        if not name.startswith("hierarchy."):
            continue
        labels = known.get(name[10:])
        if labels is None:
            return _cause(422, f"Unknown hierarchy: {name[10:]}")
        paths = list(labels) if value == "*" else value.split(",")
        chosen[name[10:]] = [labels[path] for path in paths]
    [area] = [one for name, one in chosen.items() if name in table.area_hierarchies]
    values = chosen.get(table.hierarchy, ["I alt"])
    columns = ["Periode", "Område", *(["Ydelsesgruppe"] if table.hierarchy else [])]
    rows = [
        [period, place, *([value] if table.hierarchy else []), *numbers]
        for place in area
        for period in periods
        for value in values
        if (numbers := numbers_of(table, place, period, value)) is not None
    ]
    return _json(200, {"columns": [*columns, *table.measures], "rows": rows})


def numbers_of(table: JobindsatsTable, area: str, period: str, value: str) -> list[Any] | None:
    """The measures of a row; None where there is no row."""
    numbers = [table.cell(area, period, value, measure) for measure in table.measures]
    return None if MISSING in numbers else numbers
