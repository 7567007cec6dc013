"""Reads the claims of a Danish commentary back out of its words, and holds them against the movements.

Knows nothing of how the words were made. Every number must belong to a claim: a sentence with a number
that cannot be placed is a disagreement, so a new way of writing is either understood here or turns the
tests red.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from beskplan.core.danish import parse_number
from beskplan.core.periods import Period
from beskplan.indicators.quantities import Movement

_NUMBER = r"\d+(?:\.\d{3})*(?:,\d+)?"
_COUNT = rf"(?:{_NUMBER}|én|ét|ingen)"
_AREA = r"(?:[A-ZÆØÅ][\w-]*(?: [A-ZÆØÅ][\w-]*| omegn)*|hele landet)"
_MONTHS = "januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december"
_PERIOD = (
    rf"(?:(?:perioden )?\d\. kvartal \d{{4}}(?: - \d\. kvartal \d{{4}})?|(?:{_MONTHS}) \d{{4}}"
    r"|(?:19|20)\d\d)(?![\d.,]*\d)"
)
_WHEN = rf"(?:[Ii] {_PERIOD}|året før)"
_THERE = rf"(?:{_WHEN} var der|[Dd]er var)(?: i alt)?"
_SHARE = rf"(?: \({_NUMBER} pct\. af [^)]*\))?"
_NAMED = re.compile(rf"(?:\b(?:I|På) )?({_AREA}) \(({_NUMBER}) pct\.\)")
_RELATION = re.compile(
    r"større end|mindre end|på linje med|en anelse højere end|en anelse lavere end|højere end"
    r"|lavere end|på niveau med|steg|faldt"
)
_WORDS = {"én": Decimal(1), "ét": Decimal(1), "ingen": Decimal(0)}
_RELATIONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "større end": lambda own, its: abs(own) - abs(its) > 1 and own * its > 0,
    "mindre end": lambda own, its: abs(its) - abs(own) > 1 and own * its > 0,
    "på linje med": lambda own, its: abs(own - its) <= 1,
    "steg": lambda _, its: its > 0,
    "faldt": lambda _, its: its < 0,
    "på niveau med": lambda own, its: own == its,
    "højere end": lambda own, its: own > its,
    "lavere end": lambda own, its: own < its,
    "en anelse højere end": lambda own, its: 0 < own - its <= Decimal("0.2"),
    "en anelse lavere end": lambda own, its: 0 < its - own <= Decimal("0.2"),
}
"""What the words ask of two printed numbers: changes in per cent, or shares."""
_OF_SHARES = ("niveau", "højere", "lavere")


@dataclass(frozen=True)
class Claim:
    """One thing that a text says of a number, with its sentence."""

    kind: str
    """`before`, `now`, `change`, `pct`, `share`, or how the number beside an area stands to the own."""
    value: Decimal
    sentence: str
    area: str = ""
    """Whose number; empty for the area that the text is about."""


def parse_claims(text: str) -> list[Claim]:
    """All claims of a text, in order; ValueError where a number belongs to none."""
    plain = text.replace("\u00a0", " ").replace("\n", " ")
    sentences = re.split(r"(?<=\.) (?=[A-ZÆØÅ])", plain)
    return [claim for sentence in sentences for claim in _read(sentence)]


_PATTERNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (rf"\(({_NUMBER}) pct\. af [^)]*\)", ("share",)),
    (rf"[Aa]ndelen er ({_NUMBER}) pct\. af", ("share",)),
    (rf"(?:på|med|stigningen,|faldet,) ({_NUMBER}) pct\.", ("pct",)),
    (rf"steg (?:[^.]*? )?med ({_COUNT}) til ({_COUNT})\b", ("up", "now")),
    (rf"faldt (?:[^.]*? )?med ({_COUNT}) til ({_COUNT})\b", ("down", "now")),
    (rf"(?:steg|faldt) .*?fra ({_COUNT}) til ({_COUNT})\b", ("before", "now")),
    (rf"({_COUNT}) flere end {_WHEN}, i alt ({_COUNT})\b", ("up", "now")),
    (rf"({_COUNT}) færre end {_WHEN}, i alt ({_COUNT})\b", ("down", "now")),
    (rf"({_COUNT}) flere end {_WHEN}", ("up",)),
    (rf"({_COUNT}) færre end {_WHEN}", ("down",)),
    (rf"ændret: ({_COUNT})\b(.*?) mod ({_COUNT}) {_WHEN}", ("now", "", "before")),
    (rf"Uændret: ({_COUNT})\b.*? ligesom {_WHEN}", ("same",)),
    (rf"{_THERE} ({_COUNT})\b(.*?) mod ({_COUNT}) {_WHEN}", ("now", "", "before")),
    (rf"{_THERE} (ingen)\b.*?, heller ikke {_WHEN}", ("same",)),
    (rf"{_THERE} ({_COUNT})\b", ("now",)),
)
"""How the own area's numbers are told, and what each number is; an empty name is read again."""


