"""The section of one target: the plan's words, where it stands, its numbers beside others', its figure."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from beskplan.blocks.charts.line_chart import Level
from beskplan.blocks.model import (
    Cell,
    Column,
    Figure,
    Row,
    Source,
    Subsection,
    Subsections,
    Table,
)  # fmt: skip
from beskplan.blocks.tables import cell, figure, table
from beskplan.blocks.text.language import as_sentence, capital, in_period, in_places
from beskplan.core.danish import NBSP, format_number, list_danish
from beskplan.core.periods import Period, periods_between
from beskplan.indicators.followup import direction_of
from beskplan.indicators.forecast import LEAST_MONTHS, Scenarios, scenarios
from beskplan.indicators.quantities import WITHHELD_TEXT, Quantity, absolute_change, pct_change
from beskplan.indicators.targets import (
    Point,
    Series,
    by_period,
    is_met,
    known_points,
    month_number,
    value_at,
)
from beskplan.params import maal
from beskplan.registers.areas import Area
from beskplan.report import followed_target, shared_blocks
from beskplan.report.base import Context

LEAST_POINTS = 3
"""Two numbers are a sentence, not a curve."""
ACTUAL = "Opgjort"
BAND_LABEL = "Interval, 80 pct."
_EMPTY_COURSE = "–"
_EMPTY_COURSE_NOTE = f"»{_EMPTY_COURSE}«: kurven har ikke noget tal i perioden."
_GAP_WORDS = {"absent": "Kilden har ingen tal for", "withheld": "Tallene er fortrolige i"}
"""How the periods of a gap are told, by their state."""


def target_sections(
    context: Context,
    targets: Sequence[followed_target.FollowedTarget],
    *,
    id: str = "maalene",
    figures: bool = True,
) -> Subsections:
    """The targets, each under a heading of its own, with its figure unless told otherwise."""
    parts = tuple(_section(context, followed, targets, figures=figures) for followed in targets)
    return Subsections(id=id, parts=parts)


def _section(
    context: Context,
    followed: followed_target.FollowedTarget,
    targets: Sequence[followed_target.FollowedTarget],
    *,
    figures: bool,
) -> Subsection:
    target = followed.target
    reservations = [
        *target.forbehold,
        *(a_break.note for a_break in followed_target.breaks_within(context, followed)),
        *_unit_note(followed),
        *_shared_number(followed, targets),
    ]
    blocks = (
        shared_blocks.prose(
            f"{target.id}-tekst", f"Planens ord: »{target.tekst}«", *_verdict(followed)
        ),
        _table(context, followed),
        _figure(context, followed) if figures else None,
        (
            shared_blocks.prose(f"{target.id}-figur", followed.lost_figure, role="place")
            if followed.lost_figure
            else None
        ),
        shared_blocks.notes(f"{target.id}-noter", reservations) if reservations else None,
    )
    title = (
        followed.label if target.nr is None or not followed.is_counted else f"Mål {followed.label}"
    )
    return Subsection(title=title, blocks=tuple(block for block in blocks if block is not None))


def _unit_note(followed: followed_target.FollowedTarget) -> Iterator[str]:
    """Say that the target counts one thing and its number another."""
    wanted, point = getattr(followed.target, "enhed", ""), followed.own.latest
    if point is None or not wanted or wanted.startswith("pct."):
        return
    if wanted != (unit := point.quantity.unit) and not isinstance(
        followed.target, maal.Opfoelgning
    ):
        yield f"Målet er sat i {wanted}. Tallet er opgjort i {unit}."


def _shared_number(
    followed: followed_target.FollowedTarget, targets: Sequence[followed_target.FollowedTarget]
) -> Iterator[str]:
    """Say that another target is measured on the very same number."""
    measure = followed.target.maaling
    same = [f for f in targets if f is not followed and measure and f.target.maaling == measure]
    if same:
        yield f"Det samme tal bruges til {list_danish([f.label for f in same])}."


def _verdict(followed: followed_target.FollowedTarget) -> Iterator[str]:
    """Where we are, what is asked for and how far it is; then where the numbers are heading."""
    target, own = followed.target, followed.own
    if isinstance(target, maal.Prognose):
        yield followed_target.unknown_reason(followed)
        return
    reason = followed_target.unknown_reason(followed) if own.status == "unknown" else ""
    if own.reason in ("not_measured", "no_data"):
        # The number is there: it is the plan year's that is not.
        reason = followed_target.REASONS["not_begun"]
    yield shared_blocks.sentences(_newest(followed), _aim(followed), _judgement(followed), reason)
    if example_ := followed_target.example(followed):
        yield example_
    if pace := _pace(followed):
        yield pace
    printed = [one for one in target.planens_tal if own.latest is not None]
    for one in printed:
        number = format_number(one.vaerdi, one.decimaler)
        yield as_sentence(f"planen skriver også {number} {in_period(one.periode)}")
    known = known_points(followed.series or ())
    if 1 < len(known) < LEAST_POINTS:
        yield as_sentence(_development(known))


def _newest(followed: followed_target.FollowedTarget) -> str:
    """`Seneste kendte tal: 26 pct. (juli 2016)`; that it is withheld where it is."""
    point = followed.newest
    if point is None:
        return ""
    if point.quantity.state == "withheld":
        return f"tallet for {point.period.text} er {WITHHELD_TEXT}"
    if followed.own.final:
        return f"{in_period(point.period)} var tallet {followed_target.with_unit(point.quantity)}"
    text = followed_target.newest_text(followed)
    return text if ":" in text else f"seneste kendte tal: {text}"


_CHANGING = (maal.Relativ, maal.Absolut, maal.Procentpoint)


def _aim(followed: followed_target.FollowedTarget) -> str:
    """`Målet er 20 pct. i 2017. Tallet skal falde med 6 procentpoint`; empty where the level is set later."""
    target, own = followed.target, followed.own
    if isinstance(target, maal.Opfoelgning):
        return ""
    words, by = followed_target.asked(target, own), target.frist_ord or ""
    when = by if by.startswith(("i ", "inden ", "senest ")) else in_period(target.frist)
    if isinstance(target, maal.Retning):
        return f"målet er, at tallet {'falder' if target.retning == 'ned' else 'stiger'}"
    if isinstance(target, maal.IkkeRingereEnd | maal.Landsgennemsnit):
        article = "en udvikling " if isinstance(target, maal.IkkeRingereEnd) else ""
        return f"målet er {article}{words}"
    if isinstance(target, maal.Niveau) and target.niveau is None:
        aim = f"målet er, at tallet {in_period(target.frist)} er {words}"
    elif isinstance(target, _CHANGING) and own.level is not None and own.level.is_number:
        aim = f"målet er {words.rpartition(' til ')[2]} {when}"
        if own.baseline is not None:
            article = "en" if words.startswith("stigning") else "et"
            aim = f"{aim}, {article} {words.partition(' til ')[0]} fra {_dated(own.baseline)}"
    else:
        article = {"fald": "et ", "stigning": "en "}.get(words.partition(" ")[0], "")
        aim = f"målet er {article}{words} {when}"
    apart = followed_target.distance_text(followed)
    if own.final or apart == followed_target.NO_NUMBER:
        return aim
    if apart == "opfyldt":
        return f"{as_sentence(aim)} Tallet opfylder målet"
    subject = "Der" if apart.startswith("skal være") else "Tallet"
    return f"{as_sentence(aim)} {subject} {apart}"


def _dated(point: Point) -> str:
    return f"{point.quantity.text()} {in_period(point.period)}"


def _judgement(followed: followed_target.FollowedTarget) -> str:
    own, target = followed.own, followed.target
    if own.status == "unknown":
        return ""
    if own.status == "reached":
        return "Målet er nået." if own.final or not own.path else "Målet er allerede nået."
    if own.final:
        return "Målet blev ikke nået."
    good = own.status == "on_track"
    if own.path is None or isinstance(target, maal.AntalPrMaaned | maal.RatePrMaaned):
        return f"Målet er {'' if good else 'ikke '}opfyldt indtil nu."
    side = "Udviklingen er på vej mod målet." if good else "Udviklingen er bagud."
    way = f"på en jævn vej mod målet ville tallet være {followed_target.with_unit(own.path)}"
    return f"{as_sentence(way)} {side}"


_HAS_PACE = (
    maal.Relativ, maal.Absolut, maal.Procentpoint, maal.Niveau, maal.Andel, maal.FristMaaneder,
)  # fmt: skip
"""Targets with a level that stands still while the numbers move towards it."""


def _pace(followed: followed_target.FollowedTarget) -> str:
    """Where the pace of the last twelve months leads to by the deadline, and whether that is enough."""
    own, series, target = followed.own, followed.series, followed.target
    level = own.level
    if own.status == "unknown" or own.final or not series or level is None:
        return ""
    if series[-1].period.kind != "M" or not isinstance(target, _HAS_PACE):
        return ""
    course = scenarios(series, target.frist).unchanged
    if not course or course[-1].period != target.frist.months()[-1]:
        return ""
    end = course[-1]
    enough = "" if is_met(end.quantity, level, direction_of(target)) else " ikke"
    held = "holder målet" if own.status == "reached" else "nås målet"
    return as_sentence(
        f"med samme tempo som de seneste tolv måneder er tallet {followed_target.with_unit(end.quantity)} "
        f"{in_period(end.period)}, og så {held}{enough}"
    )


def _is_share(point: Point) -> bool:
    return point.quantity.unit.startswith("pct.")


def _development(known: Sequence[Point]) -> str:
    """`antallet steg fra 437 i april 2019 til 476 i april 2020`."""
    first, last = known[0], known[-1]
    unit = last.quantity.unit
    noun = "andelen" if _is_share(last) else "tallet" if unit == "uger" else "antallet"
    texts = [
        f"{p.quantity.text()}{f'{NBSP}pct.' if noun == 'andelen' else ''} {in_period(p.period)}"
        for p in (first, last)
    ]
    if first.quantity.printed == last.quantity.printed:
        return f"{noun} er uændret: {' og '.join(texts)}"
    verb = "steg" if last.quantity.printed > first.quantity.printed else "faldt"
    return f"{noun} {verb} fra {' til '.join(texts)}"


def _table(context: Context, followed: followed_target.FollowedTarget) -> Table | None:
    """The development beside that of the areas of comparison; None where there is none to set beside."""
    target, newest = followed.target, followed.own.latest
    if isinstance(target, maal.Prognose):
        return _forecast_table(followed, target)
    if newest is None or followed.series is None:
        return None
    start = _first_column(followed, newest)
    periods = (start, newest.period)
    areas = ((context.kommune, followed.series), *followed.others)
    rows = [_area_row(context, area, series, periods) for area, series in areas]
    shown = [area for (area, _), row in zip(areas, rows, strict=True) if row is not None]
    alone = len(shown) < 2
    if start == newest.period or (
        alone and len(known_points(followed.series or ())) >= LEAST_POINTS
    ):
        return None
    unit = newest.quantity.unit
    change = Column(
        id="aendring", label="Ændring", unit="procentpoint" if unit.startswith("pct.") else unit
    )
    if not (unit.startswith("pct.") or unit == "uger"):
        change = Column(id="aendring", label="Ændring i pct.", unit="pct.")
    return table(
        id=target.id,
        title=f"{target.hvad} {in_places(shown)}",
        unit=capital(unit),
        period=" til ".join(period.text for period in periods),
        columns=[
            Column(id="omraade", label="Område", kind="text"),
            Column(id="foer", label=periods[0].head, unit=unit),
            Column(id="nu", label=periods[1].head, unit=unit),
            change,
        ],
        rows=[row for row in rows if row is not None],
        sources=followed.number_sources,
    )


def _first_column(followed: followed_target.FollowedTarget, newest: Point) -> Period:
    """The baseline where the numbers have it, else a year before the newest, else their first."""
    series, base = followed.series or (), followed.own.baseline
    end = month_number(newest.period)
    if base is not None and month_number(base.period) < end and value_at(series, base.period):
        return base.period
    before = newest.period.year_before()
    return before if value_at(series, before) else series[0].period


def _area_row(
    context: Context, area: Area, series: Series, periods: tuple[Period, Period]
) -> Row | None:
    """One area's numbers in both periods; None where the source has neither."""
    was, now = (value_at(series, period) for period in periods)
    if was is None or now is None or was.state == now.state == "absent":
        return None
    relative = not (now.unit.startswith("pct.") or now.unit == "uger")
    change = (
        cell(pct_change(was, now), signed=True, unit="%")
        if relative
        else cell(absolute_change(was, now), signed=True)
    )
    own = area == context.kommune
    return Row(label=area.navn, area=area.kode, emphasis=own, cells=(cell(was), cell(now), change))


