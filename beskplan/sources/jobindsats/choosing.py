"""Which hierarchies and values of a table answer a plan: found by label, never by position."""

from __future__ import annotations

from dataclasses import dataclass

from beskplan.core.errors import SourceError
from beskplan.sources.jobindsats.spec import TOTAL, Dimension, Hierarchy, TableSpec
from beskplan.sources.labels import by_label, codes_of, known_area, missing_areas
from beskplan.sources.plan import JobindsatsTable, Part


@dataclass(frozen=True, slots=True)
class AreaChoice:
    """A hierarchy of areas, and those of them (codes) that a plan takes from it."""

    hierarchy: str
    codes: frozenset[str]


def choose_areas(spec: TableSpec, plan: JobindsatsTable, where: str) -> tuple[AreaChoice, ...]:
    """The hierarchies that together hold the areas of a plan, the fullest first.

    Raises:
        SourceError: one problem per area that must be there and is in none of them.
    """
    found = {one.hierarchy_id: _areas_in(one) for one in _hierarchies(spec) if _holds_areas(one)}
    required = codes_of(plan.areas)
    optional = codes_of(plan.areas_if_there)
    there: set[str] = set().union(*found.values()) if found else set()
    if missing := required - there:
        names = [value.value_name for one in _hierarchies(spec) for value in one.values]
        raise SourceError(missing_areas(missing, names, where))
    left = required | (optional & there)
    choices = []
    while left:
        hierarchy, codes = max(found.items(), key=lambda item: len(item[1] & left))
        choices.append(AreaChoice(hierarchy, frozenset(codes & left)))
        left -= codes
    return tuple(choices)


def choose_values(spec: TableSpec, part: Part, where: str) -> dict[str, str]:
    """For every dimension without areas, one hierarchy and the path of the value asked for.

    All are written out: what the source does with a dimension that is left out is not known.

    Raises:
        SourceError: no value, or several, by the label of the part.
    """
    besides = [one for one in spec.dimensions if not any(map(_holds_areas, one.hierarchies))]
    chosen = {one.dimension_id: (one.hierarchies[0].hierarchy_id, TOTAL) for one in besides}
    if part.value is not None:
        dimension, hierarchy, path = _value_place(besides, part.value, part.hierarchy, where)
        chosen[dimension] = (hierarchy, path)
    return dict(chosen.values())


def _value_place(
    besides: list[Dimension], label: str, hint: str | None, where: str
) -> tuple[str, str, str]:
    """Dimension, hierarchy and path of the value with this label."""
    places = [
        (dimension.dimension_id, one, value)
        for dimension in besides
        for one in dimension.hierarchies
        for value in one.values
    ]
    hinted = [place for place in places if place[1].hierarchy_id == hint]
    dimension, hierarchy, value = by_label(
        (label,), hinted or places, lambda place: place[2].value_name, where, "value"
    )
    return dimension, hierarchy.hierarchy_id, value.value_id


def _hierarchies(spec: TableSpec) -> list[Hierarchy]:
    return [one for dimension in spec.dimensions for one in dimension.hierarchies]


def _areas_in(hierarchy: Hierarchy) -> set[str]:
    hits = (known_area(value.value_name) for value in hierarchy.values)
    return {one.kode for one in hits if one is not None}


def _holds_areas(hierarchy: Hierarchy) -> bool:
    # "Danmark" is the country and a country of birth: one such value does not make areas of the rest.
    values = hierarchy.values
    return bool(values) and 2 * len(_areas_in(hierarchy)) > len(values)
