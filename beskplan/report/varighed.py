"""Time on benefits: mean durations, long courses and full-time persons over several points in time.

Used by `notebooks/varighed.ipynb`; the sections stand in the plan's params under `varighed`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property

from beskplan.blocks.charts.axis import value_axis
from beskplan.blocks.charts.canvas import drawing
from beskplan.blocks.charts.line_chart import Panel, panels
from beskplan.blocks.html import shown
from beskplan.blocks.model import Block, Omitted, Subsection, Subsections, Table
from beskplan.blocks.tables import figure, is_printed
from beskplan.blocks.text.language import as_sentence, capital, in_period, number_word
from beskplan.blocks.text.one_benefit import PAST, SMALL_BASE, direction_of
from beskplan.core.danish import format_number, list_danish, round_half_away
from beskplan.core.errors import Problem
from beskplan.core.periods import Period, span_text
from beskplan.indicators.quantities import Quantity
from beskplan.params.bilag import Varighed as VarighedParams
from beskplan.registers.areas import Area
from beskplan.registers.indicators import expected_notes
from beskplan.report import shared_blocks as shared
from beskplan.report.base import ExplainedReport, of_section
from beskplan.report.varighed_tal import (
    GroupRow,
    SeriesSection,
    read_series,
)

NOTABLE = 4
"""Named are the groups whose change is at least so great a part of the greatest: a quarter."""
Lead = tuple[SeriesSection, GroupRow, str]
"""A section, the row that says most of it, and what the row counts, as a subject."""
MOST_TOLD = 5
"""Sentences of the summary."""
MULTIPLES = {Decimal("0.5"): "halveret", Decimal(2): "fordoblet", Decimal(3): "tredoblet"}
"""What a number became that is so many times the one before, to one decimal (docs/ordvalg.md)."""


class Varighed(ExplainedReport[VarighedParams, SeriesSection]):
    """The blocks of the Bilag; `name` is a section's name in the params."""

    bilag = "varighed"

    @cached_property
    def sections(self) -> dict[str, SeriesSection]:
        """The sections over time."""
        asked = self.params.serier
        return {name: read_series(self.context, name, serie) for name, serie in asked.items()}

    def missing_data(self) -> Iterator[Problem]:
        """Sections over time without a single number."""
        for name, section in self.sections.items():
            if not section.rows:
                found = f"{section.area.navn}, {section.params.maal}"
                fix = "ret afsnittet, hent tallene, eller udelad afsnittet"
                where = f"{self.where}.serier.{name}"
                yield self.no_data(where, "grupperne i perioderne", found, fix)

    @shown
    def summary(self) -> Block:
        """The course of each section's total, or of its only group: the greatest change of an area first.

        What an area's sentences share, its name and the periods, stands in its first one.
        """
        leads = [lead for one in self.sections.values() if (lead := _lead(one))]
        leads.sort(key=lambda lead: (lead[0].area != self.context.kommune, -_news(lead[1])))
        told = [
            _told_after(before, lead, self.context.kommune)
            for before, lead in zip([None, *leads], leads, strict=False)
        ]
        if not told:
            return Omitted(id="sammenfatning", reason="Der er ingen tal at sammenfatte.")
        return shared.prose("sammenfatning", shared.sentences(*told[:MOST_TOLD]))

    @of_section
    def partner(self, series: SeriesSection) -> Block:
        """The section of another municipality of the joint jobcentre, under its name."""
        blocks = (_series_table(series), _series_figure(series), _sentence(series))
        part = Subsection(  # Two sections of one page may not have one name.
            title=f"{series.area.lang_navn}: {series.params.emne}",
            blocks=(*blocks, self._explanation(series), _series_notes(series)),
        )
        return Subsections(id=series.id, parts=[part])

    @of_section
    def table(self, series: SeriesSection) -> Block:
        """Each group a row: its number at every point, and the change over all and over the last year."""
        return _series_table(series)

    @of_section
    def figure(self, series: SeriesSection) -> Block:
        """A small chart for each group, to one scale; one group alone as a line."""
        return _series_figure(series)

    @of_section
    def sentence(self, series: SeriesSection) -> Block:
        """The table in words."""
        return _sentence(series)

    @of_section
    def notes(self, series: SeriesSection) -> Block:
        """Which groups have no numbers, and the reservations."""
        return _series_notes(series)

    @shown
    def comparability(self) -> Block:
        """That municipalities from two systems cannot be compared, where the page has such."""
        return shared.notes(
            "systemer", self._two_systems(), "Alle tal på siden er fra samme system."
        )

    def reservations(self) -> Iterable[str]:
        """That there are two systems, and what the params say of each section."""
        expected = expected_notes(date(self.context.params.aar, 12, 31))
        return (*self._two_systems(), *expected, *super().reservations())

    def _two_systems(self) -> list[str]:
        """`Tallene for Tårnby er fra OPUS LIS, og tallene for Dragør er fra …`."""
        by_area: dict[str, dict[str, None]] = {}
        for one in self.sections.values():
            by_area.setdefault(one.area.navn, {}).update(dict.fromkeys(one.systems))
        systems = {navn: tuple(found) for navn, found in by_area.items()}
        if len(set(systems.values())) < 2:
            return []
        parts = [
            f"tallene for {navn} er fra {list_danish(found)}" for navn, found in systems.items()
        ]
        names = list_danish(list(systems))
        rule = "Systemerne regner efter forskellige regler."
        so = f"Tallene for {names} kan derfor ikke sammenlignes eller lægges sammen."
        return [f"{as_sentence(', og '.join(parts))} {rule} {so}"]


