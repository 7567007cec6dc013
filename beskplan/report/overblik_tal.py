"""The numbers of the overview: levels, changes and shares of each benefit, and how large the groups are."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median

from beskplan.blocks.model import Source
from beskplan.blocks.tables import Note, is_printed
from beskplan.blocks.text.language import capital, in_period, more_or_fewer, pct_size
from beskplan.blocks.text.one_benefit import SMALL_BASE
from beskplan.core.danish import NBSP, format_number, list_danish, round_half_away
from beskplan.core.periods import Period
from beskplan.indicators.quantities import (
    Interval,
    Movement,
    Quantity,
    implied_denominator,
    movement,
    printed_sum,
    rounding_interval,
)
from beskplan.observations.published import PublishedCell
from beskplan.params.bilag import Overblik as OverblikParams
from beskplan.params.bilag import Rettelse
from beskplan.registers.areas import Area
from beskplan.registers.benefits import (
    Benefit,
    benefit,
    composition_note,
    listing,
    parts,
    renaming_notes,
)
from beskplan.registers.indicators import INDICATORS
from beskplan.report.base import Context, Reading
from beskplan.report.shared_blocks import sentences, small

COLLECTED = "oevrige_ydelser"
"""The composite whose name the collected groups bear; which they are stands beside it."""


@dataclass(frozen=True)
class OverviewRow:
    """One benefit of the municipality.

    Attributes:
        benefit: Which.
        now: The later period: the benefit is named as it is called at its end.
        movement: Levels, change and share; a change may be known where the levels are not.
        is_total: Whether it is the total of the others.
        printed: The change that the plan itself printed beside the levels, if it did.
        is_doubted: Whether its change cannot be right by the numbers of the other rows.
    """

    benefit: Benefit
    now: Period
    movement: Movement
    is_total: bool = False
    printed: PublishedCell | None = None
    is_doubted: bool = False

    @property
    def label(self) -> str:
        """The benefit as a row head."""
        return "I alt" if self.is_total else self.benefit.tabeltitel(self.now.last_day)

    @property
    def name(self) -> str:
        """The benefit inside a sentence."""
        return self.benefit.name(self.now.last_day)

    @property
    def has_levels(self) -> bool:
        """Whether both levels are numbers."""
        return self.movement.before.is_number and self.movement.now.is_number

    @property
    def is_counted(self) -> bool:
        """Whether the source has both levels, withheld or not."""
        return "absent" not in (self.movement.before.state, self.movement.now.state)

    @property
    def contradicts_itself(self) -> bool:
        """Whether a printed change goes one way in persons and the other in per cent."""
        change, pct = self.movement.change, self.movement.change_pct
        return change.is_number and pct.is_number and change.printed * pct.printed < 0

    @property
    def shown_change(self) -> Quantity:
        """The change where it can be shown; absent where the plan contradicts it."""
        if self.contradicts_itself or self.is_doubted:
            return replace(self.movement.change, value=None, state="absent")
        return self.movement.change


@dataclass(frozen=True)
class Overview:
    """All rows, and where they come from."""

    area: Area
    params: OverblikParams
    rows: tuple[OverviewRow, ...]
    total: OverviewRow | None
    sources: tuple[Source, ...]

    @property
    def all_rows(self) -> tuple[OverviewRow, ...]:
        """The rows in table order, the total last."""
        return (*self.rows, *([self.total] if self.total else []))

    def name(self, period: Period) -> str:
        """A period in running text, by its end where that is what the source counts."""
        return period.ultimo if self.params.ultimo else period.text

    def head(self, period: Period) -> str:
        """A period as a table head."""
        return period.ultimo.capitalize() if self.params.ultimo else period.head

    def at(self, period: Period) -> str:
        """When, in a sentence: `i 2017`, `ultimo 2015`."""
        return period.ultimo if self.params.ultimo else in_period(period)

    @property
    def span(self) -> str:
        """`fra ultimo 2013 til ultimo 2015`."""
        return f"fra {self.name(self.params.foer)} til {self.name(self.params.nu)}"


def read_overview(context: Context, params: OverblikParams) -> Overview:
    """The rows that the params ask for, and their total where they ask for one."""
    read, area = Reading(context.data), context.kommune

    def row(ydelse: str) -> OverviewRow:
        before = read(params.maal, ydelse, area, params.foer)
        now = read(params.maal, ydelse, area, params.nu)
        printed = context.data.printed_change(read.keys[-1])
        share = read(params.andel, ydelse, area, params.nu)
        tiny = before.is_number and before.printed < SMALL_BASE
        moved = movement(area, before, now, 0 if tiny else params.decimaler_udvikling, share)
        if params.trykte_aendringer and moved.change.state == "absent":
            change = read("aendring_personer", ydelse, area, params.nu)
            pct = read("aendring_pct", ydelse, area, params.nu)
            moved = replace(moved, change=change, change_pct=pct)
        return OverviewRow(benefit(ydelse), params.nu, moved, printed=printed)

    rows = tuple(row(ydelse) for ydelse in params.ydelser)
    total = _total(row(params.i_alt), rows, params) if params.i_alt else None
    found = Overview(area, params, rows, total, read.sources)
    doubted = {label for one in _unlike_populations(found) for label in one.rows}
    return replace(found, rows=tuple(replace(one, is_doubted=one.label in doubted) for one in rows))


def _total(row: OverviewRow, rows: Sequence[OverviewRow], params: OverblikParams) -> OverviewRow:
    """The total as the source gives it, else the sum of the rows where they may be added."""
    share = row.movement.share
    if row.is_counted or not INDICATORS[params.maal].adds_over_ydelser:
        return replace(row, is_total=True)
    moves = [one.movement for one in rows]
    before, now = (
        printed_sum([getattr(one, level) for one in moves]) for level in ("before", "now")
    )
    if share is None or share.state == "absent":
        share = printed_sum([one.share for one in moves if one.share is not None])
    summed = movement(row.movement.area, before, now, params.decimaler_udvikling, share)
    return replace(row, movement=summed, is_total=True)


@dataclass(frozen=True)
class Group:
    """One benefit, or several together, with its share.

    `members` names the benefits that are collected; empty for one that stands alone.
    """

    benefit: Benefit
    on: Period
    share: Quantity
    members: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The benefit as a row head."""
        return self.benefit.tabeltitel(self.on.last_day)

    @property
    def name(self) -> str:
        """The benefit inside a sentence."""
        return self.benefit.name(self.on.last_day)


