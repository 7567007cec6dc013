"""Answers that are stored between fetches: a broken one goes on, an unchanged table is not asked for.

One file each under `data/answers/`, named by the hash of question and version, so that an answer
can never stand for another question or for an older state of the table.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from beskplan.core.errors import InputError, Problem
from beskplan.core.files import write_whole
from beskplan.registers.provenance import sha256_bytes, sha256_json

FOLDER: Final = Path("data") / "answers"
_SUFFIX: Final = ".answer"


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """One answer as it came, and when."""

    body: bytes
    retrieved_at: str


class AnswerStore:
    """The answers of one working copy: one file each under `data/answers/`.

    Named by the hash of question and version, so that an answer can never stand for another
    question or for an older state of the table.
    """

    def __init__(self, root: Path) -> None:
        self._folder = root / FOLDER

    @staticmethod
    def key(origin: str, version: str) -> str:
        """The name of the answer to a question, for a version of its table."""
        return sha256_json([origin, version])

    def get(self, source: str, table: str, key: str) -> StoredAnswer | None:
        """The answer, or None where there is none or its file is damaged."""
        try:
            head, _, body = self._path(source, table, key).read_bytes().partition(b"\n")
            said = json.loads(head)
            if said["sha256"] == sha256_bytes(body):
                return StoredAnswer(body, str(said["retrieved_at"]))
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return None

    def put(self, source: str, table: str, key: str, answer: StoredAnswer) -> None:
        """Store an answer that has been read without a fault.

        Raises:
            InputError: the folder cannot be written, or the disk is full.
        """
        head = {"sha256": sha256_bytes(answer.body), "retrieved_at": answer.retrieved_at}
        path = self._path(source, table, key)
        try:
            write_whole(path, json.dumps(head).encode() + b"\n" + answer.body)
        except OSError as error:
            fix = "giv skriveret til mappen, eller skaf plads på disken"
            found = str(error.strerror or error)
            what = "et svar kan ikke gemmes"
            raise InputError(Problem(str(path.parent), what, found, fix=fix)) from None

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
