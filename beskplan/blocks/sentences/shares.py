"""How the share of the workforce or population stands to that of reference areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from beskplan.blocks.sentences.language import list_danish, named_nouns, named_places
from beskplan.blocks.sentences.movement import has_pct
from beskplan.blocks.sentences.wording import (
    RATIO_FROM_SHARE,
    Direction,
    Trend,
    direction_of,
    has_moved_apart,
    is_in_step,
    is_shade,
    times,
)
from beskplan.core.numbers import format_number, format_pct
from beskplan.indicators.change import pct_change
from beskplan.indicators.quantities import Movement, Quantity
from beskplan.indicators.shares import gap_pctpoint
from beskplan.registers.areas import Area

_SIDES: tuple[Direction, ...] = ("same", "down", "up")
"""Equal shares are named first, then those that are higher than the own one, then lower ones."""
WORKFORCE = "arbejdsstyrken"
"""The only denominator whose growth is slow enough for a trend to be read from counts."""


@dataclass(frozen=True)
class ShareRelation:
    """How the own share stands to that of one reference area.

    Attributes:
        area: The reference area.
        share: Its share, a number.
        gap: Own minus reference, of the printed shares, in percentage points.
        kind: `level` for equal printed shares, `ratio` where the words are a ratio.
        words: What is said of it, up to `med`, `end` or `som`.
        trend: Whether the two have come closer or moved apart since the earlier period.
    """

    area: Area
    share: Quantity
    gap: Quantity
    kind: Literal["level", "shade", "gap", "ratio"]
    words: str
    trend: Trend | None

    @property
    def named(self) -> tuple[Area, str]:
        """The area with its printed share."""
        return self.area, format_pct(self.share.exact, self.share.decimals)

    @property
    def side(self) -> Direction:
        """Whether the own share is the higher one (`up`), the lower one, or the same."""
        return direction_of(self.gap.printed)

    @property
    def points(self) -> str:
        """`1,7 procentpoint`, without sign."""
        return f"{format_number(abs(self.gap.printed), self.gap.decimals)} procentpoint"


def known_share(movement: Movement) -> Quantity | None:
    """The share, where it is a number."""
    return movement.share if movement.share is not None and movement.share.is_number else None


def share_relations(
    own: Movement, references: Sequence[Movement], share_of: str
) -> tuple[ShareRelation, ...]:
    """The relations to all references whose share is a number; empty where the own one is none."""
    share = known_share(own)
    if share is None:
        return ()
    return tuple(
        _relation(share, its, one.area, _trend(own, one) if share_of == WORKFORCE else None)
        for one in references
        if (its := known_share(one)) is not None
    )


def _relation(share: Quantity, its: Quantity, area: Area, trend: Trend | None) -> ShareRelation:
    gap = gap_pctpoint(share, its)
    if gap.printed == 0:
        return ShareRelation(area, its, gap, "level", "på niveau med", None)
    comparative = "højere end" if gap.printed > 0 else "lavere end"
    if is_shade(share.printed, its.printed):
        return ShareRelation(area, its, gap, "shade", f"en anelse {comparative}", trend)
    if min(share.printed, its.printed) >= RATIO_FROM_SHARE:
        words = times((share.printed / its.printed,))
        if words is not None:
            return ShareRelation(area, its, gap, "ratio", words.text("stor"), trend)
    points = format_number(abs(gap.printed), gap.decimals)
    return ShareRelation(area, its, gap, "gap", f"{points} procentpoint {comparative}", trend)


def _trend(own: Movement, reference: Movement) -> Trend | None:
    """Whether two shares have come closer; nothing where their counts moved in step."""
    share, its = known_share(own), known_share(reference)
    if share is None or its is None or not (has_pct(own) and has_pct(reference)):
        return None
    if is_in_step(own.change_pct.printed, reference.change_pct.printed):
        return None
    return has_moved_apart(
        now=(share.printed, its.printed),
        growth=(_growth(own), _growth(reference)),
        decimals=share.decimals,
    )


def _growth(movement: Movement) -> Decimal:
    return 1 + pct_change(movement.before, movement.now).exact / 100


def share_predicates(relations: Sequence[ShareRelation]) -> str:
    """What follows `Andelen er`.

    `på niveau med Østdanmark (0,4 pct.), men 0,1 procentpoint lavere end i hele landet (0,5 pct.)`

    Equal shares come first, then lower ones, then higher ones.
    """
    alike: dict[str, list[ShareRelation]] = {}
    for one in sorted(relations, key=lambda one: _SIDES.index(one.side)):
        alike.setdefault(one.words, []).append(one)
    blocks: dict[Direction, list[str]] = {}
    for words, group in alike.items():
        blocks.setdefault(group[0].side, []).append(f"{words} {_after(group)}")
    if len(blocks) == 2:
        return ", men ".join(list_danish(block) for block in blocks.values())
    return list_danish([text for block in blocks.values() for text in block])


def _after(alike: Sequence[ShareRelation]) -> str:
    """The areas of which the same is said: with a preposition, but not after `på niveau med`."""
    named = [one.named for one in alike]
    if alike[0].kind != "level":
        return named_places(named, both=True)
    return f"{'både ' if len(named) == 2 else ''}{named_nouns(named)}"
