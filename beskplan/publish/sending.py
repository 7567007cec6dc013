"""Send one version to one list: each recipient exactly once, also over kills and new runs.

`smtplib.SMTP.sendmail` sends the whole message and its end in one call. Here the end is sent apart,
with a note on the disk right before it: a process that is killed before that note has sent nothing,
and one that is killed after the answer's note has sent everything. In doubt is only what happens in
between, for the one message that was under way.

What a new run does with a recipient follows from the last entry of its message in the journal:
nothing yet, begun, deferred or again: send. Accepted: done. Refused: kept and shown, until a
person says otherwise. Handing-over: in doubt; `ved_tvivl` says whether it waits for a person (at most
once) or is sent again with the same Message-ID (at least once).
"""

from __future__ import annotations

import re
import signal
import smtplib
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from types import FrameType
from typing import Literal

from beskplan.core.errors import InputError, Problem, SourceError, os_reason
from beskplan.core.ledger import Writer
from beskplan.core.periods import moment_text
from beskplan.params.mail import MailSettings, Recipient, RecipientList, Server
from beskplan.publish import trail
from beskplan.publish.message import Delivery, compose, is_linked, message_id
from beskplan.publish.trail import problem
from beskplan.runner.records import now
from beskplan.sources.http import Secret

TIMEOUT_SECONDS = 60.0
END_TIMEOUT_SECONDS = 600.0
"""For the answer to a message's last line: a client that gives up too soon makes duplicates
(RFC 5321, 4.5.3.2.6)."""


class RefusalError(Exception):
    """The server did not take a message, before its last line or by its answer to it."""

    def __init__(self, code: int, text: str) -> None:
        self.code = code
        super().__init__(f"{code} {text}".strip())

    @property
    def permanent(self) -> bool:
        """Whether it will never take it (5xx)."""
        return self.code >= 500


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
            raise SourceError(_problem(server, error)) from None
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


def _problem(server: Server, error: Exception) -> Problem:
    name = next(name for kind, name in _FAILURES.items() if isinstance(error, kind))
    # The text of a refused login may repeat what was sent.
    found = trail.one_line(os_reason(error))
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
            raise InputError(problem("other-length", self.to.navn, found, expected=wanted))
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
            state, detail = "refused" if error.permanent else "deferred", str(error)
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
