"""What a target asks for and how it stands, in words: the same in table, text and figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final

from beskplan.blocks.tables import STATE_NOTES
from beskplan.blocks.text.language import as_sentence, in_period, list_danish, place_noun
from beskplan.core.numbers import NBSP, format_number
from beskplan.indicators.followup import FollowUp, Reason, direction_of
from beskplan.indicators.quantities import ABSENT_TEXT, WITHHELD_TEXT, Quantity
from beskplan.indicators.scenarios import Step, official_course, scenarios
from beskplan.indicators.targets import Point, Series, decimals_of, is_met
from beskplan.params import maal
from beskplan.registers.areas import Area
from beskplan.report.resultatmaal_tal import FollowedTarget
from beskplan.report.shared_blocks import sentences, small

REASONS: Final[dict[Reason, str]] = {
    "qualitative": "Målet er kvalitativt og kan ikke vurderes ud fra tal.",
    "named_only": "Målet er nævnt uden et niveau.",
    "forecast": "Tallet er en prognose og ikke et mål.",
    "awaiting_level": "Niveauet er ikke fastsat endnu.",
    "awaiting_baseline": "Datagrundlaget har ikke tallet for udgangspunktet.",
    "no_baseline": "Der er ikke noget udgangspunkt at måle vejen mod målet fra.",
    "baseline_withheld": "Udgangspunktet er fortroligt.",
    "not_measured": "Datagrundlaget har ingen tal, der måler målet.",
    "no_data": "Datagrundlaget har ingen tal for området.",
    "withheld": "Det tal, som målet skal vurderes på, er fortroligt.",
    "ended_early": "Tallene slutter, før målet kan vurderes.",
    "not_begun": "De nyeste tal er fra før planåret.",
    "own_only": "Målet er sat efter kommunens størrelse og vurderes ikke for andre områder.",
    "no_comparison": "Et af de tal, som der skal sammenlignes med, mangler.",
}
"""Why a target cannot be judged, as a sentence."""

STATUS_WORDS: Final = {
    "reached": "Nået",
    "on_track": "På vej",
    "behind": "Bagud",
    "missed": "Ikke nået",
    "unknown": "Kan ikke vurderes",
}
_LEVEL_WORDS = {"at_most": "højst", "at_least": "mindst", "exactly": ""}
_SINGULAR = {
    "aftaler": "aftale",
    "borgere": "borger",
    "forløb": "forløb",
    "fuldtidspersoner": "fuldtidsperson",
    "helårspersoner": "helårsperson",
    "måneder": "måned",
    "personer": "person",
    "sager": "sag",
    "uger": "uge",
    "virksomheder": "virksomhed",
}
"""A unit after 1; any other unit is the same in singular and plural."""


def status_word(own: FollowUp) -> str:
    """The status as a word: `Nået`, `På vej`, `Bagud`, `Ikke nået`, `Kan ikke vurderes`."""
    return STATUS_WORDS["missed" if own.status == "behind" and own.final else own.status]


def with_unit(quantity: Quantity, unit: str = "") -> str:
    """`299 helårspersoner`, `12,5 pct.`; the bare word where there is no number."""
    if not quantity.is_number:
        return quantity.text()
    return f"{quantity.text()}{NBSP}{_inflected(unit or quantity.unit, quantity.printed)}"


def _inflected(unit: str, number: Decimal) -> str:
    return _SINGULAR.get(unit, unit) if abs(number) == 1 else unit


def short_name(area: Area) -> str:
    """`Rudersdal`, `RAR Hovedstaden`, `hele landet`: an area in a list."""
    return area.navn if area.kind == "kommune" else place_noun(area)


def asked(target: maal.Target, own: FollowUp) -> str:
    """What the target asks for: `højst 12,5 pct.`, `fald på 10 pct. til højst 299 helårspersoner`.

    The level stands beside a change only where the baseline is known.
    """
    if own.reason == "own_only":
        return "gælder kun kommunen"
    found = _ASKED.get(type(target), _level)
    return found(target, own)


def _asked_country(_: maal.Landsgennemsnit, own: FollowUp) -> str:
    known = f" ({with_unit(own.level)})" if own.level is not None else ""
    return f"mindst som landsgennemsnittet{known}"


def _asked_quality(_: maal.Kvalitativ, own: FollowUp) -> str:
    return "kvalitativt mål" if own.level is None else f"{with_unit(own.level)} (alle)"


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
    maal.Kvalitativ: _asked_quality,
    maal.Naevnt: _asked_named,
}
"""How each kind of target says what it asks for; all others have a plain level."""


def forecast_course(target: maal.Prognose) -> Series:
    """The levels of an official forecast, as printed."""
    start = Point(
        target.start.periode, Quantity(target.start.niveau, 0, target.enhed, origin=("plan",))
    )
    steps = [Step(step.periode, step.niveau, step.vaekst_pct) for step in target.forloeb]
    return official_course(start, steps, target.afrund_til)


def _level(target: maal.Target, own: FollowUp) -> str:
    if own.level is None:
        return ABSENT_TEXT
    word = _LEVEL_WORDS[direction_of(target)]
    return f"{word} {with_unit(own.level)}".strip()


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


def baseline_text(target: maal.Target, own: FollowUp) -> str:
    """`332 (december 2018)`; the plan's own words where it names no period."""
    if isinstance(target, maal.Prognose):
        return dated(forecast_course(target)[-2])
    if own.baseline is not None:
        return dated(own.baseline)
    named = target.udgangspunkt
    return named.ord if named is not None and named.ord else "intet"


