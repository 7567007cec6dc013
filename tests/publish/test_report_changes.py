"""What has changed between two versions, and which versions are removed."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from beskplan.core.ledger import LedgerError
from beskplan.params.jobs import Job, Workplace
from beskplan.publish import approval
from beskplan.publish.approval import DRAFTS_KEPT, copies, prune
from beskplan.publish.changes import Changes, summary
from beskplan.publish.entries import read_entries
from beskplan.publish.site import make_site
from beskplan.publish.trail import States, Trail
from beskplan.runner.records import Store
from tests.conftest import cases
from tests.publish.synthetic import A_ROW, MADE_FROM, put_report, table
from tests.publish.test_catalogue_site import approve_as_is, dead_links

CASES = cases("report_changes")

JOB = Job(2021, "rudersdal", "maalgrupper")


def last_changes(place: Workplace) -> Changes | None:
    """What the catalogue tells of the report in place."""
    [entry], _ = read_entries(place.reports, States(()), drafts=True, demo=True)
    return entry.changes


def changed(tmp_path: Path, before: dict[str, Any], now: dict[str, Any]) -> Changes:
    place = Workplace(tmp_path)
    put_report(place, JOB, **before)
    put_report(place, JOB, **now)
    found = last_changes(place)
    assert found is not None
    return found


def row(value: float, period: str = "2020M06") -> tuple[Any, ...]:
    return (*A_ROW[:4], period, f"d{value}", value, 0)


def shows(value: float, **more: Any) -> dict[str, Any]:
    return {"tables": [table(value)], "rows": [row(value)], **more}


LATER = {"tables": [table(690, period="juli 2020")], "rows": [row(690, "2020M07")]}
OTHER = {"tables": [table(703), {**table(12), "id": "tabel-b", "name": "Tabel 2", "title": "B"}]}
WITHHELD = {
    "tables": [table(state="withheld")],
    "texts": [{"id": "t", "paragraphs": ["Tallet er fortroligt."]}],
}
KNOWN = {"tables": [table(4)], "texts": [{"id": "t", "paragraphs": ["Der var 4."]}]}


def made(**differs: Any) -> dict[str, Any]:
    """Another number of the same row, made from something else."""
    return {"tables": [table(711)], "rows": [row(703)], "made_from": {**MADE_FROM, **differs}}


def months(period: str, shown: dict[str, float], **more: Any) -> dict[str, Any]:
    """A table of a row per month, that `period` says to be of; params say so too."""
    codes = {"Juni 2020": "2020M06", "Juli 2020": "2020M07", "August 2020": "2020M08"}
    return {
        "tables": [
            {
                **table(period=period),
                "columns": [["nu", "Furesø"]],
                "rows": [[label, "", [[f"{n:.0f}", n, "known"]]] for label, n in shown.items()],
            }
        ],
        "rows": [row(n, codes[label]) for label, n in shown.items() if label in codes],
        "made_from": {**MADE_FROM, "params": {"params/2021.yaml": period}},
        **more,
    }


MONTHS = months("juni 2020 - juli 2020", {"Juni 2020": 18, "Juli 2020": 20})
LONGER = "juni 2020 - august 2020"
MOVED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "revised": (shows(703), shows(711)),
    "revised, and the method changed": (
        shows(703),
        shows(711, made_from={**MADE_FROM, "library": "l2"}),
    ),
    "nothing else": (shows(703), made()),
    "params": (shows(703), made(params={"params/2021.yaml": "p2"})),
    "notebook": (shows(703), made(notebook="n2")),
    "library": (shows(703), made(library="l2")),
    "two things": (shows(703), made(params={}, registers="r2")),
    "another month": (shows(703), LATER),
    "a month of its own row revised, the period moved": (
        MONTHS,
        months(LONGER, {"Juni 2020": 19, "Juli 2020": 20}),
    ),
    "a month of its own row, calculated": (
        MONTHS,
        months(LONGER, {"Juni 2020": 19, "Juli 2020": 20}, rows=MONTHS["rows"]),
    ),
    "the row of a new month, the period moved": (
        MONTHS,
        months(LONGER, {"Juni 2020": 18, "Juli 2020": 20, "August 2020": 21}),
    ),
    "a new row that names no month": (
        MONTHS,
        months(LONGER, {"Juni 2020": 18, "Juli 2020": 20, "Heraf": 21}),
    ),
    "a sum of the months, the period moved": (
        months("juni 2020", {"Juni 2020": 18, "I alt": 18}),
        months(LONGER, {"Juni 2020": 18, "I alt": 38}),
    ),
    # A share of revised numbers is not called revised.
    "calculated": (
        {"tables": [table(49, text="49 %")], "rows": [row(703)]},
        {"tables": [table(54, text="54 %")], "rows": [row(711)]},
    ),
    "withheld now": (KNOWN, WITHHELD),
    "new": ({}, OTHER),
    "gone": (OTHER, {}),
}


@pytest.mark.parametrize(("name", "told"), CASES["each_number_that_moved_has_its_reason"].items())
def test_each_number_that_moved_has_its_reason(tmp_path: Path, name: str, told: list[str]) -> None:
    found = changed(tmp_path, *MOVED[name])
    assert [[one.before, one.now, *one.reason.causes] for one in found.moved] == [told]
    # What is withheld now is told nowhere.
    assert not [one for one in found.reworded if "4" in one.before]


def test_a_revision_says_of_when_and_a_new_period_stands_in_its_column(tmp_path: Path) -> None:
    (revised,) = changed(tmp_path / "a", shows(703), shows(711)).moved
    assert revised.reason.text == "Kilden har revideret tallet (juni 2020)"
    assert [one.column for one in changed(tmp_path / "b", shows(703), LATER).moved] == ["Juli 2020"]


def test_a_paragraph_that_changed_is_told_with_what_it_was(tmp_path: Path) -> None:
    texts = [
        [{"id": "t", "paragraphs": ["Ens.", words]}] for words in ("Det stiger.", "Det falder.")
    ]
    found = changed(tmp_path, {"texts": texts[0]}, {"texts": texts[1]})
    assert [(one.before, one.now) for one in found.reworded] == [("Det stiger.", "Det falder.")]


def test_the_summary_counts_by_reason_and_names_the_largest(tmp_path: Path) -> None:
    both = [table(703), {**table(10), "id": "tabel-b", "name": "Tabel 2"}]
    now = [table(711), {**table(10, text="10,0"), "id": "tabel-b", "name": "Tabel 2"}]
    found = changed(
        tmp_path, {"tables": both, "rows": [row(703)]}, {"tables": now, "rows": [row(711)]}
    )
    assert summary(found) == (
        "2 tal er ændret siden udgaven af 22. november 2026: 1 fordi kilden har revideret det og 1 "
        "fordi det er beregnet af reviderede eller nye tal. "
        "Mest er Rudersdal, Juni 2020 (tabel 1) ændret: fra 703 til 711."
    )


def test_the_first_version_has_no_changes(tmp_path: Path) -> None:
    put_report(Workplace(tmp_path), JOB)
    assert last_changes(Workplace(tmp_path)) is None


def test_a_build_that_says_the_same_is_no_new_version(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    put_report(place, JOB, **shows(703))
    put_report(place, JOB, **shows(711))
    put_report(place, JOB, **shows(711), made_at="2026-12-24T08:00:00+00:00")
    store = Store.of(place.reports)
    assert len(store.all(JOB.id)) == 2
    found = last_changes(place)
    assert found is not None
    assert [one.before for one in found.moved] == ["703"]


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
    assert done[0] == tuple(
        f"{JOB.id}/{one}" for one in sorted(made[:-DRAFTS_KEPT], key=made.index)
    )
    assert kept(place) == made[-DRAFTS_KEPT:]
    assert prune(place)[0] == ()


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
    assert len(prune(place, dry_run=True)[0]) == len(made) - DRAFTS_KEPT
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
    assert prune(place)[1] == 0
    long_ago = time.time() - approval.UNFINISHED_SECONDS - 60
    for folder in (
        *worn.glob(".*"),
        *(worn / JOB.id).iterdir(),
        Store.of(place.reports).folder / ".halv",
    ):
        os.utime(folder, (long_ago, long_ago))
    assert prune(place)[1] == 3
    assert named.is_dir()


def test_a_version_that_is_going_is_never_seen_half(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = build(place, *range(1, 8))

    def killed(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("beskplan.publish.approval.shutil.rmtree", killed)
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
