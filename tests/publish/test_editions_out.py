"""An edition on its way out: named by itself, mailed once to each, in the packet when it is approved."""

import json
import re
import shutil
import signal
import zipfile
from collections import Counter
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from pypdf import PdfReader

from beskplan.core.errors import BeskplanError, ReportError, UnknownNameError
from beskplan.params.jobs import Job, Workplace
from beskplan.publish import mailing
from beskplan.publish.approval import approve, withdraw
from beskplan.publish.packet import make_packet, named_jobs
from beskplan.publish.publishing import publish
from beskplan.runner.collecting import stale_collections
from beskplan.runner.engine.pool import ReportPool
from beskplan.runner.wanted import Choice
from tests.conftest import cases
from tests.publish import mail_samples as samples
from tests.publish.mail_server import Certificates, MailServer
from tests.publish.step_worker import run
from tests.publish.test_mail_once import settled_by_the_servers_record, wait_until_quiet
from tests.publish.test_packet import CASE
from tests.runner.small_copy import build, store_rows, third_quarter, write_periodical_copy

CASES = cases("editions_out")

PLAN = "2027/rudersdal"
SECOND, THIRD = (Job(2027, "rudersdal", "status", periode) for periode in ("2026K2", "2026K3"))
ONLY = Choice("rudersdal")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two editions, the first approved when it was the newest."""
    root = write_periodical_copy(tmp_path_factory.mktemp("udgaver") / "kopi")
    plan = root / "params" / "rudersdal" / "2027.yaml"
    plan.write_text(plan.read_text(encoding="utf-8") + CASE, encoding="utf-8")
    for also in ({}, third_quarter("a_dagpenge", "sygedagpenge")):
        store_rows(root, also=also, on="2026-11-01")
        with ReportPool(root) as pool:
            outcomes = build(root, pool, choice=ONLY)
        assert [str(problem) for one in outcomes for problem in one.problems] == []
        if not also:
            approve(Workplace(root), SECOND, "Mette Holm")
    for job in named_jobs(Workplace(root), PLAN):
        approve(Workplace(root), job, "Mette Holm")
    return root


@pytest.fixture
def place(built: Path, server: MailServer, tmp_path: Path) -> Workplace:
    root = shutil.copytree(built, tmp_path / "kopi")
    samples.write_params(root, server.port)
    return Workplace(root)


def out(place: Workplace) -> Path:
    folder = place.root.parent / "udgivet"
    publish(place, str(folder), address="https://rapporter.rudersdal.dk/")
    return folder


def send(place: Workplace, edition: str = "status") -> list[str]:
    found = mailing.send_all(place.root, "Rudersdal", 2027, "udvalget", 3, edition=edition)
    return [one.outcome for one in found]


def committee_mail(server: MailServer) -> Counter[str]:
    return Counter(one for one in server.recipients() if one != samples.MAINTAINER)


def test_a_plan_is_its_own_bilag_and_an_edition_is_named(place: Workplace) -> None:
    assert named_jobs(place, PLAN) == [Job(2027, "rudersdal", "maalgrupper")]
    assert named_jobs(place, f"{PLAN}/status") == [THIRD]
    assert named_jobs(place, SECOND.id) == [SECOND]
    # A plan of one Bilag and its editions has no combined PDF.
    assert stale_collections(place.root, ONLY) == ()
    path = place.root / "params" / "rudersdal" / "2027.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("[maalgrupper, ", "["), encoding="utf-8"
    )
    with pytest.raises(UnknownNameError, match="kun udgaver"):
        named_jobs(place, PLAN)


def test_the_newest_approved_edition_reaches_each_once(
    place: Workplace, server: MailServer
) -> None:
    with pytest.raises(ReportError, match="ikke offentliggjort"):
        send(place)
    folder = out(place)
    # The third quarter is built and not approved: nobody gets it, by its name or as the newest.
    with pytest.raises(ReportError, match="er ikke godkendt"):
        send(place, "status-2026K3")
    assert send(place) == ["sent"] * 3
    assert {
        one.mail["Subject"] for one in server.taken if one.recipients[0] in samples.ADDRESSES
    } == {"Rudersdal Kommune: status for 2. kvartal 2026"}
    server.taken.clear()
    approve(place, THIRD, "Mette Holm")
    publish(place, str(folder), address="https://rapporter.rudersdal.dk/")
    assert send(place) == ["sent"] * 3
    assert send(place) == send(place, "status-2026K2") == ["already"] * 3
    assert committee_mail(server) == Counter(samples.ADDRESSES)

    mail = server.taken[0].mail
    assert mail["Subject"] == "Rudersdal Kommune: status for 3. kvartal 2026"
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "status-2026K3.pdf"
    (pdf,) = (folder / THIRD.id).glob("*/status.pdf")
    assert attached.get_content() == pdf.read_bytes()
    body = mail.get_body(("html",))
    assert body is not None
    text = str(body.get_content())
    page = pdf.with_suffix(".html").relative_to(folder).as_posix()
    assert f'href="https://rapporter.rudersdal.dk/{page}"' in text
    values = json.loads((place.folder(THIRD) / "tal.json").read_bytes())
    (answer,) = (one["paragraphs"][0] for one in values["texts"] if one["id"] == "svar")
    # The mail tells it sentence by sentence.
    sentences = re.split(r"(?<=\.) (?=[A-ZÆØÅ])", answer)
    assert len(sentences) > 1
    assert [one for one in sentences if one not in text] == []


AT_NIGHT = "send_om_natten: [status]\n"


def at_night(place: Workplace) -> list[tuple[str, bool]]:
    return list(mailing.send_editions(place.root))


@pytest.mark.parametrize("more", ["", "send_om_natten: [maalgrupper]\n"])
def test_the_night_sends_nothing_to_a_list_that_has_not_asked(
    place: Workplace, server: MailServer, more: str
) -> None:
    samples.write_params(place.root, server.port, more)
    out(place)
    assert at_night(place) == []
    (place.root / "params" / "rudersdal" / "modtagere.yaml").unlink()
    assert at_night(place) == []
    assert server.taken == []


def test_the_night_sends_the_newest_approved_edition_once_and_no_other(
    place: Workplace, server: MailServer
) -> None:
    samples.write_params(place.root, server.port, AT_NIGHT)
    # Approved and not published: it waits, aloud.
    [(line, ok)] = at_night(place)
    assert (SECOND.id in line, "ikke offentliggjort" in line, ok) == (True, True, False)
    folder = out(place)
    assert at_night(place) == [(f"Sendt til udvalget: {SECOND.id}", True)]
    assert at_night(place) == []
    assert committee_mail(server) == Counter(samples.ADDRESSES)
    approve(place, THIRD, "Mette Holm")
    publish(place, str(folder), address="https://rapporter.rudersdal.dk/")
    # Whoever has got it by a person's command is not sent it again.
    assert send(place) == ["sent"] * 3
    assert at_night(place) == []
    assert committee_mail(server) == Counter([*samples.ADDRESSES, *samples.ADDRESSES])
    withdraw(place, THIRD, "Mette Holm", "Forkert kvartal")
    assert at_night(place) == []


def test_a_refused_letter_is_told_of_every_night_until_a_person_has_said_what_to_do(
    place: Workplace, server: MailServer
) -> None:
    samples.write_params(place.root, server.port, AT_NIGHT)
    out(place)
    server.on_recipient = lambda one: "550 no" if one == samples.ADDRESSES[1] else "250 OK"
    for first in (f"Sendt til udvalget: {SECOND.id}", None):
        told = at_night(place)
        assert [line for line, ok in told if ok] == ([first] if first else [])
        [refused] = [line for line, ok in told if not ok]
        assert samples.ADDRESSES[1] in refused
    assert committee_mail(server) == Counter([samples.ADDRESSES[0], samples.ADDRESSES[2]])


@pytest.mark.parametrize("step", ["mail-edition", "mails-at-night"])
@pytest.mark.parametrize("death", [3, 12, 18, 24])
def test_a_kill_anywhere_leaves_everyone_with_one(  # noqa: PLR0917  # fixtures
    place: Workplace,
    server: MailServer,
    certificates: Certificates,
    processes: ForkServerContext,
    death: int,
    step: str,
) -> None:
    samples.write_params(place.root, server.port, AT_NIGHT)
    out(place)
    args = (step, str(place.root), str(certificates.authority), death)
    process = processes.Process(target=run, args=args)
    process.start()
    process.join()
    assert process.exitcode in (-signal.SIGKILL, 0)
    wait_until_quiet(server)
    # The next night goes on where it ended, whoever began.
    at_night(place)
    settled_by_the_servers_record(server, place.root)
    at_night(place)
    assert committee_mail(server) == Counter(samples.ADDRESSES)


def test_what_was_edited_after_the_approval_is_never_sent(
    place: Workplace, server: MailServer
) -> None:
    folder = out(place)
    (place.folder(SECOND) / "status.pdf").write_bytes(b"en anden")
    assert send(place) == ["sent"] * 3
    (attached,) = server.taken[0].mail.iter_attachments()
    (pdf,) = (folder / SECOND.id).glob("*/status.pdf")
    assert attached.get_content() == pdf.read_bytes() != b"en anden"
    for copy in (place.reports / ".godkendte" / SECOND.id).glob("*/status.pdf"):
        copy.write_bytes(b"en tredje")
    with pytest.raises(ReportError, match="er ændret, efter"):
        send(place)
    with pytest.raises(BeskplanError):
        approve(place, SECOND, "Mette Holm")


@pytest.mark.parametrize(("edition", "told"), CASES["what_is_no_edition_is_not_sent"])
def test_what_is_no_edition_is_not_sent(
    place: Workplace, server: MailServer, edition: str, told: str
) -> None:
    with pytest.raises(BeskplanError, match=told):
        send(place, edition)
    assert committee_mail(server) == Counter()


def test_the_packet_takes_the_newest_approved_edition(place: Workplace) -> None:
    def names(*, draft: bool = False) -> list[str]:
        with zipfile.ZipFile(make_packet(place, "Rudersdal", 2027, draft=draft)) as one:
            return sorted(Path(name).name for name in one.namelist() if name.endswith(".pdf"))

    plan, rest = "bilag-1-maalgrupper.pdf", ["bilag-samlet.pdf", "dagsordenspunkt.pdf"]
    assert names() == [plan, "bilag-2-status-2026K2.pdf", *rest]
    assert names(draft=True) == [plan, "bilag-2-status-2026K3.pdf", *rest]
    approve(place, THIRD, "Mette Holm")
    assert names() == [plan, "bilag-2-status-2026K3.pdf", *rest]
    together = place.reports / "pakker/2027/rudersdal/udvalgssag-rudersdal-2027/bilag-samlet.pdf"
    text = " ".join(page.extract_text() for page in PdfReader(together).pages)
    assert "Bilag 2. Status, 3. kvartal 2026" in " ".join(text.split())
    html = place.reports / "pakker/2027/rudersdal/udvalgssag-rudersdal-2027/dagsordenspunkt.html"
    assert "Bilag 2. Status, 3. kvartal 2026" in html.read_text(encoding="utf-8")
