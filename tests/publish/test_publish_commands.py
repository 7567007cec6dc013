"""The commands of approval, publication, packet and mail; and the trail of approvals."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner, Result

from beskplan.cli.app import app
from beskplan.core.errors import InputError, ReportError
from beskplan.core.files import COPIES
from beskplan.core.ledger import Ledger, LedgerError
from beskplan.params.jobs import Job, Workplace
from beskplan.params.mail import Recipient
from beskplan.params.models import read
from beskplan.publish import approval, mailing
from beskplan.publish.trail import Event, States, Trail, What
from tests.conftest import cases
from tests.publish.synthetic import put_set_report
from tests.render import sample_notebook as samples
from tests.rudersdal_copy import PLAN, copy_one_bilag

CASES = cases("approval_trail")

JOB = Job(2021, "rudersdal", "maalgrupper")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    monkeypatch.setattr(approval, "prove", lambda *_: None)
    place = Workplace(tmp_path / "kopi")
    put_set_report(place, JOB, samples.sample_notebook())
    return place


def run(place: Workplace, *words: str) -> str:
    done = CliRunner().invoke(app, [*words, "--root", str(place.root)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_from_draft_to_readers_and_back(place: Workplace, tmp_path: Path) -> None:
    out = str(tmp_path / "ude")
    assert "1 rapporter" in run(place, "catalogue")
    told = run(place, "approve", JOB.id, "--by", "Mette Holm")
    assert "godkendt af Mette Holm" in told
    # The page that bears the name is the copy that is told, and not the draft that lies in place.
    named = re.search(r"den godkendte side: (.*[.]html)", told)
    assert named
    assert "Mette Holm" in Path(named[1]).read_text(encoding="utf-8")
    draft = place.folder(JOB) / f"{JOB.bilag}.html"
    assert "Mette Holm" not in draft.read_text(encoding="utf-8")
    assert "offentliggjort" in run(place, "publish", "--to", out)
    assert "0 nye filer, 0 erstattet, 0 fjernet." in run(place, "publish", "--to", out)
    run(place, "withdraw", JOB.id, "--by", "Mette Holm", "--reason", "Forkert tal")
    run(place, "publish", "--to", out)
    pages = [path.read_text(encoding="utf-8") for path in Path(out).rglob("maalgrupper.html")]
    assert len([page for page in pages if "Grund: Forkert tal." in page]) == 1
    assert not [page for page in pages if "Godkendt" in page]
    *trail, last = run(place, "approvals").splitlines()
    assert last.startswith("Godkendelsessporet slutter med nr. 3, ")
    assert [line.split()[5] for line in trail] == ["godkendt", "offentliggjort", "trukket"]


def test_of_a_plan_with_a_report_that_may_not_be_approved_none_is(
    place: Workplace, root: Path
) -> None:
    (place.root / "params").symlink_to(root / "params")
    with pytest.raises(InputError) as refused:
        run(place, "approve", "2021/Rudersdal", "--by", "Mette Holm")
    wanted = read("rudersdal", 2021, place.root).bilag
    assert len(wanted) > 1
    # Only the first Bilag of the plan was built here.
    assert [one.where for one in refused.value.problems] == [
        f"2021/rudersdal/{one}" for one in wanted if one != JOB.bilag
    ]
    assert Trail(place.reports).events() == ()
    run(place, "approve", JOB.id, "--by", "Mette Holm")
    assert [one.job for one in Trail(place.reports).events()] == [JOB.id]


@pytest.mark.parametrize(
    ("name", "fix"),
    CASES["a_job_that_is_misspelt_is_told"],
)
def test_a_job_that_is_misspelt_is_told_the_nearest(
    place: Workplace, root: Path, name: str, fix: str
) -> None:
    (place.root / "notebooks").symlink_to(root / "notebooks")
    with pytest.raises(InputError) as refused:
        run(place, "approve", name, "--by", "Mette Holm")
    assert [one.fix for one in refused.value.problems] == [fix]


RECIPIENT = Recipient(navn="Anne", adresse="anne@rudersdal.dk")
MAIL = ("mail", "--kommune", "Rudersdal", "--aar", "2021", "--liste", "udvalget")


def never(*_: object) -> list[mailing.Result]:
    raise AssertionError("it would have sent")


def result_of(root: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--root", str(root)])


def test_mail_is_a_dry_run_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = mailing.Result(RECIPIENT, "waiting")
    monkeypatch.setattr(mailing, "dry_run", lambda *_, **__: (tmp_path, [waiting]))
    monkeypatch.setattr(mailing, "send_all", never)
    shown = result_of(tmp_path, *MAIL)
    assert shown.exit_code == 0
    assert "venter       anne@rudersdal.dk" in shown.output
    assert "intet er sendt" in shown.output


def test_sending_wants_the_number_of_recipients(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "send_all", never)
    refused = result_of(tmp_path, *MAIL, "--send")
    assert refused.exit_code == 2
    assert "--expect" in refused.output


@pytest.mark.parametrize(
    ("outcome", "code"), [("sent", 0), ("already", 0), ("handing-over", 1), ("refused", 1)]
)
def test_somebody_without_a_mail_is_an_exit_code(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    outcome: mailing.Outcome,
    code: int,
) -> None:
    result = mailing.Result(RECIPIENT, outcome)
    monkeypatch.setattr(mailing, "send_all", lambda *_, **__: [result])
    assert result_of(tmp_path, *MAIL, "--send", "--expect", "1").exit_code == code


def test_nothing_can_be_said_of_a_letter_that_was_never_sent(tmp_path: Path) -> None:
    assert result_of(tmp_path, "mail-log").output.strip() == "Der er aldrig sendt mail."
    refused = result_of(tmp_path, "mail-log", "--arrived", "anne@rudersdal.dk")
    assert isinstance(refused.exception, InputError)


def test_schedule_shows_or_writes_its_files(tmp_path: Path) -> None:
    assert "sommertiden" in result_of(tmp_path, "schedule", "cron", "--at", "02:30").stderr
    shown = result_of(tmp_path, "schedule", "cron", "--at", "03:05")
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert shown.output.splitlines()[1].startswith("5 3 * * * ")
    out = tmp_path / "opgaver"
    assert result_of(tmp_path, "schedule", "windows", "--out", str(out)).exit_code == 0
    assert ET.parse(out / "beskplan-nightly.xml").getroot().tag.endswith("Task")  # noqa: S314  # our own
    assert result_of(tmp_path, "schedule", "cron", "--at", "25:00").exit_code == 2


def test_a_packet_of_nothing_is_told(root: Path, tmp_path: Path) -> None:
    copy_one_bilag(root, tmp_path)
    path = tmp_path / PLAN
    item = (
        "udvalgssag: {udvalg: U, moede: 2020-11-18, titel: T, punkttype: Orientering, tema: T, "
        "sagsbeskrivelse: S, administrationens_forslag: F}\n"
    )
    path.write_text(path.read_text(encoding="utf-8") + item, encoding="utf-8")
    refused = result_of(tmp_path, "packet", "--kommune", "Rudersdal", "--aar", "2021", "--draft")
    assert isinstance(refused.exception, ReportError)
    assert "har ingen færdig rapport" in str(refused.exception)


JOB_ID = "2021/rudersdal/maalgrupper"


def say(reports: Path, *what: What, content: str = "c1", **more: Any) -> Trail:
    trail = Trail(reports)
    with trail.writing() as writer:
        for one in what:
            said = {"job": JOB_ID, "by": "Mette Holm", "copy": "k1", **more}
            writer.add(Event(what=one, content=content, **said))
    return trail


def test_what_was_said_is_read_again(tmp_path: Path) -> None:
    trail = say(tmp_path, "godkendt", "offentliggjort")
    assert [(one.number, one.what, one.by) for one in trail.events()] == [
        (1, "godkendt", "Mette Holm"),
        (2, "offentliggjort", "Mette Holm"),
    ]


class Anything(BaseModel, extra="allow"):
    """Whatever a forger writes."""


@pytest.mark.parametrize("values", CASES["a_line_of_the_chain_that_is"])
def test_a_line_of_the_chain_that_is_no_event_is_refused(
    tmp_path: Path, values: dict[str, Any]
) -> None:
    """Whoever forges a line can calculate its hash too."""
    trail = say(tmp_path, "godkendt")
    line = trail.events()[0].model_dump() | values
    trail.path.unlink()
    assert trail.head is not None
    trail.head.unlink()
    with Ledger(trail.path, trail.lock, Anything, trail.head).writing() as ledger:
        ledger.add(Anything.model_validate(line))
    with pytest.raises(LedgerError) as refused:
        trail.events()
    assert [one.where for one in refused.value.problems] == [f"{trail.path}: linje 1"]


@pytest.mark.parametrize(("said", "stage"), CASES["the_last_word_decides"])
def test_the_last_word_decides(tmp_path: Path, said: tuple[What, ...], stage: str) -> None:
    states = States(say(tmp_path, *said).events())
    assert states.of(JOB_ID, "c1").stage == stage
    assert states.of(JOB_ID, "c2").stage == "udkast"


def test_what_is_withdrawn_gives_way_to_what_was_approved_before(tmp_path: Path) -> None:
    say(tmp_path, "godkendt")
    assert States(say(tmp_path, "godkendt", content="c2").events()).in_force(JOB_ID) == "c2"
    assert States(say(tmp_path, "trukket", content="c2").events()).in_force(JOB_ID) == "c1"


def test_copies_that_no_event_was_made_for_show_that_trail_and_head_are_gone(
    tmp_path: Path,
) -> None:
    copy = tmp_path / COPIES / JOB_ID / "0123456789abcdef"
    copy.mkdir(parents=True)
    for kind, lost in (("godkendt", False), ("offentliggjort", True), ("trukket", True)):
        said = {"standing": {"kind": kind}}
        (copy / "manifest.json").write_text(json.dumps(said), encoding="utf-8")
        trail = Trail(tmp_path)
        if not lost:
            # Its process may have ended before the first approval was written.
            assert trail.events() == ()
            continue
        with pytest.raises(LedgerError) as refused:
            trail.events()
        assert "0123456789abcdef" in refused.value.problems[0].found
