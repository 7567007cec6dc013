"""The paragraphs under a table, and one area in a line or two: what each story is told as."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from beskplan.blocks.making import make
from beskplan.blocks.model import KeyFigure, Prose
from beskplan.blocks.tables import cell
from beskplan.blocks.text.comparison import (
    Case,
    Story,
    by_direction,
    compared,
    meanwhile,
    near_to_far,
    predicates,
    without_pct,
)
from beskplan.blocks.text.language import (
    as_sentence,
    bare_count,
    capital,
    counted,
    in_period,
    more_or_fewer,
    named_places,
    pct_size,
    place_noun,
    size_text,
    unit_noun,
)
from beskplan.blocks.text.movement import (
    FALL,
    PAST,
    PERFECT,
    Topic,
    barely_changed,
    change_since,
    change_words,
    has_pct,
    in_pct,
    level_sentence,
    missing_before,
    missing_now,
    small_numbers,
    unchanged,
)
from beskplan.blocks.text.shares import share_in_text, share_paragraph
from beskplan.blocks.text.wording import direction_of
from beskplan.core.periods import Period, span_text
from beskplan.core.words import slugify
from beskplan.indicators.quantities import Movement
from beskplan.registers.benefits import Benefit

Telling = Callable[[Case], list[str]]


def tell(case: Case) -> str:
    """The paragraph on level and change, comparison included."""
    sentences = _TELLINGS[case.story](case)
    if case.story not in (Story.MISSING, Story.NO_PAST):
        sentences.append(without_pct(case.topic, case.references))
    return " ".join(sentence for sentence in sentences if sentence)


def _missing(case: Case) -> list[str]:
    return [missing_now(case.topic, case.own)]


def _no_past(case: Case) -> list[str]:
    return [level_sentence(case.topic, case.own), missing_before(case.topic, case.own)]


def _small(case: Case) -> list[str]:
    return [small_numbers(case.topic, case.own), meanwhile(case.references)]


def _unchanged(case: Case) -> list[str]:
    return [unchanged(case.topic, case.own), meanwhile(case.references)]


def _barely(case: Case) -> list[str]:
    return [barely_changed(case.topic, case.own), meanwhile(case.references)]


def _level_first(case: Case) -> list[str]:
    """The level is the news, then how much it is up or down."""
    change = f"det er {change_since(case.topic, case.own)}"
    return [
        level_sentence(case.topic, case.own),
        as_sentence(f"{change}, svarende til {in_pct(case.own, sized=True)}"),
        compared(change_words(case.own), case.relations),
    ]


def _breakaway(case: Case) -> list[str]:
    """A rise sets today's level against last year's; a fall shows the way down."""
    words, own, topic = change_words(case.own), case.own, case.topic
    if words is FALL:
        lost = f"det er {more_or_fewer(own.change)}, svarende til {in_pct(own, sized=True)}"
        return [_moved(case), as_sentence(lost), compared(words, case.relations)]
    had = (
        f"{place_noun(own.area)} havde {counted(own.now)} {topic.receiving} {in_period(topic.now)}"
    )
    past = f"mod {bare_count(own.before)} {in_period(topic.before)}"
    return [as_sentence(f"{had} {past}"), _change_beside(case)]


def _contrast(case: Case) -> list[str]:
    """The references that went the other way come first, in the same breath."""
    own, words, topic = case.own, change_words(case.own), case.topic
    opposite = [one.named for one in case.relations if one.kind == "opposite"]
    rest = [one for one in case.relations if one.kind != "opposite"]
    other_way = PERFECT["up" if words is FALL else "down"]
    parted = f"{own.area.stedsform} er {topic.number} {PERFECT[words.direction]}"
    level = f"{in_period(topic.now)} var der {counted(own.now)}"
    return [
        as_sentence(f"{parted}, mens det er {other_way} {named_places(opposite, both=True)}"),
        as_sentence(f"{level}, {change_since(topic, own)}, svarende til {in_pct(own)}"),
        compared(words, rest),
    ]


def _in_step(case: Case) -> list[str]:
    """The span of time first: nothing about the level stands out."""
    own, topic = case.own, case.topic
    verb = PAST[change_words(own).direction]
    span = f"{span_text(topic.before, topic.now)} {verb} {topic.number} {own.area.stedsform}"
    by = f"med {size_text(own.change)}, fra {own.before.text()} til {own.now.text()}"
    return [as_sentence(f"{span} {by}"), _pct_beside(case)]


def _between(case: Case) -> list[str]:
    level = case.topic.there_were(case.own.now, case.own.area)
    since = change_since(case.topic, case.own)
    return [as_sentence(f"{level}, {since}"), _pct_beside(case)]


def _behind(case: Case) -> list[str]:
    """What stands out is the size of the group, not its change: level and share come first."""
    level = case.topic.there_were(case.own.now, case.own.area)
    share = share_in_text(case.own, case.topic.share_of)
    since = f"det er {change_since(case.topic, case.own)}"
    return [
        as_sentence(f"{level}, svarende til {share}" if share else level),
        as_sentence(since),
        _pct_beside(case),
    ]


def _far_behind(case: Case) -> list[str]:
    return [_moved(case), _change_beside(case)]


def _moved(case: Case) -> str:
    """From where to where: `Antallet af … faldt fra 304 i juni 2019 til 264 i juni 2020`."""
    topic, own = case.topic, case.own
    was = f"fra {own.before.text()} {in_period(topic.before)}"
    now = f"til {own.now.text()} {in_period(topic.now)}"
    verb = PAST[change_words(own).direction]
    return as_sentence(topic.number_is(own.area, f"{verb} {was} {now}"))


def _change_beside(case: Case) -> str:
    """`Det er 43 flere, og stigningen på 14 pct. er mere end dobbelt så stor som …`."""
    words, own = change_words(case.own), case.own
    change = f"det er {more_or_fewer(own.change)}, og {words.definite}"
    return as_sentence(
        f"{change} på {pct_size(own.change_pct)} er {predicates(case.relations, words)}"
    )


def _pct_beside(case: Case) -> str:
    """`Stigningen på 9 pct. er på linje med …`: the own per cent and the others in one sentence."""
    words, own = change_words(case.own), case.own
    same_way = predicates(case.relations, words)
    flat = meanwhile(one.reference for one in case.relations if one.kind == "flat")
    said = as_sentence(f"{words.definite} på {pct_size(own.change_pct)} er {same_way}")
    return f"{said} {flat}".strip()


_TELLINGS: dict[Story, Telling] = {
    Story.MISSING: _missing,
    Story.NO_PAST: _no_past,
    Story.SMALL: _small,
    Story.UNCHANGED: _unchanged,
    Story.BARELY: _barely,
    Story.ALONE: _level_first,
    Story.CONTRAST: _contrast,
    Story.BREAKAWAY: _breakaway,
    Story.AHEAD: _level_first,
    Story.IN_STEP: _in_step,
    Story.BEHIND: _behind,
    Story.FAR_BEHIND: _far_behind,
    Story.BETWEEN: _between,
}


_SHORT = (Story.MISSING, Story.NO_PAST)
"""Stories without a comparison: the share follows in the same paragraph."""


def commentary(
    ydelse: Benefit,
    before: Period,
    now: Period,
    own: Movement,
    references: Sequence[Movement],
    *,
    share_of: str,
    group: str = "",
) -> Prose:
    """What a table says, in one or two short paragraphs.

    Args:
        ydelse: The benefit; named as it is called in `now`.
        before: The earlier period.
        now: The later period.
        own: The municipality's movement; shares as printed in `now`.
        references: The areas to compare with, in any order; the own area is left out.
        share_of: What the share is a share of, as a definite noun: `arbejdsstyrken`,
            `befolkningen`, `de udenlandske statsborgere`.
        group: People counted among, as an indefinite plural; empty for everyone.

    Missing: a withheld or absent number is named as such and never compared; a base under 20 gives
        counts without per cents; a reference without a number says so.
    Unit: that of `own.now`, which must be one of the counted units.

    Raises:
        BlockError: the unit is none that a sentence can count.
        DataError: `before` is not earlier than `now`.

    Source: docs/ordvalg.md for every comparison word.
    """
    topic = Topic(ydelse, before, now, own.now.unit, share_of, group)
    case = Case(topic, own, near_to_far(own, references))
    paragraphs = [tell(case), share_paragraph(case)]
    if case.story in _SHORT:
        paragraphs = [" ".join(paragraphs).strip()]
    name = "-".join((ydelse.id, *([slugify(group)] if group else []), "tekst"))
    return make(
        Prose,
        id=name.replace("_", "-"),
        paragraphs=tuple(paragraph for paragraph in paragraphs if paragraph),
    )


def sentence_direction(
    ydelse: Benefit, before: Period, now: Period, own: Movement, *, group: str = ""
) -> str:
    """Level and change of one area in one sentence, two where the change is missing.

    Missing: says that a number is withheld or not counted; a base under 20 gives counts alone.
    The arguments are those of `commentary`.
    """
    topic = Topic(ydelse, before, now, own.now.unit, group=group)
    if not own.now.is_number:
        return missing_now(topic, own)
    if not own.change.is_number:
        return f"{level_sentence(topic, own)} {missing_before(topic, own)}"
    if own.change.printed == 0:
        return unchanged(topic, own)
    if not has_pct(own):
        return small_numbers(topic, own)
    moved = f"{topic.there_were(own.now, own.area)}, {change_since(topic, own)}"
    return as_sentence(f"{moved}, svarende til {in_pct(own)}")


def key_figure(
    ydelse: Benefit,
    before: Period,
    now: Period,
    own: Movement,
    references: Sequence[Movement],
    *,
    group: str = "",
) -> KeyFigure:
    """The own level with its change, and what the references did.

    Missing: the word of the cell, no direction and no change; nothing is compared with it.
    The arguments are those of `commentary`.
    """
    topic = Topic(ydelse, before, now, own.now.unit, group=group)
    people = unit_noun(topic.unit).many
    known = own.change.is_number
    return make(
        KeyFigure,
        label=f"{capital(people)} {topic.receiving}, {now.text}",
        value=own.now.text(),
        direction=direction_of(own.change.printed) if known else "none",
        change=_change(topic, own) if known else "",
        comparison=_beside(near_to_far(own, references)) if known else "",
        numbers=tuple(
            cell(number)
            for number in (
                own.now,
                own.change,
                own.change_pct,
                *(one.change_pct for one in references),
            )
        ),
    )


def _change(topic: Topic, own: Movement) -> str:
    """`247 flere end i juni 2019 (54 pct.)`, `det samme som i juni 2019`."""
    if own.change.printed == 0:
        return f"det samme som {in_period(topic.before)}"
    pct = f" ({pct_size(own.change_pct)})" if has_pct(own) and own.change_pct.printed else ""
    return f"{change_since(topic, own)}{pct}"


def _beside(references: Sequence[Movement]) -> str:
    """`Stigning i RAR Hovedstaden (2 pct.), fald i Østdanmark (2 pct.)`."""
    nouns = {"up": "stigning", "down": "fald", "same": "stort set uændret"}
    parts = [f"{nouns[direction]} {places}" for direction, places in by_direction(references)]
    return capital(", ".join(parts))
