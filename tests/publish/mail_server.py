"""A real mail server on this machine: STARTTLS or TLS, login, and faults on demand."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER = "beskplan@rudersdal.dk"
PASSWORD = "hemmelig-0815"  # noqa: S105  # of a server that lives for one test


@dataclass
class Taken:
    """A message that the server has answered 250 to."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        found = message_from_bytes(self.content, policy=default)
        assert isinstance(found, EmailMessage)
        return found


@dataclass
class MailServer:
    """What the server has taken, and how it is to misbehave."""

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    on_recipient: Callable[[str], str] = lambda _: "250 OK"
    on_end: Callable[[str], str] = lambda _: "250 OK taken"
    logins: int = 0
    clear_text_mail: bool = False
    open: set[SMTP] = field(default_factory=set)
    """The connections to clients that are there."""

    def recipients(self) -> list[str]:
        """Whom the server has taken a message for, in order."""
        return [address for one in self.taken for address in one.recipients]

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's names
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.clear_text_mail = self.clear_text_mail or session.ssl is None
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        answer = self.on_recipient(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.on_end(envelope.rcpt_tos[0])
        if answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.taken.append(
                Taken(str(envelope.mail_from), list(envelope.rcpt_tos), envelope.content)
            )
        return answer

    def login(self, *what: object) -> AuthResult:
        data = what[-1]
        assert isinstance(data, LoginPassword)
        right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        self.logins += right
        return AuthResult(success=right, handled=False)


@dataclass(frozen=True)
class Certificates:
    """A certificate for localhost, and the authority that stands in for the world's."""

    server: ssl.SSLContext
    authority: Path


def make_certificates(folder: Path) -> Certificates:
    """Fresh ones: no key lies in the repository."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return Certificates(context, path)


@contextmanager
def serving(certificates: Certificates, *, tls: bool = False) -> Iterator[MailServer]:
    """A server at work on a free port; encrypted from the first byte, or by STARTTLS."""
    server = MailServer()
    controller = _Controller(
        server,
        hostname="127.0.0.1",
        port=0,
        ssl_context=certificates.server if tls else None,
        tls_context=None if tls else certificates.server,
        require_starttls=not tls,
        # aiosmtpd counts only STARTTLS as encryption, not a connection that begins with TLS.
        auth_required=not tls,
        auth_require_tls=not tls,
        authenticator=server.login,
    )
    controller.start()
    try:
        server.port = controller.port
        yield server
    finally:
        controller.stop()


class _Connection(SMTP):
    """Tells the server while it is open; what comes after it has been lost is not taken."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.event_handler.open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.event_handler.open.discard(self)


class _Controller(Controller):
    """Finds itself on the free port that it got."""

    def factory(self) -> SMTP:
        return _Connection(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
