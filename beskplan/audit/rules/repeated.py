"""The same thing printed twice with two values: in tables, in sentences, in forecasts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import combinations

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.statements.amounts import PCT, Amount, amounts
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.scan import Scan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.tables import Column, ReadTable, Row
from beskplan.audit.statements.times import times
from beskplan.audit.statements.vocabulary import has_number, turns
from beskplan.core.periods import Period

_FORECAST = Scan(
    r"\b(?:prognose\w*|forvent\w*|skønne\w*|fremskriv\w*|udvikling|Finansministeriet)\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"\b(?P<s>bruttoledig(?:hed(?:en)?)|ledighed(?:en)?|arbejdsstyrken?|beskæftigelsen?|beskæftigede)\b",
    re.IGNORECASE,
)
_LONG = 8
"""Words of a sentence that is not repeated by chance."""
_WORD = re.compile(r"[a-zæøå]{3,}|\d[\d.,]*", re.IGNORECASE)


def in_two_tables(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `samme-celle` says."""
    yield from _in_two_tables(plan, lambda table, column, row: _key(plan, table, column, row))
    yield from _in_two_tables(plan, _labels)


def _labels(table: ReadTable, column: Column, row: Row) -> tuple[str, ...] | None:
    """Within a section, the same row and column heads mean the same cell."""
    special = _title(table)
    if sum(other.label == row.label for other in table.rows) > 1:
        return None
    return (table.place.section, special, row.label.casefold(), column.label.casefold())


def _title(table: ReadTable) -> str:
    """A title without its number, so that a table and the numbers behind a figure have the same."""
    bare = re.sub(r"^(?:tabel|tal bag figur) \d+\. ", "", table.title.casefold())
    return bare.partition(", grupperne")[0]


def _in_two_tables(
    plan: Plan, key_of: Callable[[ReadTable, Column, Row], tuple[str, ...] | None]
) -> Iterator[Outcome]:
    seen: dict[tuple[str, ...], tuple[Amount, Row]] = {}
    for table in plan.tables:
        for column in table.columns:
            for row in table.rows:
                cell, key = row.cells[column.index], key_of(table, column, row)
                if cell is None or key is None:
                    continue
                known = seen.setdefault(key, (cell, row))
                if known[1] is row:
                    continue
                plan.mark(table, row, column.index)
                if known[0].value == cell.value or known[0].decimals != cell.decimals:
                    yield Agreed("samme-celle", row.place, cell.text)
                    continue
                yield Finding(
                    "samme-celle", "contradiction", "sikker", row.place,
                    f"{row.label}, {column.label}: {cell.text}", known[0].text,
                    f"Her står {cell.text}. {known[1].place.text.capitalize()} har "
                    f"{known[0].text} for det samme.",
                    (row.label,),
                )  # fmt: skip


def _key(plan: Plan, table: ReadTable, column: Column, row: Row) -> tuple[str, ...] | None:
    """What a cell is about; None where that is not known well enough to compare."""
    if column.role == "other" or (column.role == "level" and column.period is None):
        return None
    area = row.key if row.kind == "area" else table.area or plan.kode
    subject = table.ydelse if row.kind == "area" else row.key
    spans = column.span or _ends(table, column)
    period = column.period.code if column.period else "-".join(p.code for p in spans or ())
    unit = column.unit or table.unit
    if not subject or not period or (row.total and row.kind == "group"):
        return None
    # A head such as "Faktisk" says nothing without its title.
    vague = row.kind == "group" and not row.group
    special = _title(table) if table.special or vague else ""
    return (subject, area, column.role, period, column.base, unit, special)


def _ends(table: ReadTable, column: Column) -> tuple[Period, ...] | None:
    pair = table.level_pair(column) if column.role in ("change", "change_pct") else None
    periods = tuple(level.period for level in pair or () if level.period)
    return periods if len(periods) == 2 else None


