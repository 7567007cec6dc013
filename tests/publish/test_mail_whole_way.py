"""From a built report to the committee: approve, publish, mail. Kills on the way are tests of their own."""

import json
import shutil
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from beskplan.core.errors import ReportError
from beskplan.params.jobs import Job, Workplace
from beskplan.publish import mailing
from beskplan.publish.approval import approve
from beskplan.publish.publishing import publish
from tests.publish import mail_samples as samples
from tests.publish.mail_server import MailServer

JOB = Job(2021, "rudersdal", "maalgrupper")


@pytest.fixture
def place(
    build_report: Callable[[Job], Path],
    server: MailServer,
    tmp_path: Path,
) -> Workplace:
    """A working copy with the report of Rudersdal, and somebody to send it to."""
    folder = build_report(JOB)
    for name in ("notebooks", "params"):
        shutil.copytree(folder.parents[3] / name, tmp_path / name)
    shutil.copytree(folder, tmp_path / "reports" / JOB.id)
    samples.one_bilag(tmp_path)
    samples.write_params(tmp_path, server.port)
    return Workplace(tmp_path)


def send(place: Workplace) -> list[str]:
    results = mailing.send_all(place.root, "Rudersdal", 2021, "udvalget", 3)
    return [one.outcome for one in results]


def committee_mail(server: MailServer) -> Counter[str]:
    return Counter(one for one in server.recipients() if one != samples.MAINTAINER)


def test_only_what_is_approved_and_published_reaches_the_committee_and_once(
    place: Workplace, server: MailServer
) -> None:
    with pytest.raises(ReportError, match="er ikke godkendt"):
        send(place)
    approve(place, JOB, "Mette Holm")
    with pytest.raises(ReportError, match="ikke offentliggjort"):
        send(place)
    # The committee has heard of neither failure.
    assert (committee_mail(server), len(server.taken)) == (Counter(), 2)
    publish(place, str(place.root / "udgivet"), address="https://rapporter.rudersdal.dk/")

    folder, planned = mailing.dry_run(place.root, "Rudersdal", 2021, "udvalget")
    assert [one.outcome for one in planned] == ["waiting"] * 3
    draft = message_from_bytes((folder / "001.eml").read_bytes(), policy=default)
    assert committee_mail(server) == Counter()

    assert send(place) == ["sent"] * 3
    assert send(place) == ["already"] * 3
    assert committee_mail(server) == Counter(samples.ADDRESSES)

    mail = next(one.mail for one in server.taken if one.recipients == [samples.ADDRESSES[0]])
    assert mail["Message-ID"] == draft["Message-ID"]
    (attached,) = mail.iter_attachments()
    trail = (place.reports / "godkendelser.jsonl").read_text(encoding="utf-8").splitlines()
    copy = json.loads(trail[1])["copy"]
    published = place.root / "udgivet" / JOB.id / copy / "maalgrupper.pdf"
    assert attached.get_content() == published.read_bytes()
    body = mail.get_body(("html",))
    assert body is not None
    address = f"https://rapporter.rudersdal.dk/{JOB.id}/{copy}/maalgrupper.pdf"
    assert f'href="{address}"' in str(body.get_content())
