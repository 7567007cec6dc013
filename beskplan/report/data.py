"""What a report reads: one number at a time, each reading recorded."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from beskplan.blocks.model import Source
from beskplan.indicators.quantities import Quantity
from beskplan.observations import ALL, INDICATORS
from beskplan.periods import Period
from beskplan.provenance import sha256_json, source_text
from beskplan.snapshots import Key, Snapshot
from beskplan.sources.published import document


class ReportData:
    """The rows of a snapshot that one report has asked for.

    Every reading is recorded, also one that found nothing: `rows_hash` changes when, and only when,
    something that the report read has changed.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._read: dict[Key, str | None] = {}

    def quantity(
        self, indicator: str, ydelse: str, area: str, period: Period, group: str = ALL
    ) -> Quantity:
        """One number; state `absent` where the snapshot has no row for it."""
        key: Key = (indicator, ydelse, group, area, period.code)
        row = self.snapshot.rows_by_area.get(area, {}).get(key)
        if row is None:
            self._read[key] = None
            spec = INDICATORS[indicator]
            return Quantity(None, spec.decimals, spec.unit, "absent")
        self._read[key] = sha256_json(
            [row["value"], row["decimals"], row["state"], row["source"], row["table_id"]]
        )
        value = Decimal(repr(row["value"])) if row["state"] in ("known", "calculated") else None
        return Quantity(value, row["decimals"], row["unit"], row["state"])

    def sources(self, keys: Iterable[Key] | None = None) -> tuple[Source, ...]:
        """The sources of the rows read (or of `keys`), each once, with table and lines as reference."""
        wanted = self._read if keys is None else keys
        rows = [
            row
            for key in wanted
            if (row := self.snapshot.rows_by_area.get(key[3], {}).get(key)) is not None
        ]
        references: dict[tuple[str, str, str], set[str]] = {}
        for row in rows:
            origin = (row["source"], row["table_id"], row["retrieved_at"])
            references.setdefault(origin, set()).add(row["reference"])
        return tuple(
            Source(text=_text(*origin), reference=_reference(origin, lines))
            for origin, lines in sorted(references.items())
        )

    @property
    def keys_read(self) -> tuple[Key, ...]:
        """Everything asked for so far, sorted."""
        return tuple(sorted(self._read))

    @property
    def rows_hash(self) -> str:
        """Hash of all readings: keys, and what was found."""
        return sha256_json(sorted(self._read.items()))


def _text(source: str, table_id: str, retrieved_at: str) -> str:
    if source.startswith("published:"):
        plan = document(source.removeprefix("published:"))
        return f"{plan.data}, som trykt i {plan.title}"
    return source_text(source, table_id, retrieved_at)


def _reference(origin: tuple[str, str, str], places: set[str]) -> str:
    source, table_id, _ = origin
    # "linje 99" comes before "linje 311".
    in_order = sorted(filter(None, places), key=lambda place: (len(place), place))
    span = " til ".join(dict.fromkeys((in_order[0], in_order[-1]))) if in_order else ""
    return ", ".join(part for part in (source, table_id, span) if part)
