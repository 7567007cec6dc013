"""Faults planted in a document, one at a time, and whether a careful reader could find each."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from beskplan.audit.documents.model import Document, Grid, GridRow, Passage
from beskplan.audit.model import Place
from beskplan.audit.statements.amounts import amounts, cell_amount

FLIPS = {
    "steg": "faldt", "faldt": "steg", "steget": "faldet", "faldet": "steget", "stigning": "fald",
    "fald": "stigning", "Stigningen": "Faldet", "Faldet": "Stigningen", "flere": "færre", "færre": "flere",
    "højere": "lavere", "lavere": "højere", "stigende": "faldende", "faldende": "stigende",
}  # fmt: skip
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
    known = _numbers_of_section(clean, fault.place.section)
    old, new = (amounts(t.replace("\u00a0", " ")) for t in (fault.before, fault.after))
    changed = [n for n in old if n.text not in {other.text for other in new}] or old
    counted = [n for n in changed if n.unit not in ("uger", "år", "uge")]
    return any(abs(n.value) in known and (abs(n.value) > 9 or n.decimals) for n in counted)


def _is_named_elsewhere(fault: Fault, clean: Document) -> bool:
    """Whether the year of a head stands in the section's texts or other heads, or in most tables."""
    year = fault.before[-4:]
    here = [p.text for p in clean.passages if p.place.section == fault.place.section]
    here += [grid.title for grid in clean.grids if grid.place.section == fault.place.section]
    same = sum(fault.before in grid.rows[0].cells for grid in clean.grids)
    return any(year in text for text in here) or same > 3


def _is_repeated(fault: Fault, clean: Document) -> bool:
    """Whether the old number stands in a text of the section, or twice under one head."""
    amount = cell_amount(fault.before)
    assert amount is not None
    if abs(amount.value) < 10 and not amount.decimals:
        return False
    texts = [p for p in clean.passages if p.place.section == fault.place.section]
    said = {abs(n.value) for p in texts for n in amounts(p.text.replace("\u00a0", " "))}
    copies = [
        grid
        for grid in clean.grids
        for row in grid.rows
        if row.place.section == fault.place.section and fault.before in row.cells
    ]
    return abs(amount.value) in said or len(copies) > 1


def _is_derived(fault: Fault, clean: Document) -> bool:
    """Whether a change column or a total depends on the cell."""
    for grid in clean.grids:
        if grid.place.section != fault.place.section or grid.derived:
            continue
        heads = [cell for cell in grid.rows[0].cells if re.search(r"Udvikling|Ændring", cell)]
        column = next(
            (n for row in grid.rows for n, c in enumerate(row.cells) if c == fault.before), 0
        )
        label = grid.rows[0].cells[column]
        pair = (
            len(grid.rows[0].cells) <= 5 or any(label in head for head in heads) or label in heads
        )
        totals = any(row.cells[0].startswith("I alt") for row in grid.rows)
        if (heads and pair) or totals:
            amount = cell_amount(fault.before)
            return amount is not None and abs(amount.value) >= 20
    return False


def plant(document: Document, kind: str, chance: random.Random) -> Fault | None:
    """A fault of a kind at a place of chance; None where the document has no place for it."""
    places = list(KINDS[kind](document, chance))
    return chance.choice(places) if places else None


def _with_cell(
    document: Document, at: tuple[int, int], cells: tuple[str, ...], kind: str, before: str
) -> Fault:
    part, row = at
    grid = document.parts[part]
    assert isinstance(grid, Grid)
    rows = (*grid.rows[:row], replace(grid.rows[row], cells=cells), *grid.rows[row + 1 :])
    parts = (*document.parts[:part], replace(grid, rows=rows), *document.parts[part + 1 :])
    after = " | ".join(cells)
    return Fault(kind, replace(document, parts=parts), grid.rows[row].place, before, after)


def _with_text(document: Document, part: int, text: str, kind: str, at: int) -> Fault:
    passage = document.parts[part]
    assert isinstance(passage, Passage)
    parts = (*document.parts[:part], replace(passage, text=text), *document.parts[part + 1 :])
    place = passage.place_at(at)
    return Fault(kind, replace(document, parts=parts), place, passage.text, text)


