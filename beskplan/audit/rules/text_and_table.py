"""Sentences against the tables that their numbers are taken from: number, direction and period."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import combinations, groupby, pairwise

from beskplan.audit.model import Outcome
from beskplan.audit.patterns import patterns
from beskplan.audit.rules.registry import judge
from beskplan.audit.rules.tables_meant import LONGEST, is_elsewhere, tables_for
from beskplan.audit.statements.amounts import PCT, POINTS, REMEMBERED, Amount, amounts, times
from beskplan.audit.statements.claims import Claim, read_claims, row_mentions
from beskplan.audit.statements.plan import Plan, Sentence
from beskplan.audit.statements.skeleton import Skeleton, Token, skeleton
from beskplan.audit.statements.tables import Column, ReadTable, Row, cell_at
from beskplan.audit.statements.vocabulary import WAYS, has_number, is_of_the_future
from beskplan.core.danish import format_number, format_pct

_RE = patterns("text_and_table")

Beside = tuple[Sentence, ReadTable, Claim, bool]
"""A claim with its sentence, its table, and whether the sentence stands beside the table."""


_TELLING = 20
"""A count this large is found in a table by more than chance."""
_NEAR_RATE = Decimal("0.15")
"""A rate of a text that lies further from the table's than this part of it is of something else."""
_NEAR = Decimal("0.5")
"""A number of a text that lies further from the table's than this part of it is hardly meant to be it."""
_BESIDE = 60
"""Letters between the name of a row and its number, at most."""


def text_against_tables(plan: Plan) -> Iterator[Outcome]:
    """Judge every number of the text that a table has."""
    for sentence in plan.sentences:
        if has_number(sentence.text):
            yield from _claims(plan, claims_of(plan, sentence))
            told = not (is_of_the_future(sentence.text) or sentence.is_quote)
            if told and sentence.kind != "heading":
                yield from _several_rows(plan, sentence)
            yield from _stray(plan, sentence)


def _claims(plan: Plan, claims: Sequence[Beside]) -> Iterator[Outcome]:
    """Judge the claims of one sentence."""
    yield from _respectively([claim for claim in claims if claim[2].listed])
    for sentence, table, claim, near in claims:
        if not claim.listed:
            yield from _number(plan, sentence, table, claim, near)
            if near:
                yield from _direction(sentence, table, claim)
                yield from _period(plan, sentence, table, claim)


@lru_cache(REMEMBERED)
def claims_of(plan: Plan, sentence: Sentence) -> tuple[Beside, ...]:
    """The claims of a sentence; where it speaks of the future, only those that are dated."""
    future = is_of_the_future(sentence.text)
    if _RE["left_out"].search(sentence.text):
        return ()
    return tuple(
        (sentence, table, claim, near)
        for table, near in (tables_for(plan, sentence) if has_number(sentence.text) else ())
        for claim in read_claims(sentence.text, table, plan.kode, plan.ydelser(sentence))
        if claim.dated or not future
    )


# ------------------------------------------------------------------------------ one number


def _number(
    plan: Plan, sentence: Sentence, table: ReadTable, claim: Claim, near: bool
) -> Iterator[Outcome]:
    right = _value(table, claim, sentence)
    if right is None or not (near or _certain_elsewhere(claim, sentence, table)):
        return
    plan.mark_text(sentence, (claim.amount,))
    plan.mark_value(table, claim.row, right)
    holds = claim.amount.means(right)
    if not holds and table.unit == PCT and not _is_slip_of_rate(claim, right):
        return  # another rate than the table's
    if not holds and claim.measure in ("before", "now") and claim.amount.decimals > _most(table):
        return  # a mean or a rate beside counts
    # A change may be slipped by any factor; a level or a share is near what it is.
    level = claim.measure in ("before", "now", "share")
    if not holds and level and not _may_be_a_slip(table, claim, right):
        return  # a number of something that the table does not show
    if not holds and (_is_of_the_row(table, claim) or _fits_another(plan, sentence, table, claim)):
        return
    printed = format_number(abs(right), max(claim.amount.decimals, _decimals(table, claim)))
    whose = claim.row.label if claim.other is None else f"{claim.row.label} og {claim.other.label}"
    other = "" if holds else _swapped(table, claim)
    yield judge(
        "tekst-mod-tabel", sentence, holds=holds, right=f"{printed} for {whose}",
        about=(claim.row.label,), sure=near and bool(claim.sure or claim.other),
        said=claim.amount.text.strip(), title=table.title,
        why=f" Tallet er det, som tabellen har for {other}." if other else "",
    )  # fmt: skip