MOST_NAMED = 4


def _few(names: Sequence[str]) -> str:
    """The groups by name; of many how many they are."""
    if len(names) <= MOST_NAMED:
        return list_danish(names)
    return f"{number_word(len(names))} andre grupper"


def _lacking(section: SeriesSection) -> str:
    """Whose numbers are missing: a printed plan's source may well have had them."""
    printed = is_printed(section.sources)
    return "Planen trykte ikke tal for" if printed else "Kilden har ikke tal for"


def _table(series: SeriesSection, rows: Sequence[GroupRow], of: str = "") -> Table:
    unit = series.measure.unit

    def level(at: int) -> shared.Shows:
        return lambda row: row.points[at].quantity

    def change(start: Period) -> shared.Shows:
        return lambda row: shared.signed_cell(row.change_since(start))

    columns = [
        *(
            (f"p{one.code.lower()}", one.head, unit, level(at))
            for at, one in enumerate(series.params.perioder)
        ),
        *(
            (f"fra-{one.code.lower()}", f"Ændring siden {one.text}", unit, change(one))
            for one in series.starts
        ),
    ]
    return shared.listing(
        rows,
        ("gruppe", "Gruppe"),
        columns,
        id=series.id,
        title=f"{series.title}{of}",
        unit=unit,
        period=series.span,
        sources=series.sources,
    )


def _series_table(series: SeriesSection) -> Table | Omitted:
    return _table(series, series.rows) if series.rows else _no_series(series)


def _series_figure(series: SeriesSection) -> Block:
    groups = [row for row in series.rows if not row.is_total]
    known = [row for row in groups if len(row.known) > 1]
    # A line that is mostly gaps shows no more than its sentence.
    if not known or (len(groups) == 1 and not 3 <= len(known[0].known) == len(known[0].drawn)):
        return _no_series(series)
    numbers = _table(series, series.rows)
    unit = series.measure.unit
    decimals = max(point.quantity.decimals for row in known for point in row.known)
    if len(groups) == 1:
        courses = [shared.Course(capital(known[0].line), known[0].points, spoken=series.it)]
        alt = shared.line_alt(series.what, courses)
        svg = shared.line_drawing(courses, unit=unit, decimals=decimals)
        if len(series.rows) > 1:
            numbers = _table(series, groups, f", {groups[0].name}")
    else:
        printed = [point.quantity.printed for row in groups for point in row.known]
        scale = value_axis(printed, decimals=decimals, intervals=4)
        content = [
            Panel(
                row.label,
                series.params.perioder,
                (tuple(point.quantity.drawn for point in row.points),),
                missing=row.points[-1].quantity.text(),
                scale=scale,
                decimals=decimals,
            )
            for row in groups
        ]
        alt = shared.sentences(
            f"{len(groups)} små felter med kurver over {series.what} {series.span}, alle i samme skala",
            *(
                f"{row.label}: fra {row.known[0].quantity.text()} til {row.known[-1].quantity.text()}"
                for row in known
            ),
        )
        svg = drawing(panels, [series.area.navn], content)
    return figure(
        title=_message(series, known),
        subtitle=shared.subtitle(series.params.emne, unit, series.span),
        alt=alt,
        svg=svg,
        data=numbers,
    )


