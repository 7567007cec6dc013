"""Changes told in a sentence: from, to, against, by so many and by so many per cent, and which way."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import combinations

from beskplan.audit.model import Outcome
from beskplan.audit.patterns import patterns
from beskplan.audit.rules.registry import judge
from beskplan.audit.statements.amounts import Amount, When
from beskplan.audit.statements.names import area_mentions
from beskplan.audit.statements.plan import Plan, Sentence
from beskplan.audit.statements.skeleton import TOKEN, Skeleton, Token, skeleton
from beskplan.audit.statements.tables import cell_at
from beskplan.audit.statements.vocabulary import (
    WAYS,
    Direction,
    is_formula,
    is_of_the_future,
    only_turn,
    turns,
)
from beskplan.core.danish import format_number, format_pct

_RE = patterns("movements")

_LIMITS = {"højst": "down", "højest": "down", "maksimalt": "down", "mindst": "up", "minimum": "up"}
_REACH = 110
"""Characters between the parts of one movement, at most."""
_LEVELS_OF = {"P": "NK", "F": "NK", "G": "N", "Q": "P", "N": "N", "K": "K", "D": "D"}
"""Which numbers a change of each kind can be between."""
_MOST = 30
"""A sentence with more numbers than this is a list, in which any two may seem to be meant."""
_FARTHEST = 5
"""A printed change is at most so many times the right one."""
_MORE = 30
"""Characters of the second number of »49 personer eller 8 pct. lavere« with its direction."""
_DATED = 12
"""Characters between a level and the period right behind it."""
_AROUND = 160
"""Characters around a movement in which the words about it stand."""


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
    ranged: bool = False
    """Whether it is told by »fra« or »til«."""

    @property
    def tokens(self) -> list[Token]:
        """The numbers that it is told with."""
        return [t for t in (self.before, self.after, *self.by) if t is not None]

    def by_kind(self, kinds: str) -> list[Token]:
        """The numbers that tell by how much, of some kinds."""
        return [token for token in self.by if token.kind in kinds]


# ------------------------------------------------------------------------------ read


@lru_cache(4096)
def movements(sentence: Sentence) -> tuple[Movement, ...]:
    """The movements of a sentence, in order."""
    text = sentence.text
    if sentence.is_quote or is_formula(text) or _RE["lists"].search(text):
        return ()
    form = skeleton(text)
    found: list[Movement] = []
    now: Movement | None = None
    level: tuple[Token, int] | None = None
    tokens = [
        (m, form.tokens[int(m["n"])]) for m in TOKEN.finditer(form.text) if m["kind"] in "NPQKDFG"
    ]
    last = 0
    for index, (match, token) in enumerate(tokens):
        left = form.text[max(last, match.start() - _REACH) : match.start()]
        after = tokens[index + 1][0].start() if index + 1 < len(tokens) else len(form.text)
        right = form.text[match.end() : min(after, match.end() + _REACH)]
        right += form.text[after : after + _MORE] if _RE["and_more"].fullmatch(right) else ""
        if _RE["clause"].search(left) or match.start() - last > _REACH:
            now, level = None, None
        role = "by" if token.kind == "G" else _role(left, right, now, text[token.end :])
        if token.kind == "F" and role != "by":
            continue  # a fraction in words is no level
        if role and _begins(now, role, token):
            now = Movement(sentence, form, start=match.start())
            found.append(now)
        if now is not None and role:
            _add(now, role, token, level)
        elif token.kind != "Q" and not _RE["moves_by"].search(left):
            level = (token, match.start())
        if role == "to":
            level = (token, match.start())
        last = match.end()
    for movement in found:
        movement.way = _way(movement)
    return tuple(found)


def _role(left: str, right: str, now: Movement | None, behind: str) -> str:
    """What a number is in a movement: from, against, by, to, or empty where it has no part."""
    if _RE["from"].search(left):
        return "from"
    if _RE["against"].search(left):
        return "against"
    more = _RE["more"].match(right) and not re.search(r"\b(?:hvor|mens)\b", left)
    # »Med« alone says nothing of a change: »tolv måneder med 2 mellem hver«.
    bare = _RE["with"].search(left) and not turns(left) and not _RE["equals"].search(left)
    if more or (_RE["by"].search(left) and not bare):
        return "" if now and now.ranged and _is_beside_another(behind) else "by"
    if now is not None and (_RE["equals"].search(left) or _RE["bracket"].search(left)):
        return "" if _RE["share_of"].match(right) or _RE["of_another"].search(left) else "by"
    # »Falder til 30« begins a movement; »til 30« alone only ends one.
    return "to" if (now is not None or turns(left)) and _RE["to"].search(left) else ""


def _is_beside_another(behind: str) -> bool:
    """Whether a number says how far something lies from another area, a goal or a budget."""
    match = _RE["beside_another"].match(behind)
    return match is not None and bool(match["named"] or area_mentions(match["than"]))


def _begins(now: Movement | None, role: str, token: Token) -> bool:
    """Whether a number begins another movement than the one that is being told."""
    if now is None or role == "to":
        return now is None
    if role == "by":
        # A count and its per cent belong together; two of the same kind are two movements.
        return bool(now.by_kind(token.kind)) and now.before is None
    return now.before is not None or (role == "against" and now.after is None and not now.by)


def _add(now: Movement, role: str, token: Token, level: tuple[Token, int] | None) -> None:
    now.ranged |= role in ("from", "to")
    if role == "by":
        now.by.append(token)
    elif role == "to":
        now.after = now.after or token
    else:
        now.before = token
        if role == "against" and now.after is None and level is not None:
            now.after = level[0]
            now.start = min(now.start, level[1])


def _way(movement: Movement) -> Direction:
    """Which way the words of a movement go; empty where they do not say, or say two things."""
    first, last = min(t.start for t in movement.tokens), max(t.end for t in movement.tokens)
    low = max(0, first - _AROUND)
    text = movement.sentence.text[low : last + _AROUND]  # a sentence of 100.000 letters has many
    first, last = first - low, last - low
    if movement.by and (more := _RE["more"].match(text, movement.by[0].end - low)):
        return "up" if more["up"] else "down"
    begin = max((m.end() for m in _RE["clause"].finditer(text[:first].casefold())), default=0)
    stop = _RE["stop"].search(text, last)
    if way := only_turn(text[begin : min(stop.start() if stop else len(text), last + 40)]):
        return way
    before = {w for w, at, _ in turns(text) if begin <= at < first}
    return before.pop() if len(before) == 1 else ""


# ------------------------------------------------------------------------------ judged


def movements_add_up(plan: Plan) -> Iterator[Outcome]:
    """Judge every movement by its own numbers."""
    prose = plan.prose
    for at, sentence in enumerate(prose):
        if told := movements(sentence):
            reach = 0
            if sentence.first and _RE["continues"].match(sentence.text):
                reach = 2 if sentence.kind == "bullet" else 1
            near = prose[max(0, at - 2) : at][::-1]  # the nearest first
            here = [one for one in near if sentence.part - one.part <= reach]
            for movement in told:
                yield from _judged(plan, movement, here)


def _judged(plan: Plan, movement: Movement, earlier: list[Sentence]) -> Iterator[Outcome]:
    before, after, ordered = movement.before, movement.after, True
    if before is None or after is None:
        before, after, ordered = _beside(plan, movement, earlier)
    for token in movement.by:
        amount = token.amount
        if amount and amount.signed and amount.value and movement.way in ("up", "down"):
            yield _sign(movement, token)
    if len(movement.tokens) > 1:
        plan.mark_text(movement.sentence, movement.tokens)
    if before is None or after is None or before.amount is None or after.amount is None:
        yield from _half(movement, before, after)
    elif any(before.kind == t.kind for t in _others(movement, before, after)):
        return  # »4,8 pct. mod 5,3 pct. i regionen og 4,6 pct. på landsplan, altså 0,2 over landet«
    elif before.kind == after.kind or (
        # »Fra 80 til 20 pct.« leaves the first unit out.
        before.kind == "N" and not before.amount.unit and before.end < after.start
    ):
        if ordered:
            yield from _limit(movement, before.amount, after.amount)
            yield from _direction(movement, before.amount, after.amount)
        for by in movement.by:
            judged = _grown if by.kind == "G" else _change
            yield from judged(movement, before, after, by)


def _beside(
    plan: Plan, movement: Movement, earlier: list[Sentence]
) -> tuple[Token | None, Token | None, bool]:
    """From and to of a change that does not tell both, and whether their order is known."""
    told = _completed(movement, earlier) if movement.by else (movement.before, movement.after, True)
    known = _from_table(plan, movement, earlier) if None in told[:2] else None
    return (*known, True) if known else told


def _others(movement: Movement, before: Token, after: Token) -> list[Token]:
    """The numbers between the levels of a change and the change, of which it may be as well."""
    tokens = movement.form.tokens  # a text without an end has thousands

    def index(start: int) -> int:
        return bisect_left(tokens, start, key=lambda token: token.start)

    if any(token not in tokens[(at := index(token.start)) : at + 1] for token in (before, after)):
        return []  # a level is told in another sentence
    last = min((t.start for t in movement.by), default=0)
    between = tokens[index(max(before.end, after.end)) : index(last)]
    return [t for t in between if t.amount and t.end <= last]


def _levels(sentence: Sentence, kinds: str) -> list[Token]:
    """The numbers of some kinds that a sentence tells as levels, not as changes or as parts."""
    moved = [token for movement in movements(sentence) for token in movement.by]
    found = [t for t in skeleton(sentence.text).tokens if t.kind in kinds and t not in moved]
    # »Over 52 uger« says who is counted.
    return [t for t in found if not (t.number.signed or (t.kind == "D" and t.number.qualifier))]


def _noun(form: Skeleton, token: Token) -> str:
    """The first letters of what is counted, or empty."""
    marks = (m for m in TOKEN.finditer(form.text) if form.tokens[int(m["n"])] is token)
    named = next((_RE["counted"].match(form.text, mark.end()) for mark in marks), None)
    return named["noun"][:5] if named else ""


def _when(form: Skeleton, token: Token) -> When | None:
    """The period that a level is of: right behind it, else before it, else further behind it."""
    dated = [t.when for t in form.tokens if t.when]
    behind = [when for when in dated if when.start >= token.end]
    before = [when for when in dated if when.stop <= token.start]
    right = [when for when in behind if when.start - token.end <= _DATED]
    until = min(
        (t.start for t in form.tokens if t.start > token.start and not t.when), default=10**9
    )
    alone = [when for when in behind if when.start < until]
    return next(iter(right[:1] or before[-1:] or alone[:1]), None)


def _completed(
    movement: Movement, earlier: list[Sentence]
) -> tuple[Token | None, Token | None, bool]:
    """From and to of a change of which the levels are told beside it, and whether their order is known.

    They stand in its sentence or in the two before. Where some pair of levels fits the change, that is
    what it is of; else the only two there are.
    """
    known, by, form = movement.after or movement.before, movement.by[0], movement.form
    if max(len(skeleton(one.text).tokens) for one in (movement.sentence, *earlier)) > _MOST:
        return movement.before, movement.after, False
    kinds = known.kind if known else _LEVELS_OF[by.kind]
    goes_on = _RE["goes_on"].search(form.text) or is_of_the_future(movement.sentence.text)
    told = [movement.sentence, *(earlier if goes_on else ())]
    forms = {one: skeleton(one.text) for one in told}
    levels = [[(one, t) for t in _levels(one, kinds)] for one in told]
    stop = _RE["stop"].search(movement.sentence.text, by.end)
    levels[0] = [
        (one, t) for one, t in levels[0] if not stop or t.start < stop.start() or t is known
    ]
    later = [t for _, t in levels[0] if t.start > by.start and t is not known and by.kind != "G"]
    at = form.text.find(f"{by.kind}{form.tokens.index(by)}⟩")
    than, than_when = _RE["than"].search(form.text, at), _RE["than_when"].search(form.text, at)
    nouns = {noun for one in told for t in _levels(one, kinds) if (noun := _noun(forms[one], t))}
    if len(nouns) > 1 and by.kind in "NPG" and not known:
        return None, None, False
    days = {t: _when(forms[one], t) for each in levels for one, t in each}
    if by.kind == "G" and not {t.when.period for t in form.tokens if t.when} <= {
        when.period for when in days.values() if when
    }:
        return None, None, False  # »halveret siden 2010«
    tokens = [[t for _, t in each] for each in levels]
    if than_when is not None and not movement.before:
        then = form.token(than_when, "t").when
        there = any(when and then and when.period == then.period for when in days.values())
        tokens = tokens if there else [[]]
    pairs = list(combinations([t for each in tokens[::-1] for t in each], 2))
    fits = [pair for pair in pairs if any(_is_by(pair, one) for one in movement.by)]
    fits = [pair for pair in fits if known in pair] or fits
    # »End på landsplan«: whose number that is, is not known.
    elsewhere = than and not (than_when or _RE["than_before"].search(form.text))
    elsewhere = elsewhere or _is_beside_another(movement.sentence.text[by.end :])
    chosen = fits[-1] if fits else None if elsewhere or later else _only_pair(tokens, known)
    if chosen and not fits and {*tokens[0]}.isdisjoint(chosen) and not all(days[t] for t in chosen):
        # »Den udgør 52 pct. I 2015 var andelen 25 pct. Den er steget …«: two things, maybe.
        chosen = chosen if any({*chosen} <= {*each} for each in tokens[1:]) else None
    if chosen is None or not (fits or movement.before or _is_near(chosen, by)):
        return movement.before, movement.after, False
    return _in_order(movement, chosen, days, fits=bool(fits), here=tokens[0])


def _in_order(
    movement: Movement, chosen: tuple[Token, Token], days: dict[Token, When | None], *, fits: bool,
    here: list[Token],
) -> tuple[Token, Token, bool]:  # fmt: skip
    """From and to of two levels, by their dates, the words or what fits; and whether dates tell."""
    known, by, form = movement.after or movement.before, movement.by[0], movement.form
    first, second = chosen
    one, two = days[first], days[second]
    told = sorted((w.period for w in (one, two) if w), key=lambda period: period.first_day)
    dated = len(told) == 2 and told[0].last_day < told[1].first_day  # no month of that year
    if dated and one and two:
        turned = one.period.first_day > two.period.first_day
    elif known in chosen:
        turned = second is movement.before or first is movement.after
    else:
        turned = bool(_RE["earlier"].search(form.text)) and second in here
    if not dated and fits and known is None and movement.way in ("up", "down"):
        turned = (first.size < second.size) == (movement.way == "down")
    elif not dated and by.kind == "G" and known is None:
        turned = (first.size < second.size) == (by.size < 1)
    elif not dated and fits and by.kind in "PF" and known is None:
        off = [abs(_change_pct(*pair) - abs(by.size)) for pair in (chosen, chosen[::-1])]
        turned = off[0] > off[1]
    return (second, first, dated) if turned else (first, second, dated)


def _change_pct(before: Token, after: Token) -> Decimal:
    return abs(after.size - before.size) / before.size * 100 if before.size else Decimal(0)


def _only_pair(tokens: list[list[Token]], known: Token | None) -> tuple[Token, Token] | None:
    """The two levels of a change, where there are just two, told in one sentence or in two."""
    own = [t for t in tokens[0] if t is not known]
    before = [each for each in tokens[1:] if each]
    alone = [each[0] for each in before[:2] if len(each) == 1]
    if known is not None:
        others = own or alone[:1] if len(before[:1]) == len(alone[:1]) else own
        found = [*others, known] if all(t.start < known.start for t in own) else [known, *others]
    elif own:
        found = own if len(own) > 1 else [*alone[: len(before[:1])], *own]
    else:
        found = before[0] if before and len(before[0]) > 1 else alone[::-1]
    return (found[0], found[1]) if len(found) == 2 else None


def _is_near(pair: tuple[Token, Token], by: Token) -> bool:
    """Whether a change is of the size that two levels lie apart, so that it can be a slip."""
    if by.kind == "G":
        return any(Decimal("0.5") <= two.size / one.size / by.size <= 2
                   for one, two in (pair, pair[::-1]) if one.size)  # fmt: skip
    gap = _change_pct(*pair) if by.kind in "PF" else abs(pair[0].size - pair[1].size)
    return bool(gap) and Decimal("0.2") <= abs(by.size) / gap <= _FARTHEST


def _is_by(pair: tuple[Token, Token], by: Token) -> bool:
    """Whether two levels lie as far apart as a change says."""
    if by.kind == "G":
        return any(one.size and by.is_about(two.size / one.size) for one, two in (pair, pair[::-1]))
    gaps = [abs(pair[0].size - pair[1].size)]
    if by.kind in "PF":
        gaps = [_change_pct(*pair), _change_pct(*pair[::-1])]
    return any(by.number.means(gap / by.size * by.number.value if by.size else gap) if by.amount
               else by.is_about(gap) for gap in gaps)  # fmt: skip


def _from_table(
    plan: Plan, movement: Movement, earlier: list[Sentence]
) -> tuple[Token, Token] | None:
    """From and to of »2.251 i juni. Det er 13 færre end året før«: the one is told, the other a table's."""
    form = movement.form
    match = _RE["than_before"].search(form.text) if plan.own_tables else None
    if match is None or (said := form.token(match, "n")) not in movement.by:
        return None
    begins = not re.search(r"\w", form.text[: match.start()])
    tokens = skeleton(earlier[0].text).tokens if begins and earlier else form.tokens
    tokens = tuple(t for t in tokens if t.end < said.start or tokens is not form.tokens)
    levels = [t for t in tokens if t.kind == said.kind]
    days = [t.when.period for t in tokens if t.when]
    if len(levels) != 1 or any(t.kind == said.kind and t.start > said.start for t in form.tokens):
        return None  # the level of then may be told too
    when = form.token(match, "t").when if match["t"] else None
    period = when.period if when else days[0].year_before() if len(days) == 1 else None
    for table in plan.own_tables:
        columns = {c.period: c for c in table.levels if c.period}
        # »Året før« without a year is the first of two columns.
        first = table.levels[0] if len(table.levels) == 2 and not (days or when) else None
        column = columns.get(period) if period else first
        rows = [r for r in table.rows for c in table.levels if cell_at(r, c) == levels[0].size]
        before = rows[0].cells[column.index] if len(rows) == 1 and column else None
        moved = [rows[0].cells[c.index] for c in table.having("change")] if len(rows) == 1 else []
        if before is None and len(table.levels) == len(moved) == 1 and moved[0]:
            was = levels[0].size - moved[0].value
            before = moved[0]._replace(value=was, text=format_number(was))
        if before is not None:
            shown = before._replace(text=f"{before.text} i tabellen »{table.title}«")
            return Token(said.kind, 0, 0, shown, size=before.value), levels[0]
    return None


