"""What a sentence claims of the rows of a table: levels, changes, shares and gaps, with direction.

A claim is only made where the words leave one reading: whose number it is, of which kind, and which
way. A number that no pattern claims is left alone; a false alarm costs more than a missed fault.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from beskplan.audit.patterns import patterns
from beskplan.audit.statements.amounts import (
    PCT,
    POINTS,
    REMEMBERED,
    Amount,
    When,
    amounts,
    is_undated,
    times,
)
from beskplan.audit.statements.names import Mention, area_mentions
from beskplan.audit.statements.tables import ReadTable, Row
from beskplan.audit.statements.vocabulary import (
    NUMBER_WORDS,
    Direction,
    is_of_a_part,
    only_turn,
    quotes_another,
    turns,
)
from beskplan.core.periods import Period

_RE = patterns("claims")

Measure = Literal["before", "now", "change", "change_pct", "share", "gap"]

_SPANS = ("uger", "uge", "år", "måneder")
"""Units of time: "52 uger eller mere" says who is counted, not how many."""
_REACH = 80
"""Characters before a number in which the words about it stand."""


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
        span: The periods named in the same clause, in order.
        listed: Whether it is one of two that »hhv.« ties to two rows in order.
        dated: Whether it stands in brackets after its period, or its period in brackets after it.
    """

    measure: Measure
    amount: Amount
    row: Row
    direction: Direction = ""
    other: Row | None = None
    when: When | None = None
    sure: bool = False
    span: tuple[Period, ...] = ()
    listed: bool = False
    dated: bool = False


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
    # »Kontanthjælp og uddannelseshjælp« is one benefit to the register, and may be two rows.
    labels = {row.label.casefold(): row for row in table.rows}
    for both in (m for m in ydelser if m.key not in by_key and " og " in m.text):
        parts = re.finditer(r"[\w-]+(?: på [\w-]+)?", both.text.casefold())
        found += [
            (labels[p[0]], both.start + p.start(), both.start + p.end())
            for p in parts if p[0] in labels
        ]  # fmt: skip
    folded = text.casefold() if table.groups else ""
    for row in table.groups:
        if row.total:
            found += [(row, m.start(), m.end()) for m in _RE["total"].finditer(folded)]
        for name in row.names:
            # Most names are not there, and each pattern that is not compiled saves a millisecond.
            if all(word in folded for word in name.rstrip(".").split()):
                found += [(row, m.start(), m.end()) for m in _inflected(name).finditer(folded)]
    # »Jobparate« inside »jobparate kontanthjælpsmodtagere« names the longer one.
    outer: list[tuple[Row, int, int]] = []
    for one in sorted(found, key=lambda hit: (hit[1], -hit[2])):
        if not outer or one[2] > outer[-1][2] or one[1:] == outer[-1][1:]:
            outer.append(one)
    return tuple(outer)


@cache
def _inflected(name: str) -> re.Pattern[str]:
    """A name as words of its own, each inflected or not."""
    words = "(?:e|t|en|et|s)?\\s+".join(map(re.escape, name.rstrip(".").split()))
    words += "[a-zæøå]*" if name.endswith(".") else ""  # a name cut short
    return re.compile(rf"(?<![a-zæøå]){words}" + _RE["inflected"].pattern)


def is_of_another_measure(text: str, table: ReadTable) -> bool:
    """Whether a sentence speaks of flows, money or durations that a table does not show."""
    heads = (column.label for column in table.columns)
    shown = (table.title, table.place.section, *table.labels, *heads)
    return bool(_RE["other_measure"].search(text)) and not _RE["other_measure"].search(
        " ".join(shown)
    )


