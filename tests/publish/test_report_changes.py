from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from beskplan.params.jobs import Job, Workplace
from beskplan.publish.changes import HIDDEN, Changes, last_changes, summary
from beskplan.runner.records import Store
from tests.publish.synthetic import A_ROW, MADE_FROM, put_report, table

JOB = Job(2021, "rudersdal", "maalgrupper")


def changed(tmp_path: Path, before: dict[str, Any], now: dict[str, Any]) -> Changes:
    place = Workplace(tmp_path)
    put_report(place, JOB, **before)
    put_report(place, JOB, **now)
    found = last_changes(place, JOB)
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


MOVED: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, str], tuple[str, ...]]] = {
    "revised": (shows(703), shows(711), ("703", "711"), ("revideret",)),
    "revised, and the method changed": (
        shows(703),
        shows(711, made_from={**MADE_FROM, "library": "l2"}),
        ("703", "711"),
        ("revideret",),
    ),
    "nothing else": (shows(703), made(), ("703", "711"), ("ukendt",)),
    "params": (
        shows(703),
        made(params={"params/2021.yaml": "p2"}),
        ("703", "711"),
        ("parameter",),
    ),
    "notebook": (shows(703), made(notebook="n2"), ("703", "711"), ("metode",)),
    "library": (shows(703), made(library="l2"), ("703", "711"), ("metode",)),
    "two things": (
        shows(703),
        made(params={}, registers="r2"),
        ("703", "711"),
        ("parameter", "metode"),
    ),
    "another month": (shows(703), LATER, ("703", "690"), ("periode",)),
    # A share of revised numbers is not called revised.
    "calculated": (
        {"tables": [table(49, text="49 %")], "rows": [row(703)]},
        {"tables": [table(54, text="54 %")], "rows": [row(711)]},
        ("49 %", "54 %"),
        ("data",),
    ),
    "withheld now": (KNOWN, WITHHELD, (HIDDEN, "fortroligt"), ("ukendt",)),
    "new": ({}, OTHER, ("ingen", "12"), ("ukendt",)),
    "gone": (OTHER, {}, ("12", "ingen"), ("ukendt",)),
}


@pytest.mark.parametrize("name", MOVED)
def test_each_number_that_moved_has_its_reason(tmp_path: Path, name: str) -> None:
    before, now, texts, causes = MOVED[name]
    found = changed(tmp_path, before, now)
    assert [(one.before, one.now, one.reason.causes) for one in found.moved] == [(*texts, causes)]
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
    assert last_changes(Workplace(tmp_path), JOB) is None


def test_a_build_that_says_the_same_is_no_new_version(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    put_report(place, JOB, **shows(703))
    put_report(place, JOB, **shows(711))
    put_report(place, JOB, **shows(711), made_at="2026-12-24T08:00:00+00:00")
    store = Store.of(place.reports)
    assert len(store.all(JOB.id)) == 2
    found = last_changes(place, JOB)
    assert found is not None
    assert [one.before for one in found.moved] == ["703"]
