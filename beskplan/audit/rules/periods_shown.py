"""Periods in heads, titles and text against the periods of the columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import combinations, pairwise

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.rules.text_and_table import claims_of
from beskplan.audit.statements.claims import Claim
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.scan import Scan
from beskplan.audit.statements.tables import Column, ReadTable
from beskplan.audit.statements.times import times
from beskplan.core.periods import Period

_DATED = Scan(r"\b(?P<d>\d{1,2})[.-](?P<m>\d{1,2})[.-](?P<y>20\d\d)\b")
_ORDERED = 4
"""Columns that show an order of time; fewer may be set side by side for another reason."""
_TO_COME = Scan(
    r"(?:\b(?:vil|forventes?|skal)\b[^.;]{0,60}?\b(?:i|medio|ultimo|primo)\s+"
    r"|^i (?=(?:løbet af )?20\d\d (?:vil|skal|forventes)\b))(?P<when>[^.;]{0,25})",
    re.IGNORECASE,
)


def head_period(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `periode-i-hoved` says."""
    for table in plan.tables:
        years = {column.period.year for column in table.levels if column.period}
        periods = {column.period for column in table.levels if column.period}
        if not periods:
            continue
        for column in table.columns:
            yield from _column(table, column, periods, years)
        yield from _order(table)


def _column(
    table: ReadTable, column: Column, periods: set[Period], years: set[int]
) -> Iterator[Outcome]:
    named = list(column.span or ())
    if column.role == "share" and column.base:
        named = [when.period for when in times(column.label)]
    wrong = [p for p in named if p not in periods and not (p.kind == "Y" and p.year in years)]
    if not named:
        return
    if not wrong:
        yield Agreed("periode-i-hoved", table.place, column.label)
        return
    shown = " og ".join(level.label for level in table.levels)
    yield Finding(
        "periode-i-hoved", "contradiction", "sikker", table.place, column.label, shown,
        f"Hovedet siger {', '.join(p.text for p in wrong)}, men kolonnerne viser {shown}.",
        (column.label,),
    )  # fmt: skip


def _is_newest_first(shown: list[tuple[Column, Period]]) -> bool:
    days = [period.first_day for _, period in shown]
    return days == sorted(days, reverse=True)


def _order(table: ReadTable) -> Iterator[Outcome]:
    shown = [(c, c.period) for c in table.having("level") if c.period]
    if table.ambiguous or table.formulas or len(shown) < _ORDERED or _is_newest_first(shown):
        return
    for (_, first), (column, second) in pairwise(shown):
        if first.kind != second.kind:
            continue
        if first < second:
            yield Agreed("periode-i-hoved", table.place, column.label)
        else:
            yield Finding(
                "periode-i-hoved", "contradiction", "sandsynlig", table.place, column.label,
                "kolonner i tidens orden",
                f"{second.text.capitalize()} står efter {first.text}. Enten er en periode "
                "forkert, eller også er "
                "kolonnerne byttet om.", (column.label,),
            )  # fmt: skip


def title_period(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `periode-i-titel` says."""
    for grid, table in (
        (g, t) for g in plan.document.grids for t in plan.tables if t.place == g.place
    ):
        years = {column.period.year for column in table.columns if column.period}
        if years:
            # Where periods stand below each other, those without a number are no columns.
            years |= {
                when.period.year for row in grid.rows for when in times(" ".join(row.cells[:1]))
            }
        for text in (grid.period, grid.title if len(grid.title) < 220 else ""):
            named = {when.period.year for when in times(text)}
            if not named or not years or (len(table.levels) < 2 and max(named) in years):
                continue
            wrong = sorted(named - years)
            if not wrong or not _is_about_columns(text):
                yield Agreed("periode-i-titel", table.place, text)
                continue
            yield Finding(
                "periode-i-titel", "contradiction", "sandsynlig", table.place, text,
                " og ".join(str(year) for year in sorted(years)),
                f"Titlen nævner {', '.join(map(str, wrong))}, men ingen kolonne viser det år.",
                (table.title,),
            )  # fmt: skip


def other_span(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `andet-tidsrum` says."""
    spans = [(table, months) for table in plan.own_tables if (months := _months(table)) is not None]
    counted = Counter(months for _, months in spans)
    usual, times_seen = counted.most_common(1)[0] if counted else (0, 0)
    for table, months in spans:
        if months == usual:
            yield Agreed("andet-tidsrum", table.place, table.title)
        elif times_seen >= 4 and counted[months] == 1:
            shown = " og ".join(level.label for level in table.levels)
            yield Finding(
                "andet-tidsrum", "doubt", "mulig", table.place, shown, f"{usual} måneder",
                f"Tabellen dækker {months} måneder, de andre {usual}.", (table.title,),
            )  # fmt: skip


def same_head(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `samme-hoved` says."""
    heads = [
        (table, periods)
        for table in plan.own_tables
        if len(periods := [level.period for level in table.levels if level.period]) >= 4
    ]
    for (one, first), (two, second) in combinations(heads, 2):
        if len(first) != len(second):
            continue
        odd = [(a, b) for a, b in zip(first, second, strict=True) if a != b]
        if not odd:
            yield Agreed("samme-hoved", two.place, two.title)
        elif len(odd) == 1 and odd[0][0].index == odd[0][1].index:
            yield Finding(
                "samme-hoved", "doubt", "mulig", two.place, odd[0][1].head, odd[0][0].head,
                f"Tabellen »{one.title}« har de samme perioder, men {odd[0][0].text} i stedet for "
                f"{odd[0][1].text}.", (two.title,),
            )  # fmt: skip


def _months(table: ReadTable) -> int | None:
    """Months between the two columns of a table that shows a change; None for other tables."""
    periods = [level.period for level in table.levels if level.period]
    if len(periods) != 2 or len(table.levels) != 2 or not table.having("change_pct"):
        return None
    first, last = (period.last_day for period in periods)
    return (last.year - first.year) * 12 + last.month - first.month


def _is_about_columns(text: str) -> bool:
    return not re.search(r"\bplan|mål\b", text, re.IGNORECASE)


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


def future_in_the_past(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `fremtid-i-fortiden` says."""
    made = _made(plan)
    for sentence in plan.prose:
        for match in _TO_COME.finditer(sentence.text):
            named = times(match["when"])
            if not named or re.search(r"\b(?:fra|siden|forhold til|niveauet)\b", match[0]):
                continue
            first = named[0]
            too_early = plan.aar is not None and first.period.year < plan.aar - 1
            before = made is not None and first.period.kind == "M" and first.period.last_day < made
            if not (too_early or before):
                continue
            since = f"planen for {plan.aar}" if too_early else f"planens dato, {made}"
            yield Finding(
                "fremtid-i-fortiden", "label", "sandsynlig", sentence.place, sentence.text,
                "et tidspunkt efter planens", f"{first.period.text.capitalize()} ligger før {since}.",
            )  # fmt: skip


def _made(plan: Plan) -> date | None:
    """The date that the first lines of a plan give."""
    for passage in plan.document.passages[:12]:
        match = _DATED.search(passage.text)
        if match and 1 <= int(match["m"]) <= 12 and 1 <= int(match["d"]) <= 28:
            return date(int(match["y"]), int(match["m"]), int(match["d"]))
    return None
