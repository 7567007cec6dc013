"""Numbers and periods of exported files, read by what their column holds, never by how one cell looks.

`1.308` in a column of counts is 1308; `1.3` there is refused, because a spreadsheet may have made it
of 1.300. In a column with decimals the decimal sign is the file's: given by the mapping, or shown by
its other numbers; where both signs occur, or none can be told, both readings are named and none taken.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Final, Literal, NamedTuple

from beskplan.core.danish import format_number, parse_number, round_half_away
from beskplan.core.errors import BeskplanError, DataError, UnknownNameError
from beskplan.core.periods import MONTHS, Kind, Period, date_text, month, quarter
from beskplan.sources.labels import WORDS, problem

CellValue = str | int | float | bool | date | None
"""Text as written; a workbook also has numbers and days. None is an empty cell."""
Sign = Literal[",", "."]

_SPACES = re.compile("[ \u00a0\u2009\u202f](?=[0-9]{3}(?![0-9]))")
_UNIT = re.compile("[ \u00a0]?(?:%|pct\\.)$")
_PLAIN = re.compile(r"[-−+]?[0-9]+")
_DIGIT = re.compile("[0-9]")
_MARK = re.compile(WORDS["mark"])
_SHOWS_COMMA = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}|[0-9.]*\.[0-9]{3},[0-9]+")
_SHOWS_POINT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){2,}|[0-9,]*,[0-9]{3}\.[0-9]+")
_FRACTION = re.compile(r"[0-9]+(?P<sign>[.,])(?:[0-9]{1,2}|[0-9]{4,})")
_BELOW_ONE = re.compile(r"0(?P<sign>[.,])[0-9]")
"""No thousands begin with a nought."""
_SINGLE = re.compile(r"[0-9]{1,3}[.,][0-9]{3}")
_SWAP = str.maketrans(",.", ".,")
_FLOAT_NOISE: Final = 1e-9
"""Binary floats of a workbook differ from the decimal that was typed by less than this, relatively."""
_FORMS: Final = tuple(
    (kind, re.compile(form.replace("{year}", WORDS["year"]))) for kind, form in WORDS["periods"]
)
"""How files write periods, in lower case; what none of them fits is `Period.parse`'s."""
PeriodType = Literal["maaned", "kvartal", "aar"]


class NumberCell(NamedTuple):
    """A cell of a number column, with its place and what its column holds."""

    where: str
    value: CellValue
    decimals: int


def decimal_sign(cells: Iterable[NumberCell]) -> Sign | None:
    """The decimal sign that a file's numbers show; None where no number tells.

    Whole numbers with one separator before three digits tell nothing: it may be either.

    Raises:
        DataError: numbers of both kinds, with one row of each and its readings.
    """
    shown: dict[Sign, NumberCell] = {}
    for cell in cells:
        if isinstance(cell.value, str) and (sign := _shown_sign(cell.value, cell.decimals)):
            shown.setdefault(sign, cell)
    if len(shown) < 2:
        return next(iter(shown), None)
    raise DataError(
        problem("two-signs", cell.where, repr(cell.value),
                expected=" eller ".join(_readings(str(cell.value))))
        for cell in shown.values()
    )  # fmt: skip


def _shown_sign(text: str, decimals: int) -> Sign | None:
    body = _bare(text).lstrip("-−+")
    if begins := _BELOW_ONE.match(body):
        return "," if begins["sign"] == "," else "."
    if _SHOWS_COMMA.fullmatch(body):
        return ","
    if _SHOWS_POINT.fullmatch(body):
        return "."
    fraction = _FRACTION.fullmatch(body) if decimals else None
    if fraction is None:
        return None
    return "," if fraction["sign"] == "," else "."


def read_number(cell: NumberCell, sign: Sign | None, *, told: bool = False) -> Decimal:
    """The number in a cell.

    Args:
        cell: Not empty and no mark.
        sign: The file's decimal sign; None where neither mapping nor numbers tell it.
        told: The mapping says the sign, so that the other one is before thousands and nothing else.

    Returns:
        The value, with no more decimals than its column has.

    Raises:
        DataError: no number, more decimals than the column has, or two ways to read it.
    """
    if isinstance(cell.value, str):
        value = _from_text(cell, cell.value, sign, told=told)
    elif isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        value = _from_workbook(cell, cell.value)
    else:
        raise _no_number(cell)
    rounded = round_half_away(value, cell.decimals)
    if rounded != value:
        name = "more-decimals-of-a-part" if abs(value) < 1 else "more-decimals"
        raise _refused(name, cell, decimals=cell.decimals)
    return rounded