def _sign(movement: Movement, by: Token) -> Outcome:
    way = "up" if by.number.value > 0 else "down"
    subject = re.split(r"\s+(?:er|var|har|steg|faldt)\b", movement.sentence.text.strip())[0]
    return judge(
        "verbum-mod-fortegn", movement.sentence, holds=movement.way == way, about=(subject.strip(),),
        way=WAYS[movement.way or way], said=by.number.text,
    )  # fmt: skip


def _limit(movement: Movement, before: Amount, after: Amount) -> Iterator[Outcome]:
    """Judge »højst 430 mod 398 i dag«: a limit that is passed already."""
    end = after.start + len(after.qualifier)
    said = _RE["limit"].search(movement.sentence.text, max(0, end - 45), end)
    limit = (-1 if said["least"] else 1) if said else 0
    if limit and (after.value - before.value) * limit > 0 and not movement.way:
        yield judge(
            "maal-modsat", movement.sentence, right="en grænse, der ikke er nået", limit=after.text,
            now=before.text,
        )  # fmt: skip


def _direction(movement: Movement, before: Amount, after: Amount) -> Iterator[Outcome]:
    way = "up" if after.value > before.value else "down"
    # »Ned fra 125 til højst 135« is none of the ways that a limit can be meant.
    bound = _LIMITS.get(after.qualifier) == movement.way and way != movement.way
    soft = before.value == after.value or (before.qualifier and before.means(after.value))
    soft = soft or (after.qualifier and not bound and after.means(before.value))
    if movement.way and not soft and (movement.way != "same" or way == movement.way):
        said = WAYS[movement.way]
        yield judge(
            "fra-til", movement.sentence, holds=way == movement.way, right=f"et tal, der {said}",
            case="retning", sure="fra " in movement.form.text, before=before.text, after=after.text,
            way=WAYS[way], said=said,
        )  # fmt: skip


