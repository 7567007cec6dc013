"""One area's change set against that of reference areas, each number beside its own area."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum, auto
from typing import Literal

from beskplan.blocks.text.language import (
    as_sentence,
    bare_count,
    in_period,
    list_danish,
    named_nouns,
    named_places,
    pct_size,
)
from beskplan.blocks.text.movement import (
    PAST,
    ChangeWords,
    Topic,
    has_pct,
    has_small_base,
    pct_direction,
)
from beskplan.blocks.text.wording import (
    GAP_FROM_PCTPOINT,
    RATIO_FROM_PCT,
    Direction,
    Times,
    is_in_step,
    is_nearly_unchanged,
    times,
)
from beskplan.core.numbers import format_number
from beskplan.indicators.change import pct_change
from beskplan.indicators.quantities import Movement
from beskplan.registers.areas import Area

Kind = Literal["equal", "in_step", "larger", "smaller", "opposite", "flat", "unknown"]
_ALONGSIDE = ("equal", "in_step")


@dataclass(frozen=True)
class Relation:
    """How the own change stands to that of one reference area.

    Attributes:
        reference: The reference area's movement.
        kind: `larger` means that the own change is the larger one; `flat` that the reference's
            prints as 0 pct.; `unknown` that its per cent is missing or has too small a base.
        gap: Distance of the two printed changes in percentage points, where both went the same way.
        times: The ratio of the two changes in words, where it carries.
    """

    reference: Movement
    kind: Kind
    gap: Decimal = Decimal(0)
    times: Times | None = None

    @property
    def named(self) -> tuple[Area, str]:
        """The area with its printed per cent, without sign."""
        return _named(self.reference)


def _named(movement: Movement) -> tuple[Area, str]:
    return movement.area, pct_size(movement.change_pct)


def relation(own: Movement, reference: Movement) -> Relation:
    """The relation of two movements; the own one must have a printed per cent other than zero."""
    if not has_pct(reference):
        return Relation(reference, "unknown")
    if pct_direction(reference) == "same":
        return Relation(reference, "flat")
    if pct_direction(reference) != pct_direction(own):
        return Relation(reference, "opposite")
    own_pct, its_pct = own.change_pct.printed, reference.change_pct.printed
    if own_pct == its_pct:
        return Relation(reference, "equal")
    if is_in_step(own_pct, its_pct):
        return Relation(reference, "in_step")
    kind: Kind = "larger" if abs(own_pct) > abs(its_pct) else "smaller"
    return Relation(reference, kind, abs(own_pct - its_pct), _ratio_of_changes(own, reference))


def relations_to(own: Movement, references: Sequence[Movement]) -> tuple[Relation, ...]:
    """The relations to all references; equal printed per cents get equal words.

    A ratio depends on unrounded values too, so of two references that both print 16 pct. it may
    carry for one only: then it is said of neither.
    """
    found = [relation(own, one) for one in references]
    words: dict[Decimal, set[Times | None]] = {}
    for one in found:
        if one.kind in ("larger", "smaller"):
            words.setdefault(one.reference.change_pct.printed, set()).add(one.times)
    doubtful = {pct for pct, said in words.items() if len(said) > 1}
    return tuple(
        replace(one, times=None)
        if one.times is not None and one.reference.change_pct.printed in doubtful
        else one
        for one in found
    )


def _ratio_of_changes(own: Movement, reference: Movement) -> Times | None:
    if min(abs(own.change_pct.printed), abs(reference.change_pct.printed)) < RATIO_FROM_PCT:
        return None
    printed = own.change_pct.printed / reference.change_pct.printed
    return times((printed, _exact_pct(own) / _exact_pct(reference)))


def _exact_pct(movement: Movement) -> Decimal:
    return pct_change(movement.before, movement.now).exact


def predicates(relations: Sequence[Relation], words: ChangeWords) -> str:
    """`på linje med Østdanmark (9 pct.), men mindre end i RAR Hovedstaden (15 pct.)`.

    Follows `Stigningen er`. Relations that did not move in the same direction are left out.
    """
    blocks = []
    for kinds in (_ALONGSIDE, ("larger",), ("smaller",)):
        alike = _grouped([one for one in relations if one.kind in kinds])
        if alike:
            blocks.append([_predicate(group, words) for group in alike])
    if len(blocks) == 2:
        return ", men ".join(list_danish(block) for block in blocks)
    return list_danish([text for block in blocks for text in block])


def _grouped(relations: Sequence[Relation]) -> list[list[Relation]]:
    """The relations of which the same can be said, together."""
    groups: dict[tuple[Kind, Times | None], list[Relation]] = {}
    for one in sorted(relations, key=lambda one: one.kind):
        groups.setdefault((one.kind, one.times), []).append(one)
    return list(groups.values())


def _predicate(group: Sequence[Relation], words: ChangeWords) -> str:
    named = [one.named for one in group]
    kind, ratio = group[0].kind, group[0].times
    if kind == "in_step":
        return f"på linje med {'både ' if len(named) == 2 else ''}{named_nouns(named)}"
    places = named_places(named, both=True)
    if kind == "equal":
        return f"lige så {words.adjective} som {places}"
    if ratio is not None:
        return f"{ratio.text(words.adjective)} {places}"
    comparative = f"{'større' if kind == 'larger' else 'mindre'} end {places}"
    return f"{points} {comparative}" if (points := _common_gap(group)) else comparative


def _common_gap(group: Sequence[Relation]) -> str:
    """`13 procentpoint`, where it is the same to all areas of the group and worth its words."""
    gaps = {one.gap for one in group}
    if len(gaps) > 1 or (gap := gaps.pop()) < GAP_FROM_PCTPOINT:
        return ""
    return f"{format_number(gap, -int(gap.as_tuple().exponent))} procentpoint"


def meanwhile(references: Iterable[Movement]) -> str:
    """What the references did, without a comparison.

    `I samme periode steg antallet i RAR Hovedstaden (2 pct.), mens det faldt i Østdanmark (2 pct.).`

    Missing: areas without a per cent are left to `without_pct`. An empty text where none has one.
    """
    clauses = [(_MEANWHILE[direction], places) for direction, places in by_direction(references)]
    if not clauses:
        return ""
    ((verb, rest), places), *others = clauses
    said = " ".join(part for part in ("i samme periode", verb, "antallet", rest, places) if part)
    return as_sentence(
        said
        + "".join(f", mens det {f'{did} {how}'.strip()} {there}" for (did, how), there in others)
    )


_MEANWHILE: dict[Direction, tuple[str, str]] = {
    "up": (PAST["up"], ""),
    "down": (PAST["down"], ""),
    "same": ("var", "stort set uændret"),
}
"""Verb and what follows it, for a subject between the two."""


def by_direction(references: Iterable[Movement]) -> list[tuple[Direction, str]]:
    """Places with their per cents for each direction found, the most common direction first.

    Missing: references without a per cent are left out.
    """
    found: dict[Direction, list[Movement]] = {"up": [], "down": [], "same": []}
    for one in references:
        if has_pct(one):
            found[pct_direction(one)].append(one)
    ordered = sorted(found.items(), key=lambda entry: -len(entry[1]))
    return [
        (direction, named_places([_named(one) for one in areas], both=True))
        for direction, areas in ordered
        if areas
    ]


def compared(words: ChangeWords, relations: Sequence[Relation]) -> str:
    """How the own change stands to the references, in one or two sentences.

    `Stigningen er større end i RAR Hovedstaden (46 pct.).` References that moved the other way, or
    hardly at all, get their verb. Unknown ones are left to `without_pct`.
    """
    same_way = predicates(relations, words)
    others = meanwhile(one.reference for one in relations if one.kind in ("opposite", "flat"))
    said = as_sentence(f"{words.definite} er {same_way}") if same_way else ""
    return " ".join(part for part in (said, others) if part)


def without_pct(topic: Topic, references: Iterable[Movement]) -> str:
    """Why references without a per cent have none: missing numbers, or too small a base.

    An empty text where every reference has one.
    """
    return " ".join(_without_pct(topic, one) for one in references if not has_pct(one))


def _without_pct(topic: Topic, reference: Movement) -> str:
    place = reference.area.stedsform
    if reference.change.is_number and has_small_base(reference):
        was, now = bare_count(reference.before), bare_count(reference.now)
        return as_sentence(
            f"{place} var der {now} {in_period(topic.now)} mod {was} {in_period(topic.before)}"
        )
    if "withheld" in (reference.before.state, reference.now.state):
        reason = "ikke oplyst, fordi tallene er fortrolige"
        return as_sentence(f"udviklingen {place} er {reason}")
    return as_sentence(f"udviklingen {place} er ikke opgjort")


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
