"""A snapshot as a value: observations that never change, their rows by area, and its manifest.

A report reads a few areas of a hundred: rows are made when an area is asked for, sums where a source
lacks it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from beskplan.core.danish import list_danish
from beskplan.core.errors import UnknownNameError
from beskplan.core.files import sha256_bytes, sha256_json
from beskplan.core.periods import date_text
from beskplan.observations import published
from beskplan.observations.contract import COLUMNS, KEY, ORIGIN, Key
from beskplan.observations.secondary_suppression import suppressed_keys
from beskplan.observations.suppression import withhold_keys
from beskplan.registers.areas import Area
from beskplan.registers.areas import area as area_of
from beskplan.registers.indicators import INDICATORS
from beskplan.registers.provenance import OWN, PUBLISHED, own_name, source_name

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


def records(frame: pd.DataFrame) -> list[Row]:
    """The rows of a table by column, as Python's own values: `to_dict` asks each of them for its type."""
    names, columns = list(frame.columns), [frame[name].tolist() for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


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
            own = {_key(row): row for row in records(self.rows_of([kode]))}
            self._made[kode] = {**self._sums(kode), **own}
        if not self._made[kode]:
            raise KeyError(kode)
        return self._made[kode]

    def __iter__(self) -> Iterator[str]:
        """The areas that the source itself has."""
        return iter(self._positions)

    def __len__(self) -> int:
        return len(self._positions)

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
    if rows.empty:
        return
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
    for row in records(grouped.reset_index()):
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


NOTHING_READ: Final = "tal fra de dokumenter, som står under kilder"
"""A page that shows no observation, such as one of targets that no source measures."""
Origin = tuple[str, str, str]
"""Source, table id and day of retrieval of an observation."""
Titles = Mapping[tuple[str, str], str]
"""What tables are called where they come from, by source and table id; only those known."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Observations that never change, and what a reader is told of them.

    Attributes:
        id: 12 hex digits of the hash of its content.
        text: For readers: what data, and of which date.
        frame: The observations (see `beskplan.observations.contract`).
        demo: Whether any of it is invented.
        titles: See `Titles`.
        suppressed: Counts that every reader gets withheld, so that no withheld one can be worked out;
            None where that was not decided by a store.
    """

    id: str
    text: str
    frame: pd.DataFrame
    demo: bool = False
    titles: Titles = field(default_factory=dict)
    suppressed: frozenset[Key] | None = None

    @cached_property
    def origins(self) -> frozenset[Origin]:
        """Where any of the observations comes from."""
        return frozenset(self.frame[[*ORIGIN]].drop_duplicates().itertuples(index=False, name=None))

    @cached_property
    def withheld_besides(self) -> frozenset[Key]:
        """Counts that are withheld for another's sake (secondary suppression)."""
        return suppressed_keys(self.frame) if self.suppressed is None else self.suppressed

    @cached_property
    def rows_by_area(self) -> RowsByArea:
        """What a reader is told of every observation, by area and key; sums of areas included."""
        return RowsByArea(self.frame, self.withheld_besides)

    @cached_property
    def protected(self) -> pd.DataFrame:
        """The observations as a reader is told them: withheld where `frame` would give one away."""
        return withhold_keys(self.frame, self.withheld_besides)


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TableEntry(_Value):
    """One table of a source as the snapshot holds it."""

    source: str
    table_id: str
    first_retrieved: str
    last_retrieved: str
    """ISO dates; they differ where periods of an older retrieval are still here."""
    rows: int
    version: str
    """The source's own mark of the newest retrieval; empty where it has none."""
    source_line: str
    """What follows "Kilde:"."""
    licence: str
    """Empty where the source states none."""


class RawEntry(_Value):
    """One raw file as it lies under `raw/`, byte for byte; else as `RawFile`."""

    file: str
    name: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int
    source: str
    table_id: str
    retrieved_at: str
    origin: str
    version: str
    mapping: str
    title: str


class Manifest(_Value):
    """The whole of `snapshot.json`: what a snapshot holds, whence, and the hashes that prove it."""

    id: str = Field(pattern=r"^[0-9a-f]{12}$")
    stored_at: datetime
    """With time zone; later than that of every snapshot stored before it."""
    base: str | None
    """The snapshot that this one continues."""
    text: str
    """For readers: what data, and of which date."""
    demo: bool
    rows: int
    content_sha256: str
    """Of the observations, whatever wrote their file."""
    parquet_sha256: str
    """Of the file `observations.parquet`."""
    tables: tuple[TableEntry, ...]
    raw: tuple[RawEntry, ...]
    suppressed: tuple[str, ...]
    """Counts that are withheld for another's sake, each as its key with blanks between."""
    seal: str = ""
    """Hash of everything above."""

    def sealed(self) -> Manifest:
        """The same with its seal."""
        return self.model_copy(update={"seal": self._sum()})

    @property
    def is_intact(self) -> bool:
        """Whether nothing in it has changed since it was sealed."""
        return self.seal == self._sum()

    def _sum(self) -> str:
        return sha256_json(self.model_dump(mode="json", exclude={"seal"}))


def titles_of(raw: Iterable[RawEntry]) -> dict[tuple[str, str], str]:
    """The titles of tables that raw files tell, those of the newest first (see `Titles`)."""
    newest_last = sorted(raw, key=lambda entry: entry.retrieved_at)
    return {(entry.source, entry.table_id): entry.title for entry in newest_last if entry.title}


def content_sha256(frame: pd.DataFrame) -> str:
    """Hash of the observations; their order does not count."""
    text = frame.sort_values(list(KEY), ignore_index=True).to_csv(index=False, lineterminator="\n")
    return sha256_bytes(text.encode())


def snapshot_id(content: str, besides: Iterable[str] = ()) -> str:
    """The id of a snapshot.

    Args:
        content: Hash of its observations (`content_sha256`).
        besides: What else tells it from others: hashes of the raw files, the id of its base.
    """
    others = sorted(besides)
    return (sha256_bytes("\n".join((content, *others)).encode()) if others else content)[:12]


def reader_text(origins: Iterable[Origin], titles: Titles | None = None) -> str:
    """The sources of some observations and their days, as a noun phrase.

    Example: `tal fra Jobindsats.dk (hentet 1. august 2026) og Danmarks Statistik (hentet 3. juli 2026)`.

    Args:
        origins: Of every observation that the text is about.
        titles: Of the tables of a municipality's own; its name alone where there is none.
    """
    days: dict[str, set[str]] = {}
    plans: dict[str, None] = {}
    for source, table_id, retrieved_at in sorted(origins):
        if source.startswith(PUBLISHED):
            plans[published.document(source.removeprefix(PUBLISHED)).title] = None
            continue
        title = (titles or {}).get((source, table_id), "")
        own = source.startswith(OWN)
        name = own_name(source, title) if own else source_name(source).split(",")[0]
        days.setdefault(name, set()).add(retrieved_at[:10])
    phrases = [f"{name} (hentet {_span(found)})" for name, found in days.items()]
    fetched = f"tal fra {list_danish(phrases)}" if phrases else ""
    printed = f"tal, som de er trykt i {list_danish(list(plans))}" if plans else ""
    return " og ".join(filter(None, (fetched, printed))) or NOTHING_READ


def _span(days: set[str]) -> str:
    first, last = (date_text(date.fromisoformat(day)) for day in (min(days), max(days)))
    return last if first == last else f"{first} - {last}"
