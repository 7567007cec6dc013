"""Which arithmetic ties the columns and rows of a table together, and which cells break it.

A head only hints at what a column is. What decides is the formula that fits most of the rows: the
rows that then deviate are the findings. Where no formula fits, nothing is said of the column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations
from typing import Literal, NamedTuple

from beskplan.audit.patterns import patterns
from beskplan.audit.statements.amounts import BARE_HEAD, PCT, Amount, times

_RE = patterns("arithmetic")

Kind = Literal[
    "diff", "pct", "ratio", "total", "mean", "less", "share", "down", "down_pct", "sum", "balance",
    "by_pct", "distance",
]  # fmt: skip
"""diff b - a · pct (b / a - 1) · ratio b / a · total columns added · mean of columns · less b - a of an
amount · share of the rows' sum · down and down_pct from the row above · sum rows added · balance stock +
in - out · by_pct a change b of which a is the level after it, in per cent · distance from a level a to a
target b, nothing where a limit is met."""
LIMITS = {
    "højst": 1,
    "højest": 1,
    "maksimalt": 1,
    "under": 1,
    "mindst": -1,
    "minimum": -1,
    "over": -1,
}
"""The words of a target that a level may be under, or over, without missing it."""
Cell = tuple[int, int]
"""Row and column."""

CHANGE = _RE["change"]
"""Heads of columns that tell how something has moved."""
SEARCHED = 40
"""So many rows tell which formula a column follows."""
_WIDEST = 14
"""Tables with more columns than this are only searched among neighbours."""
_STRIDE = 4
"""Columns that are added stand at most so far apart: men, women and all of each year in turn."""
MANY = 3
"""So many other rows make the reading of a column sure."""


@dataclass(frozen=True)
class Layout:
    """What the arithmetic of a table needs to know of it."""

    heads: tuple[str, ...]
    cells: Sequence[Sequence[Amount | None]]
    totals: frozenset[int]
    """Rows that are said to be a total."""
    parts: frozenset[int]
    """Rows that are said to be a part of the row above them."""
    exact: bool
    """Whether whole things are counted, so that printed counts are not rounded."""
    periods: bool = False
    """Whether every row is a period."""
    rates: frozenset[int] = frozenset()
    """Rows that are said to be means or shares, beside others that are not: no sums of anything."""
    apart: frozenset[int] = frozenset()
    """Columns that nothing else in their rows gives."""

    def at(self, cell: Cell) -> Amount | None:
        """The number in a cell."""
        return self.cells[cell[0]][cell[1]]

    def value(self, cell: Cell) -> Decimal:
        """The number in a cell, 0 where there is none."""
        amount = self.at(cell)
        return amount.value if amount is not None else Decimal(0)


class Relation(NamedTuple):
    """One cell that should follow from others."""

    kind: Kind
    target: Cell
    sources: tuple[Cell, ...]
    printed: Amount
    right: Decimal
    exact: bool
    """Whether the cell is just what it should be, as it is printed."""
    holds: bool
    """Whether it is, or rounding explains what is off."""
    backing: int = 0
    """How many other rows or columns follow the same formula."""

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cell and those that it should follow from."""
        return (self.target, *self.sources)


# ---------------------------------------------------------------- what a formula gives


def change_pct(before: Decimal, now: Decimal) -> Decimal | None:
    """(now / before - 1) x 100; None where there is nothing to be in per cent of."""
    return (now / before - 1) * 100 if before else None


def result_of(kind: Kind, values: Sequence[Decimal]) -> Decimal | None:
    """What a formula gives; None where it cannot be computed."""
    first = values[0]
    match kind:
        case "diff" | "down" | "less":
            return values[1] - first
        case "pct" | "down_pct":
            return change_pct(first, values[1]) if first > 0 else None
        case "by_pct":
            before = first - values[1]
            return values[1] / before * 100 if before > 0 else None
        case "ratio":
            return values[1] / first * 100 if first > 0 else None
        case "balance":
            return first + values[1] - values[2]
        case _:
            added = sum(values, Decimal(0))
            return added / len(values) if kind == "mean" else added


