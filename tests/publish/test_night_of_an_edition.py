"""The nights around a new quarter: half of it makes no edition and says why, all of it makes one, once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Self

import pytest

from beskplan.nightly import nightly
from beskplan.nightly.nightly import STEPS
from beskplan.observations import contract
from beskplan.params.jobs import Job, Workplace
from beskplan.publish.approval import approve
from beskplan.publish.mailing import PASSWORD_VARIABLE, send_all
from beskplan.publish.publishing import publish
from beskplan.runner.records import Version
from tests.publish import mail_samples as samples
from tests.publish.mail_server import PASSWORD, Certificates, MailServer, serving
from tests.publish.test_schedule_nightly import commit, git, quiet
from tests.runner.small_copy import Values, store_rows, third_quarter, write_periodical_copy

pytestmark = pytest.mark.thorough

WORKING = [
    step
    for step in STEPS
    if step.words[:1] in (("plan",), ("build",), ("catalogue",)) or step.name == "send udgaver"
]
AT_NIGHT = "send_om_natten: [status]\n"
SECOND, THIRD = (Job(2027, "rudersdal", "status", periode) for periode in ("2026K2", "2026K3"))


@dataclass
class House:
    """A checkout of one municipality, and whom it writes to."""

    root: Path
    server: MailServer

    def night(self, *, well: bool = True, committee: bool = False) -> str:
        """The maintainer's mail of a night; empty where nobody was told."""
        self.server.taken.clear()
        assert nightly.night(self.root, quiet, WORKING) == well
        others = Counter(one for one in self.server.recipients() if one != samples.MAINTAINER)
        assert others == Counter(samples.ADDRESSES if committee else ())
        told = [one for one in self.server.taken if one.recipients == [samples.MAINTAINER]]
        mails = (one.mail.get_content() for one in told)
        return "\n".join(mails).replace("\r\n", "\n")

    def editions(self) -> list[str]:
        return sorted(path.name for path in (self.root / "reports/2027/rudersdal").glob("status-*"))


def written(root: Path, port: int, more: str = "") -> Path:
    """A checkout of one municipality at `root`, its mail settings committed."""
    write_periodical_copy(root)
    for other in ("aarhus", "alleroed"):
        shutil.rmtree(root / "params" / other)
    samples.write_params(root, port, more)
    git(root, "init", "--quiet")
    (root / ".gitignore").write_text("data/\nreports/\n", encoding="utf-8")
    commit(root)
    return root


@pytest.fixture
def house(server: MailServer, tmp_path: Path) -> House:
    return House(written(tmp_path / "kopi", server.port), server)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Path:
    """The checkout after a night that has made the second quarter's edition."""
    with pytest.MonkeyPatch.context() as patch, serving(certificates) as server:
        patch.setenv("SSL_CERT_FILE", str(certificates.authority))
        patch.setenv(PASSWORD_VARIABLE, PASSWORD)
        root = written(tmp_path_factory.mktemp("nat") / "kopi", server.port, AT_NIGHT)
        assert f"beskplan approve {SECOND.id} --by NAVN" in House(root, server).night()
    return root


@pytest.fixture
def let_out_house(first: Path, server: MailServer, tmp_path: Path) -> House:
    """A night has made the edition, a person let it out; what is published goes by mail at night."""
    root = shutil.copytree(first, tmp_path / "kopi")
    samples.write_params(root, server.port, AT_NIGHT)
    commit(root)
    house = House(root, server)
    let_out(house, SECOND)
    return house


