"""What a mail holds, what can not get into it, and who hears of failures."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beskplan.core.errors import BeskplanError, InputError, ParamsError, SourceError
from beskplan.params.mail import (
    Recipient,
    RecipientList,
    read_mail_settings,
    read_recipients,
)
from beskplan.publish import mailing
from beskplan.publish.mailing import (
    UNSENT,
    Mailing,
    tell_maintainer,
    write_drafts,
)
from beskplan.publish.message import Delivery, compose
from beskplan.publish.trail import Journal
from beskplan.sources.http import Secret
from tests.conftest import cases
from tests.publish import mail_samples as samples
from tests.publish.mail_server import PASSWORD, Certificates, MailServer, serving

CASES = cases("mail_message")

AT = datetime(2020, 11, 18, 8, 0, tzinfo=UTC)


def composed(delivery: Delivery | None = None, **changes: object) -> EmailMessage:
    to = samples.committee()
    mail = compose(
        samples.settings(587, **changes), to, to.modtagere[0], delivery or samples.delivery(), AT
    )
    read = message_from_bytes(mail.as_bytes(), policy=default)
    assert isinstance(read, EmailMessage)
    return read


def text_of(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_a_mail_is_danish_in_text_and_html_with_the_pdfs() -> None:
    mail = composed()
    assert mail["Subject"] == "Rudersdal Kommune: bilag til beskæftigelsesplan 2021"
    assert mail["To"] == "Medlem 1 <anne@rudersdal.dk>"
    assert mail["Content-Language"] == "da"
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert names == ["bilag-1-maalgrupper.pdf", "bilag-2-varighed.pdf", "bilag-samlet.pdf"]
    page = lxml.html.document_fromstring(text_of(mail, "html"))
    assert page.get("lang") == "da"
    for said in (
        "Til Arbejdsmarkedsudvalget",
        "Der var 703 fuldtidspersoner.",
        "Titel på varighed",
    ):
        assert said in text_of(mail, "plain")
        assert said in page.text_content()


def test_no_mail_names_another_recipient() -> None:
    content = composed().as_bytes()
    assert samples.ADDRESSES[0].encode() in content
    assert not any(address.encode() in content for address in samples.ADDRESSES[1:])


def test_the_same_letter_has_the_same_bytes_and_another_recipient_another_id() -> None:
    to = samples.committee()
    make = lambda who: compose(samples.settings(), to, who, samples.delivery(), AT)  # noqa: E731
    assert make(to.modtagere[0]).as_bytes() == make(to.modtagere[0]).as_bytes()
    ids = {make(one)["Message-ID"] for one in to.modtagere}
    assert len(ids) == 3


def test_large_pdfs_are_linked_to_where_they_never_change() -> None:
    mail = composed(hoejst_vedhaeftet_mb=0.00001)
    assert list(mail.iter_attachments()) == []
    for path in ("maalgrupper/kopi/maalgrupper.pdf", "samlet/0123456789abcdef/rudersdal-2021.pdf"):
        address = f"https://rapporter.rudersdal.dk/2021/rudersdal/{path}"
        assert address in text_of(mail, "plain")
        assert f'href="{address}"' in text_of(mail, "html")


def test_large_pdfs_that_are_published_nowhere_are_refused() -> None:
    with pytest.raises(ParamsError, match="adresse"):
        composed(hoejst_vedhaeftet_mb=0.00001, adresse=None)


def test_a_line_of_a_single_full_stop_arrives_as_it_was(server: MailServer, tmp_path: Path) -> None:
    text = "før\n.\n..\n.efter\r\nBcc: alle@example.dk\r\n.\r\nMAIL FROM:<x@example.dk>"
    sent = Mailing(samples.settings(server.port), samples.committee(), samples.delivery(text=text))
    sent.send(Journal(tmp_path), Secret(PASSWORD), expected=3)
    body = server.taken[0].mail.get_body(("plain",))
    assert body is not None
    assert "\n.\n..\n.efter\nBcc" in str(body.get_content()).replace("\r\n", "\n")
    assert (server.taken[0].mail["Bcc"], len(server.taken)) == (None, 3)


@pytest.mark.parametrize(
    "name", ["Anne\r\nBcc: x@example.dk", "Anne\nJensen", "Anne\u202e", "Anne\x00", " ", "a" * 201]
)
def test_a_name_that_could_become_a_header_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"navn"):
        Recipient(navn=name, adresse="anne@rudersdal.dk")


@pytest.mark.parametrize("address", CASES["what_is_no_address_is_refused"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"adresse"):
        Recipient(navn="Anne", adresse=address)


@given(st.text(min_size=1))
def test_whatever_is_accepted_as_an_address_is_one_address(text: str) -> None:
    try:
        recipient = Recipient(navn="Anne", adresse=text)
    except ValueError:
        return
    assert recipient.adresse.isascii()
    assert recipient.adresse.isprintable()
    assert recipient.adresse.count("@") == 1
    assert not set(recipient.adresse) & set(' ,;<>()[]"\\')


def people(count: int) -> tuple[Recipient, ...]:
    return tuple(Recipient(navn="N", adresse=f"n{number}@rudersdal.dk") for number in range(count))


def test_a_list_that_has_grown_by_mistake_is_refused() -> None:
    assert len(RecipientList(navn="U", hoejst=3, modtagere=people(3)).modtagere) == 3
    with pytest.raises(ValueError, match="højst 3 modtagere"):
        RecipientList(navn="U", hoejst=3, modtagere=people(4))
    with pytest.raises(ValueError, match="less than or equal to 500"):
        RecipientList(navn="U", hoejst=501, modtagere=people(4))
    with pytest.raises(ValueError, match="hver adresse én gang"):
        RecipientList(navn="U", hoejst=9, modtagere=(*people(2), *people(1)))
    with pytest.raises(ValueError, match=r"adresser hos example\.dk"):
        RecipientList(navn="U", hoejst=9, modtagere=people(2), domaener=("example.dk",))


@pytest.mark.parametrize("expected", [2, 4])
def test_a_wrong_count_sends_nothing(server: MailServer, tmp_path: Path, expected: int) -> None:
    sent = samples.mailing(server.port)
    with pytest.raises(InputError, match="3 modtagere"):
        sent.send(Journal(tmp_path), Secret(PASSWORD), expected=expected)
    assert server.taken == []


def test_the_dry_run_writes_the_mails_and_sends_nothing(server: MailServer, tmp_path: Path) -> None:
    folder = write_drafts(tmp_path, "udvalget", samples.mailing(server.port))
    files = sorted(folder.iterdir())
    assert [path.name for path in files] == ["001.eml", "002.eml", "003.eml"]
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in files]
    assert [mail["To"].addresses[0].addr_spec for mail in mails] == list(samples.ADDRESSES)
    assert server.taken == []
    assert Journal(tmp_path).read() == []


@pytest.mark.parametrize("tls", [True, False])
def test_everything_is_encrypted_and_logged_in(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, tls: bool
) -> None:
    """From the first byte, or by STARTTLS."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    with serving(certificates, tls=tls) as server:
        security = {"sikkerhed": "tls" if tls else "starttls"}
        changed = samples.settings(server.port).server.model_copy(update=security)
        sent = samples.mailing(server.port, server=changed)
        results = sent.send(Journal(tmp_path), Secret(PASSWORD), expected=3)
    assert {one.outcome for one in results} == {"sent"}
    assert server.logins == 1
    # The server counts what comes without STARTTLS; a line that is encrypted from its beginning has none.
    assert tls or not server.clear_text_mail


