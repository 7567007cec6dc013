"""Numbers and periods in texts and cells: value, printed precision, unit, and the words that soften them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from beskplan.audit.patterns import patterns
from beskplan.audit.statements.vocabulary import NUMBER_WORDS
from beskplan.core.danish import format_number, parse_number
from beskplan.core.errors import DataError
from beskplan.core.periods import MONTHS, Period, month, quarter, year_
from beskplan.indicators.quantities import Interval

_SHORT = {name[:3]: n for n, name in enumerate(MONTHS, start=1)} | {"sept": 9}
_RE = patterns("amounts", months=MONTHS, short=_SHORT)

PCT, POINTS = "pct.", "procentpoint"

_QUALIFIER_REACH = 12
"""Characters of the longest qualifier with its blanks."""
_BEFORE_REACH = 24
"""Characters of the longest word before a number that makes it a name, with its blanks."""

_NAMES = ("§", *_RE.words("named_by"))
"""Words before a number that make it a name."""
_QUALIFIERS = _RE.words("qualifiers")
REMEMBERED = 8192
"""So many sentences are read once and remembered: each rule looks at every sentence."""


class Amount(NamedTuple):
    """A number as it is printed.

    Attributes:
        value: With its sign.
        decimals: How many are printed.
        text: As printed, with unit.
        unit: `pct.`, `procentpoint`, a noun, or empty.
        qualifier: `ca.`, `knap` and the like; else empty.
        start: Offset in the text where it begins; 0 in a cell.
        end: Offset right after it.
        signed: Whether a sign is printed.
    """

    value: Decimal
    decimals: int
    text: str
    unit: str = ""
    qualifier: str = ""
    start: int = 0
    end: int = 0
    signed: bool = False

    @property
    def step(self) -> Decimal:
        """One unit of the last printed place."""
        return Decimal(1).scaleb(-self.decimals)

    def rounds(self, other: Decimal) -> bool:
        """Whether the printed number is another one rounded, half a step either way."""
        return abs(self.value - other) <= self.step / 2

    def interval(self, *, exact: bool = False) -> Interval:
        """Where the unrounded number lies; the number alone where it counts whole things."""
        half = Decimal(0) if exact and self.decimals == 0 else self.step / 2
        return Interval(self.value - half, self.value + half)

    def rounded(self) -> Interval:
        """Where the number lies if its zeros at the end come from rounding to tens or hundreds."""
        whole = str(abs(int(self.value)))
        zeros = min(len(whole) - len(whole.rstrip("0")), 2)
        if self.decimals or not zeros:
            return self.interval()
        half = Decimal(10) ** zeros / 2
        return Interval(self.value - half, self.value + half)

    def means(self, other: Decimal) -> bool:
        """Whether the printed number can stand for another, exact to the printed decimals.

        "ca." allows a twentieth, or one unit of the last printed place; "knap" asks for a little
        more than the truth, "over" for a little less.
        """
        step = self.step
        value, other = abs(self.value), abs(other)
        if self.qualifier in ("under", "mindre end") and value <= step:
            return other <= value
        if self.qualifier in ("ca.", "cirka", "omkring", "omtrent"):
            return abs(value - other) <= max(step, other / 20)
        if self.qualifier in ("knap", "næsten", "op mod", "under", "mindre end", "højst"):
            return value * Decimal("0.85") <= other <= value + step / 2
        if self.qualifier in ("over", "godt", "mere end", "mindst"):
            return value - step / 2 <= other <= value * Decimal("1.2")
        return abs(value - other) <= step / 2

    def is_slip_of(self, right: Decimal) -> bool:
        """Whether the number has just the digits of the right one in another order."""
        digits, wanted = (
            re.sub(r"\D", "", format_number(abs(value), self.decimals))
            for value in (self.value, right)
        )
        return len(digits) > 1 and digits != wanted and sorted(digits) == sorted(wanted)

    def is_like(self, other: Amount, *, loose: bool) -> bool:
        """Whether two numbers have the same digits but one, or two in another order.

        Of two digits both must be there in another order, unless `loose`.
        """
        one, two = (
            re.sub(r"\D", "", format_number(abs(n.value), n.decimals)) for n in (self, other)
        )
        if self.decimals != other.decimals or len(one) != len(two) or one == two or len(one) < 2:
            return False
        off = [at for at in range(len(one)) if one[at] != two[at]]
        turned = len(off) == 2 and sorted(one) == sorted(two)
        return turned or (len(off) == 1 and (loose or len(one) > 2))


@lru_cache(REMEMBERED)
def broken_numbers(text: str) -> tuple[re.Match[str], ...]:
    """Every number of a text that a converter has broken."""
    return tuple(_RE["broken"].finditer(text)) if _RE["may_be_broken"].search(text) else ()


@lru_cache(REMEMBERED)
def amounts(text: str) -> tuple[Amount, ...]:
    """The numbers of a text that count something: no years, dates, sections or ranges."""
    in_words = tuple(_in_words(text))
    in_digits = tuple(_amounts(text)) if _RE["digit"].search(text) else ()
    return tuple(sorted((*in_digits, *in_words), key=_start)) if in_words else in_digits


def _start(amount: Amount) -> int:
    return amount.start


def _in_words(text: str) -> Iterator[Amount]:
    """`én flere`, `to færre`: elsewhere such words are articles as often as numbers."""
    for match in _RE["word_and_more"].finditer(text):
        value = Decimal(NUMBER_WORDS[match[0].casefold()])
        yield Amount(value, 0, match[0], start=match.start(), end=match.end())


def _amounts(text: str) -> Iterator[Amount]:
    broken = [match.span() for match in broken_numbers(text)]
    for match in _RE["amount"].finditer(text):
        start, end = match.start("n"), match.end()
        if any(low <= start < high or low < match.end("n") <= high for low, high in broken):
            continue
        has_unit = match["points"] or match["pct"] or match["noun"]
        before = text[max(0, start - _BEFORE_REACH) : start]
        if (
            _is_named(before)
            or (before.endswith("mellem ") and _RE["to_time"].match(text, end))
            or (
                not (match["points"] or match["pct"])
                and _RE["not_after"].match(text[match.end("n") :])
            )
        ):
            continue
        digits = match["n"].replace("–", "-")
        if not has_unit and re.fullmatch(r"(?:19|20)[0-9]{2}", digits):
            continue
        unit = (
            POINTS if match["points"] else PCT if match["pct"] else (match["noun"] or "").casefold()
        )
        value = _value(digits)
        if value is None:
            continue
        softened = qualifier(text[max(0, start - _QUALIFIER_REACH) : start])
        # A qualifier belongs to the number, with the blank between them.
        first = start - len(softened) - 1 if softened else start
        yield Amount(
            value, _decimals(digits), text[start:end], unit, softened, first, end, digits[0] in "+-−",
        )  # fmt: skip


def _is_named(before: str) -> bool:
    """Whether the words before a number make it a name: `§ 3`, `tabel 2`."""
    bare = before.rstrip().lower()
    return bare.endswith(_NAMES) and _RE["not_before"].search(bare) is not None


def qualifier(before: str) -> str:
    """The word right before a number that softens it, or empty."""
    if not before[:-1].lower().endswith(_QUALIFIERS):
        return ""
    softened = _RE["qualifier"].search(before)
    return softened["q"].casefold() if softened else ""


@lru_cache(REMEMBERED)
def cell_amount(text: str) -> Amount | None:
    """The number of a cell; None where it holds none, or one that cannot be read in one way."""
    bare = _RE["marks"].sub("", text.strip())
    match = _RE["cell"].fullmatch(bare)
    if match is None:
        return None
    digits = re.sub(r"\s", "", match["n"]).replace("–", "-")
    value = _value(digits)
    if value is None:
        return None
    unit = PCT if match["pct"] else (match["noun"] or "").casefold()
    soft = (match["q"] or "").casefold()
    return Amount(value, _decimals(digits), bare, unit, soft, signed=digits[0] in "+-−")


def is_number(text: str) -> bool:
    """Whether a cell shows a number that is no year."""
    return cell_amount(text) is not None and not re.fullmatch(r"(?:19|20)\d\d", text.strip())


_LOOSE_NUMBERS = 6
"""So many numbers in a text that is mostly numbers are rows of a table."""


def is_rows(text: str) -> bool:
    """Whether a text is rows of a table whose columns could not be told: mostly numbers."""
    if sum(map(str.isdigit, text)) * 5 < len(text):
        return False
    words = text.split()
    numbers = sum(is_number(word) for word in words)
    return numbers >= _LOOSE_NUMBERS and numbers * 2 >= len(words)


def _value(digits: str) -> Decimal | None:
    try:
        return parse_number(digits)
    except DataError:
        return None


def _decimals(digits: str) -> int:
    return len(digits.partition(",")[2])


# ---------------------------------------------------------------- periods

_ENDS_REACH = 20
"""Characters of the longest such word with its blanks."""
BARE_HEAD = _RE["bare_head"]
"""A head that is a month or quarter alone: its year stands in the title."""
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
def times(text: str, shown: tuple[Period, ...] = ()) -> tuple[When, ...]:
    """Every period of a text in order.

    Args:
        text: The text.
        shown: Periods of the table beside it: a month without its year is the only such one of them.
    """
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
    for match in _RE["bare"].finditer(text):
        if one := _dated(text, match, found, shown):
            found.append(When(one, False, match.start(), match.end()))  # noqa: FBT003
    return tuple(sorted(found, key=lambda when: when.start))


@lru_cache(REMEMBERED)
def is_undated(text: str, shown: tuple[Period, ...]) -> bool:
    """Whether a text names a month or quarter of which neither it nor the table tells the year."""
    starts = {when.start for when in times(text, shown)}
    return any(match.start() not in starts for match in _RE["bare"].finditer(text))


def _dated(
    text: str, match: re.Match[str], found: Sequence[When], shown: Sequence[Period]
) -> Period | None:
    """The period that a month or quarter without its year is."""
    index = int(match["quarter"] or 0) or MONTHS.index(match["month"].casefold()) + 1
    kind = "Q" if match["quarter"] else "M"
    behind = next(
        (w.period for w in found if _RE["tie"].fullmatch(text, match.end(), w.start)), None
    )
    if behind is not None and behind.kind == kind:
        return Period(kind, behind.year - (index >= behind.index), index)
    same = {period for period in shown if (period.kind, period.index) == (kind, index)}
    return same.pop() if len(same) == 1 else None


def _period(match: re.Match[str]) -> Period:
    if match["month"]:
        return month(int(match["my"]), MONTHS.index(match["month"].casefold()) + 1)
    if match["short"]:
        year = int(match["sy"])
        return month(year if year > 100 else 2000 + year, _SHORT[match["short"].casefold()])
    if match["quarter"]:
        return quarter(int(match["qy"]), int(match["quarter"]))
    return year_(int(match["year"]))


def fits_rounded(whole: Amount | None, part: Amount, share: Amount) -> bool:
    """Whether a share fits a whole that is told in round numbers."""
    if whole is None:
        return False
    near = whole.rounded() if whole.qualifier else whole.interval()
    counts, slack = part.interval(), share.step / 2
    low = counts.low / near.high * 100 - slack
    return low <= share.value <= counts.high / max(near.low, Decimal(1)) * 100 + slack
