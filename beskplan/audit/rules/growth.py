"""Arithmetic inside the text: per cents with their counts, parts of a number, levels after a change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.rules.registry import rule
from beskplan.audit.statements.amounts import PCT, POINTS, Amount, amounts
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.scan import Scan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.times import times
from beskplan.audit.statements.vocabulary import only_turn
from beskplan.core.numbers import format_number, format_pct
from beskplan.indicators.shares import Interval

_EQUALS = re.compile(r"(?:hvilket |som |det )?svare(?:r|nde) til\s*$", re.IGNORECASE)
_RATE = re.compile(r"\b(?:lå|ligger|var|er)\b[^.]{0,30}?\bpå\s*$", re.IGNORECASE)
_SO_THAT = re.compile(r"\bså der\b[^.]*?\bvil være\s*$", re.IGNORECASE)


_OF_THEM = Scan(r"\b(?:[Hh]eraf|[Dd]eraf|fordelt)\b")
_OUT_OF = Scan(r"\b[Uu]d af (?:de |i alt )?\d|^Af (?:de |i alt )?\d")
_UD_AF = re.compile(r"[^.;,()\d]{0,25}\baf (?:de |i alt |kommunens )?")
_IS_SHARE = re.compile(r"[^.;()\d]{0,40}(?:svarende til|hvilket svarer til|dvs\.|\()\s*(?:ca\. )?")


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


@rule("udgangspunkt-i-kaede")
def chained(plan: Plan) -> Iterator[Outcome]:
    """To ændringer i træk har ikke samme udgangspunkt.

    En ændring i pct. og i antal fortæller tilsammen, hvor mange der var før og efter. Begynder
    den næste ændring, hvor den første slutter, skal de to tal kunne passe sammen.
    """
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


@rule("niveau-trykt-som-fald")
def level_in_text(plan: Plan) -> Iterator[Outcome]:
    """Et antal ligner niveauet og ikke ændringen.

    Et fald i ledigheden på P pct. og et antal giver en ledighed. Sammen med ledighedsprocenten
    i samme afsnit giver den en arbejdsstyrke. Er den flere gange så stor som beskæftigelsen i
    samme afsnit, er antallet næppe ændringen, men niveauet.
    """
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


@rule("niveau-efter-aendring")
def level_after(plan: Plan) -> Iterator[Outcome]:
    """Niveauet passer ikke med ændringen.

    »Et fald på 20 pct., så der vil være 800« regnes efter ud fra det antal, som sætningen før
    slutter med. Runde tal godtages som afrundede.
    """
    for before, sentence in pairwise(plan.prose):
        numbers = amounts(sentence.text)
        if "vil være" not in sentence.text:
            continue
        level = next((n for n in numbers if _SO_THAT.search(sentence.text[: n.start])), None)
        pct = next((n for n in numbers if n.unit == PCT), None)
        starts = [n for n in amounts(before.text) if n.unit not in (PCT, POINTS)]
        way = only_turn(sentence.text)
        if level is None or pct is None or not starts or way not in ("up", "down"):
            continue
        sign = 1 if way == "up" else -1
        base, change = starts[-1].rounded(), pct.interval()
        ends = [
            of * (1 + sign * by / 100)
            for of in (base.low, base.high)
            for by in (change.low, change.high)
        ]
        if Interval(min(ends), max(ends)).intersect(level.rounded()):
            yield Agreed("niveau-efter-aendring", sentence.place, level.text)
            continue
        right = format_number(starts[-1].value * (1 + sign * pct.value / 100))
        yield Finding(
            "niveau-efter-aendring", "contradiction", "sandsynlig", sentence.place, sentence.text, right,
            f"{starts[-1].text} ændret med {pct.text} er {right}, ikke {level.text}.",
        )  # fmt: skip


@rule("del-i-parentes")
def parts_in_brackets(plan: Plan) -> Iterator[Outcome]:
    """Procenten i parentesen passer ikke med antallet.

    »60 deltagere. Heraf 15 (25 pct.) og 45 (75 pct.)«: hver procent regnes efter, og delene skal
    give det hele, når procenterne giver 100.
    """
    yield from _so_many_of(plan)
    previous: Sentence | None = None
    for sentence in plan.prose:
        pairs = _pairs(sentence.text)
        out_of = pairs and _OUT_OF.search(sentence.text)
        if out_of or (len(pairs) >= 2 and _OF_THEM.search(sentence.text)):
            total = _total(previous, sentence, pairs[0][0].start)
            if total is not None:
                yield from _bracketed(sentence, total, pairs)
        previous = sentence


def _so_many_of(plan: Plan) -> Iterator[Outcome]:
    """Numbers like `120 ud af 400 borgere, svarende til 30 pct.` in one breath."""
    for sentence in plan.prose:
        found = amounts(sentence.text)
        for count, whole, pct in zip(found, found[1:], found[2:], strict=False):
            units = {count.unit, whole.unit} & {PCT, POINTS}
            if units or pct.unit != PCT or pct.signed or not whole.value:
                continue
            of = _UD_AF.fullmatch(sentence.text[count.end : whole.start])
            if of and _IS_SHARE.fullmatch(sentence.text[whole.end : pct.start]):
                yield from _bracketed(sentence, whole, [(count, pct)])


def _pairs(text: str) -> list[tuple[Amount, Amount]]:
    numbers = amounts(text)
    return [
        (count, pct)
        for count, pct in pairwise(numbers)
        if count.unit not in (PCT, POINTS) and pct.unit == PCT and not pct.signed
        and re.fullmatch(r"[^.;()]{0,60}\(", text[count.end : pct.start])
    ]  # fmt: skip


def _total(previous: Sentence | None, sentence: Sentence, before: int) -> Amount | None:
    here = [n for n in amounts(sentence.text) if n.end <= before and n.unit not in (PCT, POINTS)]
    if here:
        return here[-1]
    same = previous is not None and previous.part == sentence.part
    earlier = (
        [n for n in amounts(previous.text) if n.unit not in (PCT, POINTS)]
        if same and previous
        else []
    )
    return earlier[-1] if earlier else None


def _bracketed(
    sentence: Sentence, total: Amount, pairs: list[tuple[Amount, Amount]]
) -> Iterator[Outcome]:
    if not total.value:
        return
    for count, pct in pairs:
        right = count.value / total.value * 100
        if pct.means(right):
            yield Agreed("del-i-parentes", sentence.place, pct.text)
            continue
        yield Finding(
            "del-i-parentes", "error", "sandsynlig", sentence.place, sentence.text,
            format_pct(right, pct.decimals),
            f"{count.text} af {total.text} er {format_pct(right, pct.decimals)}, ikke {pct.text}.",
        )  # fmt: skip
    whole = abs(sum((pct.value for _, pct in pairs), Decimal(0)) - 100) <= 1
    added = sum((count.value for count, _ in pairs), Decimal(0))
    if whole and added != total.value:
        yield Finding(
            "del-i-parentes", "error", "sandsynlig", sentence.place, sentence.text, format_number(added),
            f"Delene giver tilsammen {format_number(added)}, men helheden er {total.text}.",
        )  # fmt: skip


_BESIDE = re.compile(
    r"\b(?:(?P<over>over|højere end|større end|mere end)|(?P<under>under|lavere end|mindre end))\b"
    r"(?P<who>[^.,;()]{3,60}?)\b(?:med|på|er på)\s*$",
    re.IGNORECASE,
)


@rule("over-eller-under")
def above_or_below(plan: Plan) -> Iterator[Outcome]:
    """»Over« og »under« passer ikke med tallene.

    »3,2 pct., over nabokommunerne med 3,0 pct.«: det første tal skal være størst.
    Er tallet under, skal det være mindst.
    """
    for sentence in plan.prose:
        numbers = [n for n in amounts(sentence.text) if n.unit == PCT]
        for other in numbers[1:]:
            match = _BESIDE.search(sentence.text[: other.start])
            own = numbers[0]
            if match is None or own.end > match.start():
                continue
            holds = own.value > other.value if match["over"] else own.value < other.value
            if holds:
                yield Agreed("over-eller-under", sentence.place, other.text)
                continue
            yield Finding(
                "over-eller-under", "contradiction", "sikker", sentence.place, sentence.text, "",
                f"{own.text} er ikke {match['over'] or match['under']} {other.text}.",
            )  # fmt: skip
