"""Joining new observations with those of the newest snapshot."""

from __future__ import annotations

from typing import Final

import pandas as pd

from beskplan.core.errors import DataError, Problem
from beskplan.observations.contract import KEY
from beskplan.registers.indicators import ALL

_TABLE: Final = ["source", "table_id"]
_COVER: Final = [*_TABLE, "indicator", "ydelse", "area", "period"]


def merge(base: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """The observations of both, where `new` covers `base` only those of `new`.

    A table's numbers of an indicator, benefit, area and period are replaced together: its total on
    its own, its groups as one, so that a group which the source no longer gives does not stay behind.

    Returns:
        Sorted by area, so that reading an area reads one stretch of the file.

    Raises:
        DataError: another table has already said something of the same observation.
    """
    kept = base[~_cover(base).isin(_cover(new).unique())] if len(base) else base
    if problems := _contradictions(kept, new):
        raise DataError(problems)
    both = pd.concat([kept, new], ignore_index=True) if len(kept) else new
    order = ["area", *(name for name in KEY if name != "area")]
    return both.sort_values(order, ignore_index=True)


def _cover(frame: pd.DataFrame) -> pd.Series:
    is_total = (frame["group"] == ALL).map({True: "total", False: "groups"})
    joined = is_total.astype("str")
    for name in _COVER:
        joined = joined + "\x1f" + frame[name]
    return joined


def _contradictions(kept: pd.DataFrame, new: pd.DataFrame) -> list[Problem]:
    both = kept.merge(new, on=list(KEY), suffixes=("_kept", "_new"))
    tables = both[
        ["table_id_kept", "source_kept", "table_id_new", "source_new", "indicator", "ydelse"]
    ]
    return [
        Problem(
            where=f"{row.source_new} {row.table_id_new}: {row.indicator}, {row.ydelse}",
            what="another table has the same observations",
            found=f"{row.source_kept} {row.table_id_kept}",
            expected="one table for each indicator, ydelse, group, area and period",
            fix="give the own count another indicator, ydelse or group in its mapping",
        )
        for row in tables.drop_duplicates().head(20).itertuples(index=False)
    ]
