"""One target of a plan: its numbers, read from the data and from the plan, and what is said of it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from beskplan.blocks.model import Source
from beskplan.blocks.text.language import capital, in_period, place_noun
from beskplan.core.danish import NBSP, format_number, list_danish
from beskplan.core.periods import MONTHS, Kind, Period, month, periods_between
from beskplan.indicators.followup import FollowUp, Measured, direction_of, follow_up, level_from
from beskplan.indicators.quantities import Quantity, absolute_change, share_pct
from beskplan.indicators.targets import Point, Series, decimals_of, is_met, month_number, total
from beskplan.observations.contract import Key
from beskplan.params import maal
from beskplan.params.maal import Maaling
from beskplan.registers.areas import Area
from beskplan.registers.areas import find as find_area
from beskplan.registers.benefits import Break
from beskplan.registers.breaks import breaks_between
from beskplan.registers.indicators import ALL
from beskplan.registers.provenance import PUBLISHED
from beskplan.report.base import Context
from beskplan.report.shared_blocks import WORDS, sentences, small

COUNTRY = "000"
NO_NUMBER = "intet tal"
"""The one word of the page for a number that nobody has; what is withheld has its own."""
_FINEST_FIRST: tuple[Kind, ...] = ("M", "Q", "QMAT", "Y")


@dataclass(frozen=True)
class FollowedTarget:
    """One target of the plan with its numbers, ready to be shown.

    Attributes:
        goal: The plan's goal that it belongs to.
        target: What the plan asks for.
        own: How it stands in the municipality.
        series: The municipality's numbers; None where nothing in the data measures it.
        others: The same numbers of the areas that the plan compares with.
        number_sources: Of the numbers.
        plan_source: The plan.
    """

    goal: maal.OverordnetMaal
    target: maal.Target
    own: FollowUp
    series: Series | None
    others: tuple[tuple[Area, Series], ...]
    number_sources: tuple[Source, ...]
    plan_source: Source

    @property
    def sources(self) -> tuple[Source, ...]:
        """The plan, which has the target, and where the newest numbers come from."""
        plan = self.plan_source.text
        texts = dict.fromkeys(_apart(source.text, plan) for source in self.number_sources)
        newest = [Source(text=text) for text in texts]
        newest[:1] = [Source(text=f"seneste tal: {one.text}") for one in newest[:1]]
        return (self.plan_source, *newest)

    @property
    def label(self) -> str:
        """The target's name with its number, or with whose it is: unique within a plan."""
        lead = self.target.nr or (f"{self.target.jobcenter}:" if self.target.jobcenter else "")
        return f"{lead} {self.target.hvad}".strip()

    @property
    def is_counted(self) -> bool:
        """Whether the plan has it among its targets: no forecast, survey, remark or group to follow."""
        other = isinstance(self.target, maal.Prognose | maal.Opfoelgning)
        return self.target.medregnes and not other

    @property
    def newest(self) -> Point | None:
        """The newest number, or withheld month, of the data; else the newest that the plan prints."""
        if self.own.latest is not None:
            return self.own.latest
        unit = getattr(self.target, "enhed", "pct.")
        printed = [
            Point(one.periode, Quantity(one.vaerdi, one.decimaler, unit, origin=("plan",)))
            for one in self.target.planens_tal
        ]
        baseline = self.own.baseline
        if baseline is not None and baseline.quantity.is_number:
            printed.append(baseline)
        return max(printed, key=lambda point: month_number(point.period), default=None)

    @property
    def has_numbers(self) -> bool:
        """Whether there is a number, a withheld month or an official forecast to tell of."""
        return self.newest is not None or isinstance(self.target, maal.Prognose)

    @property
    def lost_figure(self) -> str:
        """Which figure of the plan is lost, and what fills its place; empty where none is."""
        lost = self.target.figur
        if lost is None:
            return ""
        return (
            f"Planens {small(lost.nr or 'figur')} »{lost.billedtekst}« er ikke bevaret. Indlæs dens tal "
            f"({lost.enhed}), så bliver den tegnet."
        )


