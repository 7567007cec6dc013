"""Reads the claims of a Danish commentary back out of its words, knowing nothing of how it was made.

Every number must belong to a claim: `parse_claims` refuses a sentence with a number it cannot place,
so a new way of writing is either understood here or turns the tests red. `disagreements` holds the
claims against the movements of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from beskplan.indicators.quantities import Movement
from beskplan.numbers import parse_number
from beskplan.periods import Period

Direction = Literal["up", "down", "same", ""]
Kind = Literal["before", "now", "change", "pct", "share", "share_beside", "trend"]

_NUMBER = r"\d+(?:\.\d{3})*(?:,\d+)?"
_COUNT = rf"(?:{_NUMBER}|én|ét|ingen)"
_AREA = r"(?:[A-ZÆØÅ][\w-]*(?: [A-ZÆØÅ][\w-]*| omegn)*|hele landet)"
_MONTHS = "januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december"
_PERIOD = (
    rf"(?:(?:perioden )?\d\. kvartal \d{{4}}(?: - \d\. kvartal \d{{4}})?|(?:{_MONTHS}) \d{{4}}"
    r"|(?:19|20)\d\d)(?![\d.,]*\d)"
)
_WHEN = rf"\b[Ii] {_PERIOD}"
_NAMED = re.compile(rf"({_AREA}) \(({_NUMBER}) pct\.\)")
_UP = r"steg|steget|stiger|stigning|stigningen"
_DOWN = r"faldt|faldet|falder|fald"
_TURN = re.compile(rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN})|(?P<same>uændret))\b", re.IGNORECASE)
_RELATION = re.compile(
    rf"(?:(?P<points>{_NUMBER}) procentpoint )?(?P<word>større|mindre|højere|lavere) end\b"
    r"|(?P<equal>lige så stort? som|på niveau med)|(?P<along>på linje med)"
    r"|(?P<half>omtrent halvt så stort? som)|(?P<under>mindre end halvt så stort? som)"
    r"|(?P<about>omtrent|mere end) (?P<times>dobbelt|\w+ gange) så stort? som"
    rf"|(?P<off>{_NUMBER}) procentpoint (?P<way>op|ned) til|(?P<near>nærmer)"
)
_TIMES = ("dobbelt", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti")
_ABOUT_SHARES = re.compile(r"\b(?:andelen|lavere end|højere end|nærmer|udgør|svarer til)\b", re.I)
_WORDS = {"én": Decimal(1), "ét": Decimal(1), "ingen": Decimal(0)}


@dataclass(frozen=True)
class Claim:
    """One thing that a text says.

    Attributes:
        kind: Level before or now, change in persons, change in per cent, share, share compared,
            or how a gap has moved.
        value: The number, without sign; None for a trend.
        area: Whose number; empty for the area that the text is about.
        direction: Of a change, or `up` where the own share is said to be the higher one.
        relation: The words that set the own number against this area's.
        points: The gap in percentage points, where it is given.
        sentence: Where it stands.
    """

    kind: Kind
    value: Decimal | None
    area: str = ""
    direction: Direction = ""
    relation: str = ""
    points: Decimal | None = None
    sentence: str = ""


def parse_claims(text: str) -> list[Claim]:
    """All claims of a text, in order.

    Raises:
        ValueError: a number belongs to no claim that is understood.
    """
    plain = text.replace("\u00a0", " ").replace("\n", " ")
    return [
        claim for sentence in re.split(r"(?<=\.) (?=[A-ZÆØÅ])", plain) for claim in _read(sentence)
    ]


def _read(sentence: str) -> list[Claim]:
    reader = _Reader(sentence)
    found = [*reader.named(), *reader.own(), *reader.trends()]
    if rest := re.search(r"\d", reader.unread):
        raise ValueError(
            f"a number without a claim: {reader.unread[rest.start() :]!r} in {sentence!r}"
        )
    return found


class _Reader:
    """One sentence; what has been understood is blanked out of `unread`."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        self.unread = sentence
        self.about_shares = _ABOUT_SHARES.search(sentence) is not None

    def _take(self, pattern: str) -> Iterator[re.Match[str]]:
        for match in list(re.finditer(pattern, self.unread)):
            blank = "·" * len(match[0])
            self.unread = self.unread[: match.start()] + blank + self.unread[match.end() :]
            yield match

    def named(self) -> Iterator[Claim]:
        """Numbers in brackets after an area."""
        for match in list(_NAMED.finditer(self.sentence)):
            relation = _last(_RELATION, self.sentence[: match.start()])
            turn = _last(_TURN, self.sentence[: match.start()])
            side: Direction = (turn.lastgroup or "") if turn else ""  # type: ignore[assignment]
            points = relation and (relation["points"] or relation["off"])
            yield Claim(
                "share_beside" if self.about_shares else "pct",
                parse_number(match[2]),
                match[1],
                _share_side(relation) if self.about_shares else side,
                relation[0] if relation else "",
                parse_number(points) if points else None,
                self.sentence,
            )
        for pattern in (_NAMED.pattern, rf"{_NUMBER} procentpoint"):
            list(self._take(pattern))

    def own(self) -> Iterator[Claim]:
        """Numbers of the area that the text is about."""
        yield from self._moves()
        for match in self._take(
            rf"({_COUNT}) (flere|færre) end {_WHEN}|({_COUNT}) (flere|færre)\b"
        ):
            count, word = match[1] or match[3], match[2] or match[4]
            yield self._claim("change", count, "up" if word == "flere" else "down")
        for match in self._take(rf"(stigning|fald)(?:en|et)? på (under )?({_NUMBER}) pct\."):
            direction: Direction = "up" if match[1] == "stigning" else "down"
            yield self._claim("pct", "0" if match[2] else match[3], direction)
        for match in self._take(
            rf"({_NUMBER}) pct\. af \w+|[Aa]ndelen af .*? er ({_NUMBER}) pct\."
        ):
            yield self._claim("share", match[1] or match[2])
        levels = (
            rf"{_WHEN} var der (?:i alt )?({_COUNT})\b|havde ({_COUNT})\b[^.]*? {_WHEN}(?= mod)"
        )
        for match in self._take(levels):
            yield self._claim("now", match[1] or match[2])
        for match in self._take(rf"\bDe ({_NUMBER}) \w+ (?:udgør|svarer til)"):
            yield self._claim("now", match[1])
        for match in self._take(rf"mod ({_COUNT}) {_WHEN}"):
            yield self._claim("before", match[1])
        list(self._take(rf"\b(?:[Ii]|[Ff]ra|til|for) {_PERIOD}"))

    def _moves(self) -> Iterator[Claim]:
        """Both levels at once: `faldt fra 304 … til 264 …`, `steg … med 39, fra 437 til 476`."""
        by = rf"\b(steg|faldt)\b(.*?)(?: med ({_COUNT}),)? fra ({_COUNT})(?: {_WHEN})? til ({_COUNT})\b"
        for match in self._take(by + rf"(?! \w+ \d{{4}})(?: {_WHEN})?"):
            direction: Direction = "up" if match[1] == "steg" else "down"
            if match[3]:
                yield self._claim("change", match[3], direction)
            yield self._claim("before", match[4])
            yield self._claim("now", match[5])
        for match in self._take(rf"er uændret: ({_COUNT}) både {_WHEN} og {_WHEN}"):
            yield self._claim("before", match[1])
            yield self._claim("now", match[1])
            yield self._claim("change", "ingen", "same")
        for match in self._take(rf"([Hh]verken) {_WHEN} eller {_WHEN} var der"):
            yield from (self._claim(kind, "ingen") for kind in ("before", "now") if match[1])

    def trends(self) -> Iterator[Claim]:
        """`Afstanden til begge områder er blevet mindre.`"""
        for match in re.finditer(
            r"(?:afstanden|forskellen) til (.+?) er blevet (mindre|større)", self.sentence, re.I
        ):
            yield Claim("trend", None, match[1], relation=match[2], sentence=self.sentence)

    def _claim(self, kind: Kind, number: str, direction: Direction = "") -> Claim:
        value = _WORDS[number] if number in _WORDS else parse_number(number)
        return Claim(kind, value, direction=direction, sentence=self.sentence)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    matches = list(pattern.finditer(text))
    return matches[-1] if matches else None