def _forecast_table(followed: followed_target.FollowedTarget, target: maal.Prognose) -> Table:
    """The levels of the official forecast and the change between the printed ones."""
    course = followed_target.forecast_course(target)
    changes = [
        f"{pct_change(before.quantity, now.quantity).text(signed=True)}{NBSP}%"
        for before, now in itertools.pairwise(course)
    ]
    lead = f"{target.opgoeres_i}, som trykt i " if target.opgoeres_i else ""
    return shared_blocks.listing(
        zip(course, ["udgangspunkt", *changes], strict=True),
        ("tidspunkt", "Tidspunkt"),
        [
            ("niveau", "Niveau", target.enhed, lambda one: one[0].quantity),
            ("aendring", "Ændring i pct.", "", lambda one: one[1]),
        ],
        label=lambda one: one[0].period.head,
        emphasis=lambda _: False,
        id=target.id,
        title=target.hvad,
        unit=capital(target.enhed),
        period=f"{course[0].period.text} til {course[-1].period.text}",
        sources=(Source(text=f"{lead}{followed.plan_source.text}"),),
    )


# --- the figure -------------------------------------------------------------------------------------


def _figure(context: Context, followed: followed_target.FollowedTarget) -> Figure | None:
    """The target's series with the courses that it may take; None for too few numbers."""
    target, series = followed.target, followed.series or ()
    known = known_points(followed.series or ())
    if len(known) < LEAST_POINTS:
        return None
    found = courses_of(followed)
    courses, level = [shared_blocks.Course(ACTUAL, series)], followed.own.level
    told = [*_gap_notes(series)]
    ends = None
    if found is not None:
        dashed = (
            ("Vej mod målet", found.path),
            ("Uændret tempo", found.unchanged),
            ("Fremskrivning", found.forecast),
        )
        courses += [
            shared_blocks.Course(name, points, dashed=True) for name, points in dashed if points
        ]
        level = None if found.path else level
        ends = (found.lower, found.upper) if found.forecast else None
        told += _course_notes(found, target.frist)
    unit, last = known[-1].quantity.unit, known[-1]
    level = level if level is not None and level.is_number else None
    decimals = max(last.quantity.decimals, level.decimals if level else 0)
    band = (BAND_LABEL, *ends) if ends else None
    numbers = _numbers_table(followed, courses, band)
    return figure(
        title=f"{target.hvad}: {followed_target.with_unit(last.quantity)} {in_period(last.period)}",
        subtitle=f"{capital(unit)}, {numbers.period}",
        alt=_alt(context, followed, courses[1:], known),
        svg=shared_blocks.line_drawing(
            courses,
            unit=unit,
            decimals=decimals,
            level=Level("Mål", level.printed) if level else None,
            band=band,
        ),
        data=numbers,
        notes=told,
    )


