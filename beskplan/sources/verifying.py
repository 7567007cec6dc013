"""Reading the raw files of a stored snapshot again: is each number the one that its source gave?

Hashes show that no byte has changed since a snapshot was stored; this shows that what was stored is
what came. A row is right where one raw file of its table and day gives the same.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from beskplan.core.errors import BeskplanError, DataError, Problem
from beskplan.core.periods import Period
from beskplan.observations.contract import KEY
from beskplan.observations.snapshot import Manifest, RawEntry
from beskplan.observations.snapshot_store import RAW
from beskplan.observations.suppression import threshold
from beskplan.registers.areas import known as known_area
from beskplan.registers.reading import parse
from beskplan.sources import jobindsats_rows, statbank
from beskplan.sources.imports import read_export
from beskplan.sources.labels import problem
from beskplan.sources.mapping import Mapping as FileMapping

Key = tuple[str, ...]
Row = dict[Hashable, Any]


@dataclass(frozen=True)
class _Given:
    """What a raw file gives: a number by key, None where it is withheld; no entry where none is."""

    names: tuple[str, ...]
    """Columns of an observation that make its key in this file."""
    values: Mapping[Key, float | None]
    limit: float
    """Counts below this were withheld when they were stored."""

    def agrees(self, row: Row) -> bool:
        """Whether a stored observation is what the file gives."""
        key = tuple(str(row[name]) for name in self.names)
        if row["state"] == "absent" or key not in self.values:
            return row["state"] == "absent" and key not in self.values
        value = self.values[key]
        if row["state"] == "withheld":
            return value is None or value < self.limit
        return value is not None and abs(value - row["value"]) < 1e-9


def raw_problems(folder: Path, manifest: Manifest, frame: pd.DataFrame) -> list[Problem]:
    """Stored numbers that their raw files do not give, a problem for each table and day.

    Args:
        folder: The snapshot's folder, whose files have their right hashes.
        manifest: Its manifest.
        frame: Its observations, as stored.
    """
    problems: list[Problem] = []
    files: dict[Key, list[_Given]] = defaultdict(list)
    for entry in manifest.raw:
        path = folder / RAW / entry.file
        try:
            given = _read(path.read_bytes(), entry)
            files[entry.source, entry.table_id, entry.retrieved_at[:10]].append(given)
        except (BeskplanError, ValueError, LookupError) as error:
            problems.append(problem("not-read-again", str(path), str(error)))
    days = frame["retrieved_at"].str[:10].rename("day")
    for names, rows in frame.groupby([frame["source"], frame["table_id"], days]):
        of_table = files[tuple(map(str, names))]
        wrong = [row for row in rows.to_dict("records") if not any(f.agrees(row) for f in of_table)]
        if wrong:
            first = " ".join(str(wrong[0][name]) for name in (*KEY, "value"))
            found = f"{len(wrong)} tal, det første {first}"
            problems.append(problem("not-the-raw-numbers", " ".join(map(str, names)), found))
    return problems


def _read(content: bytes, entry: RawEntry) -> _Given:
    if entry.mapping:
        mapping = parse(entry.mapping, entry.name, FileMapping)
        on = date.fromisoformat(entry.retrieved_at[:10])
        frame = read_export(content, mapping, name=entry.name, retrieved_at=on).frame
        numbers = frame[frame["state"] != "absent"]
        keys = zip(*(numbers[name] for name in KEY), strict=True)
        values = (None if pd.isna(value) else float(value) for value in numbers["value"])
        below = mapping.fortroligt_under
        limit = threshold(entry.source) if below is None else below
        return _Given(KEY, dict(zip(keys, values, strict=True)), limit)
    cells = _of_statbank if entry.source == "statbank" else _of_jobindsats
    names = ("reference", "area", "period")
    return _Given(names, dict(cells(content, entry)), threshold(entry.source))


def _of_jobindsats(content: bytes, entry: RawEntry) -> Iterator[tuple[Key, float | None]]:
    """Every number of an answer, by the reference that its observation has."""
    asked = [one.partition("=")[::2] for one in entry.origin.split("&")]
    fixed = [(n[10:], v) for n, v in asked if n.startswith("hierarchy.") and v != "*"]
    values = "&".join(f"{name}={value}" for name, value in fixed)
    answer = jobindsats_rows.read_answer(content, entry.name)
    at_area, at_period = jobindsats_rows.place_columns(answer, entry.name)
    for row in answer.rows:
        area = known_area(str(row[at_area]))
        period = Period.parse(str(row[at_period])).code
        for label, cell in zip(answer.columns, row, strict=True):
            try:
                number = (
                    None if jobindsats_rows.is_label(cell) else jobindsats_rows.read_number(cell)
                )
            except DataError:  # another column than a measure's
                continue
            if area is not None and not jobindsats_rows.is_label(cell):
                reference = "; ".join(filter(None, (label, values)))
                yield (reference, area.kode, period), None if number is None else float(number)


def _of_statbank(content: bytes, entry: RawEntry) -> Iterator[tuple[Key, float | None]]:
    """Every number of an answer, by the reference that its observation has."""
    asked = json.loads(entry.origin.partition(" ")[2])
    variables = [(one["code"], tuple(one["values"])) for one in asked["variables"]]
    cells = statbank.read_answer(
        content, statbank.Query(asked["table"], tuple(variables)), entry.name
    )
    areas = [sum(known_area(one) is not None for one in ids) for _, ids in variables]
    at_area = areas.index(max(areas))
    at_time = [name.casefold() for name, _ in variables].index("tid")
    fixed = [(at, one[0]) for at, one in enumerate(variables) if at not in (at_area, at_time)]
    for key, text in cells.items():
        if text not in statbank.ABSENT:
            reference = "&".join(f"{name}={key[at]}" for at, name in fixed)
            place = (reference, key[at_area], Period.parse(key[at_time]).code)
            yield place, None if text in statbank.WITHHELD else float(text.replace(",", "."))
