"""What is sent (the approved and published reports of a plan year), and the mail of one recipient.

A mail is plain text and HTML in Danish (templates in `beskplan/data/mail`), with the PDFs attached or
linked to. The same recipient and version give the same bytes, and with them the same Message-ID: where
a message arrives twice all the same, the receiving system can tell.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from beskplan.core.danish import NBSP, format_number, genitive
from beskplan.core.errors import ParamsError, ReportError
from beskplan.core.files import sha256_json
from beskplan.params.jobs import Job, Workplace
from beskplan.params.mail import MailSettings, Recipient, RecipientList
from beskplan.params.values import subject
from beskplan.publish import packet
from beskplan.publish.approval import copies
from beskplan.publish.changes import changes_between
from beskplan.publish.changes import summary as change_summary
from beskplan.publish.entries import together_path
from beskplan.publish.trail import WORDS, Event, Trail, problem
from beskplan.render.page_html import rendered
from beskplan.render.page_pdf import render_combined

SENTENCES = 3
"""Of each Bilag's summary; the rest is one click away."""
_MB = 1_000_000
_Lines = list[tuple[str, str]]
"""Text, and the address that it leads to or nothing."""


@dataclass(frozen=True)
class Delivery:
    """One version of a plan year's reports.

    Attributes:
        job: `2021/rudersdal`; of an edition `2026/rudersdal/status-2026K3`.
        title: `beskæftigelsesplan 2021`, for the subject and the first sentence; of an edition
            `status for 3. kvartal 2026`.
        place: `Rudersdal Kommune`.
        bilag: The reports, at least one.
        together: All of them as one PDF after its path on the site; empty where there is one.
        changes: What is different from the last version, in sentences; empty for the first.
        trail: The last line of the approval trail (`Event.place`).
    """

    job: str
    title: str
    place: str
    bilag: tuple[packet.Bilag, ...]
    together: tuple[str, bytes] = ("", b"")
    changes: tuple[str, ...] = ()
    trail: str = ""

    @property
    def is_edition(self) -> bool:
        """Whether it is one edition of a periodical Bilag, not the Bilag of a plan."""
        return bool(self.bilag[0].job.periode)

    @property
    def version(self) -> str:
        """The same for the same reports, whoever approved them and whenever."""
        return sha256_json([[one.job.id, one.content] for one in self.bilag])[:16]

    @property
    def size(self) -> int:
        """Bytes of all PDFs together."""
        return sum(len(one.pdf) for one in self.bilag) + len(self.together[1])


def make_delivery(place: Workplace, kommune: str, aar: int, edition: str = "") -> Delivery:
    """The version of a plan year, or of an edition, that may be sent now.

    Args:
        place: The working copy.
        kommune: Name, code or slug of the municipality.
        aar: Plan year.
        edition: `status-2026K3`, or `status` for the newest that is approved; empty for the plan's Bilag.

    Raises:
        UnknownNameError: the plan has nothing but editions, or the edition is no name of one.
        ReportError: a report is not approved, or not published; all of them at once.
        InputError: the trail of approvals, or an approved copy, was tampered with.
    """
    about = subject(kommune)
    job = f"{aar}/{about.slug}"
    title = f"beskæftigelsesplan {aar}"
    if edition:
        found = packet.approved_edition(place, Job.parse(f"{job}/{edition}"))
        job, bilag = found.id, packet.approved_bilag(place, [found])
        title = f"{bilag[0].page.title.lower()} for {bilag[0].page.header.periode}"
    else:
        bilag = packet.approved_bilag(place, packet.named_jobs(place, job))
    if waiting := [
        problem("not-published", one.job.id) for one in bilag if not one.state.published
    ]:
        raise ReportError(waiting)
    events = Trail(place.reports).events()
    return Delivery(
        job=job,
        title=title,
        place=about.lang_navn,
        bilag=bilag,
        together=_together(job, bilag) if len(bilag) > 1 else ("", b""),
        changes=tuple(text for one in bilag if (text := _changes(place, one, events))),
        trail=events[-1].place,
    )


def _changes(place: Workplace, bilag: packet.Bilag, events: tuple[Event, ...]) -> str:
    """What is different from the version that was published before; empty where nothing is."""
    earlier = [
        event.copy_id
        for event in events
        if (event.job, event.what) == (bilag.job.id, "offentliggjort")
        and event.content != bilag.content
    ]
    if not earlier:
        return ""
    store = copies(place.reports)
    try:
        changes = changes_between(
            store.version(bilag.job.id, earlier[-1]), store.version(bilag.job.id, bilag.state.copy)
        )
    except (OSError, ValueError, KeyError) as error:
        raise ReportError(
            problem("not-compared-with-published", bilag.job.id, str(error))
        ) from None
    return "" if changes.none else f"{bilag.title}: {change_summary(changes)}"


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
        where, most = "params/mail.yaml: adresse", settings.hoejst_vedhaeftet_mb
        found = f"{format_number(delivery.size / _MB, 1)} MB vedhæftet"
        raise ParamsError(problem("no-address-for-links", where, found, most=most))
    return linked