def courses_of(followed: followed_target.FollowedTarget) -> Scenarios | None:
    """The courses that a monthly series may take; None where it is none, or too short."""
    series = followed.series or ()
    if (
        len(known_points(followed.series or ())) < LEAST_POINTS
        or series[0].period.kind != "M"
        or not is_unbroken(series)
    ):
        return None
    return scenarios(series, followed.target.frist, followed.own.baseline, followed.own.level)


def is_unbroken(series: Series) -> bool:
    """Whether every period stands in it, with a number or without; a plan prints single points."""
    periods = [point.period for point in series]
    return periods == periods_between(periods[0], periods[-1])


def _gap_notes(series: Series) -> Iterator[str]:
    """The periods without a number: what is absent apart from what is withheld."""
    for state, words in _GAP_WORDS.items():
        periods = [point.period for point in series if point.quantity.state == state]
        if periods:
            yield f"{words} {list_danish(spans(periods))}. Kurven er afbrudt dér."


def spans(periods: Sequence[Period]) -> list[str]:
    """Neighbouring periods as one span: `marts 2026 til maj 2026`."""
    runs: list[list[Period]] = []
    for period in periods:
        if runs and runs[-1][-1].next == period:
            runs[-1].append(period)
        else:
            runs.append([period])
    return [run[0].text if len(run) == 1 else f"{run[0].text} til {run[-1].text}" for run in runs]


