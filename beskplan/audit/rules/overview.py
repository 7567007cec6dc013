"""Targets in an overview table against the section of each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from beskplan.audit.documents.model import Grid, GridRow
from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.statements.amounts import Amount, amounts
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.vocabulary import quotes_another

_NUMBERED = re.compile(r"^(?:[Mm]ål\s+)?(?P<n>\d{1,2}\.\d{1,2})\b")


def overview(plan: Plan) -> Iterator[Outcome]:
    """Judge every target of an overview by the numbers of the section that has its name."""
    rows = [(grid, row) for grid in plan.document.grids for row in _targets_of(grid)]
    sections = _sections(plan, {_name(row.cells[0]) for _, row in rows})
    for grid, row in rows:
        said = sections.get(_name(row.cells[0]))
        if said and _name(grid.place.section) not in sections:
            yield from _compared(row, said)


def _targets_of(grid: Grid) -> list[GridRow]:
    """The rows that are targets: numbered, or under a head that says so."""
    titled = bool({"Mål", "Resultatmål"} & set(grid.rows[0].cells))
    return [row for row in grid.rows[1:] if titled or _NUMBERED.match(row.cells[0])]


def _compared(row: GridRow, said: list[Amount]) -> Iterator[Outcome]:
    for amount in _targets(row):
        if any(n.value == amount.value and n.unit == amount.unit for n in said):
            yield Agreed("maal-i-oversigt", row.place, amount.text)
            continue
        same = [n for n in said if n.unit == amount.unit]
        if same:
            yield Finding(
                "maal-i-oversigt", "contradiction", "sandsynlig", row.place,
                f"{row.cells[0]}: {amount.text}", same[0].text,
                f"Oversigten har {amount.text}, men afsnittet »{row.cells[0]}« har "
                f"{', '.join(sorted({n.text for n in same}))}.", (row.cells[0],),
            )  # fmt: skip


def _targets(row: GridRow) -> list[Amount]:
    found = [amount for cell in row.cells[1:] for amount in amounts(cell.replace("\u00a0", " "))]
    return [amount for amount in found if amount.unit]


def _sections(plan: Plan, rows: set[str]) -> dict[str, list[Amount]]:
    """What is printed with a unit in each section that is named as a row of an overview is."""
    found: dict[str, list[Amount]] = {}
    for passage in plan.document.passages:
        name = _name(passage.place.section)
        if name in rows and passage.kind != "heading" and not quotes_another(passage.text):
            text = passage.text.replace("\u00a0", " ")
            found.setdefault(name, []).extend(n for n in amounts(text) if n.unit)
    return found


def _name(text: str) -> str:
    """What ties a row to its section: the number of the target, else its whole title."""
    number = _NUMBERED.match(text)
    return number["n"] if number else text.casefold().strip()
