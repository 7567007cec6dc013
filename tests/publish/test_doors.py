"""What a person approved is what leaves the house: each door compares hashes, each time."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from beskplan.cli.app import app
from beskplan.core.errors import BeskplanError, InputError
from beskplan.core.files import COPIES, sha256_file
from beskplan.params.jobs import Job, Workplace
from beskplan.publish import approval
from beskplan.publish.approval import approve, damaged_copies, withdraw
from beskplan.publish.message import make_delivery
from beskplan.publish.packet import make_packet
from beskplan.publish.publishing import TargetError, publish, refuse_lost_events, write_catalogue
from beskplan.publish.trail import Entry, Event, Journal, Letter, States, Trail
from beskplan.runner.records import FOLDER as RECORDS
from beskplan.runner.records import MANIFEST, VERSIONS, Store
from tests.publish.mail_samples import one_bilag
from tests.publish.synthetic import put_set_report
from tests.publish.test_packet import CASE
from tests.render import sample_notebook as notebooks

JOB = Job(2021, "rudersdal", "maalgrupper")
OUT = "ude"


@pytest.fixture(scope="module")
def published_once(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working copy with one report, approved and published, beside the site."""
    folder = tmp_path_factory.mktemp("udgivet")
    place = Workplace(folder / "kopi")
    shutil.copytree(root / "params", place.root / "params")
    one_bilag(place.root, CASE)
    put_set_report(place, JOB, notebooks.sample_notebook())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(approval, "prove", lambda *_: None)
        approve(place, JOB, "Mette Holm")
    publish(place, str(folder / OUT))
    return folder