def _from_text(cell: NumberCell, text: str, sign: Sign | None, *, told: bool) -> Decimal:
    bare = _bare(text)
    if _PLAIN.fullmatch(bare):
        return parse_number(_without_zeros(bare), 0)
    if sign is None and (cell.decimals > 0 or "," in bare):
        raise _ambiguous(cell, bare)
    # `12.345` beside `3,1` in a column with decimals, `2.000` beside `3.1` in one of counts: who wrote
    # it meant the other reading as often as not, and it is a thousand times another number.
    is_decimal = sign is not None and sign in bare
    in_doubt = is_decimal is (cell.decimals == 0) and (is_decimal or not told)
    if in_doubt and _SINGLE.fullmatch(bare.lstrip("-−+")):
        raise _ambiguous(cell, bare)
    danish = bare.translate(_SWAP) if sign == "." else bare
    try:
        # With the file's sign known, a dot is a thousand dot and nothing else.
        value = parse_number(danish)
    except DataError:
        raise _ambiguous(cell, bare) from None
    if cell.decimals == 0 and value != value.to_integral_value() and not _BELOW_ONE.match(bare):
        raise _ambiguous(cell, bare)
    return value


def _from_workbook(cell: NumberCell, number: float) -> Decimal:
    """A number that a workbook keeps as one: nothing to guess but the noise of binary floats."""
    if not math.isfinite(number) or abs(number) >= 1e15:
        raise _refused("number-too-large", cell)
    exact = Decimal(repr(number))
    rounded = round_half_away(exact, cell.decimals)
    if abs(exact - rounded) <= abs(exact) * Decimal(_FLOAT_NOISE):
        return rounded
    if cell.decimals == 0:
        raise _ambiguous(cell, format(exact, "f"))
    return exact


def is_per_cent(text: str) -> bool:
    """Whether a number is written with its per cent mark: `12 %`, `12 pct.`."""
    return _UNIT.search(text.strip()) is not None


def _bare(text: str) -> str:
    """The number without its unit and the spaces between its thousands."""
    return _SPACES.sub("", _UNIT.sub("", text.strip()))


def _without_zeros(digits: str) -> str:
    """Leading zeros carry no value, but `parse_number` takes them for a code."""
    sign, body = (digits[0], digits[1:]) if digits[0] in "-−+" else ("", digits)
    return sign + (body.lstrip("0") or "0")


def _readings(text: str) -> list[str]:
    """The numbers that a text with one separator may mean, as Danish readers write them."""
    bare = _bare(text).lstrip("-−+")
    whole, _, rest = bare.replace(",", ".").partition(".")
    if not (whole.isdecimal() and rest.isdecimal()):
        return ["decimalkomma med tusindpunktummer", "decimalpunktum med tusindkommaer"]
    thousands = f"{format_number(int(whole + rest.ljust(3, '0')))} (tusinder)"
    return [f"{whole},{rest} (decimaler)", thousands] if len(rest) <= 3 else [f"{whole},{rest}"]


def _ambiguous(cell: NumberCell, bare: str) -> DataError:
    body = bare.lstrip("-−+")
    if not (_FRACTION.fullmatch(body) or _SINGLE.fullmatch(body)):
        return _no_number(cell)
    kind = f"med {cell.decimals} decimaler" if cell.decimals else "med hele tal"
    readings = _readings(bare)
    own = "," if "," in bare else "."
    words = {
        "kind": kind,
        "expected": " eller ".join(readings),
        "own": own,
        "other": own.translate(_SWAP),
    }
    if _SINGLE.fullmatch(body):
        return _refused("ambiguous", cell, thousands=readings[-1].split()[0], **words)
    return _refused("ambiguous-cut", cell, decimals=len(bare.rpartition(own)[2]), **words)


def _refused(name: str, cell: NumberCell, **words: object) -> DataError:
    return DataError(problem(name, cell.where, shown_cell(cell.value), **words))


def _no_number(cell: NumberCell) -> DataError:
    """What holds no number: a day, a mark that the mapping does not know, a number and something more."""
    if isinstance(cell.value, date):
        return _refused("day-for-number", cell)
    text = str(cell.value)
    is_mark = isinstance(cell.value, str) and (
        text.startswith(("<", ">")) or not _DIGIT.search(text)
    )
    return _refused("unknown-mark" if is_mark else "not-a-number", cell, mark=text)


def shown_cell(cell: CellValue) -> str:
    """A cell as a problem shows it: text in quotes, a number with its comma, a day in words."""
    if isinstance(cell, str):
        return repr(cell)
    if isinstance(cell, date):
        return date_text(cell)
    if isinstance(cell, float):
        return f"{Decimal(repr(cell)):f}".removesuffix(".0").replace(".", ",")
    return str(cell)


