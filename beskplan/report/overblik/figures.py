"""The two figures: the benefits ranked by their change, and by their share."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from beskplan.blocks.charts import Bar, change_ranking, drawing
from beskplan.blocks.figures import figure
from beskplan.blocks.model import Block, Omitted
from beskplan.blocks.text import list_danish
from beskplan.blocks.text.language import as_sentence
from beskplan.registers.indicators import INDICATORS
from beskplan.report.overblik.rows import Overview, OverviewRow
from beskplan.report.overblik.tables import changes_table

NEW_TEXT = "ny ydelse"
"""Instead of a bar where the benefit had not begun, and there is no change to draw."""
CONTRADICTION_TEXT = "modstridende tal"
"""Instead of a bar where the plan printed a rise and a fall at once."""


def change_figure(overview: Overview) -> Block:
    """All benefits from the largest rise to the largest fall, in persons.

    In persons, not in per cent: two persons that become 36 would dwarf all other bars.
    """
    told = [row for row in overview.rows if row.told_change.is_number]
    if len(told) < 2:
        return Omitted(
            id="aendringer", reason="Der er for få tal til en figur over udviklingen i ydelserne."
        )
    level = INDICATORS[overview.params.maal]
    return figure(
        id="aendringer",
        title=_title(told),
        subtitle=f"Ændring i antal {level.unit} {overview.span}",
        unit=level.unit,
        alt=_alt(overview, told),
        svg=drawing(
            partial(change_ranking, [_bar(overview, row) for row in overview.all_rows], unit="")
        ),
        data=changes_table(overview),
        sources=overview.sources,
    )


def _bar(overview: Overview, row: OverviewRow) -> Bar:
    change = row.told_change
    missing = CONTRADICTION_TEXT if row.contradicts_itself else change.text()
    begun = row.benefit.valid_from
    if not row.contradicts_itself and begun and begun >= overview.params.foer.first_day:
        missing = NEW_TEXT
    return Bar(
        label=row.label,
        value=change.printed if change.is_number else None,
        emphasis=row.is_total,
        missing=missing,
    )


def _extremes(told: Sequence[OverviewRow]) -> tuple[OverviewRow, OverviewRow]:
    ordered = sorted(told, key=lambda row: -row.told_change.printed)
    return ordered[0], ordered[-1]


def _title(told: Sequence[OverviewRow]) -> str:
    top, bottom = _extremes(told)
    risen, fallen = top.told_change.printed > 0, bottom.told_change.printed < 0
    if risen and fallen:
        return f"{top.label} er steget mest, og {bottom.name} er faldet mest"
    if risen:
        return f"{top.label} er steget mest"
    return f"{bottom.label} er faldet mest" if fallen else "Antallene er uændrede"


def _alt(overview: Overview, told: Sequence[OverviewRow]) -> str:
    """Kind of figure, content and span; the extremes; how many went which way; what has no bar."""
    unit = INDICATORS[overview.params.maal].unit
    top, bottom = _extremes(told)
    zero = Decimal(0)
    risen = sum(row.told_change.printed > zero for row in told)
    fallen = sum(row.told_change.printed < zero for row in told)
    what = f"ændringen i antallet af {unit} {overview.span}"
    whose = f"{len(told)} ydelser {overview.area.stedsform}"
    sentences = [
        f"Liggende søjler med {what} for {whose}, ordnet efter størrelse",
        f"øverst står {_named(top)}, nederst {_named(bottom)}",
        f"{risen} af ydelserne er steget, og {fallen} er faldet",
    ]
    if overview.total and overview.total.told_change.is_number:
        sentences.append(f"I alt er ændringen {overview.total.told_change.text(signed=True)}")
    without = [row.name for row in overview.rows if not row.told_change.is_number]
    if without:
        sentences.append(f"{list_danish(without)} har ingen søjle")
    return " ".join(as_sentence(sentence) for sentence in sentences)


def _named(row: OverviewRow) -> str:
    return f"{row.name} med {row.told_change.text(signed=True)}"
