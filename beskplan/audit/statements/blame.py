"""Which cell of a table is to blame for what does not add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from beskplan.audit.statements.arithmetic import Cell, Layout, Relation, result_of


@dataclass(frozen=True)
class Fault:
    """One cell that breaks what the other cells of its table agree on."""

    cell: Cell
    relation: Relation
    """The failed relation that says it best."""
    right: Decimal | None
    """What the cell should be; None where the others do not tell."""
    failed: int
    backing: int
    confirmed: bool
    """Whether the numbers that it is computed from take part in relations that hold."""


def faults(layout: Layout, found: Sequence[Relation]) -> list[Fault]:
    """Find the cells to blame, one for each cause: a wrong total is one fault, not four."""
    failed: dict[Cell, list[Relation]] = {}
    for r in found:
        for cell in () if r.holds else r.cells:
            failed.setdefault(cell, []).append(r)
    holding = Counter(cell for r in found if r.holds for cell in r.cells)
    targets = Counter(r.target for r in found if not r.holds)
    healed = {cell: _healed(layout, mine, cell) for cell, mine in failed.items()}
    result = []
    while failed:
        cell = max(failed, key=partial(_weight, healed, holding, targets))
        mine = failed[cell]
        relation = next((r for r in mine if r.target == cell), mine[0])
        is_target = relation.target == cell
        right = relation.right if is_target else healed[cell][1]
        confirmed = is_target and all(holding[source] for source in relation.sources)
        backing = max(r.backing for r in mine)
        result.append(Fault(cell, relation, right, len(mine), backing, confirmed))
        for other in {c for r in mine for c in r.cells}:
            if left := [r for r in failed.pop(other) if cell not in r.cells]:
                failed[other] = left
                healed[other] = _healed(layout, left, other)
    return sorted(result, key=lambda fault: fault.cell)


def _weight(
    healed: Mapping[Cell, tuple[int, Decimal | None]], holding: Counter[Cell], targets: Counter[Cell],
    cell: Cell,
) -> tuple[int, int, int]:  # fmt: skip
    """How much points at a cell: what one other number mends, less what holds; else what is derived."""
    return healed[cell][0] - min(holding[cell], 2), targets[cell], -cell[1]


def _healed(layout: Layout, mine: Sequence[Relation], cell: Cell) -> tuple[int, Decimal | None]:
    """How many of a cell's failed relations one other number mends, and it, where one tells it."""
    tries = [value for r in mine if (value := _solved(layout, r, cell)) is not None]
    counts = [sum(_fits(layout, r, cell, value) for r in mine) for value in tries]
    most = max(counts, default=0)
    return (most, tries[counts.index(most)]) if most else (1, None)


def _solved(layout: Layout, r: Relation, cell: Cell) -> Decimal | None:
    """What a cell should be by one relation alone; None where a per cent is too coarse to tell."""
    if cell == r.target:
        return r.right
    if r.kind in ("sum", "total"):
        return layout.value(cell) + r.printed.value - r.right
    if r.kind in ("diff", "down", "less"):
        off = r.printed.value - r.right
        return layout.value(cell) + (off if cell == r.sources[1] else -off)
    return None


def _fits(layout: Layout, r: Relation, cell: Cell, value: Decimal) -> bool:
    """Whether a relation holds with another number in a cell."""
    old, right = layout.value(cell), r.right
    printed = value if cell == r.target else r.printed.value
    if cell != r.target and r.kind in ("sum", "total"):
        right += value - old
    elif cell != r.target and r.kind == "share":
        right = right * value / old if old else right
    elif cell != r.target:
        changed = result_of(r.kind, [value if s == cell else layout.value(s) for s in r.sources])
        right = right if changed is None else changed
    wide = max(1, len(r.sources) // 2) if r.kind in ("sum", "total") else 1
    return abs(printed - right) <= r.printed.step * wide