def _distance(printed: Amount, level: Amount, target: Amount) -> Decimal | None:
    """How far a level is from a target; None where it is told to be met, and not which way that is."""
    apart, way = level.value - target.value, LIMITS.get(target.qualifier)
    if way is None:
        return abs(apart) if printed.value else None
    return max(apart * way, Decimal(0))


def _judged(layout: Layout, kind: Kind, target: Cell, sources: tuple[Cell, ...]) -> Relation | None:
    """Set a cell against a formula; None where a number is missing or nothing can be computed."""
    printed = layout.at(target)
    given = [amount for cell in sources if (amount := layout.at(cell)) is not None]
    if printed is None or len(given) < len(sources):
        return None
    if kind == "diff" and printed.unit == PCT and all(amount.unit != PCT for amount in given):
        kind = "pct"  # some rows of a column tell their change in per cent
    if kind == "distance":
        right = _distance(printed, *given)
        printed = printed._replace(value=abs(printed.value))
    else:
        right = result_of(kind, [amount.value for amount in given])
    if right is None:
        return None
    off = abs(printed.value - right)
    if kind in ("pct", "ratio", "down_pct"):
        half = printed.step / 2
        was, now = (amount.interval(exact=layout.exact) for amount in given)
        if kind == "down_pct":
            was, now = given[0].rounded(), given[1].rounded()
        minus = 0 if kind == "ratio" else 100
        low = max(now.low, Decimal(0)) / was.high * 100 - minus
        high = now.high / max(was.low, given[0].step / 100) * 100 - minus
        loose = low - half <= printed.value <= high + half
        exact = off <= half * Decimal("1.001")
        return Relation(kind, target, sources, printed, right, exact, loose)
    if kind == "by_pct":
        level, moved = (amount.value for amount in given)
        wide = Decimal(50) * (level + abs(moved)) / (level - moved) ** 2
        near = printed.step / 2
        return Relation(kind, target, sources, printed, right, off <= near, off <= near + wide)
    step = max(amount.step for amount in (printed, *given))
    if kind == "mean":
        near = printed.step / 2
        return Relation(kind, target, sources, printed, right, off <= near, off <= near + step / 2)
    slack = Decimal(0) if layout.exact and step == 1 else step * max(1, len(given) // 2)
    return Relation(kind, target, sources, printed, right, off == 0, off <= slack)


@dataclass(frozen=True)
class Formula:
    """How a column follows from others: `columns` in the order of the formula."""

    kind: Kind
    target: int
    columns: tuple[int, ...]

    def cases(self, layout: Layout, rows: int | None = None) -> list[Relation]:
        """The cells of the first rows that the formula can be tried on, set against it."""
        down = self.kind.startswith("down")
        many = len(layout.cells) if rows is None else min(rows, len(layout.cells))
        tried = (
            _judged(layout, self.kind, (r, self.target),
                    tuple((r - 1 + n, self.columns[0]) for n in range(2)) if down
                    else tuple((r, c) for c in self.columns))
            for r in range(1 if down else 0, many)
            if r not in layout.rates or self.kind not in ("total", "less", "balance")
        )  # fmt: skip
        return [judged for judged in tried if judged is not None]


# ---------------------------------------------------------------- which formula a column follows


class Hints(NamedTuple):
    """What the head and the cells of a column hint at."""

    change: bool
    pct: bool
    total: bool
    rate: bool


def hints(layout: Layout, column: int) -> Hints:
    """Read what the head and the cells of a column hint at."""
    head = layout.heads[column]
    cells = [cell for row in layout.cells if (cell := row[column]) is not None]
    signed = bool(cells) and sum(cell.signed for cell in cells) * 2 >= len(cells)
    points = "point" in head.casefold()
    in_cells = bool(cells) and sum(cell.unit == PCT for cell in cells) * 2 > len(cells)
    pct = (bool(re.search(r"pct|%|procent", head, re.IGNORECASE)) or in_cells) and not points
    change = bool(CHANGE.search(head)) or signed or points or is_distance(head)
    return Hints(
        change,
        pct,
        bool(_RE["total_head"].search(head)),
        bool(_RE["rate"].search(head)) or in_cells,
    )


def is_distance(head: str) -> bool:
    """Whether a head says that a column shows what is left to a target."""
    return _RE["distance"].search(head) is not None


def formulas(layout: Layout) -> dict[int, Formula]:
    """Find the formula that each derived column follows; columns that follow none are left out."""
    width = len(layout.heads)
    numeric = [c for c in range(1, width) if any(row[c] is not None for row in layout.cells)]
    known = {c: hints(layout, c) for c in numeric}
    found: dict[int, Formula] = {}
    fits: dict[int, tuple[object, ...]] = {}
    # Changes first: a total over columns must not be taken for a difference of its parts.
    for c in sorted(
        set(numeric) - layout.apart, key=lambda c: (not known[c].change, not known[c].total, c)
    ):
        # What is added may be what a share is of, but is no part of another sum.
        others = [
            o for o in numeric if o != c and not known[o].change
            and (o not in found or (known[c].pct and found[o].kind == "total"))
        ]  # fmt: skip
        scored = [
            (score, formula) for formula in _candidates(layout, c, known, others)
            if (score := _score(layout, formula, known[c])) is not None
        ]  # fmt: skip
        if scored:
            fits[c], found[c] = max(scored, key=lambda pair: pair[0])
    # Columns that compete for one calculation are of different things, as the changes of other areas
    # beside the own levels: only the best fitting one is judged by it.
    return {
        c: formula for c, formula in found.items()
        if not any(fits[o][:2] > fits[c][:2] for o in found if _same(found[o], formula))
    }  # fmt: skip


def _same(one: Formula, other: Formula) -> bool:
    """Whether two columns are given by the same calculation."""
    return (one.kind, one.columns) == (other.kind, other.columns)


def _candidates(
    layout: Layout, c: int, known: dict[int, Hints], others: Sequence[int]
) -> Iterator[Formula]:
    """The formulas that a column may follow."""
    hint = known[c]
    near = [o for o in others if len(layout.heads) <= _WIDEST or abs(o - c) <= _WIDEST // 2]
    pairs = list(permutations(near, 2))
    tries = [*_of_moves(layout, c, known, near)] if hint.change or hint.pct else []
    if re.search(r"indeks", layout.heads[c], re.IGNORECASE):
        tries.append(("ratio", pairs))
    if _RE["mean_head"].search(layout.heads[c]):
        tries.append(("mean", _runs([o for o in near if not known[o].rate])))
    if not hint.change and not hint.rate:
        tries.append(("total", _runs(near)))
        if hint.total:
            tries.append(("less", [p for p in pairs if not (known[p[0]].rate or known[p[1]].rate)]))
        heads = [layout.heads[o].strip() for o in near]
        dated = sum(bool(BARE_HEAD.fullmatch(head) or times(head)) for head in heads)
        if len(near) == 3 and dated < 2:  # stock, in, out: the fourth is the stock afterwards
            tries.append(("balance", [p for p in permutations(near) if c > max(p)]))
    for kind, several in tries:
        yield from (Formula(kind, c, columns) for columns in several)


def _of_moves(
    layout: Layout, c: int, known: dict[int, Hints], near: Sequence[int]
) -> Iterator[tuple[Kind, Iterable[tuple[int, ...]]]]:
    """The formulas that a column of changes, shares or distances may follow, with what they may be of."""
    hint, pairs = known[c], list(permutations(near, 2))
    if is_distance(layout.heads[c]):
        yield "distance", pairs
    alike = [
        p
        for p in pairs
        if (known[p[0]].rate == known[p[1]].rate or set(p) == {c - 1, c - 2})
        and not _is_of_another_span(layout.heads[c], *(layout.heads[o] for o in p))
    ]
    kinds: tuple[Kind, ...] = ("pct", "diff") if hint.change else ("ratio",)
    yield from ((kind, alike) for kind in kinds)
    moves = [o for o in known if o != c and known[o].change and not known[o].pct]
    if hint.change and hint.pct:
        yield "by_pct", [(o, moved) for o in near for moved in moves]
    if layout.periods and hint.change:
        yield from ((kind, [(o,) for o in near]) for kind in _DOWN)


_DOWN: tuple[Kind, ...] = ("down_pct", "down")


def _is_of_another_span(change: str, *levels: str) -> bool:
    """Whether a change on a year stands beside two levels whose heads are not a year apart."""
    said = [times(head) for head in levels]
    if not _RE["on_a_year"].search(change) or any(len(one) != 1 for one in said):
        return False
    first, last = sorted((one[0].period for one in said), key=lambda period: period.last_day)
    return first.kind == last.kind and last.year_before() != first


def _runs(columns: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Columns that may be added: beside each other, or one of each group in turn."""
    there = set(columns)
    for step in range(1, _STRIDE + 1):
        for first in columns:
            run = [first]
            while (after := run[-1] + step) in there:
                run.append(after)
                yield tuple(run)


def _score(layout: Layout, formula: Formula, hint: Hints) -> tuple[object, ...] | None:
    """How well a formula fits a column; None where it does not fit enough of its rows."""
    kind, columns = formula.kind, formula.columns
    cases = formula.cases(layout, SEARCHED)
    cases = [case for case in cases if not is_empty(layout, case)]
    # A total that is wrong is so for its own reason.
    plain = [case for case in cases if case.target[0] not in layout.totals]
    cases = plain if len(plain) > 1 else cases
    loose, tried = sum(case.holds for case in cases), len(cases)
    exact = sum(case.exact for case in cases)
    ahead = columns[0] < columns[-1]
    if kind in ("total", "mean", "less", "ratio", "balance", "distance"):
        least = 2 if hint.total or hint.pct or kind in ("mean", "distance") else MANY
        fits = loose >= least and loose * 10 >= tried * 6
    elif not loose:
        fits = hint.change and _is_swapped(cases)
    elif tried <= 2:
        fits = loose == tried or bool(CHANGE.search(layout.heads[formula.target]))
    else:
        # A turned sign is a fault of the row, and no sign of another formula.
        fits = sum(case.holds or _is_turned(case) for case in cases) * 2 > tried
    unsure = tried > 2 and loose * 5 < tried * 4
    # Rounding brings some numbers near any formula; what follows it is mostly exact.
    if not fits or (unsure and (exact * 2 < loose or _is_chance(cases))):
        return None
    tidy = (kind == "pct") == hint.pct if hint.change else True
    gap = sum(abs(formula.target - c) for c in columns)
    return loose, exact, tidy, ahead, -gap


def is_empty(layout: Layout, case: Relation) -> bool:
    """Whether a cell and all that it should follow from are zero: that fits every formula."""
    return not any(map(layout.value, case.cells))


def _is_turned(case: Relation) -> bool:
    return case.printed.rounds(-case.right)


def _is_chance(cases: Sequence[Relation]) -> bool:
    """Whether a column fits its own rows less than twice as well as it fits each other's."""
    others = [
        one.printed.rounds(other.right) for one in cases for other in cases if one is not other
    ]
    own = sum(case.holds for case in cases)
    return own * len(others) < 2 * sum(others) * len(cases)


def _is_swapped(cases: Sequence[Relation]) -> bool:
    """Whether a column shows just what a formula gives, in other rows than it should."""
    shown = sorted((case.printed for case in cases), key=lambda printed: printed.value)
    wanted = sorted(case.right for case in cases)
    return len(cases) > 1 and all(
        printed.rounds(right) for printed, right in zip(shown, wanted, strict=True)
    )
