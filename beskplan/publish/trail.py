"""The approval trail and the mail journal: who said what of which version, and what was sent to whom.

`reports/godkendelser.jsonl` is a ledger (`beskplan.core.ledger`) with its head in
`.noegler/godkendelser.json`. Its last line is named on the published site and in every mail.

The mail journal is on the disk before the next step is taken: `data/post/journal.jsonl`, a ledger
beside the snapshots, which `make clean` leaves. The state of a message (one version of a plan's
reports for one address) is that of its last entry:

    begun         nothing that counts has been said to the server yet
    handing-over  everything but the last line is with the server: the next thing sent is that line
    accepted      the server answered 250: it answers for the message now
    deferred      the server asked to come again later, or was lost before the last line
    refused       the server will never take it
    again         a person has said: send it once more

A process that is killed leaves the last of these that was written. Only `handing-over` leaves a doubt:
whether the last line reached the server, nobody on this side can know (RFC 1047). Everywhere else it
is known, and the next run goes on from there.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from beskplan.core.errors import InputError, Refusals
from beskplan.core.files import COPIES, shipped_yaml
from beskplan.core.ledger import Ledger, LedgerError
from beskplan.core.periods import moment_text
from beskplan.render.page import DRAFT as DRAFT_STATUS
from beskplan.render.page import Status, approved_status, published_status, withdrawn_status
from beskplan.runner.records import FOLDER as RECORDS
from beskplan.runner.records import MANIFEST, now, read_json

problem = Refusals("beskplan.publish")
TRAIL = "godkendelser.jsonl"
JOB = r"\d{4}/[a-z][a-z0-9-]*/[a-z][a-z0-9_-]*(?:-\d{4}(?:M\d{2}|K\d))?"
"""Pattern of a job's id, which is a path below `reports/` too."""
_HASH_SHOWN = 16

What = Literal["godkendt", "offentliggjort", "trukket"]
Stage = Literal["udkast", "godkendt", "offentliggjort", "trukket"]
_PLACE = re.compile(r"nr\. (\d{1,9}), ([0-9a-f]{16})")
WORDS: dict[str, Any] = shipped_yaml("beskplan.publish", "ord.yaml")
"""What people see of stages, letters, causes, mails and agendas."""
LETTERS = WORDS["letters"]


def day_of(at: str) -> date:
    """The day of a moment of the trail, where the person is."""
    return datetime.fromisoformat(at).astimezone().date()


def _moment(text: str) -> str:
    day_of(text)
    return text


_Name = Annotated[str, Field(pattern=r"^[0-9a-z]*$")]
"""Of a version or copy: never a path that leads elsewhere."""


class Event(BaseModel):
    """One thing that was said of one version of a report.

    Attributes:
        number: From 1, without gaps; 0 for what is not written yet.
        at: ISO, UTC.
        what: What was said.
        job: The report.
        content: The version (`versions.content_id`) that was looked at.
        by: The person; for a publication the address that it was put at.
        files: Path -> sha256 of what was looked at; empty for a publication.
        copy_id: Name of the copy for readers.
        reason: Why it was withdrawn.
        before: Hash of the event before.
        hash: Of all of the above.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", serialize_by_alias=True)

    number: int = 0
    at: Annotated[str, AfterValidator(_moment)] = Field(default_factory=now)
    what: What
    job: Annotated[str, Field(pattern=rf"^{JOB}$")]
    content: _Name
    by: str
    files: dict[str, str] = {}
    copy_id: _Name = Field(default="", alias="copy")
    reason: str = ""
    before: str = ""
    hash: str = ""

    @property
    def place(self) -> str:
        """`nr. 5, 0123456789abcdef`: its number and the beginning of its hash, as people see them."""
        return f"nr. {self.number}, {self.hash[:_HASH_SHOWN]}"


def has_event(events: Sequence[Event], place: str) -> bool:
    """Whether a trail has the event that somebody has noted as `Event.place`."""
    found = _PLACE.fullmatch(place)
    if found is None:
        return False
    number = int(found[1])
    return 0 < number <= len(events) and events[number - 1].place == place


class Trail(Ledger[Event]):
    """The trail of a working copy, by the folder of its reports."""

    def __init__(self, reports: Path) -> None:
        lock, head = (reports / RECORDS / f"godkendelser.{end}" for end in ("laas", "json"))
        super().__init__(reports / TRAIL, lock, Event, head, wait_seconds=30.0)

    def events(self) -> tuple[Event, ...]:
        """All events, the oldest first; LedgerError as `read`."""
        return tuple(self.read())

    def _checked(self) -> tuple[list[Event], str]:
        events, last = super()._checked()
        # Published and withdrawn copies are each made after an approval: without one the trail is lost.
        copies = self.path.parent / COPIES
        for path in sorted(copies.glob(f"*/*/*/[0-9a-f]*/{MANIFEST}")) if not events else ():
            said = read_json(path).get("standing")
            if isinstance(said, dict) and said.get("kind") in ("offentliggjort", "trukket"):
                raise LedgerError(problem("trail-lost", str(self.path), str(path.parent)))
        return events, last


@dataclass(frozen=True)
class State:
    """What was last said of a version.

    Attributes:
        approval: The approval that holds; None for a draft.
        published: When it was first published since that approval; None where it is not.
        withdrawal: None unless it is withdrawn.
    """

    approval: Event | None = None
    published: Event | None = None
    withdrawal: Event | None = None

    @property
    def stage(self) -> Stage:
        """How far it has come."""
        return self.last.what if self.last else "udkast"

    @property
    def last(self) -> Event | None:
        """The event that decides; None for a draft."""
        return self.withdrawal or self.published or self.approval

    @property
    def copy(self) -> str:
        """Name of the copy for readers; empty for a draft."""
        return self.last.copy_id if self.last else ""

    @property
    def status(self) -> Status:
        """What its readers are told, on page, PDF, workbook and catalogue alike."""
        if self.withdrawal:
            said = self.withdrawal
            return withdrawn_status(said.by, day_of(said.at), said.reason)
        if not self.approval:
            return DRAFT_STATUS
        by, day = self.approval.by, day_of(self.approval.at)
        return (
            published_status(by, day, day_of(self.published.at))
            if self.published
            else approved_status(by, day)
        )


DRAFT = State()


class States:
    """The states of all versions, from the trail's events."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._states: dict[str, dict[str, State]] = {}
        for event in events:
            versions = self._states.setdefault(event.job, {})
            # The last that something was said of stands last.
            before = versions.pop(event.content, DRAFT)
            versions[event.content] = _after(before, event)

    def of(self, job: str, content: str) -> State:
        """The state of a version; a draft where nothing was said of it."""
        return self._states.get(job, {}).get(content, DRAFT)

    def known(self, job: str) -> dict[str, State]:
        """Every version of a report that something was said of, by content."""
        return dict(self._states.get(job, {}))

    def in_force(self, job: str) -> str:
        """Content of the version that was approved last and not withdrawn; empty where there is none."""
        return self._approved_last(job, ("godkendt", "offentliggjort"))

    def public(self, job: str) -> str:
        """Content of the version that readers get: published or withdrawn last; empty without one."""
        # What readers never had is not shown to them as withdrawn.
        withdrawn_last = (
            content
            for content, state in reversed(self.known(job).items())
            if state.withdrawal and state.published
        )
        return self._approved_last(job, ("offentliggjort",)) or next(withdrawn_last, "")

    def jobs(self) -> tuple[str, ...]:
        """Every report that something was said of."""
        return tuple(self._states)

    def _approved_last(self, job: str, stages: tuple[Stage, ...]) -> str:
        found = {
            content: state.approval.number
            for content, state in self.known(job).items()
            if state.approval and state.stage in stages
        }
        return max(found, key=found.__getitem__, default="")


