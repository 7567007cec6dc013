"""One message to one recipient, handed over step by step, so that the journal knows each of them.

`smtplib.SMTP.sendmail` sends the whole message and its end in one call. Here the end is sent apart,
with a note on the disk right before it: a process that is killed before that note has sent nothing,
and one that is killed after the answer's note has sent everything. In doubt is only what happens in
between, for the one message that was under way.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from beskplan.core.errors import Problem, SourceError
from beskplan.params.mail import Server
from beskplan.publish.journal import one_line
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
    try:
        smtp = _connect(server, password)
    except (OSError, smtplib.SMTPException) as error:
        raise SourceError(_problem(server, error)) from None
    try:
        yield smtp
    finally:
        with suppress(OSError, smtplib.SMTPException):
            smtp.quit()


def _connect(server: Server, password: Secret | None) -> smtplib.SMTP:
    context = ssl.create_default_context()
    where = (server.vaert, server.port)
    smtp: smtplib.SMTP
    if server.sikkerhed == "tls":
        smtp = smtplib.SMTP_SSL(*where, timeout=TIMEOUT_SECONDS, context=context)
    else:
        smtp = smtplib.SMTP(*where, timeout=TIMEOUT_SECONDS)
    try:
        if server.sikkerhed == "starttls":
            # Raises where the server does not offer it: nothing is ever sent in clear text.
            smtp.starttls(context=context)
        if server.bruger is not None and password is not None:
            smtp.login(server.bruger, password.reveal())
    except BaseException:
        smtp.close()
        raise
    return smtp


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
        raise ConnectionError(one_line(str(error))) from None
    try:
        before_the_end()
    except BaseException:
        # Without its last line the server throws the message away.
        smtp.close()
        raise
    code, answer = _ended(smtp, b"" if message.endswith(b"\r\n") else b"\r\n")
    _expect(smtp, 250, code, answer)
    return one_line(answer.decode("ascii", "replace"))


def _ended(smtp: smtplib.SMTP, line_end: bytes) -> tuple[int, bytes]:
    """Send the last line, and wait for the answer as long as the server may take for it."""
    try:
        if smtp.sock is not None:
            smtp.sock.settimeout(END_TIMEOUT_SECONDS)
        smtp.send(line_end + b".\r\n")
        answer = smtp.getreply()
        if smtp.sock is not None:
            smtp.sock.settimeout(TIMEOUT_SECONDS)
    except (OSError, smtplib.SMTPException) as error:
        smtp.close()
        raise DoubtError(str(error)) from None
    return answer


def _expect(smtp: smtplib.SMTP, wanted: int, code: int, answer: bytes) -> None:
    if code == wanted or (wanted == 250 and code == 251):
        return
    with suppress(OSError, smtplib.SMTPException):
        smtp.rset()
    raise RefusalError(code, one_line(answer.decode("ascii", "replace")))


_FAILURES: tuple[tuple[type[Exception], str, str], ...] = (
    (smtplib.SMTPAuthenticationError, "afviser login", "se efter bruger og adgangskode"),
    (smtplib.SMTPNotSupportedError, "tilbyder ikke kryptering eller login", "spørg serverens ejer"),
    (
        ssl.SSLError,
        "har intet certifikat, der kan stoles på",
        "ret `vaert`; et certifikat fra huset selv skrives i SSL_CERT_FILE",
    ),
    (Exception, "kan ikke nås", "se på `server` i params/mail.yaml"),
)
"""Why a server takes nothing, and what to do; the first that fits."""


def _problem(server: Server, error: Exception) -> Problem:
    what, fix = next((what, fix) for kind, what, fix in _FAILURES if isinstance(error, kind))
    # The text of a refused login may repeat what was sent.
    found = one_line(str(error))
    if isinstance(error, smtplib.SMTPAuthenticationError):
        found = str(error.smtp_code)
    return Problem(f"mail: {server.vaert}:{server.port}", what, found, fix=fix)
