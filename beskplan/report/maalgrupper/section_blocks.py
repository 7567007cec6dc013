"""The blocks of one section: its table, its figure, its text and its notes."""

from __future__ import annotations

from functools import partial

from beskplan.blocks.charts import Bar, change_bars, drawing
from beskplan.blocks.figures import figure
from beskplan.blocks.making import make
from beskplan.blocks.model import Block, Column, Omitted, Prose, Row, Table
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text import commentary, figure_alt_bars, figure_title
from beskplan.params import Maalgrupper as MaalgrupperParams
from beskplan.registers.benefits import composition_note
from beskplan.registers.breaks import breaks_between
from beskplan.registers.indicators import INDICATORS
from beskplan.report.context import Context
from beskplan.report.maalgrupper.section import Section


def levels_table(context: Context, params: MaalgrupperParams, section: Section) -> Table:
    """Each area a row: the level a year ago and now, the change, and the share."""
    share = INDICATORS[section.afsnit.andel]
    columns = (
        Column(id="omraade", label="Område", kind="text"),
        Column(id="foer", label=section.before.head, unit=section.unit),
        Column(id="nu", label=section.now.head, unit=section.unit),
        Column(id="udvikling", label="Udvikling i pct.", unit="pct."),
        Column(id="andel", label=f"{share.name} {section.now.text}", unit=share.unit),
    )
    rows = [
        Row(
            label=movement.area.navn,
            area=movement.area.kode,
            emphasis=movement is section.own,
            cells=(
                cell(movement.before),
                cell(movement.now),
                cell(movement.change_pct, signed=params.fortegn, unit="%"),
                cell(movement.share or movement.change_pct),
            ),
        )
        for movement in section.movements
    ]
    return table(
        id=section.id,
        title=f"{section.title} {context.kommune.stedsform}",
        unit=f"Antal {section.unit} og {share.name[0].lower()}{share.name[1:]}",
        period=f"{section.before.text} og {section.now.text}",
        columns=columns,
        rows=rows,
        sources=section.sources,
        notes=section.definitions,
    )


def change_figure(context: Context, params: MaalgrupperParams, section: Section) -> Block:
    """The areas' change in per cent as bars, the municipality first among them in colour."""
    if not any(movement.change_pct.is_number for movement in section.movements):
        return Omitted(id=section.id, reason="Der er ingen ændringer at vise i en figur.")
    words = (section.benefit, section.before, section.now, section.own, section.references)
    bars = [
        Bar(
            label=movement.area.navn,
            value=movement.change_pct.printed if movement.change_pct.is_number else None,
            emphasis=movement is section.own,
            missing=movement.change_pct.text(),
        )
        for movement in section.movements
    ]
    return figure(
        id=section.id,
        title=figure_title(*words, group=section.group_words),
        subtitle=f"Ændring i antal {section.unit}, pct., {section.before.text} til {section.now.text}",
        unit="pct.",
        alt=figure_alt_bars(*words, group=section.group_words),
        svg=drawing(
            partial(change_bars, bars, decimals=params.decimaler_udvikling, signed=params.fortegn)
        ),
        data=levels_table(context, params, section),
        sources=section.sources,
    )


def notes(context: Context, params: MaalgrupperParams, section: Section) -> Block:
    """Renamed benefits, what a sum consists of, changed definitions, and what the params say."""
    texts = _breaks(params, section)
    if section.benefit.id == "offentlig_forsoergelse":
        texts.append(composition_note(section.benefit.id, section.now.first_day))
    if definition := section.group.note(context.params.aar):
        texts.append(definition)
    texts.extend(section.afsnit.forbehold)
    if not texts:
        return Omitted(id=f"{section.id}-noter", reason="Der er ingen forbehold.", missed=False)
    return make(Prose, id=f"{section.id}-noter", paragraphs=tuple(texts), role="note")


def commentary_text(_context: Context, _params: MaalgrupperParams, section: Section) -> Prose:
    """The section's table in words."""
    return commentary(
        section.benefit,
        section.before,
        section.now,
        section.own,
        section.references,
        share_of=section.share_of,
        group=section.group_words,
    )


def _breaks(params: MaalgrupperParams, section: Section) -> list[str]:
    """What stands between the two periods; a sum leaves to its parts' own sections what they tell."""
    notes = _break_notes(section, section.afsnit.ydelse)
    if not section.benefit.is_composite:
        return notes
    shown = {afsnit.ydelse for afsnit in params.afsnit.values()} & set(section.benefit.parts)
    told = {note for ydelse in shown for note in _break_notes(section, ydelse)}
    return [note for note in notes if note not in told]


def _break_notes(section: Section, ydelse: str) -> list[str]:
    found = (
        one.note
        for movement in section.movements
        for one in breaks_between(
            section.afsnit.maal, ydelse, movement.area.kode, section.before, section.now
        )
    )
    return list(dict.fromkeys(found))