def _most(table: ReadTable) -> int:
    """The most decimals that the levels of a table are printed with."""
    return max((cell.decimals for *_, cell in table.numbers(table.levels)), default=0)


def _is_slip_of_rate(claim: Claim, right: Decimal) -> bool:
    """Whether a rate is so near the table's, or a gap told of it, that it is hardly another one."""
    said = abs(claim.amount.value)
    return claim.measure == "gap" or abs(said - abs(right)) <= abs(right) * _NEAR_RATE


def _may_be_a_slip(table: ReadTable, claim: Claim, right: Decimal) -> bool:
    """Whether a number that is wrong by the table is one as people write it by mistake.

    It is near the right one, has its digits but one, or two in another order, or stands in another cell
    of the table.
    """
    said, meant = claim.amount, claim.amount._replace(value=right)
    if abs(abs(said.value) - abs(right)) <= abs(right) * _NEAR or said.is_like(meant, loose=True):
        return True
    cells = (cell for row in table.rows for cell in row.cells if cell)
    alike = (cell for cell in cells if cell.decimals == said.decimals)
    return abs(said.value) >= _TELLING and any(abs(c.value) == abs(said.value) for c in alike)


def _value(table: ReadTable, claim: Claim, sentence: Sentence) -> Decimal | None:
    """What the table has where a claim points; None where it points at nothing in the table."""
    if claim.measure in ("before", "now"):
        return cell_at(claim.row, _level_column(table, claim))
    return _signed(table, claim, sentence)


def one_way(row: Row, table: ReadTable) -> Decimal | None:
    """How a row has moved from the first period to the last, where it went one way all the time."""
    values = [cell_at(row, column) for column in table.levels if column.period]
    known = [value for value in values if value is not None]
    steps = {after > before for before, after in pairwise(known) if after != before}
    whole = len(known) == len(table.levels) > 1
    return known[-1] - known[0] if whole and len(steps) <= 1 else None


def _signed(table: ReadTable, claim: Claim, sentence: Sentence) -> Decimal | None:
    """The change, share or gap that a table has for a claim, with its sign."""
    if claim.measure in ("gap", "share"):
        column = _level_column(table, claim) if table.unit == PCT else _share_column(table, claim)
        mine = cell_at(claim.row, column)
        if column is None or mine is None:
            return None
        if claim.measure == "gap":
            other = cell_at(claim.other, column)
            return mine - other if other is not None else None
        of = _RE["of_what"].match(sentence.text, claim.amount.end) or _RE["of_before"].search(
            sentence.text[: claim.amount.start]
        )
        words = f"{column.base} {column.label if 'ndel' in column.label else ''}".casefold()
        elsewhere = of is not None and of["what"][:5].casefold() not in words
        return None if elsewhere or not _is_of_its_time(table, column, claim, sentence) else mine
    pair = _moved_between(table, claim, sentence)
    before, now = (cell_at(claim.row, column) for column in pair) if pair else (None, None)
    if before is None or now is None:
        return _only_change(table, claim, sentence)
    if claim.measure == "change":
        return now - before
    # The printed change where there is one: a reader looks it up.
    cells = [claim.row.cells[column.index] for column in table.having("change_pct")]
    printed = [cell.value for cell in cells if cell is not None]
    # Of several columns any may be meant.
    meant = [value for value in printed if claim.amount.means(value)]
    return next(iter(meant + printed), (now / before - 1) * 100 if before else None)


def _share_column(table: ReadTable, claim: Claim) -> Column | None:
    """The only column of shares; of several periods the one that is told, else the latest."""
    if any(column.area for column in table.columns if column.role == "share"):
        return None  # of several areas any may be meant
    shares = table.having("share")
    by_period = {column.period: column for column in shares if column.period}
    if len(shares) < 2 or len(by_period) < len(shares) or len({c.base for c in shares}) > 1:
        return shares[0] if len(shares) == 1 else None
    if claim.when is not None:
        return by_period.get(claim.when.period)
    return max(shares, key=lambda column: column.period.last_day if column.period else date.min)


