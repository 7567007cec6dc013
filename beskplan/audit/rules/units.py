"""Units: persons against full-time persons, per cent against points, a year against its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, pairwise

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.rules.text_and_table import claims_of, tables_for
from beskplan.audit.statements.amounts import PCT, POINTS, Amount, amounts
from beskplan.audit.statements.claims import Claim, row_mentions
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.scan import Scan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.tables import ReadTable
from beskplan.audit.statements.vocabulary import has_number, turns

_COUNTED = {
    "fuldtidspersoner": "fuldtidspersoner", "fuldtidsperson": "fuldtidspersoner",
    "helårspersoner": "helårspersoner", "helårsperson": "helårspersoner", "personer": "personer",
    "person": "personer", "forløb": "forløb",
}  # fmt: skip
"""Units that are four things, by how a text writes them."""
_BESIDE = re.compile(r"\s*(?:lavere|højere|under|over|mindre|større)\b")
_MOVED_BY = re.compile(r"\b(?:stigning|fald)(?:en|et)? på\s+$|\bmed\s+$")
_USUAL = 5
"""Sentences with a unit that make it the plan's usual one."""
_COURSES = re.compile(r"\bantal \w*f.rl.b\b", re.IGNORECASE)
_PERSONS_IN_COURSES = re.compile(r"\bpersoner i \w*f.rl.b\b", re.IGNORECASE)
_NUMBER_OF_PERSONS = Scan(
    r"\bantal(?:let)? af (?P<unit>personer|helårspersoner|fuldtidspersoner)\b", re.IGNORECASE
)


