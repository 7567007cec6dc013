"""The local server and clients of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace

import pytest

from beskplan.sources import jobindsats, statbank
from beskplan.sources.fetching import Clients
from beskplan.sources.http import Patience, Secret
from tests.sources.server.serving import TOKEN, Sources, serving

Connected = Callable[..., jobindsats.Jobindsats]
IMPATIENT = Patience(attempts=4, first_pause=0.5, timeout=60)


@pytest.fixture
def sources() -> Iterator[Sources]:
    """Both sources on the loopback, with made-up tables."""
    with serving(Sources()) as running:
        yield running


@pytest.fixture
def pauses() -> list[float]:
    """The pauses that the clients made, in seconds; none is really waited for."""
    return []


@pytest.fixture
def connected(sources: Sources, pauses: list[float]) -> Iterator[Connected]:
    """Makes clients of the local Jobindsats with other options, and closes them."""
    with ExitStack() as stack:
        yield lambda token=TOKEN, patience=IMPATIENT: stack.enter_context(
            closing(
                jobindsats.connect(
                    Secret(token),
                    address=sources.url,
                    patience=replace(patience, sleep=pauses.append),
                )
            )
        )


@pytest.fixture
def star(connected: Connected) -> jobindsats.Jobindsats:
    """A client of the local Jobindsats."""
    return connected()


@pytest.fixture
def bank(sources: Sources, pauses: list[float]) -> Iterator[statbank.StatBank]:
    """A client of the local StatBank."""
    patience = replace(IMPATIENT, sleep=pauses.append)
    client = statbank.connect(address=f"{sources.url}/v1", patience=patience)
    yield client
    client.close()


@pytest.fixture
def clients(star: jobindsats.Jobindsats, bank: statbank.StatBank) -> Clients:
    """Clients of both."""
    return Clients(jobindsats=star, statbank=bank)
