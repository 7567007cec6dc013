"""A target's number against the plan's own words, and against what its unit can be.

The words are the plan's, the fields are typed by hand: where both say a number, they say the same.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations
from typing import Any

from beskplan.core.danish import format_number, parse_number
from beskplan.core.files import shipped_yaml
from beskplan.core.periods import MONTHS, Period, month

_DATA: dict[str, dict[Any, Any]] = shipped_yaml("beskplan.params", "maalord.yaml")
_FORMS = {name: re.compile(form, re.IGNORECASE) for name, form in _DATA["forms"].items()}
_UNITS = {name: re.compile(form, re.IGNORECASE) for name, form in _DATA["units"].items()}
_WORDS = {word: Decimal(value) for value, words in _DATA["numbers"].items() for word in words}
_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})(?=\s)", re.IGNORECASE)
_CHANGES = {Decimal(pct): re.compile(form, re.IGNORECASE) for pct, form in _DATA["changes"].items()}
_DATE = re.compile(
    rf"(?:\b({'|'.join(MONTHS)})\s+)?(?<![\w.,])((?:19|20)[0-9]{{2}})\b", re.IGNORECASE
)
_SLIPS = tuple(Decimal(10) ** power for power in (1, 2, 3))
"""What a lost or misread thousand dot or decimal comma does to a number."""


@dataclass(frozen=True)
class Printed:
    """A number in a target's words.

    Attributes:
        value: The number.
        marked: Whether it has a thousand dot or a decimal comma.
        unit: `pct`, one of the other units, or empty.
        is_point: Whether the per cents are percentage points.
        is_from: Whether the words count from it: `fra 1.450`.
    """

    value: Decimal
    marked: bool
    unit: str
    is_point: bool = False
    is_from: bool = False


def printed_numbers(text: str) -> Iterator[Printed]:
    """The numbers of a Danish text, without years, dates, and numbers of paragraphs and figures.

    Example:
        >>> [str(one.value) for one in printed_numbers("fra 1.308 i 2019 til 12,5 pct. den 1. maj")]
        ['1308', '12.5']
    """
    for match in _FORMS["number"].finditer(text):
        written, before, after = match.group(), text[: match.start()], text[match.end() :]
        is_whole = written.isdecimal()
        if is_whole and (
            _FORMS["year"].fullmatch(written) or (len(written) > 1 and written.startswith("0"))
        ):
            continue
        if _FORMS["numbered"].search(before) or (
            is_whole and _FORMS["date-or-ordinal"].match(after)
        ):
            continue
        yield Printed(
            parse_number(re.sub("[ \u00a0]", "", written)),
            not is_whole,
            unit_of(after),
            is_point=_FORMS["point"].match(after) is not None,
            is_from=_FORMS["from"].search(before) is not None,
        )
    for match in _WORD.finditer(text):
        # `ti procent`; a word without a unit beside it is often no number: `en borger`.
        after = text[match.end() :]
        if unit := unit_of(after):
            value = _WORDS[match.group().casefold()]
            yield Printed(
                value, marked=False, unit=unit, is_point=_FORMS["point"].match(after) is not None
            )
    for value, form in _CHANGES.items():
        if form.search(text):
            yield Printed(value, marked=False, unit="pct")


def unit_of(text: str) -> str:
    """What a text begins with, as a unit that is measured: `pct`, `uge` ...; empty for counts."""
    return next((name for name, form in _UNITS.items() if form.match(text)), "")


def is_counted(unit: str) -> bool:
    """Whether a unit counts things: persons and visits, not per cent or weeks."""
    return _FORMS["measured"].search(unit) is None


def other_number(
    value: Decimal, unit: str, text: str, baseline: Decimal | None = None
) -> str | None:
    """The number that the words say where a field says another; None where they do not differ.

    A field may say what the words only let one work out: the difference or sum of two of their
    numbers, a half or a double where they say so, a change in per cent of a level, and all (100) or none (0).

    Args:
        value: The field's number.
        unit: Its unit, as `enhed` has it, or `pct`.
        text: The target's words.
        baseline: The level that the target counts from, where the plan prints it.
    """
    there = list(printed_numbers(text))
    if (slip := _slip(value, there)) is not None:
        return slip
    wanted = unit_of(unit)
    same = [one for one in there if one.unit == wanted]
    if not same or (value in (0, 100) and _FORMS["all-or-none"].search(text)):
        return None
    own = [one.value for one in same]
    shares = [one.value for one in there if one.unit in ("", "pct")]
    level = [] if baseline is None else [abs(baseline)]
    if abs(value) in {*own, *_derived([*own, *shares, *level])}:
        return None
    if _FORMS["half-or-double"].search(text) and abs(value) in {
        level for one in [*own, *level] for level in (one / 2, one * 2)
    }:
        return None
    return ", ".join(_danish(one.value) for one in same)


def other_direction(text: str, *, rises: bool) -> str | None:
    """The word that says that a number is to fall where a field has it rise, or the other way.

    None where the words say neither or both, as of fewer who lack a job and more who have one.
    """
    return _only(text, *(("down", "up") if rises else ("up", "down")))


def other_limit(text: str, *, at_least: bool) -> str | None:
    """The word that names the other kind of limit: `højst` where a field says at least; None else."""
    return _only(text, *(("at-most", "at-least") if at_least else ("at-least", "at-most")))


def _only(text: str, wanted: str, other: str) -> str | None:
    word = _FORMS[wanted].search(text)
    return word.group() if word and not _FORMS[other].search(text) else None


def other_baseline(text: str, unit: str, baseline: Decimal) -> str | None:
    """The level that the words count from, `fra 1.450`, where the field has another; None else."""
    levels = [
        one.value
        for one in printed_numbers(text)
        if one.is_from and one.unit == unit_of(unit) and not one.is_point
    ]
    return None if not levels or baseline in levels else ", ".join(map(_danish, levels))


def other_scale(text: str, value: Decimal) -> bool:
    """Whether the words give a change in percentage points that a field has in per cent."""
    same = [one for one in printed_numbers(text) if one.unit == "pct" and one.value == abs(value)]
    return bool(same) and all(one.is_point for one in same)


def other_dates(text: str, deadline: Period, baseline: Period | None) -> tuple[str, str] | None:
    """The field (`frist`, `udgangspunkt`) that names another time than the words, and their times.

    Of all months and years in the words one is the deadline, if any is not the baseline. A level
    that counts from a month is compared with a month that is not the deadline's, where there is one.
    """
    said = [(match.group(1), int(match.group(2))) for match in _DATE.finditer(text)]
    dates = [
        (month(year, MONTHS.index(name.casefold()) + 1) if name else None, year)
        for name, year in said
    ]
    words = ", ".join(" ".join(filter(None, (name, str(year)))) for name, year in said)
    of_deadline = [
        date for date in dates if _is_of(date, deadline, _FORMS["before"].search(text) is not None)
    ]
    of_baseline = [date for date in dates if baseline and _is_of(date, baseline, before=False)]
    is_start_named = baseline is None and _FORMS["compared"].search(text) is not None
    if len(of_baseline) < len(dates) and not of_deadline and not is_start_named:
        return "frist", words
    others = [one for one, _ in dates if one and (one, one.year) not in of_deadline]
    if baseline and others and not of_baseline:
        return "udgangspunkt", words
    return None


def _is_of(date: tuple[Period | None, int], period: Period, before: bool) -> bool:
    """Whether a month or a year that is named lies in a period, or (`before`) just after its end."""
    named, year = date
    months = period.months()
    first, last = months[0], months[-1]
    if named is not None:
        return first <= named <= last or (before and named == last.shift(1))
    return first.year <= year <= last.year or (before and year == last.shift(1).year)


def _slip(value: Decimal, there: list[Printed]) -> str | None:
    """A number of the words that is ten, a hundred or a thousand times the field's, or the other way."""
    if not value or abs(value) in {one.value for one in there}:
        return None
    is_broken = value != value.to_integral_value()
    for one in there:
        ratios = (one.value / abs(value), abs(value) / one.value if one.value else Decimal(0))
        if (is_broken or one.marked) and any(ratio in _SLIPS for ratio in ratios):
            return _danish(one.value)
    return None


def _derived(pool: Iterable[Decimal]) -> Iterator[Decimal]:
    """What two of the numbers give: their sum and difference, and one changed by the other in per cent."""
    for one, other in permutations(dict.fromkeys(pool), 2):
        yield from (one + other, abs(one - other))
        for level in (one * (100 - other) / 100, one * (100 + other) / 100):
            yield from (level, level.to_integral_value())
        if other:
            yield (abs(one - other) / other * 100).to_integral_value()


def _danish(value: Decimal) -> str:
    exponent = value.as_tuple().exponent
    return format_number(value, max(-exponent, 0) if isinstance(exponent, int) else 0)