def _read(sentence: str) -> Iterator[Claim]:
    unread = sentence
    for match in _NAMED.finditer(sentence):
        relations = _RELATION.findall(sentence[: match.start()])
        flat = "stort set uændret" in sentence or not relations
        kind = "flat" if flat else relations[-1]
        yield Claim(kind, parse_number(match[2]), sentence, match[1])
    unread = _NAMED.sub(lambda match: "·" * len(match[0]), unread)
    small = re.match(rf"(?:I|På) ({_AREA}) var der ({_COUNT}) mod ({_COUNT}) {_WHEN}", unread)
    if small:
        yield Claim("now", _value(small[2]), sentence, small[1])
        yield Claim("before", _value(small[3]), sentence, small[1])
        return
    for pattern, kinds in _PATTERNS:
        found = re.search(pattern, unread)
        if found is None:
            continue
        told = list(zip(kinds, found.groups(), strict=True))
        yield from (Claim(kind, _value(number), sentence) for kind, number in told if kind)
        between = "".join(text for kind, text in told if not kind)
        unread = f"{unread[: found.start()]} · {between} {unread[found.end() :]}"
    unread = re.sub(rf"\b(?:[Ii]|[Ff]ra|til|for) {_PERIOD}", "", unread)
    if rest := re.search(r"\d", unread):
        raise ValueError(f"a number without a claim: {unread[rest.start() :]!r} in {sentence!r}")


def _value(number: str) -> Decimal:
    return _WORDS[number] if number in _WORDS else parse_number(number)


def disagreements(
    text: str, own: Movement, references: Sequence[Movement], before: Period, now: Period
) -> list[str]:
    """What the text says that the movements do not; empty where all of it is right."""
    wrong = [str(claim) for claim in parse_claims(text) if not _holds(claim, own, references)]
    told = set(re.findall(rf"\b(?:[Ii]|[Ff]ra|til) ({_PERIOD})", text.replace("\u00a0", " ")))
    strange = {period.removeprefix("perioden ") for period in told} - {before.text, now.text}
    if "året før" in text and before != now.year_before():
        strange.add("året før")
    return [*wrong, *sorted(strange)]


def _holds(claim: Claim, own: Movement, references: Sequence[Movement]) -> bool:
    named = [one for one in references if place(one) == claim.area]
    of = named[0] if named else own
    if claim.area and len(named) != 1:
        return False
    if claim.kind in _RELATIONS:
        shares = any(word in claim.kind for word in _OF_SHARES)
        mine, its = (m.share if shares else m.change_pct for m in (own, of))
        if mine is None or its is None or not its.is_number or abs(its.printed) != claim.value:
            return False
        # Where the own number hardly moved, the others' verbs stand alone.
        alone = claim.kind in ("steg", "faldt")
        return _RELATIONS[claim.kind](mine.printed if not alone else Decimal(0), its.printed)
    change = of.change.printed if of.change.is_number else None
    exact = {
        "flat": lambda: of.change_pct.printed == claim.value == 0,
        "up": lambda: change == claim.value,
        "down": lambda: change == -claim.value,
        "same": lambda: of.before.printed == of.now.printed == claim.value,
    }
    return exact.get(claim.kind, lambda: _number_holds(claim, of))()


def _number_holds(claim: Claim, of: Movement) -> bool:
    quantity = {
        "before": of.before, "now": of.now, "pct": of.change_pct, "share": of.share
    }[claim.kind]  # fmt: skip
    if quantity is None or not quantity.is_number or abs(quantity.printed) != claim.value:
        return False
    told = re.search(r"(stig|steg)|fald", claim.sentence.casefold())
    way = of.change.printed if claim.kind == "before" else quantity.printed
    level = claim.kind == "before" and " fra " in claim.sentence
    moved = told is not None and (claim.kind == "pct" or level)
    return not moved or bool(told and told[1]) is (way > 0)


def place(movement: Movement) -> str:
    """The name of an area as a sentence has it, without preposition."""
    return movement.area.stedsform.partition(" ")[2]