def _is_of_its_time(table: ReadTable, column: Column, claim: Claim, sentence: Sentence) -> bool:
    """Whether a share's period is the one that the text means."""
    if claim.when is None:
        return not other_times(table, sentence)
    said, there = claim.when.period, column.period
    return there is None or said == there or (said.kind == "Y" and said.year == there.year)


def _only_change(table: ReadTable, claim: Claim, sentence: Sentence) -> Decimal | None:
    """A printed change in a table that does not print both levels."""
    if len(table.levels) >= 2 or claim.measure not in ("change", "change_pct"):
        return None
    columns = table.having(claim.measure)
    alone = len(columns) == 1 and not other_times(table, sentence)
    return cell_at(claim.row, columns[0]) if alone else None


def _level_column(table: ReadTable, claim: Claim) -> Column | None:
    levels = table.levels
    if claim.when is not None:
        return next((column for column in levels if column.period == claim.when.period), None)
    if len(levels) < 2:
        return levels[0] if levels and claim.measure == "now" else None
    if claim.measure == "before":
        return levels[0] if len(levels) == 2 else None
    return levels[-1]


def _moved_between(
    table: ReadTable, claim: Claim, sentence: Sentence
) -> tuple[Column, Column] | None:
    """The two levels that a change in the text is between."""
    levels = table.levels
    named = list(claim.span) or [when.period for when in times(sentence.text, table.periods)]
    there = {column.period: column for column in levels if column.period}
    if any(period not in there for period in named):
        return None
    known = [there[period] for period in dict.fromkeys(named)]
    if known and re.search(r"\bsiden\b", sentence.text, re.IGNORECASE):
        return known[0], levels[-1]
    if len(known) == 2:
        first, last = sorted(known, key=levels.index)
        return first, last
    whole = len(levels) == 2 or (not known and _RE["whole_time"].search(sentence.text))
    return (levels[0], levels[-1]) if whole and levels else None


def other_times(table: ReadTable, sentence: Sentence) -> bool:
    """Whether a sentence names a period that a table does not show."""
    there = {p for column in table.columns for p in (column.period, *(column.span or ())) if p}
    years = {period.year for period in there}
    return any(w.period not in there and w.period.year not in years for w in times(sentence.text))


def _certain_elsewhere(claim: Claim, sentence: Sentence, table: ReadTable) -> bool:
    """Whether a number far from its table is surely meant: its period and its base are named."""
    if table.long_term and claim.measure == "change":
        return len(claim.span) == 2
    there = {column.period for column in table.columns}
    if claim.measure == "change_pct" and claim.sure and table.by_area:
        named = [when.period for when in times(sentence.text)]
        return bool(named) and all(period in there for period in named)
    if claim.when is None or claim.when.period not in there:
        return False
    shares = table.having("share")
    base = shares[0].base[:8] if shares else ""
    if table.unit == PCT:
        return False
    word = base if claim.measure == "share" else table.unit[:-2]
    return bool(word) and word in sentence.text.casefold()


def _is_of_the_row(table: ReadTable, claim: Claim) -> bool:
    """Whether the number is another of the same row: the sentence may mean that one."""
    level = claim.measure in ("before", "now") and not claim.when
    # Of two levels the other one may be a slip.
    meant = {"change_pct"} if claim.measure == "share" else {"other"} if level else set()
    meant |= {"level", "share"} if level and len(table.levels) > 2 else set()
    cells = (claim.row.cells[column.index] for column in table.columns if column.role in meant)
    return any(cell and claim.amount.means(cell.value) for cell in cells)


def _fits_another(plan: Plan, sentence: Sentence, table: ReadTable, claim: Claim) -> bool:
    """Whether the same sentence, read beside another table that it may be about, agrees."""
    return any(
        right is not None and other.amount.means(right)
        for _, one, other, _ in claims_of(plan, sentence)
        if one is not table and other.amount.start == claim.amount.start
        for right in [_value(one, other, sentence)]
    )


