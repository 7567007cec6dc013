"""Made-up numbers for figures whose real numbers do not exist: the same ones every time.

Whatever is made of them is marked (`beskplan.blocks.demo`), and the source's name says it again.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from decimal import Decimal

from beskplan.core.numbers import round_half_away
from beskplan.core.periods import Period

SOURCE_TEXT = "Demodata, dannet af beskplan"
"""What stands after "Kilde:"."""
_SEASON = 0.025
"""Half the height of the made-up season, as a part of the level."""
_NOISE = 0.015


def demo_series(
    key: str, periods: Sequence[Period], first: Decimal, last: Decimal, decimals: int = 0
) -> tuple[Decimal, ...]:
    """One number for each month: an even way from `first` to `last`, a season and a little noise.

    The last number is `last` itself, so that a printed number can stand there. The noise comes from
    a hash of `key` and month: no state, no machine and no version of a library changes it.

    Args:
        key: What the numbers stand for; two keys have two noises.
        periods: Months, in order.
        first: About where it begins.
        last: Where it ends.
        decimals: Decimals of the numbers.
    """
    steps = max(len(periods) - 1, 1)
    values = []
    for number, period in enumerate(periods):
        level = float(first) + (float(last) - float(first)) * number / steps
        season = _SEASON * math.cos(2 * math.pi * (period.index - 1) / 12)
        made = level * (1 + season + _NOISE * _unit_noise(key, period))
        values.append(max(round_half_away(made, decimals), Decimal(0)))
    return (*values[:-1], round_half_away(last, decimals))


def _unit_noise(key: str, period: Period) -> float:
    """A number from -1 to 1 that only `key` and month decide."""
    digest = hashlib.sha256(f"{key} {period.code}".encode()).digest()
    return int.from_bytes(digest[:4]) / 0x7FFFFFFF - 1
