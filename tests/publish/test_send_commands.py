"""The commands that send and schedule, as a person types them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from beskplan.cli.app import app
from beskplan.core.errors import InputError, ReportError
from beskplan.params.mail import Recipient
from beskplan.publish import mailing, sending
from tests.rudersdal_copy import PLAN, copy_one_bilag

RECIPIENT = Recipient(navn="Anne", adresse="anne@rudersdal.dk")
MAIL = ("mail", "--kommune", "Rudersdal", "--aar", "2021", "--liste", "udvalget")


def never(*_: object) -> list[sending.Result]:
    raise AssertionError("it would have sent")


def run(root: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--root", str(root)])


def test_mail_is_a_dry_run_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = sending.Result(RECIPIENT, "waiting")
    monkeypatch.setattr(mailing, "dry_run", lambda *_, **__: (tmp_path, [waiting]))
    monkeypatch.setattr(mailing, "send_all", never)
    shown = run(tmp_path, *MAIL)
    assert shown.exit_code == 0
    assert "venter       anne@rudersdal.dk" in shown.output
    assert "intet er sendt" in shown.output


def test_sending_wants_the_number_of_recipients(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "send_all", never)
    refused = run(tmp_path, *MAIL, "--send")
    assert refused.exit_code == 2
    assert "--expect" in refused.output


@pytest.mark.parametrize(
    ("outcome", "code"), [("sent", 0), ("already", 0), ("handing-over", 1), ("refused", 1)]
)
def test_somebody_without_a_mail_is_an_exit_code(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    outcome: sending.Outcome,
    code: int,
) -> None:
    result = sending.Result(RECIPIENT, outcome)
    monkeypatch.setattr(mailing, "send_all", lambda *_, **__: [result])
    assert run(tmp_path, *MAIL, "--send", "--expect", "1").exit_code == code


def test_nothing_can_be_said_of_a_letter_that_was_never_sent(tmp_path: Path) -> None:
    assert run(tmp_path, "mail-log").output.strip() == "Der er aldrig sendt mail."
    refused = run(tmp_path, "mail-log", "--arrived", "anne@rudersdal.dk")
    assert isinstance(refused.exception, InputError)


def test_schedule_shows_or_writes_its_files(tmp_path: Path) -> None:
    assert "sommertiden" in run(tmp_path, "schedule", "cron", "--at", "02:30").stderr
    shown = run(tmp_path, "schedule", "cron", "--at", "03:05")
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert shown.output.splitlines()[1].startswith("5 3 * * * ")
    out = tmp_path / "opgaver"
    assert run(tmp_path, "schedule", "windows", "--out", str(out)).exit_code == 0
    assert ET.parse(out / "beskplan-nightly.xml").getroot().tag.endswith("Task")  # noqa: S314  # our own
    assert run(tmp_path, "schedule", "cron", "--at", "25:00").exit_code == 2


def test_a_packet_of_nothing_is_told(root: Path, tmp_path: Path) -> None:
    copy_one_bilag(root, tmp_path)
    path = tmp_path / PLAN
    item = (
        "udvalgssag: {udvalg: U, moede: 2020-11-18, titel: T, punkttype: Orientering, tema: T, "
        "sagsbeskrivelse: S, administrationens_forslag: F}\n"
    )
    path.write_text(path.read_text(encoding="utf-8") + item, encoding="utf-8")
    refused = run(tmp_path, "packet", "--kommune", "Rudersdal", "--aar", "2021", "--draft")
    assert isinstance(refused.exception, ReportError)
    assert "har ingen færdig rapport" in str(refused.exception)
