"""So many times so much, and what is left of money: unit prices, means, budgets and refunds."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from beskplan.audit.model import Outcome
from beskplan.audit.patterns import patterns
from beskplan.audit.rules.passages import Read, judged_part
from beskplan.audit.statements.skeleton import TOKEN, Skeleton, Token
from beskplan.audit.statements.vocabulary import NUMBER_WORDS
from beskplan.core.danish import format_number, format_pct
from beskplan.core.periods import MONTHS

_RE = patterns("wholes", months=MONTHS, many_words=NUMBER_WORDS)

_PER = {"måned": 12, "uge": 52, "kvartal": 4, "halvår": 2, "dag": 365}
_NEAR_ENOUGH = Decimal("2.5")
"""An amount that misses the right one by a larger factor is of something else."""
_FAR_OFF = 5
"""A difference of two amounts may be slipped by a larger factor."""
_OVER_OR_UNDER = {"over": "merforbrug", "under": "mindreforbrug"}


def products(read: Read) -> Iterator[Outcome]:
    """Judge so many times so much, told in one sentence."""
    form = read.form
    for pattern in (
        _RE["rate_total"], _RE["total_rate"], _RE["yearly_total"], _RE["unit_price"],
        _RE["many_each"], _RE["each_has"], _RE["price_many"], _RE["total_years"],
    ):  # fmt: skip
        for match in pattern.finditer(form.text):
            each, whole = form.token(match, "each"), form.token(match, "sum")
            named, slack = match.groupdict(), Decimal(0)
            if "per" in named:
                many = _PER[match["per"]] * _months(read.sentence.text) / Decimal(12)
                if match["per"] in ("uge", "dag"):
                    slack = each.size * many * 9 / 52
            else:
                many = form.token(match, "years" if "years" in named else "many").size
            if named.get("mean"):  # of just one year, in whole numbers
                if sum(t.kind == "T" for t in form.tokens) != 1:
                    continue
                slack = max(slack, each.number.step * many / 2)
            if many:
                yield _product(read, each, many, whole, slack)


def _months(text: str) -> Decimal:
    """How many months a sentence says that its numbers cover: a year, if nothing else."""
    match = _RE["covered"].search(text)
    if match is None:
        return Decimal(12)
    if match["half"] or match["quarter"]:
        return Decimal(6 if match["half"] else 3)
    if match["last"]:
        first, last = (MONTHS.index(match[name].casefold()) for name in ("first", "last"))
        return Decimal((last - first) % 12 + 1)
    many = NUMBER_WORDS.get(match["n"].casefold()) or int(match["n"])
    return Decimal(many * (3 if match["what"] == "kvartaler" else 1))


def _product(
    read: Read, each: Token, many: Decimal, whole: Token, slack: Decimal = Decimal(0)
) -> Outcome:
    rounding = each.width * many + whole.width
    off = abs(each.size * many - whole.size)
    return read.outcome(
        "pr-enhed", (each, whole), format_number(each.size * many), each=each.text,
        holds=off <= slack + min(rounding, whole.size / 50), many=format_number(many),
        said=whole.text,
    )  # fmt: skip


def priced(read: Read) -> Iterator[Outcome]:
    """Judge »Et forløb koster 8.400 kr. Med 145 forløb bliver udgiften 1.218.000 kr.«."""
    before = next(read.before, None)
    each_has, gives = (
        _RE["so_many_each"].search(before.text) if before else None,
        _RE["gives"].match(read.form.text),
    )
    if before and each_has and gives:
        each, many = (before.token(each_has, name) for name in ("each", "many"))
        yield _product(read, each, many.size, read.form.token(gives, "sum"))
    if before and (match := _RE["mean_after"].match(read.form.text)):
        wholes = [t for t in before.tokens if t.kind == "N"]
        years = [t.when.period.kind for t in before.tokens if t.when]
        if len(wholes) == 1 and (match["many"] or years == ["Y"]):
            each = read.form.token(match, "each")
            months = _months(next(read.said).text)
            told = read.form.token(match, "many").size if match["many"] else None
            times_so = told or _PER[match["per"]] * months / 12
            yield _product(read, each, times_so, wholes[0], each.number.step * times_so / 2)
    match = _RE["costs"].search(before.text) if before else None
    if before is None or match is None or not _RE["so_much"].search(read.form.text):
        return
    each = before.token(match, "each")
    kind = "K" if each.kind == "K" else "D"
    prices = [t for t in before.tokens if t.kind in ("KDW" if kind == "D" else "K")]
    counts, wholes = (read.tokens(one, read.form.text) for one in ("NW", kind))
    if len(prices) == len(counts) == len(wholes) == 1 and counts[0].size:
        right = each.size * counts[0].size
        if abs(wholes[0].size - right) * _NEAR_ENOUGH <= right:
            yield _product(read, each, counts[0].size, wholes[0])


def _amounts_of_money(form: Skeleton) -> dict[str, Token]:
    """The only amount of each role that a sentence tells: a budget, what is spent, a refund, the net."""
    found: dict[str, list[Token]] = {}
    at = 0
    for mark in TOKEN.finditer(form.text):
        token = form.tokens[int(mark["n"])]
        if token.kind not in "KPN":
            continue
        words = [*_RE["money_role"].finditer(form.text, at, mark.start())]
        at = mark.end()
        role = words[-1].lastgroup if words else None
        if role and (token.kind != "K") == (role == "rate"):
            found.setdefault(role, []).append(token)
    return {role: told[0] for role, told in found.items() if len(told) == 1}


def money(read: Read) -> Iterator[Outcome]:
    """Judge what is left of a budget, the net after a refund, and the refund in per cent."""
    own = _amounts_of_money(read.form)
    known = own
    for form in islice(read.before, 2):
        known = {**_amounts_of_money(form), **known}
    budget, spent, refund = (known.get(role) for role in ("budget", "spent", "refund"))
    if budget and (match := _RE["of_budget"].search(read.form.text)):
        part, share = (read.form.token(match, name) for name in ("part", "share"))
        yield from judged_part(read, part, budget, share)
    for role, word in _OVER_OR_UNDER.items():
        if (gap := own.get(role)) and budget and spent:
            yield from _gap(read, (budget, spent, gap), word)
    if not (refund and spent and spent.size > refund.size):
        return
    if (net := own.get("net")) and net.amount:
        right = spent.size - refund.size
        if right and Decimal("0.4") <= net.size / right <= _NEAR_ENOUGH:
            yield read.outcome(
                "budget", (spent, refund, net), _in_unit_of(net, right), case="netto", one=spent.text,
                other=refund.text, said=net.text,
                holds=abs(net.size - right) <= spent.width + refund.width + net.width,
            )  # fmt: skip
    if rate := own.get("rate"):
        right = refund.size / spent.size * 100
        yield read.outcome(
            "del-i-parentes", (refund, spent, rate), format_pct(right, rate.number.decimals),
            holds=rate.number.means(right), part=refund.text, whole=spent.text, said=rate.text,
        )  # fmt: skip


def _gap(read: Read, told: tuple[Token, Token, Token], word: str) -> Iterator[Outcome]:
    """Judge »et merforbrug på 2,5 mio. kr.« by budget and spending."""
    budget, spent, gap = told
    right = spent.size - budget.size
    near = abs(gap.size - abs(right)) <= sum(t.width for t in told)
    if right and Decimal("0.2") <= gap.size / abs(right) <= _FAR_OFF:
        name = _OVER_OR_UNDER["over" if right > 0 else "under"]
        yield read.outcome(
            "budget", told, f"{name} på {_in_unit_of(gap, abs(right))}", holds=near and name == word,
            one=spent.text, other=budget.text, said=f"{word} på {gap.text}",
        )  # fmt: skip


def _in_unit_of(printed: Token, size: Decimal) -> str:
    """A number of money written as another one is."""
    factor = printed.size / printed.number.value if printed.number.value else Decimal(1)
    unit = " mio." if factor == 1_000_000 else " mia." if factor > 1_000_000 else ""
    return f"{format_number(size / factor, printed.number.decimals)}{unit} kr."
