"""Shares, gaps between shares, and what a printed share says about its denominator."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from beskplan.core.numbers import pctpoint
from beskplan.indicators.quantities import Quantity, without_number


def share_pct(count: Quantity, of: Quantity, decimals: int = 1) -> Quantity:
    """`count` as per cent of `of`, 0-100, not rounded.

    Missing: withheld where an input is withheld, absent where one is absent or `of` is 0; never 0.
    Source: a pure calculation (domain.md §5); both must be of the same area and period.
    """
    origin = ("share_pct", count.origin, of.origin)
    if state := without_number(count, of):
        return Quantity(None, decimals, "pct.", state, origin)
    if of.exact == 0:
        return Quantity(None, decimals, "pct.", "absent", origin)
    return Quantity(count.exact / of.exact * Decimal(100), decimals, "pct.", origin=origin)


def gap_pctpoint(share: Quantity, reference: Quantity) -> Quantity:
    """`share` minus `reference` in percentage points, of the printed shares.

    Of the printed ones, because a reader who subtracts the table's figures must find the same.
    Missing: withheld where an input is withheld, else absent where one is absent.
    Source: domain.md §5.
    """
    decimals = max(share.decimals, reference.decimals)
    origin = ("difference", reference.origin, share.origin)
    if state := without_number(share, reference):
        return Quantity(None, decimals, "procentpoint", state, origin)
    gap = pctpoint(share.exact, reference.exact, decimals)
    return Quantity(gap, decimals, "procentpoint", origin=origin)


@dataclass(frozen=True)
class Interval:
    """A closed interval in which a number must lie: a finding about rounding, never a statistic."""

    low: Decimal
    high: Decimal

    def intersect(self, other: Interval) -> Interval | None:
        """The part that both have in common, or None."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Interval(low, high) if low <= high else None


def rounding_interval(quantity: Quantity) -> Interval:
    """Where the true value lies, when only the printed one is known; ValueError where there is none."""
    half = Decimal("0.5").scaleb(-quantity.decimals)
    return Interval(quantity.printed - half, quantity.printed + half)


def implied_denominator(count: Quantity, share: Quantity) -> Interval | None:
    """The denominators for which `count` gives the printed `share`.

    A published share whose denominator is not printed stays as it was published; this interval only
    tells whether figures of the same area and period can belong together.
    Unit: that of the denominator (persons in the workforce or population).
    Missing: None where an input is missing or the share prints as 0, which bounds nothing from above.
    Source: a pure calculation from rounding to the printed precision (domain.md §5).
    """
    if without_number(count, share):
        return None
    count_range, share_range = rounding_interval(count), rounding_interval(share)
    if share_range.low <= 0:
        return None
    hundred = Decimal(100)
    return Interval(
        max(count_range.low, Decimal(0)) / share_range.high * hundred,
        count_range.high / share_range.low * hundred,
    )
