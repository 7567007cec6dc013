"""A target of the plan together with how it stands, here and in the areas that the plan compares with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from beskplan.blocks.model import Source
from beskplan.core.periods import Period, month
from beskplan.indicators.followup import FollowUp, Measured
from beskplan.indicators.judging import follow_up
from beskplan.indicators.targets import Series, month_number
from beskplan.params.maal import IkkeRingereEnd, Landsgennemsnit, Maal, OverordnetMaal, Target
from beskplan.registers.areas import Area
from beskplan.registers.areas import find as find_area
from beskplan.registers.breaks import Break, breaks_between
from beskplan.registers.indicators import ALL
from beskplan.report.context import Context
from beskplan.report.resultatmaal.series import read_series, series_keys

COUNTRY = "000"


@dataclass(frozen=True)
class Standing:
    """One target, ready to be shown.

    Attributes:
        goal: The plan's goal that it belongs to.
        target: What the plan asks for.
        own: How it stands in the municipality.
        series: The municipality's numbers; None where nothing in the data measures it.
        others: How the same target would stand in the areas of comparison.
        number_sources: Of the numbers.
        plan_source: The plan, with the line of the target.
    """

    goal: OverordnetMaal
    target: Target
    own: FollowUp
    series: Series | None
    others: tuple[tuple[Area, FollowUp], ...]
    number_sources: tuple[Source, ...]
    plan_source: Source

    @property
    def sources(self) -> tuple[Source, ...]:
        """All of them; the plan stands once, also where the numbers are those that it prints."""
        if any(self.plan_source.text in source.text for source in self.number_sources):
            return self.number_sources
        return (*self.number_sources, self.plan_source)

    @property
    def label(self) -> str:
        """The target's name with its number, or with whose it is: unique within a plan."""
        lead = self.target.nr or (f"{self.target.jobcenter}:" if self.target.jobcenter else "")
        return f"{lead} {self.target.hvad}".strip()


def read_standings(context: Context) -> tuple[Standing, ...]:
    """Every target of the plan in its order.

    Raises:
        ValueError: the params hold no targets; that is checked before.
    """
    plan = context.params.maal
    if plan is None:
        raise ValueError("the params were not checked")
    return tuple(
        _standing(context, plan, goal, target)
        for goal in plan.overordnede
        for target in goal.resultatmaal
    )


def breaks_within(context: Context, standing: Standing) -> tuple[Break, ...]:
    """The breaks of the series between a target's baseline and the number it is judged on."""
    measure, start, end = standing.target.maaling, standing.own.baseline, standing.own.latest
    if measure is None or start is None or end is None or start.period.kind != end.period.kind:
        return ()
    if not start.period < end.period:
        return ()
    found = (
        breaks_between(measure.indikator, ydelse, context.kommune.kode, start.period, end.period)
        for ydelse in measure.ydelser or (ALL,)
    )
    return tuple(dict.fromkeys(one for some in found for one in some))


def _standing(context: Context, plan: Maal, goal: OverordnetMaal, target: Target) -> Standing:
    plan_source = Source(
        text=plan.kilde,
        reference=f"{plan.dokument}, linje {target.linje}"
        if plan.dokument and target.linje
        else "",
    )
    areas = _compared_areas(context, plan, target)
    if target.maaling is None:
        measured = Measured(None, plan.status_pr or month(context.params.aar - 1, 12), {})
        own = follow_up(target, measured, context.params.aar)
        return Standing(goal, target, own, None, (), (), plan_source)
    country = [find_area(COUNTRY)] if isinstance(target, Landsgennemsnit) else []
    read = {
        area.kode: _until(read_series(context, target.maaling, area), plan.status_pr)
        for area in dict.fromkeys((context.kommune, *areas, *country))
    }
    as_of = plan.status_pr or _newest(read.values()) or month(context.params.aar - 1, 12)
    own_series = read[context.kommune.kode]
    keys = [
        key
        for area in (context.kommune, *areas)
        for key in series_keys(target.maaling, area, read[area.kode])
    ]
    return Standing(
        goal=goal,
        target=target,
        own=_judged(context, target, read, context.kommune, as_of),
        series=own_series,
        others=tuple((area, _judged(context, target, read, area, as_of)) for area in areas),
        number_sources=context.data.sources(keys),
        plan_source=plan_source,
    )


def _judged(
    context: Context, target: Target, read: dict[str, Series], area: Area, as_of: Period
) -> FollowUp:
    compared: list[Area] = []
    if isinstance(target, Landsgennemsnit):
        compared = [find_area(COUNTRY)]
    if isinstance(target, IkkeRingereEnd):
        compared = [find_area(name, kind="kommune") for name in target.kommuner]
    measured = Measured(
        series=read[area.kode],
        as_of=as_of,
        others={one.navn: read.get(one.kode, ()) for one in compared if one != area},
        is_own=area == context.kommune,
    )
    return follow_up(target, measured, context.params.aar)


def _compared_areas(context: Context, plan: Maal, target: Target) -> tuple[Area, ...]:
    names = plan.sammenlign_med if target.sammenlign_med is None else target.sammenlign_med
    on = date(context.params.aar, 1, 1)
    areas = context.reference_areas(names, on)
    if isinstance(target, IkkeRingereEnd):
        named = (find_area(name, kind="kommune") for name in target.kommuner)
        areas = tuple(dict.fromkeys((*areas, *named)))
    return tuple(area for area in areas if area != context.kommune)


def _until(series: Series, last: Period | None) -> Series:
    if last is None:
        return series
    return tuple(p for p in series if month_number(p.period) <= month_number(last))


def _newest(all_series: Iterable[Series]) -> Period | None:
    """The newest month that the source counts for any of the areas, withheld or not."""
    months = sorted(_months(all_series))
    return months[-1] if months else None


def _months(all_series: Iterable[Series]) -> Iterator[Period]:
    for series in all_series:
        for point in series:
            if point.quantity.state != "absent":
                yield point.period.months()[-1]
