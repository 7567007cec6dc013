"""Parts and wholes told in a sentence: a of b is p pct., sums, unit prices, fractions, so many times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations, islice, takewhile

from beskplan.audit.model import Outcome
from beskplan.audit.patterns import patterns
from beskplan.audit.rules.movements import movements
from beskplan.audit.rules.passages import Read, judged_part
from beskplan.audit.rules.products import money, priced, products
from beskplan.audit.rules.text_and_table import share_of_total
from beskplan.audit.statements.plan import Plan, Sentence
from beskplan.audit.statements.skeleton import Token, skeleton
from beskplan.audit.statements.vocabulary import NUMBER_WORDS, is_formula, only_turn, turns
from beskplan.core.danish import format_number, format_pct
from beskplan.core.periods import MONTHS

_RE = patterns("wholes", months=MONTHS, many_words=NUMBER_WORDS)

_PART_OF = (
    _RE["fraction_of"], _RE["of_are"], _RE["of"], _RE["is_share_of"], _RE["share_of_is"], _RE["hereof"],
    _RE["some_of_them"], _RE["share_of_money"],
)  # fmt: skip
_BACK = 3
"""So many sentences before may tell what a sentence goes on about."""
_LISTED = 12
"""Items of the longest list that is added."""
_MANY_SHARES = 4
"""So many shares are a list of all."""
_NEAR_ENOUGH = Decimal("2.5")
"""Parts that miss the whole by more than one of so many parts of it are parts of something else."""
_COUNTED = frozenset({"fuldtidspersoner", "helårspersoner", "personer", "forløb"})


def parts_and_wholes(plan: Plan) -> Iterator[Outcome]:
    """Judge what sentences say of parts of a number, in numbers and per cent."""
    prose = plan.prose
    for at, sentence in enumerate(prose):
        if sentence.is_quote or is_formula(sentence.text):
            continue
        earlier = [*prose[max(0, at - _BACK) : at]]
        read = Read(plan, sentence, skeleton(sentence.text), earlier)
        yield from _fractions(read)
        if len(read.form.tokens) > 1:
            for check in (_parts, products, _ratios):
                yield from check(read)
        yield from money(read)
        yield from _sums(read, prose[at + 1 : at + 1 + _LISTED])
        yield from _continued(read)
        yield from _level_after(read)


def _parts(read: Read) -> Iterator[Outcome]:
    form, done = read.form, set[tuple[int, int]]()
    for pattern in _PART_OF:
        for match in pattern.finditer(form.text):
            whole, part = form.token(match, "whole"), form.token(match, "part")
            share = form.token(match, "share") if match["share"] else None
            known = any(start == part.start for start, _ in done)
            if (part.start, whole.start) not in done and not (share is None and known):
                done.add((part.start, whole.start))
                yield from judged_part(read, part, whole, share)
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
            yield from judged_part(read, part, total, share)


def _continued(read: Read) -> Iterator[Outcome]:
    """Judge what goes on from numbers told before: »Heraf …«, »62 pct. er dermed …«, »de resterende …«."""
    form, text = read.form, read.form.text
    whole, told = read.base()
    listed = _RE["goes_on"].match(text) or _RE["spent_on"].search(text)
    money = read.tokens("K", text) if listed else []
    if pot := read.whole_before(0, "K") if len(money) > 1 else None:
        yield from _added(read, money, pot, 10)
    if whole and (match := _RE["hereof_before"].search(text)):
        part = form.token(match, "part" if match["part"] else "first")
        share = form.token(match, "share") if match["share"] else None
        # »Af dem, der gennemførte, …« goes on from a part.
        of_part = told[-1:] if _RE["of_those_who"].match(text) else []
        yield from judged_part(read, part, (*of_part, whole)[0], share)
    if whole:
        yield from _share_after(read, whole, told)
    if match := _RE["part_of_all"].search(text):
        part, share = (form.token(match, name) for name in ("part", "share"))
        if found := share_of_total(read.plan, read.sentence, part, share):
            yield found
    yield from _share_of_part(read)
    yield from priced(read)
    yield from _rest(read, whole, told)


def _rest(read: Read, whole: Token | None, told: Sequence[Token]) -> Iterator[Outcome]:
    """Judge »de resterende …« by what was told before: counts, per cents or money."""
    form, text = read.form, read.form.text
    for match in _RE["rest"].finditer(text):
        left, of = form.token(match, "part"), _RE["of_are"].search(text)
        forms = [*islice(read.before, 2)]
        if left.kind == "K":  # »Heraf går 13,5 mio. kr. til løn. De resterende 9,0 mio. kr. …«
            told_of = [[t for t in one.tokens if t.kind == "K"] for one in forms]
            if len(told_of) == 2 and told_of[1] and _RE["goes_on"].match(forms[0].text):
                yield from _added(read, [*told_of[0], left], told_of[1][-1])
        elif left.kind == "P":  # »57 pct. er kvinder, og resten, 43 pct., er mænd«
            here = [t for t in form.tokens if t.kind == "P" and t.end <= left.start]
            told_of = [[t for t in one.tokens if t.kind == "P"] for one in read.before]
            shares = here or next(filter(None, told_of), [])
            yield from _added(read, [*shares, left], None)
        elif of and not _RE["overlap"].search(text):
            all_of = form.token(of, "whole")
            others = [
                t for t in form.tokens if t.kind == "N" and all_of.end <= t.start < left.start
            ]
            yield from _added(read, [*others, left], all_of)
        elif whole and told:
            yield from _added(read, [*told, left], whole)


def _share_after(read: Read, whole: Token, told: Sequence[Token]) -> Iterator[Outcome]:
    """Judge »Det er 35 pct.« by the whole and the parts told before it, else by the table beside it."""
    after = _RE["share_after"].search(read.form.text)
    if after is None or _RE["of_another"].match(read.form.text, after.end()):
        return
    share = read.form.token(after, "share")
    means = share.number.means if share.amount else share.is_about
    if (
        told
        and (part := next((p for p in told if means(p.size / whole.size * 100)), told[-1])).size
    ):
        if Decimal("0.4") <= share.size / (part.size / whole.size * 100) <= _NEAR_ENOUGH:
            yield from judged_part(read, part, whole, share)
    elif not told and (found := share_of_total(read.plan, read.sentence, whole, share)):
        read.plan.mark_text(read.sentence, (share,))
        yield found


def _sum(tokens: Sequence[Token]) -> Decimal:
    return sum((t.size for t in tokens), Decimal(0))


# ------------------------------------------------------------------------------ what parts add up to


def _sums(read: Read, following: Sequence[Sentence]) -> Iterator[Outcome]:
    """Judge parts that are said to be all of a number, or of a hundred per cent."""
    form, text = read.form, read.form.text
    yield from _bullets(read, following)
    if _RE["overlap"].search(text):
        return
    for match in (*_RE["list_total"].finditer(text), *_RE["total_list"].finditer(text)):
        yield from _listed(read, match)
    for match in _RE["of_are_all"].finditer(text):
        yield from _added(read, read.tokens("N", match["list"]), form.token(match, "whole"), 10)
    for sexes in (_RE["both_sexes"].search(text), _RE["sexes_share"].search(text)):
        if sexes is not None:
            yield from _added(read, [form.token(sexes, "one"), form.token(sexes, "two")], None)
    if goes := _RE["divided"].match(text):
        parts, shares = read.tokens("NK", goes["list"]), read.tokens("P", goes["list"])
        total = read.whole_before(0, parts[0].kind) if len(parts) > 1 else None
        if total is not None and not (shares or read.tokens("QD", goes["list"])):
            yield from _added(read, parts, total)
        elif not parts and "⟨P" not in text[: goes.start("list")]:
            yield from _added(read, shares, None)
    for match in _RE["all_of_it"].finditer(text):
        many = read.tokens("W", match["many"] or "")
        yield from _all_together(read, form.token(match, "sum"), int(many[0].size) if many else 0)
    yield from _of_them_all(read)


def _of_them_all(read: Read) -> Iterator[Outcome]:
    """Judge a list of shares of the people by the share of them all, told before it."""
    shares = read.tokens("P", read.form.text)
    if len(shares) >= _MANY_SHARES and _RE["shares_of_all"].search(read.form.text):
        told = ([f.token(m, "share") for m in _RE["of_base"].finditer(f.text)] for f in read.before)
        if whole := next(filter(None, told), []):
            yield from _added(read, shares, whole[-1], 5)


def _listed(read: Read, match: re.Match[str]) -> Iterator[Outcome]:
    """Judge »40 mænd og 70 kvinder, i alt 110«, and »110: 40 mænd og 70 kvinder«."""
    form, listed, how = read.form, match["list"], match.groupdict().get("how") or ""
    whole = form.tokens[int(match["sum"][1:])]
    parts = read.tokens(whole.kind, listed)
    mixed = len({t.number.unit for t in (*parts, whole)} & _COUNTED) > 1
    if mixed or len(parts) < 2 or re.search(r"⟨[PQD]\d+⟩|\bmod\b|\bfra ⟨|\btil ⟨", listed):
        return
    after = _RE["listed"].match(form.text, match.end()) if how else None
    sexes = _RE["sexes"].search(listed + (after[0] if after else ""))
    some = re.search(r"heraf|hvoraf| er $", how) and not sexes
    if not some or _sum(parts) > whole.size:
        yield from _added(read, parts, whole)


def _all_together(read: Read, whole: Token, many: int) -> Iterator[Outcome]:
    """Judge »45 på hold A. 38 på hold B. Tilsammen er der 83«: some of the last sentences give it.

    Where it is said of how many, any so many of their numbers may be meant.
    """
    if any(t.kind == whole.kind and t.end <= whole.start for t in read.form.tokens):
        return
    runs: list[list[Token]] = []
    parts: list[Token] = []
    for one in read.said:
        # What a number has been before is no part of what is there now.
        moved = [
            t for m in movements(one) for t in (*m.by, m.before if m.after and m.ranged else None)
        ]  # fmt: skip
        counts = [t for t in skeleton(one.text).tokens if t.kind == whole.kind and t not in moved]
        if (
            not counts
            or (turns(one.text) and not many)
            or len(counts) > 1 < len(runs) + 1 - bool(many)
        ):
            break
        parts = counts + parts
        runs += [parts] if len(parts) > 1 and not many else []
        if len(parts) >= many > 0:
            runs = [[*some] for some in combinations(parts, many)]
            break
    if runs:
        yield from _added(read, min(runs, key=lambda run: abs(_sum(run) - whole.size)), whole, 4)


def _bullets(read: Read, following: Sequence[Sentence]) -> Iterator[Outcome]:
    """Judge a list whose items are said to be all parts of a number, or of a hundred per cent."""
    if not (read.sentence.text.endswith(":") and _RE["divides"].search(read.form.text)):
        return
    items = [*takewhile(lambda one: one.kind == "bullet", following)]
    numbers = [[t for t in skeleton(one.text).tokens if t.kind in "NKP"] for one in items]
    if len(items) < 2 or any(len(own) != 1 for own in numbers):
        return
    parts = [own[0] for own in numbers]
    kinds = {t.kind for t in parts}
    printed = f"{read.sentence.text} {'; '.join(one.text for one in items)}"
    wholes = [
        t for form in (read.form, *islice(read.before, 1)) for t in form.tokens if t.kind in kinds
    ]
    if kinds == {"P"}:
        yield from _added(read, parts, None, printed=printed)
    elif len(kinds) == 1 and wholes:
        whole = min(wholes, key=lambda t: abs(_sum(parts) - t.size))
        yield from _added(read, parts, whole, 4, printed=printed)


def _added(
    read: Read, parts: Sequence[Token], whole: Token | None, near: Decimal | int = _NEAR_ENOUGH,
    printed: str = "",
) -> Iterator[Outcome]:  # fmt: skip
    """Judge parts by what they are to add up to: a number, or a hundred per cent where there is none.

    Parts that miss it by more than one `near`th are parts of something else.
    """
    if parts and parts[0].size == len(parts) - 1:
        parts = parts[1:]  # »3 teams med 12, 14 og 9 medarbejdere«
    added, right = _sum(parts), whole.size if whole else Decimal(100)
    soft = any(t.number.qualifier for t in parts if t.amount)
    if len(parts) < 2 or abs(added - right) * (near if whole else 4) > right:
        return
    if any(t.kind == "P" and t.number.signed for t in parts):
        return  # changes
    decimals = max((t.amount.decimals for t in parts if t.amount), default=0)
    factor = (
        right / whole.amount.value if whole and whole.amount and whole.amount.value else Decimal(1)
    )
    # Each rounding error is spread evenly over one step: variance step²/12.
    many = Decimal(len(parts) + 1)
    slack = min(many / 2, 3 * (many / 12).sqrt()).scaleb(-decimals) * factor
    if whole is None:
        slack = max(slack, Decimal(5 if soft else 1))
    elif not decimals:
        slack = Decimal(0)
    if whole and whole.amount and (whole.amount.qualifier or whole.amount.means(added / factor)):
        slack = max(slack, right / 20)
    form = format_pct if whole and whole.kind == "P" else format_number
    shown = form(added / factor, decimals)
    yield read.outcome(
        "sum-i-tekst", (*([whole] if whole else []), *parts), shown if whole else "100 pct.",
        holds=abs(added - right) <= slack, printed=printed, case="fund" if whole else "hundrede",
        parts=" + ".join(t.text for t in parts), said=whole.text if whole else format_number(added, 1),
    )  # fmt: skip


def _share_of_part(read: Read) -> Iterator[Outcome]:
    """Judge »40 pct. af de 634 … Heraf er en fjerdedel, dvs. 63, …« by the share of the share."""
    match, before = _RE["share_again"].search(read.form.text), next(read.before, None)
    told = _RE["share_first"].search(before.text) if before else None
    if match is None or before is None or told is None:
        return
    names = ("share", "whole") if told["share"] else ("first", "of")
    first, whole = (before.tokens[int(re.sub(r"\D", "", told[name]))] for name in names)
    share, part = read.form.token(match, "share"), read.form.token(match, "part")
    if sum(t.kind == "N" for t in before.tokens) > 1 or not first.size:
        return
    rights = [part.size / (whole.size * of) * 100 for of in (first.size / 100, Decimal(1))]
    near = first.number.step / first.size + 1 if first.amount else Decimal("1.15")
    fits = [share.is_about(one) if share.amount is None else
            abs(one - share.size) <= share.number.step / 2 * near + share.size * (near - 1)
            for one in rights]  # fmt: skip
    yield read.outcome(
        "del-i-parentes", (whole, first, share, part), format_pct(rights[0]), holds=any(fits),
        part=part.text, whole=format_number(whole.size * first.size / 100), said=share.text,
    )  # fmt: skip


def _ratios(read: Read) -> Iterator[Outcome]:
    form = read.form
    for match in _RE["times"].finditer(form.text):
        a, b, word = (form.token(match, name) for name in ("a", "b", "word"))
        if b.size:
            yield read.outcome(
                "gange", (a, b), f"{format_number(ratio := a.size / b.size, 1)} gange", a=a.text,
                b=b.text, holds=word.is_about(ratio),
                said=read.sentence.text[word.start : word.end],
            )  # fmt: skip


def _fractions(read: Read) -> Iterator[Outcome]:
    form = read.form
    for match in _RE["fraction"].finditer(form.text):
        word, share = form.token(match, "word"), form.token(match, "share")
        yield read.outcome(
            "broek-og-procent", (share,), format_pct(word.size), said=share.text,
            holds=word.is_about(share.size),
            word=read.sentence.text[word.start : word.end],
        )  # fmt: skip
    for match in _RE["of_all"].finditer(form.text):
        share = form.token(match, "share")
        if share.size > 100:
            yield read.outcome("over-hundrede", (share,), "højst 100 pct.", said=share.text)
    for match in _RE["beside"].finditer(form.text):
        if _RE["compared"].search(form.text[: match.start()]):
            continue
        own, other = form.token(match, "own"), form.token(match, "other")
        gap = form.token(match, "gap").number if match["gap"] else None
        if gap and not gap.means(right := abs(own.size - other.size)):
            yield read.outcome(
                "forskel-i-tekst", (own, other), f"{format_number(right, gap.decimals)} procentpoint",
                of=f"{own.number.text} og {other.number.text}", said=gap.text,
            )  # fmt: skip
        yield read.outcome(
            "over-eller-under", (own, other), "", own=own.text, other=other.text,
            holds=own.size > other.size if match["over"] else own.size < other.size,
            word=match["over"] or match["under"],
        )  # fmt: skip


def _level_after(read: Read) -> Iterator[Outcome]:
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
        slack = base.size * pct.amount.step / 200 + base.rounding
        slack += max(Decimal(1), count.rounding)
        holds, swapped = abs(count.size - right) <= slack, abs(count.size - other) <= slack
        near = Decimal("0.2") <= count.size / max(right, Decimal(1)) <= 5
        if not (holds or swapped or near):
            continue  # the number before is hardly what the change is of
        name = "ændringen" if is_level else "niveauet bagefter"
        yield read.outcome(
            "niveau-efter-aendring", (base, pct, count), format_number(right), holds=holds,
            grave=swapped, pct=pct.text, base=base.text, change=format_number(change),
            why=f" {count.text} er {name}." if swapped else "",
        )  # fmt: skip
