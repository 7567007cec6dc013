"""A mail server with a certificate that this process trusts."""

from collections.abc import Iterator

import pytest

from tests.publish.mail_server import Certificates, MailServer, make_certificates, serving


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certifikater"))


@pytest.fixture
def mail_server(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[MailServer, int]]:
    """The server and its port; encrypted by STARTTLS."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    server = MailServer()
    with serving(server, certificates) as port:
        yield server, port
