"""Mails to committees and to the maintainer: dry run, each letter exactly once, the last word on every one.

Each recipient gets a version once, also over kills and new runs. `smtplib.SMTP.sendmail` sends the whole
message and its end in one call. Here the end is sent apart, with a note on the disk right before it: a
process that is killed before that note has sent nothing, and one that is killed after the answer's note
has sent everything. In doubt is only what happens in between, for the one message that was under way.

What a new run does with a recipient follows from the last entry of its message in the journal:
nothing yet, begun, deferred or again: send. Accepted: done. Refused: kept and shown, until a
person says otherwise. Handing-over: in doubt; `ved_tvivl` says whether it waits for a person (at most
once) or is sent again with the same Message-ID (at least once).

The maintainer is told of every failure, never the committee. A notice that cannot be sent is kept as
`data/post/ikke-sendt/<name>.eml` and sent with the next one: it may arrive twice, but it is never lost.
"""

import re
import signal
import smtplib
import ssl
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.utils import make_msgid
from pathlib import Path
from types import FrameType
from typing import Final, Literal

from beskplan.core import errors
from beskplan.core.editions import by_end, edition_name, edition_period
from beskplan.core.files import install_files, sha256_bytes, write_whole
from beskplan.core.ledger import Writer
from beskplan.core.periods import moment_text
from beskplan.params.jobs import Job, Workplace
from beskplan.params.mail import (
    RECIPIENTS_FILE,
    MailSettings,
    Recipient,
    RecipientList,
    Server,
    read_mail_settings,
    read_recipients,
)
from beskplan.publish import trail
from beskplan.publish.message import (
    Delivery,
    compose,
    is_linked,
    make_delivery,
    message_id,
    new_mail,
)
from beskplan.publish.trail import problem
from beskplan.report.place import find_root
from beskplan.runner.records import now
from beskplan.sources.http import KEYRING_SERVICE, Secret, find_secret

TIMEOUT_SECONDS = 60.0
END_TIMEOUT_SECONDS = 600.0
"""For the answer to a message's last line: a client that gives up too soon makes duplicates
(RFC 5321, 4.5.3.2.6)."""


class RefusalError(Exception):
    """The server did not take a message, before its last line or by its answer to it."""

    def __init__(self, code: int, text: str) -> None:
        self.code = code
        super().__init__(f"{code} {text}".strip())


class DoubtError(Exception):
    """The connection was lost after the last line and before the answer."""


@contextmanager
def connected(server: Server, password: Secret | None) -> Iterator[smtplib.SMTP]:
    """An encrypted connection, logged in where the server has a user.

    Raises:
        SourceError: the server cannot be reached, has no right certificate, or refuses the login.
    """
    context = ssl.create_default_context()
    with ExitStack() as on_failure:
        try:
            smtp: smtplib.SMTP
            if server.sikkerhed == "tls":
                smtp = smtplib.SMTP_SSL(
                    server.vaert, server.port, timeout=TIMEOUT_SECONDS, context=context
                )
            else:
                smtp = smtplib.SMTP(server.vaert, server.port, timeout=TIMEOUT_SECONDS)
            on_failure.callback(smtp.close)
            if server.sikkerhed == "starttls":
                # Raises where the server does not offer it: nothing is ever sent in clear text.
                smtp.starttls(context=context)
            if server.bruger is not None and password is not None:
                smtp.login(server.bruger, password.reveal())
        except (OSError, smtplib.SMTPException) as error:
            raise errors.SourceError(_problem(server, error)) from None
        on_failure.pop_all()
    try:
        yield smtp
    finally:
        with suppress(OSError, smtplib.SMTPException):
            smtp.quit()