def _grown(movement: Movement, before: Token, after: Token, by: Token) -> Iterator[Outcome]:
    """Judge »fordoblet«, »halveret« and »tre gange så mange« by the two levels."""
    if before.size > 0:
        ratio = after.size / before.size
        yield judge(
            "gange", movement.sentence, holds=by.is_about(ratio), a=after.text, b=before.text,
            right=f"{format_number(ratio, 1)} gange",
            said=movement.sentence.text[by.start : by.end],
        )  # fmt: skip


def _change(movement: Movement, before: Token, after: Token, by: Token) -> Iterator[Outcome]:
    one, two = before.number, after.number
    shares = "P" in (before.kind, after.kind)
    gap = (after.size - before.size).copy_abs()
    relative = abs((two.value / one.value - 1) * 100) if one.value > 0 else None
    if by.kind == "F":
        if relative is not None:
            yield judge(
                "fra-til", movement.sentence, holds=by.is_about(relative),
                right=format_pct(relative), of=f"{one.text} til {two.text}",
                said=movement.sentence.text[by.start : by.end],
            )  # fmt: skip
        return
    amount = by.number
    rounded = _RE["rounded"].match(one.unit) or _RE["rounded"].match(two.unit)
    if by.kind == "Q":
        if shares:
            yield _compared(movement, by, gap, f"{one.text} og {two.text}")
    elif by.kind == "P" and shares:
        yield from _per_cent_of_shares(movement, by, gap, relative)
    elif by.kind == "P":
        if relative is not None:
            # What the rounding of both levels can move a change in per cent by.
            slack = 50 * one.step * (one.value + two.value) / (one.value * one.value)
            # A goal's level may follow from its change, and be rounded itself.
            follows = any(two.rounds(one.value * (100 + pct) / 100) for pct in (by.size, -by.size))
            exact = not (one.decimals or two.decimals or rounded or follows)
            of = f"{one.text} til {two.text}"
            yield _compared(movement, by, relative, of, 0 if exact else slack)
    elif by.kind == after.kind or not (amount.unit or shares):
        step = amount.step if one.decimals else Decimal(0)
        yield _compared(
            movement, by, gap, f"{one.text} til {two.text}", max(Decimal(1 if rounded else 0), step)
        )