def newest_text(target: maal.Target, own: FollowUp) -> str:
    """The number that counts, with its period; `intet` where no number is asked for.

    A target for every single month is judged on its lowest one, which is said to be that.
    """
    if own.reason in ("qualitative", "named_only"):
        return "intet"
    text = dated(own.latest)
    lowest = isinstance(target, maal.AntalPrMaaned) and own.status != "unknown"
    return f"laveste måned: {text}" if lowest else text


def state_notes(texts: Iterable[str]) -> list[str]:
    """What a table says of cells that begin with the word for a number that is not told."""
    words = {WITHHELD_TEXT: STATE_NOTES["withheld"], ABSENT_TEXT: STATE_NOTES["absent"]}
    return [note for word, note in words.items() if any(text.startswith(word) for text in texts)]


def dated(point: Point | None) -> str:
    """`311 (september 2019)`, `29 pct. (juli 2016)`; the word for absent where there is no point."""
    if point is None:
        return ABSENT_TEXT
    is_pct = point.quantity.is_number and point.quantity.unit.startswith("pct.")
    unit = f"{NBSP}pct." if is_pct else ""
    return f"{point.quantity.text()}{unit} ({point.period.text})"


def deadline_text(target: maal.Target) -> str:
    """The deadline: the plan's words where no period says it, else `december 2019` or `2019`."""
    return target.frist_ord or target.frist.text


_HAS_PACE = (
    maal.Relativ, maal.Absolut, maal.Procentpoint, maal.Niveau, maal.Andel, maal.FristMaaneder,
)  # fmt: skip
"""Targets with a level that stands still while the numbers move towards it."""


def verdict(followed: FollowedTarget) -> tuple[str, ...]:
    """The paragraphs on how the target stands: one, or two where the pace says where it leads."""
    if followed.own.status == "unknown":
        return (f"{_newest(followed)} {unknown_reason(followed)}".strip(),)
    first = sentences(_aim(followed), _number(followed), _judgement(followed.own, followed.target))
    return (first, *([pace] if (pace := _pace(followed)) else []))


