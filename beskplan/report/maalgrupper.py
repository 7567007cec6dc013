"""The Bilag about target groups: each benefit in the municipality beside its reference areas.

Used by `notebooks/maalgrupper.ipynb`; the sections stand in the plan's params under `maalgrupper`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, partial

from beskplan.blocks.charts import change_bars, change_ranking, drawing
from beskplan.blocks.display import shown
from beskplan.blocks.figures import figure
from beskplan.blocks.model import Block, Cell, Column, Omitted, Prose, Row, Source, Table
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text import commentary, figure_alt_bars, figure_title, key_figure
from beskplan.blocks.text.language import capital, list_danish
from beskplan.core.errors import DataError, Problem
from beskplan.core.periods import Period
from beskplan.indicators.change import absolute_change, pct_change
from beskplan.indicators.quantities import Movement, Quantity
from beskplan.params import Afsnit
from beskplan.params import Maalgrupper as MaalgrupperParams
from beskplan.registers.areas import Area
from beskplan.registers.benefits import Benefit, benefit, composition_note
from beskplan.registers.breaks import breaks_between, refuse_breaks
from beskplan.registers.groups import Group, group, groups
from beskplan.registers.indicators import ALL
from beskplan.report.base import Context, Reading, Section, SectionReport, of_section
from beskplan.report.shared_blocks import (
    MOST_KEY_FIGURES,
    LevelRow,
    bar,
    key_figure_strip,
    levels_table,
    notes,
    ranking_alt,
    small,
)

TOTAL = "offentlig_forsoergelse"
"""The benefit id of the sum of all: it leads the key figures and is set apart in the ranking."""


@dataclass(frozen=True)
class BenefitSection(Section[Afsnit]):
    """One benefit, or one group among its recipients, in two periods and several areas."""

    plan_year: int
    benefit: Benefit
    group: Group
    before: Period
    now: Period
    own: Movement
    references: tuple[Movement, ...]

    @property
    def movements(self) -> tuple[Movement, ...]:
        """All areas in table order: the references, then the municipality itself."""
        return (*self.references, self.own)

    @property
    def title(self) -> str:
        """What the section's table is about: the benefit, or the group among its recipients."""
        on = self.now.first_day
        if self.group.id == ALL:
            return self.benefit.tabeltitel(on)
        return capital(self.group.of(self.benefit, on))

    @property
    def short_title(self) -> str:
        """The benefit's official name at the time, with a capital letter."""
        return self.title if self.group.enhed else capital(self.benefit.name(self.now.first_day))

    @property
    def group_words(self) -> str:
        """The people counted among, as a plural noun; empty for everyone."""
        return "" if self.group.id == ALL or self.group.enhed else self.group.navn

    @property
    def unit(self) -> str:
        """What the levels count, as a plural noun."""
        return self.own.now.unit

    @property
    def share_of(self) -> str:
        """What the share is a share of, as a definite noun."""
        if self.params.andel == "pct_af_arbejdsstyrken":
            return "arbejdsstyrken"
        return f"de {self.group.navn}" if self.group_words else "befolkningen"

    @property
    def definitions(self) -> tuple[str, ...]:
        """Who is counted and of whom the share is taken, where that is not simply everybody."""
        if self.group.id == ALL:
            return ()
        name = self.group.navn
        defined = f"{capital(name)}: {small(self.group.definition(self.plan_year).text)}."
        if self.params.andel != "pct_af_befolkningen":
            return (defined,)
        return (defined, f"Andelen er opgjort i pct. af alle {name} i området.")

    @property
    def facts(self) -> tuple[Benefit, Period, Period, Movement, tuple[Movement, ...]]:
        """What every sentence about the section is made from."""
        return self.benefit, self.before, self.now, self.own, self.references

    def break_notes(self, ydelse: str) -> list[str]:
        """What stands between the two periods for a benefit, in any of the areas."""
        span = (self.before, self.now)
        found = (
            one.note
            for movement in self.movements
            for one in breaks_between(self.params.maal, ydelse, movement.area.kode, *span)
        )
        return list(dict.fromkeys(found))


