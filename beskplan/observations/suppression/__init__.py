"""Withheld numbers stay withheld: small counts, and what would let a reader compute one.

1. *Primary* (`withhold_small`): at the door of the store, counts of people and courses below the
   threshold of their source become withheld, before anything can read them.
2. *Secondary* (`suppressed_keys`): once for a snapshot, when it is stored, the counts that would give
   a withheld one away by subtraction are found, over all that an area and period has. Every reader
   of the snapshot gets them withheld, with the shares and mean durations of all withheld counts
   (`withhold_keys`): no report, table, file or comparison of editions ever has the number.
3. *Derived figures*: whatever is calculated from a withheld number is withheld (every function of
   `beskplan.indicators`, and every sum of `beskplan.observations`, holds this).
"""

from beskplan.observations.suppression.primary import (
    OWN_THRESHOLD,
    THRESHOLDS,
    threshold,
    withhold_keys,
    withhold_small,
)
from beskplan.observations.suppression.secondary import suppressed_keys

__all__ = [
    "OWN_THRESHOLD",
    "THRESHOLDS",
    "suppressed_keys",
    "threshold",
    "withhold_keys",
    "withhold_small",
]