def mixed_units(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `enhed` says."""
    told: set[tuple[str, int]] = set()
    for sentence, table, claim, _ in claims_of(plan):
        said = _COUNTED.get(claim.amount.unit, "")
        counts = claim.measure in ("before", "now", "change")
        if (
            not said
            or not counts
            or table.unit not in _COUNTED.values()
            or not _stands_there(table, claim)
        ):
            continue
        if said == table.unit:
            yield Agreed("enhed", sentence.place, claim.amount.text)
        elif (sentence.text, sentence.part) not in told:
            told.add((sentence.text, sentence.part))
            yield _unit(sentence, table, claim.amount.text, said)
    yield from _rows_named(plan, told)
    yield from _words_without_numbers(plan)
    yield from _titles_and_heads(plan)
    yield from _stray_unit(plan)


def _rows_named(plan: Plan, told: set[tuple[str, int]]) -> Iterator[Outcome]:
    """A level of a row that the sentence names, under another unit than the table counts in."""
    for sentence in plan.prose:
        for amount in amounts(sentence.text):
            said = _COUNTED.get(amount.unit, "")
            for table, near in tables_for(plan, sentence) if said else ():
                rows = [
                    row for row, _, _ in row_mentions(sentence.text, table, plan.ydelser(sentence))
                ]
                known = {
                    cell.value for row in rows for c in table.levels if (cell := row.cells[c.index])
                }
                key = (sentence.text, sentence.part)
                if (
                    not near
                    or table.unit not in _COUNTED.values()
                    or said == table.unit
                    or key in told
                ):
                    continue
                if amount.value in known and amount.value > _USUAL:
                    told.add(key)
                    yield _unit(sentence, table, amount.text, said)


def _titles_and_heads(plan: Plan) -> Iterator[Outcome]:
    """A table whose title counts persons in courses, and whose head counts the courses."""
    for grid in plan.document.grids:
        courses = _COURSES.search(grid.rows[0].cells[0])
        if courses and (persons := _PERSONS_IN_COURSES.search(grid.title)):
            yield Finding(
                "enhed", "label", "sandsynlig", grid.place, f"{persons[0]}: {grid.title}", courses[0],
                f"Titlen tæller »{persons[0]}«, men hovedet siger »{courses[0]}«. Én person kan have "
                "flere forløb.",
            )  # fmt: skip


def _stray_unit(plan: Plan) -> Iterator[Outcome]:
    """One single mention of the other of two measures that both are called a year's persons."""
    said = {
        word: [s for s in plan.prose if word in s.text.casefold()]
        for word in ("fuldtidspersoner", "helårspersoner")
    }
    few, many = sorted(said, key=lambda word: len(said[word]))
    if len(said[few]) == 1 and len(said[many]) >= _USUAL:
        (sentence,) = said[few]
        yield Finding(
            "enhed", "label", "mulig", sentence.place, f"{few}: {sentence.text}", many,
            f"Planen tæller ellers i {many}. {few.capitalize()} er et andet mål.",
        )  # fmt: skip


def _words_without_numbers(plan: Plan) -> Iterator[Outcome]:
    """`antallet af personer` beside a table that counts something else; once a table."""
    told: set[int] = set()
    for sentence in plan.prose:
        match = _NUMBER_OF_PERSONS.search(sentence.text)
        table = plan.section_table(sentence)
        if match is None or table is None or table.unit not in _COUNTED.values():
            continue
        if match["unit"].casefold() != table.unit and table.part not in told and table.by_area:
            told.add(table.part)
            yield _unit(sentence, table, match[0], match["unit"])


def _stands_there(table: ReadTable, claim: Claim) -> bool:
    """Whether the number is one of the table's, or a difference of two in a row."""
    size = abs(claim.amount.value)
    for row in table.rows:
        known = [row.cells[column.index] for column in table.levels]
        values = [cell.value for cell in known if cell is not None]
        # Of the row that is meant any two; of another only those that stand side by side.
        pairs = combinations(values, 2) if row is claim.row else pairwise(values)
        ends = [abs(values[-1] - values[0])] if values else []
        if size in (*values, *ends) or any(abs(b - a) == size for a, b in pairs):
            return True
    return False


def _unit(sentence: Sentence, table: ReadTable, printed: str, said: str) -> Finding:
    return Finding(
        "enhed", "label", "sandsynlig", sentence.place, f"{printed}: {sentence.text}", table.unit,
        f"Teksten siger {said}, men tabellen »{table.title}« tæller {table.unit}.",
    )  # fmt: skip


def points_called_per_cent(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `point-eller-procent` says."""
    for sentence in plan.prose:
        for table, near in tables_for(plan, sentence):
            if near and table.by_area and has_number(sentence.text):
                yield from _points(plan, sentence, table)


def _points(plan: Plan, sentence: Sentence, table: ReadTable) -> Iterator[Outcome]:
    for amount in amounts(sentence.text):
        if amount.unit == PCT and amount.decimals and _BESIDE.match(sentence.text, amount.end):
            if amount.value in _gaps(plan, sentence, table):
                yield _misnamed(sentence, amount, "procentpoint", "forskellen mellem to andele")
        elif amount.unit == POINTS and _MOVED_BY.search(sentence.text[: amount.start]):
            cells = (r.cells[c.index] for c in table.having("change_pct") for r in table.rows)
            changes = {abs(cell.value) for cell in cells if cell is not None}
            if turns(sentence.text[: amount.start]) and amount.value in changes:
                yield _misnamed(sentence, amount, "pct.", "en ændring i pct. af antallet")


def _gaps(plan: Plan, sentence: Sentence, table: ReadTable) -> set[Decimal]:
    """How far the plan's own shares lie from those of the rows that a sentence names."""
    own = plan.row_of(table, plan.kode)
    others = [row for row, _, _ in row_mentions(sentence.text, table, ()) if row is not own]
    return {
        abs(mine.value - cell.value)
        for column in table.having("share")
        for row in others
        if own and (mine := own.cells[column.index]) and (cell := row.cells[column.index])
    }


def _misnamed(sentence: Sentence, amount: Amount, right: str, what: str) -> Finding:
    number = amount.text.split()[0].rstrip("%")
    return Finding(
        "point-eller-procent", "label", "sikker", sentence.place, sentence.text, f"{number} {right}",
        f"{amount.text} er {what} og hedder {number} {right}.",
    )  # fmt: skip


def end_of_a_whole_year(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `ultimo-om-aar` says."""
    for table in plan.own_tables:
        yearly = table.unit == "helårspersoner" and all(
            c.period and c.period.kind == "Y" for c in table.levels
        )
        match = re.search(r"\bultimo (?:19|20)\d\d", table.title)
        if not (yearly and table.levels):
            continue
        if match is None:
            yield Agreed("ultimo-om-aar", table.place, table.title)
            continue
        yield Finding(
            "ultimo-om-aar", "label", "sandsynlig", table.place, table.title, "årene uden »ultimo«",
            f"Tabellen tæller helårspersoner, som gælder hele året, men teksten siger »{match[0]}«.",
        )  # fmt: skip