class Maalgrupper(SectionReport[MaalgrupperParams, BenefitSection]):
    """The blocks of the Bilag; `name` is a section's name in the params."""

    bilag = "maalgrupper"

    @cached_property
    def sections(self) -> dict[str, BenefitSection]:
        """Every section by its name in the params, in their order."""
        asked = self.params
        return {name: read_section(self.context, asked, name) for name in asked.afsnit}

    @property
    def _shown(self) -> list[BenefitSection]:
        return list(self.sections.values())

    def missing_data(self) -> Iterator[Problem]:
        """Nothing for the period at all; else breaks and sections without numbers."""
        if all(section.own.now.state == "absent" for section in self._shown):
            found = f"{self.context.kommune.navn}, {self.params.periode.code}"
            fix = "hent eller indlæs dem, eller ret `periode`"
            yield self.no_data(self.where, "kommunen i perioden", found, fix)
            return
        for section in self._shown:
            where = f"{self.where}.afsnit.{section.name}"
            yield from _refused(section, where)
            if all(movement.now.state == "absent" for movement in section.movements):
                found = f"{section.benefit.id}, {section.now.code}"
                fix = "ret `periode`, eller hent tallene"
                yield self.no_data(where, "ydelsen i perioden", found, fix)

    def no_section(self, name: str) -> Omitted:
        """Why this plan has no section called `name`.

        Raises:
            UnknownNameError: no benefit and no group has this name: a slip of the pen in the notebook.
        """
        if name not in {member.id for member in groups()}:
            benefit(name)
        reason = f"Afsnittet indgår ikke i planen for {self.context.params.aar}."
        return Omitted(id=name.replace("_", "-"), reason=reason, missed=False)

    @of_section
    def table(self, section: BenefitSection) -> Table:
        """Each area a row: the level a year ago and now, the change, and the share."""
        return self._table(section)

    def _table(self, section: BenefitSection) -> Table:
        rows = [
            LevelRow(move.area.navn, move, move is section.own, move.area.kode)
            for move in section.movements
        ]
        return levels_table(
            rows,
            id=section.id,
            title=f"{section.title} {self.context.kommune.stedsform}",
            period=f"{section.before.text} og {section.now.text}",
            head=Column(id="omraade", label="Område", kind="text"),
            levels=(
                Column(id="foer", label=section.before.head, unit=section.unit),
                Column(id="nu", label=section.now.head, unit=section.unit),
            ),
            counted=f"Antal {section.unit}",
            share=(section.params.andel, section.now.text),
            signed=self.params.fortegn,
            sources=section.sources,
            notes=section.definitions,
        )

    @of_section
    def figure(self, section: BenefitSection) -> Block:
        """The areas' change in per cent as bars, the municipality first among them in colour."""
        if not any(movement.change_pct.is_number for movement in section.movements):
            return Omitted(id=section.id, reason="Der er ingen ændringer at vise i en figur.")
        span = f"{section.before.text} til {section.now.text}"
        bars = [
            bar(movement.area.navn, movement.change_pct, emphasis=movement is section.own)
            for movement in section.movements
        ]
        decimals, signed = self.params.decimaler_udvikling, self.params.fortegn
        return figure(
            id=section.id,
            title=figure_title(*section.facts, group=section.group_words),
            subtitle=f"Ændring i antal {section.unit}, pct., {span}",
            unit="pct.",
            alt=figure_alt_bars(*section.facts, group=section.group_words),
            svg=drawing(partial(change_bars, bars, decimals=decimals, signed=signed)),
            data=self._table(section),
            sources=section.sources,
        )

    @of_section
    def sentence(self, section: BenefitSection) -> Prose:
        """The section's table in words."""
        return commentary(*section.facts, share_of=section.share_of, group=section.group_words)

    @of_section
    def notes(self, section: BenefitSection) -> Block:
        """Renamed benefits, what a sum consists of, changed definitions, and what the params say."""
        texts = self._breaks(section)
        if section.benefit.id == TOTAL:
            texts.append(composition_note(TOTAL, section.now.first_day))
        definition = section.group.note(self.context.params.aar)
        texts += [*([definition] if definition else []), *section.params.forbehold]
        return notes(f"{section.id}-noter", texts)

    def _breaks(self, section: BenefitSection) -> list[str]:
        """What stands between the periods; a sum leaves to its parts' own sections what they tell."""
        found = section.break_notes(section.params.ydelse)
        if not section.benefit.is_composite:
            return found
        parts = {one.params.ydelse for one in self._shown} & set(section.benefit.parts)
        of_parts = {note for ydelse in parts for note in section.break_notes(ydelse)}
        return [note for note in found if note not in of_parts]

    @shown
    def key_figures(self) -> Block:
        """The total, then the benefits that have moved most in persons, at most `MOST_KEY_FIGURES`."""
        known = [section for section in self._shown if section.own.now.is_number]
        totals = [section for section in known if section.benefit.id == TOTAL]
        parts = [one for one in known if one not in totals and not one.group_words]
        parts.sort(key=lambda section: -abs(_moved(section.own.change)))
        wanted = [*totals, *parts[: MOST_KEY_FIGURES - len(totals)]]
        chosen = [section for section in known if section in wanted]
        items = [key_figure(*section.facts) for section in chosen]
        nothing = "Ingen af tallene for kommunen er offentliggjort."
        return key_figure_strip(items, _sources(chosen), nothing)

    @shown
    def overview_figure(self) -> Block:
        """The municipality's benefits from the largest rise to the largest fall in per cent."""
        # A group among the recipients is counted in another section too.
        drawn = [section for section in self._shown if not section.group_words]
        known = [section for section in drawn if section.own.change_pct.is_number]
        if len(known) < 2:
            reason = "Der er for få tal til en figur over udviklingen i ydelserne."
            return Omitted(id="overblik", reason=reason)
        bars = [
            bar(one.short_title, one.own.change_pct, emphasis=one.benefit.id == TOTAL)
            for one in drawn
        ]
        known.sort(key=lambda section: -section.own.change_pct.exact)
        place, without = self.context.kommune.stedsform, len(drawn) - len(known)
        what = f"ændringen i pct. i antallet af fuldtidspersoner på et år for {len(known)} ydelser"
        decimals = drawn[0].own.change_pct.decimals
        return figure(
            id="overblik",
            title=f"{_ranking_message(known)} {place}",
            subtitle=f"Ændring i antal fuldtidspersoner på et år, pct., {_periods(drawn)}",
            unit="pct.",
            alt=ranking_alt(
                f"{what} {place}",
                [section.own.change_pct for section in known],
                _named_change(known[0]),
                _named_change(known[-1]),
                (f"for {without} af ydelserne er der ikke noget tal" if without else "",),
            ),
            svg=drawing(partial(change_ranking, bars, decimals=decimals)),
            data=_ranking_table(self.context, drawn),
            sources=_sources(drawn),
        )


