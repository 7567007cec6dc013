"""Numbers in sentences against the tables that they are taken from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from beskplan.audit.model import Agreed, Certainty, Finding, Outcome
from beskplan.audit.statements.amounts import PCT, REMEMBERED, Amount, amounts
from beskplan.audit.statements.claims import Claim, read_claims
from beskplan.audit.statements.names import area_mentions
from beskplan.audit.statements.plan import Plan, kommuner_in
from beskplan.audit.statements.scan import Scan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.tables import Column, ReadTable
from beskplan.audit.statements.times import When, times
from beskplan.audit.statements.vocabulary import (
    Direction,
    has_number,
    is_of_the_future,
    quotes_another,
)
from beskplan.core.numbers import format_number

_WAYS = {"up": "stiger", "down": "falder", "same": "er uændret"}
_LONG_TERM = Scan(
    r"\blangtidsledig|\blangvarigt? ledig|\blang varighed|\b52 uger|52\+", re.IGNORECASE
)
"""Words for those whom a table of long courses counts."""


@lru_cache(REMEMBERED)
def tables_for(plan: Plan, sentence: Sentence) -> tuple[tuple[ReadTable, bool], ...]:
    """The tables that a sentence may be about, and whether it stands beside the table.

    A sentence that names another benefit or another municipality than the table's is not about that
    table.
    """
    return tuple(_tables_for(plan, sentence))


def _tables_for(plan: Plan, sentence: Sentence) -> Iterator[tuple[ReadTable, bool]]:
    near = plan.section_table(sentence)
    if near is not None and near.ambiguous:
        near = None
    named = {mention.key for mention in plan.ydelser(sentence)}
    if (
        near is not None
        and (not named or not near.ydelse or _shared(near, named))
        and not _of_another(plan, near, sentence)
    ):
        yield near, True
    long_term = _LONG_TERM.search(sentence.text)
    for table in plan.own_tables:
        if table is near or table.ambiguous or not named or _of_another(plan, table, sentence):
            continue
        if (table.long_term and long_term) or (
            not table.special and not table.ydelser.isdisjoint(named)
        ):
            yield table, False


def _of_another(plan: Plan, table: ReadTable, sentence: Sentence) -> bool:
    """Whether the sentence names a municipality that has a table of its own, and this is none of it."""
    whose, said = kommuner_in(table.title), kommuner_in(sentence.text)
    if not whose or not said or not whose.isdisjoint(said):
        return False
    return any(said & kommuner_in(one.title) for one in plan.own_tables)


def is_elsewhere(plan: Plan, sentence: Sentence, table: ReadTable) -> bool:
    """Whether a sentence beside a table of the plan's own numbers names another area."""
    known = {plan.kode, table.area, *plan.joint, *table.areas}
    return any(mention.key not in known for mention in area_mentions(sentence.text))


def _shared(table: ReadTable, named: set[str]) -> bool:
    whole = table.ydelse in named or bool(set(table.ydelse.split("+")) & named)
    return whole or table.special or any(key in named for key in table.by_key)


@lru_cache(2)
def claims_of(plan: Plan) -> tuple[tuple[Sentence, ReadTable, Claim, bool], ...]:
    """Every claim of the text about a table; read once for all the rules that ask."""
    return tuple(_claims_of(plan))


def _claims_of(plan: Plan) -> Iterator[tuple[Sentence, ReadTable, Claim, bool]]:
    for sentence in plan.sentences:
        if not has_number(sentence.text) or is_of_the_future(sentence.text):
            continue
        ydelser = plan.ydelser(sentence)
        for table, near in tables_for(plan, sentence):
            for claim in read_claims(sentence.text, table, plan.kode, ydelser):
                yield sentence, table, claim, near


