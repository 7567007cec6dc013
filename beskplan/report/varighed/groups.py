"""One section: courses by how long they have lasted, counted and as shares of all courses."""

from __future__ import annotations

from dataclasses import dataclass

from beskplan.blocks.making import make
from beskplan.blocks.model import Block, Column, Omitted, Prose, Row, Source
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text import list_danish
from beskplan.blocks.text.language import as_sentence, capital, in_period
from beskplan.indicators.durations import share_over
from beskplan.indicators.quantities import Quantity
from beskplan.observations import Key
from beskplan.params.bilag import Varighedsgrupper
from beskplan.registers.areas import Area
from beskplan.registers.areas import find as find_area
from beskplan.registers.indicators import INDICATORS, Indicator
from beskplan.report.context import Context
from beskplan.report.varighed.series import label_of, place_of


@dataclass(frozen=True)
class CoursesRow:
    """One group: all its courses, and those over each limit with their share."""

    label: str
    every: Quantity
    over: tuple[tuple[Quantity, Quantity], ...]
    """Count and share for each limit."""


@dataclass(frozen=True)
class Courses:
    """All that the blocks of a section are made from."""

    name: str
    params: Varighedsgrupper
    area: Area
    rows: tuple[CoursesRow, ...]
    uncounted: tuple[str, ...]
    sources: tuple[Source, ...]

    @property
    def limits(self) -> tuple[Indicator, ...]:
        """The indicators of the limits."""
        return tuple(INDICATORS[name] for name in self.params.over)

    @property
    def every(self) -> Indicator:
        """The indicator of all courses."""
        return INDICATORS[self.params.alle]


def read_courses(context: Context, name: str) -> Courses | None:
    """The section called `name`; None where the params have none.

    Raises:
        ValueError: the params have no `varighed`; the caller checks first.
    """
    if context.params.varighed is None:
        raise ValueError("the params were not checked")
    params = context.params.varighed.varighedsgrupper.get(name)
    if params is None:
        return None
    area = find_area(params.kommune) if params.kommune else context.kommune
    keys: list[Key] = []

    def read(indicator: str, row: str) -> Quantity:
        ydelse, group = place_of(row)
        keys.append((indicator, ydelse, group, area.kode, params.periode.code))
        return context.data.quantity(indicator, ydelse, area.kode, params.periode, group)

    rows = []
    for wanted in params.raekker:
        every = read(params.alle, wanted)
        counts = [(limit, read(limit, wanted)) for limit in params.over]
        over = tuple(
            (count, share_over((limit, count), (params.alle, every))) for limit, count in counts
        )
        rows.append(CoursesRow(label_of(wanted, params.periode), every, over))
    counted = [
        row
        for row in rows
        if any(q.state != "absent" for q in (row.every, *(c for c, _ in row.over)))
    ]
    return Courses(
        name=name,
        params=params,
        area=area,
        rows=tuple(counted),
        uncounted=tuple(row.label for row in rows if row not in counted),
        sources=context.data.sources(keys),
    )


def courses_table(courses: Courses) -> Block:
    """Each group a row: all courses, and for each limit the count and its share of them."""
    if not courses.rows:
        return _nothing(courses)
    columns = [
        Column(id="gruppe", label="Gruppe", kind="text"),
        Column(id="alle", label=courses.every.name, unit=courses.every.unit),
    ]
    for number, limit in enumerate(courses.limits, 1):
        text = limit.name.removeprefix(f"{courses.every.name} ")
        columns += [
            Column(id=f"over{number}", label=capital(text), unit=limit.unit),
            Column(id=f"andel{number}", label=f"Andel {text}", unit="pct."),
        ]
    return table(
        id=_id(courses),
        title=f"{courses.every.name} efter varighed {courses.area.stedsform}",
        unit=f"Antal {courses.every.unit} og pct. af alle {courses.every.unit}",
        period=courses.params.periode.text,
        columns=columns,
        rows=[
            Row(
                label=row.label,
                cells=(
                    cell(row.every),
                    *(
                        one
                        for count, share in row.over
                        for one in (cell(count), cell(share, unit="%"))
                    ),
                ),
            )
            for row in courses.rows
        ],
        sources=courses.sources,
        notes=_uncounted(courses),
    )


def courses_text(courses: Courses) -> Block:
    """Where the share over each limit is largest."""
    told = []
    for position, limit in enumerate(courses.limits):
        known = [row for row in courses.rows if row.over[position][1].is_number]
        if len(known) < 2:
            continue
        top = max(known, key=lambda row: row.over[position][1].printed)
        share = top.over[position][1].text(unit="pct.")
        text = limit.name.removeprefix(f"{courses.every.name} ")
        told.append(as_sentence(f"andelen {text} er størst for {top.label} ({share})"))
    if not told:
        return _nothing(courses)
    first = f"{in_period(courses.params.periode)} gælder opgørelsen {courses.every.name.lower()}"
    return make(
        Prose, id=f"{_id(courses)}-tekst", paragraphs=(" ".join([as_sentence(first), *told]),)
    )


def courses_notes(courses: Courses) -> Block:
    """What the measure counts, and the reservations."""
    told = {
        "igang": "Tallene tæller forløb, der var i gang på opgørelsestidspunktet, og kan ikke "
        "sammenlignes med forløb i løbet af et år, hvor også korte og afsluttede forløb tæller med.",
        "i_aaret": "Tallene tæller alle forløb i løbet af året, også afsluttede, og kan ikke "
        "sammenlignes med forløb, der er i gang på et bestemt tidspunkt.",
    }
    texts = (told[courses.every.basis], *courses.params.forbehold)
    return make(Prose, id=f"{_id(courses)}-noter", paragraphs=texts, role="note")


def _uncounted(courses: Courses) -> tuple[str, ...]:
    if not courses.uncounted:
        return ()
    return (f"Kilden har ikke tal for {list_danish(courses.uncounted)}.",)


def _nothing(courses: Courses) -> Omitted:
    withheld = any(share.state == "withheld" for row in courses.rows for _, share in row.over)
    why = "fortrolige" if withheld else "ikke opgjort"
    return Omitted(
        id=_id(courses),
        reason=f"{courses.every.name} efter varighed er {why} {courses.area.stedsform}.",
    )


def _id(courses: Courses) -> str:
    return courses.name.replace("_", "-")