def _swapped(table: ReadTable, claim: Claim) -> str:
    """The row that has the number of the text, where it is not the claimed one's."""
    printed = {"share": table.having("share"), "change_pct": table.having("change_pct")}
    shown = table.numbers(printed.get(claim.measure, table.levels))
    others = ((row, cell) for row, _, cell in shown if row is not claim.row)
    return next((row.label for row, cell in others if claim.amount.means(cell.value)), "")


def _decimals(table: ReadTable, claim: Claim) -> int:
    if claim.measure not in ("share", "gap"):
        return claim.amount.decimals
    return max((cell.decimals for *_, cell in table.numbers(table.having("share"))), default=1)


def _direction(sentence: Sentence, table: ReadTable, claim: Claim) -> Iterator[Outcome]:
    if claim.direction not in ("up", "down") or claim.measure in ("before", "share"):
        return
    if claim.amount.value == 0:
        return  # `0 pct.` goes neither way: a word beside it is another number's
    right = _signed(table, claim, sentence)
    if right is None and claim.measure in ("change", "change_pct") and not times(sentence.text):
        right = one_way(claim.row, table)
    if right:
        way = "up" if right > 0 else "down"
        words = {"up": "højere", "down": "lavere"} if claim.measure == "gap" else WAYS
        yield judge(
            "retning-mod-tabel", sentence, holds=way == claim.direction, about=(claim.row.label,),
            right=f"{claim.row.label}: {words[way]}", sure=claim.sure, said=words[claim.direction],
            row=claim.row.label, title=table.title,
            shown=format_number(right, _decimals(table, claim), signed=True),
        )  # fmt: skip


def _period(plan: Plan, sentence: Sentence, table: ReadTable, claim: Claim) -> Iterator[Outcome]:
    """A number of the table under another period than the one that the text names."""
    shown = {column.period: column for column in table.levels if column.period}
    if claim.when is None or claim.measure not in ("now", "before") or claim.when.period in shown:
        return
    if claim.when.period.text.casefold() in plan.drawn_periods(sentence.place.section):
        return  # A curve of many periods stands beside the table: its text names those.
    hits = [c for c in shown.values() if cell_at(claim.row, c) == claim.amount.value]
    if hits and claim.when.period.kind in {period.kind for period in shown}:
        yield judge(
            "periode-i-tekst", sentence, right=hits[0].label, about=(claim.row.label,),
            said=claim.when.period.text, title=table.title, number=claim.amount.text,
        )  # fmt: skip


def _respectively(claims: list[Beside]) -> Iterator[Outcome]:
    """Judge two numbers after »hhv.«: as they stand, and with the two rows exchanged."""
    for _, pair in groupby(claims, key=lambda one: id(one[1])):
        ones = list(pair)
        sentence, table = ones[0][:2]
        values = [_value(table, claim, sentence) for _, _, claim, _ in ones]
        if len(ones) != 2 or None in values or other_times(table, sentence):
            continue
        numbers = [one[2].amount for one in ones]
        rows = [one[2].other or one[2].row for one in ones]
        fits, crossed = (
            [n.means(v) for n, v in zip(numbers, order, strict=True) if v is not None]
            for order in (values, values[::-1])
        )
        if not any((*fits, *crossed)):
            continue
        decimals = max(number.decimals for number in numbers)
        shown = (format_number(abs(v), decimals) for v in values if v is not None)
        yield judge(
            "hhv-orden", sentence, holds=all(fits), about=tuple(row.label for row in rows),
            right=" og ".join(f"{row.label} {v}" for row, v in zip(rows, shown, strict=True)),
            case="ombyttet" if all(crossed) else "fund",
        )  # fmt: skip
        return


def _stray(plan: Plan, sentence: Sentence) -> Iterator[Outcome]:
    """Judge a list of per cents that are all but one a column's numbers in order."""
    pcts = [n for n in amounts(sentence.text) if n.unit == PCT]
    table = plan.section_table(sentence) if len(pcts) >= 4 else None
    if table is None or sentence.is_quote:
        return
    columns = {
        c.index: [cell for row in table.rows if (cell := row.cells[c.index])] for c in table.columns
    }
    for column in table.columns:
        cells, others = columns[column.index], columns.items()
        elsewhere = {abs(one.value) for at, some in others if at != column.index for one in some}
        pairs = zip(pcts, cells, strict=False)
        stray = [(n, cell) for n, cell in pairs if abs(n.value) != abs(cell.value)]
        # A number of another column is put in between, and no stranger.
        if any(abs(n.value) in elsewhere for n, _ in stray):
            continue
        if 4 <= len(cells) <= len(pcts) and len(stray) < 2:
            said, printed = stray[0] if stray else (pcts[0], cells[0])
            yield judge(
                "fremmed-tal", sentence, holds=not stray, right=printed.text, head=column.label,
                title=table.title, said=said.text,
            )  # fmt: skip