@dataclass(frozen=True)
class Distribution:
    """The groups from the largest share to the smallest, and the collected rest."""

    unit: str
    """`pct. af arbejdsstyrken`, or what the levels count."""
    period: str
    """The period of the shares, in running text."""
    groups: tuple[Group, ...]
    rest: Group | None
    sources: tuple[Source, ...]

    @property
    def all_groups(self) -> tuple[Group, ...]:
        """The groups in order, the rest last whatever its size."""
        return (*self.groups, *([self.rest] if self.rest else []))


def read_distribution(context: Context, overview: Overview) -> Distribution:
    """The shares of the later period; the levels where shares and levels of a plan contradict each other.

    Missing: a group whose share is withheld or absent stands last, with the word for it; it is never
    collected, so that the rest is not told without it.
    """
    params, read = overview.params, Reading(context.data)
    on, limit, whole = params.nu, params.fordeling.saml_under, params.fordeling.oevrige
    wanted = params.fordeling.ydelser or params.ydelser
    measure = params.andel
    levels = all(row.movement.now.is_number for row in overview.rows)
    if levels and any("andel" in one.columns for one in misprints(overview)):
        measure, limit, whole = params.maal, None, None
    shares = {
        one: read(measure, one, overview.area, on) for one in (*wanted, *([whole] if whole else []))
    }

    def is_small(share: Quantity) -> bool:
        return limit is not None and share.is_number and share.printed < limit

    alone = [one for one in wanted if not is_small(shares[one])]
    alone.sort(key=lambda one: -shares[one].printed if shares[one].is_number else Decimal(1))
    small = [one for one in wanted if one not in alone]
    rest = None
    if whole:
        members = tuple(benefit(part).name(on.last_day) for part in parts(whole, on.last_day))
        rest = Group(benefit(whole), on, shares[whole], members)
    elif len(small) == 1:
        rest = Group(benefit(small[0]), on, shares[small[0]])
    elif small:
        names = tuple(benefit(one).name(on.last_day) for one in small)
        rest = Group(benefit(COLLECTED), on, printed_sum([shares[one] for one in small]), names)
    return Distribution(
        unit=INDICATORS[measure].unit,
        period=overview.name(on),
        groups=tuple(Group(benefit(one), on, shares[one]) for one in alone),
        rest=rest,
        sources=read.sources,
    )


