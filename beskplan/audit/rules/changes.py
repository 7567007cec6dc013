"""Changes in tables, computed again from the levels beside them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from beskplan.audit.documents.model import GridRow
from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.rules.registry import rule
from beskplan.audit.statements.amounts import PCT, Amount, cell_amount
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.rotation import CHANGE, row_periods
from beskplan.audit.statements.tables import Column, ReadTable, Row, change_pct
from beskplan.core.numbers import format_number, format_pct, round_half_away
from beskplan.indicators.shares import Interval

Cell = tuple[ReadTable, Row, Column, Amount, Amount, Amount]
"""Table, row, column, then the printed change and the two levels."""


def change_cells(plan: Plan, role: str) -> Iterator[Cell]:
    """Every printed change of a kind with the two levels it is a change of."""
    for table in plan.tables:
        for column in table.columns:
            pair = table.level_pair(column) if column.role == role else None
            if pair is None:
                continue
            for row in table.rows:
                printed, before, now = (row.cells[c.index] for c in (column, *pair))
                if printed is not None and before is not None and now is not None:
                    yield table, row, column, printed, before, now


def pct_interval(before: Amount, now: Amount, *, exact: bool) -> Interval | None:
    """The changes in per cent that two rounded levels allow; None where the base may be nothing."""
    was, level = before.interval(exact=exact), now.interval(exact=exact)
    if was.low <= 0:
        return None
    lows = change_pct(was.high, max(level.low, Decimal(0)))
    highs = change_pct(was.low, level.high)
    return Interval(lows, highs) if lows is not None and highs is not None else None


def overlaps(printed: Amount, allowed: Interval) -> bool:
    """Whether a printed number, as rounded, can lie in an interval."""
    return printed.interval().intersect(allowed) is not None


def is_ratio(printed: Amount, before: Amount, now: Amount) -> bool:
    """Whether a number is the new level in per cent of the old, and not the change."""
    if before.value <= 0 or printed.value <= 0:
        return False
    ratio = now.value / before.value * 100
    step = Decimal(1).scaleb(-printed.decimals)
    # A converter or a clerk cuts as often as rounds: one unit of the last place either way.
    return abs(printed.value - ratio) <= step and abs(printed.value - (ratio - 100)) > step


@rule("forhold-som-aendring")
def ratio_as_change(plan: Plan) -> Iterator[Outcome]:
    """Et forhold er trykt som en ændring.

    Det nye antal i pct. af det gamle er ikke ændringen: fra 54 til 140 er 259 pct. af det gamle
    antal, men en stigning på 159 pct. Reglen ser efter tal i kolonner med udvikling i pct., som
    er forholdet.
    """
    for _, row, column, printed, before, now in change_cells(plan, "change_pct"):
        if not is_ratio(printed, before, now):
            continue
        change = change_pct(before.value, now.value)
        right = format_pct(change or 0, printed.decimals, signed=True)
        yield Finding(
            "forhold-som-aendring", "error", "sikker", row.place,
            f"{row.label}, {column.label}: {printed.text}", right,
            f"{now.text} er {printed.text.lstrip('+').rstrip('% ')} pct. af {before.text}. Det er "
            "et forhold og ikke "
            f"en ændring: fra {before.text} til {now.text} er ændringen {right}.",
            (row.label,),
        )  # fmt: skip


@rule("niveau-som-aendring")
def level_as_change(plan: Plan) -> Iterator[Outcome]:
    """Et niveau er trykt som en ændring.

    En kolonne med ændringer skal vise ændringer. Reglen finder celler, hvor selve antallet fra
    en af de to perioder står i stedet.
    """
    for role in ("change", "change_pct"):
        for _, row, column, printed, before, now in change_cells(plan, role):
            if _is_level(printed, before, now) and not _is_change(role, printed, before, now):
                yield Finding(
                    "niveau-som-aendring", "error", "sikker", row.place,
                    f"{row.label}, {column.label}: {printed.text}", _right(role, printed, before, now),
                    f"Tallet {printed.text} er selve antallet og ikke ændringen fra {before.text} "
                    f"til {now.text}.",
                    (row.label,),
                )  # fmt: skip


def _is_level(printed: Amount, before: Amount, now: Amount) -> bool:
    levels = {before.value, now.value}
    return printed.value in levels and printed.value > 19 and before.value > 0


def _is_change(role: str, printed: Amount, before: Amount, now: Amount) -> bool:
    """Whether the number is the change as well: 30 pct. is right from 30 to 39."""
    if role == "change":
        return printed.value == now.value - before.value
    allowed = pct_interval(before, now, exact=False)
    return allowed is not None and overlaps(printed, allowed)


def _right(role: str, printed: Amount, before: Amount, now: Amount) -> str:
    if role == "change":
        return format_number(now.value - before.value, printed.decimals, signed=True)
    return format_pct(change_pct(before.value, now.value) or 0, printed.decimals, signed=True)


@rule("aendring-i-pct")
def pct_recomputed(plan: Plan) -> Iterator[Outcome]:
    """Ændringen i pct. passer ikke til antallene.

    Hver ændring i pct. regnes efter af de to antal ved siden af. Fuldtidspersoner er afrundede,
    så reglen godtager alle ændringer, som de uafrundede antal kan give med den trykte
    nøjagtighed.
    """
    for table, row, column, printed, before, now in change_cells(plan, "change_pct"):
        if is_ratio(printed, before, now) or _is_level(printed, before, now):
            continue
        pair = table.level_pair(column)
        exact = pair is not None and table.is_exact(pair[0])
        allowed = pct_interval(before, now, exact=exact)
        change = change_pct(before.value, now.value)
        if allowed is None or change is None:
            continue
        if overlaps(printed, allowed):
            yield Agreed("aendring-i-pct", row.place, f"{row.label}: {printed.text}")
            continue
        right = format_pct(change, printed.decimals, signed=True)
        same_size = abs(printed.value) == abs(round_half_away(change, printed.decimals))
        why = "Fortegnet er vendt. " if same_size else ""
        yield Finding(
            "aendring-i-pct", "error", "sikker", row.place,
            f"{row.label}, {column.label}: {printed.text}", right,
            f"{why}Fra {before.text} til {now.text} er ændringen {right}, ikke {printed.text}. "
            "Et af de tre tal er forkert.",
            (row.label,),
        )  # fmt: skip


@rule("aendring-i-antal")
def count_recomputed(plan: Plan) -> Iterator[Outcome]:
    """Ændringen i antal passer ikke til antallene.

    Hver ændring i antal regnes efter som forskellen mellem de to antal ved siden af. Er
    antallene afrundede, må forskellen være en enhed ved siden af.
    """
    for table, row, column, printed, before, now in change_cells(plan, "change"):
        if _is_level(printed, before, now):
            continue
        difference = now.value - before.value
        slack = Decimal(0) if table.is_exact(column) else Decimal(1).scaleb(-printed.decimals)
        if abs(printed.value - difference) <= slack:
            yield Agreed("aendring-i-antal", row.place, f"{row.label}: {printed.text}")
            continue
        right = format_number(difference, printed.decimals, signed=True)
        yield Finding(
            "aendring-i-antal", "error", "sikker", row.place,
            f"{row.label}, {column.label}: {printed.text}", right,
            f"Fra {before.text} til {now.text} er ændringen {right}, ikke {printed.text}. "
            "Et af de tre tal er forkert.",
            (row.label,),
        )  # fmt: skip


@rule("modsatte-aendringer")
def opposite_changes(plan: Plan) -> Iterator[Outcome]:
    """Ændringen i antal og i pct. går hver sin vej.

    Står både ændringen i antal og i pct. i en tabel uden de antal, de er regnet af, skal de i
    det mindste have samme fortegn.
    """
    for table in plan.tables:
        if len(table.levels) >= 2:
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


@rule("lille-grundlag")
def small_base(plan: Plan) -> Iterator[Outcome]:
    """En procent er regnet af få.

    Er der under 20 i udgangspunktet, siger en ændring i pct. næsten intet: én person mere eller
    mindre flytter den med mange procent. Antallene skal stå alene, eller en note skal sige det.
    """
    for table, row, column, printed, before, _ in change_cells(plan, "change_pct"):
        if table.derived or not 0 < before.value < 20:
            continue
        yield Finding(
            "lille-grundlag", "doubt", "sikker", row.place,
            f"{row.label}, {column.label}: {printed.text}", "antallene alene, eller en note",
            f"Ændringen i pct. er regnet af {before.text}. Så få gør en procent tilfældig.",
            (row.label,),
        )  # fmt: skip


@rule("aendring-nedad")
def down_the_rows(plan: Plan) -> Iterator[Outcome]:
    """Ændringen fra rækken over passer ikke.

    Står perioderne under hinanden, regnes hver ændring i pct. efter af antallet i rækken og i rækken
    over. Runde tal godtages som afrundede til nærmeste ti eller hundrede.
    """
    for grid in plan.document.grids:
        if row_periods(grid) is None:
            continue
        heads = grid.rows[0].cells
        changes = [c for c, label in enumerate(heads) if c and CHANGE.search(label)]
        levels = [c for c in range(1, len(heads)) if c not in changes]
        if len(changes) != 1 or len(levels) != 1:
            continue
        for above, row in pairwise(grid.rows[1:]):
            before, now = cell_amount(above.cells[levels[0]]), cell_amount(row.cells[levels[0]])
            printed = cell_amount(row.cells[changes[0]])
            if before is None or now is None or printed is None or printed.unit != PCT:
                continue
            yield _from_above(row, printed, before, now)


def _from_above(row: GridRow, printed: Amount, before: Amount, now: Amount) -> Outcome:
    was, level = before.rounded(), now.rounded()
    lows, highs = change_pct(was.high, level.low), change_pct(was.low, level.high)
    if lows is not None and highs is not None and overlaps(printed, Interval(lows, highs)):
        return Agreed("aendring-nedad", row.place, f"{row.cells[0]}: {printed.text}")
    right = format_pct(change_pct(before.value, now.value) or 0, printed.decimals, signed=True)
    return Finding(
        "aendring-nedad", "error", "sikker", row.place, f"{row.cells[0]}: {printed.text}", right,
        f"Fra {before.text} til {now.text} er ændringen {right}, ikke {printed.text}.", (row.cells[0],),
    )  # fmt: skip
