"""What there is to tell of a movement: decided by the numbers, and by nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from beskplan.blocks.sentences.comparison import Relation, relations_to
from beskplan.blocks.sentences.movement import (
    Topic,
    has_pct,
    has_small_base,
)
from beskplan.blocks.sentences.wording import is_nearly_unchanged
from beskplan.indicators.quantities import Movement


class Story(Enum):
    """How the own movement stands, in itself and beside the references'."""

    MISSING = auto()
    """No number now."""
    NO_PAST = auto()
    """No number to compare with."""
    SMALL = auto()
    """Too few for per cents."""
    UNCHANGED = auto()
    """No change at all."""
    BARELY = auto()
    """Hardly a change, in per cent and in persons."""
    ALONE = auto()
    """A change, and no reference with a per cent."""
    CONTRAST = auto()
    """A reference went the other way."""
    BREAKAWAY = auto()
    """A change about twice as large as everywhere else, or more."""
    AHEAD = auto()
    """A larger change than everywhere else."""
    IN_STEP = auto()
    """As everywhere else."""
    BEHIND = auto()
    """A smaller change than everywhere else."""
    FAR_BEHIND = auto()
    """A change about half as large as everywhere else, or less."""
    BETWEEN = auto()
    """Unlike references that are unlike each other."""


@dataclass(frozen=True)
class Case:
    """One table's areas, as the sentences need them.

    Attributes:
        topic: What is counted, of whom and when.
        own: The municipality's movement.
        references: The areas to compare with, the smallest first; the own area is not among them.
    """

    topic: Topic
    own: Movement
    references: tuple[Movement, ...]

    @property
    def relations(self) -> tuple[Relation, ...]:
        """How the own change stands to each reference; empty where it has no per cent to compare."""
        if not has_pct(self.own) or self.own.change_pct.printed == 0:
            return ()
        return relations_to(self.own, self.references)

    @property
    def story(self) -> Story:
        """Which story the numbers tell."""
        own = self.own
        if not own.now.is_number:
            return Story.MISSING
        if not own.change.is_number:
            return Story.NO_PAST
        if own.change.printed == 0:
            return Story.UNCHANGED
        if has_small_base(own):
            return Story.SMALL
        pct = own.change_pct.printed
        if pct == 0 or is_nearly_unchanged(own.change.printed, pct):
            return Story.BARELY
        return _story_of([one for one in self.relations if one.kind != "unknown"])


def near_to_far(own: Movement, references: Sequence[Movement]) -> tuple[Movement, ...]:
    """The references other than the own area: the smallest number now first, unknown ones last."""
    others = [one for one in references if one.area != own.area]
    known = sorted((one for one in others if one.now.is_number), key=lambda one: one.now.printed)
    return (*known, *(one for one in others if not one.now.is_number))


def _story_of(relations: Sequence[Relation]) -> Story:
    if not relations:
        return Story.ALONE
    kinds = {one.kind for one in relations}
    if "opposite" in kinds:
        return Story.CONTRAST
    far = all(one.times is not None for one in relations)
    if kinds <= {"larger", "flat"}:
        return Story.BREAKAWAY if far else Story.AHEAD
    if kinds <= {"equal", "in_step"}:
        return Story.IN_STEP
    if kinds == {"smaller"}:
        return Story.FAR_BEHIND if far else Story.BEHIND
    return Story.BETWEEN
