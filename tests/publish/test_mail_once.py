"""Each recipient gets each version exactly once: over new runs, kills and faults of the server."""

import os
import random
import signal
import time
from collections import Counter
from itertools import product
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from beskplan.core.errors import LockedError
from beskplan.core.ledger import LedgerError
from beskplan.publish.mailing import Mailing, Outcome
from beskplan.publish.trail import Journal, latest
from beskplan.sources.http import Secret
from tests.publish.mail_samples import ADDRESSES, committee, delivery, mailing, settings
from tests.publish.mail_server import PASSWORD, Certificates, MailServer
from tests.publish.mail_worker import Death, run
from tests.runner.engine_tasks import eventually

SECOND = ADDRESSES[1]
RANDOM_KILLS = 8
SEED = 20261122


def send(server: MailServer, root: Path, **changes: object) -> dict[str, Outcome]:
    found = mailing(server.port, **changes).send(Journal(root), Secret(PASSWORD), expected=3)
    return {one.recipient.adresse: one.outcome for one in found}


def settled_by_the_servers_record(server: MailServer, root: Path) -> int:
    """What an operator does with letters in doubt: look in the server's log for the Message-ID."""
    arrived = {one.mail["Message-ID"] for one in server.taken}
    entries = latest(Journal(root).read()).values()
    doubts = [one.letter for one in entries if one.state == "handing-over"]
    for letter in doubts:
        Journal(root).settle(
            letter.address, "accepted" if letter.message_id in arrived else "again"
        )
    return len(doubts)


def test_a_second_run_sends_nothing(server: MailServer, tmp_path: Path) -> None:
    assert set(send(server, tmp_path).values()) == {"sent"}
    assert set(send(server, tmp_path).values()) == {"already"}
    assert Counter(server.recipients()) == Counter(ADDRESSES)


def test_a_new_version_goes_to_everyone_again(server: MailServer, tmp_path: Path) -> None:
    send(server, tmp_path)
    new = Mailing(settings(server.port), committee(), delivery(content="bbbb"))
    results = new.send(Journal(tmp_path), Secret(PASSWORD), expected=3)
    assert {one.outcome for one in results} == {"sent"}
    assert Counter(server.recipients()) == Counter([*ADDRESSES, *ADDRESSES])


def test_who_is_on_two_lists_gets_it_once(server: MailServer, tmp_path: Path) -> None:
    send(server, tmp_path)
    other = Mailing(
        settings(server.port), committee("ANNE@rudersdal.dk", "dorte@rudersdal.dk"), delivery()
    )
    results = other.send(Journal(tmp_path), Secret(PASSWORD), expected=2)
    assert [one.outcome for one in results] == ["already", "sent"]


@pytest.mark.parametrize(
    ("when", "state"), list(product(["before", "after"], ["begun", "handing-over", "accepted"]))
)
def test_a_kill_at_any_step_leaves_everyone_with_one(  # noqa: PLR0917  # fixtures
    server: MailServer,
    tmp_path: Path,
    certificates: Certificates,
    processes: ForkServerContext,
    when: str,
    state: str,
) -> None:
    death: Death = (when, state, SECOND)  # type: ignore[assignment]
    killed = processes.Process(
        target=run, args=(str(tmp_path), server.port, str(certificates.authority), death)
    )
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    wait_until_quiet(server)
    after = send(server, tmp_path)
    in_doubt = (when, state) in (("after", "handing-over"), ("before", "accepted"))
    assert after[SECOND] == (
        "handing-over" if in_doubt else "already" if state == "accepted" else "sent"
    )
    assert max(Counter(server.recipients()).values()) == 1
    assert settled_by_the_servers_record(server, tmp_path) == in_doubt
    send(server, tmp_path)
    assert Counter(server.recipients()) == Counter(ADDRESSES)


def wait_until_quiet(server: MailServer) -> None:
    """Until the server has noticed that its client is gone."""
    assert eventually(lambda: not server.open)


def test_kills_at_random_moments_leave_everyone_with_one(
    server: MailServer, tmp_path: Path, certificates: Certificates, processes: ForkServerContext
) -> None:

    def slowly(_: str) -> str:
        time.sleep(0.03)
        return "250 OK"

    server.on_recipient = server.on_end = slowly
    moments = random.Random(SEED)  # noqa: S311  # moments, not secrets
    for number in range(RANDOM_KILLS):
        root = tmp_path / str(number)
        args = (str(root), server.port, str(certificates.authority), None)
        process = processes.Process(target=run, args=args)
        process.start()
        process.join(moments.uniform(0.05, 0.7))
        process.kill()
        process.join()
        wait_until_quiet(server)
        send(server, root)
        assert max(Counter(server.recipients()).values()) == 1
        settled_by_the_servers_record(server, root)
        send(server, root)
        assert Counter(server.recipients()) == Counter(ADDRESSES), number
        server.taken.clear()


