"""Superlatives against the table: the largest group, the largest rise, the most and the least."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.rules.comparison import change_of
from beskplan.audit.rules.text_and_table import tables_for
from beskplan.audit.statements.claims import row_mentions
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.scan import Scan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.tables import ReadTable, Row
from beskplan.audit.statements.times import times
from beskplan.audit.statements.vocabulary import quotes_another
from beskplan.core.numbers import format_number

_MOVED_MOST = Scan(
    r"\b(?:(?P<up>steget|stiger)|(?P<down>faldet|falder)) mest\b(?: (?:for|blandt|i|på))?",
    re.IGNORECASE,
)
_LARGEST = Scan(
    r"\b(?P<size>største|mindste) (?:(?P<up>stigning|fremgang|vækst)|(?P<down>fald|tilbagegang"
    r"|reduktion))\b(?P<three> af de (?:tre|to|fire))?",
    re.IGNORECASE,
)
_IS_LARGEST = Scan(
    r"\b(?:(?P<up>stigningen|fremgangen|væksten)|(?P<down>faldet|tilbagegangen)) (?:er|var|har været) "
    r"(?P<size>størst|mindst) (?:for|blandt|i|på|inden for)\b",
    re.IGNORECASE,
)
_RELATIVELY = re.compile(r"\b(?:relativt|procentvis|i pct\.|i procent)", re.IGNORECASE)
_GROUP = Scan(
    r"\b(?P<size>[Ss]tørst|[Mm]indst) er\b|\b(?P<group>(?:største|mindste)) (?:ydelses|mål)?(?:gruppe"
    r"|ydelse|branche)\b"
    r"|\b(?P<most>flest|færrest) blandt\b"
)


def superlatives(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `den-stoerste` says."""
    for sentence in plan.sentences:
        if quotes_another(sentence.text):
            continue
        for table, near in tables_for(plan, sentence):
            if near and len([row for row in table.rows if not row.total]) >= 2:
                yield from _moves(plan, sentence, table)
                yield from _groups(plan, sentence, table)


def _moves(plan: Plan, sentence: Sentence, table: ReadTable) -> Iterator[Outcome]:
    text = sentence.text
    for match in [
        *_MOVED_MOST.finditer(text),
        *_LARGEST.finditer(text),
        *_IS_LARGEST.finditer(text),
    ]:
        row = _row_for(plan, sentence, table, match)
        values = _changes(table, text, match.start())
        if row is None or row not in values or len(values) < 2:
            continue
        rising = bool(match["up"])
        smallest = (match.groupdict().get("size") or "").casefold().startswith("mindst")
        if _RELATIVELY.search(text):
            values = {r: v for r in values if (v := change_of(table, r)) is not None}
            if row not in values:
                continue
        same_way = {r: abs(v) for r, v in values.items() if (v > 0) == rising and v}
        if row not in same_way:
            yield _wrong(
                sentence, table, row, f"{row.label} er ikke {'steget' if rising else 'faldet'}"
            )
            continue
        best = (min if smallest else max)(same_way.values())
        if same_way[row] == best or (
            not _RELATIVELY.search(text)
            and _is_first_in_pct(table, row, rising=rising, least=smallest)
        ):
            yield Agreed("den-stoerste", sentence.place, f"{row.label}: {match[0]}")
        else:
            holder = next(r for r, v in same_way.items() if v == best)
            yield _wrong(sentence, table, row, f"{holder.label} har {format_number(best, 1)}")


