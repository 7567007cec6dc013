"""Jobindsats's tables beside the benefits: groups of their recipients, and the benchmark.

They stand after the sections where the params ask for them and the data have the municipality's number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from beskplan.blocks.model import Column, Row, Subsection
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text.language import (
    bare_count,
    capital,
    counted,
    in_period,
    more_or_fewer,
    pct_size,
    short_place,
)
from beskplan.blocks.text.one_benefit import SMALL_BASE
from beskplan.core.numbers import format_pct
from beskplan.core.periods import Period
from beskplan.core.words import list_danish
from beskplan.indicators.quantities import Movement, absolute_change, pct_change
from beskplan.params.models import Gruppetabel
from beskplan.params.models import Maalgrupper as MaalgrupperParams
from beskplan.registers.areas import Area
from beskplan.registers.benefits import benefit
from beskplan.registers.breaks import breaks_between
from beskplan.registers.groups import group
from beskplan.registers.indicators import ALL, INDICATORS
from beskplan.report.base import Context, Reading
from beskplan.report.shared_blocks import notes, prose, sentences, small

EXPECTED, ACTUAL = "fuldtidspersoner_forventet", "fuldtidspersoner_faktisk"
BENCHMARK = "Forventet og faktisk antal på offentlig forsørgelse"
OLDEST_BENCHMARK = 4
"""Of so many rolling years the newest known one is shown: the benchmark comes later than the months."""


def supplements(
    context: Context, asked: MaalgrupperParams, references: Sequence[Area]
) -> Iterator[tuple[str, Subsection | None]]:
    """Make each table that the params ask for, by what it is about; None where the data lack it."""
    areas = (context.kommune, *references)
    for name, one in asked.tillaeg.items():
        yield group(one.gruppe).navn, _of_group(context, name, one, areas, asked)
    if asked.benchmark:
        yield small(BENCHMARK), _benchmark(context, areas, asked.periode)


def _of_group(
    context: Context,
    name: str,
    one: Gruppetabel,
    areas: Sequence[Area],
    asked: MaalgrupperParams,
) -> Subsection | None:
    """A group among the recipients of some benefits: own levels, and every area's share or change."""
    read, now, slug = Reading(context.data), asked.periode, name.replace("_", "-")
    before, who = now.year_before(), group(one.gruppe)
    rows, told, breaks = [], [], []
    for ydelse in one.ydelser:
        # A benefit without a number leaves the table: nothing more of it is read, as it is not printed.
        level = read(one.maal, ydelse, context.kommune, now, who.id)
        if level.state == "absent":
            continue
        was = read(one.maal, ydelse, context.kommune, before, who.id)
        if one.andel:
            beside = [read(one.andel, ydelse, area, now, who.id) for area in areas]
        else:
            ends = [
                [read(one.maal, ydelse, area, at, who.id) for at in (before, now)] for area in areas
            ]
            beside = [pct_change(first, last) for first, last in ends]
        shown = [cell(was), cell(level), *(cell(n, unit="" if one.andel else "%") for n in beside)]
        of, share = benefit(ydelse), beside[0]
        rows.append(Row(label=capital(of.name(now.first_day)), cells=tuple(shown)))
        found = breaks_between(one.maal, ydelse, context.kommune.kode, before, now)
        breaks += [broken.note for broken in found]
        if level.is_number:
            with_share = one.andel and share.is_number
            pct = f" ({format_pct(share.exact, share.decimals)})" if with_share else ""
            told.append(f"{bare_count(level)} {who.of(of, now.last_day)}{pct}")
    if not rows:
        return None
    unit = INDICATORS[one.andel].unit if one.andel else "pct."
    counts = INDICATORS[one.maal].unit
    numbers = table(
        id=slug,
        title=f"{capital(who.navn)} {short_place(context.kommune)}",
        unit=f"Antal {counts} og {f'andel i {unit}' if one.andel else 'udvikling i pct.'}",
        period=f"{before.text} og {now.text}",
        columns=(
            Column(id="ydelse", label="Ydelse", kind="text"),
            Column(id="foer", label=before.head, unit=counts),
            Column(id="nu", label=now.head, unit=counts),
            *(Column(id=f"beside-{n}", label=a.navn, unit=unit) for n, a in enumerate(areas)),
        ),
        rows=rows,
        sources=read.sources,
        notes=[f"»{capital(who.navn)}«: {small(who.definition(context.params.aar).text)}."],
    )
    text = sentences(f"{in_period(now)} var der {list_danish(told)}" if told else "")
    blocks = (numbers, *([prose(f"{slug}-tekst", text)] if text else []))
    return Subsection(
        title=capital(who.navn),
        blocks=(*blocks, notes(f"{slug}-noter", breaks)),
    )


