"""One area in a line or two: the sentence without comparison, and the key figure."""

from __future__ import annotations

from collections.abc import Sequence

from beskplan.blocks.making import make
from beskplan.blocks.model import KeyFigure
from beskplan.blocks.sentences.comparison import by_direction
from beskplan.blocks.sentences.language import as_sentence, capital, in_period, pct_size, unit_noun
from beskplan.blocks.sentences.movement import (
    Topic,
    change_since,
    has_pct,
    in_pct,
    level_sentence,
    missing_before,
    missing_now,
    small_numbers,
    unchanged,
)
from beskplan.blocks.sentences.stories import near_to_far
from beskplan.blocks.sentences.wording import direction_of
from beskplan.blocks.tables import cell
from beskplan.core.periods import Period
from beskplan.indicators.quantities import Movement
from beskplan.registers.benefits import Benefit


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
