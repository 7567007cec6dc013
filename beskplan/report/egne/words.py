"""A section of one's own numbers in words: how many in all, when most and fewest, and how it ended."""

from __future__ import annotations

from decimal import Decimal

from beskplan.blocks.text.language import as_sentence, capital, in_period, list_danish
from beskplan.core.numbers import NBSP, format_number
from beskplan.indicators.quantities import ABSENT_TEXT
from beskplan.indicators.targets import Point
from beskplan.report.egne.section import Section

_PER = {"M": "om måneden", "Q": "i kvartalet", "QMAT": "i perioden", "Y": "om året"}
_MOST_NAMED = 2
"""More periods than this with the same extreme number are no news."""


def told(section: Section) -> tuple[str, ...]:
    """The section in sentences; empty where fewer than two numbers can be told."""
    if len(section.known) < 2:
        return ()
    found = (_in_all(section), _extremes(section), _ending(section), missing(section))
    return tuple(as_sentence(sentence) for sentence in found if sentence)


def message(section: Section) -> str:
    """What a figure of the section says, without full stop."""
    first, last = section.known[0], section.known[-1]
    place = section.own.area.stedsform
    if section.counts:
        what = f"Der var {_with_noun(section, last)} {place} {in_period(last.period)}"
        return f"{what} mod {first.quantity.text()} {in_period(first.period)}"
    what = f"{capital(section.afsnit.emne)} {place}: {_with_noun(section, last)}"
    return f"{what} {in_period(last.period)} mod {first.quantity.text()} {in_period(first.period)}"


def _with_noun(section: Section, point: Point) -> str:
    noun = section.afsnit.emne if section.counts else _short_unit(section)
    return f"{point.quantity.text()}{NBSP}{noun}"


def _short_unit(section: Section) -> str:
    return "pct." if section.unit.startswith("pct.") else section.unit


def _in_all(section: Section) -> str:
    whole = section.sum
    if whole is None:
        return ""
    mean = format_number(whole.exact / Decimal(len(section.periods)), 1)
    return (
        f"fra {section.span} var der i alt {whole.text()}{NBSP}{section.afsnit.emne} "
        f"{section.own.area.stedsform}, i gennemsnit {mean} {_PER[section.periods[0].kind]}"
    )


def _extremes(section: Section) -> str:
    values = [point.quantity.printed for point in section.known]
    if min(values) == max(values):
        return f"tallet var det samme hele vejen: {section.known[0].quantity.text()}"
    high, low = ("flest", "færrest") if section.counts else ("højest", "lavest")
    parts = [
        f"{word} {_when(points)}"
        for word, points in ((high, _at(section, max(values))), (low, _at(section, min(values))))
        if len(points) <= _MOST_NAMED
    ]
    if not parts:
        return ""
    return f"{'der var' if section.counts else 'tallet var'} {list_danish(parts)}"


def _at(section: Section, value: Decimal) -> list[Point]:
    return [point for point in section.known if point.quantity.printed == value]


def _when(points: list[Point]) -> str:
    """`i marts 2026 (18)`, `i marts 2026 og maj 2026 (18)`."""
    first, *others = (point.period for point in points)
    periods = list_danish([in_period(first), *(one.text for one in others)])
    return f"{periods} ({points[0].quantity.text()})"


def _ending(section: Section) -> str:
    first, last = section.known[0], section.known[-1]
    subject = "der" if section.counts else "tallet"
    now = f"{in_period(last.period)} var {subject} {_with_noun(section, last)}"
    change = last.quantity.printed - first.quantity.printed
    if change == 0:
        return f"{now}, det samme som {in_period(first.period)}"
    words = ("flere", "færre") if section.counts else ("højere", "lavere")
    unit = "" if section.counts else f"{NBSP}{_gap_unit(section)}"
    size = f"{format_number(abs(change), last.quantity.decimals)}{unit}"
    return f"{now}, {size} {words[change < 0]} end {in_period(first.period)}"


def _gap_unit(section: Section) -> str:
    return "procentpoint" if section.unit.startswith("pct.") else section.unit


def missing(section: Section) -> str:
    """Which numbers are kept back, and which the source does not have."""
    clauses = []
    for state, words in (
        ("withheld", ("fortroligt", "fortrolige")),
        ("absent", (ABSENT_TEXT,) * 2),
    ):
        pairs = zip(section.periods, section.own.values, strict=True)
        periods = [period.text for period, value in pairs if value.state == state]
        if periods:
            noun = "tallene" if len(periods) > 1 else "tallet"
            clauses.append(f"{noun} for {list_danish(periods)} er {words[len(periods) > 1]}")
    return ", og ".join(clauses)