def forecasts(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `samme-prognose` says."""
    found: dict[tuple[str, str, str], list[tuple[Amount, Sentence]]] = {}
    for sentence in plan.prose:
        for subject, way, until, amount in _developments(sentence):
            found.setdefault((subject, way, until), []).append((amount, sentence))
    for ones in found.values():
        first, told = ones[0], set()
        for amount, sentence in ones[1:]:
            if amount.value == first[0].value:
                yield Agreed("samme-prognose", sentence.place, amount.text)
                continue
            if amount.value in told:
                continue
            told.add(amount.value)
            yield Finding(
                "samme-prognose", "contradiction", "sandsynlig", sentence.place,
                f"{first[1].text} / {sentence.text}", "samme tal begge steder",
                f"Her står {amount.text}. I {first[1].place.text} står {first[0].text} om den "
                "samme udvikling til "
                "samme tidspunkt. Er det to områder eller to prognoser, fremgår det ikke.",
            )  # fmt: skip


def _developments(sentence: Sentence) -> Iterator[tuple[str, str, str, Amount]]:
    """Subject, direction and end of each development in per cent that a sentence gives."""
    text = sentence.text
    ends = [when for when in times(text) if not when.day]
    if not _FORECAST.search(text) or not ends:
        return
    until = str(max(when.period.year for when in ends))
    for amount in amounts(text):
        if amount.unit != PCT or not re.search(
            r"\b(?:på|med)\s+(?:\w+\.?\s+)?$", text[: amount.start]
        ):
            continue
        subjects = [m for m in _SUBJECT.finditer(text) if m.end() <= amount.start]
        ways = [way for way, start, _ in turns(text) if start < amount.start]
        if subjects and ways:
            yield _plain(subjects[-1]["s"]), ways[-1], until, amount


def _plain(word: str) -> str:
    bare = re.sub(r"(?:hed)?(?:en|n)?$", "", word.casefold())
    known = {"bruttoledig": "ledighed", "ledig": "ledighed", "beskæftiged": "beskæftigelse"}
    known |= {
        "beskæftigels": "beskæftigelse",
        "beskæftigelse": "beskæftigelse",
        "arbejdsstyrke": "arbejdsstyrke",
    }
    return known.get(bare, bare.rstrip("e"))


def sentences_twice(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `samme-saetning` says."""
    for one, two in _same_words(plan):
        here, there = _numbers(one.text), _numbers(two.text)
        if here == there:
            yield Agreed("samme-saetning", two.place, two.text[:80])
        elif _only_one_differs(here, there):
            yield Finding(
                "samme-saetning", "contradiction", "sikker", two.place, two.text,
                "; ".join(n for n in here if n not in there) or "samme tal",
                f"I {one.place.text} står den samme sætning med {'; '.join(here)}, her med "
                f"{'; '.join(there)}.",
            )  # fmt: skip


def _same_words(plan: Plan) -> Iterator[tuple[Sentence, Sentence]]:
    """Pairs of long sentences with numbers that share nearly all their words."""
    groups: dict[int, list[tuple[Sentence, frozenset[str]]]] = {}
    for sentence in plan.prose:
        words = _WORD.findall(sentence.text) if has_number(sentence.text) else []
        if len(words) >= _LONG:
            # Beside another table the same words are about something else.
            beside = id(plan.section_table(sentence))
            groups.setdefault(beside, []).append((sentence, _without_numbers(words)))
    for group in groups.values():
        for (one, here), (two, there) in combinations(group, 2):
            if one.part != two.part and _alike(here, there):
                yield one, two


def _without_numbers(words: list[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words if not word[0].isdigit())


def _alike(one: frozenset[str], two: frozenset[str]) -> bool:
    # Lengths first: most pairs differ by them alone.
    if not one or min(len(one), len(two)) < 0.88 * max(len(one), len(two)):
        return False
    return len(one & two) >= 0.88 * len(one | two)


def _numbers(text: str) -> list[str]:
    found = [n.text.split()[0] for n in amounts(text)]
    return found + [when.period.code for when in times(text)]


def _only_one_differs(here: list[str], there: list[str]) -> bool:
    """One number changed is a slip; several are a sentence of the same form about something else."""
    if len(here) != len(there):
        return False
    return sum(a != b for a, b in zip(here, there, strict=True)) == 1
