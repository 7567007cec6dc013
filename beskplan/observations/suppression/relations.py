"""Which observations add up to which: what a reader of several of them can subtract."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from beskplan.core.periods import Period
from beskplan.observations.contract import Key
from beskplan.registers.areas import area
from beskplan.registers.benefits import benefit, parts
from beskplan.registers.groups import target_groups
from beskplan.registers.indicators import ALL, INDICATORS

COUNTS: Final = tuple(
    name
    for name, one in INDICATORS.items()
    if one.unit in ("fuldtidspersoner", "personer", "helårspersoner", "forløb")
    and not name.startswith("aendring_")
)
"""Indicators that count people, or their courses. Company visits and weeks are not protected."""
LEDIGE: Final = "ledige"
LEDIGE_YDELSER: Final = ("a_dagpenge", "kontanthjaelp_2025")
"""The group and its two parts. Source: Jobindsats, table y25i01."""
VISITATION: Final = (
    "jobparate",
    "aktivitetsparate",
    "uddannelsesparate",
    "aabenlyst_uddannelsesparate",
    "uoplyst_visitation",
)
"""Every recipient of kontanthjælp has one of them. Source: Jobindsats, table y60a02."""


@dataclass(frozen=True)
class Relation:
    """A total and those of its parts that there are rows for.

    Attributes:
        total: Key of the total.
        parts: Keys of the parts.
        complete: Whether these are all; else something not below 0 is missing.
        overlapping: Whether one person may be counted in two parts: they are the total, or more.
        over_measures: Whether the part is another measure that cannot be more than the total.
        over_areas: Whether the parts are areas: so many roundings that nobody subtracts.
    """

    total: Key
    parts: tuple[Key, ...]
    complete: bool = True
    overlapping: bool = False
    over_areas: bool = False
    over_measures: bool = False

    @property
    def keys(self) -> tuple[Key, ...]:
        """The total, then the parts."""
        return (self.total, *self.parts)


def relations_within(keys: Collection[Key]) -> tuple[Relation, ...]:
    """The sums that hold between counts of one area and period: over benefits and over groups.

    Composites, the unemployed, visitation, LAB target groups, and a benefit that the source has
    counted back to before it began, beside those that it replaced.
    """
    found = (_within(total, ways, keys) for total in keys for ways in _sums(total))
    return tuple(dict.fromkeys(one for one in found if one is not None))


def relations_over_areas(totals: Collection[Key], keys: Collection[Key]) -> tuple[Relation, ...]:
    """The sums that hold between areas that the source itself counts and their municipalities.

    Never the country: 98 municipalities do not add up to it (domain.md §1).
    """
    found = []
    for total in totals:
        whole = area(total[3])
        if whole.kind == "land" or not INDICATORS[total[0]].adds_over_areas:
            continue
        wanted = [(*total[:3], kode, total[4]) for kode in whole.parts]
        shown = tuple(key for key in wanted if key in keys)
        if shown:
            found.append(Relation(total, shown, len(shown) == len(wanted), over_areas=True))
    return tuple(found)


def _within(total: Key, wanted: tuple[Key, ...], keys: Collection[Key]) -> Relation | None:
    shown = tuple(part for part in wanted if part in keys and part != total)
    if not shown:
        return None
    if shown[0][0] != total[0]:
        return Relation(total, shown, complete=False, over_measures=True)
    overlapping = INDICATORS[total[0]].unit == "personer"
    return Relation(total, shown, len(shown) == len(wanted), overlapping)


def _sums(total: Key) -> Iterator[tuple[Key, ...]]:
    """The parts that add up to a count, one way at a time."""
    indicator, ydelse, group, kode, period = total
    if indicator == "personer":
        # No part but a least number; where all receive a benefit all the time it is the same one.
        yield (("fuldtidspersoner", *total[1:]),)
    for ids in _benefit_parts(ydelse, group, period):
        yield tuple((indicator, part, group, kode, period) for part in ids)
    if group == ALL:
        groups = _target_groups() if ydelse == ALL else VISITATION
        yield tuple((indicator, ydelse, part, kode, period) for part in groups)


@cache
def _benefit_parts(ydelse: str, group: str, period: str) -> tuple[tuple[str, ...], ...]:
    if ydelse == ALL:
        return (LEDIGE_YDELSER,) if group == LEDIGE else ()
    day = Period.parse(period).last_day
    found = benefit(ydelse)
    if found.is_composite:
        return (parts(ydelse, day),)
    if found.predecessors and found.is_counted_back(day):
        return (found.predecessors,)
    return ()


@cache
def _target_groups() -> tuple[str, ...]:
    return tuple(group.id for group in target_groups())
