"""Small counts: what a source does not publish, and what a municipality must not."""

from __future__ import annotations

from typing import Final

import pandas as pd

THRESHOLDS: Final = {"jobindsats": 3}
"""Counts below are not published. Source: measured, the smallest of 47,057 counts is 3 (domain.md §1)."""
OWN_THRESHOLD: Final = 5
"""For a municipality's own registers, unless its mapping gives the municipality's own rule."""
_PERSONS: Final = ("fuldtidspersoner", "personer", "helårspersoner")
"""Units that count people. Company visits and weeks are not protected."""


def threshold(source: str) -> int:
    """The smallest count that a source publishes; 0 where it has no such rule.

    Args:
        source: As in the observations: `jobindsats`, `own:<name>`, ...
    """
    return OWN_THRESHOLD if source.startswith("own:") else THRESHOLDS.get(source, 0)


def withhold_small(frame: pd.DataFrame, below: int | None = None) -> pd.DataFrame:
    """The observations with every too small count of persons withheld.

    Grain and columns: unchanged. 0 is small too: that nobody is in a group says something of all.

    Args:
        frame: See `beskplan.observations.contract`.
        below: The limit for all rows; each source's own where None.
    """
    if below is None:
        limits = frame["source"].map({name: threshold(name) for name in frame["source"].unique()})
    else:
        limits = pd.Series(below, index=frame.index)
    counts = frame["unit"].isin(_PERSONS) & (frame["decimals"] == 0)
    # Comparing NaN is False: what has no number needs no hiding.
    small = counts & ~frame["indicator"].str.startswith("aendring_") & (frame["value"] < limits)
    if not small.any():
        return frame
    changed = frame.copy()
    changed.loc[small, "value"] = float("nan")
    changed.loc[small, "state"] = "withheld"
    return changed
