"""Rows set beside each other or given a direction in words: more than, so many times, the largest, risen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Literal

from beskplan.audit.model import Outcome
from beskplan.audit.patterns import patterns
from beskplan.audit.rules.registry import judge
from beskplan.audit.rules.tables_meant import is_elsewhere, tables_for
from beskplan.audit.rules.text_and_table import one_way, other_times
from beskplan.audit.statements.amounts import times
from beskplan.audit.statements.claims import is_of_another_measure, row_mentions
from beskplan.audit.statements.plan import Plan, Sentence
from beskplan.audit.statements.tables import Column, ReadTable, Row, cell_at
from beskplan.audit.statements.vocabulary import (
    NUMBER_WORDS,
    has_number,
    is_of_a_part,
    is_of_the_future,
    turns,
)
from beskplan.core.danish import format_number
from beskplan.core.periods import MONTHS
from beskplan.registers.areas import area

_RE = patterns("comparison", months=MONTHS)

Measure = Literal["level", "share", "change_pct"]
Named = tuple[tuple[Row, int, int], ...]
"""Rows with where a sentence names them."""

_WORDS = (_RE["more_than"], _RE["than_average"])
"""Words that compare two rows."""
_MOST = (
    _RE["most_moved"], _RE["largest_move"], _RE["move_is_largest"], _RE["largest"], _RE["highest"],
    _RE["ranked"], _RE["number"],
)  # fmt: skip
"""Words for the row that is first or last; without a direction it is of the sizes of the rows."""
_SIZES = ("share", "level")
_RANKS = {"næst": 2, "tredje": 3, "fjerde": 4, "femte": 5, "sjette": 6}
_NEAR = 90
"""Characters between a word of direction and the row that it is about, at most."""


def comparisons(plan: Plan) -> Iterator[Outcome]:
    """Judge what sentences say of rows in words, by the table that they stand beside."""
    every = (row for grid in plan.document.grids for row in grid.rows)
    noted = {row.place for row in every if any("[note" in cell for cell in row.cells[1:])}
    for sentence in plan.sentences:
        if sentence.is_quote:
            continue
        for table in (table for table, near in tables_for(plan, sentence) if near):
            named = row_mentions(sentence.text, table, plan.ydelser(sentence))
            # A number with a reservation is no place in an order.
            rows = [row for row in table.rows if not row.total and row.place not in noted]
            if len(rows) >= 2:
                yield from _superlatives(sentence, table, named, rows)
            yield from _tops_of_time(sentence, table)
            yield from _only(plan, sentence, table)
            if _is_about(plan, sentence, table):
                yield from _of_rows(sentence, table)
                yield from _compared(plan, sentence, table, named)
                yield from _directions(sentence, table, named)


def _is_about(plan: Plan, sentence: Sentence, table: ReadTable) -> bool:
    """Whether a sentence is about just what a table shows: its periods, all recipients, no plans."""
    text = sentence.text
    if is_of_the_future(text) or table.ambiguous:
        return False
    if not table.by_area:
        counted = re.sub(r"\b(?:19|20)\d\d\b|\d+-dagpenge", "", text)
        return not (
            is_elsewhere(plan, sentence, table) or is_of_another_measure(text, table)
            or has_number(counted)
        )  # fmt: skip
    there = {column.period for column in table.columns}
    years = {period.year for period in there if period}
    named = (when.period for when in times(text))
    shown = all(p in there or (p.kind == "Y" and p.year in years) for p in named)
    return shown and (table.special or not is_of_a_part(text))


def _value(table: ReadTable, row: Row, measure: Measure) -> Decimal | None:
    """What a table prints for a row, of the last period; a change is computed where it is not printed."""
    columns = table.levels[::-1] if measure == "level" else table.having(measure)
    printed = next((v for column in columns if (v := cell_at(row, column)) is not None), None)
    if printed is None and measure == "change_pct":
        moved, before = one_way(row, table), cell_at(row, (*table.levels, None)[0])
        return moved / before * 100 if moved is not None and before else None
    return printed


# ------------------------------------------------------------------------------ two rows


def _compared(plan: Plan, sentence: Sentence, table: ReadTable, named: Named) -> Iterator[Outcome]:
    for pattern in _WORDS if len(named) > 1 or table.by_area else ():
        for match in pattern.finditer(sentence.text):
            sides = _sides(plan, sentence, table, named, match)
            if sides is None:
                continue
            one, others = sides
            for other in others:
                holds, shown = _relation(sentence.text, table, match, (one, other))
                if holds is not None:
                    yield judge(
                        "sammenligning", sentence, holds=holds, right=shown, about=(one.label, other.label),
                        one=one.label, other=other.label, title=table.title, said=match[0].strip(),
                    )  # fmt: skip


def _sides(
    plan: Plan, sentence: Sentence, table: ReadTable, named: Named, match: re.Match[str]
) -> tuple[Row, list[Row]] | None:
    """Whose number is compared, and with whose."""
    text = sentence.text
    stop = _RE["clause_ends"].search(text, match.end())
    last = stop.start() if stop else len(text)
    # Whoever stands after an earlier "end" or "som i" is compared with, not compared.
    earlier = _RE["against"].search(text[: match.start()])
    first = min(match.start(), earlier.start()) if earlier else match.end()
    before = [row for row, at, _ in named if at < first]
    own = plan.row_of(table, plan.kode)
    one = own if own and (own in before or not before) else before[-1] if before else None
    others = [row for row, at, _ in named if match.end() <= at < last and row is not one]
    return (one, others) if one else None


def _measure(text: str, table: ReadTable, match: re.Match[str]) -> Measure:
    """What the words before a comparison speak of: the nearest decide."""
    shares = [m.start() for m in _RE["share"].finditer(text[: match.end()])]
    moves = [m.start() for m in _RE["moved"].finditer(text[: match.end()])]
    # "En anelse" is said of shares that lie two tenths apart or less, see docs/ordvalg.md.
    if not moves and (shares or "procentpoint" in text or "en anelse" in text):
        return "share"
    if shares and shares[-1] > moves[-1]:
        return "share"
    if moves and _RE["stands"].search(text[moves[-1] : match.start()]):
        return "share" if table.having("share") else "level"
    return "level" if not (moves or table.by_area) else "change_pct"


def _relation(
    text: str, table: ReadTable, match: re.Match[str], rows: tuple[Row, Row]
) -> tuple[bool | None, str]:
    """Whether words of comparison hold, None where they say nothing sure, and the two numbers."""
    measure = _measure(text, table, match)
    mine, theirs = (_value(table, row, measure) for row in rows)
    if mine is None or theirs is None:
        return None, ""
    shown = ", ".join(
        f"{row.label} {format_number(value, 1 if measure != 'level' else 0)}"
        for row, value in zip(rows, (mine, theirs), strict=True)
    )
    up = bool(match["up"]) and "afdæmpet" not in match[0].casefold()
    if measure == "change_pct":
        if (mine > 0) != (theirs > 0) and mine and theirs:
            return None, ""  # growth against decline: "mere" has no one meaning
        falling = any(way == "down" for way, at, _ in turns(text) if at < match.end())
        mine, theirs = (abs(mine), abs(theirs)) if falling or mine > 0 else (mine, theirs)
    return mine > theirs if up else mine < theirs, shown


def _of_rows(sentence: Sentence, table: ReadTable) -> Iterator[Outcome]:
    """Judge »alle fire ydelser er steget« by how many rows have."""
    rows = [row for row in table.rows if not (row.total or row.part)]
    rows = [row for row in rows if row.kind != "area" or area(row.key).kind == "kommune"]
    for match in (
        *_RE["of_rows"].finditer(sentence.text), *_RE["in_rows"].finditer(sentence.text)
    ):  # fmt: skip
        moved = [v for row in rows if (v := _value(table, row, "change_pct")) is not None]
        count = {word: NUMBER_WORDS.get((match[word] or "").casefold()) or int(match[word] or -1)
                 for word in ("n", "of")}  # fmt: skip
        if (
            len(moved) < len(rows)
            or len(rows) < 2
            or other_times(table, sentence)
            or count["of"] not in (-1, len(rows))
        ):
            continue
        there = sum(value > 0 if match["up"] else value < 0 for value in moved)
        said = len(rows) if match["all"] else 0 if match["none"] else count["n"]
        yield judge(
            "retning-uden-tal", sentence, holds=there == said, right=f"{there} af {len(rows)}",
            case="optalt", shown=f"{there} af {len(rows)}", title=table.title,
            way="steget" if match["up"] else "faldet",
        )  # fmt: skip


# ------------------------------------------------------------------------------ first of all rows


def _superlatives(
    sentence: Sentence, table: ReadTable, named: Named, rows: list[Row]
) -> Iterator[Outcome]:
    for pattern in _MOST:
        for match in pattern.finditer(sentence.text):
            if _RE["of_some"].search(sentence.text):
                continue
            row, words = _whose(sentence.text, named, match), match.groupdict()
            readings = list(_readings(table, sentence.text, match, rows))
            if row is None or not readings or row not in readings[0]:
                continue
            if words.get("up") or words.get("down") or words.get("it"):
                sign = -1 if words.get("down") or readings[0][row] < 0 < bool(words["it"]) else 1
                readings = [
                    {r: v * sign for r, v in one.items() if v * sign > 0} for one in readings
                ]
            rank = int(words.get("number") or _RANKS.get((words.get("rank") or "").casefold(), 1))
            tops = [_nth(one.values(), rank, lowest=bool(words.get("least"))) for one in readings]
            holds = any(
                row in one and one[row] == top for one, top in zip(readings, tops, strict=True)
            )
            way = "steget" if words.get("up") else "faldet"
            shown = f"{row.label} er ikke {way}"
            if row in readings[0] and tops[0] is not None:
                holder = next(r for r, v in readings[0].items() if v == tops[0])
                shown = f"{holder.label} har {format_number(tops[0], int(tops[0] % 1 != 0))}"
            yield judge(
                "den-stoerste", sentence, holds=holds, right=shown, about=(row.label,), row=row.label,
                title=table.title,
            )  # fmt: skip


def _only(plan: Plan, sentence: Sentence, table: ReadTable) -> Iterator[Outcome]:
    """Judge »Kun Odder ligger højere« by the municipalities that do."""
    own = plan.row_of(table, plan.kode) if table.by_area else None
    if own is None or table.ambiguous:
        return
    for match in _RE["only"].finditer(sentence.text):
        others = [r for r in table.rows if r.kind == "area" and area(r.key).kind == "kommune"]
        measure: Measure = "share" if table.having("share") else "level"
        size = {r: v for r in others if (v := _value(table, r, measure)) is not None}
        beyond = [r for r in size if own in size and r is not own and size[r] != size[own]
                  and (size[r] > size[own]) == bool(match["up"])]  # fmt: skip
        if len(size) > 2 and any(r.label.casefold() in match["who"].casefold() for r in size):
            named = [r for r in size if r.label.casefold() in match["who"].casefold()]
            yield judge(
                "sammenligning", sentence, holds=set(named) == set(beyond), said=match[0],
                right=", ".join(r.label for r in beyond) or "ingen", one=match["who"],
                other=own.label, title=table.title,
            )  # fmt: skip


def _tops_of_time(sentence: Sentence, table: ReadTable) -> Iterator[Outcome]:
    """Judge »færrest var der i 1. kvartal« by a table with the quarters or months in rows or columns."""
    for match in _RE["top_slot"].finditer(sentence.text):
        best = min if match["least"] else max
        rows = [(row, _slot(row.label)) for row in table.rows if _slot(row.label)]
        columns = [
            (c, _slot(c.label)) for c in table.columns if c.role == "level" and _slot(c.label)
        ]
        heads = [c for c in table.having("level") if _is_of_year(c.label, match["year"] or "")]
        across = [[(slot, row, c) for row, slot in rows] for c in heads if len(rows) > 2]
        down = [[(slot, row, c) for c, slot in columns] for row in table.rows if len(columns) > 2]
        runs = [{slot: v for slot, r, c in cells if (v := cell_at(r, c)) is not None}
                for cells in (*across, *down)]  # fmt: skip
        said = _slot(match["slot"][2:])
        meant = [(run, key) for run in runs if len(run) > 2 and (key := _told_in(run, said))]
        if meant:
            tops = [one for run, _ in meant for one in run if run[one] == best(run.values())]
            yield judge(
                "den-stoerste", sentence, holds=any(key in tops for _, key in meant), right=tops[0],
                row=said, title=table.title, about=(said,),
            )  # fmt: skip


def _told_in(run: dict[str, Decimal], said: str) -> str:
    """The quarter or month of a table that a text means; empty where it may be that of several years."""
    bare = said.partition(" 20")[0]
    found = [one for one in run if one in (said, bare) or one.startswith(f"{said} ")]
    return found[0] if len(found) == 1 else ""


def _is_of_year(label: str, year: str) -> bool:
    return not year or year in label or not re.search(r"20\d\d", label)


def _slot(label: str) -> str:
    """The quarter or month that a label begins with, and its year if it has one; or empty."""
    if (match := _RE["slot_head"].match(label)) is None:
        return ""
    year = re.search(r"\b20\d\d\b", label)
    name = f"{match['quarter']}. kvartal" if match["quarter"] else match["month"].casefold()
    return f"{name} {year[0]}" if year else name


def _nth(values: Iterable[Decimal], rank: int, *, lowest: bool) -> Decimal | None:
    """The number at a place in the order."""
    return next(iter(sorted(values, reverse=not lowest)[rank - 1 :]), None)


def _whose(text: str, named: Named, match: re.Match[str]) -> Row | None:
    """The row that a superlative is about: named right after it, else right before it."""
    rows = [one for one in named if not one[0].total]
    if match.groupdict().get("of_them") or text[match.end() :].startswith(" af de tre"):
        return next((row for row, _, end in rows if end <= match.start()), None)
    stop = re.search(r", og\b| og (?:det|den|faldet|steget)\b|[;.]", text[match.end() :])
    last = match.end() + stop.start() if stop else len(text)
    follows = match.groupdict().get("after") or match.groupdict().get("after_it")
    after = [row for row, at, _ in rows if match.end() <= at < last] if follows else []
    before = [
        row for row, _, end in rows
        if 0 <= match.start() - end <= 45
        and "," not in text[end : match.start()].replace(", der", "")
    ]  # fmt: skip
    return after[0] if after else before[-1] if before else None


def _readings(
    table: ReadTable, text: str, match: re.Match[str], rows: list[Row]
) -> Iterator[dict[Row, Decimal]]:
    """The numbers of the rows that a superlative may be about: counts, then per cent."""
    words = match.groupdict()
    if what := words.get("what"):
        # »Den højeste ledighed« of the municipalities: by the latest column that has it in its head.
        sizes_of = [c for c in table.columns if c.role in _SIZES]
        stem, title = what[:5].casefold(), table.title.casefold()
        named = [c for c in sizes_of if stem in c.label.casefold()]
        if stem in title or (stem == "andel" and "pct" in title):
            said = {when.period for when in times(text)}
            named = named or [c for c in sizes_of if c.period in said] or sizes_of
        last = max(named, key=lambda c: c.period.last_day if c.period else date.min, default=None)
        of_all = [r for r in rows if r.kind != "area" or area(r.key).kind == "kommune"]
        yield {r: v for r in of_all if (v := cell_at(r, last)) is not None}
        return
    if not (words.get("up") or words.get("down") or words.get("it")):
        shares = table.having("share")[-1:]
        columns = shares if "andel" in text.casefold() else (*table.levels[-1:], *shares)
        if words.get("least"):  # »Øvrige« is a rest of several small groups, not a group
            rows = [row for row in rows if "øvrige" not in row.label.casefold()]
        for column in columns if not table.by_area else ():
            sizes = {r: v for r in rows if (v := cell_at(r, column)) is not None}
            if len(sizes) == len(rows) or not words.get("least"):
                yield sizes
        return
    in_counts = _RE["in_counts"].search(text, max(0, match.start() - _NEAR), match.end() + _NEAR)
    relative = not in_counts and (table.by_area or _RE["relatively"].search(text))
    moved = {} if relative else _moved(table, rows, text[: match.start()])
    pcts = {row: v for row in rows if (v := _value(table, row, "change_pct")) is not None}
    # »Steget mest« may be said of printed per cents too.
    also = pcts if table.having("change_pct") and not in_counts else {}
    readings = [pcts] if relative else [moved, also]
    # Of several columns of changes any may be meant.
    for several in (table.having("change"), table.having("change_pct")):
        if len(several) > 1:
            readings += [{r: v for r in rows if (v := cell_at(r, c)) is not None} for c in several]
    yield from [one for one in readings if len(one) > 1]


def _moved(table: ReadTable, rows: list[Row], before: str) -> dict[Row, Decimal]:
    """How each row has moved since the period that the text names, else as the table shows it."""
    columns, levels = table.having("change"), table.levels
    named = [when.period for when in times(before)]
    there = {level.period: level for level in levels if level.period}
    since = [there[period] for period in named if period in there]
    if len(levels) >= 2 and (since or not columns):
        only = len(set(named)) == 1 or re.search(r"\bsiden\b", before, re.IGNORECASE)
        first = since[-1] if since and only else levels[0]
        return {r: v for r in rows if (v := _between(r, first, levels[-1])) is not None}
    column = columns[0] if len(columns) == 1 else None
    return {row: v for row in rows if (v := cell_at(row, column)) is not None}


def _between(row: Row, first: Column, last: Column) -> Decimal | None:
    before, now = cell_at(row, first), cell_at(row, last)
    return now - before if before is not None and now is not None else None


# ------------------------------------------------------------------------------ which way


def _directions(sentence: Sentence, table: ReadTable, named: Named) -> Iterator[Outcome]:
    """Judge each word of direction by the change of the row that it is about."""
    text = sentence.text
    words = turns(text) if table.by_area else turns(text, also=_RE["fewer"])
    for at, (way, start, end) in enumerate(words if not _RE["of_a_gap"].search(text) else ()):
        row = _nearest(text, named, words[at - 1][2] if at else 0, (start, end),
                       words[at + 1][1] if at + 1 < len(words) else len(text))  # fmt: skip
        change = _value(table, row, "change_pct") if row else None
        if row and way != "same" and change and abs(change) >= 1:
            shown = format_number(change, 0, signed=True)
            yield judge(
                "retning-uden-tal", sentence, holds=(change > 0) == (way == "up"), about=(row.label,),
                right=f"{row.label}: {shown} pct.", row=row.label, shown=shown, title=table.title,
                way="steget" if way == "up" else "faldet",
            )  # fmt: skip


def _nearest(text: str, named: Named, low: int, word: tuple[int, int], high: int) -> Row | None:
    """The row that a word is about: the nearest one named before it in its clause, else after it."""
    start, end = word
    stop = re.search(r"\bend\b|\bi forhold til\b|\bmens\b|, (?:men|og)\b", text[end:high])
    high = end + stop.start() if stop else high
    low = max((m.end() for m in re.finditer(r"\bmens\b|\. |, men\b", text[:start])), default=low)
    if re.search(r"end |\bforhold til\b", text[low:start]):
        return None
    gaps = [(text[end:at], row) for row, at, _ in named if end <= at < high]
    gaps += [(text[stop:start], row) for row, at, stop in named if low <= at and stop <= start]
    # A comma between a word and a name parts two clauses.
    near = [(len(gap) + 40 * gap.count(","), n, row) for n, (gap, row) in enumerate(gaps)]
    return min(near)[2] if near and min(near)[0] < _NEAR else None
