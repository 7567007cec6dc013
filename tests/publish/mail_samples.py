"""A version of two reports, a committee of three, and the settings of a server on this machine."""

import re
from datetime import date
from pathlib import Path

from beskplan.blocks.model import Header, Prose
from beskplan.params.jobs import Job
from beskplan.params.mail import MailSettings, Recipient, RecipientList, Sender, Server
from beskplan.publish.mailing import Mailing
from beskplan.publish.message import Delivery
from beskplan.publish.packet import Bilag
from beskplan.publish.trail import Event, State
from beskplan.render.page import Page, Section, published_status
from tests.publish.mail_server import USER

ADDRESSES = ("anne@rudersdal.dk", "bo@rudersdal.dk", "cille@rudersdal.dk")
MAINTAINER = "drift@rudersdal.dk"


def settings(port: int = 587, /, **changes: object) -> MailSettings:
    values: dict[str, object] = {
        "server": Server(vaert="localhost", port=port, bruger=USER),
        "afsender": Sender(navn="Rudersdal Kommune", adresse="beskplan@rudersdal.dk"),
        "vedligeholder": (MAINTAINER,),
        "adresse": "https://rapporter.rudersdal.dk/",
    }
    return MailSettings.model_validate({**values, **changes})


def committee(*addresses: str) -> RecipientList:
    names = [f"Medlem {number}" for number, _ in enumerate(addresses or ADDRESSES, start=1)]
    people = zip(names, addresses or ADDRESSES, strict=True)
    return RecipientList(
        navn="Arbejdsmarkedsudvalget",
        hoejst=10,
        modtagere=tuple(Recipient(navn=name, adresse=address) for name, address in people),
    )


def bilag(number: int, name: str, text: str, *, content: str = "aaaa") -> Bilag:
    header = Header(
        bilag=name,
        kommune="Rudersdal",
        kommune_kode="230",
        afsender="Rudersdal Kommune",
        aar=2021,
        data_id="0123456789ab",
        data_text="Hentet 18. november 2020",
    )
    section = Section("det-vigtigste", "Det vigtigste", (Prose(id="t", paragraphs=(text,)),))
    status = published_status("Mette Holm", date(2020, 11, 18), date(2020, 11, 18))
    page = Page(header, f"Titel på {name}", (), (section,), status=status)
    job = Job(2021, "rudersdal", name)
    event = Event(
        number=1,
        at="2020-11-18T08:00:00+00:00",
        what="godkendt",
        job=job.id,
        content=content,
        by="Mette Holm",
        copy="kopi",
    )
    pdf = b"%PDF-1.7 " + name.encode()
    return Bilag(number, job, page, pdf, content, State(approval=event, published=event))


def delivery(*, content: str = "aaaa", text: str = "Der var 703 fuldtidspersoner.") -> Delivery:
    return Delivery(
        "2021/rudersdal",
        "beskæftigelsesplan 2021",
        "Rudersdal Kommune",
        (bilag(1, "maalgrupper", text, content=content), bilag(2, "varighed", "To uger kortere.")),
        ("2021/rudersdal/samlet/0123456789abcdef/rudersdal-2021.pdf", b"%PDF-1.7 samlet"),
    )


def mailing(port: int, **changes: object) -> Mailing:
    return Mailing(settings(port, **changes), committee(), delivery())


def one_bilag(root: Path, more: str = "") -> None:
    """Rudersdal's plan of 2021 in a copy of params/ with a single Bilag, whatever the plan has by now.

    Args:
        root: The working copy.
        more: What is added to the file, e.g. an agenda item.
    """
    path = root / "params" / "rudersdal" / "2021.yaml"
    text = re.sub(r"(?m)^bilag: .*$", "bilag: [maalgrupper]", path.read_text(encoding="utf-8"))
    path.write_text(text + more, encoding="utf-8")


def write_params(root: Path, port: int, more: str = "") -> None:
    """The same as files, for the commands; `more` is a line of the list."""
    (root / "params" / "rudersdal").mkdir(parents=True, exist_ok=True)
    (root / "params" / "mail.yaml").write_text(
        f"server: {{vaert: localhost, port: {port}, bruger: {USER}}}\n"
        "afsender: {navn: Rudersdal Kommune, adresse: beskplan@rudersdal.dk}\n"
        f"vedligeholder: [{MAINTAINER}]\n"
        "adresse: https://rapporter.rudersdal.dk/\n",
        encoding="utf-8",
    )
    people = "".join(
        f"      - {{navn: Medlem {number}, adresse: {address}}}\n"
        for number, address in enumerate(ADDRESSES, start=1)
    )
    (root / "params" / "rudersdal" / "modtagere.yaml").write_text(
        "lister:\n  udvalget:\n    navn: Arbejdsmarkedsudvalget\n    hoejst: 10\n"
        f"{more and f'    {more}'}    modtagere:\n{people}",
        encoding="utf-8",
    )
