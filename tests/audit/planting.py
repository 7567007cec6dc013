"""Faults planted in a document, one at a time, and whether a careful reader could find each."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from beskplan.audit.documents.model import Document, Grid, Passage
from beskplan.audit.model import Place
from beskplan.audit.statements.amounts import Amount, amounts, cell_amount

TURNS = (
    ("steg", "faldt"), ("steget", "faldet"), ("stigning", "fald"), ("Stigningen", "Faldet"),
    ("flere", "færre"), ("højere", "lavere"), ("stigende", "faldende"),
)  # fmt: skip
FLIPS = {one: two for pair in TURNS for one, two in (pair, pair[::-1])}
_AREA = "RAR Hovedstaden|Østdanmark"
_TWO_AREAS = re.compile(
    rf"(?P<a>{_AREA}) \((?P<n>[^)]+)\)(?P<between>[^.()]{{1,60}}?)(?P<b>{_AREA}) \((?P<m>[^)]+)\)"
)
UNITS = {"fuldtidspersoner": "personer", "helårspersoner": "personer", "procentpoint": "pct."}


@dataclass(frozen=True)
class Fault:
    """One planted fault.

    Attributes:
        kind: What was done.
        document: The document with the fault.
        place: Where.
        before: What stood there.
        after: What stands there now.
    """

    kind: str
    document: Document
    place: Place
    before: str
    after: str


class Edit(NamedTuple):
    """Another text for the characters from `start` to `end` of a passage, or for a cell (`row`, `start`)."""

    text: str
    part: int
    start: int
    end: int = 0
    row: int = 0


Edits = Iterator[tuple[Edit, ...]]
"""The places for a kind of fault, each with what is to be changed there."""


# ---------------------------------------------------------------- can it be found


def is_detectable(fault: Fault, clean: Document) -> bool:
    """Whether the document itself gives a fault away: the number stands, or follows, elsewhere too.

    Decided from the document, not from the rules: a digit that stands nowhere else, that no column
    and no total depends on, can be found by nobody.
    """
    if fault.kind in ("ciffer i tabel", "celler byttet", "sum"):
        return _is_repeated(fault, clean) or _is_derived(fault, clean)
    if fault.kind == "periode i hoved":
        return _is_named_elsewhere(fault, clean)
    if fault.kind == "områder byttet":
        return True
    known = _numbers_by_section(clean)[fault.place.section]
    old, new = (_numbers(text) for text in (fault.before, fault.after))
    changed = [n for n in old if n.text not in {other.text for other in new}] or old
    counted = [n for n in changed if n.unit not in ("uger", "år", "uge")]
    return any(abs(n.value) in known and (abs(n.value) > 9 or n.decimals) for n in counted)


def _is_named_elsewhere(fault: Fault, clean: Document) -> bool:
    """Whether the year of a head stands in the section's texts or other heads, or in most tables."""
    year, section = fault.before[-4:], fault.place.section
    here = [p.text for p in clean.passages if p.place.section == section]
    here += [grid.title for grid in clean.grids if grid.place.section == section]
    same = sum(fault.before in grid.rows[0].cells for grid in clean.grids)
    return any(year in text for text in here) or same > 3


def _is_repeated(fault: Fault, clean: Document) -> bool:
    """Whether the old number stands in a text of the section, or twice under one head."""
    amount, section = _of_cell(fault.before), fault.place.section
    if abs(amount.value) < 10 and not amount.decimals:
        return False
    texts = [p.text for p in clean.passages if p.place.section == section]
    rows = [row for grid in clean.grids for row in grid.rows if row.place.section == section]
    said = {abs(n.value) for text in texts for n in _numbers(text)}
    return abs(amount.value) in said or sum(fault.before in row.cells for row in rows) > 1


def _is_derived(fault: Fault, clean: Document) -> bool:
    """Whether a change column or a total depends on the cell."""
    for grid in clean.grids:
        if grid.place.section != fault.place.section or grid.derived:
            continue
        labels = grid.rows[0].cells
        heads = [cell for cell in labels if re.search(r"Udvikling|Ændring", cell)]
        column = next(
            (n for row in grid.rows for n, c in enumerate(row.cells) if c == fault.before), 0
        )
        pair = len(labels) <= 5 or any(labels[column] in head for head in heads)
        totals = any(row.cells[0].startswith("I alt") for row in grid.rows)
        if (heads and pair) or totals:
            return abs(_of_cell(fault.before).value) >= 20
    return False


