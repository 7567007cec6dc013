"""A Bilag of one's own: a municipality's own numbers as table, figure, sentence and target.

Used by the notebooks that `beskplan new-bilag` makes; their sections stand in the plan's params under
`egne`. docs/eget-bilag.md walks through one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from beskplan.blocks.charts.line_chart import Level
from beskplan.blocks.model import Block, Column, Omitted, Row, Table
from beskplan.blocks.tables import cell, figure, table
from beskplan.blocks.text.language import as_sentence, capital, in_period
from beskplan.core.danish import NBSP, format_number, list_danish
from beskplan.core.errors import Problem, UnknownNameError, did_you_mean
from beskplan.core.periods import Period, periods_between
from beskplan.indicators.quantities import ABSENT_TEXT, Quantity
from beskplan.indicators.targets import Point, Series, known_points, total
from beskplan.params.bilag import EgetAfsnit
from beskplan.params.bilag import EgetBilag as EgetBilagParams
from beskplan.params.maal import AntalIAaret
from beskplan.registers.areas import Area
from beskplan.registers.indicators import ALL, INDICATORS
from beskplan.report.base import Context, Reading, Section, SectionReport, of_section
from beskplan.report.followed_target import FollowedTarget, asked, read_targets
from beskplan.report.place import problem
from beskplan.report.shared_blocks import Course, line_alt, line_drawing, notes, prose, subtitle
from beskplan.report.target_section import target_sections

_ROUNDED = ("fuldtidspersoner", "helårspersoner")
"""Units whose numbers are themselves rounded."""
_PER = {"M": "om måneden", "Q": "i kvartalet", "QMAT": "i perioden", "Y": "om året"}
_MOST_NAMED = 2
"""More periods than this with the same extreme number are no news."""
_STATE_WORDS = {
    "withheld": ("fortroligt", "fortrolige"),
    "absent": (ABSENT_TEXT, ABSENT_TEXT),
}
"""What is said of one number, and of several, that cannot be told."""


@dataclass(frozen=True)
class OwnSection(Section[EgetAfsnit]):
    """A measure of the municipality, and of areas beside it, over some periods."""

    areas: tuple[tuple[Area, Series], ...]
    """The municipality first; each with its number in every period."""

    @property
    def own(self) -> Series:
        """The municipality's numbers."""
        return self.areas[0][1]

    @property
    def place(self) -> str:
        """`i Rudersdal Kommune`."""
        return self.areas[0][0].stedsform

    @property
    def unit(self) -> str:
        """What the numbers count."""
        return INDICATORS[self.params.maal].unit

    @property
    def is_pct(self) -> bool:
        """Whether the numbers are shares."""
        return self.unit.startswith("pct.")

    @property
    def counts(self) -> bool:
        """Whether the numbers are counts, so that there can be more or fewer of them."""
        return self.unit != "uger" and not self.is_pct

    @property
    def comparatives(self) -> tuple[str, str]:
        """The words for a larger and for a smaller number."""
        return ("flere", "færre") if self.counts else ("højere", "lavere")

    @property
    def known(self) -> Series:
        """The municipality's numbers that can be told."""
        return known_points(self.own)

    @property
    def sum(self) -> Quantity | None:
        """The municipality's periods together; None where they may not or cannot be added up.

        With one number kept back there is no sum: it would give that number away. A sum of visits is
        as exact as they are; one of full-time persons is of rounded parts, and says so.
        """
        if not self.params.laegges_sammen or len(self.known) < len(self.own):
            return None
        whole = total(tuple(point.quantity for point in self.own))
        return whole if self.unit in _ROUNDED else replace(whole, state="known")

    @property
    def span(self) -> str:
        """`januar 2026 til september 2026`."""
        return f"{self.params.fra.text} til {self.params.til.text}"

    @property
    def number(self) -> str:
        """What one number is, inside a sentence: `antallet af besøg`, `tallet for fremmøde`."""
        return f"{'antallet af' if self.counts else 'tallet for'} {self.params.emne}"

    @property
    def what(self) -> str:
        """What the numbers are of, inside a sentence."""
        lead = "antallet af " if self.counts else ""
        return f"{lead}{self.params.emne} {self.place}"


