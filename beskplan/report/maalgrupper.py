"""The Bilag about target groups: each benefit in the municipality beside its reference areas.

Used by `notebooks/maalgrupper.ipynb`; the sections stand in the plan's params under `maalgrupper`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from beskplan.blocks import model
from beskplan.blocks.charts.canvas import Drawing, drawing
from beskplan.blocks.charts.rows import DotRow, dots
from beskplan.blocks.html import shown
from beskplan.blocks.tables import cell, figure
from beskplan.blocks.text.all_benefits import Page
from beskplan.blocks.text.language import capital, in_period, in_places, short_place
from beskplan.blocks.text.one_benefit import key_figure
from beskplan.core.danish import list_danish
from beskplan.core.editions import by_end
from beskplan.core.errors import DataError, Problem
from beskplan.core.periods import Period
from beskplan.indicators.quantities import Quantity
from beskplan.params.models import MEASURES, Kilde
from beskplan.params.models import Maalgrupper as MaalgrupperParams
from beskplan.registers.areas import Area
from beskplan.registers.benefits import benefit, composition_note
from beskplan.registers.breaks import refuse_breaks
from beskplan.registers.indicators import ALL, INDICATORS, groups
from beskplan.report import shared_blocks as shared
from beskplan.report.base import GET_NUMBERS, ExplainedReport, of_section
from beskplan.report.beside import beside_figure
from beskplan.report.course import course_figure, little_line
from beskplan.report.maalgrupper_tal import COUNTING, KILDER, BenefitSection, read_section
from beskplan.report.shared_blocks import notes
from beskplan.report.supplements import supplements

BENEFIT = ("ydelse", "Ydelse")
OLDEST_HELD = 3
"""Numbers that ended so many years before the plan year are still named where its own are missing."""
MOST_COURSES = 9
"""Small charts of one figure: three rows of three, half a page."""


class Maalgrupper(ExplainedReport[MaalgrupperParams, BenefitSection]):
    """The blocks of the Bilag; `name` is a section's name in the params."""

    bilag = "maalgrupper"

    @cached_property
    def _read(self) -> tuple[Kilde, list[BenefitSection]]:
        """The source, and every section in the order of the params; of `bedst`, the first with numbers."""
        asked = self.params
        if asked.kilde is None:
            named = asked.afsnit.items()
            return "jobindsats", [read_section(self.context, asked, *one) for one in named]
        kilder = KILDER if asked.kilde == "bedst" else (asked.kilde,)
        for kilde in kilder:
            found = [
                read_section(self.context, asked, name, afsnit)
                for name, one in asked.afsnit.items()
                if (afsnit := one.of(kilde)) is not None
            ]
            if any(section.has_numbers for section in found):
                break
        return kilde, found

    @cached_property
    def _all(self) -> list[BenefitSection]:
        """The sections of the page."""
        found = self._read[1]
        return found if self.params.kilde is None else [one for one in found if one.has_numbers]

    @cached_property
    def sections(self) -> dict[str, BenefitSection]:
        """The sections that cells show by their name; none where `benefit_sections` shows them all."""
        return {} if self.params.kilde else {section.name: section for section in self._all}

    @cached_property
    def _page(self) -> Page:
        total = next((section.benefit.id for section in self._all if section.is_total), "")
        facts = (replace(one.facts, is_part=self._is_part(one)) for one in self._all)
        return Page(tuple(facts), total)

    def _is_part(self, section: BenefitSection) -> bool:
        """Whether another section counts the same people too, or it is an offer and no benefit."""
        among = (one for one in self._all if one.benefit == section.benefit)
        whole = any(one.group.id == ALL for one in among)
        part = section.group_words or (section.group.id != ALL and whole)
        return bool(part) or section.benefit.tilbud

    def missing_data(self) -> Iterator[Problem]:
        """Nothing for the period at all; else breaks and sections without numbers."""
        if all(section.own.now.state == "absent" for section in self._all):
            wanted = (self.params.periode, *(one.now for one in self._read[1]))
            periods = dict.fromkeys(one.text for one in wanted)
            found = f"{self.context.kommune.navn}, {' og '.join(periods)}"
            # Numbers of years before are no way out: the plan's benefits were others then.
            soon = self.context.params.aar - OLDEST_HELD
            held = [span for span in self._held() if span[1].year >= soon]
            fix = (
                f"{GET_NUMBERS}, eller ret `periode`{f', fx til {held[0][1].code}' if held else ''}"
            )
            lacking = self.no_data(self.where, "kommunen i perioden", found, fix)
            spans = list_danish([f"{first.text} - {last.text}" for first, last in held])
            yield replace(lacking, expected=f"en periode med tal: {spans}") if held else lacking
            return
        for section in self._read[1]:
            where = f"{self.where}.afsnit.{section.name}"
            yield from _refused(section, where)
            # A period of the section's own is no shared file's: nothing there is a slip of the pen.
            chosen = self.params.kilde is None or section.params.periode
            if chosen and all(movement.now.state == "absent" for movement in section.movements):
                found = f"{section.benefit.id}, {section.now.code}"
                fix = "ret `periode`, eller hent tallene"
                yield self.no_data(where, "ydelsen i perioden", found, fix)

    def _held(self) -> Iterator[tuple[Period, Period]]:
        """The first and last month or quarter of the municipality's benefits, of each source asked for."""
        rows = self.context.data.snapshot.rows_by_area.get(self.context.kommune.kode, {})
        kilder = (*KILDER,) if self.params.kilde == "bedst" else (self.params.kilde or KILDER[0],)
        for maal in (MEASURES[kilde] for kilde in kilder):
            if periods := {Period.parse(key[4]) for key in rows if key[0] == maal}:
                newest = max(periods, key=by_end)
                yield min(one for one in periods if one.kind == newest.kind), newest

    def explained_sections(self) -> Collection[str]:
        """All that the params name, however the page shows them."""
        return tuple(self.params.afsnit)

    def no_section(self, name: str) -> model.Omitted:
        """Why this plan has no section called `name`.

        Raises:
            UnknownNameError: no benefit and no group has this name: a slip of the pen in the notebook.
        """
        if name not in {member.id for member in groups()}:
            benefit(name)
        reason = f"Afsnittet indgår ikke i planen for {self.context.params.aar}."
        return model.Omitted(id=name.replace("_", "-"), reason=reason, missed=False)

    def _table(self, section: BenefitSection) -> model.Table:
        """Each area a row: the level a year ago and now, the change, and the share."""
        return shared.levels_table(
            section.movements,
            ("omraade", "Område"),
            label=lambda move: move.area.navn,
            emphasis=lambda move: move is section.own,
            area=lambda move: move.area.kode,
            moved=lambda move: move,
            id=section.id,
            title=f"{section.title} {self._areas}",
            period=f"{section.before.text} og {section.now.text}",
            levels=(section.before.head, section.now.head),
            unit=section.unit,
            counted=f"Antal {section.unit}",
            share=(section.params.andel, section.now.text),
            signed=self.params.fortegn,
            sources=section.sources,
            notes=[one for one in section.definitions if one != self._share_note],
        )

    def _sentence(self, section: BenefitSection) -> model.Prose:
        """The section's table in words, as one section of the page."""
        said = self._page.commentary(self._all.index(section))
        named = (section.benefit, section.group_words)
        first = next(one for one in self._all if (one.benefit, one.group_words) == named)
        # The unemployed among a benefit's recipients have a section beside it, and no other words.
        return said if first is section else said.model_copy(update={"id": f"{section.id}-tekst"})

    def _notes(self, section: BenefitSection) -> model.Prose | model.Omitted:
        """Renamed benefits, what a sum consists of, changed definitions, and what the params say."""
        texts = self._breaks(section)
        if section.is_total and section.benefit.is_composite:
            texts.append(composition_note(section.benefit.id, section.now.first_day))
        definition = section.group.note(self.context.params.aar)
        texts += [*([definition] if definition else []), *section.params.forbehold]
        return notes(f"{section.id}-noter", texts)

    table, sentence, notes = of_section(_table), of_section(_sentence), of_section(_notes)

    @shown
    def benefit_sections(self) -> model.Block:
        """Every section under the benefit's own heading, where the params choose among sources."""
        if self.params.kilde is None:
            return model.Omitted(id="ydelser", reason="Afsnittene står hver for sig.", missed=False)
        made = [*map(self._subsection, self._all), *filter(None, self._supplements.values())]
        return model.Subsections(id="ydelser", parts=made)

    @cached_property
    def _supplements(self) -> dict[str, model.Subsection | None]:
        """What stands after the sections, by what it is about; None where the data have no number of it."""
        return dict(supplements(self.context, self.params, self._reference_areas, self._read[0]))

    def _subsection(self, section: BenefitSection) -> model.Subsection:
        om = section.benefit.om if section.group.id == ALL else ""
        blocks = (
            *([shared.prose(f"{section.id}-om", om)] if om else []),
            self._table(section),
            self._sentence(section),
            self._explanation(section),
            self._notes(section),
        )
        return model.Subsection(title=section.heading, blocks=blocks)

    @property
    def shown_beside(self) -> Sequence[str]:
        """The areas that the page shows beside its own, as the params name them."""
        return self.params.sammenlign_med

    @shown
    def counting(self) -> model.Block:
        """Which periods all sections compare, what became of their areas, and how the source counts."""
        days = dict.fromkeys((one.before.first_day, one.now.first_day) for one in self._all)
        notes = (note for day in days for note in self.context.area_notes(self.shown_beside, *day))
        areas = " ".join(dict.fromkeys(notes))
        said = (self._said_once(), areas, *COUNTING[self._read[0]])
        return shared.prose("opgoerelse", *filter(None, said))

    def _said_once(self) -> str:
        """What the page says once for its sections: their periods, and what all their shares are of."""
        periods = self._page.same_for_all(others=any(self._supplements.values()))
        shares = self._all[0].share_basis("{} er {}.") if self._share_note else ""
        return f"{periods} {shares}".strip()

    @cached_property
    def _share_note(self) -> str:
        """What the shares are of that are calculated here, where that is one thing for the whole page."""
        found = _share_notes(self._all)
        return found[0] if len(found) == 1 else ""

    def reservations(self) -> Iterator[str]:
        """Those of all sections, and sections without numbers."""
        for section in self._all:
            yield from (f"{section.label}: {note}" for note in section.params.forbehold)
        sections = [one for one in self._read[1] if one not in self._all]
        without = [shared.small(one.heading) for one in sections]
        without += [name for name, made in self._supplements.items() if made is None]
        if without:
            when = in_period(self._read[1][0].now)
            yield f"Der er ingen tal for {list_danish(without)} {when}."

    def _breaks(self, section: BenefitSection) -> list[str]:
        """What stands between the periods; a sum leaves to its parts' own sections what they tell."""
        found = section.break_notes(section.params.ydelse)
        if not section.benefit.is_composite:
            return found
        parts = {one.params.ydelse for one in self._all} & set(section.benefit.parts)
        of_parts = {note for ydelse in parts for note in section.break_notes(ydelse)}
        return [note for note in found if note not in of_parts]

    @shown
    def summary(self) -> model.Block:
        """The news of all sections, in at most five sentences."""
        if text := self._page.summary():
            return shared.prose("sammenfatning", text)
        reason = "Der er ingen tal at sammenfatte."
        return model.Omitted(id="sammenfatning", reason=reason, missed=False)

    def _leading(self, most: int) -> list[BenefitSection]:
        """The total, then the benefits that have moved most in persons: so many at most."""
        known = [section for section in self._all if section.own.now.is_number]
        totals = [section for section in known if section.is_total]
        parts = [one for one in known if one not in totals and not self._is_part(one)]
        parts.sort(key=lambda section: -abs(_moved(section.own.change)))
        return [*totals, *parts[: most - len(totals)]]

    @shown
    def key_figures(self) -> model.Block:
        """The total, then the benefits that have moved most in persons, at most `MOST_KEY_FIGURES`."""
        wanted = self._leading(shared.MOST_KEY_FIGURES)
        items = [key_figure(one.facts, little_line(self.context.data, one)) for one in wanted]
        nothing = "Ingen af tallene for kommunen er offentliggjort."
        return shared.key_figure_strip(items, _sources(wanted), nothing)

    @shown
    def change_figure(self) -> model.Block:
        """Every benefit's change in per cent in all areas, from the largest rise to the largest fall."""
        sections = [*self._all]
        parts = [one for one in sections if not one.is_total]
        known = [one for one in parts if one.own.change_pct.is_number]
        if len(known) < 2:
            reason = "Der er for få tal til en figur over udviklingen i ydelserne."
            return model.Omitted(id="udvikling", reason=reason, missed=False)
        known.sort(key=lambda one: -one.own.change_pct.exact)
        ordered = [
            *(one for one in sections if one.is_total),
            *known,
            *(one for one in parts if one not in known),
        ]
        changes = [one.own.change_pct for one in known]
        without = len(parts) - len(known)
        what = f"ændringen i pct. for {_benefits_and_offers(known)} {self._areas}"
        within = [one for one in parts if self._is_part(one) and not one.benefit.tilbud]
        groups = list_danish([shared.small(one.label) for one in within])
        decimals, signed = self.params.decimaler_udvikling, True
        return figure(
            title=_change_message(known),
            subtitle=f"Ændring i antal i pct., {_periods(sections)}",
            alt=shared.ranking_alt(
                what,
                changes,
                _named_change(known[0]),
                _named_change(known[-1]),
                (f"for {without} af dem er der ikke noget tal" if without else "",),
                kind="prikker",
            ),
            svg=self._dots(ordered, "change_pct", decimals=decimals, signed=signed),
            data=self._figure_table("udvikling", sections),
            notes=[f"{capital(groups)} er også talt med under de ydelser, som de får."]
            if groups
            else [],
        )

    @shown
    def share_figure(self) -> model.Block:
        """Every benefit's share of the workforce in all areas, the total left to the table."""
        of_workforce = "pct_af_arbejdsstyrken"
        sections = [one for one in self._all if one.params.andel == of_workforce]
        parts = [one for one in sections if not one.is_total]
        known = [one for one in parts if one.own.share is not None and one.own.share.is_number]
        if len(known) < 2:
            reason = "Der er for få tal til en figur over andelene."
            return model.Omitted(id="andele", reason=reason, missed=False)
        known.sort(key=lambda one: -_share(one).exact)
        first, last = known[0], known[-1]
        ordered = [*known, *(one for one in parts if one not in known)]
        unit = INDICATORS[of_workforce].unit
        return figure(
            title=self._page.share_message()
            or f"{capital(short_place(self.context.kommune))} er andelen størst for "
            f"{_with_share(known, first)} og mindst for {_with_share(known, last)}",
            subtitle=f"Andel i {unit}, {_lasts(sections)}",
            alt=(
                f"Prikker med andelen af arbejdsstyrken for {_benefits_and_offers(known)} {self._areas}, "
                f"ordnet efter størrelse. Øverst står {_named_share(first)}, nederst {_named_share(last)}."
            ),
            svg=self._dots(ordered, "share", decimals=_share(first).decimals),
            data=self._share_table(sections),
            notes=_share_notes(sections),
        )

    @shown
    def course_figure(self) -> model.Block:
        """The course over three years in all areas, where the data have it: of those that moved most."""
        if len(self._all) <= MOST_COURSES:
            return course_figure(self.context.data, self._all)
        return course_figure(self.context.data, self._leading(MOST_COURSES), "blandt de viste")

    @shown
    def beside_figure(self) -> model.Block:
        """Every benefit's share beside those of the plan's group of municipalities, with the own place."""
        group = self.params.sammenligningsgruppe
        return beside_figure(self.context.data, self.context.kommune, group, self._all)

    @property
    def _reference_areas(self) -> list[Area]:
        """The areas to compare with, in the order of the tables."""
        return [move.area for move in self._all[0].references]

    @property
    def _areas(self) -> str:
        """`i Rudersdal, RAR Hovedstaden og Østdanmark`, in the order of the tables."""
        return in_places([self.context.kommune, *self._reference_areas])

    def _dots(
        self,
        sections: Sequence[BenefitSection],
        measure: str,
        *,
        decimals: int,
        signed: bool = False,
    ) -> Drawing:
        """The sections as rows, their areas as dots of `measure` of a movement."""
        rows = []
        for one in sections:
            numbers = [getattr(move, measure) for move in one.movements]
            values = tuple(n and n.drawn for n in numbers)
            own = numbers[0].text() if numbers[0] is not None else ""
            rows.append(DotRow(one.label, values, apart=one.is_total, missing=own))
        areas = [move.area.navn for move in sections[0].movements]
        return drawing(dots, areas, rows, decimals=decimals, signed=signed)

    def _figure_table(self, id: str, sections: Sequence[BenefitSection]) -> model.Table:
        """The own levels of both periods, and every area's change."""
        units, first = _units(sections), sections[0]
        was, now = first.before.text.capitalize(), first.now.text.capitalize()
        columns: list[shared.ColumnOf] = []
        if len({(one.before, one.now) for one in sections}) > 1:
            was, now = "Året før", "Nu"
            columns = [
                ("periode", "Periode", "", lambda one: f"{one.before.text} til {one.now.text}")
            ]
        columns += [
            ("foer", was, units, lambda one: one.own.before),
            ("nu", now, units, lambda one: one.own.now),
        ]
        return _of_sections(
            sections,
            columns,
            lambda move: cell(move.change_pct, unit="%"),
            ("pct", "pct."),
            id=id,
            title=f"Antallet på ydelserne {short_place(self.context.kommune)} og ændringen {self._areas}",
            unit="Antal og ændring i pct.",
            period=_periods(sections),
        )

    def _share_table(self, sections: Sequence[BenefitSection]) -> model.Table:
        """Every area's share."""
        unit = INDICATORS[sections[0].params.andel].unit
        ends: list[shared.ColumnOf] = [("periode", "Periode", "", lambda one: one.now.text)]
        return _of_sections(
            sections,
            ends if len({one.now for one in sections}) > 1 else [],
            lambda move: move.shown_share,
            ("andel", unit),
            id="andele",
            title=f"Ydelsernes andel af arbejdsstyrken {self._areas}",
            unit=unit,
            period=_lasts(sections),
            notes=_share_notes(sections),
        )