def _grids(document: Document) -> Iterator[tuple[int, Grid]]:
    for index, part in enumerate(document.parts):
        if isinstance(part, Grid) and not part.derived and "ndhold" not in part.title:
            yield index, part


def _passages(document: Document) -> Iterator[tuple[int, Passage]]:
    for index, part in enumerate(document.parts):
        quoted = isinstance(part, Passage) and part.text.startswith("Planens ord")
        if isinstance(part, Passage) and part.kind in ("text", "bullet") and not quoted:
            yield index, part


def changed_digit(document: Document, chance: random.Random) -> Iterator[Fault]:
    """The first digit of a number in a table, so that no rounding can hide it."""
    for part, grid in _grids(document):
        for row, line in enumerate(grid.rows[1:], start=1):
            for column, cell in enumerate(line.cells[1:], start=1):
                amount = cell_amount(cell)
                year = re.fullmatch(r"(?:19|20)\d\d", cell)
                if amount is None or year or abs(amount.value) < Decimal("0.2"):
                    continue
                other = _other_digit(cell, chance)
                cells = (*line.cells[:column], other, *line.cells[column + 1 :])
                yield _with_cell(document, (part, row), cells, "ciffer i tabel", cell)


def _other_digit(text: str, chance: random.Random) -> str:
    match = re.search(r"[1-9]", text)
    assert match is not None
    digit = chance.choice([d for d in "123456789" if d != match[0]])
    return text[: match.start()] + digit + text[match.end() :]


def swapped_cells(document: Document, chance: random.Random) -> Iterator[Fault]:
    """Two cells of one column that differ clearly."""
    for part, grid in _grids(document):
        for column in range(1, len(grid.rows[0].cells)):
            rows = [
                (n, row.cells[column])
                for n, row in enumerate(grid.rows[1:], start=1)
                if column < len(row.cells) and cell_amount(row.cells[column]) is not None
            ]
            if len(rows) < 2:
                continue
            (a, first), (b, second) = chance.sample(rows, 2)
            one, two = cell_amount(first), cell_amount(second)
            assert one is not None
            assert two is not None
            if abs(one.value - two.value) <= max(abs(one.value), abs(two.value)) / 5:
                continue
            lines = list(grid.rows)
            for at, text in ((a, second), (b, first)):
                cells = lines[at].cells
                lines[at] = GridRow((*cells[:column], text, *cells[column + 1 :]), lines[at].place)
            parts = (
                *document.parts[:part],
                replace(grid, rows=tuple(lines)),
                *document.parts[part + 1 :],
            )
            yield Fault(
                "celler byttet", replace(document, parts=parts), grid.rows[a].place, first, second
            )


def changed_number_in_text(document: Document, chance: random.Random) -> Iterator[Fault]:
    """A number in a sentence that also stands in a table of its section, or follows from one."""
    for part, passage in _passages(document):
        known = _numbers_of_section(document, passage.place.section)
        for amount in amounts(passage.text.replace("\u00a0", " ")):
            if abs(amount.value) not in known or abs(amount.value) < 2:
                continue
            at = passage.text.find(amount.text.split()[0], amount.start)
            if at < 0:
                continue
            digits = amount.text.split()[0]
            other = _other_digit(digits, chance)
            text = passage.text[:at] + other + passage.text[at + len(digits) :]
            yield _with_text(document, part, text, "ciffer i tekst", at)


def _numbers_of_section(document: Document, section: str) -> set[Decimal]:
    found: set[Decimal] = set()
    for _, grid in _grids(document):
        if grid.place.section == section:
            cells = (cell_amount(cell) for row in grid.rows[1:] for cell in row.cells[1:])
            found |= {abs(cell.value) for cell in cells if cell is not None}
    return found


def swapped_areas(document: Document, chance: random.Random) -> Iterator[Fault]:
    """The names of two areas whose numbers in the sentence differ."""
    for part, passage in _passages(document):
        for match in re.finditer(_TWO_AREAS, passage.text):
            if match["n"] == match["m"]:
                continue
            swapped = f"{match['b']} ({match['n']}){match['between']}{match['a']} ({match['m']})"
            text = passage.text[: match.start()] + swapped + passage.text[match.end() :]
            yield _with_text(document, part, text, "områder byttet", match.start())
    del chance