class EgetBilag(SectionReport[EgetBilagParams, OwnSection]):
    """The blocks of the Bilag; `name` is a section's name in the params."""

    def asked(self) -> EgetBilagParams | None:
        """The parameters under the notebook's name."""
        return self.context.params.egne.get(self.context.bilag)

    @property
    def where(self) -> str:
        """Where these params stand."""
        return f"{self.context.file}: egne.{self.context.bilag}"

    def reservations(self) -> Iterator[str]:
        """Those of all sections, and what became of the areas beside the municipality."""
        yield from super().reservations()
        for one in (section.params for section in self.sections.values()):
            span = (one.fra.first_day, one.til.first_day)
            yield from self.context.area_notes(one.sammenlign_med, *span)

    def no_params(self) -> Problem:
        """The problem of a notebook without params."""
        fix = f"beskplan new-bilag {self.context.bilag} viser, hvad der skal stå"
        return self.missing_key(self.where, "notebookens afsnit", fix)

    @cached_property
    def sections(self) -> dict[str, OwnSection]:
        """Every section by its name in the params."""
        asked_for = self.params.afsnit
        return {name: read_section(self.context, name, one) for name, one in asked_for.items()}

    def missing_data(self) -> Iterator[Problem]:
        """Sections without a single number, and targets that the plan does not have."""
        for section in self.sections.values():
            if all(point.quantity.state == "absent" for point in section.own):
                found = f"{self.context.kommune.navn}, {section.params.maal}, {section.span}"
                loaded = self._elsewhere(section.params)
                fix = loaded or "læs tallene ind, eller ret `maal`, `fra` og `til`"
                where = f"{self.where}.afsnit.{section.name}"
                yield self.no_data(where, "målingen i perioderne", found, fix)
        plan = self.context.params.maal
        known = [target.id for target in plan.targets()] if plan else []
        file = f"{self.context.file.removesuffix('.yaml')}.maal.yaml"
        for name, asked_for in self.params.afsnit.items():
            for wanted in asked_for.resultatmaal:
                if wanted not in known:
                    where = f"{self.where}.afsnit.{name}.resultatmaal"
                    fix = did_you_mean(wanted, known, "skriv målet dér, eller udelad det")
                    yield problem("no-target", where, repr(wanted), file=file, fix=fix)

    def _elsewhere(self, wanted: EgetAfsnit) -> str:
        """Under which benefits and groups the data have the same kind of number; empty: under none."""
        rows = self.context.data.snapshot.rows_by_area.get(self.context.kommune.kode, {})
        spans: dict[tuple[str, str], list[Period]] = {}
        for indicator, ydelse, gruppe, _, period in rows:
            if indicator == wanted.maal:
                spans.setdefault((ydelse, gruppe), []).append(Period.parse(period))
        said = []
        for part, periods in sorted(spans.items()):
            named = zip(("ydelse", "gruppe"), part, strict=True)
            keys = [f"`{key}: {name}`" for key, name in named if name != ALL]
            ends = (end(periods, key=lambda one: one.first_day).text for end in (min, max))
            said.append(f"{list_danish(keys) or 'alle'} ({' til '.join(ends)})")
        return f"ret afsnittet til det, data har: {'; '.join(said)}" if said else ""

    def no_section(self, name: str) -> Omitted:
        """Refuse a section that the params do not have.

        Raises:
            UnknownNameError: always.
        """
        fix = did_you_mean(name, self.sections, "skriv det i parametrene")
        where, known = f"notebooks/{self.context.bilag}.ipynb", ", ".join(self.sections)
        raise UnknownNameError(problem("no-section", where, repr(name), expected=known, fix=fix))

    @of_section
    def table(self, section: OwnSection) -> Block:
        """Each period a row, each area a column; the sum of the periods where they may be added up."""
        return _table(section) if section.known else _no_numbers(section)

    @of_section
    def figure(self, section: OwnSection) -> Block:
        """The areas as lines, with the level of the section's target across them."""
        if len(section.known) < 2:
            return _no_numbers(section)
        courses = [
            Course(area.navn, points) for area, points in section.areas if known_points(points)
        ]
        followed = self._with_level(section)
        alt, level = line_alt(section.what, courses, "pct." if section.is_pct else ""), None
        if followed is not None and followed.own.level is not None:
            level = Level("Målet", followed.own.level.printed)
            alt = f"{alt} {as_sentence(f'målet er {asked(followed.target, followed.own)}')}"
        decimals = max(point.quantity.decimals for course in courses for point in course.known)
        return figure(
            title=_message(section),
            subtitle=subtitle(section.params.emne, section.unit, section.span),
            alt=alt,
            svg=line_drawing(courses, unit=section.unit, decimals=decimals, level=level),
            data=_table(section),
        )

    @of_section
    def sentence(self, section: OwnSection) -> Block:
        """The same in words."""
        if len(section.known) < 2:
            return _no_numbers(section)
        said = (
            _in_all(section),
            _extremes(section),
            _ending(section),
            _right_way(section),
            _missing(section),
        )
        text = " ".join(as_sentence(clause) for clause in said if clause)
        return prose(f"{section.id}-tekst", text)

    @of_section
    def target(self, section: OwnSection) -> Block:
        """The targets that the section's numbers belong to, each with its follow-up."""
        if not section.params.resultatmaal:
            reason = "Afsnittets tal hører ikke til et mål i planen."
            return Omitted(id=f"{section.id}-maal", reason=reason, missed=False)
        # The section's own figure shows the numbers and the level already.
        targets = self._targets(section)
        return target_sections(self.context, targets, id=f"{section.id}-maal", figures=False)

    @of_section
    def notes(self, section: OwnSection) -> Block:
        """What a reader must know about the section's numbers."""
        return notes(f"{section.id}-noter", section.params.forbehold)

    def _targets(self, section: OwnSection) -> list[FollowedTarget]:
        wanted = section.params.resultatmaal
        found = {one.target.id: one for one in read_targets(self.context)} if wanted else {}
        return [found[id_] for id_ in wanted]

    def _with_level(self, section: OwnSection) -> FollowedTarget | None:
        """The target whose level can be drawn across the section's numbers: one a period, same unit."""
        for followed in self._targets(section):
            level, measure = followed.own.level, followed.target.maaling
            same = measure is not None and measure.indikator == section.params.maal
            # A count in the whole year is no level that a month could reach.
            yearly = isinstance(followed.target, AntalIAaret)
            if level is not None and level.is_number and same and not yearly:
                return followed
        return None


