"""The share of the workforce or population, set against that of reference areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Literal

from beskplan.blocks.sentences.language import (
    as_sentence,
    list_danish,
    named_nouns,
    named_places,
    place_noun,
)
from beskplan.blocks.sentences.movement import has_pct
from beskplan.blocks.sentences.wording import (
    RATIO_FROM_SHARE,
    TREND_PCTPOINT,
    TREND_SLIP,
    Times,
    Trend,
    is_shade,
    times,
)
from beskplan.indicators.change import pct_change
from beskplan.indicators.quantities import Movement, Quantity
from beskplan.indicators.shares import gap_pctpoint
from beskplan.numbers import format_number, format_pct, pctpoint

WORKFORCE = "arbejdsstyrken"
"""The only denominator whose growth is slow enough for a trend to be read from counts."""


@dataclass(frozen=True)
class ShareRelation:
    """How the own share stands to that of one reference area.

    Attributes:
        reference: The reference area's movement.
        gap: Own minus reference, of the printed shares, in percentage points.
        words: What is said of it, up to `end` or `som`.
        kind: `level` for equal printed shares, `ratio` where the words are a ratio.
        trend: Whether the two have come closer or moved apart since the earlier period.
    """

    reference: Movement
    gap: Quantity
    words: str
    kind: Literal["level", "shade", "gap", "ratio"]
    trend: Trend | None

    @property
    def share_text(self) -> str:
        """`4,4 pct.`, as printed."""
        return _pct(_share(self.reference))


def _share(movement: Movement) -> Quantity:
    if movement.share is None:
        raise ValueError(f"{movement.area.navn} was given without a share")
    return movement.share


def _pct(share: Quantity) -> str:
    return format_pct(share.exact, share.decimals)


def share_relations(
    own: Movement, references: Sequence[Movement], share_of: str
) -> tuple[ShareRelation, ...]:
    """The relations to all references whose share is a number; empty where the own one is none."""
    if own.share is None or not own.share.is_number:
        return ()
    known = [one for one in references if one.share is not None and one.share.is_number]
    return tuple(_relation(own, one, share_of) for one in known)


def _relation(own: Movement, reference: Movement, share_of: str) -> ShareRelation:
    share, its = _share(own), _share(reference)
    gap = gap_pctpoint(share, its)
    trend = _trend(own, reference) if share_of == WORKFORCE else None
    if gap.printed == 0:
        return ShareRelation(reference, gap, "på niveau med", "level", trend)
    comparative = "højere end" if gap.printed > 0 else "lavere end"
    if is_shade(share.printed, its.printed):
        return ShareRelation(reference, gap, f"en anelse {comparative}", "shade", trend)
    if (words := _ratio(share, its)) is not None:
        return ShareRelation(reference, gap, words.text("stor"), "ratio", trend)
    points = format_number(abs(gap.printed), gap.decimals)
    return ShareRelation(reference, gap, f"{points} procentpoint {comparative}", "gap", trend)


def _ratio(share: Quantity, its: Quantity) -> Times | None:
    """Ratios of shares are said where the own one is about half or less, or about double or more."""
    if min(share.printed, its.printed) < RATIO_FROM_SHARE:
        return None
    return times((share.printed / its.printed,))


def _trend(own: Movement, reference: Movement) -> Trend | None:
    """Whether the gap between two shares has closed or widened, where the data carry it.

    The earlier shares are not in the table: they are read from the growth of the counts, as if both
    workforces had grown alike. Said only where the gap so read, rounded as printed, differs from
    today's; where it differs by more than an uneven growth of the workforces could make; and where
    the ratio of the shares has moved the same way as their gap, and neither has passed the other.
    """
    if not (has_pct(own) and has_pct(reference)):
        return None
    (was, share), (it_was, its) = _then_and_now(own), _then_and_now(reference)
    if min(was, it_was, share, its) <= 0 or (was > it_was) != (share > its):
        return None
    gap_then, gap_now = abs(was - it_was), abs(share - its)
    printed_then = abs(pctpoint(was, it_was, _share(own).decimals))
    slack = TREND_PCTPOINT + TREND_SLIP * max(share, its)
    if printed_then == gap_now or abs(gap_now - gap_then) <= slack:
        return None
    closer = gap_now < gap_then
    ratio_closer = _apart(share, its) < _apart(was, it_was)
    if closer != ratio_closer:
        return None
    return "closer" if closer else "away"


def _then_and_now(movement: Movement) -> tuple[Decimal, Decimal]:
    """The share as it must have been, and as printed now."""
    growth = 1 + pct_change(movement.before, movement.now).exact / 100
    share = _share(movement).printed
    return (share / growth if growth > 0 else Decimal(0)), share


def _apart(one: Decimal, other: Decimal) -> Decimal:
    """How many times the smaller one goes into the larger."""
    return max(one, other) / min(one, other)


def share_of_all(own: Movement, share_of: str) -> str:
    """`2,7 pct. af arbejdsstyrken`; an empty text where there is no such number."""
    if own.share is None or not own.share.is_number:
        return ""
    return f"{_pct(own.share)} af {share_of}"


def share_paragraph(case: Case) -> str:
    """The share, and how it stands to the references'; an empty text where there is none.

    Where the text before has already given the share, it is not given again.
    """
    own, share_of = case.own, case.topic.share_of
    share = share_of_all(own, share_of)
    if not share:
        return _no_share(case)
    relations = _relations(case)
    if not relations:
        return "" if case.story is Story.BEHIND else as_sentence(f"gruppen udgør {share}")
    if case.story is Story.BEHIND:
        compared = as_sentence(f"andelen er {share_predicates(relations)}")
        return f"{compared} {_trend_or_gap(relations)}".strip()
    if nearing := _nearing(case, relations):
        return f"Gruppen udgør nu {share}. {nearing}"
    return " ".join(filter(None, (*_share_beside(case, share, relations), _trend_or_gap(relations))))


def _no_share(case: Case) -> str:
    """Why there is no share, where the level alone is a number."""
    share = case.own.share
    if share is None or not case.own.now.is_number:
        return ""
    reason = "oplyst" if share.state == "withheld" else "opgjort"
    return as_sentence(f"andelen af {case.topic.share_of} er ikke {reason}")


def _share_beside(case: Case, share: str, relations: Sequence[ShareRelation]) -> tuple[str, ...]:
    """The share and its comparison, as one sentence or two."""
    predicates = share_predicates(relations)
    if case.story is Story.IN_STEP:
        return (as_sentence(f"andelen af {case.topic.share_of} er {_bare(case)}, {predicates}"),)
    if all(one.kind in ("gap", "shade") for one in relations):
        return as_sentence(f"gruppen udgør {share}"), as_sentence(f"det er {predicates}")
    return as_sentence(f"gruppen udgør {share}"), as_sentence(f"andelen er {predicates}")


def share_predicates(relations: Sequence[ShareRelation]) -> str:
    """`på niveau med RAR Hovedstaden (0,4 pct.), men 0,1 procentpoint lavere end i Østdanmark (0,5 pct.)`.

    Follows `Andelen er`. Equal shares come first; what is lower and what is higher is parted by `men`.
    """
    sides = {0: "level", 1: "above", -1: "below"}
    blocks: dict[str, list[str]] = {}
    for words, group in groupby(sorted(relations, key=_order), key=lambda one: one.words):
        same = list(group)
        named = [(one.reference.area, one.share_text) for one in same]
        side = sides[int(same[0].gap.printed.compare(0))]
        both = "både " if len(named) == 2 else ""
        text = f"{both}{named_nouns(named)}" if side == "level" else named_places(named, both=True)
        blocks.setdefault(side, []).append(f"{words} {text}")
    if len(blocks) == 2:
        return ", men ".join(list_danish(block) for block in blocks.values())
    return list_danish([text for block in blocks.values() for text in block])


def _order(relation: ShareRelation) -> tuple[bool, bool, str]:
    """Equal ones first, then the lower side, and what reads alike together."""
    return relation.kind != "level", relation.gap.printed > 0, relation.words


def trend_sentence(relations: Sequence[ShareRelation]) -> str:
    """`Afstanden til begge områder er blevet mindre.`; an empty text where the data carry none."""
    sentences = []
    for trend, word in (("closer", "mindre"), ("away", "større")):
        areas = [place_noun(one.reference.area) for one in relations if one.trend == trend]
        if areas:
            whole = len(areas) == len(relations) == 2
            to = "begge områder" if whole else list_danish(areas)
            sentences.append(as_sentence(f"afstanden til {to} er blevet {word}"))
    return " ".join(sentences)
