"""The table of the overview: every benefit in both periods."""

from __future__ import annotations

from beskplan.blocks.model import Block, Cell, Column, Omitted, Row, Table
from beskplan.blocks.tables import cell, table
from beskplan.observations import INDICATORS
from beskplan.report.overblik.rows import Overview, OverviewRow


def levels_table(overview: Overview) -> Block:
    """Levels of both periods, change in per cent and share; left out where no row has both levels."""
    if not any(row.has_levels for row in overview.rows):
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
        Column(id="andel", label=f"{share.name} {overview.name(overview.params.nu)}", unit=share.unit),
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