def _apart(source: str, plan: str) -> str:
    """A source of numbers without the plan that printed them: `OPUS LIS`."""
    system, _, printed_in = source.partition(", som trykt i ")
    return system if printed_in and plan.startswith(printed_in) else source


# --- reading --------------------------------------------------------------------------------------


def read_targets(context: Context) -> tuple[FollowedTarget, ...]:
    """Every target of the plan in its order, with its numbers.

    Raises:
        ValueError: the params hold no targets; that is checked before.
    """
    plan = context.params.maal
    if plan is None:
        raise ValueError("the params were not checked")
    return tuple(
        _followed(context, plan, goal, target)
        for goal in plan.overordnede
        for target in goal.resultatmaal
    )


def breaks_within(context: Context, followed: FollowedTarget) -> tuple[Break, ...]:
    """The breaks of the series between a target's baseline and the number it is judged on."""
    measure, start, end = followed.target.maaling, followed.own.baseline, followed.own.latest
    if measure is None or start is None or end is None or start.period.kind != end.period.kind:
        return ()
    if not start.period < end.period:
        return ()
    breaks = (
        breaks_between(measure.indikator, ydelse, context.kommune.kode, start.period, end.period)
        for ydelse in measure.ydelser or (ALL,)
    )
    return tuple(dict.fromkeys(one for some in breaks for one in some))


def _followed(
    context: Context, plan: maal.Maal, goal: maal.OverordnetMaal, target: maal.Target
) -> FollowedTarget:
    line = f"{plan.dokument}, linje {target.linje}" if plan.dokument and target.linje else ""
    pages = f", {plan.sider}" if plan.sider else ""
    plan_source = Source(text=f"{plan.kilde}{pages}", reference=line)
    year, measure = context.params.aar, target.maaling
    before = plan.status_pr or month(year - 1, 12)
    if measure is None:
        own = follow_up(target, Measured(None, before, {}), year)
        return FollowedTarget(goal, target, own, None, (), (), plan_source)
    kommune, beside = context.kommune, _areas_beside(context, plan, target)
    held_against = _areas_held_against(target)
    read = {
        area.kode: _until(read_series(context, measure, area), plan.status_pr)
        for area in dict.fromkeys((kommune, *beside, *held_against))
    }
    measured = Measured(
        series=read[kommune.kode],
        as_of=plan.status_pr or _newest(read.values()) or before,
        others={area.navn: read[area.kode] for area in held_against if area != kommune},
    )
    others = tuple((area, read[area.kode]) for area in beside)
    keys = [
        key for area in (kommune, *beside) for key in _series_keys(measure, area, read[area.kode])
    ]
    own = follow_up(target, measured, year)
    sources = context.data.sources(keys)
    return FollowedTarget(goal, target, own, read[kommune.kode], others, sources, plan_source)


def _areas_held_against(target: maal.Target) -> list[Area]:
    """The areas whose numbers the target itself names."""
    if isinstance(target, maal.Landsgennemsnit):
        return [find_area(COUNTRY)]
    if isinstance(target, maal.IkkeRingereEnd):
        return [find_area(name, kind="kommune") for name in target.kommuner]
    return []


def _areas_beside(context: Context, plan: maal.Maal, target: maal.Target) -> tuple[Area, ...]:
    names = plan.sammenlign_med if target.sammenlign_med is None else target.sammenlign_med
    areas = context.reference_areas(names, date(context.params.aar, 1, 1))
    named = _areas_held_against(target)
    return tuple(area for area in dict.fromkeys((*areas, *named)) if area != context.kommune)


def _until(series: Series, last: Period | None) -> Series:
    if last is None:
        return series
    return tuple(p for p in series if month_number(p.period) <= month_number(last))


def _newest(all_series: Iterable[Series]) -> Period | None:
    """The newest month that the source counts for any of the areas, withheld or not."""
    counted = (p for series in all_series for p in series if p.quantity.state != "absent")
    return max((point.period.months()[-1] for point in counted), default=None)


