"""Holds the claims of a commentary against the movements of the table that it is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from beskplan.core.numbers import parse_number
from beskplan.core.periods import Period
from beskplan.indicators.quantities import Movement, Quantity
from tests.unit.claims import PERIOD, RELATION, Claim, parse_claims

_FROM_TO = re.compile(
    r"\b(?P<verb>steg|steget|faldt|faldet)\b[^.]*?\bfra (?P<before>[\d.]*\d)(?: i [a-zæøå]+ \d{4})?"
    r" til (?P<now>[\d.]*\d)\b"
)
_TIMES = ("dobbelt", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti")


def disagreements(
    text: str, own: Movement, references: Sequence[Movement], before: Period, now: Period
) -> list[str]:
    """What the text says that the movements do not; empty where all of it is right."""
    faults = [claim for claim in parse_claims(text) if not _holds(claim, own, references)]
    periods = re.findall(rf"\b[Ii] ({PERIOD})", text.replace("\u00a0", " "))
    strange = {period.removeprefix("perioden ") for period in periods} - {before.text, now.text}
    wrong = [f"{claim.kind} {claim.value} {claim.area}: {claim.sentence}" for claim in faults]
    return wrong + sorted(strange) + _wrong_verbs(text)


def _wrong_verbs(text: str) -> list[str]:
    """`steg … fra 304 … til 264`: a verb that its own two levels contradict."""
    found = _FROM_TO.finditer(text.replace("\u00a0", " "))
    return [match[0] for match in found if not _verb_fits(match)]


def _verb_fits(match: re.Match[str]) -> bool:
    before, now = (parse_number(match[name]) for name in ("before", "now"))
    return (now > before) if match["verb"] in ("steg", "steget") else (now < before)


def place(movement: Movement) -> str:
    """The name of an area as a sentence has it, without preposition."""
    return movement.area.stedsform.partition(" ")[2]


def _holds(claim: Claim, own: Movement, references: Sequence[Movement]) -> bool:
    if claim.kind == "trend":
        return _trend_holds(claim, own, references)
    if not claim.area:
        return _number_holds(claim, own)
    named = [one for one in references if place(one) == claim.area]
    if len(named) != 1:
        return False
    if claim.kind in ("before", "now"):
        return _number_holds(claim, named[0])
    return _reference_holds(claim, own, named[0])


def _number_holds(claim: Claim, of: Movement) -> bool:
    quantity = {
        "before": of.before,
        "now": of.now,
        "change": of.change,
        "pct": of.change_pct,
        "share": of.share,
    }[claim.kind]
    if quantity is None or not quantity.is_number or abs(quantity.printed) != claim.value:
        return False
    return claim.direction == "" or _points(claim, of.change.printed)


def _points(claim: Claim, signed: Decimal) -> bool:
    """Whether the direction word agrees with the sign of a number."""
    return {"up": signed > 0, "down": signed < 0, "same": signed == 0}[claim.direction]


def _reference_holds(claim: Claim, own: Movement, reference: Movement) -> bool:
    mine, its = _compared(claim, own, reference)
    if its is None or not its.is_number or abs(its.printed) != claim.value:
        return False
    if claim.kind == "pct" and not _points(claim, its.printed):
        return False
    if not claim.relation:
        return True
    if mine is None or not mine.is_number:
        return False
    gap = mine.printed - its.printed
    if claim.kind == "share_beside" and claim.direction and not _points(claim, gap):
        return False
    right_gap = claim.points is None or claim.points == abs(gap)
    return right_gap and _relation_holds(claim.relation, abs(mine.printed), abs(its.printed))


def _compared(
    claim: Claim, own: Movement, reference: Movement
) -> tuple[Quantity | None, Quantity | None]:
    if claim.kind == "pct":
        return own.change_pct, reference.change_pct
    return own.share, reference.share


def _relation_holds(words: str, mine: Decimal, its: Decimal) -> bool:
    """Whether the words are true of two printed numbers without sign."""
    match = RELATION.fullmatch(words)
    if match is None:
        raise ValueError(f"unknown words: {words!r}")
    tests: dict[str, Callable[[], bool]] = {
        "near": lambda: Decimal(0) < abs(mine - its) <= Decimal("0.2"),
        "shade": lambda: abs(mine - its) <= Decimal("0.2"),
        "equal": lambda: mine == its,
        "along": lambda: 0 < abs(mine - its) <= 1,
        "half": lambda: Decimal("0.45") <= mine / its <= Decimal("0.55"),
        "under": lambda: mine / its < Decimal("0.45"),
        "times": lambda: _times_hold(match["about"], match["times"], mine / its),
        "way": lambda: mine < its if match["way"] == "op" else mine > its,
        "word": lambda: mine > its if match["word"] in ("større", "højere") else mine < its,
    }
    return all(test() for group, test in tests.items() if match[group])


def _times_hold(about: str, words: str, ratio: Decimal) -> bool:
    times = _TIMES.index(words.removesuffix(" gange")) + 2
    if about == "mere end":
        return ratio > times
    return abs(ratio - times) <= Decimal("0.1") * times


def _trend_holds(claim: Claim, own: Movement, references: Sequence[Movement]) -> bool:
    """Whether the gap of shares, taken back by the growth of the counts, has moved as said."""
    names = {place(one): one for one in references}
    if claim.area == "begge områder":
        named = [*references] if len(references) == 2 else []
    else:
        named = [names[name] for name in re.split(r", | og ", claim.area)]
    moves = [_gap(own, one, _share) - _gap(own, one, _share_then) for one in named]
    closer = claim.relation == "mindre"
    return bool(moves) and all(move < 0 if closer else move > 0 for move in moves)


def _gap(own: Movement, other: Movement, share: Callable[[Movement], Decimal]) -> Decimal:
    return abs(share(own) - share(other))


def _share(movement: Movement) -> Decimal:
    if movement.share is None:
        raise ValueError(f"a trend was told of {movement.area.navn}, which has no share")
    return movement.share.printed


def _share_then(movement: Movement) -> Decimal:
    return _share(movement) * movement.before.exact / movement.now.exact