def findings(overview: Overview) -> Iterator[str]:
    """New laws between the periods, and what is never added up."""
    yield from _laws(overview)
    yield from _persons(overview)


def _laws(overview: Overview) -> Iterator[str]:
    """Benefits that were renamed between the periods, and what a sum consists of."""
    first, last = overview.params.foer.first_day, overview.params.nu.last_day
    benefits = [row.benefit for row in overview.rows]
    yield from (one.note for one in renaming_notes([one.id for one in benefits], first, last))
    for one in benefits:
        if one.is_composite and one.name(last) != listing(parts(one.id, last), last):
            yield composition_note(one.id, last)


def _persons(overview: Overview) -> Iterator[str]:
    """Persons and full-time persons are never added, nor set beside each other."""
    spec = INDICATORS[overview.params.maal]
    if not spec.adds_over_ydelser:
        yield (
            f"Tallene tæller {spec.unit}, ikke fuldtidspersoner. Den samme borger kan have fået "
            "flere ydelser, og ydelserne kan derfor ikke lægges sammen til en total."
        )


UNDECIDED = "kan ikke afgøres"


@dataclass(frozen=True)
class Misprint:
    """Numbers of the plan that are wrong or cannot all be right.

    Attributes:
        rows: Labels of the rows that they stand in.
        columns: Ids of the columns that they stand in, wherever those are shown.
        what: Which numbers of the rows, in words.
        printed: As the plan has them.
        right: As they are shown; `UNDECIDED` where nothing in the plan tells.
        why: In whole sentences.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    what: str
    printed: str
    right: str
    why: str

    def note(self, columns: Collection[str]) -> Note | None:
        """The note of a table with these columns; None where it shows none of the numbers."""
        cells = {(row, one) for row in self.rows for one in self.columns if one in columns}
        dot = "" if self.printed.endswith(".") else "."
        text = f"{self._whose}: Planen skriver {self.printed}{dot} {self.why}"
        return Note(text, cells) if cells else None

    @property
    def _whose(self) -> str:
        return capital(list_danish([small(row) for row in self.rows]))

    @property
    def correction(self) -> Rettelse:
        """The same as an entry of the list of corrections."""
        hvor = f"{self._whose}: {self.what}"
        return Rettelse(hvor=hvor, trykt=self.printed, rettet=self.right, hvorfor=self.why)


def misprints(overview: Overview) -> Iterator[Misprint]:
    """Everything that the plan printed and that its own numbers contradict."""
    for row in overview.all_rows:
        if row.contradicts_itself:
            yield _contradiction(row)
        elif row.printed is not None and row.has_levels:
            yield from _misprint(row)
    if is_printed(overview.sources):
        yield from _unlike_workforces(overview)
        yield from _unlike_populations(overview)


def _unlike_workforces(overview: Overview) -> Iterator[Misprint]:
    """Shares that cannot be of the levels beside them and of the workforce that the total implies.

    The denominator is not printed: nothing tells which of the two is right, and both stay.
    """
    total = overview.total
    if total is None or total.printed is None or (whole := _denominator(total)) is None:
        return
    implied = [(row, _denominator(row)) for row in overview.rows]
    odd = [row for row, of in implied if of is not None and not of.intersect(whole)]
    if odd:
        of = INDICATORS[overview.params.andel].unit.removeprefix("pct. af ")
        low, high = (format_number(round_half_away(end)) for end in (whole.low, whole.high))
        fit = "andelen ikke til antallet" if len(odd) == 1 else "andelene ikke til antallene"
        yield Misprint(
            rows=tuple(row.label for row in odd),
            columns=("andel",),
            what=f"pct. af {of}",
            printed=_shares(odd),
            right=UNDECIDED,
            why=(
                f"Planen oplyser ikke, hvor stor {of} var. Efter totalen må den være fra {low} til "
                f"{high} personer, og så passer {fit} {overview.at(overview.params.nu)}."
            ),
        )


def _shares(rows: Sequence[OverviewRow]) -> str:
    texts = [row.movement.share.text() for row in rows if row.movement.share is not None]
    return f"{'; '.join(texts)}{NBSP}pct."


FAR_APART = Decimal("1.25")
"""Populations that differ by more than this factor are not the same one, rounding set aside."""
LEAST_ROWS = 4


def _unlike_populations(overview: Overview) -> Iterator[Misprint]:
    """Rows whose change and share imply another population than those of the other rows."""
    if overview.total is not None:
        return
    rows = [row for row in overview.rows if not row.contradicts_itself]
    found = [(row, whole) for row in rows if (whole := _denominator(row)) is not None]
    if len(found) < LEAST_ROWS:
        return
    middle = median(whole.low + whole.high for _, whole in found) / 2
    for row, whole in found:
        if middle / FAR_APART <= whole.high and whole.low <= middle * FAR_APART:
            continue
        change = row.movement.change
        level = INDICATORS[overview.params.maal].unit
        told = f"{row.movement.now.text()} {level}"
        if change.is_number:
            told = ", ".join(printed_pair(row))
        own, others = (
            format_number(round_half_away(number / 1000) * 1000)
            for number in ((whole.low + whole.high) / 2, middle)
        )
        yield Misprint(
            rows=(row.label,),
            columns=("nu", "aendring", "udvikling", "andel")
            if change.is_number
            else ("nu", "andel"),
            what="antal og andel",
            printed=f"{told} og {row.movement.share.text(unit='pct.')} af befolkningen",  # type: ignore[union-attr]
            right=UNDECIDED,
            why=(
                f"Antal og andel giver en befolkning på omkring {own} personer. De andre grupper giver "
                f"omkring {others}. Det kan ikke alt sammen være rigtigt."
            ),
        )


def _denominator(row: OverviewRow) -> Interval | None:
    """The workforces or populations for which the row's level, printed or implied, gives its share."""
    share, level = row.movement.share, _level(row)
    if share is None or level is None or not share.is_number:
        return None
    return implied_denominator(level, rounding_interval(share))


