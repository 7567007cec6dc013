"""What printed counts and shares say of the number they are shares of, set against each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from beskplan.audit.model import Outcome, Place
from beskplan.audit.patterns import patterns
from beskplan.audit.rules.chains import levels_of
from beskplan.audit.rules.movements import movements
from beskplan.audit.rules.registry import judge
from beskplan.audit.statements.amounts import Amount
from beskplan.audit.statements.plan import Plan, Sentence
from beskplan.audit.statements.skeleton import skeleton
from beskplan.audit.statements.tables import Column, ReadTable, Row
from beskplan.core.danish import format_number, format_pct
from beskplan.indicators.quantities import Interval

_RE = patterns("denominators")

_MAJORITY = Decimal("0.6")
"""So many must agree on a denominator before the others are the ones that are wrong."""


@dataclass(frozen=True, eq=False)
class Implied:
    """A count, its share, and the denominators for which they belong together."""

    where: Sentence | Place
    label: str
    count: Amount
    share: Amount
    within: Interval
    row: Row | None = None
    column: Column | None = None
    table: Place | None = None


def _implied(
    where: Sentence | Place, label: str, count: Amount | None, share: Amount | None, *,
    exact: bool = False, row: Row | None = None, column: Column | None = None,
    table: Place | None = None,
) -> Implied | None:  # fmt: skip
    """The denominators of a count and a share; None where they give none."""
    if count is None or share is None or share.signed or count.value < 0:
        return None
    of, parts = count.interval(exact=exact), share.interval()
    if parts.low <= 0:
        return None
    within = Interval(max(of.low, Decimal(0)) / parts.high * 100, of.high / parts.low * 100)
    return Implied(where, label, count, share, within, row, column, table)


def _agreed(ones: Sequence[Implied]) -> Interval:
    """The denominators that the most of them allow."""
    best = max(
        (one.within.low for one in ones),
        key=lambda low: (sum(one.within.low <= low <= one.within.high for one in ones), low),
    )
    holding = [one.within for one in ones if one.within.low <= best <= one.within.high]
    return Interval(max(w.low for w in holding), min(w.high for w in holding))


def _span(within: Interval) -> str:
    low, high = format_number(within.low), format_number(within.high)
    return f"{low} personer" if low == high else f"{low} til {high} personer"


# ------------------------------------------------------------------------------ tables


def denominators(plan: Plan) -> Iterator[Outcome]:
    """Judge the shares of one area, base and year by one denominator (the workforce is one for a year)."""
    found: dict[tuple[str, str, int], list[Implied]] = defaultdict(list)
    for table, share, level in _shares(plan):
        for row in table.rows:
            one = _implied(
                row.place, row.label, row.cells[level.index], row.cells[share.index],
                exact=table.is_exact(level), row=row, column=share, table=table.place,
            )  # fmt: skip
            if one is not None and not table.special:
                plan.mark(table, row, share.index, level.index)
                area = row.key if row.kind == "area" else table.area or plan.kode
                found[area, share.base, share.period.year if share.period else 0].append(one)
    for ones in found.values():
        # Of two alone nobody knows which is wrong, nor whether they are of one population.
        if len(ones) > 2:
            yield from _rows_judged(ones)


def _shares(plan: Plan) -> Iterator[tuple[ReadTable, Column, Column]]:
    """Columns of shares with the level that each is of: that of its own period, else the last."""
    for table in plan.own_tables:
        for share in table.having("share"):
            levels = table.levels
            level = [one for one in levels if one.period == share.period] or levels
            # What the table's own columns explain is of those; other shares than of all people
            # are not of one number.
            of_all = share.base[:3] in ("arb", "bef") and share.index not in table.formulas
            if of_all and level:
                yield table, share, level[-1]


def _rows_judged(ones: list[Implied]) -> Iterator[Outcome]:
    common = _agreed(ones)
    outside = [one for one in ones if one.within.intersect(common) is None]
    inside = len(ones) - len(outside)
    if outside and (inside < 2 or inside < _MAJORITY * len(ones)):
        yield _scattered(ones)
        return
    for one in ones:
        shares = (one.count.value / of * 100 for of in (common.high, common.low))
        shown = " til ".join(sorted({format_pct(share, one.share.decimals) for share in shares}))
        yield judge(
            "naevner", one.where, holds=one not in outside, right=shown, about=(one.label,),
            printed=_printed(one), inside=inside, span=_span(common), count=one.count.text,
            share=one.share.text,
        )  # fmt: skip


def _printed(one: Implied) -> str:
    head = one.column.label if one.column else ""
    return f"{one.label}, {head}: {one.share.text} ({one.count.text})"


def _scattered(ones: list[Implied]) -> Outcome:
    """No denominator fits enough rows to say which are wrong: the total, if there is one, is the measure."""
    total = next((one for one in ones if one.row and one.row.total), None)
    measure = total.within if total else _agreed(ones)
    outside = [one for one in ones if one.within.intersect(measure) is None]
    head = ones[0].column.label if ones[0].column else ""
    return judge(
        "naevner", ones[0].table or ones[0].where, case="spredt", about=tuple(one.label for one in outside),
        printed=f"{head}: " + "; ".join(f"{one.label} {one.share.text}" for one in outside),
        who=f"Rækken {total.label}" if total else "De fleste", span=_span(measure),
        others=", ".join(f"{one.label} ({_span(one.within)})" for one in outside),
    )  # fmt: skip


# ------------------------------------------------------------------------------ text

_FAR = Decimal("1.05")
"""A population this many times the others' is no matter of a few months between the figures."""
_LOOSE = Decimal("1.25")
"""How far populations lie apart that counts and shares of different months give."""
_FEWEST = 4


