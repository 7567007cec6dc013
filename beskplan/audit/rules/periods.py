"""Periods in heads, titles and sentences: by the columns, the other tables, and the plan's own date."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import combinations, pairwise

from beskplan.audit.model import Outcome
from beskplan.audit.patterns import patterns
from beskplan.audit.rules.registry import judge
from beskplan.audit.statements.amounts import When, times
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.tables import ReadTable
from beskplan.audit.statements.vocabulary import NUMBER_WORDS
from beskplan.core.danish import format_number
from beskplan.core.periods import MONTHS, date_text

_RE = patterns("periods", months=MONTHS, many_words=NUMBER_WORDS)

_ORDERED = 4
"""Columns that show an order of time; fewer may be set side by side for another reason."""


def periods(plan: Plan) -> Iterator[Outcome]:
    """Judge the periods of every table and sentence."""
    for table in plan.tables:
        if any(column.period for column in table.levels):
            yield from _heads(table)
            yield from _order(table)
    yield from _titles(plan)
    yield from _odd_spans(plan)
    yield from _odd_heads(plan)
    yield from _backwards(plan)
    yield from _stages(plan)
    yield from _lengths(plan)
    yield from _past(plan)


def _heads(table: ReadTable) -> Iterator[Outcome]:
    """Judge the periods that a head of a change or share names."""
    there = {column.period for column in table.levels if column.period}
    years, kinds = {period.year for period in there}, {period.kind for period in there}
    shown = " og ".join(level.label for level in table.levels)
    for column in table.columns:
        named = list(column.span or ())
        if (
            not named
            and column.role in ("change", "change_pct")
            and _RE["since"].search(column.label)
            and len(table.levels) > 1
        ):
            named = [when.period for when in times(column.label)]
        if column.role == "share" and column.base:
            named = [when.period for when in times(column.label)]
        if column.span and len(table.levels) < 2 and there.isdisjoint(named):
            continue  # the levels that it is between are not shown
        # A month of a year that is shown is no other time where only years are shown.
        within = [p for p in named if p.year in years and (p.kind == "Y" or p.kind not in kinds)]
        wrong = [p for p in named if p not in there and p not in within]
        if named:
            yield judge(
                "periode-i-hoved", table.place, holds=not wrong, printed=column.label, right=shown,
                about=(column.label,), wrong=", ".join(p.text for p in wrong),
            )  # fmt: skip


def _order(table: ReadTable) -> Iterator[Outcome]:
    """Judge the order of the columns of levels, which no formula explains."""
    shown = [(c, c.period) for c in table.having("level") if c.period]
    days = [period.first_day for _, period in shown]
    newest_first = days == sorted(days, reverse=True)
    if table.ambiguous or len(shown) < _ORDERED or newest_first:
        return
    # Formulas may explain an order of pairs, but not one column astray among many.
    if table.formulas and (len(days) == _ORDERED or not _all_but_one_ascend(days)):
        return
    for (_, first), (column, second) in pairwise(shown):
        if first.kind == second.kind:
            yield judge(
                "periode-i-hoved", table.place, holds=first < second, printed=column.label, case="orden",
                right="kolonner i tidens orden", about=(column.label,),
                second=second.text.capitalize(), first=first.text,
            )  # fmt: skip


def _all_but_one_ascend(days: list[date]) -> bool:
    without = (days[:index] + days[index + 1 :] for index in range(len(days)))
    return any(all(one < two for one, two in pairwise(rest)) for rest in without)


def _titles(plan: Plan) -> Iterator[Outcome]:
    """Judge the years of a title, and »ultimo« about persons of a whole year."""
    for grid, table in (
        (g, t) for g in plan.document.grids for t in plan.tables if t.place == g.place
    ):
        years = {column.period.year for column in table.columns if column.period}
        if years:
            # Where periods stand below each other, those without a number are no columns.
            years |= {when.period.year for row in grid.rows for when in times(row.cells[0])}
        for text in (grid.period, grid.title if len(grid.title) < 220 else ""):
            named = {when.period.year for when in times(text)}
            # A sentence before a table is no title of it.
            sentence = text.endswith(".") and not _RE["caption"].match(text)
            if (
                sentence
                or not named
                or not years
                or (len(table.levels) < 2 and max(named) in years)
            ):
                continue
            wrong = [] if re.search(r"\bplan|mål\b", text, re.IGNORECASE) else sorted(named - years)
            yield judge(
                "periode-i-titel", table.place, holds=not wrong, printed=text,
                right=" og ".join(map(str, sorted(years))), about=(table.title,),
                wrong=", ".join(map(str, wrong)),
            )  # fmt: skip
        whole = table.levels and all(c.period and c.period.kind == "Y" for c in table.levels)
        if whole and table.unit == "helårspersoner" and not table.derived:
            end = re.search(r"\bultimo (?:19|20)\d\d", table.title)
            yield judge(
                "ultimo-om-aar", table.place, holds=end is None, printed=table.title,
                right="årene uden »ultimo«", end=end[0] if end else "",
            )  # fmt: skip


def _odd_spans(plan: Plan) -> Iterator[Outcome]:
    """Judge the one table that shows a change over another time than all the others."""
    spans = [(table, months) for table in plan.own_tables if (months := _months(table)) is not None]
    counted = Counter(months for _, months in spans)
    usual, times_seen = counted.most_common(1)[0] if counted else (0, 0)
    for table, months in spans:
        if months == usual or (times_seen >= 4 and counted[months] == 1):
            yield judge(
                "andet-tidsrum", table.place, holds=months == usual, right=f"{usual} måneder",
                printed=" og ".join(level.label for level in table.levels), about=(table.title,),
                months=months, usual=usual,
            )  # fmt: skip


def _months(table: ReadTable) -> int | None:
    """Months between the two columns of a table that shows a change; None for other tables."""
    days = [level.period.last_day for level in table.levels if level.period]
    if len(days) != 2 or len(table.levels) != 2 or not table.having("change_pct"):
        return None
    return (days[1].year - days[0].year) * 12 + days[1].month - days[0].month


def _odd_heads(plan: Plan) -> Iterator[Outcome]:
    """Judge two tables whose periods are all the same but one."""
    heads = [(table, [p for c in table.levels if (p := c.period)]) for table in plan.own_tables]
    for (one, first), (two, second) in combinations(heads, 2):
        odd = [(a, b) for a, b in zip(first, second, strict=False) if a != b]
        alike = len(first) == len(second) >= _ORDERED and len(odd) <= 1
        if alike and all(a.index == b.index for a, b in odd):
            was, now = odd[0] if odd else (first[0], second[0])
            yield judge(
                "samme-hoved", two.place, holds=not odd, printed=now.head, right=was.head,
                about=(two.title,), title=one.title, was=was.text, now=now.text,
            )  # fmt: skip


def _backwards(plan: Plan) -> Iterator[Outcome]:
    """Judge »fra … til …«: which of the two comes first."""
    for sentence in plan.sentences:
        for match in _RE["years"].finditer(sentence.text):
            a, b = match["a"], match["b"]
            right = f"{b}-{a}"
            yield judge("periode-baglaens", sentence, holds=a <= b, right=right, second=b, first=a)
        for first, second in pairwise(times(sentence.text)):
            between = sentence.text[first.stop : second.start]
            if _RE["until"].fullmatch(between) and _RE["from"].search(sentence.text[: first.start]):
                begin, end = _day(first) or first.period.first_day, _day(second)
                yield judge(
                    "periode-baglaens", sentence, holds=(end or second.period.last_day) >= begin,
                    right=f"{second.period.text} til {first.period.text}",
                    second=second.period.text.capitalize(), first=first.period.text,
                )  # fmt: skip


def _stages(plan: Plan) -> Iterator[Outcome]:
    """Judge »drøftet den 3. oktober og vedtaget den 18. oktober«: in the order in which it is done."""
    for sentence in plan.prose:
        told = [w for w in times(sentence.text) if w.day]
        stages = [*_RE["stages"].finditer(sentence.text)] if len(told) > 1 else []
        dated = [(m, w) for m in stages for w in told if 0 <= w.start - m.end() <= 1]
        for (one, first), (two, second) in pairwise(dated):
            later = (one.lastgroup or "") < (two.lastgroup or "")
            begin, end = _day(first), _day(second)
            turned = _RE["reverses"].search(sentence.text[one.start() : second.start])
            if later and begin and end and not turned:
                yield judge(
                    "periode-baglaens", sentence, holds=begin <= end, right=f"efter {date_text(begin)}",
                    second=date_text(end).capitalize(), first=date_text(begin),
                )  # fmt: skip


def _lengths(plan: Plan) -> Iterator[Outcome]:
    """Judge »fra 1. marts til 31. oktober 2024, i alt otte måneder«."""
    for sentence in plan.prose:
        for match in _RE["lasts"].finditer(sentence.text):
            one, two = (MONTHS.index(match[name].casefold()) for name in ("m1", "m2"))
            last, first = int(match["y2"]), int(match["y1"] or 0)
            whole = (last - (first or last - (one > two))) * 12 + two - one
            day, end = int(match["d1"] or 1), int(match["d2"] or 31)
            exact = Decimal(whole) + Decimal(end - day + 1) / 30
            said = NUMBER_WORDS.get(match["n"].casefold()) or int(match["n"])
            holds = abs(exact - said) < Decimal("0.6") or (not match["d2"] and said == whole)
            yield judge(
                "periode-laengde", sentence, holds=holds, said=match["n"],
                right=f"{format_number(exact)} måneder",
            )  # fmt: skip


def _day(when: When) -> date | None:
    """The day that a text names; None where it names none."""
    last = when.period.last_day
    has_day = when.period.kind == "M" and 0 < when.day <= last.day
    return last.replace(day=when.day) if has_day else None


def _past(plan: Plan) -> Iterator[Outcome]:
    """Judge what is promised or expected: not before the plan was made."""
    made = _made(plan)
    for sentence in plan.prose:
        for match in _RE["to_come"].finditer(sentence.text):
            named = times(match["when"])
            if not named or re.search(r"\b(?:fra|siden|end|forhold til|niveauet)\b", match[0]):
                continue
            first = named[0].period
            too_early = plan.aar is not None and first.year < plan.aar - 1
            if too_early or (made is not None and first.kind == "M" and first.last_day < made):
                yield judge(
                    "fremtid-i-fortiden", sentence, right="et tidspunkt efter planens",
                    first=first.text.capitalize(),
                    since=f"planen for {plan.aar}" if too_early else f"planens dato, {made}",
                )  # fmt: skip


def _made(plan: Plan) -> date | None:
    """The date that the first lines of a plan give."""
    for passage in plan.document.passages[:12]:
        match = _RE["dated"].search(passage.text)
        if match and 1 <= int(match["m"]) <= 12 and 1 <= int(match["d"]) <= 28:
            return date(int(match["y"]), int(match["m"]), int(match["d"]))
    return None