def _course_notes(found: Scenarios, deadline: Period) -> Iterator[str]:
    """Why there is no forecast towards the deadline, where there is none."""
    newest = found.actual[-1]
    if deadline.months()[-1] <= newest.period:
        return
    if not newest.quantity.is_number:
        withheld = newest.quantity.state == "withheld"
        why = f"er {newest.quantity.text()}" if withheld else "mangler"
        yield f"Der er ingen fremskrivning, fordi det seneste tal {why}."
    elif not found.forecast:
        needed = f"Den kræver tal for {LEAST_MONTHS} måneder i træk til og med den seneste."
        yield f"Der er ingen fremskrivning. {needed}"


def _alt(
    context: Context,
    followed: followed_target.FollowedTarget,
    courses: Sequence[shared_blocks.Course],
    known: Sequence[Point],
) -> str:
    """What the curve shows, where it starts and ends, its extremes, and where each course ends."""
    values = [point.quantity.printed for point in known]
    ends_at = {values[0], values[-1]}
    subject, unit = ("andelen", f"{NBSP}pct.") if _is_share(known[-1]) else ("tallet", "")
    extremes = [
        f"{word} med {point.quantity.text()}{unit} {in_period(point.period)}"
        for word, value in (("højest", max(values)), ("lavest", min(values)))
        if value not in ends_at
        for point in [next(p for p in known if p.quantity.printed == value)]
    ]
    ends = [
        f"{shared_blocks.small(course.label)} ender på {course.points[-1].quantity.text()} "
        f"{in_period(course.points[-1].period)}"
        for course in courses
    ]
    place = context.kommune.stedsform
    return shared_blocks.sentences(
        f"kurve over {shared_blocks.small(followed.target.hvad)} {place}",
        _development(known),
        f"{subject} var {list_danish(extremes)}" if extremes else "",
        list_danish(ends),
    )


