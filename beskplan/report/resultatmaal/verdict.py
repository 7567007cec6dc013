"""A target's status in sentences, for the section about it."""

from __future__ import annotations

from beskplan.blocks.text.language import as_sentence, in_period
from beskplan.indicators.followup import FollowUp, direction_of
from beskplan.indicators.quantities import Quantity
from beskplan.indicators.scenarios import scenarios
from beskplan.indicators.targets import Point, is_met
from beskplan.params import maal
from beskplan.report.resultatmaal.standing import Standing
from beskplan.report.resultatmaal.words import REASONS, asked, with_unit

_HAS_PACE = (
    maal.Relativ, maal.Absolut, maal.Procentpoint, maal.Niveau, maal.Andel, maal.FristMaaneder,
)  # fmt: skip
"""Targets with a level that stands still while the numbers move towards it."""


def verdict(standing: Standing) -> tuple[str, ...]:
    """The paragraphs on how the target stands: one, or two where the pace says where it leads."""
    own = standing.own
    if own.status == "unknown":
        return (" ".join([*_newest(standing), unknown_reason(standing)]),)
    first = [_now(standing), _judged(standing)]
    return (" ".join(filter(None, first)), *filter(None, [_pace(standing)]))


def unknown_reason(standing: Standing) -> str:
    """Why the target cannot be judged, with the periods that it is about."""
    target, own = standing.target, standing.own
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
    return f"Målet kan ikke vurderes: {reason[0].lower()}{reason[1:]}"


def _newest(standing: Standing) -> list[str]:
    point = standing.own.latest
    if point is not None and point.quantity.state == "withheld":
        return [as_sentence(f"det nyeste tal, for {point.period.text}, er {point.quantity.text()}")]
    if point is None or not point.quantity.is_number:
        return []
    return [as_sentence(f"det nyeste tal er {_value(point)} {in_period(point.period)}")]


def _now(standing: Standing) -> str:
    """The aim and the number: `Målet er højst 299 … I september 2019 var tallet 311 …`."""
    own = standing.own
    aim = as_sentence(_aim(standing))
    if own.latest is None:
        return aim
    when, number = in_period(own.latest.period), _value(own.latest)
    if isinstance(standing.target, maal.AntalPrMaaned) and own.latest.period.kind == "M":
        return f"{aim} {as_sentence(f'laveste måned er {own.latest.period.text} med {number}')}"
    if isinstance(standing.target, maal.AntalIAaret) and own.latest.period.kind == "M":
        when, number = f"til og med {own.latest.period.text}", f"{number} i alt"
    return f"{aim} {as_sentence(f'{when} var tallet {number}')}"


def _aim(standing: Standing) -> str:
    target, words = standing.target, asked(standing.target, standing.own)
    match target:
        case maal.Retning():
            return f"målet er, at tallet {'falder' if target.retning == 'ned' else 'stiger'}"
        case maal.IkkeRingereEnd():
            return f"målet er en udvikling {words}"
        case maal.Landsgennemsnit():
            return f"målet er {words}"
    article = {"fald": "et ", "stigning": "en "}.get(words.partition(" ")[0], "")
    return f"målet er {article}{words} {in_period(target.frist)}"


def _judged(standing: Standing) -> str:
    own = standing.own
    if own.status == "reached":
        return "Målet er nået." if own.final or not own.path else "Målet er allerede nået."
    if own.final:
        return "Målet blev ikke nået."
    if own.path is None or isinstance(standing.target, maal.AntalPrMaaned | maal.RatePrMaaned):
        good = own.status == "on_track"
        return (
            "Udviklingen opfylder målet indtil nu." if good else "Målet er ikke opfyldt indtil nu."
        )
    there = f"på en jævn vej mod målet ville tallet være {with_unit(own.path)}"
    side = (
        "Udviklingen er på vej mod målet." if own.status == "on_track" else "Udviklingen er bagud."
    )
    return f"{as_sentence(there)} {side}"


def _pace(standing: Standing) -> str:
    """Where the pace of the last twelve months leads to by the deadline, and whether that is enough."""
    own, series, target = standing.own, standing.series, standing.target
    level = own.level
    if own.final or not series or series[-1].period.kind != "M" or level is None:
        return ""
    if not isinstance(target, _HAS_PACE):
        return ""
    course = scenarios(series, target.frist).unchanged
    if not course or course[-1].period != target.frist.months()[-1]:
        return ""
    return _pace_sentence(target, course[-1], level, own)


def _pace_sentence(target: maal.Target, end: Point, level: Quantity, own: FollowUp) -> str:
    enough = is_met(end.quantity, level, direction_of(target))
    held = "holder målet" if own.status == "reached" else "nås målet"
    return as_sentence(
        f"med samme tempo som de seneste tolv måneder er tallet {with_unit(end.quantity)} "
        f"{in_period(end.period)}, og så {held}{'' if enough else ' ikke'}"
    )


def _value(point: Point) -> str:
    return with_unit(point.quantity)
