"""Requests to the sources: patience, refusals, and a token that is never shown."""

import logging
import os
import pickle
import socket
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from beskplan.core.errors import InputError, SourceError
from beskplan.sources import http as tokens
from beskplan.sources.fetching import Clients, fetch
from beskplan.sources.http import Patience, Secret, Transport
from beskplan.sources.jobindsats import Jobindsats, find_token
from beskplan.sources.labels import ServerFaultError, TooBigError, UnreachableError
from beskplan.sources.plan import default_plan
from beskplan.sources.statbank import StatBank
from tests.sources.conftest import IMPATIENT, Connected
from tests.sources.server.faults import WHAT, Fault, unprocessable
from tests.sources.server.serving import TOKEN, Sources

CATALOGUE = "/v3/tables"

Dial = Callable[..., Transport]


@pytest.fixture
def dial(pauses: list[float]) -> Iterator[Dial]:
    """Makes transports whose pauses are only noted, and closes them."""
    with ExitStack() as stack:
        yield lambda url, patience=IMPATIENT, **options: stack.enter_context(
            closing(
                Transport("here", url, patience=replace(patience, sleep=pauses.append), **options)
            )
        )


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_fault_that_passes_is_asked_again_with_growing_pauses(
    sources: Sources, star: Jobindsats, pauses: list[float], status: int
) -> None:
    sources.faults.append(Fault(CATALOGUE, times=3, status=status, body=b"busy"))
    assert "y01a02" in star.catalogue()
    assert pauses == [0.5, 1.0, 2.0]


def test_pauses_do_not_grow_for_ever(sources: Sources, dial: Dial, pauses: list[float]) -> None:
    patience = Patience(attempts=6, first_pause=1, longest_pause=3)
    transport = dial(sources.url, patience=patience)
    sources.faults.append(Fault("/v3", times=6, status=500))
    with pytest.raises(ServerFaultError):
        transport.get("v3/tables")
    assert pauses == [1, 2, 3, 3, 3]


def test_a_fault_that_stays_is_told_with_its_status(sources: Sources, star: Jobindsats) -> None:
    sources.faults.append(Fault(CATALOGUE, times=9, status=503, body=b"Service closed"))
    with pytest.raises(ServerFaultError) as caught:
        star.catalogue()
    [problem] = caught.value.problems
    assert (problem.what, problem.found) == (WHAT["fault"], "HTTP 503 Service closed")
    assert len(sources.asked(CATALOGUE)) == 4


def test_retry_after_as_a_date_is_honoured(
    sources: Sources, star: Jobindsats, pauses: list[float]
) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    sources.faults.append(Fault(CATALOGUE, status=503, headers={"Retry-After": date}))
    star.catalogue()
    assert 30 < pauses[0] <= 40


@pytest.mark.parametrize(
    ("text", "made"), [("17", [17]), ("soon", [0.5]), ("", [0.5]), ("nan", [0.5]), ("-5", [0.5])]
)
def test_retry_after_is_honoured_where_it_makes_sense(
    sources: Sources, star: Jobindsats, pauses: list[float], text: str, made: list[float]
) -> None:
    sources.faults.append(Fault(CATALOGUE, status=429, headers={"Retry-After": text}))
    star.catalogue()
    assert pauses == made


def test_a_retry_after_of_an_hour_is_told_and_not_slept_through(
    sources: Sources, star: Jobindsats, pauses: list[float]
) -> None:
    sources.faults.append(Fault(CATALOGUE, status=429, headers={"Retry-After": "3600"}))
    with pytest.raises(UnreachableError) as caught:
        star.catalogue()
    assert caught.value.problems[0].found == "3600 s"
    assert pauses == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 422, 451])
def test_a_4xx_is_never_asked_again(sources: Sources, star: Jobindsats, status: int) -> None:
    sources.faults.append(Fault(CATALOGUE, times=9, status=status, body=unprocessable("No")))
    with pytest.raises(SourceError):
        star.catalogue()
    assert len(sources.asked(CATALOGUE)) == 1


