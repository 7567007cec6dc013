import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import fsspec
import pytest

from beskplan.core.errors import ReportError
from beskplan.params.jobs import Job, Workplace
from beskplan.publish import publishing
from beskplan.publish.approval import copies
from beskplan.publish.publishing import (
    INVENTORY,
    Target,
    TargetError,
    hidden,
    open_target,
    publish,
    put_site,
    write_catalogue,
)
from beskplan.publish.trail import Event, Trail
from beskplan.runner.records import Version
from tests.publish.synthetic import many, put_report, table
from tests.publish.test_catalogue_site import approve_as_is, links, site_of

JOB = Job(2021, "rudersdal", "maalgrupper")


@pytest.fixture(params=["folder", "memory"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    if request.param == "folder":
        yield open_target(tmp_path / "maal")
    else:
        fs = fsspec.filesystem("memory", skip_instance_cache=True)
        yield Target(fs, "/maal", "memory://maal")
        fs.rm("/maal", recursive=True)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """Made-up reports, whose approved copies are published as they are: none of them can be set again."""

    def as_approved(reports: Path, approval: Event, _day: date) -> Version:
        return copies(reports).version(approval.job, approval.copy_id)

    monkeypatch.setattr(publishing, "published_copy", as_approved)
    place = Workplace(tmp_path / "kopi")
    many(place, years=(2021,), most=2)
    return place


class CutError(OSError):
    """The line to the target is cut."""


class Cut(Target):
    """A target that breaks at its n-th change, in the middle of it where the target allows that."""

    def __init__(self, inner: Target, after: int) -> None:
        super().__init__(inner._fs, inner._root, inner.name)
        self.left = after

    def _count(self) -> None:
        if self.left == 0:
            raise CutError("cut")
        self.left -= 1

    def put(self, path: str, content: bytes) -> None:
        self._count()
        super().put(path, content)

    def remove(self, path: str) -> None:
        self._count()
        super().remove(path)


def faults(target: Target, hashes: list[dict[str, str]]) -> list[str]:
    """What a reader who starts at the front page would stumble over."""
    from beskplan.core.files import sha256_bytes

    found, seen = [], set()
    todo = ["index.html"] if target.read("index.html") is not None else []
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        content = target.read(path)
        if content is None:
            found.append(f"{path} is missing")
        elif sha256_bytes(content) not in {one.get(path) for one in hashes}:
            found.append(f"{path} is neither the old nor the new one")
        elif path.endswith(".html") and path.count("/") != 4:
            todo.extend(links(path, content))
    return found


def test_the_site_is_at_the_target_as_it_was_made(place: Workplace, target: Target) -> None:
    site = site_of(place)
    put_site(site, target)
    assert target.listing() - {INVENTORY} == site.hashes().keys()
    assert faults(target, [site.hashes()]) == []


def test_the_same_site_again_changes_nothing(place: Workplace, target: Target) -> None:
    put_site(site_of(place), target)
    done = put_site(site_of(place), Cut(target, 0))
    assert (done.new, done.replaced, done.removed) == (0, 0, 0)


def test_wherever_it_is_cut_readers_find_a_whole_site_and_it_goes_on(
    place: Workplace, target: Target
) -> None:
    old = site_of(place)
    put_site(old, target)
    put_report(place, Job(2022, "rudersdal", "maalgrupper"))
    put_report(place, old_job(old), tables=[table(999)])
    new = site_of(place)
    cuts = 0
    while True:
        try:
            put_site(new, Cut(target, cuts))
        except ReportError:
            cuts += 1
            assert faults(target, [old.hashes(), new.hashes()]) == []
            continue
        break
    assert cuts > 3
    assert target.listing() - {INVENTORY} == new.hashes().keys()
    assert faults(target, [new.hashes()]) == []


def old_job(site: object) -> Job:
    return Job.parse(site.entries[0].job)  # type: ignore[attr-defined]


def test_a_target_in_the_wrong_order_is_red(place: Workplace, target: Target) -> None:
    """The negative control of the test above: the front page first leads nowhere."""
    site = site_of(place)
    target.put("index.html", site.pages["index.html"])
    assert faults(target, [site.hashes()])


def test_nothing_of_anybody_else_is_touched(place: Workplace, target: Target) -> None:
    target.put("web.config", b"mine")
    target.put("2021/note.txt", b"mine too")
    put_site(site_of(place), target)
    put_site(site_of(Workplace(place.root / "tom")), target)
    assert target.read("web.config") == b"mine"
    assert target.read("2021/note.txt") == b"mine too"
    assert target.listing() == {
        INVENTORY,
        "index.html",
        "feed.atom",
        "web.config",
        "2021/note.txt",
    }


def test_somebody_elses_front_page_is_never_replaced(place: Workplace, target: Target) -> None:
    target.put("index.html", b"mine")
    with pytest.raises(TargetError) as refused:
        put_site(site_of(place), target)
    assert [one.where for one in refused.value.problems] == [f"{target.name}/index.html"]
    assert target.listing() == {"index.html"}


@pytest.mark.parametrize("path", ["../kopi/ud.txt", "/etc/passwd", "a/../../b", "", "./a", "a//b"])
def test_an_inventory_cannot_make_us_remove_what_lies_elsewhere(
    place: Workplace, target: Target, path: str
) -> None:
    outside = place.root / "ud.txt"
    outside.write_text("mine", encoding="utf-8")
    forged = {"version": 1, "files": {path: "0" * 64}, "besides": []}
    target.put(INVENTORY, json.dumps(forged).encode())
    with pytest.raises(TargetError):
        put_site(site_of(place), target)
    assert outside.exists()


def test_a_file_that_is_not_all_there_is_put_again(place: Workplace, target: Target) -> None:
    site = site_of(place)
    put_site(site, target)
    path = next(iter(site.files))
    target.put(path, b"half")
    put_report(place, old_job(site), tables=[table(999)])
    new = site_of(place)
    put_site(new, target)
    assert faults(target, [new.hashes()]) == []


def test_the_catalogue_of_the_house_is_brought_up_to_date(place: Workplace) -> None:
    folder, site = write_catalogue(place)
    assert folder == place.reports / "site"
    assert faults(open_target(folder), [site.hashes()]) == []
    put_report(place, old_job(site), tables=[table(999)])
    folder, site = write_catalogue(place)
    assert faults(open_target(folder), [site.hashes()]) == []
    assert not list(folder.rglob("*.undervejs"))


def test_what_is_published_stands_in_the_trail_once(place: Workplace, tmp_path: Path) -> None:
    put_report(place, JOB)
    approve_as_is(place, JOB)
    first = publish(place, str(tmp_path / "ude"))
    assert [(one.what, one.job, one.by) for one in first.events] == [
        ("offentliggjort", JOB.id, str(tmp_path / "ude"))
    ]
    page = (tmp_path / "ude" / JOB.id / "index.html").read_text(encoding="utf-8")
    assert "Offentliggjort" in page
    again = publish(place, str(tmp_path / "ude"))
    assert again.events == ()
    assert (again.put.new, again.put.replaced, again.put.removed) == (0, 0, 0)


def test_drafts_to_be_looked_at_are_not_published(place: Workplace, tmp_path: Path) -> None:
    approve_as_is(place, old_job(site_of(place)))
    done = publish(place, str(tmp_path / "ude"), drafts=True)
    assert len(done.site.entries) == 8
    assert done.events == ()


def test_a_publication_that_was_cut_is_not_in_the_trail(
    place: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve_as_is(place, old_job(site_of(place)))
    opened: Callable[[str], Target] = open_target
    with monkeypatch.context() as patched:
        patched.setattr(publishing, "open_target", lambda to: Cut(opened(to), 3))
        with pytest.raises(ReportError):
            publish(place, str(tmp_path / "ude"))
    assert [one.what for one in Trail(place.reports).events()] == ["godkendt"]
    assert len(publish(place, str(tmp_path / "ude")).events) == 1


def test_no_password_reaches_the_trail() -> None:
    assert hidden("sftp://ole:hemmeligt@host/sti?token=x") == "sftp://host/sti"


@pytest.mark.parametrize("address", ["findesikke://a/b", "s3a+x://"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(TargetError):
        open_target(address)
