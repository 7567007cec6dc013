"""Periods: months, quarters, years and rolling years, in the sources' notations and in Danish.

    kind   what                     Jobindsats   StatBank   in running text
    M      month                    2020M06      2020M06    juni 2020
    Q      quarter                  2020Q01      2020K1     1. kvartal 2020
    QMAT   rolling year, named by   2023QMAT02   none       3. kvartal 2022 - 2. kvartal 2023
           its last quarter
    Y      calendar year            2025Y01      2025       2025

Source: domain.md §1 (Periods), §2 and §6.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from functools import total_ordering
from typing import Literal, cast

from beskplan.core.errors import DataError, Problem, UnknownNameError

Kind = Literal["M", "Q", "QMAT", "Y"]
"""Month, quarter, rolling year, year: the letters of Jobindsats's period ids."""

MONTHS = (
    "januar", "februar", "marts", "april", "maj", "juni",
    "juli", "august", "september", "oktober", "november", "december",
)  # fmt: skip
"""Danish month names as running text has them, in lower case; `MONTHS[0]` is January."""

ACCEPTED_FORMS = (
    "2020M06 (måned), 2020Q1, 2020Q01 eller 2020K1 (kvartal), "
    "2023QMAT02 (rullende år til det kvartal), 2025Y01 eller 2025 (år)"
)
"""What `Period.parse` reads, as its error shows it."""

_PER_YEAR: dict[Kind, int] = {"M": 12, "Q": 4, "QMAT": 4, "Y": 1}
_MONTHS_LONG: dict[Kind, int] = {"M": 1, "Q": 3, "QMAT": 12, "Y": 12}
_YEARS = range(1900, 2100)
"""A year outside is a slip of the pen: no series of the sources reaches there."""

_NOTATION = re.compile(
    r"(?P<year>[0-9]{4})"
    r"(?:M(?P<M>[0-9]{2})|Q(?P<Q>0?[0-9])|K(?P<K>[0-9])|QMAT(?P<QMAT>[0-9]{2})|Y(?P<Y>[0-9]{2}))?"
)

