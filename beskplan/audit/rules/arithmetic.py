"""Tables checked by their own arithmetic: changes, totals, shares, and parts against their whole."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from beskplan.audit.model import Agreed, Certainty, Finding, Outcome, Severity
from beskplan.audit.statements.amounts import Amount
from beskplan.audit.statements.arithmetic import Fault, Relation, faults
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.tables import ReadTable, Row
from beskplan.core.numbers import format_number, format_pct
from beskplan.registers.areas import area

_PCT_KINDS = ("pct", "ratio", "share", "down_pct")
_SURE = 3
"""So many other rows must follow the formula before a deviation is called certain."""
_RULE = {
    "pct": "aendring-i-pct", "down_pct": "aendring-i-pct", "diff": "aendring-i-antal",
    "down": "aendring-i-antal", "balance": "sum", "total": "sum", "sum": "sum", "less": "sum",
    "ratio": "andel-i-tabel", "share": "andel-i-tabel",
}  # fmt: skip
_WHAT = {
    "pct": "ændringen i pct.", "down_pct": "ændringen i pct. fra rækken over", "diff": "forskellen",
    "down": "forskellen fra rækken over", "balance": "beholdningen bagefter", "total": "summen",
    "sum": "summen", "less": "forskellen", "ratio": "andelen i pct.", "share": "andelen af det hele i pct.",
}  # fmt: skip


def table_arithmetic(plan: Plan) -> Iterator[Outcome]:
    """Judge every cell that follows from others, with one finding for each cause."""
    for table in plan.tables:
        shown = table.as_printed
        blamed = faults(shown.layout, shown.relations)
        for relation in shown.relations:
            plan.checked.update((shown.part, *cell) for cell in relation.cells)
            if relation.holds:
                row = shown.rows[relation.target[0]]
                yield Agreed(_RULE[relation.kind], row.place, _printed(shown, relation.target))
        misread = set(shown.misread)
        for fault in blamed:
            misread.discard(fault.cell)
            yield _finding(shown, fault)
        for r, c in sorted(misread):
            yield _thousand(shown, r, c)


def _amount(table: ReadTable, cell: tuple[int, int]) -> Amount:
    found = table.rows[cell[0]].cells[cell[1]]
    if found is None:
        raise TypeError(f"no number in {cell}")
    return found


def _printed(table: ReadTable, cell: tuple[int, int]) -> str:
    column = next(one for one in table.columns if one.index == cell[1])
    return f"{table.rows[cell[0]].label}, {column.label}: {_amount(table, cell).text}"


def _thousand(table: ReadTable, r: int, c: int) -> Finding:
    cell = _amount(table, (r, c))
    row = table.rows[r]
    right = format_number(cell.value)
    confirmed = any(rel.holds and (r, c) in rel.cells for rel in table.relations)
    return Finding(
        "talformat", "error", "sikker" if confirmed else "sandsynlig", row.place,
        _printed(table, (r, c)), right,
        f"{cell.text} er skrevet med decimalkomma, men kolonnen viser hele tal. Der skal stå {right}.",
        (row.label,),
    )  # fmt: skip


def _finding(table: ReadTable, fault: Fault) -> Finding:
    cell, relation = _amount(table, fault.cell), fault.relation
    row = table.rows[fault.cell[0]]
    sure = fault.backing >= _SURE or (fault.confirmed and fault.backing >= 1) or fault.failed >= 2
    certainty: Certainty = "sikker" if sure else "sandsynlig"
    right = _right(cell, relation, fault.right) if fault.right is not None else ""
    if relation.target == fault.cell:
        rule, why = _slip(table, relation, cell, right)
    else:
        rule, why = "tal-i-tabel", _contradicts(table, fault, right)
    backed = (
        f" {fault.backing} andre tal i tabellen følger samme regnestykke."
        if fault.backing > 1
        else ""
    )
    severity: Severity = "error" if sure else "contradiction"
    return Finding(
        rule, severity, certainty, row.place, _printed(table, fault.cell), right, f"{why}{backed}",
        (row.label,),
    )  # fmt: skip


def _right(cell: Amount, relation: Relation, value: Decimal) -> str:
    if cell.value < 0 and "-" not in cell.text:
        value = -value  # a column of falls
    if relation.kind in _PCT_KINDS and cell.unit:
        return format_pct(value, cell.decimals, signed=cell.signed)
    return format_number(value, cell.decimals, signed=cell.signed)


def _slip(table: ReadTable, relation: Relation, cell: Amount, right: str) -> tuple[str, str]:
    """The rule and the words for a derived cell: what was printed instead, where that can be told."""
    given = [_amount(table, source) for source in relation.sources]
    step = Decimal(1).scaleb(-cell.decimals)
    if relation.kind == "pct" and given[0].value > 0:
        ratio = given[1].value / given[0].value * 100
        if abs(abs(cell.value) - ratio) <= step and abs(relation.right - ratio) > step:
            return "forhold-som-aendring", (
                f"{given[1].text} er {format_number(ratio, cell.decimals)} pct. af {given[0].text}. Det er "
                f"et forhold og ikke en ændring: ændringen er {right}."
            )
        if abs(abs(cell.value) - (100 - ratio).copy_abs()) <= step:
            return (
                "aendring-i-pct",
                f"Fortegnet er vendt: fra {given[0].text} til {given[1].text} er {right}.",
            )
    if (
        relation.kind in ("pct", "diff")
        and cell.value in {one.value for one in given}
        and cell.value > 19
    ):
        return "niveau-som-aendring", (
            f"{cell.text} er selve antallet og ikke ændringen fra {given[0].text} til {given[1].text}, "
            f"som er {right}."
        )
    if relation.kind in ("pct", "diff", "down", "down_pct"):
        turned = "Fortegnet er vendt: f" if cell.value == -relation.right else "F"
        return _RULE[relation.kind], (
            f"{turned}ra {given[0].text} til {given[1].text} er {_WHAT[relation.kind]} {right}, "
            f"ikke {cell.text}."
        )
    if relation.kind in ("sum", "total"):
        return "sum", f"De {len(given)} tal giver tilsammen {right}, men der står {cell.text}."
    return _RULE[
        relation.kind
    ], f"Efter de andre tal er {_WHAT[relation.kind]} {right}, ikke {cell.text}."


def _contradicts(table: ReadTable, fault: Fault, right: str) -> str:
    cell = _amount(table, fault.cell)
    target = _printed(table, fault.relation.target)
    instead = f" Det passer, hvis der skal stå {right}." if right else ""
    return f"{cell.text} passer ikke med »{target}«.{instead}"


def opposite_changes(plan: Plan) -> Iterator[Outcome]:
    """Judge changes in number and per cent that stand without the levels they are changes of."""
    for table in plan.tables:
        if len(table.levels) >= 2 or table.ambiguous:
            continue
        for change in table.having("change"):
            for per_cent in table.having("change_pct"):
                for row in table.rows:
                    count, pct = row.cells[change.index], row.cells[per_cent.index]
                    if count is None or pct is None or not count.value or not pct.value:
                        continue
                    if (count.value > 0) == (pct.value > 0):
                        yield Agreed("modsatte-aendringer", row.place, row.label)
                        continue
                    yield Finding(
                        "modsatte-aendringer", "contradiction", "sikker", row.place,
                        f"{row.label}: {count.text} og {pct.text}", "",
                        "Ændringen i antal og ændringen i pct. peger hver sin vej og kan ikke "
                        "begge være rigtige.",
                        (row.label,),
                    )  # fmt: skip


def small_base(plan: Plan) -> Iterator[Outcome]:
    """Name every change in per cent of fewer than 20, which one person more moves by much."""
    for table in plan.own_tables:
        for column in table.having("change_pct"):
            pair = table.level_pair(column)
            if pair is None or pair[0].role != "level":
                continue
            for row in table.rows:
                printed, before = row.cells[column.index], row.cells[pair[0].index]
                if (
                    printed is None
                    or before is None
                    or not 0 < before.value < 20
                    or before.decimals
                ):
                    continue
                yield Finding(
                    "lille-grundlag", "doubt", "sikker", row.place,
                    f"{row.label}, {column.label}: {printed.text}", "antallene alene, eller en note",
                    f"Ændringen i pct. er regnet af {before.text}. Så få gør en procent tilfældig.",
                    (row.label,),
                )  # fmt: skip


def shares_of_hundred(plan: Plan) -> Iterator[Outcome]:
    """Judge rows of shares that give 100 per cent in nearly all rows of a table."""
    for table in plan.own_tables:
        columns = table.having("share")
        if len(columns) < 2 or len(table.rows) < _SURE or table.ambiguous:
            continue
        sums: dict[Row, Decimal] = {}
        for row in table.rows:
            cells = [cell for column in columns if (cell := row.cells[column.index]) is not None]
            if len(cells) == len(columns):
                sums[row] = sum((cell.value for cell in cells), Decimal(0))
        slack = Decimal(len(columns)) / 2
        off = [row for row, value in sums.items() if abs(value - 100) > slack]
        if not sums or len(off) * 4 > len(sums):
            continue
        for row, value in sums.items():
            if row not in off:
                yield Agreed("andele-af-hundrede", row.place, row.label)
                continue
            cells = [cell for column in columns if (cell := row.cells[column.index]) is not None]
            yield Finding(
                "andele-af-hundrede", "contradiction", "sikker", row.place,
                f"{row.label}: {', '.join(cell.text for cell in cells)}", "100 pct. tilsammen",
                f"Andelene giver {format_number(value, 1)} pct. I de andre rækker giver de 100.",
                (row.label,),
            )  # fmt: skip


def parts_of_whole(plan: Plan) -> Iterator[Outcome]:
    """Judge that no part has more than its whole: municipality and region, »heraf« and the row above."""
    for table in plan.tables:
        shown = table.as_printed
        bad = {fault.cell for fault in faults(shown.layout, shown.relations)}
        for part, whole in _nested(table):
            for column in table.levels:
                small, large = part.cells[column.index], whole.cells[column.index]
                if (
                    small is None
                    or large is None
                    or large.value < 0
                    or column.index in {c for _, c in bad}
                ):
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
    if not table.unit and areas:
        return  # rates of areas are no parts of each other
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
