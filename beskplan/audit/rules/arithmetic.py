"""Tables checked by their own arithmetic: changes, totals, shares, and parts against their whole."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from beskplan.audit.model import Outcome
from beskplan.audit.rules.registry import judge
from beskplan.audit.statements.amounts import PCT, Amount
from beskplan.audit.statements.arithmetic import Cell, Kind, Relation
from beskplan.audit.statements.blame import Fault, faults
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.tables import ReadTable, Row
from beskplan.core.danish import format_number, format_pct
from beskplan.registers.areas import area

_PCT_KINDS = ("pct", "ratio", "share", "down_pct", "by_pct")
_SURE = 3
"""So many other rows must follow the formula before a deviation is called certain."""
_KINDS: dict[Kind, tuple[str, str, str]] = {
    "pct": ("aendring-i-pct", "fund", "ændringen i pct."),
    "by_pct": ("aendring-i-pct", "af_aendring", "ændringen i pct."),
    "down_pct": ("aendring-i-pct", "fund", "ændringen i pct. fra rækken over"),
    "diff": ("aendring-i-antal", "fund", "forskellen"),
    "down": ("aendring-i-antal", "fund", "forskellen fra rækken over"),
    "less": ("sum", "ellers", "forskellen"),
    "mean": ("sum", "ellers", "gennemsnittet"),
    "balance": ("sum", "ellers", "beholdningen bagefter"),
    "distance": ("sum", "ellers", "afstanden til målet"),
    "total": ("sum", "fund", ""),
    "sum": ("sum", "fund", ""),
    "ratio": ("andel-i-tabel", "fund", "andelen i pct."),
    "share": ("andel-i-tabel", "fund", "andelen af det hele i pct."),
}
"""The rule that tells of a formula, in which of its messages, and what the formula gives."""
_YEAR_PARTS = 19
"""A change may be just as large as a number this small, by chance."""


def table_arithmetic(plan: Plan) -> Iterator[Outcome]:
    """Judge every cell that follows from others, with one finding for each cause."""
    for table in (table.as_printed for table in plan.tables):
        for relation in table.relations:
            plan.checked.update((table.part, *cell) for cell in relation.cells)
            if relation.holds:
                yield _KINDS[relation.kind][0]
        blamed = faults(table.layout, table.relations)
        yield from (_fault(table, fault) for fault in blamed)
        for cell in sorted(set(table.misread) - {fault.cell for fault in blamed}):
            holds = any(r.holds and cell in r.cells for r in table.relations)
            right = format_number(_amount(table, cell).value)
            yield _of_cell("talformat", table, cell, right, sure=holds)


def _of_cell(
    rule: str, table: ReadTable, cell: Cell, right: str, *, case: str = "fund",
    sure: bool | None = None, grave: bool | None = None, **words: Any,
) -> Outcome:  # fmt: skip
    row, text = table.rows[cell[0]], _amount(table, cell).text
    return judge(
        rule, row.place, printed=_printed(table, cell), right=right, about=(row.label,), case=case,
        sure=sure, grave=grave, cell=text, **words,
    )  # fmt: skip


def _amount(table: ReadTable, cell: Cell) -> Amount:
    found = table.rows[cell[0]].cells[cell[1]]
    if found is None:
        raise TypeError(f"no number in {cell}")
    return found


def _printed(table: ReadTable, cell: Cell) -> str:
    head = table.layout.heads[cell[1]]
    return f"{table.rows[cell[0]].label}, {head}: {_amount(table, cell).text}"


def _fault(table: ReadTable, fault: Fault) -> Outcome:
    cell, relation = _amount(table, fault.cell), fault.relation
    sure = fault.backing >= _SURE or (fault.confirmed and fault.backing >= 1) or fault.failed >= 2
    right = _right(cell, relation, fault.right) if fault.right is not None else ""
    rule, case, words = "tal-i-tabel", "fund" if right else "ellers", dict[str, Any]()
    if relation.target == fault.cell:
        rule, case, words = _slip(table, relation, cell)
    else:
        words["other"] = _printed(table, relation.target)
    more = f" {fault.backing} andre tal i tabellen følger samme regnestykke."
    words["more"] = more if fault.backing > 1 else ""
    return _of_cell(rule, table, fault.cell, right, case=case, grave=sure, **words)


def _right(cell: Amount, relation: Relation, value: Decimal) -> str:
    if cell.value < 0 and not cell.signed:
        value = -value  # a column of falls
    form = format_pct if relation.kind in _PCT_KINDS and cell.unit else format_number
    return form(value, cell.decimals, signed=cell.signed)


def _slip(table: ReadTable, relation: Relation, cell: Amount) -> tuple[str, str, dict[str, Any]]:
    """The rule, its message and the words of it for a derived cell: what was printed instead."""
    rule, case, what = _KINDS[relation.kind]
    given = [_amount(table, source) for source in relation.sources]
    turned = "Fortegnet er vendt: fra" if cell.value == -relation.right else "Fra"
    words: dict[str, Any] = {
        "first": given[0].text, "last": given[-1].text, "what": what, "many": len(given), "turned": turned,
    }  # fmt: skip
    if relation.kind == "pct" and given[0].value > 0:
        ratio = given[1].value / given[0].value * 100
        if abs(abs(cell.value) - ratio) <= cell.step and abs(relation.right - ratio) > cell.step:
            words["ratio"] = format_number(ratio, cell.decimals)
            return "forhold-som-aendring", case, words
        if abs(abs(cell.value) - (100 - ratio).copy_abs()) <= cell.step:
            return rule, "vendt", words
    is_level = cell.value > _YEAR_PARTS and cell.value in {amount.value for amount in given}
    if relation.kind in ("pct", "diff") and is_level:
        return "niveau-som-aendring", case, words
    return rule, case, words


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
                    yield judge(
                        "lille-grundlag", row.place, right="antallene alene, eller en note",
                        printed=f"{row.label}, {column.label}: {printed.text}", about=(row.label,),
                        before=before.text,
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
            yield judge(
                "andele-af-hundrede", row.place, holds=row not in off, right="100 pct. tilsammen",
                printed=f"{row.label}: {', '.join(cell.text for cell in cells)}", about=(row.label,),
                added=format_number(value, 1),
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
            # Decimals are those of a share: an area's may be larger than that of the area around it.
            and large.value >= 0 and not (part.kind == "area" and small.decimals and large.decimals)
        ]  # fmt: skip
        holding = sum(small.value <= large.value for *_, small, large in pairs)
        # Where most parts are larger than their wholes, the rows are something else.
        usual = len(pairs) <= 2 or holding * 2 >= len(pairs)
        for part, whole, column, small, large in pairs if usual else ():
            yield judge(
                "del-af-helhed", part.place, holds=small.value <= large.value, case="i_tabel",
                printed=f"{part.label}, {column.label}: {small.text}", right=f"højst {large.text}",
                about=(part.label, whole.label), grave=bool(holding), part=part.label,
                whole=whole.label, large=large.text,
            )  # fmt: skip


def _nested(table: ReadTable) -> Iterator[tuple[Row, Row]]:
    """The rows that are parts of other rows, each with its whole."""
    areas = {row.key: row for row in table.rows if row.kind == "area"}
    if table.unit in ("", PCT) and areas:
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
