"""A number with its unit, its printed precision and its state; and how one area moves between periods."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

from beskplan.core.numbers import format_number, format_pct, round_half_away
from beskplan.registers.areas import Area

State = Literal["known", "withheld", "absent", "calculated"]

Origin: TypeAlias = "tuple[str | Origin, ...]"
"""How a number came about, written down so that the proof can calculate it anew by its own arithmetic.

`("read", indicator, ydelse, group, area, period)`, or a calculation with the origins of its parts:
`("difference", before, now)` of printed numbers, `("change_pct", before, now)`, `("share_pct", count,
of)`, `("sum", …)`, `("printed_sum", …)`, `("mean", …)`, `("rank", own, other, …)`. What no observation
gives is `("plan",)`, `("law",)`, `("model",)`, `("count",)` or `("demo",)`; what an earlier edition of the
report read is `("edition", …)` with its key. Empty where nobody has said it.
"""

WITHHELD_TEXT = "fortroligt"
"""Printed where the source keeps a number back: it is not zero."""
ABSENT_TEXT = "ikke opgjort"
"""Printed where the source has no row: it is neither zero nor withheld."""


@dataclass(frozen=True)
class Quantity:
    """One number as a report knows it.

    Attributes:
        value: The exact value; None unless the state is `known` or `calculated`.
        decimals: How many decimals are printed. A value the source printed rounded keeps that precision.
        unit: What the number counts: `fuldtidspersoner`, `pct.`, `procentpoint`, `uger`.
        state: See `beskplan.observations.contract`.
        origin: How it came about; two quantities may be equal and have come about differently.
    """

    value: Decimal | None
    decimals: int
    unit: str
    state: State = "known"
    origin: Origin = field(default=(), compare=False)

    def __post_init__(self) -> None:
        if self.is_number is (self.value is None):
            raise ValueError(f"a quantity that is {self.state} cannot have the value {self.value}")

    @property
    def is_number(self) -> bool:
        """Whether there is a number to print and calculate with."""
        return self.state in ("known", "calculated")

    @property
    def exact(self) -> Decimal:
        """The unrounded value; ValueError where there is none."""
        if self.value is None:
            raise ValueError(f"there is no number: the value is {self.state}")
        return self.value

    @property
    def printed(self) -> Decimal:
        """The value as a reader sees it, rounded half away from zero; ValueError where there is none."""
        return round_half_away(self.exact, self.decimals)

    def text(self, *, signed: bool = False, unit: Literal["", "%", "pct."] = "") -> str:
        """The Danish text of the cell: a number, or the word for why there is none."""
        if not self.is_number:
            return WITHHELD_TEXT if self.state == "withheld" else ABSENT_TEXT
        if unit:
            return format_pct(self.exact, self.decimals, signed=signed, unit=unit)
        return format_number(self.exact, self.decimals, signed=signed)


def without_number(*inputs: Quantity) -> State | None:
    """The state that a figure derived from `inputs` must have, or None if it can be calculated.

    Withheld wins over absent: a reader must never be told "not counted" of a number that exists.
    """
    states = {quantity.state for quantity in inputs}
    if "withheld" in states:
        return "withheld"
    return "absent" if "absent" in states else None


@dataclass(frozen=True)
class Movement:
    """One area between two periods.

    Attributes:
        area: Which area.
        before: The level in the earlier period.
        now: The level in the later period.
        change: `now` minus `before`, of the printed values, so that a reader can check it.
        change_pct: The same in per cent of `before`.
        share: `now` as a share of the workforce or population, in per cent; None where not asked for.
    """

    area: Area
    before: Quantity
    now: Quantity
    change: Quantity
    change_pct: Quantity
    share: Quantity | None = None
