"""Periods as exported files write them."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from beskplan.core.errors import BeskplanError, Problem, UnknownNameError
from beskplan.core.periods import ACCEPTED_FORMS, MONTHS, Period, month, quarter

_NAMED_MONTH = re.compile(r"(?P<name>[a-zæøå]+)\.? (?P<year>[0-9]{4})")
_NAMED_QUARTER = re.compile(r"(?P<index>[1-4])\. ?(?:kvartal|kvt\.) (?P<year>[0-9]{4})")


@cache
def period_from_text(text: str) -> Period:
    """A period as files write it: an id (`2020M06`, `2020K2`), `juni 2020`, `Jun 2020`, `2. kvartal 2020`.

    Raises:
        UnknownNameError: the text names no period.
    """
    plain = " ".join(text.split())
    if named := _NAMED_QUARTER.fullmatch(plain.casefold()):
        return quarter(int(named["year"]), int(named["index"]))
    if (named := _NAMED_MONTH.fullmatch(plain.casefold())) and (
        index := _month_index(named["name"])
    ):
        return month(int(named["year"]), index)
    try:
        return Period.parse(plain)
    except BeskplanError as error:
        fix = error.problems[0].fix
        expected = f"{ACCEPTED_FORMS}, `juni 2020` or `2. kvartal 2020`"
        raise UnknownNameError(
            Problem("period", "not a period", repr(text), expected, fix)
        ) from None


def period_from_day(day: date) -> Period:
    """The month that a spreadsheet has turned into its first day.

    Raises:
        UnknownNameError: any other day of a month, which names no period.
    """
    if day.day != 1:
        expected = "a period, or the first day of a month"
        raise UnknownNameError(Problem("period", "a day is no period", day.isoformat(), expected))
    return month(day.year, day.month)


def _month_index(name: str) -> int | None:
    """1-12 for a month's full name or its first three letters."""
    fitting = (i for i, full in enumerate(MONTHS, 1) if name in (full, full[:3]))
    return next(fitting, None)
