"""What has changed since the last edition of a status, and why: a new period, a revision, another count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from beskplan.blocks.model import Omitted, Table
from beskplan.blocks.tables import Note
from beskplan.core.editions import (
    earlier_edition,
    edition_name,
    edition_period,
    rows_as_sent,
    split_name,
)
from beskplan.core.files import ROWS
from beskplan.core.periods import Period
from beskplan.core.words import list_danish
from beskplan.indicators.quantities import Quantity, absolute_change, keys_of
from beskplan.indicators.targets import Series, by_period
from beskplan.observations.contract import Key
from beskplan.registers.breaks import breaks_between
from beskplan.report.base import Context
from beskplan.report.maalgrupper_tal import BenefitSection
from beskplan.report.news import Told, read_rows
from beskplan.report.shared_blocks import ColumnOf, listing, signed_cell, small
from beskplan.report.status_periode import column_head
from beskplan.report.target_section import spans

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
    name = edition_name(context.bilag, context.periode.statbank)
    job = f"{context.params.aar}/{context.kommune.slug}/{name}"
    reports = context.root / "reports"
    folder = earlier_edition(reports, job, ROWS)
    if folder is None:
        return None
    periode = edition_period(split_name(folder.name)[1])
    return Earlier(periode, read_rows(rows_as_sent(reports, folder)))


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
