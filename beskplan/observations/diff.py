"""What was revised since: two snapshots compared, observation by observation."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

import pandas as pd

from beskplan.observations.contract import KEY, Key

Kind = Literal["rettet", "nyt", "fjernet", "nu fortroligt", "nu oplyst", "ændret tilstand"]

_COMPARED: Final = [*KEY, "value", "decimals", "state", "source", "table_id"]


@dataclass(frozen=True)
class Revision:
    """One observation that two snapshots know differently.

    Attributes:
        key: Which observation.
        source: Source of the newer row, or of the older where it was removed.
        table_id: Its table.
        kind: What happened to it.
        before: The older number; None where there is none, or where the newer is withheld: what a
            source has taken back is not told again.
        now: The newer number, or None.
    """

    key: Key
    source: str
    table_id: str
    kind: Kind
    before: Decimal | None
    now: Decimal | None

    @property
    def size(self) -> Decimal | None:
        """`now` minus `before`; None unless both are numbers."""
        return None if self.before is None or self.now is None else self.now - self.before


def revisions(old: pd.DataFrame, new: pd.DataFrame) -> tuple[Revision, ...]:
    """Everything that differs, by table, area and period; the day of retrieval alone is no difference.

    Args:
        old: Observations of the older snapshot.
        new: Observations of the newer one.
    """
    both = old[_COMPARED].merge(
        new[_COMPARED], on=list(KEY), how="outer", suffixes=("_old", "_new"), indicator="side"
    )
    same = (both["side"] == "both") & (both["state_old"] == both["state_new"])
    same &= (both["value_old"] == both["value_new"]) | (
        both["value_old"].isna() & both["value_new"].isna()
    )
    found = [_revision(row) for row in both[~same].to_dict("records")]
    return tuple(sorted(found, key=lambda r: (r.source, r.table_id, r.key[3], r.key[4], r.key)))


def _revision(row: dict[Hashable, Any]) -> Revision:
    side = "old" if row["side"] == "left_only" else "new"
    before, now = _number(row, "old"), _number(row, "new")
    kind = _kind(row)
    return Revision(
        key=tuple(row[name] for name in KEY),
        source=row[f"source_{side}"],
        table_id=row[f"table_id_{side}"],
        kind=kind,
        before=None if kind == "nu fortroligt" else before,
        now=now,
    )


def _kind(row: dict[Hashable, Any]) -> Kind:
    if row["side"] != "both":
        return "fjernet" if row["side"] == "left_only" else "nyt"
    had, has = pd.notna(row["value_old"]), pd.notna(row["value_new"])
    if had and has:
        return "rettet"
    if row["state_new"] == "withheld":
        return "nu fortroligt"
    return "nu oplyst" if has else "ændret tilstand"


def _number(row: dict[Hashable, Any], side: str) -> Decimal | None:
    value = row[f"value_{side}"]
    return Decimal(repr(float(value))) if pd.notna(value) else None
