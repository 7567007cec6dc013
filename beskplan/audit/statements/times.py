"""Periods in Danish text and table heads: months, quarters, years, and "ultimo"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from beskplan.audit.patterns import patterns
from beskplan.audit.statements.amounts import REMEMBERED
from beskplan.core.periods import MONTHS, Period, month, quarter, year_

_SHORT = {name[:3]: n for n, name in enumerate(MONTHS, start=1)}
_RE = patterns("times", months=MONTHS, short=_SHORT)

_ENDS_REACH = 20
"""Characters of the longest such word with its blanks."""
SPAN = _RE["span"]
"""Two years with a dash: `2018-2019`."""


class When(NamedTuple):
    """A period as a text names it.

    Attributes:
        period: Month, quarter or year.
        end: Whether the text means its end ("ultimo", "udgangen af").
        start: Offset where it begins.
        stop: Offset right after it.
        day: A day of the month, where one is named: then it is a date, not a period.
    """

    period: Period
    end: bool
    start: int
    stop: int
    day: int = 0

    @property
    def key(self) -> str:
        """Names the period so that two texts can be compared; an end of year is its last month."""
        if self.end and self.period.kind == "Y":
            return month(self.period.year, 12).code
        return self.period.code


@lru_cache(REMEMBERED)
def times(text: str) -> tuple[When, ...]:
    """Every period of a text in order."""
    if not _RE["digit"].search(text):
        return ()
    found = []
    for match in _RE["when"].finditer(text):
        low = max(0, match.start() - _ENDS_REACH)
        end = _RE["ends"].search(text[low : match.start()])
        start = low + end.start() if end else match.start()
        is_end = bool(end) and not text[start:].casefold().startswith(("primo", "medio"))
        day = int(match["day"]) if match["day"] else 0
        found.append(When(_period(match), is_end, start, match.end(), day))
    return tuple(found)


def _period(match: re.Match[str]) -> Period:
    if match["month"]:
        return month(int(match["my"]), MONTHS.index(match["month"].casefold()) + 1)
    if match["short"]:
        year = int(match["sy"])
        return month(year if year > 100 else 2000 + year, _SHORT[match["short"].casefold()])
    if match["quarter"]:
        return quarter(int(match["qy"]), int(match["quarter"]))
    return year_(int(match["year"]))
