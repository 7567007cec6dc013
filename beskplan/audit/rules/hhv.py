"""Two lists joined by "hhv.": the order of the numbers against the order of the areas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.statements.amounts import PCT, POINTS, Amount, amounts
from beskplan.audit.statements.claims import row_mentions
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.scan import Scan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.tables import ReadTable, Row
from beskplan.audit.statements.times import times
from beskplan.audit.statements.vocabulary import Direction, only_turn
from beskplan.core.numbers import format_number

_HHV = Scan(r"\b(?:hhv\.|henholdsvis)\s*", re.IGNORECASE)
_JOINED = re.compile(r"^[\s,]*(?:pct\.|%)?[\s,]*og(?: i| på)?(?: (?:det|den) øvrige)?\s*$")


def respectively(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `hhv-orden` says."""
    for sentence in plan.prose:
        if not _HHV.search(sentence.text):
            continue
        for table in _tables(plan, sentence):
            outcome = _checked(plan, sentence, table)
            if outcome is not None:
                yield outcome
                break


def _tables(plan: Plan, sentence: Sentence) -> Iterator[ReadTable]:
    near = plan.section_table(sentence)
    if near is not None:
        yield near
    named = {mention.key for mention in plan.ydelser(sentence)}
    yield from (t for t in plan.own_tables if t is not near and t.ydelse and t.ydelse in named)


def _checked(plan: Plan, sentence: Sentence, table: ReadTable) -> Outcome | None:
    numbers = _pair_of_numbers(sentence.text)
    rows = _pair_of_rows(plan, sentence, table)
    if numbers is None or rows is None or not _same_time(sentence, table):
        return None
    for values in _readings(plan, sentence, table, rows, numbers):
        fits = [number.means(value) for number, value in zip(numbers, values, strict=True)]
        crossed = [number.means(value) for number, value in zip(numbers, values[::-1], strict=True)]
        if all(fits):
            return Agreed("hhv-orden", sentence.place, sentence.text)
        right = " og ".join(
            f"{row.label} {format_number(abs(value), max(n.decimals for n in numbers))}"
            for row, value in zip(rows, values, strict=True)
        )
        if all(crossed):
            return Finding(
                "hhv-orden", "error", "sikker", sentence.place, sentence.text, right,
                f"De to tal er byttet om: tabellen har {right}.", tuple(row.label for row in rows),
            )  # fmt: skip
        if sum(fits) or sum(crossed):
            return Finding(
                "hhv-orden", "contradiction", "sandsynlig", sentence.place, sentence.text, right,
                f"Tallene passer ikke med tabellen: den har {right}.", tuple(row.label for row in rows),
            )  # fmt: skip
    return None


def _pair_of_numbers(text: str) -> tuple[Amount, Amount] | None:
    """The two numbers after "hhv.", the first with the unit of the second where it has none."""
    found = _HHV.search(text)
    if found is None:
        return None
    after = [amount for amount in amounts(text) if amount.start >= found.end() - 1]
    if len(after) < 2 or after[0].start - found.end() > 3:
        return None
    first, second = after[0], after[1]
    if not _JOINED.match(text[first.end : second.start]) or second.unit not in (PCT, POINTS):
        return None
    return first, second


def _pair_of_rows(plan: Plan, sentence: Sentence, table: ReadTable) -> tuple[Row, Row] | None:
    """The two rows that are named in one breath: `RAR Hovedstaden og Østdanmark`."""
    mentions = row_mentions(sentence.text, table, plan.ydelser(sentence))
    for (one, _, end), (two, start, _) in pairwise(mentions):
        if one is not two and _JOINED.match(sentence.text[end:start]):
            return one, two
    return None


def _same_time(sentence: Sentence, table: ReadTable) -> bool:
    """Whether every period that the sentence names stands in the table."""
    there = {column.period for column in table.columns}
    years = {period.year for period in there if period}
    return all(
        when.period in there or (when.period.kind == "Y" and when.period.year in years)
        for when in times(sentence.text)
    )


def _readings(
    plan: Plan,
    sentence: Sentence,
    table: ReadTable,
    rows: tuple[Row, Row],
    numbers: tuple[Amount, Amount],
) -> Iterator[tuple[Decimal, Decimal]]:
    """What the table has for the two rows, in the senses that the sentence allows."""
    own = plan.row_of(table, plan.kode)
    for column in (*table.having("share"), *table.having("change_pct")):
        first, second = (row.cells[column.index] for row in rows)
        if first is None or second is None:
            continue
        share = bool(
            re.search(r"\bandel|udgør|arbejdsstyrken|befolkningen", sentence.text, re.IGNORECASE)
        )
        if share != (column.role == "share"):
            continue
        if numbers[1].unit == POINTS:
            mine = own.cells[column.index] if own else None
            if mine is not None:
                yield mine.value - first.value, mine.value - second.value
        elif column.role == "share" or _ways_fit(only_turn(sentence.text), first, second):
            yield first.value, second.value


def _ways_fit(word: Direction, *cells: Amount) -> bool:
    return not word or all(cell.value == 0 or (cell.value > 0) == (word == "up") for cell in cells)
