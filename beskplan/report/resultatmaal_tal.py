"""The numbers of a plan's targets: what each is followed by, here and in the areas of comparison."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from beskplan.blocks.model import Source
from beskplan.core.periods import Kind, Period, month, periods_between
from beskplan.indicators.followup import FollowUp, Measured
from beskplan.indicators.judging import follow_up
from beskplan.indicators.quantities import Quantity
from beskplan.indicators.shares import share_pct
from beskplan.indicators.targets import Point, Series, month_number, total
from beskplan.observations import Key
from beskplan.params.maal import (
    IkkeRingereEnd,
    Landsgennemsnit,
    Maal,
    Maaling,
    OverordnetMaal,
    Target,
)
from beskplan.registers.areas import Area
from beskplan.registers.areas import find as find_area
from beskplan.registers.breaks import Break, breaks_between
from beskplan.registers.indicators import ALL
from beskplan.registers.provenance import PUBLISHED
from beskplan.report.base import Context

COUNTRY = "000"
_FINEST_FIRST: tuple[Kind, ...] = ("M", "Q", "QMAT", "Y")


@dataclass(frozen=True)
class FollowedTarget:
    """One target of the plan with its numbers, ready to be shown.

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


def read_targets(context: Context) -> tuple[FollowedTarget, ...]:
    """Every target of the plan in its order, with its numbers.

    Raises:
        ValueError: the params hold no targets; that is checked before.
    """
    plan = context.params.maal
    if plan is None:
        raise ValueError("the params were not checked")
    return tuple(
        _followed(context, plan, goal, target)
        for goal in plan.overordnede
        for target in goal.resultatmaal
    )


def breaks_within(context: Context, followed: FollowedTarget) -> tuple[Break, ...]:
    """The breaks of the series between a target's baseline and the number it is judged on."""
    measure, start, end = followed.target.maaling, followed.own.baseline, followed.own.latest
    if measure is None or start is None or end is None or start.period.kind != end.period.kind:
        return ()
    if not start.period < end.period:
        return ()
    found = (
        breaks_between(measure.indikator, ydelse, context.kommune.kode, start.period, end.period)
        for ydelse in measure.ydelser or (ALL,)
    )
    return tuple(dict.fromkeys(one for some in found for one in some))


def _followed(context: Context, plan: Maal, goal: OverordnetMaal, target: Target) -> FollowedTarget:
    line = f"{plan.dokument}, linje {target.linje}" if plan.dokument and target.linje else ""
    plan_source = Source(text=plan.kilde, reference=line)
    year, measure = context.params.aar, target.maaling
    before = plan.status_pr or month(year - 1, 12)
    if measure is None:
        own = follow_up(target, Measured(None, before, {}), year)
        return FollowedTarget(goal, target, own, None, (), (), plan_source)
    kommune, areas = context.kommune, _compared_areas(context, plan, target)
    country = [find_area(COUNTRY)] if isinstance(target, Landsgennemsnit) else []
    read = {
        area.kode: _until(read_series(context, measure, area), plan.status_pr)
        for area in dict.fromkeys((kommune, *areas, *country))
    }
    as_of = plan.status_pr or _newest(read.values()) or before
    judged = [(area, _judged(context, target, read, area, as_of)) for area in (kommune, *areas)]
    keys = [key for area, _ in judged for key in _series_keys(measure, area, read[area.kode])]
    return FollowedTarget(
        goal=goal,
        target=target,
        own=judged[0][1],
        series=read[kommune.kode],
        others=tuple(judged[1:]),
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
    areas = context.reference_areas(names, date(context.params.aar, 1, 1))
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
    counted = (p for series in all_series for p in series if p.quantity.state != "absent")
    return max((point.period.months()[-1] for point in counted), default=None)


def read_series(context: Context, measure: Maaling, area: Area) -> Series:
    """One area's numbers in order, of the finest kind of period that the data hold.

    Several benefits are added up, and a share is taken of the sums; a period in which a part has no
    row has no number. Missing: empty where the data have nothing of the kind. A period between two
    others that has no row is absent, so that no line is drawn across it; a plan prints single points
    in time, and those stay as they are.
    """
    wanted = {(measure.indikator, ydelse, measure.gruppe) for ydelse in _benefits(measure)}
    rows = context.data.snapshot.rows_by_area.get(area.kode, {})
    found = {key: row["source"] for key, row in rows.items() if key[:3] in wanted}
    every = {Period.parse(key[4]) for key in found}
    finest = next((kind for kind in _FINEST_FIRST if any(p.kind == kind for p in every)), None)
    periods = sorted((p for p in every if p.kind == finest), key=lambda period: period.last_day)
    is_printed = any(source.startswith(PUBLISHED) for source in found.values())
    if periods and not is_printed:
        periods = periods_between(periods[0], periods[-1])
    return tuple(Point(period, _value(context, measure, area, period)) for period in periods)


def _series_keys(measure: Maaling, area: Area, series: Series) -> list[Key]:
    """The keys of every row that a series was read from."""
    return [
        (measure.indikator, ydelse, measure.gruppe, area.kode, point.period.code)
        for point in series
        for ydelse in _benefits(measure)
    ]


def _benefits(measure: Maaling) -> tuple[str, ...]:
    """Every benefit that is read, once."""
    return tuple(dict.fromkeys((*(measure.ydelser or (ALL,)), *measure.i_pct_af)))


def _value(context: Context, measure: Maaling, area: Area, period: Period) -> Quantity:
    def one(ydelse: str) -> Quantity:
        return context.data.quantity(measure.indikator, ydelse, area.kode, period, measure.gruppe)

    parts = [one(ydelse) for ydelse in measure.ydelser or (ALL,)]
    count = parts[0] if len(parts) == 1 else total(tuple(parts))
    if not measure.i_pct_af:
        return count
    return share_pct(count, total(tuple(one(ydelse) for ydelse in measure.i_pct_af)))
