"""What a target is judged by: its baseline, its level, the number that counts, and why one is missing.

`beskplan.indicators.judging` gives the status.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from beskplan.core.periods import Period, month
from beskplan.indicators.quantities import Quantity
from beskplan.indicators.targets import (
    FRESH_MONTHS,
    Direction,
    Point,
    Series,
    decimals_of,
    level_after_change,
    level_after_pct,
    month_number,
    value_at,
)
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
    baseline: Point | None = None
    latest: Point | None = None
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

    series: Series | None
    as_of: Period
    others: Mapping[str, Series]

    def has_passed(self, period: Period) -> bool:
        """Whether a period is over, seen from `as_of`."""
        return month_number(period) <= month_number(self.as_of)


def direction_of(target: maal.Target) -> Direction:
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


def _baseline(target: maal.Target, measured: Measured) -> Point | None:
    """The plan's printed baseline, else that of the data; None where the plan names no period."""
    named = target.udgangspunkt
    if named is None or named.periode is None:
        return None
    series = measured.series or ()
    unit = series[0].quantity.unit if series else _unit(target)
    if named.vaerdi is not None:
        return Point(named.periode, Quantity(named.vaerdi, named.decimaler, unit, origin=("plan",)))
    found = value_at(series, named.periode)
    return Point(named.periode, found or Quantity(None, named.decimaler, unit, "absent"))


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
    return Quantity(number, decimals_of(number), _unit(target), origin=("plan",))


def level_from(target: maal.Target, baseline: Quantity) -> Quantity | None:
    """The level that follows from the baseline, without a number where that has none."""
    match target:
        case maal.Relativ():
            return level_after_pct(baseline, target.aendring_pct)
        case maal.Absolut():
            return level_after_change(baseline, target.aendring)
        case maal.Procentpoint():
            return level_after_change(baseline, target.aendring_pctpoint)
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


def start_before(measured: Measured, plan_year: int) -> Point | None:
    """Where a level without a baseline of its own begins: the last month or year before the plan."""
    for period in (month(plan_year - 1, 12), Period("Y", plan_year - 1, 1)):
        found = value_at(measured.series or (), period)
        if found is not None and found.is_number:
            return Point(period, found)
    return None


def judged_point(measured: Measured, deadline: Period, plan_year: int) -> Point | Reason:
    """The number to judge by: the deadline's own once it has passed, else the newest."""
    series = measured.series or ()
    if not series:
        return "no_data"
    newest = series[-1]
    if measured.has_passed(deadline):
        found = value_at(series, deadline)
        newest = newest if found is None else Point(deadline, found)
        if found is None:
            return "ended_early"
    elif (
        month_number(measured.as_of) - month_number(newest.period)
        > FRESH_MONTHS[newest.period.kind]
    ):
        return "ended_early"
    elif newest.period.last_day.year < plan_year:
        return "not_begun"
    if newest.quantity.is_number:
        return newest
    return "withheld" if newest.quantity.state == "withheld" else "no_data"
