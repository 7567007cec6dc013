"""The figures printed in the seed documents: shipped inside the package, with document, table and line.

They let the main job run on real numbers with no token and no network, and they are what the
finished pages are compared with, cell by cell.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import pandas as pd

from beskplan.core.danish import parse_number
from beskplan.core.files import shipped_yaml
from beskplan.observations.contract import COLUMNS
from beskplan.registers.indicators import ALL, INDICATORS

WITHOUT_SOURCE = "(planen angiver ikke kilden til tallene)"
"""Ends the citation of a plan's table that names no source."""


@dataclass(frozen=True)
class PublishedCell:
    """One printed cell. `value` carries the sign of the movement, also where the print leaves it out."""

    document: str
    table_id: str
    table_title: str
    row: str
    column: str
    period: str
    published_text: str
    value: float
    unit: str
    line: int


@dataclass(frozen=True)
class Document:
    """A published plan: what its numbers are cited as, and since when they are public."""

    id: str
    title: str
    published: date
    data: str
    place: str
    """Where in the plan the tables stand, as readers find it."""

    @property
    def without_source(self) -> str:
        """What a table is cited as where the plan names no source for it."""
        return f"{self.title} {WITHOUT_SOURCE}"


def _folder() -> Traversable:
    return files("beskplan") / "data" / "published"


@cache
def _mapping() -> dict[str, Any]:
    loaded: dict[str, Any] = shipped_yaml("beskplan", "data", "published", "mapping.yaml")
    return loaded


@cache
def document(document_id: str) -> Document:
    """The published plan with this id; KeyError where the package ships none."""
    entry = _mapping()["documents"][document_id]
    return Document(document_id, **entry)


def system(table_id: str) -> str:
    """Where a plan had the numbers of a table from: `Jobindsats.dk`, `OPUS LIS`; empty if it does not say.

    A plan may use two systems that count by rules of their own, such as Tårnby's of 2017.

    Raises:
        KeyError: the package ships no such table.
    """
    table = _mapping()["tables"][table_id]
    return str(table.get("data", document(cells(table_id)[0].document).data))


def table_ids() -> tuple[str, ...]:
    """Ids of all shipped tables, in order."""
    names = sorted(item.name for item in _folder().iterdir() if item.name.endswith(".csv"))
    return tuple(name.removesuffix(".csv") for name in names)


@cache
def cells(table_id: str) -> tuple[PublishedCell, ...]:
    """All numeric cells of a shipped table, in print order, derived ones too.

    Raises:
        FileNotFoundError: where no such table is shipped.
    """
    text = (_folder() / f"{table_id}.csv").read_text(encoding="utf-8")
    return tuple(
        PublishedCell(**row | {"value": float(row["value"]), "line": int(row["line"])})  # type: ignore[arg-type]
        for row in csv.DictReader(text.splitlines())
    )


def derived(table_id: str) -> dict[tuple[str, str, str], PublishedCell]:
    """The changes that a plan printed beside their levels, by (ydelse, group, area).

    They are no observations: the library computes them again, and tells where the print differs.
    """
    mapping = _mapping()
    table = mapping["tables"][table_id]
    return {
        (one["ydelse"], one["group"], one["area"]): cell
        for cell in cells(table_id)
        if mapping["columns"].get(cell.column) is None and cell.unit in mapping["derived_units"]
        for one in (_place(table, cell),)
    }


def _place(table: dict[str, Any], cell: PublishedCell) -> dict[str, str]:
    """Benefit, group and area of a cell."""
    head = _mapping()["row_heads"][table["rows"]][cell.row]
    return {"ydelse": ALL, "group": ALL, **table["fixed"], table["rows"]: head}


def observations() -> pd.DataFrame:
    """Every printed level and share as observations.

    Grain: one row per `observations.KEY`. Unit: the indicator's. Missing: none; what a plan does not
    print is not here. Derived cells (changes beside their levels) are left out: they are computed.
    Source: the seed documents; `reference` gives the line.
    """
    rows = [row for table_id in _mapping()["tables"] for row in _table_rows(table_id)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _table_rows(table_id: str) -> Iterator[dict[str, Any]]:
    mapping = _mapping()
    table = mapping["tables"][table_id]
    for cell in cells(table_id):
        indicator = mapping["columns"].get(cell.column) or mapping["units"].get(cell.unit)
        if indicator is None:
            continue  # a change beside its levels
        yield {
            **_place(table, cell),
            "indicator": indicator,
            "period": mapping["periods"][cell.period],
            "value": cell.value,
            "decimals": _printed_decimals(cell),
            "unit": INDICATORS[indicator].unit,
            "state": "known",
            "source": f"published:{cell.document}",
            "table_id": table_id,
            "reference": f"linje {cell.line}",
            "retrieved_at": document(cell.document).published.isoformat(),
        }


def _printed_decimals(cell: PublishedCell) -> int:
    number = cell.published_text.split()[0].rstrip("%")
    return max(0, -int(parse_number(number, 1 if "," in number else 0).as_tuple().exponent))
