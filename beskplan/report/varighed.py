"""Time on benefits: mean durations, long courses and full-time persons over several points in time.

Used by `notebooks/varighed.ipynb`; the sections stand in the plan's params under `varighed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property

from beskplan.blocks.figures import figure
from beskplan.blocks.html import shown
from beskplan.blocks.model import Block, Column, Omitted, Row, Table
from beskplan.blocks.tables import cell, is_printed, table
from beskplan.blocks.text.language import as_sentence, capital, in_period, list_danish
from beskplan.blocks.text.one_benefit import PERFECT, direction_of
from beskplan.core.errors import Problem
from beskplan.core.numbers import format_number
from beskplan.core.periods import Period
from beskplan.indicators.quantities import Quantity
from beskplan.params.bilag import Varighed as VarighedParams
from beskplan.registers.groups import expected_notes
from beskplan.report.base import ExplainedReport, of_section
from beskplan.report.shared_blocks import (
    Course,
    line_alt,
    line_drawing,
    notes,
    prose,
    sentences,
    subtitle,
)
from beskplan.report.varighed_tal import (
    CoursesSection,
    GroupRow,
    SeriesSection,
    read_courses,
    read_series,
)

MOST_LINES = 4
"""More lines in one figure can no longer be told apart."""
BASIS_NOTES = {
    "igang": "Tallene tæller forløb, der var i gang på opgørelsestidspunktet, og kan ikke "
    "sammenlignes med forløb i løbet af et år, hvor også korte og afsluttede forløb tæller med.",
    "i_aaret": "Tallene tæller alle forløb i løbet af året, også afsluttede, og kan ikke "
    "sammenlignes med forløb, der er i gang på et bestemt tidspunkt.",
}
"""What a count of courses by how long they have lasted counts, by the basis of its indicator."""
_NUMBERS = {2: "to", 3: "tre", 4: "fire"}
GROUP = Column(id="gruppe", label="Gruppe", kind="text")


class Varighed(ExplainedReport[VarighedParams, SeriesSection]):
    """The blocks of the Bilag; `name` is a section's name in the params."""

    bilag = "varighed"

    @cached_property
    def sections(self) -> dict[str, SeriesSection]:
        """The sections over time."""
        asked = self.params.serier
        return {name: read_series(self.context, name, serie) for name, serie in asked.items()}

    @cached_property
    def _courses(self) -> dict[str, CoursesSection]:
        asked = self.params.varighedsgrupper
        return {name: read_courses(self.context, name, one) for name, one in asked.items()}

    def missing_data(self) -> Iterator[Problem]:
        """Sections over time without a single number."""
        for name, section in self.sections.items():
            if not section.rows:
                found = f"{section.area.navn}, {section.params.maal}"
                fix = "ret afsnittet, hent tallene, eller udelad afsnittet"
                where = f"{self.where}.serier.{name}"
                yield self.no_data(where, "grupperne i perioderne", found, fix)

    @of_section
    def table(self, series: SeriesSection) -> Block:
        """Each group a row: its number at every point, and the change over all and over the last year."""
        return _table(series, series.rows) if series.rows else _no_series(series)

    @of_section
    def figure(self, series: SeriesSection) -> Block:
        """The groups as lines; of many, those that have moved most."""
        drawn = _drawn(series)
        if not drawn:
            return _no_series(series)
        unit, reduced = series.measure.unit, len(drawn) < len(series.rows)
        courses = [Course(capital(row.line), row.points, spoken=row.line) for row in drawn]
        number = _NUMBERS.get(len(drawn), str(len(drawn)))
        note = f"Figuren viser de {number} grupper, der har ændret sig mest."
        return figure(
            id=series.id,
            title=_message(series, drawn),
            subtitle=subtitle(series.params.emne, unit, series.span),
            unit=unit,
            alt=line_alt(series.what, courses),
            svg=line_drawing(courses, unit=unit, decimals=series.measure.decimals),
            data=_table(series, drawn, ", grupperne i figuren" if reduced else ""),
            sources=series.sources,
            notes=(note,) if reduced else (),
        )

    @of_section
    def sentence(self, series: SeriesSection) -> Block:
        """The table in words."""
        said = _table_in_words(series)
        return prose(f"{series.id}-tekst", " ".join(said)) if said else _no_series(series)

    @of_section
    def notes(self, series: SeriesSection) -> Block:
        """Which groups have no numbers, and the reservations."""
        texts = []
        if series.uncounted:
            of = _few(series.uncounted)
            texts.append(f"{_lacking(series)} {of} {series.area.stedsform}.")
        shown_texts = [*texts, *series.params.forbehold] if series.rows else []
        return notes(f"{series.id}-noter", shown_texts)

    @shown
    def courses_table(self, name: str) -> Block:
        """Each group a row: all courses, and for each limit the count and its share of them."""
        courses = self._courses.get(name)
        return self.no_section(name) if courses is None else _courses_table(courses)

    @shown
    def courses_sentence(self, name: str) -> Block:
        """Where the share over each limit is largest."""
        courses = self._courses.get(name)
        return self.no_section(name) if courses is None else _courses_text(courses)

    @shown
    def courses_notes(self, name: str) -> Block:
        """What the measure counts, and the reservations."""
        courses = self._courses.get(name)
        if courses is None:
            return self.no_section(name)
        texts = [BASIS_NOTES[courses.every.basis], *courses.params.forbehold]
        if courses.uncounted:
            texts[1:1] = [f"{_lacking(courses)} {list_danish(courses.uncounted)}."]
        return notes(f"{courses.id}-noter", texts)

    @shown
    def comparability(self) -> Block:
        """That municipalities from two systems cannot be compared, where the page has such."""
        return notes("systemer", self._two_systems(), "Alle tal på siden er fra samme system.")

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
    return list_danish(names) if len(names) <= MOST_NAMED else f"{len(names)} andre grupper"