def _series_notes(series: SeriesSection) -> Block:
    texts = []
    if series.uncounted:
        of = _few(series.uncounted)
        texts.append(f"{_lacking(series)} {of} {series.area.stedsform}.")
    shown_texts = [*texts, *series.params.forbehold] if series.rows else []
    return shared.notes(f"{series.id}-noter", shown_texts)


def _no_series(series: SeriesSection) -> Omitted:
    of = f": {list_danish(series.uncounted)}" if series.uncounted else ""
    return Omitted(id=series.id, reason=f"Der er ikke tal nok til at vise {series.what}{of}.")


def _sentence(series: SeriesSection) -> Block:
    """The total or a group that stands alone from start to end; of several the largest and the movers."""
    said = _whole(series)
    groups = [row for row in series.rows if not row.is_total]
    if len(groups) > 1:
        said += _among(series, groups)
    elif groups and len(series.rows) > 1:
        said += _course(series, groups[0], f"antallet af {groups[0].name}")
    return shared.prose(f"{series.id}-tekst", " ".join(said)) if said else _no_series(series)


def _whole(series: SeriesSection) -> list[str]:
    """The course of what a section is about."""
    return _course(*lead) if (lead := _lead(series)) else []


def _lead(series: SeriesSection) -> Lead | None:
    """The total, else the only group; None for several groups without a total, or for a single point."""
    totals = [row for row in series.rows if row.is_total]
    row = next(iter(totals or series.rows), None)
    if row is None or not (totals or len(series.rows) == 1) or len(row.known) < 2:
        return None
    alone = not totals and series.counts_people
    return series, row, f"antallet af {row.name}" if alone else series.subject


def _news(row: GroupRow) -> Decimal:
    """How great the change is beside the first number; a small one says little."""
    first = row.known[0].quantity.printed
    return abs(row.known_change) / first if first >= SMALL_BASE else Decimal(0)


def _told_after(before: Lead | None, lead: Lead, home: Area) -> str:
    """The course of one section in the summary, after that of another one or as the first.

    Another municipality than the plan's own is named in each of its sentences.
    """
    series, row, subject = lead
    first, last = row.known[0], row.known[-1]
    unit = "" if series.measure.unit in subject else f" {series.measure.unit}"
    beside = before[1].known if before and before[0].area == series.area else ()
    is_dated = beside and (beside[0].period, beside[-1].period) != (first.period, last.period)
    start, end = (f" {in_period(one.period)}" if is_dated else "" for one in (first, last))
    way = f"fra {first.quantity.text()}{start} til {last.quantity.text()}{unit}{end}"
    verb, comma = PAST.get(direction := direction_of(row.known_change), "var"), ""
    many = _multiple(first.quantity, last.quantity)
    if many or not row.known_change:
        verb, _, comma = (many or "var uændret").partition(" ")
        comma = f" {comma},"
        way = way if many else f"{first.quantity.text()}{unit}"
    if not beside:
        return f"{span_text(first.period, last.period)} {verb} {subject} {series.area.stedsform}{comma} {way}"
    if series.area != home:
        subject = f"{subject} {series.area.stedsform}"
    if comma:
        return f"{subject} {verb}{comma} {way}"
    was = direction_of(beside[-1].quantity.printed - beside[0].quantity.printed)
    if was != direction:
        return f"{subject} {verb} derimod {way}"
    also = not _multiple(beside[0].quantity, beside[-1].quantity)
    return f"også {subject} {verb}, {way}" if also else f"{subject} {verb} {way}"


def _message(series: SeriesSection, known: Sequence[GroupRow]) -> str:
    """What a figure says, without full stop: which groups are more and fewer, or have the higher number."""
    if len(known) == 1:
        (row,) = known
        subject = f"antallet af {row.name}" if series.counts_people else series.params.emne
        if row.known_change == 0:
            return f"{capital(subject)} er uændret {series.area.stedsform}"
        first, last = row.known[0].quantity.text(), row.known[-1].quantity.text()
        verb = PAST[direction_of(row.known_change)]
        return f"{capital(subject)} {verb} fra {first} til {last} {series.measure.unit}"
    most = max(known, key=lambda row: row.known_change)
    least = min(known, key=lambda row: row.known_change)
    more, fewer = ("flere", "færre") if series.counts_people else ("højere for", "lavere for")
    clauses = [
        *([f"{more} {most.name}"] if most.known_change > 0 else []),
        *([f"{fewer} {least.name}"] if least.known_change < 0 else []),
    ]
    return capital(", ".join(clauses) or f"{series.params.emne} er uændret")


