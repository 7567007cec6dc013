"""The paragraph on the share of the workforce or population."""

from __future__ import annotations

from collections.abc import Sequence

from beskplan.blocks.sentences.language import (
    as_sentence,
    counted,
    list_danish,
    named_nouns,
    named_places,
    place_noun,
)
from beskplan.blocks.sentences.shares import (
    ShareRelation,
    known_share,
    share_predicates,
    share_relations,
)
from beskplan.blocks.sentences.stories import Case, Story
from beskplan.core.numbers import format_pct
from beskplan.indicators.quantities import Movement

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
