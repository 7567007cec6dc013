"""Withheld numbers stay withheld: small counts, and what would let a reader compute one.

Three steps, each on its own:

1. *Small counts* (`withhold_small`): at the door of the store, counts of persons below the threshold
   of their source become withheld, before anything can read them.
2. *Derived figures*: whatever is calculated from a withheld number is withheld (every function of
   `beskplan.indicators`, and every sum of `beskplan.observations`, holds this).
3. *What a page prints* (`protect` with `relations_between`): where totals and parts stand together,
   the numbers that would give a withheld one away are withheld as well, until a reader who adds and
   subtracts everything printed, and who knows the threshold, learns nothing that the source does
   not tell. Only then changes and shares are calculated, and `share_beside` holds back the shares.
"""

from beskplan.observations.suppression.protection import (
    Cell,
    Relation,
    protect,
    revealed,
    rounding_bound,
    share_beside,
)
from beskplan.observations.suppression.relations import relations_between
from beskplan.observations.suppression.small import (
    OWN_THRESHOLD,
    THRESHOLDS,
    threshold,
    withhold_small,
)

__all__ = [
    "OWN_THRESHOLD",
    "THRESHOLDS",
    "Cell",
    "Relation",
    "protect",
    "relations_between",
    "revealed",
    "rounding_bound",
    "share_beside",
    "threshold",
    "withhold_small",
]
