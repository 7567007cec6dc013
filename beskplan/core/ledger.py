"""An append-only ledger: one JSON object a line, each bound to the line before it by a hash.

A line that is changed, taken out, moved or put in between breaks the chain. The chain alone does not
show that its last lines are gone: the head, a small file beside it, holds how far it went, and a
ledger without one can be cut. Whoever can write both files can cut both; therefore the number and the
hash of the last line belong where a person sees them (mails, the published site).
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from beskplan.core.errors import ROOM, InputError, Problem, Refusals, os_reason
from beskplan.core.files import alone, sync, write_whole

START = "0" * 64
"""Stands where the first line names the one before it."""
problem = Refusals(ROOM)

Line = dict[str, Any]
Entry = TypeVar("Entry", bound=BaseModel)


class LedgerError(InputError):
    """The ledger is not as it was written; nothing is done on its word."""


@dataclass(frozen=True)
class Ledger(Generic[Entry]):
    """A ledger on the disk.

    Attributes:
        path: The file of its lines.
        lock: The file that is locked while it is added to.
        model: What a line says, besides its `number`, `before` and `hash`.
        head: Where the number and hash of the last line are held besides; None for a ledger without.
        wait_seconds: How long to wait for another who adds to it.
        mode: Who may read the file, where it is made.
    """

    path: Path
    lock: Path
    model: type[Entry]
    head: Path | None = None
    wait_seconds: float = 0.0
    mode: int = 0o644

    def read(self) -> list[Entry]:
        """All entries, the oldest first.

        Raises:
            LedgerError: it is not as it was written; every fault is named.
        """
        return self._checked()[0]

    @contextmanager
    def writing(self) -> Iterator[Writer[Entry]]:
        """Hold the ledger alone, to look at it and add to it.

        Raises:
            LedgerError: it is not as it was written.
            LockedError: another holds it for longer than `wait_seconds`.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with alone(self.lock, problem("ledger-busy", str(self.path)), self.wait_seconds):
            yield Writer(self, *self._checked())

    def _checked(self) -> tuple[list[Entry], str]:
        """All entries, and the hash that the next line names."""
        content = _content(self.path) or b""
        entries: list[Entry] = []
        problems: list[Problem] = []
        before, count = START, 0
        # What has no end of line was being written when its process ended: it was never said.
        for count, text in enumerate(content.split(b"\n")[:-1], start=1):
            line, where = _parsed(text), f"{self.path}: linje {count}"
            bound = (line.get("number"), line.get("before")) == (count, before)
            if not (bound and line.get("hash") == _digest(line)):
                problems.append(problem("line-changed", where))
            else:
                try:
                    entries.append(self.model.model_validate(line))
                except ValidationError as error:
                    problems.append(problem("line-foreign", where, str(error)))
            before = str(line.get("hash"))
        if self.head is not None and not problems:
            problems += self._head_problems(self.head, count, before)
        if problems:
            raise LedgerError(problems)
        return entries, before

    def _head_problems(self, head: Path, count: int, last: str) -> Iterator[Problem]:
        content = _content(head)
        if content is None and not count:
            return
        held = _parsed(content or b"")
        number = held.get("number")
        if not isinstance(number, int) or not isinstance(held.get("hash"), str):
            name = "head-missing" if content is None else "head-changed"
            yield problem(name, str(head), f"{count} linjer i {self.path.name}")
        # `next`: the line that was being added when a process ended; it is there or it is not.
        elif (count, last) not in ((number, held["hash"]), (number + 1, held.get("next"))):
            found, expected = f"{count} linjer", f"{number} linjer, den sidste {held['hash'][:16]}"
            yield problem("ledger-another", str(self.path), found, expected=expected)


@dataclass
class Writer(Generic[Entry]):
    """Adds to a ledger that it holds alone."""

    ledger: Ledger[Entry]
    entries: list[Entry]
    last: str
    """Hash of the last line."""

    def add(self, entry: Entry) -> Entry:
        """Add an entry; it is on the disk when this returns, with number and hash where it has such.

        Raises:
            OSError: it cannot be written; the ledger is as before.
        """
        count = len(self.entries)
        said = entry.model_dump(exclude={"number", "before", "hash"})
        line = {"number": count + 1, **said, "before": self.last}
        line["hash"] = digest = _digest(line)
        text = json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"
        self._hold({"number": count, "hash": self.last, "next": digest})
        append(self.ledger.path, text.encode(), self.ledger.mode)
        self._hold({"number": count + 1, "hash": digest})
        self.entries.append(self.ledger.model.model_validate(line))
        self.last = digest
        return self.entries[-1]

    def _hold(self, head: Line) -> None:
        if self.ledger.head is not None:
            write_whole(self.ledger.head, f"{json.dumps(head)}\n".encode())


def append(path: Path, line: bytes, mode: int) -> None:
    """Add a line to a file, or nothing; on the disk when this returns, the file's name too.

    Raises:
        OSError: it cannot be written; the file is as before.
    """
    new = not path.exists()
    file = os.open(path, os.O_RDWR | os.O_CREAT, mode)
    try:
        # What stands after the last end of line was never finished.
        end = path.read_bytes().rfind(b"\n") + 1
        os.ftruncate(file, end)
        if os.pwrite(file, line, end) != len(line):
            # A full disk takes the half of a line without a word.
            os.ftruncate(file, end)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        os.fsync(file)
    finally:
        os.close(file)
    if new:
        sync(path.parent)


def _content(path: Path) -> bytes | None:
    """The content of a file; None where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LedgerError(problem("ledger-not-read", str(path), os_reason(error))) from None


def _parsed(text: bytes) -> Line:
    """The object of a line; an empty one where it is none, or is nested too deeply to be one of ours."""
    try:
        found = json.loads(text)
        return found if isinstance(found, dict) and _digest(found) else {}
    except (ValueError, RecursionError):
        return {}


def _digest(line: Line) -> str:
    text = json.dumps(
        {**line, "hash": ""}, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
