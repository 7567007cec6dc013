"""Every cell of a table that should follow from others, and whether it does: by formulas, sums and shares."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from itertools import takewhile

from beskplan.audit.statements.amounts import Amount
from beskplan.audit.statements.arithmetic import (
    MANY,
    SEARCHED,
    Cell,
    Formula,
    Layout,
    Relation,
    hints,
    is_empty,
)


def relations(layout: Layout, found: dict[int, Formula]) -> list[Relation]:
    """List every cell of a table that should follow from others, and whether it does."""
    result: list[Relation] = []
    for formula in found.values():
        cases = formula.cases(layout)
        telling = [case for case in cases[:SEARCHED] if not is_empty(layout, case)]
        exact = sum(case.exact for case in telling)
        # Where nearly all are exact, the column is computed from the printed numbers, and rounding
        # explains nothing; half a unit either way is no matter of the last place only.
        strict = exact >= MANY and exact * 10 >= (len(telling) - 1) * 7
        strict = strict and not formula.kind.startswith("down")
        judged = [
            case._replace(holds=case.exact or (case.holds and not (strict and _is_sharp(case))))
            for case in cases
        ]
        backing = sum(case.holds and not is_empty(layout, case) for case in judged)
        result += [
            case._replace(backing=backing - (case.holds and not is_empty(layout, case)))
            for case in judged
        ]
    numeric = [c for c in range(1, len(layout.heads)) if any(row[c] for row in layout.cells)]
    # Only counts are added: what is derived from counts by adding, and no rates.
    additive = [
        c for c in numeric
        if (c not in found or found[c].kind in ("total", "less", "balance"))
        and not (hint := hints(layout, c)).rate and not hint.change
    ]  # fmt: skip
    of_hundred = {c for c in numeric if c not in found and hints(layout, c).pct}
    sums = [*_sums(layout, additive, of_hundred), *_hereof(layout, additive)]
    return [*result, *sums, *_shares(layout, set(found), sums)]


def _is_sharp(case: Relation) -> bool:
    return abs(case.printed.value - case.right) > case.printed.step * Decimal("1.5")


def _structures(layout: Layout, total: int) -> Iterator[tuple[str, list[int]]]:
    """What a total row may be the total of."""
    rows = [r for r in range(len(layout.cells)) if any(layout.cells[r]) and r not in layout.rates]
    plain = [r for r in rows if r not in layout.totals and r not in layout.parts]
    start = max((t for t in layout.totals if t < total), default=-1)
    yield "block", [r for r in plain if start < r < total]
    yield "all", [r for r in plain if r < total]
    yield "totals", [t for t in sorted(layout.totals) if t < total]
    yield "below", [r for r in plain if r > total]
    yield "parts", [r for r in rows if r in layout.parts and start < r < total]


def _sums(
    layout: Layout, additive: Sequence[int], of_hundred: Collection[int]
) -> Iterator[Relation]:
    """Total rows over the rows that they are totals of, as most columns and totals have it.

    Shares are added where their total is a hundred per cent.
    """
    tried: dict[str, list[Relation]] = {}
    for total in sorted(layout.totals):
        for name, rows in _structures(layout, total):
            for c in (*additive, *of_hundred) if len(rows) >= 2 else ():
                printed, given = layout.cells[total][c], [layout.cells[r][c] for r in rows]
                known = [amount for amount in given if amount is not None]
                if printed is None or len(known) < len(given):
                    continue
                right = sum((amount.value for amount in known), Decimal(0))
                values = [amount.value for amount in known]
                share = c in of_hundred and not (printed.value == 100 and 75 <= right <= 125)
                if share or (min(values) > 0 and printed.value <= max(values)):
                    continue  # between its parts lies a mean
                step = max(amount.step for amount in known)
                ok = _adds_up(printed, len(known), right, step, exact=layout.exact)
                sources = tuple((r, c) for r in rows)
                one = Relation("sum", (total, c), sources, printed, right, ok, ok)
                tried.setdefault(name, []).append(one)
    settled: dict[Cell, Relation] = {}
    for name, cases in sorted(tried.items(), key=lambda item: -sum(case.holds for case in item[1])):
        for total in {case.target[0] for case in cases}:
            here = [case for case in cases if case.target[0] == total]
            holding = sum(case.holds for case in here)
            elsewhere = sum(case.holds for case in cases) - holding
            # A hundred per cent is a total by itself: it speaks neither for nor against counts.
            counts = [case for case in here if case.target[1] not in of_hundred]
            usual = any(c.holds for c in counts) and sum(c.holds for c in counts) * 2 >= len(counts)
            by_most = usual or (elsewhere >= MANY and name == "block")
            for case in here:
                if by_most or case.target[1] in of_hundred:
                    backing = holding + elsewhere - case.holds
                    settled.setdefault(case.target, case._replace(backing=backing))
    yield from settled.values()


def _hereof(layout: Layout, additive: Sequence[int]) -> Iterator[Relation]:
    """Rows over the rows »heraf« right below them, where those are all of them in most columns."""
    rows = range(len(layout.cells))
    for whole in (r for r in rows if r not in layout.parts and r + 1 in layout.parts):
        parts = [*takewhile(lambda r: r in layout.parts, rows[whole + 1 :])]
        cases = []
        for c in additive if len(parts) > 1 else ():
            printed, given = layout.at((whole, c)), [layout.at((r, c)) for r in parts]
            known = [amount for amount in given if amount is not None]
            if printed is not None and len(known) == len(given):
                right = sum((amount.value for amount in known), Decimal(0))
                step = max(amount.step for amount in known)
                ok = _adds_up(printed, len(known), right, step, exact=layout.exact)
                sources = tuple((r, c) for r in parts)
                cases.append(Relation("sum", (whole, c), sources, printed, right, ok, ok))
        holding = sum(case.holds for case in cases)
        if holding > 1 and holding * 3 >= len(cases) * 2:
            yield from cases  # either may be wrong, the whole or a part: no backing


_BY_CHANCE = 20
"""Numbers below this add up by chance."""


def subtotals(layout: Layout) -> frozenset[int]:
    """The rows that are said to be totals, and those that add the rows right above them in most columns."""
    columns = [
        c for c in range(1, len(layout.heads))
        if not ((hint := hints(layout, c)).rate or hint.change or hint.pct)
    ]  # fmt: skip
    found = set(layout.totals)
    above = 0
    since: dict[int, tuple[int, Decimal, Decimal]] = {}
    for r, row in enumerate(layout.cells):
        cases = []
        for c, (given, right, step) in since.items() if r not in found | layout.parts else ():
            if (printed := row[c]) is not None and given == above > 1:
                ok = _adds_up(printed, given, right, step, exact=layout.exact)
                cases.append(right >= _BY_CHANCE and ok)
        if r in found or sum(cases) >= max(MANY, len(cases) - 1):
            found.add(r)
            above, since = 0, {}
        elif r not in layout.parts:
            above += 1
            for c in columns:
                given, right, step = since.get(c, (0, Decimal(0), Decimal(0)))
                if (amount := row[c]) is not None:
                    since[c] = given + 1, right + amount.value, max(step, amount.step)
    return frozenset(found)


def _adds_up(printed: Amount, given: int, right: Decimal, step: Decimal, *, exact: bool) -> bool:
    """Whether numbers, so many and of no finer step, add up to a printed one, as far as rounding goes."""
    step = max(printed.step, step)
    worst = Decimal(0) if exact and step == 1 else step * (given + 1) / 2
    # Each rounding error is spread evenly over one step: variance step²/12.
    likely = min(worst, 3 * step * (Decimal(given + 1) / 12).sqrt())
    return abs(printed.value - right) <= likely


def _shares(layout: Layout, done: set[int], sums: Sequence[Relation]) -> Iterator[Relation]:
    """Columns that are the rows' shares of their own sum or of their total row.

    Where they are shares of the sum and the printed total is another number, the total is wrong:
    then the sum is told to be one, though no other column backs it.
    """
    settled = {relation.target for relation in sums}
    for total in sorted(layout.totals):
        for c in range(1, len(layout.heads)):
            hint = hints(layout, c)
            if c not in done and hint.pct and not hint.change:
                yield from _share_column(layout, total, c, settled)


def _share_column(layout: Layout, total: int, c: int, settled: set[Cell]) -> Iterator[Relation]:
    for a in range(c - 1, 0, -1):
        printed = layout.at((total, a))
        for _, rows in _structures(layout, total):
            pairs = [
                (r, level.value, share) for r in rows
                if (level := layout.cells[r][a]) is not None and (share := layout.cells[r][c]) is not None
            ]  # fmt: skip
            if printed is None or len(pairs) < 2 or any(level < 0 for _, level, _ in pairs):
                continue
            added = sum((level for _, level, _ in pairs), Decimal(0))
            for base in dict.fromkeys(base for base in (printed.value, added) if base > 0):
                fits = {r: share.rounds(level / base * 100) for r, level, share in pairs}
                holding = sum(fits.values())
                if holding < 2 or holding * 10 < len(pairs) * 6:
                    continue
                for r, part, share in pairs:
                    right, ok = part / base * 100, fits[r]
                    yield Relation("share", (r, c), ((r, a),), share, right, ok, ok, holding - ok)
                if base != printed.value and (total, a) not in settled:
                    cells = tuple((r, a) for r in rows)
                    yield Relation("sum", (total, a), cells, printed, added, False, False, holding)  # noqa: FBT003
                return
