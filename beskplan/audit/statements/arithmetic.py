"""Which arithmetic ties the columns and rows of a table together, and which cells break it.

A head only hints at what a column is. What decides is the formula that fits most of the rows: the
rows that then deviate are the findings. Where no formula fits, nothing is said of the column.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from itertools import pairwise, permutations
from typing import Literal, NamedTuple

from beskplan.audit.statements.amounts import PCT, Amount

Kind = Literal["diff", "pct", "ratio", "total", "share", "down", "down_pct", "sum", "balance"]
"""diff b - a · pct (b / a - 1) · ratio b / a · total columns added · share of the rows' sum · down and
down_pct from the row above · sum rows added · balance stock + in - out."""
Cell = tuple[int, int]
"""Row and column."""
Matrix = Sequence[Sequence[Amount | None]]

CHANGE = re.compile(
    r"udvikling|ændring|\bændr|vækst|stigning|\bfald|forskel|afvig|differen|tilvækst|\+/-|^udv\b|\bdiff",
    re.IGNORECASE,
)
"""Heads of columns that tell how something has moved."""
RATE = re.compile(
    r"\bgns|gennemsnit|pris|varighed|\bindeks|rate\b|kvote|\bpr\.|procent\b|\bpct|%|andel|grad\b|ledighedspct",
    re.IGNORECASE,
)
"""Heads of columns that are no counts and never added."""
_TOTAL_HEAD = re.compile(
    r"\bi alt\b|\bialt\b|\btotal|\bsamlet|\bsum\b|\balle\b|\bnetto", re.IGNORECASE
)
_SEARCHED = 40
"""So many rows tell which formula a column follows."""
_WIDEST = 14
"""Tables with more columns than this are only searched among neighbours."""
_HALF = Decimal("0.5")
_MANY = 3
"""So many other rows make the reading of a column sure."""


class Fit(NamedTuple):
    """How well a formula fits: rows exactly right, rows right within rounding, rows tried."""

    exact: int
    loose: int
    tried: int


@dataclass(frozen=True)
class Formula:
    """How a column follows from others: `columns` in the order of the formula."""

    kind: Kind
    target: int
    columns: tuple[int, ...]
    fit: Fit
    strict: bool = False
    """Whether the column is computed from the printed numbers, so that rounding explains nothing."""


@dataclass(frozen=True)
class Relation:
    """One cell that should follow from others."""

    kind: Kind
    target: Cell
    sources: tuple[Cell, ...]
    right: Decimal
    holds: bool
    backing: int
    """How many other rows or columns follow the same formula."""

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cell and those that it should follow from."""
        return (self.target, *self.sources)


@dataclass(frozen=True)
class Layout:
    """What the arithmetic of a table needs to know of it."""

    heads: tuple[str, ...]
    cells: Matrix
    totals: frozenset[int]
    """Rows that are said to be a total."""
    parts: frozenset[int]
    """Rows that are said to be a part of the row above them."""
    exact: bool
    """Whether whole things are counted, so that printed counts are not rounded."""
    periods: tuple[int, ...] = ()
    """By row: its place in time where every row is a period; else empty."""


# ---------------------------------------------------------------- what a formula gives


def _ulp(amount: Amount) -> Decimal:
    return Decimal(1).scaleb(-amount.decimals)


def change_pct(before: Decimal, now: Decimal) -> Decimal | None:
    """(now / before - 1) x 100; None where there is nothing to be in per cent of."""
    return (now / before - 1) * 100 if before else None


def _pct_range(a: Amount, b: Amount, *, exact: bool, minus: int) -> tuple[Decimal, Decimal]:
    """The lowest and highest ratio, less 100 for a change, that two rounded numbers allow."""
    was, now = a.interval(exact=exact), b.interval(exact=exact)
    low = max(was.low, _ulp(a) / 100)
    return max(now.low, Decimal(0)) / was.high * 100 - minus, now.high / low * 100 - minus


def _value(kind: Kind, given: Sequence[Amount]) -> Decimal | None:
    """What a formula gives for a row; None where it cannot be computed."""
    first = given[0].value
    if kind in ("diff", "down"):
        return given[1].value - first
    if kind in ("pct", "down_pct"):
        return change_pct(first, given[1].value) if first > 0 else None
    if kind == "ratio":
        return given[1].value / first * 100 if first > 0 else None
    if kind == "balance":
        return first + given[1].value - given[2].value
    return sum((one.value for one in given), Decimal(0))