def _after(before: State, event: Event) -> State:
    match event.what:
        case "godkendt":
            return State(event)
        case "offentliggjort":
            return State(before.approval, before.published or event)
        case "trukket":
            return State(before.approval, before.published, event)


FOLDER = Path("data") / "post"
MailState = Literal["begun", "handing-over", "accepted", "deferred", "refused", "again"]
OPEN = ("handing-over", "refused")
"""What needs a person, and is not sent again before."""


def one_line(text: str) -> str:
    """A server's answer as one line of plain letters: it is shown to people and kept."""
    return "".join(sign if sign.isprintable() else " " for sign in text)[:300].strip()


class Letter(BaseModel):
    """One version of a plan year's reports for one address: what is sent once."""

    model_config = ConfigDict(frozen=True, strict=True)

    job: str
    """`2021/rudersdal`."""
    version: str
    address: str
    message_id: str

    @property
    def key(self) -> tuple[str, str]:
        """What makes two letters the same one: letter case in an address does not."""
        return self.version, self.address.casefold()


class Entry(BaseModel):
    """One thing that happened to one letter."""

    model_config = ConfigDict(frozen=True, strict=True)

    at: str = Field(default_factory=now)
    """ISO, UTC."""
    letter: Letter
    state: MailState
    detail: Annotated[str, AfterValidator(one_line)] = ""
    """What the server answered, or who said so; one line of plain letters."""
    trail: str = ""
    """The last line of the approval trail then (`Event.place`), as it stands in the mail."""


class Journal(Ledger[Entry]):
    """The journal of a working copy."""

    def __init__(self, root: Path) -> None:
        folder = root / FOLDER
        super().__init__(folder / "journal.jsonl", folder / "laas", Entry, mode=0o600)

    def settle(self, address: str, state: Literal["accepted", "again"]) -> Entry:
        """Add what a person knows of the last letter to an address.

        Raises:
            InputError: nothing that a person could know better was sent there.
        """
        known = {"handing-over", "accepted", "refused"} - {state}
        with self.writing() as writer:
            letters = [
                one.letter
                for one in latest(writer.entries).values()
                if one.state in known
                and one.letter.address.casefold() == address.strip().casefold()
            ]
            if not letters:
                raise InputError(problem("no-letter", address))
            said = "sagt af et menneske"
            return writer.add(Entry(letter=letters[-1], state=state, detail=said))

    def lines(self) -> list[str]:
        """Give the last word on every letter, what needs a person last, and a count."""
        entries = latest(self.read()).values()
        lines = [
            f"{LETTERS[one.state]:<12} {one.letter.job} {one.letter.version}  {one.letter.address}  "
            f"{moment_text(one.at)}  {one.letter.message_id}  {one.detail}".rstrip()
            for one in sorted(entries, key=lambda one: (one.state in OPEN, one.at))
        ]
        counted = Counter(LETTERS[entry.state] for entry in entries)
        count = ", ".join(f"{number} {word}" for word, number in counted.items())
        return [*lines, count or "Der er aldrig sendt mail."]


def latest(entries: Iterable[Entry]) -> dict[tuple[str, str], Entry]:
    """The last entry of each letter, by `Letter.key`."""
    return {entry.letter.key: entry for entry in entries}
