"""The top of the Bilag: the numbers that a committee member must see, and the overview figure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from beskplan.blocks.charts import Bar, change_ranking, drawing
from beskplan.blocks.figures import figure
from beskplan.blocks.making import make
from beskplan.blocks.model import (
    Block,
    Cell,
    Column,
    KeyFigure,
    KeyFigures,
    Omitted,
    Row,
    Table,
)
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text import key_figure, list_danish
from beskplan.report.context import Context
from beskplan.report.maalgrupper.section import Section

MOST_KEY_FIGURES = 4
"""A strip of more is no longer seen at a glance."""
TOTAL = "offentlig_forsoergelse"
"""The benefit id of the sum of all: it leads the key figures and is set apart in the ranking."""


def key_figures(sections: Sequence[Section]) -> Block:
    """The total, then the benefits that have moved most in persons, at most `MOST_KEY_FIGURES`."""
    chosen = _most_important([section for section in sections if section.own.now.is_number])
    if not chosen:
        return Omitted(id="noegletal", reason="Ingen af tallene for kommunen er offentliggjort.")
    sources = dict.fromkeys(source for section in chosen for source in section.sources)
    return make(
        KeyFigures,
        title="Nøgletal",
        items=tuple(_key_figure(section) for section in chosen),
        sources=tuple(sources),
    )


def _most_important(sections: Sequence[Section]) -> list[Section]:
    totals = [section for section in sections if section.benefit.id == TOTAL]
    parts = [section for section in sections if section not in totals and _is_whole(section)]
    moved = sorted(parts, key=lambda section: -abs(_moved(section)))
    wanted = [*totals, *moved[: MOST_KEY_FIGURES - len(totals)]]
    return [section for section in sections if section in wanted]


def _is_whole(section: Section) -> bool:
    """Whether the section counts all recipients of its benefit, not some who also count elsewhere."""
    return not section.group_words


def _moved(section: Section) -> Decimal:
    return section.own.change.exact if section.own.change.is_number else Decimal(0)


def _key_figure(section: Section) -> KeyFigure:
    return key_figure(section.benefit, section.before, section.now, section.own, section.references)


def overview_figure(context: Context, sections: Sequence[Section]) -> Block:
    """The municipality's benefits from the largest rise to the largest fall in per cent."""
    shown = [section for section in sections if _is_whole(section)]
    movable = [section for section in shown if section.own.change_pct.is_number]
    if len(movable) < 2:
        return Omitted(
            id="overblik", reason="Der er for få tal til en figur over udviklingen i ydelserne."
        )
    bars = [_ranking_bar(section) for section in shown]
    decimals = shown[0].own.change_pct.decimals
    return figure(
        id="overblik",
        title=_ranking_title(context, movable),
        subtitle=f"Ændring i antal fuldtidspersoner på et år, pct., {_periods(shown)}",
        unit="pct.",
        alt=_ranking_alt(context, movable, len(shown) - len(movable)),
        svg=drawing(partial(change_ranking, bars, decimals=decimals)),
        data=_ranking_table(context, shown),
        sources=tuple(dict.fromkeys(source for section in shown for source in section.sources)),
    )


def _ranking_bar(section: Section) -> Bar:
    change = section.own.change_pct
    return Bar(
        label=section.short_title,
        value=change.printed if change.is_number else None,
        emphasis=section.benefit.id == TOTAL,
        missing=change.text(),
    )


def _periods(sections: Sequence[Section]) -> str:
    """Every pair of periods that the sections compare, each once."""
    return list_danish(
        list(dict.fromkeys(f"{one.before.text} til {one.now.text}" for one in sections))
    )


def _ranking_table(context: Context, sections: Sequence[Section]) -> Table:
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
        sources=tuple(dict.fromkeys(source for section in sections for source in section.sources)),
    )


def _ranking_title(context: Context, movable: Sequence[Section]) -> str:
    """The message: which benefit has grown most, or fallen most where no per cent shows a rise."""
    parts = [section for section in movable if section.benefit.id != TOTAL] or list(movable)
    ordered = sorted(parts, key=lambda section: section.own.change_pct.exact)
    place = context.kommune.stedsform
    if ordered[-1].own.change_pct.printed > 0:
        return f"{ordered[-1].short_title} er steget mest {place}"
    if ordered[0].own.change_pct.printed < 0:
        return f"{ordered[0].short_title} er faldet mest {place}"
    return f"Ydelserne er stort set uændrede {place}"


def _ranking_alt(context: Context, movable: Sequence[Section], without: int) -> str:
    """Kind of figure, what it shows, the extremes, how many went which way."""
    ordered = sorted(movable, key=lambda section: -section.own.change_pct.exact)
    risen = sum(section.own.change_pct.printed > 0 for section in ordered)
    fallen = sum(section.own.change_pct.printed < 0 for section in ordered)
    first, last = (_named_change(section) for section in (ordered[0], ordered[-1]))
    what = "ændringen i pct. i antallet af fuldtidspersoner på et år"
    where = context.kommune.stedsform
    sentences = [
        f"Liggende søjler med {what} for {len(ordered)} ydelser {where}, ordnet efter størrelse.",
        f"Øverst står {first}, nederst {last}.",
        f"{risen} af ydelserne er steget, og {fallen} er faldet.",
    ]
    if without:
        sentences.append(f"For {without} af ydelserne er der ikke noget tal.")
    return " ".join(sentences)


def _named_change(section: Section) -> str:
    name = section.short_title
    return f"{name[0].lower()}{name[1:]} ({section.own.change_pct.text(unit='pct.')})"