def _level(row: OverviewRow) -> Interval | None:
    """Where the later level lies: as printed, else as a printed change in persons and per cent implies."""
    move = row.movement
    if move.now.is_number:
        return rounding_interval(move.now)
    if not (move.change.is_number and move.change_pct.is_number):
        return None
    pct, change = rounding_interval(move.change_pct), move.change.printed
    if pct.low * pct.high <= 0:
        return None
    ends = [change + change / end * 100 for end in (pct.low, pct.high)]
    return Interval(max(min(ends), Decimal(0)), max(ends))


def printed_pair(row: OverviewRow) -> tuple[str, str]:
    """The change as printed, in words: `53 flere` and `4 pct. færre`."""
    change, pct = row.movement.change, row.movement.change_pct
    return more_or_fewer(change), f"{pct_size(pct)} {'flere' if pct.printed > 0 else 'færre'}"


def _contradiction(row: OverviewRow) -> Misprint:
    """Nothing in the plan decides which of the two is right: both are told."""
    return Misprint(
        rows=(row.label,),
        columns=("aendring", "udvikling"),
        what="ændringen",
        printed=f"både {' og '.join(printed_pair(row))}",
        right=UNDECIDED,
        why=(
            "Det kan ikke begge være rigtigt. Planen trykte ikke de antal, som kunne afgøre det, og "
            "ændringen er derfor ikke vist i figuren."
        ),
    )


def _misprint(row: OverviewRow) -> Iterator[Misprint]:
    """The printed change beside the one that its own levels give, where they differ."""
    printed, move = row.printed, row.movement
    if printed is None or not move.change_pct.is_number:
        return
    decimals = len(printed.published_text.partition(",")[2])
    value = Decimal(str(printed.value))
    if round_half_away(move.change_pct.exact, decimals) == value:
        return
    right = move.change_pct.text(signed=True, unit="pct.")
    ratio = move.now.exact / move.before.exact * 100
    is_ratio = abs(ratio - value) < Decimal(1).scaleb(-decimals)
    yield Misprint(
        rows=(row.label,),
        columns=("udvikling",),
        what="ændringen i pct.",
        printed=f"{printed.published_text}{NBSP}pct.",
        right=right,
        why=sentences(
            f"det rigtige er {right}: fra {move.before.text()} til {move.now.text()}",
            "planens tal er det nye antal i pct. af det gamle" if is_ratio else "",
        ),
    )