def test_the_edition_is_made_the_night_that_its_last_table_arrives(house: House) -> None:
    told = house.night()
    assert house.editions() == ["status-2026K2"]
    assert "Status: Rudersdal Kommune, 2. kvartal 2026" in told
    assert f"beskplan approve {SECOND.id} --by NAVN" in told
    first = Version(house.root / "reports" / SECOND.id)
    assert (first.is_whole(), first.manifest["periode"]) == (True, "2026K2")
    approve(Workplace(house.root), SECOND, "Mette Holm")

    store_rows(house.root, also=third_quarter("a_dagpenge"), on="2026-11-10")
    told = house.night()
    assert house.editions() == ["status-2026K2"]
    assert f"2027/rudersdal/{THIRD.id[-13:]} venter på sygedagpenge." in told
    assert "Nye tal: datasæt" in told
    assert "beskplan approve" not in told
    # Half a quarter is no news a second time.
    assert house.night() == ""

    store_rows(house.root, also=third_quarter("a_dagpenge", "sygedagpenge"), on="2026-11-11")
    told = house.night()
    assert house.editions() == ["status-2026K2", "status-2026K3"]
    assert "Status: Rudersdal Kommune, 3. kvartal 2026" in told
    # The answer of the page, in its own words.
    assert "flere" in told.partition("3. kvartal 2026\n")[2].partition("beskplan approve")[0]
    assert f"beskplan approve {THIRD.id} --by NAVN" in told
    assert Version(house.root / "reports" / SECOND.id).is_whole()
    assert Version(house.root / "reports" / SECOND.id).content == first.content
    assert house.night() == ""

    # A person's word, and each of the committee has it once, whatever nights there are.
    place = Workplace(house.root)
    approve(place, THIRD, "Mette Holm")
    publish(place, str(house.root.parent / "udgivet"))
    house.server.taken.clear()
    for _ in range(2):
        send_all(house.root, "Rudersdal", 2027, "udvalget", 3, edition="status")
    assert Counter(house.server.recipients()) == Counter(samples.ADDRESSES)
    subjects = {one.mail["Subject"] for one in house.server.taken}
    assert subjects == {"Rudersdal Kommune: status for 3. kvartal 2026"}
    assert house.night() == ""


def test_an_edition_that_is_approved_and_published_goes_out_in_the_next_night(house: House) -> None:
    samples.write_params(house.root, house.server.port, AT_NIGHT)
    commit(house.root)
    place = Workplace(house.root)
    # A draft is never sent.
    assert f"beskplan approve {SECOND.id} --by NAVN" in house.night()
    approve(place, SECOND, "Mette Holm")
    assert "er godkendt, men ikke offentliggjort" in house.night(well=False)
    publish(place, str(house.root.parent / "udgivet"))
    told = house.night(committee=True)
    assert f"Sendt til udvalget: {SECOND.id}" in told
    mail = next(one.mail for one in house.server.taken if one.recipients[0] in samples.ADDRESSES)
    assert mail["Subject"] == "Rudersdal Kommune: status for 2. kvartal 2026"
    assert house.night() == ""


REVISED = {("230", "sygedagpenge", "2026M06"): 531.0}


def let_out(house: House, job: Job) -> None:
    place = Workplace(house.root)
    approve(place, job, "Mette Holm")
    publish(place, str(house.root.parent / "udgivet"))


def subjects(house: House) -> set[str]:
    """Of the committee's mails of the last night."""
    mails = (one for one in house.server.taken if one.recipients[0] in samples.ADDRESSES)
    return {str(one.mail["Subject"]) for one in mails}


def quarters(*ends: str) -> Values:
    """What the source has more when it has counted the quarters that end in some months."""
    arrived = third_quarter("a_dagpenge", "sygedagpenge")
    both = [end for last in ends for end in (last, f"{int(last[:4]) - 1}{last[4:]}")]
    return {
        (area, ydelse, end): float(round(value * (1 + 0.031 * at)))
        for (area, ydelse, month), value in arrived.items()
        for at, end in enumerate(both)
        if month[:4] == ("2026" if end in ends else "2025")
    }