@pytest.fixture
def place(published_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    monkeypatch.setattr(approval, "prove", lambda *_: None)
    shutil.copytree(published_once, tmp_path / "hus")
    return Workplace(tmp_path / "hus" / "kopi")


def command(place: Workplace, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--root", str(place.root)])


def site(place: Workplace) -> dict[str, bytes]:
    out = place.root.parent / OUT
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}


def published_copy(place: Workplace) -> Path:
    event = Trail(place.reports).events()[-1]
    return place.reports / COPIES / JOB.id / event.copy_id


def edit(path: Path, rehash: bool) -> None:
    """Another number of as many digits; with `rehash` the manifest says so too."""
    content = path.read_bytes()
    edited = content.replace(b"703", b"708") if b"703" in content else content[:-1] + b"!"
    assert edited != content
    path.write_bytes(edited)
    folder = next(one for one in path.parents if (one / MANIFEST).is_file())
    record = json.loads((folder / MANIFEST).read_bytes())
    if rehash:
        name = path.relative_to(folder).as_posix()
        record["files"][name] = sha256_file(path)
        (folder / MANIFEST).write_text(json.dumps(record, indent=2), encoding="utf-8")


def of_type(ending: str, *, rehash: bool = False) -> Callable[[Path], object]:
    return lambda folder: edit(min(folder.rglob(f"*{ending}")), rehash)


def put_more(folder: Path) -> None:
    (folder / "tabeller" / "99-mere.csv").write_text("a;b\r\n", encoding="utf-8")


def put_link(folder: Path) -> None:
    path = folder / "maalgrupper.html"
    path.rename(folder.parent / "andetsteds.html")
    edit_at = folder.parent / "andetsteds.html"
    path.symlink_to(edit_at)
    edit_at.write_bytes(edit_at.read_bytes() + b"<!-- -->")


EDITS: dict[str, Callable[[Path], object]] = {
    **{end: of_type(end) for end in (".html", ".csv", ".pdf", ".xlsx", ".ipynb", "tal.json")},
    **{
        f"{end} and manifest": of_type(end, rehash=True)
        for end in (".html", ".csv", ".ipynb", "tal.json")
    },
    "longer": lambda f: (f / "maalgrupper.html").write_bytes(b"<p>7</p>"),
    "cut short": lambda f: os.truncate(f / "maalgrupper.pdf", 100),
    "gone": lambda f: (f / "maalgrupper.html").unlink(),
    "one more": put_more,
    "a link to elsewhere": put_link,
    "no manifest": lambda f: (f / MANIFEST).unlink(),
    "manifest of another report": lambda f: (f / MANIFEST).write_text('{"files": {}}'),
    "all gone": shutil.rmtree,
}


@pytest.mark.parametrize("how", EDITS)
def test_a_copy_that_was_edited_leaves_by_no_door(place: Workplace, how: str) -> None:
    before = site(place)
    EDITS[how](published_copy(place))
    for door in (
        lambda: publish(place, str(place.root.parent / OUT)),
        lambda: publish(place, str(place.root.parent / "et-nyt")),
        lambda: make_packet(place, "Rudersdal", 2021),
        lambda: make_delivery(place, "Rudersdal", 2021),
    ):
        with pytest.raises(BeskplanError) as refused:
            door()
        folder = published_copy(place)
        assert all(str(folder) in one.where for one in refused.value.problems)
    assert site(place) == before
    assert not (place.root.parent / "et-nyt").exists()
    assert damaged_copies(place.reports, States(Trail(place.reports).events()))
    shown = command(place, "approvals")
    assert "offentliggjort" in shown.output
    assert isinstance(shown.exception, approval.CopyError)
    assert str(published_copy(place)) in str(shown.exception)


def test_a_whole_copy_leaves_by_every_door(place: Workplace) -> None:
    """The positive control of the test above."""
    done = publish(place, str(place.root.parent / "et-nyt"))
    assert (done.problems, done.put.new > 5) == ((), True)
    assert make_packet(place, "Rudersdal", 2021).is_file()
    assert make_delivery(place, "Rudersdal", 2021).bilag
    assert damaged_copies(place.reports, States(Trail(place.reports).events())) == []


def test_doors_that_do_not_look_are_red(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: without the comparison the edit would be on the site."""
    EDITS[".html and manifest"](published_copy(place))
    monkeypatch.setattr(approval, "copy_problems", lambda *_: ())
    out = place.root.parent / "et-nyt"
    publish(place, str(out))
    assert any(b"708" in path.read_bytes() for path in out.rglob("maalgrupper.html"))


@pytest.mark.parametrize(
    "how", [".html", ".csv and manifest", "one more", "no manifest", "all gone"]
)
def test_a_damaged_copy_is_made_good_by_approving_again(place: Workplace, how: str) -> None:
    for folder in sorted((place.reports / COPIES / JOB.id).iterdir()):
        EDITS[how](folder)
    event = approve(place, JOB, "Ole Lund")
    assert event.number == 3
    done = publish(place, str(place.root.parent / OUT))
    assert (done.problems, len(done.events)) == ((), 1)


def test_draft_kept_version_and_copies_are_files_of_their_own(place: Workplace) -> None:
    write_catalogue(place)
    withdraw(place, JOB, "Ole Lund", "Fejl")
    put_set_report(place, JOB, notebooks.sample_notebook())
    approve(place, JOB, "Mette Holm")
    publish(place, str(place.root.parent / OUT))
    inodes = [p.stat().st_ino for p in place.root.parent.rglob("*") if p.is_file()]
    assert len(inodes) == len(set(inodes)) > 30


def test_a_kept_version_that_is_wrong_is_mended(place: Workplace) -> None:
    (kept,) = (place.reports / VERSIONS / JOB.id).iterdir()
    right = (kept / "maalgrupper.html").read_bytes()
    (kept / "maalgrupper.html").write_bytes(right[:-1])
    Store.of(place.reports).keep(JOB.id, place.folder(JOB))
    assert (kept / "maalgrupper.html").read_bytes() == right


@pytest.mark.parametrize("how", ["another of the same size", "cut short", "gone"])
@pytest.mark.parametrize("name", ["maalgrupper.html", "index.html", "01-*.csv"])
def test_a_file_at_the_target_that_is_wrong_is_put_anew(
    place: Workplace, how: str, name: str
) -> None:
    before = site(place)
    path = min((place.root.parent / OUT).rglob(name))
    content = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-9] if how == "cut short" else content[:-1] + b"!")
    done = publish(place, str(place.root.parent / OUT))
    assert done.put.new + done.put.replaced == 1
    assert site(place) == before


def lose_trail_and_head(place: Workplace) -> None:
    Trail(place.reports).path.unlink()
    (place.reports / RECORDS / "godkendelser.json").unlink()


def lose_trail_head_and_copies(place: Workplace) -> None:
    lose_trail_and_head(place)
    shutil.rmtree(place.reports / COPIES)


def lose_everything(place: Workplace) -> None:
    shutil.rmtree(place.reports)


def cut_and_mend(place: Workplace) -> None:
    """The last events are gone, and the head says that they never were."""
    trail = Trail(place.reports)
    first = trail.events()[0]
    lines = trail.path.read_bytes().splitlines(keepends=True)
    trail.path.write_bytes(b"".join(lines[:1]))
    head = {"number": 1, "hash": first.hash}
    (place.reports / RECORDS / "godkendelser.json").write_text(json.dumps(head), encoding="utf-8")


@pytest.mark.parametrize("lose", [lose_trail_and_head, lose_trail_head_and_copies, lose_everything])
def test_a_lost_trail_never_shrinks_a_site(
    place: Workplace, lose: Callable[[Workplace], None]
) -> None:
    before = site(place)
    lose(place)
    with pytest.raises(InputError) as refused:
        publish(place, str(place.root.parent / OUT))
    assert refused.value.problems
    assert site(place) == before


def test_a_trail_whose_end_was_cut_off_is_seen_by_the_site_and_the_catalogue(
    place: Workplace,
) -> None:
    withdraw(place, JOB, "Ole Lund", "Fejl")
    write_catalogue(place)
    publish(place, str(place.root.parent / OUT))
    before = site(place)
    cut_and_mend(place)
    Trail(place.reports).events()
    with pytest.raises(TargetError, match=r"nr\. 3"):
        publish(place, str(place.root.parent / "et-nyt"))
    shutil.rmtree(place.reports / "site")
    with pytest.raises(TargetError, match=r"nr\. 3"):
        publish(place, str(place.root.parent / OUT))
    assert site(place) == before


def test_a_mail_that_names_a_lost_line_stops_every_door_until_the_trail_is_begun_anew(
    place: Workplace,
) -> None:
    last = Trail(place.reports).events()[-1]
    letter = Letter(
        job="2021/rudersdal", version="v", address="anne@rudersdal.dk", message_id="<a>"
    )
    with Journal(place.root).writing() as journal:
        journal.add(Entry(letter=letter, state="begun", trail=last.place))
    assert make_delivery(place, "Rudersdal", 2021).trail == last.place
    cut_and_mend(place)
    for door in (make_delivery, make_packet):
        with pytest.raises(TargetError, match=r"nr\. 2"):
            door(place, "Rudersdal", 2021)
    lose_trail_head_and_copies(place)
    event = Event(at="2099-01-01T00:00:00+00:00", what="godkendt", job=JOB.id, content="a", by="M")
    with Trail(place.reports).writing() as trail:
        trail.add(event)
    refuse_lost_events(place, Trail(place.reports).events())
