"""Which snapshot the newest one is, and whether the rows that a report has read are the same in it.

As long as no file of `data/snapshots/` has changed, the answer of last time holds and nothing is read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beskplan.core.files import ROWS
from beskplan.registers.provenance import EMBEDDED
from beskplan.runner.records import FOLDER, read_json, remember, stamp

if TYPE_CHECKING:
    from beskplan.observations import Snapshot

SNAPSHOTS = Path("data", "snapshots")
"""Below a working copy; as `beskplan.observations` has it, which is too heavy to ask here."""
_MEMORY = "data.json"
_FILES = ("snapshot.json", "observations.parquet")


class DataNow:
    """The data of a working copy at this moment."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._snapshots: dict[str, Snapshot] = {}

    def resolve(self, wanted: str) -> str:
        """The snapshot's id that `wanted` (`nyeste`, `publiceret`, an id) means now."""
        return self._newest if wanted == "nyeste" else wanted

    def same_rows(self, report: Path, snapshot: str) -> bool:
        """Whether every row that the report in a folder has read is the same in a snapshot.

        Raises:
            DataError: there is no such snapshot.
        """
        from beskplan.report.rows import row_digest

        rows = self._rows(snapshot)
        try:
            lines = (report / ROWS).read_text(encoding="utf-8").splitlines()
            read = [json.loads(line) for line in lines]
        except (OSError, ValueError):
            return False
        return all(
            row_digest(rows.get(key[3], {}).get(tuple(key))) == digest
            for *key, digest, _, _ in read
        )

    @cached_property
    def _newest(self) -> str:
        """Read nothing but hashes while no file of `data/snapshots/` has changed.

        Raises:
            DataError: the newest snapshot is damaged.
        """
        folder = self._root / SNAPSHOTS
        listing = _listing(folder)
        if not listing:
            return EMBEDDED
        memory = self._root / "reports" / FOLDER / _MEMORY
        known = read_json(memory)
        if known.get("listing") == listing and known.get("hashes") == _hashes(
            folder / str(known.get("newest"))
        ):
            return str(known["newest"])
        from beskplan.observations import newest

        found = newest(self._root)
        answer = found[1].id if found else EMBEDDED
        if found:
            self._snapshots[answer] = found[1]
        remember(memory, {"listing": listing, "newest": answer, "hashes": _hashes(folder / answer)})
        return answer

    def _rows(self, snapshot: str) -> Mapping[str, Mapping[Any, Any]]:
        if snapshot not in self._snapshots:
            from beskplan.observations import choose

            self._snapshots[snapshot] = choose(snapshot, self._root)
        return self._snapshots[snapshot].rows_by_area


def _listing(folder: Path) -> list[list[Any]]:
    """Sizes and times of every file that decides which snapshot is the newest."""
    return [
        [f"{path.parent.name}/{path.name}", *stamp(path)]
        for path in sorted(folder.glob("[0-9a-f]*/*"))
        if path.name in _FILES
    ]


def _hashes(folder: Path) -> list[str]:
    """Of a snapshot's files as they are now: what the disk itself has spoilt changes no time."""
    return [
        hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in _FILES
        if (folder / name).is_file()
    ]