def hand_over(
    smtp: smtplib.SMTP,
    sender: str,
    recipient: str,
    message: bytes,
    before_the_end: Callable[[], object],
) -> str:
    """Give one message to the server.

    Args:
        smtp: An open connection; usable again afterwards unless ConnectionError or DoubtError
            was raised.
        sender: Where bounces come back to.
        recipient: One address.
        message: With CRLF as line ends.
        before_the_end: Called when all but the last line is sent; what it raises stops the message.

    Returns:
        The server's answer: it has taken the message.

    Raises:
        RefusalError: it has not.
        DoubtError: nobody knows.
        ConnectionError: the connection was lost before the last line: it has not.
    """
    try:
        _expect(smtp, 250, *smtp.mail(sender))
        _expect(smtp, 250, *smtp.rcpt(recipient))
        _expect(smtp, 354, *smtp.docmd("DATA"))
        # A line that begins with a full stop gets a second one; the server takes it off again.
        smtp.send(re.sub(rb"(?m)^\.", b"..", message))
    except (smtplib.SMTPException, TimeoutError) as error:
        raise ConnectionError(trail.one_line(str(error))) from None
    try:
        before_the_end()
    except BaseException:
        # Without its last line the server throws the message away.
        smtp.close()
        raise
    # The last line; its answer is waited for as long as the server may take.
    try:
        if smtp.sock is not None:
            smtp.sock.settimeout(END_TIMEOUT_SECONDS)
        smtp.send(b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n")
        code, answer = smtp.getreply()
        if smtp.sock is not None:
            smtp.sock.settimeout(TIMEOUT_SECONDS)
    except (OSError, smtplib.SMTPException) as error:
        smtp.close()
        raise DoubtError(str(error)) from None
    _expect(smtp, 250, code, answer)
    return trail.one_line(answer.decode("ascii", "replace"))


def _expect(smtp: smtplib.SMTP, wanted: int, code: int, answer: bytes) -> None:
    if code == wanted or (wanted == 250 and code == 251):
        return
    with suppress(OSError, smtplib.SMTPException):
        smtp.rset()
    raise RefusalError(code, trail.one_line(answer.decode("ascii", "replace")))


_FAILURES: dict[type[Exception], str] = {
    smtplib.SMTPAuthenticationError: "login-refused",
    smtplib.SMTPNotSupportedError: "not-encrypted",
    ssl.SSLError: "no-certificate",
    Exception: "no-server",
}
"""Why a server takes nothing; the first that fits."""


def _problem(server: Server, error: Exception) -> errors.Problem:
    name = next(name for kind, name in _FAILURES.items() if isinstance(error, kind))
    # The text of a refused login may repeat what was sent.
    found = trail.one_line(errors.os_reason(error))
    if isinstance(error, smtplib.SMTPAuthenticationError):
        found = str(error.smtp_code)
    elif isinstance(error, ssl.SSLError):
        found = error.reason or ""
    return problem(name, f"mail: {server.vaert}:{server.port}", found)


Outcome = trail.MailState | Literal["sent", "already", "waiting"]
"""What became of a mail: taken now, taken before, still to be sent, or the state that it is in."""


@dataclass(frozen=True)
class Result:
    """What became of one recipient's mail."""

    recipient: Recipient
    outcome: Outcome
    detail: str = ""

    @property
    def ok(self) -> bool:
        """Whether the server has taken it, now or before."""
        return self.outcome in ("sent", "already")

    def __str__(self) -> str:
        """Outcome, address and details, for a person."""
        return f"{trail.LETTERS[self.outcome]:<12} {self.recipient.adresse}  {self.detail}".rstrip()


@dataclass(frozen=True)
class Mailing:
    """One version for one list, and who sends it."""

    settings: MailSettings
    to: RecipientList
    delivery: Delivery

    def send(
        self, journal: trail.Journal, password: Secret | None, *, expected: int
    ) -> list[Result]:
        """Send to everyone on the list who has not got this version yet.

        Args:
            journal: What was sent before.
            password: Of the mail server, where it has a user.
            expected: How many recipients the person who sends has counted in the dry run.

        Raises:
            InputError: the list has another length, the PDFs can neither be attached nor linked to,
                or the journal cannot be trusted; nothing was sent.
            SourceError: the server cannot be reached or refuses the login; nothing was sent.
            LockedError: another run sends.
        """
        is_linked(self.settings, self.delivery)
        if (count := len(self.to.modtagere)) != expected:
            found, wanted = f"{count} modtagere", f"{expected} (--expect)"
            raise errors.InputError(problem("other-length", self.to.navn, found, expected=wanted))
        with journal.writing() as writer, _finishing() as stopped:
            return self._send(writer, password, stopped)

    def planned(self, entries: Iterable[trail.Entry]) -> list[Result]:
        """What is known of each recipient before anything is sent; `waiting` where it is to be sent."""
        last = trail.latest(entries)
        return [self._known(one, last.get(self._letter(one).key)) for one in self.to.modtagere]

    def _letter(self, recipient: Recipient) -> trail.Letter:
        identity = message_id(self.settings, self.delivery, recipient.adresse)
        return trail.Letter(
            job=self.delivery.job,
            version=self.delivery.version,
            address=recipient.adresse,
            message_id=identity,
        )

    def _known(self, recipient: Recipient, last: trail.Entry | None) -> Result:
        if last is None:
            return Result(recipient, "waiting")
        again = last.state == "handing-over" and self.settings.ved_tvivl != "vent"
        outcome: Outcome = "waiting"
        if last.state in {"accepted", *trail.OPEN} and not again:
            outcome = "already" if last.state == "accepted" else last.state
        return Result(recipient, outcome, f"{moment_text(last.at)}  {last.detail}".strip())

    def _send(
        self, writer: Writer[trail.Entry], password: Secret | None, stopped: Callable[[], bool]
    ) -> list[Result]:
        """Send one after the other; ends with the connection, or when somebody stops the run."""
        results = {one.recipient.adresse: one for one in self.planned(writer.entries)}
        waiting = [one.recipient for one in results.values() if one.outcome == "waiting"]
        with connected(self.settings.server, password) if waiting else nullcontext() as smtp:
            for recipient in waiting:
                if smtp is None or smtp.sock is None or stopped():
                    break
                result = self._send_one(recipient, smtp, writer)
                results[recipient.adresse] = result
                if result.outcome == "handing-over":
                    break
        return list(results.values())

    def _send_one(
        self, recipient: Recipient, smtp: smtplib.SMTP, writer: Writer[trail.Entry]
    ) -> Result:
        letter = self._letter(recipient)
        # Its date, and how the trail ended: as at the first try, so that it is the same mail again.
        times = ((one.at, one.trail) for one in writer.entries if one.letter.key == letter.key)
        at, ended = next(times, (now(), self.delivery.trail))
        first = datetime.fromisoformat(at)
        mail = compose(self.settings, self.to, recipient, self.delivery, first, trail=ended)
        writer.add(trail.Entry(letter=letter, state="begun", trail=ended))
        state: trail.MailState = "accepted"
        try:
            detail = hand_over(
                smtp,
                # Bounces go to the maintainer, never to the committee.
                self.settings.vedligeholder[0],
                letter.address,
                mail.as_bytes(),
                lambda: writer.add(trail.Entry(letter=letter, state="handing-over")),
            )
        except RefusalError as error:
            # 5xx: it will never take it.
            state, detail = "refused" if error.code >= 500 else "deferred", str(error)
        except DoubtError as error:
            return Result(recipient, "handing-over", str(error))
        except ConnectionError as error:
            smtp.close()
            state, detail = "deferred", f"forbindelsen gik tabt: {error}"
        writer.add(trail.Entry(letter=letter, state=state, detail=detail))
        return Result(recipient, "sent" if state == "accepted" else state, detail)


@contextmanager
def _finishing() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C and SIGTERM wait until the message under way is accounted for, then end the run."""
    caught: list[int] = []

    def catch(number: int, _frame: FrameType | None) -> None:
        caught.append(number)

    numbers = (signal.SIGINT, signal.SIGTERM)
    main = threading.current_thread() is threading.main_thread()
    before = {number: signal.signal(number, catch) for number in numbers} if main else {}
    try:
        yield lambda: bool(caught)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if caught:
        raise SystemExit(128 + caught[0])


UNSENT = "ikke-sendt"
SENT = "Sendt til"
"""Begins the night's line about an edition that a list has got."""
PASSWORD_VARIABLE: Final = "BESKPLAN_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
KEYRING_NAME: Final = "smtp"


def tell_maintainer(root: Path, settings: MailSettings, title: str, lines: Sequence[str]) -> str:
    """Send the maintainer a notice, and those that could not be sent before.

    Args:
        root: The working copy.
        settings: Who the maintainer is, and the server.
        title: What happened, in a few words.
        lines: The details, one paragraph or list of lines.

    Returns:
        Why it was not sent, and the file that it is kept in; empty where it was.
    """
    mail = new_mail(settings, f"beskplan: {trail.one_line(title)}")
    mail["To"] = [Address(addr_spec=one) for one in settings.vedligeholder]
    mail["Message-ID"] = make_msgid(domain=settings.afsender.adresse.rpartition("@")[2])
    text = "\n".join([title, "", *lines, ""])
    mail.set_content(text, charset="utf-8", cte="quoted-printable")
    content = mail.as_bytes()
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{sha256_bytes(content)[:12]}.eml"
    file = root / trail.FOLDER / UNSENT / name
    with suppress(OSError):  # a full disk is told of all the same
        write_whole(file, content)
    try:
        with connected(settings.server, find_password(settings)) as smtp:
            # The oldest first; what was taken by the server leaves the folder.
            for path in sorted({*file.parent.glob("*.eml"), file}):
                letter = content if path == file else path.read_bytes()
                back_to = settings.vedligeholder[0]
                for address in settings.vedligeholder:
                    hand_over(smtp, back_to, address, letter, lambda: None)
                path.unlink(missing_ok=True)
    except (errors.BeskplanError, RefusalError, DoubtError, OSError) as error:
        return f"{error}\n{file}"
    return ""


def find_password(settings: MailSettings) -> Secret | None:
    """The server's password from the environment, else from the keyring; None where it has no user.

    Raises:
        InputError: there is none; never shows it.
        SourceError: the keyring does not answer.
    """
    if not settings.server.bruger:
        return None
    where = "mail: adgangskode"
    text = find_secret(PASSWORD_VARIABLE, KEYRING_NAME, where)
    if not text:
        keyring = f"{KEYRING_SERVICE} {KEYRING_NAME}"
        raise errors.InputError(
            problem("no-password", where, variable=PASSWORD_VARIABLE, keyring=keyring)
        )
    return Secret(text)


def dry_run(
    root: Path, kommune: str, aar: int, name: str, *, edition: str = ""
) -> tuple[Path, list[Result]]:
    """Write every mail of a list as a file; send nothing. `edition` as `make_delivery`.

    Returns:
        The folder of the files, and for each recipient what a sending would find.

    Raises:
        BeskplanError: params are wrong, a report is not approved and published, or the journal
            cannot be trusted.
    """
    mailing = _mailing(root, read_mail_settings(root), kommune, aar, name, edition=edition)
    return write_drafts(root, name, mailing), mailing.planned(trail.Journal(root).read())


def write_drafts(root: Path, name: str, mailing: Mailing) -> Path:
    """Write the mails of a list to `data/post/udkast/<aar>/<kommune>/<name>/`, and return that folder."""
    delivery, at = mailing.delivery, datetime.now(UTC)
    target = root / trail.FOLDER / "udkast" / delivery.job / name
    mails = (
        compose(mailing.settings, mailing.to, one, delivery, at, trail=delivery.trail)
        for one in mailing.to.modtagere
    )
    # No part of an address or name gets into a file's name.
    files = {f"{number:03d}.eml": mail.as_bytes() for number, mail in enumerate(mails, start=1)}
    install_files(files, target, root / trail.FOLDER / ".arbejde")
    return target


def send_all(
    root: Path, kommune: str, aar: int, name: str, expected: int, *, edition: str = ""
) -> list[Result]:
    """Send to everyone on a list who has not got the version yet; tell the maintainer of each failure.

    `edition` as `make_delivery`.

    Raises:
        BeskplanError: as `dry_run`, or the server refuses; the maintainer has been told.
    """
    settings = read_mail_settings(root)
    title = f"mail til {name}, {' '.join(filter(None, (kommune, str(aar), edition)))}"
    try:
        password = find_password(settings)
        mailing = _mailing(root, settings, kommune, aar, name, edition=edition)
        results = mailing.send(trail.Journal(root), password, expected=expected)
    except (Exception, SystemExit) as error:
        # SystemExit: somebody stopped the run; those who wait have got nothing.
        lines = [f"{type(error).__name__}: {error}"]
        if isinstance(error, errors.BeskplanError):
            lines = list(map(str, error.problems))
        tell_maintainer(root, settings, f"{title}: fejl", lines)
        raise
    if failed := [one for one in results if not one.ok]:
        count = f"{len(failed)} af {len(results)} har ikke fået den"
        tell_maintainer(root, settings, f"{title}: {count}", list(map(str, failed)))
    return results


def send_editions(root: Path) -> Iterator[tuple[str, bool]]:
    """Send to each list the newest approved edition of the Bilag that it takes at night (`send_om_natten`).

    Yields:
        A line for what was sent, or hindered it, and whether it is well; none where all have got it.

    Raises:
        BeskplanError: params/mail.yaml is wrong, or the trail of approvals cannot be trusted.
    """
    place = Workplace(root)
    states = trail.States(trail.Trail(place.reports).events())
    approved = [Job.parse(job) for job in states.jobs() if states.in_force(job)]
    editions = [one for one in approved if one.periode]
    editions.sort(key=lambda one: (by_end(edition_period(one.periode)), one.aar))
    for job in {(one.kommune, one.bilag): one for one in editions}.values():
        edition = edition_name(job.bilag, job.periode)
        try:
            if not (root / "params" / job.kommune / RECIPIENTS_FILE).is_file():
                continue
            lists = read_recipients(job.kommune, root).lister
            for name in (one for one, to in lists.items() if job.bilag in to.send_om_natten):
                settings = read_mail_settings(root)
                mailing = _mailing(root, settings, job.kommune, job.aar, name, edition=edition)
                count = len(mailing.to.modtagere)
                results = mailing.send(trail.Journal(root), find_password(settings), expected=count)
                if any(one.outcome == "sent" for one in results):
                    yield f"{SENT} {name}: {job.id}", True
                yield from ((f"{job.id}, {name}: {one}", False) for one in results if not one.ok)
        except errors.BeskplanError as error:
            yield from ((str(problem), False) for problem in error.problems)


def main() -> None:
    """Send the editions of the working copy here; exit 1 where somebody has not got one."""
    well = True
    for line, ok in send_editions(find_root()):
        sys.stdout.write(f"{line}\n")
        well = well and ok
    sys.exit(not well)


def _mailing(
    root: Path, settings: MailSettings, kommune: str, aar: int, name: str, *, edition: str
) -> Mailing:
    lists = read_recipients(kommune, root).lister
    if name not in lists:
        expected, fix = f"en af {', '.join(lists)}", errors.did_you_mean(name, lists)
        raise errors.UnknownNameError(
            problem("no-list", "--liste", repr(name), expected=expected, fix=fix)
        )
    return Mailing(settings, lists[name], make_delivery(Workplace(root), kommune, aar, edition))