def test_a_server_that_nobody_vouches_for_gets_nothing(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with serving(certificates) as server, pytest.raises(SourceError, match="certifikat"):
        samples.mailing(server.port).send(Journal(tmp_path), Secret(PASSWORD), expected=3)
    assert (server.logins, server.taken) == (0, [])


def test_a_wrong_password_is_told_without_showing_it(server: MailServer, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="afviser login") as refused:
        samples.mailing(server.port).send(Journal(tmp_path), Secret("forkert-4711"), expected=3)
    assert "4711" not in str(refused.value)
    assert server.taken == []


def fake_mailing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing, "make_delivery", lambda *_: samples.delivery())


def test_failures_go_to_the_maintainer_and_never_to_the_committee(
    server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples.write_params(tmp_path, server.port)
    fake_mailing(monkeypatch)
    wrong = samples.ADDRESSES[1]
    server.on_recipient = lambda address: "550 no such user" if address == wrong else "250 OK"
    results = mailing.send_all(tmp_path, "Rudersdal", 2021, "udvalget", 3)
    assert [one.ok for one in results] == [True, False, True]
    notices = [one for one in server.taken if one.mail["Subject"].startswith("beskplan:")]
    assert [one.recipients for one in notices] == [[samples.MAINTAINER]]
    assert wrong in str(notices[0].mail.get_content())
    assert all(one.sender == samples.MAINTAINER for one in server.taken)
    assert PASSWORD not in "".join(
        path.read_text() for path in (tmp_path / "data").rglob("*.jsonl")
    )


def test_a_run_that_could_not_begin_is_told_too(
    server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples.write_params(tmp_path, server.port)
    fake_mailing(monkeypatch)
    with pytest.raises(InputError, match="længde"):
        mailing.send_all(tmp_path, "Rudersdal", 2021, "udvalget", 99)
    assert server.recipients() == [samples.MAINTAINER]


def test_a_notice_that_cannot_be_sent_is_kept_and_sent_with_the_next(
    server: MailServer, tmp_path: Path
) -> None:
    hindered = tell_maintainer(tmp_path, samples.settings(1), "første", ["æøå"])
    assert Path(hindered.splitlines()[-1]).parent.name == UNSENT
    assert not tell_maintainer(tmp_path, samples.settings(server.port), "anden", [])
    assert [one.mail["Subject"] for one in server.taken] == ["beskplan: første", "beskplan: anden"]
    assert list((tmp_path / "data" / "post" / UNSENT).iterdir()) == []


def test_the_params_are_read_and_every_fault_in_them_is_told(tmp_path: Path) -> None:
    samples.write_params(tmp_path, 587)
    assert read_mail_settings(tmp_path) == samples.settings(587)
    assert len(read_recipients("Rudersdal", tmp_path).lister["udvalget"].modtagere) == 3
    path = tmp_path / "params" / "mail.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("vaert", "vært").replace("https", "http"), encoding="utf-8")
    with pytest.raises(BeskplanError) as refused:
        read_mail_settings(tmp_path)
    assert len(refused.value.problems) >= 2
    assert all("params/mail.yaml:" in problem.where for problem in refused.value.problems)


def test_a_password_in_the_params_is_an_unknown_key(tmp_path: Path) -> None:
    samples.write_params(tmp_path, 587)
    path = tmp_path / "params" / "mail.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "password: hemmelig\n", encoding="utf-8")
    with pytest.raises(ParamsError, match="ukendt nøgle"):
        read_mail_settings(tmp_path)