def test_an_edition_that_the_source_revises_after_its_approval_goes_out_as_it_was_approved(
    let_out_house: House,
) -> None:
    """What a person has seen is sent; the revised one waits for the next word, and is a new edition."""
    house = let_out_house
    seen = (house.root / "reports" / SECOND.id / "status.html").read_text(encoding="utf-8")
    store_rows(house.root, REVISED, also=quarters("2026M09"), on="2026-11-10")
    build = Path(house.root / "reports" / SECOND.id)
    told = house.night(committee=True)
    assert f"Sendt til udvalget: {SECOND.id}" in told
    assert subjects(house) == {"Rudersdal Kommune: status for 2. kvartal 2026"}
    [pdf, *_] = [
        part.get_content()
        for one in house.server.taken
        if one.recipients[0] in samples.ADDRESSES
        for part in one.mail.iter_attachments()
    ]
    assert pdf in [path.read_bytes() for path in (house.root.parent / "udgivet").rglob("*.pdf")]
    assert "531" not in seen
    assert (build / "status.html").read_text(encoding="utf-8") == seen
    assert house.night() == ""


def test_an_edition_that_is_revised_alone_goes_out_once_more_when_it_is_approved_again(
    let_out_house: House,
) -> None:
    house = let_out_house
    house.night(committee=True)
    store_rows(house.root, REVISED, on="2026-11-10")
    # Other numbers are a draft until a person has seen them, and what was sent is not sent again.
    told = house.night()
    assert f"Rapporter med nyt indhold (2): 2027/rudersdal/maalgrupper, {SECOND.id}." in told
    assert f"beskplan approve {SECOND.id} --by NAVN" in told
    let_out(house, SECOND)
    told = house.night(committee=True)
    assert f"Sendt til udvalget: {SECOND.id}" in told
    assert subjects(house) == {"Rudersdal Kommune: opdateret status for 2. kvartal 2026"}


class Later(datetime):
    """The clock of the day after the last numbers: none are taken of a day to come."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls(2027, 5, 11, 3, 30, tzinfo=tz)


def test_the_last_quarter_is_the_old_years_and_the_first_the_new_years(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contract, "datetime", Later)
    for name in ("2027.yaml", "rudersdal/2027.yaml"):
        plan = (house.root / "params" / name).read_text(encoding="utf-8").replace("2027", "2026")
        (house.root / "params" / name.replace("2027", "2026")).write_text(plan, encoding="utf-8")
    samples.write_params(house.root, house.server.port, AT_NIGHT)
    commit(house.root)
    last, first = (
        Job(2026, "rudersdal", "status", "2026K4"),
        Job(2027, "rudersdal", "status", "2027K1"),
    )
    for job, ends, on in (
        (last, ("2026M09", "2026M12"), "2027-02-10"),
        (first, ("2026M09", "2026M12", "2027M03"), "2027-05-10"),
    ):
        store_rows(house.root, also=quarters(*ends), on=on)
        assert f"beskplan approve {job.id} --by NAVN" in house.night()
        let_out(house, job)
        told = house.night(committee=True)
        assert f"Sendt til udvalget: {job.id}" in told
        period = {"K4": "4. kvartal 2026", "K1": "1. kvartal 2027"}[job.periode[-2:]]
        assert subjects(house) == {f"Rudersdal Kommune: status for {period}"}
        assert house.night() == ""
    # What has changed is told against the edition of the old year's plan.
    page = (house.root / "reports" / first.id / "status.html").read_text(encoding="utf-8")
    assert "Siden sidste udgave" in page


NIGHT = """
import sys
from pathlib import Path
from beskplan.core.errors import LockedError
from beskplan.nightly.nightly import STEPS, night
steps = [one for one in STEPS if one.name in sys.argv[2:]]
try:
    sys.exit(not night(Path(sys.argv[1]), print, steps))
except LockedError:
    sys.exit(4)
"""


def test_two_nights_that_begin_at_once_send_one_mail_to_each(let_out_house: House) -> None:
    house = let_out_house
    house.server.taken.clear()
    command = [sys.executable, "-c", NIGHT, str(house.root), *(step.name for step in WORKING)]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    codes = sorted(one.wait(600) for one in both)
    assert codes == [0, 4]
    committee = [one for one in house.server.recipients() if one != samples.MAINTAINER]
    assert Counter(committee) == Counter(samples.ADDRESSES)
    assert house.night() == ""
