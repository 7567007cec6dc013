"""Periods, days and years that move with the plan year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel

from beskplan.core.periods import Period
from beskplan.registers.document import KeyPath

_YEAR = re.compile(r"(?<![\d.,])20\d\d(?![\d.,]*\d)")
_PER_YEAR = {"M": 12, "Q": 4, "QMAT": 4, "Y": 1}


@dataclass(frozen=True)
class Roll:
    """From the plan of one year to that of a later one."""

    old: int
    new: int

    @property
    def months(self) -> int:
        """How far everything moves."""
        return 12 * (self.new - self.old)

    def years(self, text: str, *years: int) -> str:
        """A text with the years that it names moved; only those of `years`, if any are given.

        A year is four digits that are no part of a longer number: `2.019 borgere` names none.
        """
        step = self.new - self.old

        def moved(match: re.Match[str]) -> str:
            year = int(match.group())
            return str(year + step) if not years or year in years else match.group()

        return _YEAR.sub(moved, text)


def moved(period: Period, months: int) -> Period:
    """A period so many months later; of quarters and years by whole ones, rounded down."""
    return period.shift(months * _PER_YEAR[period.kind] // 12)


def written(period: Period) -> str:
    """A period as a params file has it: `2026M06`, `2026`."""
    return str(period.year) if period.kind == "Y" else period.code


def later(day: date, roll: Roll) -> date:
    """The same day in the later plan's year; 29 February becomes the 28th."""
    year = day.year + roll.new - roll.old
    return (
        day.replace(year=year, day=28)
        if (day.month, day.day) == (2, 29)
        else day.replace(year=year)
    )


def periods_below(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Period]]:
    """Every period of a params value with its path, whatever models it lies in."""
    if isinstance(value, Period):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from periods_below(getattr(value, name), (*path, name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from periods_below(inner, (*path, key))
    elif isinstance(value, tuple):
        for at, inner in enumerate(value):
            yield from periods_below(inner, (*path, at))
