"""The mail journal: what has been sent to whom, on the disk before the next step is taken.

`data/post/journal.jsonl` is a ledger (`beskplan.core.ledger`) beside the snapshots: `make clean` leaves
it. The state of a message (one version of a plan's reports for one address) is that of its last entry:

    begun         nothing that counts has been said to the server yet
    handing-over  everything but the last line is with the server: the next thing sent is that line
    accepted      the server answered 250: it answers for the message now
    deferred      the server asked to come again later, or was lost before the last line
    refused       the server will never take it
    bounced       it took it and sent it back (`note_bounces`)
    again         a person has said: send it once more

A process that is killed leaves the last of these that was written. Only `handing-over` leaves a doubt:
whether the last line reached the server, nobody on this side can know (RFC 1047). Everywhere else it
is known, and the next run goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterable
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from beskplan.core.errors import InputError, Problem, os_reason
from beskplan.core.ledger import Ledger, Writer
from beskplan.runner.records import now

FOLDER = Path("data") / "post"
State = Literal["begun", "handing-over", "accepted", "deferred", "refused", "bounced", "again"]
WORDS = {
    "begun": "aldrig sendt",
    "handing-over": "I TVIVL",
    "accepted": "modtaget",
    "deferred": "udsat",
    "refused": "AFVIST",
    "bounced": "KOM TILBAGE",
    "again": "sendes igen",
    # Of one run's recipients.
    "sent": "sendt",
    "already": "har den",
    "waiting": "venter",
}
"""As people see the states, in the log and after a run."""
OPEN = ("handing-over", "refused", "bounced")
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
    state: State
    detail: Annotated[str, AfterValidator(one_line)] = ""
    """What the server answered, or who said so; one line of plain letters."""
    trail: str = ""
    """The last line of the approval trail then (`Event.place`), as it stands in the mail."""


class Journal(Ledger[Entry]):
    """The journal of a working copy."""

    def __init__(self, root: Path) -> None:
        folder = root / FOLDER
        super().__init__(folder / "journal.jsonl", folder / "laas", Entry, mode=0o600)


def latest(entries: Iterable[Entry]) -> dict[tuple[str, str], Entry]:
    """The last entry of each letter, by `Letter.key`."""
    return {entry.letter.key: entry for entry in entries}


def note_bounces(path: Path, writer: Writer[Entry]) -> list[Entry]:
    """Note in the journal what a bounce, saved as .eml by a mail program, tells of our mails.

    Raises:
        InputError: it tells of none of them.
    """
    try:
        bounces = read_bounces(path.read_bytes())
    except OSError as error:
        raise InputError(Problem(str(path), "kan ikke læses", os_reason(error))) from None
    letters = (entry.letter for entry in writer.entries)
    ours = {(one.message_id, one.address.casefold()): one for one in letters}
    noted = [
        writer.add(Entry(letter=letter, state="bounced", detail=detail))
        for message_id, address, detail in bounces
        if (letter := ours.get((message_id, address.casefold())))
    ]
    if not noted:
        expected = "en leveringsrapport (RFC 3464) om en mail herfra"
        raise InputError(
            Problem(str(path), "er ikke en af vores mails, der kom tilbage", "", expected)
        )
    return noted


def read_bounces(content: bytes) -> list[tuple[str, str, str]]:
    """Message-ID, address and reason of each recipient that was given up (RFC 3464).

    None where the mail only tells of a delay, or is no bounce.
    """
    parts = list(message_from_bytes(content, policy=default).walk())
    message_id = next(filter(None, map(_original_id, parts)), "")
    blocks = (
        block
        for part in parts
        if part.get_content_type() == "message/delivery-status"
        for block in part.get_payload()
        if isinstance(block, Message)
    )
    found = []
    for block in blocks:
        address = str(block.get("Final-Recipient", "")).rpartition(";")[2].strip()
        if str(block.get("Action", "")).strip().lower() == "failed" and address:
            reason = str(block.get("Diagnostic-Code", "")) or str(block.get("Status", ""))
            found.append((message_id, address, one_line(reason)))
    return found


def _original_id(part: Message) -> str:
    """The Message-ID of the mail that came back, from the copy or the headers in the bounce."""
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload(0)
    elif part.get_content_type() == "text/rfc822-headers" and isinstance(part, EmailMessage):
        inner = message_from_bytes(str(part.get_content()).encode(), policy=default)
    else:
        return ""
    return str(inner.get("Message-ID", "")).strip() if isinstance(inner, Message) else ""
