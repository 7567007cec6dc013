"""Breaks in the series: whether two periods may be compared, and what a reader must then be told.

One question, `breaks_between`, over the registers that know: benefits (`benefits.yaml`: new, renamed,
replaced and ended ones), areas (days of validity), and everything else (`data/breaks.yaml`). Groups
are defined by plan year, not by day: `beskplan.registers.indicators` tells when a definition is new.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Annotated, Literal

from pydantic import Field

from beskplan.core.errors import DataError
from beskplan.core.periods import Period, date_text
from beskplan.registers.areas import area as area_of
from beskplan.registers.areas import merger_note
from beskplan.registers.benefits import Benefit, Break, benefit, register, renaming_notes
from beskplan.registers.document import problem
from beskplan.registers.indicators import ALL
from beskplan.registers.reading import Closed, expected_text, shipped

FILE = "breaks.yaml"

Kind = Literal["mark", "refuse"]

_DAY = timedelta(days=1)


class Entry(Closed):
    """One entry of `breaks.yaml`; empty lists hold for all."""

    id: str
    kind: Kind
    indicators: tuple[str, ...] = ()
    ydelser: tuple[str, ...] = ()
    note: str
    source: Annotated[tuple[str, ...], Field(min_length=1)]

    def concerns(self, indicator: str, ydelse: str) -> bool:
        """Whether an observation of this indicator and benefit is meant."""
        return indicator in (self.indicators or (indicator,)) and ydelse in (
            self.ydelser or (ydelse,)
        )


class BreakEntry(Entry):
    """A break between the days before `day` and those from it."""

    day: date
    expected: bool = False
    """Whether no law has fixed the day yet: readers are told so."""

    @property
    def text(self) -> str:
        """The note as it is printed."""
        return expected_text(self.note) if self.expected else self.note


class UnfinishedEntry(Entry):
    """Days of which the source has not finished its numbers, both ends included."""

    first: date
    last: date


class BreaksFile(Closed):
    """The whole of `breaks.yaml`."""

    sources: dict[str, str]
    breaks: tuple[BreakEntry, ...]
    unfinished: tuple[UnfinishedEntry, ...] = ()


@cache
def breaks_file() -> BreaksFile:
    """The breaks that ship inside the package."""
    return shipped(FILE, BreaksFile)


def breaks_between(
    indicator: str, ydelse: str, area: str, before: Period, now: Period
) -> tuple[Break, ...]:
    """Everything between two periods of one observation, oldest first; empty: they may be compared.

    Args:
        indicator: What is counted.
        ydelse: Benefit id, or `alle`.
        area: Area code.
        before: The earlier period.
        now: The later period.

    Raises:
        UnknownNameError: an id or code is unknown.
        TypeError: the periods are of two kinds.
    """
    if now < before:
        raise ValueError(f"{now.code} is before {before.code}")
    found = (
        *_of_benefit(ydelse, before, now),
        *_of_area(area, before, now),
        *_of_file(indicator, ydelse, before, now),
    )
    return tuple(sorted(set(found)))


def refuse_breaks(
    indicator: str, ydelse: str, area: str, before: Period, now: Period, *, where: str
) -> tuple[Break, ...]:
    """The breaks to mark, where none of them forbids the comparison.

    Args:
        indicator: As `breaks_between`, and so are the next four.
        ydelse: See there.
        area: See there.
        before: See there.
        now: See there.
        where: What the error names as the place.

    Raises:
        DataError: a break forbids the comparison; one problem for each.
    """
    found = breaks_between(indicator, ydelse, area, before, now)
    if refused := [one for one in found if one.kind == "refuse"]:
        span = f"{before.code} og {now.code}"
        raise DataError(
            problem(
                "break-between" if before.first_day < one.day <= now.last_day else "break-outside",
                where,
                span,
                day=one.day,
                expected=one.note,
            )
            for one in refused
        )
    return found


def _of_benefit(ydelse: str, before: Period, now: Period) -> Iterator[Break]:
    """What the register of benefits says; a benefit that one of the periods lacks is refused."""
    if ydelse == ALL:
        return
    one = benefit(ydelse)
    if not one.is_composite:
        yield from _without_figures(one, before, now)
    yield from renaming_notes(ydelse, before.first_day, now.last_day)


def _without_figures(one: Benefit, before: Period, now: Period) -> Iterator[Break]:
    sources = "; ".join(register().sources[key] for key in one.source)
    begun, ended = one.valid_from, one.valid_to
    counted_back = one.is_counted_back(before.first_day)
    if begun is not None and before.first_day < begun and not counted_back:
        note = f"{one.tabeltitel(begun)} findes først fra {date_text(begun)}."
        yield Break(begun, "refuse", note, sources)
    if ended is not None and ended < now.last_day:
        note = f"{one.tabeltitel(ended)} ophørte {date_text(ended)}."
        yield Break(ended + _DAY, "refuse", note, sources)


def _of_area(kode: str, before: Period, now: Period) -> Iterator[Break]:
    """An area must exist in both periods, or be others put together: what follows it is another area."""
    one = area_of(kode)
    if one.valid_from is not None and before.first_day < one.valid_from:
        if note := merger_note(one):
            yield Break(one.valid_from, "mark", note, one.navn)
            return
        note = f"{one.navn} findes først fra {date_text(one.valid_from)}."
        yield Break(one.valid_from, "refuse", note, one.navn)
    if one.valid_to is not None and one.valid_to < now.last_day:
        note = f"{one.navn} ophørte {date_text(one.valid_to)}."
        yield Break(one.valid_to + _DAY, "refuse", note, one.navn)


def _of_file(indicator: str, ydelse: str, before: Period, now: Period) -> Iterator[Break]:
    for entry in breaks_file().breaks:
        between = before.first_day < entry.day <= now.last_day
        if between and entry.concerns(indicator, ydelse):
            yield Break(entry.day, entry.kind, entry.text, _sources(entry.source))
    for span in breaks_file().unfinished:
        touched = any(p.first_day <= span.last and span.first <= p.last_day for p in (before, now))
        if touched and span.concerns(indicator, ydelse):
            yield Break(span.first, span.kind, span.note, _sources(span.source))


def _sources(keys: tuple[str, ...]) -> str:
    return "; ".join(breaks_file().sources[key] for key in keys)
