"""Printed numbers against the data: the snapshot's observations of the same benefit, area and period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.tables import Column, ReadTable, Row
from beskplan.core.numbers import format_number, round_half_away
from beskplan.observations.snapshot import Snapshot

_COUNTS = {
    "fuldtidspersoner": "fuldtidspersoner",
    "helårspersoner": "helaarspersoner",
    "personer": "personer",
}
_SHARES = {"arbejdsstyrken": "pct_af_arbejdsstyrken", "befolkningen": "pct_af_befolkningen"}
_REVISED = Decimal("0.03")
"""Sources revise back in time; a deviation above this part of the number is hardly a revision."""


_OF_A_BENEFIT = ("alle", "udenlandske_statsborgere")
"""Groups that are recipients of a benefit; a LAB target group is one by itself."""
Key = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Known:
    """What the data have."""

    value: Decimal
    decimals: int
    source: str


@lru_cache(4)
def _by_key(snapshot: Snapshot) -> dict[Key, Known]:
    """The known observations by indicator, benefit, group, area and period."""
    frame = snapshot.protected
    rows = frame[frame["state"] == "known"]
    columns = ("indicator", "ydelse", "group", "area", "period", "value", "decimals", "source")
    return {
        (str(i), str(y) if g in _OF_A_BENEFIT else "", str(g), str(a), str(p)): Known(
            Decimal(str(v)), int(d), str(s)
        )
        for i, y, g, a, p, v, d, s in zip(*(rows[name] for name in columns), strict=True)
    }


def against_data(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `tal-mod-data` says."""
    if plan.snapshot is None:
        return
    known = _by_key(plan.snapshot)
    for table in plan.own_tables:
        for column in (*table.levels, *table.having("share")):
            for row in table.rows:
                cell = row.cells[column.index]
                key = _key(plan, table, column, row)
                data = known.get(key) if key else None
                if cell is None or data is None:
                    continue
                wanted = round_half_away(data.value, cell.decimals)
                if cell.value == wanted and data.source.startswith("published:"):
                    continue  # our own copy of an adopted plan confirms nothing
                if cell.value == wanted:
                    plan.mark(table, row, column.index)
                    yield Agreed("tal-mod-data", row.place, f"{row.label}: {cell.text}")
                    continue
                off = abs(cell.value - data.value) / data.value if data.value else Decimal(1)
                printed = data.source.startswith("published:")
                grave = printed or off > _REVISED
                why = (
                    "Data er de tal, som en vedtaget plan trykte."
                    if printed
                    else "Tallet kan være revideret, siden planen blev lavet."
                )
                yield Finding(
                    "tal-mod-data", "contradiction" if grave else "doubt", "sandsynlig" if grave else "mulig",
                    row.place, f"{row.label}, {column.label}: {cell.text}",
                    format_number(wanted, cell.decimals),
                    f"Data ({plan.snapshot.text}) har {format_number(wanted, cell.decimals)}, "
                    f"planen {cell.text}. {why}",
                    (row.label,),
                )  # fmt: skip


def _key(plan: Plan, table: ReadTable, column: Column, row: Row) -> Key | None:
    """The observation that a cell should be; None where the table does not tell."""
    unit = column.unit or table.unit
    indicator = _COUNTS.get(unit) if column.role == "level" else _SHARES.get(column.base)
    area = row.key if row.kind == "area" else table.area or plan.kode
    subject = table.ydelse if row.kind == "area" else row.key if row.kind == "ydelse" else ""
    if row.total and row.kind == "group":
        subject = "jobcentrets_maalgrupper"
    group = "alle"
    if row.group:
        subject, group = "", f"lab_{row.group.replace('.', '_')}"
    elif "integrationsloven" in row.label.casefold():
        subject, group = "", "integrationsloven"
    elif "udenlandsk" in f"{table.title} {table.place.section}".casefold():
        group = "udenlandske_statsborgere"
    elif table.special and not table.long_term:
        return None
    if table.long_term:
        indicator = "personer_over_52_uger"
    named = bool(subject) or group != "alle"
    if indicator is None or not named or not area or column.period is None:
        return None
    return indicator, subject, group, area, column.period.code