def share_of_total(plan: Plan, sentence: Sentence, part: Token, share: Token) -> Outcome | None:
    """Judge »223 borgere kom i job. Det er 38 pct.« by the table beside it.

    None where no cell, or more than one, has the count, or the share is hardly of its total.
    """
    near = plan.section_table(sentence)
    size = part.number.value
    rows = near.as_printed.rows if near and size >= _TELLING else ()
    hits = [
        (row, c) for row in rows for c, cell in enumerate(row.cells)
        if cell and cell.value == size and not (cell.unit or row.total)
    ]  # fmt: skip
    single = bool(hits)
    if not hits:  # two rows together: »440 varede mere end 26 uger«
        hits = [
            (row, c) for row, after in pairwise(rows) for c, cell in enumerate(row.cells)
            if cell and (then := after.cells[c]) and cell.value + then.value == size
            and not (cell.unit or row.total or after.total)
        ]  # fmt: skip
    totals = [row for row in rows if row.total]
    if len(hits) != 1 or len(totals) != 1 or hits[0][0].part:
        return None
    (row, column), means = hits[0], share.number.means if share.amount else share.is_about
    whole, cells = totals[0].cells[column], [cell for cell in row.cells if cell]
    right = size / whole.value * 100 if whole and whole.value else Decimal(0)
    if whole is None or not right or not Decimal("0.4") <= share.size / right <= Decimal("2.5"):
        return None
    wholes = [cell.value for cell in (*totals[0].cells, *cells) if cell and cell.value > size]
    rights = [*(cell.value for cell in cells if single), *(size / one * 100 for one in wholes)]
    return judge(
        "del-i-parentes", sentence, holds=any(map(means, rights)), right=format_pct(right),
        about=(row.label,), part=part.text, whole=whole.text,
        said=sentence.text[share.start : share.end],
    )  # fmt: skip


# ------------------------------------------------------------------------------ slips


def slips(plan: Plan) -> Iterator[Outcome]:
    """Judge numbers of the text that nothing else has looked at by the cells that they resemble.

    A number that no table and no other sentence has, and that no two cells of its row give, but that
    has one digit other than a cell of the row named beside it, or two in another order.
    """
    known = Counter(abs(n.value) for s in plan.prose for n in amounts(s.text))
    rows = [row for table in plan.tables for row in table.as_printed.rows]
    cells = {abs(cell.value) for row in rows for cell in row.cells if cell}
    for sentence in plan.prose:
        near = plan.section_table(sentence) if has_number(sentence.text) else None
        text = sentence.text
        left_out = sentence.is_quote or is_of_the_future(text) or len(text) > LONGEST
        if near is None or left_out or near.as_printed.derived:
            continue
        table = near.as_printed
        named = row_mentions(sentence.text, table, plan.ydelser(sentence))
        for amount in amounts(sentence.text):
            at = (sentence.part, id(sentence), amount.start)
            new = known[abs(amount.value)] == 1 and abs(amount.value) not in cells
            if new and at not in plan.checked and not (amount.qualifier or amount.unit == POINTS):
                yield from _slip(sentence, table, named, amount)


def _slip(
    sentence: Sentence, table: ReadTable, named: Sequence[tuple[Row, int, int]], amount: Amount
) -> Iterator[Outcome]:
    """Judge one number by the cells of the row that its sentence names last before it."""
    before = [one for one in named if one[2] <= amount.start]
    row, _, end = before[-1] if before else (None, 0, 0)
    if row is None or amount.start - end > _BESIDE:
        return
    tied = _RE["labelled"].fullmatch(sentence.text, end, amount.start) is not None
    cells = [cell for cell in row.cells if cell is not None]
    values = {cell.value for cell in cells}
    told = {abs(one.value) for one in amounts(sentence.text)}
    derived = {number for a, b in combinations(values, 2) for number in (abs(a - b), a + b)}
    like = [
        cell for cell in cells
        if abs(cell.value) not in told and (cell.unit == PCT) == (amount.unit == PCT)
        and amount.is_like(cell, loose=tied)
    ]  # fmt: skip
    if len(like) == 1 and not any(amount.means(value) for value in derived):
        yield judge(
            "tekst-mod-tabel", sentence, right=f"{like[0].text} for {row.label}", about=(row.label,),
            said=amount.text.strip(), title=table.title, why="",
        )  # fmt: skip