def read_series(context: Context, measure: Maaling, area: Area) -> Series:
    """One area's numbers in order, of the finest kind of period that the data hold.

    Several benefits are added up, and a share is taken of the sums; a period in which a part has no
    row has no number. Missing: empty where the data have nothing of the kind. A period between two
    others that has no row is absent, so that no line is drawn across it; a plan prints single points
    in time, and those stay as they are.
    """
    wanted = {(measure.indikator, ydelse, measure.gruppe) for ydelse in _benefits(measure)}
    rows = context.data.snapshot.rows_by_area.get(area.kode, {})
    sources = {key: row["source"] for key, row in rows.items() if key[:3] in wanted}
    every = {Period.parse(key[4]) for key in sources}
    finest = next((kind for kind in _FINEST_FIRST if any(p.kind == kind for p in every)), None)
    periods = sorted((p for p in every if p.kind == finest), key=lambda period: period.last_day)
    is_printed = any(source.startswith(PUBLISHED) for source in sources.values())
    if periods and not is_printed:
        periods = periods_between(periods[0], periods[-1])
    return tuple(Point(period, _value(context, measure, area, period)) for period in periods)


def _series_keys(measure: Maaling, area: Area, series: Series) -> list[Key]:
    """The keys of every row that a series was read from."""
    return [
        (measure.indikator, ydelse, measure.gruppe, area.kode, point.period.code)
        for point in series
        for ydelse in _benefits(measure)
    ]


def _benefits(measure: Maaling) -> tuple[str, ...]:
    """Every benefit that is read, once."""
    return tuple(dict.fromkeys((*(measure.ydelser or (ALL,)), *measure.i_pct_af)))


def _value(context: Context, measure: Maaling, area: Area, period: Period) -> Quantity:
    def read(ydelse: str) -> Quantity:
        return context.data.quantity(measure.indikator, ydelse, area.kode, period, measure.gruppe)

    parts = [read(ydelse) for ydelse in measure.ydelser or (ALL,)]
    count = parts[0] if len(parts) == 1 else total(tuple(parts))
    if not measure.i_pct_af:
        return count
    return share_pct(count, total(tuple(read(ydelse) for ydelse in measure.i_pct_af)))


# --- what the target asks for ---------------------------------------------------------------------


_LEVEL_WORDS = {"at_most": "højst", "at_least": "mindst", "exactly": ""}
_SINGULAR = WORDS["ental"]
"""A unit after 1; any other unit is the same in singular and plural."""


def with_unit(quantity: Quantity, unit: str = "") -> str:
    """`299 helårspersoner`, `12,5 pct.`; the bare word where there is no number."""
    if not quantity.is_number:
        return quantity.text()
    unit = "pct." if (unit or quantity.unit).startswith("pct.") else unit or quantity.unit
    return f"{quantity.text()}{NBSP}{_inflected(unit, quantity.printed)}"


def _inflected(unit: str, number: Decimal) -> str:
    return _SINGULAR.get(unit, unit) if 0 < abs(number) <= 1 else unit


def short_name(area: Area) -> str:
    """`Rudersdal`, `RAR Hovedstaden`, `hele landet`: an area in a list."""
    return area.navn if area.kind == "kommune" else place_noun(area)


def asked(target: maal.Target, own: FollowUp) -> str:
    """What the target asks for: `højst 12,5 pct.`, `fald på 10 pct. til højst 299 helårspersoner`.

    The level stands beside a change only where the baseline is known.
    """
    return _ASKED.get(type(target), _level)(target, own)


def _asked_country(_: maal.Landsgennemsnit, own: FollowUp) -> str:
    known = f" ({with_unit(own.level)})" if own.level is not None else ""
    return f"mindst som landsgennemsnittet{known}"


def _asked_named(target: maal.Naevnt, _: FollowUp) -> str:
    count = target.antal_maal
    return "intet niveau" if count is None else f"{count} mål uden angivet niveau"