@pytest.mark.parametrize(
    ("patience", "pauses_made"),
    [(Patience(attempts=2, timeout=0.15), 1), (Patience(attempts=1, longest_answer=-1), 0)],
    ids=["silence", "trickle"],
)
def test_silence_and_an_answer_that_trickles_end_as_a_time_out(
    sources: Sources, dial: Dial, pauses: list[float], patience: Patience, pauses_made: int
) -> None:
    transport = dial(sources.url, patience=patience)
    sources.faults.append(Fault("/v1", times=2, wait=0.4 if pauses_made else 0))
    with pytest.raises(TooBigError) as caught:
        transport.post("v1/tableinfo", {"table": "RAS400"})
    assert caught.value.problems[0].what == WHAT["time"]
    assert len(pauses) == pauses_made


def test_a_connection_that_breaks_is_asked_again(
    sources: Sources, star: Jobindsats, pauses: list[float]
) -> None:
    sources.faults.append(Fault(CATALOGUE, cut=40))
    assert "y01a02" in star.catalogue()
    assert len(pauses) == 1


def test_a_source_that_is_not_there_is_named_with_its_address(dial: Dial) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        transport = dial(url, patience=Patience(attempts=2))
        with pytest.raises(UnreachableError) as caught:
            transport.get("tables")
    assert url in caught.value.problems[0].fix


@pytest.mark.parametrize(
    "url",
    ["http://example.org/v3", "ftp://127.0.0.1", "example.org", "", "https://a:b@example.org"],
)
def test_an_address_that_would_give_the_token_away_is_refused(dial: Dial, url: str) -> None:
    with pytest.raises(InputError):
        dial(url, token=Secret(TOKEN))


@pytest.mark.parametrize("url", ["https://example.org/v3", "http://localhost:1", "http://[::1]:1"])
def test_an_encrypted_or_local_address_is_taken(dial: Dial, url: str) -> None:
    assert dial(url, token=Secret(TOKEN)).base_url == url


def test_a_secret_does_not_show_itself() -> None:
    secret = Secret(TOKEN)
    assert TOKEN not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == TOKEN
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.mark.parametrize("status", [200, 400, 401, 500])
def test_a_source_that_repeats_the_token_does_not_spread_it(
    sources: Sources, dial: Dial, status: int
) -> None:
    echoing = dial(sources.url, token=Secret(TOKEN), patience=Patience(attempts=1))
    sources.faults.append(Fault("/v1", status=status, body=f"Bad token {TOKEN}!".encode()))
    with pytest.raises(SourceError) as caught:
        echoing.get("v1/x")
    assert TOKEN not in str(caught.value)


def test_statbank_is_asked_without_authorization(sources: Sources, bank: StatBank) -> None:
    assert bank.tableinfo("RAS400").id == "RAS400"


class KeyringError(Exception):
    """Stands for the package's own."""


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "find_spec", lambda _name: None)


def keyring_that(monkeypatch: pytest.MonkeyPatch, answer: object) -> None:
    def get_password(service: str, name: str) -> object:
        assert (service, name) == ("beskplan", "jobindsats")
        if isinstance(answer, Exception):
            raise answer
        return answer

    fake = types.ModuleType("keyring")
    vars(fake).update(
        get_password=get_password, errors=types.SimpleNamespace(KeyringError=KeyringError)
    )
    monkeypatch.setattr(tokens, "find_spec", lambda _name: object())
    monkeypatch.setitem(sys.modules, "keyring", fake)


@pytest.mark.parametrize(
    ("environment", "keyring"),
    [(TOKEN, "another"), (f" {TOKEN}\n", "another"), (f"Bearer {TOKEN}", "another"), ("", TOKEN)],
)
def test_the_environment_comes_first_and_the_keyring_second(
    monkeypatch: pytest.MonkeyPatch, environment: str, keyring: str
) -> None:
    keyring_that(monkeypatch, keyring)
    monkeypatch.setenv("JOBINDSATS_TOKEN", environment)
    assert find_token().reveal() == TOKEN


