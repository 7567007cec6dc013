"""The night run: one at a time, from what is committed, and the maintainer hears how it went."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer
from typer.core import TyperGroup

from beskplan.cli.app import app
from beskplan.core.errors import LockedError
from beskplan.nightly import nightly
from beskplan.nightly.nightly import CHECKOUT as COPY
from beskplan.nightly.nightly import (
    FOLDER,
    STATUS,
    STEPS,
    Step,
    committed_copy,
    overdue,
    run_night,
    uncommitted,
)
from beskplan.publish.mailing import PASSWORD_VARIABLE
from beskplan.sources import http, jobindsats
from beskplan.sources.jobindsats import TOKEN_VARIABLE
from beskplan.sources.plan import default_plan
from tests.conftest import cases
from tests.publish import mail_samples as samples
from tests.publish.mail_server import PASSWORD, MailServer
from tests.runner.small_copy import flip, write_copy

CASES = cases("schedule_nightly")


class Room(NamedTuple):
    """What a disk has, in bytes."""

    total: int
    used: int
    free: int


PROBE = """
import sys

def main():
    print(" ".join(sys.argv[1:]))
    print(open("notebooks/a.ipynb").read())
    sys.exit(int(sys.argv[1]))
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A working copy in git, with a command whose exit code can be chosen."""
    root = tmp_path / "kopi"
    (root / "notebooks").mkdir(parents=True)
    (root / "notebooks" / "a.ipynb").write_text("første", encoding="utf-8")
    (root / "nightprobe.py").write_text(PROBE, encoding="utf-8")
    samples.write_params(root, 1)
    git(root, "init", "--quiet")
    commit(root)
    return root


def git(root: Path, *words: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.dk")
    done = subprocess.run(
        ["git", "-C", str(root), *identity, *words], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(root: Path) -> str:
    git(root, "add", "--all")
    # A port may come back by chance, and then nothing has changed.
    git(root, "commit", "--quiet", "--allow-empty", "--message", "x")
    return git(root, "rev-parse", "HEAD")


def let_write(root: Path, server: MailServer) -> None:
    """The working copy's mails go to the server."""
    samples.write_params(root, server.port)
    commit(root)


def steps(*codes: int, needed: bool = False) -> tuple[Step, ...]:
    return tuple(
        Step(f"trin {number}", (str(code),), needed=needed, module="nightprobe")
        for number, code in enumerate(codes, start=1)
    )


def quiet(_: str) -> None:
    return None


