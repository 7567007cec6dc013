"""How a target stands: what it is judged by, and the status of every kind of target.

Its baseline, its level, the number that counts, and why one is missing; then `follow_up` takes one
target of a plan and what is known of its numbers, and judges it as of a month. Nothing is judged that
cannot be: each such case has its reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from beskplan.core.periods import Period, month
from beskplan.indicators import targets
from beskplan.indicators.quantities import Quantity, absolute_change, without_number
from beskplan.params import maal

Status = Literal["reached", "on_track", "behind", "unknown"]
Reason = Literal[
    "",
    "qualitative",
    "named_only",
    "forecast",
    "awaiting_level",
    "awaiting_baseline",
    "no_baseline",
    "baseline_withheld",
    "not_measured",
    "no_data",
    "withheld",
    "ended_early",
    "not_begun",
    "no_comparison",
]
"""Why a target cannot be judged; empty where it can."""


@dataclass(frozen=True)
class FollowUp:
    """How one target stands in one area.

    Attributes:
        status: `unknown` where it cannot be judged.
        reason: Why not.
        final: Whether the deadline is behind us, so that the status no longer changes.
        baseline: What it is measured from; its quantity has no number where there is none.
        latest: What the status was judged on, or the newest number there is, told or withheld.
        level: The level to reach; None where the target has none.
        path: Where an even way to the level has come in the latest period.
    """

    status: Status
    reason: Reason = ""
    final: bool = False
    baseline: targets.Point | None = None
    latest: targets.Point | None = None
    level: Quantity | None = None
    path: Quantity | None = None


@dataclass(frozen=True)
class Measured:
    """What is known of a target's numbers in one area.

    Attributes:
        series: The area's own numbers; None where nothing in the data measures the target.
        as_of: The month that the follow-up looks from: the newest that the data hold for anyone.
        others: For comparisons: the same numbers of other areas.
    """

    series: targets.Series | None
    as_of: Period
    others: Mapping[str, targets.Series]

    def has_passed(self, period: Period) -> bool:
        """Whether a period is over, seen from `as_of`."""
        return targets.month_number(period) <= targets.month_number(self.as_of)


def direction_of(target: maal.Target) -> targets.Direction:
    """Which way a target with a level or change points."""
    change = _change_asked(target)
    if change is not None:
        return "at_least" if change > 0 else "at_most"
    if target.slags in ("andel", "niveau"):
        return "exactly"
    at_most = ("andel_hoejst", "niveau_hoejst", "frist_maaneder")
    return "at_most" if target.slags in at_most else "at_least"


def _change_asked(target: maal.Target) -> Decimal | None:
    match target:
        case maal.Relativ():
            return target.aendring_pct
        case maal.Absolut():
            return target.aendring
        case maal.Procentpoint():
            return target.aendring_pctpoint
    return None


def with_baseline(target: maal.Target, measured: Measured) -> FollowUp:
    """Baseline, newest number and level, before anything is judged."""
    baseline = _baseline(target, measured)
    # A withheld month is the newest one all the same: it is not passed over for an older number.
    counted = [point for point in measured.series or () if point.quantity.state != "absent"]
    level = printed_level(target)
    if level is None and baseline is not None:
        level = level_from(target, baseline.quantity)
    return FollowUp(
        "unknown", baseline=baseline, latest=counted[-1] if counted else None, level=level
    )


def _baseline(target: maal.Target, measured: Measured) -> targets.Point | None:
    """The plan's printed baseline, else that of the data; None where the plan names no period."""
    named = target.udgangspunkt
    if named is None or named.periode is None:
        return None
    series = measured.series or ()
    unit = series[0].quantity.unit if series else _unit(target)
    if named.vaerdi is not None:
        return targets.Point(
            named.periode, Quantity(named.vaerdi, named.decimaler, unit, origin=("plan",))
        )
    found = targets.value_at(series, named.periode)
    return targets.Point(named.periode, found or Quantity(None, named.decimaler, unit, "absent"))


def _unit(target: maal.Target) -> str:
    return getattr(target, "enhed", "måneder" if isinstance(target, maal.FristMaaneder) else "pct.")


def printed_level(target: maal.Target) -> Quantity | None:
    """The level that the plan itself prints."""
    match target:
        case maal.Niveau(niveau=number) if number is not None:
            pass
        case maal.Andel(andel_pct=number) | maal.RatePrMaaned(rate_pct=number):
            pass
        case maal.Kvalitativ(andel_pct=number) if number is not None:
            pass
        case maal.AntalPrMaaned(antal=number) | maal.AntalIAaret(antal=number):
            pass
        case maal.FristMaaneder(maaneder=months):
            return Quantity(Decimal(months), 0, "måneder", origin=("plan",))
        case _:
            return None
    return Quantity(number, targets.decimals_of(number), _unit(target), origin=("plan",))


