"""Totals and parts: rows that are added, shares that are added, parts that exceed their whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.rules.registry import rule
from beskplan.audit.statements.amounts import Amount
from beskplan.audit.statements.names import row_ydelse
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.tables import Column, ReadTable, Row
from beskplan.core.numbers import format_number
from beskplan.registers.areas import area
from beskplan.registers.benefits import parts as benefit_parts

_LIKELY = Decimal(3)
"""A rounding slip of more standard deviations than this is not believed to be rounding."""


def _summed(table: ReadTable, on: date) -> tuple[Row, list[Row]] | None:
    """The total row of a table and the rows that it is the total of."""
    totals = [row for row in table.rows if row.total]
    parts = [row for row in table.rows if not row.total and not row.part]
    if len(totals) != 1 or len(parts) < 2 or any(row.kind == "area" for row in parts):
        return None
    whole = row_ydelse(totals[0].label, on)
    if whole and not set(benefit_parts(whole, on)) <= {row.key for row in parts}:
        return None  # a sum of more benefits than the table shows
    return totals[0], parts


def _known(rows: list[Row], column: Column) -> list[Amount] | None:
    cells = [row.cells[column.index] for row in rows]
    return [cell for cell in cells if cell is not None] if None not in cells else None


@rule("sum")
def sums(plan: Plan) -> Iterator[Outcome]:
    """Delene giver ikke summen.

    Står der en række i alt, lægges de andre rækker sammen, både antal og andele. Afrundede tal
    må afvige så meget, som afrundingen af hver række kan give.
    """
    for table in plan.tables:
        found = _summed(table, plan.on)
        if found is None:
            continue
        total, parts = found
        for column in (*table.levels, *table.having("share"), *table.having("change")):
            printed, cells = total.cells[column.index], _known(parts, column)
            if printed is None or cells is None:
                continue
            yield _sum(table, total, column, printed, cells)


def _sum(
    table: ReadTable, total: Row, column: Column, printed: Amount, cells: list[Amount]
) -> Outcome:
    added = sum((cell.value for cell in cells), Decimal(0))
    step = Decimal(1).scaleb(-max(cell.decimals for cell in (*cells, printed)))
    off = abs(printed.value - added)
    worst = Decimal(0) if table.is_exact(column) else step * (len(cells) + 1) / 2
    # Each rounding error is spread evenly over one step: variance step²/12.
    likely = min(worst, _LIKELY * step * (Decimal(len(cells) + 1) / 12).sqrt())
    if off <= likely:
        return Agreed("sum", total.place, f"{total.label}, {column.label}: {printed.text}")
    right = format_number(added, printed.decimals)
    certain = off > worst
    return Finding(
        "sum", "error" if certain else "doubt", "sikker" if certain else "sandsynlig", total.place,
        f"{total.label}, {column.label}: {printed.text}", right,
        f"De {len(cells)} rækker giver tilsammen {right}, men der står {printed.text}. "
        + ("Afrunding kan ikke forklare forskellen." if certain else "Afrunding forklarer den næppe."),
        (total.label,),
    )  # fmt: skip


@rule("andele-af-hundrede")
def shares_of_hundred(plan: Plan) -> Iterator[Outcome]:
    """Andelene giver ikke 100.

    Giver andelene i en række 100 pct. i næsten alle tabellens rækker, skal de gøre det i dem alle.
    """
    for table in plan.tables:
        columns = table.having("share")
        added = [
            (row, sum((cell.value for cell in cells if cell), Decimal(0)))
            for row in table.rows
            if None not in (cells := [row.cells[column.index] for column in columns])
        ]
        whole = [row for row, total in added if abs(total - 100) <= 1]
        if len(columns) < 2 or len(added) < 3 or len(whole) * 3 < len(added) * 2:
            continue
        for row, total in added:
            if row in whole:
                yield Agreed("andele-af-hundrede", row.place, row.label)
                continue
            yield Finding(
                "andele-af-hundrede", "error", "sandsynlig", row.place,
                f"{row.label}: {format_number(total, 0)} i alt", "100",
                f"Andelene i rækken giver {format_number(total, 0)}, i de andre rækker 100.", (row.label,),
            )  # fmt: skip


@rule("del-af-helhed")
def parts_of_whole(plan: Plan) -> Iterator[Outcome]:
    """En del er større end helheden.

    En kommune kan ikke have flere end det område, den ligger i, en række »heraf« ikke flere end
    rækken over den, og én ydelse ikke flere end »samlet på offentlig forsørgelse«.
    """
    for table in plan.tables:
        for column in table.levels:
            for part, whole in _nested(table):
                small, large = part.cells[column.index], whole.cells[column.index]
                if small is None or large is None:
                    continue
                if small.value <= large.value:
                    yield Agreed("del-af-helhed", part.place, f"{part.label} i {whole.label}")
                    continue
                yield Finding(
                    "del-af-helhed", "error", "sikker", part.place,
                    f"{part.label}, {column.label}: {small.text}", f"højst {large.text}",
                    f"{part.label} er en del af {whole.label} ({large.text}) og kan ikke have flere.",
                    (part.label, whole.label),
                )  # fmt: skip


def _nested(table: ReadTable) -> Iterator[tuple[Row, Row]]:
    areas = {row.key: row for row in table.rows if row.kind == "area"}
    for key, row in areas.items():
        one = area(key)
        wholes = {one.rar, one.region, one.oestvest, "000"} - {"", key}
        if one.kind == "rar":
            wholes |= {"oestdanmark"} if set(one.parts) <= set(area("oestdanmark").parts) else set()
        yield from ((row, areas[whole]) for whole in sorted(wholes) if whole in areas)
    whole: Row | None = None
    for row in table.rows:
        if row.part and whole is not None:
            yield row, whole
        elif not row.part:
            whole = row
    totals = [row for row in table.rows if row.total]
    if len(totals) == 1 and not areas:
        yield from ((row, totals[0]) for row in table.rows if not row.total)
