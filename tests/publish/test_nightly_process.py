"""`beskplan nightly` as the clock starts it: a process in a checkout, with sources and a mail server."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from beskplan.nightly.nightly import FOLDER, STATUS
from beskplan.publish.mailing import PASSWORD_VARIABLE
from beskplan.publish.publishing import INVENTORY
from beskplan.runner.records import MANIFEST
from tests.publish import mail_samples as samples
from tests.publish.mail_server import PASSWORD, Certificates, MailServer
from tests.publish.mail_server import serving as serving_mail
from tests.publish.test_schedule_nightly import commit, git
from tests.sources.server.serving import TOKEN, Sources
from tests.sources.server.serving import serving as serving_sources

pytestmark = pytest.mark.thorough

JOB = "2021/rudersdal/maalgrupper"
NOTEBOOK = Path("notebooks") / "maalgrupper.ipynb"
LOCKED = 4


@dataclass(frozen=True)
class House:
    """A checkout where the first night has been, and those that it talks to."""

    root: Path
    server: MailServer
    sources: Sources
    environment: dict[str, str]

    def moved(self, root: Path) -> House:
        """The same house in a checkout of its own; the mail server has forgotten everything."""
        shutil.copytree(self.root, root, symlinks=True)
        self.server.taken.clear()
        return House(root, self.server, self.sources, self.environment)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """The command, from a folder that is not the checkout, in a process group of its own."""
        code = "from beskplan.cli import main; main()"
        command = [sys.executable, "-c", code, "nightly", "--root", str(self.root), *words]
        return subprocess.Popen(
            command,
            cwd=self.root.parent,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str) -> tuple[int, str]:
        """Exit code, and everything that was printed."""
        process = self.start(*words)
        text, _ = process.communicate()
        return process.returncode, text

    def mails(self) -> list[str]:
        """Subject and text of each mail; nobody but the maintainer has got any."""
        assert set(self.server.recipients()) <= {samples.MAINTAINER}
        return [f"{one.mail['Subject']}\n{one.mail.get_content()}" for one in self.server.taken]

    def files(self) -> dict[str, bytes]:
        """What readers of the house find: the report and the catalogue."""
        folders = (self.root / "reports" / JOB, self.root / "reports" / "site")
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for folder in folders
            for path in folder.rglob("*")
            if path.is_file()
        }

    def change(self, text: str) -> None:
        """Edit the purpose of the notebook, and leave it uncommitted."""
        path = self.root / NOTEBOOK
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["cells"][0]["source"] += f"\n\n{text}"
        path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def first(
    root: Path, tmp_path_factory: pytest.TempPathFactory, certificates: Certificates
) -> Iterator[House]:
    """The first night, which fetched, built, audited, drew up the catalogue, and said so."""
    copy = tmp_path_factory.mktemp("nat") / "kopi"
    with serving_sources(Sources()) as sources, serving_mail(certificates) as server:
        clone(root, copy, server.port)
        environment = {
            **os.environ,
            "SSL_CERT_FILE": str(certificates.authority),
            PASSWORD_VARIABLE: PASSWORD,
            "JOBINDSATS_TOKEN": TOKEN,
            "BESKPLAN_JOBINDSATS_URL": sources.url,
            "BESKPLAN_STATBANK_URL": f"{sources.url}/v1",
            # Where the person who runs the tests is, is not where the night works.
            "BESKPLAN_ROOT": str(root),
        }
        house = House(copy, server, sources, environment)
        code, text = house.run()
        assert code == 0, text
        assert f"commit {git(copy, 'rev-parse', 'HEAD')}" in text
        (mail,) = house.mails()
        assert "natkørsel: alt gik godt" in mail
        assert f"Nye rapporter (1): {JOB}." in mail
        assert "Nye tal: datasæt" in mail
        yield house


def clone(root: Path, copy: Path, port: int) -> None:
    """The project's own files, uncommitted changes included, with Rudersdal's report alone; committed."""
    listed = git(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    for name in filter(None, listed.split("\0")):
        other = name.startswith("params/") and name.count("/") == 2 and "/rudersdal/" not in name
        if (root / name).is_file() and not other and not name.startswith("tests/"):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, copy / name)
    samples.one_bilag(copy)
    samples.write_params(copy, port)
    git(copy, "init", "--quiet")
    commit(copy)


@pytest.fixture
def house(first: House, tmp_path: Path) -> House:
    """A checkout of the test's own, as the first night left it."""
    return first.moved(tmp_path / "kopi")


