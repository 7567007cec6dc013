"""Which rows a report has read, left behind for the build: the key of a report covers them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from beskplan.observations.contract import Key
from beskplan.registers.provenance import sha256_json

ROWS_VARIABLE = "BESKPLAN_ROWS"
"""Environment variable that names the file to which each reading is added, as a line of JSON.

A variable, as the notebook's cells may run in another process than the build.
"""


def row_digest(row: Mapping[str, Any] | None) -> str | None:
    """Hash of what a report can tell of a row; None where there is no row.

    The day of retrieval is not part of it: the same number fetched again is the same number.
    """
    if row is None:
        return None
    return sha256_json(
        [row["value"], row["decimals"], row["state"], row["source"], row["table_id"]]
    )


def leave_behind(key: Key, row: Mapping[str, Any] | None, digest: str | None) -> None:
    """Add one reading to the build's file, if there is a build that asks for it."""
    path = os.environ.get(ROWS_VARIABLE)
    if not path:
        return
    number = row and row["state"] in ("known", "calculated")
    entry = [*key, digest, row["value"] if row and number else None, row and row["decimals"]]
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(file, (json.dumps(entry, ensure_ascii=False) + "\n").encode())
    finally:
        os.close(file)


@contextmanager
def recorded(path: Path) -> Iterator[None]:
    """Have every reading of what runs inside, in this process or in one that it starts, added to a file.

    The file is there afterwards, empty where nothing was read.
    """
    path.touch()
    before = os.environ.get(ROWS_VARIABLE)
    os.environ[ROWS_VARIABLE] = str(path)
    try:
        yield
    finally:
        if before is None:
            del os.environ[ROWS_VARIABLE]
        else:
            os.environ[ROWS_VARIABLE] = before