def period_of(cell: CellValue, year: int | None = None, type: PeriodType | None = None) -> Period:
    """The period in a cell: text as files write it, a year as a number, or its first or last day.

    Args:
        cell: What the file has.
        year: Of a month or quarter that is written without one.
        type: What a day is the first or last of (a month where left out), and a number beside a year counts.

    Raises:
        UnknownNameError: it names no period, or has no year.
    """
    # A workbook keeps a year as the number 2020.0.
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return _period_from_text(
        cell.isoformat()[:10] if isinstance(cell, date) else str(cell), year, type
    )


def known_period_of(
    cell: CellValue, year: int | None = None, type: PeriodType | None = None
) -> Period | None:
    """The period in a cell, as `period_of` reads it; None where there is none."""
    try:
        return period_of(cell, year, type)
    except BeskplanError:
        return None


def day_of(cell: CellValue) -> date | None:
    """The day that a cell of periods holds; None where it holds a period, or nothing that is read."""
    if isinstance(cell, date):
        return date(cell.year, cell.month, cell.day)
    found = _form(str(cell)) if isinstance(cell, str) else None
    return _day(found[1]) if found and found[0] == "day" else None


@cache
def _period_from_text(text: str, year: int | None, type: PeriodType | None) -> Period:
    form, found = _form(text) or ("", {})
    named_year = found.get("year") or (f"20{short}" if (short := found.get("short")) else None)
    which = int(named_year) if named_year else year
    index = int(found.get("index") or _month_index(found.get("name") or "") or 0)
    if form == "span":
        form, index = _of_months(index, _month_index(found["last"] or "") or 0)
    if form in _OTHERS:
        raise UnknownNameError(problem(form, "periode", repr(text)))
    if year and type and re.fullmatch("[0-9]{1,2}", text):
        # A month or quarter by its number, the year beside it.
        form, index = {"maaned": "month", "kvartal": "quarter"}.get(type, ""), int(text)
    if form == "day":
        return _period_of_day(text, _day(found), type or "maaned")
    if index and which is None:
        raise UnknownNameError(problem("period-without-year", "periode", repr(text)))
    if form in _KINDS and which and index in range(1, len(MONTHS) + 1):
        return Period(_KINDS[form], which, index)
    try:
        return Period.parse(" ".join(text.split()))
    except BeskplanError as error:
        bare = _MARK.sub("", text)
        if bare != text and known_period_of(bare, year, type):
            raise UnknownNameError(
                problem("period-with-mark", "periode", repr(text), bare=bare)
            ) from None
        fix = error.problems[0].fix
        raise UnknownNameError(problem("not-a-period", "periode", repr(text), fix=fix)) from None


def other_span_of(text: str) -> str:
    """`week`, `half-year` or the like of a text that is a period, but of a kind that no table of ours has."""
    form, _ = _form(text) or ("", {})
    return form if form in _OTHERS else ""


_OTHERS: Final = ("half-year", "week", "rolling", "short-year")
_KINDS: Final[dict[str, Kind]] = {"month": "M", "quarter": "Q", "year": "Y"}


def _of_months(first: int, last: int) -> tuple[str, int]:
    """The form and number of what some months make up, as `jan-mar` do; no form for most."""
    if (first, last) in ((1, 6), (7, 12)):
        return "half-year", 0
    if (first, last) == (1, 12):
        return "year", 1
    return ("quarter", last // 3) if first % 3 == 1 and last == first + 2 else ("", 0)


def _form(text: str) -> tuple[str, dict[str, str | None]] | None:
    plain = " ".join(text.split()).casefold()
    hits = ((form, hit.groupdict()) for form, one in _FORMS if (hit := one.fullmatch(plain)))
    return next(hits, None)


def _day(found: Mapping[str, str | None]) -> date | None:
    try:
        index = found.get("index") or _month_index(found.get("name") or "") or 0
        year = found.get("year") or f"20{found['short']}"
        return date(int(year), int(index), int(found["day"] or 0))
    except ValueError:
        return None


_MONTHS_OF: Final[dict[PeriodType, int]] = {"maaned": 1, "kvartal": 3, "aar": 12}


def _period_of_day(text: str, day: date | None, type: PeriodType) -> Period:
    """The period of a type that begins or ends on a day."""
    months = _MONTHS_OF[type]
    if day is not None:
        begins = day.day == 1 and day.month % months == 1 % months
        ends = (day + timedelta(days=1)).day == 1 and day.month % months == 0
        if begins or ends:
            at = (day.month - 1) // months + 1
            periods = {"maaned": month, "kvartal": quarter}
            return periods[type](day.year, at) if type in periods else Period.parse(str(day.year))
    raise UnknownNameError(problem(f"no-day-of-{type}", "periode", repr(text)))


def _month_index(name: str) -> int | None:
    """1-12 for a month's full name or its first letters, three at least."""
    names = (*enumerate(MONTHS, 1), *enumerate(WORDS["months"], 1))
    return next((i for i, full in names if len(name) > 2 and full.startswith(name)), None)
