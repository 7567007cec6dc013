"""Answers that are kept between fetches: a broken one goes on, an unchanged table is not asked for.

One file per answer under `data/answers/`, named by the hash of question and version, so that an
answer can never stand for another question or for an older state of the table. A file is written
beside its place and moved there: a kill at any moment leaves the old, the new or neither.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from beskplan.core.files import write_whole
from beskplan.registers.provenance import sha256_bytes, sha256_json

FOLDER: Final = Path("data") / "answers"
_SUFFIX: Final = ".answer"


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer as it came, and when."""

    body: bytes
    retrieved_at: str


class KeptAnswers:
    """The answers of one working copy."""

    def __init__(self, root: Path) -> None:
        self._folder = root / FOLDER

    @staticmethod
    def key(origin: str, version: str) -> str:
        """The name of the answer to a question, for a version of its table."""
        return sha256_json([origin, version])

    def get(self, source: str, table: str, key: str) -> Kept | None:
        """The answer, or None where there is none or its file is damaged."""
        try:
            head, _, body = self._path(source, table, key).read_bytes().partition(b"\n")
            said = json.loads(head)
            if said["sha256"] == sha256_bytes(body):
                return Kept(body, str(said["retrieved_at"]))
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return None

    def put(self, source: str, table: str, key: str, kept: Kept) -> None:
        """Keep an answer that has been read without a fault."""
        head = {"sha256": sha256_bytes(kept.body), "retrieved_at": kept.retrieved_at}
        content = json.dumps(head).encode() + b"\n" + kept.body
        write_whole(self._path(source, table, key), content)

    def keep_only(self, source: str, table: str, keys: Iterable[str]) -> None:
        """Drop a table's answers to other questions, and what a killed process left half written.

        Another fetch of the same table may then have to ask again; it cannot go wrong.
        """
        wanted = {f"{key}{_SUFFIX}" for key in keys}
        folder = self._folder / source / table.casefold()
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.name not in wanted:
                with suppress(OSError):
                    path.unlink()

    def _path(self, source: str, table: str, key: str) -> Path:
        return self._folder / source / table.casefold() / f"{key}{_SUFFIX}"
