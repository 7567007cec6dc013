"""Words of direction without numbers against the table: which way each area or group has gone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.rules.comparison import change_of, rows_beside
from beskplan.audit.rules.text_and_table import change_in_year, tables_for
from beskplan.audit.statements.claims import row_mentions
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.scan import Scan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.tables import ReadTable, Row
from beskplan.audit.statements.times import When, times
from beskplan.audit.statements.vocabulary import has_number, is_of_the_future, turns
from beskplan.core.numbers import format_number

_OF_A_GAP = Scan(r"\bnærme|\bafstanden|\bforskellen", re.IGNORECASE)
_MORE = re.compile(r"\b(flere|færre)\b(?! end\b)(?=[^.;,]{0,25}\b(?:på|i)\b)", re.IGNORECASE)
_NEAR = 90
"""Characters between a word of direction and the area that it is about, at most."""


def direction_in_year(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `retning-i-aaret` says."""
    for sentence in plan.prose:
        named = times(sentence.text)
        words = {way for way, _, _ in turns(sentence.text)}
        if len(named) != 1 or len(words) != 1 or has_number(_without(sentence.text, named[0])):
            continue
        for table, near in tables_for(plan, sentence):
            if (
                near
                or not table.long_term
                or is_of_the_future(sentence.text)
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
                    f"{'steget' if words == {'up'} else 'faldet'}. Tabellen "
                    f"»{table.title}« viser "
                    f"{format_number(change, signed=True)} for {row.label} i {named[0].period.year}.",
                    (row.label,),
                )  # fmt: skip


def _without(text: str, when: When) -> str:
    return text[: when.start] + text[when.stop :]


def direction_alone(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `retning-uden-tal` says."""
    for sentence in plan.sentences:
        for table in rows_beside(plan, sentence):
            for way, row in _stated(plan, sentence, table):
                change = change_of(table, row)
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


def _stated(plan: Plan, sentence: Sentence, table: ReadTable) -> Iterator[tuple[str, Row]]:
    """Each word of direction with the row that it is about: the nearest one named before, else after."""
    text = sentence.text
    words = turns(text)
    if not words and not table.by_area:
        words = tuple(
            ("up" if m[1] == "flere" else "down", *m.span()) for m in _MORE.finditer(text)
        )
    if not words or _OF_A_GAP.search(text):
        return
    mentions = row_mentions(text, table, () if table.by_area else plan.ydelser(sentence))
    for at, (way, start, end) in enumerate(words):
        low = words[at - 1][2] if at else 0
        high = words[at + 1][1] if at + 1 < len(words) else len(text)
        compared = re.search(r"\bend\b|\bi forhold til\b|\bmens\b|, (?:men|og)\b", text[end:high])
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