def flipped_verb(document: Document, chance: random.Random) -> Iterator[Fault]:
    """A word of direction in a sentence with numbers, in a section that has a table."""
    sections = {grid.place.section for _, grid in _grids(document)}
    for part, passage in _passages(document):
        if passage.place.section not in sections or not re.search(r"\d", passage.text):
            continue
        for match in re.finditer(r"\b(?:" + "|".join(FLIPS) + r")\b", passage.text):
            known = _numbers_of_section(document, passage.place.section)
            after = passage.text[match.end() : match.end() + 60].replace("\u00a0", " ")
            if not any(abs(n.value) in known for n in amounts(after)):
                continue
            text = passage.text[: match.start()] + FLIPS[match[0]] + passage.text[match.end() :]
            yield _with_text(document, part, text, "verbum vendt", match.start())
    del chance


def wrong_period(document: Document, chance: random.Random) -> Iterator[Fault]:
    """Another year in a sentence that tells a level, or in a table's head."""
    for part, passage in _passages(document):
        pattern = r"(?<=[Ii] )(?:\w+ )?(20\d\d)(?= var der \d)|(?<=mod )\d+ i \w+ (20\d\d)"
        for match in re.finditer(pattern, passage.text):
            year = match[1] or match[2]
            at = match.start(1) if match[1] else match.start(2)
            text = passage.text[:at] + str(int(year) - 2) + passage.text[at + 4 :]
            yield _with_text(document, part, text, "periode i tekst", at)
    for part, grid in _grids(document):
        head = grid.rows[0]
        for column, label in enumerate(head.cells[1:], start=1):
            shown = re.search(r"20\d\d$", label)
            if shown is None or cell_amount(grid.rows[1].cells[column]) is None:
                continue
            other = label[: shown.start()] + str(int(shown[0]) + chance.choice((-3, 3)))
            cells = (*head.cells[:column], other, *head.cells[column + 1 :])
            yield _with_cell(document, (part, 0), cells, "periode i hoved", label)


def wrong_unit(document: Document, chance: random.Random) -> Iterator[Fault]:
    """Another unit after a number of the section's table, or per cent for points."""
    for part, passage in _passages(document):
        known = _numbers_of_section(document, passage.place.section)
        text = passage.text.replace("\u00a0", " ")
        for amount in amounts(text):
            unit = amount.unit
            if unit not in UNITS or (unit != "procentpoint" and abs(amount.value) not in known):
                continue
            if unit == "procentpoint" and not re.match(r" (?:lavere|højere)", text[amount.end :]):
                continue
            head = text[: amount.end].removesuffix(unit)
            yield _with_text(
                document, part, head + UNITS[unit] + text[amount.end :], "enhed", amount.start
            )
    del chance


def wrong_sum(document: Document, chance: random.Random) -> Iterator[Fault]:
    """A total that is off by more than rounding can explain."""
    for part, grid in _grids(document):
        for row, line in enumerate(grid.rows):
            if not re.match(r"I alt", line.cells[0]):
                continue
            for column, cell in enumerate(line.cells[1:], start=1):
                amount = cell_amount(cell)
                if amount is None or amount.decimals or amount.unit:
                    continue
                off = chance.choice((-1, 1)) * chance.randint(40, 200)
                text = f"{int(amount.value) + off:,}".replace(",", ".")
                cells = (*line.cells[:column], text, *line.cells[column + 1 :])
                yield _with_cell(document, (part, row), cells, "sum", cell)


def other_municipality(document: Document, chance: random.Random) -> Iterator[Fault]:
    """Another municipality's name in a sentence with a level of the plan's own."""
    for part, passage in _passages(document):
        for match in re.finditer(
            r"(\w+) Kommune(?= (?:havde|steg|faldt|fra|er)| med \d|\.)", passage.text
        ):
            if not re.search(r"\d", passage.text) or match[1] == "Hørsholm":
                continue
            known = _numbers_of_section(document, passage.place.section)
            sentence = passage.text[: match.end() + 60]
            if not any(n.value in known for n in amounts(sentence)):
                continue
            text = passage.text[: match.start()] + "Hørsholm" + passage.text[match.end(1) :]
            yield _with_text(document, part, text, "kommunenavn", match.start())
    del chance


KINDS: dict[str, Callable[[Document, random.Random], Iterator[Fault]]] = {
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
