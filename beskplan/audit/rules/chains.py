"""Changes in a row: the second begins where the first ends."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from beskplan.audit.model import Outcome
from beskplan.audit.rules.movements import Movement, movements
from beskplan.audit.rules.registry import judge
from beskplan.audit.statements.amounts import times
from beskplan.audit.statements.plan import Plan
from beskplan.core.danish import format_number
from beskplan.indicators.quantities import Interval


def levels_of(movement: Movement) -> tuple[Interval, Interval] | None:
    """Give the levels before and after for which a change in per cent and its count belong together.

    None where a movement does not tell just one of each, or not which way it goes.
    """
    pcts, counts = movement.by_kind("P"), movement.by_kind("N")
    both = len(movement.by) == 2 and pcts and counts and movement.way in ("up", "down")
    within = pcts[0].number.interval() if both else None
    low, high = sorted((abs(within.low), abs(within.high))) if within else (Decimal(0), Decimal(0))
    sign = 1 if movement.way == "up" else -1
    if within is None or not low or within.low * within.high <= 0:
        return None
    if pcts[0].number.signed and pcts[0].number.value * sign < 0:
        return None
    size, moved = counts[0].number.interval(), sign * abs(counts[0].size)
    before = Interval(abs(size.low) / high * 100, abs(size.high) / low * 100)
    return before, Interval(before.low + moved, before.high + moved)


def changes_in_a_row(plan: Plan) -> Iterator[Outcome]:
    """Judge two changes of which the second begins where the first ends."""
    first: tuple[Movement, Interval, tuple[str, ...]] | None = None
    for earlier, sentence in pairwise((None, *plan.prose)):
        for movement in movements(sentence) if sentence else ():
            levels = levels_of(movement) if len(movement.tokens) == 2 else None
            if levels is None:
                continue
            said, (pct, count) = movement.sentence, (movement.by_kind(kind)[0] for kind in "PN")
            before = times(earlier.text) if earlier and not said.first else ()
            named = times(said.text[: pct.start + 60]) or before
            periods = tuple(when.key for when in named)
            same = first and first[0].sentence.place.section == said.place.section
            if first and same and len(first[2]) == 2 and first[2][1:] == periods[:1]:
                one, after, _ = first
                was, number = (one.by_kind(kind)[0].number.text for kind in "PN")
                yield judge(
                    "udgangspunkt-i-kaede", said, holds=bool(after.intersect(levels[0])),
                    right=f"{_span(after)} som udgangspunkt", first=was, count=number, after=_span(after),
                    second=pct.number.text, number=count.number.text, base=_span(levels[0]),
                )  # fmt: skip
            first = movement, levels[1], periods


def _span(within: Interval) -> str:
    return f"{format_number(within.low)} til {format_number(within.high)}"
