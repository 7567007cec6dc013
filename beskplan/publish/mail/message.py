"""One mail to one recipient: plain text and HTML in Danish, the PDFs attached or linked to.

The same recipient and version give the same bytes, and with them the same Message-ID: where a message
arrives twice all the same, the receiving system can tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from beskplan.core.errors import ParamsError, Problem
from beskplan.core.numbers import NBSP, format_number
from beskplan.params.mail import MailSettings, Recipient, RecipientList
from beskplan.publish.bilag import Bilag, summary
from beskplan.publish.mail.delivery import Delivery
from beskplan.registers.provenance import sha256_json

SENTENCES = 2
"""Of each Bilag's summary; the rest is one click away."""
_MB = 1_000_000


@dataclass(frozen=True)
class Part:
    """A heading and what stands under it; `numbered` parts count their lines."""

    title: str
    lines: tuple[tuple[str, str], ...]
    """Text, and the address that it leads to or nothing."""
    numbered: bool = False


def message_id(settings: MailSettings, delivery: Delivery, address: str) -> str:
    """The same for the same version and address, on every machine."""
    digest = sha256_json(["beskplan", delivery.job, delivery.version, address.casefold()])
    return f"<{digest[:40]}@{settings.afsender.adresse.rpartition('@')[2]}>"


def is_linked(settings: MailSettings, delivery: Delivery) -> bool:
    """Whether the PDFs are too large to be attached.

    Raises:
        ParamsError: they are, and nobody has said where they are published.
    """
    linked = delivery.size > settings.hoejst_vedhaeftet_mb * _MB
    if linked and settings.adresse is None:
        raise ParamsError(
            Problem(
                "params/mail.yaml: adresse",
                "missing key",
                found=f"{format_number(delivery.size / _MB, 1)} MB of attachments",
                expected=f"at most {settings.hoejst_vedhaeftet_mb} MB, or where they are published",
                fix="add `adresse: https://.../`, or raise `hoejst_vedhaeftet_mb`",
            )
        )
    return linked


def compose(
    settings: MailSettings,
    to: RecipientList,
    recipient: Recipient,
    delivery: Delivery,
    at: datetime,
) -> EmailMessage:
    """The mail of one recipient.

    Args:
        settings: Who sends.
        to: The list that the recipient is on.
        recipient: Whom it is for: nobody else's address is in it.
        delivery: What is sent.
        at: When, with a time zone.

    Raises:
        ParamsError: see `is_linked`.
    """
    linked = is_linked(settings, delivery)
    identity = message_id(settings, delivery, recipient.adresse)
    parts = tuple(_parts(settings, delivery, linked=linked))
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(settings.afsender.navn, addr_spec=settings.afsender.adresse)
    mail["To"] = Address(recipient.navn, addr_spec=recipient.adresse)
    if settings.svar_til:
        mail["Reply-To"] = Address(addr_spec=settings.svar_til)
    mail["Subject"] = subject_line(delivery)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = identity
    # So that out-of-office answers stay away (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_text(to, delivery, parts), charset="utf-8", cte="quoted-printable")
    mail.add_alternative(
        _html(to, delivery, parts), subtype="html", charset="utf-8", cte="quoted-printable"
    )
    if not linked:
        for one in delivery.bilag:
            mail.add_attachment(
                one.pdf, maintype="application", subtype="pdf", filename=one.file_name
            )
    # Last: whatever sets content moves these headers to a part.
    mail["Content-Language"] = "da"
    fix_boundaries(mail, identity)
    return mail


def subject_line(delivery: Delivery) -> str:
    """`Rudersdal Kommune: bilag til beskæftigelsesplan 2021`."""
    new = "opdaterede bilag" if delivery.changes else "bilag"
    return f"{delivery.place}: {new} til {delivery.title}"


def fix_boundaries(mail: EmailMessage, identity: str) -> None:
    """Lines between the parts that are the same each time, and in no text."""
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{sha256_json([identity, number])[:32]}")


def _parts(settings: MailSettings, delivery: Delivery, *, linked: bool) -> Iterator[Part]:
    if delivery.changes:
        yield Part("Ændret siden sidst", tuple((text, "") for text in delivery.changes))
    texts = [text for one in delivery.bilag for text in summary(one.page)[:SENTENCES]]
    if texts:
        yield Part("Det vigtigste", tuple((text, "") for text in texts))
    how = "PDF" if linked else "vedhæftet PDF"
    lines = tuple(
        (f"{one.page.title} ({how}, {_size(one.pdf)})", pdf_address(settings, one))
        for one in delivery.bilag
    )
    yield Part("Bilag", lines, numbered=True)


def pdf_address(settings: MailSettings, bilag: Bilag) -> str:
    """Where the approved PDF stands on the published site; empty where nobody has said where that is.

    The folder is named by the copy's content, so that the link never leads to other numbers.
    """
    if settings.adresse is None or not bilag.copy:
        return ""
    return f"{settings.adresse}{bilag.job.id}/{bilag.copy}/{bilag.job.bilag}.pdf"


def _size(content: bytes) -> str:
    return f"{format_number(max(1, len(content) / 1000))}{NBSP}kB"


def _greeting(to: RecipientList) -> str:
    return f"Til {to.navn}"


def _opening(delivery: Delivery) -> str:
    new = "nye udgaver af bilagene" if delivery.changes else "bilagene"
    return (
        f"Her er {new} til {delivery.title} for {delivery.place}. De er godkendt og offentliggjort."
    )


def _closing(delivery: Delivery) -> tuple[str, ...]:
    return ("Har du spørgsmål, kan du svare på denne mail.", "Venlig hilsen", delivery.place)


def _text(to: RecipientList, delivery: Delivery, parts: tuple[Part, ...]) -> str:
    lines = [_greeting(to), "", _opening(delivery), ""]
    for part in parts:
        lines += [part.title.upper(), ""]
        for number, (text, address) in enumerate(part.lines, start=1):
            lines.append(f"{number}. {text}" if part.numbered else f"- {text}")
            lines += [f"   {address}"] if address else []
        lines.append("")
    question, regards, name = _closing(delivery)
    return "\n".join([*lines, question, "", regards, name, ""])


def _html(to: RecipientList, delivery: Delivery, parts: tuple[Part, ...]) -> str:
    body = [f"<p>{escape(_greeting(to))}</p>", f"<p>{escape(_opening(delivery))}</p>"]
    for part in parts:
        kind = "ol" if part.numbered else "ul"
        items = "\n".join(f"<li>{_linked(text, address)}</li>" for text, address in part.lines)
        body += [f"<h2>{escape(part.title)}</h2>", f"<{kind}>\n{items}\n</{kind}>"]
    question, regards, name = _closing(delivery)
    body += [f"<p>{escape(question)}</p>", f"<p>{escape(regards)}<br>{escape(name)}</p>"]
    title = escape(subject_line(delivery))
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="da">',
            f'<head><meta charset="utf-8"><title>{title}</title></head>',
            "<body>",
            f"<h1>{title}</h1>",
            *body,
            "</body>",
            "</html>",
            "",
        ]
    )


def _linked(text: str, address: str) -> str:
    return f'<a href="{escape(address)}">{escape(text)}</a>' if address else escape(text)
