"""What a page prints: the numbers that would give a withheld one away are withheld as well.

A withheld cell is safe when, for every value that it may have, whole numbers for all withheld cells
exist that agree with everything printed. What cannot be proved within the solver's budget counts as
revealed.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar

from beskplan.core.numbers import round_half_away
from beskplan.observations.suppression.small import THRESHOLDS
from beskplan.observations.suppression.solver import Equation, has_solution


class Cell(Protocol):
    """What a printed cell must tell: `beskplan.indicators.quantities.Quantity` does."""

    @property
    def value(self) -> Decimal | None: ...  # noqa: D102
    @property
    def decimals(self) -> int: ...  # noqa: D102
    @property
    def state(self) -> Any: ...  # noqa: D102


K = TypeVar("K", bound=Hashable)
C = TypeVar("C", bound=Any)


@dataclass(frozen=True)
class Relation(Generic[K]):
    """A total and the printed parts of it.

    Attributes:
        total: Key of the cell that holds the total.
        parts: Keys of its parts that are printed.
        complete: Whether these are all its parts; else something unprinted, not below 0, is missing.
    """

    total: K
    parts: tuple[K, ...]
    complete: bool = True


def revealed(
    cells: Mapping[K, Cell],
    relations: Iterable[Relation[K]],
    *,
    below: int = THRESHOLDS["jobindsats"],
    also_withheld: Collection[K] = (),
) -> tuple[K, ...]:
    """The withheld cells that a reader of the page can narrow down, in page order.

    Args:
        cells: Every printed cell by key; keys of relations that are not here are not printed.
        relations: How they add up.
        below: The reader knows that a withheld number is a whole one from 0 to `below` - 1.
        also_withheld: Cells taken off the page although the source publishes them. The page does not
            say which they are; the reader is taken to know of them only that they are not below 0.
    """
    own = [key for key in cells if cells[key].state == "withheld" and key not in also_withheld]
    hidden = set(own) | set(also_withheld)
    equations = [e for r in relations if (e := _equation(r, cells, hidden)) is not None]
    bounds: dict[Hashable, tuple[int, int | None]] = dict.fromkeys(also_withheld, (0, None))
    bounds |= {key: (0, _top(cells[key], below)) for key in own}
    exposed = []
    for key in own:
        top = _top(cells[key], below)
        values = range(top + 1)
        if not all(has_solution(equations, {**bounds, key: (v, v)}) for v in values):
            exposed.append(key)
    return tuple(exposed)


def protect(
    cells: Mapping[K, C],
    relations: Sequence[Relation[K]],
    *,
    below: int = THRESHOLDS["jobindsats"],
    keep: Collection[K] = (),
) -> dict[K, C]:
    """The cells of a page with all withheld that would give a withheld one away.

    Levels first: changes and shares are derived from what this returns, never before. Parts are
    taken before totals, small ones before large, those in `keep` last.

    Args:
        cells: Every printed cell by key: frozen dataclasses such as `Quantity`.
        relations: How they add up; give all that hold between printed cells.
        below: See `revealed`.
        keep: Cells that the page would rather print.

    Returns:
        The same keys in the same order; `revealed` finds nothing in them.
    """
    taken: set[K] = set()
    totals = {relation.total for relation in relations}
    while exposed := revealed(cells, relations, below=below, also_withheld=taken):
        if not (candidates := _candidates(exposed, cells, relations, taken)):
            break  # Nothing that adds up is printed any more: the page itself tells nothing.
        taken.add(min(candidates, key=lambda k: (k in keep, k in totals, cells[k].value)))
    return {
        key: replace(cell, value=None, state="withheld") if key in taken else cell
        for key, cell in cells.items()
    }


def share_beside(count: Cell, share: C) -> C:
    """A share as it may stand beside its count: withheld with it.

    Sources print per cents whose count they withhold; with the known workforce such a per cent gives
    the count within a few persons.
    """
    if count.state == "withheld" and share.state != "absent":
        withheld: C = replace(share, value=None, state="withheld")
        return withheld
    return share


def rounding_bound(parts: int, decimals: int = 0) -> Decimal:
    """How far a sum of `parts` rounded numbers may lie from the sum of the true ones.

    Unit: that of the numbers. Source: half a unit of the last printed decimal for each part.
    """
    return parts * Decimal("0.5").scaleb(-decimals)


def _candidates(
    exposed: Collection[K],
    cells: Mapping[K, Cell],
    relations: Iterable[Relation[K]],
    taken: Collection[K],
) -> list[K]:
    """Printed numbers in the relations of exposed cells; those of all relations where none is left."""
    hidden = {key for key in cells if cells[key].state == "withheld"} | set(taken)
    members = [[k for k in (r.total, *r.parts) if k in cells] for r in relations]

    def printed(keys: Iterable[K]) -> list[K]:
        return [key for key in keys if key not in hidden and cells[key].value is not None]

    near = [key for keys in members if set(keys) & set(exposed) for key in printed(keys)]
    return near or [key for keys in members if set(keys) & hidden for key in printed(keys)]


def _equation(
    relation: Relation[K], cells: Mapping[K, Cell], hidden: Collection[K]
) -> Equation | None:
    """What a relation tells of the hidden cells; None where it tells nothing.

    Counts are rounded one by one, so that a printed total may differ from its parts' sum. The reader
    is taken to believe the sum exactly: whatever is safe from that reader is safe from every other.
    """
    parts = [key for key in relation.parts if key in cells and cells[key].state != "absent"]
    complete = relation.complete and len(parts) == len(relation.parts)
    total = cells.get(relation.total)
    if total is None or total.state == "absent":
        return None
    unknown = [key for key in parts if key in hidden]
    known = sum((_whole(cells[key]) for key in parts if key not in hidden), 0)
    if relation.total not in hidden:
        if not unknown:
            return None
        return Equation(tuple(unknown), None, _whole(total) - known, exact=complete)
    return Equation(tuple(unknown), relation.total, -known, exact=complete)


def _whole(cell: Cell) -> int:
    """The printed number in units of its last decimal."""
    if cell.value is None:
        raise ValueError(f"there is no number: the cell is {cell.state}")
    return int(round_half_away(cell.value, cell.decimals).scaleb(cell.decimals))


def _top(cell: Cell, below: int) -> int:
    """The largest value that a withheld cell may have, in units of its last decimal."""
    units: int = 10**cell.decimals
    return max(below - 1, 0) * units