def _benchmark(context: Context, areas: Sequence[Area], now: Period) -> Subsection | None:
    """The expected and the actual number of the newest rolling year that is known at the end of `now`."""
    read, kommune = Reading(context.data), context.kommune
    ended = [
        Period("QMAT", one.year, one.index)
        for back in range(OLDEST_BENCHMARK + 1)
        if (one := now.quarter.shift(-back)).last_day <= now.last_day
    ]
    years = (one for one in ended if read(ACTUAL, ALL, kommune, one).state != "absent")
    if (year := next(years, None)) is None:
        return None
    moves = [_between(read, area, year) for area in areas]
    shown = [one for one in moves if one.area == kommune or one.now.state != "absent"]
    names = [INDICATORS[name].name for name in (EXPECTED, ACTUAL)]
    unit = INDICATORS[ACTUAL].unit
    numbers = table(
        id="benchmark",
        title=f"{BENCHMARK} {short_place(kommune)}",
        unit=f"Antal {unit}",
        period=year.text,
        columns=(
            Column(id="omraade", label="Område", kind="text"),
            Column(id="forventet", label=names[0], unit=unit),
            Column(id="faktisk", label=names[1], unit=unit),
            Column(id="forskel", label="Forskel", unit=unit),
            Column(id="pct", label="Forskel i pct.", unit="pct."),
        ),
        rows=[
            Row(
                label=one.area.navn,
                area=one.area.kode,
                emphasis=one.area == kommune,
                cells=(
                    cell(one.before),
                    cell(one.now),
                    cell(one.change, signed=True),
                    cell(one.change_pct, signed=True, unit="%"),
                ),
            )
            for one in shown
        ],
        sources=read.sources,
        notes=[
            (
                f"»{names[0]}«: det antal, som kommunens rammevilkår giver grund til at vente. Beregnet i "
                "Jobindsats' benchmark over et år."
            )
        ],
    )
    said = [prose("benchmark-tekst", text)] if (text := _of_own(moves[0], year)) else []
    return Subsection(title=BENCHMARK, blocks=(numbers, *said))


def _between(read: Reading, area: Area, year: Period) -> Movement:
    was, now = read(EXPECTED, ALL, area, year), read(ACTUAL, ALL, area, year)
    return Movement(area, was, now, absolute_change(was, now), pct_change(was, now))


def _of_own(own: Movement, year: Period) -> str:
    """The municipality's actual number beside the expected one; empty where either is no number."""
    if not own.change.is_number:
        return ""
    level = f"{in_period(year)} var der {counted(own.now)} på offentlig forsørgelse {own.area.stedsform}"
    wait = "kommunens rammevilkår giver grund til at vente"
    if not own.change.printed:
        return sentences(level, f"det er lige så mange, som {wait}")
    known = own.before.printed >= SMALL_BASE and own.change_pct.printed
    pct = f" ({pct_size(own.change_pct)})" if known else ""
    return sentences(level, f"det er {more_or_fewer(own.change)}{pct}, end {wait}")
