"""Snapshots: immutable sets of observations, named by the hash of their content.

For a source that has something to keep (see `beskplan.sources.delivery`):

    from beskplan.sources.delivery import Delivery, RawFile
    from beskplan.snapshots import store, table_version

    store(Delivery(frame, raw=(RawFile(...), ...)), root) -> Snapshot
        One new snapshot: the newest one's rows, with those that the delivery covers replaced (same
        source, table, indicator, area and period). All tables of one fetch belong in one delivery.
        Validates again; LockedError where another store keeps the folder for more than a minute.
    table_version(root, source, table_id) -> str | None
        `RawFile.version` with which the newest snapshot holds a table; None where it has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from beskplan.errors import DataError, Problem
from beskplan.observations import KEY
from beskplan.provenance import sha256_bytes
from beskplan.sources import published

Key = tuple[str, str, str, str, str]
"""indicator, ydelse, group, area, period"""

EMBEDDED_TEXT = "tal, som de er trykt i de vedtagne planer"


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Observations that never change, and what a reader is told of them.

    Attributes:
        id: First 12 hex digits of the hash of the observations.
        text: For readers: what data, and of which date.
        frame: The observations (see `beskplan.observations`).
        demo: Whether any of it is invented.
    """

    id: str
    text: str
    frame: pd.DataFrame
    demo: bool = False

    @cached_property
    def rows_by_area(self) -> dict[str, dict[Key, dict[str, Any]]]:
        """Every observation as a mapping, by area and key."""
        by_area: dict[str, dict[Key, dict[str, Any]]] = {}
        for row in self.frame.to_dict("records"):
            key = tuple(row[name] for name in KEY)
            by_area.setdefault(row["area"], {})[key] = row  # type: ignore[index]
        return by_area


def content_id(frame: pd.DataFrame) -> str:
    """The id of a snapshot with these observations; their order does not count."""
    text = frame.sort_values(list(KEY), ignore_index=True).to_csv(index=False, lineterminator="\n")
    return sha256_bytes(text.encode())[:12]


@cache
def embedded() -> Snapshot:
    """The figures that the seed documents print: the default where no snapshot has been fetched."""
    frame = published.observations()
    return Snapshot(content_id(frame), EMBEDDED_TEXT, frame)


def choose(wanted: str, root: Path) -> Snapshot:
    """The snapshot that a plan's `datagrundlag` asks for.

    Args:
        wanted: `publiceret`, `nyeste`, or a snapshot's id.
        root: The working copy, which holds `data/snapshots/`.

    Raises:
        DataError: no snapshot has this id.
    """
    if wanted in ("publiceret", "nyeste", embedded().id):
        return embedded()
    raise DataError(
        Problem("datagrundlag", "no such snapshot", repr(wanted), f"`nyeste`, `publiceret` or {embedded().id}")
    )