def _share_side(relation: re.Match[str] | None) -> Direction:
    """Which side a share is said to be on: `up` where the own one is the higher."""
    if relation is None or relation["near"]:
        return ""
    if relation["equal"]:
        return "same"
    if relation["off"]:
        return "down" if relation["way"] == "op" else "up"
    if relation["half"] or relation["under"]:
        return "down"
    return "up" if relation["times"] or relation["word"] == "højere" else "down"


def disagreements(
    text: str, own: Movement, references: Sequence[Movement], before: Period, now: Period
) -> list[str]:
    """What the text says that the movements do not; empty where all of it is right."""
    faults = [claim for claim in parse_claims(text) if not _holds(claim, own, references)]
    periods = re.findall(rf"\b[Ii] ({_PERIOD})", text.replace("\u00a0", " "))
    strange = {period.removeprefix("perioden ") for period in periods} - {before.text, now.text}
    wrong = [f"{claim.kind} {claim.value} {claim.area}: {claim.sentence}" for claim in faults]
    return wrong + sorted(strange)


def _holds(claim: Claim, own: Movement, references: Sequence[Movement]) -> bool:
    if claim.kind == "trend":
        return _trend_holds(claim, own, references)
    if not claim.area:
        return _own_holds(claim, own)
    named = [one for one in references if one.area.stedsform.split(" ", 1)[1] == claim.area]
    return len(named) == 1 and _reference_holds(claim, own, named[0])


