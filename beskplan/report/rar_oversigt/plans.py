"""The plans of a region's jobcentres: each jobcentre once, also where municipalities share one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from beskplan.core.errors import ParamsError, Problem
from beskplan.core.words import danish_key
from beskplan.params import PlanParams, available, read
from beskplan.params.bilag import Mark, Planoversigt
from beskplan.params.bilag import RarOversigt as RarParams
from beskplan.params.maal import Maal, Target
from beskplan.registers.areas import Area, area, find, joint_jobcentre
from beskplan.report.context import Context

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

    @property
    def is_known(self) -> bool:
        """Whether there is a plan to tell of."""
        return self.marks is not None

    def mark(self, goal: int) -> Mark | None:
        """The mark of a goal; None where the plan does not have it, or is not known."""
        return (self.marks or {}).get(goal)

    @property
    def quantified(self) -> int:
        """How many of the ministers' goals have a level."""
        return sum(mark == "X" for mark in (self.marks or {}).values())


def jobcentres(region: Area, on: date) -> tuple[Area, ...]:
    """Every jobcentre of a region on a day, joint ones once, in Danish order."""
    found = {joint_jobcentre(kode, on=on) or area(kode) for kode in region.parts}
    return tuple(sorted(found, key=lambda one: danish_key(one.navn)))


def read_plans(context: Context) -> tuple[Plan, ...]:
    """The plan of every jobcentre of the region, from its own params or from the region's.

    Raises:
        ValueError: the params have no `rar_oversigt`; the caller checks first.
    """
    params = context.params.rar_oversigt
    if params is None:
        raise ValueError("the params were not checked")
    own = {plan.jobcentre.kode: plan for plan in _own_plans(context)}
    told = {
        kode: _told(kode, entry, context.params.maal) for kode, entry in params.jobcentre.items()
    }
    return tuple(
        own.get(one.kode) or told.get(one.kode) or Plan(one, None)
        for one in jobcentres(context.kommune, _day(context))
    )


def plan_problems(context: Context, params: RarParams, where: str) -> Iterator[Problem]:
    """Jobcentres that are not of the region, stand twice, or share one with another municipality."""
    expected = {one.kode: one for one in jobcentres(context.kommune, _day(context))}
    own = {plan.jobcentre.kode for plan in _own_plans(context)}
    for kode in params.jobcentre:
        place, navn = f"{where}.jobcentre.{area(kode).navn}", area(kode).navn
        joint = joint_jobcentre(kode, on=_day(context)) if area(kode).kind == "kommune" else None
        if joint is not None:
            yield Problem(place, "has a joint jobcentre", navn, joint.navn, f"write {joint.navn}")
        elif kode not in expected:
            names = ", ".join(one.navn for one in expected.values())
            yield Problem(place, f"no jobcentre of {context.kommune.navn}", navn, names)
        elif kode in own:
            fix = "keep one of the two"
            yield Problem(place, "has a plan of its own under params/ too", navn, fix=fix)
    goals = len(context.params.ministermaal)
    for kode, entry in params.jobcentre.items():
        if odd := [number for number in entry.maal if number > goals]:
            expected_text = f"1 to {goals}, the year's `ministermaal`"
            found = ", ".join(map(str, odd))
            yield Problem(
                f"{where}.jobcentre.{area(kode).navn}", "no such goal", found, expected_text
            )


def _day(context: Context) -> date:
    return date(context.params.aar, 1, 1)


def _told(kode: str, entry: Planoversigt, targets: Maal | None) -> Plan:
    """A plan as the region's params tell it, with the targets that name its jobcentre."""
    centre = area(kode)
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


def _own_plans(context: Context) -> Iterator[Plan]:
    """The region's municipalities that have a plan with targets of that year under params/.

    A plan with faults in it is told of as one that cannot be read: they are another's to mend.
    """
    there = set(available(context.root))
    for kommune in map(area, context.kommune.parts):
        if (kommune.slug, context.params.aar) not in there:
            continue
        centre = joint_jobcentre(kommune, on=_day(context)) or kommune
        try:
            params = read(kommune.slug, context.params.aar, context.root)
        except ParamsError:
            yield Plan(centre, None, is_broken=True)
            continue
        if params.maal is not None:
            yield Plan(centre, _marks(params), _supplementary(params))


def _marks(params: PlanParams) -> dict[int, Mark]:
    """`X` for a goal with a level in one of its targets, `(X)` for one without."""
    marks: dict[int, Mark] = {}
    for goal in params.maal.overordnede if params.maal else ():
        kinds = [target.slags for target in goal.resultatmaal if target.slags not in NO_TARGET]
        if goal.ministermaal is None or not kinds:
            continue
        has_level = any(kind not in WITHOUT_LEVEL for kind in kinds)
        if has_level or goal.ministermaal not in marks:
            marks[goal.ministermaal] = "X" if has_level else "(X)"
    return marks


def _supplementary(params: PlanParams) -> tuple[str, ...]:
    goals = params.maal.overordnede if params.maal else ()
    found: list[Target] = [
        target for goal in goals if goal.ministermaal is None for target in goal.resultatmaal
    ]
    return tuple(target.hvad for target in found if target.slags not in NO_TARGET)
