"""Comparison words against the table: more than, less than, on a level, so many times, the largest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.rules.text_and_table import is_elsewhere, tables_for
from beskplan.audit.statements.amounts import REMEMBERED
from beskplan.audit.statements.arithmetic import change_pct
from beskplan.audit.statements.claims import is_of_another_measure, row_mentions
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.scan import Scan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.tables import ReadTable, Row
from beskplan.audit.statements.times import times
from beskplan.audit.statements.vocabulary import (
    HIGHER,
    LOWER,
    NUMBER_WORDS,
    has_number,
    is_of_a_part,
    is_of_the_future,
    quotes_another,
    turns,
)
from beskplan.core.numbers import format_number

_TIMES = r"(?:halvt|dobbelt|(?:" + "|".join(NUMBER_WORDS) + r") gange)"
_MORE = Scan(
    rf"\b(?:(?P<up>{HIGHER})|(?P<down>{LOWER}))\b(?P<middle>[^.;]{{0,60}}?)"
    rf"(?:\bend\b(?! (?:{_TIMES}|\d))|\bi forhold til (?=både|RAR|Øst|Vest|landet|hele))",
    re.IGNORECASE,
)
_AVERAGE = Scan(r"\b(?P<word>over|under) gennemsnittet (?:for|i)\b", re.IGNORECASE)
_EQUAL = Scan(r"\b(?:på niveau med|på linje med|lige så stort? som)\b", re.IGNORECASE)
_FACTOR = Scan(
    rf"\b(?P<how>omtrent|mere end|mindre end|næsten)?\s*(?P<many>{_TIMES})"
    r" så (?:stort?|mange|meget|høj|højt)\b",
    re.IGNORECASE,
)
_SHARE = re.compile(r"\bandel(?:en|e)?\b|\budgør|arbejdsstyrken|befolkningen", re.IGNORECASE)
_MOVED = re.compile(r"\bstigning|\bfald|\bsteg|\bstig(?:er|ende)\b|\budvikling", re.IGNORECASE)
_AGAINST = re.compile(r"\bend\b|\bsom i\b|\bmed (?=[A-ZÆØÅ]|hele landet\b)|\bi forhold til\b")
Measure = Literal["share", "change_pct"]


@lru_cache(REMEMBERED)
def _comparable(sentence: Sentence, table: ReadTable) -> bool:
    """Whether the sentence is about just what the table shows: its periods, all recipients, no plans."""
    there = {column.period for column in table.columns}
    years = {period.year for period in there if period}
    other = any(
        when.period not in there and not (when.period.kind == "Y" and when.period.year in years)
        for when in times(sentence.text)
    )
    subgroup = not table.special and is_of_a_part(sentence.text)
    quoting = quotes_another(sentence.text) or is_of_the_future(sentence.text)
    return not (other or subgroup or quoting)


@lru_cache(REMEMBERED)
def tables_beside(plan: Plan, sentence: Sentence) -> tuple[ReadTable, ...]:
    """The tables by area that a sentence stands beside and is about."""
    return tuple(
        table
        for table, near in tables_for(plan, sentence)
        if near and table.by_area and _comparable(sentence, table)
    )


@lru_cache(REMEMBERED)
def rows_beside(plan: Plan, sentence: Sentence) -> tuple[ReadTable, ...]:
    """The tables that a sentence stands beside and is about, by area or by any other rows."""
    return tuple(
        table
        for table, near in tables_for(plan, sentence)
        if near and not table.ambiguous and _is_about(plan, sentence, table)
    )


def _is_about(plan: Plan, sentence: Sentence, table: ReadTable) -> bool:
    if table.by_area:
        return _comparable(sentence, table)
    if is_elsewhere(plan, sentence, table) or is_of_another_measure(sentence.text, table):
        return False
    return (
        not is_of_the_future(sentence.text)
        and not quotes_another(sentence.text)
        and not has_number(re.sub(r"\b(?:19|20)\d\d\b|\d+-dagpenge", "", sentence.text))
    )


def change_of(table: ReadTable, row: Row) -> Decimal | None:
    """How a row has moved, in per cent: printed, else computed from its first and last level."""
    printed = cell_of(table, row, "change_pct")
    if printed is not None or len(table.levels) < 2:
        return printed
    before, now = (row.cells[c.index] for c in (table.levels[0], table.levels[-1]))
    return change_pct(before.value, now.value) if before and now else None


def _measure(text: str, at: int) -> Measure:
    """Whether the words before a comparison speak of a share or of a change: the nearest decide."""
    shares = [m.start() for m in _SHARE.finditer(text[:at])]
    moves = [m.start() for m in _MOVED.finditer(text[:at])]
    # "En anelse" is said of shares that lie two tenths apart or less, see docs/ordvalg.md.
    if not moves and ("procentpoint" in text or "en anelse" in text):
        return "share"
    if shares and (not moves or shares[-1] > moves[-1]):
        return "share"
    return "change_pct"


def cell_of(table: ReadTable, row: Row, measure: Measure) -> Decimal | None:
    """The share or change that a table prints for a row."""
    for column in table.having(measure):
        cell = row.cells[column.index]
        if cell is not None:
            return cell.value
    return None


def _sides(
    plan: Plan, sentence: Sentence, table: ReadTable, start: int, end: int
) -> tuple[Row, list[Row]] | None:
    """Whose number is compared, and with whose."""
    mentions = row_mentions(sentence.text, table, ())
    stop = re.search(r"[;.]|\bmens\b|, (?:men|og|mens)\b|\bmen\b", sentence.text[end:])
    last = end + stop.start() if stop else len(sentence.text)
    others = [row for row, at, _ in mentions if end <= at < last]
    # Whoever stands after an earlier "end" or "som i" is compared with, not compared.
    earlier = _AGAINST.search(sentence.text[:start])
    first = min(start, earlier.start()) if earlier else start
    before = [row for row, at, _ in mentions if at < first or (not earlier and at < end)]
    own = plan.row_of(table, plan.kode)
    one = (
        own if own is not None and (own in before or not before) else before[-1] if before else None
    )
    others = [row for row in others if row is not one]
    return (one, others) if one and others else None


def compared(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `sammenligning` says."""
    for sentence in plan.sentences:
        for table in tables_beside(plan, sentence):
            for match in [*_MORE.finditer(sentence.text), *_AVERAGE.finditer(sentence.text)]:
                words = match.groupdict()
                up = bool(words.get("up")) or (words.get("word") or "").casefold() == "over"
                if words.get("down") and "afdæmpet" in match[0].casefold():
                    up = False
                if re.search(r"\bafdæmpet\b", match[0], re.IGNORECASE):
                    up = False
                yield from _judged(plan, sentence, table, match, up=up)