def level_from(target: maal.Target, baseline: Quantity) -> Quantity | None:
    """The level that follows from the baseline, without a number where that has none."""
    match target:
        case maal.Relativ():
            return targets.level_after_pct(baseline, target.aendring_pct)
        case maal.Absolut():
            return targets.level_after_change(baseline, target.aendring)
        case maal.Procentpoint():
            return targets.level_after_change(baseline, target.aendring_pctpoint)
        case maal.Niveau():
            return baseline
    return None


def lack(base: FollowUp) -> Reason:
    """Why there is nothing to judge by, or an empty text."""
    if base.baseline is not None and (base.level is None or not base.level.is_number):
        state = base.baseline.quantity.state
        if state == "withheld":
            return "baseline_withheld"
        if state == "absent":
            return "awaiting_baseline"
    return "no_baseline" if base.level is None else ""


def start_before(measured: Measured, plan_year: int) -> targets.Point | None:
    """Where a level without a baseline of its own begins: the last month or year before the plan."""
    for period in (month(plan_year - 1, 12), Period("Y", plan_year - 1, 1)):
        found = targets.value_at(measured.series or (), period)
        if found is not None and found.is_number:
            return targets.Point(period, found)
    return None


def judged_point(measured: Measured, deadline: Period, plan_year: int) -> targets.Point | Reason:
    """The number to judge by: the deadline's own once it has passed, else the newest."""
    series = measured.series or ()
    if not series:
        return "no_data"
    newest = series[-1]
    if measured.has_passed(deadline):
        found = targets.value_at(series, deadline)
        newest = newest if found is None else targets.Point(deadline, found)
        if found is None:
            return "ended_early"
    elif (
        targets.month_number(measured.as_of) - targets.month_number(newest.period)
        > targets.FRESH_MONTHS[newest.period.kind]
    ):
        return "ended_early"
    elif newest.period.last_day.year < plan_year:
        return "not_begun"
    if newest.quantity.is_number:
        return newest
    return "withheld" if newest.quantity.state == "withheld" else "no_data"


_NOT_JUDGED: dict[type[maal.Target], Reason] = {
    maal.Kvalitativ: "qualitative",
    maal.Naevnt: "named_only",
    maal.Prognose: "forecast",
}


def follow_up(target: maal.Target, measured: Measured, plan_year: int) -> FollowUp:
    """How `target` stands in the area that `measured` is about.

    Args:
        target: The target as the plan's parameters give it.
        measured: The numbers.
        plan_year: The year of the plan: numbers from before it say nothing of how it goes.
    """
    if reason := _NOT_JUDGED.get(type(target)):
        return FollowUp("unknown", reason, level=printed_level(target))
    base = with_baseline(target, measured)
    if isinstance(target, maal.Opfoelgning):
        return replace(base, reason="awaiting_level")
    if measured.series is None:
        return replace(base, reason="not_measured")
    match target:
        case maal.RatePrMaaned() | maal.AntalPrMaaned() | maal.AntalIAaret():
            return _through_the_year(target, base, measured)
        case maal.Landsgennemsnit() | maal.IkkeRingereEnd() | maal.Retning():
            return _compared(target, base, measured, plan_year)
    return _to_the_level(target, base, measured, plan_year)


def _to_the_level(
    target: maal.Target, base: FollowUp, measured: Measured, plan_year: int
) -> FollowUp:
    """A level at a deadline: final once the deadline has passed, else held against the way there."""
    level = base.level
    if (reason := lack(base)) or level is None:
        return replace(base, reason=reason)
    judged = judged_point(measured, target.frist, plan_year)
    if not isinstance(judged, targets.Point):
        return replace(base, reason=judged)
    final = measured.has_passed(target.frist)
    direction, strict = direction_of(target), isinstance(target, maal.Niveau) and target.under
    found = replace(base, latest=judged, final=final)
    if targets.is_met(judged.quantity, level, direction, strict=strict):
        return replace(found, status="reached")
    if final:
        return replace(found, status="behind")
    start = base.baseline or start_before(measured, plan_year)
    path = targets.path_value(start, level, target.frist, judged.period) if start else None
    if start is None or path is None:
        return replace(found, reason="no_baseline")
    kept = targets.keeps_path(judged.quantity, path, level, direction, start.quantity)
    return replace(found, status="on_track" if kept else "behind", baseline=start, path=path)


def _through_the_year(
    target: maal.RatePrMaaned | maal.AntalPrMaaned | maal.AntalIAaret,
    base: FollowUp,
    measured: Measured,
) -> FollowUp:
    """What counts is the whole year: a sum, a mean, or every single month of it."""
    level = base.level
    if level is None or not measured.series:
        return replace(base, reason="no_data")
    year = Period("Y", target.frist.year, 1)
    months = {p.period: p.quantity for p in measured.series or () if p.period.year == year.year}
    if year in months:
        return _whole_year(base, targets.Point(year, months[year]), level)
    so_far = [one for one in year.months() if measured.has_passed(one)]
    if not so_far:
        return replace(base, reason="not_begun")
    values = tuple(months[one] for one in so_far if one in months)
    if len(values) < len(so_far):
        return replace(base, reason="ended_early" if values else "no_data")
    if state := without_number(*values):
        return replace(base, reason="withheld" if state == "withheld" else "no_data")
    part, expected = _so_far(target, values, level)
    final = len(so_far) == len(year.months())
    kept = targets.is_met(part, expected, "at_least")
    # A sum that has come up to the level stays there; a mean or a lowest month may still fall.
    settled = final or isinstance(target, maal.AntalIAaret)
    status: Status = "on_track" if kept else "behind"
    if settled and targets.is_met(part, level, "at_least"):
        status = "reached"
    latest = targets.Point(year if final else so_far[-1], part)
    if isinstance(target, maal.AntalPrMaaned):
        # Judged on the lowest month, so that month is named: the last one may have another number.
        latest = targets.Point(so_far[values.index(part)], part)
    return replace(base, status=status, final=final, latest=latest, path=expected)