def _course(series: SeriesSection, row: GroupRow, subject: str) -> list[str]:
    """One row from its first known point to its last, and over the last year."""
    if len(row.known) < 2:
        return []
    first, last, unit = row.known[0], row.known[-1], series.measure.unit
    # Where the subject names what is counted, the number need not.
    of = "" if unit in subject else f" {unit}"
    number, begun, ended = first.quantity.text(), in_period(first.period), in_period(last.period)
    if row.known_change == 0:
        said = (
            f"{subject} {series.area.stedsform} var uændret, {number}{of} både {begun} og {ended}"
        )
        return [as_sentence(said)]
    verb = _multiple(first.quantity, last.quantity) or PAST[direction_of(row.known_change)]
    way = f"{verb} fra {number}{of} {begun} til {last.quantity.text()} {ended}"
    told = [as_sentence(f"{subject} {series.area.stedsform} {way}")]
    for since in series.starts[1:]:
        recent = row.change_since(since)
        if recent.is_number:
            size = "" if series.counts_people or recent.printed == 0 else f" {unit}"
            moved = f"{span_text(since, last.period)} {_moved_by(recent, series.it)}{size}"
            told.append(as_sentence(moved))
    return told


def _multiple(before: Quantity, now: Quantity) -> str:
    """`blev tredoblet`, where the printed numbers say so and the first is no small one; else empty."""
    if before.printed < SMALL_BASE:
        return ""
    word = MULTIPLES.get(round_half_away(now.printed / before.printed, 1))
    return f"blev {word}" if word else ""


def _moved_by(change: Quantity, it: str) -> str:
    if change.printed == 0:
        return f"var {it} uændret"
    size = "én" if change.printed in (1, -1) and it == "antallet" else _size(change)
    return f"{PAST[direction_of(change.printed)]} {it} med {size}"


def _size(change: Quantity) -> str:
    return format_number(abs(change.printed), change.decimals)


def _among(series: SeriesSection, groups: Sequence[GroupRow]) -> list[str]:
    """Who are most, and which groups became more and fewer, over all and over the last year."""
    said = []
    counted = [row for row in groups if row.points[-1].quantity.is_number]
    total = next((row.points[-1].quantity for row in series.rows if row.is_total), None)
    if counted:
        top = max(counted, key=lambda row: row.points[-1].quantity.printed)
        of = f" af {total.text()}" if total and total.is_number else ""
        number = f"{top.points[-1].quantity.text()}{of} {series.measure.unit}"
        most = "flest var" if series.counts_people else "tallet var højest for"
        said.append(f"{most} {top.name}: {number} {in_period(series.last)}")
    of = "antallet af" if series.counts_people else "tallet for"
    moves = [(start, _notable(groups, start, of)) for start in series.starts]
    said += [f"fra {start.text} til {series.last.text} {moved}" for start, moved in moves if moved]
    return [as_sentence(clause) for clause in said]


def _notable(groups: Sequence[GroupRow], start: Period, of: str) -> str:
    """`steg antallet af A (62 flere) og B (41), men det faldt for C (68 færre)`: who moved much."""
    moves = [(row, row.change_since(start)) for row in groups]
    known = [(row, change) for row, change in moves if change.is_number and change.printed]
    least = max((abs(change.printed) for _, change in known), default=0) / NOTABLE
    clauses: list[str] = []
    for sign, verb, more in ((1, PAST["up"], " flere"), (-1, PAST["down"], " færre")):
        going = [move for move in known if move[1].printed * sign >= least]
        going.sort(key=lambda move: -abs(move[1].printed))
        if going:
            sizes = [f"{row.name} ({_size(change)})" for row, change in going]
            if of.startswith("antallet"):
                sizes[0] = f"{sizes[0][:-1]}{more})"
            named = list_danish(sizes)
            clauses.append(f"men det {verb} for {named}" if clauses else f"{verb} {of} {named}")
    return ", ".join(clauses)


load = Varighed.load
