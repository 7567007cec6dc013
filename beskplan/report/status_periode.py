"""The period of a status: which sections it has, and for which period the data have all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from beskplan.core.periods import Period
from beskplan.params.models import Afsnit, Kilde
from beskplan.params.models import Maalgrupper as MaalgrupperParams
from beskplan.registers.benefits import benefit
from beskplan.registers.groups import group
from beskplan.registers.indicators import ALL
from beskplan.report.base import Context
from beskplan.report.maalgrupper_tal import KILDER

MOST_BACK = 12
"""So many periods back the newest one with all numbers is looked for."""


@dataclass(frozen=True)
class Newest:
    """The newest period that has the numbers of every section, and what the next one waits for.

    Attributes:
        periode: A month or a quarter, as `status.hver` says; None where there is none.
        waits_for: The sections without numbers for the period that follows, in Danish.
    """

    periode: Period | None
    waits_for: tuple[str, ...]


@dataclass(frozen=True)
class _Counted:
    """One section in one area: which periods the source has of it."""

    afsnit: Afsnit
    codes: frozenset[str]

    def at(self, edition: Period) -> Period:
        """The section's own period of an edition."""
        return edition.quarter if self.afsnit.is_statbank else edition.months()[-1]

    def is_lacking(self, edition: Period) -> bool:
        """Whether the source counts the section and has not counted it for the edition."""
        now = self.at(edition)
        year = (now.shift(-back).code for back in range(1, 13 if now.kind == "M" else 5))
        counted = benefit(self.afsnit.ydelse).covers(now.first_day) and not self.codes.isdisjoint(
            year
        )
        return counted and now.code not in self.codes


def column_head(period: Period) -> str:
    """`Juni 2019`, `4. kvt. 2025`: the name of a quarter is too long for a narrow column."""
    return period.head.replace("kvartal", "kvt.")


def edition_of(
    asked: MaalgrupperParams, periode: Period, without: Collection[str] = ()
) -> MaalgrupperParams:
    """The params of the target groups with the period of an edition in the place of their own.

    Sections named by `without` leave it.
    """
    afsnit = {
        name: one.model_copy(update={"periode": None})
        for name, one in asked.afsnit.items()
        if name not in without
    }
    update = {"periode": periode.months()[-1], "afsnit": afsnit, "kilde": asked.kilde or "bedst"}
    # A status has the sections alone: it must fit on four pages.
    return asked.model_copy(update=update | {"tillaeg": {}, "benchmark": False, "ledige": ()})


def newest_period(context: Context) -> Newest:
    """The newest period for which the source has every section that it counts.

    Args:
        context: Of a plan with `status` and `maalgrupper`; its own period is not looked at.

    Raises:
        ValueError: the plan has no `status` or no sections.
    """
    status = context.params.status
    if status is None:
        raise ValueError("the params were not checked")
    counted = _counted(context)
    every = [Period.parse(code) for one in counted for code in one.codes]
    if not every or _has_only_quarters(context, counted):
        return Newest(None, ())
    newest = max(every, key=lambda one: one.last_day)
    last = newest.quarter if status.kind == "Q" else newest.months()[-1]
    # A quarter that has begun and not ended has no numbers of its last month.
    tried = [last.shift(-back) for back in range(MOST_BACK)]
    complete = (
        one
        for one in tried
        if exists_in(context, one) and _has_any(counted, one) and not _lacking(counted, one)
    )
    found = next(complete, None)
    following = found.next if found else last
    # Of an area that has ended the last edition stays the newest.
    return Newest(found, _waited(counted, following) if exists_in(context, following) else ())


def exists_in(context: Context, edition: Period) -> bool:
    """Whether the municipality or region is there to the end of an edition's period."""
    return context.kommune.is_valid(edition.last_day)


def waits_for(context: Context, edition: Period) -> tuple[str, ...]:
    """The sections that the source has not counted yet for an edition, in Danish.

    Empty where it has all, and where it will never have any: `has_only_quarters`.
    """
    counted = _counted(context)
    return () if _has_only_quarters(context, counted) else _waited(counted, edition)


def has_only_quarters(context: Context) -> bool:
    """Whether a status of months has sections of quarters alone: no month is about a quarter's numbers."""
    return _has_only_quarters(context, _counted(context))


def _has_only_quarters(context: Context, counted: list[_Counted]) -> bool:
    status = context.params.status
    monthly = status is not None and status.kind == "M"
    return monthly and bool(counted) and all(one.afsnit.is_statbank for one in counted)


def _waited(counted: list[_Counted], edition: Period) -> tuple[str, ...]:
    lacking = _lacking(counted, edition)
    if not _has_any(counted, edition):
        return (f"alle tal for {edition.text}",)
    return tuple(dict.fromkeys(_name(one, edition) for one in lacking))


def _lacking(counted: list[_Counted], edition: Period) -> list[Afsnit]:
    return [one.afsnit for one in counted if one.is_lacking(edition)]


def _has_any(counted: list[_Counted], edition: Period) -> bool:
    """Whether any section has a number for exactly the time of the edition."""
    return any(
        (now := one.at(edition)).code in one.codes and now.last_day == edition.last_day
        for one in counted
    )


def _counted(context: Context) -> list[_Counted]:
    """Each section of the source with the newest numbers, in every area of the page."""
    by_source = [list(_of_source(context, kilde)) for kilde in KILDER]
    return max(by_source, key=_newest_day)


def _newest_day(counted: list[_Counted]) -> date:
    days = (Period.parse(code).last_day for one in counted for code in one.codes)
    return max(days, default=date.min)


def _of_source(context: Context, kilde: Kilde) -> Iterator[_Counted]:
    asked, status = context.params.maalgrupper, context.params.status
    if asked is None or status is None or asked.kilde not in (None, "bedst", kilde):
        return
    named = (one for name, one in asked.afsnit.items() if name not in status.udelad)
    wanted = [found for one in named if (found := one.of(kilde)) is not None]
    day = asked.periode.first_day
    areas = (context.kommune, *context.reference_areas(asked.sammenlign_med, day))
    for area in dict.fromkeys(areas):
        codes: dict[tuple[str, str, str], set[str]] = {}
        for key in context.data.snapshot.rows_by_area.get(area.kode, {}):
            codes.setdefault(key[:3], set()).add(key[4])
        for one in wanted:
            there = codes.get((one.maal, one.ydelse, one.gruppe), set())
            yield _Counted(one, frozenset(there))


def _name(afsnit: Afsnit, edition: Period) -> str:
    on = edition.first_day
    of = "" if afsnit.gruppe == ALL else f" ({group(afsnit.gruppe).navn})"
    return f"{benefit(afsnit.ydelse).name(on)}{of}"