def test_at_least_once_repeats_a_letter_in_doubt_with_its_own_id(
    server: MailServer, tmp_path: Path, certificates: Certificates, processes: ForkServerContext
) -> None:
    death: Death = ("before", "accepted", SECOND)
    killed = processes.Process(
        target=run, args=(str(tmp_path), server.port, str(certificates.authority), death)
    )
    killed.start()
    killed.join()
    assert send(server, tmp_path, ved_tvivl="send_igen")[SECOND] == "sent"
    twice = [one for one in server.taken if one.recipients == [SECOND]]
    assert len(twice) == 2
    assert twice[0].content == twice[1].content


def test_sigterm_lets_the_letter_under_way_arrive_and_then_ends(
    server: MailServer, tmp_path: Path
) -> None:

    def ended(_: str) -> str:
        if not server.taken:
            os.kill(os.getpid(), signal.SIGTERM)
        return "250 OK"

    server.on_end = ended
    with pytest.raises(SystemExit) as stop:
        send(server, tmp_path)
    assert stop.value.code == 128 + signal.SIGTERM
    states = [one.state for one in Journal(tmp_path).read()]
    assert states == ["begun", "handing-over", "accepted"]
    server.on_end = lambda _: "250 OK"
    send(server, tmp_path)
    assert Counter(server.recipients()) == Counter(ADDRESSES)


def test_a_refusal_is_kept_and_not_tried_again_unless_a_person_says_so(
    server: MailServer, tmp_path: Path
) -> None:
    server.on_recipient = lambda address: "550 no such user" if address == SECOND else "250 OK"
    assert send(server, tmp_path)[SECOND] == "refused"
    server.on_recipient = lambda _: "250 OK"
    assert send(server, tmp_path)[SECOND] == "refused"
    Journal(tmp_path).settle(SECOND, "again")
    assert send(server, tmp_path)[SECOND] == "sent"
    assert Counter(server.recipients()) == Counter(ADDRESSES)


@pytest.mark.parametrize(("answer", "outcome"), [("452 full", "deferred"), ("554 spam", "refused")])
def test_an_answer_to_the_last_line_that_is_no_yes_is_no_delivery(
    server: MailServer, tmp_path: Path, answer: str, outcome: str
) -> None:
    server.on_end = lambda address: answer if address == SECOND else "250 OK"
    assert send(server, tmp_path) == {
        ADDRESSES[0]: "sent",
        SECOND: outcome,
        ADDRESSES[2]: "sent",
    }
    server.on_end = lambda _: "250 OK"
    again = send(server, tmp_path)[SECOND]
    assert again == ("sent" if outcome == "deferred" else "refused")


def test_two_runs_at_once_are_one(server: MailServer, tmp_path: Path) -> None:
    with Journal(tmp_path).writing(), pytest.raises(LockedError):
        send(server, tmp_path)
    assert server.taken == []


def test_a_torn_last_line_was_never_written_and_a_torn_other_line_stops_everything(
    server: MailServer, tmp_path: Path
) -> None:
    send(server, tmp_path)
    path = Journal(tmp_path).path
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    # The acceptance of the last letter is lost: that one is in doubt, and not sent again.
    assert send(server, tmp_path)[ADDRESSES[2]] == "handing-over"
    path.write_bytes(whole[:30] + b"\n" + whole[31:])
    with pytest.raises(LedgerError, match="linje 1"):
        send(server, tmp_path)
    assert Counter(server.recipients()) == Counter(ADDRESSES)


@pytest.mark.parametrize("state", ["begun", "handing-over"])
def test_a_disk_that_is_full_stops_a_letter_before_its_last_line(
    server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    write = os.pwrite

    def half(file: int, content: bytes, at: int) -> int:
        deadly = f'"state":"{state}"'.encode() in content and SECOND.encode() in content
        return write(file, content[:20] if deadly else content, at)

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", half)
        with pytest.raises(OSError, match="No space left"):
            send(server, tmp_path)
    wait_until_quiet(server)
    assert server.recipients() == [ADDRESSES[0]]
    assert set(send(server, tmp_path).values()) == {"already", "sent"}
    assert Counter(server.recipients()) == Counter(ADDRESSES)