def _compared(
    movement: Movement, by: Token, right: Decimal, of: str, slack: Decimal | int = 0
) -> Outcome:
    amount, size, rule = by.number, abs(by.size), "forskel-i-tekst" if by.kind == "Q" else "fra-til"
    holds = amount.means(right * abs(amount.value) / size if size else right)
    unit = " pct." if by.kind == "P" else " procentpoint" if by.kind == "Q" else ""
    shown = f"{format_number(right, amount.decimals if by.kind != 'K' else 0)}{unit}"
    return judge(
        rule, movement.sentence, right=shown, sure=amount.is_slip_of(right), of=of, said=amount.text,
        holds=holds or abs(size - right) <= slack + amount.step / 2,
    )  # fmt: skip


def _per_cent_of_shares(
    movement: Movement, by: Token, gap: Decimal, relative: Decimal | None
) -> Iterator[Outcome]:
    """Judge »fra 40 til 44 pct., en stigning på 4 pct.«: points, or per cent of the first share."""
    amount = by.number
    is_gap = abs(abs(amount.value) - gap) <= amount.step / 2
    right = f"{format_number(gap, amount.decimals)} procentpoint"
    if (relative is not None and amount.means(relative)) or is_gap:
        shown = f"; i pct. er den {format_number(relative, 1)}" if relative is not None else ""
        holds = relative is not None and amount.means(relative)
        yield judge(
            "point-eller-procent", movement.sentence, holds=holds, right=right, case="to_procenter",
            said=amount.text, shown=shown,
        )  # fmt: skip
    elif not re.search(r"\brelativt?\b", movement.form.text):
        yield judge(
            "forskel-i-tekst", movement.sentence, right=right, case="point", said=amount.text
        )


def _half(movement: Movement, before: Token | None, after: Token | None) -> Iterator[Outcome]:
    """Judge a movement that tells its count, its per cent, and one of its two levels."""
    counts, pcts, known = movement.by_kind("NK"), movement.by_kind("P"), after or before
    if len(counts) != 1 or len(pcts) != 1 or known is None or known.kind not in "NK":
        return
    if movement.way in ("up", "down") and known.amount is not None:
        sign = 1 if movement.way == "up" else -1
        base = known.size if known is before else known.size - sign * abs(counts[0].size)
        if base > 0:
            right = abs(counts[0].size) / base * 100
            yield _compared(
                movement, pcts[0], right, f"{format_number(base)} og {known.amount.text}"
            )
