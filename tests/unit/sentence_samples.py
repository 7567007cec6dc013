"""Movements made for the tests of sentences, from the few numbers that such a test is about."""

from decimal import Decimal
from typing import Literal

from beskplan.core.periods import month
from beskplan.indicators.quantities import Movement, Quantity, absolute_change, pct_change
from beskplan.registers.areas import Area, area

RUDERSDAL, BORNHOLM, LAESOE = area("230"), area("400"), area("825")
HOVEDSTADEN, OESTDANMARK, LANDET = area("rar-hovedstaden"), area("oestdanmark"), area("000")
BEFORE, NOW = month(2019, 6), month(2020, 6)

Number = int | str | Decimal | Literal["withheld", "absent"]
"""A number, or the state of a cell that has none."""


def quantity(value: Number, decimals: int = 0, unit: str = "fuldtidspersoner") -> Quantity:
    if value == "withheld":
        return Quantity(None, decimals, unit, "withheld")
    if value == "absent":
        return Quantity(None, decimals, unit, "absent")
    return Quantity(Decimal(value), decimals, unit)


def movement(
    of: Area,
    before: Number,
    now: Number,
    share: Number | None = None,
    *,
    pct_decimals: int = 0,
    unit: str = "fuldtidspersoner",
) -> Movement:
    """A movement as the reports make them: changes are calculated, the share is as published."""
    was, level = quantity(before, unit=unit), quantity(now, unit=unit)
    return Movement(
        of,
        was,
        level,
        absolute_change(was, level),
        pct_change(was, level, pct_decimals),
        None if share is None else quantity(share, 1, "pct."),
    )