_ASKED: Final[dict[type[maal.Target], Callable[[Any, FollowUp], str]]] = {
    maal.Relativ: lambda target, own: _change(target.aendring_pct, "pct.", own),
    maal.Absolut: lambda target, own: _change(target.aendring, target.enhed, own),
    maal.Procentpoint: lambda target, own: _change(target.aendring_pctpoint, "procentpoint", own),
    maal.Niveau: lambda target, own: (
        _as_baseline(target, own) if target.niveau is None else _level(target, own)
    ),
    maal.AntalPrMaaned: lambda target, own: f"{_level(target, own)} pr. måned",
    maal.RatePrMaaned: lambda target, own: f"{_level(target, own)} pr. måned",
    maal.Landsgennemsnit: _asked_country,
    maal.IkkeRingereEnd: lambda target, _: f"som {list_danish(target.kommuner)} eller bedre",
    maal.Retning: lambda target, _: f"skal {'falde' if target.retning == 'ned' else 'stige'}",
    maal.Opfoelgning: lambda target, _: f"fastsættes {target.niveau_fastsaettes}",
    maal.Prognose: lambda target, _: f"forventet {with_unit(forecast_course(target)[-1].quantity)}",
    maal.Kvalitativ: lambda _, own: (
        "beskrevet med ord" if own.level is None else f"{with_unit(own.level)} (alle)"
    ),
    maal.Naevnt: _asked_named,
}
"""How each kind of target says what it asks for; all others have a plain level."""


def forecast_course(target: maal.Prognose) -> Series:
    """The levels of an official forecast, as printed."""
    return tuple(
        Point(step.periode, Quantity(step.niveau, 0, target.enhed, origin=("plan",)))
        for step in (target.start, *target.forloeb)
    )


def _level(target: maal.Target, own: FollowUp) -> str:
    if own.level is None:
        return NO_NUMBER
    return f"{_LEVEL_WORDS[direction_of(target)]} {with_unit(own.level)}".strip()


def _change(change: Decimal, unit: str, own: FollowUp) -> str:
    noun = "stigning" if change > 0 else "fald"
    number = format_number(abs(change), decimals_of(change))
    size = f"{noun} på {number}{NBSP}{_inflected(unit, change)}"
    if own.level is None or not own.level.is_number:
        return size
    return f"{size} til {'mindst' if change > 0 else 'højst'} {with_unit(own.level)}"


def _as_baseline(target: maal.Niveau, own: FollowUp) -> str:
    """A level that is the baseline's own: `under niveauet i 2016`."""
    word = "under" if target.under else _LEVEL_WORDS[direction_of(target)] or "på"
    if own.level is not None and own.level.is_number:
        return f"{word} {with_unit(own.level)}"
    period = target.udgangspunkt.periode if target.udgangspunkt else None
    return f"{word} niveauet i {period.text}" if period else f"{word} udgangspunktet"


def deadline_text(target: maal.Target) -> str:
    """The deadline: the plan's words where no period says it, else `december 2019` or `2019`."""
    return target.frist_ord or target.frist.text


# --- where we are, and how far it is --------------------------------------------------------------


def newest_text(followed: FollowedTarget) -> str:
    """The number that counts, with its unit and period; the word for none where there is none."""
    point, target = followed.newest, followed.target
    if isinstance(target, maal.Prognose):
        point = forecast_course(target)[0]  # what follows it is expected
    if point is None:
        return NO_NUMBER
    text, when = with_unit(point.quantity), point.period.text
    if followed.own.status != "unknown" and point.period.kind == "M":
        so_far = f"januar {point.period.year} til {when}"
        match target:
            case maal.AntalPrMaaned():
                return f"laveste måned: {text} ({when})"
            case maal.AntalIAaret():
                return f"{text} i alt ({so_far})"
            case maal.RatePrMaaned():
                return f"{text} i gennemsnit ({so_far})"
    return f"{text} ({when})"


def distance(followed: FollowedTarget) -> Quantity | None:
    """How far the newest number is from the level; None where it meets it or one is not known."""
    point, level = followed.newest, followed.own.level
    if point is None or level is None or not (point.quantity.is_number and level.is_number):
        return None
    if _meets(followed, point.quantity, level):
        return None
    ends = sorted((level, replace(point.quantity, unit=level.unit)), key=lambda one: one.printed)
    return absolute_change(*ends)