def _lacking(section: SeriesSection | CoursesSection) -> str:
    """Whose numbers are missing: a printed plan's source may well have had them."""
    printed = is_printed(section.sources)
    return "Planen trykte ikke tal for" if printed else "Kilden har ikke tal for"


def _table(series: SeriesSection, rows: Sequence[GroupRow], of: str = "") -> Table:
    unit, last = series.measure.unit, series.last.medium.lower()
    columns = [
        GROUP,
        *(
            Column(id=f"p{one.code.lower()}", label=one.medium, unit=unit)
            for one in series.params.perioder
        ),
    ]
    for start in series.starts:
        label = f"Ændring {start.medium.lower()} til {last}"
        columns.append(Column(id=f"fra-{start.code.lower()}", label=label, unit=unit))
    return table(
        id=series.id,
        title=f"{series.title}{of}",
        unit=unit,
        period=series.span,
        columns=columns,
        rows=[
            Row(
                label=row.label,
                emphasis=row.is_total,
                cells=(
                    *(cell(point.quantity) for point in row.points),
                    *(cell(row.change_since(start), signed=True) for start in series.starts),
                ),
            )
            for row in rows
        ],
        sources=series.sources,
    )


def _drawn(series: SeriesSection) -> tuple[GroupRow, ...]:
    # Our own sum of the rows would flatten their lines, and is of more rows than are drawn.
    rows = [row for row in series.rows if row.points[-1].quantity.state != "calculated"]
    known = [row for row in rows if len(row.known) > 1]
    moved = sorted(known, key=lambda row: -abs(row.known_change))[:MOST_LINES]
    return tuple(row for row in known if row in moved)


def _no_series(series: SeriesSection) -> Omitted:
    of = f": {list_danish(series.uncounted)}" if series.uncounted else ""
    return Omitted(id=series.id, reason=f"Der er ikke tal nok til at vise {series.what}{of}.")


def _table_in_words(series: SeriesSection) -> list[str]:
    """The total and a group that stands alone from start to end; of several the largest and the movers."""
    groups = [row for row in series.rows if not row.is_total]
    said = [clause for row in series.rows if row.is_total for clause in _course(series, row)]
    if len(groups) == 1:
        return [*said, *_course(series, groups[0])]
    return [*said, *_among(series, groups)]


def _message(series: SeriesSection, drawn: Sequence[GroupRow]) -> str:
    """What a figure of these lines says: who has moved most, and which way; without full stop."""
    groups = [row for row in drawn if not row.is_total] or list(drawn)
    most = max(groups, key=lambda row: abs(row.known_change))
    if most.known_change == 0:
        return f"{capital(series.params.emne)} er uændret {series.area.stedsform}"
    verb = PERFECT[direction_of(most.known_change)]
    if len(groups) > 1:
        return f"Antallet er {verb} mest blandt {most.name}"
    first, last = most.known[0].quantity.text(), most.known[-1].quantity.text()
    subject = f"antallet af {most.name}" if series.counts_people else series.params.emne
    return f"{capital(subject)} er {verb} fra {first} til {last} {series.measure.unit}"


