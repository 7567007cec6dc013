"""The areas that sources name, as the codes of the register."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from beskplan.core.errors import BeskplanError, Problem
from beskplan.registers.areas import Area, Kind, area, areas, find
from beskplan.sources.labels import nearest_of


@cache
def known_area(name: str) -> Area | None:
    """The area that a source's name means, or None."""
    try:
        return find(name)
    except BeskplanError:
        return None


def codes_of(kinds: Iterable[Kind]) -> frozenset[str]:
    """Codes of all areas of some kinds, whenever they existed."""
    return frozenset(one.kode for kind in kinds for one in areas(kind))


def missing_areas(codes: Iterable[str], names: Iterable[str], where: str) -> list[Problem]:
    """A problem for each area that must be there and is not, with the source's nearest names."""
    there = tuple(names)
    problems = []
    for one in sorted(map(area, codes), key=lambda one: one.kode):
        near = nearest_of(one.navn, there)
        fix = f"did it get a new name? The source has {near}" if near else ""
        what = "the table does not have this area"
        problems.append(Problem(where, what, f"'{one.navn}' ({one.kode})", fix=fix))
    return problems
