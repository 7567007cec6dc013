"""What a sentence claims of the rows of a table: levels, changes, shares and gaps, with direction.

A claim is only made where the words leave one reading: whose number it is, of which kind, and which
way. A number that no pattern claims is left alone; a false alarm costs more than a missed fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from beskplan.audit.statements.amounts import PCT, POINTS, REMEMBERED, Amount, amounts
from beskplan.audit.statements.names import Mention, area_mentions
from beskplan.audit.statements.scan import Scan
from beskplan.audit.statements.tables import ReadTable, Row
from beskplan.audit.statements.times import When, times
from beskplan.audit.statements.vocabulary import (
    Direction,
    is_of_a_part,
    only_turn,
    quotes_another,
    turns,
)
from beskplan.core.periods import Period

Measure = Literal["before", "now", "change", "change_pct", "share", "gap"]

_SHARE_WORDS = re.compile(
    r"\b(?:andel(?:en)?|udgør|udgjorde|svarer til|svarede til|nærmer"
    r"|(?P<gap>lavere end|højere end|procentpoint)"
    r"|af (?:den |de )?(?:arbejdsstyrken|befolkningen))\b",
    re.IGNORECASE,
)
_MORE = re.compile(r"^\s*(?P<word>flere|færre)\b")
_BY = re.compile(r"\b(?:med|på)\s+(?:\w+\.?\s+){0,2}$", re.IGNORECASE)
_OF_BASE = re.compile(
    r"\s*af\s+(?:den |de |det )?(?:samlede )?(?P<base>arbejdsstyrken|befolkningen|udenlandske)"
)
_LEVEL_BEFORE = re.compile(
    r"(?:\bvar der(?: i alt)?|\b(?:højest|lavest) med|\bhavde|\bmodtog|\bDe|\bflest[^:]*:|\budgør"
    r"|\budgjorde|\bder er)\s+(?:\w+\.\s)?$",
    re.IGNORECASE,
)
_SPANS = ("uger", "uge", "år", "måneder")
"""Units of time: "52 uger eller mere" says who is counted, not how many."""
_TOTAL = re.compile(r"\bsamlet\b|\bi alt\b")
_FROM_TO = re.compile(r"\bfra\s+$", re.IGNORECASE)
_END = Scan(
    r"\bend\b|\bi forhold til\b|\bsammenlignet med\b|\bpå (?:linje|niveau) med\b|\bsom i\b|\b(?:op|ned) til\b"
    r"|\bnærme\w* \w+ (?:Kommune )?sig\b",
    re.IGNORECASE,
)
_RESPECTIVELY = Scan(r"\b(?:hhv\.|henholdsvis\b)")
_TO = re.compile(r"\btil\s*$")
_AGAINST = re.compile(r"\bmod\s+$")
_GAP = re.compile(
    r"\s*(?:(?P<low>lavere|mindre|op)|(?P<high>højere|større|mere|ned|over)|(?P<under>under))"
)
_MOVED = re.compile(r"\b(?:stigning|fald)", re.IGNORECASE)
_CORRESPONDING = re.compile(r"svarende til\b[^.]{0,30}$")
_EQUALS = re.compile(r"\bsvare(?:r|de) til\b[^.]{0,30}$")
_OPENED = re.compile(r"\s\((?:[+\-]?\s?)$")
_CLAUSES = re.compile(r";|, (?:mens|men|og)\b|\bmens\b")
_CLAUSE_ENDS = re.compile(r";|,|\bmens?\b")
_REACH = 80
"""Characters before a number in which the words about it stand."""
_MOVE_NOUNS = re.compile(r"\b(?:stigning|fald)(?:en|et)?\b", re.IGNORECASE)


_OTHER_MEASURE = re.compile(
    r"\b(?:afgang|tilgang|refusion|varighed|beskæftigelsesgrad|fuldtidsbeskæft|tilfredshed|samtaler|sanktion|"
    r"udgift|forbrug|budget|tilmeld|forløb(?:ene)? over|visiter|genplac|til beskæftigelse|i aktivering)",
    re.IGNORECASE,
)
"""Words for other measures of a benefit than how many there are."""
_OF_NUMBER = re.compile(
    r"\s*af (?:de|alle|samtlige|den samlede|det samlede|i alt)\b(?! (?:hele )?(?:arbejds|befolk))"
)
_INFLECTED = re.compile(r"(?:en|et|n|ne|erne|er|e|s|t|ens|ets|nes|ige|-årige)?(?![a-zæøå])")
_TOGETHER = re.compile(r"\b(?:i alt|tilsammen|samlet|sammenlagt)\b")


class Claim(NamedTuple):
    """One number of a sentence, understood.

    Attributes:
        measure: Level of the earlier or later period, change in units or per cent, share, or a
            gap in points to another row.
        amount: The number.
        row: Whose it is.
        direction: Which way the words say it goes; of a gap `down` where the own row is lower.
        other: The row that a gap is measured to.
        when: The period named beside the number, if any.
        sure: Whether the row is named beside the number, and not only taken to be the plan's own.
    """

    measure: Measure
    amount: Amount
    row: Row
    direction: Direction = ""
    other: Row | None = None
    when: When | None = None
    sure: bool = False
    span: tuple[Period, ...] = ()
    """The periods named in the same clause, in order."""


@lru_cache(REMEMBERED)
def row_mentions(
    text: str, table: ReadTable, ydelser: tuple[Mention, ...]
) -> tuple[tuple[Row, int, int], ...]:
    """Where a text names rows of a table."""
    found: list[tuple[Row, int, int]] = []
    by_key = table.by_key
    for mention in area_mentions(text):
        keys = ("rar-hovedstaden", "084") if mention.key == "hovedstaden" else (mention.key,)
        found += [(by_key[k], mention.start, mention.end) for k in keys if k in by_key]
    found += [(by_key[m.key], m.start, m.end) for m in ydelser if m.key in by_key]
    folded = text.casefold() if table.groups else ""
    for row in table.groups:
        if row.total:
            found += [(row, m.start(), m.end()) for m in _TOTAL.finditer(folded)]
        for name in row.names:
            found += [(row, at, at + len(name)) for at in _places(name, folded)]
    return tuple(sorted(found, key=lambda hit: hit[1]))


def _places(name: str, text: str) -> Iterator[int]:
    at = text.find(name)
    while at >= 0:
        tail = text[at + len(name) : at + len(name) + 5]
        if not (at and text[at - 1].isalpha()) and _INFLECTED.match(tail):
            yield at
        at = text.find(name, at + len(name))


def is_of_another_measure(text: str, table: ReadTable) -> bool:
    """Whether a sentence speaks of flows, money or durations that a table does not show."""
    return bool(_OTHER_MEASURE.search(text)) and not _OTHER_MEASURE.search(
        f"{table.title} {table.place.section}"
    )


def read_claims(
    text: str, table: ReadTable, own: str, ydelser: tuple[Mention, ...], *, about_all: bool = True
) -> list[Claim]:
    """The claims of a sentence about a table's rows.

    Args:
        text: The sentence.
        table: The table it may be about.
        own: Key of the row that is meant where none is named (the plan's municipality), or empty.
        ydelser: The benefits that the sentence names.
        about_all: Whether a word for a part of the recipients ("unge") rules the sentence out.
    """
    if is_of_another_measure(text, table):
        return []
    reader = _Reader(text, table, own, ydelser)
    part = about_all and not table.special and is_of_a_part(text)
    if quotes_another(text) or (
        part and not any(is_of_a_part(name) for row, _, _ in reader.rows for name in row.names)
    ):
        return []
    return list(reader.claims())


@lru_cache(REMEMBERED)
def _clauses(text: str) -> tuple[tuple[int, int], ...]:
    """Where the words or signs that part the clauses of a text begin and end."""
    return tuple(mark.span() for mark in _CLAUSES.finditer(text))


@lru_cache(REMEMBERED)
def _comparisons(text: str) -> tuple[int, ...]:
    """Where the words stand after which another than the subject is named."""
    return tuple(mark.start() for mark in _END.finditer(text))


class _Reader:
    """One sentence beside one table."""

    def __init__(self, text: str, table: ReadTable, own: str, ydelser: tuple[Mention, ...]) -> None:
        self.text = text
        self.table = table
        self.rows = row_mentions(text, table, ydelser)
        self.own = table.by_key.get(own) if own else None
        areas = table.areas
        self.allowed = (areas | {own, "hovedstaden"}) if areas else {table.area or own, own}
        self.foreign = [m for m in area_mentions(text) if m.key not in self.allowed]
        self.amounts = amounts(text)
        self.times = times(text)
        self.turns = turns(text)

    def claims(self) -> Iterator[Claim]:
        """One claim for each number that can be placed."""
        if _RESPECTIVELY.search(self.text):
            return  # numbers and names in two lists: a rule of its own
        taken: set[int] = set()
        for moved in self._moves():
            taken.add(moved.amount.start)
            yield moved
        for amount in self.amounts:
            if amount.start not in taken and (claim := self._claim(amount)):
                yield claim._replace(span=self._clause_times(amount))

    def _moves(self) -> Iterator[Claim]:
        """`fra A … til B`: both levels."""
        for first, second in pairwise(self.amounts):
            between = self.text[first.end : second.start]
            if first.unit in (PCT, POINTS) or not _FROM_TO.search(self._before(first)):
                continue
            if len(between) > 60 or second.unit == PCT or not _TO.search(between):
                continue
            row = self._subject(first)
            if row is None:
                continue
            direction = self._turn_near(first.start)
            yield Claim("before", first, row, direction, when=self._time_after(first))
            yield Claim("now", second, row, direction, when=self._time_after(second))

    def _claim(self, amount: Amount) -> Claim | None:
        if self._is_of_several(amount):
            return None
        if amount.unit == POINTS:
            return self._gap(amount)
        bracketed = self._bracketed(amount)
        if amount.unit == PCT:
            return self._per_cent(amount, bracketed)
        row = bracketed or self._subject(amount)
        if row is None or (amount.unit in _SPANS and self.table.unit not in _SPANS):
            return None
        way = self._way_of_change(amount, bracketed)
        if way is not None:
            return Claim("change", amount, row, way, sure=bracketed is not None)
        return self._level(amount, row, self._before(amount))

    def _way_of_change(self, amount: Amount, bracketed: Row | None) -> Direction | None:
        """Which way a count has changed; None where it is no change but a level."""
        more = _MORE.match(self.text[amount.end :])
        if more:
            return "up" if more["word"] == "flere" else "down"
        if amount.signed:
            return "up" if amount.value > 0 else "down"
        by = bracketed is not None or _BY.search(self._before(amount))
        return self._turn_near(amount.start) if by and self.turns else None

    def _level(self, amount: Amount, row: Row, before: str) -> Claim | None:
        if named := self._right_before(amount):
            return Claim("now", amount, named, sure=True)
        follows = self._time_after(amount)
        beside = follows and re.fullmatch(r" (?:i )?", self.text[amount.end : follows.start])
        when = follows if beside else self._time_near(amount)
        past = _AGAINST.search(before)
        if past or _LEVEL_BEFORE.search(before):
            return Claim("before" if past else "now", amount, row, when=when)
        return None

    def _is_of_several(self, amount: Amount) -> bool:
        """Whether a number is the whole of something, or of several rows together: no row's own."""
        before = self._before(amount)
        together = _TOGETHER.search(before) and self._named_rows(amount) > 1
        return bool(together or re.search(r"\b[Aa]f (?:de|alle|i alt)\s+$", before))

    def _named_rows(self, amount: Amount) -> int:
        """How many rows that are no total the clause of a number names."""
        start, end = self._clause_start(amount.start), self._clause_end(amount.end)
        return len({id(row) for row, at, _ in self.rows if start <= at < end and not row.total})

    def _follows(self, row: Row, amount: Amount) -> bool:
        """Whether a row is named before a number in its sentence, and no other row between."""
        named = [one for one, at, _ in self.rows if at < amount.start]
        return bool(named) and named[-1] is row and self.table.having("share") != ()

    def _right_before(self, amount: Amount) -> Row | None:
        """The row of `kontanthjælp på 84` in a sentence that says where the rows end."""
        if "Til sidst" not in self.text or not self.text[: amount.start].endswith(" på "):
            return None
        name_ends = amount.start - len(" på ")
        return next((row for row, _, end in self.rows if end == name_ends), None)

    def _per_cent(self, amount: Amount, bracketed: Row | None) -> Claim | None:
        before = self._before(amount)
        if _OF_NUMBER.match(self.text, amount.end):
            return None  # of a number that the sentence names: checked by itself
        based = _OF_BASE.match(self.text, amount.end)
        turn = self._turn_near(amount.start)
        if amount.signed and amount.value:
            turn = "up" if amount.value > 0 else "down"
        about_share = bool(based) or self._about_share(amount)
        row = bracketed or self._subject(amount)
        if row is None:
            return None
        if about_share:
            return Claim(
                "share", amount, row, when=self._time_near(amount), sure=bracketed is not None
            )
        if row.kind == "group" and not turn and self._follows(row, amount):
            return Claim("share", amount, row, sure=True)
        beside = (
            bool(_BY.search(before) or _EQUALS.search(before) or _CORRESPONDING.search(before))
            or bracketed is not None
            or before.rstrip().endswith("(")
        )
        if turn and beside:
            return Claim("change_pct", amount, row, turn, sure=bracketed is not None)
        return None

    def _gap(self, amount: Amount) -> Claim | None:
        word = _GAP.match(self.text, amount.end)
        if word is None or self.own is None:
            return None
        others = [row for row, start, _ in self.rows if start >= amount.end and row != self.own]
        if not others:
            return None
        down = bool(word["low"] or word["under"])
        if _MOVED.search(self.text, 0, amount.start):
            return None
        return Claim("gap", amount, self.own, "down" if down else "up", others[0])

    def _about_share(self, amount: Amount) -> bool:
        """Whether the words before a number speak of a share rather than of a change."""
        before = self.text[: amount.start]
        moving = _MOVE_NOUNS.search(before)
        share = [
            m.start() for m in _SHARE_WORDS.finditer(before)
            if not (m["gap"] and moving) and not m[0].casefold().startswith("svare")
        ]  # fmt: skip
        moved = [start for direction, start, _ in self.turns if start < amount.start]
        if not moved and _CORRESPONDING.search(self._before(amount)):
            return False
        if not share:
            return not moved and bool(_EQUALS.search(self._before(amount)))
        # "Andelen … er 9 pct. lavere" speaks of both: the nearest word decides.
        return not moved or share[-1] > moved[-1]

    def _bracketed(self, amount: Amount) -> Row | None:
        """The row whose name stands right before the bracket that holds the number."""
        if "(" not in self.text[max(0, amount.start - 3) : amount.start]:
            return None
        opened = _OPENED.search(self._before(amount))
        if opened is None:
            return None
        at = max(0, amount.start - _REACH) + opened.start()
        return next((row for row, _, end in self.rows if 0 <= at - end <= 1), None)

    def _before(self, amount: Amount) -> str:
        """What stands right before a number: as much as any word about it needs."""
        return self.text[max(0, amount.start - _REACH) : amount.start]

    def _subject(self, amount: Amount) -> Row | None:
        """Whose number it is: named in the same clause, the only one named, or the plan's own."""
        start = self._clause_start(amount.start)
        compared = next((at for at in _comparisons(self.text) if at >= start), len(self.text))
        here = [(row, at) for row, at, _ in self.rows if start <= at <= compared]
        before = [row for row, at in here if at < amount.start]
        behind = [row for row, at in here if amount.end <= at <= self._clause_end(amount.end)]
        if self._is_foreign(amount, start):
            return None
        named = before[-1:] or behind[:1]
        if self.table.by_area:
            return named[0] if named else self.own
        if named:
            return named[0]
        return self.table.rows[0] if len(self.table.rows) == 1 else None

    def _is_foreign(self, amount: Amount, start: int) -> bool:
        """Whether the area named last before a number is one that the table is not about."""
        named = [m for m in area_mentions(self.text) if start <= m.start < amount.start]
        if not named:
            behind = [m for m in self.foreign if 0 <= m.start - amount.end <= 30]
            return bool(behind) and not self.rows
        return named[-1].key not in self.allowed

    def _clause_start(self, at: int) -> int:
        return next((end for _, end in reversed(_clauses(self.text)) if end <= at), 0)

    def _clause_end(self, at: int) -> int:
        mark = _CLAUSE_ENDS.search(self.text, at)
        return mark.start() if mark else len(self.text)

    def _turn_near(self, at: int) -> Direction:
        """The direction of the clause that a number stands in; empty where it has two."""
        start = self._clause_start(at)
        clause = self.text[start : self._clause_end(at)]
        if direction := only_turn(clause):
            return direction
        before = [direction for direction, begin, _ in self.turns if begin < at]
        return before[-1] if before else ""

    def _clause_times(self, amount: Amount) -> tuple[Period, ...]:
        start = self._clause_start(amount.start)
        ends = (begins for begins, _ in _clauses(self.text) if begins >= amount.end)
        end = next(ends, len(self.text))
        return tuple(t.period for t in self.times if start <= t.start < end)

    def _time_after(self, amount: Amount) -> When | None:
        return next((t for t in self.times if 0 <= t.start - amount.end <= 25), None)

    def _time_near(self, amount: Amount) -> When | None:
        near = [t for t in self.times if abs(t.start - amount.end) <= 60 or t.stop <= amount.start]
        return min(near, key=lambda t: abs(t.start - amount.start), default=None)
