"""Reads the claims of a Danish commentary back out of its words, knowing nothing of how it was made.

Every number must belong to a claim: `parse_claims` refuses a sentence with a number it cannot place,
so a new way of writing is either understood here or turns the tests red.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from beskplan.core.numbers import parse_number

Direction = Literal["up", "down", "same", ""]
Kind = Literal["before", "now", "change", "pct", "share", "share_beside", "trend"]

_NUMBER = r"\d+(?:\.\d{3})*(?:,\d+)?"
_COUNT = rf"(?:{_NUMBER}|én|ét|ingen)"
_AREA = r"(?:[A-ZÆØÅ][\w-]*(?: [A-ZÆØÅ][\w-]*| omegn)*|hele landet)"
_MONTHS = "januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december"
PERIOD = (
    rf"(?:(?:perioden )?\d\. kvartal \d{{4}}(?: - \d\. kvartal \d{{4}})?|(?:{_MONTHS}) \d{{4}}"
    r"|(?:19|20)\d\d)(?![\d.,]*\d)"
)
_WHEN = rf"\b[Ii] {PERIOD}"
_NAMED = re.compile(rf"({_AREA}) \(({_NUMBER}) pct\.\)")
_UP = r"steg|steget|stiger|stigning|stigningen"
_DOWN = r"faldt|faldet|falder|fald"
_TURN = re.compile(rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN})|(?P<same>uændret))\b", re.IGNORECASE)
RELATION = re.compile(
    r"(?P<half>omtrent halvt så stort? som)|(?P<under>mindre end halvt så stort? som)"
    r"|(?P<about>omtrent|mere end) (?P<times>dobbelt|\w+ gange) så stort? som"
    rf"|(?:(?P<points>{_NUMBER}) procentpoint |(?P<shade>en anelse ))?"
    r"(?P<word>større|mindre|højere|lavere) end\b"
    r"|(?P<equal>lige så stort? som|på niveau med)|(?P<along>på linje med)"
    rf"|(?P<off>{_NUMBER}) procentpoint (?P<way>op|ned) til|(?P<near>nærmer)"
)
_ABOUT_SHARES = re.compile(
    r"\b(?:andelen|lavere end|højere end|nærmer|udgør|svarer til)\b", re.IGNORECASE
)
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
            relation = _last(RELATION, self.sentence[: match.start()])
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
        """Numbers without brackets: of the area that the text is about, but for small references."""
        yield from self._small_references()
        yield from self._moves()
        for match in self._take(
            rf"({_COUNT}) (flere|færre) end {_WHEN}|({_COUNT}) (flere|færre)\b"
        ):
            count, word = match[1] or match[3], match[2] or match[4]
            yield self._claim("change", count, "up" if word == "flere" else "down")
        for match in self._take(rf"([Ss]tigning|[Ff]ald)(?:en|et)? på (under )?({_NUMBER}) pct\."):
            direction: Direction = "up" if match[1].casefold() == "stigning" else "down"
            yield self._claim("pct", "0" if match[2] else match[3], direction)
        for match in self._take(
            rf"({_NUMBER}) pct\. af \w+|[Aa]ndelen af .*? er ({_NUMBER}) pct\."
        ):
            yield self._claim("share", match[1] or match[2])
        for match in self._take(rf"^Der var ({_COUNT}) {_WHEN}"):
            yield self._claim("now", match[1])
        levels = (
            rf"{_WHEN} var der (?:i alt )?({_COUNT})\b|havde ({_COUNT})\b[^.]*? {_WHEN}(?= mod)"
        )
        for match in self._take(levels):
            yield self._claim("now", match[1] or match[2])
        for match in self._take(rf"\bDe ({_NUMBER}) \w+ (?:udgør|svarer til)"):
            yield self._claim("now", match[1])
        for match in self._take(rf"mod ({_COUNT}) {_WHEN}"):
            yield self._claim("before", match[1])
        list(self._take(rf"\b(?:[Ii]|[Ff]ra|til|for) {PERIOD}"))

    def _small_references(self) -> Iterator[Claim]:
        """`I Læsø Kommune var der 9 i juni 2020 mod 11 i juni 2019.`: counts of another area."""
        counts = rf"({_COUNT}) {_WHEN} mod ({_COUNT}) {_WHEN}"
        for match in self._take(rf"^(?:I|På) ({_AREA}) var der {counts}"):
            yield replace(self._claim("now", match[2]), area=match[1])
            yield replace(self._claim("before", match[3]), area=match[1])

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
            r"(?:afstanden|forskellen) til (.+?) er blevet (mindre|større)",
            self.sentence,
            re.IGNORECASE,
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