def read_claims(text: str, table: ReadTable, own: str, ydelser: tuple[Mention, ...]) -> list[Claim]:
    """The claims of a sentence about a table's rows.

    Args:
        text: The sentence.
        table: The table it may be about.
        own: Key of the row that is meant where none is named (the plan's municipality), or empty.
        ydelser: The benefits that the sentence names.
    """
    if (
        quotes_another(text)
        or is_of_another_measure(text, table)
        or is_undated(text, table.periods)
    ):
        return []
    reader = _Reader(text, table, own, ydelser)
    if is_of_a_part(text) and not table.special:
        names = (name for row, _, _ in reader.rows for name in row.names)
        if not any(is_of_a_part(name) for name in names):
            return []
    return list(reader.claims())


@lru_cache(REMEMBERED)
def _clauses(text: str) -> tuple[tuple[int, int], ...]:
    """Where the words or signs that part the clauses of a text begin and end."""
    return tuple(mark.span() for mark in _RE["clauses"].finditer(text))


@lru_cache(REMEMBERED)
def _clause_ends(text: str) -> tuple[int, ...]:
    """Where the clauses of a text end, the last at its end."""
    return (*(mark.start() for mark in _RE["clause_ends"].finditer(text)), len(text))


@lru_cache(REMEMBERED)
def _comparisons(text: str) -> tuple[int, ...]:
    """Where the words stand after which another than the subject is named."""
    return tuple(mark.start() for mark in _RE["compared"].finditer(text))