# ------------------------------------------------------------------------------ several rows


def _several_rows(plan: Plan, sentence: Sentence) -> Iterator[Outcome]:
    """Judge shares of rows, and rows added."""
    form = skeleton(sentence.text)
    for table, near in tables_for(plan, sentence):
        if near and not table.by_area and not is_elsewhere(plan, sentence, table):
            named = row_mentions(sentence.text, table, plan.ydelser(sentence))
            rows = [(row, start, end) for row, start, end in named if not row.total]
            yield from _shares_of_rows(sentence, form, table, rows)
            yield from _added(sentence, form, table, rows)


def _shares_of_rows(
    sentence: Sentence, form: Skeleton, table: ReadTable, named: list[tuple[Row, int, int]]
) -> Iterator[Outcome]:
    """Judge »udgør 25 pct. af alle« by the total row, and »en fjerdedel af de sygemeldte, 310« by theirs."""
    for match in _RE["share_of"].finditer(form.text):
        share = form.token(match, "share")
        whole, part = (form.token(match, one) if match[one] else None for one in ("whole", "n"))
        before = [row for row, _, end in named if end <= share.start]
        of = [row for row, at, end in named if part and share.end <= at and end <= part.start]
        total = next((row for row in table.rows if row.total), None)
        rows = (None, of[0]) if len(of) == 1 else (before[-1], total) if before else (None, None)
        if not of and not (match["is"] and (whole or match["every"])):
            continue
        pairs = [(part.size if of and part else cell_at(rows[0], c), cell_at(rows[1], c))
                 for c in table.levels]  # fmt: skip
        rights = [
            (b, a / b * 100) for a, b in pairs
            if a is not None and b and a <= b and (whole is None or whole.size == b)
        ]  # fmt: skip
        if rights:
            means = share.number.means if share.amount else share.is_about
            about = next(row for row in rows if row)
            yield judge(
                "del-i-parentes", sentence, holds=any(means(right) for _, right in rights),
                right=format_pct(rights[-1][1], share.amount.decimals if share.amount else 0),
                about=(about.label,), part=part.number.text if of and part else about.label,
                whole=format_number(rights[-1][0]), said=sentence.text[share.start : share.end],
            )  # fmt: skip


def _added(
    sentence: Sentence, form: Skeleton, table: ReadTable, named: list[tuple[Row, int, int]]
) -> Iterator[Outcome]:
    for match in _RE["together"].finditer(form.text):
        said = form.token(match, "n")
        before = [one for one in named if one[2] <= said.start]
        joined = all(
            _RE["and"].fullmatch(sentence.text[end:start])
            for (_, _, end), (_, start, _) in pairwise(before)
        )
        rows = list(dict.fromkeys(row for row, _, _ in before))
        column = _column_at(table, form, said)
        values = [cell_at(row, column) for row in rows]
        if len(rows) < 2 or not joined or None in values:
            continue
        right = sum((value for value in values if value is not None), Decimal(0))
        yield judge(
            "sum-i-tekst", sentence, holds=abs(right - said.size) <= len(rows) // 2, case="af_raekker",
            right=format_number(right), about=tuple(row.label for row in rows), title=table.title,
            names=" og ".join(row.label for row in rows), said=said.number.text,
        )  # fmt: skip


def _column_at(table: ReadTable, form: Skeleton, number: Token) -> Column | None:
    """The level column of the period told nearest before a number, else behind it, else the latest."""
    when = [t.when for t in form.tokens if t.when]
    if not when:
        return table.levels[-1] if table.levels else None
    near = next((w for w in reversed(when) if w.stop <= number.start), when[0])
    return next((c for c in table.levels if c.period == near.period), None)
