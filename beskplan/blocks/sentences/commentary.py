"""The paragraphs under a table: level and change, the change compared, the share compared.

What the data tell decides how it is told (`Story`): a change that goes against the references opens
with that contrast, a change in step with them with the span of time, a level that hardly moved with
just that. So sections of one report differ where their numbers differ, and the same numbers always
give the same text.
"""

from __future__ import annotations

from collections.abc import Sequence

from beskplan.blocks.making import make
from beskplan.blocks.model import Prose
from beskplan.blocks.sentences.movement import Topic
from beskplan.blocks.sentences.share_sentences import share_paragraph
from beskplan.blocks.sentences.stories import Case, Story, near_to_far
from beskplan.blocks.sentences.telling import tell
from beskplan.core.periods import Period
from beskplan.indicators.quantities import Movement
from beskplan.registers.areas import slugify
from beskplan.registers.benefits import Benefit

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
