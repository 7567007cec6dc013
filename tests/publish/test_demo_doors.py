"""Nothing made of demo data leaves the house: each door refuses by itself, whatever was said before it."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from beskplan.core.errors import Problem, ReportError
from beskplan.params.jobs import Job, Workplace, plan_jobs
from beskplan.publish import approval, entries
from beskplan.publish.approval import approve, demo_problem
from beskplan.publish.message import make_delivery
from beskplan.publish.packet import approved_bilag, draft_bilag, make_packet
from beskplan.publish.publishing import publish
from beskplan.runner.records import MANIFEST, Version
from tests.publish.mail_samples import one_bilag
from tests.publish.synthetic import put_set_report
from tests.publish.test_packet import CASE
from tests.render import sample_notebook as notebooks

JOB = Job(2021, "rudersdal", "maalgrupper")
WHAT = "er lavet af demodata"


@pytest.fixture
def place(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A working copy with one report of real numbers, that could be approved and sent."""
    monkeypatch.setattr(approval, "prove", lambda *_: None)
    place = Workplace(tmp_path / "kopi")
    shutil.copytree(root / "params", place.root / "params")
    one_bilag(place.root, CASE)
    put_set_report(place, JOB, notebooks.sample_notebook())
    return place


@pytest.fixture
def out(tmp_path: Path) -> str:
    return str(tmp_path / "ude")


def let_through(place: Workplace, out: str = "") -> None:
    """Approve a report of made-up numbers, and publish it, as if the doors before had slept."""
    put_set_report(place, JOB, notebooks.sample_notebook(demo=True))
    with pytest.MonkeyPatch.context() as patched:
        for door in (approval, entries):
            patched.setattr(door, "demo_problem", lambda *_, **__: None)
        approve(place, JOB, "Mette Holm")
        if out:
            assert publish(place, out).problems == ()
            assert list(files(out))


def whats(problems: tuple[Problem, ...]) -> list[str]:
    return [one.what for one in problems]


def files(folder: str) -> Iterator[Path]:
    return (Path(folder) / JOB.id).glob(f"*/{JOB.bilag}.*")


def test_publication_refuses_what_was_approved(place: Workplace, out: str) -> None:
    let_through(place)
    for demo in (False, True):
        done = publish(place, out, demo=demo)
        assert (whats(done.problems), done.events, list(files(out))) == ([WHAT], (), [])


def test_publication_takes_down_what_turns_out_to_be_made_up(place: Workplace, out: str) -> None:
    let_through(place, out)
    assert whats(publish(place, out).problems) == [WHAT]
    assert list(files(out)) == []


def test_drafts_to_be_looked_at_leave_it_out_unless_told_otherwise(
    place: Workplace, out: str
) -> None:
    put_set_report(place, JOB, notebooks.sample_notebook(demo=True))
    done = publish(place, out, drafts=True)
    assert (whats(done.problems), list(files(out))) == ([WHAT], [])
    assert "--demo" in done.problems[0].fix
    done = publish(place, out, drafts=True, demo=True)
    assert done.problems == ()
    (page,) = (Path(out) / JOB.id).glob("*/maalgrupper.html")
    assert "Demodata" in page.read_text(encoding="utf-8")
    assert "Demodata" in (Path(out) / JOB.id / "index.html").read_text(encoding="utf-8")


def test_the_packet_refuses_drafts_and_approved_ones(place: Workplace) -> None:
    let_through(place)
    with pytest.raises(ReportError, match=WHAT):
        make_packet(place, "Rudersdal", 2021)
    with pytest.raises(ReportError, match=WHAT):
        make_packet(place, "Rudersdal", 2021, draft=True)
    with pytest.raises(ReportError, match=WHAT):
        # The option is for drafts alone.
        make_packet(place, "Rudersdal", 2021, demo=True)


def test_a_draft_packet_of_demo_data_that_was_asked_for_says_so(place: Workplace) -> None:
    put_set_report(place, JOB, notebooks.sample_notebook(demo=True))
    path = make_packet(place, "Rudersdal", 2021, draft=True, demo=True)
    page = (path.parent / path.stem / "dagsordenspunkt.html").read_text(encoding="utf-8")
    assert "Demodata" in page
    assert "Udkast" in page


def test_the_mail_refuses_what_was_approved_and_published(place: Workplace, out: str) -> None:
    let_through(place, out)
    with pytest.raises(ReportError, match=WHAT):
        make_delivery(place, "Rudersdal", 2021)


def test_the_page_is_believed_where_the_manifest_says_otherwise(place: Workplace) -> None:
    put_set_report(place, JOB, notebooks.sample_notebook(demo=True), demo=False)
    with pytest.raises(ReportError, match=WHAT):
        draft_bilag(place, plan_jobs(place, "rudersdal", 2021))
    with pytest.raises(ReportError, match="er ikke godkendt"):
        approved_bilag(place, plan_jobs(place, "rudersdal", 2021))


def test_a_manifest_that_does_not_say_is_not_believed(place: Workplace) -> None:
    version = Version(place.folder(JOB))
    assert demo_problem(version) is None
    record = {key: value for key, value in version.manifest.items() if key != "demo"}
    (version.folder / MANIFEST).unlink()
    (version.folder / MANIFEST).write_text(json.dumps(record), encoding="utf-8")
    problem = demo_problem(replace(version))
    assert problem is not None
    assert problem.what == WHAT
