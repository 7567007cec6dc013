"""Changes told in a sentence: from, to, against, by so many and by so many per cent, and which way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from beskplan.audit.model import Agreed, Certainty, Finding, Outcome, Severity
from beskplan.audit.statements.amounts import Amount
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.skeleton import TOKEN, Skeleton, Token, skeleton
from beskplan.audit.statements.vocabulary import (
    Direction,
    is_formula,
    only_turn,
    quotes_another,
    turns,
)
from beskplan.core.numbers import format_number

_SOFT = (
    r"(?:kun|blot|nu|hele|i alt|omkring|ca|højst|højest|mindst|cirka|lidt over|et niveau på|i gennemsnit"
    r"|op|ned) "
)
_FROM = re.compile(rf"\bfra (?:{_SOFT}){{0,2}}$")
_TO = re.compile(rf"\b(?:til|op på|ned på|op til|ned til) (?:{_SOFT}){{0,2}}$")
_AGAINST = re.compile(
    rf"\b(?:mod|imod|sammenlignet med|hvor (?:der )?(?:var|lå|udgjorde)(?: der| den| det)?(?: på)?) "
    rf"(?:{_SOFT}){{0,2}}$"
)
_NOUN = r"(?:stigning|fald|vækst|reduktion|fremgang|tilbagegang|nedgang|forøgelse|ændring|forskel|forbedring)"
_BY = re.compile(
    rf"(?:(?<!højest)(?<!lavest)(?<!flest) \bmed|\b{_NOUN}(?:en|et)? (?:her)?på|\bforskel på"
    rf"|\bstigning på) (?:{_SOFT}){{0,2}}$"
)
_EQUALS = re.compile(
    r"(?:svarende til|svarede til|svarer til|hvilket (?:er|giver|udgør)|\bdvs|\baltså|og dermed"
    r"|\beller|lig med"
    r"|det er|hvilket vil sige)"
    rf"(?:,)?(?: (?:et|en) (?:\w+ )?{_NOUN} på| med| tale om(?: et| en)? {_NOUN} på| ca| i alt| "
    rf"omkring)? (?:{_SOFT})?$"
)
_BRACKET = re.compile(r"\((?:et |en )?(?:fald på |stigning på |svarende til )?$")
_WITH = re.compile(rf"\bmed (?:{_SOFT}){{0,2}}$")
_MORE = re.compile(r"^ (?:[a-zæøå]+ ){0,1}(?:flere|færre|lavere|højere)\b")
_CLAUSE = re.compile(
    r";|\bmens\b|\bderefter\b|\bherefter\b|, men\b|, hvorimod\b| og (?:steget|faldet|øget)\b"
)
_RELATIVE = re.compile(r"\brelativt?\b")
_SHARE_OF = re.compile(r"^ (?:ud )?af (?:de |den |det |alle |befolk|arbejds|samtlige )")
_ITS_BASE = re.compile(r"^ ?(?:det er|det svarer til|dermed er det|altså|det vil sige) ")
_REACH = 110
"""Characters between the parts of one movement, at most."""
_MORE_WORD = re.compile(r" (?:[a-zæøå]+ )?(flere|færre|lavere|højere)\b")
_STOP = re.compile(r";|\bmens\b|, men\b|, hvor\b")
_AROUND = 160
"""Characters around a movement in which the words about it stand."""
_WORDS = {"up": "stiger", "down": "falder", "same": "er uændret"}


@dataclass
class Movement:
    """A change as a sentence tells it; what is not told is None."""

    sentence: Sentence
    form: Skeleton
    before: Token | None = None
    after: Token | None = None
    by: list[Token] = field(default_factory=list)
    way: Direction = ""
    start: int = 0
    end: int = 0

    @property
    def text(self) -> str:
        """The sentence."""
        return self.sentence.text


@lru_cache(4096)
def movements(sentence: Sentence) -> tuple[Movement, ...]:
    """The movements of a sentence, in order."""
    if (
        quotes_another(sentence.text)
        or is_formula(sentence.text)
        or re.search(r"\b(?:hhv|henholdsvis)\b", sentence.text)
    ):
        return ()
    form = skeleton(sentence.text)
    found: list[Movement] = []
    now: Movement | None = None
    level: tuple[Token, int] | None = None
    tokens = [
        (m, form.tokens[int(m["n"])]) for m in TOKEN.finditer(form.text) if m["kind"] in "NPQKD"
    ]
    last = 0
    for index, (match, token) in enumerate(tokens):
        left = form.text[max(last, match.start() - _REACH) : match.start()]
        after = tokens[index + 1][0].start() if index + 1 < len(tokens) else len(form.text)
        right = form.text[match.end() : min(after, match.end() + _REACH)]
        if _CLAUSE.search(left) or match.start() - last > _REACH:
            now, level = None, None
        role = _role(left, right, now)
        if role in ("from", "against", "by") and _begins(now, role, token):
            now = Movement(sentence, form, start=match.start())
            found.append(now)
        if now is not None and role:
            _add(now, role, token, level)
            now.end = match.end()
        elif token.kind != "Q":
            level = (token, match.start())
        if role == "to":
            level = (token, match.start())
        last = match.end()
    for movement in found:
        movement.way = _way(movement)
    return tuple(found)


def _role(left: str, right: str, now: Movement | None) -> str:
    """What a number is in a movement: from, against, by, to, or empty where it has no part."""
    if _FROM.search(left):
        return "from"
    if _AGAINST.search(left):
        return "against"
    more = _MORE.match(right) and not re.search(r"\b(?:hvor|mens)\b", left)
    # »Med« alone says nothing of a change: »tolv måneder med 2 mellem hver«.
    bare = _WITH.search(left) and not turns(left) and not _EQUALS.search(left)
    if more or (_BY.search(left) and not bare):
        return "by"
    told = now is not None and (_EQUALS.search(left) or _BRACKET.search(left))
    if told:
        return "" if _SHARE_OF.match(right) else "by"
    return "to" if now is not None and _TO.search(left) else ""


def _begins(now: Movement | None, role: str, token: Token) -> bool:
    """Whether a number begins another movement than the one that is being told."""
    if now is None:
        return True
    if role == "by":
        # A count and its per cent belong together; two of the same kind are two movements.
        return any(one.kind == token.kind for one in now.by) and now.before is None
    return now.before is not None or (role == "against" and now.after is None and not now.by)


def _add(now: Movement, role: str, token: Token, level: tuple[Token, int] | None) -> None:
    if role == "by":
        now.by.append(token)
    elif role == "to":
        now.after = now.after or token
    elif role == "from":
        now.before = token
    else:
        now.before = token
        if now.after is None and level is not None:
            now.after = level[0]
            now.start = min(now.start, level[1])


def _way(movement: Movement) -> Direction:
    """Which way the words of a movement go; empty where they do not say, or say two things."""
    tokens = [t for t in (movement.before, movement.after, *movement.by) if t is not None]
    first, last = min(t.start for t in tokens), max(t.end for t in tokens)
    low = max(0, first - _AROUND)
    text = movement.text[low : last + _AROUND]  # a sentence of a hundred thousand letters has many
    first, last = first - low, last - low
    if movement.by and (more := _MORE_WORD.match(text[movement.by[0].end - low :])):
        return "up" if more[1] in ("flere", "højere") else "down"
    begin = max((m.end() for m in _CLAUSE.finditer(text[:first].casefold())), default=0)
    stop = _STOP.search(text, last)
    clause = text[begin : min(stop.start() if stop else len(text), last + 40)]
    if way := only_turn(clause):
        return way
    before = [w for w, at, _ in turns(text) if begin <= at < first]
    return before[-1] if before else ""


def movements_add_up(plan: Plan) -> Iterator[Outcome]:
    """Judge every movement by its own numbers: direction, difference, per cent and points."""
    previous: Sentence | None = None
    for sentence in plan.prose:
        for movement in movements(sentence):
            yield from _judged(plan, movement, previous)
        previous = sentence


def _judged(plan: Plan, movement: Movement, previous: Sentence | None) -> Iterator[Outcome]:
    before, after = movement.before, movement.after
    if before is not None and after is None and movement.by and _ITS_BASE.match(movement.form.text):
        after = _last_level(previous, movement.sentence, before.kind)
    if before is None and after is None and movement.by and _ITS_BASE.match(movement.form.text):
        earlier = _earlier(previous, movement.sentence)
        if earlier is not None and movement.by[0].kind == earlier[0].kind:
            before, after = earlier
    signed = [
        one
        for one in movement.by
        if one.amount is not None and one.amount.signed and one.amount.value
    ]
    for one in signed:
        yield from _sign(movement, one)
    _mark(plan, movement)
    if before is None or after is None or before.amount is None or after.amount is None:
        yield from _half(movement, before, after)
        return
    if not _comparable(before, after):
        return
    yield from _limit(movement, before.amount, after.amount)
    yield from _direction(movement, before.amount, after.amount)
    for by in movement.by:
        yield from _change(movement, before, after, by)


def _mark(plan: Plan, movement: Movement) -> None:
    tokens = [t for t in (movement.before, movement.after, *movement.by) if t is not None]
    if len(tokens) > 1:
        plan.checked.update(
            (movement.sentence.part, id(movement.sentence), t.start) for t in tokens
        )


def _comparable(before: Token, after: Token) -> bool:
    """Whether two numbers are of one kind; `fra 80 til 20 pct.` leaves the first unit out."""
    one, two = before.amount, after.amount
    if one is None or two is None:
        return False
    return before.kind == after.kind or (
        before.kind == "N" and not one.unit and one.end < two.start
    )


def _last_level(previous: Sentence | None, sentence: Sentence, kind: str) -> Token | None:
    """The last number of a kind in the sentence before, in the same paragraph."""
    if previous is None or previous.part != sentence.part:
        return None
    ones = [t for t in skeleton(previous.text).tokens if t.kind == kind]
    return ones[-1] if len(ones) == 1 else None


def _earlier(previous: Sentence | None, sentence: Sentence) -> tuple[Token, Token] | None:
    """From and to of the sentence before, where it tells one movement."""
    if previous is None or previous.part != sentence.part:
        return None
    told = [m for m in movements(previous) if m.before and m.after]
    if len(told) != 1 or told[0].before is None or told[0].after is None:
        return None
    return told[0].before, told[0].after


def finding(
    rule: str, sentence: Sentence, why: str, *, right: str = "", certainty: Certainty = "sandsynlig",
    severity: Severity = "contradiction", about: tuple[str, ...] = (),
) -> Finding:  # fmt: skip
    """A finding about a sentence as a whole."""
    return Finding(rule, severity, certainty, sentence.place, sentence.text, right, why, about)


def _sign(movement: Movement, by: Token) -> Iterator[Outcome]:
    sign: Direction = "up" if by.number.value > 0 else "down"
    if movement.way not in ("up", "down"):
        return
    if movement.way == sign:
        yield Agreed("verbum-mod-fortegn", movement.sentence.place, by.number.text)
        return
    subject = re.split(r"\s+(?:er|var|har|steg|faldt)\b", movement.text.strip())[0]
    yield finding(
        "verbum-mod-fortegn", movement.sentence,
        f"Ordet siger, at tallet {_WORDS[movement.way]}, men fortegnet i {by.number.text} siger det "
        f"modsatte. "
        "Mindst et af dem er forkert.",
        certainty="sikker", about=(subject.strip(),),
    )  # fmt: skip


def _limit(movement: Movement, before: Amount, after: Amount) -> Iterator[Outcome]:
    """»Højst 430 mod 398 i dag« sets a limit that is passed already."""
    limit = {"højst": 1, "højest": 1, "mindst": -1}.get(after.qualifier, 0)
    if limit and (after.value - before.value) * limit > 0 and not movement.way:
        yield finding(
            "maal-modsat", movement.sentence,
            f"Grænsen er {after.text}, men tallet er allerede {before.text}.",
            right="en grænse, der ikke er nået", severity="doubt",
        )  # fmt: skip


def _direction(movement: Movement, before: Amount, after: Amount) -> Iterator[Outcome]:
    if movement.way not in ("up", "down", "same"):
        return
    if before.qualifier or after.qualifier or before.value == after.value:
        return
    way: Direction = "up" if after.value > before.value else "down"
    if way == movement.way:
        yield Agreed("fra-til", movement.sentence.place, f"{before.text} - {after.text}")
        return
    if movement.way == "same":
        return
    yield finding(
        "fra-til", movement.sentence,
        f"Fra {before.text} til {after.text} {_WORDS[way]} tallet, men ordet siger, at det "
        f"{_WORDS[movement.way]}.",
        right=f"et tal, der {_WORDS[movement.way]}",
        certainty="sikker" if movement.form.text.find("fra ") >= 0 else "sandsynlig",
    )  # fmt: skip


def _change(movement: Movement, before: Token, after: Token, by: Token) -> Iterator[Outcome]:
    one, two, amount = before.amount, after.amount, by.amount
    if one is None or two is None or amount is None:
        return
    shares = "P" in (before.kind, after.kind)
    gap = (after.size - before.size).copy_abs()
    relative = abs((two.value / one.value - 1) * 100) if one.value > 0 else None
    if by.kind == "Q":
        if shares:
            yield _compared(movement, by, gap, f"{one.text} og {two.text}", "forskel-i-tekst")
        return
    if by.kind == "P" and shares:
        yield from _per_cent_of_shares(movement, by, gap, relative)
        return
    if by.kind == "P":
        if relative is not None:
            slack = _slack(one, two)
            yield _compared(
                movement, by, relative, f"{one.text} til {two.text}", "fra-til", slack=slack
            )
        return
    if by.kind in (before.kind, after.kind) or not amount.unit:
        if shares or (by.kind != after.kind and amount.unit):
            return
        slack = Decimal(1) if _is_rounded(one, two) else Decimal(0)
        step = Decimal(1).scaleb(-amount.decimals) if one.decimals else Decimal(0)
        yield _compared(
            movement, by, gap, f"{one.text} til {two.text}", "fra-til", slack=max(slack, step)
        )


def _is_rounded(*ones: Amount) -> bool:
    return any(re.match(r"fuldtids|helårs", one.unit) for one in ones)


def _slack(one: Amount, two: Amount) -> Decimal:
    """What the rounding of both levels can move a change in per cent by."""
    if not (one.decimals or two.decimals or _is_rounded(one, two)):
        return Decimal(0)
    half = Decimal("0.5").scaleb(-one.decimals)
    return 100 * half * (one.value + two.value) / (one.value * one.value)


def _compared(
    movement: Movement,
    by: Token,
    right: Decimal,
    of: str,
    rule: str,
    *,
    slack: Decimal = Decimal(0),
) -> Outcome:
    amount = by.number
    size, step = abs(by.size), Decimal(1).scaleb(-amount.decimals)
    if (
        amount.means(right * abs(amount.value) / size if size else right)
        or abs(size - right) <= slack + step / 2
    ):
        return Agreed(rule, movement.sentence.place, amount.text)
    unit = " pct." if by.kind == "P" else " procentpoint" if by.kind == "Q" else ""
    shown = format_number(right, amount.decimals if by.kind != "K" else 0)
    return finding(
        rule, movement.sentence,
        f"Fra {of} er ændringen {shown}{unit}, ikke {amount.text}.",
        right=f"{shown}{unit}", certainty="sikker" if is_slip(amount, right) else "sandsynlig",
    )  # fmt: skip


def is_slip(printed: Amount, right: Decimal) -> bool:
    """Whether a printed number has just the digits of the right one in another order."""
    shown = format_number(abs(right), printed.decimals)
    digits = re.sub(r"\D", "", format_number(abs(printed.value), printed.decimals))
    wanted = re.sub(r"\D", "", shown)
    return len(digits) > 1 and digits != wanted and sorted(digits) == sorted(wanted)


def _per_cent_of_shares(
    movement: Movement, by: Token, gap: Decimal, relative: Decimal | None
) -> Iterator[Outcome]:
    amount = by.number
    if relative is not None and amount.means(relative):
        yield Agreed("point-eller-procent", movement.sentence.place, amount.text)
        return
    if abs(abs(amount.value) - gap) <= Decimal(1).scaleb(-amount.decimals) / 2:
        number = format_number(gap, amount.decimals)
        shown = f"; i pct. er den {format_number(relative, 1)}" if relative is not None else ""
        yield finding(
            "point-eller-procent", movement.sentence,
            f"{amount.text} er forskellen mellem to procenter og hedder {number} procentpoint{shown}.",
            right=f"{number} procentpoint", certainty="sikker", severity="label",
        )  # fmt: skip
        return
    if not _RELATIVE.search(movement.form.text):
        yield finding(
            "forskel-i-tekst", movement.sentence,
            f"Forskellen er {format_number(gap, amount.decimals)} procentpoint, ikke {amount.text}.",
            right=f"{format_number(gap, amount.decimals)} procentpoint",
        )  # fmt: skip


def _half(movement: Movement, before: Token | None, after: Token | None) -> Iterator[Outcome]:
    """Judge a movement that tells its count, its per cent, and one of its two levels."""
    counts = [t for t in movement.by if t.kind in "NK"]
    pcts = [t for t in movement.by if t.kind == "P"]
    known = after or before
    if len(counts) != 1 or len(pcts) != 1 or known is None or known.kind not in "NK":
        return
    if movement.way not in ("up", "down") or known.amount is None:
        return
    sign = 1 if movement.way == "up" else -1
    base = known.size if known is before else known.size - sign * abs(counts[0].size)
    if base > 0:
        right = abs(counts[0].size) / base * 100
        yield _compared(
            movement, pcts[0], right, f"{format_number(base)} og {known.amount.text}", "fra-til"
        )
