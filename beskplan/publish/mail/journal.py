"""What has been sent to whom, on the disk before the next step is taken; only ever added to.

`data/post/journal.jsonl`, one entry a line, beside the snapshots: `make clean` leaves it. The state of a
message (one version of a plan's reports for one address) is that of its last entry:

    begun         nothing that counts has been said to the server yet
    handing-over  everything but the last line is with the server: the next thing sent is that line
    accepted      the server answered 250: it answers for the message now
    deferred      the server asked to come again later, or was lost before the last line
    refused       the server will never take it
    bounced       it took it and sent it back (`bounces.py`)
    again         a person has said: send it once more

A process that is killed leaves the last of these that was written. Only `handing-over` leaves a doubt:
whether the last line reached the server, nobody on this side can know (RFC 1047). Everywhere else it
is known, and the next run goes on from there.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, get_args

from filelock import FileLock, Timeout

from beskplan.core.errors import InputError, LockedError, Problem
from beskplan.runner.records import now

FOLDER = Path("data") / "post"
State = Literal["begun", "handing-over", "accepted", "deferred", "refused", "bounced", "again"]


@dataclass(frozen=True)
class Letter:
    """One version of a plan year's reports for one address: what is sent once."""

    job: str
    """`2021/rudersdal`."""
    version: str
    address: str
    message_id: str

    @property
    def key(self) -> tuple[str, str]:
        """What makes two letters the same one: letter case in an address does not."""
        return self.version, self.address.casefold()


@dataclass(frozen=True)
class Entry:
    """One thing that happened to one letter."""

    at: str
    """ISO, UTC."""
    letter: Letter
    state: State
    detail: str = ""
    """What the server answered, or who said so; one line of plain letters."""


class JournalError(InputError):
    """The journal cannot be trusted; nothing is sent on its word."""


@dataclass(frozen=True)
class Journal:
    """The journal of a working copy."""

    folder: Path

    @classmethod
    def of(cls, root: Path) -> Journal:
        """The journal of a working copy."""
        return cls(root / FOLDER)

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / "journal.jsonl"

    def entries(self) -> tuple[Entry, ...]:
        """All entries, the oldest first.

        Raises:
            JournalError: a line is no entry. A last line without end was being written when its
                process ended, and counts as not written.
        """
        try:
            lines = self.path.read_bytes().split(b"\n")[:-1]
        except FileNotFoundError:
            return ()
        return tuple(self._entry(number, line) for number, line in enumerate(lines, start=1))

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Hold the journal alone, to look at it and add to it.

        Raises:
            JournalError: it cannot be trusted.
            LockedError: another process sends.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.folder / "laas", timeout=0):
                entries = self.entries()
                with _opened(self.path) as file:
                    yield Writer(file, list(entries))
        except Timeout:
            problem = Problem(str(self.folder), "another mail run is at work", fix="wait for it")
            raise LockedError(problem) from None

    def _entry(self, number: int, line: bytes) -> Entry:
        try:
            found = json.loads(line)
            entry = Entry(**{**found, "letter": Letter(**found["letter"])})
        except (ValueError, TypeError, KeyError):
            entry = None
        if entry is None or entry.state not in get_args(State):
            fix = "restore the file from a backup; without it nobody knows who has got what"
            raise JournalError(Problem(f"{self.path}: line {number}", "is no entry", fix=fix))
        return entry


@dataclass
class Writer:
    """Adds to a journal that it holds alone."""

    file: int
    entries: list[Entry]

    def add(self, letter: Letter, state: State, detail: str = "") -> Entry:
        """Add an entry; it is on the disk when this returns.

        Raises:
            OSError: it cannot be written; the journal is as before.
        """
        entry = Entry(now(), letter, state, one_line(detail))
        line = json.dumps(asdict(entry), ensure_ascii=False, separators=(",", ":")) + "\n"
        _append(self.file, line.encode())
        self.entries.append(entry)
        return entry


def latest(entries: Iterable[Entry]) -> dict[tuple[str, str], Entry]:
    """The last entry of each letter, by `Letter.key`."""
    return {entry.letter.key: entry for entry in entries}


def one_line(text: str) -> str:
    """A server's answer as one line of plain letters: it is shown to people and kept."""
    return "".join(sign if sign.isprintable() else " " for sign in text)[:300].strip()


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        content = _whole(file)
        end = content.rfind(b"\n") + 1
        os.ftruncate(file, end)
        os.lseek(file, end, os.SEEK_SET)
        os.fsync(file)
        _sync_folder(path.parent)
        yield file
    finally:
        os.close(file)


def _append(file: int, line: bytes) -> None:
    """Add a line, or nothing: a full disk takes the half of one without a word."""
    end = os.lseek(file, 0, os.SEEK_CUR)
    if os.write(file, line) != len(line):
        os.ftruncate(file, end)
        os.lseek(file, end, os.SEEK_SET)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(file)


def _sync_folder(folder: Path) -> None:
    """The name of a new file is on the disk too; Windows has no such call and needs none."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _whole(file: int) -> bytes:
    os.lseek(file, 0, os.SEEK_SET)
    return os.read(file, os.fstat(file).st_size)