# ---------------------------------------------------------------- what a document shows


def _numbers(text: str) -> tuple[Amount, ...]:
    return amounts(text.replace("\u00a0", " "))


def _of_cell(cell: str) -> Amount:
    amount = cell_amount(cell)
    assert amount is not None
    return amount


def _grids(document: Document) -> Iterator[tuple[int, Grid]]:
    for index, part in enumerate(document.parts):
        if isinstance(part, Grid) and not part.derived and "ndhold" not in part.title:
            yield index, part


def _cells(document: Document) -> Iterator[tuple[int, int, int, str]]:
    """Part, row, column and text of each cell with a number."""
    for part, grid in _grids(document):
        for row, line in enumerate(grid.rows[1:], start=1):
            for column, cell in enumerate(line.cells[1:], start=1):
                if cell_amount(cell) is not None:
                    yield part, row, column, cell


def _passages(document: Document) -> Iterator[tuple[int, str, set[Decimal]]]:
    """Part and text of each passage, and the numbers of its section's tables."""
    known = _numbers_by_section(document)
    for index, part in enumerate(document.parts):
        quoted = isinstance(part, Passage) and part.text.startswith("Planens ord")
        if isinstance(part, Passage) and part.kind in ("text", "bullet") and not quoted:
            yield index, part.text, known[part.place.section]


def _numbers_by_section(document: Document) -> defaultdict[str, set[Decimal]]:
    grids, known = dict(_grids(document)), defaultdict[str, set[Decimal]](set)
    for part, _, _, cell in _cells(document):
        known[grids[part].place.section].add(abs(_of_cell(cell).value))
    return known


# ---------------------------------------------------------------- planted


def plant(document: Document, kind: str, chance: random.Random) -> Fault | None:
    """A fault of a kind at a place of chance; None where the document has no place for it."""
    places = list(KINDS[kind](document, chance))
    if not places:
        return None
    edits = chance.choice(places)
    faulty, (first, *_) = _edited(document, edits), edits
    old, new = document.parts[first.part], faulty.parts[first.part]
    if isinstance(old, Passage) and isinstance(new, Passage):
        named = "periode i tekst" if kind == "periode" else kind
        return Fault(named, faulty, old.place_at(first.start), old.text, new.text)
    assert isinstance(old, Grid)
    assert isinstance(new, Grid)
    named = "periode i hoved" if kind == "periode" else kind
    row, now = old.rows[first.row], " | ".join(new.rows[first.row].cells)
    return Fault(named, faulty, row.place, row.cells[first.start], now)


def _edited(document: Document, edits: tuple[Edit, ...]) -> Document:
    parts = list(document.parts)
    for text, at, start, end, line in edits:
        part = parts[at]
        if isinstance(part, Passage):
            parts[at] = replace(part, text=part.text[:start] + text + part.text[end:])
        else:
            rows = list(part.rows)
            cells = rows[line].cells
            rows[line] = replace(rows[line], cells=(*cells[:start], text, *cells[start + 1 :]))
            parts[at] = replace(part, rows=tuple(rows))
    return replace(document, parts=tuple(parts))


def _other_digit(text: str, chance: random.Random) -> str:
    """The text with another first digit, so that no rounding can hide it."""
    match = re.search(r"[1-9]", text)
    assert match is not None
    digit = chance.choice([d for d in "123456789" if d != match[0]])
    return text[: match.start()] + digit + text[match.end() :]


def changed_digit(document: Document, chance: random.Random) -> Edits:
    """Another number in a table."""
    for part, row, column, cell in _cells(document):
        year = re.fullmatch(r"(?:19|20)\d\d", cell)
        if not year and abs(_of_cell(cell).value) >= Decimal("0.2"):
            yield (Edit(_other_digit(cell, chance), part, column, row=row),)


def swapped_cells(document: Document, chance: random.Random) -> Edits:
    """Two cells of one column that differ clearly."""
    columns: dict[tuple[int, int], list[tuple[int, str]]] = {}
    for part, row, column, cell in _cells(document):
        columns.setdefault((part, column), []).append((row, cell))
    for (part, column), rows in columns.items():
        if len(rows) > 1:
            (a, first), (b, second) = chance.sample(rows, 2)
            one, two = _of_cell(first).value, _of_cell(second).value
            if abs(one - two) > max(abs(one), abs(two)) / 5:
                yield Edit(second, part, column, row=a), Edit(first, part, column, row=b)