class _Reader:
    """One sentence beside one table."""

    def __init__(self, text: str, table: ReadTable, own: str, ydelser: tuple[Mention, ...]) -> None:
        self.text = text
        self.table = table
        self.rows = row_mentions(text, table, ydelser)
        self.own = table.by_key.get(own) if own else None
        areas = table.areas
        self.allowed = (areas | {own, "hovedstaden"}) if areas else {table.area or own}
        self.amounts = amounts(text)
        self.times = times(text, table.periods)
        self.turns = turns(text)

    def claims(self) -> Iterator[Claim]:
        """One claim for each number that can be placed."""
        listed = _RE["respectively"].search(self.text)
        if listed:
            yield from self._listed(listed.end())
            return
        taken: set[int] = set()
        for moved in self._moves():
            taken.add(moved.amount.start)
            yield moved
        for amount in self.amounts:
            if amount.start not in taken and (claim := self._claim(amount)):
                yield claim._replace(span=self._clause_times(amount))

    def _listed(self, at: int) -> Iterator[Claim]:
        """Two rows and, after »hhv.«, two numbers in the same order; the unit stands at the last."""
        after = [amount for amount in self.amounts if amount.start >= at - 1][:2]
        rows = next(
            (
                (one, two) for (one, _, end), (two, start, _) in pairwise(self.rows)
                if one is not two and _RE["joined"].fullmatch(self.text, end, start)
            ), None,
        )  # fmt: skip
        if rows is None or len(after) < 2 or after[0].start - at > 3:
            return
        unit = after[1].unit
        if not _RE["joined"].fullmatch(self.text, after[0].end, after[1].start):
            return
        for amount, row in zip(after, rows, strict=True):
            if unit == POINTS:
                if self.own is not None:
                    yield Claim("gap", amount, self.own, other=row, listed=True)
            else:
                moved = bool(_RE["by"].search(self.text[:at]) and self.turns)
                measure: Measure = "change" if moved else "now"
                if unit == PCT:
                    measure = "share" if _RE["of_share"].search(self.text) else "change_pct"
                yield Claim(measure, amount, row, only_turn(self.text), sure=True, listed=True)

    def _moves(self) -> Iterator[Claim]:
        """`fra A … til B`: both levels."""
        for first, second in pairwise(self.amounts):
            between = self.text[first.end : second.start]
            if first.unit in (PCT, POINTS) or not _RE["from"].search(self._before(first)):
                continue
            timed = second.unit in _SPANS and self.table.unit not in _SPANS
            if timed or len(between) > 60 or second.unit == PCT or not _RE["to"].search(between):
                continue
            row = self._subject(first)
            if row is not None:
                direction = self._turn_near(first.start)
                yield Claim("before", first, row, direction, when=self._time_after(first))
                yield Claim("now", second, row, direction, when=self._time_after(second))

    def _claim(self, amount: Amount) -> Claim | None:
        if self.table.unit == PCT and amount.unit in (PCT, POINTS):
            return self._rate(amount)
        if amount.unit == POINTS:
            return None if self._is_of_several(amount) else self._gap(amount)
        bracketed = self._bracketed(amount)
        row = bracketed or self._subject(amount)
        span = amount.unit in _SPANS and self.table.unit not in _SPANS
        if row is None or span or self._is_of_several(amount):
            return None
        if amount.unit == PCT:
            return self._per_cent(amount, row, bracketed=bracketed is not None)
        way = self._way_of_change(amount, bracketed)
        if way is not None:
            return Claim("change", amount, row, way, sure=bracketed is not None)
        return self._level(amount, row)

    def _rate(self, amount: Amount) -> Claim | None:
        """A per cent of a table of rates over time, or how many points two of its numbers lie apart."""
        row, before = self._subject(amount), self._before(amount)
        moves = _RE["from"].search(before) or _RE["since"].search(self.text)
        times = self._clause_times(amount)
        if amount.unit == POINTS and not moves and len(times) <= 1:
            gap = self._gap(amount)
            return gap and gap._replace(when=self._time_near(amount))
        if row is None or moves or amount.unit == POINTS or len(times) > 1:
            return None
        changes = _RE["to"].search(before) or self._way_of_change(amount, None) is not None
        if changes and not _RE["ends_as"].search(before):
            return None
        return Claim("now", amount, row, when=self._time_near(amount))

    def _way_of_change(self, amount: Amount, bracketed: Row | None) -> Direction | None:
        """Which way a count has changed; None where it is no change but a level."""
        more = _RE["more"].match(self.text[amount.end :])
        if more:
            return "up" if more["up"] else "down"
        if amount.signed:
            return "up" if amount.value > 0 else "down"
        start = self._clause_start(amount.start)
        own = any(start <= at < amount.start for _, at, _ in self.turns)
        if (
            not own
            and start
            and bracketed is None
            and _RE["states"].search(self.text, start, amount.start)
        ):
            return None  # »…, og førtidspension er den største med 1.344«
        before = self._before(amount)
        by = bracketed is not None or (_RE["by"].search(before) and not self._is_peak(before))
        return self._turn_near(amount.start) if by and self.turns else None

    def _is_peak(self, before: str) -> bool:
        """Whether a number is told as the level at some time: »toppede i 2022 med«, »lå på«."""
        return bool(_RE["peak"].search(before)) and not _RE["move_nouns"].search(before)

    def _level(self, amount: Amount, row: Row) -> Claim | None:
        before = self._before(amount)
        follows = self._time_after(amount)
        beside = follows and re.fullmatch(r" (?:i )?", self.text[amount.end : follows.start])
        when = follows if beside else self._time_near(amount)
        past = _RE["against"].search(before)
        if past and not beside:
            when = None  # a period before »mod« is the other number's
        if past and self._right_behind(amount):  # »864 på sygedagpenge mod 420 på kontanthjælp«
            return Claim("now", amount, row, when=when)
        if _RE["hereof"].search(before) and (row.total or self._is_named_before(row, amount)):
            return None  # a part of the row's number
        if dated := self._dated(amount):
            return Claim("now", amount, row, when=dated, dated=True)
        ends = _RE["ends_at"].search(before) and self._turn_near(amount.start)
        own_unit = self.table.unit != "" and amount.unit == self.table.unit
        counted = own_unit and _RE["has_so_many"].search(before)
        if past or ends or counted or _RE["level_before"].search(before) or self._is_peak(before):
            return Claim("before" if past else "now", amount, row, when=when)
        return None

    def _is_named_before(self, row: Row, amount: Amount) -> bool:
        behind = self._right_behind(amount) is row
        return not behind and any(one is row and at < amount.start for one, at, _ in self.rows)

    def _dated(self, amount: Amount) -> When | None:
        """The period of `332 helårspersoner (2017)` after »tal:«, and of `i 2017 (332)`."""
        text, follows = self.text, self._time_after(amount)
        if follows and text[amount.end : follows.start] == " (" and text[follows.stop :][:1] == ")":
            return follows if _RE["newest"].search(self._before(amount)) else None
        if text[amount.end : amount.end + 1] != ")":
            return None
        return next((t for t in self.times if text[t.stop : amount.start] == " ("), None)

    def _is_of_several(self, amount: Amount) -> bool:
        """Whether a number is the whole of something, or of several rows together: no row's own."""
        before = self._before(amount)
        if _RE["of_all"].search(before):
            return True
        if not _RE["together"].search(before):
            return False
        start, end = self._clause_start(amount.start), self._clause_end(amount.end)
        here = {id(row) for row, at, _ in self.rows if start <= at < end and not row.total}
        return len(here) > 1

    def _per_cent(self, amount: Amount, row: Row, *, bracketed: bool) -> Claim | None:
        before = self._before(amount)
        if _RE["of_number"].match(self.text, amount.end):
            return None  # of a number that the sentence names: checked by itself
        turn = self._turn_near(amount.start)
        if amount.signed and amount.value:
            turn = "up" if amount.value > 0 else "down"
        if _RE["of_base"].match(self.text, amount.end) or self._about_share(amount):
            return Claim("share", amount, row, when=self._time_near(amount), sure=bracketed)
        if row.kind == "group" and not (turn or row.total) and self._follows(row, amount):
            return Claim("share", amount, row, sure=True)
        words = (_RE["by"], _RE["equals"], _RE["corresponding"])
        beside = bracketed or any(one.search(before) for one in words)
        beside = beside or any(
            end == amount.start - 1 for *_, end in self.turns
        )  # »faldet 5,7 pct.«
        if turn and (beside or before.rstrip().endswith("(")):
            return Claim("change_pct", amount, row, turn, sure=bracketed)
        return None

    def _follows(self, row: Row, amount: Amount) -> bool:
        """Whether a row is named before a number in its sentence, and no other row between."""
        named = [one for one, at, _ in self.rows if at < amount.start]
        return bool(named) and named[-1] is row and self.table.having("share") != ()

    def _gap(self, amount: Amount) -> Claim | None:
        word = _RE["gap"].match(self.text, amount.end)
        others = [row for row, start, _ in self.rows if start >= amount.end and row != self.own]
        if not (word and self.own and others) or _RE["move_nouns"].search(
            self.text, 0, amount.start
        ):
            return None
        return Claim("gap", amount, self.own, "down" if word["low"] else "up", others[0])

    def _about_share(self, amount: Amount) -> bool:
        """Whether the words before a number speak of a share rather than of a change."""
        before, near = self.text[: amount.start], self._before(amount)
        moving = _RE["move_nouns"].search(before)
        share = [
            m.start() for m in _RE["share_words"].finditer(before) if not (m["gap"] and moving)
        ]
        moved = [start for _, start, _ in self.turns if start < amount.start]
        if not moved and _RE["corresponding"].search(near):
            return False
        if not share:
            return not moved and bool(_RE["equals"].search(near))
        # "Andelen … er 9 pct. lavere" speaks of both: the nearest word decides.
        return not moved or share[-1] > moved[-1]

    def _bracketed(self, amount: Amount) -> Row | None:
        """The row whose name stands right before the bracket that holds the number."""
        if "(" not in self.text[max(0, amount.start - 3) : amount.start]:
            return None
        opened = _RE["opened"].search(self._before(amount))
        if opened is None:
            return None
        at = max(0, amount.start - _REACH) + opened.start()
        return next((row for row, _, end in self.rows if 0 <= at - end <= 1), None)

    def _before(self, amount: Amount) -> str:
        """What stands right before a number: as much as any word about it needs."""
        return self.text[max(0, amount.start - _REACH) : amount.start]

    def _right_behind(self, amount: Amount) -> Row | None:
        """The row of »14,3 pct. i Horsens«."""
        rows = (r for r, at, _ in self.rows if _RE["of_row"].fullmatch(self.text, amount.end, at))
        return next(rows, None)

    def _subject(self, amount: Amount) -> Row | None:
        """Whose number it is: named in the same clause, the only one named, or the plan's own."""
        start = self._clause_start(amount.start)
        told = self._right_behind(amount) or self._told_before(amount, start)
        if told and not self._is_of_another_area(amount):
            return told
        if self._is_foreign(amount, start):
            return None
        compared = next((at for at in _comparisons(self.text) if at >= start), len(self.text))
        here = [(row, at) for row, at, _ in self.rows if start <= at <= compared]
        before = [row for row, at in here if at < amount.start]
        stop = self._clause_end(amount.end)
        behind = [row for row, at in here if amount.end <= at <= stop]
        named = before[-1:] or behind[:1]
        if named:
            return named[0]
        if self.table.by_area:
            return self.own
        totals = [row for row in self.table.rows if row.total]
        if len(totals) == 1 and (self.table.is_named_in(self.text) or self._is_of_all_rows()):
            return totals[0]
        alone = self.table.rows[0] if len(self.table.rows) == 1 else None
        words = ("antallet", "tallet", (self.table.unit or self.table.rows[0].label).casefold())
        folded = self.text.casefold()
        return alone if self.table.is_named_in(folded) or any(w in folded for w in words) else None

    def _is_of_all_rows(self) -> bool:
        match = _RE["all_rows"].search(self.text)
        rows = [row for row in self.table.rows if not (row.total or row.part)]
        return match is not None and NUMBER_WORDS[match["n"].casefold()] == len(rows)

    def _told_before(self, amount: Amount, start: int) -> Row | None:
        """The row of »end i Skanderborg, hvor …« and of »lavere end stigningen i fleksjob på 5,8 pct.«."""
        inside = [
            (row, at, end) for row, at, end in self.rows if start <= at and end <= amount.start
        ]
        if not inside:
            return None
        row, at, end = inside[-1]
        gap = self.text[end : amount.start]
        than = any(start <= word < at for word in _comparisons(self.text)) and gap in (" på ", " (")
        return row if than or _RE["where"].fullmatch(gap) else None

    @cached_property
    def _areas(self) -> tuple[Mention, ...]:
        return area_mentions(self.text)

    def _is_of_another_area(self, amount: Amount) -> bool:
        """Whether »2,0 pct. i hele landet« is of an area that the table is not about."""
        behind = (m for m in self._areas if m.key not in self.allowed)
        known = any(_RE["of_area"].fullmatch(self.text, amount.end, m.start) for m in behind)
        named = _RE["of_elsewhere"].match(self.text, amount.end)
        named = named or _RE["elsewhere_has"].search(self._before(amount))
        return known or (named is not None and not self.table.by_area)

    def _is_foreign(self, amount: Amount, start: int) -> bool:
        """Whether the area named last before a number is one that the table is not about."""
        if self._is_of_another_area(amount):
            return True
        named = [m for m in self._areas if start <= m.start < amount.start]
        if named:
            return named[-1].key not in self.allowed
        behind = (m for m in self._areas if 0 <= m.start - amount.end <= 30)
        return not self.rows and any(m.key not in self.allowed for m in behind)

    def _clause_start(self, at: int) -> int:
        return next((end for _, end in reversed(_clauses(self.text)) if end <= at), 0)

    def _clause_end(self, at: int) -> int:
        ends = _clause_ends(self.text)
        return ends[bisect_left(ends, at)]

    def _turn_near(self, at: int) -> Direction:
        """The direction of the clause that a number stands in; empty where it has two."""
        if direction := only_turn(self.text[self._clause_start(at) : self._clause_end(at)]):
            return direction
        start = self._clause_start(at)
        if _RE["contrast"].search(self.text, max(0, start - 8), start):
            return ""  # »mens …« goes its own way
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
