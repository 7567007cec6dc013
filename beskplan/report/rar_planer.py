"""The plans of a region's jobcentres: each jobcentre once, also where municipalities share one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

from beskplan.core.errors import ParamsError
from beskplan.core.words import danish_key
from beskplan.params import available, read
from beskplan.params.bilag import Mark, Planoversigt
from beskplan.params.maal import Maal
from beskplan.registers.areas import Area, area, find, joint_jobcentre

WITHOUT_LEVEL = ("kvalitativ", "naevnt", "retning", "opfoelgning")
"""Kinds of target that describe a goal without a level."""


NO_TARGET = ("prognose",)
"""What stands among the targets and is none."""


@dataclass(frozen=True)
class Plan:
    """One jobcentre's plan, as the overview tells it.

    Attributes:
        jobcentre: The municipality, or the joint jobcentre.
        marks: Mark by goal number; None where the overview has no plan for it.
        supplementary: Goals besides the ministers', and remarks.
        handicap: What it does for people with a handicap; empty where it does not say.
        compensating: Whether that is about the schemes that compensate for a handicap.
        is_broken: Whether there is a plan under params/ that cannot be read.
    """

    jobcentre: Area
    marks: dict[int, Mark] | None
    supplementary: tuple[str, ...] = ()
    handicap: str = ""
    compensating: bool = False
    is_broken: bool = False

    def mark(self, goal: int) -> Mark | None:
        """The mark of a goal; None where the plan does not have it, or is not known."""
        return (self.marks or {}).get(goal)


def jobcentres(region: Area, on: date) -> tuple[Area, ...]:
    """Every jobcentre of a region on a day, joint ones once, in Danish order."""
    found = {joint_jobcentre(kode, on=on) or area(kode) for kode in region.parts}
    return tuple(sorted(found, key=lambda one: danish_key(one.navn)))


def own_plans(region: Area, year: int, root: Path) -> dict[str, Plan]:
    """The plan of each jobcentre whose municipality has one with targets of that year under params/.

    A plan with faults in it is told of as one that cannot be read: they are another's to mend.
    """
    found, there = {}, set(available(root))
    for kommune in map(area, region.parts):
        if (kommune.slug, year) not in there:
            continue
        centre = joint_jobcentre(kommune, on=date(year, 1, 1)) or kommune
        try:
            params = read(kommune.slug, year, root)
        except ParamsError:
            found[centre.kode] = Plan(centre, None, is_broken=True)
            continue
        if params.maal is not None:
            found[centre.kode] = Plan(centre, _marks(params.maal), _supplementary(params.maal))
    return found


def region_plan(centre: Area, entry: Planoversigt, targets: Maal | None) -> Plan:
    """A plan as the region's params tell it, with the targets that name its jobcentre."""
    named = [
        target.hvad
        for goal in (targets.overordnede if targets else ())
        for target in goal.resultatmaal
        if goal.ministermaal is None and target.jobcenter and find(target.jobcenter) == centre
    ]
    return Plan(
        jobcentre=centre,
        marks=dict(entry.maal),
        supplementary=(*named, *entry.supplerende),
        handicap=entry.handicap or "",
        compensating=entry.kompenserende_ordninger,
    )


def _marks(targets: Maal) -> dict[int, Mark]:
    """`X` for a goal with a level in one of its targets, `(X)` for one without."""
    marks: dict[int, Mark] = {}
    for goal in targets.overordnede:
        kinds = [target.slags for target in goal.resultatmaal if target.slags not in NO_TARGET]
        if goal.ministermaal is None or not kinds:
            continue
        has_level = any(kind not in WITHOUT_LEVEL for kind in kinds)
        if has_level or goal.ministermaal not in marks:
            marks[goal.ministermaal] = "X" if has_level else "(X)"
    return marks


def _supplementary(targets: Maal) -> tuple[str, ...]:
    """The names of a plan's targets besides those for the ministers' goals."""
    goals = (goal for goal in targets.overordnede if goal.ministermaal is None)
    every = chain.from_iterable(goal.resultatmaal for goal in goals)
    return tuple(target.hvad for target in every if target.slags not in NO_TARGET)