def number_in_text(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `tekst-mod-tabel` says."""
    for sentence, table, claim, near in claims_of(plan):
        right = _value(table, claim, sentence)
        if right is None or not (near or _certain_elsewhere(claim, sentence, table)):
            continue
        plan.checked.add((sentence.part, id(sentence), claim.amount.start))
        plan.mark_value(table, claim.row, right)
        if claim.amount.means(right):
            yield Agreed("tekst-mod-tabel", sentence.place, claim.amount.text)
            continue
        if _is_total_of(table, claim) or _fits_elsewhere(plan, sentence, claim):
            continue
        yield _differs(sentence, table, claim, right, near)


def _differs(
    sentence: Sentence, table: ReadTable, claim: Claim, right: Decimal, near: bool
) -> Finding:
    printed = format_number(abs(right), max(claim.amount.decimals, _decimals(table, claim)))
    whose = claim.row.label if claim.other is None else f"{claim.row.label} og {claim.other.label}"
    other = _swapped(table, claim)
    why = f" Tallet er det, som tabellen har for {other}." if other else ""
    certainty: Certainty = "sikker" if near and (claim.sure or claim.other) else "sandsynlig"
    return Finding(
        "tekst-mod-tabel", "contradiction", certainty, sentence.place, sentence.text,
        f"{printed} for {whose}",
        f"Teksten har {claim.amount.text.strip()}, tabellen »{table.title}« har {printed} for "
        f"{whose}.{why}",
        (claim.row.label,),
    )  # fmt: skip


def stray_number(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `fremmed-tal` says."""
    for sentence in plan.sentences:
        pcts = [n for n in amounts(sentence.text) if n.unit == PCT]
        table = plan.section_table(sentence) if len(pcts) >= 4 else None
        if table is None or quotes_another(sentence.text):
            continue
        for column in table.columns:
            cells = [cell for row in table.rows if (cell := row.cells[column.index])]
            if not 4 <= len(cells) <= len(pcts):
                continue
            pairs = list(zip(pcts, cells, strict=False))
            stray = [(n, cell) for n, cell in pairs if abs(n.value) != abs(cell.value)]
            if not stray:
                yield Agreed("fremmed-tal", sentence.place, sentence.text[:80])
            elif len(stray) == 1:
                said, printed = stray[0]
                yield Finding(
                    "fremmed-tal", "contradiction", "sandsynlig", sentence.place, sentence.text,
                    printed.text,
                    f"Sætningen følger kolonnen »{column.label}« i tabellen »{table.title}«, men har "
                    f"{said.text}, hvor den har {printed.text}.",
                )  # fmt: skip


def direction_in_text(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `retning-mod-tabel` says."""
    for sentence, table, claim, near in claims_of(plan):
        if not claim.direction or claim.measure not in ("change", "change_pct", "gap", "now"):
            continue
        right = _signed(table, claim, sentence)
        if right is None or right == 0 or not near:
            continue
        way: Direction = "up" if right > 0 else "down"
        if claim.direction == "same":
            continue
        if way == claim.direction:
            yield Agreed("retning-mod-tabel", sentence.place, claim.amount.text)
            continue
        word = {"up": "højere", "down": "lavere"} if claim.measure == "gap" else _WAYS
        yield Finding(
            "retning-mod-tabel", "contradiction", "sikker" if claim.sure else "sandsynlig",
            sentence.place, sentence.text, f"{claim.row.label}: {word[way]}",
            f"Teksten siger »{word[claim.direction]}« om {claim.row.label}, men tabellen "
            f"»{table.title}« "
            f"viser det modsatte ({format_number(right, _decimals(table, claim), signed=True)}).",
            (claim.row.label,),
        )  # fmt: skip


def _value(table: ReadTable, claim: Claim, sentence: Sentence) -> Decimal | None:
    """What the table has where a claim points; None where it points at nothing in the table."""
    if claim.measure in ("before", "now"):
        column = _level_column(table, claim)
        cell = claim.row.cells[column.index] if column else None
        return cell.value if cell else None
    return _signed(table, claim, sentence)


def _signed(table: ReadTable, claim: Claim, sentence: Sentence) -> Decimal | None:
    if claim.measure == "gap":
        return _gap(table, claim)
    if claim.measure == "share":
        return _share(table, claim, sentence)
    pair = _moved_between(table, claim, sentence)
    if pair is None:
        return _only_change(table, claim, sentence)
    before, now = (claim.row.cells[column.index] for column in pair)
    if before is None or now is None:
        return _only_change(table, claim, sentence)
    if claim.measure == "change_pct":
        return _change_pct(table, claim, before, now)
    return now.value - before.value


def _change_pct(table: ReadTable, claim: Claim, before: Amount, now: Amount) -> Decimal | None:
    """The printed change where there is one (a reader looks it up), else the change itself."""
    for column in table.having("change_pct"):
        cell = claim.row.cells[column.index]
        if cell is not None:
            return cell.value
    return (now.value / before.value - 1) * 100 if before.value else None


def _only_change(table: ReadTable, claim: Claim, sentence: Sentence) -> Decimal | None:
    """A printed change in a table that does not print both levels."""
    if len(table.levels) >= 2 or _other_times(table, sentence):
        return None
    if claim.measure not in ("change", "change_pct"):
        return None
    columns = table.having(claim.measure)
    cell = claim.row.cells[columns[0].index] if len(columns) == 1 else None
    return cell.value if cell else None


def _gap(table: ReadTable, claim: Claim) -> Decimal | None:
    shares = table.having("share")
    if claim.other is None or len(shares) != 1:
        return None
    mine, other = (row.cells[shares[0].index] for row in (claim.row, claim.other))
    return mine.value - other.value if mine and other else None


def _share(table: ReadTable, claim: Claim, sentence: Sentence) -> Decimal | None:
    shares = table.having("share")
    if len(shares) != 1:
        return None
    column = shares[0]
    if claim.when and column.period and not _within(column, claim.when):
        return None
    if not claim.when and _other_times(table, sentence):
        return None
    cell = claim.row.cells[column.index]
    return cell.value if cell else None


def _within(column: Column, when: When) -> bool:
    return column.period == when.period or (
        column.period is not None
        and when.period.kind == "Y"
        and when.period.year == column.period.year
    )


def _level_column(table: ReadTable, claim: Claim) -> Column | None:
    levels = table.levels
    if claim.when is not None:
        return next((column for column in levels if column.period == claim.when.period), None)
    if len(levels) < 2:
        return levels[0] if levels and claim.measure == "now" else None
    return levels[0] if claim.measure == "before" else levels[-1]


def _moved_between(
    table: ReadTable, claim: Claim, sentence: Sentence
) -> tuple[Column, Column] | None:
    """The two levels that a change in the text is between."""
    levels = table.levels
    named = list(claim.span) or [when.period for when in times(sentence.text)]
    there = {column.period: column for column in levels if column.period}
    if any(period not in there for period in named):
        return None
    since = re.search(r"\bsiden\b", sentence.text, re.IGNORECASE)
    known = [there[period] for period in dict.fromkeys(named)]
    if since and known:
        return known[0], levels[-1]
    if len(known) == 2:
        return (
            (known[0], known[1])
            if levels.index(known[0]) < levels.index(known[1])
            else (known[1], known[0])
        )
    return (levels[0], levels[-1]) if len(levels) == 2 else None


def _other_times(table: ReadTable, sentence: Sentence) -> bool:
    there = {column.period for column in table.columns} | {
        period for column in table.columns for period in column.span or ()
    }
    ends = {period.year for period in there if period}
    return any(w.period not in there and w.period.year not in ends for w in times(sentence.text))


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
    if claim.measure == "share":
        base = table.having("share")[0].base if table.having("share") else ""
        words = sentence.text.casefold()
        return bool(base) and base[:8] in words
    unit = table.unit and table.unit[:-2]
    return bool(unit) and unit in sentence.text.casefold()


def _is_total_of(table: ReadTable, claim: Claim) -> bool:
    """Whether the number is another of the same row: the sentence may mean that one."""
    return (
        claim.measure in ("before", "now")
        and any(
            cell is not None and claim.amount.means(cell.value) and not claim.when
            for cell in claim.row.cells
        )
        and len(table.levels) > 2
    )


def _fits_elsewhere(plan: Plan, sentence: Sentence, claim: Claim) -> bool:
    """Whether the same sentence, read beside another table that it may be about, agrees."""
    ydelser = plan.ydelser(sentence)
    for table, near in tables_for(plan, sentence):
        if near:
            continue
        for other in read_claims(sentence.text, table, plan.kode, ydelser):
            if other.amount.start == claim.amount.start:
                right = _value(table, other, sentence)
                if right is not None and other.amount.means(right):
                    return True
    return False


def _swapped(table: ReadTable, claim: Claim) -> str:
    """The row that has the number of the text, where it is not the claimed one's."""
    roles = {"share": "share", "change_pct": "change_pct"}
    columns = table.having(roles[claim.measure]) if claim.measure in roles else table.levels  # type: ignore[arg-type]
    for column in columns:
        for row in table.rows:
            cell = row.cells[column.index]
            if row is not claim.row and cell is not None and claim.amount.means(cell.value):
                return row.label
    return ""


def _decimals(table: ReadTable, claim: Claim) -> int:
    if claim.measure in ("share", "gap"):
        cells = [row.cells[c.index] for c in table.having("share") for row in table.rows]
        return max((cell.decimals for cell in cells if cell), default=1)
    return claim.amount.decimals


def text_period(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `periode-i-tekst` says."""
    for sentence, table, claim, near in claims_of(plan):
        if not near or claim.when is None or claim.measure not in ("now", "before"):
            continue
        shown = {column.period: column for column in table.levels if column.period}
        if claim.when.period in shown or claim.when.period.kind not in {p.kind for p in shown}:
            continue
        hit = _column_with(table, claim)
        if hit is None:
            continue
        yield Finding(
            "periode-i-tekst", "contradiction", "sandsynlig", sentence.place, sentence.text, hit.label,
            f"Teksten siger {claim.when.period.text}, men tabellen »{table.title}« har "
            f"{claim.amount.text} under "
            f"{hit.label}.", (claim.row.label,),
        )  # fmt: skip


def _column_with(table: ReadTable, claim: Claim) -> Column | None:
    for column in table.levels:
        cell = claim.row.cells[column.index]
        if cell is not None and cell.value == claim.amount.value and column.period:
            return column
    return None