def manifest(house: House) -> dict[str, object]:
    found: dict[str, object] = json.loads((house.root / "reports" / JOB / MANIFEST).read_bytes())
    return found


def status(house: House) -> dict[str, object]:
    found: dict[str, object] = json.loads((house.root / FOLDER / STATUS).read_bytes())
    return found


def test_the_first_night_leaves_report_catalogue_and_status_of_its_commit(house: House) -> None:
    head = git(house.root, "rev-parse", "HEAD")
    assert (manifest(house)["commit"], status(house)["commit"]) == (head, head)
    assert status(house)["ok"] is True
    assert f"reports/site/{JOB}/index.html" in house.files()
    assert len(house.sources.asked("/data/")) > 0


def test_a_second_night_with_nothing_new_does_nothing_and_mails_nobody(house: House) -> None:
    before, asked = house.files(), len(house.sources.asked("/data/"))
    code, text = house.run()
    assert code == 0, text
    assert "intet at lave" in text
    assert house.files() == before
    assert len(house.sources.asked("/data/")) == asked
    assert house.mails() == []


def test_an_uncommitted_notebook_is_not_run_and_the_night_says_so(house: House) -> None:
    before, head = house.files(), git(house.root, "rev-parse", "HEAD")
    house.change("Ikke gemt.")
    code, text = house.run()
    assert code == 0, text
    assert f"commit {head}" in text
    assert f"  {NOTEBOOK.as_posix()}" in text
    # Nothing new: the report is that of the committed notebook.
    assert house.files() == before
    assert house.mails() == []
    commit(house.root)
    assert house.run()[0] == 0
    (mail,) = house.mails()
    assert f"Rapporter med nyt indhold (1): {JOB}." in mail
    assert "Ikke gemt." in house.files()[f"reports/{JOB}/maalgrupper.html"].decode()


def test_a_failing_report_leaves_the_last_good_one_and_is_told_to_the_maintainer_alone(
    house: House,
) -> None:
    before = house.files()
    house.change("Tallet er {findes_ikke}.")
    path = house.root / NOTEBOOK
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("report.", "report.findes_ikke_", 1), encoding="utf-8")
    commit(house.root)
    code, _ = house.run()
    assert code == 1
    (mail,) = house.mails()
    assert "fejl i" in mail
    report = f"reports/{JOB}/"
    now = house.files()
    assert {k: v for k, v in now.items() if k.startswith(report)} == {
        k: v for k, v in before.items() if k.startswith(report)
    }
    assert f"reports/site/{JOB}/index.html" in now


def test_a_night_that_is_killed_is_made_good_by_the_next_and_two_never_run_at_once(
    house: House,
) -> None:
    house.change("Et afsnit mere.")
    head = commit(house.root)
    killed = house.start()
    assert killed.stdout is not None
    for line in killed.stdout:
        if line.startswith("--- byg"):
            break
    # However slow the machine is, the first night is still at work when the second begins.
    os.killpg(killed.pid, signal.SIGSTOP)
    second, text = house.run()
    assert second == LOCKED, text
    assert "en anden natkørsel er i gang" in text
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    assert house.mails() == []
    code, text = house.run()
    assert code == 0, text
    assert (manifest(house)["commit"], status(house)["commit"]) == (head, head)
    (mail,) = house.mails()
    assert f"Rapporter med nyt indhold (1): {JOB}." in mail
    assert house.run()[0] == 0
    assert len(house.mails()) == 1
    inventory = json.loads((house.root / "reports" / "site" / INVENTORY).read_bytes())
    assert inventory["besides"] == []