def _row_for(plan: Plan, sentence: Sentence, table: ReadTable, match: re.Match[str]) -> Row | None:
    """The row that a superlative is about: named right after it, else right before it."""
    named = row_mentions(sentence.text, table, plan.ydelser(sentence))
    mentions = [m for m in named if not m[0].total]
    if match.groupdict().get("three") or re.search(r"\baf de tre\b", match[0]):
        before = [row for row, _, end in mentions if end <= match.start()]
        return before[0] if before else None
    if not (match.groupdict().get("size") or match.groupdict().get("group")) and not re.search(
        r" (?:for|blandt|i|på)$", match[0]
    ):
        before = [row for row, _, end in mentions if 0 <= match.start() - end <= 12]
        return before[-1] if before else None
    stop = re.search(r",? og (?:det|den|faldet|steget)\b|[;.]", sentence.text[match.end() :])
    last = match.end() + stop.start() if stop else len(sentence.text)
    after = [row for row, at, _ in mentions if match.end() <= at < last]
    if after:
        return after[0]
    before = [row for row, _, end in mentions if 0 <= match.start() - end <= 12]
    return before[-1] if before else None


def _changes(table: ReadTable, text: str, at: int) -> dict[Row, Decimal]:
    """The change of each row between the periods that the text names, or of the table."""
    rows = [row for row in table.rows if not row.total]
    levels = table.levels
    if table.by_area:
        columns = table.having("change_pct")
    else:
        columns = table.having("change")
        named = [when.period for when in times(text[:at])]
        there = {level.period: level for level in levels if level.period}
        since = [there[period] for period in named if period in there]
        if len(levels) >= 2 and (since or not columns):
            first, last = (since[-1] if since and len(set(named)) == 1 else levels[0]), levels[-1]
            if re.search(r"\bsiden\b", text[:at], re.IGNORECASE) and since:
                first = since[-1]
            return _between(rows, first.index, last.index)
    if len(columns) != 1:
        return {}
    cells = {row: row.cells[columns[0].index] for row in rows}
    return {row: cell.value for row, cell in cells.items() if cell is not None}


def _is_first_in_pct(table: ReadTable, row: Row, *, rising: bool, least: bool) -> bool:
    """Whether a row is first in the printed per cents: "steget mest" may be said of these too."""
    columns = table.having("change_pct")
    if len(columns) != 1 or (mine := row.cells[columns[0].index]) is None:
        return False
    cells = [r.cells[columns[0].index] for r in table.rows if not r.total]
    same_way = [
        abs(c.value) for c in cells if c is not None and c.value and (c.value > 0) == rising
    ]
    best = (min if least else max)(same_way, default=None)
    return abs(mine.value) == best


def _between(rows: list[Row], first: int, last: int) -> dict[Row, Decimal]:
    found = {}
    for row in rows:
        before, now = row.cells[first], row.cells[last]
        if before is not None and now is not None:
            found[row] = now.value - before.value
    return found


def _groups(plan: Plan, sentence: Sentence, table: ReadTable) -> Iterator[Outcome]:
    for match in _GROUP.finditer(sentence.text):
        row = _row_for(plan, sentence, table, match)
        column = (table.having("share") or table.levels)[-1:]
        if row is None or not column or table.by_area:
            continue
        cells = {r: r.cells[column[0].index] for r in table.rows if not r.total}
        values = {r: c.value for r, c in cells.items() if c is not None}
        word = (match["size"] or match["group"] or match["most"]).casefold()
        least = word.startswith(("mindst", "færrest"))
        if row not in values or (least and len(values) < sum(not r.total for r in table.rows)):
            continue
        best = (min if least else max)(values.values())
        if values[row] == best or (least and _only_others_below(values, row)):
            yield Agreed("den-stoerste", sentence.place, f"{row.label}: {word}")
        else:
            holder = next(r for r, v in values.items() if v == best)
            yield _wrong(sentence, table, row, f"{holder.label} har {format_number(best, 1)}")


def _only_others_below(values: dict[Row, Decimal], row: Row) -> bool:
    """»Øvrige« is a rest of several small groups, not a group."""
    below = [other for other, value in values.items() if value < values[row]]
    return all("øvrige" in other.label.casefold() for other in below)


def _wrong(sentence: Sentence, table: ReadTable, row: Row, instead: str) -> Finding:
    return Finding(
        "den-stoerste", "contradiction", "sandsynlig", sentence.place, sentence.text, instead,
        f"Sætningen fremhæver {row.label}, men i tabellen »{table.title}«: {instead}.", (row.label,),
    )  # fmt: skip
