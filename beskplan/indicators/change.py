"""Change between two periods."""

from __future__ import annotations

from decimal import Decimal

from beskplan.indicators.quantities import Quantity, without_number


def absolute_change(before: Quantity, now: Quantity) -> Quantity:
    """`now` minus `before`, of the printed values: the difference a reader finds in the table.

    Unit: that of the inputs, which must agree.
    Missing: withheld where an input is withheld, else absent where an input is absent; never 0.
    Source: a pure calculation (domain.md §5).

    Raises:
        ValueError: where the units differ.
    """
    if before.unit != now.unit:
        raise ValueError(f"cannot subtract {before.unit} from {now.unit}")
    decimals = max(before.decimals, now.decimals)
    origin = ("difference", before.origin, now.origin)
    if state := without_number(before, now):
        return Quantity(None, decimals, now.unit, state, origin)
    return Quantity(now.printed - before.printed, decimals, now.unit, origin=origin)


def pct_change(before: Quantity, now: Quantity, decimals: int = 0) -> Quantity:
    """(now / before - 1) x 100, of the values as the source gives them, not rounded.

    Unit: per cent of `before`.
    Missing: as `absolute_change`; absent also where `before` is 0, because no per cent of nothing exists.
    Source: a pure calculation (domain.md §5).

    Raises:
        ValueError: where the units differ.
    """
    if before.unit != now.unit:
        raise ValueError(f"cannot compare {before.unit} with {now.unit}")
    origin = ("change_pct", before.origin, now.origin)
    if state := without_number(before, now):
        return Quantity(None, decimals, "pct.", state, origin)
    if before.exact == 0:
        return Quantity(None, decimals, "pct.", "absent", origin)
    change = (now.exact / before.exact - 1) * Decimal(100)
    return Quantity(change, decimals, "pct.", origin=origin)
