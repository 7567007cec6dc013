"""Which observations add up to which: what a reader of several of them can subtract."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from beskplan.core.periods import Period
from beskplan.observations.contract import Key
from beskplan.observations.suppression.protection import Relation
from beskplan.registers.areas import area
from beskplan.registers.benefits import benefit, parts
from beskplan.registers.indicators import ALL, INDICATORS

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


def relations_between(keys: Collection[Key]) -> tuple[Relation[Key], ...]:
    """Every sum that holds between observations printed together.

    Over benefits (composites, ledige), groups (visitation) and areas (regions, RAR, Øst/Vest); a sum
    of which only some parts are printed is given as incomplete.

    Args:
        keys: All observations of a page, or of one table where a page has only that.
    """
    printed = frozenset(keys)
    found = (
        Relation(key, shown, complete=len(shown) == len(wanted))
        for key in keys
        for wanted in _sums(key)
        if (shown := tuple(part for part in wanted if part in printed))
    )
    return tuple(dict.fromkeys(found))


def _sums(total: Key) -> Iterator[tuple[Key, ...]]:
    """The parts that add up to an observation, one way at a time."""
    indicator, ydelse, group, kode, period = total
    spec = INDICATORS[indicator]
    if spec.adds_over_ydelser and (ids := _parts_of_ydelse(ydelse, group, period)):
        yield tuple((indicator, part, group, kode, period) for part in ids)
    if spec.adds_over_ydelser and group == ALL:
        yield tuple((indicator, ydelse, part, kode, period) for part in VISITATION)
    if spec.adds_over_areas and (codes := area(kode).parts):
        yield tuple((indicator, ydelse, group, part, period) for part in codes)


def _parts_of_ydelse(ydelse: str, group: str, period: str) -> tuple[str, ...]:
    if ydelse == ALL:
        return LEDIGE_YDELSER if group == LEDIGE else ()
    if not benefit(ydelse).is_composite:
        return ()
    return parts(ydelse, Period.parse(period).last_day)
