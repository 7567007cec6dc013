"""Changes told in per cent and number at once: together they give the level that they are changes of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.statements.amounts import PCT, POINTS, Amount, amounts
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.times import times
from beskplan.audit.statements.vocabulary import only_turn
from beskplan.core.numbers import format_number
from beskplan.indicators.shares import Interval

_EQUALS = re.compile(r"(?:hvilket |som |det )?svare(?:r|nde) til\s*$", re.IGNORECASE)
_RATE = re.compile(r"\b(?:lå|ligger|var|er)\b[^.]{0,30}?\bpå\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Growth:
    """A change in per cent with its count: together they tell what it was a change of."""

    sentence: Sentence
    pct: Amount
    count: Amount
    up: bool
    periods: tuple[str, ...]

    @property
    def base(self) -> Interval:
        """The levels before the change for which per cent and count belong together."""
        pct, count = self.pct.interval(), self.count.interval()
        return Interval(count.low / pct.high * 100, count.high / pct.low * 100)

    @property
    def after(self) -> Interval:
        """The levels after the change."""
        sign = 1 if self.up else -1
        return Interval(
            self.base.low + sign * self.count.value, self.base.high + sign * self.count.value
        )


def growths(plan: Plan) -> list[Growth]:
    """Every `steget med 2,3 pct., hvilket svarer til 18.097` of the text."""
    found = []
    for index, sentence in enumerate(plan.prose):
        numbers = amounts(sentence.text)
        earlier = plan.prose[index - 1].text if index and not sentence.first else ""
        for pct, count in pairwise(numbers):
            between = sentence.text[pct.end : count.start]
            if pct.unit != PCT or count.unit in (PCT, POINTS) or len(between) >= 60:
                continue
            if not _EQUALS.search(between):
                continue
            way = only_turn(sentence.text[max(0, pct.start - 90) : pct.start])
            if way in ("up", "down") and pct.interval().low > 0:
                named = tuple(
                    when.key for when in times(sentence.text[: pct.start + 60]) or times(earlier)
                )
                found.append(Growth(sentence, pct, count, way == "up", named))
    return found


def chained(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `udgangspunkt-i-kaede` says."""
    found = growths(plan)
    for first, second in pairwise(found):
        joined = (
            len(first.periods) == 2
            and len(second.periods) >= 1
            and first.periods[1] == second.periods[0]
        )
        if not joined or first.sentence.place.section != second.sentence.place.section:
            continue
        if first.after.intersect(second.base):
            yield Agreed("udgangspunkt-i-kaede", second.sentence.place, second.count.text)
            continue
        yield Finding(
            "udgangspunkt-i-kaede", "contradiction", "sandsynlig", second.sentence.place,
            second.sentence.text, f"{_span(first.after)} som udgangspunkt",
            f"{first.pct.text} og {first.count.text} svarer til {_span(first.after)} efter den "
            "første ændring. "
            f"{second.pct.text} og {second.count.text} svarer til {_span(second.base)} før den "
            "næste. De to "
            "tal skulle være ens.",
        )  # fmt: skip


def level_in_text(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `niveau-trykt-som-fald` says."""
    found = growths(plan)
    for growth in found:
        rate = _rate(plan, growth)
        jobs = [g for g in found if g is not growth and "beskæftig" in g.sentence.text.casefold()]
        if rate is None or "ledig" not in growth.sentence.text.casefold() or not jobs:
            continue
        workforce = growth.base.low / rate.value * 100
        employed = max(job.after.high for job in jobs)
        if workforce < 2 * employed:
            yield Agreed("niveau-trykt-som-fald", growth.sentence.place, growth.count.text)
            continue
        yield Finding(
            "niveau-trykt-som-fald", "contradiction", "sandsynlig", growth.sentence.place,
            growth.sentence.text, f"et antal, der er {growth.pct.text} af de ledige",
            f"{growth.pct.text} og {growth.count.text} svarer til {_span(growth.base)} ledige. "
            "Med en ledighed "
            f"på {rate.text} giver det en arbejdsstyrke på mindst {format_number(workforce)}, men "
            "afsnittet "
            f"har højst {format_number(employed)} beskæftigede. {growth.count.text} ligner "
            "antallet af ledige "
            "og ikke ændringen.",
        )  # fmt: skip


def _rate(plan: Plan, growth: Growth) -> Amount | None:
    """The unemployment rate that the same section gives."""
    for sentence in plan.prose:
        if (
            sentence.place.section != growth.sentence.place.section
            or "ledig" not in sentence.text.casefold()
        ):
            continue
        for amount in amounts(sentence.text):
            if (
                amount.unit == PCT
                and _RATE.search(sentence.text[: amount.start])
                and amount.value < 20
            ):
                return amount
    return None


def _span(within: Interval) -> str:
    return f"{format_number(within.low)} til {format_number(within.high)}"