def status(root: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((root / FOLDER / STATUS).read_bytes())
    return found


def test_every_step_runs_and_log_and_status_say_how_it_went(checkout: Path) -> None:
    told: list[str] = []
    night = run_night(checkout, steps(0, 1, 0), told.append)
    assert [step.exit_code for step in night.steps] == [0, 1, 0]
    assert not night.ok
    assert "fejl i trin 2" in night.title
    head = git(checkout, "rev-parse", "HEAD")
    assert f"commit {head}" in told
    (log,) = (checkout / FOLDER / "log").glob("*.log")
    assert log.read_text(encoding="utf-8").splitlines() == told
    assert (status(checkout)["ok"], status(checkout)["commit"]) == (False, head)
    assert status(checkout)["last_good"] is None
    assert run_night(checkout, steps(0), quiet).ok
    assert status(checkout)["last_good"] == status(checkout)["ended"]


@pytest.mark.parametrize(
    ("codes", "needed", "run"),
    CASES["a_night_stops_where_nothing_after_makes"],
)
def test_a_night_stops_where_nothing_after_makes_sense_and_says_what_was_not_run(
    checkout: Path, codes: tuple[int, ...], needed: bool, run: int
) -> None:
    night = run_night(checkout, steps(*codes, needed=needed), quiet)
    assert len(night.steps) == run
    left = [f"trin {number}" for number in range(run + 1, len(codes) + 1)]
    assert list(night.not_run) == left
    assert any("Ikke kørt: " in line for line in night.lines()) == bool(left)


@pytest.mark.parametrize("damaged", [False, True])
def test_damaged_data_stop_the_night_and_are_said(tmp_path: Path, *, damaged: bool) -> None:
    root = write_copy(tmp_path / "kopi")
    git(root, "init", "--quiet")
    (root / ".gitignore").write_text("data/\nreports/\n", encoding="utf-8")
    commit(root)
    if damaged:
        (path,) = root.glob("data/snapshots/*/observations.parquet")
        flip(path)
    night = run_night(
        root, [one for one in STEPS if one.words[:1] == ("plan",)] + [Step("x", ("list",))], quiet
    )
    assert len(night.steps) == (1 if damaged else 2)
    assert night.ok is not damaged
    if damaged:
        assert night.not_run == ("x",)
        assert any("observations.parquet" in line for line in night.lines())


def test_the_night_runs_the_newest_commit(checkout: Path) -> None:
    first = run_night(checkout, steps(0), quiet)
    (checkout / "notebooks" / "a.ipynb").write_text("anden", encoding="utf-8")
    new = commit(checkout)
    second = run_night(checkout, steps(0), quiet)
    assert (first.steps[0].tail[-1], second.steps[0].tail[-1]) == ("første", "anden")
    assert second.commit == new != first.commit


def change(root: Path) -> None:
    (root / "notebooks" / "a.ipynb").write_text("ikke gemt", encoding="utf-8")


def add(root: Path) -> None:
    (root / "params" / "ny.yaml").write_text("a: 1", encoding="utf-8")


def remove(root: Path) -> None:
    (root / "notebooks" / "a.ipynb").unlink()


@pytest.mark.parametrize("act", [change, add, remove])
def test_what_is_not_committed_is_not_run_and_the_night_says_so(
    checkout: Path, act: Callable[[Path], None]
) -> None:
    act(checkout)
    (name,) = uncommitted(checkout)
    night = run_night(checkout, steps(0), quiet)
    assert night.ok
    assert night.steps[0].tail == ("0", "første")
    assert f"  {name}" in night.lines()


def test_what_is_edited_during_the_night_is_not_run_either(checkout: Path) -> None:
    def meddle(line: str) -> None:
        if line == "--- trin 2":
            change(checkout)
            commit(checkout)

    head = git(checkout, "rev-parse", "HEAD")
    night = run_night(checkout, steps(0, 0), meddle)
    assert [step.tail[-1] for step in night.steps] == ["første", "første"]
    assert night.commit == head


def test_the_nights_checkout_has_our_reports_and_data_and_is_gone_afterwards(
    checkout: Path,
) -> None:
    (checkout / "reports").mkdir()
    (checkout / "reports" / "README.md").write_text("gemt", encoding="utf-8")
    head = commit(checkout)
    with committed_copy(checkout, head) as place:
        (place / "reports" / "ny.txt").write_text("x", encoding="utf-8")
        (place / "data" / "tal.txt").write_text("x", encoding="utf-8")
        assert git(place, "rev-parse", "HEAD") == head
        assert git(place, "status", "--porcelain", "--untracked-files=no") == ""
    assert (checkout / "reports" / "README.md").read_text(encoding="utf-8") == "gemt"
    assert (checkout / "reports" / "ny.txt").is_file()
    assert (checkout / "data" / "tal.txt").is_file()
    assert not place.exists()
    assert len(git(checkout, "worktree", "list").splitlines()) == 1


def test_what_a_killed_night_has_left_is_no_hindrance(checkout: Path) -> None:
    head = git(checkout, "rev-parse", "HEAD")
    left = committed_copy(checkout, head)
    place = left.__enter__()
    (checkout / "data" / "tal.txt").write_text("x", encoding="utf-8")
    (place / "notebooks" / "a.ipynb").write_text("halv", encoding="utf-8")
    night = run_night(checkout, steps(0), quiet)
    assert night.steps[0].tail[-1] == "første"
    assert (checkout / "data" / "tal.txt").is_file()


def test_what_no_report_is_made_from_may_lie_about(checkout: Path) -> None:
    (checkout / "noter.txt").write_text("x", encoding="utf-8")
    assert run_night(checkout, steps(0), quiet).ok


def test_a_folder_outside_git_is_refused(tmp_path: Path) -> None:
    (tmp_path / "params").mkdir()
    assert "er ikke en git-udtjekning" in run_night(tmp_path, steps(0), quiet).problems[0]


def test_two_runs_at_once_are_one(checkout: Path) -> None:
    began, go_on = threading.Event(), threading.Event()

    def hold(_: str) -> None:
        began.set()
        go_on.wait(60)

    first = threading.Thread(target=run_night, args=(checkout, steps(0), hold))
    first.start()
    assert began.wait(60)
    with pytest.raises(LockedError):
        run_night(checkout, steps(0), quiet)
    go_on.set()
    first.join()
    assert run_night(checkout, steps(0), quiet).ok


def put(root: Path, text: str) -> None:
    """A report as a build leaves it, with that text on its page."""
    folder = root / "reports" / "2021" / "rudersdal" / "maalgrupper"
    folder.mkdir(parents=True, exist_ok=True)
    record = {"files": {"maalgrupper.html": text}}
    (folder / "manifest.json").write_text(json.dumps(record), encoding="utf-8")


def test_the_maintainer_hears_of_every_night_that_has_news_and_of_no_other(
    server: MailServer, checkout: Path
) -> None:
    let_write(checkout, server)

    def told(*codes: int) -> tuple[bool, list[str]]:
        """Whether the night went well, and subject and first line of the mail that it sent."""
        server.taken.clear()
        ok = nightly.night(checkout, quiet, steps(*codes))
        assert set(server.recipients()) <= {samples.MAINTAINER}
        return ok, [
            word
            for one in server.taken
            for word in (one.mail["Subject"], one.mail.get_content().splitlines()[2])
        ]

    well, failed = "beskplan: natkørsel: alt gik godt", "beskplan: natkørsel: fejl i trin 1"
    assert told(0) == (True, [])
    put(checkout, "a")
    assert told(0) == (True, [well, "Nye rapporter (1): 2021/rudersdal/maalgrupper."])
    assert told(0) == (True, [])
    put(checkout, "b")
    assert told(0) == (True, [well, "Rapporter med nyt indhold (1): 2021/rudersdal/maalgrupper."])
    for _ in range(2):
        ok, words = told(3)
        assert (ok, words[0]) == (False, failed)
    assert told(0) == (True, [well, "Fejlene fra sidst er væk."])
    assert told(0) == (True, [])
    shutil.rmtree(checkout / ".git")
    assert told(0)[1][0] == "beskplan: natkørsel: kunne ikke begynde"


@pytest.mark.parametrize("free", [0, 10**12])
@pytest.mark.parametrize(
    "said", ["fatal: No space left on device", "error: unable to write file a"]
)
def test_the_mail_of_a_night_on_a_full_disk_names_the_disk_and_what_to_do(
    server: MailServer, checkout: Path, monkeypatch: pytest.MonkeyPatch, said: str, free: int
) -> None:
    let_write(checkout, server)
    monkeypatch.setattr(
        "beskplan.nightly.nightly.shutil.disk_usage", lambda _: Room(10**12, 10**12 - free, free)
    )
    full = f"Disken med {checkout} er fuld eller næsten fuld: 0 MB fri. Skaf plads;"
    assert not nightly.night(checkout, quiet, steps(1))
    run = subprocess.run

    def refused(command: Sequence[str], **more: Any) -> Any:
        if "add" in command:
            raise subprocess.CalledProcessError(128, command, stderr=said)
        return run(command, **more)

    monkeypatch.setattr("beskplan.nightly.nightly.subprocess.run", refused)
    with pytest.raises(OSError, match="No space left"):
        nightly.night(checkout, quiet, steps(0))
    mails = [" ".join(one.mail.get_content().split()) for one in server.taken]
    assert [full in one for one in mails] == [free == 0] * 2
    assert "disken er fuld" in mails[1]
    assert "klon af projektet" not in mails[1]


def test_a_source_without_a_token_is_told_of_once(
    server: MailServer, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_write(checkout, server)
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    monkeypatch.setattr(http, "find_spec", lambda _: None)
    plan = checkout / "params" / "hentning.yaml"
    plan.write_text(f"without: [{', '.join(one.id for one in default_plan().statbank)}]\n")
    commit(checkout)
    mails = []
    for _ in range(3):
        server.taken.clear()
        assert nightly.night(checkout, quiet, STEPS[:1])
        mails.append([one.mail.get_content().splitlines()[2] for one in server.taken])
    said = f"{jobindsats.SKIPPED}: der er ingen nøgle. Det siges kun denne ene gang."
    assert mails == [[said], [], []]
    # What is there and cannot be a token is no missing token.
    monkeypatch.setenv(TOKEN_VARIABLE, "to ord")
    assert not nightly.night(checkout, quiet, STEPS[:1])


def test_a_night_that_nobody_could_be_told_of_did_not_go_well(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    told: list[str] = []
    put(checkout, "a")
    for number in (1, 2):
        # The next night has nothing new to tell but what nobody has been told yet.
        assert not nightly.night(checkout, told.append, steps(0))
        assert "kunne ikke få besked" in told[-1]
        assert len(list((checkout / "data" / "post" / "ikke-sendt").glob("*.eml"))) == number


def test_the_steps_work_in_the_working_copy_that_was_named(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BESKPLAN_ROOT", "/et/andet/sted")
    module = "import os\ndef main():\n    print(os.environ['BESKPLAN_ROOT'])\n"
    (checkout / "wherework.py").write_text(module, encoding="utf-8")
    commit(checkout)
    night = run_night(checkout, [Step("hvor", (), module="wherework")], quiet)
    assert night.steps[0].tail == (str(checkout / COPY),)


def test_what_only_tells_how_far_a_step_is_stays_in_the_log(checkout: Path) -> None:
    module = "def main():\n    print('1/2 y01a02')\n    print('2/2')\n    print('Snapshot ab: 3')\n"
    (checkout / "slowstep.py").write_text(module, encoding="utf-8")
    commit(checkout)
    told: list[str] = []
    night = run_night(checkout, [Step("hent", (), module="slowstep")], told.append)
    assert night.steps[0].tail == ("Snapshot ab: 3",)
    assert "1/2 y01a02" in told
    assert sum("Snapshot ab: 3" in line for line in told) == 1
    assert "  Snapshot ab: 3" in night.lines()


def test_the_watch_speaks_only_when_no_run_has_ended(server: MailServer, checkout: Path) -> None:
    let_write(checkout, server)
    assert not nightly.watch_over(checkout, 30, quiet)
    assert "aldrig" in server.taken[0].mail["Subject"]
    run_night(checkout, steps(1), quiet)
    # A run that failed has told of itself.
    assert nightly.watch_over(checkout, 30, quiet)
    later = datetime.now(UTC) + timedelta(hours=31)
    assert "ikke kørt til ende siden" in overdue(checkout, 30, later)
    (checkout / FOLDER / STATUS).write_text("ødelagt", encoding="utf-8")
    assert "aldrig" in overdue(checkout, 30)


def test_every_step_names_a_command_that_is_there() -> None:
    commands = typer.main.get_command(app)
    assert isinstance(commands, TyperGroup)
    for step in STEPS:
        if step.module == "beskplan.cli":
            assert step.words[0] in commands.commands
        else:
            assert callable(import_module(step.module).main)
        assert step.command[0] == sys.executable
