"""Every number of an area was read for that area, and stands so in the snapshot.

Tables whose rows name their area by code are held to the rows that the report has read for it: each
number is one of them as printed, or their difference or change in per cent. What was read is held to
the snapshot's own file, past everything that a report reads through.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

from beskplan.core.errors import Problem
from beskplan.core.numbers import round_half_away
from beskplan.indicators.change import pct_change
from beskplan.indicators.quantities import Quantity
from beskplan.observations import Snapshot, choose, embedded
from beskplan.observations.contract import KEY
from beskplan.proof.evidence import Evidence, Reading
from beskplan.registers.provenance import EMBEDDED
from beskplan.report.rows import row_digest

DECIMALS = (0, 1, 2)
"""Of changes in per cent; the params choose one."""


def rule(evidence: Evidence) -> Iterator[Problem]:
    """Cells against readings, and readings against the snapshot."""
    by_area: dict[str, list[Reading]] = defaultdict(list)
    for reading in evidence.readings:
        if reading.value is not None:
            by_area[reading.area].append(reading)
    possible = {kode: _possible(readings) for kode, readings in by_area.items()}
    for name, table in evidence.tables:
        for row in table.rows:
            for column, cell in zip(table.columns[1:], row.cells, strict=True):
                if not row.area or cell.value is None:
                    continue
                if Decimal(repr(cell.value)) not in possible.get(row.area, ()):
                    where = f"{name}: {row.label}, {column.label}"
                    yield evidence.problem(
                        "ipynb", "a number that was not read for this area", cell.text, where=where
                    )
    yield from _other_than_stored(evidence)


def _possible(readings: Iterable[Reading]) -> set[Decimal]:
    """Every number that may stand in a row about one area."""
    series: dict[tuple[str, str, str], list[Quantity]] = defaultdict(list)
    for reading in readings:
        number = Quantity(Decimal(repr(reading.value)), reading.decimals or 0, "", "known")
        series[reading.key[:3]].append(number)
    found: set[Decimal] = set()
    for numbers in series.values():
        found |= {number.printed for number in numbers}
        for before, now in permutations(numbers, 2):
            found.add(now.printed - before.printed)
            change = pct_change(before, now, max(DECIMALS))
            if change.is_number:
                found |= {round_half_away(change.exact, decimals) for decimals in DECIMALS}
    return found


def _other_than_stored(evidence: Evidence) -> Iterator[Problem]:
    """Readings that the snapshot's own file does not hold so; sums over areas are not in it."""
    stored = _stored(
        evidence.place.root, evidence.params.datagrundlag, evidence.page.header.data_id
    )
    asked = {reading.key for reading in evidence.readings}
    areas, periods = ({key[KEY.index(name)] for key in asked} for name in ("area", "period"))
    rows = stored.rows_by_area.rows_of(sorted(areas))
    rows = rows[rows["period"].isin(periods)]
    records: list[dict[str, Any]] = rows.to_dict("records")  # type: ignore[assignment]
    held = {tuple(row[name] for name in KEY): row_digest(row) for row in records}
    for reading in evidence.readings:
        digest = held.get(reading.key)
        if digest is not None and digest != reading.digest:
            yield evidence.problem(
                "ipynb",
                "a row that the snapshot holds otherwise",
                str(reading.value),
                where=" ".join(reading.key),
            )


@cache
def _stored(root: Path, wanted: str, data_id: str) -> Snapshot:
    del data_id  # the newest snapshot is another one once a new one is stored
    return embedded() if wanted == EMBEDDED else choose(wanted, root)