def _judged(
    plan: Plan, sentence: Sentence, table: ReadTable, match: re.Match[str], *, up: bool
) -> Iterator[Outcome]:
    sides = _sides(plan, sentence, table, match.start(), match.end())
    if sides is None:
        return
    one, others = sides
    measure = _measure(sentence.text, match.end())
    falling = any(way == "down" for way, at, _ in turns(sentence.text) if at < match.end())
    for other in others:
        mine, theirs = cell_of(table, one, measure), cell_of(table, other, measure)
        if mine is None or theirs is None:
            continue
        if measure == "change_pct":
            if (mine > 0) != (theirs > 0) and mine and theirs:
                continue  # growth against decline: "mere" has no one meaning
            mine, theirs = (abs(mine), abs(theirs)) if falling or mine > 0 else (mine, theirs)
        if (mine > theirs) == up and mine != theirs:
            yield Agreed("sammenligning", sentence.place, f"{one.label} og {other.label}")
            continue
        texts = f"{one.label} {format_number(mine, 1)}, {other.label} {format_number(theirs, 1)}"
        word = "ens" if mine == theirs else "større" if mine > theirs else "mindre"
        yield Finding(
            "sammenligning", "contradiction", "sandsynlig", sentence.place, sentence.text, texts,
            f"Sætningen siger, at tallet for {one.label} er {'større' if up else 'mindre'} end for "
            f"{other.label}. I tabellen »{table.title}« er det {word} ({texts}).",
            (one.label, other.label),
        )  # fmt: skip