def _course(series: SeriesSection, row: GroupRow) -> list[str]:
    """One row from its first known point to its last, and over the last year."""
    if len(row.known) < 2:
        return []
    first, last, unit = row.known[0], row.known[-1], series.measure.unit
    subject = f"{series.what} er"
    if series.counts_people:
        who = "i målgrupperne" if row.is_total else f"af {row.name}"
        subject = f"{series.area.stedsform} er antallet {who}"
    number, begun, ended = first.quantity.text(), in_period(first.period), in_period(last.period)
    if row.known_change == 0:
        return [as_sentence(f"{subject} uændret, {number} {unit} både {begun} og {ended}")]
    verb = PERFECT[direction_of(row.known_change)]
    way = f"{verb} fra {number} {unit} {begun} til {last.quantity.text()} {ended}"
    said = [as_sentence(f"{subject} {way}")]
    for since in series.starts[1:]:
        recent = row.change_since(since)
        if recent.is_number:
            it = "antallet" if series.counts_people else "tallet"
            size = "" if series.counts_people or recent.printed == 0 else f" {unit}"
            said.append(as_sentence(f"siden {since.text} er {it} {_moved_by(recent)}{size}"))
    return said


def _moved_by(change: Quantity) -> str:
    if change.printed == 0:
        return "uændret"
    return f"{PERFECT[direction_of(change.printed)]} med {_size(change)}"


def _size(change: Quantity) -> str:
    return format_number(abs(change.printed), change.decimals)


def _among(series: SeriesSection, groups: Sequence[GroupRow]) -> list[str]:
    """Where most are, and which groups have moved most, over all and over the last year."""
    unit, said = series.measure.unit, []
    counted = [row for row in groups if row.points[-1].quantity.is_number]
    if counted:
        top = max(counted, key=lambda row: row.points[-1].quantity.printed)
        number = f"{top.points[-1].quantity.text()} {unit}"
        said.append(f"{in_period(series.last)} var der flest blandt {top.name}: {number}")
    moves = [(start, list_danish(_extremes(groups, start, unit))) for start in series.starts]
    said += [f"siden {start.text} er antallet {moved}" for start, moved in moves if moved]
    return [as_sentence(clause) for clause in said]


def _extremes(groups: Sequence[GroupRow], start: Period, unit: str) -> list[str]:
    """`steget mest blandt … (62 personer)`, `faldet mest blandt … (68 personer)`."""
    moves = [(row, row.change_since(start)) for row in groups]
    clauses = []
    for sign, word in ((1, "steget"), (-1, "faldet")):
        going = [move for move in moves if move[1].is_number and move[1].printed * sign > 0]
        if going:
            row, change = max(going, key=lambda move: move[1].printed * sign)
            clauses.append(f"{word} mest blandt {row.name} ({_size(change)} {unit})")
    return clauses


def _courses_table(courses: CoursesSection) -> Block:
    if not courses.rows:
        return _no_courses(courses)
    every, where = courses.every, courses.area.stedsform
    columns = [GROUP, Column(id="alle", label=every.name, unit=every.unit)]
    for number, (text, unit) in enumerate(courses.limits, 1):
        columns += [
            Column(id=f"over{number}", label=capital(text), unit=unit),
            Column(id=f"andel{number}", label=f"Andel {text}", unit="pct."),
        ]
    rows = []
    for row in courses.rows:
        over = (one for count, share in row.over for one in (cell(count), cell(share, unit="%")))
        rows.append(Row(label=row.label, cells=(cell(row.every), *over)))
    return table(
        id=courses.id,
        title=f"{every.name} efter varighed {where}",
        unit=f"Antal {every.unit} og pct. af alle {every.unit}",
        period=courses.params.periode.text,
        columns=columns,
        rows=rows,
        sources=courses.sources,
    )


def _courses_text(courses: CoursesSection) -> Block:
    said = []
    for position, (text, _) in enumerate(courses.limits):
        shares = [(row.over[position][1], row.label) for row in courses.rows]
        known = [one for one in shares if one[0].is_number]
        if len(known) > 1:
            share, label = max(known, key=lambda one: one[0].printed)
            said.append(f"andelen {text} er størst for {label} ({share.text(unit='pct.')})")
    if not said:
        return _no_courses(courses)
    when, what = in_period(courses.params.periode), courses.every.name.lower()
    return prose(f"{courses.id}-tekst", sentences(f"{when} gælder opgørelsen {what}", *said))


def _no_courses(courses: CoursesSection) -> Omitted:
    withheld = any(share.state == "withheld" for row in courses.rows for _, share in row.over)
    why = "fortrolige" if withheld else "ikke opgjort"
    reason = f"{courses.every.name} efter varighed er {why} {courses.area.stedsform}."
    return Omitted(id=courses.id, reason=reason)


load = Varighed.load
