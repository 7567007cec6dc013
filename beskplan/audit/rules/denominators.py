"""What printed shares say of the number they are shares of, set against each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from beskplan.audit.model import Agreed, Finding, Outcome, Place
from beskplan.audit.statements.amounts import Amount
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.tables import Column, ReadTable, Row
from beskplan.core.numbers import format_number, format_pct
from beskplan.indicators.shares import Interval

_MAJORITY = Decimal("0.6")
"""So many of the rows must agree before the others are the ones that are wrong."""


@dataclass(frozen=True)
class Implied:
    """A share, its count, and the denominators for which they belong together."""

    row: Row
    table: ReadTable
    column: Column
    count: Amount
    share: Amount
    within: Interval


def implied(plan: Plan) -> dict[tuple[str, str, int], list[Implied]]:
    """The implied denominators by area, base and calendar year (the workforce is one for a year)."""
    found: dict[tuple[str, str, int], list[Implied]] = {}
    for table in plan.own_tables:
        for share in table.having("share"):
            level = _level_of(table, share)
            if level is None or not share.base or table.special:
                continue
            for row in table.rows:
                one = _implied(row, table, share, level)
                if one is None:
                    continue
                plan.mark(table, row, share.index, level.index)
                area = row.key if row.kind == "area" else table.area or plan.kode
                year = share.period.year if share.period else 0
                found.setdefault((area, share.base, year), []).append(one)
    return found


def _level_of(table: ReadTable, share: Column) -> Column | None:
    """The level that a share is of: of its own period, else the last."""
    levels = table.levels
    same = [level for level in levels if level.period == share.period]
    return (same or list(levels))[-1] if levels else None


def _implied(row: Row, table: ReadTable, share: Column, level: Column) -> Implied | None:
    count, printed = row.cells[level.index], row.cells[share.index]
    if count is None or printed is None:
        return None
    low_share = printed.interval().low
    if low_share <= 0:
        return None
    of = count.interval(exact=table.is_exact(level))
    low = max(of.low, Decimal(0)) / printed.interval().high * 100
    return Implied(row, table, share, count, printed, Interval(low, of.high / low_share * 100))


def most_agreed(ones: Sequence[Implied]) -> Interval:
    """The denominators that the most rows allow."""
    best = max(
        (one.within.low for one in ones),
        key=lambda low: (sum(one.within.low <= low <= one.within.high for one in ones), low),
    )
    holding = [one.within for one in ones if one.within.low <= best <= one.within.high]
    return Interval(max(w.low for w in holding), min(w.high for w in holding))


def denominators(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `naevner` says."""
    for ones in implied(plan).values():
        if len(ones) < 2:
            continue
        common = most_agreed(ones)
        outside = [one for one in ones if one.within.intersect(common) is None]
        inside = len(ones) - len(outside)
        if not outside:
            for one in ones:
                yield Agreed("naevner", one.row.place, f"{one.row.label}: {one.share.text} pct.")
        elif inside >= 2 and Decimal(inside) / len(ones) >= _MAJORITY:
            yield from (_outlier(one, common, inside) for one in outside)
        else:
            yield _scattered(ones)


def _outlier(one: Implied, common: Interval, inside: int) -> Finding:
    low, high = (one.count.value / of * 100 for of in (common.high, common.low))
    decimals = one.share.decimals
    texts = sorted({format_pct(low, decimals), format_pct(high, decimals)})
    return Finding(
        "naevner", "contradiction", "sandsynlig", one.row.place,
        f"{one.row.label}, {one.column.label}: {one.share.text} ({one.count.text})",
        " til ".join(texts),
        f"{inside} andre rækker om samme område svarer til {_span(common)}. Med det tal er "
        f"{one.count.text} lig med {' til '.join(texts)}, ikke {one.share.text} pct.",
        (one.row.label,),
    )  # fmt: skip


def _scattered(ones: Sequence[Implied]) -> Finding:
    """No denominator fits enough rows to say which are wrong: the total, if there is one, is the measure."""
    total = next((one for one in ones if one.row.total), None)
    measure = total.within if total else most_agreed(ones)
    outside = [one for one in ones if one.within.intersect(measure) is None]
    place = ones[0].table.place
    named = ", ".join(f"{one.row.label} ({_span(one.within)})" for one in outside)
    start = (
        f"Rækken {total.row.label} svarer til {_span(measure)}"
        if total
        else f"De fleste svarer til {_span(measure)}"
    )
    return Finding(
        "naevner", "contradiction", "sikker", Place(place.page, place.line, place.section, place.table),
        f"{ones[0].column.label}: " + "; ".join(f"{o.row.label} {o.share.text}" for o in outside), "",
        f"{start}. Det passer ikke med {named}. Andelene kan ikke alle være af samme tal.",
        tuple(one.row.label for one in outside),
    )  # fmt: skip


def _span(within: Interval) -> str:
    return f"{format_number(within.low)} til {format_number(within.high)} personer"


def population(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `befolkning-eller-gruppe` says."""
    workforce = _whole(plan, "arbejdsstyrken", special=False)
    told: set[int] = set()
    of_population = _whole(plan, "befolkningen", special=True)
    for area in sorted(of_population, key=lambda kode: kode != plan.kode):
        one, within = of_population[area]
        if area not in workforce or one.table.part in told:
            continue
        work = workforce[area][1]
        if any("i pct. af alle" in note or "pct. af de " in note for note in _notes(plan, one)):
            continue
        if within.high >= work.low:
            yield Agreed("befolkning-eller-gruppe", one.row.place, one.row.label)
            continue
        told.add(one.table.part)
        yield Finding(
            "befolkning-eller-gruppe", "label", "sikker", one.row.place,
            f"{one.row.label}, {one.column.label}: {one.share.text} ({one.count.text})",
            "en overskrift, der siger, hvad andelen er af",
            f"{one.count.text} og {one.share.text} pct. svarer til {_span(within)}. Alene "
            "arbejdsstyrken er "
            f"{_span(work)}, så andelen er ikke af hele befolkningen.",
            (one.row.label,),
        )  # fmt: skip


def _notes(plan: Plan, one: Implied) -> list[str]:
    section = one.table.place.section
    return [s.text for s in plan.sentences if s.place.section == section and s.kind == "note"]


def _whole(plan: Plan, base: str, *, special: bool) -> dict[str, tuple[Implied, Interval]]:
    found: dict[str, tuple[Implied, Interval]] = {}
    for table in plan.own_tables:
        for share in table.having("share"):
            level = _level_of(table, share)
            if share.base != base or level is None or (table.special and not special):
                continue
            for row in table.rows:
                one = _implied(row, table, share, level)
                if one is None or row.kind != "area":
                    continue
                known = found.get(row.key)
                both = known[1].intersect(one.within) if known else one.within
                found[row.key] = (one, both or one.within)
    return found