def _own_holds(claim: Claim, own: Movement) -> bool:
    quantity = {
        "before": own.before,
        "now": own.now,
        "change": own.change,
        "pct": own.change_pct,
        "share": own.share,
    }[claim.kind]
    if quantity is None or not quantity.is_number or abs(quantity.printed) != claim.value:
        return False
    signs = {"up": own.change.is_number and own.change.printed > 0,
             "down": own.change.is_number and own.change.printed < 0,
             "same": own.change.is_number and own.change.printed == 0}  # fmt: skip
    return claim.direction == "" or bool(signs[claim.direction])


def _reference_holds(claim: Claim, own: Movement, reference: Movement) -> bool:
    mine, its = (
        (own.change_pct, reference.change_pct)
        if claim.kind == "pct"
        else (own.share, reference.share)
    )
    if mine is None or its is None or not its.is_number or abs(its.printed) != claim.value:
        return False
    side = its.printed if claim.kind == "pct" else mine.printed - its.printed
    if (
        claim.direction
        and not {"up": side > 0, "down": side < 0, "same": side == 0}[claim.direction]
    ):
        return False
    if claim.points is not None and claim.points != abs(mine.printed - its.printed):
        return False
    return not claim.relation or _relation_holds(
        claim.relation, abs(mine.printed), abs(its.printed)
    )


def _relation_holds(words: str, mine: Decimal, its: Decimal) -> bool:
    """Whether the words are true of two printed numbers without sign."""
    match = _RELATION.fullmatch(words)
    assert match is not None
    if match["near"]:
        return Decimal(0) < abs(mine - its) <= Decimal("0.2")
    if match["equal"]:
        return mine == its
    if match["along"]:
        return 0 < abs(mine - its) <= 1
    if match["half"]:
        return Decimal("0.45") <= mine / its <= Decimal("0.55")
    if match["under"]:
        return mine / its < Decimal("0.45")
    if match["times"]:
        times = _TIMES.index(match["times"].removesuffix(" gange")) + 2
        if match["about"] == "mere end":
            return mine / its > times
        return abs(mine / its - times) <= Decimal("0.1") * times
    if match["off"]:
        return mine < its if match["way"] == "op" else mine > its
    return mine > its if match["word"] in ("større", "højere") else mine < its


def _trend_holds(claim: Claim, own: Movement, references: Sequence[Movement]) -> bool:
    """Whether the gap of shares, taken back by the growth of the counts, has moved as said."""
    names = {one.area.stedsform.split(" ", 1)[1]: one for one in references}
    if claim.area == "begge områder":
        named = [*references] if len(references) == 2 else []
    else:
        named = [names[name] for name in re.split(r", | og ", claim.area)]
    moves = []
    for one in named:
        then = [_share_then(own), _share_then(one)]
        assert own.share is not None and one.share is not None
        moves.append(abs(own.share.printed - one.share.printed) - abs(then[0] - then[1]))
    return bool(moves) and all(
        move < 0 if claim.relation == "mindre" else move > 0 for move in moves
    )


def _share_then(movement: Movement) -> Decimal:
    assert movement.share is not None
    return movement.share.printed * movement.before.exact / movement.now.exact
