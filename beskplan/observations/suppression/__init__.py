"""Withheld numbers stay withheld: small counts, and what would let a reader compute one.

1. *Primary* (`withhold_small`): at the door of the store, counts of people and courses below the
   threshold of their source become withheld, before anything can read them.
2. *Secondary* (`secondary.suppressed_keys`): once for a snapshot, when it is stored, the counts
   that would give a withheld one away by subtraction are found, over all that an area and period
   has. Every reader of the snapshot gets them withheld, with the shares and mean durations of all
   withheld counts (`withhold_keys`): no report, table, file or comparison of editions ever has the
   number.
3. *Derived figures*: whatever is calculated from a withheld number is withheld (every function of
   `beskplan.indicators`, and every sum of `beskplan.observations`, holds this).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from beskplan.observations.contract import KEY, Key
from beskplan.registers.indicators import INDICATORS
from beskplan.registers.provenance import OWN, sources

OWN_THRESHOLD: Final = 5
"""For a municipality's own registers, unless its mapping gives the municipality's own rule."""
_WHOLES: Final = (
    "fuldtidspersoner",
    "personer",
    "helaarspersoner",
    "forloeb_igang",
    "forloeb_i_aaret",
)
"""Counts of which a share is a share, and a mean duration a mean: with the one goes the other."""
_OF: Final = ("ydelse", "group", "area", "period")


def counts_of_people() -> list[str]:
    """The indicators that count people, or their courses."""
    return [name for name, one in INDICATORS.items() if one.counts_people]


def threshold(source: str) -> int:
    """The smallest count that a source publishes; 0 where it has no such rule.

    Args:
        source: As in the observations: `jobindsats`, `own:<name>`, ...
    """
    own = source.startswith(OWN)
    return OWN_THRESHOLD if own else int(sources().get(source, {}).get("threshold", 0))


def withhold_small(frame: pd.DataFrame, below: int | None = None) -> pd.DataFrame:
    """The observations with every too small count withheld: of persons and courses, or as told of any.

    Grain and columns: unchanged. 0 is small too: that nobody is in a group says something of all.
    Shares and mean durations of withheld counts follow when they are read (`withhold_keys`).

    Args:
        frame: See `beskplan.observations.contract`.
        below: The mapping's own limit, for counts of anything; where None each source's, for people.
    """
    if below is None:
        limits = frame["source"].map({name: threshold(name) for name in frame["source"].unique()})
    else:
        limits = pd.Series(below, index=frame.index)
    # Comparing NaN is False: what has no number needs no hiding.
    # Where a mapping gives a rule of its own, it holds for counts of anything.
    anything = [name for name, one in INDICATORS.items() if one.is_count]
    counts = counts_of_people() if below is None else anything
    small = frame["indicator"].isin(counts) & (frame["value"] < limits)
    return _withheld_at(frame, small.to_numpy(bool))


def _withhold_ratios(frame: pd.DataFrame) -> pd.DataFrame:
    """The observations with every share and mean duration of a withheld count withheld.

    Sources print per cents whose count they withhold; with the known workforce such a per cent gives
    the count within a few persons, and the mean weeks of a year give it with the other count.
    """
    withheld = frame[(frame["state"] == "withheld") & frame["indicator"].isin(_WHOLES)]
    of_people = [name for name, one in INDICATORS.items() if one.is_of_people or one.unit == "uger"]
    ratios = frame["indicator"].isin(of_people) & frame["value"].notna()
    if withheld.empty or not ratios.any():
        return frame
    near = ratios & frame["area"].isin(withheld["area"].unique())
    hidden = list(withheld[list(_OF)].itertuples(index=False, name=None))
    return _withheld_at(frame, _among(frame, near, _OF, hidden))


def _among(
    frame: pd.DataFrame, near: pd.Series, columns: Sequence[str], wanted: Collection[Any]
) -> np.ndarray:
    """Which rows have the values `wanted` of some columns; only rows `near` are looked at."""
    found = near.to_numpy(bool, copy=True)
    keys = pd.MultiIndex.from_frame(frame.loc[found, list(columns)])
    found[found] = keys.isin(list(wanted))
    return found


def withhold_keys(frame: pd.DataFrame, suppressed: Collection[Key]) -> pd.DataFrame:
    """The observations as readers are told them.

    Args:
        frame: As stored.
        suppressed: Counts that are withheld for another's sake, of these or other observations.
    """
    if suppressed:
        areas = {key[3] for key in suppressed}
        frame = _withheld_at(frame, _among(frame, frame["area"].isin(areas), KEY, suppressed))
    return _withhold_ratios(frame)


def _withheld_at(frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The observations with those `rows` withheld; the same table where there are none."""
    if not rows.any():
        return frame
    changed = frame.copy()
    changed.loc[rows, "value"] = float("nan")
    changed.loc[rows, "state"] = "withheld"
    return changed
