"""Counts and shares in prose: the population that they imply, and lists of shares against their total."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.rules.movements import movements
from beskplan.audit.statements.amounts import Amount
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.skeleton import Skeleton, Token, skeleton
from beskplan.audit.statements.vocabulary import quotes_another
from beskplan.core.numbers import format_number, format_pct
from beskplan.indicators.shares import Interval

_BASES = r"(?P<base>befolkning\w*|arbejdsstyrke\w*|borgere i den erhvervsaktive|16[-–]6\d)"
_OF_BASE = re.compile(
    rf"⟨(?P<share>P\d+)⟩ af (?:hele |alle |de |den |det |kommunens |samme |samlede |⟨(?P<whole>N\d+)⟩ "
    rf")*{_BASES}"
)
_ABOUT = re.compile(rf"\bandele\w*\b[^.;]{{0,30}}?\b{_BASES}")
_SIZE = re.compile(
    r"\b(?P<base>arbejdsstyrken|befolkningen)\b[^⟨⟩.;]{0,60}?\b(?:er|var|udgør|udgjorde|på|til) (?:på "
    r"|ca )*⟨(?P<whole>N\d+)⟩"
)
_SO = re.compile(r"^\W*(?:det|dette|tallet) (?:svarer|svarede) til|^\W*hvilket svarer til")
_LIST = re.compile(r"\b(?:fordel\w*|andele\w*|herefter|består af|største)\b")
_SHARE = re.compile(r"\($|, som udgør $|\bpå $| $")
_MOST = Decimal("0.6")
"""So many of the pairs must agree on a population before the others are wrong."""
_FAR = Decimal("1.05")
"""A population this many times the others' is no matter of a few months between the figures."""
_LOOSE = Decimal("1.25")
"""How far populations lie apart that counts and shares of different months give."""
_FEWEST = 4


@dataclass(frozen=True, eq=False)
class Pair:
    """A count, its share, and the population for which they belong together."""

    sentence: Sentence
    count: Amount
    share: Amount
    within: Interval


