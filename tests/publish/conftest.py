"""A mail server with a certificate that this process trusts, and processes that may be killed."""

import multiprocessing
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext

import pytest

from beskplan.publish.mailing import PASSWORD_VARIABLE
from beskplan.runner.engine.processes import stop_fork_server
from tests.publish.mail_server import (
    PASSWORD,
    Certificates,
    MailServer,
    make_certificates,
    serving,
)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certifikater"))


@pytest.fixture
def server(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A server encrypted by STARTTLS, whose certificate and password the commands have."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    with serving(certificates) as found:
        yield found


@pytest.fixture(scope="module")
def processes() -> Iterator[ForkServerContext]:
    """Forks processes that have imported what the workers need; a build's fork server has not."""
    stop_fork_server()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.publish.mail_worker", "tests.publish.step_worker"])
    yield context
    stop_fork_server()