def _whole_year(base: FollowUp, found: targets.Point, level: Quantity) -> FollowUp:
    """The source counts the year as one number: it is final."""
    if not found.quantity.is_number:
        return replace(base, reason="withheld" if found.quantity.state == "withheld" else "no_data")
    status: Status = "reached" if targets.is_met(found.quantity, level, "at_least") else "behind"
    return replace(base, status=status, final=True, latest=found)


def _so_far(
    target: maal.Target, values: tuple[Quantity, ...], level: Quantity
) -> tuple[Quantity, Quantity]:
    """The year so far, and what it should be: a sum, a mean, or the lowest month."""
    if isinstance(target, maal.AntalIAaret):
        due = level.exact * len(values) / Decimal(12)
        return targets.total(values), Quantity(due, 0, level.unit)
    if isinstance(target, maal.RatePrMaaned):
        found = targets.mean(values)
        return replace(found, decimals=max(found.decimals, level.decimals)), level
    return min(values, key=lambda value: value.printed), level


def _compared(
    target: maal.Landsgennemsnit | maal.IkkeRingereEnd | maal.Retning,
    base: FollowUp,
    measured: Measured,
    plan_year: int,
) -> FollowUp:
    """No level of its own: held against the country, other municipalities or the time before."""
    judged = judged_point(measured, target.frist, plan_year)
    if not isinstance(judged, targets.Point):
        return replace(base, reason=judged)
    found = replace(base, latest=judged, final=measured.has_passed(target.frist))
    match target:
        case maal.Landsgennemsnit():
            return _beside_the_country(found, judged, measured)
        case maal.IkkeRingereEnd():
            return _no_worse(target, found, judged, measured, plan_year)
    return _direction_only(target, found, judged, measured)


def _beside_the_country(found: FollowUp, judged: targets.Point, measured: Measured) -> FollowUp:
    """At least the national average of the same period."""
    country = next(iter(measured.others.values()), ())
    level = targets.value_at(country, judged.period)
    if level is None or not level.is_number:
        return replace(found, reason="no_comparison")
    status: Status = "reached" if targets.is_met(judged.quantity, level, "at_least") else "behind"
    return replace(found, status=status, level=level)


def _no_worse(
    target: maal.IkkeRingereEnd,
    found: FollowUp,
    judged: targets.Point,
    measured: Measured,
    plan_year: int,
) -> FollowUp:
    """The own change since the baseline against each of the others'."""
    start = found.baseline or start_before(measured, plan_year)
    if start is None or not start.quantity.is_number:
        return replace(found, reason="no_baseline")
    own = absolute_change(start.quantity, judged.quantity)
    others = [_change(series, start.period, judged.period) for series in measured.others.values()]
    known = [change for change in others if change is not None and change.is_number]
    if not others or len(known) < len(others):
        return replace(found, reason="no_comparison", baseline=start)
    way: targets.Direction = "at_least" if target.bedre == "op" else "at_most"
    kept = all(targets.is_met(own, change, way) for change in known)
    return replace(found, status=_so_or_behind(kept, found), baseline=start)


def _change(series: targets.Series, before: Period, now: Period) -> Quantity | None:
    was, level = targets.value_at(series, before), targets.value_at(series, now)
    return absolute_change(was, level) if was is not None and level is not None else None


def _direction_only(
    target: maal.Retning, found: FollowUp, judged: targets.Point, measured: Measured
) -> FollowUp:
    """Up or down since the baseline; without a named one, since the measurement before."""
    earlier = [p for p in measured.series or () if p.period.last_day < judged.period.first_day]
    start = found.baseline or (earlier[-1] if earlier else None)
    if start is None or start.quantity.state == "absent":
        return replace(found, reason="no_baseline")
    if not start.quantity.is_number:
        return replace(found, reason="baseline_withheld", baseline=start)
    way: targets.Direction = "at_least" if target.retning == "op" else "at_most"
    kept = targets.is_met(judged.quantity, start.quantity, way, strict=True)
    return replace(found, status=_so_or_behind(kept, found), baseline=start)


def _so_or_behind(kept: bool, found: FollowUp) -> Status:
    if not kept:
        return "behind"
    return "reached" if found.final else "on_track"
