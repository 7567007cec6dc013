"""Tables checked by their own arithmetic: changes, totals, shares, and parts against their whole."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from beskplan.audit.model import Certainty, Finding, Outcome, Severity
from beskplan.audit.statements.amounts import Amount
from beskplan.audit.statements.arithmetic import Cell, Fault, Kind, Relation, faults
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.tables import Column, ReadTable, Row
from beskplan.core.numbers import format_number, format_pct
from beskplan.registers.areas import area

_PCT_KINDS = ("pct", "ratio", "share", "down_pct")
_SURE = 3
"""So many other rows must follow the formula before a deviation is called certain."""
_KINDS: dict[Kind, tuple[str, str]] = {
    "pct": ("aendring-i-pct", "ændringen i pct."),
    "down_pct": ("aendring-i-pct", "ændringen i pct. fra rækken over"),
    "diff": ("aendring-i-antal", "forskellen"),
    "down": ("aendring-i-antal", "forskellen fra rækken over"),
    "less": ("sum", "forskellen"),
    "balance": ("sum", "beholdningen bagefter"),
    "total": ("sum", "summen"),
    "sum": ("sum", "summen"),
    "ratio": ("andel-i-tabel", "andelen i pct."),
    "share": ("andel-i-tabel", "andelen af det hele i pct."),
}
"""The rule that tells of a formula, and what it gives."""


def table_arithmetic(plan: Plan) -> Iterator[Outcome]:
    """Judge every cell that follows from others, with one finding for each cause."""
    for table in (table.as_printed for table in plan.tables):
        for relation in table.relations:
            plan.checked.update((table.part, *cell) for cell in relation.cells)
            if relation.holds:
                yield _KINDS[relation.kind][0]
        blamed = faults(table.layout, table.relations)
        yield from (_finding(table, fault) for fault in blamed)
        for cell in sorted(set(table.misread) - {fault.cell for fault in blamed}):
            holds = any(r.holds and cell in r.cells for r in table.relations)
            text, right = _amount(table, cell).text, format_number(_amount(table, cell).value)
            yield _of_row(
                "talformat", "error", "sikker" if holds else "sandsynlig", table.rows[cell[0]],
                _printed(table, cell), right,
                f"{text} er skrevet med decimalkomma, men kolonnen viser hele tal. Der skal stå {right}.",
            )  # fmt: skip


def _of_row(  # noqa: PLR0917  # in the order of a finding
    rule: str, severity: Severity, certainty: Certainty, row: Row, printed: str, expected: str, why: str
) -> Finding:  # fmt: skip
    return Finding(rule, severity, certainty, row.place, printed, expected, why, (row.label,))


def _amount(table: ReadTable, cell: Cell) -> Amount:
    found = table.rows[cell[0]].cells[cell[1]]
    if found is None:
        raise TypeError(f"no number in {cell}")
    return found


def _printed(table: ReadTable, cell: Cell) -> str:
    head = table.layout.heads[cell[1]]
    return f"{table.rows[cell[0]].label}, {head}: {_amount(table, cell).text}"


def _finding(table: ReadTable, fault: Fault) -> Finding:
    cell, relation = _amount(table, fault.cell), fault.relation
    sure = fault.backing >= _SURE or (fault.confirmed and fault.backing >= 1) or fault.failed >= 2
    right = _right(cell, relation, fault.right) if fault.right is not None else ""
    if relation.target == fault.cell:
        rule, why = _slip(table, relation, cell, right)
    else:
        instead = f" Det passer, hvis der skal stå {right}." if right else ""
        rule = "tal-i-tabel"
        why = f"{cell.text} passer ikke med »{_printed(table, relation.target)}«.{instead}"
    if fault.backing > 1:
        why += f" {fault.backing} andre tal i tabellen følger samme regnestykke."
    return _of_row(
        rule, "error" if sure else "contradiction", "sikker" if sure else "sandsynlig",
        table.rows[fault.cell[0]], _printed(table, fault.cell), right, why,
    )  # fmt: skip


def _right(cell: Amount, relation: Relation, value: Decimal) -> str:
    if cell.value < 0 and "-" not in cell.text:
        value = -value  # a column of falls
    form = format_pct if relation.kind in _PCT_KINDS and cell.unit else format_number
    return form(value, cell.decimals, signed=cell.signed)


def _slip(table: ReadTable, relation: Relation, cell: Amount, right: str) -> tuple[str, str]:
    """The rule and the words for a derived cell: what was printed instead, where that can be told."""
    rule, what = _KINDS[relation.kind]
    given = [_amount(table, source) for source in relation.sources]
    first, last = given[0].text, given[-1].text
    step = cell.step
    if relation.kind == "pct" and given[0].value > 0:
        ratio = given[1].value / given[0].value * 100
        if abs(abs(cell.value) - ratio) <= step and abs(relation.right - ratio) > step:
            return "forhold-som-aendring", (
                f"{last} er {format_number(ratio, cell.decimals)} pct. af {first}. Det er "
                f"et forhold og ikke en ændring: ændringen er {right}."
            )
        if abs(abs(cell.value) - (100 - ratio).copy_abs()) <= step:
            return rule, f"Fortegnet er vendt: fra {first} til {last} er {right}."
    is_level = cell.value > _YEAR_PARTS and cell.value in {amount.value for amount in given}
    if relation.kind in ("pct", "diff") and is_level:
        return "niveau-som-aendring", (
            f"{cell.text} er selve antallet og ikke ændringen fra {first} til {last}, som er {right}."
        )
    if relation.kind in ("pct", "diff", "down", "down_pct"):
        turned = "Fortegnet er vendt: f" if cell.value == -relation.right else "F"
        return rule, f"{turned}ra {first} til {last} er {what} {right}, ikke {cell.text}."
    if relation.kind in ("sum", "total"):
        return rule, f"De {len(given)} tal giver tilsammen {right}, men der står {cell.text}."
    return rule, f"Efter de andre tal er {what} {right}, ikke {cell.text}."


_YEAR_PARTS = 19
"""A change may be just as large as a number this small, by chance."""


def opposite_changes(plan: Plan) -> Iterator[Outcome]:
    """Judge changes in number and per cent that stand without the levels they are changes of."""
    for table in plan.tables:
        if len(table.levels) >= 2 or table.ambiguous:
            continue
        for change in table.having("change"):
            pairs = [_both(table, change, per_cent) for per_cent in table.having("change_pct")]
            # Of several columns of per cent the one that goes its way is of the same numbers.
            same = max(pairs, key=lambda rows: sum(rows.values()), default={})
            alike = sum(same.values())
            if alike * 2 < len(same):
                continue
            yield from ["modsatte-aendringer"] * alike
            certainty: Certainty = "sikker" if alike >= _SURE else "sandsynlig"
            for row, printed in (key for key, holds in same.items() if not holds):
                yield _of_row(
                    "modsatte-aendringer", "contradiction", certainty, row, f"{row.label}: {printed}", "",
                    "Ændringen i antal og ændringen i pct. peger hver sin vej og kan ikke "
                    "begge være rigtige.",
                )  # fmt: skip


def _both(table: ReadTable, change: Column, per_cent: Column) -> dict[tuple[Row, str], bool]:
    """The rows with a change in number and in per cent, as printed, and whether both go one way."""
    pairs = (
        (row, row.cells[change.index], pct)
        for row, _, pct in table.numbers([per_cent])
        if pct.value
    )
    return {
        (row, f"{count.text} og {pct.text}"): (count.value > 0) == (pct.value > 0)
        for row, count, pct in pairs if count and count.value
    }  # fmt: skip


def small_base(plan: Plan) -> Iterator[Outcome]:
    """Name every change in per cent of fewer than 20, which one person more moves by much."""
    for table in plan.own_tables:
        for column in table.having("change_pct"):
            pair = table.level_pair(column)
            if pair is None or pair[0].role != "level":
                continue
            for row, _, printed in table.numbers([column]):
                before = row.cells[pair[0].index]
                if before and 0 < before.value < 20 and not before.decimals:
                    yield _of_row(
                        "lille-grundlag", "doubt", "sikker", row,
                        f"{row.label}, {column.label}: {printed.text}", "antallene alene, eller en note",
                        f"Ændringen i pct. er regnet af {before.text}. Så få gør en procent tilfældig.",
                    )  # fmt: skip


def shares_of_hundred(plan: Plan) -> Iterator[Outcome]:
    """Judge rows of shares that give 100 per cent in nearly all rows of a table."""
    for table in plan.own_tables:
        columns = table.having("share")
        if len(columns) < 2 or len(table.rows) < _SURE or table.ambiguous:
            continue
        rows = [
            (row, [cell for c in columns if (cell := row.cells[c.index])]) for row in table.rows
        ]
        sums = {
            row: (cells, sum((cell.value for cell in cells), Decimal(0)))
            for row, cells in rows if len(cells) == len(columns)
        }  # fmt: skip
        off = [
            row for row, (_, value) in sums.items() if abs(value - 100) > Decimal(len(columns)) / 2
        ]
        if len(off) * 4 > len(sums):
            continue
        for row, (cells, value) in sums.items():
            if row not in off:
                yield "andele-af-hundrede"
                continue
            yield _of_row(
                "andele-af-hundrede", "contradiction", "sikker", row,
                f"{row.label}: {', '.join(cell.text for cell in cells)}", "100 pct. tilsammen",
                f"Andelene giver {format_number(value, 1)} pct. I de andre rækker giver de 100.",
            )  # fmt: skip


def parts_of_whole(plan: Plan) -> Iterator[Outcome]:
    """Judge that no part has more than its whole: municipality and region, »heraf« and the row above."""
    for table in plan.tables:
        printed = table.as_printed
        bad = {fault.cell[1] for fault in faults(printed.layout, printed.relations)}
        sound = [column for column in table.levels if column.index not in bad]
        pairs = [
            (part, whole, column, small, large)
            for part, whole in _nested(table) for column in sound
            if (small := part.cells[column.index]) and (large := whole.cells[column.index])
            and large.value >= 0
        ]  # fmt: skip
        holding = sum(small.value <= large.value for *_, small, large in pairs)
        # Where most parts are larger than their wholes, the rows are something else.
        usual = len(pairs) <= 2 or holding * 2 >= len(pairs)
        for part, whole, column, small, large in pairs if usual else ():
            if small.value <= large.value:
                yield "del-af-helhed"
                continue
            yield Finding(
                "del-af-helhed", "error" if holding else "contradiction",
                "sikker" if holding else "sandsynlig", part.place,
                f"{part.label}, {column.label}: {small.text}", f"højst {large.text}",
                f"{part.label} er en del af {whole.label} ({large.text}) og kan ikke have flere.",
                (part.label, whole.label),
            )  # fmt: skip


def _nested(table: ReadTable) -> Iterator[tuple[Row, Row]]:
    """The rows that are parts of other rows, each with its whole."""
    areas = {row.key: row for row in table.rows if row.kind == "area"}
    if not table.unit and areas:
        return  # rates of areas are no parts of each other
    for key, row in areas.items():
        own = area(key)
        wholes = {own.rar, own.region, own.oestvest, "000"} - {"", key}
        if own.kind == "rar" and set(own.parts) <= set(area("oestdanmark").parts):
            wholes |= {"oestdanmark"}
        yield from ((row, areas[whole]) for whole in sorted(wholes) if whole in areas)
    whole_row: Row | None = None
    for row in table.rows:
        if not row.part:
            whole_row = row
        elif whole_row is not None:
            yield row, whole_row