_SLIPS = tuple(
    re.compile(rf"\s*{form}\s*")
    for form in (
        r"(?P<year>[0-9]{4})(?:[\s._/-]*(?P<letters>M|QMAT|Q|K|Y)[\s._-]*|[._/-])(?P<index>[0-9]{1,2})",
        r"(?P<letters>M|Q|K)[\s._/-]*(?P<index>[0-9]{1,2})[\s._/-]+(?P<year>[0-9]{4})",
        r"(?P<index>[0-9]{1,2})(?:\.?\s*(?P<letters>K)(?:VARTAL|VT)\.?|[._/-])\s*(?P<year>[0-9]{4})",
        r"[0-9]{1,2}[./-](?P<letters>)(?P<index>[0-9]{1,2})[./-](?P<year>[0-9]{4})",
    )
)
"""A period id with wrong case, zeros, order or separators, or a period as it is written in a text."""
_MONTH_NUMBERS = {name[:3].upper(): number for number, name in enumerate(MONTHS, start=1)}
_MONTH_NAME = re.compile(rf"({'|'.join(_MONTH_NUMBERS)})[A-Z]*\.?\s+")


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """One month, quarter, rolling year or year, ordered in time within its kind.

    Comparing two kinds by `<` raises TypeError: whether a month comes before the year that holds it
    has no answer. Two kinds are never equal, though a year and its QMAT04 cover the same days.

    Attributes:
        kind: See `Kind`.
        year: Four digits; for QMAT the year of the last quarter.
        index: 1-12 for months, 1-4 for quarters and rolling years, 1 for years.

    Raises:
        UnknownNameError: where there is no such period.
    """

    kind: Kind
    year: int
    index: int

    def __post_init__(self) -> None:
        if fault := _fault(self.kind, self.year, self.index):
            raise _unknown(f"{self.kind} {self.index} of {self.year}", fault)

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read a period id of Jobindsats or StatBank; see `ACCEPTED_FORMS`.

        Raises:
            UnknownNameError: with the accepted forms, and the nearest right id where there is one.
        """
        match = _NOTATION.fullmatch(text)
        if match is None:
            raise _unknown(text, "ikke en periode", fix=_did_you_mean(text))
        letters = match.lastgroup or "year"
        kind = cast("Kind", {"K": "Q", "year": "Y"}.get(letters, letters))
        year, index = int(match["year"]), 1 if letters == "year" else int(match[letters])
        if fault := _fault(kind, year, index):
            raise _unknown(text, fault, fix=_did_you_mean(text))
        return cls(kind, year, index)

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Period):
            return NotImplemented
        if self.kind != other.kind:
            raise TypeError(f"{self.code} and {other.code} are periods of two kinds: no order")
        return (self.year, self.index) < (other.year, other.index)

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """Jobindsats's id: `2020M06`, `2020Q01`, `2023QMAT02`, `2025Y01`."""
        return f"{self.year}{self.kind}{self.index:02d}"

    @property
    def statbank(self) -> str:
        """StatBank's id: `2020M06`, `2020K1`, `2020`.

        Raises:
            UnknownNameError: for rolling years, which StatBank does not have.
        """
        if self.kind == "QMAT":
            raise _unknown(self.code, "Statistikbanken har ingen rullende år")
        return {"M": self.code, "Q": f"{self.year}K{self.index}", "Y": str(self.year)}[self.kind]

    def shift(self, n: int) -> Period:
        """The period `n` of its own units later; earlier where `n` is negative."""
        per_year = _PER_YEAR[self.kind]
        year, index = divmod(self.year * per_year + self.index - 1 + n, per_year)
        return Period(self.kind, year, index + 1)

    @property
    def next(self) -> Period:
        """The period that follows."""
        return self.shift(1)

    def year_before(self) -> Period:
        """The same period one year earlier."""
        return self.shift(-_PER_YEAR[self.kind])

    @property
    def quarter(self) -> Period:
        """The quarter in which the period ends."""
        return self if self.kind == "Q" else quarter(self.year, -(-self.months()[-1].index // 3))

    def months(self) -> tuple[Period, ...]:
        """The months of the period, in order: 1, 3 or 12 of them."""
        last = month(self.year, self.index * 12 // _PER_YEAR[self.kind])
        return tuple(last.shift(-back) for back in reversed(range(_MONTHS_LONG[self.kind])))

    @property
    def first_day(self) -> date:
        """The first day of the period."""
        first = self.months()[0]
        return date(first.year, first.index, 1)

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        last = self.months()[-1]
        return date(last.year, last.index, monthrange(last.year, last.index)[1])

    @property
    def text(self) -> str:
        """Name in running text: `juni 2019`, `4. kvartal 2015`, `2019`.

        A rolling year is named by its quarters: `4. kvartal 2014 - 3. kvartal 2015`.
        """
        if self.kind == "M":
            return f"{MONTHS[self.index - 1]} {self.year}"
        if self.kind == "Y":
            return str(self.year)
        last = quarter(self.year, self.index)
        ends = (last.shift(-3), last) if self.kind == "QMAT" else (last,)
        return " - ".join(f"{q.index}. kvartal {q.year}" for q in ends)

    @property
    def head(self) -> str:
        """Name in a table head: `Juni 2019`; the others as in `text`."""
        return self.text.capitalize()

    @property
    def ultimo(self) -> str:
        """Name of the end of the period: `ultimo 2017`, within a year `ultimo juni 2016`.

        Only for what the source counts at the end of the period (danish.md, *When*).
        """
        last = self.months()[-1]
        return f"ultimo {last.year if last.index == 12 else last.text}"


def known_period(text: str) -> Period | None:
    """The period with an id, as `Period.parse` reads it; None where there is none."""
    try:
        return Period.parse(text)
    except UnknownNameError:
        return None


def month(year: int, index: int) -> Period:
    """The month `index` (1-12) of `year`."""
    return Period("M", year, index)


def quarter(year: int, index: int) -> Period:
    """The quarter `index` (1-4) of `year`."""
    return Period("Q", year, index)


def year_(year: int) -> Period:
    """The calendar year. The underscore keeps `year` free as a name for the number."""
    return Period("Y", year, 1)


def span_text(a: Period, b: Period) -> str:
    """From one period to a later one, in running text: `fra juni 2019 til juni 2020`.

    Raises:
        DataError: where the two are of different kinds or `b` is not later than `a`.
    """
    _check_order(a, b)
    if a == b:
        raise _disorder(a, b, "der skal to forskellige perioder til")
    # A rolling year has a dash in its name, so it needs a word before it to be read aloud.
    noun = "perioden " if a.kind == "QMAT" else ""
    return f"fra {noun}{a.text} til {noun}{b.text}"


def periods_between(a: Period, b: Period) -> list[Period]:
    """All periods from `a` to `b`, both included, in order; `[a]` where they are the same.

    Raises:
        DataError: where the two are of different kinds or `b` is earlier than `a`.
    """
    _check_order(a, b)
    per_year = _PER_YEAR[a.kind]
    steps = (b.year - a.year) * per_year + b.index - a.index
    return [a.shift(n) for n in range(steps + 1)]


def date_text(day: date) -> str:
    """A day in running text: `18. november 2020`."""
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"


def moment_text(at: str) -> str:
    """A moment in ISO 8601 as `22. november 2026 kl. 2.30`, by the clock of the machine."""
    moment = datetime.fromisoformat(at).astimezone()
    return f"{date_text(moment)} kl. {moment.hour}.{moment:%M}"


def _check_order(a: Period, b: Period) -> None:
    if a.kind != b.kind:
        raise _disorder(a, b, "de to perioder er af hver sin slags")
    if b < a:
        raise _disorder(a, b, "den sidste periode er før den første")


def _disorder(a: Period, b: Period, what: str) -> DataError:
    expected = "to perioder af samme slags, den tidligste først"
    return DataError(Problem("periode", what, f"{a.code} og {b.code}", expected))


def _fault(kind: Kind, year: int, index: int) -> str:
    """What is wrong with these parts of a period, or an empty string."""
    if kind not in _PER_YEAR:
        return f"den slags periode findes ikke (en af {', '.join(_PER_YEAR)})"
    # A rolling year reaches into the year before it.
    years = _YEARS[1:] if kind == "QMAT" else _YEARS
    if year not in years:
        return f"det år findes ikke ({years[0]}-{years[-1]})"
    last = _PER_YEAR[kind]
    return (
        "" if 1 <= index <= last else f"den del af et år findes ikke ({kind} går fra 1 til {last})"
    )


def meant_period(text: str) -> Period | None:
    """Guess the period that a text means where only case, zeros, order or separators are wrong.

    An index that no year has stands for the nearest that it has: `2026K5` for the fourth quarter.
    Likeness of letters would not do: `2020MYTD06` looks like `2020M06` and is another thing.
    """
    upper = _MONTH_NAME.sub(lambda hit: f"{_MONTH_NUMBERS[hit[1]]}-", text.strip().upper())
    for form in _SLIPS:
        if slip := form.fullmatch(upper):
            letters = slip["letters"] or "M"
            kind = cast("Kind", "Q" if letters == "K" else letters)
            year, index = int(slip["year"]), int(slip["index"])
            if slip["letters"]:
                index = min(max(index, 1), _PER_YEAR[kind])
            return None if _fault(kind, year, index) else Period(kind, year, index)
    return None


def _did_you_mean(text: str) -> str:
    meant = meant_period(text)
    return f"mente du '{meant}'?" if meant else ""


def _unknown(found: str, what: str, fix: str = "") -> UnknownNameError:
    return UnknownNameError(Problem("periode", what, repr(found), ACCEPTED_FORMS, fix))
