"""The period of a status, for which the data have all sections; what has changed since the edition before.

A change is told with its reason: a new period, a revision, another count.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from beskplan.blocks.model import Omitted, Table
from beskplan.blocks.tables import Note
from beskplan.core import editions
from beskplan.core.danish import list_danish
from beskplan.core.files import ROWS
from beskplan.core.periods import Period
from beskplan.indicators.quantities import Quantity, absolute_change, keys_of
from beskplan.indicators.targets import Series, by_period
from beskplan.observations.contract import Key
from beskplan.params.models import Afsnit, Kilde
from beskplan.params.models import Maalgrupper as MaalgrupperParams
from beskplan.registers.benefits import benefit
from beskplan.registers.breaks import breaks_between
from beskplan.registers.indicators import ALL, group
from beskplan.report.base import Context
from beskplan.report.data import Told, read_rows
from beskplan.report.maalgrupper_tal import KILDER, BenefitSection
from beskplan.report.shared_blocks import ColumnOf, listing, signed_cell, small
from beskplan.report.target_section import spans

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


MOST_MOVED, MOST_REVISED = 3, 6
"""So many benefits stand in the table for having moved, and so many for being revised; a note names all."""
MOST_SPANS = 3
"""More revised spans of one benefit are told as one."""
_ID = "siden-sidst"
_STEP = {"M": "ny måned", "Q": "nyt kvartal"}


@dataclass(frozen=True)
class Earlier:
    """The edition before: its period, and what it read by key."""

    periode: Period
    told: Mapping[Key, Told]


@dataclass(frozen=True)
class _Since:
    """One section since the edition before: what that told of its period, and what is told now."""

    section: BenefitSection
    then: Period
    told: Quantity
    today: Quantity
    revised: tuple[Period, ...]
    notes: tuple[str, ...]

    @property
    def change(self) -> Quantity:
        """From the earlier period, as it is counted today, to the edition's."""
        return absolute_change(self.today, self.section.own.now)

    @property
    def size(self) -> Decimal:
        """By how much the number of the earlier period is revised; 0 where one of the two is no number."""
        known = self.told.is_number and self.today.is_number
        return abs(self.today.exact - self.told.exact) if known else Decimal(0)

    @property
    def reason(self) -> str:
        """`nyt kvartal, revision og databrud`."""
        found = [_STEP[self.then.kind]]
        found += ["revision"] if self.revised else []
        found += ["databrud"] if self.notes else []
        return list_danish(found)


def read_earlier(context: Context) -> Earlier | None:
    """The edition before this one, as its readers have it; None where this is the first."""
    if context.periode is None:
        return None
    name = editions.edition_name(context.bilag, context.periode.statbank)
    job = f"{context.params.aar}/{context.kommune.slug}/{name}"
    reports = context.root / "reports"
    folder = editions.earlier_edition(reports, job, ROWS)
    if folder is None:
        return None
    periode = editions.edition_period(editions.split_name(folder.name)[1])
    return Earlier(periode, read_rows(editions.rows_as_sent(reports, folder)))


def since_table(
    context: Context,
    earlier: Earlier | None,
    sections: Sequence[BenefitSection],
    courses: Mapping[str, Series],
) -> Table | Omitted:
    """The total, what has moved most and what is revised since the edition before.

    Args:
        context: Of this edition.
        earlier: The edition before.
        sections: Of this edition, in the order of the page.
        courses: The own numbers of each as they are today, by the section's name.

    Missing: a number that is withheld today is not told from the earlier edition either.
    """
    if earlier is None:
        return Omitted(id=_ID, reason="Der er ingen tidligere udgave.", missed=False)
    every = [_since(context, earlier, one, courses.get(one.name, ())) for one in sections]
    found = [one for one in every if one is not None]
    if not found:
        reason = (
            f"Udgaven om {earlier.periode.text} har ikke de samme tal og kan ikke sammenlignes."
        )
        return Omitted(id=_ID, reason=reason)
    moved = [one for one in found if not one.section.is_total and one.change.is_number]
    moved.sort(key=lambda one: -abs(one.change.exact))
    revised = [one for one in found if one.revised]
    revised.sort(key=lambda one: -one.size)
    chosen = [*moved[:MOST_MOVED], *revised[:MOST_REVISED]]
    wanted = [one for one in found if one.section.is_total or one.notes or one in chosen]
    read = (number for one in wanted for number in (one.today, one.section.own.now))
    then, now, unit = found[0].then, sections[0].now, sections[0].unit
    columns: list[ColumnOf] = [
        ("trykt", f"{column_head(then)} i sidste udgave", unit, lambda one: one.told),
        ("nu", f"{column_head(then)} i dag", unit, lambda one: one.today),
        ("nyt", column_head(now), unit, lambda one: one.section.own.now),
        ("aendring", "Ændring", unit, lambda one: signed_cell(one.change)),
        ("hvorfor", "Hvorfor", "", lambda one: one.reason),
    ]
    return listing(
        wanted,
        ("ydelse", "Ydelse"),
        columns,
        label=lambda one: one.section.label,
        emphasis=lambda one: one.section.is_total,
        id=_ID,
        title=f"Ændringer siden udgaven om {earlier.periode.text} {context.kommune.stedsform}",
        unit=unit,
        period=f"{then.text} og {now.text}",
        sources=context.data.sources(key for number in read for key in keys_of(number.origin)),
        notes=_notes(found),
    )


def _since(
    context: Context, earlier: Earlier, one: BenefitSection, course: Series
) -> _Since | None:
    """None where the edition before did not have the section's number."""
    then = earlier.periode.quarter if one.now.kind == "Q" else earlier.periode.months()[-1]
    today = by_period(course)
    told = {
        period: found
        for period, quantity in today.items()
        for key in keys_of(quantity.origin)
        if (found := earlier.told.get(key)) is not None and period <= then
    }
    if then not in told or not told[then].is_row:
        return None
    # A group among the recipients is counted in its own words.
    now, number = replace(today[then], unit=one.unit), told[then].value
    state = "known" if number is not None and now.is_number else now.state
    was = None if state != "known" else number
    state = state if was is not None or not now.is_number else "withheld"
    origin = ("edition", *keys_of(now.origin)[0])
    kode = context.kommune.kode
    breaks = breaks_between(one.params.maal, one.params.ydelse, kode, then, one.now)
    return _Since(
        section=one,
        then=then,
        told=Quantity(was, told[then].decimals, one.unit, state, origin),
        today=now,
        revised=tuple(period for period, found in told.items() if found.differs(today[period])),
        notes=tuple(dict.fromkeys(one.note for one in breaks)),
    )


def _notes(found: Sequence[_Since]) -> list[str | Note]:
    """What is revised, those of the same periods together, and which counts are new."""
    revised: dict[str, list[str]] = {}
    for one in found:
        if one.revised:
            when = spans(one.revised)
            if len(when) > MOST_SPANS:
                when = [f"flere perioder fra {one.revised[0].text} til {one.revised[-1].text}"]
            revised.setdefault(list_danish(when), []).append(small(one.section.label))
    told = "; ".join(f"{list_danish(names)} for {when}" for when, names in revised.items())
    notes = dict.fromkeys(note for one in found for note in one.notes)
    return [
        *([f"»Revision«: kilden har ændret tallene om {told}."] if told else []),
        *(f"»Databrud«: {note}" for note in notes),
    ]
