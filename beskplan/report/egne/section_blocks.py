"""The blocks of a section: its table, its figure, its text, its target and its notes."""

from __future__ import annotations

from functools import partial

from beskplan.blocks.charts import Level, Line, drawing, lines
from beskplan.blocks.figures import figure
from beskplan.blocks.making import make
from beskplan.blocks.model import Block, Column, Omitted, Prose, Row, Table
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text import LineWords, figure_alt_lines
from beskplan.blocks.text.language import as_sentence, capital
from beskplan.params import maal
from beskplan.registers.indicators import INDICATORS
from beskplan.report.context import Context
from beskplan.report.egne.section import AreaNumbers, Section
from beskplan.report.egne.words import message, missing, told
from beskplan.report.resultatmaal.sections import target_sections
from beskplan.report.resultatmaal.standing import Standing, read_standings
from beskplan.report.resultatmaal.words import asked

LEVEL_LABEL = "Målet"


def periods_table(section: Section) -> Block:
    """Each period a row, each area a column; the sum of the periods where they may be added up."""
    return _table(section) if section.known else _nothing(section)


def periods_figure(context: Context, section: Section) -> Block:
    """The areas as lines, with the level of the section's target across them."""
    if len(section.known) < 2:
        return _nothing(section)
    drawn = [one for one in section.areas if any(value.is_number for value in one.values)]
    standing = _followed(context, section)
    unit = "pct." if section.unit.startswith("pct.") else ""
    words = [
        LineWords(one.area.navn, list(zip(section.periods, one.values, strict=True)))
        for one in drawn
    ]
    alt = [figure_alt_lines(_what(section), words, unit=unit)]
    if standing is not None:
        alt.append(as_sentence(f"målet er {asked(standing.target, standing.own)}"))
    return figure(
        id=section.id,
        title=message(section),
        subtitle=_subtitle(section),
        unit=section.unit,
        alt=" ".join(alt),
        svg=drawing(
            partial(
                lines,
                section.periods,
                [_line(one) for one in drawn],
                unit=capital(section.unit),
                decimals=INDICATORS[section.afsnit.maal].decimals,
                level=_level(standing),
            )
        ),
        data=_table(section),
        sources=section.sources,
    )


def periods_text(section: Section) -> Block:
    """The table in words."""
    sentences = told(section)
    if not sentences:
        return _nothing(section)
    return make(Prose, id=f"{section.id}-tekst", paragraphs=(" ".join(sentences),))


def targets(context: Context, section: Section) -> Block:
    """The targets that the section's numbers belong to, each with its follow-up."""
    if not section.afsnit.resultatmaal:
        reason = "Afsnittets tal hører ikke til et mål i planen."
        return Omitted(id=f"{section.id}-maal", reason=reason, missed=False)
    standings = _standings(context, section)
    # The section's own figure shows the numbers and the level already.
    return target_sections(context, standings, id=f"{section.id}-maal", figures=False)


def notes(section: Section) -> Block:
    """The reservations."""
    if not section.afsnit.forbehold:
        return Omitted(id=f"{section.id}-noter", reason="Der er ingen forbehold.", missed=False)
    return make(Prose, id=f"{section.id}-noter", paragraphs=section.afsnit.forbehold, role="note")


def _table(section: Section) -> Table:
    columns = (
        Column(id="periode", label="Periode", kind="text"),
        *(
            Column(id=f"omraade-{number}", label=one.area.navn, unit=section.unit)
            for number, one in enumerate(section.areas, start=1)
        ),
    )
    rows = [
        Row(label=period.head, cells=tuple(cell(one.values[at]) for one in section.areas))
        for at, period in enumerate(section.periods)
    ]
    # A sum of one column among several would stand beside empty cells.
    if section.sum is not None and not section.references:
        rows.append(Row(label="I alt", emphasis=True, cells=(cell(section.sum),)))
    return table(
        id=section.id,
        title=_title(section),
        unit=capital(section.unit),
        period=section.span,
        columns=columns,
        rows=rows,
        sources=section.sources,
    )


def _title(section: Section) -> str:
    return f"{capital(section.afsnit.emne)} {section.own.area.stedsform}"


def _what(section: Section) -> str:
    lead = "antallet af " if section.counts else ""
    return f"{lead}{section.afsnit.emne} {section.own.area.stedsform}"


def _subtitle(section: Section) -> str:
    """Measure, unit and span; the unit once, where the measure already names it."""
    emne, unit = section.afsnit.emne, section.unit
    return ", ".join(
        [capital(emne), *([] if unit in emne.casefold() else [unit]), section.span],
    )


def _line(one: AreaNumbers) -> Line:
    values = [value.printed if value.is_number else None for value in one.values]
    return Line(one.area.navn, values)


def _standings(context: Context, section: Section) -> list[Standing]:
    wanted = section.afsnit.resultatmaal
    found = {one.target.id: one for one in read_standings(context) if one.target.id in wanted}
    return [found[id_] for id_ in wanted]


def _followed(context: Context, section: Section) -> Standing | None:
    """The target whose level can be drawn across the section's numbers: one a period, same unit."""
    if not section.afsnit.resultatmaal:
        return None
    for standing in _standings(context, section):
        level, measure = standing.own.level, standing.target.maaling
        if (
            level is not None
            and level.is_number
            and measure is not None
            and measure.indikator == section.afsnit.maal
            # A count in the whole year is no level that a month could reach.
            and not isinstance(standing.target, maal.AntalIAaret)
        ):
            return standing
    return None


def _level(standing: Standing | None) -> Level | None:
    if standing is None or standing.own.level is None:
        return None
    return Level(LEVEL_LABEL, standing.own.level.printed)


def _nothing(section: Section) -> Omitted:
    reason = f"Der er ikke tal nok til at vise {_what(section)}."
    if any(value.state == "withheld" for value in section.own.values):
        reason += f" {as_sentence(missing(section))}"
    return Omitted(id=section.id, reason=reason)
