"""The whole way, from a built report to the committee, with the power cut in the middle of every step."""

from __future__ import annotations

import json
import random
import shutil
import signal
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from beskplan.params.jobs import Job, Workplace, select
from beskplan.publish.approval import approve
from beskplan.publish.entries import read_entries
from beskplan.publish.packet import make_packet, packet_folder
from beskplan.publish.publishing import CATALOGUE, publish
from beskplan.publish.trail import States, Trail
from beskplan.runner.make_report import make_report
from beskplan.runner.records import MANIFEST
from tests.conftest import cases
from tests.publish import mail_samples as samples
from tests.publish import step_worker
from tests.publish.mail_server import Certificates, MailServer
from tests.publish.site_reader import Reader, reading, serving
from tests.publish.step_worker import JOB, OUT
from tests.publish.test_mail_once import settled_by_the_servers_record, wait_until_quiet

CASES = cases("whole_way")

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.thorough, pytest.mark.chromium]

SEED = 20261122
CASE = CASES["case"]


@dataclass(frozen=True)
class Way:
    """A working copy, those that it talks to, and how it is killed."""

    place: Workplace
    server: MailServer
    authority: str
    processes: ForkServerContext
    moments: random.Random

    @property
    def out(self) -> Path:
        """Where the site is published."""
        return self.place.root.parent / OUT

    def take(self, step: str, whole: Callable[[], object]) -> int:
        """Take a step, killed ever later until it survives; how often it was killed.

        Args:
            step: One of `step_worker.STEPS`.
            whole: Looks after each kill, and raises where a reader would find something half.
        """
        death = kills = 0
        while True:
            death = self.moments.randint(death + 1, 3 * death + 4)
            args = (step, str(self.place.root), self.authority, death)
            process = self.processes.Process(target=step_worker.run, args=args)
            process.start()
            process.join()
            whole()
            if process.exitcode == 0:
                return kills
            assert process.exitcode == -signal.SIGKILL, f"{step} ended with {process.exitcode}"
            kills += 1


@pytest.fixture
def way(  # noqa: PLR0917  # fixtures
    root: Path,
    build_report: Callable[[Job], Path],
    server: MailServer,
    certificates: Certificates,
    processes: ForkServerContext,
    tmp_path: Path,
) -> Way:
    """Rudersdal's report of 2021 and those of RAR Hovedstaden for 2018, and a committee of three."""
    place = Workplace(tmp_path / "kopi")
    copy_with_cases(root, place, server.port)
    samples.one_bilag(place.root)
    for job in (JOB, *select(place, "rar-hovedstaden", 2018)):
        shutil.copytree(build_report(job), place.folder(job))
    moments = random.Random(SEED)  # noqa: S311  # moments, not secrets
    return Way(place, server, str(certificates.authority), processes, moments)


def copy_with_cases(root: Path, place: Workplace, port: int) -> None:
    """Notebooks and params of the checkout, with an agenda item for every plan, and recipients."""
    for folder in ("notebooks", "params"):
        shutil.copytree(root / folder, place.root / folder)
    for path in (place.root / "params").glob("*/[0-9][0-9][0-9][0-9].yaml"):
        with path.open("a", encoding="utf-8") as file:
            file.write(CASE)
    samples.write_params(place.root, port)


def no_dead_links(folder: Path) -> None:
    """Somebody reads the folder over HTTP, once; nothing is missing or half."""
    with serving(folder) as address:
        reader = Reader(address)
        reader.read_all()
    assert reader.faults == []


def whole_packet(place: Workplace) -> None:
    """There is no packet yet, or it is whole: folder and zip hold the same, and what the manifest says."""
    folder = packet_folder(place, "rudersdal", 2021)
    if folder.is_dir():
        (path,) = folder.glob("*.zip")
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            names = {Path(name).name for name in archive.namelist()}
        record = json.loads((folder / path.stem / MANIFEST).read_bytes())
        assert names == {MANIFEST, *record["files"]}


def stages(place: Workplace) -> Counter[str]:
    """What the trail says, and how often: it is never half."""
    return Counter(event.what for event in Trail(place.reports).events())