def _fits(
    kind: Kind, printed: Amount, given: Sequence[Amount], *, exact: bool
) -> tuple[bool, bool] | None:
    """Whether a printed number is a formula's, exactly and within rounding; None if not computable."""
    right = _value(kind, given)
    if right is None:
        return None
    off = abs(printed.value - right)
    if kind in ("pct", "ratio", "down_pct"):
        half = _ulp(printed) * _HALF
        low, high = _pct_range(given[0], given[1], exact=exact, minus=0 if kind == "ratio" else 100)
        loose = low - half <= printed.value <= high + half
        return off <= half * Decimal("1.001"), loose
    step = max(_ulp(one) for one in (printed, *given))
    slack = Decimal(0) if exact and step == 1 else step * max(1, len(given) // 2)
    return off == 0, off <= slack


def _fit(layout: Layout, kind: Kind, target: int, columns: Sequence[int]) -> Fit:
    exact = loose = tried = 0
    for row in layout.cells[:_SEARCHED]:
        printed = row[target]
        given = [row[c] for c in columns]
        if printed is None or None in given:
            continue
        judged = _fits(kind, printed, given, exact=layout.exact)  # type: ignore[arg-type]
        if judged is not None:
            tried += 1
            exact += judged[0]
            loose += judged[1]
    return Fit(exact, loose, tried)


# ---------------------------------------------------------------- which formula a column follows


class Hints(NamedTuple):
    """What the heads and cells of a column hint at."""

    change: bool
    pct: bool
    points: bool
    total: bool
    rate: bool


def hints(layout: Layout, column: int) -> Hints:
    """What the head and the cells of a column hint at."""
    head = layout.heads[column]
    cells = [cell for row in layout.cells if (cell := row[column]) is not None]
    signed = bool(cells) and sum(cell.signed for cell in cells) * 2 >= len(cells)
    points = bool(re.search(r"point", head, re.IGNORECASE))
    in_cells = bool(cells) and sum(cell.unit == PCT for cell in cells) * 2 > len(cells)
    pct = (bool(re.search(r"pct|%|procent", head, re.IGNORECASE)) or in_cells) and not points
    change = bool(CHANGE.search(head)) or signed or points
    return Hints(
        change, pct, points, bool(_TOTAL_HEAD.search(head)), bool(RATE.search(head)) or in_cells
    )


def formulas(layout: Layout) -> dict[int, Formula]:
    """The formula that each derived column follows; columns that follow none are left out."""
    width = len(layout.heads)
    numeric = [c for c in range(1, width) if any(row[c] is not None for row in layout.cells)]
    known = {c: hints(layout, c) for c in numeric}
    found: dict[int, Formula] = {}
    # Changes first: a total over columns must not be taken for a difference of its parts.
    for c in sorted(numeric, key=lambda c: (not known[c].change, not known[c].total, c)):
        others = [o for o in numeric if o != c and o not in found and not known[o].change]
        best = _best(layout, c, known, others)
        if best is not None:
            found[c] = best
    return found


def _best(layout: Layout, c: int, known: dict[int, Hints], others: Sequence[int]) -> Formula | None:
    hint = known[c]
    tries: list[tuple[Kind, tuple[int, ...]]] = []
    near = [o for o in others if len(layout.heads) <= _WIDEST or abs(o - c) <= _WIDEST // 2]
    if hint.change or hint.pct:
        pairs = [
            (a, b) for a, b in permutations(near, 2)
            if known[a].rate == known[b].rate or {a, b} == {c - 1, c - 2}
        ]  # fmt: skip
        kinds: list[Kind] = ["pct", "diff"] if hint.change else ["ratio"]
        tries += [(kind, pair) for kind in kinds for pair in pairs]
        if layout.periods and hint.change:
            tries += [(kind, (o,)) for kind in ("down_pct", "down") for o in near]
    if re.search(r"indeks", layout.heads[c], re.IGNORECASE):
        tries += [("ratio", pair) for pair in permutations(near, 2)]
    if not hint.change and not hint.rate:
        runs = [tuple(near[i:j]) for i in range(len(near)) for j in range(i + 2, len(near) + 1)]
        tries += [("total", run) for run in runs if run[-1] - run[0] == len(run) - 1]
        if len(near) == 3:  # stock, in, out: the fourth is the stock afterwards
            tries += [("balance", p) for p in permutations(near, 3) if c > max(p)]
    scored = []
    for kind, columns in tries:
        fit = _down_fit(layout, kind, c, columns[0]) if kind.startswith("down") else (
            _fit(layout, kind, c, columns)
        )  # fmt: skip
        swapped = not fit.loose and hint.change and _is_swapped(layout, kind, c, columns)
        ahead = columns[0] < columns[-1]
        if swapped or _accepted(fit, kind, hint, ahead=ahead):
            tidy = (kind == "pct") == hint.pct if hint.change else True
            gap = sum(abs(c - o) for o in columns)
            scored.append(
                ((fit.loose, fit.exact, tidy, ahead, -gap), Formula(kind, c, tuple(columns), fit))
            )
    if not scored:
        return None
    best = max(scored, key=lambda one: one[0])[1]
    strict = best.fit.exact >= max(_MANY, 0.7 * (best.fit.tried - 1))
    return replace(best, strict=strict)


def _is_swapped(layout: Layout, kind: Kind, target: int, columns: Sequence[int]) -> bool:
    """Whether a column shows just what a formula gives, in other rows than it should."""
    wanted: list[Decimal] = []
    shown: list[Amount] = []
    rows = layout.cells[:_SEARCHED]
    for above, row in zip((rows[0], *rows), rows, strict=False):
        down = kind.startswith("down")
        given = (above[columns[0]], row[columns[0]]) if down else tuple(row[c] for c in columns)
        printed = row[target]
        if printed is None or None in given:
            continue
        right = _value(kind, given)  # type: ignore[arg-type]
        if right is not None:
            wanted.append(right)
            shown.append(printed)
    order = sorted(shown, key=lambda one: one.value)
    half = [_ulp(one) * _HALF for one in order]
    pairs = zip(order, sorted(wanted), half, strict=True)
    return len(shown) > 1 and all(abs(one.value - right) <= slack for one, right, slack in pairs)


def _accepted(fit: Fit, kind: Kind, hint: Hints, *, ahead: bool) -> bool:
    """Whether a formula fits most of the rows; a head that names it needs fewer."""
    if kind in ("total", "ratio", "balance"):
        least = 2 if hint.total or hint.pct else _MANY
        return fit.loose >= least and fit.loose * 10 >= fit.tried * 6
    if fit.loose and hint.change and ahead and kind == ("pct" if hint.pct else "diff"):
        return fit.loose * 3 >= fit.tried
    if fit.loose < 2:
        return fit.loose == 1 and fit.tried <= 2 and hint.change
    return fit.loose * 2 >= fit.tried


def _down_fit(layout: Layout, kind: Kind, target: int, column: int) -> Fit:
    results = [r for r in _down(layout, kind, target, column) if r is not None]
    return Fit(sum(r[0] for r in results), sum(r[1] for r in results), len(results))


def _down(
    layout: Layout, kind: Kind, target: int, column: int
) -> Iterator[tuple[bool, bool] | None]:
    for above, row in pairwise(layout.cells):
        before, now, printed = above[column], row[column], row[target]
        if before is None or now is None or printed is None:
            yield None
        elif kind == "down_pct":
            was, level = before.rounded(), now.rounded()
            right = change_pct(before.value, now.value)
            low, high = change_pct(was.high, level.low), change_pct(max(was.low, _HALF), level.high)
            half = _ulp(printed) * _HALF
            if right is None or low is None or high is None:
                yield None
            else:
                yield abs(printed.value - right) <= half, low - half <= printed.value <= high + half
        else:
            off = abs(printed.value - (now.value - before.value))
            yield off == 0, off <= (0 if layout.exact else 1)


# ---------------------------------------------------------------- every cell that should follow


def relations(layout: Layout, found: dict[int, Formula]) -> list[Relation]:
    """Every cell of a table that should follow from others, and whether it does."""
    result: list[Relation] = []
    for formula in found.values():
        if formula.kind.startswith("down"):
            result += _down_relations(layout, formula)
            continue
        judged: list[tuple[int, Decimal, bool]] = []
        for r, row in enumerate(layout.cells):
            printed = row[formula.target]
            given = [row[c] for c in formula.columns]
            if printed is None or None in given:
                continue
            fits = _fits(formula.kind, printed, given, exact=layout.exact)  # type: ignore[arg-type]
            right = _value(formula.kind, given)  # type: ignore[arg-type]
            if fits is not None and right is not None:
                judged.append(
                    (r, right, fits[0] if formula.strict and _sharp(row, formula) else fits[1])
                )
        holding = sum(ok for _, _, ok in judged)
        for r, right, ok in judged:
            sources = tuple((r, c) for c in formula.columns)
            result.append(
                Relation(formula.kind, (r, formula.target), sources, right, ok, holding - ok)
            )
    additive = _additive(layout, found)
    sums = list(_sums(layout, additive))
    result += sums
    result += _shares(layout, found, sums)
    return result


def _sharp(row: Sequence[Amount | None], formula: Formula) -> bool:
    """Whether a strict formula binds: half a unit either way is no matter of the last place only."""
    printed = row[formula.target]
    right = _value(formula.kind, [row[c] for c in formula.columns])  # type: ignore[misc]
    if printed is None or right is None:
        return False
    return abs(printed.value - right) > _ulp(printed) * Decimal("1.5")


def _down_relations(layout: Layout, formula: Formula) -> Iterator[Relation]:
    column = formula.columns[0]
    for r, judged in enumerate(_down(layout, formula.kind, formula.target, column), start=1):
        before, now = layout.cells[r - 1][column], layout.cells[r][column]
        if judged is None or before is None or now is None:
            continue
        right = _value(formula.kind, (before, now)) or Decimal(0)
        sources = ((r - 1, column), (r, column))
        ok = judged[1]
        yield Relation(
            formula.kind, (r, formula.target), sources, right, ok, formula.fit.loose - ok
        )


def _additive(layout: Layout, found: dict[int, Formula]) -> list[int]:
    """Columns of counts: not derived but from counts, and no rates."""
    known = [c for c in range(1, len(layout.heads)) if any(row[c] for row in layout.cells)]
    return [
        c for c in known
        if (c not in found or found[c].kind in ("total", "balance"))
        and not hints(layout, c).rate and not hints(layout, c).change
    ]  # fmt: skip


def _structures(layout: Layout, total: int) -> Iterator[tuple[str, list[int]]]:
    """What a total row may be the total of."""
    rows = [r for r in range(len(layout.cells)) if any(layout.cells[r])]
    plain = [r for r in rows if r not in layout.totals and r not in layout.parts]
    above = [t for t in layout.totals if t < total]
    start = max(above, default=-1)
    yield "block", [r for r in plain if start < r < total]
    yield "all", [r for r in plain if r < total]
    yield "totals", [t for t in sorted(layout.totals) if t < total]
    yield "below", [r for r in plain if r > total]
    yield "parts", [r for r in rows if r in layout.parts and start < r < total]


def _sums(layout: Layout, additive: Sequence[int]) -> Iterator[Relation]:
    """Total rows over the rows that they are totals of, as most columns and totals have it."""
    tried: dict[str, list[tuple[int, int, list[int], Decimal, bool]]] = {}
    for total in sorted(layout.totals):
        for name, rows in _structures(layout, total):
            for c in additive if len(rows) >= 2 else ():
                printed = layout.cells[total][c]
                given = [cell for r in rows if (cell := layout.cells[r][c]) is not None]
                if printed is None or len(given) < 2 or _has_gap(layout, rows, c):
                    continue
                right = sum((cell.value for cell in given), Decimal(0))
                ok = sum_holds(printed, given, exact=layout.exact)
                tried.setdefault(name, []).append((total, c, rows, right, ok))
    settled: dict[tuple[int, int], Relation] = {}
    ranked = sorted(tried, key=lambda name: -sum(one[4] for one in tried[name]))
    for name in ranked:
        ones = tried[name]
        for total in {one[0] for one in ones}:
            here = [one for one in ones if one[0] == total]
            holding = sum(one[4] for one in here)
            elsewhere = sum(one[4] for one in ones if one[0] != total)
            usual = holding * 2 >= len(here) and holding
            if not usual and not (elsewhere >= _MANY and name == "block"):
                continue
            for _, c, rows, right, ok in here:
                sources = tuple((r, c) for r in rows if layout.cells[r][c] is not None)
                settled.setdefault(
                    (total, c),
                    Relation("sum", (total, c), sources, right, ok, holding + elsewhere - ok),
                )
    yield from settled.values()


def _has_gap(layout: Layout, rows: Sequence[int], c: int) -> bool:
    """Whether a row that would be added shows no number."""
    return any(layout.cells[r][c] is None for r in rows)


def sum_holds(printed: Amount, given: Sequence[Amount], *, exact: bool) -> bool:
    """Whether numbers add up to a printed one, as far as rounding goes."""
    step = max(_ulp(one) for one in (printed, *given))
    worst = Decimal(0) if exact and step == 1 else step * (len(given) + 1) / 2
    # Each rounding error is spread evenly over one step: variance step²/12.
    likely = min(worst, 3 * step * (Decimal(len(given) + 1) / 12).sqrt())
    added = sum((one.value for one in given), Decimal(0))
    return abs(printed.value - added) <= likely


def _shares(layout: Layout, found: dict[int, Formula], sums: list[Relation]) -> Iterator[Relation]:
    """Columns that are the rows' shares of their own sum or of their total row.

    Where they are shares of the sum and the printed total is another number, the total is wrong:
    then the sum is told to be one, though no other column backs it.
    """
    done = set(found) | {r.target[1] for r in sums if r.kind == "share"}
    for total in sorted(layout.totals):
        for c in range(1, len(layout.heads)):
            hint = hints(layout, c)
            if c in done or not hint.pct or hint.change:
                continue
            yield from _share_column(layout, total, c, sums)


def _share_column(layout: Layout, total: int, c: int, sums: list[Relation]) -> Iterator[Relation]:
    for a in range(c - 1, 0, -1):
        whole = layout.cells[total][a]
        for _, rows in _structures(layout, total):
            pairs = [
                (r, level, share) for r in rows
                if (level := layout.cells[r][a]) is not None and (share := layout.cells[r][c]) is not None
            ]  # fmt: skip
            if whole is None or len(pairs) < 2 or any(level.value < 0 for _, level, _ in pairs):
                continue
            added = sum((level.value for _, level, _ in pairs), Decimal(0))
            for base, backs in ((whole.value, False), (added, True)):
                if base <= 0 or (backs and base == whole.value):
                    continue
                right = {r: level.value / base * 100 for r, level, _ in pairs}
                fits = {
                    r: abs(share.value - right[r]) <= _ulp(share) * _HALF for r, _, share in pairs
                }
                holding = sum(fits.values())
                if holding < 2 or holding * 10 < len(pairs) * 6:
                    continue
                for r, ok in fits.items():
                    yield Relation("share", (r, c), ((r, a),), right[r], ok, holding - ok)
                if backs and not any(s.target == (total, a) for s in sums):
                    cells = tuple((r, a) for r in rows)
                    yield Relation("sum", (total, a), cells, added, holds=False, backing=holding)
                return


# ---------------------------------------------------------------- which cell is to blame


@dataclass(frozen=True)
class Fault:
    """One cell that breaks what the other cells of its table agree on."""

    cell: Cell
    relation: Relation
    """The failed relation that says it best."""
    right: Decimal | None
    """What the cell should be; None where the others do not tell."""
    failed: int
    backing: int
    confirmed: bool
    """Whether the numbers that it is computed from take part in relations that hold."""


def faults(layout: Layout, found: Iterable[Relation]) -> list[Fault]:
    """The cells to blame, one for each cause: a wrong total is one fault, not four."""
    found = list(found)
    failed = [r for r in found if not r.holds]
    holding = Counter(cell for r in found if r.holds for cell in r.cells)
    targets = Counter(r.target for r in failed)
    result = []
    while failed:
        counted = Counter(cell for r in failed for cell in r.cells)
        cell = max(counted, key=partial(_weight, counted, holding, targets))
        mine = [r for r in failed if cell in r.cells]
        told = next((r for r in mine if r.target == cell), mine[0])
        right = told.right if told.target == cell else _solved(layout, mine, cell)
        backing = max(r.backing for r in mine)
        confirmed = all(holding[s] for s in told.cells if s != cell) and told.target == cell
        result.append(Fault(cell, told, right, len(mine), backing, confirmed))
        failed = [r for r in failed if cell not in r.cells]
    return sorted(result, key=lambda fault: fault.cell)


def _weight(
    counted: Counter[Cell], holding: Counter[Cell], targets: Counter[Cell], cell: Cell
) -> tuple[int, int, int]:
    """How much points at a cell: what fails with it, less what holds with it; else what is derived."""
    return counted[cell] - min(holding[cell], 2), targets[cell], -cell[1]


def _solved(layout: Layout, mine: Sequence[Relation], cell: Cell) -> Decimal | None:
    """What a cell that others are computed from should be."""

    def at(one: Cell) -> Decimal:
        amount = layout.cells[one[0]][one[1]]
        return amount.value if amount is not None else Decimal(0)

    for r in mine:
        if r.kind in ("sum", "total"):
            return at(r.target) - sum((at(s) for s in r.sources if s != cell), Decimal(0))
        if r.kind in ("diff", "down"):
            first, last = r.sources
            return at(last) - at(r.target) if cell == first else at(first) + at(r.target)
    return None