def _numbers_table(
    followed: followed_target.FollowedTarget,
    courses: Sequence[shared_blocks.Course],
    band: tuple[str, Series, Series] | None,
) -> Table:
    """The numbers drawn: a row for each period, a column for each course and end of the interval."""
    named = [(course.label, course.points) for course in courses]
    if band:
        named += [(f"{band[0]}, nedre", band[1]), (f"{band[0]}, øvre", band[2])]
    by_course = [by_period(points) for _, points in named]
    periods = shared_blocks.periods_of(courses)
    unit = named[0][1][0].quantity.unit
    gaps = any(period not in course for course in by_course for period in periods)
    return table(
        id=followed.target.id,
        title=followed.target.hvad,
        unit=capital(unit),
        period=f"{periods[0].text} til {periods[-1].text}",
        columns=[
            Column(id="periode", label="Periode", kind="text"),
            *(
                Column(id=f"kurve-{number}", label=label, unit=unit)
                for number, (label, _) in enumerate(named, start=1)
            ),
        ],
        rows=[
            Row(label=period.head, cells=tuple(_course_cell(one.get(period)) for one in by_course))
            for period in periods
        ],
        sources=followed.sources,
        notes=[_EMPTY_COURSE_NOTE] if gaps else [],
    )


def _course_cell(quantity: Quantity | None) -> Cell:
    if quantity is None:
        return Cell(text=_EMPTY_COURSE)
    # A course of our own is no sum: the note on calculated sums would not fit it.
    return cell(replace(quantity, state="known") if quantity.state == "calculated" else quantity)