def send(way: Way) -> None:
    """Send with kills; whoever runs the house looks up each letter in doubt in the server's log."""

    def look() -> None:
        wait_until_quiet(way.server)
        settled_by_the_servers_record(way.server, way.place.root)

    way.take("mail", look)
    # A run that leaves somebody in doubt ends well too: what was settled since is sent now.
    way.take("mail", look)


def committee(server: MailServer) -> Counter[str]:
    return Counter(one for one in server.recipients() if one != samples.MAINTAINER)


def test_killed_in_every_step_each_recipient_gets_each_version_once_and_the_site_is_whole(
    way: Way, chromium: Browser
) -> None:
    kills = {}
    kills["approve"] = way.take("approve", lambda: Trail(way.place.reports).events())
    assert stages(way.place) == {"godkendt": 1}
    catalogue = way.place.reports / CATALOGUE
    catalogue.mkdir(exist_ok=True)
    kills["catalogue"] = way.take("catalogue", lambda: no_dead_links(catalogue))
    way.out.mkdir()
    with serving(way.out) as address, reading(address) as reader:
        kills["publish"] = way.take("publish", lambda: None)
        assert stages(way.place) == {"godkendt": 1, "offentliggjort": 1}
        kills["packet"] = way.take("packet", lambda: whole_packet(way.place))
        send(way)
        assert committee(way.server) == Counter(samples.ADDRESSES)
        look_in_a_browser(chromium, address)

        new_version(way.place)
        way.take("approve", lambda: None)
        way.take("publish", lambda: None)
        send(way)
    assert min(kills.values()) >= 2, kills
    assert (reader.faults, reader.rounds > 2) == ([], True)
    assert stages(way.place) == {"godkendt": 2, "offentliggjort": 2}
    assert committee(way.server) == Counter([*samples.ADDRESSES, *samples.ADDRESSES])
    subjects = Counter(
        one.mail["Subject"] for one in way.server.taken if samples.MAINTAINER not in one.recipients
    )
    assert sorted(subjects.values()) == [3, 3]
    assert any("opdaterede bilag" in subject for subject in subjects)


def new_version(place: Workplace) -> None:
    """The same report with a paragraph more."""
    path = place.notebook(JOB.bilag)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][0]["source"] += "\n\nEt afsnit mere."
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    outcome = make_report(JOB, place)
    assert outcome.ok, outcome.problems


def look_in_a_browser(chromium: Browser, address: str) -> None:
    """From the front page over the search to the published page, as a reader goes."""
    page = chromium.new_page()
    page.goto(address)
    page.fill("#ord", "rudersdal")
    page.click("#fundne .navn")
    assert "Offentliggjort" in page.inner_text(".titel")
    page.click("text=HTML")
    assert "Godkendt" in page.inner_text(".titel")
    assert "Offentliggjort" in page.inner_text(".titel")
    page.close()


@pytest.fixture
def seeds(root: Path, build_report: Callable[[Job], Path], tmp_path: Path) -> Workplace:
    """The report of every plan."""
    place = Workplace(tmp_path / "kopi")
    copy_with_cases(root, place, 1)
    for job in select(place):
        if job.aar < 2022:
            shutil.copytree(build_report(job), place.folder(job))
    return place


def test_every_plan_reaches_its_readers(seeds: Workplace, tmp_path: Path) -> None:
    jobs = [
        Job.parse(path.parent.relative_to(seeds.reports).as_posix())
        for path in sorted(seeds.reports.glob("[0-9]*/*/*/" + MANIFEST))
    ]
    manifests = {job: json.loads((seeds.folder(job) / MANIFEST).read_bytes()) for job in jobs}
    assert not any(manifests[job]["demo"] for job in jobs)
    for job in jobs:
        approve(seeds, job, "Mette Holm")
    done = publish(seeds, str(tmp_path / OUT))
    assert done.problems == ()
    assert {Job.parse(one.job) for one in done.events} == set(jobs)
    no_dead_links(tmp_path / OUT)
    for kommune, aar in sorted({(job.kommune, job.aar) for job in jobs}):
        assert zipfile.ZipFile(make_packet(seeds, kommune, aar)).testzip() is None
    states = States(Trail(seeds.reports).events())
    assert len(read_entries(seeds.reports, states, drafts=False)[0]) == len(jobs)