def load(bilag: str, kommune: str, aar: int, root: Path | None = None) -> EgetBilag:
    """The report object of one municipality and plan year.

    Args:
        bilag: Name of the notebook, under which its parameters stand.
        kommune: Name, code or slug.
        aar: Plan year.
        root: The working copy; found from the current folder where left out.

    Raises:
        InputError: names, params or data are wrong; all problems at once.
    """
    return EgetBilag(Context.load(bilag, kommune, aar, root)).checked()


def read_section(context: Context, name: str, wanted: EgetAfsnit) -> OwnSection:
    """The numbers of a section, of the municipality and of the areas beside it."""
    read = Reading(context.data)
    periods = periods_between(wanted.fra, wanted.til)
    compared = context.reference_areas(wanted.sammenlign_med, wanted.til.first_day)
    areas = dict.fromkeys((context.kommune, *compared))

    def series(area: Area) -> Series:
        ydelse = wanted.ydelse or ALL
        return tuple(
            Point(one, read(wanted.maal, ydelse, area, one, wanted.gruppe)) for one in periods
        )

    numbers = tuple((area, series(area)) for area in areas)
    return OwnSection(name, wanted, read.sources, numbers)


def _table(section: OwnSection) -> Table:
    columns = [Column(id="periode", label="Periode", kind="text")]
    for number, (area, _) in enumerate(section.areas, start=1):
        columns.append(Column(id=f"omraade-{number}", label=area.navn, unit=section.unit))
    rows = [
        Row(label=point.period.head, cells=tuple(cell(of[at].quantity) for _, of in section.areas))
        for at, point in enumerate(section.own)
    ]
    # A sum of one column among several would stand beside empty cells.
    if section.sum is not None and len(section.areas) == 1:
        rows.append(Row(label="I alt", emphasis=True, cells=(cell(section.sum),)))
    return table(
        id=section.id,
        title=f"{capital(section.params.emne)} {section.place}",
        unit=capital(section.unit),
        period=section.span,
        columns=columns,
        rows=rows,
        sources=section.sources,
    )


