"""The table of the overview: every benefit in both periods."""

from __future__ import annotations

from decimal import Decimal

from beskplan.blocks.model import Block, Cell, Column, Omitted, Row, Table
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text.language import bare_count, list_danish
from beskplan.blocks.text.movement import has_small_base
from beskplan.core.numbers import format_number
from beskplan.registers.indicators import INDICATORS
from beskplan.report.overblik.rows import Overview, OverviewRow


def levels_table(overview: Overview) -> Block:
    """Levels of both periods, change in per cent and share; left out where no row has both levels."""
    if not any(row.is_counted for row in overview.rows):
        before, now = overview.params.foer, overview.params.nu
        return Omitted(
            id="udvikling",
            reason=(
                f"Antallene for {overview.name(before)} og {overview.name(now)} er ikke opgjort, "
                "så der er ingen tabel over dem."
            ),
        )
    level = INDICATORS[overview.params.maal]
    share = INDICATORS[overview.params.andel]
    columns = (
        Column(id="ydelse", label="Ydelse", kind="text"),
        Column(id="foer", label=overview.head(overview.params.foer), unit=level.unit),
        Column(id="nu", label=overview.head(overview.params.nu), unit=level.unit),
        Column(id="udvikling", label="Udvikling i pct.", unit="pct."),
        Column(
            id="andel", label=f"{share.name} {overview.name(overview.params.nu)}", unit=share.unit
        ),
    )
    return table(
        id="udvikling",
        title=f"Udviklingen i jobcentrets målgrupper {overview.area.stedsform}",
        unit=f"{level.name} og {share.name[0].lower()}{share.name[1:]}",
        period=f"{overview.name(overview.params.foer)} og {overview.name(overview.params.nu)}",
        columns=columns,
        rows=[
            Row(label=row.label, emphasis=row.is_total, cells=_levels(overview, row))
            for row in overview.all_rows
        ],
        sources=overview.sources,
        notes=(*_small_bases(overview), *_sum_of_rows(overview)),
    )


def changes_table(overview: Overview) -> Table:
    """The numbers behind the figure of changes: what is known of each benefit's movement."""
    level = INDICATORS[overview.params.maal]
    columns = (
        Column(id="ydelse", label="Ydelse", kind="text"),
        Column(id="nu", label=overview.head(overview.params.nu), unit=level.unit),
        Column(id="aendring", label="Ændring i antal", unit=level.unit),
        Column(id="udvikling", label="Ændring i pct.", unit="pct."),
    )
    rows = [
        Row(
            label=row.label,
            emphasis=row.is_total,
            cells=(
                cell(row.movement.now),
                cell(row.movement.change, signed=overview.params.fortegn),
                cell(row.movement.change_pct, signed=overview.params.fortegn, unit="%"),
            ),
        )
        for row in overview.all_rows
    ]
    return table(
        id="aendringer",
        title=f"Ændringen i jobcentrets målgrupper {overview.area.stedsform}",
        unit=f"{level.name} og ændring i pct.",
        period=overview.span.removeprefix("fra "),
        columns=columns,
        rows=rows,
        sources=overview.sources,
        notes=_small_bases(overview),
    )


def _levels(overview: Overview, row: OverviewRow) -> tuple[Cell, ...]:
    move = row.movement
    return (
        cell(move.before),
        cell(move.now),
        cell(move.change_pct, signed=overview.params.fortegn, unit="%"),
        cell(move.share if move.share is not None else move.change_pct),
    )


def _small_bases(overview: Overview) -> tuple[str, ...]:
    """Which changes in per cent are of a base too small to say anything."""
    small = [row for row in overview.rows if row.has_levels and has_small_base(row.movement)]
    if not small:
        return ()
    names = list_danish([f"{row.name} ({bare_count(row.movement.before)})" for row in small])
    period = overview.name(overview.params.foer)
    return (f"Ændringen i pct. er regnet af få borgere i {period}: {names}.",)


def _sum_of_rows(overview: Overview) -> tuple[str, ...]:
    """Where the rows, added as printed, do not give the source's own total."""
    total = overview.total
    if total is None or not INDICATORS[overview.params.maal].adds_over_ydelser:
        return ()
    found = []
    for period, level in (
        (overview.params.foer, lambda row: row.movement.before),
        (overview.params.nu, lambda row: row.movement.now),
    ):
        parts = [level(row) for row in overview.rows]
        if level(total).state != "known" or not all(part.is_number for part in parts):
            continue
        added = sum((part.printed for part in parts), start=Decimal(0))
        if added != level(total).printed:
            found.append(f"{format_number(added)} for {overview.name(period)}")
    if not found:
        return ()
    return (f"I alt er kildens egen total. Rækkerne giver tilsammen {list_danish(found)}.",)