def implied_population(plan: Plan) -> Iterator[Outcome]:
    """Judge counts and shares of one population: told with its size, or agreed on by most pairs."""
    known = _told(plan)
    pairs = {kind: _pairs(plan, kind) for kind in ("b", "a")}
    for kind, ones in pairs.items():
        whole = known.get(kind)
        if whole is not None:
            near = whole.rounded() if whole.qualifier else whole.interval()
            for one in ones:
                yield _judged(plan, one, near, f"Planen har selv {whole.text}")
            continue
        if len(ones) < _FEWEST:
            continue
        common = _agreed(ones)
        inside = [one for one in ones if one.within.intersect(common)]
        if len(inside) >= _MOST * len(ones):
            for one in ones:
                yield _judged(
                    plan, one, common, f"{len(inside)} andre andele svarer til {_span(common)}"
                )
            continue
        lows = sorted(one.within.low for one in ones)
        typical = lows[(len(lows) - 1) // 2]
        near = Interval(typical / _LOOSE, typical * _LOOSE)
        for one in ones:
            yield _judged(
                plan, one, near, f"De andre svarer til omkring {format_number(typical)} personer"
            )


def _kind(base: str) -> str:
    return "a" if base.startswith("arbejd") else "b"


def _told(plan: Plan) -> dict[str, Amount]:
    """The population that the text itself gives, by kind."""
    found: dict[str, Amount] = {}
    for sentence in plan.prose:
        form = skeleton(sentence.text)
        for match in _OF_BASE.finditer(form.text):
            whole = form.token(match, "whole").amount if match["whole"] else None
            if whole is not None:
                found.setdefault(_kind(match["base"]), whole)
        if size := _SIZE.search(form.text):
            token = form.token(size, "whole")
            if token.amount is not None:
                found.setdefault(_kind(size["base"]), token.amount)
    return found


def _pairs(plan: Plan, kind: str) -> list[Pair]:
    found = [*_beside(plan, kind), *_by_name(plan, kind)]
    return [pair for pair in found if pair is not None]


def _pair(sentence: Sentence, count: Amount, share: Amount) -> Pair | None:
    within = share.interval()
    if within.low <= 0 or count.value <= 0 or share.signed:
        return None
    of = count.interval()
    return Pair(
        sentence, count, share, Interval(of.low / within.high * 100, of.high / within.low * 100)
    )


def _beside(plan: Plan, kind: str) -> Iterator[Pair | None]:
    """»1.121 personer eller 3,6 pct. af befolkningen«, and »Det svarer til …« after a count."""
    previous: Sentence | None = None
    for sentence in plan.prose:
        form = skeleton(sentence.text)
        for match in _OF_BASE.finditer(form.text) if not quotes_another(sentence.text) else ():
            share = form.token(match, "share")
            if _kind(match["base"]) != kind or share.amount is None or match["whole"]:
                continue
            near = [t for t in form.tokens if t.kind == "N" and t.end <= share.start]
            if not near and _SO.search(form.text) and previous and previous.part == sentence.part:
                near = [t for t in skeleton(previous.text).tokens if t.kind == "N"][-1:]
            if near and near[-1].amount is not None and _adjacent(form, near[-1], share):
                yield _pair(sentence, near[-1].amount, share.amount)
        previous = sentence


def _adjacent(form: Skeleton, count: Token, share: Token) -> bool:
    """Whether no other number stands between a count and its share."""
    return not any(count.start < t.start < share.start and t.kind in "NPQ" for t in form.tokens)


def _by_name(plan: Plan, kind: str) -> Iterator[Pair | None]:
    """A benefit's count in a list and its share in a sentence, tied by the benefit's name."""
    shares = _shares_by_name(plan, kind)
    for sentence in plan.prose if shares else ():
        named = plan.ydelser(sentence)
        if (
            not named
            or named[0].start > 3
            or len(sentence.text) > 120
            or named[0].key not in shares
        ):
            continue
        told = movements(sentence)
        if len(told) == 1 and told[0].after is not None and told[0].after.amount is not None:
            yield _pair(sentence, told[0].after.amount, shares[named[0].key])
        elif count := re.search(r"\budgør ⟨(N\d+)⟩", skeleton(sentence.text).text):
            token = skeleton(sentence.text).tokens[int(count[1][1:])]
            if token.amount is not None:
                yield _pair(sentence, token.amount, shares[named[0].key])
        elif len(told) == 1 and len(told[0].by) == 2 and told[0].way in ("up", "down"):
            yield _from_change(sentence, told[0].by, told[0].way == "up", shares[named[0].key])


def _from_change(sentence: Sentence, by: list[Token], up: bool, share: Amount) -> Pair | None:
    """»Faldet med 110 personer (-11 pct.)« tells the level too: about 890."""
    counts, pcts = ([t.amount for t in by if t.kind == k and t.amount] for k in "NP")
    if not counts or not pcts or share.interval().low <= 0:
        return None
    if pcts[0].signed and (pcts[0].value > 0) != up:
        return None
    low, high = sorted((abs(pcts[0].interval().low), abs(pcts[0].interval().high)))
    if not low:
        return None
    count, sign = abs(counts[0].value), 1 if up else -1
    levels = (count / high * 100 + sign * count, count / low * 100 + sign * count)
    within = share.interval()
    return Pair(
        sentence,
        counts[0],
        share,
        Interval(levels[0] / within.high * 100, levels[1] / within.low * 100),
    )


def _shares_by_name(plan: Plan, kind: str) -> dict[str, Amount]:
    found: dict[str, Amount] = {}
    about = -1
    for sentence in plan.prose:
        form = skeleton(sentence.text)
        bases = [m["base"] for m in (*_OF_BASE.finditer(form.text), *_ABOUT.finditer(form.text))]
        if bases:
            about = sentence.part if _kind(bases[0]) == kind else -1
        if sentence.part != about:
            continue
        named = plan.ydelser(sentence)
        for token in form.tokens:
            before = [m for m in named if m.end <= token.start]
            if token.kind != "P" or token.amount is None or token.amount.signed or not before:
                continue
            if re.fullmatch(
                r"(?: inkl\. \w+)?\s*\(|,? som udgør ", sentence.text[before[-1].end : token.start]
            ):
                found.setdefault(before[-1].key, token.amount)
    return found


def _agreed(ones: list[Pair]) -> Interval:
    """The population that the most pairs allow."""
    best = max(
        (one.within.low for one in ones),
        key=lambda low: (sum(one.within.low <= low <= one.within.high for one in ones), low),
    )
    holding = [one.within for one in ones if one.within.low <= best <= one.within.high]
    return Interval(max(w.low for w in holding), min(w.high for w in holding))


def _judged(plan: Plan, one: Pair, common: Interval, why: str) -> Outcome:
    plan.checked.update(
        (one.sentence.part, id(one.sentence), n.start) for n in (one.count, one.share)
    )
    if one.within.low <= common.high * _FAR and one.within.high >= common.low / _FAR:
        return Agreed("naevner-i-tekst", one.sentence.place, one.share.text)
    right = (
        (one.within.low + one.within.high)
        / 2
        * one.share.value
        / 100
        / ((common.low + common.high) / 2)
        * 100
    )
    shown = format_pct(right, one.share.decimals)
    return Finding(
        "naevner-i-tekst", "contradiction", "sandsynlig", one.sentence.place, one.sentence.text,
        f"{shown}, eller et andet antal",
        f"{one.count.text} og {one.share.text} svarer til {_span(one.within)}. {why}.",
    )  # fmt: skip


def _span(within: Interval) -> str:
    low, high = format_number(within.low), format_number(within.high)
    return f"{low} personer" if low == high else f"{low} til {high} personer"


def shares_add_up(plan: Plan) -> Iterator[Outcome]:
    """Judge a paragraph's list of shares by the share of them all, told right before it."""
    total: tuple[Amount, Sentence, int] | None = None
    parts: dict[int, list[tuple[Sentence, Token]]] = {}
    order = {id(s): n for n, s in enumerate(plan.prose)}
    for sentence in plan.prose:
        form = skeleton(sentence.text)
        for match in _OF_BASE.finditer(form.text):
            share = form.token(match, "share").amount
            whole = re.search(r"\boffentlig forsørgelse|ydelser\b|\bsvarer til\b", form.text)
            if share is not None and not _LIST.search(form.text) and whole:
                total = share, sentence, order[id(sentence)]
        if _LIST.search(form.text) or sentence.part in parts:
            shares = [t for t in form.tokens if t.kind == "P" and t.amount and not t.amount.signed]
            moved = any(m.by or m.before for m in movements(sentence))
            if shares and not moved and total is not None and order[id(sentence)] - total[2] <= 4:
                parts.setdefault(sentence.part, []).extend((sentence, t) for t in shares)
                if len(parts[sentence.part]) >= _FEWEST and _is_last(plan, sentence):
                    yield from _added(plan, parts[sentence.part], total[0], total[1])


def _is_last(plan: Plan, sentence: Sentence) -> bool:
    """Whether no sentence of the paragraph goes on with the list."""
    later = [s for s in plan.prose if s.part == sentence.part]
    after = later[later.index(sentence) + 1 :]
    return not any(t.kind == "P" for s in after for t in skeleton(s.text).tokens)


def _added(
    plan: Plan, shares: list[tuple[Sentence, Token]], total: Amount, where: Sentence
) -> Iterator[Outcome]:
    added = sum((t.amount.value for _, t in shares if t.amount), Decimal(0))
    slack = Decimal("0.5").scaleb(-total.decimals) * (len(shares) + 1)
    off = abs(added - total.value)
    last = shares[-1][0]
    if off * 5 > total.value:
        return  # parts of something else
    for sentence, token in shares:
        plan.checked.add((sentence.part, id(sentence), token.start))
    if off <= slack:
        yield Agreed("andele-i-tekst", last.place, total.text)
        return
    yield Finding(
        "andele-i-tekst", "contradiction", "sandsynlig", last.place, f"{where.text} / {last.text}",
        f"{format_number(added, total.decimals)} pct. i alt",
        f"Andelene giver tilsammen {format_number(added, total.decimals)} pct., men der står "
        f"{total.text} om dem alle.",
    )  # fmt: skip