def _no_numbers(section: OwnSection) -> Omitted:
    reason = f"Der er ikke tal nok til at vise {section.what}."
    if any(point.quantity.state == "withheld" for point in section.own):
        reason += f" {as_sentence(_missing(section))}"
    return Omitted(id=section.id, reason=reason)


def _message(section: OwnSection) -> str:
    """What a figure of the section says, without full stop."""
    first, last = section.known[0], section.known[-1]
    change = f"{in_period(last.period)} mod {first.quantity.text()} {in_period(first.period)}"
    if section.counts:
        return f"Der var {_with_noun(section, last)} {section.place} {change}"
    number = _with_noun(section, last)
    return f"{capital(section.params.emne)} {section.place}: {number} {change}"


def _with_noun(section: OwnSection, point: Point) -> str:
    noun = section.params.emne if section.counts else "pct." if section.is_pct else section.unit
    return f"{point.quantity.text()}{NBSP}{noun}"


def _in_all(section: OwnSection) -> str:
    whole = section.sum
    if whole is None:
        return ""
    mean = format_number(whole.exact / Decimal(len(section.own)), 1)
    return (
        f"fra {section.span} var der i alt {whole.text()}{NBSP}{section.params.emne} "
        f"{section.place}, i gennemsnit {mean} {_PER[section.own[0].period.kind]}"
    )


def _extremes(section: OwnSection) -> str:
    """When there were most and fewest, where that is in few periods."""
    values = [point.quantity.printed for point in section.known]
    if min(values) == max(values):
        return f"{section.number} var det samme hele vejen: {_number(section, section.known[0])}"
    words = ("flest", "færrest") if section.counts else ("højest", "lavest")
    parts = []
    for word, value in zip(words, (max(values), min(values)), strict=True):
        points = [point for point in section.known if point.quantity.printed == value]
        if len(points) <= _MOST_NAMED:
            parts.append(f"{word} {_when(section, points)}")
    subject = "der var" if section.counts else f"{section.number} var"
    return f"{subject} {list_danish(parts)}" if parts else ""


def _when(section: OwnSection, points: list[Point]) -> str:
    """`i marts 2026 (18)`, `i marts 2026 og maj 2026 (18,5 pct.)`."""
    first, *others = (point.period for point in points)
    periods = list_danish([in_period(first), *(one.text for one in others)])
    return f"{periods} ({_number(section, points[0])})"


def _number(section: OwnSection, point: Point) -> str:
    return point.quantity.text() if section.counts else _with_noun(section, point)


def _ending(section: OwnSection) -> str:
    """The last number, and how far it is from the first."""
    first, last = section.known[0], section.known[-1]
    subject = "der" if section.counts else "tallet"
    now = f"{in_period(last.period)} var {subject} {_with_noun(section, last)}"
    change = last.quantity.printed - first.quantity.printed
    if change == 0:
        return f"{now}, det samme som {in_period(first.period)}"
    words = section.comparatives
    points = "procentpoint" if section.is_pct else section.unit
    unit = "" if section.counts else f"{NBSP}{points}"
    size = f"{format_number(abs(change), last.quantity.decimals)}{unit}"
    return f"{now}, {size} {words[change < 0]} end {in_period(first.period)}"


def _right_way(section: OwnSection) -> str:
    """Whether the numbers go the right way, where the working copy has said which one that is."""
    change = section.known[-1].quantity.printed - section.known[0].quantity.printed
    good = INDICATORS[section.params.maal].good
    if not good or change == 0:
        return ""
    better = dict(zip(("op", "ned"), section.comparatives, strict=True))[good]
    way = "rigtige" if (change > 0) is (good == "op") else "forkerte"
    return f"det går den {way} vej: {better} er bedre"


def _missing(section: OwnSection) -> str:
    """Which numbers are kept back, and which the source does not have."""
    clauses = []
    for state, words in _STATE_WORDS.items():
        periods = [point.period.text for point in section.own if point.quantity.state == state]
        if periods:
            several = len(periods) > 1
            noun = "tallene" if several else "tallet"
            clauses.append(f"{noun} for {list_danish(periods)} er {words[several]}")
    return ", og ".join(clauses)
