"""The trail of approvals: who said what of which version, and when; only ever added to.

`reports/godkendelser.jsonl`, one event a line. Each line holds the hash of the one before and its
own, so that a line that is changed, taken out or moved is found; `.noegler/godkendelser.json`
remembers how far it went, so that a tail that is cut off is found too. Whoever can write both files
can forge both: the head is printed on the published site, where it can be compared.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from beskplan.core.errors import InputError, LockedError, Problem
from beskplan.registers.provenance import sha256_json
from beskplan.runner.records import FOLDER, now, read_json, write_json

TRAIL = "godkendelser.jsonl"
START = "0" * 64
"""Stands where the first event names the one before it."""
_WAIT_SECONDS = 30.0

What = Literal["godkendt", "offentliggjort", "trukket"]


@dataclass(frozen=True)
class Event:
    """One thing that was said of one version of a report.

    Attributes:
        number: From 1, without gaps.
        at: ISO, UTC.
        what: What was said.
        job: The report.
        content: The version (`versions.content_id`) that was looked at.
        by: The person; for a publication the address that it was put at.
        files: Path -> sha256 of what was looked at; empty for a publication.
        copy: Name of the copy that wears what was said.
        reason: Why it was withdrawn, or a remark.
        before: Hash of the event before.
        hash: Of all of the above.
    """

    number: int
    at: str
    what: What
    job: str
    content: str
    by: str
    files: dict[str, str]
    copy: str
    reason: str
    before: str
    hash: str = field(default="")

    def sealed(self) -> Event:
        """The same with its right hash."""
        body = asdict(self) | {"hash": ""}
        return Event(**(body | {"hash": sha256_json(body)}))


class TrailError(InputError):
    """The trail of approvals has been changed; nothing is published on its word."""


@dataclass(frozen=True)
class Trail:
    """The trail of a working copy."""

    reports: Path

    @property
    def path(self) -> Path:
        """The file."""
        return self.reports / TRAIL

    def events(self) -> tuple[Event, ...]:
        """All events, the oldest first.

        Raises:
            TrailError: the trail is not as it was written; every fault is named.
        """
        events, problems = self._read()
        if problems:
            raise TrailError(problems)
        return events

    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong with the trail; empty where it is as it was written."""
        return tuple(self._read()[1])

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Hold the trail alone, to look at it and add to it.

        Raises:
            TrailError: it is not as it was written.
            LockedError: another holds it for too long.
        """
        lock = self.reports / FOLDER / "godkendelser.laas"
        lock.parent.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(lock, timeout=_WAIT_SECONDS):
                yield Writer(self, list(self.events()))
        except Timeout:
            problem = Problem(str(self.path), "another approval is at work", fix="try again")
            raise LockedError(problem) from None

    def _read(self) -> tuple[tuple[Event, ...], list[Problem]]:
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            content = b""
        # What has no end of line was being written when its process ended: it was never said.
        lines = content.split(b"\n")[:-1]
        events: list[Event] = []
        problems: list[Problem] = []
        before = START
        for number, line in enumerate(lines, start=1):
            event = _event(line)
            if event is None or (event.number, event.before) != (number, before):
                problems.append(self._changed(number))
                before = event.hash if event else before
                continue
            events.append(event)
            before = event.hash
        problems += self._cut(len(lines), events)
        return tuple(events), problems

    def _cut(self, lines: int, events: list[Event]) -> Iterator[Problem]:
        head = read_json(self._head)
        count = head.get("number", 0)
        if count > lines:
            found, expected = f"{lines} events", f"{count} events"
            yield Problem(str(self.path), "events are missing at its end", found, expected, _FIX)
        elif count and len(events) == lines and events[count - 1].hash != head["hash"]:
            yield self._changed(count)

    def _changed(self, number: int) -> Problem:
        return Problem(f"{self.path}: line {number}", "was changed after it was written", fix=_FIX)

    @property
    def _head(self) -> Path:
        return self.reports / FOLDER / "godkendelser.json"

    def _append(self, event: Event) -> None:
        line = json.dumps(asdict(event), ensure_ascii=False, separators=(",", ":")) + "\n"
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            end = _end_of_last_line(file)
            os.ftruncate(file, end)
            if os.pwrite(file, line.encode(), end) != len(line.encode()):
                # A full disk takes the half of a line without a word.
                os.ftruncate(file, end)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
            os.fsync(file)
        finally:
            os.close(file)
        write_json(self._head, {"number": event.number, "hash": event.hash})


@dataclass
class Writer:
    """Adds to a trail that it holds alone."""

    trail: Trail
    events: list[Event]

    def add(
        self,
        what: What,
        job: str,
        content: str,
        by: str,
        *,
        files: dict[str, str] | None = None,
        copy: str = "",
        reason: str = "",
        at: str | None = None,
    ) -> Event:
        """Add an event; it is on the disk when this returns.

        Raises:
            OSError: it cannot be written; the trail is as before.
        """
        last = self.events[-1] if self.events else None
        event = Event(
            number=len(self.events) + 1,
            at=at or now(),
            what=what,
            job=job,
            content=content,
            by=by,
            files=files or {},
            copy=copy,
            reason=reason,
            before=last.hash if last else START,
        ).sealed()
        self.trail._append(event)  # noqa: SLF001  # the two are one thing
        self.events.append(event)
        return event


_FIX = "restore the file from a backup; beskplan never changes a line"


def _event(line: bytes) -> Event | None:
    """The event of a line; None where it is none, or its hash is not its own."""
    try:
        values: dict[str, Any] = json.loads(line)
        event = Event(**values)
    except (ValueError, TypeError):
        return None
    return event if event == event.sealed() else None


def _end_of_last_line(file: int) -> int:
    """Where the last whole line ends: what stands after it was never finished."""
    size = os.fstat(file).st_size
    content = os.pread(file, size, 0)
    return content.rfind(b"\n") + 1