def _of_sections(
    sections: Sequence[BenefitSection],
    columns: Sequence[shared.ColumnOf],
    shows: shared.Shows,
    each: tuple[str, str],
    **words: Any,
) -> model.Table:
    """A section a row; after `columns` one for each area: what it shows of its movement, id and unit."""
    areas: list[shared.ColumnOf] = [
        (f"{each[0]}-{n}", move.area.navn, each[1], _of_area(shows, n))
        for n, move in enumerate(sections[0].movements)
    ]
    return shared.listing(
        sections,
        BENEFIT,
        [*columns, *areas],
        sources=_sources(sections),
        **words,
    )


def _of_area(shows: shared.Shows, number: int) -> shared.Shows:
    return lambda one: shows(one.movements[number])


def _refused(section: BenefitSection, where: str) -> tuple[Problem, ...]:
    """Breaks in the series that forbid to compare the section's two periods."""
    asked, span = section.params, (section.before, section.now)
    try:
        for movement in section.movements:
            refuse_breaks(asked.maal, asked.ydelse, movement.area.kode, *span, where=where)
    except DataError as error:
        return error.problems
    return ()


def _moved(change: Quantity) -> Decimal:
    return change.exact if change.is_number else Decimal(0)


def _sources(sections: Sequence[BenefitSection]) -> tuple[model.Source, ...]:
    return tuple(dict.fromkeys(source for section in sections for source in section.sources))


