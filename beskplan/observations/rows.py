"""Rows of a snapshot by area, made when an area is asked for; sums where a source lacks an area.

A report reads a few areas of a hundred, so nothing is made for the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pandas as pd

from beskplan.core.errors import UnknownNameError
from beskplan.observations.contract import COLUMNS, KEY, Key
from beskplan.observations.suppression import withhold_keys
from beskplan.registers.areas import Area
from beskplan.registers.areas import area as area_of
from beskplan.registers.indicators import INDICATORS

Row = dict[str, Any]
"""One observation by column; a sum also has `uncertainty`: how far rounding can have moved it."""

_SUMMED_KINDS: Final = ("region", "rar", "landsdel", "oestvest", "jobcenter")
"""Never the country: 98 municipalities do not add up to it (domain.md §1)."""
_WITHOUT_AREA: Final = ["indicator", "ydelse", "group", "period"]

NO_SHARE = "kilden opgør ikke andelen for området, og dens nævner er ikke oplyst"
"""Why a share of a summed area is absent: shares cannot be added, and implied denominators are none."""
NOT_ADDITIVE = "tallet kan ikke lægges sammen over kommuner"
NOT_ALL_PARTS = "kilden har ikke tal for alle områdets kommuner"


def rounding_bound(parts: int, decimals: int = 0) -> Decimal:
    """How far a sum of `parts` rounded numbers may lie from the sum of the true ones.

    Unit: that of the numbers. Source: half a unit of the last printed decimal for each part.
    """
    return parts * Decimal("0.5").scaleb(-decimals)


def plain_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """The same table with its texts as Python objects.

    Arrow's texts start native threads when they are grouped, and a process with threads must not fork.
    """
    texts = {name: object for name in frame.columns if frame[name].dtype == "str"}
    return frame.astype(texts) if texts else frame


class RowsByArea(Mapping[str, Mapping[Key, Row]]):
    """Rows by area code, then by key. An unknown area has no rows, and raises KeyError."""

    def __init__(self, frame: pd.DataFrame, suppressed: Collection[Key] = ()) -> None:
        """Args: `suppressed`: counts of `frame` that are withheld for another's sake."""
        frame = plain_texts(frame)
        self._suppressed: dict[str, list[Key]] = {}
        for key in suppressed:
            self._suppressed.setdefault(key[3], []).append(key)
        self._frame = frame
        positions = frame.groupby("area", sort=False).indices
        self._positions = {str(kode): np.asarray(rows) for kode, rows in positions.items()}
        self._made: dict[str, dict[Key, Row]] = {}

    def __getitem__(self, kode: str) -> Mapping[Key, Row]:
        if kode not in self._made:
            own = {_key(row): row for row in self._records([kode])}
            self._made[kode] = {**self._sums(kode), **own}
        if not self._made[kode]:
            raise KeyError(kode)
        return self._made[kode]

    def __iter__(self) -> Iterator[str]:
        """The areas that the source itself has."""
        return iter(self._positions)

    def __len__(self) -> int:
        return len(self._positions)

    def _records(self, codes: list[str]) -> list[Row]:
        records: list[Row] = self.rows_of(codes).to_dict("records")  # type: ignore[assignment]
        return records

    def rows_of(self, codes: Sequence[str]) -> pd.DataFrame:
        """The observations of these areas that the source has: no sums, unknown areas left out."""
        positions = [self._positions[kode] for kode in codes if kode in self._positions]
        rows = self._frame.iloc[np.sort(np.concatenate(positions)) if positions else []]
        return withhold_keys(
            rows, [key for kode in codes for key in self._suppressed.get(kode, ())]
        )

    def _sums(self, kode: str) -> dict[Key, Row]:
        try:
            whole = area_of(kode)
        except UnknownNameError:
            return {}
        if whole.kind not in _SUMMED_KINDS or not whole.parts:
            return {}
        return {_key(row): row for row in area_sums(self.rows_of(list(whole.parts)), whole)}


def _key(row: Row) -> Key:
    return tuple(row[name] for name in KEY)


def area_sums(rows: pd.DataFrame, whole: Area) -> Iterator[Row]:
    """Observations of an area of several municipalities, made from theirs.

    Grain of `rows`: one per observation of a part. Missing: withheld where a part is withheld, absent
    where a part is absent or has no row, or where the indicator does not add up over areas.
    State: `calculated`; `uncertainty` is half a unit of the last decimal for each part.
    """
    marked = rows.assign(
        withheld=rows["state"] == "withheld",
        absent=rows["state"] == "absent",
        # The least of plain texts is looked for in Python, group by group: most of the time here.
        retrieved_at=pd.Categorical(rows["retrieved_at"], ordered=True),
    )
    grouped = marked.groupby(_WITHOUT_AREA, sort=False).agg(
        value=("value", "sum"),
        parts=("value", "size"),
        withheld=("withheld", "any"),
        absent=("absent", "any"),
        decimals=("decimals", "max"),
        unit=("unit", "first"),
        source=("source", "first"),
        sources=("source", "nunique"),
        table_id=("table_id", "first"),
        tables=("table_id", "nunique"),
        retrieved_at=("retrieved_at", "min"),
    )
    for row in grouped.reset_index().to_dict("records"):
        state, why = _state(row, len(whole.parts))
        is_sum = state == "calculated"
        yield {
            **{name: row[name] for name in COLUMNS if name in row},
            "area": whole.kode,
            "value": round(row["value"], row["decimals"]) if is_sum else float("nan"),
            "state": state,
            "reference": why,
            "uncertainty": float(rounding_bound(row["parts"], row["decimals"])) if is_sum else 0.0,
        }


def _state(row: dict[Any, Any], parts: int) -> tuple[str, str]:
    """State of a sum, and its reference in words."""
    spec = INDICATORS[row["indicator"]]
    if not spec.adds_over_areas:
        return "absent", NO_SHARE if spec.unit.startswith("pct.") else NOT_ADDITIVE
    if row["withheld"]:
        return "withheld", f"sum af {parts} kommuner, hvoraf mindst én er fortrolig"
    if row["absent"] or row["parts"] < parts or row["sources"] > 1 or row["tables"] > 1:
        return "absent", NOT_ALL_PARTS
    bound = f"{rounding_bound(parts, row['decimals']):f}".replace(".", ",")
    return "calculated", f"beregnet: sum af {parts} kommuner, højst {bound} fra afrunding"
