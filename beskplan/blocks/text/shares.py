"""How the share of the workforce or population stands to that of reference areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from beskplan.blocks.text.comparison import Case, Story
from beskplan.blocks.text.language import (
    as_sentence,
    counted,
    list_danish,
    named_nouns,
    named_places,
    place_noun,
)
from beskplan.blocks.text.movement import has_pct
from beskplan.blocks.text.wording import (
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


_OF_PEOPLE = {
    Story.AHEAD: "udgør",
    Story.ALONE: "udgør",
    Story.BREAKAWAY: "svarer til",
    Story.FAR_BEHIND: "svarer til",
}
"""Stories in which the level is part of the news: the share is said of that number of people."""


def share_in_text(own: Movement, share_of: str) -> str:
    """`2,7 pct. af arbejdsstyrken`; an empty text where there is no such number."""
    share = known_share(own)
    return f"{format_pct(share.exact, share.decimals)} af {share_of}" if share is not None else ""


def share_paragraph(case: Case) -> str:
    """The share, and how it stands to the references'.

    An empty text where no share was asked for, or where there is nobody to have one.

    Missing: a share that is withheld or absent beside a known count is named as such.
    """
    if case.own.now.is_number and case.own.now.printed == 0:
        return ""
    share = share_in_text(case.own, case.topic.share_of)
    if not share:
        return _no_share(case)
    relations = share_relations(case.own, case.references, case.topic.share_of)
    if nearing := _nearing(case, relations):
        return f"Gruppen udgør nu {share}. {nearing}"
    if not relations:
        return _share_alone(case, share)
    beside, moved = _beside(case, share, relations), _moved(case, relations)
    if case.story is Story.BEHIND and moved.count(".") == 1:
        return f"{beside.removesuffix('.')}, og {moved[0].lower()}{moved[1:]}"
    return f"{beside} {moved}".strip()


def _no_share(case: Case) -> str:
    share = case.own.share
    if share is None or not case.own.now.is_number:
        return ""
    reason = "oplyst" if share.state == "withheld" else "opgjort"
    return as_sentence(f"andelen af {case.topic.share_of} er ikke {reason}")


def _share_alone(case: Case, share: str) -> str:
    """The share itself; an empty text where the paragraph before has it."""
    if case.story is Story.BEHIND:
        return ""
    if case.story is Story.MISSING:
        pct, _, share_of = share.partition(" af ")
        return as_sentence(f"andelen af {share_of} er {pct}")
    verb = _OF_PEOPLE.get(case.story)
    if verb is None or case.own.now.printed <= 1:
        return as_sentence(f"gruppen udgør {share}")
    return as_sentence(f"de {counted(case.own.now)} {verb} {share}")


def _beside(case: Case, share: str, relations: Sequence[ShareRelation]) -> str:
    """The share and its comparison."""
    predicates = _halved(relations) or share_predicates(relations)
    if case.story in (Story.IN_STEP, Story.MISSING):
        pct, _, share_of = share.partition(" af ")
        return as_sentence(f"andelen af {share_of} er {pct} og dermed {predicates}")
    # A gap may be said of the number just given, a ratio or a level only of the share by name.
    plain = all(one.kind in ("gap", "shade") for one in relations)
    subject = "det er" if plain and case.story is not Story.BEHIND else "andelen er"
    return f"{_share_alone(case, share)} {as_sentence(f'{subject} {predicates}')}".strip()


def _halved(relations: Sequence[ShareRelation]) -> str:
    """Gap and ratio in one, where they are the same to all areas; else an empty text."""
    alike = {(one.kind, one.words, one.points) for one in relations}
    if len(alike) > 1 or relations[0].kind != "ratio":
        return ""
    places = named_places([one.named for one in relations], both=True)
    side = "højere" if relations[0].side == "up" else "lavere"
    ratio = relations[0].words.removesuffix(" som")
    return f"{relations[0].points} {side} end {places} og dermed {ratio}"


def _moved(case: Case, relations: Sequence[ShareRelation]) -> str:
    """Whether the gaps have closed or widened, where no ratio has been said already."""
    if any(one.kind == "ratio" for one in relations):
        return ""
    gap = "forskellen" if all(one.side == "up" for one in relations) else "afstanden"
    sentences = []
    for trend, word in (("closer", "mindre"), ("away", "større")):
        areas = [place_noun(one.area) for one in relations if one.trend == trend]
        both = len(areas) == len(case.references) == 2
        to = "begge områder" if both else list_danish(areas)
        if areas:
            sentences.append(as_sentence(f"{gap} til {to} er blevet {word}"))
    return " ".join(sentences)


def _nearing(case: Case, relations: Sequence[ShareRelation]) -> str:
    """`Dermed nærmer Rudersdal Kommune sig RAR Hovedstaden (1,5 pct.), …`; else an empty text.

    Where the own share comes close to an area's from below or above, that is the news, and the
    other areas are given by how far off they still are.
    """
    near = [one for one in relations if one.kind == "shade" and one.trend == "closer"]
    rest = [one for one in relations if one not in near]
    if not near or any(one.kind != "gap" for one in rest):
        return ""
    arrived = (
        f"dermed nærmer {place_noun(case.own.area)} sig {named_nouns([n.named for n in near])}"
    )
    far = [
        f"{one.points} {'op' if one.side == 'down' else 'ned'} til {named_nouns([one.named])}"
        for one in rest
    ]
    return as_sentence(f"{arrived}, mens der er {list_danish(far)}" if far else arrived)
