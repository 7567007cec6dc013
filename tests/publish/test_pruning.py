from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from beskplan.core.ledger import LedgerError
from beskplan.params.jobs import Job, Workplace
from beskplan.publish import pruning
from beskplan.publish.approval import copies
from beskplan.publish.pruning import DRAFTS_KEPT, prune
from beskplan.publish.site import make_site
from beskplan.publish.trail import Trail
from beskplan.runner.records import Store
from tests.publish.synthetic import put_report, table
from tests.publish.test_catalogue_site import approve_as_is, dead_links

JOB = Job(2021, "rudersdal", "maalgrupper")


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path)


def build(place: Workplace, *numbers: int) -> list[str]:
    """A version a number, made on as many days; their contents."""
    return [
        put_report(
            place, JOB, tables=[table(number)], made_at=f"2026-11-{number:02d}T08:00:00+00:00"
        ).content
        for number in numbers
    ]


def kept(place: Workplace) -> list[str]:
    return [one.content for one in Store.of(place.reports).all(JOB.id)]


def test_the_last_drafts_stay_and_older_ones_go(place: Workplace) -> None:
    made = build(place, *range(1, 10))
    done = prune(place)
    assert done.drafts == tuple(
        f"{JOB.id}/{one}" for one in sorted(made[:-DRAFTS_KEPT], key=made.index)
    )
    assert kept(place) == made[-DRAFTS_KEPT:]
    assert prune(place).drafts == ()


def test_what_a_person_has_said_something_of_stays_for_ever(place: Workplace) -> None:
    (first,) = build(place, 1)
    approve_as_is(place, JOB)
    (second,) = build(place, 2)
    approve_as_is(place, JOB)
    approve_as_is(place, JOB, what="trukket", reason="Fejl")
    made = build(place, *range(3, 9))
    prune(place, keep=1)
    # The last draft, and the one that it is compared with.
    assert kept(place) == [first, second, *made[-2:]]


def test_the_report_in_place_and_the_one_before_it_stay_though_no_draft_is_kept(
    place: Workplace,
) -> None:
    made = build(place, 1, 2, 3)
    # A report that was made again as it was before is an old version, and lies in place.
    build(place, 1)
    prune(place, keep=0)
    assert set(kept(place)) == {made[0], made[2]}


def test_the_catalogue_is_whole_afterwards(place: Workplace) -> None:
    build(place, 1)
    approve_as_is(place, JOB)
    build(place, *range(2, 9))
    prune(place, keep=0)
    site = make_site(place, Trail(place.reports).events(), drafts=True)
    assert (site.problems, dead_links(site)) == ((), [])
    assert all(source.is_file() for source, _ in site.files.values())


def test_a_dry_run_only_tells(place: Workplace) -> None:
    made = build(place, *range(1, 10))
    assert len(prune(place, dry_run=True).drafts) == len(made) - DRAFTS_KEPT
    assert kept(place) == made


def test_what_a_killed_process_left_behind_goes_when_it_is_old(place: Workplace) -> None:
    build(place, 1)
    approve_as_is(place, JOB)
    worn = copies(place.reports).folder
    (named,) = (worn / JOB.id).iterdir()
    for folder in (
        worn / ".kopi",
        worn / JOB.id / "0123",
        Store.of(place.reports).folder / ".halv",
    ):
        folder.mkdir()
    assert prune(place).leftovers == 0
    long_ago = time.time() - pruning.UNFINISHED_SECONDS - 60
    for folder in (
        *worn.glob(".*"),
        *(worn / JOB.id).iterdir(),
        Store.of(place.reports).folder / ".halv",
    ):
        os.utime(folder, (long_ago, long_ago))
    assert prune(place).leftovers == 3
    assert named.is_dir()


def test_a_version_that_is_going_is_never_seen_half(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = build(place, *range(1, 8))

    def killed(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("beskplan.publish.pruning.shutil.rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            prune(place)
    assert kept(place) == made[1:]
    prune(place)
    assert kept(place) == made[-DRAFTS_KEPT:]
    assert not list(Store.of(place.reports).folder.rglob(".fjernes-*"))


def test_nothing_goes_on_the_word_of_a_trail_that_was_changed(place: Workplace) -> None:
    made = build(place, *range(1, 9))
    approve_as_is(place, JOB)
    path = Trail(place.reports).path
    path.write_text(path.read_text(encoding="utf-8").replace("Mette", "Malte"), encoding="utf-8")
    with pytest.raises(LedgerError):
        prune(place)
    assert kept(place) == made
