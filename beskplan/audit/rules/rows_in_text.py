"""Sentences about several rows of a table, or about a row and the whole, and »so many fewer than then«."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from beskplan.audit.model import Agreed, Outcome
from beskplan.audit.rules.movements import finding, movements
from beskplan.audit.rules.text_and_table import is_elsewhere, tables_for
from beskplan.audit.statements.claims import row_mentions
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.skeleton import Skeleton, Token, skeleton
from beskplan.audit.statements.tables import Column, ReadTable, Row
from beskplan.audit.statements.vocabulary import is_of_the_future, quotes_another
from beskplan.core.numbers import format_number, format_pct
from beskplan.core.periods import Period

_SHARE_OF_ALL = re.compile(
    r"\b(?:udgør|udgjorde|svarer til|er|var) (?:ca |omkring |knap |godt )?⟨(?P<share>P\d+)⟩ af "
    r"(?:de |alle |samtlige |i alt |alle de )*(?:⟨(?P<whole>N\d+)⟩|(?P<all>fuldtidspersoner"
    r"|helårspersoner|ydelsesmodtagere|modtagere|ledige))"
)
_TOGETHER = re.compile(r"\b(?:i alt|tilsammen|sammenlagt)(?: ca)? ⟨(?P<n>N\d+)⟩")
_AND = re.compile(r"\s*(?:,|og|samt|på|i|,? og (?:på|i))\s*")
_FEWER = re.compile(
    r"^\W*det er ⟨(?P<n>N\d+)⟩ (?:\w+ )?(?P<way>færre|flere) end "
    r"(?:(?:i |ved )?⟨(?P<t>T\d+)⟩|(?P<before>(?:samme \w+ )?året før|et år (?:før|tidligere)))"
)


def rows_together(plan: Plan) -> Iterator[Outcome]:
    """Judge shares of all rows, rows added, and changes since a period that a table shows."""
    previous: Sentence | None = None
    for sentence in plan.prose:
        form = skeleton(sentence.text)
        if (
            form.tokens
            and not quotes_another(sentence.text)
            and not is_of_the_future(sentence.text)
        ):
            for table, near in tables_for(plan, sentence):
                if near and not table.by_area and not is_elsewhere(plan, sentence, table):
                    yield from _share_of_all(plan, sentence, table)
                    yield from _added(plan, sentence, table)
            yield from _since(plan, sentence, previous)
        previous = sentence


def _share_of_all(plan: Plan, sentence: Sentence, table: ReadTable) -> Iterator[Outcome]:
    form = skeleton(sentence.text)
    for match in _SHARE_OF_ALL.finditer(form.text):
        share = form.token(match, "share")
        before = [
            row for row, _, end in row_mentions(sentence.text, table, plan.ydelser(sentence))
            if end <= share.start and not row.total
        ]  # fmt: skip
        if not before or share.amount is None:
            continue
        shares = list(
            _shares(table, before[-1], form.token(match, "whole") if match["whole"] else None)
        )
        if not shares:
            continue
        if any(share.amount.means(right) for right in shares):
            yield Agreed("del-i-parentes", sentence.place, share.amount.text)
            continue
        shown = format_pct(shares[-1], share.amount.decimals)
        yield finding(
            "del-i-parentes", sentence,
            f"Efter tabellen »{table.title}« er {before[-1].label} {shown} af dem alle, ikke "
            f"{share.amount.text}.",
            right=shown, about=(before[-1].label,),
        )  # fmt: skip


def _shares(table: ReadTable, row: Row, whole: Token | None) -> Iterator[Decimal]:
    total = next((r for r in table.rows if r.total), None)
    for column in table.levels:
        part = row.cells[column.index]
        all_of = total.cells[column.index] if total else None
        of = whole.size if whole is not None else all_of.value if all_of is not None else None
        if part is None or not of or (whole is not None and (all_of is None or all_of.value != of)):
            continue
        yield part.value / of * 100


def _added(plan: Plan, sentence: Sentence, table: ReadTable) -> Iterator[Outcome]:
    form = skeleton(sentence.text)
    for match in _TOGETHER.finditer(form.text):
        said = form.token(match, "n")
        mentions = row_mentions(sentence.text, table, plan.ydelser(sentence))
        named = [(r, a, e) for r, a, e in mentions if e <= said.start and not r.total]
        rows = list(dict.fromkeys(row for row, _, _ in named))
        joined = all(
            _AND.fullmatch(sentence.text[end:start])
            for (_, _, end), (_, start, _) in pairwise(named)
        )
        column = _column_at(table, sentence, said)
        if len(rows) < 2 or not joined or column is None or said.amount is None:
            continue
        cells = [row.cells[column.index] for row in rows]
        if None in cells:
            continue
        right = sum((cell.value for cell in cells if cell is not None), Decimal(0))
        if abs(right - said.size) <= len(cells) // 2:
            yield Agreed("sum-i-tekst", sentence.place, said.amount.text)
            continue
        names = " og ".join(row.label for row in rows)
        yield finding(
            "sum-i-tekst", sentence,
            f"I tabellen »{table.title}« er {names} tilsammen {format_number(right)}, ikke "
            f"{said.amount.text}.",
            right=format_number(right), about=tuple(row.label for row in rows),
        )  # fmt: skip


def _column_at(table: ReadTable, sentence: Sentence, number: Token) -> Column | None:
    """The level column of the period told nearest before a number, else the latest."""
    when = [t.when for t in skeleton(sentence.text).tokens if t.when and t.end <= number.start]
    if not when:
        return table.levels[-1] if table.levels and not table.ambiguous else None
    return next((c for c in table.levels if c.period == when[-1].period), None)


def _period_of(match: re.Match[str], form: Skeleton, previous: Sentence) -> Period | None:
    """The earlier period of a comparison: told, or a year before that of the sentence before."""
    if match["t"]:
        when = form.token(match, "t").when
        return when.period if when else None
    told = [t.when.period for t in skeleton(previous.text).tokens if t.when]
    return told[0].year_before() if len(told) == 1 else None


def _since(plan: Plan, sentence: Sentence, previous: Sentence | None) -> Iterator[Outcome]:
    """»2.251 i juni 2022. Det er 13 færre end i juni 2021«, where a table shows both."""
    form = skeleton(sentence.text)
    match = _FEWER.search(form.text)
    if match is None or previous is None or previous.part != sentence.part:
        return
    if any(m.before for m in movements(sentence)):
        return
    said, period = form.token(match, "n"), _period_of(match, form, previous)
    levels = [t.size for t in skeleton(previous.text).tokens if t.kind == "N"]
    if len(levels) != 1 or period is None or said.amount is None:
        return
    for table in plan.own_tables:
        column = next((c for c in table.levels if c.period == period), None)
        rows = [
            r
            for r in table.rows
            for c in table.levels
            if (cell := r.cells[c.index]) and cell.value == levels[0]
        ]
        cell = rows[0].cells[column.index] if column and len(rows) == 1 else None
        if cell is None:
            continue
        right = levels[0] - cell.value
        up = match["way"] == "flere"
        if abs(right) == said.size and (right > 0) == up:
            yield Agreed("tekst-mod-tabel", sentence.place, said.amount.text)
            return
        yield finding(
            "tekst-mod-tabel", sentence,
            f"Tabellen »{table.title}« har {cell.text} i {period.text}, så forskellen er "
            f"{format_number(right, signed=True)}.",
            right=format_number(abs(right)), certainty="sikker" if rows[0].total else "sandsynlig",
            about=(rows[0].label,),
        )  # fmt: skip
        return