def level_with(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `lige-store` says."""
    for sentence in plan.sentences:
        for table in tables_beside(plan, sentence):
            for match in _EQUAL.finditer(sentence.text):
                sides = _sides(plan, sentence, table, match.start(), match.end())
                for other in sides[1][:1] if sides else []:
                    pairs = [
                        (cell_of(table, sides[0], measure), cell_of(table, other, measure))
                        for measure in ("share", "change_pct")
                    ] if sides else []  # fmt: skip
                    yield _level(sentence, table, sides[0] if sides else other, other, pairs)


def _level(
    sentence: Sentence,
    table: ReadTable,
    one: Row,
    other: Row,
    pairs: list[tuple[Decimal | None, Decimal | None]],
) -> Outcome:
    (share, share_other), (change, change_other) = pairs
    near_share = (
        share is not None
        and share_other is not None
        and (abs(share - share_other) <= max(Decimal("0.1"), share_other / 10))
    )
    near_change = (
        change is not None and change_other is not None and (abs(change - change_other) <= 3)
    )
    if near_share or near_change:
        return Agreed("lige-store", sentence.place, f"{one.label} og {other.label}")
    return Finding(
        "lige-store", "contradiction", "sandsynlig", sentence.place, sentence.text, "",
        f"Hverken andelene ({share} og {share_other}) eller ændringerne ({change} og "
        f"{change_other}) for "
        f"{one.label} og {other.label} ligger tæt i tabellen »{table.title}«.",
        (one.label, other.label),
    )  # fmt: skip


def times_as_large(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `gange-saa` says."""
    for sentence in plan.sentences:
        for table in tables_beside(plan, sentence):
            for match in _FACTOR.finditer(sentence.text):
                sides = _sides(plan, sentence, table, match.start(), match.end())
                measure = _measure(sentence.text, match.start())
                for other in sides[1][:1] if sides else []:
                    mine, theirs = (
                        (cell_of(table, row, measure) for row in (sides[0], other))
                        if sides
                        else (None, None)
                    )
                    if not mine or not theirs:
                        continue
                    ratio = abs(mine) / abs(theirs)
                    if _holds(match, ratio):
                        yield Agreed("gange-saa", sentence.place, match[0])
                    elif sides:
                        yield _ratio_off(
                            sentence,
                            table,
                            words=match[0].strip(),
                            rows=(sides[0], other),
                            ratio=ratio,
                        )


def _holds(match: re.Match[str], ratio: Decimal) -> bool:
    many = match["many"].casefold()
    factor = Decimal("0.5") if many == "halvt" else Decimal(2)
    if many.endswith("gange"):
        factor = Decimal(NUMBER_WORDS[many.split()[0]])
    how = (match["how"] or "").casefold()
    if how == "mere end":
        return ratio > factor * Decimal("0.97")
    if how == "mindre end":
        return ratio < factor * Decimal("1.03")
    return abs(ratio - factor) <= factor / 5


def _ratio_off(
    sentence: Sentence,
    table: ReadTable,
    *,
    words: str,
    rows: tuple[Row, Row],
    ratio: Decimal,
) -> Finding:
    one, other = rows
    return Finding(
        "gange-saa", "contradiction", "sandsynlig", sentence.place, sentence.text,
        f"{format_number(ratio, 1)} gange",
        f"Sætningen siger »{words}«. I tabellen »{table.title}« er forholdet mellem "
        f"{one.label} og "
        f"{other.label} {format_number(ratio, 1)}.",
        (one.label, other.label),
    )  # fmt: skip
