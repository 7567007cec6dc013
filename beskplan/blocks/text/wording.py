"""Comparison words, each with the number that it needs: the only place where they are decided.

Every word is chosen from printed values, so that a reader who checks it against the table agrees.
Where the unrounded values are known too, a ratio ("tre gange så stor") must also hold of them:
2.6 per cent prints as 3, and 13 against 3 is not 13 against 2.6. `docs/ordvalg.md` lists the same
thresholds for readers of the reports; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from beskplan.core.numbers import pctpoint

SMALL_BASE = 20
"""Below this many last year, a per cent says nothing: the text gives the counts alone."""
NEARLY_BELOW_PCT = Decimal(2)
NEARLY_BELOW_COUNT = Decimal(5)
"""Both must hold for "næsten uændret"."""
MARKED_PCT, MARKED_COUNT = Decimal(10), Decimal(20)
"""From here, in per cent and in persons, a change may be called "markant"."""
STRONG_PCT, STRONG_COUNT = Decimal(25), Decimal(50)
"""From here a change may be called "kraftig"."""
IN_STEP_PCTPOINT = Decimal(1)
"""Two changes in the same direction at most this far apart are "på linje"."""
SHADE_PCTPOINT, SHADE_PART = Decimal("0.2"), Decimal("0.1")
"""Two shares at most this far apart, in points and as a part of the reference, differ "en anelse"."""
HALF_FROM, HALF_TO = Decimal("0.45"), Decimal("0.55")
"""Ratios that are "omtrent halvt så"; below them it is "mindre end halvt så"."""
AROUND = Decimal("0.1")
"""How far, as a part of n, a ratio may be from n to be "omtrent n gange så"."""
RATIO_FROM_PCT = Decimal(2)
"""A change below this is too small to be multiplied: 1 pct. prints anything from 0.5 to 1.5."""
GAP_FROM_PCTPOINT = Decimal(5)
"""From here the distance between two changes is given in points."""
RATIO_FROM_SHARE = Decimal("0.3")
"""Nor is a share below this multiplied: 0,1 pct. prints anything from 0.05 to 0.15."""
MOST_TIMES = 10
"""Ratios above this are "mere end ti gange så"."""
TREND_PCTPOINT = Decimal("0.05")
"""A gap between shares must move by more than this to be said to close or widen."""
TREND_SLIP = Decimal("0.02")
"""How much more one area's workforce may have grown than another's in a year, as a part of it."""

Direction = Literal["up", "down", "same"]
Trend = Literal["closer", "away"]

_MULTIPLES = {
    3: "tre", 4: "fire", 5: "fem", 6: "seks", 7: "syv", 8: "otte", 9: "ni", 10: "ti",
}  # fmt: skip


@dataclass(frozen=True)
class Times:
    """How many times as large one number is as another, in words that carry.

    Attributes:
        kind: `about` or `more_than` so many times, `half` or `under_half`.
        factor: 2 to `MOST_TIMES` for the first two, else 0.
    """

    kind: Literal["about", "more_than", "half", "under_half"]
    factor: int = 0

    def text(self, adjective: str) -> str:
        """`mere end dobbelt så stor som`; `adjective` stands in the form that its noun asks for."""
        if self.kind == "half":
            return f"omtrent halvt så {adjective} som"
        if self.kind == "under_half":
            return f"mindre end halvt så {adjective} som"
        many = "dobbelt" if self.factor == 2 else f"{_MULTIPLES[self.factor]} gange"
        return f"{'omtrent' if self.kind == 'about' else 'mere end'} {many} så {adjective} som"


def direction_of(change: Decimal) -> Direction:
    """The direction that a printed change has."""
    if change == 0:
        return "same"
    return "up" if change > 0 else "down"


def times(ratios: Iterable[Decimal]) -> Times | None:
    """The words for a ratio known in one or more ways (printed, unrounded); None if none fits all.

    Args:
        ratios: At least one ratio, 0 or more.
    """
    known = tuple(ratios)
    low, high = min(known), max(known)
    if high < HALF_FROM:
        return Times("under_half")
    if low >= HALF_FROM and high <= HALF_TO:
        return Times("half")
    nearest = {_nearest(ratio) for ratio in known}
    if len(nearest) == 1 and (factor := nearest.pop()) is not None:
        return Times("about", factor)
    if low <= 2:
        return None
    return Times("more_than", min(MOST_TIMES, _below(low)))


def _nearest(ratio: Decimal) -> int | None:
    """The whole number of times that `ratio` is about, or None."""
    factor = int(ratio.to_integral_value())
    if not 2 <= factor <= MOST_TIMES:
        return None
    # Anything above 2 is "mere end dobbelt så", however little.
    highest = Decimal(2) if factor == 2 else factor * (1 + AROUND)
    return factor if factor * (1 - AROUND) <= ratio <= highest else None


def _below(ratio: Decimal) -> int:
    """The largest whole number below `ratio`."""
    whole = int(ratio)
    return whole - 1 if whole == ratio else whole


def is_nearly_unchanged(change: Decimal, change_pct: Decimal) -> bool:
    """Whether a printed change, in persons and in per cent, is "næsten uændret"."""
    return abs(change_pct) < NEARLY_BELOW_PCT and abs(change) < NEARLY_BELOW_COUNT


def size_adjective(change: Decimal, change_pct: Decimal, *, neuter: bool) -> str:
    """`kraftig`, `markant` or nothing, inflected for its noun (`en stigning`, `et fald`)."""
    if abs(change_pct) >= STRONG_PCT and abs(change) >= STRONG_COUNT:
        return "kraftigt" if neuter else "kraftig"
    return "markant" if abs(change_pct) >= MARKED_PCT and abs(change) >= MARKED_COUNT else ""


def is_in_step(change_pct: Decimal, reference_pct: Decimal) -> bool:
    """Whether two printed changes in the same direction are "på linje"."""
    return abs(change_pct - reference_pct) <= IN_STEP_PCTPOINT


def is_shade(share: Decimal, reference: Decimal) -> bool:
    """Whether two printed shares that are not equal differ by "en anelse"."""
    gap = abs(share - reference)
    return gap <= SHADE_PCTPOINT and gap <= SHADE_PART * reference


def has_moved_apart(
    *, now: tuple[Decimal, Decimal], growth: tuple[Decimal, Decimal], decimals: int
) -> Trend | None:
    """Whether two shares have come closer or moved apart, where the data carry it; else None.

    The earlier shares are not in the table: they are read from the growth of the counts, as if both
    denominators had grown alike. A trend is said only where the gap so read, rounded as printed,
    differs from today's; where it differs by more than uneven growth of the denominators could
    make; where neither share has passed the other; and where the ratio moved the way the gap did.

    Args:
        now: The two printed shares.
        growth: How many times as large as before the two counts are; more than 0 to say anything.
        decimals: Decimals with which the shares are printed.
    """
    if min(*now, *growth) <= 0:
        return None
    then = now[0] / growth[0], now[1] / growth[1]
    if (then[0] > then[1]) != (now[0] > now[1]):
        return None
    gap_then, gap_now = abs(then[0] - then[1]), abs(now[0] - now[1])
    slack = TREND_PCTPOINT + TREND_SLIP * max(now)
    if abs(pctpoint(*then, decimals)) == gap_now or abs(gap_now - gap_then) <= slack:
        return None
    closer = gap_now < gap_then
    if closer != (max(now) / min(now) < max(then) / min(then)):
        return None
    return "closer" if closer else "away"
