"""Mails that came back: a bounce, kept as .eml by the maintainer's mail program, into the journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from pathlib import Path

from beskplan.core.errors import InputError, Problem
from beskplan.publish.mail.journal import Entry, Writer, one_line


@dataclass(frozen=True)
class Bounce:
    """One recipient that one mail did not reach (RFC 3464)."""

    message_id: str
    address: str
    detail: str


def read_bounces(content: bytes) -> tuple[Bounce, ...]:
    """The failures that a bounce tells of; none where it only tells of a delay, or is no bounce."""
    mail = message_from_bytes(content, policy=default)
    parts = list(mail.walk())
    identity = next(filter(None, (_original_id(part) for part in parts)), "")
    return tuple(
        Bounce(identity, address, detail)
        for part in parts
        if part.get_content_type() == "message/delivery-status"
        for address, detail in _failures(part)
    )


def note_bounces(path: Path, writer: Writer) -> tuple[Entry, ...]:
    """Note in the journal what a bounce tells of our mails.

    Raises:
        InputError: it tells of none of them.
    """
    try:
        bounces = read_bounces(path.read_bytes())
    except OSError as error:
        raise InputError(Problem(str(path), "cannot be read", str(error))) from None
    letters = (entry.letter for entry in writer.entries)
    ours = {(one.message_id, one.address.casefold()): one for one in letters}
    noted = []
    for bounce in bounces:
        letter = ours.get((bounce.message_id, bounce.address.casefold()))
        if letter is not None:
            noted.append(writer.add(letter, "bounced", bounce.detail))
    if not noted:
        expected = "a delivery report (RFC 3464) about a mail of this working copy"
        raise InputError(Problem(str(path), "is no bounce of ours", expected=expected))
    return tuple(noted)


def _original_id(part: Message) -> str:
    """The Message-ID of the mail that came back, from the copy or the headers in the bounce."""
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload(0)
    elif part.get_content_type() == "text/rfc822-headers" and isinstance(part, EmailMessage):
        inner = message_from_bytes(str(part.get_content()).encode(), policy=default)
    else:
        return ""
    return str(inner.get("Message-ID", "")).strip() if isinstance(inner, Message) else ""


def _failures(part: Message) -> Iterator[tuple[str, str]]:
    """Address and reason of each recipient that was given up."""
    payload = part.get_payload()
    for block in payload if isinstance(payload, list) else ():
        if (
            not isinstance(block, Message)
            or str(block.get("Action", "")).strip().lower() != "failed"
        ):
            continue
        address = str(block.get("Final-Recipient", "")).rpartition(";")[2].strip()
        reason = str(block.get("Diagnostic-Code", "")) or str(block.get("Status", ""))
        if address:
            yield address, one_line(reason)