def _periods(sections: Sequence[BenefitSection]) -> str:
    """Every pair of periods that the sections compare, each once."""
    pairs = (f"{one.before.text} til {one.now.text}" for one in sections)
    return list_danish(list(dict.fromkeys(pairs)))


def _lasts(sections: Sequence[BenefitSection]) -> str:
    """Every later period, each once."""
    return list_danish(list(dict.fromkeys(one.now.text for one in sections)))


def _share_notes(sections: Sequence[BenefitSection]) -> list[str]:
    return list(dict.fromkeys(filter(None, (one.share_basis() for one in sections))))


def _units(sections: Sequence[BenefitSection]) -> str:
    return list_danish(list(dict.fromkeys(one.unit for one in sections)))


def _share(section: BenefitSection) -> Quantity:
    """The own share; ValueError where none was asked for."""
    if section.own.share is None:
        raise ValueError(f"{section.name} has no share")
    return section.own.share


def _change_message(ranked: Sequence[BenefitSection]) -> str:
    """On which benefit the number has risen most in per cent, and on which it has fallen most."""
    first, last = ranked[0].facts, ranked[-1].facts
    risen, fallen = first.own.change_pct.printed > 0, last.own.change_pct.printed < 0
    clauses = [f"{first.number} steg mest"] * risen + [f"{last.number} faldt mest"] * fallen
    if not clauses:
        return "Antallet på ydelserne er stort set uændret"
    return capital(", og ".join((f"{clauses[0]} i pct.", *clauses[1:])))


def _benefits_and_offers(sections: Sequence[BenefitSection]) -> str:
    """`14 ydelser og 2 tilbud`; an offer is no benefit."""
    offers = sum(one.benefit.tilbud for one in sections)
    return f"{len(sections) - offers} ydelser{f' og {offers} tilbud' if offers else ''}"


def _named_change(section: BenefitSection) -> str:
    return f"{shared.small(section.label)} ({section.own.change_pct.text(unit='pct.')})"


def _with_share(known: Sequence[BenefitSection], section: BenefitSection) -> str:
    """A share with all benefits that it is printed of."""
    share = _share(section).text(unit="pct.")
    alike = [shared.small(one.label) for one in known if _share(one).text(unit="pct.") == share]
    return list_danish(alike) + (f" med {share}" if _share(section).printed else "")


def _named_share(section: BenefitSection) -> str:
    return f"{shared.small(section.label)} ({_share(section).text(unit='pct.')})"


load = Maalgrupper.load
