"""Comparison words against the table: more than, less than, on a level, so many times, the largest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.rules.registry import rule
from beskplan.audit.rules.text_and_table import FUTURE, change_in_year, tables_for
from beskplan.audit.statements.amounts import REMEMBERED
from beskplan.audit.statements.claims import row_mentions
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.tables import ReadTable, Row
from beskplan.audit.statements.times import When, times
from beskplan.audit.statements.vocabulary import (
    HIGHER,
    LOWER,
    NUMBER_WORDS,
    QUOTES_ANOTHER,
    SUBGROUPS,
    turns,
)
from beskplan.numbers import format_number

_TIMES = r"(?:halvt|dobbelt|(?:" + "|".join(NUMBER_WORDS) + r") gange)"
_MORE = re.compile(
    rf"\b(?:(?P<up>{HIGHER})|(?P<down>{LOWER}))\b(?P<middle>[^.;]{{0,60}}?)"
    rf"(?:\bend\b(?! (?:{_TIMES}|\d))|\bi forhold til (?=både|RAR|Øst|Vest|landet|hele))",
    re.IGNORECASE,
)
_AVERAGE = re.compile(r"\b(?P<word>over|under) gennemsnittet (?:for|i)\b", re.IGNORECASE)
_EQUAL = re.compile(r"\b(?:på niveau med|på linje med|lige så stort? som)\b", re.IGNORECASE)
_FACTOR = re.compile(
    rf"\b(?P<how>omtrent|mere end|mindre end|næsten)?\s*(?P<many>{_TIMES}) så (?:stort?|mange|meget|høj|højt)\b",
    re.IGNORECASE,
)
_SHARE = re.compile(r"\bandel(?:en|e)?\b|\budgør|arbejdsstyrken|befolkningen", re.IGNORECASE)
_MOVED = re.compile(r"\bstigning|\bfald|\bsteg|\bstig(?:er|ende)\b|\budvikling", re.IGNORECASE)
_AGAINST = re.compile(r"\bend\b|\bsom i\b|\bmed (?=[A-ZÆØÅ])|\bi forhold til\b")
Measure = Literal["share", "change_pct"]
_NEAR = 90
"""Characters between a word of direction and the area that it is about, at most."""


@lru_cache(REMEMBERED)
def _comparable(sentence: Sentence, table: ReadTable) -> bool:
    """Whether the sentence is about just what the table shows: its periods, all recipients, no plans."""
    there = {column.period for column in table.columns}
    years = {period.year for period in there if period}
    other = any(
        when.period not in there and not (when.period.kind == "Y" and when.period.year in years)
        for when in times(sentence.text)
    )
    subgroup = not table.special and SUBGROUPS.search(sentence.text)
    quoting = QUOTES_ANOTHER.search(sentence.text) or FUTURE.search(sentence.text)
    return not (other or subgroup or quoting)


@lru_cache(REMEMBERED)
def _near_tables(plan: Plan, sentence: Sentence) -> tuple[ReadTable, ...]:
    return tuple(
        table
        for table, near in tables_for(plan, sentence)
        if near and table.by_area and _comparable(sentence, table)
    )


def _measure(text: str, at: int) -> Measure:
    """Whether the words before a comparison speak of a share or of a change: the nearest decide."""
    shares = [m.start() for m in _SHARE.finditer(text[:at])]
    moves = [m.start() for m in _MOVED.finditer(text[:at])]
    if not moves and "procentpoint" in text:
        return "share"
    if shares and (not moves or shares[-1] > moves[-1]):
        return "share"
    return "change_pct"


def _cell(table: ReadTable, row: Row, measure: Measure) -> Decimal | None:
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


@rule("sammenligning")
def compared(plan: Plan) -> Iterator[Outcome]:
    """Sammenligningen passer ikke med tabellen.

    »Større end«, »lavere end« og »over gennemsnittet« slås op i tabellen for hvert af de
    områder, som sætningen nævner.
    """
    for sentence in plan.sentences:
        for table in _near_tables(plan, sentence):
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
        mine, theirs = _cell(table, one, measure), _cell(table, other, measure)
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


@rule("lige-store")
def level_with(plan: Plan) -> Iterator[Outcome]:
    """»På niveau med« passer ikke med tabellen.

    Står der »på niveau med«, »på linje med« eller »lige så stor som«, skal tallene i tabellen
    ligge tæt: andele højst en tiendedel fra hinanden, ændringer højst 3 procentpoint.
    """
    for sentence in plan.sentences:
        for table in _near_tables(plan, sentence):
            for match in _EQUAL.finditer(sentence.text):
                sides = _sides(plan, sentence, table, match.start(), match.end())
                for other in sides[1][:1] if sides else []:
                    pairs = [
                        (_cell(table, sides[0], measure), _cell(table, other, measure))
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


@rule("gange-saa")
def times_as_large(plan: Plan) -> Iterator[Outcome]:
    """Forholdet passer ikke med tabellen.

    »Halvt så«, »dobbelt så« og »tre gange så« regnes efter af de trykte tal. »Omtrent« tåler en
    femtedel; »mere end« og »mindre end« skal holde.
    """
    for sentence in plan.sentences:
        for table in _near_tables(plan, sentence):
            for match in _FACTOR.finditer(sentence.text):
                sides = _sides(plan, sentence, table, match.start(), match.end())
                measure = _measure(sentence.text, match.start())
                for other in sides[1][:1] if sides else []:
                    mine, theirs = (
                        (_cell(table, row, measure) for row in (sides[0], other))
                        if sides
                        else (None, None)
                    )
                    if not mine or not theirs:
                        continue
                    ratio = abs(mine) / abs(theirs)
                    if _holds(match, ratio):
                        yield Agreed("gange-saa", sentence.place, match[0])
                    elif sides:
                        yield _ratio_off(sentence, table, match, sides[0], other, ratio)


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
    sentence: Sentence, table: ReadTable, match: re.Match[str], one: Row, other: Row, ratio: Decimal
) -> Finding:
    return Finding(
        "gange-saa", "contradiction", "sandsynlig", sentence.place, sentence.text,
        f"{format_number(ratio, 1)} gange",
        f"Sætningen siger »{match[0].strip()}«. I tabellen »{table.title}« er forholdet mellem "
        f"{one.label} og "
        f"{other.label} {format_number(ratio, 1)}.",
        (one.label, other.label),
    )  # fmt: skip


@rule("retning-i-aaret")
def direction_in_year(plan: Plan) -> Iterator[Outcome]:
    """Udviklingen i året går en anden vej i tabellen.

    Siger planen, at antallet med lange forløb er steget eller faldet i et år, ser reglen efter
    i tabellen over lange forløb, for hver målgruppe som sætningen nævner.
    """
    for sentence in plan.prose:
        named = times(sentence.text)
        words = {way for way, _, _ in turns(sentence.text)}
        if (
            len(named) != 1
            or len(words) != 1
            or re.search(r"\d", _without(sentence.text, named[0]))
        ):
            continue
        for table, near in tables_for(plan, sentence):
            if (
                near
                or not table.long_term
                or FUTURE.search(sentence.text)
                or table.area not in ("", plan.kode)
            ):
                continue
            rows = [row for row, _, _ in row_mentions(sentence.text, table, plan.ydelser(sentence))]
            for row in dict.fromkeys(rows):
                change = change_in_year(table, row, named[0].period.year)
                if change is None or not change:
                    continue
                if (change > 0) == (words == {"up"}):
                    yield Agreed("retning-i-aaret", sentence.place, row.label)
                    continue
                yield Finding(
                    "retning-i-aaret", "doubt", "sandsynlig", sentence.place, sentence.text,
                    f"{row.label}: {format_number(change, signed=True)}",
                    "Sætningen siger, at antallet er "
                    f"{'steget' if words == {'up'} else 'faldet'}. Tabellen viser "
                    f"{format_number(change, signed=True)} for {row.label} i {named[0].period.year}.", (row.label,),
                )  # fmt: skip


def _without(text: str, when: When) -> str:
    return text[: when.start] + text[when.stop :]


@rule("retning-uden-tal")
def direction_alone(plan: Plan) -> Iterator[Outcome]:
    """Udviklingen går en anden vej i tabellen.

    Siger en sætning uden tal, at antallet er steget eller faldet i et område, ser reglen efter
    i tabellen ved siden af.
    """
    for sentence in plan.sentences:
        for table in _near_tables(plan, sentence):
            for way, row in _stated(sentence.text, table):
                change = _cell(table, row, "change_pct")
                if way == "same" or not change or abs(change) < 1:
                    continue
                if (change > 0) == (way == "up"):
                    yield Agreed("retning-uden-tal", sentence.place, f"{row.label}: {way}")
                    continue
                yield Finding(
                    "retning-uden-tal", "contradiction", "sandsynlig", sentence.place, sentence.text,
                    f"{row.label}: {format_number(change, 0, signed=True)} pct.",
                    f"Sætningen siger, at {row.label} er {'steget' if way == 'up' else 'faldet'}. "
                    "Tabellen "
                    f"»{table.title}« viser {format_number(change, 0, signed=True)} pct.",
                    (row.label,),
                )  # fmt: skip


def _stated(text: str, table: ReadTable) -> Iterator[tuple[str, Row]]:
    """Each word of direction with the row that it is about: the nearest one named before, else after."""
    if re.search(r"\bnærme|\bafstanden|\bforskellen", text, re.IGNORECASE):
        return
    mentions = row_mentions(text, table, ())
    words = turns(text)
    for at, (way, start, end) in enumerate(words):
        low = words[at - 1][2] if at else 0
        high = words[at + 1][1] if at + 1 < len(words) else len(text)
        compared = re.search(r"\bend\b|\bi forhold til\b|\bmens\b|, men\b", text[end:high])
        high = end + compared.start() if compared else high
        if re.search(r"\bmens\b|\. |, men\b", text[low:start]):
            low = max(m.end() for m in re.finditer(r"\bmens\b|\. |, men\b", text[:start]))
        near = [
            (_distance(text[end:begin]), row) for row, begin, _ in mentions if end <= begin < high
        ]
        near += [
            (_distance(text[stop:start]), row)
            for row, begin, stop in mentions
            if low <= begin and stop <= start
        ]
        if "end " in text[low:start] or re.search(r"\bforhold til\b", text[low:start]):
            continue
        near = [one for one in near if one[0] < _NEAR]
        if near:
            yield way, min(near, key=lambda one: one[0])[1]


def _distance(between: str) -> int:
    """Characters between a word and a name; a comma between them parts two clauses."""
    return len(between) + 40 * between.count(",")