def _meets(followed: FollowedTarget, number: Quantity, level: Quantity) -> bool:
    strict = isinstance(followed.target, maal.Niveau) and followed.target.under
    return is_met(number, level, direction_of(followed.target), strict=strict)


def distance_text(followed: FollowedTarget) -> str:
    """`skal falde med 6 procentpoint`, `skal være 12 færre`, `opfyldt`, or that it is not known."""
    apart, point, level = distance(followed), followed.newest, followed.own.level
    if point is None or level is None or not (point.quantity.is_number and level.is_number):
        return NO_NUMBER
    if apart is None:
        return "opfyldt"
    if apart.exact == 0:
        return "skal under niveauet"
    up = level.printed > point.quantity.printed
    is_share = level.unit.startswith("pct.")
    if is_share or level.unit in ("uger", "måneder"):
        unit = "procentpoint" if is_share else ""
        return f"skal {'stige' if up else 'falde'} med {with_unit(apart, unit)}"
    return f"skal være {apart.text()} {'flere' if up else 'færre'}"


STATUS_WORDS: Final[dict[str, str]] = WORDS["maal_status"]
"""How a target stands, in the order of the boxes."""
_WITHOUT_NUMBER = ("qualitative", "named_only")
_MONTH = re.compile(rf"i ((?:{'|'.join(MONTHS)}) \d{{4}})$")


def status_key(own: FollowUp) -> str:
    """How a target stands: a key of `STATUS_WORDS`."""
    if own.status == "behind" and own.final:
        return "missed"
    if own.status != "unknown":
        return own.status
    if own.reason in ("withheld", "baseline_withheld"):
        return "withheld"
    if own.reason in _WITHOUT_NUMBER:
        return "no_number"
    return "level_later" if own.reason == "awaiting_level" else "waiting"


def status_word(followed: FollowedTarget) -> str:
    """The status as a word: `Nået`, `Får måltal i marts 2021`; what it is where it is no target."""
    target = followed.target
    if not followed.is_counted and not isinstance(target, maal.Opfoelgning):
        return capital(target.rolle)
    word = STATUS_WORDS[status_key(followed.own)]
    if isinstance(target, maal.Opfoelgning) and followed.own.reason == "awaiting_level":
        when = _MONTH.search(target.niveau_fastsaettes)
        return f"{word} {when[0] if when else 'senere'}"
    return word


REASONS: Final[dict[str, str]] = WORDS["maal_grunde"]
"""Why a target cannot be judged, as a sentence."""


def unknown_reason(followed: FollowedTarget) -> str:
    """Why the target cannot be judged, with the periods that it is about."""
    target, own = followed.target, followed.own
    if isinstance(target, maal.Opfoelgning):
        return f"Måltallet fastsættes {target.niveau_fastsaettes}."
    if own.reason == "awaiting_baseline" and own.baseline is not None:
        when = in_period(own.baseline.period)
        return f"Målet kan først vurderes, når vi har tallet for udgangspunktet {when}."
    return REASONS[own.reason]


def example_level(followed: FollowedTarget) -> Quantity | None:
    """What an open level would be, were its baseline as the newest number; None where it is not open."""
    base, point = followed.own.baseline, followed.newest
    if followed.own.reason != "awaiting_baseline" or base is None or point is None:
        return None
    if not point.quantity.is_number or month_number(point.period) > month_number(base.period):
        return None
    return level_from(followed.target, point.quantity)


def example(followed: FollowedTarget) -> str:
    """`Var niveauet i december 2018 som i 2017 (332), er målet højst 299 …`; empty where none is open."""
    level, base, point = example_level(followed), followed.own.baseline, followed.newest
    if level is None or base is None or point is None:
        return ""
    under = isinstance(followed.target, maal.Niveau) and followed.target.under
    word = "under" if under else _LEVEL_WORDS[direction_of(followed.target)]
    return sentences(
        f"var niveauet {in_period(base.period)} som {in_period(point.period)} "
        f"({point.quantity.text()}), er målet {f'{word} {with_unit(level)}'.strip()}"
    )
