"""The token: where it is looked for, and that it is nowhere to be found afterwards."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

from beskplan.core.errors import SourceError
from beskplan.sources import jobindsats as tokens
from beskplan.sources.fetching import Clients, fetch
from beskplan.sources.jobindsats import Jobindsats, find_token
from beskplan.sources.plan import default_plan
from tests.sources.conftest import IMPATIENT, Connected
from tests.sources.server.faults import Fault
from tests.sources.server.serving import TOKEN, Sources


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
    assert find_token({"JOBINDSATS_TOKEN": environment}).reveal() == TOKEN


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
    if keyring == "no package":
        monkeypatch.setattr(tokens, "find_spec", lambda _name: None)
    with pytest.raises(SourceError) as caught:
        find_token({})
    assert [word for word in words if word not in str(caught.value)] == []


@pytest.mark.parametrize("text", [f"{TOKEN} {TOKEN}", f"{TOKEN}\n{TOKEN}", f"{TOKEN}æ", "a\x07b"])
def test_what_cannot_be_a_token_is_refused_unseen(no_keyring: None, text: str) -> None:
    with pytest.raises(SourceError) as caught:
        find_token({"JOBINDSATS_TOKEN": text})
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
