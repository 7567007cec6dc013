"""Quantities, and what is calculated of two: change, share, gap.

A quantity is a number with its unit, its printed precision and its state. A duration is measured on the
courses that are running at a point in time, or on all courses of a year; a long course is far more likely
to be met at a point in time than a short one, so the two give other numbers for the same people: they are
indicators of their own and never meet in a column.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal, TypeAlias

from beskplan.core.danish import format_number, format_pct, round_half_away
from beskplan.registers.areas import Area

State = Literal["known", "withheld", "absent", "calculated"]

Origin: TypeAlias = "tuple[str | int | Origin, ...]"
"""How a number came about, written down so that the proof can calculate it anew by its own arithmetic.

`("read", indicator, ydelse, group, area, period)`, or a calculation with the origins of its parts:
`("difference", before, now)` of printed numbers, `("change_pct", before, now)`, `("share_pct", count,
of)`, `("sum", …)`, `("printed_sum", …)`, `("mean", …)`, `("rank", decimals, own, other, …)` of numbers
printed with so many decimals. What no observation gives is `("plan",)`, `("law",)`, `("model",)`,
`("count",)` or `("demo",)`; what an earlier edition of the report read is `("edition", …)` with its key.
Empty where nobody has said it.
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

    @cached_property
    def printed(self) -> Decimal:
        """The value as a reader sees it, rounded half away from zero; ValueError where there is none."""
        return round_half_away(self.exact, self.decimals)

    @property
    def drawn(self) -> Decimal | None:
        """As printed; None where there is no number, and so no mark in a figure."""
        return self.printed if self.is_number else None

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


def calculated(
    how: str,
    parts: Sequence[Quantity],
    decimals: int,
    unit: str,
    value: Callable[[], Decimal | None],
    *,
    state: State = "known",
) -> Quantity:
    """A number calculated from `parts`, as `how` names it (`Origin`).

    Missing: without a number where a part has none; absent where `value` gives none.
    """
    origin: Origin = (how, *(part.origin for part in parts))
    missing = without_number(*parts)
    number = None if missing else value()
    return Quantity(
        number, decimals, unit, missing or ("absent" if number is None else state), origin
    )


def printed_sum(parts: Sequence[Quantity]) -> Quantity:
    """The sum of at least one printed number of one unit, `calculated`; missing as in its parts."""
    first = parts[0]
    return calculated(
        "printed_sum",
        parts,
        first.decimals,
        first.unit,
        lambda: sum((one.printed for one in parts), Decimal(0)),
        state="calculated",
    )


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

    @property
    def shown_share(self) -> Quantity:
        """The share, as a table has it: without a number where it was not asked for."""
        return self.share or self.change_pct


def movement(
    area: Area, before: Quantity, now: Quantity, decimals: int = 0, share: Quantity | None = None
) -> Movement:
    """An area between two levels, the change in per cent printed with `decimals`."""
    change = absolute_change(before, now)
    return Movement(area, before, now, change, pct_change(before, now, decimals), share)


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
    return _difference(before, now, now.unit)


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

    def change() -> Decimal | None:
        return (now.exact / before.exact - 1) * Decimal(100) if before.exact else None

    return calculated("change_pct", (before, now), decimals, "pct.", change)


def share_pct(count: Quantity, of: Quantity, decimals: int = 1) -> Quantity:
    """`count` as per cent of `of`, 0-100, not rounded.

    Missing: withheld where an input is withheld, absent where one is absent or `of` is 0; never 0.
    Source: a pure calculation (domain.md §5); both must be of the same area and period.
    """

    def share() -> Decimal | None:
        return count.exact / of.exact * Decimal(100) if of.exact else None

    return calculated("share_pct", (count, of), decimals, "pct.", share)


def gap_pctpoint(share: Quantity, reference: Quantity) -> Quantity:
    """`share` minus `reference` in percentage points, of the printed shares.

    Of the printed ones, because a reader who subtracts the table's figures must find the same.
    Missing: withheld where an input is withheld, else absent where one is absent.
    Source: domain.md §5.
    """
    return _difference(reference, share, "procentpoint")


def _difference(before: Quantity, now: Quantity, unit: str) -> Quantity:
    decimals = max(before.decimals, now.decimals)
    parts = (before, now)
    return calculated("difference", parts, decimals, unit, lambda: now.printed - before.printed)


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


def implied_denominator(count: Interval, share: Interval) -> Interval | None:
    """The denominators for which `count` gives the printed `share`, of `rounding_interval` each.

    A published share whose denominator is not printed stays as it was published; this interval only
    tells whether figures of the same area and period can belong together.
    Unit: that of the denominator (persons in the workforce or population).
    Missing: None where the share prints as 0, which bounds nothing from above.
    Source: a pure calculation from rounding to the printed precision (domain.md §5).
    """
    if share.low <= 0:
        return None
    return Interval(max(count.low, Decimal(0)) / share.high * 100, count.high / share.low * 100)


def keys_of(origin: Origin) -> list[tuple[str, str, str, str, str]]:
    """The rows that a number comes from."""
    how, *parts = origin or ("",)
    if how == "read":
        indicator, ydelse, group, kode, period = map(str, parts)
        return [(indicator, ydelse, group, kode, period)]
    return [key for part in parts if isinstance(part, tuple | list) for key in keys_of(part)]