def _together(plan: str, bilag: tuple[packet.Bilag, ...]) -> tuple[str, bytes]:
    path = together_path(plan, [(one.content, one.page.status) for one in bilag])
    return path, render_combined([one.page for one in bilag])


def compose(
    settings: MailSettings,
    to: RecipientList,
    recipient: Recipient,
    delivery: Delivery,
    at: datetime,
    *,
    trail: str = "",
) -> EmailMessage:
    """The mail of one recipient.

    Args:
        settings: Who sends.
        to: The list that the recipient is on.
        recipient: Whom it is for: nobody else's address is in it.
        delivery: What is sent.
        at: When, with a time zone.
        trail: Where the approval trail ended (`Event.place`); nothing is said where it is empty.

    Raises:
        ParamsError: see `is_linked`.
    """
    linked = is_linked(settings, delivery)
    subject_line = said(delivery, "subject")
    mail = new_mail(settings, subject_line, at)
    mail["To"] = Address(recipient.navn, addr_spec=recipient.adresse)
    if settings.svar_til:
        mail["Reply-To"] = Address(addr_spec=settings.svar_til)
    mail["Message-ID"] = identity = message_id(settings, delivery, recipient.adresse)
    values = {
        "subject": subject_line,
        "greeting": f"Til {to.navn}",
        "opening": said(delivery, "opening"),
        "parts": list(_parts(settings, delivery, linked=linked)),
        "place": delivery.place,
        "trail": trail and f"Godkendelsessporet slutter med {trail}.",
    }
    mail.set_content(rendered("mail/mail.txt.j2", values), charset="utf-8", cte="quoted-printable")
    html = rendered("mail/mail.html.j2", values)
    mail.add_alternative(html, subtype="html", charset="utf-8", cte="quoted-printable")
    # An edition is a document of its own, no numbered Bilag of a plan.
    prefix = "bilag-1-" if delivery.is_edition else ""
    files = [(one.file_name.removeprefix(prefix), one.pdf) for one in delivery.bilag]
    files += [(packet.TOGETHER, delivery.together[1])] if delivery.together[1] else []
    for name, pdf in () if linked else files:
        mail.add_attachment(pdf, maintype="application", subtype="pdf", filename=name)
    # Last: whatever sets content moves these headers to a part.
    mail["Content-Language"] = "da"
    # Lines between the parts that are the same each time, and in no text.
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{sha256_json([identity, number])[:32]}")
    return mail


def new_mail(settings: MailSettings, about: str, at: datetime | None = None) -> EmailMessage:
    """An empty mail from the sender of the settings."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(settings.afsender.navn, addr_spec=settings.afsender.adresse)
    mail["Subject"] = about
    mail["Date"] = format_datetime(at or datetime.now(UTC))
    # So that out-of-office answers stay away (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    return mail


def said(delivery: Delivery, what: str) -> str:
    """The `subject` or `opening` of a delivery's mails: `Rudersdal Kommune: status for 3. kvartal 2026`."""
    name = (
        f"{'edition' if delivery.is_edition else 'plan'}-{'again' if delivery.changes else 'first'}"
    )
    place, words = delivery.place, WORDS["mails"][name]
    return str(words[what].format(place=place, whose=genitive(place), title=delivery.title))


def address_of(settings: MailSettings, bilag: packet.Bilag, ending: str) -> str:
    """Where a file of the report stands on the published site; empty where nobody has said where that is.

    The folder is named by the copy's content, so that the link never leads to other numbers.
    """
    if settings.adresse is None or not bilag.state.copy:
        return ""
    return f"{settings.adresse}{bilag.job.id}/{bilag.state.copy}/{bilag.job.bilag}{ending}"


def _parts(
    settings: MailSettings, delivery: Delivery, *, linked: bool
) -> Iterator[tuple[str, bool, _Lines]]:
    """Heading, whether its lines are numbered, and the lines."""
    if delivery.changes:
        yield "Ændret siden sidst", False, [(text, "") for text in delivery.changes]
    most = None if delivery.is_edition else SENTENCES
    if texts := [text for one in delivery.bilag for text in packet.summary(one.page)[:most]]:
        yield "Det vigtigste", False, [(text, "") for text in texts]
    how = "PDF" if linked else "vedhæftet PDF"
    lines = []
    for one in delivery.bilag:
        page = address_of(settings, one, ".html")
        if delivery.is_edition and page:
            lines.append((f"{one.page.name} (webside)", page))
        what = f"{one.page.name} ({how}, {_size(one.pdf)})"
        lines.append((what, address_of(settings, one, ".pdf")))
    yield ("Læs den", False, lines) if delivery.is_edition else ("Bilag", True, lines)
    path, pdf = delivery.together
    if pdf:
        address = f"{settings.adresse}{path}" if settings.adresse else ""
        yield "Alle bilag i én fil", False, [(f"{packet.TOGETHER} ({how}, {_size(pdf)})", address)]


def _size(file: bytes) -> str:
    return f"{format_number(max(1, len(file) / 1000))}{NBSP}kB"
