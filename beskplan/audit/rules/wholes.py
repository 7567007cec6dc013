"""Parts and wholes told in a sentence: a of b is p pct., sums, unit prices, fractions, so many times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from beskplan.audit.model import Outcome
from beskplan.audit.patterns import patterns
from beskplan.audit.rules.movements import FRACTION_SLACK, is_slip, movements
from beskplan.audit.rules.registry import judge
from beskplan.audit.statements.amounts import Amount
from beskplan.audit.statements.plan import Plan, Sentence
from beskplan.audit.statements.skeleton import Skeleton, Token, skeleton
from beskplan.audit.statements.vocabulary import is_formula, only_turn
from beskplan.core.numbers import format_number, format_pct

_RE = patterns("wholes")

_PART_OF = (_RE["of_are"], _RE["of"], _RE["is_share_of"], _RE["share_of_is"], _RE["hereof"])
_PER = {"måned": 12, "uge": 52, "kvartal": 4, "halvår": 2, "dag": 365}
_FACTORS = {
    "fordob": Decimal(2), "tredob": Decimal(3), "firdob": Decimal(4), "halver": Decimal("0.5"),
    "halvt": Decimal("0.5"), "dobbel": Decimal(2),
}  # fmt: skip
_NEARLY = Decimal("0.4")
"""Parts that miss the whole by more than this part of it are parts of something else."""


_COUNTED = frozenset({"fuldtidspersoner", "helårspersoner", "personer", "forløb"})


def parts_and_wholes(plan: Plan) -> Iterator[Outcome]:
    """Judge what a sentence says of parts of a number, in numbers and per cent."""
    for previous, sentence in pairwise((None, *plan.prose)):
        if sentence and not (sentence.is_quote or is_formula(sentence.text)):
            read = _Read(plan, sentence, skeleton(sentence.text), previous)
            yield from _fractions(read)
            if len(read.form.tokens) > 1:
                for check in (_parts, _sums, _products, _ratios):
                    yield from check(read)
            yield from _continued(read)
            yield from _level_after(read)


class _Read(NamedTuple):
    """A sentence with its form and the sentence before it."""

    plan: Plan
    sentence: Sentence
    form: Skeleton
    previous: Sentence | None

    @property
    def follows(self) -> bool:
        """Whether the sentence before stands in the same text or right before it."""
        return self.previous is not None and self.sentence.part - self.previous.part <= 1

    def outcome(
        self, rule: str, tokens: Sequence[Token], right: str, *, holds: bool = False,
        grave: bool | None = None, **words: Any,
    ) -> Outcome:  # fmt: skip
        """Judge numbers of the sentence; they count as checked either way."""
        self.plan.mark_text(self.sentence, tokens)
        return judge(rule, self.sentence, holds=holds, right=right, grave=grave, **words)

    def whole_before(self, before: int) -> Token | None:
        """The count that stands before a place in the sentence, else the last of the one before."""
        here = [t for t in self.form.tokens if t.kind == "N" and t.end <= before]
        if not here and self.previous is not None and self.follows:
            here = [t for t in skeleton(self.previous.text).tokens if t.kind == "N"]
        return here[-1] if here else None

    def tokens(self, kinds: str, text: str) -> list[Token]:
        """The tokens of some kinds in a piece of the form."""
        return [self.form.tokens[int(n)] for n in re.findall(rf"⟨[{kinds}](\d+)⟩", text)]


def _text(token: Token) -> str:
    return token.amount.text if token.amount else format_number(token.size)


def _parts(read: _Read) -> Iterator[Outcome]:
    form, done = read.form, set[tuple[int, int]]()
    for pattern in _PART_OF:
        for match in pattern.finditer(form.text):
            whole, part = form.token(match, "whole"), form.token(match, "part")
            share = form.token(match, "share") if match["share"] else None
            known = any(start == part.start for start, _ in done)
            if (part.start, whole.start) not in done and not (share is None and known):
                done.add((part.start, whole.start))
                yield from _part(read, part, whole, share)
    # Several counts with their per cent in brackets, of a number before them.
    bracketed = [
        (form.token(m, "part"), form.token(m, "share"))
        for m in _RE["bracketed"].finditer(form.text)
    ]
    pairs = [
        (part, share) for part, share in bracketed
        if share.kind == "P" and share.amount and not share.amount.signed
    ]  # fmt: skip
    total = read.whole_before(pairs[0][0].start) if pairs else None
    if len(pairs) < 2 or total is None or not _RE["of_them"].search(form.text):
        return
    for part, share in pairs:
        if all(start != part.start for start, _ in done):
            yield from _part(read, part, total, share)
    if abs(sum((share.size for _, share in pairs), Decimal(0)) - 100) <= 1:
        yield from _added(read, [part for part, _ in pairs], total)


def _continued(read: _Read) -> Iterator[Outcome]:
    """Judge what goes on from a number told before: »Heraf …«, »62 pct. er dermed …«, »de resterende …«."""
    text = read.form.text
    before = skeleton(read.previous.text) if read.previous and read.follows else None
    counts = [t for t in before.tokens if t.kind == "N"] if before else []
    if len(counts) == 1 and (match := _RE["hereof_before"].search(text)):
        part = read.form.token(match, "part" if match["part"] else "first")
        yield from _part(read, part, counts[0], read.form.token(match, "share"))
    rest = _RE["rest"].search(text)
    here = read.form if rest and _RE["of_are"].search(text) else before
    of = _RE["of_are"].search(here.text) if here else None
    if here is None or of is None or _RE["overlap"].search(here.text):
        return
    whole, told = here.token(of, "whole"), [t for t in here.tokens if t.kind == "N"]
    after = _RE["share_after"].search(text)
    if here is before and after and not text[after.end() :].lstrip().startswith("af "):
        parts = [t for t in told if t.start > whole.start and t.size <= whole.size]
        share = read.form.token(after, "share")
        fits = (p for p in parts if share.number.means(p.size / whole.size * 100))
        yield from _part(read, next(fits, parts[-1]), whole, share)
    elif rest:
        left = read.form.token(rest, "part")
        others = [
            t for t in told if t.start > whole.start and (here is before or t.start < left.start)
        ]
        yield from _added(read, [*others, left], whole)


def _part(read: _Read, part: Token, whole: Token, share: Token | None) -> Iterator[Outcome]:
    if not whole.size or part.amount is None or part.amount.signed or part.kind != whole.kind:
        return
    if part.size > whole.size:
        yield read.outcome(
            "del-af-helhed",
            (part, whole),
            f"højst {_text(whole)}",
            part=_text(part),
            whole=_text(whole),
        )
    elif share is not None:
        right, amount = part.size / whole.size * 100, share.amount
        if amount is None:  # a fraction in words
            holds = abs(share.size - right) <= FRACTION_SLACK
        else:
            holds = amount.means(right) or _fits_rounded(whole.amount, part.amount, amount)
        yield read.outcome(
            "del-i-parentes", (part, whole, share), format_pct(right, amount.decimals if amount else 0),
            holds=holds, grave=amount is not None and is_slip(amount, right), part=_text(part),
            whole=_text(whole), said=_text(share),
        )  # fmt: skip


def _fits_rounded(whole: Amount | None, part: Amount, share: Amount) -> bool:
    """Whether a share fits a whole that is told in round numbers."""
    if whole is None:
        return False
    near = whole.rounded() if whole.qualifier else whole.interval()
    counts, slack = part.interval(), share.step / 2
    low = counts.low / near.high * 100 - slack
    return low <= share.value <= counts.high / max(near.low, Decimal(1)) * 100 + slack


def _sums(read: _Read) -> Iterator[Outcome]:
    form = read.form
    if _RE["overlap"].search(form.text):
        return
    they = _RE["they"].search(form.text) if read.follows else None
    if they and not re.search(r"⟨[PQDK]\d+⟩", they["list"]):
        parts, total = read.tokens("N", they["list"]), read.whole_before(0)
        if total is not None and len(parts) > 1:
            yield from _added(read, parts, total)
    for match in [*_RE["list_total"].finditer(form.text), *_RE["total_list"].finditer(form.text)]:
        listed, how = match["list"], match.groupdict().get("how") or ""
        whole = form.tokens[int(match["sum"][1:])]
        parts = read.tokens(whole.kind, listed)
        units = {t.amount.unit for t in (*parts, whole) if t.amount}
        mixed = len(units & _COUNTED) > 1
        if mixed or len(parts) < 2 or re.search(r"⟨[PQD]\d+⟩|\bmod\b|\bfra ⟨|\btil ⟨", listed):
            continue
        after = (
            _RE["listed"].match(form.text[match.end() :]) if match.re is _RE["total_list"] else None
        )
        sexes = _RE["sexes"].search(listed + (after[0] if after else ""))
        some = re.search(r"heraf|hvoraf| er $", how) and not sexes
        if not some or sum((t.size for t in parts), Decimal(0)) > whole.size:
            yield from _added(read, parts, whole)


def _added(read: _Read, parts: Sequence[Token], whole: Token) -> Iterator[Outcome]:
    if parts[0].size == len(parts) - 1:
        parts = parts[1:]  # »3 teams med 12, 14 og 9 medarbejdere«
    added = sum((t.size for t in parts), Decimal(0))
    if abs(added - whole.size) > whole.size * _NEARLY:
        return  # parts of something else
    decimals = max((t.amount.decimals for t in parts if t.amount), default=0)
    factor = whole.size / whole.amount.value if whole.amount and whole.amount.value else Decimal(1)
    slack = Decimal("0.5").scaleb(-decimals) * (len(parts) + 1) * factor if decimals else Decimal(0)
    if whole.amount and (whole.amount.qualifier or whole.amount.means(added / factor)):
        slack = max(slack, whole.size / 20)
    shown = format_number(added / factor, decimals)
    yield read.outcome(
        "sum-i-tekst", (whole, *parts), shown, holds=abs(added - whole.size) <= slack,
        parts=" + ".join(_text(t) for t in parts), said=_text(whole),
    )  # fmt: skip


def _products(read: _Read) -> Iterator[Outcome]:
    form = read.form
    for pattern in (
        _RE["rate_total"], _RE["total_rate"], _RE["yearly_total"], _RE["unit_price"],
        _RE["many_each"], _RE["each_has"],
    ):  # fmt: skip
        for match in pattern.finditer(form.text):
            each, whole = form.token(match, "each"), form.token(match, "sum")
            named, slack = match.groupdict(), Decimal(0)
            if "per" in named:
                many = Decimal(_PER[match["per"]])
                if match["per"] in ("uge", "dag"):
                    slack = each.size * many * 9 / 52
            else:
                many = form.token(match, "years" if "years" in named else "many").size
            if not many:
                continue
            if named.get("mean"):  # of just one year, in whole numbers
                if sum(t.kind == "T" for t in form.tokens) != 1:
                    continue
                slack = max(slack, each.number.step * many / 2)
            rounding = _width(each) * many + _width(whole)
            off = abs(each.size * many - whole.size)
            yield read.outcome(
                "pr-enhed", (each, whole), format_number(each.size * many), each=_text(each),
                holds=off <= slack + min(rounding, whole.size / 50), many=format_number(many),
                said=_text(whole),
            )  # fmt: skip


def _width(token: Token) -> Decimal:
    """How far a number may lie from the true one by its rounding: whole counts are not rounded."""
    amount = token.amount
    if amount is None or not amount.value:
        return Decimal(0)
    near = amount.rounded() if token.kind == "K" or amount.qualifier else amount.interval()
    rounded = token.kind == "K" or amount.qualifier or amount.decimals
    return (near.high - near.low) / 2 * token.size / amount.value if rounded else Decimal(0)


def _ratios(read: _Read) -> Iterator[Outcome]:
    form = read.form
    for match in [*_RE["times"].finditer(form.text), *_RE["grown"].finditer(form.text)]:
        a, b, named = form.token(match, "a"), form.token(match, "b"), match.groupdict()
        if named.get("many"):
            (factor,) = (token.size for token in read.tokens("WN", match["many"]))
        else:
            factor = _FACTORS[(named.get("word") or match["half"])[:6]]
        if not b.size or not factor:
            continue
        more = re.search(r"mere end|over", form.text[max(0, match.start() - 16) : match.start()])
        ratio = a.size / b.size
        low, high = ("0.97", "1.5") if more else ("0.85", "1.15")
        yield read.outcome(
            "gange", (a, b), f"{format_number(ratio, 1)} gange", a=_text(a), b=_text(b),
            holds=Decimal(low) <= ratio / factor <= Decimal(high),
            said=format_number(factor, 0 if factor >= 1 else 1),
        )  # fmt: skip


def _fractions(read: _Read) -> Iterator[Outcome]:
    form = read.form
    for match in _RE["fraction"].finditer(form.text):
        word, share = form.token(match, "word"), form.token(match, "share")
        yield read.outcome(
            "broek-og-procent", (share,), format_pct(word.size), said=_text(share),
            holds=abs(word.size - share.size) <= FRACTION_SLACK,
            word=read.sentence.text[word.start : word.end],
        )  # fmt: skip
    for match in _RE["of_all"].finditer(form.text):
        share = form.token(match, "share")
        if share.size > 100:
            yield read.outcome("over-hundrede", (share,), "højst 100 pct.", said=_text(share))
    for match in _RE["beside"].finditer(form.text):
        own, other = form.token(match, "own"), form.token(match, "other")
        gap = form.token(match, "gap").number if match["gap"] else None
        if gap and not gap.means(right := abs(own.size - other.size)):
            yield read.outcome(
                "forskel-i-tekst", (own, other), f"{format_number(right, gap.decimals)} procentpoint",
                of=f"{own.number.text} og {other.number.text}", said=gap.text,
            )  # fmt: skip
        yield read.outcome(
            "over-eller-under", (own, other), "", own=_text(own), other=_text(other),
            holds=own.size > other.size if match["over"] else own.size < other.size,
            word=match["over"] or match["under"],
        )  # fmt: skip


def _level_after(read: _Read) -> Iterator[Outcome]:
    """»Ledigheden var 9.870. Der forventes et fald på 14 pct., svarende til 8.488«: level or change?"""
    for match in _RE["so_that"].finditer(read.form.text):
        pct, count = read.form.token(match, "pct"), read.form.token(match, "n")
        base = read.whole_before(pct.start)
        told = any(m.before and m.after for m in movements(read.sentence))
        if base is None or base.amount is None or pct.amount is None or told:
            continue
        change = base.size * abs(pct.size) / 100
        down = only_turn(read.sentence.text) == "down"
        level = base.size - change if down else base.size + change
        is_level = "vil være" in match[0]
        right, other = (level, change) if is_level else (change, level)
        slack = base.size * pct.amount.step / 200 + _round(base)
        slack += max(Decimal(1), _round(count))
        holds, swapped = abs(count.size - right) <= slack, abs(count.size - other) <= slack
        near = Decimal("0.2") <= count.size / max(right, Decimal(1)) <= 5
        if not (holds or swapped or near):
            continue  # the number before is hardly what the change is of
        name = "ændringen" if is_level else "niveauet bagefter"
        yield read.outcome(
            "niveau-efter-aendring", (base, pct, count), format_number(right), holds=holds,
            grave=swapped, pct=_text(pct), base=_text(base), change=format_number(change),
            why=f" {_text(count)} er {name}." if swapped else "",
        )  # fmt: skip


def _round(token: Token) -> Decimal:
    """How far a number may lie from the true one because its last zeros are rounding."""
    within = token.amount.rounded() if token.amount else None
    return (within.high - within.low) / 2 if within and token.size >= 1000 else Decimal(0)