def changed_number_in_text(document: Document, chance: random.Random) -> Edits:
    """A number in a sentence that also stands in a table of its section, or follows from one."""
    for part, text, known in _passages(document):
        for amount in _numbers(text):
            digits = amount.text.split()[0]
            at = text.find(digits, amount.start)
            if abs(amount.value) in known and abs(amount.value) >= 2 and at >= 0:
                yield (Edit(_other_digit(digits, chance), part, at, at + len(digits)),)


def swapped_areas(document: Document, _: random.Random) -> Edits:
    """The names of two areas whose numbers in the sentence differ."""
    for part, text, _known in _passages(document):
        for match in _TWO_AREAS.finditer(text):
            if match["n"] != match["m"]:
                swapped = (
                    f"{match['b']} ({match['n']}){match['between']}{match['a']} ({match['m']})"
                )
                yield (Edit(swapped, part, *match.span()),)


def flipped_verb(document: Document, _: random.Random) -> Edits:
    """A word of direction right before a number of the section's tables."""
    for part, text, known in _passages(document):
        for match in re.finditer(rf"\b(?:{'|'.join(FLIPS)})\b", text):
            if any(abs(n.value) in known for n in _numbers(text[match.end() : match.end() + 60])):
                yield (Edit(FLIPS[match[0]], part, *match.span()),)


def wrong_period(document: Document, chance: random.Random) -> Edits:
    """Another year in a sentence that tells a level, or in a table's head."""
    pattern = r"(?<=[Ii] )(?:\w+ )?(20\d\d)(?= var der \d)|(?<=mod )\d+ i \w+ (20\d\d)"
    for part, text, _ in _passages(document):
        for match in re.finditer(pattern, text):
            span = match.span(match.lastindex or 1)
            yield (Edit(str(int(text[slice(*span)]) - 2), part, *span),)
    for part, grid in _grids(document):
        for column, label in enumerate(grid.rows[0].cells[1:], start=1):
            shown = re.search(r"20\d\d$", label)
            if shown and cell_amount(grid.rows[1].cells[column]) is not None:
                year = str(int(shown[0]) + chance.choice((-3, 3)))
                yield (Edit(label[: shown.start()] + year, part, column),)


def wrong_unit(document: Document, _: random.Random) -> Edits:
    """Another unit after a number of the section's table, or per cent for points."""
    for part, text, known in _passages(document):
        for amount in _numbers(text):
            points = amount.unit == "procentpoint"
            beside = re.match(r"[ \u00a0](?:lavere|højere)", text[amount.end :])
            if amount.unit in UNITS and (beside if points else abs(amount.value) in known):
                start = amount.end - len(amount.unit)
                yield (Edit(UNITS[amount.unit], part, start, amount.end),)


def wrong_sum(document: Document, chance: random.Random) -> Edits:
    """A total that is off by more than rounding can explain."""
    grids = dict(_grids(document))
    for part, row, column, cell in _cells(document):
        amount = _of_cell(cell)
        total = grids[part].rows[row].cells[0].startswith("I alt")
        if total and not amount.decimals and not amount.unit:
            off = chance.choice((-1, 1)) * chance.randint(40, 200)
            text = f"{int(amount.value) + off:,}".replace(",", ".")
            yield (Edit(text, part, column, row=row),)


def other_municipality(document: Document, _: random.Random) -> Edits:
    """Another municipality's name in a sentence with a level of the plan's own."""
    pattern = r"(?!Hørsholm)\b(\w+) Kommune(?= (?:havde|steg|faldt|fra|er)| med \d|\.)"
    for part, text, known in _passages(document):
        for match in re.finditer(pattern, text):
            if any(n.value in known for n in _numbers(text[: match.end() + 60])):
                yield (Edit("Hørsholm", part, *match.span(1)),)


KINDS: dict[str, Callable[[Document, random.Random], Edits]] = {
    "ciffer i tabel": changed_digit,
    "celler byttet": swapped_cells,
    "ciffer i tekst": changed_number_in_text,
    "områder byttet": swapped_areas,
    "verbum vendt": flipped_verb,
    "periode": wrong_period,
    "enhed": wrong_unit,
    "sum": wrong_sum,
    "kommunenavn": other_municipality,
}