def denominators_in_text(plan: Plan) -> Iterator[Outcome]:
    """Judge counts and shares of one population, and lists of shares by the share of them all."""
    sizes: dict[str, Amount] = {}
    for sentence in plan.prose:
        form = skeleton(sentence.text)
        for match in (*_RE["of_base"].finditer(form.text), *_RE["size"].finditer(form.text)):
            if match["whole"] and form.token(match, "whole").amount:
                sizes.setdefault(_kind(match["base"]), form.token(match, "whole").number)
        if people := _RE["people"].search(form.text):
            sizes.setdefault("b", form.token(people, "whole").number)
    for kind in ("b", "a"):
        ones = [one for one in (*_beside(plan, kind), *_by_name(plan, kind)) if one]
        near, why = _population_of(ones, sizes.get(kind))
        for one in ones if near else ():
            yield _text_judged(plan, one, near, why)


def _kind(base: str) -> str:
    return "a" if base.startswith("arbejd") else "b"


def _population_of(ones: list[Implied], size: Amount | None) -> tuple[Interval | None, str]:
    """The population: told, or agreed on by most, or typical of them; and the words for it."""
    if size is not None:
        return size.rounded() if size.qualifier else size.interval(), f"Planen har selv {size.text}"
    if len(ones) < _FEWEST:
        return None, ""
    common = _agreed(ones)
    inside = len([one for one in ones if one.within.intersect(common)])
    if inside >= _MAJORITY * len(ones):
        return common, f"{inside} andre andele svarer til {_span(common)}"
    lows = sorted(one.within.low for one in ones)
    typical = lows[(len(lows) - 1) // 2]
    near = Interval(typical / _LOOSE, typical * _LOOSE)
    if sum(one.within.intersect(near) is not None for one in ones) * 2 <= len(ones):
        return None, ""
    return near, f"De andre svarer til omkring {format_number(typical)} personer"


def _text_judged(plan: Plan, one: Implied, near: Interval | None, why: str) -> Outcome:
    if near is None or isinstance(one.where, Place):
        raise TypeError("a pair of the text has a sentence and a population")
    plan.mark_text(one.where, (one.count, one.share))
    size = (one.within.low + one.within.high) / (near.low + near.high) * one.share.value
    return judge(
        "naevner-i-tekst", one.where, why=why, count=one.count.text, share=one.share.text,
        holds=one.within.low <= near.high * _FAR and one.within.high >= near.low / _FAR,
        right=f"{format_pct(size, one.share.decimals)}, eller et andet antal", span=_span(one.within),
    )  # fmt: skip


def _beside(plan: Plan, kind: str) -> Iterator[Implied | None]:
    """»1.121 personer eller 3,6 pct. af befolkningen«, and »Det svarer til …« after a count."""
    for previous, sentence in pairwise((None, *plan.prose)):
        if sentence is None or sentence.is_quote:
            continue
        form = skeleton(sentence.text)
        for match in _RE["of_base"].finditer(form.text):
            share = form.token(match, "share")
            # A per cent or another number between a count and a share parts them.
            near = [t for t in form.tokens if t.kind in "NPQ" and t.end <= share.start][-1:]
            same = previous is not None and previous.part == sentence.part
            if not near and previous and same and _RE["so"].search(form.text):
                near = [t for t in skeleton(previous.text).tokens if t.kind == "N"][-1:]
            told = _kind(match["base"]) == kind and not match["whole"]
            # »Fra 3,3 til 2,3 pct.« has no count.
            if told and near and near[0].kind == "N" and not near[0].number.decimals:
                yield _implied(sentence, "", near[0].amount, share.amount)


def _by_name(plan: Plan, kind: str) -> Iterator[Implied | None]:
    """A benefit's count in a list and its share in a sentence, tied by the benefit's name."""
    shares = _shares_by_name(plan, kind)
    for sentence in plan.prose if shares else ():
        named = plan.ydelser(sentence)
        share = shares.get(named[0].key) if named and named[0].start <= 3 else None
        if share is None or len(sentence.text) > 120:
            continue
        changes, form = movements(sentence), skeleton(sentence.text)
        alone = changes[0] if len(changes) == 1 else None
        if alone and alone.after is not None and alone.after.amount is not None:
            yield _implied(sentence, "", alone.after.amount, share)
        elif told := _RE["counted"].search(form.text):
            yield _implied(sentence, "", form.token(told, "n").amount, share)
        elif alone and share.interval().low > 0 and (levels := levels_of(alone)):
            # »Faldet med 110 personer (-11 pct.)« tells the level too: about 890.
            within, count = share.interval(), alone.by_kind("N")[0].number
            of = Interval(levels[1].low / within.high * 100, levels[1].high / within.low * 100)
            yield Implied(sentence, "", count, share, of)


def _shares_by_name(plan: Plan, kind: str) -> dict[str, Amount]:
    """The share of each benefit in the paragraphs that speak of shares of one base."""
    found: dict[str, Amount] = {}
    about = -1
    for sentence in plan.prose:
        form = skeleton(sentence.text)
        bases = [
            m["base"]
            for m in (*_RE["of_base"].finditer(form.text), *_RE["about"].finditer(form.text))
        ]
        if bases:
            about = sentence.part if _kind(bases[0]) == kind else -1
        pcts = [t for t in form.tokens if t.kind == "P" and t.amount and not t.amount.signed]
        for token in pcts if sentence.part == about else ():
            before = [m for m in plan.ydelser(sentence) if m.end <= token.start][-1:]
            if before and _RE["named"].fullmatch(sentence.text, before[0].end, token.start):
                found.setdefault(before[0].key, token.number)
    return found
