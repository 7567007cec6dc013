"""The tables beside the benefits: Jobindsats's groups of recipients and benchmark, the unemployed by month.

They stand after the sections where the params ask for them and the data have the municipality's number.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from beskplan.blocks.model import Cell, Column, Row, Subsection, Table
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text import language
from beskplan.blocks.text.one_benefit import SMALL_BASE
from beskplan.core.danish import format_pct, list_danish
from beskplan.core.periods import Period, periods_between
from beskplan.indicators.quantities import Movement, movement, pct_change
from beskplan.params.models import Gruppetabel, Kilde
from beskplan.params.models import Maalgrupper as MaalgrupperParams
from beskplan.registers.areas import Area, in_force, merger_note
from beskplan.registers.benefits import benefit
from beskplan.registers.breaks import breaks_between
from beskplan.registers.indicators import ALL, INDICATORS, group
from beskplan.report import shared_blocks as shared
from beskplan.report.base import Context, Reading

EXPECTED, ACTUAL = "fuldtidspersoner_forventet", "fuldtidspersoner_faktisk"
BENCHMARK = "Forventet og faktisk antal på offentlig forsørgelse"
OLDEST_BENCHMARK = 4
"""Of so many rolling years the newest known one is shown: the benchmark comes later than the months."""
MONTHS_AFTER, MONTHS_SHOWN = 12, 3
"""The newest month is looked for so long after the quarter, and so many months up to it are shown."""


def supplements(
    context: Context, asked: MaalgrupperParams, references: Sequence[Area], kilde: Kilde
) -> Iterator[tuple[str, Subsection | None]]:
    """Make each table that the params ask for of a source, by its subject; None where the data lack it."""
    areas = (context.kommune, *references)
    if kilde == "statbank":
        yield from _of_months(context, asked, areas)
        return
    for name, one in asked.tillaeg.items():
        yield group(one.gruppe).navn, _of_group(context, name, one, areas, asked)
    if asked.benchmark:
        yield shared.small(BENCHMARK), _benchmark(context, areas, asked.periode)


def _of_months(
    context: Context, asked: MaalgrupperParams, areas: Sequence[Area]
) -> Iterator[tuple[str, Subsection | None]]:
    """The newest months of each count of the unemployed; of a later one the months after those before it."""
    first = asked.periode.quarter.months()[0]
    for maal in asked.ledige:
        read, spec = Reading(context.data), INDICATORS[maal]
        last = asked.periode.quarter.months()[-1].shift(MONTHS_AFTER)
        there = (
            one
            for one in reversed(periods_between(first, last))
            if read(maal, ALL, context.kommune, one).state != "absent"
        )
        if (newest := next(there, None)) is not None:
            shown = periods_between(max(first, newest.shift(1 - MONTHS_SHOWN)), newest)
            # A region that ends between the quarter and the month is its successor's then.
            then = tuple(dict.fromkeys(in_force(one, newest.first_day) for one in areas))
            # Of an area that the sections have too the page has told.
            formed = [one for one in then if one not in areas and merger_note(one)]
            yield shared.small(spec.name), _unemployed(read, maal, shown, then, formed)
            first = newest.next
        elif maal == asked.ledige[0]:
            yield shared.small(spec.name), None
        if first > last:
            return


def _unemployed(
    read: Reading,
    maal: str,
    months: Sequence[Period],
    areas: Sequence[Area],
    formed: Sequence[Area],
) -> Subsection:
    """The months in every area that has the newest one, and the change over the year to it.

    `formed` are the areas that others became since.
    """
    spec, own, was = INDICATORS[maal], areas[0], months[-1].year_before()
    # A preliminary count may have the newest months alone.
    over_a_year = read(maal, ALL, own, was).state != "absent"
    shown = [*([was] if over_a_year else []), *months]

    def number(month: Period) -> shared.Shows:
        return lambda move: read(maal, ALL, move.area, month)

    numbers = ((area, [read(maal, ALL, area, one) for one in shown]) for area in areas)
    moves = [movement(area, of[0], of[-1]) for area, of in numbers if of[-1].state != "absent"]
    columns = [(f"m{one.index}-{one.year}", one.head, spec.unit, number(one)) for one in shown]
    if over_a_year:
        columns.append(("udvikling", "Udvikling i pct. over et år", "pct.", _pct))
    numbers_table = _of_areas(
        moves,
        columns,
        id=maal.replace("_", "-"),
        title=f"{spec.name} {language.in_places([move.area for move in moves])}",
        period=list_danish([one.text for one in shown]),
        sources=read.sources,
        notes=[
            f"»{spec.name}«: {spec.note}",
            *(f"»{one.navn}«: {merger_note(one).removeprefix(one.navn).strip()}" for one in formed),
        ],
    )
    how = " foreløbigt opgjort" if "foreloebig" in maal else ""
    said = _of_own(moves[0], months[-1], ("", language.in_period(was)), how) if over_a_year else ""
    return _with_text(spec.name, numbers_table, said)


def _of_areas(moves: Sequence[Movement], columns: Sequence[shared.ColumnOf], **words: Any) -> Table:
    """An area a row, the municipality first."""
    return shared.listing(
        moves,
        ("omraade", "Område"),
        columns,
        label=lambda move: move.area.navn,
        emphasis=lambda move: move is moves[0],
        area=lambda move: move.area.kode,
        unit=f"Antal {columns[0][2]}",
        **words,
    )


def _pct(move: Movement) -> Cell:
    return cell(move.change_pct, unit="%")


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
        rows.append(Row(label=language.capital(of.name(now.first_day)), cells=tuple(shown)))
        found = breaks_between(one.maal, ydelse, context.kommune.kode, before, now)
        breaks += [broken.note for broken in found]
        if level.is_number:
            with_share = one.andel and share.is_number
            pct = f" ({format_pct(share.exact, share.decimals)})" if with_share else ""
            told.append(f"{language.bare_count(level)} {who.of(of, now.last_day)}{pct}")
    if not rows:
        return None
    unit = INDICATORS[one.andel].unit if one.andel else "pct."
    counts = INDICATORS[one.maal].unit
    numbers = table(
        id=slug,
        title=f"{language.capital(who.navn)} {language.short_place(context.kommune)}",
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
        notes=[
            f"»{language.capital(who.navn)}«: {shared.small(who.definition(context.params.aar).text)}."
        ],
    )
    text = shared.sentences(
        f"{language.in_period(now)} var der {list_danish(told)}" if told else ""
    )
    made = _with_text(language.capital(who.navn), numbers, text)
    return made.model_copy(update={"blocks": (*made.blocks, shared.notes(f"{slug}-noter", breaks))})


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
    moves = [
        movement(area, read(EXPECTED, ALL, area, year), read(ACTUAL, ALL, area, year))
        for area in areas
    ]
    names = [INDICATORS[name].name for name in (EXPECTED, ACTUAL)]
    unit, wait = INDICATORS[ACTUAL].unit, "kommunens rammevilkår giver grund til at vente"
    numbers = _of_areas(
        [one for one in moves if one.area == kommune or one.now.state != "absent"],
        [
            ("forventet", names[0], unit, lambda move: move.before),
            ("faktisk", names[1], unit, lambda move: move.now),
            ("forskel", "Forskel", unit, lambda move: shared.signed_cell(move.change)),
            ("pct", "Forskel i pct.", "pct.", lambda move: shared.pct_cell(move.change_pct)),
        ],
        id="benchmark",
        title=f"{BENCHMARK} {language.short_place(kommune)}",
        period=year.text,
        sources=read.sources,
        notes=[
            f"»{names[0]}«: det antal, som {wait}. Beregnet i Jobindsats' benchmark over et år."
        ],
    )
    text = _of_own(moves[0], year, (" på offentlig forsørgelse", wait), comma=",")
    return _with_text(BENCHMARK, numbers, text)


def _with_text(title: str, numbers: Table, text: str) -> Subsection:
    told = [shared.prose(f"{numbers.id}-tekst", text)] if text else []
    return Subsection(title=title, blocks=(numbers, *told))


def _of_own(
    own: Movement, now: Period, words: tuple[str, str], how: str = "", comma: str = ""
) -> str:
    """The municipality's number beside another one; empty where either is no number.

    `words` say what people are on, and what the other number is.
    """
    if not own.change.is_number:
        return ""
    what, other = words
    level = f"{language.in_period(now)} var der{how} {language.counted(own.now)}{what} {own.area.stedsform}"
    if not own.change.printed:
        return shared.sentences(level, f"det er lige så mange{comma} som {other}")
    known = own.before.printed >= SMALL_BASE and own.change_pct.printed
    pct = f" ({language.pct_size(own.change_pct)})" if known else ""
    return shared.sentences(
        level, f"det er {language.more_or_fewer(own.change)}{pct}{comma} end {other}"
    )