def read_section(context: Context, asked: MaalgrupperParams, name: str) -> BenefitSection:
    """The section called `name` in the params, with the movement of every area."""
    afsnit, read = asked.afsnit[name], Reading(context.data)
    now = afsnit.periode or asked.periode
    before = afsnit.sammenlign_periode or now.year_before()
    counted = group(afsnit.gruppe)

    def level(area: Area, period: Period) -> Quantity:
        found = read(afsnit.maal, afsnit.ydelse, area, period, afsnit.gruppe)
        return replace(found, unit=counted.enhed or found.unit)

    def movement(area: Area) -> Movement:
        was, level_now = level(area, before), level(area, now)
        change = absolute_change(was, level_now)
        pct = pct_change(was, level_now, asked.decimaler_udvikling)
        share = read(afsnit.andel, afsnit.ydelse, area, now, afsnit.gruppe)
        return Movement(area, was, level_now, change, pct, share)

    areas = context.reference_areas(asked.sammenlign_med, now.first_day)
    references = tuple(movement(area) for area in areas if area != context.kommune)
    own = movement(context.kommune)
    return BenefitSection(
        name,
        afsnit,
        read.sources,
        plan_year=context.params.aar,
        benefit=benefit(afsnit.ydelse),
        group=counted,
        before=before,
        now=now,
        own=own,
        references=references,
    )


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


def _sources(sections: Sequence[BenefitSection]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for section in sections for source in section.sources))


def _periods(sections: Sequence[BenefitSection]) -> str:
    """Every pair of periods that the sections compare, each once."""
    pairs = (f"{one.before.text} til {one.now.text}" for one in sections)
    return list_danish(list(dict.fromkeys(pairs)))


def _ranking_message(ranked: Sequence[BenefitSection]) -> str:
    """Which benefit has grown most, or fallen most where no per cent shows a rise."""
    parts = [section for section in ranked if section.benefit.id != TOTAL] or ranked
    *_, top = ordered = sorted(parts, key=lambda section: section.own.change_pct.exact)
    if top.own.change_pct.printed > 0:
        return f"{top.short_title} er steget mest"
    if ordered[0].own.change_pct.printed < 0:
        return f"{ordered[0].short_title} er faldet mest"
    return "Ydelserne er stort set uændrede"


def _named_change(section: BenefitSection) -> str:
    return f"{small(section.short_title)} ({section.own.change_pct.text(unit='pct.')})"


def _ranking_table(context: Context, sections: Sequence[BenefitSection]) -> Table:
    columns = (
        Column(id="ydelse", label="Ydelse", kind="text"),
        Column(id="periode", label="Periode", kind="text"),
        Column(id="foer", label="Året før", unit="fuldtidspersoner"),
        Column(id="nu", label="Nu", unit="fuldtidspersoner"),
        Column(id="udvikling", label="Udvikling i pct.", unit="pct."),
    )
    rows = [
        Row(
            label=section.title,
            area=context.kommune.kode,
            emphasis=section.benefit.id == TOTAL,
            cells=(
                Cell(text=f"{section.before.text} til {section.now.text}"),
                cell(section.own.before),
                cell(section.own.now),
                cell(section.own.change_pct, unit="%"),
            ),
        )
        for section in sections
    ]
    return table(
        id="overblik",
        title=f"Udviklingen i ydelserne {context.kommune.stedsform}",
        unit="Antal fuldtidspersoner og ændring i pct.",
        period=_periods(sections),
        columns=columns,
        rows=rows,
        sources=_sources(sections),
    )


load = Maalgrupper.load