def unknown_reason(followed: FollowedTarget) -> str:
    """Why the target cannot be judged, with the periods that it is about."""
    target, own = followed.target, followed.own
    if own.reason == "awaiting_level" and isinstance(target, maal.Opfoelgning):
        return f"Målet kan ikke vurderes endnu: niveauet fastsættes {target.niveau_fastsaettes}."
    if own.reason == "awaiting_baseline" and own.baseline is not None:
        return (
            f"Målet kan ikke vurderes endnu: udgangspunktet, {own.baseline.period.text}, "
            "findes ikke i datagrundlaget."
        )
    reason = REASONS[own.reason]
    if own.reason in ("qualitative", "named_only", "forecast"):
        return reason
    return f"Målet kan ikke vurderes: {small(reason)}"


def _newest(followed: FollowedTarget) -> str:
    """The newest number, or that it is withheld; empty where the source has none."""
    point = followed.own.latest
    if point is not None and point.quantity.state == "withheld":
        return as_sentence(f"det nyeste tal, for {point.period.text}, er {point.quantity.text()}")
    if point is None or not point.quantity.is_number:
        return ""
    return as_sentence(f"det nyeste tal er {with_unit(point.quantity)} {in_period(point.period)}")


def _number(followed: FollowedTarget) -> str:
    """The number that counts: `I september 2019 var tallet 311 …`."""
    latest, target = followed.own.latest, followed.target
    if latest is None:
        return ""
    when, number = in_period(latest.period), with_unit(latest.quantity)
    if isinstance(target, maal.AntalPrMaaned) and latest.period.kind == "M":
        return f"laveste måned er {latest.period.text} med {number}"
    if isinstance(target, maal.AntalIAaret) and latest.period.kind == "M":
        when, number = f"til og med {latest.period.text}", f"{number} i alt"
    return f"{when} var tallet {number}"


def _aim(followed: FollowedTarget) -> str:
    """`Målet er højst 299 …`."""
    target, words = followed.target, asked(followed.target, followed.own)
    match target:
        case maal.Retning():
            return f"målet er, at tallet {'falder' if target.retning == 'ned' else 'stiger'}"
        case maal.IkkeRingereEnd():
            return f"målet er en udvikling {words}"
        case maal.Landsgennemsnit():
            return f"målet er {words}"
    article = {"fald": "et ", "stigning": "en "}.get(words.partition(" ")[0], "")
    return f"målet er {article}{words} {in_period(target.frist)}"


def _judgement(own: FollowUp, target: maal.Target) -> str:
    if own.status == "reached":
        return "Målet er nået." if own.final or not own.path else "Målet er allerede nået."
    if own.final:
        return "Målet blev ikke nået."
    good = own.status == "on_track"
    if own.path is None or isinstance(target, maal.AntalPrMaaned | maal.RatePrMaaned):
        if good:
            return "Udviklingen opfylder målet indtil nu."
        return "Målet er ikke opfyldt indtil nu."
    side = "Udviklingen er på vej mod målet." if good else "Udviklingen er bagud."
    return (
        f"{as_sentence(f'på en jævn vej mod målet ville tallet være {with_unit(own.path)}')} {side}"
    )


def _pace(followed: FollowedTarget) -> str:
    """Where the pace of the last twelve months leads to by the deadline, and whether that is enough."""
    own, series, target = followed.own, followed.series, followed.target
    level = own.level
    if own.final or not series or series[-1].period.kind != "M" or level is None:
        return ""
    course = scenarios(series, target.frist).unchanged if isinstance(target, _HAS_PACE) else ()
    if not course or course[-1].period != target.frist.months()[-1]:
        return ""
    end = course[-1]
    enough = "" if is_met(end.quantity, level, direction_of(target)) else " ikke"
    held = "holder målet" if own.status == "reached" else "nås målet"
    return as_sentence(
        f"med samme tempo som de seneste tolv måneder er tallet {with_unit(end.quantity)} "
        f"{in_period(end.period)}, og så {held}{enough}"
    )
