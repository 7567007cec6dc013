"""The words of a figure: its message as a title, and its text for those who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from beskplan.blocks.text.comparison import (
    Case,
    Relation,
    Story,
    meanwhile,
    near_to_far,
    without_pct,
)
from beskplan.blocks.text.language import (
    as_sentence,
    capital,
    in_period,
    list_danish,
    place_noun,
    short_place,
)
from beskplan.blocks.text.movement import (
    PAST,
    Topic,
    change_words,
    has_pct,
    how_unchanged,
    pct_direction,
    size_in_pct,
)
from beskplan.core.periods import Period, span_text
from beskplan.indicators.quantities import Movement, Quantity
from beskplan.registers.benefits import Benefit

_PRESENT = {"up": "stiger", "down": "falder", "same": "er stort set uændret"}
_NUMBERS = {2: "to", 3: "tre", 4: "fire"}
_MOST_NAMED = 2
"""More areas than this make no short title: the nearest one stands for them."""


def figure_title(
    ydelse: Benefit,
    before: Period,
    now: Period,
    own: Movement,
    references: Sequence[Movement],
    *,
    group: str = "",
) -> str:
    """The message of a figure of changes, without full stop.

    `A-dagpenge stiger mere i Rudersdal end i RAR Hovedstaden og Østdanmark`. References about which
    the same can be said are named together; else only the nearest.
    Missing: without an own change to speak of, the title names benefit and places only.
    The arguments are those of `commentary`.
    """
    topic = Topic(ydelse, before, now, own.now.unit, group=group)
    case = Case(topic, own, near_to_far(own, references))
    name, here = _subject(topic), short_place(own.area)
    relations = [one for one in case.relations if one.kind != "unknown"]
    if case.story in (Story.MISSING, Story.NO_PAST):
        return f"{name} {here}, {now.text}"
    if case.story in (Story.UNCHANGED, Story.BARELY):
        degree = how_unchanged(own)
        return f"{capital(degree)} antal {topic.receiving} {here}"
    verb = _PRESENT[change_words(own).direction]
    if not relations:
        return f"{name} {verb} {here}"
    return f"{name} {verb} {_beside(here, relations)}"


def _subject(topic: Topic) -> str:
    """The benefit as it begins a title; several at once, for a group, are just benefits."""
    name = topic.benefit.name(topic.now.last_day)
    if topic.group:
        name = f"{'ydelser' if topic.benefit.is_composite else name} til {topic.group}"
    return capital(name)


def _beside(here: str, relations: Sequence[Relation]) -> str:
    """`mere i Rudersdal end i RAR Hovedstaden`: what the verb is followed by."""
    alongside = {one.kind for one in relations} == {"equal", "in_step"}
    side = "på linje" if alongside else _side(relations[0])
    alike = [one for one in relations if alongside or _side(one) == side]
    named = alike if len(alike) == len(relations) <= _MOST_NAMED else alike[:1]
    areas = [one.reference.area for one in named]
    there = list_danish([short_place(area) for area in areas])
    if len({short_place(area).partition(" ")[0] for area in areas}) == 1:
        there = f"{there.partition(' ')[0]} {list_danish([place_noun(area) for area in areas])}"
    if side in ("mere", "mindre"):
        return f"{side} {here} end {there}"
    if side == "lige så meget":
        return f"{side} {here} som {there}"
    if side == "på linje":
        return f"{here} på linje med {list_danish([place_noun(area) for area in areas])}"
    other = _PRESENT[pct_direction(relations[0].reference)]
    return f"{here}, men {other} {there}"


def _side(relation: Relation) -> str:
    return {
        "larger": "mere",
        "smaller": "mindre",
        "equal": "lige så meget",
        "in_step": "på linje",
    }.get(relation.kind, pct_direction(relation.reference))


def figure_alt_bars(
    ydelse: Benefit,
    before: Period,
    now: Period,
    own: Movement,
    references: Sequence[Movement],
    *,
    group: str = "",
) -> str:
    """Alternative text for bars of the areas' changes in per cent, in two or three sentences.

    Kind and content; the own area from start to end, with its place among the areas; the others.
    Missing: an area without a per cent is named with the reason. Arguments: as `commentary`.
    """
    topic = Topic(ydelse, before, now, own.now.unit, group=group)
    others = near_to_far(own, references)
    areas = list_danish([place_noun(one.area) for one in (own, *others)])
    what = f"{topic.number} {span_text(before, now)}"
    sentences = [
        f"Liggende søjler med ændringen i pct. i {what} for {areas}.",
        _own_bar(topic, own, others),
        meanwhile(others),
        without_pct(topic, others),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _own_bar(topic: Topic, own: Movement, others: Sequence[Movement]) -> str:
    """The own area from start to end: `I Rudersdal Kommune steg antallet fra 456 til 703 (54 pct.)`."""
    if not own.change.is_number:
        return without_pct(topic, [own])
    place = own.area.stedsform
    if own.change.printed == 0:
        return as_sentence(f"{place} var antallet uændret, {own.now.text()}")
    verb = PAST[change_words(own).direction]
    pct = f" ({size_in_pct(own)})" if has_pct(own) else ""
    moved = f"{place} {verb} antallet fra {own.before.text()} til {own.now.text()}{pct}"
    return as_sentence(f"{moved}{_place_among(own, others)}")


def _place_among(own: Movement, others: Sequence[Movement]) -> str:
    """Whether the own change is the largest or smallest of changes that all went the same way."""
    rivals = [one for one in others if has_pct(one)]
    if not (has_pct(own) and rivals):
        return ""
    if any(pct_direction(one) != pct_direction(own) for one in rivals):
        return ""
    size = abs(own.change_pct.printed)
    sizes = [abs(one.change_pct.printed) for one in rivals]
    if min(sizes) <= size <= max(sizes):
        return ""
    words = change_words(own)
    article = "den" if words.article == "en" else "det"
    degree = "største" if size > max(sizes) else "mindste"
    count = _NUMBERS.get(len(rivals) + 1, str(len(rivals) + 1))
    return f", {article} {degree} {words.noun} af de {count}"


@dataclass(frozen=True)
class LineWords:
    """One line of a figure, as its alternative text needs it.

    Attributes:
        label: What the line is called in the figure.
        points: The numbers in time order, at least one of them a number.
    """

    label: str
    points: Sequence[tuple[Period, Quantity]]

    @property
    def known(self) -> list[tuple[Period, Quantity]]:
        """The points that have a number."""
        return [point for point in self.points if point[1].is_number]


def figure_alt_lines(what: str, lines: Sequence[LineWords], *, unit: str = "") -> str:
    """Alternative text for lines over time, in two or three sentences.

    Args:
        what: What the lines show, as a noun phrase: `antallet af fuldtidspersoner på a-dagpenge`.
        lines: The line that the report is about first.
        unit: Printed after each value (`pct.`); empty for counts.

    Kind, content and span; the first line from start to end with its extremes; the others at the
    end. Missing: a line is described by its known points, and gaps in the first one are counted.

    Raises:
        ValueError: no line, or one without any number.
    """
    if not lines or any(not line.known for line in lines):
        raise ValueError("every line needs a number")
    main, *others = lines
    start, end = main.points[0][0], main.points[-1][0]
    labels = list_danish([line.label for line in lines])
    kind = "kurver" if others else "en kurve"
    span = f" {span_text(start, end)}" if start != end else f" {in_period(start)}"
    sentences = [as_sentence(f"{kind} over {what}{span} for {labels}"), _course(main, unit)]
    if others:
        ends = [f"{line.label} på {_value(line.known[-1], unit)}" for line in lines]
        sentences.append(as_sentence(f"til sidst ligger {list_danish(ends)}"))
    return " ".join(sentences)


def _course(line: LineWords, unit: str) -> str:
    """`Rudersdal går fra 456 i juni 2019 til 703 i juni 2020, højest i juni 2020 og lavest i …`."""
    first, last = line.known[0], line.known[-1]
    highest = max(line.known, key=lambda point: point[1].printed)
    lowest = min(line.known, key=lambda point: point[1].printed)
    gaps = len(line.points) - len(line.known)
    lack = f"; {gaps} tal mangler" if gaps else ""
    if highest[1].printed == lowest[1].printed:
        return as_sentence(f"{line.label} ligger på {_value(first, unit)} hele vejen{lack}")
    way = f"{line.label} går fra {_at(first, unit)} til {_at(last, unit)}"
    extremes = [
        f"{word} med {_at(point, unit)}"
        for word, point in (("højest", highest), ("lavest", lowest))
        if point not in (first, last)
    ]
    return as_sentence(f"{way}{', ' if extremes else ''}{list_danish(extremes)}{lack}")


def _at(point: tuple[Period, Quantity], unit: str) -> str:
    return f"{_value(point, unit)} {in_period(point[0])}"


def _value(point: tuple[Period, Quantity], unit: str) -> str:
    number = point[1].text()
    return f"{number}\u00a0{unit}" if unit else number
