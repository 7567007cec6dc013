"""The proof's own arithmetic: rounding, Danish numbers, and what an origin comes to.

Written apart from `core.danish` and `indicators`, so that a fault there is seen here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from beskplan.observations.contract import Key

SMALL_BASE = 20
"""No per cent is told of a smaller number (docs/ordvalg.md)."""
Fault = tuple[str, str, str]
"""What is wrong, what is told, what the numbers give."""

NUMBER = re.compile(r"(?<![\w,.])[+\-−]?\d+(?:\.\d{3})*(?:,\d+)?(?![\w,]*\d)")
"""A Danish number in running text."""
_CALCULATIONS = frozenset(
    {"difference", "change_pct", "share_pct", "sum", "printed_sum", "mean", "rank"}
)
STATED = frozenset({"plan", "law", "model", "count", "demo", "edition"})
"""Origins of numbers that no observation gives."""


@dataclass(frozen=True)
class Reading:
    """One row that the report has read, as it left it behind."""

    key: Key
    digest: str | None
    value: Fraction | None
    """None where it is withheld or absent."""
    decimals: int


@dataclass(frozen=True)
class Result:
    """What an origin comes to: `value` is None where a part of it has no number."""

    value: Fraction | None
    decimals: int
    keys: tuple[Key, ...]


@lru_cache(maxsize=8192)
def exact(value: float) -> Fraction:
    """A number of JSON as it is written there: 0.1 is one tenth."""
    return Fraction(Decimal(repr(value)))


def rounded(value: Fraction, decimals: int) -> Fraction:
    """Round half away from zero, in whole numbers only."""
    scaled, parts = 2 * abs(value.numerator) * 10**decimals, value.denominator
    whole = (scaled + parts) // (2 * parts)
    return Fraction(-whole if value < 0 else whole, 10**decimals)


def number_in(text: str) -> tuple[Fraction, int] | None:
    """The first Danish number of a text with its decimals; None where it holds none."""
    return next(iter(numbers_in(text)), None)


# Every rule of the proof reads the same cells.
@lru_cache(maxsize=8192)
def numbers_in(text: str) -> tuple[tuple[Fraction, int], ...]:
    """Every Danish number of a text with its decimals, in order."""
    found = []
    for hit in NUMBER.finditer(text):
        whole, _, fraction = hit.group().replace("−", "-").replace(".", "").partition(",")
        # Of two whole numbers: a fraction that is read from a text costs twice as much.
        found.append((Fraction(int(whole + fraction), 10 ** len(fraction)), len(fraction)))
    return tuple(found)


def calculated(origin: Any, readings: Mapping[Key, Reading], shares: int | None = None) -> Result:
    """What an origin comes to, from the rows that were read.

    Args:
        origin: See `beskplan.indicators.quantities.Origin`.
        readings: The rows by their keys.
        shares: With how many decimals a share or mean is printed; those of its rows where left out.

    Raises:
        KeyError: the origin names a row that was not read, or is none that the proof knows.
    """
    how, *parts = origin or ("",)
    if how == "read":
        reading = readings[tuple(parts)]
        return Result(reading.value, reading.decimals, (reading.key,))
    # A place is among numbers as they are printed: the first part says with how many decimals.
    precision, parts = (parts[0], parts[1:]) if how == "rank" and parts else (None, parts)
    results = [calculated(part, readings, shares) for part in parts]
    values = [result.value for result in results]
    printed = [
        None
        if result.value is None
        else rounded(result.value, result.decimals if precision is None else precision)
        for result in results
    ]
    if how not in _CALCULATIONS or not parts:
        raise KeyError(how)
    decimals = 0 if how == "rank" else max(result.decimals for result in results)
    if shares is not None and how in ("share_pct", "mean"):
        decimals = shares
    value: Fraction | None = None
    if None not in values:
        value = _value(how, values, printed)  # type: ignore[arg-type]
    return Result(value, decimals, tuple(key for result in results for key in result.keys))


def _value(how: str, exact: list[Fraction], printed: list[Fraction]) -> Fraction | None:
    match how:
        case "difference":
            return printed[1] - printed[0]
        case "change_pct":
            return (exact[1] / exact[0] - 1) * 100 if exact[0] else None
        case "share_pct":
            return exact[0] / exact[1] * 100 if exact[1] else None
        case "sum" | "printed_sum":
            return sum(exact if how == "sum" else printed, Fraction(0))
        case "rank":
            return Fraction(1 + sum(one > printed[0] for one in printed[1:]))
    return sum(exact, Fraction(0)) / len(exact)


def is_of_shares(origin: Any) -> bool:
    """Whether a number is a share, or is calculated of shares."""
    return bool(origin) and (
        origin[0] == "share_pct"
        or any(is_of_shares(part) for part in origin[1:] if isinstance(part, list | tuple))
    )


def is_observed(cell: dict[str, Any]) -> bool:
    """Whether observations alone give a cell's number."""
    return bool(cell["origin"]) and not is_stated(cell["origin"])


def is_stated(origin: Any) -> bool:
    """Whether a number is from no observation, in itself or in a part."""
    return bool(origin) and (
        origin[0] in STATED or any(is_stated(part) for part in origin[1:] if isinstance(part, list))
    )