@pytest.mark.parametrize(
    ("keyring", "words"),
    [
        (KeyringError(), ["nøgleringen svarer ikke", "JOBINDSATS_TOKEN"]),
        (None, ["keyring set beskplan jobindsats"]),
        ("no package", ["JOBINDSATS_TOKEN", "installér pakken `keyring`", "--source statbank"]),
    ],
)
def test_without_a_token_the_words_say_where_one_is_kept(
    monkeypatch: pytest.MonkeyPatch, keyring: object, words: list[str]
) -> None:
    keyring_that(monkeypatch, keyring)
    monkeypatch.delenv("JOBINDSATS_TOKEN", raising=False)
    if keyring == "no package":
        monkeypatch.setattr(tokens, "find_spec", lambda _name: None)
    with pytest.raises(SourceError) as caught:
        find_token()
    assert [word for word in words if word not in str(caught.value)] == []


@pytest.mark.parametrize("text", [f"{TOKEN} {TOKEN}", f"{TOKEN}\n{TOKEN}", f"{TOKEN}æ", "a\x07b"])
def test_what_cannot_be_a_token_is_refused_unseen(
    no_keyring: None, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("JOBINDSATS_TOKEN", text)
    with pytest.raises(SourceError) as caught:
        find_token()
    assert text not in str(caught.value)
    assert TOKEN not in str(caught.value)


def files_with(token: str, folder: Path) -> list[str]:
    return [
        str(path)
        for path in folder.rglob("*")
        if path.is_file() and token.encode() in path.read_bytes()
    ]


def test_the_search_for_the_token_would_find_it(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/log").write_text(f"Authorization: Bearer {TOKEN}")
    assert len(files_with(TOKEN, tmp_path)) == 1


def test_the_token_is_in_no_file_address_or_log(
    sources: Sources, clients: Clients, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.NOTSET)
    for name in ("httpx", "httpcore", "beskplan", "tenacity"):
        caplog.set_level(1, logger=name)
    sources.faults.append(Fault("/v3/data", times=2, status=500, body=b"busy"))
    fetched = fetch(default_plan(), tmp_path, clients)
    assert "HTTP Request" in caplog.text
    assert TOKEN not in caplog.text
    assert files_with(TOKEN, tmp_path) == []
    assert all(TOKEN not in one.path + one.body for one in sources.seen)
    assert all(TOKEN.encode() not in one.content for one in fetched.delivery.raw)
    assert TOKEN not in "".join(one.origin + one.name for one in fetched.delivery.raw)


def test_a_refused_token_is_not_shown(connected: Connected, tmp_path: Path) -> None:
    wrong = "wrong-token-31d0"
    with pytest.raises(SourceError) as caught:
        fetch(default_plan(), tmp_path, Clients(connected(wrong)))
    assert "JOBINDSATS_TOKEN" in caught.value.problems[0].fix
    assert wrong not in f"{caught.value} {caught.value!r} {caught.value.__context__!r}"


def test_a_client_does_not_show_its_token(star: Jobindsats) -> None:
    assert TOKEN not in f"{star!r} {vars(star)!r} {vars(star._transport)!r}"
    assert IMPATIENT.attempts > 1


def test_the_command_never_prints_the_token(sources: Sources, root: Path, tmp_path: Path) -> None:
    (tmp_path / "params").mkdir()
    environment = os.environ | {
        "JOBINDSATS_TOKEN": "wrong-token-31d0",
        "BESKPLAN_JOBINDSATS_URL": sources.url,
        "PYTHONPATH": str(root),
    }
    code = "from beskplan.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "fetch", "--source", "jobindsats", "--root", str(tmp_path)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode != 0
    assert "401" in done.stderr
    assert "wrong-token-31d0" not in done.stdout + done.stderr
    assert files_with("wrong-token-31d0", tmp_path) == []
